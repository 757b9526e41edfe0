#include "assess/trajectory_gospa.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/prng.hpp"

namespace liptako::assess {
namespace {

using Point = geo::Position<geo::Enu>;

TrajectoryGospaOptions options_of(double cutoff_m, double gamma_m) {
  TrajectoryGospaOptions options;
  options.gospa.cutoff = base::Length::from_metres(cutoff_m);
  options.switch_penalty = base::Length::from_metres(gamma_m);
  return options;
}

// Places by number, at each instant.
using Scene = std::vector<std::map<std::uint64_t, Point>>;

TrajectoryScore score_of(const Scene& flights,
                         const Scene& tracks,
                         const TrajectoryGospaOptions& options) {
  TrajectoryGospa metric(options);
  for (std::size_t t = 0; t < flights.size(); ++t) {
    std::vector<NearPair> near;
    for (const auto& [flight, a] : flights[t]) {
      for (const auto& [track, b] : tracks[t]) {
        const double distance = std::hypot(a.x - b.x, a.y - b.y);
        if (distance < options.gospa.cutoff.metres()) near.push_back({flight, track, distance});
      }
    }
    metric.take(near, flights[t].size(), tracks[t].size());
  }
  return metric.score();
}

double sum_of_gospa(const Scene& flights,
                    const Scene& tracks,
                    const TrajectoryGospaOptions& options) {
  double sum = 0.0;
  for (std::size_t t = 0; t < flights.size(); ++t) {
    std::vector<Point> a, b;
    for (const auto& [number, point] : flights[t]) a.push_back(point);
    for (const auto& [number, point] : tracks[t]) b.push_back(point);
    sum += gospa<geo::Enu>(a, b, options.gospa).total();
  }
  return sum;
}

// The minimum by trying every sequence of assignments, as the definition has it: a flight may be
// assigned to any track at any instant, there or not.
class BruteForce {
 public:
  BruteForce(const Scene& flights, const Scene& tracks, const TrajectoryGospaOptions& options)
      : flights_(flights), tracks_(tracks), options_(options) {
    for (const auto& places : flights) {
      for (const auto& [number, point] : places) numbers(flight_numbers_, number);
    }
    for (const auto& places : tracks) {
      for (const auto& [number, point] : places) numbers(track_numbers_, number);
    }
    std::vector<std::size_t> assignment(flight_numbers_.size(), 0);
    list(assignment, 0);
  }
  [[nodiscard]] double minimum() const {
    std::vector<double> best(assignments_.size(), 0.0);
    for (std::size_t t = 0; t < flights_.size(); ++t) {
      std::vector<double> next(assignments_.size(), 1e300);
      for (std::size_t to = 0; to < assignments_.size(); ++to) {
        for (std::size_t from = 0; from < assignments_.size(); ++from) {
          const double change = t == 0 ? 0.0 : switches(assignments_[from], assignments_[to]);
          next[to] = std::min(next[to], best[from] + change);
        }
        next[to] += price(assignments_[to], t);
      }
      best = std::move(next);
    }
    return *std::min_element(best.begin(), best.end());
  }

 private:
  using Assignment = std::vector<std::size_t>;  // of each flight: 0, or 1 + place of the track
  static void numbers(std::vector<std::uint64_t>& list, std::uint64_t number) {
    if (std::find(list.begin(), list.end(), number) == list.end()) list.push_back(number);
  }
  void list(Assignment& assignment, std::size_t i) {
    if (i == assignment.size()) {
      assignments_.push_back(assignment);
      return;
    }
    for (std::size_t a = 0; a <= track_numbers_.size(); ++a) {
      const auto before = assignment.begin() + static_cast<std::ptrdiff_t>(i);
      if (a > 0 && std::find(assignment.begin(), before, a) != before) continue;
      assignment[i] = a;
      list(assignment, i + 1);
    }
  }
  [[nodiscard]] double switches(const Assignment& from, const Assignment& to) const {
    const double gamma = options_.switch_penalty.metres();
    double sum = 0.0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (from[i] != to[i]) sum += gamma * gamma * (from[i] == 0 || to[i] == 0 ? 0.5 : 1.0);
    }
    return sum;
  }
  [[nodiscard]] double price(const Assignment& assignment, std::size_t t) const {
    const double c = options_.gospa.cutoff.metres();
    double sum = 0.5 * c * c * static_cast<double>(flights_[t].size() + tracks_[t].size());
    for (std::size_t i = 0; i < assignment.size(); ++i) {
      if (assignment[i] == 0) continue;
      const auto flight = flights_[t].find(flight_numbers_[i]);
      const auto track = tracks_[t].find(track_numbers_[assignment[i] - 1]);
      if (flight == flights_[t].end() || track == tracks_[t].end()) continue;
      const double d = std::min(
          c, std::hypot(flight->second.x - track->second.x, flight->second.y - track->second.y));
      sum += d * d - c * c;
    }
    return sum;
  }

  const Scene& flights_;
  const Scene& tracks_;
  TrajectoryGospaOptions options_;
  std::vector<std::uint64_t> flight_numbers_, track_numbers_;
  std::vector<Assignment> assignments_;
};

Scene random_scene(base::Prng& random, std::size_t instants, std::uint64_t numbers, double there) {
  Scene scene(instants);
  for (std::uint64_t number = 1; number <= numbers; ++number) {
    Point place{random.uniform(0, 20), random.uniform(0, 20), 0};
    for (auto& places : scene) {
      place.x += random.normal(0, 2);
      place.y += random.normal(0, 2);
      if (random.chance(there)) places.emplace(number, place);
    }
  }
  return scene;
}

TEST(TrajectoryGospa, OneFlightWhoseTrackChangesByHand) {
  // Four instants, 1 m off; the number changes in the middle.
  const Scene flights(4, {{1, {0, 0, 0}}});
  Scene tracks(2, {{7, {1, 0, 0}}});
  tracks.resize(4, {{8, {0, 1, 0}}});
  const auto score = score_of(flights, tracks, options_of(10, 3));
  EXPECT_DOUBLE_EQ(score.localisation, 4.0);
  EXPECT_DOUBLE_EQ(score.switches, 9.0);
  EXPECT_DOUBLE_EQ(score.switch_count, 1.0);
  EXPECT_DOUBLE_EQ(score.missed + score.false_tracks, 0.0);
  EXPECT_DOUBLE_EQ(score.lower_bound, 13.0);
  ASSERT_EQ(score.held.size(), 4u);
  EXPECT_EQ(score.held[1].pair.track, 7u);
  EXPECT_EQ(score.held[2].pair.track, 8u);
}

TEST(TrajectoryGospa, ASilentTrackIsWaitedFor) {
  const Scene flights(3, {{1, {0, 0, 0}}});
  Scene tracks(3, {{7, {0, 0, 0}}});
  tracks[1].clear();
  const auto score = score_of(flights, tracks, options_of(10, 3));
  EXPECT_DOUBLE_EQ(score.missed, 50.0);
  EXPECT_DOUBLE_EQ(score.switches, 0.0);
}

TEST(TrajectoryGospa, AShortVisitorIsNotWorthAChange) {
  // For one instant another track is nearer, by 16 against 1: changing there and back costs 18.
  const Scene flights(3, {{1, {0, 0, 0}}});
  Scene tracks(3, {{7, {4, 0, 0}}});
  tracks[1].emplace(8, Point{1, 0, 0});
  const auto score = score_of(flights, tracks, options_of(10, 3));
  EXPECT_DOUBLE_EQ(score.localisation, 48.0);
  EXPECT_DOUBLE_EQ(score.switches, 0.0);
  EXPECT_DOUBLE_EQ(score.false_tracks, 50.0);
}

TEST(TrajectoryGospa, TwoTracksThatSwapByHand) {
  const Scene flights(4, {{1, {0, 0, 0}}, {2, {6, 0, 0}}});
  Scene tracks(2, {{7, {0, 0, 0}}, {8, {6, 0, 0}}});
  tracks.resize(4, {{8, {0, 0, 0}}, {7, {6, 0, 0}}});
  // Following the swap costs two changes, ignoring it four times 36.
  const auto followed = score_of(flights, tracks, options_of(10, 3));
  EXPECT_DOUBLE_EQ(followed.total(), 18.0);
  EXPECT_DOUBLE_EQ(followed.switch_count, 2.0);
  const auto ignored = score_of(flights, tracks, options_of(10, 9));
  EXPECT_DOUBLE_EQ(ignored.total(), 144.0);
  EXPECT_DOUBLE_EQ(ignored.switches, 0.0);
}

TEST(TrajectoryGospa, IsTheMinimumOverAllAssignments) {
  base::Prng random(5);
  int proved = 0, rounds = 0;
  for (; rounds < 150; ++rounds) {
    const Scene flights = random_scene(random, 5, 1 + random.below(3), 0.9);
    const Scene tracks = random_scene(random, 5, 1 + random.below(3), 0.8);
    const auto options = options_of(10, random.uniform(0, 12));
    const auto score = score_of(flights, tracks, options);
    const double minimum = BruteForce(flights, tracks, options).minimum();
    EXPECT_NEAR(score.total(), minimum, 1e-9 * (1 + minimum)) << rounds;
    EXPECT_LE(score.lower_bound, score.total());
    EXPECT_GE(score.lower_bound, sum_of_gospa(flights, tracks, options) - 1e-9);
    if (score.total() - score.lower_bound < 1e-3 * score.total()) ++proved;
  }
  // The fractional minimum is the whole one nearly always.
  EXPECT_GT(proved, 9 * rounds / 10);
}

TEST(TrajectoryGospa, WithoutPriceForChangesIsGospaOfEachInstant) {
  base::Prng random(6);
  for (int round = 0; round < 30; ++round) {
    const Scene flights = random_scene(random, 8, 4, 0.9), tracks = random_scene(random, 8, 5, 0.8);
    const auto options = options_of(10, 0);
    const double sum = sum_of_gospa(flights, tracks, options);
    EXPECT_NEAR(score_of(flights, tracks, options).total(), sum, 1e-9 * sum);
  }
}

// More flights than can be tried: bounds hold, and lie close together.
TEST(TrajectoryGospa, OfACrowdIsBetweenItsBounds) {
  base::Prng random(8);
  for (int round = 0; round < 3; ++round) {
    Scene flights = random_scene(random, 30, 12, 1.0), tracks(30);
    for (std::size_t t = 0; t < 30; ++t) {
      for (const auto& [number, place] : flights[t]) {
        if (random.chance(0.9))
          tracks[t].emplace(number, Point{place.x + random.normal(), place.y + random.normal(), 0});
      }
    }
    const auto options = options_of(10, 2);
    const auto score = score_of(flights, tracks, options);
    const double sum = sum_of_gospa(flights, tracks, options);
    EXPECT_GE(score.total(), sum - 1e-9);
    EXPECT_LE(score.lower_bound, score.total());
    EXPECT_GT(score.lower_bound, 0.97 * score.total());
    // Staying with the number, and the number alone, is one of the ways; what is found may miss the
    // minimum by what the bound leaves open.
    double honest = 0.0;
    for (std::size_t t = 0; t < 30; ++t) {
      for (const auto& [number, place] : flights[t]) {
        const auto track = tracks[t].find(number);
        honest += track == tracks[t].end() ? 50.0
                                           : std::min(100.0,
                                                      std::pow(place.x - track->second.x, 2) +
                                                          std::pow(place.y - track->second.y, 2));
      }
    }
    EXPECT_LE(score.total(), 1.03 * honest);
    EXPECT_LE(score.lower_bound, honest + 1e-9);
    // A metric is symmetric.
    const auto mirrored = score_of(tracks, flights, options);
    EXPECT_NEAR(mirrored.total(), score.total(), 0.03 * score.total());
  }
}

TEST(TrajectoryGospa, MoreExpensiveChangesNeverCostLess) {
  base::Prng random(9);
  const Scene flights = random_scene(random, 10, 3, 0.9), tracks = random_scene(random, 10, 3, 0.8);
  double last = 0.0;
  for (const double gamma : {0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0}) {
    const double total = score_of(flights, tracks, options_of(10, gamma)).total();
    EXPECT_GE(total, last - 1e-9);
    last = total;
  }
}

TEST(TrajectoryGospa, OfNothingIsNothing) {
  EXPECT_EQ(TrajectoryGospa(options_of(10, 1)).score().total(), 0.0);
  TrajectoryGospa metric(options_of(10, 1));
  metric.take({}, 2, 1);
  EXPECT_DOUBLE_EQ(metric.score().total(), 150.0);
  EXPECT_DOUBLE_EQ(metric.score().lower_bound, 150.0);
}

}  // namespace
}  // namespace liptako::assess
