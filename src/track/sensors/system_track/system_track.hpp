// Sensor model: another system's tracker. Its sensor tracks come as positions, often with a
// velocity, each with the accuracy it states. They are estimates, not measurements: what is wrong
// with one report is for the most part wrong with the next, so that taking each for news would make
// a track sure of what it does not know.
//
//   y = p - (e, n), H = I on the position            (stated_position.hpp)
//   R = stated covariance + s_t^2 v v'               for gates, association and motion
//   c R                                              for the gain: what the report adds
//
//   c = c_t c_v
//   c_t = (1 + a) / (1 - a), a = exp(-dt / m)        1 for the first report, and for one that lies
//                                                    beyond 95 % of what the track expects
//   c_v = 2 with a velocity, else 1
//
//   dt  since the report of this tracker that the track used before
//   m   its memory: how long an error lives on. A filter that settles with gain K at updates T
//       apart forgets by 1 - K an update, m = -T / log(1 - K); the sensor's `memory`
//
// c_t: reports of one constant with an error that fades as a first-order autoregression hold
// together the information 1/R + sum of (1 - a)/(1 + a)/R [BayleyHammersley46, for even steps; the
// inverse of such a covariance is tridiagonal, which gives it for uneven ones]. Weighted by c_t,
// reports add up to exactly that, however often they come: 10 m stated ten times in one memory stay
// about 10 m. An error that lives on is in the track already and agrees with it, so that a report
// that does not agree is news, of a turn most likely, and is not weighted down.
//
// c_v: position and velocity of one report come from the same data, correlated in a way that is not
// stated; each with twice its covariance they are bounded whatever the correlation
// [JulierUhlmann97, covariance intersection with equal weights].
//
// To undo the other filter instead and use only what is new in each report needs its gains or full
// covariances, which CAT062 does not carry.
#pragma once

#include "track/sensors/models.hpp"

namespace liptako::track::system_track {

[[nodiscard]] const SensorModel& model();

}  // namespace liptako::track::system_track
