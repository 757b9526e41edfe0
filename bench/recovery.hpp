// How soon a node shows its picture again after kill -9, by the size of its record: whole
// processes, from exec to the first answer with tracks.
#pragma once

#include <filesystem>
#include <span>

namespace liptako::bench {

// Makes a record of each size in a temporary folder, which takes that much disk and two thirds more
// for its tiles, and is removed. `command` is the liptako to measure, `scenario` what it plays.
// Returns whether every start was within the budget of 5 s.
[[nodiscard]] bool measure_recovery(const std::filesystem::path& command,
                                    const std::filesystem::path& scenario,
                                    std::span<const double> gigabytes,
                                    bool json);

}  // namespace liptako::bench
