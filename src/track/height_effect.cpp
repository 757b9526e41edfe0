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
  if (is_none(effect)) return g;
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

void update(HeightEffect& effect, const LinearMeasurement& m, const MeanGain& gain) {
  const Pair g = effect_on_innovation(m, effect);
  for (int r = 0; r < kStateSize; ++r) effect.d[r] -= gain.K[r][0] * g.a + gain.K[r][1] * g.b;
}

}  // namespace liptako::track
