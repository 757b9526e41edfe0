// Places of tracks, aircraft and radar plots on the plane of a picture, kilometres east and north
// of the scene's origin.
#pragma once

#include <cmath>
#include <vector>

#include "chart.hpp"
#include "serve/frames.hpp"
#include "track/scene_for_test.hpp"

namespace liptako::bench {

[[nodiscard]] inline Point place_km(const geo::TangentFrame& frame, const geo::Geodetic& place) {
  const auto enu = frame.enu_from_ecef(geo::ecef_from_geodetic(place));
  return {enu.x / 1e3, enu.y / 1e3};
}

[[nodiscard]] inline Point place_km(const track::testing::Aircraft& a) {
  return {a.east_m / 1e3, a.north_m / 1e3};
}

// Where a radar's plot would lie at this height above the ellipsoid.
[[nodiscard]] inline Point plot_km(const geo::TangentFrame& frame,
                                   const track::SensorDescription& radar,
                                   const track::Plot& plot,
                                   double height_m) {
  const geo::TangentFrame site(radar.site);
  const double rho = plot.slant_range.metres(), theta = plot.azimuth.radians();
  const double up = height_m - radar.site.height.metres();
  const double ground = std::sqrt(std::fmax(rho * rho - up * up, 0.0));
  return place_km(frame,
                  geo::geodetic_from_ecef(site.ecef_from_enu(
                      {ground * base::sin(theta), ground * base::cos(theta), up})));
}

// The 95 % ellipse of a track around a place.
[[nodiscard]] inline std::vector<Point> ellipse_km(const track::TrackView& view, Point centre) {
  const serve::Ellipse e = serve::ellipse_95(view.cov_ee_m2, view.cov_en_m2, view.cov_nn_m2);
  const double direction = e.direction.radians();
  const double ue = base::sin(direction), un = base::cos(direction);
  std::vector<Point> out;
  constexpr int kCorners = 40;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2.0 * base::kPi * i / kCorners;
    const double along = e.semi_major.metres() / 1e3 * base::cos(angle);
    const double across = e.semi_minor.metres() / 1e3 * base::sin(angle);
    out.push_back({centre.x + along * ue + across * un, centre.y + along * un - across * ue});
  }
  return out;
}

}  // namespace liptako::bench
