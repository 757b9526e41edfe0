#include "feeds/mode_s_feed.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.hpp"
#include "codec/modes/avr.hpp"
#include "codec/modes/beast.hpp"
#include "codec/modes/squitter.hpp"
#include "feeds/feed.hpp"
#include "geo/frames.hpp"

namespace liptako::feeds {
namespace {

using namespace codec::modes;  // NOLINT(google-build-using-namespace)
using base::Angle;
using base::Bytes;
using base::IcaoAddress;
using base::Length;
using base::Speed;
using base::Timestamp;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart = base::timestamp_from_ns(1'795'341'600'000'000'000);
constexpr IcaoAddress kAircraft{0x0d1234};
constexpr base::SacSic kReceiver{50, 7};

track::SensorDescription receiver() {
  track::SensorDescription s;
  s.name = "Gao";
  s.sac_sic = kReceiver;
  s.kind = track::SensorKind::ads_b;
  s.site = {Angle::from_degrees(16.25), Angle::from_degrees(-0.01), Length()};
  s.placed = true;
  s.range_max = Length::from_nautical_miles(200);
  return s;
}

// A receiver and its node: replies are heard at seconds since the start, by a counter of its own,
// and come in one piece when flushed.
struct Scene {
  explicit Scene(TimeBase time_base = TimeBase::utc)
      : feed(SourceFormat::beast, kReceiver, time_base) {
    const auto s = receiver();
    directory.configure({&s, 1});
  }

  void hear(const Frame& frame, double at) {
    Reception r;
    r.frame = frame;
    r.stamp = (first_stamp + static_cast<std::uint64_t>(at * 12e6)) & kStampMask;
    r.signal = 100;
    encode_beast(r, pending);
    now = kStart + base::seconds(at);
  }
  void position(double latitude, double longitude, bool odd, double at) {
    AirbornePositionMessage m;
    m.address = address;
    m.latitude = Angle::from_degrees(latitude);
    m.longitude = Angle::from_degrees(longitude);
    m.pressure_altitude = Length::from_feet(33'000);
    m.odd = odd;
    hear(encode(m), at);
  }
  // Gives what came of it.
  std::vector<track::Plot> flush(base::Duration delay = milliseconds(20)) {
    out.clear();
    feed.take(pending, now + delay, directory, out);
    pending.clear();
    return out.plots;
  }
  [[nodiscard]] std::uint64_t rejected(std::string_view reason) const {
    for (const Rejected& r : feed.counters().rejected) {
      if (r.reason == reason) return r.count;
    }
    return 0;
  }

  SensorDirectory directory;
  ModeSFeed feed;
  FeedOutput out;
  Bytes pending;
  Timestamp now = kStart;
  std::uint64_t first_stamp = 12'345'678;
  IcaoAddress address = kAircraft;
};

double metres_between(const track::Plot& p, double latitude, double longitude) {
  return geo::rough_distance({p.latitude, p.longitude, {}},
                             {Angle::from_degrees(latitude), Angle::from_degrees(longitude), {}})
      .metres();
}

TEST(ModeSFeed, APairGivesThePlotWithAllThatWasHeard) {
  Scene s;
  s.hear(encode(IdentificationMessage{kAircraft, base::CallSign("MLI204"), 'A', 3}), 0.1);
  s.hear(encode(VelocityMessage{
             kAircraft, Speed::from_knots(300), Speed::from_knots(-40), {}, false, {}, 2}),
         0.2);
  s.hear(encode(OperationalStatusMessage{kAircraft, 9, 3, 2, true, true}), 0.3);
  s.hear(encode(EmergencyStatusMessage{kAircraft, 0, base::ModeACode(01017)}), 0.4);
  s.position(16.5, 0.0001, false, 1.0);
  s.position(16.5, 0.0001, true, 1.5);
  const auto plots = s.flush();
  ASSERT_EQ(plots.size(), 1u);
  const track::Plot& p = plots[0];
  EXPECT_LT(metres_between(p, 16.5, 0.0001), 6.0) << "across the meridian of the site";
  EXPECT_EQ(p.icao_address, kAircraft);
  EXPECT_EQ(p.call_sign.view(), "MLI204");
  EXPECT_EQ(p.mode_3a, base::ModeACode(01017));
  EXPECT_NEAR(p.velocity_east.knots(), 300, 0.6);
  EXPECT_NEAR(p.velocity_north.knots(), -40, 0.6);
  EXPECT_NEAR(p.velocity_sd.mps(), 3 / 2.448, 0.01);
  EXPECT_NEAR(p.position_sd.metres(), 30 / 2.448, 0.01) << "NACp 9";
  ASSERT_TRUE(p.pressure_altitude.has_value());
  EXPECT_NEAR(p.pressure_altitude->feet(), 33'000, 1e-6);
  EXPECT_EQ(p.time, s.now + milliseconds(20)) << "the least delayed of the piece is the last";
  EXPECT_EQ(s.rejected("position_incomplete"), 1u);
  // From here on every message is a plot.
  s.position(16.5005, 0.0011, false, 2.0);
  EXPECT_EQ(s.flush().size(), 1u);
  EXPECT_EQ(s.feed.counters().plots, 2u);
  EXPECT_EQ(s.feed.counters().records, 7u);
  EXPECT_EQ(s.directory.activity(0).plots, 2u);
}

TEST(ModeSFeed, WithoutNacPTheTypeCodeTellsTheAccuracy) {
  Scene s;
  s.position(16.5, 1, false, 0);
  s.position(16.5, 1, true, 0.5);
  const auto plots = s.flush();
  ASSERT_EQ(plots.size(), 1u);
  EXPECT_NEAR(plots[0].position_sd.metres(), 92.6 / 2.448, 0.1) << "version 0, NUCp 7";
  EXPECT_EQ(plots[0].velocity_sd.mps(), 0.0);
  EXPECT_TRUE(plots[0].call_sign.empty());
}

TEST(ModeSFeed, HalvesTooFarApartAreNoPair) {
  Scene s;
  s.position(16.5, 1, false, 0);
  s.position(16.5, 1, true, 11);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("position_incomplete"), 2u);
}

TEST(ModeSFeed, APositionOutOfReachIsRefusedUntilThreeAgree) {
  Scene s;
  s.position(16.5, 1, false, 0);
  s.position(16.5, 1, true, 0.5);
  ASSERT_EQ(s.flush().size(), 1u);
  // Someone else under the same address, two degrees off.
  s.position(18.2, 1, false, 1.0);
  s.position(18.2, 1, true, 1.5);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("position_not_reachable"), 2u);
  s.position(16.501, 1, false, 2.0);
  EXPECT_EQ(s.flush().size(), 1u) << "where it was is still believed";
  s.position(18.2, 1, true, 2.5);
  s.position(18.2, 1, false, 3.0);
  s.position(18.2, 1, true, 3.5);
  const auto plots = s.flush();
  ASSERT_EQ(plots.size(), 1u) << "the third in a row";
  EXPECT_LT(metres_between(plots[0], 18.2, 1), 6.0);
}

TEST(ModeSFeed, APositionBeyondTheReceiversRangeIsRefused) {
  Scene s;
  s.position(20.5, 4, false, 0);
  s.position(20.5, 4, true, 0.5);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("position_beyond_range"), 1u);
}

TEST(ModeSFeed, APersonUnderAParachuteIsCountedAndNotFollowed) {
  Scene s;
  s.hear(encode(IdentificationMessage{kAircraft, base::CallSign("JUMP1"), 'B', 3}), 0);
  s.position(16.5, 1, false, 0.1);
  s.position(16.5, 1, true, 0.6);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("a_person"), 2u);
  for (const Rejected& r : s.feed.counters().rejected) {
    EXPECT_EQ(r.last.find(kAircraft.to_string()), std::string::npos) << r.last;
  }
}

TEST(ModeSFeed, VehiclesAndGroundStationsAreNoAircraft) {
  Scene s;
  s.hear(encode(IdentificationMessage{kAircraft, base::CallSign("FUEL3"), 'C', 2}), 0);
  s.position(16.5, 1, false, 0.1);
  s.position(16.5, 1, true, 0.6);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("not_an_aircraft"), 2u);

  // A DF 18 of a ground station (CF 2) with the same content.
  AirbornePositionMessage m;
  m.address = IcaoAddress(0x0d9999);
  m.latitude = Angle::from_degrees(16.5);
  m.longitude = Angle::from_degrees(1);
  const Frame own = encode(m);
  Bytes octets(own.octets().begin(), own.octets().end());
  octets[0] = 18 << 3 | 2;
  const std::uint32_t parity = parity_of(base::ByteView(octets).first(11));
  for (std::size_t i = 0; i < 3; ++i) {
    octets[11 + i] = static_cast<std::uint8_t>(parity >> (16 - 8 * i));
  }
  s.hear(Frame(octets), 1.0);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("not_from_the_aircraft"), 1u);
}

TEST(ModeSFeed, RepliesOfUnknownAddressesAreNotBelieved) {
  Scene s;
  s.hear(encode(IdentityReply{kAircraft, base::ModeACode(07700)}), 0);
  s.hear(encode(AcquisitionSquitter{kAircraft}), 0.1);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("address_not_known"), 1u);
  EXPECT_TRUE(s.directory.activity(0).heard) << "a squitter without a position is a sign of life";
  ASSERT_EQ(s.out.looks.size(), 1u);
  // Known now; a Mode A code counts when it is heard twice.
  s.hear(encode(IdentityReply{kAircraft, base::ModeACode(01234)}), 0.2);
  s.position(16.5, 1, false, 0.3);
  s.position(16.5, 1, true, 0.4);
  s.hear(encode(IdentityReply{kAircraft, base::ModeACode(01234)}), 0.5);
  s.position(16.5, 1, false, 0.6);
  const auto plots = s.flush();
  ASSERT_EQ(plots.size(), 2u);
  EXPECT_FALSE(plots[0].mode_3a.has_value());
  EXPECT_EQ(plots[1].mode_3a, base::ModeACode(01234));
}

TEST(ModeSFeed, WhatIsNoReplyIsCountedWithItsReason) {
  Scene s;
  s.pending = {1, 2, 3};
  s.hear(Frame(Bytes{0x12, 0x34}), 0);
  Bytes damaged(14, 0x8d);
  s.hear(Frame(damaged), 0.1);
  s.pending.push_back(kBeastEscape);
  s.pending.push_back('4');
  s.hear(encode(AcquisitionSquitter{kAircraft}), 0.2);
  s.pending.resize(s.pending.size() - 3);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("not_a_frame"), 2u);
  EXPECT_EQ(s.rejected("mode_ac_not_used"), 1u);
  EXPECT_EQ(s.rejected("parity_failed"), 1u);
  EXPECT_EQ(s.rejected("receiver_status"), 1u);
}

TEST(ModeSFeed, AnUnconfiguredReceiverIsRefused) {
  Scene s;
  s.directory.configure({});
  s.position(16.5, 1, false, 0);
  EXPECT_TRUE(s.flush().empty());
  EXPECT_EQ(s.rejected("unknown_sensor"), 1u);
}

TEST(ModeSFeed, ReadsAvrAndUsesTheReceptionWithoutStamps) {
  Scene s;
  ModeSFeed feed(SourceFormat::avr, kReceiver, TimeBase::utc);
  for (const bool odd : {false, true}) {
    AirbornePositionMessage m;
    m.address = kAircraft;
    m.latitude = Angle::from_degrees(16.5);
    m.longitude = Angle::from_degrees(1);
    m.odd = odd;
    Bytes line;
    encode_avr({encode(m), {}, {}}, line);
    feed.take(line, kStart + milliseconds(odd ? 500 : 0), s.directory, s.out);
  }
  ASSERT_EQ(s.out.plots.size(), 1u);
  EXPECT_EQ(s.out.plots[0].time, kStart + milliseconds(500));
  EXPECT_TRUE(feed.counters().rejected.size() == 1) << "the first half alone";
}

TEST(ModeSFeed, TheTableIsBoundedAndTheLongestSilentMakesRoom) {
  Scene s;
  s.position(16.5, 1, false, 0);
  s.position(16.5, 1, true, 0.5);
  EXPECT_EQ(s.flush().size(), 1u);
  for (std::uint32_t i = 0; i < 3 * ModeSFeed::kMaxAddresses; ++i) {
    s.hear(encode(AcquisitionSquitter{IcaoAddress(0x400000 + i)}), 1.0 + i * 1e-4);
    if (i % 500 == 0) (void)s.flush();
  }
  (void)s.flush();
  EXPECT_EQ(s.feed.addresses(), ModeSFeed::kMaxAddresses);
  s.position(16.5, 1, false, 3);
  EXPECT_TRUE(s.flush().empty()) << "forgotten, so that it needs a pair again";
}

TEST(ModeSFeed, OfThoseSilentEquallyLongTheLowestAddressMakesRoom) {
  Scene s;
  const auto hear = [&](std::uint32_t address) {
    s.hear(encode(AcquisitionSquitter{IcaoAddress(address)}), 0);
  };
  s.position(16.5, 1, false, 0);
  s.position(16.5, 1, true, 0);
  s.address = IcaoAddress(kAircraft.bits() + 1);
  s.position(17.5, 1, false, 0);
  s.position(17.5, 1, true, 0);
  for (std::uint32_t i = 0; i < ModeSFeed::kMaxAddresses - 1; ++i) hear(0x400000 + i);
  EXPECT_EQ(s.flush().size(), 2u);
  Bytes state;
  base::ByteWriter writer(state);
  s.feed.save(writer);
  base::ByteReader reader(state);
  s.feed.load(reader);
  ASSERT_TRUE(reader.ok() && reader.at_end());
  s.position(17.5, 1, false, 1);
  EXPECT_EQ(s.flush().size(), 1u) << "the higher one is still known";
  s.address = kAircraft;
  s.position(16.5, 1, false, 1);
  EXPECT_TRUE(s.flush().empty()) << "the lower one made room";
}

TEST(ModeSFeed, SavedAndLoadedItGoesOnTheSame) {
  Scene a;
  a.hear(encode(IdentificationMessage{kAircraft, base::CallSign("MLI204"), 'A', 3}), 0);
  a.position(16.5, 1, false, 0.1);
  a.position(16.5, 1, true, 0.6);
  a.position(18.5, 1, false, 0.8);
  (void)a.flush();
  Bytes state;
  base::ByteWriter writer(state);
  Feed(a.feed).save(writer);

  Feed again(ModeSFeed(SourceFormat::beast, {}, TimeBase::utc));
  base::ByteReader reader(state);
  again.load(reader);
  ASSERT_TRUE(reader.ok() && reader.at_end());
  Bytes second;
  base::ByteWriter second_writer(second);
  again.save(second_writer);
  EXPECT_EQ(second, state);

  a.position(16.502, 1, true, 1.2);
  const Bytes next = a.pending;
  const auto plots = a.flush();
  FeedOutput out;
  again.take(next, a.now + milliseconds(20), a.directory, out);
  ASSERT_EQ(plots.size(), 1u);
  ASSERT_EQ(out.plots.size(), 1u);
  EXPECT_EQ(out.plots[0].time, plots[0].time);
  EXPECT_EQ(out.plots[0].latitude, plots[0].latitude);
  EXPECT_EQ(out.plots[0].call_sign, plots[0].call_sign);
}

TEST(ModeSFeed, AStateOfAnotherFormatDoesNotLoad) {
  Bytes state;
  base::ByteWriter writer(state);
  Feed(ModeSFeed(SourceFormat::avr, kReceiver, TimeBase::utc)).save(writer);
  Feed beast(ModeSFeed(SourceFormat::beast, kReceiver, TimeBase::utc));
  base::ByteReader reader(state);
  beast.load(reader);
  EXPECT_FALSE(reader.ok());
}

TEST(ModeSFeed, AnyBytesGivePlotsOnEarthOrReasons) {
  base::Prng prng(5);
  Scene s;
  for (int i = 0; i < 300; ++i) {
    for (int k = 0; k < 20; ++k) {
      const double at = i + k * 0.05;
      s.address = IcaoAddress(static_cast<std::uint32_t>(prng.below(5)));
      s.position(prng.uniform(-90, 90), prng.uniform(-180, 180), prng.chance(0.5), at);
    }
    for (std::uint64_t n = prng.below(30); n > 0; --n) {
      s.pending[prng.below(s.pending.size())] = static_cast<std::uint8_t>(prng.next());
    }
    for (const track::Plot& p : s.flush()) {
      EXPECT_LE(metres_between(p, 16.25, -0.01), Length::from_nautical_miles(200).metres() + 1);
    }
  }
  EXPECT_EQ(s.feed.addresses(), 5u) << "24 bits of parity let no other address in";
}

}  // namespace
}  // namespace liptako::feeds
