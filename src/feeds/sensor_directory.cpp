#include "feeds/sensor_directory.hpp"

#include <fmt/format.h>

#include "base/archive.hpp"
#include "base/time_range.hpp"
#include "track/sensors/models.hpp"
#include "track/stored.hpp"
#include "track/tracker.hpp"

namespace liptako::feeds {

template <class Archive>
void visit_fields(Archive& archive, SensorActivity& a) {
  archive(a.heard, a.last_heard, a.plots, a.observed_period, a.set_aside);
}

void SensorDirectory::configure(std::span<const track::SensorDescription> sensors) {
  std::vector<SensorActivity> activity(sensors.size());
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    for (std::size_t old = 0; old < sensors_.size(); ++old) {
      if (sensors_[old].sac_sic == sensors[i].sac_sic && sensors_[old].kind == sensors[i].kind) {
        activity[i] = activity_[old];
      }
    }
  }
  sensors_.assign(sensors.begin(), sensors.end());
  activity_ = std::move(activity);
  ++revision_;
}

std::optional<std::uint16_t> SensorDirectory::known(base::SacSic sac_sic,
                                                    track::SensorKind kind) const {
  for (std::size_t i = 0; i < sensors_.size(); ++i) {
    if (sensors_[i].sac_sic == sac_sic && sensors_[i].kind == kind)
      return static_cast<std::uint16_t>(i);
  }
  return std::nullopt;
}

std::optional<std::uint16_t> SensorDirectory::find(base::SacSic sac_sic, track::SensorKind kind) {
  if (const auto index = known(sac_sic, kind)) return index;
  if (!onboard_ || sensors_.size() >= track::Tracker::kMaxSensors) return std::nullopt;
  track::SensorDescription s = track::described(kind);
  s.sac_sic = sac_sic;
  s.name = fmt::format("{} {}", track::model_of(kind).name, sac_sic.to_string());
  sensors_.push_back(s);
  activity_.emplace_back();
  ++revision_;
  return static_cast<std::uint16_t>(sensors_.size() - 1);
}

void SensorDirectory::note_plot(std::uint16_t sensor, base::Timestamp reception) {
  SensorActivity& a = activity_[sensor];
  a.heard = true;
  a.last_heard = reception;
  ++a.plots;
}

void SensorDirectory::note_service(std::uint16_t sensor,
                                   base::Timestamp reception,
                                   std::optional<base::Duration> period) {
  SensorActivity& a = activity_[sensor];
  a.heard = true;
  a.last_heard = reception;
  if (!period || *period < std::chrono::seconds(1) || *period > std::chrono::seconds(30)) return;
  a.observed_period = *period;
  // What an unconfigured radar says of its antenna is all there is; a configured one is believed
  // over its messages.
  if (onboard_ && sensors_[sensor].period != *period) {
    const double change = base::to_seconds(*period) / base::to_seconds(sensors_[sensor].period);
    if (change > 1.05 || change < 0.95) {
      sensors_[sensor].period = *period;
      ++revision_;
    }
  }
}

void SensorDirectory::note_reference_point(std::uint16_t sensor, const geo::Geodetic& point) {
  track::SensorDescription& s = sensors_[sensor];
  if (s.placed) return;
  s.placed = true;
  s.site = point;
  ++revision_;
}

void SensorDirectory::save(base::ByteWriter& out) const {
  base::Saver{out}(sensors_, activity_, revision_);
}

void SensorDirectory::load(base::ByteReader& in) {
  base::Loader{in}(sensors_, activity_, revision_);
  if (activity_.size() != sensors_.size()) return in.fail();
  for (const track::SensorDescription& s : sensors_) {
    if (!track::is_loadable(s)) in.fail();
  }
  for (const SensorActivity& a : activity_) {
    if (!base::is_reckonable(a.last_heard)) in.fail();
  }
}

}  // namespace liptako::feeds
