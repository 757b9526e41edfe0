// What radars measure has the claimed statistics against the truth, with GeographicLib as the judge
// of geometry.
#include "sim/radar.hpp"

#include <gtest/gtest.h>

#include <GeographicLib/LocalCartesian.hpp>
#include <cmath>
#include <map>

#include "base/math.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Length;
using base::Timestamp;

constexpr Timestamp kStart = base::timestamp_from_ns(1'800'000'000'000'000'000);

Place place(double lat_deg, double lon_deg, double height_m = 0.0) {
  return {
      Angle::from_degrees(lat_deg), Angle::from_degrees(lon_deg), Length::from_metres(height_m)};
}

const Atmosphere kAir{10.0, 1013.25, Length::from_metres(27.0), Length::from_metres(370.0)};

Radar mode_s_radar() {
  Radar radar;
  radar.site = place(12.5, -8.0, 430.0);
  radar.period = std::chrono::seconds(6);
  radar.phase = 0.3;
  radar.range = Length::from_metres(400e3);
  radar.minimum_range = Length::from_metres(1e3);
  radar.maximum_elevation = Angle::from_degrees(45.0);
  radar.range_sd = Length::from_metres(50.0);
  radar.azimuth_sd = Angle::from_degrees(0.07);
  radar.range_bias = Length::from_metres(80.0);
  radar.azimuth_bias = Angle::from_degrees(-0.2);
  radar.pd = 0.9;
  return radar;
}

// Crossing flights that stay well within coverage for an hour; the address tells which one it is.
Flights crossing_flights(double level_fl, Transponder transponder = Transponder::mode_s) {
  Flights out;
  for (std::uint32_t i = 0; i < 12; ++i) {
    FlightPlan plan;
    plan.number = i + 1;
    plan.departs = kStart;
    const double angle = 2.0 * base::kPi * i / 12.0 + 0.1;
    const base::SinCos a = base::sincos(angle);
    const base::SinCos b = base::sincos(angle + 2.4);
    plan.route = {{place(12.5 + 2.2 * a.cos, -8.0 + 2.2 * a.sin), -1, std::nullopt},
                  {place(12.5 + 2.2 * b.cos, -8.0 + 2.2 * b.sin), -1, std::nullopt}};
    plan.level = Length::from_flight_level(level_fl);
    plan.cruise = base::Speed::from_knots(240.0);
    plan.transponder = transponder;
    plan.icao_address = base::IcaoAddress(0x05C000 + i);
    plan.mode_3a = base::ModeACode(static_cast<std::uint16_t>(01001 + i));
    out.push_back(std::make_unique<Flight>(plan, std::vector<Aerodrome>{}, kAir));
  }
  return out;
}

template <class F>
void run(RadarModel& model, Flights& flights, base::Duration time, F&& each_sector) {
  while (model.next() <= kStart + time) {
    for (auto& flight : flights) flight->fly_to(model.next());
    each_sector(model.scan(flights));
  }
}

struct Measured {
  double range_m;
  double azimuth_rad;
  double elevation_rad;
};
Measured by_geographiclib(const Radar& radar, const Pose& pose) {
  const GeographicLib::LocalCartesian local(
      radar.site.latitude.degrees(), radar.site.longitude.degrees(), radar.site.height.metres());
  const Place where = place_of(frame_at(pose.position));
  double e = 0, n = 0, u = 0;
  local.Forward(
      where.latitude.degrees(), where.longitude.degrees(), where.height.metres(), e, n, u);
  return {std::sqrt(e * e + n * n + u * u), std::atan2(e, n), std::atan2(u, std::hypot(e, n))};
}

struct Moments {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  void add(double a, double b) {
    n += 1;
    x += a;
    y += b;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  [[nodiscard]] double mean_x() const { return x / n; }
  [[nodiscard]] double mean_y() const { return y / n; }
  [[nodiscard]] double sd_x() const { return std::sqrt(xx / n - mean_x() * mean_x()); }
  [[nodiscard]] double sd_y() const { return std::sqrt(yy / n - mean_y() * mean_y()); }
  [[nodiscard]] double correlation() const {
    return (xy / n - mean_x() * mean_y()) / (sd_x() * sd_y());
  }
};

TEST(Radar, ErrorsHaveTheConfiguredBiasAndSpreadAndNoMemory) {
  const Radar radar = mode_s_radar();
  RadarModel model(radar, kAir, 1, 0, kStart);
  Flights flights = crossing_flights(250);
  Moments errors;
  Moments memory;
  std::map<std::uint32_t, double> last;
  double worst_beam_error = 0.0;
  run(model, flights, base::seconds(3600.0), [&](const RadarSector& sector) {
    for (const RadarPlot& plot : sector.plots) {
      const std::uint32_t which = plot.icao_address->bits() - 0x05C000;
      const Measured truth = by_geographiclib(radar, *flights[which]->at(plot.time));
      const double range_error = plot.slant_range_m - truth.range_m;
      errors.add(range_error,
                 base::wrap_pi(plot.azimuth_rad - truth.azimuth_rad) / base::kRadiansPerDegree);
      if (last.contains(which)) memory.add(last[which], range_error);
      last[which] = range_error;
      // The plot's time is when the beam points at the aircraft.
      const double turns = base::to_seconds(plot.time - kStart) / 6.0 + 0.3;
      const double beam = 2.0 * base::kPi * (turns - std::floor(turns));
      worst_beam_error =
          std::max(worst_beam_error, std::fabs(base::wrap_pi(beam - truth.azimuth_rad)));
    }
  });
  ASSERT_GT(errors.n, 4000.0);
  const double root = std::sqrt(errors.n);
  EXPECT_NEAR(errors.mean_x(), 80.0, 4.0 * 50.0 / root);
  EXPECT_NEAR(errors.mean_y(), -0.2, 4.0 * 0.07 / root);
  EXPECT_NEAR(errors.sd_x(), 50.0, 4.0 * 50.0 / root);
  EXPECT_NEAR(errors.sd_y(), 0.07, 4.0 * 0.07 / root);
  EXPECT_NEAR(errors.correlation(), 0.0, 4.0 / root);
  EXPECT_NEAR(memory.correlation(), 0.0, 4.0 / root);
  EXPECT_LT(worst_beam_error, 1e-6);
}

TEST(Radar, DetectsOnceARevolutionWithTheConfiguredProbability) {
  const Radar radar = mode_s_radar();
  RadarModel model(radar, kAir, 2, 0, kStart);
  Flights flights = crossing_flights(250);
  std::map<std::uint32_t, Timestamp> last;
  int plots = 0;
  double revolutions = 0.0;
  run(model, flights, base::seconds(3000.0), [&](const RadarSector& sector) {
    for (const RadarPlot& plot : sector.plots) {
      EXPECT_GE(plot.time, sector.begin);
      EXPECT_LT(plot.time, sector.end);
      const std::uint32_t which = plot.icao_address->bits();
      if (last.contains(which)) {
        // A whole number of revolutions, but for what the aircraft moved meanwhile.
        const double gap = base::to_seconds(plot.time - last[which]) / 6.0;
        EXPECT_GE(gap, 0.9);
        EXPECT_NEAR(gap, std::floor(gap + 0.5), 0.02 * gap);
        revolutions += std::floor(gap + 0.5);
        ++plots;
      }
      last[which] = plot.time;
    }
  });
  ASSERT_GT(revolutions, 4000.0);
  EXPECT_NEAR(plots / revolutions, 0.9, 4.0 * std::sqrt(0.9 * 0.1 / revolutions));
}

TEST(Radar, SectorsAreRegularAndBeginWithTheAntenna) {
  const Radar radar = mode_s_radar();
  RadarModel model(radar, kAir, 3, 0, kStart);
  Timestamp last = Timestamp::min();
  Timestamp north = Timestamp::min();
  int number = -1;
  Flights none;
  run(model, none, base::seconds(60.0), [&](const RadarSector& sector) {
    if (number >= 0) {
      EXPECT_EQ(sector.number, (number + 1) % RadarSector::kCount);
      EXPECT_EQ(sector.begin, last);
      EXPECT_EQ(sector.end - sector.begin, radar.period / RadarSector::kCount);
    }
    if (sector.number == 0) {
      if (north != Timestamp::min()) {
        EXPECT_EQ(sector.begin - north, radar.period);
      }
      north = sector.begin;
    }
    number = sector.number;
    last = sector.end;
  });
  EXPECT_NE(north, Timestamp::min());
}

TEST(Radar, SeesNothingBelowTheHorizonInTheConeOfSilenceOnTheGroundOrOutOfRange) {
  Radar radar = mode_s_radar();
  radar.pd = 1.0;
  radar.range = Length::from_metres(200e3);
  for (const double level : {40.0, 300.0}) {
    RadarModel model(radar, kAir, 4, 0, kStart);
    Flights flights = crossing_flights(level);
    // One passes right overhead, and one takes off at the radar.
    FlightPlan overhead = flights[0]->plan();
    overhead.route = {{place(12.0, -8.0), -1, std::nullopt}, {place(13.2, -8.0), -1, std::nullopt}};
    flights[0] = std::make_unique<Flight>(overhead, std::vector<Aerodrome>{}, kAir);
    FlightPlan departing = flights[1]->plan();
    departing.route = {{place(12.55, -8.0), 0, std::nullopt},
                       {place(14.0, -8.0), -1, std::nullopt}};
    flights[1] = std::make_unique<Flight>(
        departing,
        std::vector<Aerodrome>{{"A", place(12.55, -8.0, 400.0), Angle::from_degrees(10.0)}},
        kAir);
    double farthest = 0.0;
    double highest = 0.0;
    int hidden = 0;
    run(model, flights, base::seconds(3000.0), [&](const RadarSector& sector) {
      for (const RadarPlot& plot : sector.plots) {
        const Pose pose = *flights[plot.icao_address->bits() - 0x05C000]->at(plot.time);
        const Measured truth = by_geographiclib(radar, pose);
        farthest = std::max(farthest, truth.range_m);
        highest = std::max(highest, truth.elevation_rad / base::kRadiansPerDegree);
        EXPECT_FALSE(pose.on_ground);
        EXPECT_GE(truth.range_m, 1e3);
        // On a sphere of 4/3 radius the straight line to the horizon is 4.12 km * sqrt(metres), on
        // both sides.
        const double height = frame_at(pose.position).height_m - 397.0;
        EXPECT_LE(truth.range_m, 4125.0 * (std::sqrt(33.0) + std::sqrt(height)) * 1.01);
      }
      for (const auto& flight : flights) hidden += flight->at(sector.begin).has_value() ? 1 : 0;
    });
    EXPECT_GT(hidden, 0);
    EXPECT_LE(farthest, 200e3);
    EXPECT_LE(highest, 45.0);
    EXPECT_GT(highest, 30.0);
    if (level == 40.0) {
      EXPECT_LT(farthest, 150e3);
    }
    if (level == 300.0) {
      EXPECT_GT(farthest, 190e3);
    }
  }
}

TEST(Radar, HeightComesInTheTranspondersStepsAndIdentityOnlyWithModeS) {
  Radar radar = mode_s_radar();
  radar.garbled = 0.05;
  for (const Transponder transponder : {Transponder::mode_s, Transponder::mode_ac}) {
    RadarModel model(radar, kAir, 5, 0, kStart);
    Flights flights = crossing_flights(253.3, transponder);
    int garbled = 0;
    int plots = 0;
    const bool mode_s = transponder == Transponder::mode_s;
    run(model, flights, base::seconds(3000.0), [&](const RadarSector& sector) {
      for (const RadarPlot& plot : sector.plots) {
        ++plots;
        garbled += plot.mode_c_garbled ? 1 : 0;
        EXPECT_EQ(plot.icao_address.has_value(), mode_s);
        if (!plot.mode_c_garbled) {
          EXPECT_NEAR(*plot.mode_c_ft, 25330.0, mode_s ? 12.5 : 50.0);
        }
        const double step = mode_s ? 25.0 : 100.0;
        EXPECT_EQ(*plot.mode_c_ft, step * std::floor(*plot.mode_c_ft / step));
        if (!plot.mode_3a_garbled) {
          EXPECT_NEAR(plot.mode_3a->bits(), 01001 + 6, 6);
        }
      }
    });
    ASSERT_GT(plots, 3000);
    if (mode_s) {
      EXPECT_EQ(garbled, 0);
    }
    if (!mode_s) {
      EXPECT_NEAR(static_cast<double>(garbled) / plots, 0.05, 4.0 * std::sqrt(0.05 * 0.95 / plots));
    }
  }
}

TEST(Radar, SilentAndUnequippedAircraftDoNotReply) {
  Radar radar = mode_s_radar();
  RadarModel model(radar, kAir, 6, 0, kStart);
  Flights flights = crossing_flights(250, Transponder::none);
  FlightPlan plan = crossing_flights(250)[0]->plan();
  plan.silent = {{base::seconds(600.0), base::seconds(900.0)}};
  flights[0] = std::make_unique<Flight>(plan, std::vector<Aerodrome>{}, kAir);
  int before = 0;
  run(model, flights, base::seconds(1200.0), [&](const RadarSector& sector) {
    for (const RadarPlot& plot : sector.plots) {
      EXPECT_EQ(plot.icao_address->bits(), 0x05C000u);
      EXPECT_FALSE(plot.time >= kStart + base::seconds(600.0) &&
                   plot.time < kStart + base::seconds(900.0));
      before += plot.time < kStart + base::seconds(600.0) ? 1 : 0;
    }
  });
  EXPECT_NEAR(before, 90, 12);
}

TEST(Radar, PrimaryHasNoIdentityFallingDetectionAndTheConfiguredClutter) {
  Radar radar = mode_s_radar();
  radar.kind = RadarKind::primary;
  radar.range = Length::from_metres(300e3);
  radar.pd = 0.8;
  radar.pd_range = Length::from_metres(100e3);
  radar.false_plots = 10.0;
  radar.range_bias = Length();
  radar.azimuth_bias = Angle();
  RadarModel empty(radar, kAir, 7, 0, kStart);
  Flights none;
  int clutter = 0;
  run(empty, none, base::seconds(6000.0), [&](const RadarSector& sector) {
    clutter += static_cast<int>(sector.plots.size());
    for (const RadarPlot& plot : sector.plots) {
      EXPECT_FALSE(plot.mode_3a || plot.mode_c_ft || plot.icao_address);
      EXPECT_LE(plot.slant_range_m, 300e3 + 300.0);
    }
  });
  EXPECT_NEAR(clutter / 1000.0, 10.0, 0.4);

  // Aircraft of 2 m2 (light) near 100 and near 230 km.
  radar.false_plots = 0.0;
  const auto detected = [&](double lat_deg) {
    RadarModel model(radar, kAir, 8, 0, kStart);
    FlightPlan plan;
    plan.kind = AircraftKind::light;
    plan.departs = kStart;
    plan.route = {{place(lat_deg, -8.1), -1, std::nullopt},
                  {place(lat_deg, -7.9), -1, std::nullopt}};
    plan.level = Length::from_feet(20000.0);
    plan.cruise = base::Speed::from_knots(50.0);
    plan.transponder = Transponder::none;
    Flights flights;
    flights.push_back(std::make_unique<Flight>(plan, std::vector<Aerodrome>{}, kAir));
    int plots = 0;
    run(model, flights, base::seconds(780.0), [&](const RadarSector& sector) {
      plots += static_cast<int>(sector.plots.size());
    });
    return plots / 130.0;
  };
  // Swerling 1: S of 1 m2 at 100 km is ln(1e-6) / ln(0.8) - 1 = 60.9; twice that gives 0.894, at
  // 230 km 0.033.
  EXPECT_NEAR(detected(13.4), 0.894, 0.08);
  EXPECT_NEAR(detected(14.58), 0.033, 0.06);
}

TEST(Radar, ReflectionsRepeatARealIdentityFurtherAway) {
  Radar radar = mode_s_radar();
  radar.false_plots = 0.5;
  RadarModel model(radar, kAir, 9, 0, kStart);
  Flights flights = crossing_flights(250);
  int reflections = 0;
  run(model, flights, base::seconds(3000.0), [&](const RadarSector& sector) {
    for (const RadarPlot& plot : sector.plots) {
      const Measured truth =
          by_geographiclib(radar, *flights[plot.icao_address->bits() - 0x05C000]->at(plot.time));
      const bool elsewhere = std::fabs(base::wrap_pi(plot.azimuth_rad - truth.azimuth_rad)) > 0.02;
      if (!elsewhere) continue;
      ++reflections;
      EXPECT_GT(plot.slant_range_m, truth.range_m + 300.0);
    }
  });
  EXPECT_NEAR(reflections / 500.0, 0.5, 0.13);
}

}  // namespace
}  // namespace liptako::sim
