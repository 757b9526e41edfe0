#include "codec/modes/adsb.hpp"

#include <array>
#include <string_view>

#include "codec/asterix/text6.hpp"
#include "codec/modes/bits.hpp"

namespace liptako::codec::modes {
namespace {

CprPosition position_of(std::uint64_t me) {
  return {bits_of(me, 22, 22) != 0, bits_of(me, 23, 39), bits_of(me, 40, 56)};
}

Identification identification(std::uint64_t me, unsigned type_code) {
  Identification out;
  out.emitter_set = "DCBA"[type_code - 1];
  out.category = static_cast<std::uint8_t>(bits_of(me, 6, 8));
  out.characters = me & ((std::uint64_t{1} << 48) - 1);
  out.call_sign = asterix::call_sign_from_text6(out.characters);
  return out;
}

// The movement field: steps that widen with the speed [§2.2.3.2.4.2].
std::optional<base::Speed> movement(std::uint32_t code) {
  struct Range {
    std::uint32_t first;
    double from_kt;
    double step_kt;
  };
  constexpr std::array<Range, 7> kRanges = {{{124, 175, 0},
                                             {109, 100, 5},
                                             {94, 70, 2},
                                             {39, 15, 1},
                                             {13, 2, 0.5},
                                             {9, 1, 0.25},
                                             {2, 0.125, 0.125}}};
  if (code == 0 || code > 124) return std::nullopt;
  for (const Range& r : kRanges) {
    if (code >= r.first) return base::Speed::from_knots(r.from_kt + r.step_kt * (code - r.first));
  }
  return base::Speed();
}

SurfacePosition surface_position(std::uint64_t me) {
  SurfacePosition out;
  out.ground_speed = movement(bits_of(me, 6, 12));
  if (bits_of(me, 13, 13) != 0) {
    out.track_angle = base::Angle::from_degrees(bits_of(me, 14, 20) * 360.0 / 128.0);
  }
  out.position = position_of(me);
  return out;
}

AirbornePosition airborne_position(std::uint64_t me, unsigned type_code) {
  AirbornePosition out;
  out.surveillance_status = static_cast<std::uint8_t>(bits_of(me, 6, 7));
  out.single_antenna_or_nic_b = bits_of(me, 8, 8) != 0;
  out.altitude = decode_ac12(bits_of(me, 9, 20));
  out.altitude_is_geometric = type_code >= 20;
  out.utc_synchronised = bits_of(me, 21, 21) != 0;
  out.position = position_of(me);
  return out;
}

AirborneVelocity velocity(std::uint64_t me) {
  AirborneVelocity out;
  out.subtype = static_cast<std::uint8_t>(bits_of(me, 6, 8));
  out.nac_v = static_cast<std::uint8_t>(bits_of(me, 11, 13));
  const double unit_kt = out.subtype % 2 == 0 ? 4.0 : 1.0;
  // 0 is "not told", and 1 is 0.
  const auto component = [&](unsigned sign, unsigned first) -> std::optional<base::Speed> {
    const std::uint32_t raw = bits_of(me, first, first + 9);
    if (raw == 0) return std::nullopt;
    const double kt = unit_kt * (raw - 1);
    return base::Speed::from_knots(bits_of(me, sign, sign) != 0 ? -kt : kt);
  };
  if (out.subtype == 1 || out.subtype == 2) {
    const auto east = component(14, 15);
    const auto north = component(25, 26);
    if (east && north) {
      out.east = east;
      out.north = north;
    }
  } else {
    if (bits_of(me, 14, 14) != 0) {
      out.heading = base::Angle::from_degrees(bits_of(me, 15, 24) * 360.0 / 1024.0);
    }
    if (const std::uint32_t raw = bits_of(me, 26, 35); raw != 0) {
      out.airspeed = base::Speed::from_knots(unit_kt * (raw - 1));
    }
    out.airspeed_is_true = bits_of(me, 25, 25) != 0;
  }
  out.rate_is_geometric = bits_of(me, 36, 36) == 0;
  if (const std::uint32_t raw = bits_of(me, 38, 46); raw != 0) {
    const double fpm = 64.0 * (raw - 1);
    out.vertical_rate = base::Speed::from_feet_per_minute(bits_of(me, 37, 37) != 0 ? -fpm : fpm);
  }
  if (const std::uint32_t raw = bits_of(me, 50, 56); raw != 0) {
    const double ft = 25.0 * (raw - 1);
    out.geometric_above_pressure = base::Length::from_feet(bits_of(me, 49, 49) != 0 ? -ft : ft);
  }
  return out;
}

OperationalStatus operational_status(std::uint64_t me) {
  OperationalStatus out;
  out.surface = bits_of(me, 6, 8) == 1;
  out.version = static_cast<std::uint8_t>(bits_of(me, 41, 43));
  out.nic_supplement_a = bits_of(me, 44, 44) != 0;
  out.nic_supplement_c = out.surface && bits_of(me, 20, 20) != 0;
  out.nac_p = static_cast<std::uint8_t>(bits_of(me, 45, 48));
  out.sil = static_cast<std::uint8_t>(bits_of(me, 51, 52));
  return out;
}

}  // namespace

Squitter decode_squitter(std::uint64_t me) {
  const unsigned type_code = type_code_of(me);
  if (type_code >= 1 && type_code <= 4) return identification(me, type_code);
  if (type_code >= 5 && type_code <= 8) return surface_position(me);
  if ((type_code >= 9 && type_code <= 18) || (type_code >= 20 && type_code <= 22)) {
    return airborne_position(me, type_code);
  }
  const std::uint32_t subtype = bits_of(me, 6, 8);
  if (type_code == 19 && subtype >= 1 && subtype <= 4) return velocity(me);
  if (type_code == 28 && subtype == 1) {
    return EmergencyStatus{static_cast<std::uint8_t>(bits_of(me, 9, 11)),
                           decode_id13(bits_of(me, 12, 24))};
  }
  if (type_code == 29 && subtype >> 1 <= 1) {
    return TargetState{static_cast<std::uint8_t>(subtype >> 1),
                       static_cast<std::uint8_t>(bits_of(me, 40, 43)),
                       static_cast<std::uint8_t>(bits_of(me, 45, 46)),
                       bits_of(me, 44, 44) != 0};
  }
  if (type_code == 31 && subtype <= 1) return operational_status(me);
  return OtherSquitter{};
}

std::uint8_t nuc_p(std::uint8_t type_code) {
  if (type_code >= 5 && type_code <= 8) return static_cast<std::uint8_t>(14 - type_code);
  if (type_code >= 9 && type_code <= 18) return static_cast<std::uint8_t>(18 - type_code);
  if (type_code == 20) return 9;
  if (type_code == 21) return 8;
  return 0;
}

std::optional<base::Length> containment_radius(const IntegrityClaim& claim) {
  if (claim.version == 0) return std::nullopt;
  const bool a = claim.nic_supplement_a;
  // Version 1 has supplement A alone, and means by it what version 2 means by both.
  const bool b = claim.version == 1 ? a : claim.nic_supplement_b;
  const bool c = claim.version == 1 ? a : claim.nic_supplement_c;
  const auto miles = [](double nm) { return base::Length::from_nautical_miles(nm); };
  switch (claim.type_code) {
    case 5:
    case 9:
    case 20:
      return base::Length::from_metres(7.5);
    case 6:
    case 10:
    case 21:
      return base::Length::from_metres(25.0);
    case 7:
      return a ? base::Length::from_metres(75.0) : miles(0.1);
    case 8:
      if (claim.version == 1 || (!a && !c)) return std::nullopt;
      return miles(a && c ? 0.2 : a ? 0.3 : 0.6);
    case 11:
      return a && b ? base::Length::from_metres(75.0) : miles(0.1);
    case 12:
      return miles(0.2);
    case 13:
      return miles(a && b ? 0.6 : b ? 0.3 : 0.5);
    case 14:
      return miles(1.0);
    case 15:
      return miles(2.0);
    case 16:
      return miles(a && b ? 4.0 : 8.0);
    case 17:
      return miles(20.0);
    default:
      return std::nullopt;
  }
}

}  // namespace liptako::codec::modes
