#include "track/exchange/tracklet_look.hpp"

#include "base/math.hpp"

namespace liptako::track {

PlotPlace TrackletLook::place(std::size_t plot) const {
  const Tracklet& t = tracklets_[plot];
  return {t.z.x[kEast], t.z.x[kNorth], t.R[packed(0, 0)], t.R[packed(0, 1)], t.R[packed(1, 1)]};
}

double TrackletLook::false_density(std::size_t plot) const {
  return base::exp(tracklets_[plot].log_false_density);
}

LinearMeasurement TrackletLook::linearise(const Gaussian& predicted, std::size_t plot) const {
  const Tracklet& t = tracklets_[plot];
  LinearMeasurement m;
  m.columns = Columns::place;
  for (int i = 0; i < 2; ++i) {
    m.H[i][i] = 1.0;
    m.y[i] = t.z.x[i] - predicted.mean.x[i];
  }
  m.R[0] = t.R[packed(0, 0)], m.R[1] = t.R[packed(0, 1)], m.R[2] = t.R[packed(1, 1)];
  return m;
}

// With R = [A B'; B D] in position and velocity and G = B A^-1: v - G p is measured by z_v - G z_p
// with noise D - G B', independent of that of z_p.
LinearMeasurement TrackletLook::linearise_rest(const Gaussian& after, std::size_t plot) const {
  const Tracklet& t = tracklets_[plot];
  const double a00 = t.R[packed(0, 0)], a01 = t.R[packed(0, 1)], a11 = t.R[packed(1, 1)];
  const double determinant = a00 * a11 - a01 * a01;
  LinearMeasurement m;
  double G[2][2];
  double B[2][2];
  for (int i = 0; i < 2; ++i) {
    for (int k = 0; k < 2; ++k) B[i][k] = t.R[packed(2 + i, k)];
    G[i][0] = (B[i][0] * a11 - B[i][1] * a01) / determinant;
    G[i][1] = (B[i][1] * a00 - B[i][0] * a01) / determinant;
  }
  double e[kStateSize];
  for (int k = 0; k < kStateSize; ++k) e[k] = t.z.x[k] - after.mean.x[k];
  for (int i = 0; i < 2; ++i) {
    m.H[i][2 + i] = 1.0;
    for (int k = 0; k < 2; ++k) m.H[i][k] = -G[i][k];
    m.y[i] = e[2 + i] - G[i][0] * e[0] - G[i][1] * e[1];
  }
  m.R[0] = t.R[packed(2, 2)] - G[0][0] * B[0][0] - G[0][1] * B[0][1];
  m.R[1] = t.R[packed(2, 3)] - G[0][0] * B[1][0] - G[0][1] * B[1][1];
  m.R[2] = t.R[packed(3, 3)] - G[1][0] * B[1][0] - G[1][1] * B[1][1];
  return m;
}

}  // namespace liptako::track
