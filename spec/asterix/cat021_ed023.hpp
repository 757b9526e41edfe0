// CAT021, ADS-B reports, edition 0.23: the facts. It shares its number with the editions 2.x
// (cat021.hpp) and nothing else: other items, in other places. Nothing in a record says which of
// them it is (edition.hpp). [CAT021 ed. 0.23, 2003-11]; items in the order of its user application
// profile.
#pragma once

#include "codec/asterix/table.hpp"
#include "spec/asterix/codes.hpp"

namespace liptako::codec::asterix {
namespace cat021_ed023_facts {
using namespace codes;
using namespace table;

inline constexpr std::string_view kAddressType[] = {
    "not_unique", "icao", "surface_vehicle", "anonymous"};
inline constexpr std::string_view kAltitudeReporting[] = {"unknown", "25_ft", "100_ft"};
inline constexpr std::string_view kEquipment[] = {
    "unknown", "not_operational", "operational", "invalid"};
inline constexpr std::string_view kCorrection[] = {"unknown", "yes", "no", "invalid"};
inline constexpr std::string_view kPriority[] = {"none",
                                                 "general_emergency",
                                                 "medical",
                                                 "minimum_fuel",
                                                 "no_communications",
                                                 "unlawful_interference"};
inline constexpr std::string_view kAltitudeSource[] = {"unknown", "aircraft", "mcp_fcu", "fms"};
inline constexpr std::string_view kTurning[] = {"not_available", "left", "right", "straight"};
// Other classes of weight than later editions have.
inline constexpr std::string_view kOldEmitter[] = {"",
                                                   "light",
                                                   "",
                                                   "medium",
                                                   "",
                                                   "heavy",
                                                   "high_performance",
                                                   "",
                                                   "",
                                                   "",
                                                   "rotorcraft",
                                                   "glider",
                                                   "lighter_than_air",
                                                   "unmanned",
                                                   "space",
                                                   "ultralight",
                                                   "parachutist",
                                                   "",
                                                   "",
                                                   "",
                                                   "surface_emergency_vehicle",
                                                   "surface_service_vehicle",
                                                   "fixed_or_tethered_obstacle"};

inline constexpr Row kRows[] = {
    fixed("010", "sac_sic", "Data source identification"),
    u("SAC", "sac", 8),
    u("SIC", "sic", 8),

    fixed("040", "descriptor", "Report descriptor"),
    flag("DCR", "differential_correction"),
    flag("GBS", "on_ground"),
    flag("SIM", "simulated"),
    flag("TST", "test"),
    flag("RAB", "field_monitor"),
    flag("SAA", "no_selected_altitude"),
    flag("SPI", "spi"),
    spare(1),
    code("ATP", "address_type", 3, kAddressType),
    code("ARC", "altitude_reporting", 2, kAltitudeReporting),
    spare(3),

    fixed("030", "time_of_day", "Time of day"),
    u("", "time_of_day_s", 24, {1, 128}),

    fixed("130", "position", "Position, WGS-84"),
    s("LAT", "latitude_deg", 24, {180, 1 << 23}),
    s("LON", "longitude_deg", 24, {180, 1 << 23}),

    fixed("080", "aircraft_address", "Aircraft address"),
    address("", "aircraft_address"),

    fixed("140", "geometric_height", "Geometric altitude"),
    s("", "geometric_height_ft", 16, {25, 4}),

    fixed("090", "quality", "Figure of merit"),
    code("AC", "acas", 2, kEquipment),
    code("MN", "multiple_navigation", 2, kEquipment),
    code("DC", "differential_correction", 2, kCorrection),
    spare(6),
    u("PA", "nuc_p", 4),

    fixed("210", "link", "Link technology indicator"),
    spare(3),
    flag("DTI", "cdti"),
    flag("MDS", "mode_s"),
    flag("UAT", "uat"),
    flag("VDL", "vdl_4"),
    flag("OTR", "other"),

    fixed("230", "roll_angle", "Roll angle"),
    s("", "roll_angle_deg", 16, {1, 100}),

    fixed("145", "flight_level", "Flight level"),
    s("", "flight_level_fl", 16, {1, 4}),

    // AS is in units of 2^-14 NM/s (indicated) or 0.001 (Mach) as IM says: its raw number is given.
    fixed("150", "air_speed", "Air speed"),
    flag("IM", "is_mach"),
    u("AS", "air_speed_raw", 15),

    fixed("151", "true_air_speed", "True air speed"),
    u("", "true_air_speed_kt", 16),

    fixed("152", "magnetic_heading", "Magnetic heading"),
    u("", "magnetic_heading_deg", 16, {360, 65536}),

    fixed("155", "barometric_vertical_rate", "Barometric vertical rate"),
    s("", "barometric_vertical_rate_ftmin", 16, {25, 4}),

    fixed("157", "geometric_vertical_rate", "Geometric vertical rate"),
    s("", "geometric_vertical_rate_ftmin", 16, {25, 4}),

    fixed("160", "ground_vector", "Ground vector"),
    s("GS", "ground_speed_kt", 16, {3600, 16384}),
    u("TA", "track_angle_deg", 16, {360, 65536}),

    extended("165", "turn", "Rate of turn"),
    code("TI", "direction", 2, kTurning),
    spare(5),
    fx,
    s("ROT", "rate_degs", 7, {1, 4}),
    fx,

    fixed("170", "aircraft_identification", "Aircraft identification"),
    text6("", "aircraft_identification"),

    fixed("095", "nuc_r", "Velocity accuracy"),
    u("", "nuc_r", 8),

    fixed("032", "time_accuracy", "Time of day accuracy"),
    u("", "time_accuracy_s", 8, {1, 256}),

    fixed("200", "status", "Aircraft status"),
    code("", "priority", 8, kPriority),

    fixed("020", "emitter_category", "Emitter category"),
    code("", "emitter_category", 8, kOldEmitter),

    compound("220", "weather", "Meteorological information"),
    sub_fixed("WS", "wind_speed"),
    u("", "wind_speed_kt", 16),
    sub_fixed("WD", "wind_direction"),
    u("", "wind_direction_deg", 16),
    sub_fixed("TMP", "temperature"),
    s("", "temperature_c", 16, {1, 4}),
    sub_fixed("TRB", "turbulence"),
    u("", "turbulence", 8),

    fixed("146", "selected_altitude", "Intermediate state selected altitude"),
    flag("SAS", "source_given"),
    code("SRC", "source", 2, kAltitudeSource),
    s("ALT", "altitude_ft", 13, {25, 1}),

    fixed("148", "final_selected_altitude", "Final state selected altitude"),
    flag("MV", "managed_vertical_mode"),
    flag("AH", "altitude_hold"),
    flag("AM", "approach_mode"),
    s("ALT", "altitude_ft", 13, {25, 1}),

    compound("110", "trajectory_intent", "Trajectory intent"),
    sub_extended("TIS", "status"),
    flag("NAV", "not_available"),
    flag("NVB", "not_valid"),
    spare(5),
    fx,
    sub_repetitive("TID", "points"),
    flag("TCA", "number_not_available"),
    flag("NC", "non_compliant"),
    u("TCPN", "number", 6),
    s("ALT", "altitude_ft", 16, {10, 1}),
    s("LAT", "latitude_deg", 24, {180, 1 << 23}),
    s("LON", "longitude_deg", 24, {180, 1 << 23}),
    code("PT", "point_type", 4, kPointType),
    code("TD", "turn", 2, kTurn),
    flag("TRA", "turn_radius_available"),
    flag("TOA", "time_over_point_not_available"),
    u("TOV", "time_over_point_s", 24),
    u("TTR", "turn_radius_nm", 16, {1, 100}),

    unused(),
    unused(),
    unused(),
    unused(),
    unused(),
    unused(),
    unused(),

    explicit_length("RE", "reserved_expansion", "Reserved expansion field"),
    explicit_length("SP", "special_purpose", "Special purpose field"),
};
inline constexpr auto kCompiled = compile(kRows);
}  // namespace cat021_ed023_facts

inline constexpr Category kCat021Ed023 =
    cat021_ed023_facts::kCompiled.category(21, "0.23", "ADS-B reports");

}  // namespace liptako::codec::asterix
