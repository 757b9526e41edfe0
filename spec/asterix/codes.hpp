// Code lists that several categories share.
#pragma once

#include <string_view>

namespace liptako::codec::asterix::codes {

inline constexpr std::string_view kDetection[] = {"none",
                                                  "psr",
                                                  "ssr",
                                                  "ssr_psr",
                                                  "mode_s_all_call",
                                                  "mode_s_roll_call",
                                                  "mode_s_all_call_psr",
                                                  "mode_s_roll_call_psr"};
inline constexpr std::string_view kCommunications[] = {
    "surveillance_only", "comm_a_b", "comm_a_b_uplink_elm", "comm_a_b_both_elm", "level_5"};
inline constexpr std::string_view kFlightStatus[] = {"airborne",
                                                     "on_ground",
                                                     "alert_airborne",
                                                     "alert_on_ground",
                                                     "alert_spi",
                                                     "spi",
                                                     "",
                                                     "unknown"};
inline constexpr std::string_view kAcasVersion[] = {"not_extended", "acas_xa_1", "acas_xu_1"};
inline constexpr std::string_view kEmitter[] = {"no_information",
                                                "light",
                                                "small",
                                                "medium",
                                                "high_vortex_large",
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
                                                "fixed_or_tethered_obstacle",
                                                "cluster_obstacle",
                                                "line_obstacle"};
inline constexpr std::string_view kPointType[] = {"unknown",
                                                  "fly_by",
                                                  "fly_over",
                                                  "hold",
                                                  "procedure_hold",
                                                  "procedure_turn",
                                                  "rf_leg",
                                                  "top_of_climb",
                                                  "top_of_descent",
                                                  "start_of_level",
                                                  "cross_over_altitude",
                                                  "transition_altitude"};
inline constexpr std::string_view kTurn[] = {"not_applicable", "right", "left", "none"};
inline constexpr std::string_view kFleet[] = {"unknown",
                                              "atc_equipment_maintenance",
                                              "airport_maintenance",
                                              "fire",
                                              "bird_scarer",
                                              "snow_plough",
                                              "runway_sweeper",
                                              "emergency",
                                              "police",
                                              "bus",
                                              "tug",
                                              "grass_cutter",
                                              "fuel",
                                              "baggage",
                                              "catering",
                                              "aircraft_maintenance",
                                              "follow_me"};
inline constexpr std::string_view kReplyMode45[] = {
    "not_interrogated", "friendly", "unknown", "no_reply"};

}  // namespace liptako::codec::asterix::codes
