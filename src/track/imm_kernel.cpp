#include "track/imm_kernel.hpp"

#include <cstring>

#include "base/math.hpp"

// Functions that take or return vectors by value are all inlined: there is no ABI to differ.
#pragma GCC diagnostic ignored "-Wpsabi"

#define LIPTAKO_INLINE __attribute__((always_inline)) inline

namespace liptako::track {
namespace {

constexpr double kLeastModeProbability = 1e-9;

// One value of each mode; the last three lanes are zero or mean nothing.
using Lanes = double __attribute__((vector_size(64)));
using LaneBits = long long __attribute__((vector_size(64)));
static_assert(sizeof(Lanes) == ImmModel::kLanes * sizeof(double));

constexpr LaneBits kUsed = {-1, -1, -1, -1, -1, 0, 0, 0};

LIPTAKO_INLINE Lanes constant(const double (&row)[ImmModel::kLanes]) {
  Lanes v;
  std::memcpy(&v, row, sizeof v);
  return v;
}

// Rows of an Imm follow each other without a gap: row r begins at 5 r doubles. A register's width
// is read from each, and what is not of the row set to zero.
constexpr int kRowP = kStateSize;
constexpr int kRowMu = kStateSize + kPackedSize;
static_assert(sizeof(Imm) == ((kRowMu + 1) * kModes + 3) * sizeof(double));

LIPTAKO_INLINE Lanes load_row(const Imm& imm, int row) {
  LaneBits bits;
  std::memcpy(&bits, reinterpret_cast<const char*>(&imm) + row * kModes * 8, sizeof bits);
  return reinterpret_cast<Lanes>(bits & kUsed);
}

struct State {
  Lanes x[kStateSize];
  Lanes P[kPackedSize];
  Lanes mu;
};

LIPTAKO_INLINE void load(State& s, const Imm& imm) {
  for (int r = 0; r < kStateSize; ++r) s.x[r] = load_row(imm, r);
  for (int k = 0; k < kPackedSize; ++k) s.P[k] = load_row(imm, kRowP + k);
  s.mu = load_row(imm, kRowMu);
}

// In rising order, so that each row overwrites what the one before it left too much.
LIPTAKO_INLINE void store(Imm& imm, const State& s) {
  char* to = reinterpret_cast<char*>(&imm);
  constexpr std::size_t kRow = kModes * sizeof(double);
  for (int r = 0; r < kStateSize; ++r, to += kRow) std::memcpy(to, &s.x[r], sizeof(Lanes));
  for (int k = 0; k < kPackedSize; ++k, to += kRow) std::memcpy(to, &s.P[k], sizeof(Lanes));
  std::memcpy(to, &s.mu, sizeof(Lanes));
}

LIPTAKO_INLINE Lanes all(double value) {
  return Lanes{value, value, value, value, value, value, value, value};
}

// ((0+4) + (2+6)) + ((1+5) + (3+7)); unused lanes are zero.
LIPTAKO_INLINE double sum(Lanes v) {
  const Lanes four = v + __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  const Lanes two = four + __builtin_shufflevector(four, four, 2, 3, 0, 1, 2, 3, 0, 1);
  return two[0] + two[1];
}

// Transition of the coordinated turns over t seconds:
//   position += [a -b; b a] velocity,   velocity = [c -s; s c] velocity.
struct Transition {
  Lanes a;
  Lanes b;
  Lanes c;
  Lanes s;
};

LIPTAKO_INLINE Transition transition(const ImmModel& model, double t) {
  alignas(64) double sine[ImmModel::kLanes];
  alignas(64) double cosine[ImmModel::kLanes];
  for (int k = 0; k < ImmModel::kLanes; ++k) sine[k] = model.rate[k] * t;
  base::sincos_each(sine, cosine);
  Transition f;
  f.s = constant(sine);
  f.c = constant(cosine);
  const Lanes inverse_rate = constant(model.inverse_rate);
  f.a = f.s * inverse_rate + t * constant(model.straight);
  f.b = (1.0 - f.c) * inverse_rate;
  return f;
}

// x <- F x, P <- F P F' for every mode. Blocks: P = [A B; B' D], F = [I G; 0 C], G = [a -b; b a], C
// = [c -s; s c].
LIPTAKO_INLINE void propagate(State& z, const Transition& f) {
  const Lanes a = f.a, b = f.b, c = f.c, s = f.s;
  const Lanes ve = z.x[kVelocityEast], vn = z.x[kVelocityNorth];
  z.x[kEast] += a * ve - b * vn;
  z.x[kNorth] += b * ve + a * vn;
  z.x[kVelocityEast] = c * ve - s * vn;
  z.x[kVelocityNorth] = s * ve + c * vn;

  const Lanes b00 = z.P[packed(0, 2)], b01 = z.P[packed(0, 3)];
  const Lanes b10 = z.P[packed(1, 2)], b11 = z.P[packed(1, 3)];
  const Lanes d00 = z.P[packed(2, 2)], d01 = z.P[packed(2, 3)], d11 = z.P[packed(3, 3)];
  // E = G D and, below, B + E.
  const Lanes e00 = a * d00 - b * d01, e01 = a * d01 - b * d11;
  const Lanes e10 = b * d00 + a * d01, e11 = b * d01 + a * d11;
  // A' = A + G B' + B G' + G D G'
  z.P[packed(0, 0)] += 2.0 * (a * b00 - b * b01) + a * e00 - b * e01;
  z.P[packed(0, 1)] += (a * b10 - b * b11) + (b * b00 + a * b01) + b * e00 + a * e01;
  z.P[packed(1, 1)] += 2.0 * (b * b10 + a * b11) + b * e10 + a * e11;
  // B' = (B + G D) C'
  const Lanes f00 = b00 + e00, f01 = b01 + e01, f10 = b10 + e10, f11 = b11 + e11;
  z.P[packed(0, 2)] = c * f00 - s * f01;
  z.P[packed(0, 3)] = s * f00 + c * f01;
  z.P[packed(1, 2)] = c * f10 - s * f11;
  z.P[packed(1, 3)] = s * f10 + c * f11;
  // D' = C D C'
  const Lanes g00 = c * d00 - s * d01, g01 = c * d01 - s * d11;
  const Lanes g10 = s * d00 + c * d01, g11 = s * d01 + c * d11;
  z.P[packed(2, 2)] = c * g00 - s * g01;
  z.P[packed(2, 3)] = s * g00 + c * g01;
  z.P[packed(3, 3)] = s * g10 + c * g11;
}

LIPTAKO_INLINE void add_noise(State& z, const ImmModel& model, double t) {
  const Lanes q = constant(model.noise);
  const Lanes position = q * (t * t * t / 3.0);
  const Lanes cross = q * (t * t / 2.0);
  const Lanes velocity = q * t;
  z.P[packed(0, 0)] += position;
  z.P[packed(1, 1)] += position;
  z.P[packed(0, 2)] += cross;
  z.P[packed(1, 3)] += cross;
  z.P[packed(2, 2)] += velocity;
  z.P[packed(3, 3)] += velocity;
}

// Reads single modes of `in` from memory, each into all lanes.
LIPTAKO_INLINE void mix(State& out, const Imm& in, const ImmModel& model, double dt) {
  // weight[i], lane j: P(mode i before | mode j after).
  Lanes weight[kModes];
  out.mu = all(0.0);
  alignas(64) double stay[ImmModel::kLanes];
  for (int k = 0; k < ImmModel::kLanes; ++k) stay[k] = -dt * model.leave_rate[k];
  base::exp_each(stay);
  for (int i = 0; i < kModes; ++i) {
    weight[i] = (constant(model.own[i]) + (1.0 - stay[i]) * constant(model.leave[i])) * in.mu[i];
    out.mu += weight[i];
  }
  const Lanes inverse = 1.0 / out.mu;
  for (Lanes& w : weight) w *= inverse;
  for (int r = 0; r < kStateSize; ++r) {
    out.x[r] = weight[0] * in.x[r][0];
    for (int i = 1; i < kModes; ++i) out.x[r] += weight[i] * in.x[r][i];
  }
  for (Lanes& p : out.P) p = all(0.0);
  for (int i = 0; i < kModes; ++i) {
    Lanes d[kStateSize];
    for (int r = 0; r < kStateSize; ++r) d[r] = in.x[r][i] - out.x[r];
    for (int r = 0; r < kStateSize; ++r) {
      for (int k = r; k < kStateSize; ++k)
        out.P[packed(r, k)] += weight[i] * (in.P[packed(r, k)][i] + d[r] * d[k]);
    }
  }
}

LIPTAKO_INLINE void predict_lanes(Imm& imm, const ImmModel& model, double dt) {
  State z;
  mix(z, imm, model, dt);
  propagate(z, transition(model, dt));
  add_noise(z, model, dt);
  store(imm, z);
}

LIPTAKO_INLINE void carry_back_lanes(Imm& imm, const ImmModel& model, double lag) {
  State z;
  load(z, imm);
  propagate(z, transition(model, -lag));
  store(imm, z);
}

LIPTAKO_INLINE void combine_lanes(const Imm& imm, Gaussian& out) {
  State z;
  load(z, imm);
  Lanes d[kStateSize];
  for (int r = 0; r < kStateSize; ++r) {
    out.mean.x[r] = sum(z.mu * z.x[r]);
    d[r] = z.x[r] - out.mean.x[r];
  }
  for (int r = 0; r < kStateSize; ++r) {
    const Lanes wd = z.mu * d[r];
    for (int k = r; k < kStateSize; ++k)
      out.P[packed(r, k)] = sum(z.mu * z.P[packed(r, k)] + wd * d[k]);
  }
}

LIPTAKO_INLINE bool positive(Lanes v) {
  for (int k = 0; k < kModes; ++k) {
    if (!(v[k] > 0.0)) return false;
  }
  return true;
}

// How a measurement depends on the modes' states: H, other than zero in columns [First, First +
// Count), and the innovation.
template <int First, int Count>
struct Seen {
  Lanes H[2][Count];
  Lanes y[2];
  Lanes PH[kStateSize][2];
  Lanes S00, S01, S11;

  LIPTAKO_INLINE void innovate(const State& z,
                               const Lanes (&past)[Count],
                               const LinearMeasurement& m,
                               const HorizontalState& at) {
    for (int i = 0; i < 2; ++i) {
      y[i] = all(m.y[i]);
      for (int k = 0; k < Count; ++k) y[i] -= m.H[i][First + k] * (past[k] - at.x[First + k]);
      for (int r = 0; r < kStateSize; ++r) {
        PH[r][i] = z.P[packed(r, First)] * H[i][0];
        for (int k = 1; k < Count; ++k) PH[r][i] += z.P[packed(r, First + k)] * H[i][k];
      }
    }
    S00 = all(m.R[0]), S01 = all(m.R[1]), S11 = all(m.R[2]);
    for (int k = 0; k < Count; ++k) {
      S00 += H[0][k] * PH[First + k][0];
      S01 += H[0][k] * PH[First + k][1];
      S11 += H[1][k] * PH[First + k][1];
    }
  }
};

template <int First, int Count>
LIPTAKO_INLINE void see_now(Seen<First, Count>& seen,
                            const State& z,
                            const LinearMeasurement& m,
                            const HorizontalState& at) {
  Lanes now[Count];
  for (int k = 0; k < Count; ++k) {
    now[k] = z.x[First + k];
    for (int i = 0; i < 2; ++i) seen.H[i][k] = all(m.H[i][First + k]);
  }
  seen.innovate(z, now, m, at);
}

// A late measurement: H and the predicted state are carried back by the mode's own motion.
LIPTAKO_INLINE void see_late(Seen<0, kStateSize>& seen,
                             const State& z,
                             const Transition& back,
                             const LinearMeasurement& m,
                             const HorizontalState& at) {
  const Lanes a = back.a, b = back.b, c = back.c, s = back.s;
  const Lanes ve = z.x[kVelocityEast], vn = z.x[kVelocityNorth];
  const Lanes past[kStateSize] = {z.x[kEast] + a * ve - b * vn,
                                  z.x[kNorth] + b * ve + a * vn,
                                  c * ve - s * vn,
                                  s * ve + c * vn};
  for (int i = 0; i < 2; ++i) {
    const double he = m.H[i][kEast], hn = m.H[i][kNorth];
    const double hve = m.H[i][kVelocityEast], hvn = m.H[i][kVelocityNorth];
    seen.H[i][kEast] = all(he);
    seen.H[i][kNorth] = all(hn);
    seen.H[i][kVelocityEast] = he * a + hn * b + hve * c + hvn * s;
    seen.H[i][kVelocityNorth] = hn * a - he * b - hve * s + hvn * c;
  }
  seen.innovate(z, past, m, at);
}

template <int First, int Count>
LIPTAKO_INLINE bool gain(State& z,
                         const Seen<First, Count>& seen,
                         const Imm& imm,
                         const LinearMeasurement& m,
                         UpdateResult& result) {
  const auto& y = seen.y;
  const auto& PH = seen.PH;
  Lanes S00 = seen.S00, S01 = seen.S01, S11 = seen.S11;
  Lanes det = S00 * S11 - S01 * S01;
  if (!positive(det) || !positive(S00)) return false;

  // Likelihoods but for 1 / 2 pi, relative to that of the mode that fits best.
  Lanes inverse = 1.0 / det;
  const Lanes d2 = (S11 * y[0] * y[0] - 2.0 * S01 * y[0] * y[1] + S00 * y[1] * y[1]) * inverse;
  double least = d2[0];
  for (int k = 1; k < kModes; ++k) least = d2[k] < least ? d2[k] : least;
  alignas(64) double p[ImmModel::kLanes];
  const Lanes exponent = -0.5 * (d2 - least);
  std::memcpy(p, &exponent, sizeof p);
  p[kModes] = -0.5 * least;  // in a lane that is free
  p[kModes + 1] = p[kModes + 2] = 0.0;
  base::exp_each(p);
  alignas(64) double root[ImmModel::kLanes];
  std::memcpy(root, &inverse, sizeof root);
  for (double& value : root) value = std::sqrt(value);
  double total = 0.0;
  for (int k = 0; k < kModes; ++k) {
    p[k] *= imm.mu[k] * root[k];
    total += p[k];
  }
  if (!(total > 0.0)) return false;
  const double relative = total / (2.0 * base::kPi);
  result.log_likelihood = base::log(relative) - 0.5 * least;
  result.likelihood = relative * p[kModes];
  // No mode dies out: one that lost its last bit of probability could not come back.
  const double inverse_total = 1.0 / total;
  double kept = 0.0;
  for (int k = 0; k < kModes; ++k) {
    p[k] *= inverse_total;
    if (p[k] < kLeastModeProbability) p[k] = kLeastModeProbability;
    kept += p[k];
  }
  z.mu = constant(p) * (1.0 / kept);

  if (m.dilution != 1.0) {
    const double more = m.dilution - 1.0;
    S00 += more * m.R[0];
    S01 += more * m.R[1];
    S11 += more * m.R[2];
    det = S00 * S11 - S01 * S01;
    inverse = 1.0 / det;
  }
  for (int r = 0; r < kStateSize; ++r) {
    const Lanes gain0 = (PH[r][0] * S11 - PH[r][1] * S01) * inverse;
    const Lanes gain1 = (PH[r][1] * S00 - PH[r][0] * S01) * inverse;
    z.x[r] += gain0 * y[0] + gain1 * y[1];
    // P <- P - K S K' = P - K (PH)'
    for (int j = r; j < kStateSize; ++j) z.P[packed(r, j)] -= gain0 * PH[j][0] + gain1 * PH[j][1];
  }
  return true;
}

LIPTAKO_INLINE bool update_lanes(Imm& imm,
                                 const ImmModel& model,
                                 const LinearMeasurement& m,
                                 const HorizontalState& at,
                                 double lag,
                                 UpdateResult& result) {
  State z;
  load(z, imm);
  bool done = false;
  if (lag > 0.0) {
    Seen<0, kStateSize> seen;
    see_late(seen, z, transition(model, -lag), m, at);
    done = gain(z, seen, imm, m, result);
  } else if (m.columns == Columns::position) {
    Seen<kEast, 2> seen;
    see_now(seen, z, m, at);
    done = gain(z, seen, imm, m, result);
  } else if (m.columns == Columns::velocity) {
    Seen<kVelocityEast, 2> seen;
    see_now(seen, z, m, at);
    done = gain(z, seen, imm, m, result);
  } else {
    Seen<0, kStateSize> seen;
    see_now(seen, z, m, at);
    done = gain(z, seen, imm, m, result);
  }
  if (done) store(imm, z);
  return done;
}

// NOLINTBEGIN(bugprone-macro-parentheses): names and attributes
#define LIPTAKO_IMM_KERNEL(NAME, TARGET)                                                 \
  TARGET void predict_##NAME(Imm& imm, const ImmModel& model, double dt) {               \
    predict_lanes(imm, model, dt);                                                       \
  }                                                                                      \
  TARGET void carry_back_##NAME(Imm& imm, const ImmModel& model, double lag) {           \
    carry_back_lanes(imm, model, lag);                                                   \
  }                                                                                      \
  TARGET void combine_##NAME(const Imm& imm, Gaussian& out) { combine_lanes(imm, out); } \
  TARGET bool update_##NAME(Imm& imm,                                                    \
                            const ImmModel& model,                                       \
                            const LinearMeasurement& m,                                  \
                            const HorizontalState& at,                                   \
                            double lag,                                                  \
                            UpdateResult& result) {                                      \
    return update_lanes(imm, model, m, at, lag, result);                                 \
  }                                                                                      \
  constexpr ImmKernel kKernel_##NAME{                                                    \
      #NAME, predict_##NAME, carry_back_##NAME, combine_##NAME, update_##NAME};

// NOLINTEND(bugprone-macro-parentheses)
LIPTAKO_IMM_KERNEL(baseline, )
#if defined(__x86_64__)
LIPTAKO_IMM_KERNEL(avx2, __attribute__((target("avx2"))))
LIPTAKO_IMM_KERNEL(avx512, __attribute__((target("avx512f,avx512dq,avx512vl"))))
#endif

}  // namespace

ImmKernels imm_kernels() {
  ImmKernels kernels;
  kernels.all[kernels.count++] = &kKernel_baseline;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) kernels.all[kernels.count++] = &kKernel_avx2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    kernels.all[kernels.count++] = &kKernel_avx512;
#endif
  return kernels;
}

const ImmKernel& imm_kernel() {
  static const ImmKernel& best = [&]() -> const ImmKernel& {
    const ImmKernels kernels = imm_kernels();
    return *kernels.all[kernels.count - 1];
  }();
  return best;
}

}  // namespace liptako::track
