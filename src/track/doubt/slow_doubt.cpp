// What no transponder names and only primary radars see: aircraft, or birds and wind turbines.
//
// Over windows of half a minute the way between the filter's places gives a speed s with its
// standard deviation. Birds fly up to 28 m/s over ground, with the wind [Skolnik08, ch. 2: birds];
// what is to be confirmed as an aircraft flies 30 and more, as thinly spread as if up to 300. The
// log-likelihood ratio of a window is the logarithm of
//   [P(s within the slow range) / 28] / [P(s above 30) / 270],
// bounded, and added up to a sequential probability ratio test. What lies still, within four
// standard deviations of where it was a minute ago and more, is no flock but stands: a turbine, a
// mast, the ground.
#include <algorithm>

#include "base/math.hpp"
#include "track/doubt/doubt_book.hpp"

namespace liptako::track {
namespace {

using base::to_seconds;

constexpr double kWindowS = 25.0;
constexpr double kSlowMps = 28.0;
constexpr double kFastMps = 30.0;
constexpr double kFastestMps = 300.0;
constexpr double kMostOfAWindow = 4.0;
constexpr double kSlowLimit = 6.9;   // one aircraft in a thousand is held back
constexpr double kFastLimit = -1.0;  // surer than e to 1 that it is fast
constexpr double kStandsAfterS = 60.0;
constexpr double kStandsMps = 3.0;
constexpr double kNearM = 1'500.0;
constexpr double kAgainAfterS = 600.0;

// Within 0.01 of the normal distribution function [Bowling09].
double normal_share(double z) { return 1.0 / (1.0 + base::exp(-1.702 * z)); }

struct LocalWay {
  double east_m = 0.0, north_m = 0.0;
  [[nodiscard]] double length() const { return std::sqrt(east_m * east_m + north_m * north_m); }
};
LocalWay way(double lat0, double lon0, double lat1, double lon1) {
  const double cos_latitude = std::fmax(0.02, base::cos(0.5 * (lat0 + lat1)));
  return {base::wrap_pi(lon1 - lon0) * cos_latitude * geo::kMeanRadiusM,
          (lat1 - lat0) * geo::kMeanRadiusM};
}

double slow_against_fast(double speed, double sd) {
  const double slow =
      normal_share((kSlowMps - speed) / sd) - normal_share((0.0 - speed) / sd) + 1e-4;
  const double fast = normal_share((speed - kFastMps) / sd) + 1e-4;
  const double ratio = base::log((slow / kSlowMps) / (fast / (kFastestMps - kFastMps)));
  return std::clamp(ratio, -kMostOfAWindow, kMostOfAWindow);
}

}  // namespace

bool DoubtBook::may_confirm(const TrackStore& store, std::uint32_t slot) const {
  const TrackRecord& t = store.at(slot);
  if (t.icao_address || t.mode_3a || has_pressure_altitude(t.vertical) || t.home != kPlacedHome)
    return true;
  if (slot >= tracks_.size()) return true;
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    if (descriptions_[t.seen_by[i].sensor].kind != SensorKind::polar_radar) return true;
  }
  const Seldom& r = seldom_[slot];
  return (t.doubts & kNoAircraft) == 0 && r.slow + r.slow_window < kFastLimit;
}

void DoubtBook::measure_speed(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  const TrackRecord& t = store.at(slot);
  const TrackDoubt& d = tracks_[slot];
  Seldom& r = seldom_[slot];
  if (t.icao_address || t.mode_3a || has_pressure_altitude(t.vertical)) return;
  const SensorDescription& sensor = descriptions_[plot.sensor];
  if (sensor.kind != SensorKind::polar_radar) return;
  // Of the plots: what an unknown height does to the place stays the same over a window.
  const double across_m = plot.slant_range.metres() * sensor.azimuth_sd.radians();
  const double plot_sd =
      std::sqrt(sensor.range_sd.metres() * sensor.range_sd.metres() + across_m * across_m);
  const auto begin = [&] {
    r.from.time = plot.time;
    r.from.latitude_rad = d.latitude_rad;
    r.from.longitude_rad = d.longitude_rad;
    r.from.position_sd_m = static_cast<float>(plot_sd);
    r.from.present = true;
  };
  if (!r.from.present) {
    r.still_since = plot.time;
    r.still_latitude_rad = d.latitude_rad;
    r.still_longitude_rad = d.longitude_rad;
    return begin();
  }
  const double lasted = to_seconds(plot.time - r.from.time);
  if (lasted < to_seconds(sensor.period)) return;
  const LocalWay moved =
      way(r.from.latitude_rad, r.from.longitude_rad, d.latitude_rad, d.longitude_rad);
  const double noise =
      std::sqrt(double{r.from.position_sd_m} * r.from.position_sd_m + plot_sd * plot_sd);
  const double speed = moved.length() / lasted;
  r.slow_window = static_cast<float>(slow_against_fast(speed, std::fmax(noise, 1.0) / lasted));
  if (r.slow_looks < 60'000) ++r.slow_looks;
  if (lasted < kWindowS) return;
  r.slow = std::clamp(r.slow + r.slow_window, -10.0F, static_cast<float>(1.5 * kSlowLimit));
  r.slow_window = 0.0F;
  begin();
  const double stood_s = to_seconds(plot.time - r.still_since);
  const LocalWay strayed =
      way(r.still_latitude_rad, r.still_longitude_rad, d.latitude_rad, d.longitude_rad);
  const bool stands = stood_s >= kStandsAfterS && strayed.length() < 4.0 * noise &&
                      strayed.length() < kStandsMps * stood_s;
  const Why why{r.slow, kSlowLimit, {speed, stood_s}, r.slow_looks};
  if (r.slow >= kSlowLimit && stood_s >= kStandsAfterS) {
    if (t.status == TrackStatus::tentative || stands) {
      raise(store, slot, stands ? Doubt::standing_echo : Doubt::birds, plot, why);
      clear(store, slot, stands ? Doubt::birds : Doubt::standing_echo, plot, why);
    }
  }
  if (r.slow <= 0.0F) {
    clear(store, slot, Doubt::birds, plot, why);
    clear(store, slot, Doubt::standing_echo, plot, why);
  }
}

void DoubtBook::note_standing_echo(const Plot& plot, const FirstFix& fix) {
  const double latitude = fix.position.latitude.radians();
  const double longitude = fix.position.longitude.radians();
  for (const Standing& s : standing_) {
    if (to_seconds(plot.time - s.time) > kAgainAfterS) continue;
    if (way(s.latitude_rad, s.longitude_rad, latitude, longitude).length() < kNearM) return;
  }
  standing_[next_standing_] = {plot.time, latitude, longitude};
  next_standing_ = (next_standing_ + 1) % kStanding;
  Finding f;
  f.time = plot.time;
  f.kind = FindingKind::plot;
  f.doubt = Doubt::standing_echo;
  f.sensor = plot.sensor;
  f.latitude = fix.position.latitude;
  f.longitude = fix.position.longitude;
  f.slant_range = plot.slant_range;
  f.azimuth = plot.azimuth;
  f.looks = 1;
  tell(f);
}

}  // namespace liptako::track
