// truth.jsonl and tracks.jsonl, scored: reads both once, side by side, holding no more than the
// lines between an instant and the bound within which tracks.jsonl is out of order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "assess/scorer.hpp"
#include "assess/timeline.hpp"

namespace liptako::assess {

struct ScoreLinesOptions {
  ScoreOptions score;
  TimelineOptions timeline;
  // Score the picture of this member: an aircraft is due where its sensors saw it. Empty: where
  // anybody's did.
  std::string member;
  // Instants outside are not scored; tracks before it still count, since they may go on into it.
  std::optional<base::Timestamp> from;
  std::optional<base::Timestamp> to;
  // How far lines of tracks.jsonl may stand after lines of a later time: plots are used in order of
  // arrival, and a tracker takes late ones.
  base::Duration disorder = std::chrono::seconds(30);
};

struct LinesScore {
  Score score;
  std::uint64_t truth_lines = 0;
  std::uint64_t track_lines = 0;
  std::uint64_t late_lines = 0;  // of tracks, beyond the disorder allowed
  bool tells_seen = false;       // the truth says which aircraft sensors saw
  // Of confirmed tracks' plots, by sensor, if the lines tell; in order of names.
  std::map<std::string, Consistency> nis;
};

// A file's whole text and its name, for errors.
struct NamedText {
  std::string_view text;
  std::string name;
};

// Errors name file, line and field.
[[nodiscard]] base::Result<LinesScore> score_lines(const NamedText& truth,
                                                   const NamedText& tracks,
                                                   const ScoreLinesOptions& options);

}  // namespace liptako::assess
