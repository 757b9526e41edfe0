// The sensor models there are. The tracker knows none of them: it asks for what it needs through
// this table. A new kind of sensor is a folder here that fills a SensorModel, with its test, and a
// line in registered.def; models_test.cpp then holds it to its own gradients and to simulated
// plots.
#pragma once

#include <optional>
#include <span>
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
  // What a plot measures of the height itself, linearised at `at` and `height`; absent if it does
  // not. Null: no plot of this kind does.
  std::optional<HeightMeasurement> (*linearise_height)(const SensorDescription& sensor,
                                                       const geo::TangentFrame& site,
                                                       const Plot& plot,
                                                       const geo::TangentFrame& frame,
                                                       const HorizontalState& at,
                                                       const Height& height) = nullptr;
  // The height that a plot alone gives; absent as above.
  std::optional<Height> (*first_height)(const SensorDescription& sensor,
                                        const geo::TangentFrame& site,
                                        const Plot& plot) = nullptr;
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
  // It tells where the aircraft's own navigation takes it to be (navigation_effect.hpp).
  bool tells_navigation = false;
  // The velocity it tells errs anew each time, whatever its position does.
  bool velocity_errs_anew = false;
  // Plots of this kind, however many, confirm no track that no other kind has seen.
  bool confirms = true;
};

// Requires is_known(kind).
[[nodiscard]] const SensorModel& model_of(SensorKind kind);
[[nodiscard]] bool is_known(SensorKind kind);
// All there are.
[[nodiscard]] std::span<const SensorKind> sensor_kinds();

// A sensor of this kind with the defaults of its model.
[[nodiscard]] SensorDescription described(SensorKind kind);

}  // namespace liptako::track
