#include "track/registration/bias_filter.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/archive.hpp"
#include "base/math.hpp"
#include "base/time_range.hpp"
#include "track/registration/common_aircraft.hpp"

namespace liptako::track::registration {

using base::Timestamp;
using base::to_seconds;

namespace {

enum : int { kShare = 0, kOffset = 1, kArea = 2 };

// What is thought possible of a sensor of which nothing is known, and how fast it changes, sd after
// an hour. Wider than radars are found to be set up: what is learnt must not depend on it.
constexpr double kFirstRangeM = 300.0;
constexpr double kFirstAzimuthRad = 1.0 * base::kRadiansPerDegree;
constexpr double kFirstTimeS = 0.5;
constexpr double kFirstMlatTimeS = 0.3;
// Aircraft and stations have their time from satellites; what is left is the mean of installations'
// latencies.
constexpr double kFirstAdsbTimeS = 0.03;
// Clocks that differ by more do not tell the same time; asked of those compared so often.
constexpr double kAstray = 0.09;
constexpr std::uint64_t kLeastCompared = 50;
constexpr double kFirstShare = 0.03;  // see vertical_filter.cpp
constexpr double kFirstOffsetM = 60.0;
constexpr double kFirstElevationRad = 0.5 * base::kRadiansPerDegree;
// Of a system's receivers, surveyed by satellites, and their cables.
constexpr double kFirstPlaceM = 30.0;
constexpr double kDriftRangeM = 3.0;
constexpr double kDriftAzimuthRad = 0.004 * base::kRadiansPerDegree;
constexpr double kDriftTimeS = 0.005;
constexpr double kDriftElevationRad = 0.004 * base::kRadiansPerDegree;
constexpr double kDriftPlaceM = 1.0;
constexpr double kDriftShare = 0.003;
constexpr double kDriftOffsetM = 10.0;
// Of a sensor that jumped.
constexpr double kJump[kComponents] = {
    500.0, 2.0 * base::kRadiansPerDegree, 1.0, 1.0 * base::kRadiansPerDegree, 100.0, 100.0};

constexpr double kInside = 9.0;  // squared: three sigma
constexpr double kGate = 25.0;   // squared, against what was expected before the window
constexpr int kRounds = 4;
// A window's evidence of a jump: chi-squared of three degrees of freedom exceeds kExpected rarely
// (one in fourteen; with a fourth, the elevation, kExpectedOfFour) and kSurelyJumped in sum hardly
// ever; one window counts for kMostAtOnce at most.
constexpr double kExpected = 7.0;
constexpr double kExpectedOfFour = 8.6;
constexpr double kSurelyJumped = 30.0;
constexpr double kMostAtOnce = 45.0;
constexpr double kMajority = 0.55;
constexpr int kLeastWitnesses = 5;
// Doubt of an aircraft: squared distance, two degrees of freedom.
constexpr double kDoubted = 16.0;
constexpr double kTrustedAgain = 6.0;
constexpr double kOffsetMemoryS = 120.0;
// Observations in that memory: an error of the biases is in all of them.
constexpr double kObservationsRemembered = 20.0;

double quadratic(const double (&R)[3], const double (&r)[2]) {
  const double det = R[0] * R[2] - R[1] * R[1];
  return (R[2] * r[0] * r[0] - 2.0 * R[1] * r[0] * r[1] + R[0] * r[1] * r[1]) / det;
}

struct Inverse {
  double a, b, c;
};
Inverse inverse(const double (&R)[3]) {
  const double det = R[0] * R[2] - R[1] * R[1];
  return {R[2] / det, -R[1] / det, R[0] / det};
}

double weight_of(double d2) {
  if (!(d2 > kInside)) return 1.0;
  const double share = kInside / d2;
  return share * share;
}

using Vector = double[kComponents];
using Matrix = double[kComponents][kComponents];

// Solves A s = v for a symmetric positive definite A; false if it is not.
bool solve_small(const Matrix& A, const Vector& v, Vector& s) {
  Matrix L = {};
  for (int i = 0; i < kComponents; ++i) {
    for (int j = 0; j <= i; ++j) {
      double sum = A[i][j];
      for (int k = 0; k < j; ++k) sum -= L[i][k] * L[j][k];
      if (i == j) {
        if (!(sum > 0.0)) return false;
        L[i][i] = std::sqrt(sum);
      } else {
        L[i][j] = sum / L[j][j];
      }
    }
  }
  for (int i = 0; i < kComponents; ++i) {
    double sum = v[i];
    for (int k = 0; k < i; ++k) sum -= L[i][k] * s[k];
    s[i] = sum / L[i][i];
  }
  for (int i = kComponents - 1; i >= 0; --i) {
    double sum = s[i];
    for (int k = i + 1; k < kComponents; ++k) sum -= L[k][i] * s[k];
    s[i] = sum / L[i][i];
  }
  return true;
}

}  // namespace

void BiasFilter::set_sensors(std::span<const SensorDescription> sensors,
                             std::span<const int> from) {
  const std::vector<int> old_columns = columns_;
  const std::vector<double> old_x = x_, old_covariance = P_;
  const std::vector<SensorStanding> old_standings = standings_;
  const int old_size = size_;

  columns_.assign(sensors.size() * kComponents, -1);
  first_sd_.assign({kFirstShare, kFirstOffsetM});
  const auto per_second = [](double sd_an_hour) { return sd_an_hour * sd_an_hour / 3600.0; };
  drift_rate_.assign({per_second(kDriftShare), per_second(kDriftOffsetM)});
  std::vector<int> came_from{old_size > 0 ? kShare : -1, old_size > 0 ? kOffset : -1};
  standings_.assign(sensors.size(), {});
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    const Components components = components_of(sensors[i]);
    const SensorKind kind = sensors[i].kind;
    const double drift[kComponents] = {kDriftRangeM,
                                       kDriftAzimuthRad,
                                       kDriftTimeS,
                                       kDriftElevationRad,
                                       kDriftPlaceM,
                                       kDriftPlaceM};
    const int old = i < from.size() ? from[i] : -1;
    if (old >= 0) standings_[i] = old_standings[static_cast<std::size_t>(old)];
    const double first_time = kind == SensorKind::mlat                             ? kFirstMlatTimeS
                              : kind == SensorKind::ads_b && !standings_[i].astray ? kFirstAdsbTimeS
                                                                                   : kFirstTimeS;
    const double first[kComponents] = {
        kFirstRangeM, kFirstAzimuthRad, first_time, kFirstElevationRad, kFirstPlaceM, kFirstPlaceM};
    for (int c = 0; c < kComponents; ++c) {
      if (!components.has[c]) continue;
      const std::size_t place = i * kComponents + static_cast<std::size_t>(c);
      columns_[place] = static_cast<int>(first_sd_.size());
      first_sd_.push_back(first[c]);
      drift_rate_.push_back(per_second(drift[c]));
      came_from.push_back(old < 0 ? -1
                                  : old_columns[static_cast<std::size_t>(old) * kComponents +
                                                static_cast<std::size_t>(c)]);
    }
  }
  size_ = static_cast<int>(first_sd_.size());
  const std::size_t n = first_sd_.size();
  reset();
  for (std::size_t i = 0; i < n; ++i) {
    if (came_from[i] < 0) continue;
    const auto a = static_cast<std::size_t>(came_from[i]);
    x_[i] = old_x[a];
    for (std::size_t k = 0; k < n; ++k) {
      if (came_from[k] < 0) continue;
      P_[i * n + k] = old_covariance[a * static_cast<std::size_t>(old_size) +
                                     static_cast<std::size_t>(came_from[k])];
    }
  }
  offsets_.assign(CommonAircraft::kAircraft, {});
  for (std::vector<double>* scratch : {&Y_, &work_, &prior_Y_}) scratch->assign(n * n, 0.0);
  for (std::vector<double>* scratch : {&eta_, &prior_eta_, &next_}) scratch->assign(n, 0.0);
}

void BiasFilter::reset() {
  const auto n = static_cast<std::size_t>(size_);
  x_.assign(n, 0.0);
  P_.assign(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) P_[i * n + i] = first_sd_[i] * first_sd_[i];
}

Estimate BiasFilter::estimate(std::uint16_t sensor, Component c) const {
  const int k = column(sensor, c);
  return {x_[static_cast<std::size_t>(k)], std::sqrt(std::fmax(0.0, at(P_, k, k)))};
}

double BiasFilter::relative_time_variance(std::uint16_t sensor) const {
  const int mine = column(sensor, kTime);
  int best = mine;
  for (std::size_t s = 0; s < standings_.size(); ++s) {
    const int k = column(static_cast<std::uint16_t>(s), kTime);
    if (k >= 0 && at(P_, k, k) < at(P_, best, best)) best = k;
  }
  return std::fmax(0.0, at(P_, mine, mine) + at(P_, best, best) - 2.0 * at(P_, mine, best));
}

Estimate BiasFilter::height_share() const {
  return size_ == 0 ? Estimate{} : Estimate{x_[kShare], std::sqrt(at(P_, kShare, kShare))};
}

Estimate BiasFilter::height_offset() const {
  return size_ == 0 ? Estimate{} : Estimate{x_[kOffset], std::sqrt(at(P_, kOffset, kOffset))};
}

BiasFilter::Rows BiasFilter::rows_of(const Observation& o) const {
  Rows rows;
  const auto add = [&](int col, double first, double second) {
    if (col < 0 || (first == 0.0 && second == 0.0)) return;
    rows.column[rows.count] = col;
    rows.a[0][rows.count] = first;
    rows.a[1][rows.count] = second;
    ++rows.count;
  };
  add(kShare, o.height[0] * o.altitude_m, o.height[1] * o.altitude_m);
  add(kOffset, o.height[0], o.height[1]);
  for (int c = 0; c < kComponents; ++c) {
    add(column(o.sensor, c), o.own[0][c], o.own[1][c]);
    add(column(o.reference, c), o.other[0][c], o.other[1][c]);
  }
  return rows;
}

double BiasFilter::left_over(const Observation& o,
                             const Rows& rows,
                             const std::vector<double>& x,
                             double (&r)[2]) {
  r[0] = o.y[0];
  r[1] = o.y[1];
  for (int k = 0; k < rows.count; ++k) {
    const double b = x[static_cast<std::size_t>(rows.column[k])];
    r[0] -= rows.a[0][k] * b;
    r[1] -= rows.a[1][k] * b;
  }
  return quadratic(o.R, r);
}

void BiasFilter::spread(const Rows& rows, double (&into)[3]) const {
  for (double& value : into) value = 0.0;
  for (int i = 0; i < rows.count; ++i) {
    double first = 0.0, second = 0.0;
    for (int k = 0; k < rows.count; ++k) {
      const double p = at(P_, rows.column[i], rows.column[k]);
      first += p * rows.a[0][k];
      second += p * rows.a[1][k];
    }
    into[0] += rows.a[0][i] * first;
    into[1] += rows.a[0][i] * second;
    into[2] += rows.a[1][i] * second;
  }
}

void BiasFilter::drift(Timestamp now) {
  constexpr double kLongestS = 3600.0;
  const double seconds =
      started_ ? std::fmin(kLongestS, std::fmax(0.0, to_seconds(now - time_))) : 0.0;
  time_ = now;
  started_ = true;
  for (int i = 0; i < size_; ++i) {
    double& p = at(P_, i, i);
    const auto k = static_cast<std::size_t>(i);
    // Less certain than at first it is only after a jump.
    const double most = std::fmax(p, first_sd_[k] * first_sd_[k]);
    p = std::fmin(p + drift_rate_[k] * seconds, most);
  }
}

bool BiasFilter::invert(std::vector<double>& A) {
  // Cholesky, then the inverse of the factor, then its product with its transpose.
  const int n = size_;
  for (int j = 0; j < n; ++j) {
    for (int i = j; i < n; ++i) {
      double sum = at(A, i, j);
      for (int k = 0; k < j; ++k) sum -= at(A, i, k) * at(A, j, k);
      if (i == j) {
        if (!(sum > 0.0) || !std::isfinite(sum)) return false;
        at(A, j, j) = std::sqrt(sum);
      } else {
        at(A, i, j) = sum / at(A, j, j);
      }
    }
  }
  for (int j = 0; j < n; ++j) {
    at(A, j, j) = 1.0 / at(A, j, j);
    for (int i = j + 1; i < n; ++i) {
      double sum = 0.0;
      for (int k = j; k < i; ++k) sum -= at(A, i, k) * at(A, k, j);
      at(A, i, j) = sum / at(A, i, i);
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      double sum = 0.0;
      for (int k = i; k < n; ++k) sum += at(A, k, i) * at(A, k, j);
      at(work_, i, j) = sum;
      at(work_, j, i) = sum;
    }
  }
  A.swap(work_);
  return true;
}

bool BiasFilter::find_jump(std::span<const Observation> window, Timestamp now) {
  struct Evidence {
    Matrix F = {};
    Vector s = {};
    int witnesses = 0;
    int better = 0;
    int all = 0;
    bool of_elevation = false;
  };
  std::array<Evidence, 64> evidence{};
  const auto for_roles = [&](const Observation& o, auto&& visit) {
    visit(o.sensor, o.own);
    visit(o.reference, o.other);
  };
  for (const Observation& o : window) {
    if (o.doubted) continue;
    const Rows rows = rows_of(o);
    double r[2];
    const double d2 = left_over(o, rows, x_, r);
    const double clipped = d2 > kInside ? std::sqrt(kInside / d2) : 1.0;
    const Inverse w = inverse(o.R);
    const double u[2] = {clipped * (w.a * r[0] + w.b * r[1]), clipped * (w.b * r[0] + w.c * r[1])};
    for_roles(o, [&](std::uint16_t sensor, const double(&H)[2][kComponents]) {
      Evidence& e = evidence[sensor];
      ++e.witnesses;
      e.of_elevation = e.of_elevation || H[0][kElevation] != 0.0;
      for (int i = 0; i < kComponents; ++i) {
        e.s[i] += H[0][i] * u[0] + H[1][i] * u[1];
        for (int k = 0; k < kComponents; ++k) {
          e.F[i][k] +=
              H[0][i] * (w.a * H[0][k] + w.b * H[1][k]) + H[1][i] * (w.b * H[0][k] + w.c * H[1][k]);
        }
      }
    });
  }
  // How far each sensor's biases should move, and how sure that is.
  std::array<std::array<double, kComponents>, 64> moved{};
  std::array<double, 64> distance{};
  for (std::size_t s = 0; s < standings_.size(); ++s) {
    Evidence& e = evidence[s];
    if (e.witnesses < kLeastWitnesses) continue;
    Matrix P = {};
    for (int i = 0; i < kComponents; ++i) {
      const int row = column(static_cast<std::uint16_t>(s), i);
      e.F[i][i] += 1.0 / (kJump[i] * kJump[i]);
      for (int k = 0; k < kComponents; ++k) {
        const int col = column(static_cast<std::uint16_t>(s), k);
        if (row >= 0 && col >= 0) P[i][k] = at(P_, row, col);
      }
    }
    Matrix FP = {}, S = {};
    for (int i = 0; i < kComponents; ++i) {
      for (int k = 0; k < kComponents; ++k) {
        for (int j = 0; j < kComponents; ++j) FP[i][k] += e.F[i][j] * P[j][k];
      }
    }
    for (int i = 0; i < kComponents; ++i) {
      for (int k = 0; k < kComponents; ++k) {
        S[i][k] = e.F[i][k];
        for (int j = 0; j < kComponents; ++j) S[i][k] += FP[i][j] * e.F[j][k];
      }
    }
    Vector move = {}, weighed = {};
    if (!solve_small(e.F, e.s, move) || !solve_small(S, e.s, weighed)) continue;
    for (int i = 0; i < kComponents; ++i) {
      moved[s][static_cast<std::size_t>(i)] = move[i];
      distance[s] += e.s[i] * weighed[i];
    }
  }
  // Who would agree better.
  for (const Observation& o : window) {
    if (o.doubted) continue;
    const Rows rows = rows_of(o);
    double r[2];
    const double d2 = left_over(o, rows, x_, r);
    for_roles(o, [&](std::uint16_t sensor, const double(&H)[2][kComponents]) {
      double after[2] = {r[0], r[1]};
      for (std::size_t c = 0; c < kComponents; ++c) {
        after[0] -= H[0][c] * moved[sensor][c];
        after[1] -= H[1][c] * moved[sensor][c];
      }
      ++evidence[sensor].all;
      if (quadratic(o.R, after) < d2) ++evidence[sensor].better;
    });
  }
  std::size_t most = standings_.size();
  for (std::size_t s = 0; s < standings_.size(); ++s) {
    const Evidence& e = evidence[s];
    if (e.witnesses < kLeastWitnesses) continue;
    SensorStanding& standing = standings_[s];
    const bool by_majority = e.better > kMajority * e.all;
    const double step = std::fmin(kMostAtOnce, by_majority ? distance[s] : 0.0) -
                        (e.of_elevation ? kExpectedOfFour : kExpected);
    standing.suspicion = std::fmax(0.0, standing.suspicion + step);
    if (standing.suspicion < kSurelyJumped || !by_majority) continue;
    if (most == standings_.size() || distance[s] > distance[most]) most = s;
  }
  if (most == standings_.size()) return false;
  double by[kComponents];
  for (int c = 0; c < kComponents; ++c) by[c] = moved[most][static_cast<std::size_t>(c)];
  begin_anew(static_cast<std::uint16_t>(most), by);
  ++standings_[most].jumps;
  standings_[most].last_jump = now;
  // The others may have been accused for its sake.
  for (SensorStanding& standing : standings_) standing.suspicion = 0.0;
  return true;
}

void BiasFilter::begin_anew(std::uint16_t sensor, const double (&moved)[kComponents]) {
  for (int c = 0; c < kComponents; ++c) {
    const int k = column(sensor, c);
    if (k < 0) continue;
    for (int i = 0; i < size_; ++i) at(P_, k, i) = at(P_, i, k) = 0.0;
    const double sd = std::fmax(kJump[c], 3.0 * std::fabs(moved[c]));
    at(P_, k, k) = sd * sd;
  }
}

void BiasFilter::move_clock(std::uint16_t sensor, const ClockMove& move, Timestamp now) {
  const int k = column(sensor, kTime);
  if (k < 0) return;
  x_[static_cast<std::size_t>(k)] += move.seconds;
  at(P_, k, k) += move.sd * move.sd;
  SensorStanding& standing = standings_[sensor];
  standing.astray = !move.is_right;
  first_sd_[static_cast<std::size_t>(k)] = move.is_right ? kFirstAdsbTimeS : kFirstTimeS;
  ++standing.jumps;
  standing.last_jump = now;
  // The others may be accused for its sake.
  for (SensorStanding& s : standings_) s.suspicion = 0.0;
}

void BiasFilter::solve(std::span<const Observation> window) {
  prior_Y_ = P_;
  if (!invert(prior_Y_)) {
    reset();
    return;
  }
  const int n = size_;
  for (int i = 0; i < n; ++i) {
    double sum = 0.0;
    for (int k = 0; k < n; ++k) sum += at(prior_Y_, i, k) * x_[static_cast<std::size_t>(k)];
    prior_eta_[static_cast<std::size_t>(i)] = sum;
  }
  next_ = x_;
  weights_.resize(window.size());
  for (int round = 0; round < kRounds; ++round) {
    Y_ = prior_Y_;
    eta_ = prior_eta_;
    for (std::size_t w = 0; w < window.size(); ++w) {
      const Observation& o = window[w];
      if (o.doubted) continue;
      const Rows rows = rows_of(o);
      double r[2];
      const double d2 = left_over(o, rows, next_, r);
      if (round == 0) {
        // Against what was expected: biases that are not known explain much.
        double S[3];
        spread(rows, S);
        for (int i = 0; i < 3; ++i) S[i] += o.R[i];
        weights_[w] = quadratic(S, r) <= kGate ? 1.0 : 0.0;
      }
      const double weight = weights_[w] * (round == 0 ? 1.0 : weight_of(d2));
      if (!(weight > 1e-4)) continue;
      const Inverse inv = inverse(o.R);
      for (int i = 0; i < rows.count; ++i) {
        const double first = weight * (rows.a[0][i] * inv.a + rows.a[1][i] * inv.b);
        const double second = weight * (rows.a[0][i] * inv.b + rows.a[1][i] * inv.c);
        const int row = rows.column[i];
        eta_[static_cast<std::size_t>(row)] += first * o.y[0] + second * o.y[1];
        for (int k = 0; k < rows.count; ++k)
          at(Y_, row, rows.column[k]) += first * rows.a[0][k] + second * rows.a[1][k];
      }
    }
    if (!invert(Y_)) {
      reset();
      return;
    }
    for (int i = 0; i < n; ++i) {
      double sum = 0.0;
      for (int k = 0; k < n; ++k) sum += at(Y_, i, k) * eta_[static_cast<std::size_t>(k)];
      next_[static_cast<std::size_t>(i)] = sum;
    }
  }
  if (!std::ranges::all_of(next_, [](double v) { return std::isfinite(v); })) {
    reset();
    return;
  }
  x_.swap(next_);
  P_.swap(Y_);
}

bool BiasFilter::find_clock_astray() {
  const auto clock = [&](std::size_t s) {
    return standings_[s].observations < kLeastCompared
               ? -1
               : column(static_cast<std::uint16_t>(s), kTime);
  };
  const auto is_good = [&](int k) {
    return k >= 0 && first_sd_[static_cast<std::size_t>(k)] <= kFirstAdsbTimeS;
  };
  const auto apart = [&](int a, int b) {
    return std::fabs(x_[static_cast<std::size_t>(a)] - x_[static_cast<std::size_t>(b)]);
  };
  const auto count_with = [&](int k) {
    int agree = 0;
    for (std::size_t other = 0; other < standings_.size(); ++other) {
      const int o = clock(other);
      agree += o >= 0 && apart(k, o) <= kAstray ? 1 : 0;
    }
    return agree;
  };
  // The time on which most clocks agree, of whatever sensor, among those that good ones tell.
  int time = -1, most = 0;
  for (std::size_t s = 0; s < standings_.size(); ++s) {
    const int k = clock(s);
    if (!is_good(k)) continue;
    const int agree = count_with(k);
    if (agree > most) {
      most = agree;
      time = k;
    }
  }
  if (time < 0) return false;
  bool found = false;
  for (std::size_t s = 0; s < standings_.size(); ++s) {
    const int k = clock(s);
    if (!is_good(k) || apart(k, time) <= kAstray) continue;
    if (count_with(k) == most) continue;  // nobody can tell which of them is right
    standings_[s].astray = true;
    found = true;
  }
  if (!found) return false;
  for (std::size_t s = 0; s < standings_.size(); ++s) {
    const int k = column(static_cast<std::uint16_t>(s), kTime);
    if (k >= 0 && standings_[s].astray) first_sd_[static_cast<std::size_t>(k)] = kFirstTimeS;
  }
  // What they said is in all clocks.
  for (std::size_t s = 0; s < standings_.size(); ++s) {
    const int k = column(static_cast<std::uint16_t>(s), kTime);
    if (k < 0) continue;
    for (int i = 0; i < size_; ++i) at(P_, k, i) = at(P_, i, k) = 0.0;
    const double first = first_sd_[static_cast<std::size_t>(k)];
    at(P_, k, k) = first * first;
    x_[static_cast<std::size_t>(k)] = 0.0;
  }
  return true;
}

void BiasFilter::weigh_aircraft(std::span<const Observation> window, double seconds) {
  const double kept = base::exp(-seconds / kOffsetMemoryS);
  for (Offset& offset : offsets_) {
    for (double& v : offset.A) v *= kept;
    for (double& v : offset.b) v *= kept;
  }
  for (const Observation& o : window) {
    if (o.reference_variance_m2 <= 0.0) continue;
    Offset& offset = offsets_[o.aircraft];
    if (offset.address != o.address) {
      offset = {};
      offset.address = o.address;
    }
    const Rows rows = rows_of(o);
    double r[2], R[3];
    (void)left_over(o, rows, x_, r);
    spread(rows, R);
    for (int i = 0; i < 3; ++i) R[i] = o.noise[i] + kObservationsRemembered * R[i];
    // One observation far off is an error of its own.
    const double d2 = quadratic(R, r);
    const Inverse w = inverse(R);
    const double clipped = d2 > kGate ? std::sqrt(kGate / d2) : 1.0;
    const double u[2] = {clipped * (w.a * r[0] + w.b * r[1]), clipped * (w.b * r[0] + w.c * r[1])};
    const auto& t = o.toward;
    for (int i = 0; i < 2; ++i) offset.b[i] += t[0][i] * u[0] + t[1][i] * u[1];
    for (int i = 0; i < 3; ++i) {
      const int a = i == 2 ? 1 : 0, b = i == 0 ? 0 : 1;
      offset.A[i] +=
          t[0][a] * (w.a * t[0][b] + w.b * t[1][b]) + t[1][a] * (w.b * t[0][b] + w.c * t[1][b]);
    }
    const double det = offset.A[0] * offset.A[2] - offset.A[1] * offset.A[1];
    if (!(det > 0.0)) continue;
    const double mean[2] = {(offset.A[2] * offset.b[0] - offset.A[1] * offset.b[1]) / det,
                            (offset.A[0] * offset.b[1] - offset.A[1] * offset.b[0]) / det};
    const double S[3] = {offset.A[2] / det + o.reference_variance_m2,
                         -offset.A[1] / det,
                         offset.A[0] / det + o.reference_variance_m2};
    const double distance = quadratic(S, mean);
    offset.doubted = distance > (offset.doubted ? kTrustedAgain : kDoubted);
  }
}

void BiasFilter::use(std::vector<Observation>& window, Timestamp now) {
  if (size_ == 0) return;
  // An order of their own, so that the order in which plots of one time came does not show.
  std::ranges::sort(window, [](const Observation& a, const Observation& b) {
    return std::tie(a.time, a.address, a.sensor, a.reference, a.of_elevation) <
           std::tie(b.time, b.address, b.sensor, b.reference, b.of_elevation);
  });
  const double seconds =
      started_ ? std::fmin(3600.0, std::fmax(0.0, to_seconds(now - time_))) : 0.0;
  drift(now);
  const bool jumped = find_jump(window, now);
  solve(window);
  if (find_clock_astray()) solve(window);
  if (!jumped) weigh_aircraft(window, seconds);
  for (const Observation& o : window) {
    if (!o.doubted && !o.of_elevation) {
      ++standings_[o.sensor].observations;
      ++standings_[o.reference].observations;
    }
  }
}

template <class Archive>
void visit_fields(Archive& archive, SensorStanding& s) {
  archive(s.observations, s.jumps, s.last_jump, s.astray, s.suspicion);
}

template <class Archive>
void visit_fields(Archive& archive, BiasFilter::Offset& o) {
  archive(o.address, o.doubted, o.A, o.b);
}

void BiasFilter::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(started_, time_, x_, P_, standings_);
  std::uint32_t used = 0;
  for (const Offset& o : offsets_) used += o.address != 0 ? 1 : 0;
  saver(used);
  for (std::size_t i = 0; i < offsets_.size(); ++i) {
    if (offsets_[i].address != 0) saver(static_cast<std::uint32_t>(i), offsets_[i]);
  }
}

bool BiasFilter::load(base::ByteReader& in) {
  base::Loader loader(in);
  const auto n = static_cast<std::size_t>(size_);
  const std::size_t sensors = standings_.size();
  loader(started_, time_, x_, P_, standings_);
  if (!in.ok() || x_.size() != n || P_.size() != n * n || standings_.size() != sensors ||
      !base::is_reckonable(time_))
    return false;
  const auto is_finite = [](double v) { return std::isfinite(v); };
  if (!std::ranges::all_of(x_, is_finite) || !std::ranges::all_of(P_, is_finite)) return false;
  for (int i = 0; i < size_; ++i) {
    if (!(at(P_, i, i) > 0.0)) return false;
    for (int k = 0; k < i; ++k) {
      if (at(P_, i, k) != at(P_, k, i)) return false;
    }
  }
  for (const SensorStanding& s : standings_) {
    if (!base::is_reckonable(s.last_jump) || !std::isfinite(s.suspicion)) return false;
  }
  for (std::size_t s = 0; s < sensors; ++s) {
    const int k = column(static_cast<std::uint16_t>(s), kTime);
    if (k >= 0 && standings_[s].astray) first_sd_[static_cast<std::size_t>(k)] = kFirstTimeS;
  }
  std::uint32_t used = 0;
  loader(used);
  if (used > offsets_.size()) return false;
  for (std::uint32_t k = 0; k < used; ++k) {
    std::uint32_t i = 0;
    loader(i);
    if (!in.ok() || i >= offsets_.size()) return false;
    Offset& o = offsets_[i];
    loader(o);
    for (const double v : {o.A[0], o.A[1], o.A[2], o.b[0], o.b[1]}) {
      if (!std::isfinite(v)) return false;
    }
  }
  return in.ok();
}

}  // namespace liptako::track::registration
