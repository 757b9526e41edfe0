#include "assess/score_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace liptako::assess {
namespace {

using base::Result;
using base::Timestamp;

// The lines of a file with their numbers.
class Lines {
 public:
  explicit Lines(const NamedText& file) : name_(file.name), rest_(file.text) {}

  [[nodiscard]] std::uint64_t number() const { return number_; }
  // Parsed by `parse`; nothing at the end.
  template <class Parse>
  [[nodiscard]] auto next(Parse&& parse)
      -> Result<std::optional<typename decltype(parse(std::string_view()))::value_type>> {
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    auto line = parse(text);
    if (!line) return wrong(line.error().message);
    return std::move(*line);
  }
  [[nodiscard]] std::unexpected<base::Error> wrong(std::string_view what) const {
    return base::bad_input(fmt::format("{}:{}: {}", name_, number_, what));
  }

 private:
  std::string name_;
  std::string_view rest_;
  std::uint64_t number_ = 0;
};

// The truth, an instant at a time.
class Instants {
 public:
  Instants(const NamedText& file, std::string_view member) : lines_(file), member_(member) {}

  [[nodiscard]] Timestamp time() const { return time_; }
  [[nodiscard]] std::span<const TruthSample> samples() const { return samples_; }
  [[nodiscard]] std::uint64_t lines() const { return lines_.number(); }
  [[nodiscard]] bool tells_seen() const { return tells_seen_; }
  // By the member asked for, or by anybody.
  [[nodiscard]] bool any_seen() const { return any_seen_; }

  // False at the end.
  [[nodiscard]] Result<bool> advance() {
    samples_.clear();
    if (!started_) {
      auto first = next_line();
      if (!first) return std::unexpected(first.error());
      waiting_ = *first;
      started_ = true;
    }
    if (!waiting_) return false;
    time_ = waiting_->time;
    std::vector<std::uint32_t> aircraft;
    while (waiting_ && waiting_->time == time_) {
      samples_.push_back(waiting_->sample);
      tells_seen_ = tells_seen_ || waiting_->tells_seen;
      any_seen_ = any_seen_ || waiting_->seen;
      auto next = next_line();
      if (!next) return std::unexpected(next.error());
      waiting_ = *next;
      if (waiting_ && waiting_->time < time_) return lines_.wrong("time: goes back");
    }
    for (const TruthSample& sample : samples_) aircraft.push_back(sample.aircraft);
    std::sort(aircraft.begin(), aircraft.end());
    const auto twice = std::adjacent_find(aircraft.begin(), aircraft.end());
    if (twice != aircraft.end()) {
      return lines_.wrong(
          fmt::format("flight: {} is there twice at {} before", *twice, base::to_rfc3339(time_)));
    }
    return true;
  }

 private:
  [[nodiscard]] Result<std::optional<TruthLine>> next_line() {
    return lines_.next([&](std::string_view text) { return parse_truth_line(text, member_); });
  }

  Lines lines_;
  std::string member_;
  std::optional<TruthLine> waiting_;
  bool started_ = false;
  bool tells_seen_ = false;
  bool any_seen_ = false;
  Timestamp time_;
  std::vector<TruthSample> samples_;
};

}  // namespace

Result<LinesScore> score_lines(const NamedText& truth,
                               const NamedText& tracks,
                               const ScoreLinesOptions& options) {
  Instants instants(truth, options.member);
  Lines track_lines(tracks);
  Timeline timeline(options.timeline);
  Scorer scorer(options.score);
  std::map<std::string, Consistency> nis;
  bool more_tracks = true;
  Timestamp newest_track = base::timestamp_from_ns(0);
  while (true) {
    const auto more = instants.advance();
    if (!more) return std::unexpected(more.error());
    if (!*more || (options.to && instants.time() > *options.to)) break;
    while (more_tracks && newest_track <= instants.time() + options.disorder) {
      const auto line = track_lines.next(parse_track_line);
      if (!line) return std::unexpected(line.error());
      more_tracks = line->has_value();
      if (!more_tracks) break;
      newest_track = std::max(newest_track, (*line)->time);
      const bool asked = (!options.from || (*line)->time >= *options.from) &&
                         (!options.to || (*line)->time <= *options.to);
      if ((*line)->nis && (*line)->state == TrackState::confirmed && asked)
        nis[(*line)->nis_source].take(*(*line)->nis);
      timeline.take(**line);
    }
    const std::vector<TrackSample> shown = timeline.at(instants.time());
    if (options.from && instants.time() < *options.from) continue;
    scorer.take(instants.time(), instants.samples(), shown);
  }
  LinesScore result;
  result.score = scorer.score();
  result.truth_lines = instants.lines();
  result.track_lines = track_lines.number();
  result.late_lines = timeline.late_lines();
  result.tells_seen = instants.tells_seen();
  result.nis = std::move(nis);
  if (result.score.instants == 0) {
    return base::bad_input(
        fmt::format("{}: {}",
                    truth.name,
                    instants.lines() == 0 ? "empty" : "no instant in the time asked for"));
  }
  // A slip of the pen, most likely: a score of nobody would look perfect.
  if (!options.member.empty() && !instants.any_seen()) {
    return base::bad_input(
        fmt::format("{}: seen_by: never names a member \"{}\"", truth.name, options.member));
  }
  return result;
}

}  // namespace liptako::assess
