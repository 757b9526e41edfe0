// The atmosphere's offset: learnt from those who tell both heights, as sure as it says, and used
// for those who do not.
#include "track/pressure_offset.hpp"

#include <gtest/gtest.h>

#include "track/scene_for_test.hpp"

namespace liptako::track {
namespace {

using base::Angle;
using base::Length;
using testing::at_second;

geo::Geodetic place(double lat, double lon) {
  return {Angle::from_degrees(lat), Angle::from_degrees(lon), Length()};
}

Plot told(double t, double pressure_m, double geometric_m) {
  Plot p;
  p.time = at_second(t);
  p.pressure_altitude = Length::from_metres(pressure_m);
  p.geometric_height = Length::from_metres(geometric_m);
  p.geometric_height_sd = Length::from_metres(15);
  return p;
}

// Airs drawn from what is thought of them beforehand, aircraft with errors that stay.
TEST(PressureOffsets, AreAsSureAsTheySay) {
  base::Prng prng(11);
  double sum = 0;
  constexpr int kDays = 300;
  for (int day = 0; day < kDays; ++day) {
    PressureOffsets field;
    const double level = prng.normal(0, 40), share = prng.normal(0, 0.03);
    const auto offset = [&](double h) { return level + share * h; };
    struct Aircraft {
      double altitude, error;
    };
    std::vector<Aircraft> all(6);
    for (Aircraft& a : all) a = {prng.uniform(2000, 12000), std::hypot(15, 25) * prng.normal(0, 1)};
    for (int minute = 0; minute < 20; ++minute) {
      for (const Aircraft& a : all)
        field.learn(told(60 * minute, a.altitude, a.altitude + offset(a.altitude) + a.error),
                    place(13, 1));
    }
    EXPECT_EQ(field.counters().refused, 0u);
    const double altitude = prng.uniform(2000, 12000);
    const PressureOffset found = field.at(place(12.5, 0.5), altitude, at_second(1200));
    // Of another aircraft, with its own altimeter, somewhere in the cell.
    const double error = offset(altitude) + prng.normal(0, std::hypot(25, 10)) - found.mean_m;
    sum += error * error / found.variance_m2;
    EXPECT_LT(found.variance_m2, 100.0 * 100.0);
  }
  EXPECT_GT(sum / kDays, 0.4);
  EXPECT_LT(sum / kDays, 1.2);
}

TEST(PressureOffsets, FadeWithDistanceAndTimeIntoNotKnowing) {
  PressureOffsets field;
  EXPECT_EQ(field.at(place(13, 1), 9000, at_second(0)).variance_m2, 0.0);
  for (int i = 0; i < 200; ++i) field.learn(told(60 * i, 9000, 9450), place(13, 1));
  const base::Timestamp now = at_second(12'000);
  double last = 0;
  for (const double lat : {13.0, 15.0, 17.0, 19.0}) {
    const PressureOffset o = field.at(place(lat, 1), 9000, now);
    EXPECT_NEAR(o.mean_m, 450, 40);
    EXPECT_GT(o.variance_m2, last);
    last = o.variance_m2;
  }
  EXPECT_EQ(field.at(place(25, 1), 9000, now).variance_m2, 0.0);
  EXPECT_GT(field.at(place(13, 1), 9000, now + std::chrono::hours(6)).variance_m2,
            1.5 * field.at(place(13, 1), 9000, now).variance_m2);
  // Across the date line too.
  PressureOffsets pacific;
  for (int i = 0; i < 200; ++i) pacific.learn(told(60 * i, 9000, 9450), place(0.5, 179.5));
  EXPECT_NEAR(pacific.at(place(0.5, -179.5), 9000, now).mean_m, 450, 60);
}

TEST(PressureOffsets, OneThatLiesIsRefusedAndOneThatLiesALittleCountsForOne) {
  PressureOffsets field;
  for (int i = 0; i < 30; ++i) {
    for (int k = 0; k < 10; ++k)
      field.learn(told(60 * i, 8000 + 300 * k, 1.03 * (8000 + 300 * k)), place(13, 1));
    field.learn(told(60 * i, 9500, 9500 + 3000), place(13, 1));
    field.learn(told(60 * i, 9500, 1.03 * 9500 + 120), place(13, 1));
  }
  EXPECT_GE(field.counters().refused, 30u);
  EXPECT_NEAR(field.at(place(13, 1), 9500, at_second(1800)).mean_m, 0.03 * 9500, 25);
}

TEST(PressureOffsets, ASavedFieldGoesOnIdenticallyAndADamagedOneIsRefused) {
  base::Prng prng(12);
  PressureOffsets field;
  const auto feed = [&](PressureOffsets& f, base::Prng& draw, int n) {
    for (int i = 0; i < n; ++i) {
      const double h = draw.uniform(0, 13000);
      const geo::Geodetic where = place(draw.uniform(0, 20), draw.uniform(-190, 190) / 1.1);
      f.learn(told(i, h, h * 1.02 + draw.normal(0, 20)), where);
    }
  };
  feed(field, prng, 500);
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  field.save(out);
  PressureOffsets again;
  base::ByteReader in(bytes);
  ASSERT_TRUE(again.load(in));
  EXPECT_EQ(again.cell_count(), field.cell_count());
  base::Prng a(13), b(13);
  feed(field, a, 100);
  feed(again, b, 100);
  for (int i = 0; i < 50; ++i) {
    const geo::Geodetic where = place(prng.uniform(0, 20), prng.uniform(-170, 170));
    const auto x = field.at(where, 5000, at_second(900)), y = again.at(where, 5000, at_second(900));
    EXPECT_EQ(x.mean_m, y.mean_m);
    EXPECT_EQ(x.variance_m2, y.variance_m2);
  }
  for (std::size_t cut = 0; cut < bytes.size(); cut += 97) {
    base::ByteReader part(std::span<const std::uint8_t>(bytes).first(cut));
    PressureOffsets none;
    EXPECT_FALSE(none.load(part)) << cut;
  }
}

// A radar's plot high above it is put by the height: by pressure alone 450 m wrong at 9 km.
TEST(PressureOffsets, PutAnAircraftNearARadarWhereItIs) {
  const auto error = [](bool tells) {
    base::Prng prng(14);
    SensorDescription sensors[] = {testing::radar(13, 0.1), testing::ads_b_station()};
    sensors[0].range_sd = Length::from_metres(30);
    Tracker tracker;
    tracker.set_sensors(sensors);
    std::vector<TrackEvent> events;
    constexpr double kPressureM = 9144;
    testing::Aircraft teller, other;
    teller.height_m = other.height_m = 1.05 * kPressureM;
    teller.east_m = 60e3;
    teller.speed_mps = other.speed_mps = 150;
    teller.turn_rad_s = 0.005;
    teller.address = base::IcaoAddress(1);
    other.mode_a = base::ModeACode(01234);
    other.east_m = 9e3;
    other.turn_rad_s = -150.0 / 9e3;  // about the radar
    double sum = 0;
    int count = 0;
    for (int t = 0; t < 1500; ++t) {
      Plot p = testing::ads_b_plot(1, teller, at_second(t), prng);
      p.pressure_altitude = Length::from_metres(kPressureM);
      if (tells) p.geometric_height = Length::from_metres(teller.height_m);
      tracker.take(p, events);
      if (t % 5 == 0) {
        Plot q = testing::radar_plot(sensors[0], 0, other, at_second(t), prng);
        q.pressure_altitude = Length::from_metres(kPressureM);
        events.clear();
        tracker.take(q, events);
        tracker.advance(q.time, events);
        if (t > 1200 && !events.empty()) {
          const auto e = testing::error_of(events.back().view, other);
          sum += e.east_m * e.east_m + e.north_m * e.north_m;
          ++count;
        }
      }
      teller.fly(1);
      other.fly(1);
    }
    return std::sqrt(sum / count);
  };
  EXPECT_LT(error(true), 0.5 * error(false));
}

}  // namespace
}  // namespace liptako::track
