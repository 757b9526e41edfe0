// CAT021 of edition 0.23, an ADS-B report of a ground station, as typed values. Its items are not
// those of the editions 2.x (cat021_report.hpp). [CAT021 ed. 0.23]
#pragma once

#include "codec/asterix/cat021_report.hpp"

namespace liptako::codec::asterix {

// What the items of CAT021 ed. 0.23 hold.
namespace cat021_ed023 {
enum class AddressType : std::uint8_t {
  not_unique = 0,
  icao = 1,
  surface_vehicle = 2,
  anonymous = 3
};

struct Descriptor {  // I021/040
  bool differential_correction = false;
  bool on_ground = false;
  bool simulated = false;
  bool test = false;
  bool field_monitor = false;
  bool no_selected_altitude = false;
  bool spi = false;
  std::uint8_t address_type = 0;        // an AddressType; 4 to 7 mean nothing yet
  std::uint8_t altitude_reporting = 0;  // 0 unknown, 1 steps of 25 ft, 2 of 100 ft
};

struct Quality {  // I021/090, the figure of merit
  std::uint8_t acas = 0;
  std::uint8_t multiple_navigation = 0;
  std::uint8_t differential_correction = 0;
  std::uint8_t nuc_p = 0;  // navigational uncertainty category of the position, 0 to 9 [DO-260]
};

struct Link {  // I021/210
  bool cdti = false;
  bool mode_s = false;
  bool uat = false;
  bool vdl_4 = false;
  bool other = false;
};

struct GroundVector {
  Speed ground_speed;
  Angle track_angle;  // clockwise from true north
};

struct Turn {                  // I021/165
  std::uint8_t direction = 0;  // 1 left, 2 right, 3 straight
  std::optional<double> rate_deg_s;
};
}  // namespace cat021_ed023

// CAT021 ed. 0.23: an ADS-B report of a ground station.
struct Cat021Ed023Report {
  RecordInfo record;

  std::optional<SacSic> source;                        // I021/010
  std::optional<cat021_ed023::Descriptor> descriptor;  // I021/040
  std::optional<TimeOfDay> time_of_day;                // I021/030, of the position
  std::optional<LatLon> position;                      // I021/130, 2.1e-5 degree steps
  std::optional<IcaoAddress> aircraft_address;         // I021/080; see descriptor.address_type
  std::optional<Length> geometric_height;              // I021/140, above the WGS-84 ellipsoid
  std::optional<cat021_ed023::Quality> quality;        // I021/090
  std::optional<cat021_ed023::Link> link;              // I021/210
  std::optional<Angle> roll_angle;                     // I021/230, negative: left wing down
  std::optional<Length> pressure_altitude;             // I021/145, flight level above 1013.25 hPa
  std::optional<Speed> indicated_air_speed;            // I021/150: one of these two
  std::optional<double> mach;
  std::optional<Speed> true_air_speed;                      // I021/151
  std::optional<Angle> magnetic_heading;                    // I021/152
  std::optional<Speed> barometric_vertical_rate;            // I021/155, positive up
  std::optional<Speed> geometric_vertical_rate;             // I021/157
  std::optional<cat021_ed023::GroundVector> ground_vector;  // I021/160
  std::optional<cat021_ed023::Turn> turn;                   // I021/165
  std::optional<CallSign> call_sign;                        // I021/170
  std::optional<std::uint8_t> nuc_r;  // I021/095, uncertainty category of the velocity [DO-260]
  std::optional<base::Duration> time_accuracy;        // I021/032, the greatest difference
  std::optional<std::uint8_t> priority;               // I021/200
  std::optional<std::uint8_t> emitter_category;       // I021/020
  std::optional<cat021::Weather> weather;             // I021/220
  std::optional<SelectedAltitude> selected_altitude;  // I021/146
  std::optional<FinalSelectedAltitude> final_selected_altitude;  // I021/148
  std::optional<TrajectoryStatus> trajectory_status;             // I021/110, first sub-item
  ByteView trajectory_points;  // I021/110, second: fifteen octets each
  [[nodiscard]] std::size_t trajectory_point_count() const { return trajectory_points.size() / 15; }
  [[nodiscard]] TrajectoryPoint trajectory_point(std::size_t i) const {
    return trajectory_point_from(trajectory_points.subspan(15 * i, 15));
  }
  ByteView reserved_expansion;  // without its length octet
  ByteView special_purpose;
};

// Whether a record was read as CAT021 of this edition.
[[nodiscard]] bool is_cat021_ed023(const Record& record);

// Interprets a record; requires is_cat021_ed023(record).
[[nodiscard]] Cat021Ed023Report to_cat021_ed023(const Record& record);

}  // namespace liptako::codec::asterix
