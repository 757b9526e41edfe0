// What one sensor reported at one time of what it could see, and the questions the cluster filter
// asks about it. A look is a scan, the plots of one sector of a turning antenna, or a single plot;
// what it did not cover it detects with probability zero there, so that silence costs nothing.
//
// Two sensors here: one that measures position in the plane, and one that measures azimuth and
// range with a detection probability that falls with range. Another sensor is another Look.
//
// Legend (SI and radians; frame: one tangent plane)
//   z     measured pair; h(x) its prediction; R covariance of its noise
//   pD    probability that a target in state x is reported
//   kappa density of false plots in the space of z (per m^2, or per m and rad)
#pragma once

#include <optional>
#include <span>

#include "track/imm.hpp"
#include "track/measurement.hpp"

namespace liptako::track {

// Where in the plane a plot lies, for gating and for first states.
struct PlotPlace {
  double east = 0.0;
  double north = 0.0;
  double cov_ee = 0.0;
  double cov_en = 0.0;
  double cov_nn = 0.0;
};

class Look {
 public:
  virtual ~Look() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual PlotPlace place(std::size_t plot) const = 0;
  // Area of the plane per unit of measured space at the plot: a density over the plane times this
  // is one over z.
  [[nodiscard]] virtual double plane_per_measured(std::size_t plot) const = 0;
  [[nodiscard]] virtual double false_density(std::size_t plot) const = 0;
  [[nodiscard]] virtual double detection_probability(const Gaussian& predicted) const = 0;
  // Density over z, at the plot, of plots from targets that nobody has seen yet, where `per_m2` of
  // them are everywhere; `first` is the target that such a plot would begin.
  [[nodiscard]] virtual double undetected_density(std::size_t plot,
                                                  double per_m2,
                                                  const Gaussian& first) const {
    return per_m2 * plane_per_measured(plot) * detection_probability(first);
  }
  // y = z - h at the predicted mean, with the R that the linearisation asks for.
  [[nodiscard]] virtual LinearMeasurement linearise(const Gaussian& predicted,
                                                    std::size_t plot) const = 0;
  // What has more than two dimensions (exchange/tracklet_look.hpp) is told in two parts with
  // independent noise: the second as linearised once the first was used.
  [[nodiscard]] virtual bool has_rest() const { return false; }
  [[nodiscard]] virtual LinearMeasurement linearise_rest(const Gaussian& after,
                                                         std::size_t plot) const;
};

struct PlanePlot {
  double east = 0.0;
  double north = 0.0;
};

struct PlaneSensor {
  double variance = 1.0;  // of each axis, m^2
  double detection_probability = 0.9;
  double false_per_m2 = 1e-4;
};

class PlaneLook final : public Look {
 public:
  PlaneLook(const PlaneSensor& sensor, std::span<const PlanePlot> plots)
      : sensor_(sensor), plots_(plots) {}

  [[nodiscard]] std::size_t size() const override { return plots_.size(); }
  [[nodiscard]] PlotPlace place(std::size_t plot) const override;
  [[nodiscard]] double plane_per_measured(std::size_t) const override { return 1.0; }
  [[nodiscard]] double false_density(std::size_t) const override { return sensor_.false_per_m2; }
  [[nodiscard]] double detection_probability(const Gaussian&) const override {
    return sensor_.detection_probability;
  }
  [[nodiscard]] LinearMeasurement linearise(const Gaussian& predicted,
                                            std::size_t plot) const override;

 private:
  PlaneSensor sensor_;
  std::span<const PlanePlot> plots_;
};

struct PolarPlot {
  double azimuth = 0.0;  // counter-clockwise from east
  double range = 0.0;
};

struct PolarSensor {
  double east = 0.0;
  double north = 0.0;
  double azimuth_variance = 1e-3;
  double range_variance = 3.0;
  double false_per_m_rad = 1e-4;
  // pD = exp(-range / detection_range)
  double detection_range = 900.0;
};

// h(x) is replaced by its statistical linear regression over the posterior, iterated: the iterated
// posterior linearisation filter [GarciaFernandez15], with the regression by the spherical cubature
// rule [ArasaratnamHaykin09] over position. It starts where the plot lies, so that a prior as wide
// as the field does no harm.
class PolarLook final : public Look {
 public:
  PolarLook(const PolarSensor& sensor, std::span<const PolarPlot> plots)
      : sensor_(sensor), plots_(plots) {}

  [[nodiscard]] std::size_t size() const override { return plots_.size(); }
  [[nodiscard]] PlotPlace place(std::size_t plot) const override;
  [[nodiscard]] double plane_per_measured(std::size_t plot) const override;
  [[nodiscard]] double false_density(std::size_t) const override { return sensor_.false_per_m_rad; }
  [[nodiscard]] double detection_probability(const Gaussian& predicted) const override;
  [[nodiscard]] LinearMeasurement linearise(const Gaussian& predicted,
                                            std::size_t plot) const override;

 private:
  PolarSensor sensor_;
  std::span<const PolarPlot> plots_;
};

}  // namespace liptako::track
