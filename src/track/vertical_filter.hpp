// Pressure altitude and its rate: a two-state Kalman filter with white acceleration, fed by Mode C
// or ADS-B flight levels in steps of 25 or 100 ft. A step of size s is taken as noise of variance
// s^2/12 [BarShalom01, §1.4.10] plus the encoder's own.
//
// It also tells the horizontal filter at which height the aircraft is, with a variance that
// includes what pressure altitude cannot know: the difference between pressure and geometric
// height.
#pragma once

#include "track/measurement.hpp"

namespace liptako::track {

struct VerticalFilter {
  double altitude_m = 0.0;
  double rate_mps = 0.0;
  double P00 = 0.0, P01 = 0.0, P11 = 0.0;
  bool known = false;
  std::uint8_t refusals = 0;  // plots in a row that did not fit
};

template <class Archive>
void visit_fields(Archive& archive, VerticalFilter& v) {
  archive(v.altitude_m, v.rate_mps, v.P00, v.P01, v.P11, v.known, v.refusals);
}

// What became of one altitude report.
enum class AltitudeUse : std::uint8_t { none = 0, used = 1, refused = 2, restarted = 3 };

void predict(VerticalFilter& v, double dt);

// Updates with a pressure altitude of `lag` seconds ago (lag >= 0). One that lies more than five
// sigma off (garbled Mode C) is refused; the third refusal in a row restarts the filter there.
[[nodiscard]] AltitudeUse update(VerticalFilter& v,
                                 base::Length pressure_altitude,
                                 base::Length quantum,
                                 double lag = 0.0);

// Geometric height to use for slant-range geometry. Before any report: mid-way of what flies, with
// a variance to match.
[[nodiscard]] Height geometric_height(const VerticalFilter& v);

}  // namespace liptako::track
