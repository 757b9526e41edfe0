#include "track/cluster/density.hpp"

#include "base/math.hpp"

namespace liptako::track {
namespace {

struct Innovation {
  double PH[kStateSize][2];
  double S00, S01, S11, det;
};

Innovation innovation_of(const Gaussian& x, const LinearMeasurement& m) {
  Innovation out;
  // Full rows once: cheaper than the packed index inside the sums.
  double full[kStateSize][kStateSize];
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = r; k < kStateSize; ++k) full[r][k] = full[k][r] = x.P[packed(r, k)];
  }
  out.S00 = m.R[0], out.S01 = m.R[1], out.S11 = m.R[2];
  for (int r = 0; r < kStateSize; ++r) {
    for (int i = 0; i < 2; ++i) {
      double sum = 0.0;
      for (int k = 0; k < kStateSize; ++k) sum += full[r][k] * m.H[i][k];
      out.PH[r][i] = sum;
    }
  }
  for (int r = 0; r < kStateSize; ++r) {
    out.S00 += m.H[0][r] * out.PH[r][0];
    out.S01 += m.H[0][r] * out.PH[r][1];
    out.S11 += m.H[1][r] * out.PH[r][1];
  }
  out.det = out.S00 * out.S11 - out.S01 * out.S01;
  return out;
}

}  // namespace

Fit fit(const Gaussian& predicted, const LinearMeasurement& m) {
  const Innovation s = innovation_of(predicted, m);
  if (!(s.det > 0.0) || !(s.S00 > 0.0)) return {1e12, -1e12};
  Fit out;
  out.d2 =
      (s.S11 * m.y[0] * m.y[0] - 2.0 * s.S01 * m.y[0] * m.y[1] + s.S00 * m.y[1] * m.y[1]) / s.det;
  out.log_likelihood = -0.5 * (out.d2 + base::log(4.0 * base::kPi * base::kPi * s.det));
  return out;
}

bool kalman_update(Gaussian& x, const LinearMeasurement& m) {
  const Innovation s = innovation_of(x, m);
  if (!(s.det > 0.0) || !(s.S00 > 0.0)) return false;
  double K[kStateSize][2];
  for (int r = 0; r < kStateSize; ++r) {
    K[r][0] = (s.PH[r][0] * s.S11 - s.PH[r][1] * s.S01) / s.det;
    K[r][1] = (s.PH[r][1] * s.S00 - s.PH[r][0] * s.S01) / s.det;
    x.mean.x[r] += K[r][0] * m.y[0] + K[r][1] * m.y[1];
  }
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = r; k < kStateSize; ++k) {
      x.P[packed(r, k)] -= K[r][0] * s.PH[k][0] + K[r][1] * s.PH[k][1];
    }
  }
  return true;
}

Gaussian blended(const Gaussian& a, const Gaussian& b, double share) {
  Gaussian out;
  const double rest = 1.0 - share;
  double d[kStateSize];
  for (int r = 0; r < kStateSize; ++r) {
    d[r] = b.mean.x[r] - a.mean.x[r];
    out.mean.x[r] = a.mean.x[r] + share * d[r];
  }
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = r; k < kStateSize; ++k) {
      const int i = packed(r, k);
      out.P[i] = rest * a.P[i] + share * b.P[i] + rest * share * d[r] * d[k];
    }
  }
  return out;
}

bool ConstantVelocity::is_usable(const Density& x) {
  for (const double v : x.mean.x) {
    if (!std::isfinite(v)) return false;
  }
  for (int r = 0; r < kStateSize; ++r) {
    if (!(x.P[packed(r, r)] > 0.0)) return false;
  }
  for (const double p : x.P) {
    if (!std::isfinite(p)) return false;
  }
  return true;
}

void ConstantVelocity::predict(Density& x, double dt) const {
  if (dt <= 0.0) return;
  double* P = x.P;
  x.mean.x[kEast] += dt * x.mean.x[kVelocityEast];
  x.mean.x[kNorth] += dt * x.mean.x[kVelocityNorth];
  const double d00 = P[packed(2, 2)], d01 = P[packed(2, 3)], d11 = P[packed(3, 3)];
  const double b00 = P[packed(0, 2)], b01 = P[packed(0, 3)];
  const double b10 = P[packed(1, 2)], b11 = P[packed(1, 3)];
  const double q = noise_density;
  P[packed(0, 0)] += dt * (2.0 * b00 + dt * d00) + q * dt * dt * dt / 3.0;
  P[packed(0, 1)] += dt * (b01 + b10 + dt * d01);
  P[packed(1, 1)] += dt * (2.0 * b11 + dt * d11) + q * dt * dt * dt / 3.0;
  P[packed(0, 2)] += dt * d00 + q * dt * dt / 2.0;
  P[packed(0, 3)] += dt * d01;
  P[packed(1, 2)] += dt * d01;
  P[packed(1, 3)] += dt * d11 + q * dt * dt / 2.0;
  P[packed(2, 2)] += q * dt;
  P[packed(3, 3)] += q * dt;
}

}  // namespace liptako::track
