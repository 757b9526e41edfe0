#include "recorded_picture.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "base/check.hpp"
#include "feeds/feed.hpp"
#include "feeds/recording.hpp"
#include "node/config.hpp"

namespace liptako::bench {
namespace {

constexpr int kHeardEnough = 5;
constexpr base::Duration kHeardOn = std::chrono::seconds(10);
constexpr base::Duration kSilence = std::chrono::seconds(30);  // a confirmed track outlives less
constexpr double kStandingKt = 2.0;
constexpr double kTaxiingKt = 60.0;

Pace pace_of(const track::TrackView& view) {
  const double speed = view.ground_speed().knots();
  return speed < kStandingKt ? Pace::standing : speed < kTaxiingKt ? Pace::taxiing : Pace::flying;
}

}  // namespace

void Spread::sort() { std::sort(values_.begin(), values_.end()); }

double Spread::quantile(double share) const {
  CHECK(!values_.empty());
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values_.size()));
  return values_[std::min(at, values_.size() - 1)];
}

double Spread::rms() const {
  double sum = 0.0;
  for (const double v : values_) sum += v * v;
  return values_.empty() ? 0.0 : std::sqrt(sum / static_cast<double>(values_.size()));
}

base::Result<Recordings> open_recordings(const std::string& folder,
                                         std::span<const char* const> names,
                                         const std::string& sensors) {
  Recordings out;
  std::ifstream file(sensors);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto parsed = node::parse_sensors(text, sensors);
  if (!parsed) return std::unexpected(parsed.error());
  out.sensors = std::move(*parsed);
  for (const char* name : names) {
    auto recording = io::WholeFile::open(folder + "/" + name);
    if (!recording) return std::unexpected(recording.error());
    out.files.push_back(std::move(*recording));
  }
  for (const io::WholeFile& one : out.files) out.bytes.push_back(one.bytes());
  return out;
}

std::vector<track::Plot> plots_of(const Recordings& recordings) {
  const feeds::RecordingIndex index =
      feeds::index_recordings(recordings.bytes, std::nullopt, feeds::Pace::told);
  feeds::SensorDirectory directory(true);
  directory.configure(recordings.sensors);
  std::vector<feeds::AsterixFeed> feed;
  for (const feeds::IndexedRecording& one : index.recordings) {
    feed.emplace_back(feeds::TimeBase::recording, one.guide, one.editions);
  }
  feeds::FeedOutput out;
  for (const feeds::DueBlock& due : index.blocks)
    feed[due.recording].take(due.block, due.time, directory, out);
  std::ranges::stable_sort(out.plots, {}, &track::Plot::time);
  return std::move(out.plots);
}

PictureWatch::PictureWatch(std::span<const track::SensorDescription> sensors) {
  for (const track::SensorDescription& sensor : sensors) {
    fits_.emplace_back();
    fits_.back().name = sensor.name;
  }
}

void PictureWatch::take(const track::TrackEvent& event) {
  using track::TrackEventKind;
  using track::TrackStatus;
  const track::TrackView& view = event.view;
  const std::uint32_t number = view.number.value;
  const bool updated =
      event.kind == TrackEventKind::updated || event.kind == TrackEventKind::resumed;
  // A track begun anew was not predicted.
  if (updated && event.trace.innovation_covariance[0] > 0.0 && event.trace.sensor < fits_.size()) {
    SensorFit& fit = fits_[event.trace.sensor];
    if (view.icao_address) {
      fit.all.add(event.trace.nis);
      fit.paces[static_cast<std::size_t>(pace_of(view))].add(event.trace.nis);
    } else {
      fit.without_address.add(event.trace.nis);
    }
  }
  const bool shown = view.status == TrackStatus::confirmed || view.status == TrackStatus::coasting;
  if (!view.icao_address) {
    if (shown) nameless_.try_emplace(number, true);
    return;
  }
  if (nameless_.contains(number)) nameless_[number] = false;
  Held& held = held_[*view.icao_address];
  held.vehicle = held.vehicle || view.mover == track::Mover::vehicle;
  const auto alive = held.alive.find(number);
  if (shown) {
    if (alive == held.alive.end()) held.alive.emplace(number, view.time);
    held.two = held.two || held.alive.size() > 1;
    if (std::ranges::find(held.numbers, number) == held.numbers.end())
      held.numbers.push_back(number);
  } else if (view.status == TrackStatus::dropped && alive != held.alive.end()) {
    held.spans.push_back({alive->second, view.time});
    held.alive.erase(alive);
  }
}

Continuity PictureWatch::continuity(std::span<const track::Plot> plots,
                                    const node::OfflineSummary& summary) {
  Continuity out;
  out.plots = summary.tracker.plots;
  out.used = summary.tracker.used;
  out.breaks = summary.tracker.breaks;
  out.restarts = summary.tracker.restarted;
  for (const auto& [number, nameless] : nameless_) out.without_address += nameless;
  std::map<base::IcaoAddress, std::vector<base::Timestamp>> heard;
  for (const track::Plot& plot : plots) {
    if (plot.icao_address) heard[*plot.icao_address].push_back(plot.time);
  }
  double total = 0.0, confirmed = 0.0;
  for (const auto& [address, times] : heard) {
    if (times.size() < kHeardEnough) continue;
    ++out.heard;
    Held& held = held_[address];
    for (const auto& [number, since] : held.alive) held.spans.push_back({since, times.back()});
    held.alive.clear();
    out.tracked += !held.spans.empty();
    out.numbers += static_cast<int>(held.numbers.size());
    out.two_at_once += held.two;
    out.vehicles += held.vehicle;
    for (std::size_t i = 1; i < times.size(); ++i) {
      const base::Timestamp from = times[i - 1], to = times[i];
      out.silences += to - from > kSilence;
      if (to - from > kHeardOn) continue;
      total += base::to_seconds(to - from);
      for (const Span& span : held.spans) {
        const base::Timestamp a = std::max(from, span.from), b = std::min(to, span.to);
        if (b > a) confirmed += base::to_seconds(b - a);
      }
    }
  }
  out.confirmed_share = total > 0.0 ? confirmed / total : 0.0;
  return out;
}

}  // namespace liptako::bench
