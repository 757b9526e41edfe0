// What the fuzz targets above the codec share: building sound ASTERIX datagrams from the fuzzer's
// decisions, so that the code behind the codec is reached without waiting for the fuzzer to guess
// the format.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "choices.hpp"
#include "codec/asterix/encode.hpp"
#include "track/tracker.hpp"

namespace liptako::fuzzing {

inline constexpr base::Timestamp kMorning =
    base::timestamp_from_ns(1'795'305'600'000'000'000);  // 2026-11-22T00:00:00Z
inline constexpr base::SacSic kRadar{100, 1};
inline constexpr base::SacSic kSecondRadar{100, 2};
inline constexpr base::SacSic kStation{100, 3};
inline constexpr base::SacSic kMlat{100, 4};
inline constexpr base::SacSic kTracker{101, 5};

// Two radars, an ADS-B station, a multilateration system and another system's tracker, on a source
// that tells UTC and one that is a recording; and a configuration to change to.
inline constexpr const char* kConfiguration = R"([node]
name = "n"
record = "r"
[[sensor]]
name = "radar"
sac = 100
sic = 1
kind = "radar"
lat_deg = 13.0
lon_deg = 0.1
[[sensor]]
name = "second"
sac = 100
sic = 2
kind = "radar"
lat_deg = 14.0
lon_deg = -0.5
period_s = 8
[[sensor]]
name = "station"
sac = 100
sic = 3
kind = "adsb"
[[sensor]]
name = "mlat"
sac = 100
sic = 4
kind = "mlat"
[[sensor]]
name = "other"
sac = 101
sic = 5
kind = "tracker"
lat_deg = 13.0
lon_deg = 0.0
velocity_axes = "plane"
carries = ["second"]
[[source]]
name = "a"
kind = "internal"
[[source]]
name = "b"
kind = "internal"
time = "rebase"
)";
inline constexpr const char* kOtherConfiguration = R"([node]
name = "n"
record = "r"
[[sensor]]
name = "station"
sac = 100
sic = 3
kind = "adsb"
[[sensor]]
name = "radar"
sac = 100
sic = 1
kind = "radar"
lat_deg = 13.1
lon_deg = 0.1
[[source]]
name = "b"
kind = "internal"
)";

// A time of day near `reception`, or any.
inline codec::asterix::TimeOfDay time_of_day(Choices& choices, base::Timestamp reception) {
  using codec::asterix::TimeOfDay;
  const auto kind = choices.any<std::uint8_t>();
  if (kind == 0) return {choices.any<std::uint32_t>() & 0xFFFFFF};
  const base::Duration day = reception.time_since_epoch() -
                             std::chrono::floor<std::chrono::days>(reception.time_since_epoch()) -
                             std::chrono::milliseconds(40 * kind);
  return TimeOfDay::from(day < base::Duration::zero() ? day + base::kDay : day);
}

// A place near the others', or anywhere; and the same as a point of a plane.
inline codec::asterix::LatLon place_of(Choices& choices, bool anywhere) {
  const double wide = anywhere ? 1.0 : 0.0001;
  codec::asterix::LatLon place;
  place.latitude =
      base::Angle::from_degrees(wide * choices.any<std::int16_t>() / 180 + (anywhere ? 0 : 13));
  place.longitude = base::Angle::from_degrees(wide * choices.any<std::int16_t>() / 180);
  return place;
}
inline codec::asterix::Cartesian plane_point(Choices& choices) {
  return {base::Length::from_metres(choices.any<std::int16_t>() * 16.0),
          base::Length::from_metres(choices.any<std::int16_t>() * 16.0)};
}

// A record of a system that computes positions: what kind, and what it holds, by the bits of
// `what`.
inline void append_computed(Choices& choices,
                            std::uint8_t what,
                            std::uint8_t aircraft,
                            base::Timestamp reception,
                            base::Bytes& out) {
  namespace asterix = codec::asterix;
  const bool anonymous = aircraft & 0x80;
  const base::IcaoAddress address(0x400000u + aircraft % 8);
  if ((what & 0x30) == 0) {
    asterix::Cat019Message m;
    m.source = kMlat;
    m.time_of_day = time_of_day(choices, reception);
    m.system_status = asterix::cat019::SystemStatus{
        .release = static_cast<std::uint8_t>(aircraft & 3), .time_source_invalid = (what & 8) != 0};
    if (what & 0x40) m.position = place_of(choices, (what & 8) != 0);
    asterix::BlockWriter block(19, out);
    block.add(m);
    block.finish();
  } else if ((what & 0x10) != 0) {
    asterix::Cat020Report r;
    r.source = kMlat;
    r.descriptor.emplace();
    r.time_of_day = time_of_day(choices, reception);
    if (what & 0x40) r.position = place_of(choices, (what & 8) != 0);
    if (what & 0x20) r.cartesian_position = plane_point(choices);
    if (!anonymous) r.aircraft_address = address;
    if (what & 8) r.mode_3a = asterix::ReplyCode{base::ModeACode(aircraft % 4)};
    r.position_accuracy.emplace();
    r.position_accuracy->position_sd = asterix::cat020::StandardDeviation{
        base::Length::from_metres(choices.any<std::uint16_t>() / 4.0),
        base::Length::from_metres(choices.any<std::uint16_t>() / 4.0),
        choices.any<std::uint16_t>() / 4.0};
    asterix::BlockWriter block(20, out);
    block.add(r);
    block.finish();
  } else {
    asterix::Cat062Track r;
    r.source = kTracker;
    r.time_of_track = time_of_day(choices, reception);
    r.status.emplace();
    r.status->coasting = (aircraft & 0x70) == 0x70;
    if (what & 0x40) r.position = place_of(choices, (what & 8) != 0);
    if ((what & 0x40) == 0 || (aircraft & 0x40) != 0) r.cartesian_position = plane_point(choices);
    r.velocity =
        asterix::CartesianVelocity{base::Speed::from_mps(choices.any<std::int16_t>() / 4.0),
                                   base::Speed::from_mps(choices.any<std::int16_t>() / 4.0)};
    if (!anonymous) r.aircraft_derived.emplace().aircraft_address = address;
    if (what & 8) {
      asterix::cat062::Accuracies a;
      a.position_sd =
          asterix::Cartesian{base::Length::from_metres(choices.any<std::uint16_t>() / 2.0),
                             base::Length::from_metres(choices.any<std::uint16_t>() / 2.0)};
      a.covariance_root = base::Length::from_metres(choices.any<std::int16_t>() / 2.0);
      a.velocity_sd =
          asterix::CartesianVelocity{base::Speed::from_mps(choices.any<std::uint8_t>() / 4.0),
                                     base::Speed::from_mps(choices.any<std::uint8_t>() / 4.0)};
      r.accuracies = a;
    }
    asterix::BlockWriter block(62, out);
    block.add(r);
    block.finish();
  }
}

// One block with one record about an aircraft: near the others' places for small choices, anywhere
// for large ones.
inline void append_datagram(Choices& choices, base::Timestamp reception, base::Bytes& out) {
  namespace asterix = codec::asterix;
  const auto what = choices.any<std::uint8_t>();
  const auto aircraft = choices.any<std::uint8_t>();
  const bool anonymous = aircraft & 0x80;
  const base::SacSic radar = what & 0x80 ? kSecondRadar : kRadar;
  if (what % 8 == 7) {
    asterix::Cat034Message m;
    m.source = radar;
    m.time_of_day = time_of_day(choices, reception);
    m.type = asterix::cat034::Type::north_marker;
    asterix::BlockWriter block(34, out);
    block.add(m);
    block.finish();
  } else if (what % 8 == 6) {
    append_computed(choices, what, aircraft, reception, out);
  } else if (what % 2 == 0) {
    asterix::Cat048Report r;
    r.source = radar;
    r.time_of_day = time_of_day(choices, reception);
    asterix::cat048::Polar polar;
    polar.slant_range = base::Length::from_metres(choices.any<std::uint16_t>() * 8.0);
    polar.azimuth = base::Angle::from_degrees(choices.any<std::uint16_t>() * 360.0 / 65536);
    r.measured_position = polar;
    if (!anonymous) r.aircraft_address = base::IcaoAddress(0x400000u + aircraft % 8);
    if (what & 0x10) r.mode_3a = asterix::ReplyCode{base::ModeACode(aircraft % 4)};
    if (what & 0x20) {
      r.flight_level = asterix::cat048::FlightLevel{
          base::Length::from_flight_level(choices.any<std::int16_t>() / 4.0)};
    }
    asterix::BlockWriter block(48, out);
    block.add(r);
    block.finish();
  } else {
    asterix::Cat021Report r;
    r.source = kStation;
    r.position_time = time_of_day(choices, reception);
    r.position = place_of(choices, (what & 0x40) != 0);
    if (!anonymous) r.aircraft_address = base::IcaoAddress(0x400000u + aircraft % 8);
    if (what & 0x10) {
      asterix::cat021::GroundVector v;
      v.ground_speed = base::Speed::from_mps(choices.any<std::uint16_t>() / 16.0);
      v.track_angle = base::Angle::from_degrees(choices.any<std::uint8_t>() * 360.0 / 256);
      r.ground_vector = v;
    }
    if (what & 0x20)
      r.pressure_altitude = base::Length::from_flight_level(choices.any<std::int16_t>() / 4.0);
    if (what & 0x08) {
      asterix::cat021::Quality q;
      q.nac_v = aircraft & 7;
      q.nic = choices.any<std::uint8_t>() & 15;
      r.quality = q;
    }
    asterix::BlockWriter block(21, out);
    block.add(r);
    block.finish();
  }
}

// What must hold of every track at any instant, whatever came in.
inline void check_views(const track::Tracker& tracker, base::Timestamp at) {
  tracker.for_each_track([&](std::uint32_t slot) {
    const track::TrackView v = tracker.view(slot, at);
    CHECK(std::isfinite(v.position.latitude.radians()) &&
          std::isfinite(v.position.longitude.radians()));
    CHECK(std::fabs(v.position.latitude.degrees()) <= 90.0);
    CHECK(std::isfinite(v.ground_speed().mps()) && std::isfinite(v.track_angle().radians()));
    CHECK(std::isfinite(v.cov_ee_m2) && std::isfinite(v.cov_en_m2) && std::isfinite(v.cov_nn_m2));
    CHECK(v.cov_ee_m2 > 0.0 && v.cov_nn_m2 > 0.0);
    CHECK(v.existence >= 0.0 && v.existence <= 1.0);
    CHECK(!v.pressure_altitude || std::isfinite(v.pressure_altitude->metres()));
    CHECK(std::isfinite(v.vertical_rate.mps()));
  });
}

}  // namespace liptako::fuzzing
