// CAT062 between records and typed tracks.
#include "spec/asterix/cat062.hpp"

#include "base/check.hpp"
#include "codec/asterix/cat062_report.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/field_reader.hpp"
#include "codec/asterix/item_writer.hpp"

namespace liptako::codec::asterix {
namespace {

using F = Fields<kCat062>;
using W = ItemWriter<kCat062>;

// The pressure that a value of zero in I062/380 BPS stands for.
constexpr double kPressureOffset = 800.0;  // hPa
constexpr double kKnotsPerAirSpeedUnit = 3600.0 / 16384.0;

std::string_view characters(ByteView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

static_assert(cat062::UpdateAges::kCount == F::kSub<"290/MLT"> + 1);
static_assert(cat062::DataAges::kCount == F::kSub<"295/BPS"> + 1);
static_assert(F::kField<"290/TRK">.scale.den == 4 && F::kField<"295/MFL">.scale.den == 4);

// Ages of one or two octets each, in the order of their enumeration.
template <class Ages>
void read_ages(const SubItems& subs, Ages& ages) {
  for (std::size_t i = 0; i < Ages::kCount; ++i) {
    const ByteView v = subs[i];
    if (v.empty()) continue;
    ages.set_quarters(i, static_cast<std::uint16_t>(v.size() == 1 ? v[0] : v[0] << 8 | v[1]));
  }
}

cat062::AircraftDerived to_aircraft_derived(const SubItems& subs) {
  cat062::AircraftDerived out;
  const auto at = [&](std::size_t sub) { return subs.data(sub); };
  if (const auto* p = at(F::kSub<"380/ADR">)) {
    out.aircraft_address = IcaoAddress(F::integer<"380/ADR", std::uint32_t>(p));
  }
  if (const auto* p = at(F::kSub<"380/ID">)) {
    out.call_sign = call_sign_from_text6(F::raw<"380/ID">(p));
  }
  if (const auto* p = at(F::kSub<"380/MHG">)) out.magnetic_heading = F::degrees<"380/MHG">(p);
  if (const auto* p = at(F::kSub<"380/IAS">)) {
    const auto raw = static_cast<double>(F::raw<"380/IAS/IAS">(p));
    auto& a = out.air_speed.emplace();
    if (F::flag<"380/IAS/IM">(p)) {
      a.mach = raw / 1000.0;
    } else {
      a.indicated = Speed::from_knots(raw * kKnotsPerAirSpeedUnit);
    }
  }
  if (const auto* p = at(F::kSub<"380/TAS">)) out.true_air_speed = F::knots<"380/TAS">(p);
  if (const auto* p = at(F::kSub<"380/SAL">)) {
    out.selected_altitude = {.altitude = F::feet<"380/SAL/ALT">(p),
                             .source_given = F::flag<"380/SAL/SAS">(p),
                             .source = F::small<"380/SAL/SRC">(p)};
  }
  if (const auto* p = at(F::kSub<"380/FSS">)) {
    out.final_selected_altitude = {.altitude = F::feet<"380/FSS/ALT">(p),
                                   .managed_vertical_mode = F::flag<"380/FSS/MV">(p),
                                   .altitude_hold = F::flag<"380/FSS/AH">(p),
                                   .approach_mode = F::flag<"380/FSS/AM">(p)};
  }
  if (const auto* p = at(F::kSub<"380/TIS">)) {
    out.trajectory_status = {.not_available = F::flag<"380/TIS/NAV">(p),
                             .not_valid = F::flag<"380/TIS/NVB">(p)};
  }
  if (const ByteView v = subs[F::kSub<"380/TID">]; !v.empty()) {
    out.trajectory_points = v.subspan(1);
  }
  if (const auto* p = at(F::kSub<"380/COM">)) {
    out.transponder = {.capability = F::small<"380/COM/COM">(p),
                       .flight_status = F::small<"380/COM/STAT">(p),
                       .specific_services = F::flag<"380/COM/SSC">(p),
                       .altitude_25_ft = F::flag<"380/COM/ARC">(p),
                       .identification_capable = F::flag<"380/COM/AIC">(p),
                       .bds_1_0_bit_16 = F::flag<"380/COM/B1A">(p),
                       .bds_1_0_bits_37_40 = F::small<"380/COM/B1B">(p)};
  }
  if (const auto* p = at(F::kSub<"380/SAB">)) {
    out.ads_b_status = {.acas = F::small<"380/SAB/AC">(p),
                        .multiple_navigation_aids = F::small<"380/SAB/MN">(p),
                        .differential_correction = F::small<"380/SAB/DC">(p),
                        .on_ground = F::flag<"380/SAB/GBS">(p),
                        .emergency = F::small<"380/SAB/STAT">(p)};
  }
  if (const auto* p = at(F::kSub<"380/ACS">)) out.acas_resolution_advisory = F::raw<"380/ACS">(p);
  if (const auto* p = at(F::kSub<"380/BVR">)) {
    out.barometric_vertical_rate = F::feet_per_minute<"380/BVR">(p);
  }
  if (const auto* p = at(F::kSub<"380/GVR">)) {
    out.geometric_vertical_rate = F::feet_per_minute<"380/GVR">(p);
  }
  if (const auto* p = at(F::kSub<"380/RAN">)) out.roll_angle = F::degrees<"380/RAN">(p);
  if (const auto* p = at(F::kSub<"380/TAR">)) {
    out.track_angle_rate = {.turn = F::small<"380/TAR/TI">(p),
                            .rate_deg_s = F::number<"380/TAR/ROT">(p)};
  }
  if (const auto* p = at(F::kSub<"380/TAN">)) out.track_angle = F::degrees<"380/TAN">(p);
  if (const auto* p = at(F::kSub<"380/GS">)) out.ground_speed = F::knots<"380/GS">(p);
  if (const auto* p = at(F::kSub<"380/VUN">)) out.velocity_uncertainty = F::small<"380/VUN">(p);
  if (const auto* p = at(F::kSub<"380/MET">)) {
    auto& w = out.weather.emplace();
    if (F::flag<"380/MET/WS">(p)) w.wind_speed = F::knots<"380/MET/WSD">(p);
    if (F::flag<"380/MET/WD">(p)) w.wind_direction = F::degrees<"380/MET/WDD">(p);
    if (F::flag<"380/MET/TMP">(p)) w.temperature_c = F::number<"380/MET/TMPD">(p);
    if (F::flag<"380/MET/TRB">(p)) w.turbulence = F::small<"380/MET/TRBD">(p);
  }
  if (const auto* p = at(F::kSub<"380/EMC">)) out.emitter_category = F::small<"380/EMC">(p);
  if (const auto* p = at(F::kSub<"380/POS">)) {
    out.position = {.latitude = F::degrees<"380/POS/LAT">(p),
                    .longitude = F::degrees<"380/POS/LON">(p)};
  }
  if (const auto* p = at(F::kSub<"380/GAL">)) out.geometric_altitude = F::feet<"380/GAL">(p);
  if (const auto* p = at(F::kSub<"380/PUN">)) {
    out.position_uncertainty = F::small<"380/PUN/PUN">(p);
  }
  if (const ByteView v = subs[F::kSub<"380/BDSDATA">]; !v.empty()) {
    out.bds_registers = BdsRegisters(v.subspan(1));
  }
  if (const auto* p = at(F::kSub<"380/IAR">)) out.indicated_air_speed = F::knots<"380/IAR">(p);
  if (const auto* p = at(F::kSub<"380/MAC">)) out.mach = F::number<"380/MAC">(p);
  if (const auto* p = at(F::kSub<"380/BPS">)) {
    out.barometric_pressure_hpa = kPressureOffset + F::number<"380/BPS/BPS">(p);
  }
  return out;
}

cat062::FlightPlan to_flight_plan(const SubItems& subs) {
  cat062::FlightPlan out;
  const auto at = [&](std::size_t sub) { return subs.data(sub); };
  const auto text = [&](std::size_t sub) -> std::optional<ShortText> {
    if (subs[sub].empty()) return std::nullopt;
    return ShortText(characters(subs[sub]));
  };
  const auto call_sign = [&](std::size_t sub) -> std::optional<CallSign> {
    if (subs[sub].empty()) return std::nullopt;
    return CallSign(characters(subs[sub]));
  };
  if (const auto* p = at(F::kSub<"390/TAG">)) {
    out.system = SacSic{F::small<"390/TAG/SAC">(p), F::small<"390/TAG/SIC">(p)};
  }
  out.call_sign = call_sign(F::kSub<"390/CS">);
  if (const auto* p = at(F::kSub<"390/IFI">)) {
    out.flight_id = {.kind = F::small<"390/IFI/TYP">(p),
                     .number = F::integer<"390/IFI/NBR", std::uint32_t>(p)};
  }
  if (const auto* p = at(F::kSub<"390/FCT">)) {
    out.category = {.traffic = F::small<"390/FCT/GATOAT">(p),
                    .rules = F::small<"390/FCT/FR1FR2">(p),
                    .rvsm = F::small<"390/FCT/RVSM">(p),
                    .high_priority = F::flag<"390/FCT/HPR">(p)};
  }
  out.aircraft_type = text(F::kSub<"390/TAC">);
  out.wake_category = text(F::kSub<"390/WTC">);
  out.departure = text(F::kSub<"390/DEP">);
  out.destination = text(F::kSub<"390/DST">);
  out.runway = text(F::kSub<"390/RDS">);
  if (const auto* p = at(F::kSub<"390/CFL">)) out.cleared_level = F::flight_level<"390/CFL">(p);
  if (const auto* p = at(F::kSub<"390/CTL">)) {
    out.control = {.centre = F::small<"390/CTL/CENTRE">(p),
                   .position = F::small<"390/CTL/POSITION">(p)};
  }
  if (const ByteView v = subs[F::kSub<"390/TOD">]; !v.empty()) out.times = v.subspan(1);
  out.stand = text(F::kSub<"390/AST">);
  if (const auto* p = at(F::kSub<"390/STS">)) {
    out.stand_status = {.occupied = F::small<"390/STS/EMP">(p),
                        .unavailable = F::small<"390/STS/AVL">(p)};
  }
  out.departure_route = text(F::kSub<"390/STD">);
  out.arrival_route = text(F::kSub<"390/STA">);
  if (const auto* p = at(F::kSub<"390/PEM">)) {
    out.pre_emergency_mode_3a = {.code = ModeACode(F::integer<"390/PEM/MODE3A", std::uint16_t>(p)),
                                 .valid = F::flag<"390/PEM/VA">(p)};
  }
  out.pre_emergency_call_sign = call_sign(F::kSub<"390/PEC">);
  return out;
}

cat062::Accuracies to_accuracies(const SubItems& subs) {
  cat062::Accuracies out;
  const auto at = [&](std::size_t sub) { return subs.data(sub); };
  if (const auto* p = at(F::kSub<"500/APC">)) {
    out.position_sd = {.x = F::metres<"500/APC/X">(p), .y = F::metres<"500/APC/Y">(p)};
  }
  if (const auto* p = at(F::kSub<"500/COV">)) out.covariance_root = F::metres<"500/COV">(p);
  if (const auto* p = at(F::kSub<"500/APW">)) {
    out.wgs84_position_sd = {.latitude = F::degrees<"500/APW/LAT">(p),
                             .longitude = F::degrees<"500/APW/LON">(p)};
  }
  if (const auto* p = at(F::kSub<"500/AGA">)) out.geometric_altitude_sd = F::feet<"500/AGA">(p);
  if (const auto* p = at(F::kSub<"500/ABA">)) {
    out.barometric_altitude_sd = F::flight_level<"500/ABA">(p);
  }
  if (const auto* p = at(F::kSub<"500/ATV">)) {
    out.velocity_sd = {.vx = F::mps<"500/ATV/X">(p), .vy = F::mps<"500/ATV/Y">(p)};
  }
  if (const auto* p = at(F::kSub<"500/AA">)) {
    out.acceleration_sd = {.x_mps2 = F::number<"500/AA/X">(p), .y_mps2 = F::number<"500/AA/Y">(p)};
  }
  if (const auto* p = at(F::kSub<"500/ARC">)) {
    out.climb_rate_sd = F::feet_per_minute<"500/ARC">(p);
  }
  return out;
}

cat062::Measured to_measured(const SubItems& subs) {
  cat062::Measured out;
  const auto at = [&](std::size_t sub) { return subs.data(sub); };
  if (const auto* p = at(F::kSub<"340/SID">)) {
    out.sensor = SacSic{F::small<"340/SID/SAC">(p), F::small<"340/SID/SIC">(p)};
  }
  if (const auto* p = at(F::kSub<"340/POS">)) {
    out.position = {.slant_range = F::nautical_miles<"340/POS/RHO">(p),
                    .azimuth = F::degrees<"340/POS/THETA">(p)};
  }
  if (const auto* p = at(F::kSub<"340/HEIGHT">)) out.height = F::feet<"340/HEIGHT">(p);
  if (const auto* p = at(F::kSub<"340/MDC">)) {
    out.mode_c = {.pressure_altitude = F::flight_level<"340/MDC/LMC">(p),
                  .not_validated = F::flag<"340/MDC/V">(p),
                  .garbled = F::flag<"340/MDC/G">(p)};
  }
  if (const auto* p = at(F::kSub<"340/MDA">)) {
    out.mode_3a = {.code = ModeACode(F::integer<"340/MDA/MODE3A", std::uint16_t>(p)),
                   .not_validated = F::flag<"340/MDA/V">(p),
                   .garbled = F::flag<"340/MDA/G">(p),
                   .stale = F::flag<"340/MDA/L">(p)};
  }
  if (const auto* p = at(F::kSub<"340/TYP">)) {
    out.type = {.detection = static_cast<Detection>(F::raw<"340/TYP/TYP">(p)),
                .simulated = F::flag<"340/TYP/SIM">(p),
                .field_monitor = F::flag<"340/TYP/RAB">(p),
                .test = F::flag<"340/TYP/TST">(p)};
  }
  return out;
}

cat062::TrackStatus to_status(ByteView item) {
  const auto* p = item.data();
  cat062::TrackStatus t;
  t.monosensor = F::flag<"080/MON">(p);
  t.spi = F::flag<"080/SPI">(p);
  t.geometric_altitude_better = F::flag<"080/MRH">(p);
  t.altitude_source = F::small<"080/SRC">(p);
  t.tentative = F::flag<"080/CNF">(p);
  if (item.size() > 1) {
    t.simulated = F::flag<"080/SIM">(p);
    t.last_message = F::flag<"080/TSE">(p);
    t.first_message = F::flag<"080/TSB">(p);
    t.flight_plan_correlated = F::flag<"080/FPC">(p);
    t.ads_b_inconsistent = F::flag<"080/AFF">(p);
    t.slave_promoted = F::flag<"080/STP">(p);
    t.background_service = F::flag<"080/KOS">(p);
  }
  if (item.size() > 2) {
    t.amalgamated = F::flag<"080/AMA">(p);
    t.mode_4_reply = F::small<"080/MD4">(p);
    t.military_emergency = F::flag<"080/ME">(p);
    t.military_identification = F::flag<"080/MI">(p);
    t.mode_5_reply = F::small<"080/MD5">(p);
  }
  if (item.size() > 3) {
    t.coasting = F::flag<"080/CST">(p);
    t.psr_aged = F::flag<"080/PSR">(p);
    t.ssr_aged = F::flag<"080/SSR">(p);
    t.mode_s_aged = F::flag<"080/MDS">(p);
    t.ads_b_aged = F::flag<"080/ADS">(p);
    t.special_code = F::flag<"080/SUC">(p);
    t.code_conflict = F::flag<"080/AAC">(p);
  }
  if (item.size() > 4) {
    t.cooperation = F::small<"080/SDS">(p);
    t.emergency = F::small<"080/EMS">(p);
    t.potentially_false = F::flag<"080/PFT">(p);
    t.from_flight_plan = F::flag<"080/FPLT">(p);
  }
  if (item.size() > 5) {
    t.duplicate_mode_3a = F::flag<"080/DUPT">(p);
    t.duplicate_flight_plan = F::flag<"080/DUPF">(p);
    t.duplicate_flight_plan_manual = F::flag<"080/DUPM">(p);
    t.on_surface = F::flag<"080/SFC">(p);
    t.duplicate_identification = F::flag<"080/IDD">(p);
    t.inconsistent_emergency = F::flag<"080/IEC">(p);
    t.multilateration_aged = F::flag<"080/MLAT">(p);
  }
  if (item.size() > 6) t.mode_5_aged = F::flag<"080/M5I">(p);
  return t;
}

}  // namespace

Cat062Track to_cat062(const Record& record) {
  CHECK(record.info.category == 62);
  const F f{record};
  Cat062Track out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"015">()) out.service_id = F::small<"015">(f.at<"015">());
  out.time_of_track = f.time<"070">();
  if (f.has<"105">()) {
    const auto* p = f.at<"105">();
    out.position = {.latitude = F::degrees<"105/LAT">(p), .longitude = F::degrees<"105/LON">(p)};
  }
  if (f.has<"100">()) {
    const auto* p = f.at<"100">();
    out.cartesian_position = {.x = F::metres<"100/X">(p), .y = F::metres<"100/Y">(p)};
  }
  if (f.has<"185">()) {
    const auto* p = f.at<"185">();
    out.velocity = {.vx = F::mps<"185/VX">(p), .vy = F::mps<"185/VY">(p)};
  }
  if (f.has<"210">()) {
    const auto* p = f.at<"210">();
    out.acceleration = {.x_mps2 = F::number<"210/AX">(p), .y_mps2 = F::number<"210/AY">(p)};
  }
  if (f.has<"060">()) {
    const auto* p = f.at<"060">();
    out.mode_3a = {.code = ModeACode(F::integer<"060/MODE3A", std::uint16_t>(p)),
                   .not_validated = F::flag<"060/V">(p),
                   .garbled = F::flag<"060/G">(p),
                   .changed = F::flag<"060/CH">(p)};
  }
  if (f.has<"245">()) {
    const auto* p = f.at<"245">();
    out.identification = {.text = call_sign_from_text6(F::raw<"245/CHR">(p)),
                          .source = F::small<"245/STI">(p)};
  }
  if (f.has<"380">()) out.aircraft_derived = to_aircraft_derived(f.subs<"380">());
  if (f.has<"040">()) out.track_number = F::integer<"040", std::uint16_t>(f.at<"040">());
  if (f.has<"080">()) out.status = to_status(record.item(F::kItem<"080">));
  if (f.has<"290">()) read_ages(f.subs<"290">(), out.update_ages);
  if (f.has<"200">()) {
    const auto* p = f.at<"200">();
    out.movement = {.transversal = F::small<"200/TRANS">(p),
                    .longitudinal = F::small<"200/LONG">(p),
                    .vertical = F::small<"200/VERT">(p),
                    .altitude_discrepancy = F::flag<"200/ADF">(p)};
  }
  if (f.has<"295">()) read_ages(f.subs<"295">(), out.data_ages);
  if (f.has<"136">()) out.measured_flight_level = F::flight_level<"136">(f.at<"136">());
  if (f.has<"130">()) out.geometric_altitude = F::feet<"130">(f.at<"130">());
  if (f.has<"135">()) {
    const auto* p = f.at<"135">();
    out.barometric_altitude = {.altitude = F::flight_level<"135/CTB">(p),
                               .qnh_corrected = F::flag<"135/QNH">(p)};
  }
  if (f.has<"220">()) out.climb_rate = F::feet_per_minute<"220">(f.at<"220">());
  if (f.has<"390">()) out.flight_plan = to_flight_plan(f.subs<"390">());
  if (f.has<"270">()) {
    const ByteView item = record.item(F::kItem<"270">);
    const auto* p = item.data();
    auto& s = out.size.emplace();
    s.length = F::metres<"270/LENGTH">(p);
    if (item.size() > 1) s.orientation = F::degrees<"270/ORIENTATION">(p);
    if (item.size() > 2) s.width = F::metres<"270/WIDTH">(p);
  }
  if (f.has<"300">()) out.vehicle_fleet = F::small<"300">(f.at<"300">());
  if (f.has<"110">()) out.mode_5_reports = record.item(F::kItem<"110">);
  if (f.has<"120">()) {
    out.mode_2 = ModeACode(F::integer<"120/MODE2", std::uint16_t>(f.at<"120">()));
  }
  if (f.has<"510">()) out.composed_numbers = record.item(F::kItem<"510">);
  if (f.has<"500">()) out.accuracies = to_accuracies(f.subs<"500">());
  if (f.has<"340">()) out.measured = to_measured(f.subs<"340">());
  out.reserved_expansion = f.counted<"RE">();
  out.special_purpose = f.counted<"SP">();
  return out;
}

cat062::TrajectoryPoint cat062::AircraftDerived::trajectory_point(std::size_t i) const {
  return trajectory_point_from(trajectory_points.subspan(15 * i, 15));
}

cat062::FlightTime cat062::FlightPlan::time(std::size_t i) const {
  const auto* p = times.subspan(4 * i, 4).data();
  const bool has_second = !F::flag<"390/TOD/AVS">(p);
  return {.kind = F::small<"390/TOD/TYP">(p),
          .day = F::small<"390/TOD/DAY">(p),
          .hour = F::small<"390/TOD/HOR">(p),
          .minute = F::small<"390/TOD/MIN">(p),
          .second = has_second ? std::optional(F::small<"390/TOD/SEC">(p)) : std::nullopt};
}

cat062::ComposedNumber Cat062Track::composed_number(std::size_t i) const {
  const auto* p = composed_numbers.subspan(3 * i, 3).data();
  return {.unit = F::small<"510/IDENT">(p), .number = F::integer<"510/TRACK", std::uint16_t>(p)};
}

std::array<std::uint8_t, 3> to_octets(const cat062::ComposedNumber& number) {
  return {number.unit,
          static_cast<std::uint8_t>(number.number >> 7),
          static_cast<std::uint8_t>(number.number << 1)};
}

// --- encoding ---

namespace {

void write(W& w, const cat062::AircraftDerived& a) {
  w.begin_compound<"380">();
  if (a.aircraft_address) w.sub<"380/ADR">().raw<"380/ADR">(a.aircraft_address->bits());
  if (a.call_sign) w.sub<"380/ID">().raw<"380/ID">(text6_from(a.call_sign->view()));
  if (a.magnetic_heading) w.sub<"380/MHG">().number<"380/MHG">(a.magnetic_heading->degrees());
  // One of the two: Mach if both are given.
  if (const auto& s = a.air_speed; s && s->mach) {
    w.sub<"380/IAS">().raw<"380/IAS/IM">(1).number<"380/IAS/IAS">(*s->mach * 1000.0);
  } else if (s && s->indicated) {
    w.sub<"380/IAS">().number<"380/IAS/IAS">(s->indicated->knots() / kKnotsPerAirSpeedUnit);
  }
  if (a.true_air_speed) w.sub<"380/TAS">().number<"380/TAS">(a.true_air_speed->knots());
  if (const auto& s = a.selected_altitude) {
    w.sub<"380/SAL">()
        .raw<"380/SAL/SAS">(s->source_given)
        .raw<"380/SAL/SRC">(s->source)
        .number<"380/SAL/ALT">(s->altitude.feet());
  }
  if (const auto& s = a.final_selected_altitude) {
    w.sub<"380/FSS">()
        .raw<"380/FSS/MV">(s->managed_vertical_mode)
        .raw<"380/FSS/AH">(s->altitude_hold)
        .raw<"380/FSS/AM">(s->approach_mode)
        .number<"380/FSS/ALT">(s->altitude.feet());
  }
  if (const auto& t = a.trajectory_status) {
    w.sub<"380/TIS">(1).raw<"380/TIS/NAV">(t->not_available).raw<"380/TIS/NVB">(t->not_valid);
  }
  w.sub_counted<"380/TID">(a.trajectory_point_count(), a.trajectory_points);
  if (const auto& t = a.transponder) {
    w.sub<"380/COM">()
        .raw<"380/COM/COM">(t->capability)
        .raw<"380/COM/STAT">(t->flight_status)
        .raw<"380/COM/SSC">(t->specific_services)
        .raw<"380/COM/ARC">(t->altitude_25_ft)
        .raw<"380/COM/AIC">(t->identification_capable)
        .raw<"380/COM/B1A">(t->bds_1_0_bit_16)
        .raw<"380/COM/B1B">(t->bds_1_0_bits_37_40);
  }
  if (const auto& s = a.ads_b_status) {
    w.sub<"380/SAB">()
        .raw<"380/SAB/AC">(s->acas)
        .raw<"380/SAB/MN">(s->multiple_navigation_aids)
        .raw<"380/SAB/DC">(s->differential_correction)
        .raw<"380/SAB/GBS">(s->on_ground)
        .raw<"380/SAB/STAT">(s->emergency);
  }
  if (a.acas_resolution_advisory) w.sub<"380/ACS">().raw<"380/ACS">(*a.acas_resolution_advisory);
  if (a.barometric_vertical_rate) {
    w.sub<"380/BVR">().number<"380/BVR">(a.barometric_vertical_rate->feet_per_minute());
  }
  if (a.geometric_vertical_rate) {
    w.sub<"380/GVR">().number<"380/GVR">(a.geometric_vertical_rate->feet_per_minute());
  }
  if (a.roll_angle) w.sub<"380/RAN">().number<"380/RAN">(a.roll_angle->degrees());
  if (const auto& t = a.track_angle_rate) {
    w.sub<"380/TAR">().raw<"380/TAR/TI">(t->turn).number<"380/TAR/ROT">(t->rate_deg_s);
  }
  if (a.track_angle) w.sub<"380/TAN">().number<"380/TAN">(a.track_angle->degrees());
  if (a.ground_speed) w.sub<"380/GS">().number<"380/GS">(a.ground_speed->knots());
  if (a.velocity_uncertainty) w.sub<"380/VUN">().raw<"380/VUN">(*a.velocity_uncertainty);
  if (const auto& m = a.weather) {
    w.sub<"380/MET">();
    if (m->wind_speed) {
      w.raw<"380/MET/WS">(1).number<"380/MET/WSD">(m->wind_speed->knots());
    }
    if (m->wind_direction) {
      w.raw<"380/MET/WD">(1).number<"380/MET/WDD">(m->wind_direction->degrees());
    }
    if (m->temperature_c) w.raw<"380/MET/TMP">(1).number<"380/MET/TMPD">(*m->temperature_c);
    if (m->turbulence) w.raw<"380/MET/TRB">(1).raw<"380/MET/TRBD">(*m->turbulence);
  }
  if (a.emitter_category) w.sub<"380/EMC">().raw<"380/EMC">(*a.emitter_category);
  if (const auto& p = a.position) {
    w.sub<"380/POS">()
        .number<"380/POS/LAT">(p->latitude.degrees())
        .number<"380/POS/LON">(p->longitude.degrees());
  }
  if (a.geometric_altitude) w.sub<"380/GAL">().number<"380/GAL">(a.geometric_altitude->feet());
  if (a.position_uncertainty) w.sub<"380/PUN">().raw<"380/PUN/PUN">(*a.position_uncertainty);
  w.sub_counted<"380/BDSDATA">(a.bds_registers.size(), a.bds_registers.octets());
  if (a.indicated_air_speed) w.sub<"380/IAR">().number<"380/IAR">(a.indicated_air_speed->knots());
  if (a.mach) w.sub<"380/MAC">().number<"380/MAC">(*a.mach);
  if (a.barometric_pressure_hpa) {
    w.sub<"380/BPS">().number<"380/BPS/BPS">(*a.barometric_pressure_hpa - kPressureOffset);
  }
  w.end_compound();
}

void write(W& w, const cat062::FlightPlan& p) {
  w.begin_compound<"390">();
  if (p.system) {
    w.sub<"390/TAG">().raw<"390/TAG/SAC">(p.system->sac).raw<"390/TAG/SIC">(p.system->sic);
  }
  if (p.call_sign) w.sub<"390/CS">().text(p.call_sign->view());
  if (const auto& i = p.flight_id) {
    w.sub<"390/IFI">().raw<"390/IFI/TYP">(i->kind).raw<"390/IFI/NBR">(i->number);
  }
  if (const auto& c = p.category) {
    w.sub<"390/FCT">()
        .raw<"390/FCT/GATOAT">(c->traffic)
        .raw<"390/FCT/FR1FR2">(c->rules)
        .raw<"390/FCT/RVSM">(c->rvsm)
        .raw<"390/FCT/HPR">(c->high_priority);
  }
  if (p.aircraft_type) w.sub<"390/TAC">().text(p.aircraft_type->view());
  if (p.wake_category) w.sub<"390/WTC">().text(p.wake_category->view());
  if (p.departure) w.sub<"390/DEP">().text(p.departure->view());
  if (p.destination) w.sub<"390/DST">().text(p.destination->view());
  if (p.runway) w.sub<"390/RDS">().text(p.runway->view());
  if (p.cleared_level) w.sub<"390/CFL">().number<"390/CFL">(p.cleared_level->flight_level());
  if (const auto& c = p.control) {
    w.sub<"390/CTL">().raw<"390/CTL/CENTRE">(c->centre).raw<"390/CTL/POSITION">(c->position);
  }
  w.sub_counted<"390/TOD">(p.time_count(), p.times);
  if (p.stand) w.sub<"390/AST">().text(p.stand->view());
  if (const auto& s = p.stand_status) {
    w.sub<"390/STS">().raw<"390/STS/EMP">(s->occupied).raw<"390/STS/AVL">(s->unavailable);
  }
  if (p.departure_route) w.sub<"390/STD">().text(p.departure_route->view());
  if (p.arrival_route) w.sub<"390/STA">().text(p.arrival_route->view());
  if (const auto& e = p.pre_emergency_mode_3a) {
    w.sub<"390/PEM">().raw<"390/PEM/VA">(e->valid).raw<"390/PEM/MODE3A">(e->code.bits());
  }
  if (p.pre_emergency_call_sign) w.sub<"390/PEC">().text(p.pre_emergency_call_sign->view());
  w.end_compound();
}

void write(W& w, const cat062::Accuracies& a) {
  w.begin_compound<"500">();
  if (const auto& s = a.position_sd) {
    w.sub<"500/APC">().number<"500/APC/X">(s->x.metres()).number<"500/APC/Y">(s->y.metres());
  }
  if (a.covariance_root) w.sub<"500/COV">().number<"500/COV">(a.covariance_root->metres());
  if (const auto& s = a.wgs84_position_sd) {
    w.sub<"500/APW">()
        .number<"500/APW/LAT">(s->latitude.degrees())
        .number<"500/APW/LON">(s->longitude.degrees());
  }
  if (a.geometric_altitude_sd) {
    w.sub<"500/AGA">().number<"500/AGA">(a.geometric_altitude_sd->feet());
  }
  if (a.barometric_altitude_sd) {
    w.sub<"500/ABA">().number<"500/ABA">(a.barometric_altitude_sd->flight_level());
  }
  if (const auto& s = a.velocity_sd) {
    w.sub<"500/ATV">().number<"500/ATV/X">(s->vx.mps()).number<"500/ATV/Y">(s->vy.mps());
  }
  if (const auto& s = a.acceleration_sd) {
    w.sub<"500/AA">().number<"500/AA/X">(s->x_mps2).number<"500/AA/Y">(s->y_mps2);
  }
  if (a.climb_rate_sd) w.sub<"500/ARC">().number<"500/ARC">(a.climb_rate_sd->feet_per_minute());
  w.end_compound();
}

void write(W& w, const cat062::Measured& m) {
  w.begin_compound<"340">();
  if (m.sensor) {
    w.sub<"340/SID">().raw<"340/SID/SAC">(m.sensor->sac).raw<"340/SID/SIC">(m.sensor->sic);
  }
  if (const auto& p = m.position) {
    w.sub<"340/POS">()
        .number<"340/POS/RHO">(p->slant_range.nautical_miles())
        .number<"340/POS/THETA">(p->azimuth.degrees());
  }
  if (m.height) w.sub<"340/HEIGHT">().number<"340/HEIGHT">(m.height->feet());
  if (const auto& c = m.mode_c) {
    w.sub<"340/MDC">()
        .raw<"340/MDC/V">(c->not_validated)
        .raw<"340/MDC/G">(c->garbled)
        .number<"340/MDC/LMC">(c->pressure_altitude.flight_level());
  }
  if (const auto& a = m.mode_3a) {
    w.sub<"340/MDA">()
        .raw<"340/MDA/V">(a->not_validated)
        .raw<"340/MDA/G">(a->garbled)
        .raw<"340/MDA/L">(a->stale)
        .raw<"340/MDA/MODE3A">(a->code.bits());
  }
  if (const auto& t = m.type) {
    w.sub<"340/TYP">()
        .raw<"340/TYP/TYP">(static_cast<std::uint64_t>(t->detection))
        .raw<"340/TYP/SIM">(t->simulated)
        .raw<"340/TYP/RAB">(t->field_monitor)
        .raw<"340/TYP/TST">(t->test);
  }
  w.end_compound();
}

void write(W& w, const cat062::TrackStatus& t) {
  std::size_t octets = 1;
  if (t.simulated || t.last_message || t.first_message || t.flight_plan_correlated ||
      t.ads_b_inconsistent || t.slave_promoted || t.background_service) {
    octets = 2;
  }
  if (t.amalgamated || t.mode_4_reply != 0 || t.military_emergency || t.military_identification ||
      t.mode_5_reply != 0) {
    octets = 3;
  }
  if (t.coasting || t.psr_aged || t.ssr_aged || t.mode_s_aged || t.ads_b_aged || t.special_code ||
      t.code_conflict) {
    octets = 4;
  }
  if (t.cooperation != 0 || t.emergency != 0 || t.potentially_false || t.from_flight_plan) {
    octets = 5;
  }
  if (t.duplicate_mode_3a || t.duplicate_flight_plan || t.duplicate_flight_plan_manual ||
      t.on_surface || t.duplicate_identification || t.inconsistent_emergency ||
      t.multilateration_aged) {
    octets = 6;
  }
  if (t.mode_5_aged) octets = 7;
  w.item<"080">(octets)
      .raw<"080/MON">(t.monosensor)
      .raw<"080/SPI">(t.spi)
      .raw<"080/MRH">(t.geometric_altitude_better)
      .raw<"080/SRC">(t.altitude_source)
      .raw<"080/CNF">(t.tentative);
  if (octets > 1) {
    w.raw<"080/SIM">(t.simulated)
        .raw<"080/TSE">(t.last_message)
        .raw<"080/TSB">(t.first_message)
        .raw<"080/FPC">(t.flight_plan_correlated)
        .raw<"080/AFF">(t.ads_b_inconsistent)
        .raw<"080/STP">(t.slave_promoted)
        .raw<"080/KOS">(t.background_service);
  }
  if (octets > 2) {
    w.raw<"080/AMA">(t.amalgamated)
        .raw<"080/MD4">(t.mode_4_reply)
        .raw<"080/ME">(t.military_emergency)
        .raw<"080/MI">(t.military_identification)
        .raw<"080/MD5">(t.mode_5_reply);
  }
  if (octets > 3) {
    w.raw<"080/CST">(t.coasting)
        .raw<"080/PSR">(t.psr_aged)
        .raw<"080/SSR">(t.ssr_aged)
        .raw<"080/MDS">(t.mode_s_aged)
        .raw<"080/ADS">(t.ads_b_aged)
        .raw<"080/SUC">(t.special_code)
        .raw<"080/AAC">(t.code_conflict);
  }
  if (octets > 4) {
    w.raw<"080/SDS">(t.cooperation)
        .raw<"080/EMS">(t.emergency)
        .raw<"080/PFT">(t.potentially_false)
        .raw<"080/FPLT">(t.from_flight_plan);
  }
  if (octets > 5) {
    w.raw<"080/DUPT">(t.duplicate_mode_3a)
        .raw<"080/DUPF">(t.duplicate_flight_plan)
        .raw<"080/DUPM">(t.duplicate_flight_plan_manual)
        .raw<"080/SFC">(t.on_surface)
        .raw<"080/IDD">(t.duplicate_identification)
        .raw<"080/IEC">(t.inconsistent_emergency)
        .raw<"080/MLAT">(t.multilateration_aged);
  }
  if (octets > 6) w.raw<"080/M5I">(t.mode_5_aged);
}

template <Path P, class Ages>
void write_ages(W& w, const Ages& ages) {
  if (ages.empty()) return;
  w.begin_compound<P>();
  for (std::size_t i = 0; i < Ages::kCount; ++i) {
    if (const auto quarters = ages.quarters(i)) w.template sub_number<P>(i, *quarters);
  }
  w.end_compound();
}

}  // namespace

void append_record(const Cat062Track& r, base::Bytes& out) {
  W w(out);
  if (r.source) {
    w.item<"010">().raw<"010/SAC">(r.source->sac).raw<"010/SIC">(r.source->sic);
  }
  if (r.service_id) w.item<"015">().raw<"015">(*r.service_id);
  w.time<"070">(r.time_of_track);
  if (const auto& p = r.position) {
    w.item<"105">()
        .number<"105/LAT">(p->latitude.degrees())
        .number<"105/LON">(p->longitude.degrees());
  }
  if (const auto& p = r.cartesian_position) {
    w.item<"100">().number<"100/X">(p->x.metres()).number<"100/Y">(p->y.metres());
  }
  if (const auto& v = r.velocity) {
    w.item<"185">().number<"185/VX">(v->vx.mps()).number<"185/VY">(v->vy.mps());
  }
  if (const auto& a = r.acceleration) {
    w.item<"210">().number<"210/AX">(a->x_mps2).number<"210/AY">(a->y_mps2);
  }
  if (const auto& m = r.mode_3a) {
    w.item<"060">()
        .raw<"060/V">(m->not_validated)
        .raw<"060/G">(m->garbled)
        .raw<"060/CH">(m->changed)
        .raw<"060/MODE3A">(m->code.bits());
  }
  if (const auto& i = r.identification) {
    w.item<"245">().raw<"245/STI">(i->source).raw<"245/CHR">(text6_from(i->text.view()));
  }
  if (r.aircraft_derived) write(w, *r.aircraft_derived);
  if (r.track_number) w.item<"040">().raw<"040">(*r.track_number);
  if (r.status) write(w, *r.status);
  write_ages<"290">(w, r.update_ages);
  if (const auto& m = r.movement) {
    w.item<"200">()
        .raw<"200/TRANS">(m->transversal)
        .raw<"200/LONG">(m->longitudinal)
        .raw<"200/VERT">(m->vertical)
        .raw<"200/ADF">(m->altitude_discrepancy);
  }
  write_ages<"295">(w, r.data_ages);
  if (r.measured_flight_level) {
    w.item<"136">().number<"136">(r.measured_flight_level->flight_level());
  }
  if (r.geometric_altitude) w.item<"130">().number<"130">(r.geometric_altitude->feet());
  if (const auto& a = r.barometric_altitude) {
    w.item<"135">().raw<"135/QNH">(a->qnh_corrected).number<"135/CTB">(a->altitude.flight_level());
  }
  if (r.climb_rate) w.item<"220">().number<"220">(r.climb_rate->feet_per_minute());
  if (r.flight_plan) write(w, *r.flight_plan);
  if (const auto& s = r.size) {
    const std::size_t octets = s->width ? 3 : s->orientation ? 2 : 1;
    w.item<"270">(octets).number<"270/LENGTH">(s->length.metres());
    if (s->orientation) w.number<"270/ORIENTATION">(s->orientation->degrees());
    if (s->width) w.number<"270/WIDTH">(s->width->metres());
  }
  if (r.vehicle_fleet) w.item<"300">().raw<"300">(*r.vehicle_fleet);
  w.octets<"110">(r.mode_5_reports);
  if (r.mode_2) w.item<"120">().raw<"120/MODE2">(r.mode_2->bits());
  if (r.composed_number_count() != 0) {
    w.item<"510">(3 * r.composed_number_count());
    for (unsigned i = 0; i < r.composed_number_count(); ++i) {
      const auto number = r.composed_number(i);
      w.bits(24 * i, 8, number.unit).bits(24 * i + 8, 15, number.number);
    }
  }
  if (r.accuracies) write(w, *r.accuracies);
  if (r.measured) write(w, *r.measured);
  w.opaque<"RE">(r.reserved_expansion);
  w.opaque<"SP">(r.special_purpose);
  w.finish();
}

}  // namespace liptako::codec::asterix
