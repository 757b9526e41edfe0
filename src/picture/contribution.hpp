// A contribution: what a member published of one of its local tracks to one audience. It is all
// that crosses between members; a picture shared by an audience rests on contributions and nothing
// else.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "geo/geodetic.hpp"

namespace liptako::picture {

// Who published it and under which of its own numbers.
struct ContributionId {
  base::MemberId origin;
  std::uint32_t number = 0;
  friend constexpr auto operator<=>(const ContributionId&, const ContributionId&) = default;
};

// The federation's number for an aircraft: the contribution under which it was first published, and
// when that was. Ordered by age, ties by member, so that "the older" has one meaning everywhere.
struct CommonNumber {
  base::Timestamp born;
  ContributionId id;
  friend constexpr auto operator<=>(const CommonNumber&, const CommonNumber&) = default;
};

// Stands for a sensor: equal for two members that take the same feed, so that its evidence is not
// counted twice. Today its kind, SAC and SIC; an opaque stand-in will do where a member hides its
// sensors.
using SensorTag = std::uint32_t;

// State order of the covariance: east, north, velocity east, velocity north in the local frame of
// the position; upper triangle, row by row.
inline constexpr std::size_t kCovarianceSize = 10;

struct Contribution {
  static constexpr std::size_t kMaxSensors = 8;

  std::uint32_t number = 0;   // the origin's
  base::Timestamp born;       // when it was first published
  CommonNumber claim;         // what the origin takes its common number to be; itself at first
  base::Timestamp time;       // the instant the state holds for
  base::Timestamp plot_time;  // of the newest plot that the origin used
  bool coasting = false;
  geo::Geodetic position;  // height unused
  base::Speed velocity_east;
  base::Speed velocity_north;
  std::array<double, kCovarianceSize> covariance{};  // SI
  std::optional<base::Length> pressure_altitude;
  base::Speed vertical_rate;
  double existence = 0.0;  // probability that there is an aircraft behind it
  std::optional<base::IcaoAddress> icao_address;
  std::optional<base::ModeACode> mode_3a;
  base::CallSign call_sign;
  std::uint8_t kinds = 0;  // of those sensors: bit k: a track::SensorKind of value k + 1
  std::uint8_t sensor_count = 0;
  std::array<SensorTag, kMaxSensors> sensors{};  // that it rests on, ascending

  [[nodiscard]] std::span<const SensorTag> rests_on() const {
    return {sensors.data(), sensor_count};
  }
};

// The same aircraft at `at`, straight on, its uncertainty grown by a random acceleration of
// `acceleration_density` (m^2/s^3, each axis) [BarShalom01, §6.2.2].
[[nodiscard]] Contribution extrapolated(const Contribution& c,
                                        base::Timestamp at,
                                        double acceleration_density);

template <class Archive>
void visit_fields(Archive& archive, ContributionId& id) {
  archive(id.origin, id.number);
}
template <class Archive>
void visit_fields(Archive& archive, CommonNumber& n) {
  archive(n.born, n.id);
}
template <class Archive>
void visit_fields(Archive& archive, Contribution& c) {
  archive(c.number, c.born, c.claim, c.time, c.plot_time, c.coasting);
  archive(c.position.latitude, c.position.longitude, c.velocity_east, c.velocity_north);
  archive(c.covariance, c.pressure_altitude, c.vertical_rate, c.existence);
  archive(c.icao_address, c.mode_3a, c.call_sign, c.kinds, c.sensor_count, c.sensors);
}

}  // namespace liptako::picture
