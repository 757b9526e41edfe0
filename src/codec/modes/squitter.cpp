#include "codec/modes/squitter.hpp"

#include <algorithm>
#include <cmath>

#include "codec/asterix/text6.hpp"
#include "codec/modes/altitude.hpp"
#include "codec/modes/cpr.hpp"
#include "codec/modes/mode_s.hpp"

namespace liptako::codec::modes {
namespace {

// Packs fields, first bit first.
class Bits {
 public:
  Bits& put(std::uint64_t value, unsigned count) {
    for (unsigned i = count; i-- > 0; ++at_) {
      if ((value >> i & 1) != 0) {
        octets_[at_ / 8] = static_cast<std::uint8_t>(octets_[at_ / 8] | 0x80u >> at_ % 8);
      }
    }
    return *this;
  }
  // Closes with the parity over everything before it, laid over with `overlay`.
  [[nodiscard]] Frame finish(std::uint32_t overlay) {
    const std::size_t body = at_ / 8;
    put(parity_of(ByteView(octets_).first(body)) ^ overlay, 24);
    return Frame(ByteView(octets_).first(body + 3));
  }

 private:
  std::array<std::uint8_t, kLongSize> octets_{};
  unsigned at_ = 0;
};

constexpr unsigned kAirborne = 5;  // CA: level 2 and above, airborne

Bits squitter(base::IcaoAddress address, unsigned type_code) {
  Bits bits;
  bits.put(17, 5).put(kAirborne, 3).put(address.bits(), 24).put(type_code, 5);
  return bits;
}

// Sign bit, then magnitude + 1 in `count` bits.
void put_signed(Bits& bits, double value, double unit, unsigned count) {
  const double most = static_cast<double>((1u << count) - 2);
  const double steps = std::floor(std::fmin(std::fabs(value) / unit, most) + 0.5);
  bits.put(value < 0.0 ? 1 : 0, 1).put(static_cast<std::uint64_t>(steps) + 1, count);
}

}  // namespace

Frame encode(const AirbornePositionMessage& m) {
  const CprPosition cpr = encode_cpr({m.latitude, m.longitude}, CprKind::airborne, m.odd);
  Bits bits = squitter(m.address, m.type_code);
  bits.put(0, 2).put(m.nic_supplement_b, 1);
  bits.put(m.pressure_altitude ? encode_ac12(*m.pressure_altitude) : 0, 12);
  bits.put(0, 1).put(cpr.odd, 1).put(cpr.latitude, 17).put(cpr.longitude, 17);
  return bits.finish(0);
}

Frame encode(const IdentificationMessage& m) {
  Bits bits = squitter(m.address, static_cast<unsigned>('E' - std::clamp(m.emitter_set, 'A', 'D')));
  bits.put(m.category, 3).put(asterix::text6_from(m.call_sign.view()), 48);
  return bits.finish(0);
}

Frame encode(const VelocityMessage& m) {
  Bits bits = squitter(m.address, 19);
  bits.put(1, 3).put(0, 2).put(m.nac_v, 3);
  put_signed(bits, m.east.knots(), 1.0, 10);
  put_signed(bits, m.north.knots(), 1.0, 10);
  bits.put(m.rate_is_geometric ? 0 : 1, 1);
  if (m.vertical_rate) {
    put_signed(bits, m.vertical_rate->feet_per_minute(), 64.0, 9);
  } else {
    bits.put(0, 10);
  }
  bits.put(0, 2);
  if (m.geometric_above_pressure) {
    put_signed(bits, m.geometric_above_pressure->feet(), 25.0, 7);
  } else {
    bits.put(0, 8);
  }
  return bits.finish(0);
}

Frame encode(const OperationalStatusMessage& m) {
  constexpr unsigned kVersion = 2;
  constexpr unsigned kDesignAssurance = 2;  // SDA
  Bits bits = squitter(m.address, 31);
  bits.put(0, 3).put(0, 16);
  bits.put(0, 6).put(kDesignAssurance, 2).put(0, 8);
  bits.put(kVersion, 3).put(m.nic_supplement_a, 1).put(m.nac_p, 4).put(m.gva, 2).put(m.sil, 2);
  bits.put(m.nic_baro, 1).put(0, 3);
  return bits.finish(0);
}

Frame encode(const EmergencyStatusMessage& m) {
  Bits bits = squitter(m.address, 28);
  bits.put(1, 3).put(m.emergency_state, 3).put(encode_id13(m.mode_3a), 13).put(0, 32);
  return bits.finish(0);
}

Frame encode(const AcquisitionSquitter& m) {
  Bits bits;
  bits.put(11, 5).put(m.capability, 3).put(m.address.bits(), 24);
  return bits.finish(0);
}

Frame encode(const AltitudeReply& m) {
  Bits bits;
  bits.put(4, 5).put(m.flight_status, 3).put(0, 11);
  bits.put(m.pressure_altitude ? encode_ac13(*m.pressure_altitude) : 0, 13);
  return bits.finish(m.address.bits());
}

Frame encode(const IdentityReply& m) {
  Bits bits;
  bits.put(5, 5).put(m.flight_status, 3).put(0, 11).put(encode_id13(m.mode_3a), 13);
  return bits.finish(m.address.bits());
}

}  // namespace liptako::codec::modes
