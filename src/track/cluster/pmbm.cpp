#include "track/cluster/pmbm.hpp"

#include <algorithm>
#include <numeric>

#include "base/archive.hpp"
#include "base/check.hpp"
#include "base/math.hpp"

namespace liptako::track {
namespace {

constexpr std::uint32_t kNone = 0xffffffff;
constexpr std::size_t kSmallPool = 2;  // components, of Room::one
constexpr std::size_t kUsualClusters = 8;
constexpr double kSurest =
    1.0 - 1e-9;  // of existence and detection, so that logarithms stay finite
// Components differ too much to be one if a variance is this many times the other's, or existence
// by this much.
constexpr double kBlendVarianceRatio = 2.0;
constexpr double kBlendExistence = 0.1;
constexpr double kBeliefTolerance = 1e-6;
constexpr double kLeastShareOfPair = 1e-6;
constexpr double kLeastDensity = 1e-300;
constexpr std::uint32_t kMostLabels = 1U << 31;  // a snapshot may hold
constexpr double kThoughtThere = 0.5;            // existence from which a component's fit counts
constexpr double kFarthestPlace = 1000.0;        // squared distances beyond it count as this
constexpr double kStays = 1e-6;          // seconds in favour of the label that somebody has: ties
constexpr double kRivalDistance = 16.0;  // squared, in variances: four standard deviations

// Lower Cholesky factor of a packed 4 x 4 covariance; false if it is not positive definite.
bool factorise(const double* P, double root[kStateSize][kStateSize]) {
  for (int c = 0; c < kStateSize; ++c) {
    double d = P[packed(c, c)];
    for (int k = 0; k < c; ++k) d -= root[c][k] * root[c][k];
    if (!(d > 0.0)) return false;
    root[c][c] = std::sqrt(d);
    for (int r = c + 1; r < kStateSize; ++r) {
      double s = P[packed(r, c)];
      for (int k = 0; k < c; ++k) s -= root[r][k] * root[c][k];
      root[r][c] = s / root[c][c];
    }
  }
  return true;
}

double squared_distance(const double root[kStateSize][kStateSize],
                        const HorizontalState& a,
                        const HorizontalState& b) {
  double y[kStateSize];
  double d2 = 0.0;
  for (int r = 0; r < kStateSize; ++r) {
    double s = b.x[r] - a.x[r];
    for (int k = 0; k < r; ++k) s -= root[r][k] * y[k];
    y[r] = s / root[r][r];
    d2 += y[r] * y[r];
  }
  return d2;
}

bool alike_in_spread(const Gaussian& a, const Gaussian& b) {
  for (int r = 0; r < kStateSize; ++r) {
    const double p = a.P[packed(r, r)];
    const double q = b.P[packed(r, r)];
    if (p > kBlendVarianceRatio * q || q > kBlendVarianceRatio * p) return false;
  }
  return true;
}

}  // namespace

template <class Motion>
PmbmFilter<Motion>::PmbmFilter(const PmbmOptions& options, const Motion& motion)
    : options_(options),
      motion_(motion),
      undetected_per_m2_(options.undetected_per_m2),
      own_(std::make_unique<WorkArea>()),
      work_(own_.get()) {
  CHECK(options.max_hypotheses > 0 && options.mean_lifetime_s > 0.0);
}

template <class Motion>
PmbmFilter<Motion>::PmbmFilter(const PmbmOptions& options, const Motion& motion, WorkArea& work)
    : options_(options),
      motion_(motion),
      undetected_per_m2_(options.undetected_per_m2),
      work_(&work) {
  CHECK(options.max_hypotheses > 0 && options.mean_lifetime_s > 0.0);
  clusters_.reserve(kUsualClusters);
  work.next.reserve(kUsualClusters);
}

template <class Motion>
typename PmbmFilter<Motion>::Cluster PmbmFilter<Motion>::take_cluster(Room room) {
  std::vector<Cluster>& spare = work_->spare[static_cast<std::size_t>(room)];
  Cluster cluster;
  if (spare.empty()) {
    cluster.room = room;
    cluster.pool.reserve(room == Room::one ? kSmallPool : 8 * kSmallPool);
    cluster.hypotheses.reserve(room == Room::one ? 8 : 64);
    cluster.members.reserve(room == Room::one ? 16 : 256);
    cluster.names.labels.reserve(16);
    cluster.names.seconds.reserve(room == Room::one ? 64 : 256);
    return cluster;
  }
  cluster = std::move(spare.back());
  spare.pop_back();
  cluster.clear();
  return cluster;
}

template <class Motion>
void PmbmFilter<Motion>::give_back(Cluster& cluster) {
  if (cluster.pool.capacity() == 0) return;  // its memory is elsewhere
  work_->spare[static_cast<std::size_t>(cluster.room)].push_back(std::move(cluster));
}

template <class Motion>
void PmbmFilter<Motion>::predict(double dt) {
  CHECK(dt >= 0.0);
  const double survival = base::exp(-dt / options_.mean_lifetime_s);
  for (Cluster& cluster : clusters_) {
    for (Component& component : cluster.pool) {
      component.existence *= survival;
      motion_.predict(component.x, dt);
    }
  }
  for (std::vector<Undetected>* list : {&broad_, &faint_}) {
    for (Undetected& u : *list) {
      u.expected *= survival;
      motion_.predict(u.x, dt);
    }
  }
  since_look_s_ += dt;
  undetected_per_m2_ = undetected_per_m2_ * survival + options_.births_per_m2_s * dt;
}

template <class Motion>
void PmbmFilter<Motion>::add_undetected(const Gaussian& density, double expected) {
  for (Undetected& u : broad_) {
    const Gaussian there = motion_.combined(u.x);
    double root[kStateSize][kStateSize];
    if (!alike_in_spread(there, density) || !factorise(there.P, root)) continue;
    if (squared_distance(root, there.mean, density.mean) > options_.blend_distance) continue;
    const double share = expected / (u.expected + expected);
    motion_.blend(u.x, motion_.start(density), share);
    u.expected += expected;
    return;
  }
  broad_.push_back({expected, motion_.start(density)});
}

template <class Motion>
void PmbmFilter<Motion>::sort_plots() {
  work_->places.clear();
  work_->by_east.clear();
  work_->widest_plot = 0.0;
  for (std::size_t j = 0; j < look_->size(); ++j) {
    work_->places.push_back(look_->place(j));
    work_->by_east.push_back(static_cast<std::uint32_t>(j));
    work_->widest_plot =
        std::fmax(work_->widest_plot, std::fmax(work_->places[j].cov_ee, work_->places[j].cov_nn));
  }
  work_->widest_plot = std::sqrt(work_->widest_plot);
  std::ranges::sort(work_->by_east, [&](std::uint32_t a, std::uint32_t b) {
    if (work_->places[a].east != work_->places[b].east)
      return work_->places[a].east < work_->places[b].east;
    return work_->places[a].north != work_->places[b].north
               ? work_->places[a].north < work_->places[b].north
               : a < b;
  });
}

template <class Motion>
template <class Use>
void PmbmFilter<Motion>::gate(const Density& x, const Gaussian& predicted, Use use) const {
  // A box that holds the gate's ellipse for the widest plot, then more for what curvature and modes
  // do to it.
  const double reach = std::sqrt(options_.gate) * Motion::kReach;
  const double east = predicted.mean.x[kEast];
  const double north = predicted.mean.x[kNorth];
  const double half_east = reach * (std::sqrt(predicted.P[packed(0, 0)]) + work_->widest_plot);
  const double half_north = reach * (std::sqrt(predicted.P[packed(1, 1)]) + work_->widest_plot);
  auto it = std::ranges::lower_bound(
      work_->by_east, east - half_east, {}, [&](std::uint32_t j) { return work_->places[j].east; });
  for (; it != work_->by_east.end() && work_->places[*it].east <= east + half_east; ++it) {
    const std::uint32_t j = *it;
    if (std::fabs(work_->places[j].north - north) > half_north) continue;
    const LinearMeasurement m = motion_.linearise(*look_, x, predicted, j);
    Fit how = fit(predicted, m);
    if (how.d2 > Motion::kReach * Motion::kReach * options_.gate) continue;
    // The gate is of likelihood: a plot aside that one of the modes leads to is in it.
    const double likelihood = motion_.log_likelihood(x, predicted, m, how);
    if (how.d2 > options_.gate) {
      how.d2 -= 2.0 * (likelihood - how.log_likelihood);
      if (how.d2 > options_.gate) continue;
    }
    how.log_likelihood = likelihood + motion_.evidence(*look_, x, j);
    if (look_->has_rest()) {
      Gaussian after = predicted;
      if (!kalman_update(after, m)) continue;
      const Fit rest = fit(after, look_->linearise_rest(after, j));
      if (rest.d2 > options_.gate) continue;
      how.d2 += rest.d2;
      how.log_likelihood += rest.log_likelihood;
    }
    use(j, how, m);
  }
}

template <class Motion>
bool PmbmFilter<Motion>::absorb(Density& x, std::uint32_t plot, const LinearMeasurement& m) const {
  if (!motion_.update(x, m, *look_, plot)) return false;
  return !look_->has_rest() ||
         motion_.update(x, look_->linearise_rest(motion_.combined(x), plot), *look_, plot);
}

template <class Motion>
void PmbmFilter<Motion>::add_newcomer(std::uint32_t plot,
                                      const Undetected& u,
                                      double unseen,
                                      const LinearMeasurement& m) {
  Density x = u.x;
  if (!absorb(x, plot, m)) return;
  Newcomer& newcomer = work_->newcomers[plot];
  if (newcomer.unseen == 0.0) {
    newcomer.x = x;
  } else {
    motion_.blend(newcomer.x, x, unseen / (newcomer.unseen + unseen));
  }
  newcomer.unseen += unseen;
}

template <class Motion>
void PmbmFilter<Motion>::find_newcomers() {
  work_->newcomers.assign(look_->size(), Newcomer{});
  for (std::size_t j = 0; j < work_->newcomers.size(); ++j) {
    Gaussian first;
    first.mean.x[kEast] = work_->places[j].east;
    first.mean.x[kNorth] = work_->places[j].north;
    first.P[packed(0, 0)] = work_->places[j].cov_ee;
    first.P[packed(0, 1)] = work_->places[j].cov_en;
    first.P[packed(1, 1)] = work_->places[j].cov_nn;
    const double variance = options_.birth_velocity_sd * options_.birth_velocity_sd;
    first.P[packed(2, 2)] = variance;
    first.P[packed(3, 3)] = variance;
    const double unseen = look_->undetected_density(j, undetected_per_m2_, first);
    if (!(unseen > 0.0)) continue;
    work_->newcomers[j].x = motion_.begin(first, *look_, j);
    work_->newcomers[j].unseen = unseen;
    if (look_->has_rest()) {
      const LinearMeasurement rest = look_->linearise_rest(first, j);
      work_->newcomers[j].unseen *= base::exp(fit(first, rest).log_likelihood);
      (void)motion_.update(work_->newcomers[j].x, rest, *look_, j);
    }
  }
  for (const std::vector<Undetected>* list : {&broad_, &faint_}) {
    for (const Undetected& u : *list) {
      const Gaussian predicted = motion_.combined(u.x);
      gate(u.x, predicted, [&](std::uint32_t j, const Fit& how, const LinearMeasurement& m) {
        // Where the plot lies, not where the component has its mean: it may span the field.
        Gaussian there;
        there.mean.x[kEast] = work_->places[j].east;
        there.mean.x[kNorth] = work_->places[j].north;
        add_newcomer(
            j,
            u,
            u.expected * look_->detection_probability(there) * base::exp(how.log_likelihood),
            m);
      });
    }
  }
  for (std::size_t j = 0; j < work_->newcomers.size(); ++j) {
    Newcomer& newcomer = work_->newcomers[j];
    // Never nothing: what nobody expected here comes from somewhere, and its logarithm is taken.
    newcomer.rho = std::fmax(look_->false_density(j) + newcomer.unseen, kLeastDensity);
    newcomer.existence = newcomer.unseen / newcomer.rho;
  }
}

template <class Motion>
void PmbmFilter<Motion>::thin_undetected() {
  for (std::vector<Undetected>* list : {&broad_, &faint_}) {
    for (Undetected& u : *list) {
      u.expected *= 1.0 - look_->detection_probability(motion_.combined(u.x));
    }
    std::erase_if(*list,
                  [&](const Undetected& u) { return u.expected < options_.least_intensity; });
  }
  if (undetected_per_m2_ > 0.0) {
    // One look covers the whole field alike where the constant is used.
    undetected_per_m2_ *= 1.0 - look_->detection_probability(Gaussian{});
  }
}

template <class Motion>
void PmbmFilter<Motion>::recycle(const Density& x, double expected) {
  if (expected < options_.least_intensity) return;
  if (faint_.size() >= static_cast<std::size_t>(options_.max_faint)) return;
  faint_.push_back({expected, x});
}

template <class Motion>
void PmbmFilter<Motion>::find_edges() {
  work_->edges.clear();
  work_->edges_from.clear();
  work_->detection.clear();
  work_->detection_from.clear();
  work_->first_cluster.assign(look_->size(), -1);
  work_->root.resize(clusters_.size());
  std::iota(work_->root.begin(), work_->root.end(), 0U);
  const auto find = [&](std::uint32_t c) {
    while (work_->root[c] != c) c = work_->root[c] = work_->root[work_->root[c]];
    return c;
  };
  for (std::uint32_t c = 0; c < clusters_.size(); ++c) {
    work_->edges_from.push_back(work_->edges.size());
    work_->detection_from.push_back(work_->detection.size());
    for (std::uint32_t i = 0; i < clusters_[c].pool.size(); ++i) {
      const Gaussian predicted = motion_.combined(clusters_[c].pool[i].x);
      work_->detection.push_back(look_->detection_probability(predicted));
      const Density& x = clusters_[c].pool[i].x;
      gate(x, predicted, [&](std::uint32_t j, const Fit& how, const LinearMeasurement& m) {
        work_->edges.push_back({i, j, how, m});
        if (work_->first_cluster[j] < 0) {
          work_->first_cluster[j] = static_cast<std::int32_t>(c);
          return;
        }
        const std::uint32_t a = find(static_cast<std::uint32_t>(work_->first_cluster[j]));
        const std::uint32_t b = find(c);
        // The lower is the root.
        work_->root[std::max(a, b)] = std::min(a, b);
      });
    }
  }
  work_->edges_from.push_back(work_->edges.size());
  work_->detection_from.push_back(work_->detection.size());
  // Who joins whom, each chain from its root upwards.
  work_->next_in_group.assign(clusters_.size(), kNone);
  work_->last_in_group.resize(clusters_.size());
  for (std::uint32_t c = 0; c < clusters_.size(); ++c) {
    work_->root[c] = find(c);
    if (work_->root[c] != c) work_->next_in_group[work_->last_in_group[work_->root[c]]] = c;
    work_->last_in_group[work_->root[c]] = c;
  }
}

template <class Motion>
void PmbmFilter<Motion>::join(Cluster& into, Cluster& other) {
  const auto offset = static_cast<std::uint32_t>(into.pool.size());
  Cluster product = take_cluster(Room::steps);
  product.pool.assign(into.pool.begin(), into.pool.end());
  product.pool.insert(product.pool.end(), other.pool.begin(), other.pool.end());
  std::uint32_t rows = 0;
  if (options_.keeps_names) {
    std::ranges::merge(
        into.names.labels, other.names.labels, std::back_inserter(product.names.labels));
    rows = into.names.rows();
    for (std::uint32_t k = 0; k < rows; ++k)
      product.names.add_to(product.names.add_row(), into.names, k, 1.0);
    for (std::uint32_t k = 0; k < other.names.rows(); ++k)
      product.names.add_to(product.names.add_row(), other.names, k, 1.0);
  }
  // Both lists descend by weight, so the i-th and the j-th together have at least i j - 1 pairs
  // before them.
  const double least =
      into.hypotheses[0].weight * other.hypotheses[0].weight * options_.least_share;
  const auto most = static_cast<std::size_t>(options_.max_hypotheses);
  for (std::size_t i = 0; i < into.hypotheses.size(); ++i) {
    const Hypothesis& a = into.hypotheses[i];
    for (std::size_t j = 0; j < other.hypotheses.size() && (i + 1) * (j + 1) <= most; ++j) {
      const Hypothesis& b = other.hypotheses[j];
      const double weight = a.weight * b.weight;
      if (weight < least) break;
      product.hypotheses.push_back(
          {weight, static_cast<std::uint32_t>(product.members.size()), a.count + b.count});
      for (const Member& m : into.of(a)) product.members.push_back(m);
      for (const Member& m : other.of(b)) {
        product.members.push_back(
            {m.component + offset, m.label, m.row == kNoRow ? kNoRow : m.row + rows});
      }
    }
  }
  std::swap(into, product);
  give_back(product);
  prune(into);
}

template <class Motion>
void PmbmFilter<Motion>::update(const Look& look) {
  look_ = &look;
  ++counts_.looks;
  look_fit_ = {};
  settle_names();
  sort_plots();
  find_newcomers();
  thin_undetected();
  find_edges();
  work_->unclaimed.assign(look.size(), 1.0);
  work_->label_of_plot.assign(look.size(), 0);
  work_->column_of_plot.assign(look.size(), -1);

  work_->next.clear();
  for (std::uint32_t c = 0; c < clusters_.size(); ++c) {
    if (work_->root[c] != c) continue;
    Cluster& cluster = clusters_[c];
    const auto edges_in = [&](std::uint32_t k) {
      return std::span(work_->edges)
          .subspan(work_->edges_from[k], work_->edges_from[k + 1] - work_->edges_from[k]);
    };
    const auto detection_in = [&](std::uint32_t k) {
      return std::span(work_->detection)
          .subspan(work_->detection_from[k],
                   work_->detection_from[k + 1] - work_->detection_from[k]);
    };
    work_->group_edges.assign(edges_in(c).begin(), edges_in(c).end());
    work_->group_detection.assign(detection_in(c).begin(), detection_in(c).end());
    for (std::uint32_t k = work_->next_in_group[c]; k != kNone; k = work_->next_in_group[k]) {
      const auto offset = static_cast<std::uint32_t>(cluster.pool.size());
      for (Edge edge : edges_in(k)) {
        edge.component += offset;
        work_->group_edges.push_back(edge);
      }
      work_->group_detection.insert(
          work_->group_detection.end(), detection_in(k).begin(), detection_in(k).end());
      join(cluster, clusters_[k]);
    }
    if (options_.marginals_only || is_too_large(cluster)) {
      ++counts_.by_marginals;
      collapse(cluster);
      update_by_marginals(cluster);
      give_back(cluster);
      continue;
    }
    update_cluster(cluster);
    drop_faint(cluster);
    blend(cluster);
    unite_equal(cluster);
    prune(cluster);
    if (options_.keeps_names) rename(cluster);
    part(cluster);
    give_back(cluster);
  }
  // Plots in nobody's gate, and what is too faint to be a component; from west to east, so that the
  // order in which plots came does not matter.
  for (const std::uint32_t j : work_->by_east) {
    const Newcomer& newcomer = work_->newcomers[j];
    if (newcomer.existence < options_.recycle_existence) {
      recycle(newcomer.x, newcomer.existence * work_->unclaimed[j]);
    } else if (work_->first_cluster[j] < 0) {
      keep_alone({newcomer.existence, newcomer.x}, {0, next_label_++}, nullptr);
    }
  }
  for (Cluster& cluster : clusters_) give_back(cluster);
  std::swap(clusters_, work_->next);
  for (const Cluster& cluster : clusters_) {
    counts_.hypotheses += cluster.hypotheses.size();
    for (const Hypothesis& h : cluster.hypotheses) {
      counts_.largest_cluster = std::max<std::uint64_t>(counts_.largest_cluster, h.count);
    }
  }
  look_ = nullptr;
}

template <class Motion>
void PmbmFilter<Motion>::find_lone(const Cluster& cluster) {
  const std::size_t n = cluster.pool.size();
  work_->counts_fit.resize(n);
  bool several = false;
  for (std::size_t i = 0; i < n; ++i)
    work_->counts_fit[i] = cluster.pool[i].existence >= kThoughtThere ? 1 : 0;
  for (const Hypothesis& h : cluster.hypotheses) several = several || h.count > 1;
  if (!several) return;
  work_->combined.resize(n);
  for (std::size_t i = 0; i < n; ++i) work_->combined[i] = motion_.combined(cluster.pool[i].x);
  for (const Hypothesis& h : cluster.hypotheses) {
    for (const Member& a : cluster.of(h)) {
      for (const Member& b : cluster.of(h)) {
        if (b.component >= a.component) continue;
        const Component& first = cluster.pool[a.component];
        const Component& second = cluster.pool[b.component];
        if (first.existence < kThoughtThere || second.existence < kThoughtThere) continue;
        const Gaussian& x = work_->combined[a.component];
        const Gaussian& y = work_->combined[b.component];
        const double east = x.mean.x[kEast] - y.mean.x[kEast];
        const double north = x.mean.x[kNorth] - y.mean.x[kNorth];
        const double variance =
            work_->widest_plot * work_->widest_plot +
            std::fmax(x.P[packed(0, 0)] + x.P[packed(1, 1)], y.P[packed(0, 0)] + y.P[packed(1, 1)]);
        if (east * east + north * north > kRivalDistance * variance) continue;
        work_->counts_fit[a.component] = work_->counts_fit[b.component] = 0;
      }
    }
  }
}

template <class Motion>
void PmbmFilter<Motion>::update_cluster(Cluster& cluster) {
  const std::size_t n = cluster.pool.size();
  work_->plots.clear();
  for (const Edge& edge : work_->group_edges) {
    if (work_->column_of_plot[edge.plot] >= 0) continue;
    work_->column_of_plot[edge.plot] = static_cast<std::int32_t>(work_->plots.size());
    work_->plots.push_back(edge.plot);
  }
  const std::size_t columns = work_->plots.size();

  work_->log_miss.resize(n);
  work_->has_edge.assign(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const double detected = cluster.pool[i].existence * work_->group_detection[i];
    work_->log_miss[i] = base::log(1.0 - std::fmin(detected, kSurest));
  }
  work_->log_rho.resize(columns);
  for (std::size_t j = 0; j < columns; ++j)
    work_->log_rho[j] = base::log(work_->newcomers[work_->plots[j]].rho);
  work_->gains.assign(n * columns, kForbiddenGain);
  work_->edge_of.assign(n * columns, -1);
  for (std::size_t e = 0; e < work_->group_edges.size(); ++e) {
    const Edge& edge = work_->group_edges[e];
    const std::int32_t j = work_->column_of_plot[edge.plot];
    const std::size_t i = edge.component;
    const double detected = cluster.pool[i].existence * work_->group_detection[i];
    if (!(detected > 0.0)) continue;
    work_->gains[i * columns + j] =
        base::log(detected) + edge.fit.log_likelihood - work_->log_miss[i] - work_->log_rho[j];
    work_->edge_of[i * columns + j] = static_cast<std::int32_t>(e);
    work_->has_edge[i] = 1;
  }

  find_lone(cluster);
  // One problem for each hypothesis, over its members that have a plot in their gate.
  work_->ranked.clear();
  double most = -1e300;
  for (const Hypothesis& h : cluster.hypotheses) {
    double value = base::log(h.weight);
    for (const Member& m : cluster.of(h)) value += work_->log_miss[m.component];
    most = std::fmax(most, value);
  }
  const double log_share = base::log(options_.least_share);
  double least = most + log_share;  // the best child is no worse than the best of all missed
  for (const Hypothesis& h : cluster.hypotheses) {
    double value = base::log(h.weight);
    work_->problem_gains.clear();
    for (std::uint32_t k = 0; k < h.count; ++k) {
      const std::uint32_t i = cluster.members[h.first + k].component;
      value += work_->log_miss[i];
      if (work_->has_edge[i] == 0) continue;
      work_->problem_gains.insert(
          work_->problem_gains.end(),
          work_->gains.begin() + static_cast<std::ptrdiff_t>(i * columns),
          work_->gains.begin() + static_cast<std::ptrdiff_t>((i + 1) * columns));
    }
    work_->ranked.add(value, work_->problem_gains, static_cast<int>(columns), least);
  }

  Cluster children = take_cluster(Room::steps);
  work_->made.assign(n * (columns + 1), -1);
  work_->born.assign(columns, -1);
  const auto detected_component = [&](std::uint32_t i, std::size_t j) {
    std::int32_t& made = work_->made[i * (columns + 1) + j];
    if (made < 0) {
      made = static_cast<std::int32_t>(children.pool.size());
      Component component = cluster.pool[i];
      component.existence = 1.0;
      if (!absorb(component.x,
                  work_->plots[j],
                  work_->group_edges[work_->edge_of[i * columns + j]].m)) {
        component.existence = 0.0;  // a covariance lost; the component is dropped
      }
      children.pool.push_back(component);
    }
    return static_cast<std::uint32_t>(made);
  };
  const auto missed_component = [&](std::uint32_t i) {
    std::int32_t& made = work_->made[i * (columns + 1) + columns];
    if (made < 0) {
      made = static_cast<std::int32_t>(children.pool.size());
      Component component = cluster.pool[i];
      const double silent = 1.0 - std::fmin(work_->group_detection[i], kSurest);
      component.existence *= silent / (1.0 - component.existence * (1.0 - silent));
      children.pool.push_back(component);
    }
    return static_cast<std::uint32_t>(made);
  };

  double best = 0.0;
  while (children.hypotheses.size() < static_cast<std::size_t>(options_.max_hypotheses)) {
    const auto child = work_->ranked.next(least);
    if (!child) break;
    if (children.hypotheses.empty()) {
      best = child->value;
      least = best + log_share;
    }
    const Hypothesis& parent = cluster.hypotheses[child->problem];
    Hypothesis h;
    h.weight = base::exp(child->value - best);
    h.first = static_cast<std::uint32_t>(children.members.size());
    std::uint64_t taken = 0;
    LookFit fitted;
    std::size_t row = 0;
    for (std::uint32_t k = 0; k < parent.count; ++k) {
      const Member m = cluster.members[parent.first + k];
      std::int16_t j = kNoColumn;
      if (work_->has_edge[m.component] != 0) j = child->column_of[row++];
      if (j == kNoColumn) {
        children.members.push_back({missed_component(m.component), m.label, m.row});
      } else {
        taken |= std::uint64_t{1} << j;
        if (work_->counts_fit[m.component] != 0) {
          fitted.plots += 1.0;
          fitted.squares += work_->group_edges[work_->edge_of[m.component * columns + j]].fit.d2;
        }
        children.members.push_back({detected_component(m.component, j), m.label, m.row});
      }
    }
    for (std::size_t j = 0; j < columns; ++j) {
      if (((taken >> j) & 1) != 0) continue;
      const std::uint32_t plot = work_->plots[j];
      const Newcomer& newcomer = work_->newcomers[plot];
      if (newcomer.existence < options_.recycle_existence) continue;
      if (work_->born[j] < 0) {
        work_->born[j] = static_cast<std::int32_t>(children.pool.size());
        children.pool.push_back({newcomer.existence, newcomer.x});
        work_->label_of_plot[plot] = next_label_++;
      }
      children.members.push_back(
          {static_cast<std::uint32_t>(work_->born[j]), work_->label_of_plot[plot]});
    }
    h.count = static_cast<std::uint32_t>(children.members.size()) - h.first;
    work_->taken.push_back(taken);
    work_->fit_of.push_back(fitted);
    children.hypotheses.push_back(h);
  }
  double sum = 0.0;
  for (const Hypothesis& h : children.hypotheses) sum += h.weight;
  for (std::size_t k = 0; k < children.hypotheses.size(); ++k) {
    children.hypotheses[k].weight /= sum;
    look_fit_.plots += children.hypotheses[k].weight * work_->fit_of[k].plots;
    look_fit_.squares += children.hypotheses[k].weight * work_->fit_of[k].squares;
    for (std::size_t j = 0; j < columns; ++j) {
      if (((work_->taken[k] >> j) & 1) != 0)
        work_->unclaimed[work_->plots[j]] -= children.hypotheses[k].weight;
    }
  }
  work_->taken.clear();
  work_->fit_of.clear();
  for (const std::uint32_t plot : work_->plots) work_->column_of_plot[plot] = -1;
  children.names = cluster.names;
  std::swap(cluster, children);
  give_back(children);
}

template <class Motion>
bool PmbmFilter<Motion>::is_too_large(const Cluster& cluster) {
  for (const Hypothesis& h : cluster.hypotheses) {
    if (h.count > static_cast<std::uint32_t>(options_.max_members)) return true;
  }
  std::size_t plots = 0;
  for (const Edge& edge : work_->group_edges) {
    if (work_->column_of_plot[edge.plot] >= 0) continue;
    work_->column_of_plot[edge.plot] = 0;
    ++plots;
  }
  for (const Edge& edge : work_->group_edges) work_->column_of_plot[edge.plot] = -1;
  return plots > kMaxAssignmentColumns;
}

// The group's plots stay those that were found when the clusters were joined, whatever the blended
// components gate: each plot begins a track in one place, and in one only.
template <class Motion>
void PmbmFilter<Motion>::collapse(Cluster& cluster) {
  work_->plots.clear();
  for (const Edge& edge : work_->group_edges) {
    if (work_->column_of_plot[edge.plot] >= 0) continue;
    work_->column_of_plot[edge.plot] = static_cast<std::int32_t>(work_->plots.size());
    work_->plots.push_back(edge.plot);
  }
  Cluster one = take_cluster(Room::steps);
  const std::uint32_t own_rows = cluster.names.rows();
  work_->labels.clear();
  for (const Hypothesis& h : cluster.hypotheses) {
    for (const Member& m : cluster.of(h)) {
      const Component& component = cluster.pool[m.component];
      const double expected = h.weight * component.existence;
      const auto it = std::ranges::find(work_->labels, m.label);
      if (it == work_->labels.end()) {
        work_->labels.push_back(m.label);
        one.members.push_back({static_cast<std::uint32_t>(one.pool.size()), m.label, m.row});
        one.pool.push_back({expected, component.x});
        continue;
      }
      const auto which = static_cast<std::size_t>(it - work_->labels.begin());
      Component& mine = one.pool[which];
      mine.existence += expected;
      if (options_.keeps_names)
        mix_names(cluster, {one.members[which], m, expected / mine.existence}, own_rows);
      motion_.blend(mine.x, component.x, expected / mine.existence);
    }
  }
  one.hypotheses.push_back({1.0, 0, static_cast<std::uint32_t>(one.members.size())});
  work_->group_edges.clear();
  work_->group_detection.clear();
  for (std::uint32_t i = 0; i < one.pool.size(); ++i) {
    const Gaussian predicted = motion_.combined(one.pool[i].x);
    work_->group_detection.push_back(look_->detection_probability(predicted));
    gate(
        one.pool[i].x, predicted, [&](std::uint32_t j, const Fit& how, const LinearMeasurement& m) {
          if (work_->column_of_plot[j] >= 0) work_->group_edges.push_back({i, j, how, m});
        });
  }
  one.names = cluster.names;
  std::swap(cluster, one);
  give_back(one);
}

template <class Motion>
void PmbmFilter<Motion>::update_by_marginals(const Cluster& cluster) {
  const std::size_t columns = work_->plots.size();
  work_->odds.assign(cluster.pool.size() * columns, 0.0);
  for (const Edge& edge : work_->group_edges) {
    const double detected = std::fmin(
        cluster.pool[edge.component].existence * work_->group_detection[edge.component], kSurest);
    work_->odds[edge.component * columns +
                static_cast<std::size_t>(work_->column_of_plot[edge.plot])] =
        detected * base::exp(edge.fit.log_likelihood) /
        ((1.0 - detected) * work_->newcomers[edge.plot].rho);
  }
  find_lone(cluster);
  const AssociationMarginals marginals = work_->beliefs.run(work_->odds, columns, kBeliefTolerance);
  std::size_t next_edge = 0;  // edges stand in the order of components
  for (std::uint32_t i = 0; i < cluster.pool.size(); ++i) {
    Component component = cluster.pool[i];
    const double silent = 1.0 - std::fmin(work_->group_detection[i], kSurest);
    const double missed = columns == 0 ? 1.0 : marginals.missed[i];
    component.existence *= missed * silent / (1.0 - component.existence * (1.0 - silent));
    for (; next_edge < work_->group_edges.size() && work_->group_edges[next_edge].component == i;
         ++next_edge) {
      const Edge& edge = work_->group_edges[next_edge];
      const double share =
          marginals.pair[i * columns + static_cast<std::size_t>(work_->column_of_plot[edge.plot])];
      if (work_->counts_fit[i] != 0) {
        look_fit_.plots += share;
        look_fit_.squares += share * edge.fit.d2;
      }
      Density updated = cluster.pool[i].x;
      if (share < kLeastShareOfPair || !absorb(updated, edge.plot, edge.m)) continue;
      component.existence += share;
      motion_.blend(component.x, updated, share / component.existence);
    }
    keep_alone(component, cluster.members[i], &cluster.names);
  }
  for (std::size_t j = 0; j < columns; ++j) {
    const std::uint32_t plot = work_->plots[j];
    work_->column_of_plot[plot] = -1;
    work_->unclaimed[plot] = marginals.unclaimed[j];
    const Newcomer& newcomer = work_->newcomers[plot];
    if (newcomer.existence < options_.recycle_existence) continue;
    keep_alone(
        {newcomer.existence * work_->unclaimed[plot], newcomer.x}, {0, next_label_++}, nullptr);
  }
}

template <class Motion>
void PmbmFilter<Motion>::keep_alone(const Component& component,
                                    const Member& named,
                                    const NameTable* names) {
  if (component.existence < options_.recycle_existence) {
    recycle(component.x, component.existence);
    return;
  }
  Cluster cluster = take_cluster(Room::one);
  cluster.pool.push_back(component);
  cluster.hypotheses.push_back({1.0, 0, 1});
  cluster.members.push_back({0, named.label});
  if (options_.keeps_names) {
    cluster.names.labels.push_back(named.label);
    cluster.members[0].row = cluster.names.add_row();
    if (names != nullptr) cluster.names.add_to(0, *names, named.row, 1.0);
  }
  work_->next.push_back(std::move(cluster));
}

// Members of small existence go back to the intensity, with the weight of the hypotheses that hold
// them.
template <class Motion>
void PmbmFilter<Motion>::drop_faint(Cluster& cluster) {
  work_->total.assign(cluster.pool.size(), 0.0);
  bool any = false;
  for (Hypothesis& h : cluster.hypotheses) {
    std::uint32_t kept = 0;
    for (std::uint32_t k = 0; k < h.count; ++k) {
      const Member m = cluster.members[h.first + k];
      if (cluster.pool[m.component].existence < options_.recycle_existence) {
        work_->total[m.component] += h.weight;
        any = true;
      } else {
        cluster.members[h.first + kept++] = m;
      }
    }
    h.count = kept;
  }
  if (!any) return;
  for (std::size_t i = 0; i < cluster.pool.size(); ++i) {
    if (work_->total[i] > 0.0)
      recycle(cluster.pool[i].x, work_->total[i] * cluster.pool[i].existence);
  }
}

// Components that nearly agree and never stand in one hypothesis become one.
template <class Motion>
void PmbmFilter<Motion>::blend(Cluster& cluster) {
  const std::size_t n = cluster.pool.size();
  if (cluster.hypotheses.size() < 2) return;
  const std::size_t words = (cluster.hypotheses.size() + 63) / 64;
  work_->total.assign(n, 0.0);
  work_->presence.assign(n * words, 0);
  bool one_each = true;
  for (std::size_t k = 0; k < cluster.hypotheses.size(); ++k) {
    const Hypothesis& h = cluster.hypotheses[k];
    one_each = one_each && h.count < 2;
    for (const Member& m : cluster.of(h)) {
      work_->total[m.component] += h.weight;
      work_->presence[m.component * words + k / 64] |= std::uint64_t{1} << (k % 64);
    }
  }
  work_->order.clear();
  for (std::uint32_t i = 0; i < n; ++i) {
    if (work_->total[i] > 0.0) work_->order.push_back(i);
  }
  std::ranges::sort(work_->order, [&](std::uint32_t a, std::uint32_t b) {
    return work_->total[a] != work_->total[b] ? work_->total[a] > work_->total[b] : a < b;
  });
  work_->becomes.resize(n);
  std::iota(work_->becomes.begin(), work_->becomes.end(), 0U);
  work_->combined.clear();
  work_->combined.resize(n);
  for (const std::uint32_t i : work_->order)
    work_->combined[i] = motion_.combined(cluster.pool[i].x);
  // Whom a component may be, by shares of the time that it went by each name, times its weight.
  const std::size_t width = options_.keeps_names ? cluster.names.width() : 0;
  work_->standing.assign(n * width, 0.0);
  if (options_.keeps_names) {
    for (const Hypothesis& h : cluster.hypotheses) {
      for (const Member& m : cluster.of(h)) {
        double* mine = &work_->standing[m.component * width];
        const auto row = m.row == kNoRow ? std::span<const double>() : cluster.names.row(m.row);
        const double all = std::accumulate(row.begin(), row.end(), 0.0);
        if (!(all > 0.0)) {
          mine[width - 1] += h.weight;
          continue;
        }
        for (std::size_t l = 0; l < width; ++l) mine[l] += h.weight * row[l] / all;
      }
    }
  }
  const auto blend_distance = [&](std::uint32_t i, std::uint32_t o) {
    double apart = 0.0;
    for (std::size_t l = 0; l < width; ++l) {
      apart += std::fabs(work_->standing[i * width + l] / work_->total[i] -
                         work_->standing[o * width + l] / work_->total[o]);
    }
    const double same = std::fmax(1.0 - 0.5 * apart, 0.0);
    if (width == 0) return options_.blend_distance;
    return options_.rename_distance + same * (options_.blend_distance - options_.rename_distance);
  };
  bool any = false;
  for (std::size_t a = 0; a < work_->order.size(); ++a) {
    const std::uint32_t i = work_->order[a];
    if (work_->becomes[i] != i) continue;
    Component& mine = cluster.pool[i];
    double root[kStateSize][kStateSize];
    if (!factorise(work_->combined[i].P, root)) continue;
    const Gaussian centre = work_->combined[i];
    const double near_east = options_.blend_distance * centre.P[packed(0, 0)];
    for (std::size_t b = a + 1; b < work_->order.size(); ++b) {
      const std::uint32_t o = work_->order[b];
      if (work_->becomes[o] != o) continue;
      const double east = work_->combined[o].mean.x[kEast] - centre.mean.x[kEast];
      if (east * east > near_east) continue;
      const Component& other = cluster.pool[o];
      if (!one_each && std::fabs(other.existence - mine.existence) > kBlendExistence) continue;
      if (!alike_in_spread(centre, work_->combined[o]) || !motion_.alike(mine.x, other.x)) continue;
      const double d2 = squared_distance(root, centre.mean, work_->combined[o].mean);
      if (d2 > options_.blend_distance || d2 > blend_distance(i, o)) continue;
      bool together = false;
      for (std::size_t w = 0; w < words; ++w) {
        together =
            together || (work_->presence[i * words + w] & work_->presence[o * words + w]) != 0;
      }
      if (together) continue;
      const double share = work_->total[o] / (work_->total[i] + work_->total[o]);
      mine.existence += share * (other.existence - mine.existence);
      motion_.blend(mine.x, other.x, share);
      work_->total[i] += work_->total[o];
      for (std::size_t l = 0; l < width; ++l)
        work_->standing[i * width + l] += work_->standing[o * width + l];
      for (std::size_t w = 0; w < words; ++w)
        work_->presence[i * words + w] |= work_->presence[o * words + w];
      work_->becomes[o] = i;
      any = true;
    }
  }
  if (!any) return;
  for (Member& m : cluster.members) m.component = work_->becomes[m.component];
}

// Hypotheses of the same components become one; members end up in order of component.
template <class Motion>
void PmbmFilter<Motion>::unite_equal(Cluster& cluster) {
  for (const Hypothesis& h : cluster.hypotheses) {
    std::ranges::sort(cluster.of(h), {}, &Member::component);
  }
  if (cluster.hypotheses.size() < 2) return;
  const auto compare = [&](const Hypothesis& a, const Hypothesis& b) {
    return std::ranges::lexicographical_compare(
        cluster.of(a), cluster.of(b), {}, &Member::component, &Member::component);
  };
  work_->order.resize(cluster.hypotheses.size());
  std::iota(work_->order.begin(), work_->order.end(), 0U);
  std::ranges::sort(work_->order, [&](std::uint32_t a, std::uint32_t b) {
    const Hypothesis& x = cluster.hypotheses[a];
    const Hypothesis& y = cluster.hypotheses[b];
    if (compare(x, y)) return true;
    if (compare(y, x)) return false;
    return x.weight != y.weight ? x.weight > y.weight : a < b;
  });
  const std::uint32_t own_rows = cluster.names.rows();
  work_->scratch_hypotheses.clear();
  for (const std::uint32_t k : work_->order) {
    const Hypothesis& h = cluster.hypotheses[k];
    if (!work_->scratch_hypotheses.empty() && !compare(work_->scratch_hypotheses.back(), h)) {
      // The same aircraft, and perhaps other names.
      const auto named = cluster.of(work_->scratch_hypotheses.back());
      const auto also = cluster.of(h);
      const double share = h.weight / (work_->scratch_hypotheses.back().weight + h.weight);
      for (std::size_t m = 0; m < named.size(); ++m) {
        if (options_.keeps_names) mix_names(cluster, {named[m], also[m], share}, own_rows);
      }
      work_->scratch_hypotheses.back().weight += h.weight;
    } else {
      work_->scratch_hypotheses.push_back(h);
    }
  }
  std::swap(cluster.hypotheses, work_->scratch_hypotheses);
}

// Sorts by weight, drops the least, scales to one.
template <class Motion>
void PmbmFilter<Motion>::prune(Cluster& cluster) {
  auto& hypotheses = cluster.hypotheses;
  std::ranges::sort(hypotheses, [](const Hypothesis& a, const Hypothesis& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.first < b.first;
  });
  const auto most = static_cast<std::size_t>(options_.max_hypotheses);
  if (hypotheses.size() > most) hypotheses.resize(most);
  const double least = hypotheses.empty() ? 0.0 : hypotheses[0].weight * options_.least_share;
  while (!hypotheses.empty() && hypotheses.back().weight < least) hypotheses.pop_back();
  double sum = 0.0;
  for (const Hypothesis& h : hypotheses) sum += h.weight;
  for (Hypothesis& h : hypotheses) h.weight /= sum;
}

// Finds which labels depend on which: total variation between the joint distribution of two labels'
// components over the hypotheses and the product of their own.
template <class Motion>
void PmbmFilter<Motion>::part(Cluster& cluster) {
  find_labels(cluster);
  const std::size_t count = work_->labels.size();
  if (count == 0) return;
  if (count == 1) {
    work_->part_of.assign(1, 0);
    keep(cluster, 0);
    return;
  }
  const std::size_t hypotheses = cluster.hypotheses.size();
  // work_->states[label][hypothesis]: 0 absent, else the how-many-th component of this label.
  work_->states.assign(count * hypotheses, 0);
  work_->state_count.assign(count, 1);
  work_->marginal.clear();
  work_->marginal_from.clear();
  for (std::size_t l = 0; l < count; ++l) {
    work_->marginal_from.push_back(work_->marginal.size());
    work_->marginal.push_back(0.0);
    work_->order.clear();
    for (std::size_t k = 0; k < hypotheses; ++k) {
      const Hypothesis& h = cluster.hypotheses[k];
      std::uint32_t state = 0;
      for (const Member& m : cluster.of(h)) {
        if (m.label != work_->labels[l]) continue;
        const auto it = std::ranges::find(work_->order, m.component);
        state = static_cast<std::uint32_t>(it - work_->order.begin()) + 1;
        if (it == work_->order.end()) {
          work_->order.push_back(m.component);
          work_->marginal.push_back(0.0);
        }
      }
      work_->states[l * hypotheses + k] = state;
      work_->marginal[work_->marginal_from[l] + state] += h.weight;
    }
    work_->state_count[l] = static_cast<std::uint32_t>(work_->order.size()) + 1;
  }
  work_->part_of.resize(count);
  std::iota(work_->part_of.begin(), work_->part_of.end(), 0U);
  const auto find = [&](std::uint32_t l) {
    while (work_->part_of[l] != l) l = work_->part_of[l];
    return l;
  };
  for (std::uint32_t a = 0; a < count; ++a) {
    for (std::uint32_t b = a + 1; b < count; ++b) {
      if (find(a) == find(b)) continue;
      const std::size_t width = work_->state_count[b];
      work_->joint.assign(work_->state_count[a] * width, 0.0);
      for (std::size_t k = 0; k < hypotheses; ++k) {
        work_->joint[work_->states[a * hypotheses + k] * width +
                     work_->states[b * hypotheses + k]] += cluster.hypotheses[k].weight;
      }
      double variation = 0.0;
      for (std::size_t x = 0; x < work_->state_count[a]; ++x) {
        for (std::size_t y = 0; y < width; ++y) {
          variation += std::fabs(work_->joint[x * width + y] -
                                 work_->marginal[work_->marginal_from[a] + x] *
                                     work_->marginal[work_->marginal_from[b] + y]);
        }
      }
      if (0.5 * variation > options_.dependence) {
        const std::uint32_t ra = find(a);
        const std::uint32_t rb = find(b);
        work_->part_of[std::max(ra, rb)] = std::min(ra, rb);
      }
    }
  }
  for (std::uint32_t l = 0; l < count; ++l) work_->part_of[l] = find(l);
  for (std::uint32_t l = 0; l < count; ++l) {
    if (work_->part_of[l] == l) keep(cluster, l);
  }
}

template <class Motion>
void PmbmFilter<Motion>::keep(const Cluster& cluster, std::uint32_t which) {
  Cluster out = take_cluster(cluster.pool.size() <= kSmallPool ? Room::one : Room::many);
  work_->becomes.assign(cluster.pool.size(), kNone);
  work_->row_of.assign(cluster.names.rows(), kNoRow);
  if (options_.keeps_names) {
    for (std::size_t l = 0; l < work_->labels.size(); ++l) {
      if (work_->part_of[l] == which) out.names.labels.push_back(work_->labels[l]);
    }
  }
  for (const Hypothesis& h : cluster.hypotheses) {
    Hypothesis mine;
    mine.weight = h.weight;
    mine.first = static_cast<std::uint32_t>(out.members.size());
    for (const Member& m : cluster.of(h)) {
      const auto l = std::ranges::lower_bound(work_->labels, m.label) - work_->labels.begin();
      if (work_->part_of[l] != which) continue;
      if (work_->becomes[m.component] == kNone) {
        work_->becomes[m.component] = static_cast<std::uint32_t>(out.pool.size());
        out.pool.push_back(cluster.pool[m.component]);
      }
      Member kept{work_->becomes[m.component], m.label};
      if (m.row != kNoRow) {
        std::uint32_t& row = work_->row_of[m.row];
        if (row == kNoRow) {
          row = out.names.add_row();
          out.names.add_to(row, cluster.names, m.row, 1.0);
        }
        kept.row = row;
      }
      out.members.push_back(kept);
    }
    mine.count = static_cast<std::uint32_t>(out.members.size()) - mine.first;
    out.hypotheses.push_back(mine);
  }
  unite_equal(out);
  prune(out);
  work_->next.push_back(std::move(out));
}

template <class Motion>
std::span<const ReportedPoint> PmbmFilter<Motion>::estimate(const SetEstimateOptions& report) {
  work_->reported.clear();
  for (const Cluster& cluster : clusters_) {
    work_->believed.clear();
    for (const Hypothesis& h : cluster.hypotheses) {
      for (const Member& m : cluster.of(h)) {
        const Component& component = cluster.pool[m.component];
        work_->believed.push_back({motion_.combined(component.x), component.existence, m.label});
      }
    }
    work_->believed_sets.clear();
    std::size_t from = 0;
    for (const Hypothesis& h : cluster.hypotheses) {
      work_->believed_sets.push_back({h.weight, std::span(work_->believed).subspan(from, h.count)});
      from += h.count;
    }
    const auto points = work_->estimator.estimate(work_->believed_sets, report);
    work_->reported.insert(work_->reported.end(), points.begin(), points.end());
  }
  // Two points may be, for the most part, of one label: the second gets a number of its own.
  for (std::size_t i = 1; i < work_->reported.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (work_->reported[k].label == work_->reported[i].label) {
        work_->reported[i].label = next_label_++;
        break;
      }
    }
  }
  return work_->reported;
}

template <class Motion>
std::uint32_t PmbmFilter<Motion>::add(const Density& x, double existence, double shown_s) {
  settle_names();
  Cluster cluster = take_cluster(Room::one);
  cluster.pool.push_back({existence, x});
  cluster.hypotheses.push_back({1.0, 0, 1});
  cluster.members.push_back({0, next_label_});
  if (options_.keeps_names) {
    cluster.names.labels.push_back(next_label_);
    cluster.members[0].row = cluster.names.add_row();
    cluster.names.row(0)[0] = shown_s;
  }
  clusters_.push_back(std::move(cluster));
  return next_label_++;
}

template <class Motion>
void PmbmFilter<Motion>::clear() {
  for (Cluster& cluster : clusters_) give_back(cluster);
  clusters_.clear();
  broad_.clear();
  faint_.clear();
  undetected_per_m2_ = options_.undetected_per_m2;
  next_label_ = 1;
  since_look_s_ = 0.0;
  counts_ = {};
}

template <class Motion>
void PmbmFilter<Motion>::gather_beliefs(const Cluster& cluster) {
  work_->beliefs_of_labels.clear();
  for (const Hypothesis& h : cluster.hypotheses) {  // the heaviest first
    for (const Member& m : cluster.of(h)) {
      const Component& component = cluster.pool[m.component];
      const auto it = std::ranges::find(work_->beliefs_of_labels, m.label, &Belief::label);
      if (it == work_->beliefs_of_labels.end()) {
        work_->beliefs_of_labels.push_back({m.label, h.weight * component.existence, &component.x});
      } else {
        it->existence += h.weight * component.existence;
      }
    }
  }
  std::ranges::sort(work_->beliefs_of_labels, {}, &Belief::label);
  for (Belief& belief : work_->beliefs_of_labels) {
    belief.alone = work_->beliefs_of_labels.size() == 1;
    if (!options_.keeps_names) continue;
    const std::size_t column = cluster.names.column(belief.label);
    double all = 0.0, own = 0.0;
    for (const Hypothesis& h : cluster.hypotheses) {
      for (const Member& m : cluster.of(h)) {
        if (m.label != belief.label || m.row == kNoRow) continue;
        const auto row = cluster.names.row(m.row);
        all += h.weight * std::accumulate(row.begin(), row.end(), 0.0);
        if (column < cluster.names.labels.size()) own += h.weight * row[column];
      }
    }
    if (all > 0.0) belief.misnamed = std::fmax(1.0 - own / all, 0.0);
  }
}

template <class Motion>
void PmbmFilter<Motion>::mix_names(Cluster& cluster,
                                   const NamesMixed& mixed,
                                   std::uint32_t own_from) {
  Member& into = mixed.into;
  if (into.row == mixed.other.row) return;
  NameTable& names = cluster.names;
  if (into.row == kNoRow || into.row < own_from) {
    const std::uint32_t row = names.add_row();
    names.add_to(row, names, into.row, 1.0);
    into.row = row;
  }
  for (double& seconds : names.row(into.row)) seconds *= 1.0 - mixed.share;
  names.add_to(into.row, names, mixed.other.row, mixed.share);
}

template <class Motion>
void PmbmFilter<Motion>::find_labels(const Cluster& cluster) {
  work_->labels.clear();
  for (const Hypothesis& h : cluster.hypotheses) {
    for (const Member& m : cluster.of(h)) work_->labels.push_back(m.label);
  }
  std::ranges::sort(work_->labels);
  work_->labels.erase(std::ranges::unique(work_->labels).begin(), work_->labels.end());
}

template <class Motion>
void PmbmFilter<Motion>::settle_names() {
  if (options_.keeps_names) {
    for (Cluster& cluster : clusters_) credit_names(cluster);
  }
  since_look_s_ = 0.0;
}

template <class Motion>
void PmbmFilter<Motion>::credit_names(Cluster& cluster) {
  find_labels(cluster);
  work_->names.clear();
  work_->names.labels.assign(work_->labels.begin(), work_->labels.end());
  const std::uint32_t none = cluster.names.rows();
  const std::size_t width = work_->names.labels.size();
  work_->row_of.assign((none + 1) * width, kNoRow);
  for (const Hypothesis& h : cluster.hypotheses) {
    for (Member& m : cluster.of(h)) {
      const std::size_t column = work_->names.column(m.label);
      std::uint32_t& row = work_->row_of[(m.row == kNoRow ? none : m.row) * width + column];
      if (row == kNoRow) {
        row = work_->names.add_row();
        work_->names.add_to(row, cluster.names, m.row, 1.0);
        work_->names.row(row)[column] += since_look_s_;
      }
      m.row = row;
    }
  }
  cluster.names = work_->names;  // each keeps its memory
}

template <class Motion>
void PmbmFilter<Motion>::rename(Cluster& cluster) {
  if (cluster.hypotheses.empty()) return;
  const auto reference = cluster.of(cluster.hypotheses[0]);
  const std::size_t places = reference.size();
  find_labels(cluster);
  const std::size_t width = work_->labels.size();
  if (width < 2 || places == 0 || width > kMaxAssignmentColumns) return;
  // How far each component lies from each place.
  work_->total.assign(cluster.pool.size(), 0.0);
  for (const Hypothesis& h : cluster.hypotheses) {
    for (const Member& m : cluster.of(h)) work_->total[m.component] += h.weight;
  }
  work_->distances.assign(cluster.pool.size() * places, kFarthestPlace);
  work_->combined.resize(cluster.pool.size());
  for (std::size_t i = 0; i < cluster.pool.size(); ++i) {
    if (work_->total[i] > 0.0) work_->combined[i] = motion_.combined(cluster.pool[i].x);
  }
  for (std::size_t i = 0; i < cluster.pool.size(); ++i) {
    if (!(work_->total[i] > 0.0)) continue;
    const Gaussian& a = work_->combined[i];
    for (std::size_t k = 0; k < places; ++k) {
      const Gaussian& b = work_->combined[reference[k].component];
      const double e = a.mean.x[kEast] - b.mean.x[kEast];
      const double n = a.mean.x[kNorth] - b.mean.x[kNorth];
      const double s0 = a.P[packed(0, 0)] + b.P[packed(0, 0)];
      const double s1 = a.P[packed(0, 1)] + b.P[packed(0, 1)];
      const double s2 = a.P[packed(1, 1)] + b.P[packed(1, 1)];
      const double det = s0 * s2 - s1 * s1;
      const double d2 = (s2 * e * e - 2.0 * s1 * e * n + s0 * n * n) / det;
      if (det > 0.0) work_->distances[i * places + k] = std::fmin(d2, kFarthestPlace);
    }
  }
  // Who is where in each hypothesis.
  work_->place_of.clear();
  work_->standing.assign(places * width, 0.0);
  const auto column_of = [&](std::uint32_t label) {
    return static_cast<std::size_t>(std::ranges::lower_bound(work_->labels, label) -
                                    work_->labels.begin());
  };
  for (const Hypothesis& h : cluster.hypotheses) {
    const auto members = cluster.of(h);
    const std::size_t from = work_->place_of.size();
    std::uint64_t taken = 0;
    bool distinct = true;
    for (const Member& m : members) {
      const double* d = &work_->distances[m.component * places];
      const auto nearest = std::min_element(d, d + places) - d;
      distinct = distinct && ((taken >> nearest) & 1) == 0;
      taken |= std::uint64_t{1} << nearest;
      work_->place_of.push_back(static_cast<std::int16_t>(nearest));
    }
    if (!distinct) {
      work_->problem_gains.clear();
      for (const Member& m : members) {
        for (std::size_t k = 0; k < places; ++k)
          work_->problem_gains.push_back(2.0 * kFarthestPlace -
                                         work_->distances[m.component * places + k]);
      }
      work_->ranked.clear();
      work_->ranked.add(0.0, work_->problem_gains, static_cast<int>(places), -1e300);
      const auto best = work_->ranked.next(-1e300);
      for (std::size_t k = 0; k < members.size(); ++k)
        work_->place_of[from + k] = best ? best->column_of[k] : kNoColumn;
    }
    for (std::size_t k = 0; k < members.size(); ++k) {
      const std::int16_t place = work_->place_of[from + k];
      if (place == kNoColumn) continue;
      double* stood = &work_->standing[static_cast<std::size_t>(place) * width];
      stood[column_of(members[k].label)] += h.weight * kStays;
      if (members[k].row == kNoRow) continue;
      const auto row = cluster.names.row(members[k].row);
      for (std::size_t l = 0; l < cluster.names.labels.size(); ++l) {
        const auto it = std::ranges::lower_bound(work_->labels, cluster.names.labels[l]);
        if (it != work_->labels.end() && *it == cluster.names.labels[l])
          stood[it - work_->labels.begin()] += h.weight * row[l];
      }
    }
  }
  double most = 0.0;
  for (const double s : work_->standing) most = std::fmax(most, s);
  work_->problem_gains.clear();
  for (const double s : work_->standing)
    work_->problem_gains.push_back(most * (1.0 + 1e-6) * static_cast<double>(places + 1) + s);
  work_->ranked.clear();
  work_->ranked.add(0.0, work_->problem_gains, static_cast<int>(width), -1e300);
  const auto best = work_->ranked.next(-1e300);
  if (!best) return;
  work_->label_at.clear();
  for (std::size_t k = 0; k < places; ++k) {
    if (best->column_of[k] == kNoColumn) return;
    work_->label_at.push_back(work_->labels[static_cast<std::size_t>(best->column_of[k])]);
  }
  std::size_t from = 0;
  for (const Hypothesis& h : cluster.hypotheses) {
    const auto members = cluster.of(h);
    work_->becomes.assign(width, 0);  // labels given
    for (std::size_t k = 0; k < members.size(); ++k) {
      const std::int16_t place = work_->place_of[from + k];
      if (place == kNoColumn) continue;
      members[k].label = work_->label_at[static_cast<std::size_t>(place)];
      work_->becomes[column_of(members[k].label)] = 1;
    }
    // Whoever is in no place of the likeliest: its own, or the lowest that is left.
    for (std::size_t k = 0; k < members.size(); ++k) {
      if (work_->place_of[from + k] != kNoColumn) continue;
      std::size_t l = column_of(members[k].label);
      if (work_->becomes[l] != 0)
        l = static_cast<std::size_t>(std::ranges::find(work_->becomes, 0U) -
                                     work_->becomes.begin());
      work_->becomes[l] = 1;
      members[k].label = work_->labels[l];
    }
    from += members.size();
  }
}

template <class Motion>
void PmbmFilter<Motion>::remove(std::uint32_t label) {
  std::erase_if(clusters_, [&](Cluster& cluster) {
    bool any = false;
    bool left = false;
    for (Hypothesis& h : cluster.hypotheses) {
      std::uint32_t kept = 0;
      for (std::uint32_t k = 0; k < h.count; ++k) {
        const Member m = cluster.members[h.first + k];
        if (m.label != label) cluster.members[h.first + kept++] = m;
      }
      any = any || kept != h.count;
      left = left || kept != 0;
      h.count = kept;
    }
    if (!any) return false;
    if (!left) {
      give_back(cluster);
      return true;
    }
    unite_equal(cluster);
    prune(cluster);
    return false;
  });
}

template <class Motion>
bool PmbmFilter<Motion>::take(std::uint32_t label, Density& x, double& existence) {
  for (std::size_t c = 0; c < clusters_.size(); ++c) {
    Cluster& cluster = clusters_[c];
    bool has = false;
    bool alone = true;
    for (const Hypothesis& h : cluster.hypotheses) {
      for (const Member& m : cluster.of(h)) {
        has = has || m.label == label;
        alone = alone && m.label == label;
      }
    }
    if (!has || !alone) continue;
    existence = 0.0;
    for (const Hypothesis& h : cluster.hypotheses) {
      for (const Member& m : cluster.of(h)) {
        const Component& component = cluster.pool[m.component];
        const double expected = h.weight * component.existence;
        if (existence == 0.0) {
          x = component.x;
        } else {
          motion_.blend(x, component.x, expected / (existence + expected));
        }
        existence += expected;
      }
    }
    give_back(cluster);
    clusters_.erase(clusters_.begin() + static_cast<std::ptrdiff_t>(c));
    return true;
  }
  return false;
}

template <class Motion>
void PmbmFilter<Motion>::miss(std::uint32_t label, double detection_probability) {
  const double silent = 1.0 - std::fmin(detection_probability, kSurest);
  for (Cluster& cluster : clusters_) {
    bool any = false;
    work_->becomes.assign(cluster.pool.size(), kNone);
    for (Hypothesis& h : cluster.hypotheses) {
      for (Member& m : cluster.of(h)) {
        if (m.label != label) continue;
        any = true;
        if (work_->becomes[m.component] == kNone) {
          // A component of its own: in other hypotheses another label may have it.
          work_->becomes[m.component] = static_cast<std::uint32_t>(cluster.pool.size());
          Component mine = cluster.pool[m.component];
          mine.existence *= silent / (1.0 - mine.existence * (1.0 - silent));
          cluster.pool.push_back(mine);
        }
        h.weight *= 1.0 - cluster.pool[m.component].existence * (1.0 - silent);
        m.component = work_->becomes[m.component];
      }
    }
    if (!any) continue;
    unite_equal(cluster);
    prune(cluster);
    return;
  }
}

template <class Motion>
void PmbmFilter<Motion>::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(clusters_, broad_, faint_, undetected_per_m2_, next_label_, since_look_s_);
}

template <class Motion>
bool PmbmFilter<Motion>::load(base::ByteReader& in) {
  clear();
  base::Loader loader(in);
  loader(clusters_, broad_, faint_, undetected_per_m2_, next_label_, since_look_s_);
  const auto is_share = [](double p) { return p >= 0.0 && p <= 1.0 + 1e-9; };
  const auto is_expected = [](double n) { return n >= 0.0 && n < 1e9; };
  const auto sound = [&] {
    if (!in.ok() || !is_expected(undetected_per_m2_) || !is_expected(since_look_s_)) return false;
    if (next_label_ == 0 || next_label_ > kMostLabels) return false;
    for (const std::vector<Undetected>* list : {&broad_, &faint_}) {
      for (const Undetected& u : *list) {
        if (!is_expected(u.expected) || !motion_.is_usable(u.x)) return false;
      }
    }
    for (const Cluster& cluster : clusters_) {
      if (cluster.hypotheses.empty()) return false;
      for (const Component& c : cluster.pool) {
        if (!is_share(c.existence) || !motion_.is_usable(c.x)) return false;
      }
      double sum = 0.0, last = 2.0;
      for (const Hypothesis& h : cluster.hypotheses) sum += h.weight;
      if (!(std::fabs(sum - 1.0) < 1e-6)) return false;
      for (const Hypothesis& h : cluster.hypotheses) {
        if (!is_share(h.weight) || !(h.weight > 0.0) || h.weight > last) return false;
        last = h.weight;
        if (h.count > cluster.members.size() || h.first > cluster.members.size() - h.count)
          return false;
      }
      if (!cluster.names.is_sound()) return false;
      for (const Member& m : cluster.members) {
        if (m.component >= cluster.pool.size() || m.label == 0 || m.label >= next_label_)
          return false;
        if (m.row != kNoRow && m.row >= cluster.names.rows()) return false;
      }
    }
    return true;
  };
  if (sound()) return true;
  clear();
  return false;
}

template class PmbmFilter<AircraftMotion>;
template class PmbmFilter<ConstantVelocity>;
template class PmbmFilter<Manoeuvring>;

}  // namespace liptako::track
