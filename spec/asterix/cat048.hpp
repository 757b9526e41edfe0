// CAT048, monoradar reports: the facts. Everything Liptako knows of this category's bits comes from
// this list. [CAT048 ed. 1.32, 2024-07-01]; items in the order of its user application profile.
// Earlier editions back to 1.15 have the same items with fewer extents and codes and decode with
// this table.
#pragma once

#include "codec/asterix/table.hpp"
#include "spec/asterix/codes.hpp"

namespace liptako::codec::asterix {
namespace cat048_facts {
using namespace codes;
using namespace table;

inline constexpr std::string_view kMaintainedBy[] = {"combined", "psr", "ssr_mode_s", "invalid"};
inline constexpr std::string_view kVertical[] = {
    "maintaining", "climbing", "descending", "unknown"};

inline constexpr Row kRows[] = {
    fixed("010", "sac_sic", "Data source identifier"),
    u("SAC", "sac", 8),
    u("SIC", "sic", 8),

    fixed("140", "time_of_day", "Time of day"),
    u("", "time_of_day_s", 24, {1, 128}),

    extended("020", "descriptor", "Report descriptor"),
    code("TYP", "detection", 3, kDetection),
    flag("SIM", "simulated"),
    flag("RDP", "rdp_chain_2"),
    flag("SPI", "spi"),
    flag("RAB", "field_monitor"),
    fx,
    flag("TST", "test"),
    flag("ERR", "extended_range"),
    flag("XPP", "x_pulse"),
    flag("ME", "military_emergency"),
    flag("MI", "military_identification"),
    code("FOEFRI", "mode_4_reply", 2, kReplyMode45),
    fx,
    flag("ADSB/EP", "on_site_adsb_given"),
    flag("ADSB/VAL", "on_site_adsb"),
    flag("SCN/EP", "cluster_network_given"),
    flag("SCN/VAL", "cluster_network"),
    flag("PAI/EP", "passive_acquisition_given"),
    flag("PAI/VAL", "passive_acquisition"),
    spare(1),
    fx,
    flag("ACASXV/EP", "acas_version_given"),
    code("ACASXV/VAL", "acas_version", 4, kAcasVersion),
    flag("POXPR/EP", "phase_overlay_capable_given"),
    flag("POXPR/VAL", "phase_overlay_capable"),
    fx,
    flag("POACT/EP", "phase_overlay_active_given"),
    flag("POACT/VAL", "phase_overlay_active"),
    flag("DTFXPR/EP", "dataflash_capable_given"),
    flag("DTFXPR/VAL", "dataflash_capable"),
    flag("DTFACT/EP", "dataflash_active_given"),
    flag("DTFACT/VAL", "dataflash_active"),
    spare(1),
    fx,
    flag("IRMXPR/EP", "reply_monitoring_capable_given"),
    flag("IRMXPR/VAL", "reply_monitoring_capable"),
    flag("IRMACT/EP", "reply_monitoring_active_given"),
    flag("IRMACT/VAL", "reply_monitoring_active"),
    spare(3),
    fx,

    fixed("040", "measured_position", "Measured position in polar co-ordinates"),
    u("RHO", "slant_range_nm", 16, {1, 256}),
    u("THETA", "azimuth_deg", 16, {360, 65536}),

    fixed("070", "mode_3a", "Mode 3/A code"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    flag("L", "not_extracted"),
    spare(1),
    octal("MODE3A", "code", 12),

    fixed("090", "flight_level", "Flight level (Mode C)"),
    flag("V", "not_validated"),
    flag("G", "garbled"),
    s("FL", "flight_level_fl", 14, {1, 4}),

    compound("130", "plot_characteristics", "Radar plot characteristics"),
    sub_fixed("SRL", "ssr_run_length"),
    u("", "ssr_run_length_deg", 8, {360, 8192}),
    sub_fixed("SRR", "ssr_replies"),
    u("", "ssr_replies", 8),
    sub_fixed("SAM", "ssr_amplitude"),
    s("", "ssr_amplitude_dbm", 8),
    sub_fixed("PRL", "psr_run_length"),
    u("", "psr_run_length_deg", 8, {360, 8192}),
    sub_fixed("PAM", "psr_amplitude"),
    s("", "psr_amplitude_dbm", 8),
    sub_fixed("RPD", "psr_minus_ssr_range"),
    s("", "psr_minus_ssr_range_nm", 8, {1, 256}),
    sub_fixed("APD", "psr_minus_ssr_azimuth"),
    s("", "psr_minus_ssr_azimuth_deg", 8, {360, 16384}),

    fixed("220", "aircraft_address", "Aircraft address"),
    address("", "aircraft_address"),

    fixed("240", "aircraft_identification", "Aircraft identification"),
    text6("", "aircraft_identification"),

    repetitive("250", "bds_registers", "BDS register data"),
    hex("MBDATA", "message", 56),
    hex("BDS1", "bds1", 4),
    hex("BDS2", "bds2", 4),

    fixed("161", "track_number", "Track number"),
    spare(4),
    u("TRN", "track_number", 12),

    fixed("042", "calculated_position", "Calculated position in Cartesian co-ordinates"),
    s("X", "x_nm", 16, {1, 128}),
    s("Y", "y_nm", 16, {1, 128}),

    fixed("200", "track_velocity", "Calculated track velocity in polar co-ordinates"),
    u("GSP", "ground_speed_kt", 16, {3600, 16384}),
    u("HDG", "heading_deg", 16, {360, 65536}),

    extended("170", "track_status", "Track status"),
    flag("CNF", "tentative"),
    code("RAD", "maintained_by", 2, kMaintainedBy),
    flag("DOU", "doubtful_association"),
    flag("MAH", "manoeuvring"),
    code("CDM", "vertical_movement", 2, kVertical),
    fx,
    flag("TRE", "end_of_track"),
    flag("GHO", "ghost"),
    flag("SUP", "neighbour_node_information"),
    flag("TCC", "slant_range_corrected"),
    spare(3),
    fx,

    fixed("210", "track_quality", "Track quality"),
    u("SIGX", "x_sd_nm", 8, {1, 128}),
    u("SIGY", "y_sd_nm", 8, {1, 128}),
    u("SIGV", "ground_speed_sd_kt", 8, {3600, 16384}),
    u("SIGH", "heading_sd_deg", 8, {360, 4096}),

    repetitive_fx("030", "warnings", "Warning and error conditions, classification"),
    u("", "warnings", 7),
    fx,

    fixed("080", "mode_3a_low_quality_pulses", "Mode 3/A code confidence"),
    spare(4),
    flag("QA4", "a4"),
    flag("QA2", "a2"),
    flag("QA1", "a1"),
    flag("QB4", "b4"),
    flag("QB2", "b2"),
    flag("QB1", "b1"),
    flag("QC4", "c4"),
    flag("QC2", "c2"),
    flag("QC1", "c1"),
    flag("QD4", "d4"),
    flag("QD2", "d2"),
    flag("QD1", "d1"),

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

    fixed("110", "height_3d", "Height measured by a 3D radar"),
    spare(2),
    s("3DH", "height_3d_ft", 14, {25, 1}),

    compound("120", "radial_doppler", "Radial Doppler speed"),
    sub_fixed("CAL", "calculated"),
    flag("D", "doubtful"),
    spare(5),
    s("CAL", "speed_mps", 10),
    sub_repetitive("RDS", "raw"),
    u("DOP", "speed_mps", 16),
    u("AMB", "ambiguity_mps", 16),
    u("FRQ", "frequency_mhz", 16),

    fixed("230", "communications", "Communications and ACAS capability, flight status"),
    code("COM", "capability", 3, kCommunications),
    code("STAT", "flight_status", 3, kFlightStatus),
    flag("SI", "ii_code_only"),
    spare(1),
    flag("MSSC", "specific_services"),
    flag("ARC", "altitude_25_ft"),
    flag("AIC", "identification_capable"),
    hex("B1A", "bds_1_0_bit_16", 1),
    hex("B1B", "bds_1_0_bits_37_40", 4),

    fixed("260", "acas_resolution_advisory", "ACAS resolution advisory report"),
    hex("", "acas_resolution_advisory", 56),

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

    fixed("065", "mode_1_low_quality_pulses", "Mode 1 code confidence"),
    spare(3),
    flag("QA4", "a4"),
    flag("QA2", "a2"),
    flag("QA1", "a1"),
    flag("QB2", "b2"),
    flag("QB1", "b1"),

    fixed("060", "mode_2_low_quality_pulses", "Mode 2 code confidence"),
    spare(4),
    flag("QA4", "a4"),
    flag("QA2", "a2"),
    flag("QA1", "a1"),
    flag("QB4", "b4"),
    flag("QB2", "b2"),
    flag("QB1", "b1"),
    flag("QC4", "c4"),
    flag("QC2", "c2"),
    flag("QC1", "c1"),
    flag("QD4", "d4"),
    flag("QD2", "d2"),
    flag("QD1", "d1"),

    explicit_length("SP", "special_purpose", "Special purpose field"),
    explicit_length("RE", "reserved_expansion", "Reserved expansion field"),
};
inline constexpr auto kCompiled = compile(kRows);
}  // namespace cat048_facts

inline constexpr Category kCat048 =
    cat048_facts::kCompiled.category(48, "1.32", "Monoradar reports");

}  // namespace liptako::codec::asterix
