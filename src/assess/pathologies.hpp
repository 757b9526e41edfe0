// Doubts against labels: which of the pathologies that a scenario contains a tracker found, how
// late, and what it doubted without reason. Reads labels.jsonl as `liptako sim` writes it and
// doubts.jsonl as `liptako track --doubts` does (docs/DOUBTS.md).
//
// An episode is found if a track of its aircraft, or at its place, is doubted of it between its
// begin and its end plus a grace: a detector that needs a minute may come to its conclusion when
// the cause has gone. A doubt that is raised for no episode of its name is false. Plots that were
// set aside are held against labelled plots one by one.
//
// Along straight flight a position that is off and a time that is off are the same, and either
// doubt has the same effect. So both are scored once more together, as `position_or_time`: a doubt
// of either name is right for an episode of either.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assess/score_lines.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace liptako::assess {

struct PathologyOptions {
  base::Duration grace = std::chrono::seconds(60);
  // Shorter ones are over before anything can be known of them: counted, not scored.
  base::Duration shortest = std::chrono::seconds(30);
  // Labels that begin before, and doubts raised before, are not scored.
  std::optional<base::Timestamp> from;
};

struct PathologyScore {
  std::uint64_t episodes = 0;
  std::uint64_t found = 0;
  std::uint64_t short_episodes = 0;
  std::uint64_t raised = 0;         // doubts of tracks
  std::uint64_t right = 0;          // for an episode of that name
  std::uint64_t other_name = 0;     // for an aircraft with an episode of another name
  std::uint64_t plots = 0;          // labelled
  std::uint64_t plots_found = 0;    // and set aside
  std::uint64_t plots_doubted = 0;  // set aside
  std::vector<double> delays_s;     // of found episodes, from their begin; unordered

  [[nodiscard]] std::optional<double> recall() const;
  [[nodiscard]] std::optional<double> precision() const;
  [[nodiscard]] std::optional<double> plot_recall() const;
  [[nodiscard]] std::optional<double> plot_precision() const;
  [[nodiscard]] std::optional<double> median_delay_s() const;
  PathologyScore& operator+=(const PathologyScore& other);
};

// By pathology's name, of all that are labelled or doubted. Errors name file, line and field.
[[nodiscard]] base::Result<std::map<std::string, PathologyScore>> score_pathologies(
    const NamedText& labels, const NamedText& doubts, const PathologyOptions& options = {});

// One line of JSON without its end.
[[nodiscard]] std::string to_json(const std::map<std::string, PathologyScore>& scores);

}  // namespace liptako::assess
