#include "track/height_effect.hpp"

namespace liptako::track {
namespace {

struct Pair {
  double a;
  double b;
};

// g = H d + dh
Pair effect_on_innovation(const LinearMeasurement& m, const HeightEffect& effect) {
  Pair g{m.dh[0], m.dh[1]};
  for (int r = 0; r < kStateSize; ++r) {
    g.a += m.H[0][r] * effect.d[r];
    g.b += m.H[1][r] * effect.d[r];
  }
  return g;
}

}  // namespace

HeightEffect effect_of(const FirstFix& fix) {
  HeightEffect effect;
  effect.d[kEast] = fix.height_effect_east;
  effect.d[kNorth] = fix.height_effect_north;
  return effect;
}

void predict(HeightEffect& effect, double dt) {
  effect.d[kEast] += dt * effect.d[kVelocityEast];
  effect.d[kNorth] += dt * effect.d[kVelocityNorth];
}

void change_frame(HeightEffect& effect,
                  const geo::TangentFrame& from,
                  const geo::TangentFrame& to) {
  const auto r = geo::rotation_between(from, to);
  for (const int k : {kEast, kVelocityEast}) {
    const double east = effect.d[k], north = effect.d[k + 1];
    effect.d[k] = r[0] * east + r[1] * north;
    effect.d[k + 1] = r[3] * east + r[4] * north;
  }
}

LinearMeasurement considered(const LinearMeasurement& m,
                             const HeightEffect& effect,
                             const Height& height) {
  const Pair g = effect_on_innovation(m, effect);
  LinearMeasurement out = m;
  if (g.a == 0.0 && g.b == 0.0) return out;
  out.R[0] += g.a * g.a * height.variance_m2;
  out.R[1] += g.a * g.b * height.variance_m2;
  out.R[2] += g.b * g.b * height.variance_m2;
  return out;
}

void update(HeightEffect& effect,
            const LinearMeasurement& m,
            const Gaussian& before,
            const double (&S)[3]) {
  const Pair g = effect_on_innovation(m, effect);
  if (g.a == 0.0 && g.b == 0.0) return;
  const double more = m.dilution - 1.0;  // of the noise, in the gain
  const double s0 = S[0] + more * m.R[0], s1 = S[1] + more * m.R[1], s2 = S[2] + more * m.R[2];
  const double det = s0 * s2 - s1 * s1;
  // w = S^-1 g
  const double wa = (s2 * g.a - s1 * g.b) / det;
  const double wb = (s0 * g.b - s1 * g.a) / det;
  for (int r = 0; r < kStateSize; ++r) {
    double pha = 0.0;
    double phb = 0.0;
    for (int k = 0; k < kStateSize; ++k) {
      pha += before.P[packed(r, k)] * m.H[0][k];
      phb += before.P[packed(r, k)] * m.H[1][k];
    }
    effect.d[r] -= pha * wa + phb * wb;
  }
}

}  // namespace liptako::track
