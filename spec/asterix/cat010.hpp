// CAT010, reports and status of one sensor of an aerodrome's surface movement: the facts.
// Everything Liptako knows of this category's bits comes from this list. [CAT010 ed. 1.1,
// 2007-03-01]; items in the order of its user application profile.
//
// I010/202 and I010/210 count quarters of a metre per second (squared). Some decoders read
// sixteenths; the speed of I010/200 beside it settles it (physics_test.cpp).
#pragma once

#include "codec/asterix/table.hpp"
#include "spec/asterix/codes.hpp"

namespace liptako::codec::asterix {
namespace cat010_facts {
using namespace codes;
using namespace table;

inline constexpr std::string_view kMessage[] = {
    "", "report", "start_of_update_cycle", "periodic_status", "event_status"};
inline constexpr std::string_view kDetectedBy[] = {"ssr_multilateration",
                                                   "mode_s_multilateration",
                                                   "ads_b",
                                                   "psr",
                                                   "magnetic_loop",
                                                   "hf_multilateration",
                                                   "not_defined",
                                                   "other"};
inline constexpr std::string_view kLoop[] = {"undetermined", "start", "finish"};
inline constexpr std::string_view kKind[] = {"undetermined", "aircraft", "vehicle", "helicopter"};
inline constexpr std::string_view kCoasted[] = {
    "no", "between_looks", "masked_area", "not_detected"};
inline constexpr std::string_view kMovement[] = {"unknown", "taking_off", "landing", "other"};
inline constexpr std::string_view kDoubt[] = {"none",
                                              "doubtful",
                                              "doubtful_in_clutter",
                                              "loss_of_accuracy",
                                              "loss_of_accuracy_in_clutter",
                                              "unstable",
                                              "previously_coasted"};
inline constexpr std::string_view kSplit[] = {
    "undetermined", "merged_by_association", "merged_by_non_association", "split"};
inline constexpr std::string_view kSource[] = {
    "downlinked", "call_sign_not_downlinked", "registration_not_downlinked"};
inline constexpr std::string_view kVehicleMessage[] = {
    "", "towing_aircraft", "follow_me", "runway_check", "emergency_operation", "work_in_progress"};
inline constexpr std::string_view kRelease[] = {"operational", "degraded", "not_to_be_used"};

inline constexpr Row kRows[] = {
    fixed("010", "sac_sic", "Data source identifier"),
    u("SAC", "sac", 8),
    u("SIC", "sic", 8),

    fixed("000", "message_type", "Message type"),
    code("", "message_type", 8, kMessage),

    extended("020", "descriptor", "Report descriptor"),
    code("TYP", "detection", 3, kDetectedBy),
    flag("DCR", "differential_correction"),
    flag("CHN", "chain_2"),
    flag("GBS", "on_ground"),
    flag("CRT", "corrupted_replies"),
    fx,
    flag("SIM", "simulated"),
    flag("TST", "test"),
    flag("RAB", "field_monitor"),
    code("LOP", "loop", 2, kLoop),
    code("TOT", "kind", 2, kKind),
    fx,
    flag("SPI", "spi"),
    spare(6),
    fx,

    fixed("140", "time_of_day", "Time of day"),
    u("", "time_of_day_s", 24, {1, 128}),

    fixed("041", "position", "Position in WGS-84 co-ordinates"),
    s("LAT", "latitude_deg", 32, {180, std::int64_t{1} << 31}),
    s("LON", "longitude_deg", 32, {180, std::int64_t{1} << 31}),

    fixed("040", "measured_position", "Measured position in polar co-ordinates"),
    u("RHO", "slant_range_m", 16),
    u("TH", "azimuth_deg", 16, {360, 65536}),

    fixed("042", "cartesian_position", "Position in Cartesian co-ordinates"),
    s("X", "x_m", 16),
    s("Y", "y_m", 16),

    fixed("200", "polar_velocity", "Calculated track velocity in polar co-ordinates"),
    u("GSP", "ground_speed_kt", 16, {3600, 16384}),
    u("TRA", "track_angle_deg", 16, {360, 65536}),

    fixed("202", "velocity", "Calculated track velocity in Cartesian co-ordinates"),
    s("VX", "x_mps", 16, {1, 4}),
    s("VY", "y_mps", 16, {1, 4}),

    fixed("161", "track_number", "Track number"),
    spare(4),
    u("TRK", "track_number", 12),

    extended("170", "track_status", "Track status"),
    flag("CNF", "tentative"),
    flag("TRE", "end_of_track"),
    code("CST", "coasted", 2, kCoasted),
    flag("MAH", "manoeuvring"),
    flag("TCC", "slant_range_corrected"),
    flag("STH", "smoothed"),
    fx,
    code("TOM", "movement", 2, kMovement),
    code("DOU", "doubtful", 3, kDoubt),
    code("MRS", "split", 2, kSplit),
    fx,
    flag("GHO", "ghost"),
    spare(6),
    fx,

    fixed("060", "mode_3a", "Mode 3/A code"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    flag("L", "not_extracted"),
    spare(1),
    octal("MODE3A", "code", 12),

    fixed("220", "aircraft_address", "Aircraft or vehicle address"),
    address("", "aircraft_address"),

    fixed("245", "identification", "Identification"),
    code("STI", "source", 2, kSource),
    spare(6),
    text6("CHR", "text"),

    repetitive("250", "bds_registers", "Mode S MB data"),
    hex("MBDATA", "message", 56),
    hex("BDS1", "bds1", 4),
    hex("BDS2", "bds2", 4),

    fixed("300", "vehicle_fleet", "Vehicle fleet identification"),
    code("", "vehicle_fleet", 8, kFleet),

    fixed("090", "flight_level", "Flight level"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    s("FL", "flight_level_fl", 14, {1, 4}),

    fixed("091", "measured_height", "Measured height above the local plane"),
    s("", "measured_height_ft", 16, {25, 4}),

    extended("270", "size", "Size and orientation"),
    u("LENGTH", "length_m", 7),
    fx,
    u("ORIENTATION", "orientation_deg", 7, {360, 128}),
    fx,
    u("WIDTH", "width_m", 7),
    fx,

    fixed("550", "system_status", "System status"),
    code("NOGO", "release", 2, kRelease),
    flag("OVL", "overload"),
    flag("TSV", "time_source_invalid"),
    flag("DIV", "diversity_degraded"),
    flag("TTF", "test_failed"),
    spare(2),

    fixed("310", "vehicle_message", "Pre-programmed message"),
    flag("TRB", "in_trouble"),
    code("MSG", "message", 7, kVehicleMessage),

    fixed("500", "position_sd", "Standard deviation of position"),
    u("DEVX", "x_m", 8, {1, 4}),
    u("DEVY", "y_m", 8, {1, 4}),
    s("COVXY", "covariance", 16, {1, 4}),

    repetitive("280", "presence", "Places of the parts of a plot, from its centre"),
    s("DRHO", "range_m", 8),
    s("DTHETA", "azimuth_deg", 8, {3, 20}),

    fixed("131", "amplitude", "Amplitude of the primary plot"),
    u("", "amplitude", 8),

    fixed("210", "acceleration", "Calculated acceleration"),
    s("AX", "x_mps2", 8, {1, 4}),
    s("AY", "y_mps2", 8, {1, 4}),

    unused(),

    explicit_length("SP", "special_purpose", "Special purpose field"),
    explicit_length("RE", "reserved_expansion", "Reserved expansion field"),
};
inline constexpr auto kCompiled = compile(kRows);
}  // namespace cat010_facts

inline constexpr Category kCat010 =
    cat010_facts::kCompiled.category(10, "1.1", "Surface movement reports and status");

}  // namespace liptako::codec::asterix
