#include "track/cluster/belief_propagation.hpp"

#include <algorithm>
#include <cmath>

namespace liptako::track {
namespace {

constexpr int kMaxIterations = 200;

}  // namespace

AssociationMarginals BeliefPropagation::run(std::span<const double> odds,
                                            std::size_t plots,
                                            double tolerance) {
  const std::size_t tracks = plots == 0 ? 0 : odds.size() / plots;
  mu_.assign(odds.size(), 0.0);
  nu_.assign(odds.size(), 1.0);
  int iteration = 0;
  for (bool moving = true; moving && iteration < kMaxIterations; ++iteration) {
    for (std::size_t i = 0; i < tracks; ++i) {
      double sum = 1.0;
      for (std::size_t j = 0; j < plots; ++j) sum += odds[i * plots + j] * nu_[i * plots + j];
      for (std::size_t j = 0; j < plots; ++j) {
        const double w = odds[i * plots + j];
        // At least one, whatever rounding leaves of it.
        mu_[i * plots + j] = w / std::max(1.0, sum - w * nu_[i * plots + j]);
      }
    }
    moving = false;
    for (std::size_t j = 0; j < plots; ++j) {
      double sum = 1.0;
      for (std::size_t i = 0; i < tracks; ++i) sum += mu_[i * plots + j];
      for (std::size_t i = 0; i < tracks; ++i) {
        const double next = 1.0 / std::max(1.0, sum - mu_[i * plots + j]);
        moving = moving || std::fabs(next - nu_[i * plots + j]) > tolerance * next;
        nu_[i * plots + j] = next;
      }
    }
  }
  pair_.assign(odds.size(), 0.0);
  missed_.assign(tracks, 1.0);
  unclaimed_.assign(plots, 1.0);
  for (std::size_t i = 0; i < tracks; ++i) {
    double sum = 1.0;
    for (std::size_t j = 0; j < plots; ++j) sum += odds[i * plots + j] * nu_[i * plots + j];
    missed_[i] = 1.0 / sum;
    for (std::size_t j = 0; j < plots; ++j) {
      pair_[i * plots + j] = odds[i * plots + j] * nu_[i * plots + j] / sum;
    }
  }
  for (std::size_t j = 0; j < plots; ++j) {
    double sum = 1.0;
    for (std::size_t i = 0; i < tracks; ++i) sum += mu_[i * plots + j];
    unclaimed_[j] = 1.0 / sum;
  }
  return {pair_, missed_, unclaimed_, iteration};
}

}  // namespace liptako::track
