#include "codec/asterix/reports.hpp"

#include "base/check.hpp"
#include "codec/asterix/bits.hpp"
#include "codec/asterix/text6.hpp"
#include "spec/asterix/cat021.hpp"
#include "spec/asterix/cat034.hpp"
#include "spec/asterix/cat048.hpp"

namespace liptako::codec::asterix {
namespace {

// Access to the fields of one category by the standard's path, resolved while compiling: a path
// that is not in the table does not build.
template <const Category& C>
struct Fields {
  const Record& record;

  template <Path P>
  static constexpr std::size_t kItem = item_index(C, P.view());
  template <Path P>
  static constexpr Field kField = find_field(C, P.view());
  template <Path P>
  static constexpr std::size_t kSub = sub_index(C, P.view());

  template <Path P>
  [[nodiscard]] bool has() const {
    return record.has(kItem<P>);
  }
  // Octets of the item, and of one that repeats or has an explicit length without its count octet.
  template <Path P>
  [[nodiscard]] const std::uint8_t* at() const {
    return record.at(kItem<P>);
  }
  template <Path P>
  [[nodiscard]] ByteView counted() const {
    return record.has(kItem<P>) ? record.item(kItem<P>).subspan(1) : ByteView{};
  }
  template <Path P>
  [[nodiscard]] SubItems subs() const {
    return split_compound(C, C.items[kItem<P>], record.item(kItem<P>));
  }

  template <Path P>
  [[nodiscard]] static std::uint64_t raw(const std::uint8_t* octets) {
    constexpr Field f = kField<P>;
    return get_bits(octets, f.offset, f.bits);
  }
  template <Path P>
  [[nodiscard]] static bool flag(const std::uint8_t* octets) {
    static_assert(kField<P>.bits == 1);
    return raw<P>(octets) != 0;
  }
  template <Path P, class T>
  [[nodiscard]] static T integer(const std::uint8_t* octets) {
    static_assert(kField<P>.bits <= 8 * sizeof(T));
    return static_cast<T>(raw<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static std::uint8_t small(const std::uint8_t* octets) {
    return integer<P, std::uint8_t>(octets);
  }
  template <Path P>
  [[nodiscard]] static double number(const std::uint8_t* octets) {
    constexpr Field f = kField<P>;
    return scaled(f, raw<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Length nautical_miles(const std::uint8_t* octets) {
    return Length::from_nautical_miles(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Length feet(const std::uint8_t* octets) {
    return Length::from_feet(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Length flight_level(const std::uint8_t* octets) {
    return Length::from_flight_level(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Angle degrees(const std::uint8_t* octets) {
    return Angle::from_degrees(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Speed knots(const std::uint8_t* octets) {
    return Speed::from_knots(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] std::optional<TimeOfDay> time() const {
    static_assert(kField<P>.scale.num == 1 && kField<P>.scale.den == TimeOfDay::kTicksPerSecond);
    if (!has<P>()) return std::nullopt;
    return TimeOfDay{integer<P, std::uint32_t>(at<P>())};
  }
};

std::int8_t signed_octet(const std::uint8_t* octets) { return static_cast<std::int8_t>(octets[0]); }

}  // namespace

BdsRegister BdsRegisters::operator[](std::size_t i) const {
  const std::uint8_t* p = octets_.subspan(8 * i, 8).data();
  return {.message = get_bits(p, 0, 56),
          .bds1 = static_cast<std::uint8_t>(p[7] >> 4),
          .bds2 = static_cast<std::uint8_t>(p[7] & 15)};
}

std::array<std::uint8_t, 8> to_octets(const BdsRegister& bds) {
  std::array<std::uint8_t, 8> out{};
  put_bits(out.data(), 0, 56, bds.message & 0xFF'FFFF'FFFF'FFFF);
  out[7] = static_cast<std::uint8_t>((bds.bds1 & 15) << 4 | (bds.bds2 & 15));
  return out;
}

// --- CAT048 ---

Cat048Report to_cat048(const Record& record) {
  CHECK(record.info.category == 48);
  using F = Fields<kCat048>;
  const F f{record};
  Cat048Report out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  out.time_of_day = f.time<"140">();
  if (f.has<"020">()) {
    const ByteView item = record.item(F::kItem<"020">);
    const auto* p = item.data();
    auto& d = out.descriptor.emplace();
    d.detection = static_cast<Detection>(F::raw<"020/TYP">(p));
    d.simulated = F::flag<"020/SIM">(p);
    d.rdp_chain_2 = F::flag<"020/RDP">(p);
    d.spi = F::flag<"020/SPI">(p);
    d.field_monitor = F::flag<"020/RAB">(p);
    if (item.size() > 1) {
      d.test = F::flag<"020/TST">(p);
      d.extended_range = F::flag<"020/ERR">(p);
      d.x_pulse = F::flag<"020/XPP">(p);
      d.military_emergency = F::flag<"020/ME">(p);
      d.military_identification = F::flag<"020/MI">(p);
      d.mode_4_reply = F::small<"020/FOEFRI">(p);
    }
  }
  if (f.has<"040">()) {
    const auto* p = f.at<"040">();
    out.measured_position = {.slant_range = F::nautical_miles<"040/RHO">(p),
                             .azimuth = F::degrees<"040/THETA">(p)};
  }
  if (f.has<"070">()) {
    const auto* p = f.at<"070">();
    out.mode_3a = {.code = ModeACode(F::integer<"070/MODE3A", std::uint16_t>(p)),
                   .not_validated = F::flag<"070/V">(p),
                   .garbled = F::flag<"070/G">(p),
                   .stale = F::flag<"070/L">(p)};
  }
  if (f.has<"090">()) {
    const auto* p = f.at<"090">();
    out.flight_level = {.pressure_altitude = F::flight_level<"090/FL">(p),
                        .not_validated = F::flag<"090/V">(p),
                        .garbled = F::flag<"090/G">(p)};
  }
  if (f.has<"130">()) {
    const SubItems subs = f.subs<"130">();
    auto& c = out.plot_characteristics.emplace();
    const auto at = [&](std::size_t sub) {
      return subs.at[sub].empty() ? nullptr : subs.at[sub].data();
    };
    if (const auto* p = at(F::kSub<"130/SRL">)) c.ssr_run_length = F::degrees<"130/SRL">(p);
    if (const auto* p = at(F::kSub<"130/SRR">)) c.ssr_replies = F::small<"130/SRR">(p);
    if (const auto* p = at(F::kSub<"130/SAM">)) c.ssr_amplitude_dbm = signed_octet(p);
    if (const auto* p = at(F::kSub<"130/PRL">)) c.psr_run_length = F::degrees<"130/PRL">(p);
    if (const auto* p = at(F::kSub<"130/PAM">)) c.psr_amplitude_dbm = signed_octet(p);
    if (const auto* p = at(F::kSub<"130/RPD">)) {
      c.psr_minus_ssr_range = F::nautical_miles<"130/RPD">(p);
    }
    if (const auto* p = at(F::kSub<"130/APD">)) c.psr_minus_ssr_azimuth = F::degrees<"130/APD">(p);
  }
  if (f.has<"220">()) {
    out.aircraft_address = IcaoAddress(F::integer<"220", std::uint32_t>(f.at<"220">()));
  }
  if (f.has<"240">()) out.call_sign = call_sign_from_text6(F::raw<"240">(f.at<"240">()));
  out.bds_registers = BdsRegisters(f.counted<"250">());
  if (f.has<"161">()) {
    out.track_number = F::integer<"161/TRN", std::uint16_t>(f.at<"161">());
  }
  if (f.has<"042">()) {
    const auto* p = f.at<"042">();
    out.calculated_position = {.x = F::nautical_miles<"042/X">(p),
                               .y = F::nautical_miles<"042/Y">(p)};
  }
  if (f.has<"200">()) {
    const auto* p = f.at<"200">();
    out.track_velocity = {.ground_speed = F::knots<"200/GSP">(p),
                          .heading = F::degrees<"200/HDG">(p)};
  }
  if (f.has<"170">()) {
    const ByteView item = record.item(F::kItem<"170">);
    const auto* p = item.data();
    auto& t = out.track_status.emplace();
    t.tentative = F::flag<"170/CNF">(p);
    t.maintained_by = F::small<"170/RAD">(p);
    t.doubtful_association = F::flag<"170/DOU">(p);
    t.manoeuvring = F::flag<"170/MAH">(p);
    t.vertical_movement = F::small<"170/CDM">(p);
    if (item.size() > 1) {
      t.end_of_track = F::flag<"170/TRE">(p);
      t.ghost = F::flag<"170/GHO">(p);
      t.neighbour_node_information = F::flag<"170/SUP">(p);
      t.slant_range_corrected = F::flag<"170/TCC">(p);
    }
  }
  if (f.has<"210">()) {
    const auto* p = f.at<"210">();
    out.track_quality = {.x_sd = F::nautical_miles<"210/SIGX">(p),
                         .y_sd = F::nautical_miles<"210/SIGY">(p),
                         .ground_speed_sd = F::knots<"210/SIGV">(p),
                         .heading_sd = F::degrees<"210/SIGH">(p)};
  }
  if (f.has<"030">()) out.warnings = record.item(F::kItem<"030">);
  if (f.has<"080">()) {
    out.mode_3a_low_quality = static_cast<std::uint16_t>(get_bits(f.at<"080">(), 4, 12));
  }
  if (f.has<"060">()) {
    out.mode_2_low_quality = static_cast<std::uint16_t>(get_bits(f.at<"060">(), 4, 12));
  }
  if (f.has<"065">()) {
    out.mode_1_low_quality = static_cast<std::uint8_t>(get_bits(f.at<"065">(), 3, 5));
  }
  if (f.has<"100">()) {
    const auto* p = f.at<"100">();
    out.mode_c_gray = {.code = F::integer<"100/MODEC", std::uint16_t>(p),
                       .low_quality = static_cast<std::uint16_t>(get_bits(p, 20, 12)),
                       .not_validated = F::flag<"100/V">(p),
                       .garbled = F::flag<"100/G">(p)};
  }
  if (f.has<"110">()) out.height_3d = F::feet<"110/3DH">(f.at<"110">());
  if (f.has<"120">()) {
    const SubItems subs = f.subs<"120">();
    if (const ByteView cal = subs.at[F::kSub<"120/CAL">]; !cal.empty()) {
      out.radial_speed = {.speed = Speed::from_mps(F::number<"120/CAL/CAL">(cal.data())),
                          .doubtful = F::flag<"120/CAL/D">(cal.data())};
    }
    if (const ByteView rds = subs.at[F::kSub<"120/RDS">]; !rds.empty()) {
      out.raw_dopplers = rds.subspan(1);
    }
  }
  if (f.has<"230">()) {
    const auto* p = f.at<"230">();
    out.communications = {.capability = F::small<"230/COM">(p),
                          .flight_status = F::small<"230/STAT">(p),
                          .ii_code_only = F::flag<"230/SI">(p),
                          .specific_services = F::flag<"230/MSSC">(p),
                          .altitude_25_ft = F::flag<"230/ARC">(p),
                          .identification_capable = F::flag<"230/AIC">(p),
                          .bds_1_0_bit_16 = F::flag<"230/B1A">(p),
                          .bds_1_0_bits_37_40 = F::small<"230/B1B">(p)};
  }
  if (f.has<"260">()) out.acas_resolution_advisory = F::raw<"260">(f.at<"260">());
  if (f.has<"055">()) {
    const auto* p = f.at<"055">();
    out.mode_1 = {.code = ModeACode(F::integer<"055/MODE1", std::uint16_t>(p)),
                  .not_validated = F::flag<"055/V">(p),
                  .garbled = F::flag<"055/G">(p),
                  .stale = F::flag<"055/L">(p)};
  }
  if (f.has<"050">()) {
    const auto* p = f.at<"050">();
    out.mode_2 = {.code = ModeACode(F::integer<"050/MODE2", std::uint16_t>(p)),
                  .not_validated = F::flag<"050/V">(p),
                  .garbled = F::flag<"050/G">(p),
                  .stale = F::flag<"050/L">(p)};
  }
  out.special_purpose = f.counted<"SP">();
  out.reserved_expansion = f.counted<"RE">();
  return out;
}

Cat048Report::RawDoppler Cat048Report::raw_doppler(std::size_t i) const {
  using F = Fields<kCat048>;
  const auto* p = raw_dopplers.subspan(6 * i, 6).data();
  return {.speed = Speed::from_mps(F::number<"120/RDS/DOP">(p)),
          .ambiguity = Speed::from_mps(F::number<"120/RDS/AMB">(p)),
          .frequency_mhz = F::integer<"120/RDS/FRQ", std::uint16_t>(p)};
}

// --- CAT034 ---

Cat034Message to_cat034(const Record& record) {
  CHECK(record.info.category == 34);
  using F = Fields<kCat034>;
  const F f{record};
  Cat034Message out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"000">()) out.type = static_cast<Cat034Message::Type>(F::raw<"000">(f.at<"000">()));
  out.time_of_day = f.time<"030">();
  if (f.has<"020">()) out.sector_azimuth = F::degrees<"020">(f.at<"020">());
  if (const auto period = f.time<"041">()) out.rotation_period = period->since_midnight();
  if (f.has<"050">()) {
    const SubItems subs = f.subs<"050">();
    auto& c = out.configuration.emplace();
    if (const ByteView com = subs.at[F::kSub<"050/COM">]; !com.empty()) {
      const auto* p = com.data();
      c.common = {.inhibited = F::flag<"050/COM/NOGO">(p),
                  .rdp_chain_2 = F::flag<"050/COM/RDPC">(p),
                  .rdp_reset = F::flag<"050/COM/RDPR">(p),
                  .rdp_overload = F::flag<"050/COM/OVLRDP">(p),
                  .transmission_overload = F::flag<"050/COM/OVLXMT">(p),
                  .monitoring_disconnected = F::flag<"050/COM/MSC">(p),
                  .time_source_invalid = F::flag<"050/COM/TSV">(p)};
    }
    if (const ByteView psr = subs.at[F::kSub<"050/PSR">]; !psr.empty()) {
      const auto* p = psr.data();
      c.psr = {.antenna_2 = F::flag<"050/PSR/ANT">(p),
               .channel = F::small<"050/PSR/CHAB">(p),
               .overload = F::flag<"050/PSR/OVL">(p),
               .monitoring_disconnected = F::flag<"050/PSR/MSC">(p)};
    }
    if (const ByteView ssr = subs.at[F::kSub<"050/SSR">]; !ssr.empty()) {
      const auto* p = ssr.data();
      c.ssr = {.antenna_2 = F::flag<"050/SSR/ANT">(p),
               .channel = F::small<"050/SSR/CHAB">(p),
               .overload = F::flag<"050/SSR/OVL">(p),
               .monitoring_disconnected = F::flag<"050/SSR/MSC">(p)};
    }
    if (const ByteView mds = subs.at[F::kSub<"050/MDS">]; !mds.empty()) {
      const auto* p = mds.data();
      auto& m = c.mode_s.emplace();
      m.antenna_2 = F::flag<"050/MDS/ANT">(p);
      m.channel = F::small<"050/MDS/CHAB">(p);
      m.overload = F::flag<"050/MDS/OVLSUR">(p);
      m.monitoring_disconnected = F::flag<"050/MDS/MSC">(p);
      m.coordination_channel_b = F::flag<"050/MDS/SCF">(p);
      m.data_link_channel_b = F::flag<"050/MDS/DLF">(p);
      m.coordination_overload = F::flag<"050/MDS/OVLSCF">(p);
      m.data_link_overload = F::flag<"050/MDS/OVLDLF">(p);
    }
  }
  if (f.has<"060">()) {
    const SubItems subs = f.subs<"060">();
    auto& m = out.processing_mode.emplace();
    if (const ByteView com = subs.at[F::kSub<"060/COM">]; !com.empty()) {
      m.common = {.rdp_reduction_step = F::small<"060/COM/REDRDP">(com.data()),
                  .transmission_reduction_step = F::small<"060/COM/REDXMT">(com.data())};
    }
    if (const ByteView psr = subs.at[F::kSub<"060/PSR">]; !psr.empty()) {
      m.psr = {.circular_polarisation = F::flag<"060/PSR/POL">(psr.data()),
               .reduction_step = F::small<"060/PSR/REDRAD">(psr.data()),
               .sensitivity_time_control_map = F::small<"060/PSR/STC">(psr.data())};
    }
    if (const ByteView ssr = subs.at[F::kSub<"060/SSR">]; !ssr.empty()) {
      m.ssr_reduction_step = F::small<"060/SSR/REDRAD">(ssr.data());
    }
    if (const ByteView mds = subs.at[F::kSub<"060/MDS">]; !mds.empty()) {
      m.mode_s = {.reduction_step = F::small<"060/MDS/REDRAD">(mds.data()),
                  .cluster_not_autonomous = F::flag<"060/MDS/CLU">(mds.data())};
    }
  }
  out.message_counts = f.counted<"070">();
  if (f.has<"100">()) {
    const auto* p = f.at<"100">();
    out.polar_window = {.range_start = F::nautical_miles<"100/RHOST">(p),
                        .range_end = F::nautical_miles<"100/RHOEND">(p),
                        .azimuth_start = F::degrees<"100/THETAST">(p),
                        .azimuth_end = F::degrees<"100/THETAEND">(p)};
  }
  if (f.has<"110">()) out.data_filter = F::small<"110">(f.at<"110">());
  if (f.has<"120">()) {
    const auto* p = f.at<"120">();
    out.position = {.height = Length::from_metres(F::number<"120/HGT">(p)),
                    .latitude = F::degrees<"120/LAT">(p),
                    .longitude = F::degrees<"120/LON">(p)};
  }
  if (f.has<"090">()) {
    const auto* p = f.at<"090">();
    out.collimation_error = {.range = F::nautical_miles<"090/RNG">(p),
                             .azimuth = F::degrees<"090/AZM">(p)};
  }
  out.reserved_expansion = f.counted<"RE">();
  out.special_purpose = f.counted<"SP">();
  return out;
}

Cat034Message::Count Cat034Message::message_count(std::size_t i) const {
  using F = Fields<kCat034>;
  const auto* p = message_counts.subspan(2 * i, 2).data();
  return {.type = F::small<"070/TYP">(p), .count = F::integer<"070/COUNT", std::uint16_t>(p)};
}

// --- CAT021 ---

Cat021Report to_cat021(const Record& record) {
  CHECK(record.info.category == 21);
  using F = Fields<kCat021>;
  const F f{record};
  Cat021Report out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"040">()) {
    const ByteView item = record.item(F::kItem<"040">);
    const auto* p = item.data();
    auto& d = out.descriptor.emplace();
    d.address_type = F::small<"040/ATP">(p);
    d.altitude_reporting = F::small<"040/ARC">(p);
    d.cpr_validation_pending = F::flag<"040/RC">(p);
    d.field_monitor = F::flag<"040/RAB">(p);
    if (item.size() > 1) {
      d.differential_correction = F::flag<"040/DCR">(p);
      d.on_ground = F::flag<"040/GBS">(p);
      d.simulated = F::flag<"040/SIM">(p);
      d.test = F::flag<"040/TST">(p);
      d.no_selected_altitude = F::flag<"040/SAA">(p);
      d.confidence = F::small<"040/CL">(p);
    }
    if (item.size() > 2) {
      d.list_lookup_failed = F::flag<"040/LLC">(p);
      d.independent_position_check_failed = F::flag<"040/IPC">(p);
      d.station_nogo = F::flag<"040/NOGO">(p);
      d.cpr_validation_failed = F::flag<"040/CPR">(p);
      d.local_decoding_position_jump = F::flag<"040/LDPJ">(p);
      d.range_check_failed = F::flag<"040/RCF">(p);
    }
    if (item.size() > 3 && F::flag<"040/TBC/EP">(p)) {
      d.total_bits_corrected = F::small<"040/TBC/VAL">(p);
    }
    if (item.size() > 4 && F::flag<"040/MBC/EP">(p)) {
      d.maximum_bits_corrected = F::small<"040/MBC/VAL">(p);
    }
  }
  if (f.has<"161">()) {
    out.track_number = F::integer<"161/TRNUM", std::uint16_t>(f.at<"161">());
  }
  if (f.has<"015">()) out.service_id = F::small<"015">(f.at<"015">());
  out.position_time = f.time<"071">();
  out.velocity_time = f.time<"072">();
  out.position_received_time = f.time<"073">();
  out.velocity_received_time = f.time<"075">();
  out.transmission_time = f.time<"077">();
  // Thirty bits of a second, rounded down to the nanosecond.
  const auto fraction = [](std::uint64_t raw) {
    return base::Duration(static_cast<std::int64_t>(raw * 1'000'000'000u >> 30));
  };
  if (f.has<"074">()) {
    const auto* p = f.at<"074">();
    out.position_received_fraction = {.full_second = F::small<"074/FSI">(p),
                                      .fraction = fraction(F::raw<"074/TOMRP">(p))};
  }
  if (f.has<"076">()) {
    const auto* p = f.at<"076">();
    out.velocity_received_fraction = {.full_second = F::small<"076/FSI">(p),
                                      .fraction = fraction(F::raw<"076/TOMRV">(p))};
  }
  if (f.has<"130">()) {
    const auto* p = f.at<"130">();
    out.position = {.latitude = F::degrees<"130/LAT">(p), .longitude = F::degrees<"130/LON">(p)};
  }
  if (f.has<"131">()) {
    const auto* p = f.at<"131">();
    out.position_high_resolution = {.latitude = F::degrees<"131/LAT">(p),
                                    .longitude = F::degrees<"131/LON">(p)};
  }
  if (f.has<"150">()) {
    const auto* p = f.at<"150">();
    const auto raw = static_cast<double>(F::raw<"150/AS">(p));
    if (F::flag<"150/IM">(p)) {
      out.mach = raw / 1000.0;
    } else {
      out.indicated_air_speed = Speed::from_knots(raw * 3600.0 / 16384.0);
    }
  }
  if (f.has<"151">()) {
    const auto* p = f.at<"151">();
    out.true_air_speed = {.speed = F::knots<"151/TAS">(p), .range_exceeded = F::flag<"151/RE">(p)};
  }
  if (f.has<"080">()) {
    out.aircraft_address = IcaoAddress(F::integer<"080", std::uint32_t>(f.at<"080">()));
  }
  if (f.has<"140">()) out.geometric_height = F::feet<"140">(f.at<"140">());
  if (f.has<"090">()) {
    const ByteView item = record.item(F::kItem<"090">);
    const auto* p = item.data();
    auto& q = out.quality.emplace();
    q.nac_v = F::small<"090/NUCRNACV">(p);
    q.nic = F::small<"090/NUCPNIC">(p);
    if (item.size() > 1) {
      q.accuracy = {.nic_baro = F::raw<"090/NICBARO">(p) != 0,
                    .sil = F::small<"090/SIL">(p),
                    .nac_p = F::small<"090/NACP">(p)};
    }
    if (item.size() > 2) {
      q.assurance = {.sil_per_sample = F::flag<"090/SILS">(p),
                     .system_design_assurance = F::small<"090/SDA">(p),
                     .geometric_altitude_accuracy = F::small<"090/GVA">(p)};
    }
    if (item.size() > 3) q.position_integrity_category = F::small<"090/PIC">(p);
  }
  if (f.has<"210">()) {
    const auto* p = f.at<"210">();
    out.mops_version = {.not_supported = F::flag<"210/VNS">(p),
                        .version = F::small<"210/VN">(p),
                        .link = F::small<"210/LTT">(p)};
  }
  if (f.has<"070">()) {
    out.mode_3a = ModeACode(F::integer<"070/MODE3A", std::uint16_t>(f.at<"070">()));
  }
  if (f.has<"230">()) out.roll_angle = F::degrees<"230">(f.at<"230">());
  if (f.has<"145">()) out.pressure_altitude = F::flight_level<"145">(f.at<"145">());
  if (f.has<"152">()) out.magnetic_heading = F::degrees<"152">(f.at<"152">());
  if (f.has<"200">()) {
    const auto* p = f.at<"200">();
    out.status = {.intent_change = F::flag<"200/ICF">(p),
                  .lnav_not_engaged = F::flag<"200/LNAV">(p),
                  .military_emergency = F::flag<"200/ME">(p),
                  .priority = F::small<"200/PS">(p),
                  .surveillance_status = F::small<"200/SS">(p)};
  }
  if (f.has<"155">()) {
    const auto* p = f.at<"155">();
    out.barometric_vertical_rate = {.rate = Speed::from_feet_per_minute(F::number<"155/BVR">(p)),
                                    .range_exceeded = F::flag<"155/RE">(p)};
  }
  if (f.has<"157">()) {
    const auto* p = f.at<"157">();
    out.geometric_vertical_rate = {.rate = Speed::from_feet_per_minute(F::number<"157/GVR">(p)),
                                   .range_exceeded = F::flag<"157/RE">(p)};
  }
  if (f.has<"160">()) {
    const auto* p = f.at<"160">();
    out.ground_vector = {.ground_speed = F::knots<"160/GS">(p),
                         .track_angle = F::degrees<"160/TA">(p),
                         .range_exceeded = F::flag<"160/RE">(p)};
  }
  if (f.has<"165">()) out.track_angle_rate_deg_s = F::number<"165/TAR">(f.at<"165">());
  if (f.has<"170">()) out.call_sign = call_sign_from_text6(F::raw<"170">(f.at<"170">()));
  if (f.has<"020">()) out.emitter_category = F::small<"020">(f.at<"020">());
  if (f.has<"220">()) {
    const SubItems subs = f.subs<"220">();
    auto& w = out.weather.emplace();
    if (const ByteView v = subs.at[F::kSub<"220/WS">]; !v.empty()) {
      w.wind_speed = F::knots<"220/WS">(v.data());
    }
    if (const ByteView v = subs.at[F::kSub<"220/WD">]; !v.empty()) {
      w.wind_direction = F::degrees<"220/WD">(v.data());
    }
    if (const ByteView v = subs.at[F::kSub<"220/TMP">]; !v.empty()) {
      w.temperature_c = F::number<"220/TMP">(v.data());
    }
    if (const ByteView v = subs.at[F::kSub<"220/TRB">]; !v.empty()) {
      w.turbulence = F::small<"220/TRB">(v.data());
    }
  }
  if (f.has<"146">()) {
    const auto* p = f.at<"146">();
    out.selected_altitude = {.altitude = F::feet<"146/ALT">(p),
                             .source_given = F::flag<"146/SAS">(p),
                             .source = F::small<"146/S">(p)};
  }
  if (f.has<"148">()) {
    const auto* p = f.at<"148">();
    out.final_selected_altitude = {.altitude = F::feet<"148/ALT">(p),
                                   .managed_vertical_mode = F::flag<"148/MV">(p),
                                   .altitude_hold = F::flag<"148/AH">(p),
                                   .approach_mode = F::flag<"148/AM">(p)};
  }
  if (f.has<"110">()) {
    const SubItems subs = f.subs<"110">();
    if (const ByteView v = subs.at[F::kSub<"110/TIS">]; !v.empty()) {
      out.trajectory_status = {.not_available = F::flag<"110/TIS/NAV">(v.data()),
                               .not_valid = F::flag<"110/TIS/NVB">(v.data())};
    }
    if (const ByteView v = subs.at[F::kSub<"110/TID">]; !v.empty()) {
      out.trajectory_points = v.subspan(1);
    }
  }
  if (f.has<"016">()) {
    static_assert(F::kField<"016">.scale.den == 2);
    out.service_period = base::Duration(F::raw<"016">(f.at<"016">()) * 500'000'000);
  }
  if (f.has<"008">()) {
    const auto* p = f.at<"008">();
    out.operational_status = {.resolution_advisory = F::flag<"008/RA">(p),
                              .trajectory_change_reports = F::small<"008/TC">(p),
                              .state_reports = F::flag<"008/TS">(p),
                              .air_velocity_reports = F::flag<"008/ARV">(p),
                              .cdti_airborne = F::flag<"008/CDTIA">(p),
                              .tcas_not_operational = F::flag<"008/NOTTCAS">(p),
                              .single_antenna = F::flag<"008/SA">(p)};
  }
  if (f.has<"271">()) {
    const ByteView item = record.item(F::kItem<"271">);
    const auto* p = item.data();
    auto& s = out.surface.emplace();
    s.position_is_reference_point = F::flag<"271/POA">(p);
    s.cdti_surface = F::flag<"271/CDTIS">(p);
    s.low_power = F::flag<"271/B2LOW">(p);
    s.receiving_atc_services = F::flag<"271/RAS">(p);
    s.ident = F::flag<"271/IDENT">(p);
    if (item.size() > 1) s.length_width_code = F::small<"271/LW">(p);
  }
  if (f.has<"132">()) out.message_amplitude_dbm = signed_octet(f.at<"132">());
  out.bds_registers = BdsRegisters(f.counted<"250">());
  if (f.has<"260">()) out.acas_resolution_advisory = get_bits(f.at<"260">(), 0, 56);
  if (f.has<"400">()) out.receiver_id = F::small<"400">(f.at<"400">());
  if (f.has<"295">()) {
    const SubItems subs = f.subs<"295">();
    static_assert(F::kSub<"295/SCC"> + 1 == Cat021Report::kAgeCount);
    static_assert(F::kField<"295/SCC">.scale.den == 10);
    for (std::size_t i = 0; i < Cat021Report::kAgeCount; ++i) {
      if (subs.at[i].empty()) continue;
      out.ages_present |= 1u << i;
      out.ages[i] = subs.at[i][0];
    }
  }
  out.reserved_expansion = f.counted<"RE">();
  out.special_purpose = f.counted<"SP">();
  return out;
}

Cat021Report::TrajectoryPoint Cat021Report::trajectory_point(std::size_t i) const {
  using F = Fields<kCat021>;
  const auto* p = trajectory_points.subspan(15 * i, 15).data();
  return {.number_not_available = F::flag<"110/TID/TCA">(p),
          .non_compliant = F::flag<"110/TID/NC">(p),
          .number = F::small<"110/TID/TCPN">(p),
          .altitude = F::feet<"110/TID/ALT">(p),
          .latitude = F::degrees<"110/TID/LAT">(p),
          .longitude = F::degrees<"110/TID/LON">(p),
          .point_type = F::small<"110/TID/PT">(p),
          .turn = F::small<"110/TID/TD">(p),
          .turn_radius_available = F::flag<"110/TID/TRA">(p),
          .time_over_point_not_available = F::flag<"110/TID/TOA">(p),
          .time_over_point_s = F::integer<"110/TID/TOV", std::uint32_t>(p),
          .turn_radius = F::nautical_miles<"110/TID/TTR">(p)};
}

}  // namespace liptako::codec::asterix
