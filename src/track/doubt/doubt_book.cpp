#include "track/doubt/doubt_book.hpp"

#include <algorithm>

#include "base/archive.hpp"
#include "base/check.hpp"
#include "base/math.hpp"
#include "track/stored.hpp"

namespace liptako::track {
namespace {

using base::Duration;
using base::Timestamp;
using base::to_seconds;

constexpr double kHeldAfterPeriods = 2.6;  // two looks may miss

bool is_primary(const Plot& p) { return !p.icao_address && !p.mode_3a && !p.pressure_altitude; }

}  // namespace

void DoubtBook::set_sensors(std::span<const SensorDescription> sensors,
                            std::span<const std::uint16_t> new_index) {
  std::vector<Sensor> states(sensors.size());
  for (std::size_t old = 0; old < sensors_.size(); ++old) {
    if (new_index[old] != kPlacedHome) states[new_index[old]] = std::move(sensors_[old]);
  }
  sensors_ = std::move(states);
  descriptions_.assign(sensors.begin(), sensors.end());
  for (std::size_t i = 0; i < sensors_.size(); ++i) {
    const SensorDescription& s = descriptions_[i];
    sensors_[i].site = geo::TangentFrame(s.placed ? s.site : geo::Geodetic{});
    if (s.kind == SensorKind::polar_radar && s.placed && !sensors_[i].map.fits(s.range_max))
      sensors_[i].map = DetectionMap(s.range_max);
  }
  // What names sensors by their index begins anew; a few looks bring it back.
  for (TrackDoubt& d : tracks_) {
    d.claim = d.anchor = {};
    d.silences = {};
    d.silence_count = 0;
  }
}

void DoubtBook::note_sensor_time(std::uint16_t sensor, Timestamp time) {
  Sensor& s = sensors_[sensor];
  if (!s.heard || time > s.latest) s.latest = time;
  s.heard = true;
}

DoubtBook::TrackDoubt& DoubtBook::of(const TrackStore& store, std::uint32_t slot) {
  if (slot >= tracks_.size()) tracks_.resize(store.slot_count());
  return tracks_[slot];
}

bool DoubtBook::is_independent(const Plot& plot) const {
  const SensorKind kind = descriptions_[plot.sensor].kind;
  return kind == SensorKind::polar_radar || kind == SensorKind::mlat;
}

bool DoubtBook::is_held(const TrackDoubt& d, Timestamp time) const {
  return d.independent_period_s > 0 &&
         to_seconds(time - d.last_independent) < kHeldAfterPeriods * d.independent_period_s + 2.0;
}

geo::Position<geo::Enu> DoubtBook::seen_from(const geo::TangentFrame& site,
                                             const TrackDoubt& d,
                                             Timestamp time) const {
  const double dt = to_seconds(time - d.time);
  const double cos_latitude = std::fmax(0.02, base::cos(d.latitude_rad));
  const geo::Geodetic there{
      base::Angle::from_radians(d.latitude_rad + dt * d.north_mps / geo::kMeanRadiusM),
      base::Angle::from_radians(d.longitude_rad +
                                dt * d.east_mps / (geo::kMeanRadiusM * cos_latitude)),
      base::Length::from_metres(d.height_m)};
  return site.enu_from_ecef(geo::ecef_from_geodetic(there));
}

Finding DoubtBook::finding_of(const TrackStore& store, std::uint32_t slot, const Plot& plot) const {
  Finding f;
  f.time = plot.time;
  f.sensor = plot.sensor;
  f.icao_address = plot.icao_address;
  f.mode_3a = plot.mode_3a;
  f.slant_range = plot.slant_range;
  f.azimuth = plot.azimuth;
  if (slot == kNoSlot) return f;
  const TrackRecord& t = store.at(slot);
  const TrackDoubt& d = tracks_[slot];
  f.track = t.number;
  if (t.icao_address) f.icao_address = t.icao_address;
  if (d.code) f.mode_3a = d.code;
  f.latitude = base::Angle::from_radians(d.latitude_rad);
  f.longitude = base::Angle::from_radians(d.longitude_rad);
  return f;
}

void DoubtBook::tell(const Finding& finding) {
  if (findings_.size() >= kMaxFindings) {
    ++counters_.findings_lost;
    return;
  }
  findings_.push_back(finding);
}

void DoubtBook::raise(
    TrackStore& store, std::uint32_t slot, Doubt doubt, const Plot& plot, const Why& why) {
  TrackRecord& t = store.at(slot);
  if ((t.doubts & bit(doubt)) != 0) return;
  t.doubts = static_cast<DoubtMask>(t.doubts | bit(doubt));
  ++counters_.raised;
  Finding f = finding_of(store, slot, plot);
  f.kind = FindingKind::raised;
  f.doubt = doubt;
  f.statistic = why.statistic;
  f.limit = why.limit;
  f.value = why.value;
  f.looks = why.looks;
  tell(f);
}

void DoubtBook::clear(
    TrackStore& store, std::uint32_t slot, Doubt doubt, const Plot& plot, const Why& why) {
  TrackRecord& t = store.at(slot);
  if ((t.doubts & bit(doubt)) == 0) return;
  t.doubts = static_cast<DoubtMask>(t.doubts & ~bit(doubt));
  Finding f = finding_of(store, slot, plot);
  f.kind = FindingKind::cleared;
  f.doubt = doubt;
  f.statistic = why.statistic;
  f.limit = why.limit;
  f.value = why.value;
  f.looks = why.looks;
  tell(f);
}

void DoubtBook::note_started(TrackStore& store,
                             std::uint32_t slot,
                             const Plot& plot,
                             const TrackView& view) {
  TrackDoubt& d = of(store, slot);
  d = {};
  d.number = store.at(slot).number;
  d.first = plot.time;
  (void)note_used(store, slot, plot, view, {});
  note_arrival(store, slot, plot);
}

bool DoubtBook::note_used(
    TrackStore& store, std::uint32_t slot, const Plot& plot, const TrackView& view, Use use) {
  TrackRecord& t = store.at(slot);
  TrackDoubt& d = of(store, slot);
  if (!view.placed) return false;
  const SensorDescription& sensor = descriptions_[plot.sensor];
  ++d.hits;
  d.number = t.number;
  bool anew = false;
  const bool independent = is_independent(plot);
  const bool primary = is_primary(plot);
  if (primary) {
    if (d.primaries < 255) ++d.primaries;
  } else {
    d.primaries = 0;
    d.last_reply = plot.time;
  }
  // Compared with where the aircraft says it is, before what follows from that is written down.
  if (independent) {
    anew = compare(store, slot, plot);
    d.last_independent = std::max(d.last_independent, plot.time);
    d.independent_period_s = static_cast<std::uint16_t>(to_seconds(sensor.period) + 0.999);
    if (sensor.kind == SensorKind::polar_radar && !primary)
      sensors_[plot.sensor].interrogates = true;
    if (d.silence != 0.0F || (t.doubts & bit(Doubt::ghost)) != 0) {
      clear(store, slot, Doubt::ghost, plot, {});
      d.silence = 0.0F;
      d.silence_count = 0;
    }
  }
  const auto [sine, cosine] = base::sincos(view.track_angle.radians());
  d.time = view.time;
  d.latitude_rad = view.position.latitude.radians();
  d.longitude_rad = view.position.longitude.radians();
  d.east_mps = static_cast<float>(view.ground_speed.mps() * sine);
  d.north_mps = static_cast<float>(view.ground_speed.mps() * cosine);
  d.height_m = static_cast<float>(geometric_height(t.vertical).mean_m);
  d.position_sd_m = static_cast<float>(std::sqrt(std::fmax(0.0, view.cov_ee_m2 + view.cov_nn_m2)));
  if (sensor.kind == SensorKind::ads_b && plot.icao_address) note_claim(store, slot, plot);
  if (!primary) {
    note_reply(store, slot, plot, use.altitude);
    if ((t.doubts & bit(Doubt::transponder_failed)) != 0)
      clear(store, slot, Doubt::transponder_failed, plot, {});
  }
  if (plot.icao_address) compare_rivals(store, slot, plot);
  if (plot.time >= d.next_check) {
    d.next_check = plot.time + std::chrono::seconds(5);
    look_for_silences(store, slot, plot);
    if (independent) note_missing_claims(store, slot, plot);
  }
  if (primary) {
    doubt_transponder(store, slot, plot);
    measure_speed(store, slot, plot);
  } else if ((t.doubts & kNoAircraft) != 0) {
    clear(store, slot, Doubt::birds, plot, {});
    clear(store, slot, Doubt::standing_echo, plot, {});
  }
  return anew;
}

void DoubtBook::save(const TrackStore& store, base::ByteWriter& out) const {
  base::Saver saver(out);
  for (const Sensor& s : sensors_) {
    saver(s.latest, s.heard, s.interrogates, s.population, s.walls);
    s.map.save(out);
  }
  for (std::uint32_t slot = 0; slot < store.slot_count(); ++slot) {
    if (store.at(slot).active) saver(slot < tracks_.size() ? tracks_[slot] : TrackDoubt{});
  }
  const auto known = static_cast<std::uint32_t>(
      kCodes - static_cast<std::size_t>(std::ranges::count(by_code_, kNoSlot)));
  saver(known);
  for (std::uint16_t code = 0; code < kCodes; ++code) {
    if (by_code_[code] != kNoSlot) saver(code, by_code_[code]);
  }
  saver(arrivals_, next_arrival_, losses_, next_loss_, standing_, next_standing_, counters_);
}

bool DoubtBook::load(std::span<const SensorDescription> sensors,
                     const TrackStore& store,
                     base::ByteReader& in) {
  sensors_.clear();
  tracks_.clear();
  set_sensors(sensors, {});
  base::Loader loader(in);
  const auto finite = [](double value) { return std::fabs(value) < 1e9; };
  for (Sensor& s : sensors_) {
    loader(s.latest, s.heard, s.interrogates, s.population, s.walls);
    if (!in.ok() || !base::is_reckonable(s.latest) || !s.population.is_usable()) return false;
    for (const Wall& w : s.walls) {
      if (!finite(w.azimuth_rad) || !finite(w.distance_m) || !base::is_reckonable(w.last))
        return false;
    }
    if (!s.map.load(in)) return false;
  }
  tracks_.resize(store.slot_count());
  const auto usable = [&](const Claim& c) {
    return base::is_reckonable(c.time) && std::fabs(c.latitude_rad) < 2.0 &&
           std::fabs(c.longitude_rad) < 10.0 && finite(c.east_mps) && finite(c.north_mps) &&
           finite(c.velocity_sd_mps) && finite(c.position_sd_m) &&
           (!c.present || c.sensor < sensors_.size());
  };
  for (std::uint32_t slot = 0; slot < store.slot_count(); ++slot) {
    if (!store.at(slot).active) continue;
    TrackDoubt& d = tracks_[slot];
    loader(d);
    if (!in.ok() || !usable(d.claim) || !usable(d.anchor) || !usable(d.from)) return false;
    for (const Timestamp time :
         {d.time, d.first, d.last_independent, d.last_reply, d.next_check, d.still_since}) {
      if (!base::is_reckonable(time)) return false;
    }
    for (const double value :
         {d.latitude_rad,          d.longitude_rad,          double{d.east_mps},
          double{d.north_mps},     double{d.height_m},       double{d.position_sd_m},
          double{d.usual_sd_m},    d.shift.statistic(),      d.velocity.statistic(),
          double{d.along_m},       double{d.across_m},       double{d.lag_s},
          double{d.offset_east_m}, double{d.offset_north_m}, double{d.way_east_m},
          double{d.way_north_m},   double{d.silence},        double{d.garbled},
          d.still_latitude_rad,    d.still_longitude_rad,    double{d.slow},
          double{d.slow_window}}) {
      if (!finite(value)) return false;
    }
    if (d.silence_count > kWatched) return false;
    for (const Silence& s : d.silences) {
      if (!(s.covered >= 0.0F && s.covered <= 1.0F) || !base::is_reckonable(s.accounted_until))
        return false;
      if (s.cell >= DetectionMap::kCells) return false;
    }
    for (std::uint8_t i = 0; i < d.silence_count; ++i) {
      if (d.silences[i].sensor >= sensors_.size()) return false;
    }
    for (const auto& code : {d.code, d.other_code}) {
      if (code && code->bits() >= kCodes) return false;
    }
  }
  std::uint32_t known = 0;
  loader(known);
  if (known > kCodes) return false;
  for (std::uint32_t i = 0; i < known; ++i) {
    std::uint16_t code = 0;
    std::uint32_t slot = 0;
    loader(code, slot);
    if (!in.ok() || code >= kCodes || slot >= store.slot_count()) return false;
    by_code_[code] = slot;
  }
  loader(arrivals_, next_arrival_, losses_, next_loss_, standing_, next_standing_, counters_);
  if (!in.ok() || next_arrival_ >= kArrivals || next_loss_ >= kLosses ||
      next_standing_ >= kStanding) {
    return false;
  }
  for (const Arrival& a : arrivals_) {
    if (!base::is_reckonable(a.time)) return false;
  }
  for (const Loss& s : losses_) {
    if (!base::is_reckonable(s.time) || !finite(s.latitude_rad) || !finite(s.longitude_rad))
      return false;
  }
  return std::ranges::all_of(standing_, [&](const Standing& s) {
    return base::is_reckonable(s.time) && finite(s.latitude_rad) && finite(s.longitude_rad);
  });
}

}  // namespace liptako::track
