#include "best_decision.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/math.hpp"

namespace liptako::bench {
namespace {

constexpr double kGate = 30.0;
constexpr int kDirections = 180;   // of half a circle
constexpr double kAgree = 0.05;    // squared Mahalanobis distance of states made one
constexpr std::size_t kNone = 15;  // no plot, among at most so many

struct Filter {
  double t = 0.0;
  double x[4] = {};
  double P[4][4] = {};
};

Filter moved(const Filter& from, double t, double q) {
  Filter f = from;
  const double dt = t - f.t;
  f.t = t;
  for (int i = 0; i < 2; ++i) f.x[i] += dt * f.x[i + 2];
  // F P F', F = [I dt; 0 I].
  for (int j = 0; j < 4; ++j) {
    for (int i = 0; i < 2; ++i) f.P[i][j] += dt * f.P[i + 2][j];
  }
  for (auto& row : f.P) {
    for (int j = 0; j < 2; ++j) row[j] += dt * row[j + 2];
  }
  for (int i = 0; i < 2; ++i) {
    f.P[i][i] += q * dt * dt * dt / 3.0;
    f.P[i][i + 2] += q * dt * dt / 2.0;
    f.P[i + 2][i] += q * dt * dt / 2.0;
    f.P[i + 2][i + 2] += q * dt;
  }
  return f;
}

struct Fit {
  double y[2] = {};
  double inverse[3] = {};
  double d2 = 0.0;
  double log_likelihood = 0.0;
};

Fit fit_of(const Filter& f, const PlanePlot& z) {
  Fit fit;
  fit.y[0] = z.east_m - f.x[0];
  fit.y[1] = z.north_m - f.x[1];
  const double a = f.P[0][0] + z.ee_m2, b = f.P[0][1] + z.en_m2, c = f.P[1][1] + z.nn_m2;
  const double det = a * c - b * b;
  fit.inverse[0] = c / det;
  fit.inverse[1] = -b / det;
  fit.inverse[2] = a / det;
  fit.d2 = fit.inverse[0] * fit.y[0] * fit.y[0] + 2.0 * fit.inverse[1] * fit.y[0] * fit.y[1] +
           fit.inverse[2] * fit.y[1] * fit.y[1];
  fit.log_likelihood = -0.5 * (fit.d2 + base::log(det)) - base::log(2.0 * base::kPi);
  return fit;
}

void update(Filter& f, const Fit& fit) {
  double K[4][2];
  for (int i = 0; i < 4; ++i) {
    K[i][0] = f.P[i][0] * fit.inverse[0] + f.P[i][1] * fit.inverse[1];
    K[i][1] = f.P[i][0] * fit.inverse[1] + f.P[i][1] * fit.inverse[2];
  }
  double HP[2][4];
  for (int j = 0; j < 4; ++j) HP[0][j] = f.P[0][j], HP[1][j] = f.P[1][j];
  for (int i = 0; i < 4; ++i) {
    f.x[i] += K[i][0] * fit.y[0] + K[i][1] * fit.y[1];
    for (int j = 0; j < 4; ++j) f.P[i][j] -= K[i][0] * HP[0][j] + K[i][1] * HP[1][j];
  }
}

struct Way {
  double log_weight = 0.0;
  std::array<Filter, 2> of;
  std::uint64_t last = 0;  // who took what in the last eight looks, a byte each
};

struct Child {
  double log_weight = 0.0;
  std::size_t parent = 0;
  std::array<std::size_t, 2> plot{};
};

// One axis is enough to tell: the states came from the same plots of late.
bool agree(const Way& a, const Way& b) {
  for (std::size_t k = 0; k < 2; ++k) {
    for (int i = 0; i < 4; ++i) {
      const double d = a.of[k].x[i] - b.of[k].x[i];
      if (d * d > kAgree * a.of[k].P[i][i]) return false;
    }
  }
  return true;
}

// The mean of both takes the place of the first [BarShalom01, §1.4.16].
void blend(Way& into, const Way& other) {
  const double heavier = std::fmax(into.log_weight, other.log_weight);
  const double u = base::exp(into.log_weight - heavier), v = base::exp(other.log_weight - heavier);
  const double a = u / (u + v), b = v / (u + v);
  for (std::size_t k = 0; k < 2; ++k) {
    Filter& f = into.of[k];
    const Filter& g = other.of[k];
    double d[4];
    for (int i = 0; i < 4; ++i) d[i] = f.x[i] - g.x[i];
    for (int i = 0; i < 4; ++i) {
      f.x[i] = a * f.x[i] + b * g.x[i];
      for (int j = 0; j < 4; ++j) f.P[i][j] = a * f.P[i][j] + b * g.P[i][j] + a * b * d[i] * d[j];
    }
  }
  into.log_weight = heavier + base::log(u + v);
}

double normal_below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double normalise(std::vector<Way>& ways) {
  double most = -std::numeric_limits<double>::infinity(), sum = 0.0;
  for (const Way& w : ways) most = std::fmax(most, w.log_weight);
  for (const Way& w : ways) sum += base::exp(w.log_weight - most);
  const double total = most + base::log(sum);
  for (Way& w : ways) w.log_weight -= total;
  return total;
}

// Children of all ways, the heaviest first; what is left out adds to `dropped`.
std::vector<Way> after_look(const DecisionModel& model,
                            const std::vector<Way>& ways,
                            std::span<const PlanePlot> plots,
                            double& dropped) {
  const double miss = base::log(1.0 - model.detection), hit = base::log(model.detection);
  const std::size_t n = std::min(plots.size(), kNone);
  std::vector<Child> children;
  std::array<std::array<double, kNone + 1>, 2> gain{};
  for (std::size_t p = 0; p < ways.size(); ++p) {
    std::array<std::vector<std::size_t>, 2> gated;
    for (std::size_t k = 0; k < 2; ++k) {
      gated[k].push_back(kNone);
      gain[k][kNone] = miss;
      for (std::size_t m = 0; m < n; ++m) {
        const Filter& f = ways[p].of[k];
        const double reach = plots[m].t_s - f.t + 1.0;
        // Nobody flies a kilometre off in a second.
        if (std::fabs(plots[m].east_m - f.x[0]) + std::fabs(plots[m].north_m - f.x[1]) >
            3000.0 + 1000.0 * reach)
          continue;
        const Fit fit = fit_of(moved(f, plots[m].t_s, model.noise_m2s3), plots[m]);
        if (fit.d2 > kGate) continue;
        gain[k][m] = hit + fit.log_likelihood - base::log(plots[m].kappa_per_m2);
        gated[k].push_back(m);
      }
    }
    for (const std::size_t a : gated[0]) {
      for (const std::size_t b : gated[1]) {
        if (a == b && a != kNone) continue;
        children.push_back({ways[p].log_weight + gain[0][a] + gain[1][b], p, {a, b}});
      }
    }
  }
  std::ranges::stable_sort(children, std::ranges::greater(), &Child::log_weight);
  const double heaviest = children.front().log_weight;
  double kept_weight = 0.0, lost_weight = 0.0;
  std::vector<Way> next;
  for (const Child& c : children) {
    const double share = base::exp(c.log_weight - heaviest);
    if (next.size() >= static_cast<std::size_t>(model.max_ways) || share < model.least_share) {
      lost_weight += share;
      continue;
    }
    kept_weight += share;
    Way way = ways[c.parent];
    way.log_weight = c.log_weight;
    way.last = way.last << 8 | c.plot[0] << 4 | c.plot[1];
    for (std::size_t k = 0; k < 2; ++k) {
      if (c.plot[k] == kNone) continue;
      const PlanePlot& z = plots[c.plot[k]];
      way.of[k] = moved(way.of[k], z.t_s, model.noise_m2s3);
      update(way.of[k], fit_of(way.of[k], z));
    }
    next.push_back(way);
  }
  dropped += lost_weight / (kept_weight + lost_weight);
  // Heaviest first within what shared out the last plots alike.
  std::ranges::stable_sort(next, {}, &Way::last);
  std::vector<Way> out;
  std::size_t first = 0;
  for (const Way& way : next) {
    if (out.empty() || out.back().last != way.last) first = out.size();
    bool is_new = true;
    for (std::size_t k = first; k < out.size() && is_new; ++k) {
      if (!agree(out[k], way)) continue;
      blend(out[k], way);
      is_new = false;
    }
    if (is_new) out.push_back(way);
  }
  normalise(out);
  return out;
}

// With s = (x_a - x_b) . d of mean m and variance v, and z = m / sqrt(v): given s > 0 its mean is
// m + sqrt(v) r and its variance v (1 - r (r + z)), r = density(z) / distribution(z). What that
// says of each aircraft is its covariance with s; that the two now depend on each other is left
// out.
void tell(const DecisionModel& model, std::vector<Way>& ways, const ToldNames& told) {
  const double d[2] = {told.east, told.north};
  for (Way& way : ways) {
    double m = 0.0, v = 0.0;
    double with_s[2][4] = {};
    for (std::size_t k = 0; k < 2; ++k) {
      Filter& f = way.of[k];
      f = moved(f, told.t_s, model.noise_m2s3);
      const double sign = k == 0 ? 1.0 : -1.0;
      m += sign * (d[0] * f.x[0] + d[1] * f.x[1]);
      for (int i = 0; i < 4; ++i) with_s[k][i] = sign * (d[0] * f.P[i][0] + d[1] * f.P[i][1]);
      v += sign * (d[0] * with_s[k][0] + d[1] * with_s[k][1]);
    }
    const double z = m / std::sqrt(v);
    const double below = std::fmax(normal_below(z), 1e-300);
    way.log_weight += base::log(below);
    if (z < -8.0) continue;  // nothing is left of it
    const double r = base::exp(-0.5 * z * z) / std::sqrt(2.0 * base::kPi) / below;
    const double shift = r / std::sqrt(v), less = r * (r + z) / v;
    for (std::size_t k = 0; k < 2; ++k) {
      Filter& f = way.of[k];
      for (int i = 0; i < 4; ++i) {
        f.x[i] += with_s[k][i] * shift;
        for (int j = 0; j < 4; ++j) f.P[i][j] -= with_s[k][i] * with_s[k][j] * less;
      }
    }
  }
  normalise(ways);
}

}  // namespace

Decision best_decision(const DecisionModel& model,
                       const std::array<PlaneState, 2>& begin,
                       std::span<const std::vector<PlanePlot>> looks,
                       const ToldNames& told,
                       double end_s) {
  Decision out;
  std::vector<Way> ways(1);
  for (std::size_t k = 0; k < 2; ++k) {
    Filter& f = ways[0].of[k];
    f.t = begin[k].t_s;
    for (std::size_t i = 0; i < 4; ++i) {
      f.x[i] = begin[k].x[i];
      const double sd = i < 2 ? begin[k].position_sd_m : begin[k].velocity_sd_mps;
      f.P[i][i] = sd * sd;
    }
  }
  if (told.after_look < looks.size()) {
    // Who began where is told by naming alone.
    Way exchanged = ways[0];
    std::swap(exchanged.of[0], exchanged.of[1]);
    ways.push_back(exchanged);
  }
  for (std::size_t look = 0; look < looks.size(); ++look) {
    ways = after_look(model, ways, looks[look], out.dropped);
    if (look == told.after_look) tell(model, ways, told);
  }
  std::array<double, kDirections> right{};
  for (const Way& way : ways) {
    const Filter a = moved(way.of[0], end_s, model.noise_m2s3);
    const Filter b = moved(way.of[1], end_s, model.noise_m2s3);
    const double weight = base::exp(way.log_weight);
    for (int k = 0; k < kDirections; ++k) {
      const auto [s, c] = base::sincos(base::kPi * k / kDirections);
      const double mean = s * (a.x[0] - b.x[0]) + c * (a.x[1] - b.x[1]);
      const double variance = s * s * (a.P[0][0] + b.P[0][0]) +
                              2.0 * s * c * (a.P[0][1] + b.P[0][1]) +
                              c * c * (a.P[1][1] + b.P[1][1]);
      right[static_cast<std::size_t>(k)] += weight * normal_below(mean / std::sqrt(variance));
    }
  }
  out.wrong = 1.0;
  for (int k = 0; k < kDirections; ++k) {
    const double p = right[static_cast<std::size_t>(k)];
    const double wrong = std::fmin(p, 1.0 - p);
    if (wrong >= out.wrong) continue;
    out.wrong = std::fmax(wrong, 0.0);
    const auto [s, c] = base::sincos(base::kPi * k / kDirections);
    const double sign = p >= 0.5 ? 1.0 : -1.0;
    out.east = sign * s;
    out.north = sign * c;
  }
  return out;
}

}  // namespace liptako::bench
