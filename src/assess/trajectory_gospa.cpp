#include "assess/trajectory_gospa.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/check.hpp"

namespace liptako::assess {
namespace {

using Held = TrajectoryScore::Held;

// Ways in which the flights of one group can be assigned; a table of them is kept for every
// instant.
constexpr std::size_t kMaxStates = 20'000;
constexpr std::size_t kMaxTable = 4'000'000;
// Gains of a group held at a time; a longer group is cut into stretches of time.
constexpr std::size_t kMaxCells = 4'000'000;
constexpr int kPriceRounds = 200;
constexpr int kSettleEvery = 4;
constexpr int kDescentRounds = 20;
// Bounds closer than this part of the price of the group are equal.
constexpr double kEqual = 1e-9;
constexpr auto kNoPrice = [](std::uint32_t, std::size_t) { return 0.0; };
constexpr double kForbidden = std::numeric_limits<double>::infinity();

// Of one flight at each instant: 0 for none, a for its candidate a - 1.
using Path = std::vector<std::uint32_t>;

// One flight of a group over a stretch of time.
struct Flight {
  std::vector<std::uint32_t> tracks;  // its candidates, numbers within the group, ascending
  std::vector<double> gains;          // instant by instant, a column for each of `ways()`

  [[nodiscard]] std::size_t ways() const { return tracks.size() + 1; }
};

struct Stretch {
  std::size_t instants = 0;
  std::size_t tracks = 0;
  double half_switch = 0.0;
  std::vector<Flight> flights;
};

double switch_cost(std::uint32_t from, std::uint32_t to, double half) {
  if (from == to) return 0.0;
  return (from != 0 ? half : 0.0) + (to != 0 ? half : 0.0);
}

// The cheapest path of one flight, where way a at instant t costs price - gain. Every change goes
// through "none" within the instant, which splits its price into leaving and taking.
struct PathResult {
  Path path;
  double cost = 0.0;
};
template <class Price>
PathResult cheapest_path(const Stretch& stretch, const Flight& flight, const Price& price) {
  const std::size_t ways = flight.ways(), n = stretch.instants;
  const double half = stretch.half_switch;
  std::vector<double> cost(ways, 0.0);
  std::vector<std::uint32_t> from(n * ways);
  for (std::size_t t = 0; t < n; ++t) {
    std::uint32_t leaver = 0;
    double none = cost[0];
    for (std::uint32_t a = 1; a < ways && t > 0; ++a) {
      if (cost[a] + half < none) {
        none = cost[a] + half;
        leaver = a;
      }
    }
    for (std::uint32_t a = 0; a < ways; ++a) {
      const double taken = a == 0 ? none : none + half;
      const bool stays = t == 0 || cost[a] <= taken;
      from[t * ways + a] = stays ? a : leaver;
      const double here =
          a == 0 ? 0.0 : price(flight.tracks[a - 1], t) - flight.gains[t * ways + a];
      cost[a] = (stays ? cost[a] : taken) + here;
    }
  }
  PathResult result;
  result.path.resize(n);
  auto way = static_cast<std::uint32_t>(std::min_element(cost.begin(), cost.end()) - cost.begin());
  result.cost = cost[way];
  for (std::size_t t = n; t-- > 0;) {
    result.path[t] = way;
    way = from[t * ways + way];
  }
  return result;
}

double cost_of(const Stretch& stretch, const Flight& flight, const Path& path) {
  double cost = 0.0;
  for (std::size_t t = 0; t < path.size(); ++t) {
    cost -= flight.gains[t * flight.ways() + path[t]];
    if (t > 0) cost += switch_cost(path[t - 1], path[t], stretch.half_switch);
  }
  return cost;
}

double cost_of(const Stretch& stretch, std::span<const Path> paths) {
  double cost = 0.0;
  for (std::size_t i = 0; i < paths.size(); ++i)
    cost += cost_of(stretch, stretch.flights[i], paths[i]);
  return cost;
}

// How many flights hold each track at each instant.
class Usage {
 public:
  explicit Usage(const Stretch& stretch)
      : instants_(stretch.instants), counts_(stretch.instants * stretch.tracks, 0) {}
  void add(const Flight& flight, const Path& path, int change) {
    for (std::size_t t = 0; t < path.size(); ++t) {
      if (path[t] != 0) counts_[place(flight.tracks[path[t] - 1], t)] += change;
    }
  }
  [[nodiscard]] int at(std::uint32_t track, std::size_t t) const {
    return counts_[place(track, t)];
  }
  [[nodiscard]] bool any_twice() const {
    return std::any_of(counts_.begin(), counts_.end(), [](int count) { return count > 1; });
  }
  // Whether another one holds a track of this path.
  [[nodiscard]] bool shares(const Flight& flight, const Path& path) const {
    for (std::size_t t = 0; t < path.size(); ++t) {
      if (path[t] != 0 && at(flight.tracks[path[t] - 1], t) > 1) return true;
    }
    return false;
  }
  [[nodiscard]] std::span<const int> counts() const { return counts_; }

 private:
  [[nodiscard]] std::size_t place(std::uint32_t track, std::size_t t) const {
    return track * instants_ + t;
  }
  std::size_t instants_;
  std::vector<int> counts_;
};

// Makes paths that may hold a track together into such that do not: who shares one takes the best
// of what all the others leave, at these prices. Then flight after flight does so, until nobody
// gains.
template <class Price>
std::vector<Path> settled(const Stretch& stretch, std::vector<Path> paths, const Price& price) {
  Usage usage(stretch);
  for (std::size_t i = 0; i < paths.size(); ++i) usage.add(stretch.flights[i], paths[i], 1);
  const auto take_best = [&](std::size_t i, const auto& paid) {
    const Flight& flight = stretch.flights[i];
    usage.add(flight, paths[i], -1);
    paths[i] = cheapest_path(stretch, flight, [&](std::uint32_t track, std::size_t t) {
                 return usage.at(track, t) > 0 ? kForbidden : paid(track, t);
               }).path;
    usage.add(flight, paths[i], 1);
  };
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (usage.shares(stretch.flights[i], paths[i])) take_best(i, price);
  }
  double last = cost_of(stretch, paths);
  for (int round = 0; round < kDescentRounds; ++round) {
    for (std::size_t i = 0; i < paths.size(); ++i) take_best(i, kNoPrice);
    const double cost = cost_of(stretch, paths);
    if (!(cost < last)) break;
    last = cost;
  }
  return paths;
}

// All assignments of a group's flights at once, numbered in mixed radix.
class States {
 public:
  // Empty if there are too many.
  explicit States(const Stretch& stretch) : stretch_(stretch) {
    std::size_t count = 1;
    for (const Flight& flight : stretch.flights) {
      strides_.push_back(count);
      count *= flight.ways();
      if (count > kMaxStates || count * stretch.instants > kMaxTable) return;
    }
    count_ = count;
  }
  [[nodiscard]] bool possible() const { return count_ > 0; }

  // The minimum over all of them.
  [[nodiscard]] std::vector<Path> cheapest_paths() const {
    const std::size_t n = stretch_.instants;
    const std::vector<bool> allowed = without_rivals();
    std::vector<double> cost(n * count_);
    std::vector<double> now(count_, 0.0);
    for (std::size_t t = 0; t < n; ++t) {
      if (t > 0) spread(now);
      for (std::size_t s = 0; s < count_; ++s)
        now[s] = allowed[s] ? now[s] - gain(s, t) : kForbidden;
      std::copy(now.begin(), now.end(), cost.begin() + static_cast<std::ptrdiff_t>(t * count_));
    }
    std::vector<Path> paths(stretch_.flights.size(), Path(n));
    std::size_t state = least(cost, n - 1);
    for (std::size_t t = n; t-- > 0;) {
      for (std::size_t i = 0; i < paths.size(); ++i) paths[i][t] = way(state, i);
      if (t > 0) state = before(cost, t, state);
    }
    return paths;
  }

 private:
  [[nodiscard]] std::uint32_t way(std::size_t state, std::size_t flight) const {
    return static_cast<std::uint32_t>(state / strides_[flight] % stretch_.flights[flight].ways());
  }
  [[nodiscard]] double gain(std::size_t state, std::size_t t) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < stretch_.flights.size(); ++i) {
      const Flight& flight = stretch_.flights[i];
      sum += flight.gains[t * flight.ways() + way(state, i)];
    }
    return sum;
  }
  // Those in which no track is held twice.
  [[nodiscard]] std::vector<bool> without_rivals() const {
    std::vector<bool> allowed(count_, true);
    std::vector<std::uint32_t> taken;
    for (std::size_t s = 0; s < count_; ++s) {
      taken.clear();
      for (std::size_t i = 0; i < stretch_.flights.size(); ++i) {
        const std::uint32_t a = way(s, i);
        if (a != 0) taken.push_back(stretch_.flights[i].tracks[a - 1]);
      }
      std::sort(taken.begin(), taken.end());
      allowed[s] = std::adjacent_find(taken.begin(), taken.end()) == taken.end();
    }
    return allowed;
  }
  // From the cheapest cost of each state to that of being there after any change: a change costs
  // the sum over flights, so that one flight after the other may change.
  void spread(std::vector<double>& cost) const {
    const double half = stretch_.half_switch;
    for (std::size_t i = 0; i < stretch_.flights.size(); ++i) {
      const std::size_t stride = strides_[i], ways = stretch_.flights[i].ways();
      for (std::size_t s = 0; s < count_; ++s) {
        if (way(s, i) != 0) continue;
        double none = cost[s];
        for (std::size_t a = 1; a < ways; ++a) none = std::min(none, cost[s + a * stride] + half);
        cost[s] = none;
        for (std::size_t a = 1; a < ways; ++a) {
          double& taken = cost[s + a * stride];
          taken = std::min(taken, none + half);
        }
      }
    }
  }
  [[nodiscard]] std::size_t least(std::span<const double> cost, std::size_t t) const {
    const auto row = cost.subspan(t * count_, count_);
    return static_cast<std::size_t>(std::min_element(row.begin(), row.end()) - row.begin());
  }
  // Where the cheapest way into `state` at t came from; from itself if that is as cheap.
  [[nodiscard]] std::size_t before(std::span<const double> cost,
                                   std::size_t t,
                                   std::size_t state) const {
    const auto row = cost.subspan((t - 1) * count_, count_);
    std::size_t best = state;
    double best_cost = row[state];
    for (std::size_t s = 0; s < count_; ++s) {
      double total = row[s];
      for (std::size_t i = 0; i < stretch_.flights.size() && total < best_cost; ++i)
        total += switch_cost(way(s, i), way(state, i), stretch_.half_switch);
      if (total < best_cost) {
        best_cost = total;
        best = s;
      }
    }
    return best;
  }

  const Stretch& stretch_;
  std::vector<std::size_t> strides_;
  std::size_t count_ = 0;
};

struct Solution {
  std::vector<Path> paths;
  double cost = 0.0;
  double lower_bound = 0.0;
};

// Raises the lower bound: a price for every track at every instant, up where several flights want
// it, down where none does; steps as long as the gap allows [Polyak69]. Under good prices the
// flights nearly agree, and what little they share is settled into a better solution on the way.
void raise_bound(const Stretch& stretch, bool exact, Solution& solution) {
  std::vector<double> prices(stretch.tracks * stretch.instants, 0.0);
  const auto price = [&](std::uint32_t track, std::size_t t) {
    return prices[track * stretch.instants + t];
  };
  double scale = 1.0;
  int idle = 0;
  const double tolerance = kEqual * std::max(1.0, std::fabs(solution.cost));
  for (int round = 0; round < kPriceRounds; ++round) {
    if (solution.cost - solution.lower_bound <= tolerance) break;
    Usage usage(stretch);
    std::vector<Path> wanted;
    double bound = -std::accumulate(prices.begin(), prices.end(), 0.0);
    for (const Flight& flight : stretch.flights) {
      PathResult best = cheapest_path(stretch, flight, price);
      usage.add(flight, best.path, 1);
      wanted.push_back(std::move(best.path));
      bound += best.cost;
    }
    idle = bound > solution.lower_bound ? 0 : idle + 1;
    solution.lower_bound = std::max(solution.lower_bound, bound);
    if (idle == 5) {
      scale *= 0.5;
      idle = 0;
    }
    if (!exact && round % kSettleEvery == kSettleEvery - 1) {
      std::vector<Path> paths = settled(stretch, std::move(wanted), price);
      const double cost = cost_of(stretch, paths);
      if (cost < solution.cost) {
        solution.cost = cost;
        solution.paths = std::move(paths);
      }
    }
    double norm = 0.0;
    const auto counts = usage.counts();
    for (std::size_t i = 0; i < prices.size(); ++i) {
      if (counts[i] > 1 || (counts[i] == 0 && prices[i] > 0.0))
        norm += static_cast<double>((counts[i] - 1) * (counts[i] - 1));
    }
    if (norm == 0.0) break;
    const double step = scale * std::max(solution.cost - bound, tolerance) / norm;
    for (std::size_t i = 0; i < prices.size(); ++i)
      prices[i] = std::max(0.0, prices[i] + step * static_cast<double>(counts[i] - 1));
  }
}

Solution solve(const Stretch& stretch) {
  Solution solution;
  Usage usage(stretch);
  for (const Flight& flight : stretch.flights) {
    PathResult best = cheapest_path(stretch, flight, kNoPrice);
    usage.add(flight, best.path, 1);
    solution.lower_bound += best.cost;
    solution.paths.push_back(std::move(best.path));
  }
  solution.cost = solution.lower_bound;
  if (!usage.any_twice()) return solution;
  const States states(stretch);
  solution.paths = states.possible() ? states.cheapest_paths()
                                     : settled(stretch, std::move(solution.paths), kNoPrice);
  solution.cost = cost_of(stretch, solution.paths);
  raise_bound(stretch, states.possible(), solution);
  // Rounding may put it above what is reached.
  solution.lower_bound = std::min(solution.lower_bound, solution.cost);
  return solution;
}

// Which flights and tracks hang together: union-find, the lower root wins.
class Sets {
 public:
  explicit Sets(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  [[nodiscard]] std::size_t of(std::size_t point) {
    while (parent_[point] != point) {
      parent_[point] = parent_[parent_[point]];
      point = parent_[point];
    }
    return point;
  }
  void join(std::size_t a, std::size_t b) {
    const std::size_t ra = of(a), rb = of(b);
    parent_[std::max(ra, rb)] = std::min(ra, rb);
  }

 private:
  std::vector<std::size_t> parent_;
};

template <class T>
std::vector<T> distinct(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

template <class T>
std::size_t place_of(const std::vector<T>& sorted, const T& value) {
  return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                                  sorted.begin());
}

// A group's pairs, solved; what it holds and costs is added to `score`.
class Group {
 public:
  Group(std::span<const Held> near, const TrajectoryGospaOptions& options)
      : near_(near), options_(options) {
    for (const Held& held : near) {
      flights_.push_back(held.pair.flight);
      tracks_.push_back(held.pair.track);
    }
    flights_ = distinct(std::move(flights_));
    tracks_ = distinct(std::move(tracks_));
    candidates_.resize(flights_.size());
    for (const Held& held : near)
      candidates_[place_of(flights_, held.pair.flight)].push_back(
          static_cast<std::uint32_t>(place_of(tracks_, held.pair.track)));
    ways_ = 0;
    for (auto& tracks : candidates_) {
      tracks = distinct(std::move(tracks));
      ways_ += tracks.size() + 1;
    }
  }

  void solve_into(TrajectoryScore& score) {
    const std::size_t begin = near_.front().instant, end = near_.back().instant + std::size_t{1};
    const std::size_t length =
        std::max<std::size_t>(16, kMaxCells / std::max(ways_, tracks_.size()));
    std::vector<std::uint32_t> last(flights_.size(), 0);
    for (std::size_t from = begin; from < end; from += length) {
      const std::size_t to = std::min(end, from + length);
      const Stretch stretch = stretch_of(from, to);
      const Solution solution = solve(stretch);
      score.lower_bound += solution.lower_bound;
      note(score, stretch, solution, from);
      // Between stretches changes are paid for too; the lower bound does without.
      for (std::size_t i = 0; i < flights_.size(); ++i) {
        const Path& path = solution.paths[i];
        if (from > begin) note_switch(score, last[i], path.front());
        for (std::size_t t = 1; t < path.size(); ++t) note_switch(score, path[t - 1], path[t]);
        last[i] = path.back();
      }
    }
  }

 private:
  [[nodiscard]] std::span<const Held> near_in(std::size_t from, std::size_t to) const {
    const auto by_instant = [](const Held& held, std::size_t t) { return held.instant < t; };
    const auto first = std::lower_bound(near_.begin(), near_.end(), from, by_instant);
    return {first, std::lower_bound(first, near_.end(), to, by_instant)};
  }

  [[nodiscard]] Stretch stretch_of(std::size_t from, std::size_t to) const {
    const int order = options_.gospa.order;
    const double most = power_of(options_.gospa.cutoff.metres(), order);
    Stretch stretch;
    stretch.instants = to - from;
    stretch.tracks = tracks_.size();
    stretch.half_switch = half_switch();
    for (const auto& tracks : candidates_)
      stretch.flights.push_back(
          {tracks, std::vector<double>(stretch.instants * (tracks.size() + 1), 0.0)});
    for (const Held& held : near_in(from, to)) {
      Flight& flight = stretch.flights[place_of(flights_, held.pair.flight)];
      const auto track = static_cast<std::uint32_t>(place_of(tracks_, held.pair.track));
      flight.gains[(held.instant - from) * flight.ways() + place_of(flight.tracks, track) + 1] =
          most - power_of(held.pair.distance_m, order);
    }
    return stretch;
  }

  void note(TrajectoryScore& score,
            const Stretch& stretch,
            const Solution& solution,
            std::size_t from) const {
    for (const Held& held : near_in(from, from + stretch.instants)) {
      const std::size_t i = place_of(flights_, held.pair.flight);
      const std::uint32_t way = solution.paths[i][held.instant - from];
      if (way != 0 && tracks_[stretch.flights[i].tracks[way - 1]] == held.pair.track)
        score.held.push_back(held);
    }
  }

  void note_switch(TrajectoryScore& score, std::uint32_t from, std::uint32_t to) const {
    const double half = half_switch();
    score.switches += switch_cost(from, to, half);
    score.switch_count += switch_cost(from, to, 0.5);
  }

  [[nodiscard]] double half_switch() const {
    return 0.5 * power_of(options_.switch_penalty.metres(), options_.gospa.order);
  }

  std::span<const Held> near_;  // by instant
  const TrajectoryGospaOptions& options_;
  std::vector<std::uint64_t> flights_;
  std::vector<std::uint64_t> tracks_;
  std::vector<std::vector<std::uint32_t>> candidates_;  // of each flight
  std::size_t ways_ = 0;
};

}  // namespace

base::Result<void> TrajectoryGospaOptions::validate() const {
  if (!(switch_penalty.metres() >= 0.0 && switch_penalty.metres() <= 1e6))
    return base::bad_input("gamma is not in 0..1,000,000 m");
  return gospa.validate();
}

TrajectoryGospa::TrajectoryGospa(const TrajectoryGospaOptions& options) : options_(options) {
  CHECK(options_.validate().has_value());
}

void TrajectoryGospa::take(std::span<const NearPair> near,
                           std::size_t flights,
                           std::size_t tracks) {
  for (const NearPair& pair : near) near_.push_back({instants_, pair});
  flights_ += flights;
  points_ += flights + tracks;
  ++instants_;
}

TrajectoryScore TrajectoryGospa::score() const {
  std::vector<std::uint64_t> flights, tracks;
  for (const Held& held : near_) {
    flights.push_back(held.pair.flight);
    tracks.push_back(held.pair.track);
  }
  flights = distinct(std::move(flights));
  tracks = distinct(std::move(tracks));
  Sets sets(flights.size() + tracks.size());
  std::vector<std::size_t> flight_of(near_.size());
  for (std::size_t i = 0; i < near_.size(); ++i) {
    flight_of[i] = place_of(flights, near_[i].pair.flight);
    sets.join(flight_of[i], flights.size() + place_of(tracks, near_[i].pair.track));
  }
  std::vector<std::size_t> order(near_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return sets.of(flight_of[a]) < sets.of(flight_of[b]);
  });

  TrajectoryScore score;
  score.instants = instants_;
  std::vector<Held> group;
  for (std::size_t begin = 0; begin < order.size();) {
    const std::size_t root = sets.of(flight_of[order[begin]]);
    group.clear();
    std::size_t end = begin;
    while (end < order.size() && sets.of(flight_of[order[end]]) == root)
      group.push_back(near_[order[end++]]);
    Group(group, options_).solve_into(score);
    begin = end;
  }
  std::sort(score.held.begin(), score.held.end(), [](const Held& a, const Held& b) {
    return a.instant != b.instant ? a.instant < b.instant : a.pair.flight < b.pair.flight;
  });

  // The lower bound so far counts what pairs gain against none.
  const double each = 0.5 * power_of(options_.gospa.cutoff.metres(), options_.gospa.order);
  score.lower_bound += each * static_cast<double>(points_);
  for (const Held& held : score.held)
    score.localisation += power_of(held.pair.distance_m, options_.gospa.order);
  const auto pairs = static_cast<std::uint64_t>(score.held.size());
  score.missed = each * static_cast<double>(flights_ - pairs);
  score.false_tracks = each * static_cast<double>(points_ - flights_ - pairs);
  score.lower_bound = std::min(score.lower_bound, score.total());
  return score;
}

}  // namespace liptako::assess
