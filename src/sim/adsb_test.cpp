// ADS-B reports lie around the truth as their quality indicators say, and are heard as the
// station's data says.
#include "sim/adsb.hpp"

#include <gtest/gtest.h>

#include <GeographicLib/Geodesic.hpp>
#include <cmath>
#include <map>

#include "base/math.hpp"

namespace liptako::sim {
namespace {

using base::Angle;
using base::Length;
using base::Timestamp;

constexpr Timestamp kStart = base::timestamp_from_ns(1'800'000'000'000'000'000);
const Atmosphere kAir{10.0, 1013.25, Length::from_metres(27.0), Length::from_metres(370.0)};

Place place(double lat_deg, double lon_deg, double height_m = 0.0) {
  return {
      Angle::from_degrees(lat_deg), Angle::from_degrees(lon_deg), Length::from_metres(height_m)};
}

AdsbStation station() {
  AdsbStation out;
  out.site = place(12.5, -8.0, 430.0);
  out.range = Length::from_metres(400e3);
  out.interval = std::chrono::seconds(1);
  out.pd = 0.9;
  return out;
}

// `count` aircraft in slow flight along one parallel, so that all stay near one range.
Flights flights_at(double lat_deg, int nac_p, std::uint32_t count, double level_fl = 350.0) {
  Flights out;
  for (std::uint32_t i = 0; i < count; ++i) {
    FlightPlan plan;
    plan.number = i + 1;
    plan.departs = kStart - base::seconds(30.0);
    plan.route = {{place(lat_deg, -8.15), -1, std::nullopt},
                  {place(lat_deg, -7.5), -1, std::nullopt}};
    plan.level = Length::from_flight_level(level_fl);
    plan.cruise = base::Speed::from_knots(100.0);
    plan.icao_address = base::IcaoAddress(0x05C000 + i);
    plan.nac_p = nac_p;
    plan.seed = 0x9E3779B97F4A7C15u * (i + 1);
    out.push_back(std::make_unique<Flight>(plan, std::vector<Aerodrome>{}, kAir));
  }
  return out;
}

template <class F>
void run(AdsbModel& model, Flights& flights, base::Duration time, F&& each_report) {
  while (model.next() <= kStart + time) {
    const Timestamp end = model.next();
    for (auto& flight : flights) flight->fly_to(end);
    for (const AdsbReport& report : model.listen(flights)) {
      EXPECT_LE(report.received, end);
      EXPECT_GT(report.received, end - AdsbModel::kCollect);
      each_report(report, *flights[report.icao_address.bits() - 0x05C000]);
    }
  }
}

TEST(Adsb, PositionErrorsHaveTheSpreadOfTheAccuracyCategory) {
  for (const int nac_p : {8, 9}) {
    const AdsbStation data = station();
    AdsbModel model(data, kAir, 1, 0, kStart);
    Flights flights = flights_at(13.0, nac_p, 60);
    double sum2 = 0.0;
    int count = 0;
    int outside = 0;
    run(model, flights, base::seconds(600.0), [&](const AdsbReport& report, const Flight& flight) {
      const Place truth = place_of(frame_at(flight.at(report.position_time)->position));
      double distance = 0;
      GeographicLib::Geodesic::WGS84().Inverse(truth.latitude.degrees(),
                                               truth.longitude.degrees(),
                                               report.latitude.degrees(),
                                               report.longitude.degrees(),
                                               distance);
      sum2 += distance * distance;
      outside += distance > NavigationError::radius95(nac_p)->metres() ? 1 : 0;
      ++count;
      EXPECT_EQ(report.nac_p, nac_p);
      EXPECT_EQ(report.nic, 8);
    });
    const double sd = NavigationError::radius95(nac_p)->metres() / 2.4477;
    ASSERT_GT(count, 20000);
    // Both axes together; errors are slow, so 60 aircraft are what counts. Position encoding adds 2
    // m.
    EXPECT_NEAR(std::sqrt(sum2 / count / 2.0), sd, 0.12 * sd);
    EXPECT_NEAR(static_cast<double>(outside) / count, 0.05, 0.035);
  }
}

TEST(Adsb, ReceptionFallsWithRangeAndEndsAtTheHorizon) {
  const AdsbStation data = station();
  const auto heard = [&](double lat_deg, double level_fl) {
    AdsbModel model(data, kAir, 2, 0, kStart);
    Flights flights = flights_at(lat_deg, 9, 10, level_fl);
    int reports = 0;
    run(model, flights, base::seconds(300.0), [&](const AdsbReport&, const Flight&) { ++reports; });
    return reports / 3000.0;
  };
  EXPECT_NEAR(heard(12.7, 350.0), 0.9, 0.02);
  // 301 km and 354 km of 400: 1 - (301 / 400)^3 and 1 - (354 / 400)^3.
  EXPECT_NEAR(heard(15.22, 350.0), 0.9 * 0.574, 0.03);
  EXPECT_NEAR(heard(15.7, 350.0), 0.9 * 0.307, 0.03);
  EXPECT_EQ(heard(16.2, 350.0), 0.0);
  EXPECT_EQ(heard(14.5, 50.0), 0.0);
}

TEST(Adsb, ReportsComeOnceAnIntervalWithTrueSpeedAndHeights) {
  AdsbStation data = station();
  data.pd = 1.0;
  AdsbModel model(data, kAir, 3, 0, kStart);
  Flights flights = flights_at(12.6, 10, 5);
  std::map<std::uint32_t, Timestamp> last;
  double sum_speed_error = 0.0;
  int count = 0;
  run(model, flights, base::seconds(300.0), [&](const AdsbReport& report, const Flight& flight) {
    const Pose pose = *flight.at(report.position_time);
    if (last.contains(report.icao_address.bits())) {
      EXPECT_EQ((report.received - last[report.icao_address.bits()]) % data.interval,
                base::Duration(0));
    }
    last[report.icao_address.bits()] = report.received;
    EXPECT_NEAR(report.pressure_altitude_ft, 35000.0, 12.5);
    EXPECT_NEAR(
        report.geometric_height_ft * base::kMetresPerFoot, frame_at(pose.position).height_m, 30.0);
    EXPECT_NEAR(report.ground_speed_kt, 100.0, 4.0);
    EXPECT_NEAR(report.vertical_rate_ftmin, 0.0, 1.0);
    EXPECT_LE(report.received - report.position_time, std::chrono::milliseconds(100));
    sum_speed_error += report.ground_speed_kt - 100.0;
    ++count;
  });
  ASSERT_GT(count, 1400);
  EXPECT_NEAR(sum_speed_error / count, 0.0, 0.1);
}

}  // namespace
}  // namespace liptako::sim
