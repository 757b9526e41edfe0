#include "track/sensors/remote_id/remote_id.hpp"

#include <iterator>

#include "track/sensors/stated_position.hpp"

namespace liptako::track::remote_id {
namespace {

// Radius, or deviation along one axis, that holds 95 % of a normal error of deviation 1.
constexpr double kCircle95 = 2.448;
constexpr double kAxis95 = 1.960;

// Class 0 is "unknown, or not better than the worst class".
constexpr double kHorizontalM[] = {
    0, 18'520, 7'408, 3'704, 1'852, 926, 555.6, 185.2, 92.6, 30, 10, 3, 1};
constexpr double kVerticalM[] = {0, 150, 45, 25, 10, 3, 1};
constexpr double kSpeedMps[] = {0, 10, 3, 1, 0.3};
constexpr std::uint8_t kMostTenths = 15;

template <std::size_t Size>
double entry(const double (&table)[Size], std::uint8_t index) {
  return index < Size ? table[index] : 0.0;
}

// A step of the position is 1e-7 degrees, a centimetre; the antenna is somewhere on the aircraft.
constexpr base::Length kLeastSd = base::Length::from_metres(1);
constexpr base::Length kHeightSd = base::Length::from_metres(75);  // class 1 at 95 %

SensorDescription described() {
  SensorDescription s;
  s.kind = SensorKind::remote_id;
  s.period = std::chrono::seconds(1);
  s.latency_sd = std::chrono::milliseconds(500);
  s.position_sd = base::Length::from_metres(50);
  // Received over a few kilometres, by receivers that are somewhere in a district.
  s.range_max = base::Length::from_metres(50'000);
  s.detection_probability = 0.6;
  // Anyone can broadcast what he likes.
  s.false_plots_primary = s.false_plots_secondary = 0.05;
  return s;
}

stated::Covariance covariance_of(const SensorDescription& sensor, const Plot& plot) {
  const double sd =
      std::fmax(kLeastSd.metres(),
                (plot.sd_east > base::Length() ? plot.sd_east : sensor.position_sd).metres());
  return {sd * sd, 0.0, sd * sd};
}

LinearMeasurement linearise(const SensorDescription& sensor,
                            const geo::TangentFrame&,
                            const Plot& plot,
                            const geo::TangentFrame& frame,
                            const HorizontalState& at,
                            const Height& height) {
  const base::Duration time_sd =
      plot.time_sd > base::Duration::zero() ? plot.time_sd : sensor.latency_sd;
  return stated::linearise(plot, covariance_of(sensor, plot), time_sd, frame, at, height);
}

FirstFix first_fix(const SensorDescription& sensor,
                   const geo::TangentFrame&,
                   const Plot& plot,
                   const Height& height) {
  return stated::first_fix(plot, covariance_of(sensor, plot), height);
}

std::optional<HeightMeasurement> linearise_height(const SensorDescription&,
                                                  const geo::TangentFrame&,
                                                  const Plot& plot,
                                                  const geo::TangentFrame&,
                                                  const HorizontalState&,
                                                  const Height& height) {
  return stated::linearise_height(plot, kHeightSd, height);
}

std::optional<Height> first_height(const SensorDescription&,
                                   const geo::TangentFrame&,
                                   const Plot& plot) {
  return stated::first_height(plot, kHeightSd);
}

constexpr SensorModel kModel{
    .kind = SensorKind::remote_id,
    .name = "remote id",
    .needs_site = false,
    .described = described,
    .linearise = linearise,
    .first_fix = first_fix,
    .linearise_height = linearise_height,
    .first_height = first_height,
    .measurement_space = stated::measurement_space,
};

}  // namespace

base::Length position_sd(std::uint8_t horizontal_accuracy) {
  return base::Length::from_metres(entry(kHorizontalM, horizontal_accuracy) / kCircle95);
}

base::Length height_sd(std::uint8_t vertical_accuracy) {
  return base::Length::from_metres(entry(kVerticalM, vertical_accuracy) / kAxis95);
}

base::Speed velocity_sd(std::uint8_t speed_accuracy) {
  return base::Speed::from_mps(entry(kSpeedMps, speed_accuracy) / kCircle95);
}

base::Duration time_sd(std::uint8_t timestamp_accuracy) {
  if (timestamp_accuracy > kMostTenths) return {};
  return base::seconds(0.1 * timestamp_accuracy / kAxis95);
}

const SensorModel& model() { return kModel; }

}  // namespace liptako::track::remote_id
