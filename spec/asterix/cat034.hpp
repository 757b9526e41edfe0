// CAT034, monoradar service messages: the facts.
// [CAT034 ed. 1.29, 2021-03-15]; items in the order of its user application profile.
#pragma once

#include "codec/asterix/table.hpp"

namespace liptako::codec::asterix {
namespace cat034_facts {
using namespace table;

inline constexpr std::string_view kMessage[] = {"",
                                                "north_marker",
                                                "sector_crossing",
                                                "geographical_filtering",
                                                "jamming_strobe",
                                                "solar_storm",
                                                "ssr_jamming_strobe",
                                                "mode_s_jamming_strobe"};
inline constexpr std::string_view kChannelPsr[] = {"none", "a", "b", "diversity"};
inline constexpr std::string_view kChannel[] = {"none", "a", "b", "invalid"};
inline constexpr std::string_view kCounter[] = {"no_detection",
                                                "psr",
                                                "ssr",
                                                "ssr_psr",
                                                "mode_s_all_call",
                                                "mode_s_roll_call",
                                                "mode_s_all_call_psr",
                                                "mode_s_roll_call_psr",
                                                "filter_weather",
                                                "filter_jamming_strobe",
                                                "filter_psr",
                                                "filter_ssr_mode_s",
                                                "filter_ssr_mode_s_psr",
                                                "filter_enhanced_surveillance",
                                                "filter_psr_enhanced_surveillance",
                                                "filter_outside_area_of_interest",
                                                "filter_psr_enhanced_and_all_ssr_mode_s",
                                                "reinterrogations_per_sector",
                                                "bds_swap_and_wrong_df_per_sector",
                                                "mode_ac_fruit_per_sector",
                                                "mode_s_fruit_per_sector"};
inline constexpr std::string_view kFilter[] = {"invalid",
                                               "weather",
                                               "jamming_strobe",
                                               "psr",
                                               "ssr_mode_s",
                                               "ssr_mode_s_psr",
                                               "enhanced_surveillance",
                                               "psr_enhanced_surveillance",
                                               "outside_area_of_interest",
                                               "psr_enhanced_and_all_ssr_mode_s"};

inline constexpr Row kRows[] = {
    fixed("010", "sac_sic", "Data source identifier"),
    u("SAC", "sac", 8),
    u("SIC", "sic", 8),

    fixed("000", "message_type", "Message type"),
    code("", "message_type", 8, kMessage),

    fixed("030", "time_of_day", "Time of day"),
    u("", "time_of_day_s", 24, {1, 128}),

    fixed("020", "sector", "Sector number"),
    u("", "sector_azimuth_deg", 8, {360, 256}),

    fixed("041", "rotation_period", "Antenna rotation period"),
    u("", "rotation_period_s", 16, {1, 128}),

    compound("050", "configuration", "System configuration and status"),
    sub_fixed("COM", "common"),
    flag("NOGO", "inhibited"),
    flag("RDPC", "rdp_chain_2"),
    flag("RDPR", "rdp_reset"),
    flag("OVLRDP", "rdp_overload"),
    flag("OVLXMT", "transmission_overload"),
    flag("MSC", "monitoring_disconnected"),
    flag("TSV", "time_source_invalid"),
    spare(1),
    sub_unused(),
    sub_unused(),
    sub_fixed("PSR", "psr"),
    flag("ANT", "antenna_2"),
    code("CHAB", "channel", 2, kChannelPsr),
    flag("OVL", "overload"),
    flag("MSC", "monitoring_disconnected"),
    spare(3),
    sub_fixed("SSR", "ssr"),
    flag("ANT", "antenna_2"),
    code("CHAB", "channel", 2, kChannel),
    flag("OVL", "overload"),
    flag("MSC", "monitoring_disconnected"),
    spare(3),
    sub_fixed("MDS", "mode_s"),
    flag("ANT", "antenna_2"),
    code("CHAB", "channel", 2, kChannel),
    flag("OVLSUR", "overload"),
    flag("MSC", "monitoring_disconnected"),
    flag("SCF", "coordination_channel_b"),
    flag("DLF", "data_link_channel_b"),
    flag("OVLSCF", "coordination_overload"),
    flag("OVLDLF", "data_link_overload"),
    spare(7),

    compound("060", "processing_mode", "System processing mode"),
    sub_fixed("COM", "common"),
    spare(1),
    u("REDRDP", "rdp_reduction_step", 3),
    u("REDXMT", "transmission_reduction_step", 3),
    spare(1),
    sub_unused(),
    sub_unused(),
    sub_fixed("PSR", "psr"),
    flag("POL", "circular_polarisation"),
    u("REDRAD", "reduction_step", 3),
    u("STC", "sensitivity_time_control_map", 2),
    spare(2),
    sub_fixed("SSR", "ssr"),
    u("REDRAD", "reduction_step", 3),
    spare(5),
    sub_fixed("MDS", "mode_s"),
    u("REDRAD", "reduction_step", 3),
    flag("CLU", "cluster_not_autonomous"),
    spare(4),

    repetitive("070", "message_counts", "Message count values"),
    code("TYP", "type", 5, kCounter),
    u("COUNT", "count", 11),

    fixed("100", "polar_window", "Generic polar window"),
    u("RHOST", "range_start_nm", 16, {1, 256}),
    u("RHOEND", "range_end_nm", 16, {1, 256}),
    u("THETAST", "azimuth_start_deg", 16, {360, 65536}),
    u("THETAEND", "azimuth_end_deg", 16, {360, 65536}),

    fixed("110", "data_filter", "Data filter"),
    code("", "data_filter", 8, kFilter),

    fixed("120", "position", "3D position of the data source, WGS-84"),
    s("HGT", "height_m", 16),
    s("LAT", "latitude_deg", 24, {180, 1 << 23}),
    s("LON", "longitude_deg", 24, {180, 1 << 23}),

    fixed("090", "collimation_error", "Collimation error, PSR against SSR"),
    s("RNG", "range_nm", 8, {1, 128}),
    s("AZM", "azimuth_deg", 8, {360, 16384}),

    explicit_length("RE", "reserved_expansion", "Reserved expansion field"),
    explicit_length("SP", "special_purpose", "Special purpose field"),
};
inline constexpr auto kCompiled = compile(kRows);
}  // namespace cat034_facts

inline constexpr Category kCat034 =
    cat034_facts::kCompiled.category(34, "1.29", "Monoradar service messages");

}  // namespace liptako::codec::asterix
