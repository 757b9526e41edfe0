// CAT020, multilateration reports: the facts. Everything Liptako knows of this category's bits
// comes from this list. [CAT020 ed. 1.11, 2025-07-02]; items in the order of its user application
// profile. Earlier editions back to 1.5 have the same items with fewer extents and codes and decode
// with this table.
#pragma once

#include "codec/asterix/table.hpp"
#include "spec/asterix/codes.hpp"

namespace liptako::codec::asterix {
namespace cat020_facts {
using namespace codes;
using namespace table;

inline constexpr std::string_view kAddressKind[] = {
    "icao", "other_address", "not_ads_b", "not_known"};
inline constexpr std::string_view kVertical[] = {
    "maintaining", "climbing", "descending", "invalid"};
inline constexpr std::string_view kIdentificationSource[] = {
    "not_downlinked", "registration_downlinked", "call_sign_downlinked"};
inline constexpr std::string_view kVehicleMessage[] = {
    "", "towing_aircraft", "follow_me", "runway_check", "emergency_operation", "work_in_progress"};

inline constexpr Row kRows[] = {
    fixed("010", "sac_sic", "Data source identifier"),
    u("SAC", "sac", 8),
    u("SIC", "sic", 8),

    // A bit of the first octet is 1 where the technology was used: both kinds of system at hand set
    // MS alone in records with a Mode S address (69,933 of 69,933 at Barcelona).
    extended("020", "descriptor", "Report descriptor"),
    flag("SSR", "non_mode_s_multilateration"),
    flag("MS", "mode_s_multilateration"),
    flag("HF", "hf_multilateration"),
    flag("VDL4", "vdl_4_multilateration"),
    flag("UAT", "uat_multilateration"),
    flag("DME", "dme_multilateration"),
    flag("OT", "other_multilateration"),
    fx,
    flag("RAB", "field_monitor"),
    flag("SPI", "spi"),
    flag("CHN", "chain_2"),
    flag("GBS", "on_ground"),
    flag("CRT", "corrupted_replies"),
    flag("SIM", "simulated"),
    flag("TST", "test"),
    fx,
    code("CF", "address_kind", 2, kAddressKind),
    spare(5),
    fx,

    fixed("140", "time_of_day", "Time of day"),
    u("", "time_of_day_s", 24, {1, 128}),

    fixed("041", "position", "Position in WGS-84 co-ordinates"),
    s("LAT", "latitude_deg", 32, {180, 1 << 25}),
    s("LON", "longitude_deg", 32, {180, 1 << 25}),

    fixed("042", "cartesian_position", "Position in Cartesian co-ordinates"),
    s("X", "x_m", 24, {1, 2}),
    s("Y", "y_m", 24, {1, 2}),

    fixed("161", "track_number", "Track number"),
    spare(4),
    u("TRN", "track_number", 12),

    extended("170", "track_status", "Track status"),
    flag("CNF", "tentative"),
    flag("TRE", "end_of_track"),
    flag("CST", "coasted"),
    code("CDM", "vertical_movement", 2, kVertical),
    flag("MAH", "manoeuvring"),
    flag("STH", "smoothed"),
    fx,
    flag("GHO", "ghost"),
    spare(6),
    fx,

    fixed("070", "mode_3a", "Mode 3/A code"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    flag("L", "not_extracted"),
    spare(1),
    octal("MODE3A", "code", 12),

    fixed("202", "velocity", "Calculated track velocity in Cartesian co-ordinates"),
    s("VX", "x_mps", 16, {1, 4}),
    s("VY", "y_mps", 16, {1, 4}),

    fixed("090", "flight_level", "Flight level"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    s("FL", "flight_level_fl", 14, {1, 4}),

    fixed("100", "mode_c_gray", "Mode C code and confidence"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    spare(2),
    hex("MODEC", "gray_code", 12),
    spare(4),
    flag("QC1", "low_quality_c1"),
    flag("QA1", "low_quality_a1"),
    flag("QC2", "low_quality_c2"),
    flag("QA2", "low_quality_a2"),
    flag("QC4", "low_quality_c4"),
    flag("QA4", "low_quality_a4"),
    flag("QB1", "low_quality_b1"),
    flag("QD1", "low_quality_d1"),
    flag("QB2", "low_quality_b2"),
    flag("QD2", "low_quality_d2"),
    flag("QB4", "low_quality_b4"),
    flag("QD4", "low_quality_d4"),

    fixed("220", "aircraft_address", "Aircraft or vehicle address"),
    address("", "aircraft_address"),

    fixed("245", "identification", "Identification"),
    code("STI", "source", 2, kIdentificationSource),
    spare(6),
    text6("CHR", "text"),

    fixed("110", "measured_height", "Measured height above the local plane"),
    s("", "measured_height_ft", 16, {25, 4}),

    fixed("105", "geometric_height", "Geometric height (WGS-84)"),
    s("", "geometric_height_ft", 16, {25, 4}),

    fixed("210", "acceleration", "Calculated acceleration"),
    s("AX", "x_mps2", 8, {1, 4}),
    s("AY", "y_mps2", 8, {1, 4}),

    fixed("300", "vehicle_fleet", "Vehicle fleet identification"),
    code("", "vehicle_fleet", 8, kFleet),

    fixed("310", "vehicle_message", "Pre-programmed message"),
    flag("TRB", "in_trouble"),
    code("MSG", "message", 7, kVehicleMessage),

    compound("500", "position_accuracy", "Position accuracy"),
    sub_fixed("DOP", "dilution"),
    u("X", "x", 16, {1, 4}),
    u("Y", "y", 16, {1, 4}),
    u("XY", "xy", 16, {1, 4}),
    sub_fixed("SDP", "position_sd"),
    u("X", "x_m", 16, {1, 4}),
    u("Y", "y_m", 16, {1, 4}),
    u("XY", "correlation", 16, {1, 4}),
    sub_fixed("SDH", "geometric_height_sd"),
    u("", "geometric_height_sd_m", 16, {1, 2}),

    // Eight receiving units an octet, unit 1 the lowest bit of the last octet.
    repetitive("400", "receivers", "Contributing devices"),
    hex("", "receivers", 8),

    repetitive("250", "bds_registers", "BDS register data"),
    hex("BDSDATA", "message", 56),
    hex("BDS1", "bds1", 4),
    hex("BDS2", "bds2", 4),

    fixed("230", "communications", "Communications and ACAS capability, flight status"),
    code("COM", "capability", 3, kCommunications),
    code("STAT", "flight_status", 3, kFlightStatus),
    code("CASEVN", "cas_extended_version", 2, kAcasVersion),
    flag("MSSC", "specific_services"),
    flag("ARC", "altitude_25_ft"),
    flag("AIC", "identification_capable"),
    hex("B1A", "bds_1_0_bit_16", 1),
    hex("B1B", "bds_1_0_bits_37_40", 4),

    fixed("260", "acas_resolution_advisory", "ACAS resolution advisory report"),
    hex("", "acas_resolution_advisory", 56),

    repetitive_fx("030", "warnings", "Warning and error conditions"),
    u("", "warnings", 7),
    fx,

    fixed("055", "mode_1", "Mode 1 code"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    flag("L", "smoothed"),
    octal("MODE1", "code", 5),

    fixed("050", "mode_2", "Mode 2 code"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    flag("L", "smoothed"),
    spare(1),
    octal("MODE2", "code", 12),

    explicit_length("RE", "reserved_expansion", "Reserved expansion field"),
    explicit_length("SP", "special_purpose", "Special purpose field"),
};
inline constexpr auto kCompiled = compile(kRows);
}  // namespace cat020_facts

inline constexpr Category kCat020 =
    cat020_facts::kCompiled.category(20, "1.11", "Multilateration reports");

}  // namespace liptako::codec::asterix
