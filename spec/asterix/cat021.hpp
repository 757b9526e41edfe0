// CAT021, ADS-B reports, editions 2.1 to 2.7: the facts. One user application profile serves all
// editions 2.x; an earlier edition has fewer extents and some of these bits spare. Editions 0.x are
// another language under the same number and are not read with this table. [CAT021 ed. 2.7,
// 2025-07-02]; items in the order of its user application profile.
//
// I021/271 changed between editions: length and width stand in the low half of the extent in
// ed. 2.1 and in the high half since 2.2, as here [CAT021 ed. 2.2, I021/271].
#pragma once

#include "codec/asterix/table.hpp"
#include "spec/asterix/codes.hpp"

namespace liptako::codec::asterix {
namespace cat021_facts {
using namespace codes;
using namespace table;

inline constexpr std::string_view kAddressType[] = {
    "icao", "duplicate", "surface_vehicle", "anonymous"};
inline constexpr std::string_view kAltitudeReporting[] = {"25_ft", "100_ft", "unknown", "invalid"};
inline constexpr std::string_view kConfidence[] = {"valid", "suspect", "no_information"};
inline constexpr std::string_view kFullSecond[] = {"same", "plus_1", "minus_1"};
inline constexpr std::string_view kValidation[] = {
    "not_performed", "performed_without_verdict", "pass", "fail"};
inline constexpr std::string_view kMops[] = {"ed_102", "do_260a", "ed_102a", "ed_102b"};
inline constexpr std::string_view kLink[] = {"other", "uat", "1090_es", "vdl_4"};
inline constexpr std::string_view kPriority[] = {"none",
                                                 "general_emergency",
                                                 "medical",
                                                 "minimum_fuel",
                                                 "no_communications",
                                                 "unlawful_interference",
                                                 "downed"};
inline constexpr std::string_view kSurveillanceStatus[] = {
    "none", "permanent_alert", "temporary_alert", "spi"};
inline constexpr std::string_view kAltitudeSource[] = {"unknown", "aircraft", "mcp_fcu", "fms"};
inline constexpr std::string_view kTrajectoryChange[] = {"none", "tc_0_only", "multiple"};

inline constexpr Scale kTenth{1, 10};

inline constexpr Row kRows[] = {
    fixed("010", "sac_sic", "Data source identification"),
    u("SAC", "sac", 8),
    u("SIC", "sic", 8),

    extended("040", "descriptor", "Report descriptor"),
    code("ATP", "address_type", 3, kAddressType),
    code("ARC", "altitude_reporting", 2, kAltitudeReporting),
    flag("RC", "cpr_validation_pending"),
    flag("RAB", "field_monitor"),
    fx,
    flag("DCR", "differential_correction"),
    flag("GBS", "on_ground"),
    flag("SIM", "simulated"),
    flag("TST", "test"),
    flag("SAA", "no_selected_altitude"),
    code("CL", "confidence", 2, kConfidence),
    fx,
    spare(1),
    flag("LLC", "list_lookup_failed"),
    flag("IPC", "independent_position_check_failed"),
    flag("NOGO", "station_nogo"),
    flag("CPR", "cpr_validation_failed"),
    flag("LDPJ", "local_decoding_position_jump"),
    flag("RCF", "range_check_failed"),
    fx,
    flag("TBC/EP", "total_bits_corrected_given"),
    u("TBC/VAL", "total_bits_corrected", 6),
    fx,
    flag("MBC/EP", "maximum_bits_corrected_given"),
    u("MBC/VAL", "maximum_bits_corrected", 6),
    fx,

    fixed("161", "track_number", "Track number"),
    spare(4),
    u("TRNUM", "track_number", 12),

    fixed("015", "service_id", "Service identification"),
    u("", "service_id", 8),

    fixed("071", "position_time", "Time of applicability for position"),
    u("", "position_time_s", 24, {1, 128}),

    fixed("130", "position", "Position, WGS-84"),
    s("LAT", "latitude_deg", 24, {180, 1 << 23}),
    s("LON", "longitude_deg", 24, {180, 1 << 23}),

    fixed("131", "position_high_resolution", "Position, WGS-84, high resolution"),
    s("LAT", "latitude_deg", 32, {180, 1 << 30}),
    s("LON", "longitude_deg", 32, {180, 1 << 30}),

    fixed("072", "velocity_time", "Time of applicability for velocity"),
    u("", "velocity_time_s", 24, {1, 128}),

    // AS is in units of 2^-14 NM/s (indicated) or 0.001 (Mach) as IM says: its raw number is given.
    fixed("150", "air_speed", "Air speed"),
    flag("IM", "is_mach"),
    u("AS", "air_speed_raw", 15),

    fixed("151", "true_air_speed", "True air speed"),
    flag("RE", "range_exceeded"),
    u("TAS", "true_air_speed_kt", 15),

    fixed("080", "aircraft_address", "Aircraft address"),
    address("", "aircraft_address"),

    fixed("073", "position_received_time", "Time of message reception for position"),
    u("", "position_received_time_s", 24, {1, 128}),

    fixed("074", "position_received_fraction", "Time of reception of position, high precision"),
    code("FSI", "full_second", 2, kFullSecond),
    u("TOMRP", "fraction_s", 30, {1, 1 << 30}),

    fixed("075", "velocity_received_time", "Time of message reception for velocity"),
    u("", "velocity_received_time_s", 24, {1, 128}),

    fixed("076", "velocity_received_fraction", "Time of reception of velocity, high precision"),
    code("FSI", "full_second", 2, kFullSecond),
    u("TOMRV", "fraction_s", 30, {1, 1 << 30}),

    fixed("140", "geometric_height", "Geometric height"),
    s("", "geometric_height_ft", 16, {25, 4}),

    extended("090", "quality", "Quality indicators"),
    u("NUCRNACV", "nac_v", 3),
    u("NUCPNIC", "nic", 4),
    fx,
    u("NICBARO", "nic_baro", 1),
    u("SIL", "sil", 2),
    u("NACP", "nac_p", 4),
    fx,
    spare(2),
    flag("SILS", "sil_per_sample"),
    u("SDA", "system_design_assurance", 2),
    u("GVA", "geometric_altitude_accuracy", 2),
    fx,
    u("PIC", "position_integrity_category", 4),
    flag("SRC", "position_integrity_received"),
    spare(2),
    fx,
    spare(2),
    flag("VALSTATE/EP", "validation_given"),
    code("VALSTATE/VAL", "validation", 2, kValidation),
    flag("VD", "validation_distance_given"),
    flag("VQ", "validation_distance_quality_given"),
    fx,
    u("VALDISTP1", "validation_distance_high_m", 7, {128, 1}),
    fx,
    u("VALDISTP2", "validation_distance_low_m", 7),
    fx,
    u("VALDISTQUALP1", "validation_distance_quality_high_m", 7, {128, 1}),
    fx,
    u("VALDISTQUALP2", "validation_distance_quality_low_m", 7),
    fx,

    fixed("210", "mops_version", "MOPS version"),
    spare(1),
    flag("VNS", "not_supported"),
    code("VN", "version", 3, kMops),
    code("LTT", "link", 3, kLink),

    fixed("070", "mode_3a", "Mode 3/A code"),
    spare(4),
    octal("MODE3A", "mode_3a", 12),

    fixed("230", "roll_angle", "Roll angle"),
    s("", "roll_angle_deg", 16, {1, 100}),

    fixed("145", "flight_level", "Flight level"),
    s("", "flight_level_fl", 16, {1, 4}),

    fixed("152", "magnetic_heading", "Magnetic heading"),
    u("", "magnetic_heading_deg", 16, {360, 65536}),

    fixed("200", "status", "Aircraft status"),
    flag("ICF", "intent_change"),
    flag("LNAV", "lnav_not_engaged"),
    flag("ME", "military_emergency"),
    code("PS", "priority", 3, kPriority),
    code("SS", "surveillance_status", 2, kSurveillanceStatus),

    fixed("155", "barometric_vertical_rate", "Barometric vertical rate"),
    flag("RE", "range_exceeded"),
    s("BVR", "rate_ftmin", 15, {25, 4}),

    fixed("157", "geometric_vertical_rate", "Geometric vertical rate"),
    flag("RE", "range_exceeded"),
    s("GVR", "rate_ftmin", 15, {25, 4}),

    fixed("160", "ground_vector", "Airborne ground vector"),
    flag("RE", "range_exceeded"),
    u("GS", "ground_speed_kt", 15, {3600, 16384}),
    u("TA", "track_angle_deg", 16, {360, 65536}),

    fixed("165", "track_angle_rate", "Track angle rate"),
    spare(6),
    s("TAR", "track_angle_rate_degs", 10, {1, 32}),

    fixed("077", "transmission_time", "Time of report transmission"),
    u("", "transmission_time_s", 24, {1, 128}),

    fixed("170", "aircraft_identification", "Aircraft identification"),
    text6("", "aircraft_identification"),

    fixed("020", "emitter_category", "Emitter category"),
    code("", "emitter_category", 8, kEmitter),

    compound("220", "weather", "Meteorological information"),
    sub_fixed("WS", "wind_speed"),
    u("", "wind_speed_kt", 16),
    sub_fixed("WD", "wind_direction"),
    u("", "wind_direction_deg", 16),
    sub_fixed("TMP", "temperature"),
    s("", "temperature_c", 16, {1, 4}),
    sub_fixed("TRB", "turbulence"),
    u("", "turbulence", 8),

    fixed("146", "selected_altitude", "Selected altitude"),
    flag("SAS", "source_given"),
    code("S", "source", 2, kAltitudeSource),
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

    fixed("016", "service_period", "Service management"),
    u("", "service_period_s", 8, {1, 2}),

    fixed("008", "operational_status", "Aircraft operational status"),
    flag("RA", "resolution_advisory"),
    code("TC", "trajectory_change_reports", 2, kTrajectoryChange),
    flag("TS", "state_reports"),
    flag("ARV", "air_velocity_reports"),
    flag("CDTIA", "cdti_airborne"),
    flag("NOTTCAS", "tcas_not_operational"),
    flag("SA", "single_antenna"),

    extended("271", "surface_capabilities", "Surface capabilities and characteristics"),
    spare(2),
    flag("POA", "position_is_reference_point"),
    flag("CDTIS", "cdti_surface"),
    flag("B2LOW", "low_power"),
    flag("RAS", "receiving_atc_services"),
    flag("IDENT", "ident"),
    fx,
    u("LW", "length_width_code", 4),
    spare(3),
    fx,

    fixed("132", "message_amplitude", "Message amplitude"),
    s("", "message_amplitude_dbm", 8),

    repetitive("250", "bds_registers", "Mode S MB data"),
    hex("MBDATA", "message", 56),
    hex("BDS1", "bds1", 4),
    hex("BDS2", "bds2", 4),

    fixed("260", "acas_resolution_advisory", "ACAS resolution advisory report"),
    u("TYP", "message_type", 5),
    u("STYP", "message_subtype", 3),
    hex("ARA", "active_advisories", 14),
    hex("RAC", "complements", 4),
    flag("RAT", "terminated"),
    flag("MTE", "multiple_encounter"),
    u("TTI", "identity_type", 2),
    hex("TID", "identity_data", 26),

    fixed("400", "receiver_id", "Receiver identification"),
    u("", "receiver_id", 8),

    compound("295", "data_ages", "Data ages"),
    sub_fixed("AOS", "operational_status"),
    u("", "operational_status_age_s", 8, kTenth),
    sub_fixed("TRD", "descriptor"),
    u("", "descriptor_age_s", 8, kTenth),
    sub_fixed("M3A", "mode_3a"),
    u("", "mode_3a_age_s", 8, kTenth),
    sub_fixed("QI", "quality"),
    u("", "quality_age_s", 8, kTenth),
    sub_fixed("TI1", "trajectory_intent"),
    u("", "trajectory_intent_age_s", 8, kTenth),
    sub_fixed("MAM", "message_amplitude"),
    u("", "message_amplitude_age_s", 8, kTenth),
    sub_fixed("GH", "geometric_height"),
    u("", "geometric_height_age_s", 8, kTenth),
    sub_fixed("FL", "flight_level"),
    u("", "flight_level_age_s", 8, kTenth),
    sub_fixed("ISA", "selected_altitude"),
    u("", "selected_altitude_age_s", 8, kTenth),
    sub_fixed("FSA", "final_selected_altitude"),
    u("", "final_selected_altitude_age_s", 8, kTenth),
    sub_fixed("AS", "air_speed"),
    u("", "air_speed_age_s", 8, kTenth),
    sub_fixed("TAS", "true_air_speed"),
    u("", "true_air_speed_age_s", 8, kTenth),
    sub_fixed("MH", "magnetic_heading"),
    u("", "magnetic_heading_age_s", 8, kTenth),
    sub_fixed("BVR", "barometric_vertical_rate"),
    u("", "barometric_vertical_rate_age_s", 8, kTenth),
    sub_fixed("GVR", "geometric_vertical_rate"),
    u("", "geometric_vertical_rate_age_s", 8, kTenth),
    sub_fixed("GV", "ground_vector"),
    u("", "ground_vector_age_s", 8, kTenth),
    sub_fixed("TAR", "track_angle_rate"),
    u("", "track_angle_rate_age_s", 8, kTenth),
    sub_fixed("TI2", "aircraft_identification"),
    u("", "aircraft_identification_age_s", 8, kTenth),
    sub_fixed("TS", "status"),
    u("", "status_age_s", 8, kTenth),
    sub_fixed("MET", "weather"),
    u("", "weather_age_s", 8, kTenth),
    sub_fixed("ROA", "roll_angle"),
    u("", "roll_angle_age_s", 8, kTenth),
    sub_fixed("ARA", "acas_resolution_advisory"),
    u("", "acas_resolution_advisory_age_s", 8, kTenth),
    sub_fixed("SCC", "surface_capabilities"),
    u("", "surface_capabilities_age_s", 8, kTenth),

    unused(),
    unused(),
    unused(),
    unused(),
    unused(),
    explicit_length("RE", "reserved_expansion", "Reserved expansion field"),
    explicit_length("SP", "special_purpose", "Special purpose field"),
};
inline constexpr auto kCompiled = compile(kRows);
}  // namespace cat021_facts

inline constexpr Category kCat021 = cat021_facts::kCompiled.category(21, "2.7", "ADS-B reports");

}  // namespace liptako::codec::asterix
