// What an aircraft says of its own position, held against sensors that find it by themselves.
//
// Every plot of a radar or of multilateration is compared with the aircraft's newest report,
// carried on by its own velocity over at most 3.5 s; the filter, which rests on those reports
// itself, has no part in it.
//
//   y    measured less claimed, in the sensor's coordinates, less the sensor's bias as the
//        population of aircraft shows it (population.hpp). By the sensor's own clock or by what
//        registration makes of it, whichever agrees better: a clock may step, and many aircraft
//        that are led away alike draw registration after them
//   d    the same over ground, east and north, m;   S its covariance, of
//        the sensor's noise, times the population's spread; what the aircraft claims (NACp); an
//        unknown height; what is not known of the bias; an acceleration of 3 m/s2 since the claim
//   x    S^(-1/2) d, to the test of a shift (sequential.hpp). Persistent: all but the sensor's
//        noise.
//
// An offset along the flight alone is a lag: false_time; any other false_position.
//
// Velocity: told velocities, added up over 10 s, against the way between the told positions.
#include <algorithm>

#include "base/math.hpp"
#include "track/doubt/doubt_book.hpp"
#include "track/sensors/models.hpp"

namespace liptako::track {
namespace {

using base::Timestamp;
using base::to_seconds;

constexpr double kClaimLastsS = 3.5;
constexpr double kAccelerationMps2 = 3.0;
constexpr double kPriorLagS = 0.3;  // of a sensor of which too few aircraft tell
constexpr double kKnownLagS = 0.1;  // installations differ: DO-260B allows 0.2 s
constexpr double kLeastLagS = 0.4;  // that is called one
constexpr double kMostLagS = 60.0;
constexpr std::uint8_t kClockLooks = 2;
constexpr double kClockRightS = 0.3;  // a station's clock, again
constexpr double kAgreesSds = 3.0;
constexpr std::uint8_t kAgreesToClear = 12;
constexpr double kSameEmitterM = 3'000.0;  // a claim continues the one before
constexpr double kWindowS = 10.0;
constexpr double kInstallationSpeedMps = 1.5;

struct Symmetric {
  double ee = 0.0, en = 0.0, nn = 0.0;
  void add(double weight, double e, double n) {
    ee += weight * e * e;
    en += weight * e * n;
    nn += weight * n * n;
  }
  [[nodiscard]] double along(double e, double n) const {
    return ee * e * e + 2.0 * en * e * n + nn * n * n;
  }
};

struct Whitened {
  double x = 0.0, y = 0.0;
  bool sound = false;
};
// S^(-1/2) d, the symmetric root [Higham08, §6.2: 2 x 2].
Whitened whitened(const Symmetric& s, double e, double n) {
  const double determinant = s.ee * s.nn - s.en * s.en;
  if (!(determinant > 0.0) || !(s.ee > 0.0)) return {};
  const double root = std::sqrt(determinant);
  const double scale = std::sqrt(s.ee + s.nn + 2.0 * root);
  // R = (S + root I) / scale, whose determinant is root.
  const double ree = (s.ee + root) / scale, ren = s.en / scale, rnn = (s.nn + root) / scale;
  return {(rnn * e - ren * n) / root, (ree * n - ren * e) / root, true};
}

struct LocalWay {
  double east_m = 0.0, north_m = 0.0;
};
LocalWay way(double lat0, double lon0, double lat1, double lon1) {
  const double cos_latitude = std::fmax(0.02, base::cos(0.5 * (lat0 + lat1)));
  return {base::wrap_pi(lon1 - lon0) * cos_latitude * geo::kMeanRadiusM,
          (lat1 - lat0) * geo::kMeanRadiusM};
}

}  // namespace

bool DoubtBook::passes_over(TrackStore& store, const Plot& plot) {
  if (!plot.icao_address || descriptions_[plot.sensor].kind != SensorKind::ads_b) return false;
  std::uint32_t doubted = kNoSlot;
  store.for_each_with_address(*plot.icao_address, [&](std::uint32_t slot) {
    if ((store.at(slot).doubts & kPositionDoubt) == 0) return;
    const TrackDoubt& d = tracks_[slot];
    if (!in_position_doubt(store.at(slot), d)) return;
    if (!d.claim.present || !is_held(d, plot.time)) return;
    const double dt = to_seconds(plot.time - d.claim.time);
    const LocalWay moved = way(d.claim.latitude_rad,
                               d.claim.longitude_rad,
                               plot.latitude.radians(),
                               plot.longitude.radians());
    const double off = std::sqrt(moved.east_m * moved.east_m + moved.north_m * moved.north_m);
    if (off < kSameEmitterM + 400.0 * std::fabs(dt)) doubted = std::min(doubted, slot);
  });
  if (doubted == kNoSlot) return false;
  ++counters_.position_doubt;
  note_claim(store, doubted, plot);
  return true;
}

std::optional<Plot> DoubtBook::devalued(const TrackStore& store, const Plot& plot) {
  if (!plot.icao_address || descriptions_[plot.sensor].kind != SensorKind::ads_b) return {};
  std::optional<Plot> out;
  store.for_each_with_address(*plot.icao_address, [&](std::uint32_t slot) {
    const DoubtMask doubts = store.at(slot).doubts;
    if ((doubts & (kPositionDoubt | bit(Doubt::false_velocity))) == 0) return;
    const TrackDoubt& d = tracks_[slot];
    const bool position = in_position_doubt(store.at(slot), d);
    if (!position && (doubts & bit(Doubt::false_velocity)) == 0) return;
    if (!out) out = told_ = plot;
    if ((doubts & bit(Doubt::false_velocity)) != 0) out->velocity_sd = base::Speed();
    if (!position) return;
    // As wrong as it was found to be.
    const double off = std::sqrt(double{d.offset_east_m} * d.offset_east_m +
                                 double{d.offset_north_m} * d.offset_north_m);
    out->position_sd = std::max(out->position_sd, base::Length::from_metres(off));
    out->velocity_sd = base::Speed();
  });
  return out;
}

bool DoubtBook::note_refused(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  if (slot >= tracks_.size() || !is_independent(plot)) return false;
  TrackDoubt& d = tracks_[slot];
  d.last_independent = std::max(d.last_independent, plot.time);
  d.independent_period_s =
      static_cast<std::uint16_t>(to_seconds(descriptions_[plot.sensor].period) + 0.999);
  return compare(store, slot, plot);
}

void DoubtBook::note_claim(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  TrackDoubt& d = of(store, slot);
  const Claim before = d.claim;
  if (before.present && plot.time <= before.time) return;
  Claim& c = d.claim;
  c.time = plot.time;
  c.latitude_rad = plot.latitude.radians();
  c.longitude_rad = plot.longitude.radians();
  c.east_mps = static_cast<float>(plot.velocity_east.mps());
  c.north_mps = static_cast<float>(plot.velocity_north.mps());
  c.velocity_sd_mps = static_cast<float>(plot.velocity_sd.mps());
  c.position_sd_m = static_cast<float>(plot.position_sd.metres());
  c.sensor = plot.sensor;
  c.present = true;
  ++d.claims;
  check_velocity(store, slot, plot, before);
  note_quality(store, slot, plot);
}

void DoubtBook::check_velocity(TrackStore& store,
                               std::uint32_t slot,
                               const Plot& plot,
                               const Claim& before) {
  TrackDoubt& d = tracks_[slot];
  const Claim& c = d.claim;
  const double dt = to_seconds(c.time - before.time);
  const auto begin = [&] {
    d.anchor = c;
    d.way_east_m = d.way_north_m = 0.0F;
  };
  const bool goes_on = before.present && d.anchor.present && c.velocity_sd_mps > 0.0F &&
                       before.velocity_sd_mps > 0.0F && dt > 0.0 && dt < kClaimLastsS;
  if (!goes_on) return begin();
  d.way_east_m += static_cast<float>(0.5 * dt * (c.east_mps + before.east_mps));
  d.way_north_m += static_cast<float>(0.5 * dt * (c.north_mps + before.north_mps));
  const double lasted = to_seconds(c.time - d.anchor.time);
  if (lasted < kWindowS) return;
  const LocalWay flown =
      way(d.anchor.latitude_rad, d.anchor.longitude_rad, c.latitude_rad, c.longitude_rad);
  const double e = flown.east_m - d.way_east_m;
  const double n = flown.north_m - d.way_north_m;
  const double off = std::sqrt(e * e + n * n);
  const double jump = 3.0 * kSameEmitterM;
  const double anchor_sd = d.anchor.position_sd_m;
  begin();
  if (off > jump) return;  // not a matter of velocity
  const double latency = to_seconds(descriptions_[c.sensor].latency_sd);
  // Errors of navigation are slow: half of them goes out of a difference over ten seconds.
  const double position = 0.5 * (anchor_sd * anchor_sd + double{c.position_sd_m} * c.position_sd_m);
  const double speed_sd = std::sqrt(double{c.velocity_sd_mps} * c.velocity_sd_mps +
                                    kInstallationSpeedMps * kInstallationSpeedMps);
  const double persistent = speed_sd * speed_sd * lasted * lasted;
  Symmetric s{position + persistent, 0.0, position + persistent};
  s.add(2.0 * latency * latency, c.east_mps, c.north_mps);
  const Whitened x = whitened(s, e, n);
  if (!x.sound || !(off >= 0.0)) return;
  const double share = off > 0.0 ? persistent * off * off / s.along(e, n) : 1.0;
  const Why why{d.velocity.statistic(), ShiftTest::kLimit, {e / lasted, n / lasted}, d.claims};
  if ((store.at(slot).doubts & bit(Doubt::false_velocity)) != 0) {
    const bool agrees = x.x * x.x + x.y * x.y < kAgreesSds * kAgreesSds;
    d.velocity_agreeing =
        agrees ? static_cast<std::uint8_t>(d.velocity_agreeing + 1) : std::uint8_t{0};
    if (d.velocity_agreeing < kAgreesToClear) return;
    d.velocity.clear();
    clear(store, slot, Doubt::false_velocity, plot, why);
    return;
  }
  d.velocity.take(x.x, x.y, share);
  if (!d.velocity.alarms()) return;
  d.velocity_agreeing = 0;
  raise(store,
        slot,
        Doubt::false_velocity,
        plot,
        {d.velocity.statistic(), ShiftTest::kLimit, {e / lasted, n / lasted}, d.claims});
}

bool DoubtBook::compare(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  TrackRecord& t = store.at(slot);
  TrackDoubt& d = of(store, slot);
  const Claim& c = d.claim;
  const double dt = to_seconds(plot.time - c.time);
  if (!c.present || t.home != kPlacedHome || std::fabs(dt) > kClaimLastsS) return false;
  if (!t.icao_address) return false;
  const SensorDescription& sensor = descriptions_[plot.sensor];
  if (!sensor.placed && model_of(sensor.kind).needs_site) return false;
  const bool told = c.velocity_sd_mps > 0.0F && (t.doubts & bit(Doubt::false_velocity)) == 0;
  const double ve = told ? c.east_mps : d.east_mps;
  const double vn = told ? c.north_mps : d.north_mps;
  const Height height = geometric_height(t.vertical);
  const double cos_latitude = std::fmax(0.02, base::cos(c.latitude_rad));
  const geo::Geodetic there{
      base::Angle::from_radians(c.latitude_rad + dt * vn / geo::kMeanRadiusM),
      base::Angle::from_radians(c.longitude_rad + dt * ve / (geo::kMeanRadiusM * cos_latitude)),
      base::Length::from_metres(height.mean_m)};
  const auto enu = t.frame.enu_from_ecef(geo::ecef_from_geodetic(there));
  HorizontalState at;
  at.x[kEast] = enu.x;
  at.x[kNorth] = enu.y;
  at.x[kVelocityEast] = ve;
  at.x[kVelocityNorth] = vn;
  Sensor& state = sensors_[plot.sensor];
  LinearMeasurement m =
      model_of(sensor.kind).linearise(sensor, state.site, plot, t.frame, at, height);
  if (sensor.kind == SensorKind::polar_radar) {
    m.y[0] -= state.bias[0];
    m.y[1] = base::wrap_pi(m.y[1] - state.bias[1]);
  }
  const double sd[2] = {std::sqrt(m.R[0]), std::sqrt(m.R[2])};
  const double determinant = m.H[0][0] * m.H[1][1] - m.H[0][1] * m.H[1][0];
  if (!(sd[0] > 0.0) || !(sd[1] > 0.0) || !(std::fabs(determinant) > 1e-12)) return false;

  Population& population = state.population;
  Population::Comparison comparison{t.number.value, {}, {}};
  double y[2], put_right[2];  // by the sensor's clock, and by registration's
  double bias_variance[2];
  const double moved_s = state.bias[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const double g = (m.H[i][kEast] * ve + m.H[i][kNorth] * vn) / sd[i];
    comparison.y[i] = static_cast<float>(m.y[i] / sd[i] + moved_s * g);
    comparison.rate[i] = static_cast<float>(g);
    y[i] = put_right[i] = m.y[i];
    if (population.known()) {
      y[i] -= sd[i] * (population.bias(i) + (population.lag_s() - moved_s) * g);
      put_right[i] -= sd[i] * population.bias(i);
      bias_variance[i] = 2.0 * m.R[2 * i] / population.count();
    } else {
      const double prior =
          i == 0 || sensor.kind != SensorKind::polar_radar ? kPriorRangeM : kPriorAzimuthRad;
      bias_variance[i] = prior * prior;
    }
  }
  // Over ground: columns of the inverse of H.
  const double inverse[2][2] = {{m.H[1][1] / determinant, -m.H[0][1] / determinant},
                                {-m.H[1][0] / determinant, m.H[0][0] / determinant}};
  const auto over_ground = [&](double a, double b) {
    return LocalWay{inverse[0][0] * a + inverse[0][1] * b, inverse[1][0] * a + inverse[1][1] * b};
  };
  LocalWay off = over_ground(y[0], y[1]);
  const LocalWay of_height = over_ground(m.dh[0], m.dh[1]);
  const LocalWay of_first = over_ground(1.0, 0.0);
  const LocalWay of_second = over_ground(0.0, 1.0);
  Symmetric persistent{
      double{c.position_sd_m} * c.position_sd_m, 0.0, double{c.position_sd_m} * c.position_sd_m};
  persistent.add(height.variance_m2, of_height.east_m, of_height.north_m);
  persistent.add(bias_variance[0], of_first.east_m, of_first.north_m);
  persistent.add(bias_variance[1], of_second.east_m, of_second.north_m);
  const double lag = population.known() ? kKnownLagS : kPriorLagS;
  persistent.add(lag * lag, ve, vn);
  Symmetric s = persistent;
  const double spread = population.spread() * population.spread();
  s.add(spread * m.R[0], of_first.east_m, of_first.north_m);
  s.add(spread * m.R[2], of_second.east_m, of_second.north_m);
  const double since = 0.5 * kAccelerationMps2 * dt * dt;
  s.ee += since * since;
  s.nn += since * since;
  Whitened x = whitened(s, off.east_m, off.north_m);
  if (!x.sound) return false;
  if (moved_s != 0.0 && population.known()) {
    const LocalWay also = over_ground(put_right[0], put_right[1]);
    const Whitened z = whitened(s, also.east_m, also.north_m);
    if (z.x * z.x + z.y * z.y < x.x * x.x + x.y * x.y) {
      off = also;
      x = z;
    }
  }

  d.offset_east_m = static_cast<float>(off.east_m);
  d.offset_north_m = static_cast<float>(off.north_m);
  const double size2 = x.x * x.x + x.y * x.y;
  if (in_position_doubt(t, d)) {
    d.agreeing = size2 < kAgreesSds * kAgreesSds ? static_cast<std::uint8_t>(d.agreeing + 1)
                                                 : std::uint8_t{0};
    if (d.agreeing < kAgreesToClear) return false;
    d.shift.clear();
    d.compared = 0;
    const Why why{std::sqrt(size2), kAgreesSds, {off.east_m, off.north_m}, d.agreeing};
    clear(store, slot, Doubt::false_position, plot, why);
    clear(store, slot, Doubt::false_time, plot, why);
    d.clock_of = 0;
    return false;
  }
  if (t.status != TrackStatus::tentative) population.take(comparison, plot.time);
  const double reach = off.east_m * off.east_m + off.north_m * off.north_m;
  const double share =
      reach > 0.0 ? persistent.along(off.east_m, off.north_m) / s.along(off.east_m, off.north_m)
                  : 1.0;
  d.shift.take(x.x, x.y, share);
  if (d.shift.statistic() <= 0.0) {
    d.compared = 0;
    d.along_m = d.across_m = 0.0F;
    return false;
  }
  const double speed = std::sqrt(ve * ve + vn * vn);
  const double ue = speed > 0.0 ? ve / speed : 0.0, un = speed > 0.0 ? vn / speed : 0.0;
  if (d.compared < 60'000) ++d.compared;
  const auto mean = [&](float& value, double news) {
    value += static_cast<float>((news - value) / d.compared);
  };
  mean(d.along_m, off.east_m * ue + off.north_m * un);
  mean(d.across_m, off.east_m * -un + off.north_m * ue);
  if (!d.shift.alarms()) return false;

  const double across_variance =
      persistent.along(-un, ue) + (s.along(-un, ue) - persistent.along(-un, ue)) / d.compared;
  const double late_s = speed > 50.0 ? d.along_m / speed : 0.0;
  const bool late = std::fabs(late_s) > kLeastLagS && std::fabs(late_s) < kMostLagS &&
                    double{d.across_m} * d.across_m < 9.0 * across_variance;
  d.lag_s = static_cast<float>(late_s);
  d.agreeing = 0;
  Why why{d.shift.statistic(), ShiftTest::kLimit, {off.east_m, off.north_m}, d.compared};
  if (late) why.value = {late_s, d.across_m};
  if (late) d.clock_of = 0;  // besides, it is its own
  raise(store, slot, late ? Doubt::false_time : Doubt::false_position, plot, why);
  return true;
}

void DoubtBook::doubt_clock(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  TrackRecord& t = store.at(slot);
  TrackDoubt& d = of(store, slot);
  if (d.clock_of != 0) {
    if (d.clock_of != TrackDoubt::kClockGone &&
        std::fabs(sensors_[d.clock_of - 1].clock_moved_s) >= kClockRightS)
      return;
    d.clock_of = 0;
    clear(store, slot, Doubt::false_time, plot, {});
    return;
  }
  const double moved = sensors_[plot.sensor].clock_moved_s;
  if (!(std::fabs(moved) > kLeastLagS) || (t.doubts & bit(Doubt::false_time)) != 0) return;
  if (descriptions_[plot.sensor].kind != SensorKind::ads_b || !plot.icao_address) return;
  // The first report may be of before the step.
  if (t.status == TrackStatus::tentative || ++d.clock_looks < kClockLooks) return;
  d.clock_looks = 0;
  d.clock_of = static_cast<std::uint8_t>(plot.sensor + 1);
  raise(
      store, slot, Doubt::false_time, plot, {std::fabs(moved), kLeastLagS, {moved, 0.0}, d.claims});
}

}  // namespace liptako::track
