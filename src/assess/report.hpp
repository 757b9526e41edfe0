// A score as one JSON object: the fields of docs/SCORING.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assess/score_lines.hpp"
#include "assess/scorer.hpp"

namespace liptako::assess {

// Without line end; a rate without anything to rate is null. Groups that nobody
// was in are left out; `group_names` are literals that need no escape, by
// number of the group.
[[nodiscard]] std::string to_json(const Score &score,
                                  const ScoreOptions &options,
                                  std::span<const std::string_view> group_names);
// The same with what only files tell: NIS by sensor, whose names need no escape.
[[nodiscard]] std::string to_json(const LinesScore &scored,
                                  const ScoreOptions &options,
                                  std::span<const std::string_view> group_names);

}  // namespace liptako::assess
