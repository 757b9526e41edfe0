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

}  // namespace

void DoubtBook::set_sensors(std::span<const SensorDescription> sensors,
                            std::span<const std::uint16_t> new_index) {
  std::vector<Sensor> states(sensors.size());
  for (std::size_t old = 0; old < sensors_.size(); ++old) {
    if (new_index[old] == kPlacedHome) continue;
    const SensorDescription& was = descriptions_[old];
    const SensorDescription& is = sensors[new_index[old]];
    Sensor& to = states[new_index[old]];
    if (stands_as_before(was, is)) {
      to = std::move(sensors_[old]);
      continue;
    }
    // What it sees, and how far it is off, was learnt of another place.
    to.latest = sensors_[old].latest;
    to.heard = sensors_[old].heard;
    to.interrogates = sensors_[old].interrogates;
  }
  sensors_ = std::move(states);
  descriptions_.assign(sensors.begin(), sensors.end());
  for (std::size_t i = 0; i < sensors_.size(); ++i) {
    const SensorDescription& s = descriptions_[i];
    sensors_[i].site = geo::TangentFrame(s.placed ? s.site : geo::Geodetic{});
    if (s.kind != SensorKind::polar_radar || !s.placed) {
      sensors_[i].map = {};
    } else if (!sensors_[i].map.fits(s.range_max)) {
      sensors_[i].map = DetectionMap(s.range_max);
    }
  }
  // What names sensors by their index begins anew; a few looks bring it back.
  for (TrackDoubt& d : tracks_) {
    d.claim = d.anchor = {};
    if (d.clock_of != 0 && d.clock_of <= new_index.size()) {
      const std::uint16_t now = new_index[d.clock_of - 1];
      d.clock_of = now == kPlacedHome ? TrackDoubt::kClockGone : static_cast<std::uint8_t>(now + 1);
    }
    d.silence_count = 0;
    d.silence = 0.0F;
  }
  for (Seldom& r : seldom_) r.silences = {};
}

void DoubtBook::note_sensor_time(std::uint16_t sensor, Timestamp time) {
  Sensor& s = sensors_[sensor];
  if (!s.heard || time > s.latest) s.latest = time;
  s.heard = true;
}

void DoubtBook::grow(const TrackStore& store) {
  tracks_.resize(store.slot_count());
  seldom_.resize(store.slot_count());
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
  // As it was reported.
  const std::array<double, 3>& bias = sensors_[plot.sensor].bias;
  f.slant_range = base::Length::from_metres(plot.slant_range.metres() - bias[0]);
  f.azimuth = base::Angle::from_radians(plot.azimuth.radians() - bias[1]);
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
  seldom_[slot] = {};
  d.number = store.at(slot).number;
  d.first = plot.time;
  (void)note_used(store, slot, plot, view, {});
  note_arrival(store, slot, plot);
}

void DoubtBook::note_seen(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  TrackRecord& t = store.at(slot);
  TrackDoubt& d = of(store, slot);
  const SensorDescription& sensor = descriptions_[plot.sensor];
  ++d.hits;
  d.number = t.number;
  const bool primary = is_primary(plot);
  if (!primary) d.last_reply = std::max(d.last_reply, plot.time);
  if (!is_independent(plot)) return;
  d.last_independent = std::max(d.last_independent, plot.time);
  d.independent_period_s = static_cast<std::uint16_t>(to_seconds(sensor.period) + 0.999);
  if (sensor.kind == SensorKind::polar_radar && !primary) sensors_[plot.sensor].interrogates = true;
  if (d.silence_count > 0 || (t.doubts & bit(Doubt::ghost)) != 0) {
    clear(store, slot, Doubt::ghost, plot, {});
    d.silence = 0.0F;
    d.silence_count = 0;
  }
}

void DoubtBook::note_place(std::uint32_t slot, const TrackRecord& t, const TrackView& view) {
  TrackDoubt& d = tracks_[slot];
  d.time = view.time;
  d.latitude_rad = view.position.latitude.radians();
  d.longitude_rad = view.position.longitude.radians();
  d.east_mps = static_cast<float>(view.velocity_east.mps());
  d.north_mps = static_cast<float>(view.velocity_north.mps());
  d.height_m = static_cast<float>(geometric_height(t.vertical).mean_m);
  d.position_sd_m = static_cast<float>(std::sqrt(std::fmax(0.0, view.cov_ee_m2 + view.cov_nn_m2)));
}

void DoubtBook::note_late(TrackStore& store,
                          std::uint32_t slot,
                          const Plot& plot,
                          const TrackView& view) {
  if (!view.placed) return;
  note_seen(store, slot, plot);
  note_place(slot, store.at(slot), view);
  // What a clock that is behind stamps comes late.
  if (descriptions_[plot.sensor].kind == SensorKind::ads_b) doubt_clock(store, slot, plot);
}

bool DoubtBook::note_used(
    TrackStore& store, std::uint32_t slot, const Plot& plot, const TrackView& view, Use use) {
  TrackRecord& t = store.at(slot);
  TrackDoubt& d = of(store, slot);
  if (!view.placed) return false;
  const SensorDescription& sensor = descriptions_[plot.sensor];
  const bool independent = is_independent(plot);
  const bool primary = is_primary(plot);
  if (!primary) {
    d.primaries = 0;
  } else if (d.primaries < 255) {
    ++d.primaries;
  }
  // Compared with where the aircraft says it is, before what follows from that is written down.
  const bool anew = independent && compare(store, slot, plot);
  note_seen(store, slot, plot);
  note_place(slot, t, view);
  if (sensor.kind == SensorKind::ads_b && plot.icao_address) {
    const bool was_devalued = told_ && told_->time == plot.time && told_->sensor == plot.sensor &&
                              told_->icao_address == plot.icao_address;
    note_claim(store, slot, was_devalued ? *told_ : plot);
  }
  if (sensor.kind == SensorKind::ads_b || d.clock_of != 0) doubt_clock(store, slot, plot);
  // What tells its place itself, or another sensor sees there, was no reflection.
  if ((t.doubts & bit(Doubt::reflection)) != 0 && (d.claim.present || t.seen_by_count > 1))
    clear(store, slot, Doubt::reflection, plot, {});
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
    saver(s.latest, s.heard, s.interrogates, s.bias, s.clock_moved_s, s.population, s.walls);
    s.map.save(out);
  }
  for (std::uint32_t slot = 0; slot < store.slot_count(); ++slot) {
    if (!store.at(slot).active) continue;
    const bool known = slot < tracks_.size();
    saver(known ? tracks_[slot] : TrackDoubt{}, known ? seldom_[slot] : Seldom{});
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
  seldom_.clear();
  set_sensors(sensors, {});
  base::Loader loader(in);
  const auto finite = [](double value) { return std::fabs(value) < 1e9; };
  for (Sensor& s : sensors_) {
    loader(s.latest, s.heard, s.interrogates, s.bias, s.clock_moved_s, s.population, s.walls);
    if (!in.ok() || !base::is_reckonable(s.latest) || !s.population.is_usable()) return false;
    if (!std::ranges::all_of(s.bias, finite) || !finite(s.clock_moved_s)) return false;
    for (const Wall& w : s.walls) {
      if (!finite(w.azimuth_rad) || !finite(w.distance_m) || !base::is_reckonable(w.last))
        return false;
    }
    if (!s.map.load(in)) return false;
  }
  tracks_.resize(store.slot_count());
  seldom_.resize(store.slot_count());
  const auto usable = [&](const Claim& c) {
    return base::is_reckonable(c.time) && std::fabs(c.latitude_rad) < 2.0 &&
           std::fabs(c.longitude_rad) < 10.0 && finite(c.east_mps) && finite(c.north_mps) &&
           finite(c.velocity_sd_mps) && finite(c.position_sd_m) &&
           (!c.present || c.sensor < sensors_.size());
  };
  for (std::uint32_t slot = 0; slot < store.slot_count(); ++slot) {
    if (!store.at(slot).active) continue;
    TrackDoubt& d = tracks_[slot];
    Seldom& r = seldom_[slot];
    loader(d, r);
    if (!in.ok() || !usable(d.claim) || !usable(d.anchor) || !usable(r.from)) return false;
    for (const Timestamp time :
         {d.time, d.first, d.last_independent, d.last_reply, d.next_check, r.still_since}) {
      if (!base::is_reckonable(time)) return false;
    }
    for (const double value :
         {d.latitude_rad,          d.longitude_rad,          double{d.east_mps},
          double{d.north_mps},     double{d.height_m},       double{d.position_sd_m},
          double{d.usual_sd_m},    d.shift.statistic(),      d.velocity.statistic(),
          double{d.along_m},       double{d.across_m},       double{d.lag_s},
          double{d.offset_east_m}, double{d.offset_north_m}, double{d.way_east_m},
          double{d.way_north_m},   double{d.silence},        double{d.garbled},
          r.still_latitude_rad,    r.still_longitude_rad,    double{r.slow},
          double{r.slow_window}}) {
      if (!finite(value)) return false;
    }
    if (d.silence_count > kWatched) return false;
    if (d.clock_of > sensors_.size() && d.clock_of != TrackDoubt::kClockGone) return false;
    for (const Silence& s : r.silences) {
      if (!(s.covered >= 0.0F && s.covered <= 1.0F) || !base::is_reckonable(s.accounted_until))
        return false;
      if (s.cell >= DetectionMap::kCells) return false;
    }
    for (std::uint8_t i = 0; i < d.silence_count; ++i) {
      if (r.silences[i].sensor >= sensors_.size()) return false;
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
  const auto is_slot = [&](std::uint32_t slot) {
    return slot == kNoSlot || slot < store.slot_count();
  };
  for (const Arrival& a : arrivals_) {
    if (!base::is_reckonable(a.time) || !is_slot(a.slot)) return false;
  }
  for (const Loss& s : losses_) {
    if (!is_slot(s.slot) || !base::is_reckonable(s.time) || !finite(s.latitude_rad) ||
        !finite(s.longitude_rad))
      return false;
  }
  return std::ranges::all_of(standing_, [&](const Standing& s) {
    return base::is_reckonable(s.time) && finite(s.latitude_rad) && finite(s.longitude_rad);
  });
}

}  // namespace liptako::track
