// Sensor model: a post whose people tell what they see or hear: an aircraft in a sector, at a class
// of range, some minutes ago. Wide, late, and worth having where nothing else looks. The post's
// place is configured; a plot holds where the aircraft was and never who told it.
//
//   b, w   middle and width of the sector (Plot::azimuth, azimuth_width)
//   r, D   middle and width of the class of range over ground (Plot::slant_range, range_width)
//   T, s_t how long ago, mean and standard deviation (Plot::seen_ago, time_sd)
//
// All places of the sector's ring segment are as likely, bearing and range taken as independent and
// even. The first two moments of such a place are exact, along the sector's middle and across:
//
//   mean    r sinc(w / 2)
//   along   (r^2 + D^2 / 12) (1 + sinc w) / 2 - mean^2
//   across  (r^2 + D^2 / 12) (1 - sinc w) / 2
//
// with sinc x = sin x / x. The report is of the aircraft as it was T ago; the track of it as it is:
//
//   y = p - (x - T v),  H = [I, -T I]
//   R = C + s_t^2 v v' + q T^3 / 3 I
//
// q = 3 m^2/s^3: what it may have turned since [BarShalom01, §6.2.2]. So minutes of delay need no
// going back in time. R is taken four times for the gain: words were turned into numbers by
// somebody. No number of such reports confirms a track.
#pragma once

#include "track/sensors/models.hpp"

namespace liptako::track::observer {

[[nodiscard]] const SensorModel& model();

}  // namespace liptako::track::observer
