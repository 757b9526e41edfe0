// A score as one JSON object: the fields of docs/SCORING.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assess/scorer.hpp"

namespace liptako::assess {

// Without line end; a rate without anything to rate is null. Groups that nobody
// was in are left out; `group_names` are literals that need no escape, by
// number of the group.
[[nodiscard]] std::string to_json(const Score &score,
                                  const ScoreOptions &options,
                                  std::span<const std::string_view> group_names);

}  // namespace liptako::assess
