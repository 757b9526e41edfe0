#include "serve/frames.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/math.hpp"
#include "base/prng.hpp"

namespace liptako::serve {
namespace {

using base::Angle;
using base::Length;
using base::Speed;

constexpr std::array<SensorKind, 3> kKinds = {
    SensorKind::radar, SensorKind::ads_b, SensorKind::radar};

// Reads a record byte by byte, as the protocol's table says; shares no code with the encoder.
class Fields {
 public:
  explicit Fields(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t u(std::size_t at, std::size_t size) const {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value * 256 + bytes_[at + i];
    return value;
  }
  [[nodiscard]] std::int64_t i(std::size_t at, std::size_t size) const {
    const std::uint64_t value = u(at, size);
    const std::uint64_t range = 1ull << (8 * size);
    return value < range / 2 ? static_cast<std::int64_t>(value)
                             : static_cast<std::int64_t>(value) - static_cast<std::int64_t>(range);
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

track::TrackView some_track() {
  track::TrackView track;
  track.number = base::TrackNumber{7};
  track.status = track::TrackStatus::confirmed;
  track.time = base::timestamp_from_ns(1'800'000'000'000'000'000);
  track.last_plot_time = track.time;
  track.existence = 1.0;
  return track;
}

TEST(Frames, TrackRecordRoundTripsWithinHalfAStepOfEachField) {
  base::Prng prng(20'260'101);
  for (int run = 0; run < 20'000; ++run) {
    track::TrackView track = some_track();
    track.number = base::TrackNumber{static_cast<std::uint32_t>(prng.next())};
    track.status = static_cast<track::TrackStatus>(1 + prng.below(3));
    const double latitude = prng.uniform(-90, 90);
    const double longitude = prng.uniform(-180, 180);
    const double altitude = prng.uniform(-2000, 60'000);
    const double speed = prng.uniform(0, 3000);
    const double angle = prng.uniform(0, 360);
    const double rate = prng.uniform(-20'000, 20'000);
    const double age = prng.uniform(0, 600);
    const double sigma_1 = prng.uniform(0, 8000);
    const double sigma_2 = prng.uniform(0, sigma_1);
    const double direction = prng.uniform(0, 180);
    track.position = {Angle::from_degrees(latitude), Angle::from_degrees(longitude), Length()};
    track.pressure_altitude = Length::from_feet(altitude);
    track.set_velocity(Speed::from_knots(speed), Angle::from_degrees(angle));
    track.vertical_rate = Speed::from_feet_per_minute(rate);
    track.last_plot_time = track.time - base::seconds(age);
    track.existence = prng.uniform();
    track.sensors = prng.below(8);
    // Covariance of an ellipse given by its axes: R diag(s1^2, s2^2) R'.
    const double a = direction * base::kRadiansPerDegree;
    const double v1 = sigma_1 * sigma_1;
    const double v2 = sigma_2 * sigma_2;
    track.cov_ee_m2 = v1 * std::sin(a) * std::sin(a) + v2 * std::cos(a) * std::cos(a);
    track.cov_nn_m2 = v1 * std::cos(a) * std::cos(a) + v2 * std::sin(a) * std::sin(a);
    track.cov_en_m2 = (v1 - v2) * std::sin(a) * std::cos(a);

    const TrackRecord record = encode_track(track, kKinds);
    const Fields fields(record);
    ASSERT_EQ(fields.u(0, 4), track.number.value);
    ASSERT_NEAR(static_cast<double>(fields.i(4, 4)) * 1e-7, latitude, 0.51e-7);
    ASSERT_NEAR(static_cast<double>(fields.i(8, 4)) * 1e-7, longitude, 0.51e-7);
    ASSERT_NEAR(static_cast<double>(fields.i(12, 2)) * 25, altitude, 12.51);
    ASSERT_NEAR(static_cast<double>(fields.u(14, 2)) * 0.1, speed, 0.0501);
    const double angle_error =
        std::fabs(static_cast<double>(fields.u(16, 2)) * 360 / 65536 - angle);
    ASSERT_LT(std::min(angle_error, 360 - angle_error), 0.0028);
    ASSERT_NEAR(static_cast<double>(fields.i(18, 2)) * 8, rate, 4.01);
    ASSERT_NEAR(static_cast<double>(fields.u(20, 2)) * 0.1, age, 0.0501);
    ASSERT_EQ(fields.u(22, 1), static_cast<std::uint64_t>(track.status));
    ASSERT_NEAR(static_cast<double>(fields.u(23, 1)) / 255, track.existence, 0.00197);
    const double k95 = std::sqrt(-2 * std::log(0.05));
    ASSERT_NEAR(static_cast<double>(fields.u(24, 2)) * 4, sigma_1 * k95, 2.01);
    ASSERT_NEAR(static_cast<double>(fields.u(26, 2)) * 4, sigma_2 * k95, 2.01);
    if (sigma_1 - sigma_2 > 1e-3 * sigma_1) {
      const double direction_error =
          std::fabs(static_cast<double>(fields.u(28, 1)) * 180 / 256 - direction);
      ASSERT_LT(std::min(direction_error, 180 - direction_error), 0.3516);
    }
    const std::uint64_t radar = (track.sensors & 0b101) != 0 ? 1 : 0;
    const std::uint64_t ads_b = (track.sensors & 0b010) != 0 ? 2 : 0;
    ASSERT_EQ(fields.u(29, 1), radar + ads_b);
    ASSERT_EQ(fields.u(30, 2), 0u);
  }
}

TEST(Frames, ValuesBeyondAFieldSaturate) {
  track::TrackView track = some_track();
  track.pressure_altitude = Length::from_feet(-1e7);
  track.velocity_east = Speed::from_knots(1e5);
  track.vertical_rate = Speed::from_feet_per_minute(1e7);
  track.last_plot_time = track.time - std::chrono::hours(10);
  track.existence = 1.5;
  track.cov_ee_m2 = 1e14;
  track.cov_nn_m2 = 1e12;
  const TrackRecord low = encode_track(track, kKinds);
  EXPECT_EQ(Fields(low).i(12, 2), -32767) << "the lowest altitude must not read as 'none'";
  EXPECT_EQ(Fields(low).u(14, 2), 65535u);
  EXPECT_EQ(Fields(low).i(18, 2), 32767);
  EXPECT_EQ(Fields(low).u(20, 2), 65535u);
  EXPECT_EQ(Fields(low).u(23, 1), 255u);
  EXPECT_EQ(Fields(low).u(24, 2), 65535u);
  EXPECT_EQ(Fields(low).u(26, 2), 65535u);
  EXPECT_EQ(Fields(low).u(28, 1), 128u) << "major axis east-west";
  // A plot newer than the picture's time has no negative age.
  track.last_plot_time = track.time + base::seconds(3);
  const TrackRecord newer = encode_track(track, kKinds);
  EXPECT_EQ(Fields(newer).u(20, 2), 0u);
}

TEST(Frames, AbsentAltitudeIsItsOwnValue) {
  const TrackRecord record = encode_track(some_track(), kKinds);
  EXPECT_EQ(Fields(record).i(12, 2), -32768);
}

TEST(Frames, AnglesJustBelowAFullTurnWrapToZero) {
  track::TrackView track = some_track();
  track.set_velocity(Speed::from_mps(200), Angle::from_degrees(359.9999));
  const TrackRecord record = encode_track(track, kKinds);
  EXPECT_EQ(Fields(record).u(16, 2), 0u);
}

TEST(Frames, TrackWithoutAPlaceIsFlaggedAndShowsNone) {
  track::TrackView track = some_track();
  track.position = {Angle::from_degrees(12), Angle::from_degrees(-8), Length()};
  track.placed = false;
  const TrackRecord unplaced = encode_track(track, kKinds);
  EXPECT_EQ(Fields(unplaced).u(30, 2), 1u);
  EXPECT_EQ(Fields(unplaced).i(4, 4), 0);
  EXPECT_EQ(Fields(unplaced).i(8, 4), 0);
  track.placed = true;
  track.position.latitude = Angle::from_radians(std::numeric_limits<double>::quiet_NaN());
  const TrackRecord broken = encode_track(track, kKinds);
  EXPECT_EQ(Fields(broken).u(30, 2), 1u);
}

TEST(Frames, DoubtsAndAmbiguityHaveTheirBits) {
  track::TrackView track = some_track();
  track.doubts =
      track::bit(track::Doubt::standing_echo) | track::bit(track::Doubt::duplicate_address);
  EXPECT_EQ(Fields(encode_track(track, kKinds)).u(30, 2), 0b0100'0000'0000'0010u);
  track.ambiguous = true;
  EXPECT_EQ(Fields(encode_track(track, kKinds)).u(30, 2), 0b1100'0000'0000'0010u);
}

TEST(Frames, AnExchangedNumberIsNeverSaidToBeSureBecauseItIsHardlyDoubted) {
  track::TrackView track = some_track();
  const auto told = [&](double exchanged) {
    track.exchanged = exchanged;
    return Fields(encode_identity(track)).u(28, 1);
  };
  EXPECT_EQ(told(0.0), 0u);
  EXPECT_EQ(told(1e-6), 1u);
  EXPECT_EQ(told(0.37), 94u);
  EXPECT_EQ(told(1.0), 255u);
}

TEST(Frames, CovarianceThatIsNotFiniteGivesTheLargestEllipse) {
  const Ellipse ellipse = ellipse_95(std::numeric_limits<double>::infinity(), 0, 1);
  EXPECT_DOUBLE_EQ(ellipse.semi_minor.metres(), 262'140.0);
  EXPECT_DOUBLE_EQ(ellipse_95(1, std::nan(""), 1).semi_major.metres(), 262'140.0);
}

TEST(Frames, IdentityRecordHoldsWhatIsKnownAndMarksWhatIsNot) {
  track::TrackView track = some_track();
  const IdentityRecord unknown = encode_identity(track);
  EXPECT_EQ(Fields(unknown).u(0, 4), 7u);
  EXPECT_EQ(Fields(unknown).u(4, 4), 0xFFFF'FFFFu);
  EXPECT_EQ(Fields(unknown).u(8, 2), 0xFFFFu);
  EXPECT_EQ(std::string(unknown.begin() + 12, unknown.begin() + 20), "        ");

  track.icao_address = base::IcaoAddress(0x0A1B2C);
  track.mode_3a = base::ModeACode(0xFC0);
  track.breaks = 70'000;
  track.call_sign = base::CallSign("TLK12");
  track.sensors = 0x8000'0000'0000'0002;
  const IdentityRecord known = encode_identity(track);
  EXPECT_EQ(Fields(known).u(4, 4), 0x0A1B2Cu);
  EXPECT_EQ(Fields(known).u(8, 2), 0xFC0u);
  EXPECT_EQ(Fields(known).u(10, 2), 65535u);
  EXPECT_EQ(std::string(known.begin() + 12, known.begin() + 20), "TLK12   ");
  EXPECT_EQ(Fields(known).u(20, 8), 0x8000'0000'0000'0002u);
  EXPECT_EQ(Fields(known).u(28, 4), 0u);
}

TEST(Frames, HeaderIsTheProtocolsThirtyTwoBytes) {
  base::Bytes out;
  append_header({.kind = FrameKind::drop,
                 .time = base::timestamp_from_ns(0x0102030405060708),
                 .sequence = 9,
                 .count = 10,
                 .snapshot_id = 11},
                out);
  ASSERT_EQ(out.size(), kFrameHeaderSize);
  EXPECT_EQ(Fields(out).u(0, 4), 0x4B54504Cu);
  EXPECT_EQ(Fields(out).u(4, 1), 1u);
  EXPECT_EQ(Fields(out).u(5, 1), 4u);
  EXPECT_EQ(Fields(out).u(6, 2), 0u);
  EXPECT_EQ(Fields(out).u(8, 8), 0x0102030405060708u);
  EXPECT_EQ(Fields(out).u(16, 4), 9u);
  EXPECT_EQ(Fields(out).u(20, 4), 10u);
  EXPECT_EQ(Fields(out).u(24, 8), 11u);
}

}  // namespace
}  // namespace liptako::serve
