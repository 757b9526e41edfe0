#include "track/measurement.hpp"

namespace liptako::track {

geo::Position<geo::Ecef> ecef_at(const geo::TangentFrame& frame,
                                 double east_m,
                                 double north_m,
                                 double height_m) {
  const double drop = (east_m * east_m + north_m * north_m) / (2.0 * geo::kMeanRadiusM);
  return frame.ecef_from_enu({east_m, north_m, height_m - drop - frame.origin().height.metres()});
}

}  // namespace liptako::track
