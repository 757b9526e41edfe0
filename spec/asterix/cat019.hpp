// CAT019, multilateration system status messages: the facts. Everything Liptako knows of this
// category's bits comes from this list. [CAT019 ed. 1.3, 2010-12-01]; items in the order of its
// user application profile.
#pragma once

#include "codec/asterix/table.hpp"

namespace liptako::codec::asterix {
namespace cat019_facts {
using namespace table;

inline constexpr std::string_view kType[] = {
    "", "start_of_update_cycle", "periodic_status", "event_status"};
inline constexpr std::string_view kRelease[] = {
    "operational", "degraded", "not_to_be_used", "undefined"};
inline constexpr std::string_view kTransponder[] = {"", "warning", "faulted", "good"};

inline constexpr Row kRows[] = {
    fixed("010", "sac_sic", "Data source identifier"),
    u("SAC", "sac", 8),
    u("SIC", "sic", 8),

    fixed("000", "message_type", "Message type"),
    code("", "message_type", 8, kType),

    fixed("140", "time_of_day", "Time of day"),
    u("", "time_of_day_s", 24, {1, 128}),

    fixed("550", "system_status", "System status"),
    code("NOGO", "release", 2, kRelease),
    flag("OVL", "overload"),
    flag("TSV", "time_source_invalid"),
    flag("TTF", "test_failed"),
    spare(3),

    fixed("551", "tracking_processors", "Tracking processor detailed status"),
    flag("TP1A", "processor_1_executing"),
    flag("TP1B", "processor_1_good"),
    flag("TP2A", "processor_2_executing"),
    flag("TP2B", "processor_2_good"),
    flag("TP3A", "processor_3_executing"),
    flag("TP3B", "processor_3_good"),
    flag("TP4A", "processor_4_executing"),
    flag("TP4B", "processor_4_good"),

    repetitive("552", "remote_sensors", "Remote sensor detailed status"),
    u("RSI", "id", 8),
    spare(1),
    flag("RS1090", "receives_1090"),
    flag("TX1030", "transmits_1030"),
    flag("TX1090", "transmits_1090"),
    flag("RSS", "good"),
    flag("RSO", "online"),
    spare(2),

    // The standard defines two octets. A system with six reference transponders sends a third of
    // the same form (the multilateration system of Barcelona, 121 of 7,381 recorded messages).
    extended("553", "reference_transponders", "Reference transponder detailed status"),
    code("REFTR1", "transponder_1", 2, kTransponder),
    spare(2),
    code("REFTR2", "transponder_2", 2, kTransponder),
    spare(1),
    fx,
    code("REFTR3", "transponder_3", 2, kTransponder),
    spare(2),
    code("REFTR4", "transponder_4", 2, kTransponder),
    spare(1),
    fx,
    code("REFTR5", "transponder_5", 2, kTransponder),
    spare(2),
    code("REFTR6", "transponder_6", 2, kTransponder),
    spare(1),
    fx,

    fixed("600", "position", "Position of the system reference point"),
    s("LAT", "latitude_deg", 32, {180, 1 << 30}),
    s("LON", "longitude_deg", 32, {180, 1 << 30}),

    fixed("610", "height", "Height of the system reference point"),
    s("", "height_m", 16, {1, 4}),

    fixed("620", "undulation", "WGS-84 undulation"),
    s("", "undulation_m", 8),

    unused(),
    unused(),

    explicit_length("RE", "reserved_expansion", "Reserved expansion field"),
    explicit_length("SP", "special_purpose", "Special purpose field"),
};
inline constexpr auto kCompiled = compile(kRows);
}  // namespace cat019_facts

inline constexpr Category kCat019 =
    cat019_facts::kCompiled.category(19, "1.3", "Multilateration system status messages");

}  // namespace liptako::codec::asterix
