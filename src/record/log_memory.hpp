// What a log key remembers of what it signed, beside the key and outside the record: the newest
// head, in a file of four lines (origin, size, root in base64, ID of the key that signed it in
// hex). A record can be put back from a backup or be lost; whoever held the key could then sign a
// second history without noticing. The file says that there was a first one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "seal/checkpoint.hpp"

namespace liptako::record {

inline constexpr std::string_view kLogMemoryPath = "log/last";  // in the key folder

struct LogMemory {
  seal::Checkpoint newest;
  std::uint32_t key_id = 0;
  friend bool operator==(const LogMemory&, const LogMemory&) = default;
};

[[nodiscard]] std::string log_memory_text(const LogMemory& memory);
// Total: whatever log_memory_text() would not have written is refused.
[[nodiscard]] base::Result<LogMemory> parse_log_memory(std::string_view text);
// None if there is no such file. The path names a folder and a file in it, so that one that cannot
// be read is told from none.
[[nodiscard]] base::Result<std::optional<LogMemory>> read_log_memory(base::Storage& storage,
                                                                     std::string_view path);

}  // namespace liptako::record
