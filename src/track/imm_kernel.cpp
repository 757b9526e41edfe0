#include "track/imm_kernel.hpp"

#include <cmath>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "base/math.hpp"
#include "base/unrolled.hpp"

// Functions that take or return vectors by value are all inlined: there is no ABI to differ.
#pragma GCC diagnostic ignored "-Wpsabi"

#define LIPTAKO_INLINE __attribute__((always_inline)) inline

namespace liptako::track {
namespace {

constexpr double kLeastModeProbability = 1e-9;
constexpr double kLeastTotal = 1e-200;  // below, likelihoods are near the least numbers

// One value of each mode; the last three lanes hold zeros, or what nobody reads.
using Lanes = double __attribute__((vector_size(64)));
using LaneBits = long long __attribute__((vector_size(64)));
static_assert(sizeof(Lanes) == kLanes * sizeof(double));

constexpr LaneBits kUsed = {-1, -1, -1, -1, -1, 0, 0, 0};
constexpr Lanes kFree = {0, 0, 0, 0, 0, 1, 1, 1};

LIPTAKO_INLINE Lanes constant(const double (&row)[kLanes]) {
  Lanes v;
  std::memcpy(&v, row, sizeof v);
  return v;
}
LIPTAKO_INLINE Lanes used(Lanes v) {
  return reinterpret_cast<Lanes>(reinterpret_cast<LaneBits>(v) & kUsed);
}

struct State {
  Lanes x[kStateSize];
  Lanes P[kPackedSize];
  Lanes mu;
};

LIPTAKO_INLINE void load(State& s, const Imm& imm) {
  for (int r = 0; r < kStateSize; ++r) s.x[r] = constant(imm.x[r]);
  for (int k = 0; k < kPackedSize; ++k) s.P[k] = constant(imm.P[k]);
  s.mu = constant(imm.mu);
}

LIPTAKO_INLINE void store(Imm& imm, const State& s) {
  for (int r = 0; r < kStateSize; ++r) std::memcpy(imm.x[r], &s.x[r], sizeof(Lanes));
  for (int k = 0; k < kPackedSize; ++k) std::memcpy(imm.P[k], &s.P[k], sizeof(Lanes));
  std::memcpy(imm.mu, &s.mu, sizeof(Lanes));
}

// A list of eight becomes eight instructions with g++ 12.
LIPTAKO_INLINE Lanes all(double value) { return Lanes{} + value; }

// Rows of a packed state: mode 0, and how the others differ from it.
using Others = float __attribute__((vector_size(16)));
using WideOthers = double __attribute__((vector_size(32)));
static_assert(sizeof(Others) == sizeof(PackedImm{}.others[0]));

LIPTAKO_INLINE Lanes packed_row(const PackedImm& imm, int row) {
  Others others;
  std::memcpy(&others, imm.others[row], sizeof others);
  const auto wide = __builtin_convertvector(others, WideOthers);
  return used(all(imm.first[row]) +
              __builtin_shufflevector(wide, WideOthers{}, 4, 0, 1, 2, 3, 4, 4, 4));
}

LIPTAKO_INLINE void load(State& s, const PackedImm& imm) {
  for (int r = 0; r < kStateSize; ++r) s.x[r] = packed_row(imm, r);
  for (int k = 0; k < kPackedSize; ++k) s.P[k] = packed_row(imm, kStateSize + k);
  // What follows mu is read with it, and set to zero.
  static_assert(offsetof(PackedImm, mu) + sizeof s.mu <= sizeof imm);
  std::memcpy(&s.mu, reinterpret_cast<const char*>(&imm) + offsetof(PackedImm, mu), sizeof s.mu);
  s.mu = used(s.mu);
}

LIPTAKO_INLINE void store_row(PackedImm& imm, int row, Lanes v) {
  imm.first[row] = v[0];
  const Lanes apart = v - v[0];
  const Others others =
      __builtin_convertvector(__builtin_shufflevector(apart, apart, 1, 2, 3, 4), Others);
  std::memcpy(imm.others[row], &others, sizeof others);
}

LIPTAKO_INLINE void store(PackedImm& imm, const State& s) {
  for (int r = 0; r < kStateSize; ++r) store_row(imm, r, s.x[r]);
  for (int k = 0; k < kPackedSize; ++k) store_row(imm, kStateSize + k, s.P[k]);
  std::memcpy(imm.mu, &s.mu, sizeof imm.mu);
}

// ((0+4) + (2+6)) + ((1+5) + (3+7)); unused lanes are zero.
LIPTAKO_INLINE double sum(Lanes v) {
  const auto four =
      __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
  const auto two =
      __builtin_shufflevector(four, four, 0, 1) + __builtin_shufflevector(four, four, 2, 3);
  return two[0] + two[1];
}

LIPTAKO_INLINE Lanes lesser(Lanes a, Lanes b) { return a < b ? a : b; }

// The least of the modes; what is not a number may be passed over.
LIPTAKO_INLINE double least(Lanes v) {
  const auto low = __builtin_shufflevector(v, v, 0, 1), high = __builtin_shufflevector(v, v, 2, 3);
  const auto two = low < high ? low : high;
  const double one = two[0] < two[1] ? two[0] : two[1];
  return v[4] < one ? v[4] : one;
}

// Not a number if one of the modes is not.
LIPTAKO_INLINE double sum_of_used(Lanes v) {
  const auto two = __builtin_shufflevector(v, v, 0, 1) + __builtin_shufflevector(v, v, 2, 3);
  return (two[0] + two[1]) + v[4];
}

LIPTAKO_INLINE Lanes square_root(Lanes v) {
  for (int k = 0; k < kLanes; ++k) v[k] = std::sqrt(v[k]);
  return v;
}

// e^x for x <= 0, to 2 units in the last place; below -700 it is as at -700. x = n ln 2 + r, |r| <=
// ln 2 / 2, Taylor's series to r^13 in Estrin's order [Muller16, §5.2, §8.1].
LIPTAKO_INLINE Lanes exp_below_zero(Lanes x) {
  x = x < -700.0 ? all(-700.0) : x;
  constexpr double kToInteger = 6755399441055744.0;  // 1.5 2^52: adding it rounds
  const Lanes shifted = x * 1.4426950408889634 + kToInteger;
  const Lanes n = shifted - kToInteger;
  const Lanes r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  const Lanes r2 = r * r;
  const Lanes r4 = r2 * r2;
  const Lanes low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0));
  const Lanes middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0));
  const Lanes high =
      (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0 + r * (1.0 / 39916800.0));
  const Lanes top = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0);
  const Lanes value = low + r4 * (middle + r4 * (high + r4 * top));
  // n is in the low bits of `shifted`; 2^n by its exponent.
  const LaneBits power = (reinterpret_cast<LaneBits>(shifted) + 1023) << 52;
  return value * reinterpret_cast<Lanes>(power);
}

// Transition of the coordinated turns over t seconds:
//   position += [a -b; b a] velocity,   velocity = [c -s; s c] velocity.
struct Transition {
  Lanes a;
  Lanes b;
  Lanes c;
  Lanes s;
};

// Angles up to here by their series, whose next terms are below 5e-17 of the first.
constexpr double kSeriesReach = 0.5;

LIPTAKO_INLINE Transition transition(const ImmModel& model, double t) {
  const Lanes angle = constant(model.rate) * t;
  Transition f;
  if (model.fastest * (t < 0.0 ? -t : t) <= kSeriesReach) [[likely]] {
    const Lanes z = angle * angle;
    const Lanes z2 = z * z;
    const Lanes z4 = z2 * z2;
    const Lanes sine = ((1.0 - z * (1.0 / 6.0)) + z2 * (1.0 / 120.0 - z * (1.0 / 5040.0))) +
                       z4 * ((1.0 / 362880.0 - z * (1.0 / 39916800.0)) + z2 * (1.0 / 6227020800.0));
    // (1 - cos) / z
    const Lanes versed =
        ((0.5 - z * (1.0 / 24.0)) + z2 * (1.0 / 720.0 - z * (1.0 / 40320.0))) +
        z4 * ((1.0 / 3628800.0 - z * (1.0 / 479001600.0)) + z2 * (1.0 / 87178291200.0));
    f.s = angle * sine;
    f.c = 1.0 - z * versed;
    f.a = t * sine;
    f.b = (t * angle) * versed;
    return f;
  }
  alignas(64) double sine[kLanes];
  alignas(64) double cosine[kLanes];
  std::memcpy(sine, &angle, sizeof sine);
  base::sincos_each(sine, cosine);
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

// The same along the way of mode 0 alone: what all modes agree upon to a degree or two.
LIPTAKO_INLINE void add_noise_along(State& z, const ImmModel& model, double t) {
  const double ve = z.x[kVelocityEast][0], vn = z.x[kVelocityNorth][0];
  const double squared = ve * ve + vn * vn;
  const double inverse = squared > kLeastSpeed2 ? 1.0 / squared : 0.0;
  const double ee = ve * ve * inverse, en = ve * vn * inverse, nn = vn * vn * inverse;
  const Lanes q = constant(model.along);
  const Lanes position = q * (t * t * t / 3.0);
  const Lanes cross = q * (t * t / 2.0);
  const Lanes velocity = q * t;
  z.P[packed(0, 0)] += position * ee;
  z.P[packed(0, 1)] += position * en;
  z.P[packed(1, 1)] += position * nn;
  z.P[packed(0, 2)] += cross * ee;
  z.P[packed(0, 3)] += cross * en;
  z.P[packed(1, 2)] += cross * en;
  z.P[packed(1, 3)] += cross * nn;
  z.P[packed(2, 2)] += velocity * ee;
  z.P[packed(2, 3)] += velocity * en;
  z.P[packed(3, 3)] += velocity * nn;
}

// Mixing. Moments are taken about mode 0, which the others differ from by little against the size
// of the coordinates:
//   e_i = x_i - x_0,   m_j = sum_i w_ij e_i,   x_j = x_0 + m_j
//   P_j = sum_i w_ij (P_i + e_i e_i') - m_j m_j'
LIPTAKO_INLINE void mix(State& z, const ImmModel& model, double dt) {
  struct alignas(64) Moments {
    double e[kStateSize][kLanes];
    double seconds[kPackedSize][kLanes];
    double mu[kLanes];
    double leaving[kLanes];
  } of;
  double x0[kStateSize];
  Lanes e[kStateSize];
  for (int r = 0; r < kStateSize; ++r) {
    x0[r] = z.x[r][0];
    e[r] = z.x[r] - x0[r];
    std::memcpy(of.e[r], &e[r], sizeof(Lanes));
  }
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = r; k < kStateSize; ++k) {
      const Lanes second = z.P[packed(r, k)] + e[r] * e[k];
      std::memcpy(of.seconds[packed(r, k)], &second, sizeof second);
    }
  }
  std::memcpy(of.mu, &z.mu, sizeof z.mu);
  const Lanes leaving = 1.0 - exp_below_zero(-dt * constant(model.leave_rate));
  std::memcpy(of.leaving, &leaving, sizeof leaving);
  // weight[i], lane j: P(mode i before | mode j after).
  Lanes weight[kModes];
  z.mu = all(0.0);
  for (int i = 0; i < kModes; ++i) {
    weight[i] = (constant(model.own[i]) + of.leaving[i] * constant(model.leave[i])) * of.mu[i];
    z.mu += weight[i];
  }
  const Lanes inverse = 1.0 / (z.mu + kFree);
  for (Lanes& w : weight) w *= inverse;
  Lanes m[kStateSize];
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    m[r] = weight[1] * of.e[r][1];
    for (int i = 2; i < kModes; ++i) m[r] += weight[i] * of.e[r][i];
    z.x[r] = used(x0[r] + m[r]);
  }
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    LIPTAKO_UNROLLED
    for (int k = r; k < kStateSize; ++k) {
      const double(&about)[kLanes] = of.seconds[packed(r, k)];
      Lanes second = weight[0] * about[0];
      for (int i = 1; i < kModes; ++i) second += weight[i] * about[i];
      z.P[packed(r, k)] = second - m[r] * m[k];
    }
  }
}

// Eight times sum(), to the bit, in a third of the steps.
LIPTAKO_INLINE Lanes sums(const Lanes (&v)[kLanes]) {
  Lanes four[4];  // of two each: (0+4), (1+5), (2+6), (3+7)
  for (int k = 0; k < 4; ++k) {
    four[k] = __builtin_shufflevector(v[2 * k], v[2 * k + 1], 0, 1, 2, 3, 8, 9, 10, 11) +
              __builtin_shufflevector(v[2 * k], v[2 * k + 1], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  Lanes two[2];
  for (int k = 0; k < 2; ++k) {
    two[k] = __builtin_shufflevector(four[2 * k], four[2 * k + 1], 0, 1, 4, 5, 8, 9, 12, 13) +
             __builtin_shufflevector(four[2 * k], four[2 * k + 1], 2, 3, 6, 7, 10, 11, 14, 15);
  }
  return __builtin_shufflevector(two[0], two[1], 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(two[0], two[1], 1, 3, 5, 7, 9, 11, 13, 15);
}

// The moments of all modes together, about mode 0 as in mix().
LIPTAKO_INLINE void combine_lanes(const State& z, Gaussian& out) {
  const Lanes none = {};
  Lanes e[kStateSize], we[kStateSize];
  for (int r = 0; r < kStateSize; ++r) {
    e[r] = used(z.x[r] - z.x[r][0]);
    we[r] = z.mu * e[r];
  }
  // No lambda: one that is not inlined returns its vector as the plainest processor would.
  Lanes P[kPackedSize];
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    for (int k = r; k < kStateSize; ++k) P[packed(r, k)] = z.mu * z.P[packed(r, k)] + we[r] * e[k];
  }
  const Lanes first = sums({we[0], we[1], we[2], we[3], P[0], P[1], P[2], P[3]});
  const Lanes last = sums({P[4], P[5], P[6], P[7], P[8], P[9], none, none});
  // Less the products of the means, which stand in `first`.
  const Lanes x0 = {z.x[0][0], z.x[1][0], z.x[2][0], z.x[3][0], 0, 0, 0, 0};
  const Lanes by_mean = __builtin_shufflevector(first, none, 8, 8, 8, 8, 0, 0, 0, 0) *
                        __builtin_shufflevector(first, none, 8, 8, 8, 8, 0, 1, 2, 3);
  const Lanes head = (first + x0) - by_mean;
  const Lanes tail = last - __builtin_shufflevector(first, none, 1, 1, 1, 2, 2, 3, 8, 8) *
                                __builtin_shufflevector(first, none, 1, 2, 3, 2, 3, 3, 8, 8);
  std::memcpy(out.mean.x, &head, sizeof out.mean.x);
  std::memcpy(out.P, reinterpret_cast<const char*>(&head) + sizeof out.mean.x, 4 * sizeof(double));
  std::memcpy(out.P + 4, &tail, sizeof out.P - 4 * sizeof(double));
}

LIPTAKO_INLINE void widen_lanes(State& z, const Widening& by) {
  for (int k = 0; k < kPackedSize; ++k) z.P[k] = used(z.P[k] + by.P[k]);
}

template <class From>
LIPTAKO_INLINE void predict_lanes(const From& from,
                                  const ImmModel& model,
                                  double dt,
                                  const Widening* wider,
                                  Imm& imm,
                                  Gaussian& out) {
  State z;
  load(z, from);
  if (dt > 0.0) {
    mix(z, model, dt);
    propagate(z, transition(model, dt));
    add_noise(z, model, dt);
    if (model.has_along) add_noise_along(z, model, dt);
  }
  if (wider != nullptr) widen_lanes(z, *wider);
  store(imm, z);
  combine_lanes(z, out);
}

LIPTAKO_INLINE void carry_back_lanes(const Imm& imm,
                                     const ImmModel& model,
                                     double lag,
                                     Gaussian& out) {
  State z;
  load(z, imm);
  propagate(z, transition(model, -lag));
  combine_lanes(z, out);
}

LIPTAKO_INLINE bool is_sound_lanes(const State& z) {
  Lanes rest = z.mu - z.mu;  // zero of what is finite, else not a number
  for (const Lanes& v : z.x) rest += v - v;
  for (const Lanes& v : z.P) rest += v - v;
  const Lanes det = z.P[packed(0, 0)] * z.P[packed(1, 1)] - z.P[packed(0, 1)] * z.P[packed(0, 1)];
  rest += det - det;
  Lanes smallest = det;
  for (int r = 0; r < kStateSize; ++r) smallest = lesser(smallest, z.P[packed(r, r)]);
  const double off = sum(z.mu) - 1.0;
  return sum_of_used(rest) == 0.0 && least(smallest) > 0.0 && off < 1e-6 && off > -1e-6;
}

// How a measurement depends on the modes' states: H, other than zero in columns [First, First +
// Count), and the innovation. `Each`: double if H is the same for all modes, else Lanes.
template <int First, int Count, class Each>
struct Seen {
  Each H[2][Count];
  Lanes y[2];
  Lanes PH[kStateSize][2];
  Lanes S00, S01, S11;

  LIPTAKO_INLINE void innovate(const State& z,
                               const Lanes (&past)[Count],
                               const LinearMeasurement& m,
                               const HorizontalState& at) {
    LIPTAKO_UNROLLED
    for (int i = 0; i < 2; ++i) {
      y[i] = all(m.y[i]);
      LIPTAKO_UNROLLED
      for (int k = 0; k < Count; ++k) y[i] -= m.H[i][First + k] * (past[k] - at.x[First + k]);
      LIPTAKO_UNROLLED
      for (int r = 0; r < kStateSize; ++r) {
        PH[r][i] = z.P[packed(r, First)] * H[i][0];
        LIPTAKO_UNROLLED
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

// Of one that measures two coordinates, from `First` on, themselves.
template <int First>
struct SeenItself {
  Lanes y[2];
  Lanes PH[kStateSize][2];
  Lanes S00, S01, S11;

  LIPTAKO_INLINE void innovate(const State& z,
                               const LinearMeasurement& m,
                               const HorizontalState& at) {
    LIPTAKO_UNROLLED
    for (int i = 0; i < 2; ++i) {
      y[i] = m.y[i] - (z.x[First + i] - at.x[First + i]);
      LIPTAKO_UNROLLED
      for (int r = 0; r < kStateSize; ++r) PH[r][i] = z.P[packed(r, First + i)];
    }
    S00 = m.R[0] + PH[First][0];
    S01 = m.R[1] + PH[First][1];
    S11 = m.R[2] + PH[First + 1][1];
  }
};

template <int First, int Count>
LIPTAKO_INLINE void see_now(Seen<First, Count, double>& seen,
                            const State& z,
                            const LinearMeasurement& m,
                            const HorizontalState& at) {
  Lanes now[Count];
  LIPTAKO_UNROLLED
  for (int k = 0; k < Count; ++k) {
    now[k] = z.x[First + k];
    for (int i = 0; i < 2; ++i) seen.H[i][k] = m.H[i][First + k];
  }
  seen.innovate(z, now, m, at);
}

// A late measurement: H and the predicted state are carried back by the mode's own motion.
LIPTAKO_INLINE void see_late(Seen<0, kStateSize, Lanes>& seen,
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

struct Innovation {
  Lanes S00, S01, S11, inverse;  // of the determinant
};

// K = (P H' + cross) S^-1,   P <- (I - K H) P (I - K H)' + K (S - H P H' - shared) K'
//                          = P - K (P H')' + K ((S - shared) K' - (P H')')
template <class SeenBy>
LIPTAKO_INLINE void gain_correlated(State& z,
                                    const SeenBy& seen,
                                    const Correlation& correlation,
                                    const Innovation& of) {
  const auto& y = seen.y;
  const auto& PH = seen.PH;
  const Lanes own00 = of.S00 - correlation.shared[0];
  const Lanes own01 = of.S01 - correlation.shared[1];
  const Lanes own11 = of.S11 - correlation.shared[2];
  Lanes K[kStateSize][2], B[kStateSize][2];
  for (int r = 0; r < kStateSize; ++r) {
    const Lanes a = PH[r][0] + correlation.cross[r][0];
    const Lanes b = PH[r][1] + correlation.cross[r][1];
    K[r][0] = (a * of.S11 - b * of.S01) * of.inverse;
    K[r][1] = (b * of.S00 - a * of.S01) * of.inverse;
    B[r][0] = (own00 * K[r][0] + own01 * K[r][1]) - PH[r][0];
    B[r][1] = (own01 * K[r][0] + own11 * K[r][1]) - PH[r][1];
  }
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    z.x[r] += K[r][0] * y[0] + K[r][1] * y[1];
    for (int j = r; j < kStateSize; ++j) {
      z.P[packed(r, j)] +=
          (K[r][0] * B[j][0] + K[r][1] * B[j][1]) - (PH[r][0] * K[j][0] + PH[r][1] * K[j][1]);
    }
  }
}

struct Uncorrelated {};

template <class SeenBy, class With>
LIPTAKO_INLINE bool gain(State& z,
                         const SeenBy& seen,
                         const LinearMeasurement& m,
                         const With& with,
                         UpdateResult& result) {
  const auto& y = seen.y;
  const auto& PH = seen.PH;
  Lanes S00 = seen.S00, S01 = seen.S01, S11 = seen.S11;
  Lanes det = S00 * S11 - S01 * S01;
  if (!(least(lesser(det, S00)) > 0.0)) [[unlikely]]
    return false;  // what is not a number makes `total` none

  // Likelihoods but for 1 / 2 pi.
  Lanes inverse = 1.0 / det;
  const Lanes d2 = (S11 * y[0] * y[0] - 2.0 * S01 * y[0] * y[1] + S00 * y[1] * y[1]) * inverse;
  const Lanes prior = z.mu * square_root(inverse);
  Lanes p = used(exp_below_zero(-0.5 * d2) * prior);
  double total = sum(p);
  result.least = 0.0;
  if (!(total > kLeastTotal)) [[unlikely]] {  // against that of the mode that fits best
    double least = d2[0];
    for (int k = 1; k < kModes; ++k) least = d2[k] < least ? d2[k] : least;
    p = used(exp_below_zero(-0.5 * (d2 - least)) * prior);
    total = sum(p);
    if (!(total > 0.0)) return false;
    result.least = least;
  }
  result.relative = total / (2.0 * base::kPi);
  // No mode dies out: one that lost its last bit of probability could not come back.
  const Lanes floor = all(total * kLeastModeProbability);
  p = used(p < floor ? floor : p);
  z.mu = p * (1.0 / sum(p));

  if (m.dilution != 1.0) {
    const double more = m.dilution - 1.0;
    S00 += more * m.R[0];
    S01 += more * m.R[1];
    S11 += more * m.R[2];
    det = S00 * S11 - S01 * S01;
    inverse = 1.0 / det;
  }
  if constexpr (!std::is_same_v<With, Uncorrelated>) {
    gain_correlated(z, seen, with, {S00, S01, S11, inverse});
    return true;
  }
  LIPTAKO_UNROLLED
  for (int r = 0; r < kStateSize; ++r) {
    const Lanes gain0 = (PH[r][0] * S11 - PH[r][1] * S01) * inverse;
    const Lanes gain1 = (PH[r][1] * S00 - PH[r][0] * S01) * inverse;
    z.x[r] += gain0 * y[0] + gain1 * y[1];
    // P <- P - K S K' = P - K (PH)'
    for (int j = r; j < kStateSize; ++j) z.P[packed(r, j)] -= gain0 * PH[j][0] + gain1 * PH[j][1];
  }
  return true;
}

template <int First, int Count, class With>
LIPTAKO_INLINE bool use_now(State& z,
                            const LinearMeasurement& m,
                            const HorizontalState& at,
                            const With& with,
                            UpdateResult& result) {
  Seen<First, Count, double> seen;
  see_now(seen, z, m, at);
  return gain(z, seen, m, with, result);
}

template <int First, class With>
LIPTAKO_INLINE bool use_itself(State& z,
                               const LinearMeasurement& m,
                               const HorizontalState& at,
                               const With& with,
                               UpdateResult& result) {
  SeenItself<First> seen;
  seen.innovate(z, m, at);
  return gain(z, seen, m, with, result);
}

// `With`: a Correlation of the first measurement, or none.
template <class With>
LIPTAKO_INLINE bool update_lanes(Imm& imm,
                                 const ImmModel& model,
                                 const LinearMeasurement& m,
                                 const UpdateAt& at,
                                 const With& with,
                                 UpdateResult& result,
                                 Gaussian* after) {
  State z;
  load(z, imm);
  const HorizontalState& mean = at.before.mean;
  Transition back;
  if (at.lag > 0.0) [[unlikely]] {
    back = transition(model, -at.lag);
    Seen<0, kStateSize, Lanes> seen;
    see_late(seen, z, back, m, mean);
    if (!gain(z, seen, m, with, result)) return false;
  } else if (m.columns == Columns::position) {
    if (!use_now<kEast, 2>(z, m, mean, with, result)) return false;
  } else if (m.columns == Columns::place) {
    if (!use_itself<kEast>(z, m, mean, with, result)) return false;
  } else if (m.columns == Columns::velocity) {
    if (!use_itself<kVelocityEast>(z, m, mean, with, result)) return false;
  } else {
    if (!use_now<0, kStateSize>(z, m, mean, with, result)) return false;
  }
  if (at.between != nullptr) {
    State then = z;
    if (at.lag > 0.0) [[unlikely]]
      propagate(then, back);
    combine_lanes(then, *at.between);
  }
  if (at.velocity != nullptr) {
    UpdateResult apart;  // how likely it is does not count
    if (at.lag > 0.0) [[unlikely]] {
      Seen<0, kStateSize, Lanes> seen;
      see_late(seen, z, back, *at.velocity, mean);
      result.velocity_used = gain(z, seen, *at.velocity, Uncorrelated{}, apart);
    } else {
      result.velocity_used =
          use_itself<kVelocityEast>(z, *at.velocity, mean, Uncorrelated{}, apart);
    }
  }
  result.sound = is_sound_lanes(z);
  store(imm, z);
  if (after != nullptr) combine_lanes(z, *after);
  return true;
}

// NOLINTBEGIN(bugprone-macro-parentheses): names and attributes
#define LIPTAKO_IMM_KERNEL(NAME, TARGET)                                                        \
  TARGET void pack_##NAME(const Imm& imm, PackedImm& out) {                                     \
    State z;                                                                                    \
    load(z, imm);                                                                               \
    store(out, z);                                                                              \
  }                                                                                             \
  TARGET void unpack_##NAME(const PackedImm& imm, Imm& out) {                                   \
    State z;                                                                                    \
    load(z, imm);                                                                               \
    store(out, z);                                                                              \
  }                                                                                             \
  TARGET void predict_##NAME(const PackedImm& from,                                             \
                             const ImmModel& model,                                             \
                             double dt,                                                         \
                             const Widening* wider,                                             \
                             Imm& imm,                                                          \
                             Gaussian& out) {                                                   \
    predict_lanes(from, model, dt, wider, imm, out);                                            \
  }                                                                                             \
  TARGET void predict_again_##NAME(Imm& imm, const ImmModel& model, double dt, Gaussian& out) { \
    predict_lanes(imm, model, dt, nullptr, imm, out);                                           \
  }                                                                                             \
  TARGET void carry_back_##NAME(                                                                \
      const Imm& imm, const ImmModel& model, double lag, Gaussian& out) {                       \
    carry_back_lanes(imm, model, lag, out);                                                     \
  }                                                                                             \
  TARGET void combine_##NAME(const Imm& imm, Gaussian& out) {                                   \
    State z;                                                                                    \
    load(z, imm);                                                                               \
    combine_lanes(z, out);                                                                      \
  }                                                                                             \
  TARGET bool update_##NAME(Imm& imm,                                                           \
                            const ImmModel& model,                                              \
                            const LinearMeasurement& m,                                         \
                            const UpdateAt& at,                                                 \
                            UpdateResult& result,                                               \
                            Gaussian* after) {                                                  \
    return update_lanes(imm, model, m, at, Uncorrelated{}, result, after);                      \
  }                                                                                             \
  TARGET bool update_correlated_##NAME(Imm& imm,                                                \
                                       const ImmModel& model,                                   \
                                       const LinearMeasurement& m,                              \
                                       const UpdateAt& at,                                      \
                                       UpdateResult& result,                                    \
                                       Gaussian* after) {                                       \
    return update_lanes(imm, model, m, at, *at.correlation, result, after);                     \
  }                                                                                             \
  TARGET void widen_##NAME(Imm& imm, const Widening& by) {                                      \
    State z;                                                                                    \
    load(z, imm);                                                                               \
    widen_lanes(z, by);                                                                         \
    store(imm, z);                                                                              \
  }                                                                                             \
  TARGET bool is_sound_##NAME(const Imm& imm) {                                                 \
    State z;                                                                                    \
    load(z, imm);                                                                               \
    return is_sound_lanes(z);                                                                   \
  }                                                                                             \
  constexpr ImmKernel kKernel_##NAME{#NAME,                                                     \
                                     pack_##NAME,                                               \
                                     unpack_##NAME,                                             \
                                     predict_##NAME,                                            \
                                     predict_again_##NAME,                                      \
                                     carry_back_##NAME,                                         \
                                     combine_##NAME,                                            \
                                     update_##NAME,                                             \
                                     update_correlated_##NAME,                                  \
                                     widen_##NAME,                                              \
                                     is_sound_##NAME};

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
