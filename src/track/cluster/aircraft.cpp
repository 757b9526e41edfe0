#include "track/cluster/aircraft.hpp"

#include "track/sensors/models.hpp"
#include "track/stored.hpp"

namespace liptako::track {
namespace {

using base::to_seconds;

// Two altitudes are of one aircraft if they differ by no more than this many standard deviations.
constexpr double kAltitudeGate = 3.0;

FirstFix first_fix(const AircraftLook& look, const Plot& plot) {
  const AircraftLook::Setting& s = look.setting();
  VerticalFilter vertical;
  if (plot.pressure_altitude)
    (void)update(vertical, *plot.pressure_altitude, plot.altitude_quantum);
  const Height height = vertical.known ? geometric_height(vertical) : s.height;
  return model_of(s.sensor->kind).first_fix(*s.sensor, *s.site, plot, height);
}

}  // namespace

PlotPlace AircraftLook::place(std::size_t k) const {
  const Plot& plot = plots_[k].plot;
  const FirstFix fix = first_fix(*this, plot);
  const auto at = setting_.frame->enu_from_ecef(geo::ecef_from_geodetic(fix.position));
  PlotPlace place{at.x, at.y, fix.cov_ee_m2, fix.cov_en_m2, fix.cov_nn_m2};
  if (!plot.pressure_altitude) {
    const double s2 = setting_.height.variance_m2;
    place.cov_ee += fix.height_effect_east * fix.height_effect_east * s2;
    place.cov_en += fix.height_effect_east * fix.height_effect_north * s2;
    place.cov_nn += fix.height_effect_north * fix.height_effect_north * s2;
  }
  return place;
}

LinearMeasurement AircraftLook::linearise(const Gaussian& predicted,
                                          const Height& height,
                                          std::size_t k) const {
  const Plot& plot = plots_[k].plot;
  const double later = to_seconds(plot.time - setting_.at);
  HorizontalState then = predicted.mean;
  then.x[kEast] += later * then.x[kVelocityEast];
  then.x[kNorth] += later * then.x[kVelocityNorth];
  return model_of(setting_.sensor->kind)
      .linearise(*setting_.sensor, *setting_.site, plot, *setting_.frame, then, height);
}

void AircraftMotion::predict(Density& x, double dt) const {
  (void)track::predict(x.imm, models->of(x.motion), dt);
  track::predict(x.vertical, dt);
  track::predict(x.height_effect, dt);
  x.plot = -1;
}

LinearMeasurement AircraftMotion::linearise(const Look& look,
                                            const Density& x,
                                            const Gaussian& predicted,
                                            std::size_t plot) {
  const Height height = geometric_height(x.vertical);
  return considered(look.linearise(predicted, height, plot), x.height_effect, height);
}

// Of all modes: the moments of both straight flight and turns make a plot that lies aside of
// straight flight likelier than the turns are.
double AircraftMotion::log_likelihood(const Density& x,
                                      const Gaussian& predicted,
                                      const LinearMeasurement& m,
                                      const Fit& how) const {
  Imm after = x.imm;
  const auto result = track::update(after, models->of(x.motion), m, predicted, 0.0);
  return result ? track::log_likelihood(*result) : how.log_likelihood;
}

double AircraftMotion::evidence(const Look& look, const Density& x, std::size_t k) {
  const Plot& plot = look.plot(k);
  return evidence_of(plot, x.identity, x.vertical, to_seconds(look.setting().at - plot.time));
}

bool AircraftMotion::update(Density& x,
                            const LinearMeasurement& m,
                            const Look& look,
                            std::size_t k) const {
  const Plot& plot = look.plot(k);
  const Gaussian before = combine(x.imm);
  VerticalFilter vertical = x.vertical;
  if (plot.pressure_altitude) {
    const double lag = std::fmax(to_seconds(look.setting().at - plot.time), 0.0);
    (void)track::update(vertical, *plot.pressure_altitude, plot.altitude_quantum, lag);
  }
  // A plot that tells no altitude is seen as it was when it was gated; that R then holds an
  // unknown height matters only where it is dilated.
  LinearMeasurement position = m, used = m;
  if (plot.pressure_altitude || m.dilution != 1.0) {
    const Height height = geometric_height(vertical);
    position = look.linearise(before, height, k);
    used = considered(position, x.height_effect, height);
  }
  Gaussian after;
  const auto result =
      track::update(x.imm, models->of(x.motion), used, {before, evaluate(before, used)}, &after);
  if (!result || !result->sound) return false;
  track::update(x.height_effect, position, mean_gain(before, used, result->fit, nullptr));
  x.vertical = vertical;
  if (plot.icao_address && !x.identity.icao_address) x.identity.icao_address = plot.icao_address;
  note_code(x.identity, plot);
  x.plot = static_cast<std::int32_t>(k);
  x.position = position;
  x.fit = *result;
  const bool has_transponder = x.identity.icao_address || x.identity.mode_3a;
  const Motion now =
      judged(x.motion, plot, look.setting().sensor->kind, {after, has_transponder, true});
  if (now.used != x.motion.used) track::start(x.imm, models->of(now).options, after);
  x.motion = now;
  return true;
}

bool AircraftMotion::alike(const Density& a, const Density& b) {
  if (a.identity.icao_address != b.identity.icao_address ||
      a.identity.mode_3a != b.identity.mode_3a || a.motion.used != b.motion.used ||
      a.vertical.known != b.vertical.known || a.vertical.geometric != b.vertical.geometric)
    return false;
  const double apart = a.vertical.altitude_m - b.vertical.altitude_m;
  return !a.vertical.known ||
         apart * apart <= kAltitudeGate * kAltitudeGate * (a.vertical.P00 + b.vertical.P00);
}

void AircraftMotion::blend(Density& x, const Density& other, double share) const {
  if (other.motion.used == x.motion.used) {
    Manoeuvring::blend(x.imm, other.imm, share);
  } else {  // modes that mean something else
    Imm translated;
    track::start(translated, models->of(x.motion).options, combine(other.imm));
    Manoeuvring::blend(x.imm, translated, share);
  }
  for (int r = 0; r < kStateSize; ++r) {
    double& d = x.height_effect.d[r];
    d += share * (other.height_effect.d[r] - d);
  }
  if (other.vertical.known) {
    VerticalFilter& v = x.vertical;
    const VerticalFilter& o = other.vertical;
    if (!v.known) {
      v = o;
    } else {
      const double rest = 1.0 - share;
      const double dz = o.altitude_m - v.altitude_m;
      const double dr = o.rate_mps - v.rate_mps;
      v.altitude_m += share * dz;
      v.rate_mps += share * dr;
      v.P00 = rest * v.P00 + share * o.P00 + rest * share * dz * dz;
      v.P01 = rest * v.P01 + share * o.P01 + rest * share * dz * dr;
      v.P11 = rest * v.P11 + share * o.P11 + rest * share * dr * dr;
    }
  }
  if (share <= 0.5) return;
  x.identity = other.identity;
  x.motion.told = other.motion.told;
  x.plot = other.plot;
  x.position = other.position;
  x.fit = other.fit;
}

AircraftMotion::Density AircraftMotion::start(const Gaussian& first) const {
  Density x;
  track::start(x.imm, models->of(x.motion).options, first);
  return x;
}

AircraftMotion::Density AircraftMotion::begin(const Gaussian& first,
                                              const Look& look,
                                              std::size_t k) const {
  const Plot& plot = look.plot(k);
  const FirstFix fix = first_fix(look, plot);
  Gaussian here = first;
  here.P[packed(0, 0)] = fix.cov_ee_m2;
  here.P[packed(0, 1)] = fix.cov_en_m2;
  here.P[packed(1, 1)] = fix.cov_nn_m2;
  here.P[packed(2, 2)] = here.P[packed(3, 3)] = first_velocity_sd_mps * first_velocity_sd_mps;
  Density x = start(here);
  x.height_effect = effect_of(fix);
  if (plot.pressure_altitude)
    (void)track::update(x.vertical, *plot.pressure_altitude, plot.altitude_quantum);
  x.identity.icao_address = plot.icao_address;
  note_code(x.identity, plot);
  x.plot = static_cast<std::int32_t>(k);
  return x;
}

bool AircraftMotion::is_usable(const Density& x) {
  if (static_cast<int>(x.motion.told) >= kAircraftClasses ||
      static_cast<int>(x.motion.used) >= kAircraftClasses)
    return false;
  return is_loadable(x.imm) && is_loadable(x.vertical) && is_loadable(x.height_effect);
}

void change_frame(AircraftState& x, const geo::TangentFrame& from, const geo::TangentFrame& to) {
  change_frame(x.imm, from, to, geometric_height(x.vertical).mean_m);
  change_frame(x.height_effect, from, to);
}

}  // namespace liptako::track
