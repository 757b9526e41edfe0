#include "track/smoothing.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "base/math.hpp"

namespace liptako::track {
namespace {

using Vector = std::array<double, kStateSize>;
using Matrix = std::array<Vector, kStateSize>;
constexpr std::size_t kSize = kStateSize;

struct State {
  Vector x{};
  Matrix P{};
};

Matrix times(const Matrix& a, const Matrix& b) {
  Matrix out{};
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t k = 0; k < kSize; ++k) {
      for (std::size_t j = 0; j < kSize; ++j) out[i][j] += a[i][k] * b[k][j];
    }
  }
  return out;
}

Matrix transposed(const Matrix& a) {
  Matrix out{};
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j < kSize; ++j) out[j][i] = a[i][j];
  }
  return out;
}

// Lower triangle L of A = L L'; false: A is not positive definite.
bool factorise(const Matrix& a, Matrix& lower) {
  lower = {};
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
      if (i == j) {
        if (!(sum > 0.0)) return false;
        lower[i][i] = std::sqrt(sum);
      } else {
        lower[i][j] = sum / lower[j][j];
      }
    }
  }
  return true;
}

Vector solve(const Matrix& lower, Vector b) {
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= lower[i][k] * b[k];
    b[i] /= lower[i][i];
  }
  for (std::size_t i = kSize; i-- > 0;) {
    for (std::size_t k = i + 1; k < kSize; ++k) b[i] -= lower[k][i] * b[k];
    b[i] /= lower[i][i];
  }
  return b;
}

// Coordinated turn [BarShalom01, §11.7.1]; w = 0: straight.
Matrix transition(double w, double t) {
  Matrix F{};
  F[0][0] = F[1][1] = 1.0;
  if (w == 0.0) {
    F[2][2] = F[3][3] = 1.0;
    F[0][2] = F[1][3] = t;
    return F;
  }
  const auto [s, c] = base::sincos(w * t);
  F[2][2] = F[3][3] = c;
  F[2][3] = -s;
  F[3][2] = s;
  F[0][2] = F[1][3] = s / w;
  F[0][3] = -(1.0 - c) / w;
  F[1][2] = (1.0 - c) / w;
  return F;
}

// Acceleration noise of the density q east and north, and more along the way.
using Noise = std::array<std::array<double, 2>, 2>;
Noise noise_of(const ImmOptions& modes, std::size_t mode, const Vector& x) {
  const double q = modes.noise_density[mode];
  Noise noise = {{{q, 0.0}, {0.0, q}}};
  const double ve = x[2], vn = x[3];
  const double squared = ve * ve + vn * vn;
  if (squared <= kLeastSpeed2) return noise;
  const double along = modes.along_density / squared;
  noise[0][0] += along * ve * ve;
  noise[0][1] += along * ve * vn;
  noise[1][0] += along * ve * vn;
  noise[1][1] += along * vn * vn;
  return noise;
}

Matrix predicted(const Matrix& P, const Matrix& F, const Noise& q, double t) {
  Matrix out = times(times(F, P), transposed(F));
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}}) {
      out[i][k] += q[i][k] * t * t * t / 3.0;
      out[i][k + 2] += q[i][k] * t * t / 2.0;
      out[i + 2][k] += q[i][k] * t * t / 2.0;
      out[i + 2][k + 2] += q[i][k] * t;
    }
  }
  return out;
}

// `at` with what `after`, t seconds later, tells of it; `modes` with the probabilities `shares`
// held between the two.
State smoothed(const State& at,
               const State& after,
               double t,
               const ImmOptions& modes,
               const std::array<double, kModes>& shares) {
  if (t < 1e-3) return after;  // a late plot changed the same instant
  // Moments of the state after, and with the state before.
  Vector mean{};
  std::array<Vector, kModes> means{};
  Matrix P{}, F{};
  for (std::size_t j = 0; j < kModes; ++j) {
    const Matrix Fj = transition(modes.turn_rate[j], t);
    const Matrix Pj = predicted(at.P, Fj, noise_of(modes, j, at.x), t);
    for (std::size_t i = 0; i < kSize; ++i) {
      for (std::size_t k = 0; k < kSize; ++k) {
        means[j][i] += Fj[i][k] * at.x[k];
        P[i][k] += shares[j] * Pj[i][k];
        F[i][k] += shares[j] * Fj[i][k];
      }
      mean[i] += shares[j] * means[j][i];
    }
  }
  for (std::size_t j = 0; j < kModes; ++j) {
    for (std::size_t i = 0; i < kSize; ++i) {
      for (std::size_t k = 0; k < kSize; ++k)
        P[i][k] += shares[j] * (means[j][i] - mean[i]) * (means[j][k] - mean[k]);
    }
  }
  Matrix lower;
  if (!factorise(P, lower)) return at;
  // The gain C: C' = P-^-1 F P, column by column.
  const Matrix FP = times(F, at.P);
  Matrix gain{}, change{};
  for (std::size_t j = 0; j < kSize; ++j) {
    const Vector column = solve(lower, {FP[0][j], FP[1][j], FP[2][j], FP[3][j]});
    for (std::size_t i = 0; i < kSize; ++i) {
      gain[j][i] = column[i];
      change[i][j] = after.P[i][j] - P[i][j];
    }
  }
  const Matrix less = times(times(gain, change), transposed(gain));
  State out = at;
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t k = 0; k < kSize; ++k) {
      out.x[i] += gain[i][k] * (after.x[k] - mean[k]);
      out.P[i][k] += 0.5 * (less[i][k] + less[k][i]);
    }
  }
  return out;
}

// Of the time between two updates: half what was thought before, half what came out after it.
std::array<double, kModes> shares_between(const UpdateTrace& before,
                                          const UpdateTrace& after,
                                          const ImmOptions& modes) {
  std::array<double, kModes> out{};
  double sum = 0.0;
  const double earlier = before.motion == after.motion ? 1.0 : 0.0;  // else modes of other motion
  for (std::size_t j = 0; j < kModes; ++j) {
    out[j] = earlier * static_cast<double>(before.modes[j]) + static_cast<double>(after.modes[j]);
    sum += out[j];
  }
  if (!(sum > 0.0)) {
    Imm shares;
    start(shares, modes, {});
    for (std::size_t j = 0; j < kModes; ++j) out[j] = shares.mu[j];
    return out;
  }
  for (double& share : out) share /= sum;
  return out;
}

bool holds_state(const TrackEvent& event) {
  return event.kind == TrackEventKind::started || event.kind == TrackEventKind::updated ||
         event.kind == TrackEventKind::resumed || event.kind == TrackEventKind::restarted;
}
// What comes after tells nothing of what was before.
bool begins_anew(const TrackEvent& event) {
  return event.kind == TrackEventKind::started || event.kind == TrackEventKind::restarted;
}

geo::Geodetic on_ground(geo::Geodetic p) {
  p.height = base::Length();
  return p;
}

// In the plane at `origin`; velocities are east and north of their own place, at most some
// kilometres on: turned by a thousandth of what a track's own course is uncertain.
State state_of(const TrackView& v, const geo::TangentFrame& plane) {
  State s;
  const auto p = plane.enu_from_ecef(geo::ecef_from_geodetic(on_ground(v.position)));
  s.x = {p.x, p.y, v.velocity_east.mps(), v.velocity_north.mps()};
  const auto& pv = v.cov_position_velocity;
  const auto& vv = v.cov_velocity;
  s.P = {{{v.cov_ee_m2, v.cov_en_m2, pv[0], pv[1]},
          {v.cov_en_m2, v.cov_nn_m2, pv[2], pv[3]},
          {pv[0], pv[2], vv[0], vv[1]},
          {pv[1], pv[3], vv[1], vv[2]}}};
  return s;
}

void put(TrackView& v, const State& s, const geo::TangentFrame& plane) {
  const double up = -(s.x[0] * s.x[0] + s.x[1] * s.x[1]) / (2.0 * geo::kMeanRadiusM);
  const base::Length height = v.position.height;
  v.position = geo::geodetic_from_ecef(plane.ecef_from_enu({s.x[0], s.x[1], up}));
  v.position.height = height;
  v.velocity_east = base::Speed::from_mps(s.x[2]);
  v.velocity_north = base::Speed::from_mps(s.x[3]);
  v.cov_ee_m2 = s.P[0][0];
  v.cov_en_m2 = s.P[0][1];
  v.cov_nn_m2 = s.P[1][1];
  v.cov_position_velocity = {s.P[0][2], s.P[0][3], s.P[1][2], s.P[1][3]};
  v.cov_velocity = {s.P[2][2], s.P[2][3], s.P[3][3]};
}

}  // namespace

FixedLagSmoother::FixedLagSmoother(base::Duration lag, const ImmOptions& airliner)
    : lag_(lag), airliner_(airliner) {
  CHECK(lag > base::Duration::zero());
}

void FixedLagSmoother::tell(std::deque<TrackEvent>& kept,
                            std::size_t count,
                            std::vector<TrackEvent>& out) const {
  if (count == 0) return;
  // From the newest back; each in the plane of the one before it. What is told leaves smoothed,
  // what stays is kept as the filter had it.
  std::vector<TrackView> views(count);
  const TrackView* after = nullptr;
  const UpdateTrace* after_trace = nullptr;
  TrackView held;
  bool cut = false;
  for (std::size_t i = kept.size(); i-- > 0;) {
    const TrackEvent& event = kept[i];
    TrackView view = event.view;
    if (holds_state(event)) {
      if (after != nullptr && !cut && view.placed) {
        const geo::TangentFrame plane(on_ground(view.position));
        const ImmOptions modes =
            motion_options(after_trace->motion, after_trace->cruises, airliner_);
        const State s = smoothed(state_of(view, plane),
                                 state_of(*after, plane),
                                 base::to_seconds(after->time - view.time),
                                 modes,
                                 shares_between(event.trace, *after_trace, modes));
        put(view, s, plane);
      }
      held = view;
      after = &held;
      after_trace = &event.trace;
      cut = begins_anew(event);
    }
    if (i < count) views[i] = view;
  }
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(kept.front());
    out.back().view = views[i];
    kept.pop_front();
  }
}

void FixedLagSmoother::take(const TrackEvent& event, std::vector<TrackEvent>& out) {
  std::deque<TrackEvent>& kept = kept_[event.view.number.value];
  kept.push_back(event);
  if (event.kind == TrackEventKind::dropped) {
    tell(kept, kept.size(), out);
    kept_.erase(event.view.number.value);
    return;
  }
  std::size_t due = 0;
  while (due + 1 < kept.size() &&
         (event.view.time - kept[due].view.time >= lag_ || kept.size() - due > kMaxKept)) {
    ++due;
  }
  tell(kept, due, out);
}

void FixedLagSmoother::finish(std::vector<TrackEvent>& out) {
  for (auto& [number, kept] : kept_) tell(kept, kept.size(), out);
  kept_.clear();
}

}  // namespace liptako::track
