#include "track/cluster/belief_propagation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/prng.hpp"

namespace liptako::track {
namespace {

// Marginals by enumeration of all joint events.
struct Exact {
  std::vector<double> pair;
  std::vector<double> unclaimed;
  double total = 0.0;
};

void enumerate(const std::vector<double>& odds,
               std::size_t plots,
               std::vector<int>& choice,
               double weight,
               Exact& out) {
  const std::size_t tracks = odds.size() / plots;
  if (choice.size() == tracks) {
    out.total += weight;
    std::vector<bool> taken(plots);
    for (std::size_t i = 0; i < tracks; ++i) {
      if (choice[i] < 0) continue;
      out.pair[i * plots + static_cast<std::size_t>(choice[i])] += weight;
      taken[static_cast<std::size_t>(choice[i])] = true;
    }
    for (std::size_t j = 0; j < plots; ++j) {
      if (!taken[j]) out.unclaimed[j] += weight;
    }
    return;
  }
  const std::size_t i = choice.size();
  for (int j = -1; j < static_cast<int>(plots); ++j) {
    if (j >= 0 && std::find(choice.begin(), choice.end(), j) != choice.end()) continue;
    choice.push_back(j);
    enumerate(odds,
              plots,
              choice,
              weight * (j < 0 ? 1.0 : odds[i * plots + static_cast<std::size_t>(j)]),
              out);
    choice.pop_back();
  }
}

Exact exact_marginals(const std::vector<double>& odds, std::size_t plots) {
  Exact out;
  out.pair.assign(odds.size(), 0.0);
  out.unclaimed.assign(plots, 0.0);
  std::vector<int> choice;
  enumerate(odds, plots, choice, 1.0, out);
  for (double& p : out.pair) p /= out.total;
  for (double& p : out.unclaimed) p /= out.total;
  return out;
}

TEST(BeliefPropagation, is_exact_where_tracks_and_plots_form_a_tree) {
  BeliefPropagation beliefs;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    base::Prng prng(seed);
    // A chain: track i may have plots i and i + 1.
    const std::size_t tracks = 1 + prng.below(4);
    const std::size_t plots = tracks + 1;
    std::vector<double> odds(tracks * plots, 0.0);
    for (std::size_t i = 0; i < tracks; ++i) {
      odds[i * plots + i] = std::pow(10.0, prng.uniform(-2.0, 5.0));
      odds[i * plots + i + 1] = std::pow(10.0, prng.uniform(-2.0, 5.0));
    }
    const Exact expected = exact_marginals(odds, plots);
    const auto found = beliefs.run(odds, plots, 1e-12);
    for (std::size_t k = 0; k < odds.size(); ++k) {
      EXPECT_NEAR(found.pair[k], expected.pair[k], 1e-6) << "seed " << seed;
    }
    for (std::size_t j = 0; j < plots; ++j) {
      EXPECT_NEAR(found.unclaimed[j], expected.unclaimed[j], 1e-6) << "seed " << seed;
    }
  }
}

TEST(BeliefPropagation, is_near_where_there_are_loops_and_always_a_distribution) {
  BeliefPropagation beliefs;
  double error = 0.0;
  int pairs = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    base::Prng prng(seed);
    const std::size_t tracks = 2 + prng.below(3);
    const std::size_t plots = 2 + prng.below(3);
    std::vector<double> odds(tracks * plots);
    for (double& w : odds) w = std::pow(10.0, prng.uniform(-1.0, 3.0));
    const Exact expected = exact_marginals(odds, plots);
    const auto found = beliefs.run(odds, plots, 1e-9);
    EXPECT_LT(found.iterations, 200);
    for (std::size_t i = 0; i < tracks; ++i) {
      double sum = found.missed[i];
      for (std::size_t j = 0; j < plots; ++j) {
        sum += found.pair[i * plots + j];
        error += std::fabs(found.pair[i * plots + j] - expected.pair[i * plots + j]);
        ++pairs;
      }
      EXPECT_NEAR(sum, 1.0, 1e-9);
    }
    for (std::size_t j = 0; j < plots; ++j) {
      double sum = found.unclaimed[j];
      for (std::size_t i = 0; i < tracks; ++i) sum += found.pair[i * plots + j];
      EXPECT_NEAR(sum, 1.0, 1e-4) << "seed " << seed;
    }
  }
  EXPECT_LT(error / pairs, 0.03);
  EXPECT_GT(error / pairs, 0.001);  // it is an approximation
}

TEST(BeliefPropagation, without_plots_everything_is_missed) {
  BeliefPropagation beliefs;
  const auto found = beliefs.run({}, 0, 1e-9);
  EXPECT_TRUE(found.pair.empty());
  EXPECT_TRUE(found.unclaimed.empty());
}

}  // namespace
}  // namespace liptako::track
