// The tracklets of another node as a look of the cluster filter: each is a plot that tells position
// and velocity, and a target without one was looked for and not seen.
#pragma once

#include <span>

#include "track/cluster/look.hpp"
#include "track/exchange/tracklets.hpp"

namespace liptako::track {

class TrackletLook final : public Look {
 public:
  explicit TrackletLook(const TrackletSource::News& news)
      : tracklets_(news.tracklets), unseen_(news.unseen) {}

  [[nodiscard]] std::size_t size() const override { return tracklets_.size(); }
  [[nodiscard]] PlotPlace place(std::size_t plot) const override;
  [[nodiscard]] double plane_per_measured(std::size_t) const override { return 1.0; }
  [[nodiscard]] double false_density(std::size_t plot) const override;
  [[nodiscard]] double detection_probability(const Gaussian&) const override {
    return 1.0 - unseen_;
  }
  // Position first; then velocity less what the position told of it, whose noise is independent.
  [[nodiscard]] LinearMeasurement linearise(const Gaussian& predicted,
                                            std::size_t plot) const override;
  [[nodiscard]] bool has_rest() const override { return true; }
  [[nodiscard]] LinearMeasurement linearise_rest(const Gaussian& after,
                                                 std::size_t plot) const override;

 private:
  std::span<const Tracklet> tracklets_;
  double unseen_ = 1.0;
};

}  // namespace liptako::track
