// What reaches the tracker of each kind of record, and what is counted instead. Records come from
// our own encoder, whose bytes the codec's tests hold against real recordings.
#include "feeds/asterix_feed.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"
#include "codec/asterix/encode.hpp"
#include "track/sensors/models.hpp"

namespace liptako::feeds {
namespace {

using namespace codec::asterix;  // NOLINT(google-build-using-namespace): the records under test

constexpr SacSic kRadar{23, 2};
constexpr SacSic kStation{20, 206};

base::Timestamp noon() { return *base::parse_rfc3339("2026-11-22T12:00:00Z"); }
TimeOfDay noon_ticks(double seconds = 0) {
  return TimeOfDay::from(std::chrono::hours(12) + base::seconds(seconds));
}

Cat048Report plot() {
  Cat048Report r;
  r.source = kRadar;
  r.time_of_day = noon_ticks();
  r.descriptor.emplace();
  r.descriptor->detection = Detection::mode_s_roll_call;
  r.measured_position = {Length::from_nautical_miles(50), Angle::from_degrees(90)};
  r.mode_3a = ReplyCode{ModeACode(02345)};
  r.flight_level = {Length::from_flight_level(350)};
  r.aircraft_address = IcaoAddress(0x062001);
  r.call_sign = CallSign("NGR12");
  return r;
}

Cat021Report report() {
  Cat021Report r;
  r.source = kStation;
  r.descriptor.emplace();
  r.position_time = noon_ticks();
  r.position_high_resolution = {Angle::from_degrees(12.5), Angle::from_degrees(-7.9)};
  r.aircraft_address = IcaoAddress(0x05C001);
  r.quality.emplace();
  r.quality->nac_v = 2;
  r.quality->nic = 8;
  r.quality->accuracy.emplace();
  r.quality->accuracy->nac_p = 9;
  r.mops_version = {false, 2, 2};
  r.pressure_altitude = Length::from_flight_level(310);
  r.ground_vector = {Speed::from_knots(440), Angle::from_degrees(180)};
  return r;
}

template <class Report>
base::Bytes bytes_of(std::uint8_t category, const Report& report) {
  base::Bytes out;
  BlockWriter block(category, out);
  block.add(report);
  block.finish();
  return out;
}

struct Station {
  explicit Station(TimeBase time_base = TimeBase::utc) : feed(time_base) {
    track::SensorDescription radar;
    radar.sac_sic = kRadar;
    radar.placed = true;
    track::SensorDescription station;
    station.sac_sic = kStation;
    station.kind = track::SensorKind::ads_b;
    sensors.configure(std::vector<track::SensorDescription>{radar, station});
  }
  void take(const base::Bytes& datagram,
            base::Timestamp reception = noon() + std::chrono::seconds(1)) {
    feed.take(datagram, reception, sensors, out);
  }
  [[nodiscard]] std::uint64_t rejected(std::string_view reason) const {
    for (const Rejected& r : feed.counters().rejected) {
      if (r.reason == reason) return r.count;
    }
    return 0;
  }
  AsterixFeed feed;
  SensorDirectory sensors;
  FeedOutput out;
};

TEST(AsterixFeed, ARadarPlotArrivesWithWhatTheRadarMeasured) {
  Station s;
  s.take(bytes_of(48, plot()));
  ASSERT_EQ(s.out.plots.size(), 1u);
  const track::Plot& p = s.out.plots[0];
  EXPECT_EQ(p.time, noon());
  EXPECT_EQ(p.sensor, 0);
  EXPECT_NEAR(p.slant_range.nautical_miles(), 50, 1.0 / 512);
  EXPECT_NEAR(p.azimuth.degrees(), 90, 180.0 / 65536);
  EXPECT_EQ(p.mode_3a, ModeACode(02345));
  EXPECT_NEAR(p.pressure_altitude->flight_level(), 350, 1e-9);
  EXPECT_EQ(p.icao_address, IcaoAddress(0x062001));
  EXPECT_EQ(p.call_sign.view(), "NGR12");
}

TEST(AsterixFeed, AnAdsBReportArrivesWithTheAccuracyItClaims) {
  Station s;
  s.take(bytes_of(21, report()));
  ASSERT_EQ(s.out.plots.size(), 1u);
  const track::Plot& p = s.out.plots[0];
  EXPECT_EQ(p.sensor, 1);
  EXPECT_NEAR(p.latitude.degrees(), 12.5, 2e-7);
  EXPECT_NEAR(p.position_sd.metres(), 30 / 2.448, 1e-6);
  EXPECT_NEAR(p.velocity_sd.mps(), 3 / 2.448, 1e-6);
  EXPECT_NEAR(p.velocity_north.knots(), -440, 0.5);
}

constexpr SacSic kMlat{0, 107};
constexpr SacSic kTracker{33, 18};

Cat020Report mlat_report() {
  Cat020Report r;
  r.source = kMlat;
  r.descriptor.emplace();
  r.descriptor->mode_s_multilateration = true;
  r.time_of_day = noon_ticks();
  r.position = LatLon{Angle::from_degrees(12.5), Angle::from_degrees(-7.9)};
  r.aircraft_address = IcaoAddress(0x05C001);
  r.position_accuracy.emplace();
  r.position_accuracy->position_sd =
      cat020::StandardDeviation{Length::from_metres(20), Length::from_metres(40), 0.5};
  return r;
}

Cat062Track system_track() {
  Cat062Track r;
  r.source = kTracker;
  r.time_of_track = noon_ticks();
  r.track_number = 7;
  r.status.emplace();
  r.position = LatLon{Angle::from_degrees(12.5), Angle::from_degrees(-7.9)};
  r.velocity = CartesianVelocity{Speed::from_mps(200), Speed::from_mps(-50)};
  r.aircraft_derived.emplace();
  r.aircraft_derived->aircraft_address = IcaoAddress(0x05C001);
  return r;
}

Cat019Message mlat_status(std::uint8_t release) {
  Cat019Message m;
  m.source = kMlat;
  m.type = cat019::Type::periodic_status;
  m.time_of_day = noon_ticks();
  m.system_status = cat019::SystemStatus{.release = release};
  return m;
}

// With sensors of the kinds that compute positions.
struct Computing : Station {
  Computing() {
    track::SensorDescription mlat = track::described(track::SensorKind::mlat);
    mlat.sac_sic = kMlat;
    track::SensorDescription tracker = track::described(track::SensorKind::tracker);
    tracker.sac_sic = kTracker;
    sensors.configure(std::vector<track::SensorDescription>{mlat, tracker});
  }
};

TEST(AsterixFeed, AMultilaterationReportArrivesWithItsCovariance) {
  Computing s;
  s.take(bytes_of(20, mlat_report()));
  ASSERT_EQ(s.out.plots.size(), 1u);
  const track::Plot& p = s.out.plots[0];
  EXPECT_EQ(p.time, noon());
  EXPECT_EQ(p.sensor, 0);
  EXPECT_NEAR(p.latitude.degrees(), 12.5, 5.4e-6);
  EXPECT_NEAR(p.sd_east.metres(), 20, 1e-9);
  EXPECT_NEAR(p.correlation, 0.5, 1e-9);
}

TEST(AsterixFeed, AnotherSystemsTrackArrivesWithItsVelocity) {
  Computing s;
  s.take(bytes_of(62, system_track()));
  ASSERT_EQ(s.out.plots.size(), 1u);
  const track::Plot& p = s.out.plots[0];
  EXPECT_EQ(p.time, noon());
  EXPECT_EQ(p.sensor, 1);
  EXPECT_NEAR(p.velocity_east.mps(), 200, 0.125);
  EXPECT_EQ(p.icao_address, IcaoAddress(0x05C001));
}

TEST(AsterixFeed, ASystemThatSaysItsDataMustNotBeUsedIsSetAsideUntilItSaysOtherwise) {
  Computing s;
  s.take(bytes_of(19, mlat_status(2)));
  s.take(bytes_of(20, mlat_report()));
  EXPECT_TRUE(s.out.plots.empty());
  EXPECT_EQ(s.rejected("sensor_not_operational"), 1u);
  ASSERT_EQ(s.out.looks.size(), 1u);
  EXPECT_TRUE(s.sensors.activity(0).heard);
  s.take(bytes_of(19, mlat_status(1)));  // degraded, but to be used
  s.take(bytes_of(20, mlat_report()));
  EXPECT_EQ(s.out.plots.size(), 1u);
  Cat019Message no_time = mlat_status(0);
  no_time.system_status->time_source_invalid = true;
  s.take(bytes_of(19, no_time));
  s.take(bytes_of(20, mlat_report()));
  EXPECT_EQ(s.out.plots.size(), 1u);
}

TEST(AsterixFeed, ASystemThatTellsItsReferencePointCanBeReadOnItsPlane) {
  Computing s;
  Cat020Report r = mlat_report();
  r.position.reset();
  r.cartesian_position = Cartesian{Length::from_metres(1000), Length::from_metres(0)};
  s.take(bytes_of(20, r));
  EXPECT_EQ(s.rejected("no_reference_point"), 1u);
  const auto revision = s.sensors.revision();
  Cat019Message m = mlat_status(0);
  m.position = LatLon{Angle::from_degrees(12.35), Angle::from_degrees(-1.5)};
  s.take(bytes_of(19, m));
  EXPECT_GT(s.sensors.revision(), revision);
  s.take(bytes_of(20, r));
  ASSERT_EQ(s.out.plots.size(), 1u);
  EXPECT_NEAR(s.out.plots[0].latitude.degrees(), 12.35, 1e-5);
  EXPECT_GT(s.out.plots[0].longitude.degrees(), -1.5);
  // The first word stands: the plane does not wander.
  m.position->latitude = Angle::from_degrees(50);
  s.take(bytes_of(19, m));
  EXPECT_NEAR(s.sensors.sensors()[0].site.latitude.degrees(), 12.35, 1e-5);
}

TEST(AsterixFeed, ReportsOfComputedPositionsAreRefusedWithTheirReasonsToo) {
  Computing s;
  Cat020Report vehicle = mlat_report();
  vehicle.vehicle_fleet = 3;
  s.take(bytes_of(20, vehicle));
  Cat062Track coasting = system_track();
  coasting.status->coasting = true;
  s.take(bytes_of(62, coasting));
  Cat062Track unknown = system_track();
  unknown.source = SacSic{1, 1};
  s.take(bytes_of(62, unknown));
  Cat062Track old = system_track();
  old.time_of_track = noon_ticks(-300);
  s.take(bytes_of(62, old));
  EXPECT_TRUE(s.out.plots.empty());
  EXPECT_EQ(s.rejected("not_an_aircraft"), 1u);
  EXPECT_EQ(s.rejected("track_coasting"), 1u);
  EXPECT_EQ(s.rejected("unknown_sensor"), 1u);
  EXPECT_EQ(s.rejected("time_far_from_clock"), 1u);
}

TEST(AsterixFeed, WhatIsNoLiveAircraftIsCountedNotTracked) {
  Station s;
  Cat048Report test = plot();
  test.descriptor->test = true;
  s.take(bytes_of(48, test));
  Cat048Report monitor = plot();
  monitor.descriptor->field_monitor = true;
  s.take(bytes_of(48, monitor));
  Cat021Report vehicle = report();
  vehicle.emitter_category = 21;
  s.take(bytes_of(21, vehicle));
  Cat021Report person = report();
  person.emitter_category = 16;
  s.take(bytes_of(21, person));
  EXPECT_TRUE(s.out.plots.empty());
  EXPECT_EQ(s.rejected("a_person"), 1u);
  EXPECT_EQ(s.rejected("simulated_or_test"), 1u);
  EXPECT_EQ(s.rejected("field_monitor"), 1u);
  EXPECT_EQ(s.rejected("not_an_aircraft"), 1u);
}

TEST(AsterixFeed, APositionThatIsNowhereOnEarthIsRefused) {
  const auto at = [](double latitude, double longitude, bool high_resolution) {
    Cat021Report r = report();
    r.position_high_resolution.reset();
    (high_resolution ? r.position_high_resolution : r.position) = {Angle::from_degrees(latitude),
                                                                   Angle::from_degrees(longitude)};
    return bytes_of(21, r);
  };
  Station s;
  std::uint64_t refused = 0;
  for (const bool high_resolution : {false, true}) {
    s.take(at(90, 0, high_resolution));
    s.take(at(-90, -180, high_resolution));
    s.take(at(-12.5, 179.999, high_resolution));
    EXPECT_EQ(s.rejected("position_out_of_range"), refused);
    s.take(at(90.001, 0, high_resolution));
    s.take(at(-90.001, 0, high_resolution));
    EXPECT_EQ(s.rejected("position_out_of_range"), refused += 2);
  }
  s.take(at(12.5, -180.001, true));  // what 24 bits cannot hold
  s.take(at(0, 190, true));
  EXPECT_EQ(s.rejected("position_out_of_range"), refused + 2);
  EXPECT_EQ(s.out.plots.size(), 6u);
  EXPECT_NE(s.feed.counters().rejected[0].last.find("longitude 190.0000"), std::string::npos);
}

TEST(AsterixFeed, AllZerosAndAllOnesAreNoAircraftAddress) {
  for (const std::uint32_t bits : {0x000000u, 0xFFFFFFu, 0x000001u, 0xFFFFFEu}) {
    Station s;
    Cat048Report radar = plot();
    radar.aircraft_address = IcaoAddress(bits);
    s.take(bytes_of(48, radar));
    Cat021Report ads_b = report();
    ads_b.aircraft_address = IcaoAddress(bits);
    s.take(bytes_of(21, ads_b));
    ASSERT_EQ(s.out.plots.size(), 2u);
    const bool assigned = bits != 0 && bits != 0xFFFFFF;
    for (const track::Plot& p : s.out.plots) {
      EXPECT_EQ(p.icao_address.has_value(), assigned) << bits;
    }
  }
}

TEST(AsterixFeed, GarbledAndUnvalidatedCodesAreNotUsed) {
  Station s;
  Cat048Report r = plot();
  r.mode_3a->garbled = true;
  r.flight_level->not_validated = true;
  s.take(bytes_of(48, r));
  ASSERT_EQ(s.out.plots.size(), 1u);
  EXPECT_FALSE(s.out.plots[0].mode_3a.has_value());
  EXPECT_FALSE(s.out.plots[0].pressure_altitude.has_value());
}

TEST(AsterixFeed, AnUnknownSensorIsRefusedByNameUnlessItMayComeAboard) {
  Station s;
  Cat048Report r = plot();
  r.source = SacSic{99, 7};
  s.take(bytes_of(48, r));
  EXPECT_TRUE(s.out.plots.empty());
  EXPECT_EQ(s.rejected("unknown_sensor"), 1u);
  EXPECT_NE(s.feed.counters().rejected[0].last.find("99/7"), std::string::npos);

  SensorDirectory open(true);
  FeedOutput out;
  AsterixFeed feed(TimeBase::recording);
  feed.take(bytes_of(48, r), {}, open, out);
  ASSERT_EQ(out.plots.size(), 1u);
  EXPECT_FALSE(open.sensors()[0].placed);
}

TEST(AsterixFeed, AClockFarFromOursIsRefusedAndShown) {
  Station s;
  Cat048Report r = plot();
  r.time_of_day = noon_ticks(3600);  // a time zone in the wrong place
  s.take(bytes_of(48, r));
  EXPECT_TRUE(s.out.plots.empty());
  EXPECT_EQ(s.rejected("time_far_from_clock"), 1u);
  r.time_of_day = TimeOfDay{TimeOfDay::kTicksPerDay + 5};
  s.take(bytes_of(48, r));
  EXPECT_EQ(s.rejected("time_far_from_clock"), 2u);
}

TEST(AsterixFeed, ARebasedRecordingIsOfNowAndKeepsItsIntervals) {
  Station s(TimeBase::rebase);
  const base::Timestamp start = *base::parse_rfc3339("2026-11-22T03:00:00Z");
  for (int second = 0; second < 10; ++second) {
    Cat048Report r = plot();
    r.time_of_day = noon_ticks(second);
    s.take(bytes_of(48, r), start + base::seconds(second + 0.01 * second));
  }
  ASSERT_EQ(s.out.plots.size(), 10u);
  for (int second = 0; second < 10; ++second) {
    EXPECT_EQ(s.out.plots[static_cast<std::size_t>(second)].time,
              start + std::chrono::seconds(second));
  }
}

TEST(AsterixFeed, ARebasedRecordingThatStartsOverGoesOnInTime) {
  Station s(TimeBase::rebase);
  const base::Timestamp start = *base::parse_rfc3339("2026-11-22T03:00:00Z");
  for (int second = 0; second < 60; ++second) {
    Cat048Report r = plot();
    r.time_of_day = noon_ticks(second % 20);
    s.take(bytes_of(48, r), start + base::seconds(second));
  }
  ASSERT_EQ(s.out.plots.size(), 60u);
  for (int second = 0; second < 60; ++second) {
    EXPECT_EQ(s.out.plots[static_cast<std::size_t>(second)].time,
              start + std::chrono::seconds(second));
  }
  EXPECT_EQ(s.feed.lead(), base::Duration::zero());
}

// Each jump moves the offset by up to half a day; it must not add up until it overflows.
TEST(AsterixFeed, ARebasedSourceMayJumpWithoutEnd) {
  SensorDirectory sensors(true);
  FeedOutput out;
  AsterixFeed feed(TimeBase::rebase);
  Cat048Report r = plot();
  base::Timestamp now = noon();
  for (int i = 0; i < 300'000; ++i) {
    r.time_of_day = TimeOfDay::from(std::chrono::hours(11 * i % 24));
    out.clear();
    feed.take(bytes_of(48, r), now, sensors, out);
    ASSERT_EQ(out.plots.size(), 1u);
    ASSERT_EQ(out.plots[0].time, now) << i;
    now += std::chrono::milliseconds(10);
  }
}

TEST(AsterixFeed, ARecordingThatRunsToTheEndOfTimeIsRefusedThere) {
  SensorDirectory sensors(true);
  FeedOutput out;
  AsterixFeed feed(TimeBase::recording, *base::parse_rfc3339("2199-12-30T12:00:00Z"));
  Cat048Report r = plot();
  std::size_t plots = 0;
  for (int i = 0; i < 100; ++i) {
    r.time_of_day = TimeOfDay::from(std::chrono::hours(11 * i % 24));
    feed.take(bytes_of(48, r), {}, sensors, out);
    plots = out.plots.size();
  }
  EXPECT_GT(plots, 1u);
  EXPECT_LT(plots, 100u);
  for (const track::Plot& p : out.plots) EXPECT_LT(p.time, *base::parse_rfc3339("2200-01-01"));
  EXPECT_EQ(feed.counters().rejected.at(0).reason, "time_far_from_clock");
}

TEST(AsterixFeed, ARebasedSourceThatRunsAheadIsOfNowAgain) {
  Station s(TimeBase::rebase);
  const base::Timestamp start = *base::parse_rfc3339("2026-11-22T03:00:00Z");
  for (int second = 0; second < 100; ++second) {
    Cat048Report r = plot();
    r.time_of_day = noon_ticks(second);
    const base::Timestamp reception = start + base::seconds(second / 10.0);
    s.take(bytes_of(48, r), reception);
    ASSERT_EQ(s.out.plots.size(), static_cast<std::size_t>(second) + 1);
    EXPECT_LE(s.out.plots.back().time - reception, std::chrono::seconds(5)) << second;
  }
  EXPECT_EQ(s.feed.lead(), base::Duration::zero());
}

TEST(AsterixFeed, ARecordingPlayedFasterTellsHowFarItIsAhead) {
  Station s(TimeBase::rebase_at_speed);
  const base::Timestamp start = *base::parse_rfc3339("2026-11-22T03:00:00Z");
  for (int second = 0; second < 100; ++second) {
    Cat048Report r = plot();
    r.time_of_day = noon_ticks(second);
    s.take(bytes_of(48, r), start + base::seconds(second / 10.0));
  }
  EXPECT_EQ(s.out.plots.back().time, start + std::chrono::seconds(99));
  EXPECT_NEAR(base::to_seconds(s.feed.lead()), 99 - 9.9, 1e-6);
}

TEST(AsterixFeed, NorthMarksTellThatTheRadarLooks) {
  Station s;
  Cat034Message m;
  m.source = kRadar;
  m.type = Cat034Message::Type::north_marker;
  m.time_of_day = noon_ticks();
  m.rotation_period = base::seconds(4);
  s.take(bytes_of(34, m));
  ASSERT_EQ(s.out.looks.size(), 1u);
  EXPECT_EQ(s.out.looks[0].time, noon());
  EXPECT_EQ(s.sensors.activity(0).observed_period, base::seconds(4));
}

TEST(AsterixFeed, NoBytesCrashItAndEveryRefusalHasItsReason) {
  base::Prng prng(71);
  Station s;
  const base::Bytes good = bytes_of(48, plot());
  for (int i = 0; i < 20000; ++i) {
    base::Bytes bytes = good;
    for (std::uint64_t k = 1 + prng.below(4); k > 0; --k) {
      bytes[prng.below(bytes.size())] = static_cast<std::uint8_t>(prng.below(256));
    }
    bytes.resize(prng.below(bytes.size() + 1));
    s.take(bytes);
  }
  EXPECT_GT(s.feed.counters().rejected.size(), 3u);
  EXPECT_LE(s.feed.counters().rejected.size(), SourceCounters::kMaxReasons);
  for (const Rejected& r : s.feed.counters().rejected) EXPECT_FALSE(r.last.empty()) << r.reason;
}

TEST(AsterixFeed, ItsStateIsSavedAndGoesOnTheSame) {
  // A rebased recording that jumps, with faults among it: all that a feed remembers is in play.
  const base::Timestamp start = *base::parse_rfc3339("2026-11-22T03:00:00Z");
  const auto take = [&](AsterixFeed& feed, Station& s, int second) {
    Cat048Report r = plot();
    r.time_of_day = noon_ticks(second % 20);
    r.aircraft_address = IcaoAddress(static_cast<std::uint32_t>(0x062001 + second));
    feed.take(bytes_of(48, r), start + base::seconds(second / 2.0), s.sensors, s.out);
    if (second % 3 == 0) feed.take(base::Bytes{48, 0, 2}, start, s.sensors, s.out);
    if (second % 5 == 0) feed.take(base::Bytes{8, 0, 3}, start, s.sensors, s.out);
  };
  for (const int half : {1, 15, 20, 33}) {
    Station s(TimeBase::rebase);
    for (int second = 0; second < half; ++second) take(s.feed, s, second);
    base::Bytes saved;
    base::ByteWriter writer(saved);
    s.feed.save(writer);
    Station other;
    other.sensors = s.sensors;
    base::ByteReader reader(saved);
    other.feed.load(reader);
    ASSERT_TRUE(reader.ok() && reader.at_end());
    s.out.clear();
    for (int second = half; second < half + 40; ++second) {
      take(s.feed, s, second);
      take(other.feed, other, second);
    }
    ASSERT_EQ(s.out.plots.size(), 40u);
    ASSERT_EQ(other.out.plots.size(), 40u);
    for (std::size_t i = 0; i < 40; ++i) {
      EXPECT_EQ(s.out.plots[i].time, other.out.plots[i].time) << half << " + " << i;
      EXPECT_EQ(s.out.plots[i].icao_address, other.out.plots[i].icao_address);
    }
    EXPECT_EQ(s.feed.lead(), other.feed.lead());
    base::Bytes end, other_end;
    base::ByteWriter end_writer(end), other_writer(other_end);
    s.feed.save(end_writer);
    other.feed.save(other_writer);
    EXPECT_EQ(end, other_end) << half;
  }
}

}  // namespace
}  // namespace liptako::feeds
