// What an aircraft's own navigation errs by is in every position it tells, and lives for minutes:
// it is in the track that rests on such reports and in the next report, and the two agree better
// than either is right. It is therefore considered apart from the filter's own covariance
// [Schmidt66; BarShalom01, §4.10, §8.2], as an error that fades and is never estimated:
//
//   b   error of the positions told, east and north: b = L u, u ~ N(0, I), L L' what the reports
//       claim less what is new in each; u fades with kNavigationMemory as a first-order
//       autoregression
//   G   its effect on the state's error: (true - estimate) = G u + noise, P the noise's covariance
//   g   G's and L's part of the innovation: H G + L; of another sensor's plot H G
//   S = H P H' + R + g g'        K = (P H' + G g') S^-1        the gain that is best for P + G G'
//   G <- G - K g                 P <- (I - K H) P (I - K H)' + K R K'
//   G <- a G, P <- P + (1 - a^2) G G'     as u fades
//   P + G G'                     what is claimed to the outside
//
// Whatever G is, P + G G' and S are positive definite. One G serves all modes: it follows the
// moment-matched gain.
#pragma once

#include "base/time.hpp"
#include "track/imm.hpp"

namespace liptako::track {

// A transponder may tell a position that is up to 0.2 s old as one of now [DO-260B,
// §2.2.3.2.3.2]: another age in each report, as one standard deviation; its mean is a clock's.
inline constexpr base::Duration kReportAge = std::chrono::milliseconds(58);

// Satellite navigation errs by what the ionosphere, the clocks and the orbits do: by minutes and
// more [KaplanHegarty17, ch. 10]; and an installation's latency stays.
inline constexpr base::Duration kNavigationMemory = std::chrono::minutes(20);

struct NavigationEffect {
  float per_sd[kStateSize][2] = {};  // metres and metres per second for one deviation of u
};

[[nodiscard]] inline bool is_none(const NavigationEffect& effect) {
  const auto& [east, north, velocity_east, velocity_north] = effect.per_sd;
  return east[0] == 0.0F && east[1] == 0.0F && north[0] == 0.0F && north[1] == 0.0F;
}

// Straight extrapolation by `dt`, forwards or backwards; nothing fades.
void carry(NavigationEffect& effect, double dt);
// Extrapolates and fades; what has faded is noise. Requires dt >= 0.
[[nodiscard]] Widening predict(NavigationEffect& effect, double dt);
// All of it becomes noise.
[[nodiscard]] Widening forget(NavigationEffect& effect);

// Into another tangent frame.
void change_frame(NavigationEffect& effect,
                  const geo::TangentFrame& from,
                  const geo::TangentFrame& to);

// A variance (0,0), (0,1), (1,1) in two: what is new in each report, and the root of the rest.
struct ReportNoise {
  double fresh[3] = {};
  double root[2][2] = {};  // lower triangle
};
// What a report may err by, and the velocity, m/s, along which its age and its stamp move it.
struct Claim {
  double variance[3] = {};
  double velocity_east = 0.0;
  double velocity_north = 0.0;
  double stamp_variance_s2 = 0.0;  // of the station's stamps, which is in `variance`
};
// `share` of the variance is fresh, and what telling a position in steps errs by; `share` of what
// the age does; and all that stamps do: it turns with the aircraft, as nothing does that lives on.
[[nodiscard]] ReportNoise split(const Claim& claim, double share);

// g of a measurement: of another sensor's with `root` null.
struct NavigationShare {
  double g[2][2] = {};
  Correlation correlation;
};
[[nodiscard]] NavigationShare share_of(const NavigationEffect& effect,
                                       const LinearMeasurement& m,
                                       const double (*root)[2]);

// For the state of another time than the measurement's, whose effect is this.
void correlate(NavigationShare& share, const NavigationEffect& effect);

// After an update by this gain with what `share` is of.
void update(NavigationEffect& effect, const NavigationShare& share, const MeanGain& gain);
// After one with a velocity, which has nothing of the navigation's error; what that has done to the
// state's velocity is little, and the gain leaves it out.
void update_by_velocity(NavigationEffect& effect,
                        const LinearMeasurement& velocity,
                        const MeanGain& gain);

}  // namespace liptako::track
