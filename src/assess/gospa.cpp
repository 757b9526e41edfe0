#include "assess/gospa.hpp"

#include <algorithm>
#include <numeric>

#include "assess/assignment.hpp"
#include "base/check.hpp"
#include "base/math.hpp"

namespace liptako::assess {
namespace {

template <class Frame>
double coordinate(const geo::Position<Frame> &p, int axis) {
  return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
}

template <class Frame>
using Points = std::span<const geo::Position<Frame>>;

// The axis along which the points spread most: the sweep's windows are emptiest
// there.
template <class Frame>
int widest_axis(Points<Frame> truth, Points<Frame> tracks) {
  int widest = 0;
  double most = -1.0;
  for (int axis = 0; axis < 3; ++axis) {
    double low = 0.0, high = 0.0;
    bool first = true;
    for (const Points<Frame> points : {truth, tracks}) {
      for (const auto &p : points) {
        const double x = coordinate(p, axis);
        low = first ? x : std::min(low, x);
        high = first ? x : std::max(high, x);
        first = false;
      }
    }
    if (high - low > most) {
      most = high - low;
      widest = axis;
    }
  }
  return widest;
}

template <class Frame>
std::vector<std::uint32_t> sorted_along(Points<Frame> points, int axis) {
  std::vector<std::uint32_t> order(points.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const double xa = coordinate(points[a], axis), xb = coordinate(points[b], axis);
    return xa < xb || (xa == xb && a < b);
  });
  return order;
}

// Every pair nearer than the cut-off, by truth, then track: a window slides
// along one axis.
template <class Frame>
std::vector<Pair> pairs_within(Points<Frame> truth, Points<Frame> tracks, double cutoff_m) {
  const int axis = widest_axis(truth, tracks);
  const auto truths = sorted_along(truth, axis);
  const auto others = sorted_along(tracks, axis);
  std::vector<Pair> pairs;
  std::size_t begin = 0;
  for (const std::uint32_t i : truths) {
    const double x = coordinate(truth[i], axis);
    while (begin < others.size() && coordinate(tracks[others[begin]], axis) <= x - cutoff_m)
      ++begin;
    for (std::size_t k = begin; k < others.size(); ++k) {
      const std::uint32_t j = others[k];
      if (coordinate(tracks[j], axis) >= x + cutoff_m) break;
      const double dx = truth[i].x - tracks[j].x;
      const double dy = truth[i].y - tracks[j].y;
      const double dz = truth[i].z - tracks[j].z;
      const double distance = std::sqrt(dx * dx + dy * dy + dz * dz);
      if (distance < cutoff_m) pairs.push_back({i, j, distance});
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair &a, const Pair &b) {
    return a.truth != b.truth ? a.truth < b.truth : a.track < b.track;
  });
  return pairs;
}

// Which points hang together by pairs: union-find over truths, then tracks.
class Groups {
 public:
  explicit Groups(std::size_t points) : parent_(points) {
    std::iota(parent_.begin(), parent_.end(), 0u);
  }
  [[nodiscard]] std::uint32_t of(std::uint32_t point) {
    while (parent_[point] != point) {
      parent_[point] = parent_[parent_[point]];
      point = parent_[point];
    }
    return point;
  }
  // The lower root wins: a group is named by its lowest point.
  void join(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t ra = of(a), rb = of(b);
    parent_[std::max(ra, rb)] = std::min(ra, rb);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

std::vector<std::uint32_t> members(std::span<const Pair> pairs, std::uint32_t Pair::*side) {
  std::vector<std::uint32_t> found;
  for (const Pair &pair : pairs) found.push_back(pair.*side);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::size_t place_of(const std::vector<std::uint32_t> &sorted, std::uint32_t value) {
  return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                                  sorted.begin());
}

// The best pairs of one group. Every point of the smaller side is assigned at
// the least of d^p and c^p; who is assigned at c^p has no pair, at the same
// price.
void solve(std::span<const Pair> group, const GospaOptions &options, std::vector<Pair> &chosen) {
  if (group.size() == 1) {
    chosen.push_back(group[0]);
    return;
  }
  const auto truths = members(group, &Pair::truth);
  const auto tracks = members(group, &Pair::track);
  const bool by_truth = truths.size() <= tracks.size();
  const std::size_t rows = std::min(truths.size(), tracks.size());
  const std::size_t columns = std::max(truths.size(), tracks.size());
  const auto row_column = [&](const Pair &pair) {
    const std::size_t truth = place_of(truths, pair.truth), track = place_of(tracks, pair.track);
    return by_truth ? std::pair(truth, track) : std::pair(track, truth);
  };
  std::vector<double> costs(rows * columns, power_of(options.cutoff.metres(), options.order));
  for (const Pair &pair : group) {
    const auto [row, column] = row_column(pair);
    costs[row * columns + column] = power_of(pair.distance_m, options.order);
  }
  const auto column_of = cheapest_assignment(costs, rows, columns);
  for (const Pair &pair : group) {
    const auto [row, column] = row_column(pair);
    if (column_of[row] == column) chosen.push_back(pair);
  }
}

}  // namespace

base::Result<void> GospaOptions::validate() const {
  if (!(cutoff.metres() > 0.0 && cutoff.metres() <= 1e6))
    return base::bad_input("c is not in 0..1,000,000 m");
  if (order < 1 || order > 10) return base::bad_input("p is not in 1..10");
  return {};
}

double power_of(double x, int order) {
  double result = x;
  for (int i = 1; i < order; ++i) result *= x;
  return result;
}

double root_m(double value, int order) {
  if (order == 1 || value <= 0.0) return value;
  return order == 2 ? std::sqrt(value) : base::pow(value, 1.0 / order);
}

template <class Frame>
Gospa gospa(Points<Frame> truth, Points<Frame> tracks, const GospaOptions &options) {
  CHECK(options.validate().has_value());
  Gospa result;
  result.within = pairs_within(truth, tracks, options.cutoff.metres());

  const auto first_track = static_cast<std::uint32_t>(truth.size());
  Groups groups(truth.size() + tracks.size());
  for (const Pair &pair : result.within) groups.join(pair.truth, first_track + pair.track);
  // A group's pairs lie together in order of its lowest truth, each in the
  // order they had.
  std::vector<Pair> by_group = result.within;
  std::stable_sort(by_group.begin(), by_group.end(), [&](const Pair &a, const Pair &b) {
    return groups.of(a.truth) < groups.of(b.truth);
  });
  for (std::size_t begin = 0; begin < by_group.size();) {
    std::size_t end = begin;
    while (end < by_group.size() &&
           groups.of(by_group[end].truth) == groups.of(by_group[begin].truth))
      ++end;
    solve(std::span(by_group).subspan(begin, end - begin), options, result.pairs);
    begin = end;
  }
  std::sort(result.pairs.begin(), result.pairs.end(), [](const Pair &a, const Pair &b) {
    return a.truth < b.truth;
  });

  for (const Pair &pair : result.pairs)
    result.localisation += power_of(pair.distance_m, options.order);
  result.missed_count = static_cast<std::uint32_t>(truth.size() - result.pairs.size());
  result.false_count = static_cast<std::uint32_t>(tracks.size() - result.pairs.size());
  const double each = 0.5 * power_of(options.cutoff.metres(), options.order);
  result.missed = each * result.missed_count;
  result.false_tracks = each * result.false_count;
  return result;
}

template Gospa gospa(Points<geo::Ecef>, Points<geo::Ecef>, const GospaOptions &);
template Gospa gospa(Points<geo::Enu>, Points<geo::Enu>, const GospaOptions &);

}  // namespace liptako::assess
