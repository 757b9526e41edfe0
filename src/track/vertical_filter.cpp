#include "track/vertical_filter.hpp"

#include <cmath>

namespace liptako::track {
namespace {

constexpr double kNoiseDensity =
    0.5;  // m^2/s^3: reaches 1,500 ft/min within 15 s of a level-off or climb
constexpr double kEncoderSdM = 8.0;  // altimeter encoder and time stamp, beside the quantisation
constexpr double kFirstRateSdMps = 12.0;
constexpr double kGate = 25.0;  // five sigma
constexpr int kRefusalsBeforeRestart = 3;
// A flight level known no better than this has stopped being told: some 30 s ago.
constexpr double kStalePressureSdM = 100.0;

// From pressure altitude to geometric height, or back.
void turn(VerticalFilter& v, bool to_geometric) {
  v.P00 += offset_variance(v);
  v.altitude_m += to_geometric ? v.offset.mean_m : -v.offset.mean_m;
  v.geometric = to_geometric;
  v.refusals = 0;
}

void start(VerticalFilter& v, double altitude_m, double variance) {
  v.altitude_m = altitude_m;
  v.rate_mps = 0.0;
  v.P00 = variance;
  v.P01 = 0.0;
  v.P11 = kFirstRateSdMps * kFirstRateSdMps;
  v.known = true;
  v.refusals = 0;
}

// An innovation y of dh times the height `lag` seconds ago, of variance R; false: beyond the gate.
bool correct(VerticalFilter& v, const HeightMeasurement& m, double lag) {
  // H = dh [1 -lag]: a late report is of where the aircraft was.
  const double ph0 = m.dh * (v.P00 - lag * v.P01);
  const double ph1 = m.dh * (v.P01 - lag * v.P11);
  const double S = m.dh * (ph0 - lag * ph1) + m.R;
  if (!(m.y * m.y <= kGate * S)) return false;
  v.refusals = 0;
  const double k0 = ph0 / S;
  const double k1 = ph1 / S;
  v.altitude_m += k0 * m.y;
  v.rate_mps += k1 * m.y;
  v.P11 -= k1 * ph1;
  v.P01 -= k0 * ph1;
  v.P00 -= k0 * ph0;
  return true;
}

}  // namespace

void predict(VerticalFilter& v, double dt) {
  if (!v.known || dt <= 0.0) return;
  v.altitude_m += v.rate_mps * dt;
  v.P00 += dt * (2.0 * v.P01 + dt * v.P11) + kNoiseDensity * (1.0 / 3.0) * dt * dt * dt;
  v.P01 += dt * v.P11 + kNoiseDensity * 0.5 * dt * dt;
  v.P11 += kNoiseDensity * dt;
}

AltitudeUse update(VerticalFilter& v,
                   base::Length pressure_altitude,
                   base::Length quantum,
                   double lag) {
  const double z = pressure_altitude.metres();
  const double R = kEncoderSdM * kEncoderSdM + quantum.metres() * quantum.metres() * (1.0 / 12.0);
  if (!v.known) {
    start(v, z, R);
    return AltitudeUse::restarted;
  }
  if (v.geometric) turn(v, false);
  const double y = z - (v.altitude_m - lag * v.rate_mps);
  if (correct(v, {y, {0.0, 0.0}, 1.0, R}, lag)) return AltitudeUse::used;
  if (++v.refusals < kRefusalsBeforeRestart) return AltitudeUse::refused;
  start(v, z, R);
  return AltitudeUse::restarted;
}

AltitudeUse update_geometric(VerticalFilter& v, const HeightMeasurement& m, double lag) {
  if (!(m.R > 0.0) || m.dh == 0.0) return AltitudeUse::none;
  if (!v.geometric) {
    if (v.P00 < kStalePressureSdM * kStalePressureSdM) return AltitudeUse::none;
    turn(v, true);
  }
  if (correct(v, m, lag)) return AltitudeUse::used;
  if (++v.refusals < kRefusalsBeforeRestart) return AltitudeUse::refused;
  start(v, v.altitude_m - lag * v.rate_mps + m.y / m.dh, m.R / (m.dh * m.dh));
  return AltitudeUse::restarted;
}

void start_geometric(VerticalFilter& v, const Height& height) {
  if (v.known || !(height.variance_m2 > 0.0)) return;
  start(v, height.mean_m, height.variance_m2);
  v.geometric = true;
}

}  // namespace liptako::track
