#include "track/imm.hpp"

#include <cstring>

#include "base/math.hpp"
#include "base/unrolled.hpp"
#include "track/imm_kernel.hpp"

namespace liptako::track {
ImmModel::ImmModel(const ImmOptions& of) : options(of), has_along(of.along_density > 0.0) {
  constexpr int kTurns = kModes - 1;
  for (int m = 0; m < kModes; ++m) {
    const double w = of.turn_rate[m];
    rate[m] = w;
    fastest = std::fmax(fastest, std::fabs(w));
    noise[m] = of.noise_density[m];
    along[m] = of.along_density;
    noisiest = std::fmax(noisiest, noise[m] + along[m]);
    leave_rate[m] = 1.0 / of.sojourn_s[m];
    own[m][m] = 1.0;
    for (int to = 0; to < kModes; ++to) {
      if (to == m) {
        leave[m][to] = -1.0;
      } else if (m == 0) {
        leave[m][to] = 1.0 / kTurns;
      } else {
        leave[m][to] = to == 0 ? of.turn_to_straight : (1.0 - of.turn_to_straight) / (kTurns - 1);
      }
    }
    if (w == 0.0) {
      straight[m] = 1.0;
      continue;
    }
    inverse_rate[m] = 1.0 / w;
  }
}

void start(Imm& imm, const ImmOptions& options, const Gaussian& initial) {
  imm = Imm{};
  // Long-run shares of the mode chain: balance of flow between straight flight and all turns.
  const double leave_straight = 1.0 / options.sojourn_s[0];
  const double enter_straight = options.turn_to_straight / options.sojourn_s[1];
  const double straight = enter_straight / (enter_straight + leave_straight);
  for (int m = 0; m < kModes; ++m) {
    imm.mu[m] = m == 0 ? straight : (1.0 - straight) / (kModes - 1);
    for (int r = 0; r < kStateSize; ++r) imm.x[r][m] = initial.mean.x[r];
    for (int k = 0; k < kPackedSize; ++k) imm.P[k][m] = initial.P[k];
  }
}

void pack(const Imm& imm, PackedImm& out) { imm_kernel().pack(imm, out); }

Imm unpack(const PackedImm& imm) {
  Imm out;
  imm_kernel().unpack(imm, out);
  return out;
}

void widen(Imm& imm, const Widening& by) { imm_kernel().widen(imm, by); }

void widen(Gaussian& state, const Widening& by) {
  for (int k = 0; k < kPackedSize; ++k) state.P[k] += by.P[k];
}

Gaussian predict(
    const PackedImm& from, const ImmModel& model, double dt, Imm& imm, const Widening* wider) {
  Gaussian g;
  imm_kernel().predict(from, model, dt, wider, imm, g);
  return g;
}

Gaussian predict(Imm& imm, const ImmModel& model, double dt) {
  Gaussian g;
  imm_kernel().predict_again(imm, model, dt, g);
  return g;
}

Gaussian combine(const Imm& imm) {
  Gaussian g;
  imm_kernel().combine(imm, g);
  return g;
}

Gaussian combine(const PackedImm& imm) { return combine(unpack(imm)); }

Gaussian retrodict(const Imm& imm, const ImmModel& model, double lag) {
  if (lag <= 0.0) return combine(imm);
  Gaussian g;
  imm_kernel().carry_back(imm, model, lag, g);
  return g;
}

namespace {

constexpr double kNoFit = 1e12;

// S = H P H' + R, H other than zero in columns [First, First + Count).
template <int First, int Count>
void innovation_covariance(const Gaussian& predicted, const LinearMeasurement& m, double (&S)[3]) {
  S[0] = m.R[0], S[1] = m.R[1], S[2] = m.R[2];
  LIPTAKO_UNROLLED
  for (int r = First; r < First + Count; ++r) {
    double ph[2] = {};
    for (int k = First; k < First + Count; ++k) {
      ph[0] += predicted.P[packed(r, k)] * m.H[0][k];
      ph[1] += predicted.P[packed(r, k)] * m.H[1][k];
    }
    S[0] += m.H[0][r] * ph[0];
    S[1] += m.H[0][r] * ph[1];
    S[2] += m.H[1][r] * ph[1];
  }
}

// The same of one that measures two coordinates, from `First` on, themselves.
template <int First>
void covariance_of_itself(const Gaussian& predicted, const LinearMeasurement& m, double (&S)[3]) {
  S[0] = predicted.P[packed(First, First)] + m.R[0];
  S[1] = predicted.P[packed(First, First + 1)] + m.R[1];
  S[2] = predicted.P[packed(First + 1, First + 1)] + m.R[2];
}

}  // namespace

Discrepancy evaluate(const Gaussian& predicted, const LinearMeasurement& m) {
  Discrepancy fit;
  switch (m.columns) {
    case Columns::all:
      innovation_covariance<0, kStateSize>(predicted, m, fit.S);
      break;
    case Columns::position:
      innovation_covariance<kEast, 2>(predicted, m, fit.S);
      break;
    case Columns::place:
      covariance_of_itself<kEast>(predicted, m, fit.S);
      break;
    case Columns::velocity:
      covariance_of_itself<kVelocityEast>(predicted, m, fit.S);
      break;
  }
  const double det = fit.S[0] * fit.S[2] - fit.S[1] * fit.S[1];
  // An unusable prediction gates nothing in.
  fit.d2 = det > 0.0 ? (fit.S[2] * m.y[0] * m.y[0] - 2.0 * fit.S[1] * m.y[0] * m.y[1] +
                        fit.S[0] * m.y[1] * m.y[1]) /
                           det
                     : kNoFit;
  return fit;
}

namespace {

// to += P H', H other than zero in columns [First, First + Count).
template <int First, int Count>
void add_state_innovation(const Gaussian& g,
                          const LinearMeasurement& m,
                          double (&to)[kStateSize][2]) {
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = First; k < First + Count; ++k) {
      to[r][0] += g.P[packed(r, k)] * m.H[0][k];
      to[r][1] += g.P[packed(r, k)] * m.H[1][k];
    }
  }
}

template <int First>
void add_state_itself(const Gaussian& g, double (&to)[kStateSize][2]) {
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    to[r][0] += g.P[packed(r, First)];
    to[r][1] += g.P[packed(r, First + 1)];
  }
}

}  // namespace

MeanGain mean_gain(const Gaussian& before,
                   const LinearMeasurement& m,
                   const Discrepancy& fit,
                   const Correlation* correlation) {
  MeanGain gain;
  auto& K = gain.K;
  if (correlation != nullptr) std::memcpy(K, correlation->cross, sizeof K);
  switch (m.columns) {
    case Columns::all:
      add_state_innovation<0, kStateSize>(before, m, K);
      break;
    case Columns::position:
      add_state_innovation<kEast, 2>(before, m, K);
      break;
    case Columns::place:
      add_state_itself<kEast>(before, K);
      break;
    case Columns::velocity:
      add_state_itself<kVelocityEast>(before, K);
      break;
  }
  const double more = m.dilution - 1.0;
  const double s0 = fit.S[0] + more * m.R[0];
  const double s1 = fit.S[1] + more * m.R[1];
  const double s2 = fit.S[2] + more * m.R[2];
  const double inverse = 1.0 / (s0 * s2 - s1 * s1);
  const double i0 = s2 * inverse, i1 = -s1 * inverse, i2 = s0 * inverse;
  LIPTAKO_UNROLLED
  for (auto& row : K) {
    const double a = row[0], b = row[1];
    row[0] = a * i0 + b * i1;
    row[1] = a * i1 + b * i2;
  }
  return gain;
}

double log_likelihood(const Discrepancy& fit) {
  const double det = fit.S[0] * fit.S[2] - fit.S[1] * fit.S[1];
  if (!(det > 0.0)) return -kNoFit;
  return -0.5 * (fit.d2 + base::log(4.0 * base::kPi * base::kPi * det));
}

double log_likelihood(const UpdateResult& result) {
  return base::log(result.relative) - 0.5 * result.least;
}

std::optional<UpdateResult> update(Imm& imm,
                                   const ImmModel& model,
                                   const LinearMeasurement& m,
                                   const UpdateAt& at,
                                   Gaussian* after) {
  UpdateResult result;
  result.fit = at.fit;
  const ImmKernel& kernel = imm_kernel();
  const auto step = at.correlation == nullptr ? kernel.update : kernel.update_correlated;
  if (!step(imm, model, m, at, result, after)) return std::nullopt;
  result.likelihood =
      result.least == 0.0 ? result.relative : result.relative * base::exp(-0.5 * result.least);
  return result;
}

std::optional<UpdateResult> update(Imm& imm,
                                   const ImmModel& model,
                                   const LinearMeasurement& m,
                                   const Gaussian& before,
                                   double lag) {
  return update(imm, model, m, {before, evaluate(before, m), lag}, nullptr);
}

void change_frame(Imm& imm,
                  const geo::TangentFrame& from,
                  const geo::TangentFrame& to,
                  double height_m) {
  const auto rotation = geo::rotation_between(from, to);
  const double r00 = rotation[0], r01 = rotation[1], r10 = rotation[3], r11 = rotation[4];
  for (int m = 0; m < kModes; ++m) {
    const double e = imm.x[kEast][m], n = imm.x[kNorth][m];
    const double ve = imm.x[kVelocityEast][m], vn = imm.x[kVelocityNorth][m];
    const auto p = to.enu_from_ecef(ecef_at(from, e, n, height_m));
    const double climb =
        -(e * ve + n * vn) / geo::kMeanRadiusM;  // level flight falls away from the old plane
    imm.x[kEast][m] = p.x;
    imm.x[kNorth][m] = p.y;
    imm.x[kVelocityEast][m] = r00 * ve + r01 * vn + rotation[2] * climb;
    imm.x[kVelocityNorth][m] = r10 * ve + r11 * vn + rotation[5] * climb;

    // The horizontal block of the rotation turns every 2 x 2 block of P.
    double full[kStateSize][kStateSize];
    for (int r = 0; r < kStateSize; ++r) {
      for (int k = 0; k < kStateSize; ++k) full[r][k] = imm.P[packed(r, k)][m];
    }
    double half[kStateSize][kStateSize];
    for (int k = 0; k < kStateSize; ++k) {
      half[0][k] = r00 * full[0][k] + r01 * full[1][k];
      half[1][k] = r10 * full[0][k] + r11 * full[1][k];
      half[2][k] = r00 * full[2][k] + r01 * full[3][k];
      half[3][k] = r10 * full[2][k] + r11 * full[3][k];
    }
    for (int r = 0; r < kStateSize; ++r) {
      const double c0 = half[r][0], c1 = half[r][1], c2 = half[r][2], c3 = half[r][3];
      full[r][0] = c0 * r00 + c1 * r01;
      full[r][1] = c0 * r10 + c1 * r11;
      full[r][2] = c2 * r00 + c3 * r01;
      full[r][3] = c2 * r10 + c3 * r11;
    }
    for (int r = 0; r < kStateSize; ++r) {
      for (int k = r; k < kStateSize; ++k) imm.P[packed(r, k)][m] = 0.5 * (full[r][k] + full[k][r]);
    }
  }
}

bool is_sound(const Imm& imm) { return imm_kernel().is_sound(imm); }

}  // namespace liptako::track
