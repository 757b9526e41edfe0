#include "codec/modes/mode_s.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>

#include "base/prng.hpp"
#include "codec/modes/squitter.hpp"

namespace liptako::codec::modes {
namespace {

Frame frame(std::string_view hex) {
  Bytes octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    octets.push_back(
        static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return Frame(octets);
}

template <class T>
const T& squitter_of(const std::expected<ModeSMessage, Fault>& message) {
  EXPECT_TRUE(message.has_value());
  static const T kNone{};
  if (!message) return kNone;
  const T* found = std::get_if<T>(&message->squitter);
  EXPECT_NE(found, nullptr);
  return found != nullptr ? *found : kNone;
}

// Messages off the air, published with their meaning in textbooks of the format.
TEST(ModeS, ReadsAnIdentification) {
  const auto m = decode_mode_s(frame("8d4840d6202cc371c32ce0576098"));
  const auto& id = squitter_of<Identification>(m);
  EXPECT_EQ(m->format, 17);
  EXPECT_EQ(m->address, base::IcaoAddress(0x4840d6));
  EXPECT_EQ(id.call_sign.view(), "KLM1023");
  EXPECT_EQ(id.emitter_set, 'A');
  EXPECT_TRUE(id.is_aircraft());
}

TEST(ModeS, ReadsAPairOfAirbornePositions) {
  const auto even = decode_mode_s(frame("8d40621d58c382d690c8ac2863a7"));
  const auto odd = decode_mode_s(frame("8d40621d58c386435cc412692ad6"));
  const auto& a = squitter_of<AirbornePosition>(even);
  const auto& b = squitter_of<AirbornePosition>(odd);
  ASSERT_TRUE(a.altitude.has_value());
  EXPECT_DOUBLE_EQ(a.altitude->value.feet(), 38'000.0);
  EXPECT_DOUBLE_EQ(a.altitude->quantum.feet(), 25.0);
  EXPECT_FALSE(a.position.odd);
  EXPECT_TRUE(b.position.odd);
  const auto place = decode_cpr_pair(b.position, a.position);
  ASSERT_TRUE(place.has_value());
  EXPECT_NEAR(place->latitude.degrees(), 52.2572, 1e-4);
  EXPECT_NEAR(place->longitude.degrees(), 3.91937, 1e-4);
}

TEST(ModeS, ReadsAGroundVelocity) {
  const auto m = decode_mode_s(frame("8d485020994409940838175b284f"));
  const auto& v = squitter_of<AirborneVelocity>(m);
  ASSERT_TRUE(v.east && v.north && v.vertical_rate && v.geometric_above_pressure);
  EXPECT_DOUBLE_EQ(v.east->knots(), -8.0);
  EXPECT_DOUBLE_EQ(v.north->knots(), -159.0);
  EXPECT_NEAR(v.vertical_rate->feet_per_minute(), -832.0, 1e-9);
  EXPECT_TRUE(v.rate_is_geometric);
  EXPECT_NEAR(v.geometric_above_pressure->feet(), 550.0, 1e-9);
}

TEST(ModeS, ReadsAnAirspeed) {
  const auto m = decode_mode_s(frame("8da05f219b06b6af189400cbc33f"));
  const auto& v = squitter_of<AirborneVelocity>(m);
  ASSERT_TRUE(v.heading && v.airspeed && v.vertical_rate);
  EXPECT_FALSE(v.east.has_value());
  EXPECT_NEAR(v.heading->degrees(), 243.984375, 1e-9);
  EXPECT_DOUBLE_EQ(v.airspeed->knots(), 375.0);
  EXPECT_TRUE(v.airspeed_is_true);
  EXPECT_NEAR(v.vertical_rate->feet_per_minute(), -2304.0, 1e-9);
}

TEST(ModeS, ReadsASurfacePosition) {
  const auto m = decode_mode_s(frame("8c4841753a9a153237aef0f275be"));
  const auto& s = squitter_of<SurfacePosition>(m);
  EXPECT_EQ(m->on_ground, true);
  ASSERT_TRUE(s.ground_speed && s.track_angle);
  EXPECT_DOUBLE_EQ(s.ground_speed->knots(), 17.0);
  EXPECT_NEAR(s.track_angle->degrees(), 92.8125, 1e-9);
  const LatLon reference{base::Angle::from_degrees(51.990), base::Angle::from_degrees(4.375)};
  const auto place = decode_cpr_near(s.position, CprKind::surface, reference);
  ASSERT_TRUE(place.has_value());
  EXPECT_NEAR(place->latitude.degrees(), 52.32056, 1e-5);
  EXPECT_NEAR(place->longitude.degrees(), 4.73573, 1e-5);
}

TEST(ModeS, OverlaidAddressesAreGivenAsSuch) {
  const auto m = decode_mode_s(frame("2a00516d492b80"));
  ASSERT_TRUE(m.has_value());
  EXPECT_EQ(m->format, 5);
  EXPECT_TRUE(m->address_overlaid);
  EXPECT_EQ(m->mode_3a, base::ModeACode(0356));
}

TEST(ModeS, AnyFlippedBitOfASquitterIsNoticed) {
  const Frame whole = frame("8d4840d6202cc371c32ce0576098");
  for (std::size_t bit = 5; bit < 112; ++bit) {
    Bytes octets(whole.octets().begin(), whole.octets().end());
    octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] ^ 0x80u >> bit % 8);
    EXPECT_EQ(decode_mode_s(Frame(octets)).error(), Fault::parity_failed) << bit;
  }
}

TEST(ModeS, AllCallRepliesToAnInterrogatorNameIt) {
  Frame squitter = encode(AcquisitionSquitter{base::IcaoAddress(0x123456), 5});
  Bytes octets(squitter.octets().begin(), squitter.octets().end());
  EXPECT_EQ(decode_mode_s(squitter)->interrogator, 0);
  octets[6] ^= 0x15;
  const auto m = decode_mode_s(Frame(octets));
  ASSERT_TRUE(m.has_value());
  EXPECT_EQ(m->interrogator, 0x15);
  EXPECT_EQ(m->address, base::IcaoAddress(0x123456));
  octets[6] ^= 0x80;
  EXPECT_EQ(decode_mode_s(Frame(octets)).error(), Fault::parity_failed);
}

TEST(ModeS, LengthMustBeThatOfTheFormat) {
  EXPECT_EQ(decode_mode_s(frame("8d4840d6202cc3")).error(), Fault::wrong_length);
  EXPECT_EQ(decode_mode_s(frame("2a00516d492b8000000000000000")).error(), Fault::wrong_length);
  EXPECT_EQ(decode_mode_s(frame("1024")).error(), Fault::format_not_decoded);
}

TEST(ModeS, AnyBytesGiveAMessageOrAFault) {
  base::Prng prng(3);
  int messages = 0;
  for (int i = 0; i < 200'000; ++i) {
    Bytes octets(prng.chance(0.5) ? kShortSize : kLongSize);
    for (auto& octet : octets) octet = static_cast<std::uint8_t>(prng.next());
    const auto m = decode_mode_s(Frame(octets));
    if (!m) continue;
    ++messages;
    EXPECT_TRUE(m->format != 17 && m->format != 18) << "24 bits of parity cannot hold by chance";
    if (m->altitude) {
      EXPECT_GE(m->altitude->value.feet(), -1200.0);
      EXPECT_LE(m->altitude->value.feet(), 126'700.0);
    }
  }
  EXPECT_GT(messages, 10'000);
}

// --- what is encoded is decoded ---

TEST(Squitter, PositionComesBackToTheUnit) {
  base::Prng prng(7);
  for (int i = 0; i < 20'000; ++i) {
    AirbornePositionMessage in;
    in.address = base::IcaoAddress(static_cast<std::uint32_t>(prng.below(1 << 24)));
    in.latitude = base::Angle::from_degrees(prng.uniform(-89, 89));
    in.longitude = base::Angle::from_degrees(prng.uniform(-180, 180));
    const double ft = prng.uniform(-1000, 126'000);
    if (prng.chance(0.9)) in.pressure_altitude = base::Length::from_feet(ft);
    in.type_code = static_cast<std::uint8_t>(9 + prng.below(10));
    in.odd = prng.chance(0.5);
    in.nic_supplement_b = prng.chance(0.5);
    const auto m = decode_mode_s(encode(in));
    const auto& out = squitter_of<AirbornePosition>(m);
    EXPECT_EQ(m->address, in.address);
    EXPECT_EQ(m->on_ground, false);
    EXPECT_EQ(type_code_of(*m->message_field), in.type_code);
    EXPECT_EQ(out.single_antenna_or_nic_b, in.nic_supplement_b);
    EXPECT_EQ(out.position, encode_cpr({in.latitude, in.longitude}, CprKind::airborne, in.odd));
    ASSERT_EQ(out.altitude.has_value(), in.pressure_altitude.has_value());
    if (out.altitude) {
      EXPECT_NEAR(out.altitude->value.feet(), ft, ft < 50'175 ? 12.5 + 1e-6 : 50 + 1e-6);
    }
  }
}

TEST(Squitter, IdentificationVelocityAndStatusComeBack) {
  base::Prng prng(8);
  for (int i = 0; i < 20'000; ++i) {
    const base::IcaoAddress address(static_cast<std::uint32_t>(prng.below(1 << 24)));
    IdentificationMessage name{address, {}, "ABCD"[prng.below(4)], 0};
    std::string text;
    for (std::uint64_t n = prng.below(9); n > 0; --n) text += "AZ09 KMXY"[prng.below(9)];
    name.call_sign = base::CallSign(text);
    name.category = static_cast<std::uint8_t>(prng.below(8));
    const auto named = decode_mode_s(encode(name));
    const auto& id = squitter_of<Identification>(named);
    EXPECT_EQ(id.call_sign, name.call_sign);
    EXPECT_EQ(id.emitter_set, name.emitter_set);
    EXPECT_EQ(id.category, name.category);

    VelocityMessage v{address,
                      base::Speed::from_knots(prng.uniform(-1020, 1020)),
                      base::Speed::from_knots(prng.uniform(-1020, 1020)),
                      {},
                      prng.chance(0.5),
                      {},
                      static_cast<std::uint8_t>(prng.below(8))};
    if (prng.chance(0.7)) {
      v.vertical_rate = base::Speed::from_feet_per_minute(prng.uniform(-32'000, 32'000));
      v.geometric_above_pressure = base::Length::from_feet(prng.uniform(-3000, 3000));
    }
    const auto moved = decode_mode_s(encode(v));
    const auto& out = squitter_of<AirborneVelocity>(moved);
    ASSERT_TRUE(out.east && out.north);
    EXPECT_NEAR(out.east->knots(), v.east.knots(), 0.5 + 1e-9);
    EXPECT_NEAR(out.north->knots(), v.north.knots(), 0.5 + 1e-9);
    EXPECT_EQ(out.nac_v, v.nac_v);
    ASSERT_EQ(out.vertical_rate.has_value(), v.vertical_rate.has_value());
    if (out.vertical_rate) {
      EXPECT_NEAR(
          out.vertical_rate->feet_per_minute(), v.vertical_rate->feet_per_minute(), 32.0 + 1e-6);
      EXPECT_NEAR(
          out.geometric_above_pressure->feet(), v.geometric_above_pressure->feet(), 12.5 + 1e-6);
      EXPECT_EQ(out.rate_is_geometric, v.rate_is_geometric);
    }

    const base::ModeACode squawk(static_cast<std::uint16_t>(prng.below(4096)));
    const auto emergency = decode_mode_s(encode(EmergencyStatusMessage{address, 4, squawk}));
    EXPECT_EQ(squitter_of<EmergencyStatus>(emergency).mode_3a, squawk);
    EXPECT_EQ(squitter_of<EmergencyStatus>(emergency).state, 4);
    EXPECT_EQ(decode_mode_s(encode(IdentityReply{address, squawk, 1}))->mode_3a, squawk);
    EXPECT_EQ(decode_mode_s(encode(IdentityReply{address, squawk, 1}))->on_ground, true);
    EXPECT_EQ(decode_mode_s(encode(IdentityReply{address, squawk, 1}))->address, address);

    OperationalStatusMessage status{address};
    status.nac_p = static_cast<std::uint8_t>(prng.below(12));
    status.sil = static_cast<std::uint8_t>(prng.below(4));
    status.nic_supplement_a = prng.chance(0.5);
    const auto told = decode_mode_s(encode(status));
    const auto& quality = squitter_of<OperationalStatus>(told);
    EXPECT_EQ(quality.version, 2);
    EXPECT_EQ(quality.nac_p, status.nac_p);
    EXPECT_EQ(quality.sil, status.sil);
    EXPECT_EQ(quality.nic_supplement_a, status.nic_supplement_a);
  }
}

TEST(Altitude, EveryCodeOfTheTableComesBack) {
  // [Annex 10 Vol. IV, appendix to chapter 3] gives each hundred its own code: -1,200 to 126,700.
  int hundreds = 0;
  int last = -1300;
  std::array<bool, 1280> seen{};
  for (std::uint32_t code = 1; code < 1u << 12; ++code) {
    const auto altitude = decode_ac12(code);
    if (!altitude || altitude->quantum.feet() < 50) continue;
    const auto index = static_cast<std::size_t>(std::lround(altitude->value.feet() + 1200) / 100);
    ASSERT_LT(index, seen.size());
    EXPECT_FALSE(seen[index]) << altitude->value.feet();
    seen[index] = true;
    ++hundreds;
    last = std::max(last, static_cast<int>(std::lround(altitude->value.feet())));
  }
  EXPECT_EQ(hundreds, 1280);
  EXPECT_EQ(last, 126'700);
  for (double ft = 50'200; ft <= 126'700; ft += 100) {
    const auto code = encode_ac12(base::Length::from_feet(ft));
    EXPECT_NEAR(decode_ac12(code)->value.feet(), ft, 1e-6);
    EXPECT_NEAR(decode_ac13(encode_ac13(base::Length::from_feet(ft)))->value.feet(), ft, 1e-6);
  }
}

TEST(Altitude, NoneAndMetricAndImpossibleCodesAreNoAltitude) {
  EXPECT_FALSE(decode_ac13(0).has_value());
  EXPECT_FALSE(decode_ac13(0x40 | 0x10).has_value());
  EXPECT_FALSE(decode_ac12(0x002).has_value());  // C1 C2 C4 all 0
}

TEST(Adsb, SurfaceSpeedsFollowTheSteps) {
  const auto speed = [](std::uint64_t code) {
    const auto squitter = decode_squitter(std::uint64_t{7} << 51 | code << 44);
    return std::get<SurfacePosition>(squitter).ground_speed;
  };
  EXPECT_FALSE(speed(0).has_value());
  EXPECT_DOUBLE_EQ(speed(1)->knots(), 0.0);
  EXPECT_DOUBLE_EQ(speed(2)->knots(), 0.125);
  EXPECT_DOUBLE_EQ(speed(9)->knots(), 1.0);
  EXPECT_DOUBLE_EQ(speed(12)->knots(), 1.75);
  EXPECT_DOUBLE_EQ(speed(13)->knots(), 2.0);
  EXPECT_DOUBLE_EQ(speed(38)->knots(), 14.5);
  EXPECT_DOUBLE_EQ(speed(39)->knots(), 15.0);
  EXPECT_DOUBLE_EQ(speed(93)->knots(), 69.0);
  EXPECT_DOUBLE_EQ(speed(94)->knots(), 70.0);
  EXPECT_DOUBLE_EQ(speed(108)->knots(), 98.0);
  EXPECT_DOUBLE_EQ(speed(109)->knots(), 100.0);
  EXPECT_DOUBLE_EQ(speed(123)->knots(), 170.0);
  EXPECT_DOUBLE_EQ(speed(124)->knots(), 175.0);
  EXPECT_FALSE(speed(125).has_value());
}

TEST(Adsb, ContainmentFollowsTypeCodeVersionAndSupplements) {
  const auto radius = [](IntegrityClaim claim) {
    const auto r = containment_radius(claim);
    return r ? r->metres() : 0.0;
  };
  EXPECT_DOUBLE_EQ(radius({9, 2}), 7.5);
  EXPECT_DOUBLE_EQ(radius({11, 2, true, true}), 75.0);
  EXPECT_DOUBLE_EQ(radius({11, 2, true, false}), 185.2);
  EXPECT_DOUBLE_EQ(radius({11, 1, true}), 75.0);
  EXPECT_DOUBLE_EQ(radius({13, 2, false, true}), 0.3 * 1852);
  EXPECT_DOUBLE_EQ(radius({13, 1, true}), 0.6 * 1852);
  EXPECT_DOUBLE_EQ(radius({16, 2, true, true}), 4 * 1852.0);
  EXPECT_DOUBLE_EQ(radius({18, 2}), 0.0);
  EXPECT_DOUBLE_EQ(radius({11, 0}), 0.0) << "version 0 has no NIC";
  EXPECT_DOUBLE_EQ(radius({8, 2, true, false, true}), 0.2 * 1852);
  EXPECT_EQ(nuc_p(9), 9);
  EXPECT_EQ(nuc_p(18), 0);
  EXPECT_EQ(nuc_p(8), 6);
}

}  // namespace
}  // namespace liptako::codec::modes
