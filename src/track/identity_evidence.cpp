#include "track/identity_evidence.hpp"

#include <cmath>

namespace liptako::track {
namespace {

constexpr double kSameAddress = 12.0;
constexpr double kOtherAddress = -12.0;
constexpr double kSameModeA = 5.0;
constexpr double kOtherModeA = -5.0;
constexpr double kMaxAltitudePenalty = 8.0;
constexpr double kAltitudeNoiseM2 = 100.0;  // beside the filter's own and the step's

}  // namespace

double evidence_of(const Plot& plot,
                   const Identity& identity,
                   const VerticalFilter& vertical,
                   double lag) {
  double sum = 0.0;
  if (plot.icao_address && identity.icao_address)
    sum += *plot.icao_address == *identity.icao_address ? kSameAddress : kOtherAddress;
  if (plot.mode_3a && identity.mode_3a)
    sum += *plot.mode_3a == *identity.mode_3a ? kSameModeA : kOtherModeA;
  if (plot.pressure_altitude && vertical.known) {
    const double quantum = plot.altitude_quantum.metres();
    const double then = vertical.altitude_m - lag * vertical.rate_mps;
    const double y = plot.pressure_altitude->metres() - then;
    sum -= std::fmin(kMaxAltitudePenalty,
                     0.5 * y * y / (vertical.P00 + quantum * quantum + kAltitudeNoiseM2));
  }
  return sum;
}

void note_code(Identity& identity, const Plot& plot) {
  if (!plot.mode_3a) return;
  if (!identity.mode_3a || identity.mode_3a_candidate == plot.mode_3a)
    identity.mode_3a = plot.mode_3a;
  identity.mode_3a_candidate = plot.mode_3a;
}

}  // namespace liptako::track
