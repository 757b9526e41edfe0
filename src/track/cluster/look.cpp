#include "track/cluster/look.hpp"

#include "base/math.hpp"
#include "track/cluster/density.hpp"

namespace liptako::track {
namespace {

constexpr int kIterations = 2;

// The position block of a Gaussian and the lower Cholesky factor of its covariance.
struct PositionRoot {
  double l00 = 0.0, l10 = 0.0, l11 = 0.0;
};

PositionRoot root_of(const Gaussian& x) {
  PositionRoot root;
  root.l00 = std::sqrt(std::fmax(x.P[packed(0, 0)], 0.0));
  root.l10 = root.l00 > 0.0 ? x.P[packed(0, 1)] / root.l00 : 0.0;
  root.l11 = std::sqrt(std::fmax(x.P[packed(1, 1)] - root.l10 * root.l10, 0.0));
  return root;
}

}  // namespace

LinearMeasurement Look::linearise_rest(const Gaussian&, std::size_t) const { return {}; }

PlotPlace PlaneLook::place(std::size_t plot) const {
  return {plots_[plot].east, plots_[plot].north, sensor_.variance, 0.0, sensor_.variance};
}

LinearMeasurement PlaneLook::linearise(const Gaussian& predicted, std::size_t plot) const {
  LinearMeasurement m;
  m.y[0] = plots_[plot].east - predicted.mean.x[kEast];
  m.y[1] = plots_[plot].north - predicted.mean.x[kNorth];
  m.H[0][kEast] = 1.0;
  m.H[1][kNorth] = 1.0;
  m.R[0] = sensor_.variance;
  m.R[2] = sensor_.variance;
  return m;
}

PlotPlace PolarLook::place(std::size_t plot) const {
  const auto [sine, cosine] = base::sincos(plots_[plot].azimuth);
  const double range = plots_[plot].range;
  const double along = sensor_.range_variance;
  const double across = range * range * sensor_.azimuth_variance;
  return {sensor_.east + range * cosine,
          sensor_.north + range * sine,
          along * cosine * cosine + across * sine * sine,
          (along - across) * sine * cosine,
          along * sine * sine + across * cosine * cosine};
}

double PolarLook::plane_per_measured(std::size_t plot) const { return plots_[plot].range; }

double PolarLook::detection_probability(const Gaussian& predicted) const {
  const double e = predicted.mean.x[kEast] - sensor_.east;
  const double n = predicted.mean.x[kNorth] - sensor_.north;
  return base::exp(-std::sqrt(e * e + n * n) / sensor_.detection_range);
}

LinearMeasurement PolarLook::linearise(const Gaussian& predicted, std::size_t plot) const {
  const PolarPlot& z = plots_[plot];
  // First posterior: with the plot as a position in the plane.
  const PlotPlace at = place(plot);
  LinearMeasurement plane;
  plane.y[0] = at.east - predicted.mean.x[kEast];
  plane.y[1] = at.north - predicted.mean.x[kNorth];
  plane.H[0][kEast] = 1.0;
  plane.H[1][kNorth] = 1.0;
  plane.R[0] = at.cov_ee, plane.R[1] = at.cov_en, plane.R[2] = at.cov_nn;
  Gaussian posterior = predicted;
  if (!kalman_update(posterior, plane)) return plane;

  LinearMeasurement m;
  for (int iteration = 0;; ++iteration) {
    // Regression of (azimuth - z, range) on position over `posterior`: H = Psi' P^-1, the points
    // +-sqrt(2) root, so that Psi' root^-T is a difference of opposite points.
    const PositionRoot root = root_of(posterior);
    const double column[2][2] = {{root.l00, root.l10}, {0.0, root.l11}};
    double h[4][2];
    double mean[2] = {};
    for (int k = 0; k < 4; ++k) {
      const double sign = k % 2 == 0 ? std::sqrt(2.0) : -std::sqrt(2.0);
      const double e = posterior.mean.x[kEast] + sign * column[k / 2][0] - sensor_.east;
      const double n = posterior.mean.x[kNorth] + sign * column[k / 2][1] - sensor_.north;
      h[k][0] = base::wrap_pi(base::atan2(n, e) - z.azimuth);
      h[k][1] = std::sqrt(e * e + n * n);
      mean[0] += 0.25 * h[k][0];
      mean[1] += 0.25 * h[k][1];
    }
    // W[i][c] = dh_i along column c of the root.
    double W[2][2];
    for (int i = 0; i < 2; ++i) {
      for (int c = 0; c < 2; ++c)
        W[i][c] = (h[2 * c][i] - h[2 * c + 1][i]) / (2.0 * std::sqrt(2.0));
    }
    m = LinearMeasurement{};
    for (int i = 0; i < 2; ++i) {
      // H root = W, root lower triangular.
      m.H[i][kNorth] = root.l11 > 0.0 ? W[i][1] / root.l11 : 0.0;
      m.H[i][kEast] = root.l00 > 0.0 ? (W[i][0] - m.H[i][kNorth] * root.l10) / root.l00 : 0.0;
    }
    // What is left of the spread of h beside the linear part is noise.
    double spread[3] = {};
    for (const auto& point : h) {
      spread[0] += 0.25 * (point[0] - mean[0]) * (point[0] - mean[0]);
      spread[1] += 0.25 * (point[0] - mean[0]) * (point[1] - mean[1]);
      spread[2] += 0.25 * (point[1] - mean[1]) * (point[1] - mean[1]);
    }
    m.R[0] = sensor_.azimuth_variance +
             std::fmax(0.0, spread[0] - W[0][0] * W[0][0] - W[0][1] * W[0][1]);
    m.R[1] = spread[1] - W[0][0] * W[1][0] - W[0][1] * W[1][1];
    m.R[2] =
        sensor_.range_variance + std::fmax(0.0, spread[2] - W[1][0] * W[1][0] - W[1][1] * W[1][1]);
    const double de = predicted.mean.x[kEast] - posterior.mean.x[kEast];
    const double dn = predicted.mean.x[kNorth] - posterior.mean.x[kNorth];
    m.y[0] = -mean[0] - m.H[0][kEast] * de - m.H[0][kNorth] * dn;
    m.y[1] = z.range - mean[1] - m.H[1][kEast] * de - m.H[1][kNorth] * dn;
    if (iteration == kIterations) return m;
    posterior = predicted;
    if (!kalman_update(posterior, m)) return m;
  }
}

}  // namespace liptako::track
