#include "track/imm.hpp"

#include "base/math.hpp"

namespace liptako::track {
namespace {

constexpr double kLeastModeProbability = 1e-9;

// Transition of one coordinated turn over t seconds:
//   position += [a -b; b a] velocity,   velocity = [c -s; s c] velocity.
struct Transition {
  double a[kModes];
  double b[kModes];
  double c[kModes];
  double s[kModes];
};

Transition transition(const ImmOptions& options, double t) {
  Transition f;
  for (int m = 0; m < kModes; ++m) {
    const double w = options.turn_rate[m];
    if (w == 0.0) {
      f.a[m] = t, f.b[m] = 0.0, f.c[m] = 1.0, f.s[m] = 0.0;
    } else {
      const auto [sine, cosine] = base::sincos(w * t);
      f.a[m] = sine / w, f.b[m] = (1.0 - cosine) / w, f.c[m] = cosine, f.s[m] = sine;
    }
  }
  return f;
}

// x <- F x, P <- F P F' for every mode. Blocks: P = [A B; B' D], F = [I G; 0 C], G = [a -b; b a], C
// = [c -s; s c].
void propagate(Imm& imm, const Transition& f) {
  for (int m = 0; m < kModes; ++m) {
    const double a = f.a[m], b = f.b[m], c = f.c[m], s = f.s[m];
    const double ve = imm.x[kVelocityEast][m], vn = imm.x[kVelocityNorth][m];
    imm.x[kEast][m] += a * ve - b * vn;
    imm.x[kNorth][m] += b * ve + a * vn;
    imm.x[kVelocityEast][m] = c * ve - s * vn;
    imm.x[kVelocityNorth][m] = s * ve + c * vn;

    const double b00 = imm.P[packed(0, 2)][m], b01 = imm.P[packed(0, 3)][m];
    const double b10 = imm.P[packed(1, 2)][m], b11 = imm.P[packed(1, 3)][m];
    const double d00 = imm.P[packed(2, 2)][m], d01 = imm.P[packed(2, 3)][m],
                 d11 = imm.P[packed(3, 3)][m];
    // E = G D and, below, B + E.
    const double e00 = a * d00 - b * d01, e01 = a * d01 - b * d11;
    const double e10 = b * d00 + a * d01, e11 = b * d01 + a * d11;
    // A' = A + G B' + B G' + G D G'
    imm.P[packed(0, 0)][m] += 2.0 * (a * b00 - b * b01) + a * e00 - b * e01;
    imm.P[packed(0, 1)][m] += (a * b10 - b * b11) + (b * b00 + a * b01) + b * e00 + a * e01;
    imm.P[packed(1, 1)][m] += 2.0 * (b * b10 + a * b11) + b * e10 + a * e11;
    // B' = (B + G D) C'
    const double f00 = b00 + e00, f01 = b01 + e01, f10 = b10 + e10, f11 = b11 + e11;
    imm.P[packed(0, 2)][m] = c * f00 - s * f01;
    imm.P[packed(0, 3)][m] = s * f00 + c * f01;
    imm.P[packed(1, 2)][m] = c * f10 - s * f11;
    imm.P[packed(1, 3)][m] = s * f10 + c * f11;
    // D' = C D C'
    const double g00 = c * d00 - s * d01, g01 = c * d01 - s * d11;
    const double g10 = s * d00 + c * d01, g11 = s * d01 + c * d11;
    imm.P[packed(2, 2)][m] = c * g00 - s * g01;
    imm.P[packed(2, 3)][m] = s * g00 + c * g01;
    imm.P[packed(3, 3)][m] = s * g10 + c * g11;
  }
}

void add_noise(Imm& imm, const ImmOptions& options, double t) {
  const double position = t * t * t / 3.0;
  const double cross = t * t / 2.0;
  for (int m = 0; m < kModes; ++m) {
    const double q = options.noise_density[m];
    imm.P[packed(0, 0)][m] += q * position;
    imm.P[packed(1, 1)][m] += q * position;
    imm.P[packed(0, 2)][m] += q * cross;
    imm.P[packed(1, 3)][m] += q * cross;
    imm.P[packed(2, 2)][m] += q * t;
    imm.P[packed(3, 3)][m] += q * t;
  }
}

// pi[i][j]: probability to be in mode j after dt, given mode i.
void transition_probabilities(const ImmOptions& options, double dt, double pi[kModes][kModes]) {
  constexpr int kTurns = kModes - 1;
  for (int i = 0; i < kModes; ++i) {
    const double stay = base::exp(-dt / options.sojourn_s[i]);
    const double leave = 1.0 - stay;
    for (int j = 0; j < kModes; ++j) {
      if (i == j) {
        pi[i][j] = stay;
      } else if (i == 0) {
        pi[i][j] = leave / kTurns;
      } else {
        pi[i][j] = j == 0 ? leave * options.turn_to_straight
                          : leave * (1.0 - options.turn_to_straight) / (kTurns - 1);
      }
    }
  }
}

void mix(Imm& imm, const ImmOptions& options, double dt) {
  double pi[kModes][kModes];
  transition_probabilities(options, dt, pi);
  Imm mixed;
  double weight[kModes][kModes];  // weight[i][j] = P(mode i before | mode j after)
  for (int j = 0; j < kModes; ++j) {
    for (int i = 0; i < kModes; ++i) mixed.mu[j] += pi[i][j] * imm.mu[i];
    for (int i = 0; i < kModes; ++i) weight[i][j] = pi[i][j] * imm.mu[i] / mixed.mu[j];
  }
  for (int i = 0; i < kModes; ++i) {
    for (int r = 0; r < kStateSize; ++r) {
      for (int j = 0; j < kModes; ++j) mixed.x[r][j] += weight[i][j] * imm.x[r][i];
    }
  }
  for (int i = 0; i < kModes; ++i) {
    double d[kStateSize][kModes];
    for (int r = 0; r < kStateSize; ++r) {
      for (int j = 0; j < kModes; ++j) d[r][j] = imm.x[r][i] - mixed.x[r][j];
    }
    for (int r = 0; r < kStateSize; ++r) {
      for (int k = r; k < kStateSize; ++k) {
        const double p = imm.P[packed(r, k)][i];
        double* out = mixed.P[packed(r, k)];
        for (int j = 0; j < kModes; ++j) out[j] += weight[i][j] * (p + d[r][j] * d[k][j]);
      }
    }
  }
  imm = mixed;
}

}  // namespace

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

void predict(Imm& imm, const ImmOptions& options, double dt) {
  if (dt <= 0.0) return;
  mix(imm, options, dt);
  propagate(imm, transition(options, dt));
  add_noise(imm, options, dt);
}

Gaussian combine(const Imm& imm) {
  Gaussian g;
  for (int r = 0; r < kStateSize; ++r) {
    for (int m = 0; m < kModes; ++m) g.mean.x[r] += imm.mu[m] * imm.x[r][m];
  }
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = r; k < kStateSize; ++k) {
      double sum = 0.0;
      for (int m = 0; m < kModes; ++m) {
        const double spread = (imm.x[r][m] - g.mean.x[r]) * (imm.x[k][m] - g.mean.x[k]);
        sum += imm.mu[m] * (imm.P[packed(r, k)][m] + spread);
      }
      g.P[packed(r, k)] = sum;
    }
  }
  return g;
}

Gaussian retrodict(const Imm& imm, const ImmOptions& options, double lag) {
  if (lag <= 0.0) return combine(imm);
  Imm past = imm;
  propagate(past, transition(options, -lag));
  return combine(past);
}

UpdateResult evaluate(const Gaussian& predicted, const LinearMeasurement& m) {
  UpdateResult result;
  double ph[kStateSize][2];
  for (int r = 0; r < kStateSize; ++r) {
    for (int i = 0; i < 2; ++i) {
      ph[r][i] = 0.0;
      for (int k = 0; k < kStateSize; ++k) ph[r][i] += predicted.P[packed(r, k)] * m.H[i][k];
    }
  }
  result.S[0] = m.R[0], result.S[1] = m.R[1], result.S[2] = m.R[2];
  for (int r = 0; r < kStateSize; ++r) {
    result.S[0] += m.H[0][r] * ph[r][0];
    result.S[1] += m.H[0][r] * ph[r][1];
    result.S[2] += m.H[1][r] * ph[r][1];
  }
  const double det = result.S[0] * result.S[2] - result.S[1] * result.S[1];
  if (!(det > 0.0)) {
    result.d2 = 1e12;  // as far as can be: an unusable prediction gates nothing in
    result.log_likelihood = -1e12;
    return result;
  }
  result.d2 = (result.S[2] * m.y[0] * m.y[0] - 2.0 * result.S[1] * m.y[0] * m.y[1] +
               result.S[0] * m.y[1] * m.y[1]) /
              det;
  result.log_likelihood = -0.5 * (result.d2 + base::log(4.0 * base::kPi * base::kPi * det));
  return result;
}

std::optional<UpdateResult> update(Imm& imm,
                                   const ImmOptions& options,
                                   const LinearMeasurement& m,
                                   const HorizontalState& at,
                                   double lag) {
  const bool late = lag > 0.0;
  const Transition back = transition(options, late ? -lag : 0.0);

  // H and the predicted state per mode; for a late measurement both are carried back by the mode's
  // own motion.
  double H[2][kStateSize][kModes];
  double past[kStateSize][kModes];
  for (int k = 0; k < kModes; ++k) {
    const double a = back.a[k], b = back.b[k], c = back.c[k], s = back.s[k];
    const double ve = imm.x[kVelocityEast][k], vn = imm.x[kVelocityNorth][k];
    past[kEast][k] = imm.x[kEast][k] + a * ve - b * vn;
    past[kNorth][k] = imm.x[kNorth][k] + b * ve + a * vn;
    past[kVelocityEast][k] = c * ve - s * vn;
    past[kVelocityNorth][k] = s * ve + c * vn;
    for (int i = 0; i < 2; ++i) {
      const double he = m.H[i][kEast], hn = m.H[i][kNorth];
      const double hve = m.H[i][kVelocityEast], hvn = m.H[i][kVelocityNorth];
      H[i][kEast][k] = he;
      H[i][kNorth][k] = hn;
      H[i][kVelocityEast][k] = he * a + hn * b + hve * c + hvn * s;
      H[i][kVelocityNorth][k] = -he * b + hn * a - hve * s + hvn * c;
    }
  }

  double y[2][kModes], S00[kModes], S01[kModes], S11[kModes], det[kModes], ll[kModes];
  double PH[kStateSize][2][kModes];
  for (int k = 0; k < kModes; ++k) {
    for (int i = 0; i < 2; ++i) {
      y[i][k] = m.y[i];
      for (int r = 0; r < kStateSize; ++r) y[i][k] -= m.H[i][r] * (past[r][k] - at.x[r]);
    }
    for (int r = 0; r < kStateSize; ++r) {
      for (int i = 0; i < 2; ++i) {
        double sum = 0.0;
        for (int j = 0; j < kStateSize; ++j) sum += imm.P[packed(r, j)][k] * H[i][j][k];
        PH[r][i][k] = sum;
      }
    }
    S00[k] = m.R[0], S01[k] = m.R[1], S11[k] = m.R[2];
    for (int r = 0; r < kStateSize; ++r) {
      S00[k] += H[0][r][k] * PH[r][0][k];
      S01[k] += H[0][r][k] * PH[r][1][k];
      S11[k] += H[1][r][k] * PH[r][1][k];
    }
    det[k] = S00[k] * S11[k] - S01[k] * S01[k];
  }
  for (int k = 0; k < kModes; ++k) {
    if (!(det[k] > 0.0) || !(S00[k] > 0.0)) return std::nullopt;
  }

  double best = -1e300;
  for (int k = 0; k < kModes; ++k) {
    const double d2 = (S11[k] * y[0][k] * y[0][k] - 2.0 * S01[k] * y[0][k] * y[1][k] +
                       S00[k] * y[1][k] * y[1][k]) /
                      det[k];
    ll[k] = -0.5 * (d2 + base::log(4.0 * base::kPi * base::kPi * det[k]));
    best = std::fmax(best, ll[k]);
  }

  UpdateResult result = evaluate(retrodict(imm, options, lag), m);
  double sum = 0.0;
  double share[kModes];
  for (int k = 0; k < kModes; ++k) {
    share[k] = imm.mu[k] * base::exp(ll[k] - best);
    sum += share[k];
  }
  result.log_likelihood = best + base::log(sum);
  // No mode dies out: one that lost its last bit of probability could not come back.
  double total = 0.0;
  for (int k = 0; k < kModes; ++k) {
    imm.mu[k] = std::fmax(kLeastModeProbability, share[k] / sum);
    total += imm.mu[k];
  }
  for (int k = 0; k < kModes; ++k) imm.mu[k] /= total;

  if (m.dilution != 1.0) {
    const double more = m.dilution - 1.0;
    for (int k = 0; k < kModes; ++k) {
      S00[k] += more * m.R[0], S01[k] += more * m.R[1], S11[k] += more * m.R[2];
      det[k] = S00[k] * S11[k] - S01[k] * S01[k];
    }
  }
  for (int k = 0; k < kModes; ++k) {
    double K[kStateSize][2];
    for (int r = 0; r < kStateSize; ++r) {
      K[r][0] = (PH[r][0][k] * S11[k] - PH[r][1][k] * S01[k]) / det[k];
      K[r][1] = (PH[r][1][k] * S00[k] - PH[r][0][k] * S01[k]) / det[k];
      imm.x[r][k] += K[r][0] * y[0][k] + K[r][1] * y[1][k];
    }
    // P <- P - K S K' = P - K (PH)'
    for (int r = 0; r < kStateSize; ++r) {
      for (int j = r; j < kStateSize; ++j) {
        imm.P[packed(r, j)][k] -= K[r][0] * PH[j][0][k] + K[r][1] * PH[j][1][k];
      }
    }
  }
  return result;
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

bool is_sound(const Imm& imm) {
  double total = 0.0;
  for (int m = 0; m < kModes; ++m) {
    total += imm.mu[m];
    for (int r = 0; r < kStateSize; ++r) {
      if (!std::isfinite(imm.x[r][m]) || !(imm.P[packed(r, r)][m] > 0.0)) return false;
    }
    for (int k = 0; k < kPackedSize; ++k) {
      if (!std::isfinite(imm.P[k][m])) return false;
    }
    const double det = imm.P[packed(0, 0)][m] * imm.P[packed(1, 1)][m] -
                       imm.P[packed(0, 1)][m] * imm.P[packed(0, 1)][m];
    if (!(det > 0.0)) return false;
  }
  return std::fabs(total - 1.0) < 1e-6;
}

}  // namespace liptako::track
