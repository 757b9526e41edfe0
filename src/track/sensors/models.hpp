// The sensor models there are. The tracker knows none of them: it asks for what it needs through
// this table. A new kind of sensor is a file here that fills a SensorModel, a value of SensorKind
// and a line in models.cpp.
#pragma once

#include <optional>
#include <string_view>

#include "track/measurement.hpp"

namespace liptako::track {

struct SensorModel {
  SensorKind kind = SensorKind::polar_radar;
  std::string_view name;  // of a sensor nobody named: "radar 23/2"
  // A plot says where the aircraft is only together with the sensor's site.
  bool needs_site = false;
  // The height assumed makes a difference to linearise() that matters: not to a stated position,
  // which moves by its distance from the frame's origin times the height's share of the Earth's
  // radius, 5 m a kilometre of height at the rim.
  bool uses_height = false;

  // What is taken of a sensor of this kind of which nothing is known.
  SensorDescription (*described)() = nullptr;
  // Linearised at `at`. `site`: the sensor's, of those that need one.
  LinearMeasurement (*linearise)(const SensorDescription& sensor,
                                 const geo::TangentFrame& site,
                                 const Plot& plot,
                                 const geo::TangentFrame& frame,
                                 const HorizontalState& at,
                                 const Height& height) = nullptr;
  // Position of a plot at the given height.
  FirstFix (*first_fix)(const SensorDescription& sensor,
                        const geo::TangentFrame& site,
                        const Plot& plot,
                        const Height& height) = nullptr;
  // Size of the space that the sensor's false plots are spread over, in the units of y.
  double (*measurement_space)(const SensorDescription& sensor) = nullptr;
  // Share of the period within which a second plot of one aircraft is of the same look; 0: only one
  // of the same time is.
  double same_look_share = 0.0;
  // LinearMeasurement::dilution of a report whose error is in part that of the one used
  // `since_last` earlier (absent: none was). Null: errors are independent.
  double (*dilution)(const SensorDescription& sensor,
                     const Plot& plot,
                     std::optional<base::Duration> since_last) = nullptr;
};

// Requires is_known(kind).
[[nodiscard]] const SensorModel& model_of(SensorKind kind);
[[nodiscard]] bool is_known(SensorKind kind);

// A sensor of this kind with the defaults of its model.
[[nodiscard]] SensorDescription described(SensorKind kind);

}  // namespace liptako::track
