#include "best_decision.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "base/math.hpp"
#include "track/cluster/manoeuvring.hpp"

namespace liptako::bench {
namespace {

using track::Gaussian;
using track::Imm;
using track::kEast;
using track::kModes;
using track::kNorth;
using track::kStateSize;
using track::packed;

// Squared distances: of the moments of all modes, and as unlikely over the modes. The first is wide
// for what turns unseen.
constexpr double kFar = 400.0;
constexpr double kGate = 40.0;
constexpr int kDirections = 180;   // of half a circle
constexpr std::size_t kNone = 15;  // no plot, among at most so many
constexpr double kNeverS = 1e12;

// One aircraft by one history of plots.
struct History {
  double t = 0.0;
  Imm imm;
  Gaussian all;            // of all modes
  std::uint64_t last = 0;  // which plot in each of the last sixteen looks, half a byte each
};

// Longer than a few seconds only where plots were missed: in steps, since a mode that is left is
// left at some time between.
constexpr double kStepS = 4.5;
void move(History& h, const track::ImmModel& model, double t) {
  while (t > h.t) {
    const double dt = std::fmin(t - h.t, kStepS);
    h.all = track::predict(h.imm, model, dt);
    h.t = t - h.t > kStepS ? h.t + dt : t;
  }
}

// Log-likelihood of the plot, over all modes; nothing, and h unchanged, if it lies too far off.
std::optional<double> take(History& h, const track::ImmModel& model, const PlanePlot& z) {
  track::LinearMeasurement m;
  m.columns = track::Columns::position;
  m.H[0][kEast] = m.H[1][kNorth] = 1.0;
  m.y[0] = z.east_m - h.all.mean.x[kEast];
  m.y[1] = z.north_m - h.all.mean.x[kNorth];
  m.R[0] = z.ee_m2;
  m.R[1] = z.en_m2;
  m.R[2] = z.nn_m2;
  const track::Discrepancy fit = track::evaluate(h.all, m);
  if (fit.d2 > kFar) return std::nullopt;
  Gaussian after;
  const auto result = track::update(h.imm, model, m, {h.all, fit}, &after);
  if (!result) return std::nullopt;
  const double likelihood = track::log_likelihood(*result);
  if (fit.d2 - 2.0 * (likelihood - track::log_likelihood(fit)) > kGate) return std::nullopt;
  h.all = after;
  return likelihood;
}

struct Way {
  double log_weight = 0.0;
  std::array<std::uint32_t, 2> of{};  // histories
};

struct Belief {
  std::vector<History> histories;
  std::vector<Way> ways;
};

// States came from the same plots of late: of the modes, the likelihood of each is enough to tell.
bool agree(const History& a, const History& b, double distance) {
  for (int i = 0; i < kStateSize; ++i) {
    const double d = a.all.mean.x[i] - b.all.mean.x[i];
    if (d * d > distance * a.all.P[packed(i, i)]) return false;
  }
  double apart = 0.0;
  for (int m = 0; m < kModes; ++m) apart += std::fabs(a.imm.mu[m] - b.imm.mu[m]);
  return apart < distance;
}

double normal_below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

void normalise(std::vector<Way>& ways) {
  double most = -std::numeric_limits<double>::infinity(), sum = 0.0;
  for (const Way& w : ways) most = std::fmax(most, w.log_weight);
  for (const Way& w : ways) sum += base::exp(w.log_weight - most);
  const double total = most + base::log(sum);
  for (Way& w : ways) w.log_weight -= total;
}

// Weights sum to one. Heaviest first, histories that agree become the first of them
// [BarShalom01, §1.4.16], and ways of the same histories one way.
void unite(Belief& belief, double distance) {
  const std::size_t n = belief.histories.size();
  std::vector<double> weight(n, 0.0);
  for (const Way& way : belief.ways) {
    for (const std::uint32_t h : way.of) weight[h] += base::exp(way.log_weight);
  }
  std::vector<std::uint32_t> order(n), becomes(n);
  for (std::uint32_t h = 0; h < n; ++h) order[h] = becomes[h] = h;
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
    const std::uint64_t x = belief.histories[a].last & 0xffffffff,
                        y = belief.histories[b].last & 0xffffffff;
    return x != y ? x < y : weight[a] > weight[b];
  });
  std::size_t first = 0;
  for (std::size_t k = 0; k < n; ++k) {
    History& other = belief.histories[order[k]];
    if (((belief.histories[order[first]].last ^ other.last) & 0xffffffff) != 0) first = k;
    if (!(weight[order[k]] > 0.0)) continue;
    for (std::size_t j = first; j < k; ++j) {
      const std::uint32_t into = order[j];
      History& mine = belief.histories[into];
      if (becomes[into] != into || mine.t != other.t || !agree(mine, other, distance)) continue;
      const double sum = weight[into] + weight[order[k]];
      track::Manoeuvring::blend(mine.imm, other.imm, weight[order[k]] / sum);
      mine.all = track::combine(mine.imm);
      weight[into] = sum;
      becomes[order[k]] = into;
      break;
    }
  }
  // Only those that are still in use stay.
  std::vector<std::uint32_t> place(n, std::numeric_limits<std::uint32_t>::max());
  std::vector<History> kept;
  for (Way& way : belief.ways) {
    for (std::uint32_t& h : way.of) {
      h = becomes[h];
      if (place[h] == std::numeric_limits<std::uint32_t>::max()) {
        place[h] = static_cast<std::uint32_t>(kept.size());
        kept.push_back(belief.histories[h]);
      }
      h = place[h];
    }
  }
  belief.histories = std::move(kept);
  std::ranges::stable_sort(belief.ways, {}, &Way::of);
  std::vector<Way> ways;
  for (const Way& way : belief.ways) {
    if (ways.empty() || ways.back().of != way.of) {
      ways.push_back(way);
      continue;
    }
    double& w = ways.back().log_weight;
    const double heavier = std::fmax(w, way.log_weight);
    w = heavier + base::log(base::exp(w - heavier) + base::exp(way.log_weight - heavier));
  }
  belief.ways = std::move(ways);
  std::ranges::stable_sort(belief.ways, std::ranges::greater(), &Way::log_weight);
}

struct Child {
  double log_weight = 0.0;
  std::array<std::uint32_t, 2> of{};
};

// The heaviest children of all ways; what is left out adds to `dropped`.
void look(const DecisionModel& model,
          const track::ImmModel& motion,
          std::span<const PlanePlot> plots,
          Belief& belief,
          double& dropped) {
  const double miss = base::log(1.0 - model.detection), hit = base::log(model.detection);
  const std::size_t n = std::min(plots.size(), kNone);
  struct Gain {
    std::size_t plot = kNone;
    double gain = 0.0;
    std::uint32_t history = 0;  // that comes of it
  };
  std::vector<History> after;
  std::vector<std::vector<Gain>> gains(belief.histories.size());
  for (std::size_t h = 0; h < belief.histories.size(); ++h) {
    const History& before = belief.histories[h];
    gains[h].push_back({kNone, miss, static_cast<std::uint32_t>(after.size())});
    after.push_back(before);
    after.back().last = before.last << 4 | kNone;
    for (std::size_t m = 0; m < n; ++m) {
      const double reach = plots[m].t_s - before.t + 1.0;
      // Nobody flies a kilometre off in a second.
      if (std::fabs(plots[m].east_m - before.all.mean.x[kEast]) +
              std::fabs(plots[m].north_m - before.all.mean.x[kNorth]) >
          3000.0 + 1000.0 * reach)
        continue;
      History then = before;
      move(then, motion, plots[m].t_s);
      const auto likelihood = take(then, motion, plots[m]);
      if (!likelihood) continue;
      then.last = before.last << 4 | m;
      gains[h].push_back({m,
                          hit + *likelihood - base::log(plots[m].kappa_per_m2),
                          static_cast<std::uint32_t>(after.size())});
      after.push_back(then);
    }
  }
  std::vector<Child> children;
  for (const Way& way : belief.ways) {
    for (const Gain& a : gains[way.of[0]]) {
      for (const Gain& b : gains[way.of[1]]) {
        if (a.plot == b.plot && a.plot != kNone) continue;
        children.push_back({way.log_weight + a.gain + b.gain, {a.history, b.history}});
      }
    }
  }
  std::ranges::stable_sort(children, std::ranges::greater(), &Child::log_weight);
  const double heaviest = children.front().log_weight;
  double kept_weight = 0.0, lost_weight = 0.0;
  belief.ways.clear();
  for (const Child& c : children) {
    const double share = base::exp(c.log_weight - heaviest);
    if (belief.ways.size() >= static_cast<std::size_t>(model.max_ways) ||
        share < model.least_share) {
      lost_weight += share;
      continue;
    }
    kept_weight += share;
    belief.ways.push_back({c.log_weight, c.of});
  }
  dropped += lost_weight / (kept_weight + lost_weight);
  belief.histories = std::move(after);
  normalise(belief.ways);
  unite(belief, model.agree);
}

double along(const Gaussian& g, const double (&d)[2]) {
  return d[0] * g.mean.x[kEast] + d[1] * g.mean.x[kNorth];
}

double variance_along(const Gaussian& g, const double (&d)[2]) {
  return d[0] * d[0] * g.P[packed(0, 0)] + 2.0 * d[0] * d[1] * g.P[packed(0, 1)] +
         d[1] * d[1] * g.P[packed(1, 1)];
}

// One aircraft given that s = (own - other) . d > 0; d is turned round for the one named second.
// With s of mean m and variance v, and z = m / sqrt(v): given s > 0 its mean is m + sqrt(v) r and
// its variance v (1 - r (r + z)), r = density(z) / distribution(z). What that says of the aircraft
// is its covariance with s; that the two now depend on each other is left out.
void cut(History& own, const Gaussian& other, const double (&d)[2]) {
  double sum = 0.0;
  Imm& imm = own.imm;
  for (int mode = 0; mode < kModes; ++mode) {
    Gaussian g;
    for (int i = 0; i < kStateSize; ++i) g.mean.x[i] = imm.x[i][mode];
    for (int i = 0; i < track::kPackedSize; ++i) g.P[i] = imm.P[i][mode];
    const double v = variance_along(g, d) + variance_along(other, d);
    const double z = (along(g, d) - along(other, d)) / std::sqrt(v);
    const double below = std::fmax(normal_below(z), 1e-300);
    imm.mu[mode] *= below;
    sum += imm.mu[mode];
    if (z < -8.0) continue;  // nothing is left of it
    const double r = base::exp(-0.5 * z * z) / std::sqrt(2.0 * base::kPi) / below;
    const double shift = r / std::sqrt(v), less = r * (r + z) / v;
    double with_s[kStateSize];
    for (int i = 0; i < kStateSize; ++i)
      with_s[i] = d[0] * g.P[packed(i, kEast)] + d[1] * g.P[packed(i, kNorth)];
    for (int i = 0; i < kStateSize; ++i) {
      imm.x[i][mode] += with_s[i] * shift;
      for (int j = i; j < kStateSize; ++j)
        imm.P[packed(i, j)][mode] -= with_s[i] * with_s[j] * less;
    }
  }
  for (int mode = 0; mode < kModes; ++mode) imm.mu[mode] /= sum;
  own.all = track::combine(imm);
}

// Histories are copied where they are cut: a way that naming leaves no doubt of keeps its own.
void tell(const track::ImmModel& motion, Belief& belief, const ToldNames& told) {
  const double length = std::sqrt(told.east * told.east + told.north * told.north);
  const double d[2] = {told.east / length, told.north / length};
  const double back[2] = {-d[0], -d[1]};
  for (History& h : belief.histories) move(h, motion, told.t_s);
  for (Way& way : belief.ways) {
    const History a = belief.histories[way.of[0]], b = belief.histories[way.of[1]];
    const double z = (along(a.all, d) - along(b.all, d)) /
                     std::sqrt(variance_along(a.all, d) + variance_along(b.all, d));
    way.log_weight += base::log(std::fmax(normal_below(z), 1e-300));
    if (std::fabs(z) > 8.0) continue;
    for (std::size_t k = 0; k < 2; ++k) {
      way.of[k] = static_cast<std::uint32_t>(belief.histories.size());
      belief.histories.push_back(k == 0 ? a : b);
      cut(belief.histories.back(), k == 0 ? b.all : a.all, k == 0 ? d : back);
    }
  }
  normalise(belief.ways);
}

}  // namespace

track::ImmOptions straight_flight(double noise_m2s3) {
  track::ImmOptions out;
  out.noise_density[0] = noise_m2s3;
  out.sojourn_s[0] = kNeverS;
  return out;
}

Decision best_decision(const DecisionModel& model,
                       const std::array<PlaneState, 2>& begin,
                       std::span<const std::vector<PlanePlot>> looks,
                       const ToldNames& told,
                       const ShownPair& shown,
                       double end_s) {
  Decision out;
  const track::ImmModel motion(model.motion);
  Belief belief;
  for (const PlaneState& at : begin) {
    History& h = belief.histories.emplace_back();
    h.t = at.t_s;
    for (int i = 0; i < kStateSize; ++i) {
      const double sd = i < 2 ? at.position_sd_m : at.velocity_sd_mps;
      h.all.mean.x[i] = at.x[static_cast<std::size_t>(i)];
      h.all.P[packed(i, i)] = sd * sd;
    }
    track::start(h.imm, model.motion, h.all);
  }
  belief.ways.push_back({0.0, {0, 1}});
  // Who began where is told by naming alone.
  if (told.after_look < looks.size()) belief.ways.push_back({0.0, {1, 0}});
  for (std::size_t k = 0; k < looks.size(); ++k) {
    look(model, motion, looks[k], belief, out.dropped);
    if (k == told.after_look) tell(motion, belief, told);
  }
  for (History& h : belief.histories) move(h, motion, end_s);
  std::array<double, kDirections> right{};
  double shown_right = 0.0;
  for (const Way& way : belief.ways) {
    const Gaussian& a = belief.histories[way.of[0]].all;
    const Gaussian& b = belief.histories[way.of[1]].all;
    const double weight = base::exp(way.log_weight);
    const auto side = [&](const double(&d)[2]) {
      const double variance = variance_along(a, d) + variance_along(b, d);
      return weight * normal_below((along(a, d) - along(b, d)) / std::sqrt(variance));
    };
    for (int k = 0; k < kDirections; ++k) {
      const auto [s, c] = base::sincos(base::kPi * k / kDirections);
      right[static_cast<std::size_t>(k)] += side({s, c});
    }
    shown_right += side({shown.east, shown.north});
  }
  out.shown_wrong = std::fmax(1.0 - shown_right, 0.0);
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
