#include "track/measurement.hpp"

namespace liptako::track {

geo::Position<geo::Ecef> ecef_at(const geo::TangentFrame& frame,
                                 double east_m,
                                 double north_m,
                                 double height_m) {
  constexpr double kPerMetre = 0.5 / geo::kMeanRadiusM;
  const double drop = (east_m * east_m + north_m * north_m) * kPerMetre;
  return frame.ecef_from_enu({east_m, north_m, height_m - drop - frame.origin().height.metres()});
}

}  // namespace liptako::track
