// Aircraft as the cluster filter sees them in the tracker: motion by interacting multiple models,
// pressure altitude, the effect of an unknown height, and what their transponders say of who they
// are; and a look that is made of plots.
#pragma once

#include <span>

#include "track/aircraft_class.hpp"
#include "track/cluster/manoeuvring.hpp"
#include "track/height_effect.hpp"
#include "track/identity_evidence.hpp"
#include "track/vertical_filter.hpp"

namespace liptako::track {

struct AircraftState {
  Imm imm;
  Motion motion;  // whose modes those of `imm` are
  VerticalFilter vertical;
  HeightEffect height_effect;
  Identity identity;
  // Of the last look: the plot that it was updated with, -1 for none, and how it fitted.
  std::int32_t plot = -1;
  LinearMeasurement position;
  UpdateResult fit;
};

template <class Archive>
void visit_fields(Archive& archive, AircraftState& a) {
  archive(a.imm, a.vertical, a.height_effect.d, a.identity);
  archive(a.motion.told, a.motion.used, a.motion.cruises);
}

// A plot of a look, with what the tracker knows of the place where it lies.
struct PlotInLook {
  Plot plot;
  // Per unit of measured space: plots that come from no aircraft or from one that is tracked
  // elsewhere; aircraft that nobody has seen yet.
  double false_density = 0.0;
  double newcomer_density = 0.0;
};

class AircraftLook final : public Look {
 public:
  // What all plots share. `frame`: the one that states are in; `at`: the time they are of, which
  // the plots' own times may differ from by some seconds.
  struct Setting {
    const SensorDescription* sensor = nullptr;
    const geo::TangentFrame* site = nullptr;
    const geo::TangentFrame* frame = nullptr;
    base::Timestamp at;
    Height height;  // to place a plot by, that tells none
    double detection_probability = 0.0;
  };
  AircraftLook(const Setting& setting, std::span<const PlotInLook> plots)
      : setting_(setting), plots_(plots) {}

  [[nodiscard]] std::size_t size() const override { return plots_.size(); }
  [[nodiscard]] PlotPlace place(std::size_t plot) const override;
  [[nodiscard]] double plane_per_measured(std::size_t) const override { return 1.0; }
  [[nodiscard]] double false_density(std::size_t plot) const override {
    return plots_[plot].false_density;
  }
  [[nodiscard]] double undetected_density(std::size_t plot,
                                          double,
                                          const Gaussian&) const override {
    return plots_[plot].newcomer_density;
  }
  [[nodiscard]] double detection_probability(const Gaussian&) const override {
    return setting_.detection_probability;
  }
  [[nodiscard]] LinearMeasurement linearise(const Gaussian& predicted,
                                            std::size_t plot) const override {
    return linearise(predicted, setting_.height, plot);
  }
  // At the plot's own time, straight on or back from the state's.
  [[nodiscard]] LinearMeasurement linearise(const Gaussian& predicted,
                                            const Height& height,
                                            std::size_t plot) const;
  [[nodiscard]] const Plot& plot(std::size_t k) const { return plots_[k].plot; }
  [[nodiscard]] const Setting& setting() const { return setting_; }

 private:
  Setting setting_;
  std::span<const PlotInLook> plots_;
};

struct AircraftMotion {
  using Density = AircraftState;
  using Look = AircraftLook;
  static constexpr double kReach = 2.0;

  const MotionModels* models = nullptr;  // required; whoever owns them outlives every copy
  double first_velocity_sd_mps = 150.0;  // of each axis, of an aircraft seen once

  void predict(Density& x, double dt) const;
  [[nodiscard]] static Gaussian combined(const Density& x) { return combine(x.imm); }
  [[nodiscard]] static LinearMeasurement linearise(const Look& look,
                                                   const Density& x,
                                                   const Gaussian& predicted,
                                                   std::size_t plot);
  [[nodiscard]] double log_likelihood(const Density& x,
                                      const Gaussian& predicted,
                                      const LinearMeasurement& m,
                                      const Fit& how) const;
  [[nodiscard]] static double evidence(const Look& look, const Density& x, std::size_t plot);
  [[nodiscard]] bool update(Density& x,
                            const LinearMeasurement& m,
                            const Look& look,
                            std::size_t plot) const;
  [[nodiscard]] static bool alike(const Density& a, const Density& b);
  void blend(Density& x, const Density& other, double share) const;
  [[nodiscard]] Density start(const Gaussian& first) const;
  [[nodiscard]] Density begin(const Gaussian& first, const Look& look, std::size_t plot) const;
  // What a snapshot may hold.
  [[nodiscard]] static bool is_usable(const Density& x);
};

// Into another frame, whose origin is within some tens of kilometres.
void change_frame(AircraftState& x, const geo::TangentFrame& from, const geo::TangentFrame& to);

}  // namespace liptako::track
