#include "assess/lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "assess/json_line.hpp"
#include "base/math.hpp"
#include "base/time_range.hpp"

namespace liptako::assess {
namespace {

using base::Angle;
using base::Length;
using base::Result;
using base::Speed;

constexpr std::array<std::string_view, 4> kStates = {
    "tentative", "confirmed", "coasting", "dropped"};

constexpr double kMaxAltitudeFt = 200'000.0;
constexpr double kMinAltitudeFt = -10'000.0;
constexpr double kMaxSpeedKt = 10'000.0;
constexpr double kMaxRateFeetPerMinute = 1e6;
constexpr double kMaxEllipseM = 1e7;
constexpr double kMaxNis = 1e12;
constexpr double kChiSquare95 = 5.991464547107979;  // two degrees of freedom

Result<base::Timestamp> time_of(const JsonLine &line) {
  const auto text = line.text("time");
  if (!text) return std::unexpected(text.error());
  const auto time = base::parse_rfc3339(*text);
  if (!time) return base::bad_input("time: " + time.error().message);
  if (!base::is_reckonable(*time)) return base::bad_input("time: not between 1970 and 2200");
  return *time;
}

Result<geo::Geodetic> position_of(const JsonLine &line) {
  const auto latitude = line.number("lat_deg", -90.0, 90.0);
  if (!latitude) return std::unexpected(latitude.error());
  const auto longitude = line.number("lon_deg", -180.0, 180.0);
  if (!longitude) return std::unexpected(longitude.error());
  return geo::Geodetic{Angle::from_degrees(*latitude), Angle::from_degrees(*longitude), Length()};
}

Result<std::optional<Length>> altitude_of(const JsonLine &line) {
  const auto feet = line.number_or_none("altitude_ft", kMinAltitudeFt, kMaxAltitudeFt);
  if (!feet) return std::unexpected(feet.error());
  if (!*feet) return std::nullopt;
  return Length::from_feet(**feet);
}

// A text of so many digits of a base, or null, or not there.
Result<std::optional<std::uint32_t>> code_of(const JsonLine &line,
                                             std::string_view name,
                                             std::size_t digits,
                                             int number_base) {
  if (!line.has(name) || line.is_null(name)) return std::nullopt;
  const auto text = line.text(name);
  if (!text) return std::unexpected(text.error());
  std::uint32_t value = 0;
  const auto [end, fault] =
      std::from_chars(text->data(), text->data() + text->size(), value, number_base);
  if (text->size() != digits || fault != std::errc() || end != text->data() + text->size())
    return base::bad_input(fmt::format("{}: not {} digits of base {}", name, digits, number_base));
  return value;
}

Result<Identity> identity_of(const JsonLine &line) {
  Identity identity;
  const auto address = code_of(line, "icao_address", 6, 16);
  if (!address) return std::unexpected(address.error());
  if (*address) identity.icao_address = base::IcaoAddress(**address);
  const auto code = code_of(line, "mode_3a", 4, 8);
  if (!code) return std::unexpected(code.error());
  if (*code) identity.mode_3a = base::ModeACode(static_cast<std::uint16_t>(**code));
  return identity;
}

// By the 95 % ellipse, if the line has one: its half axes are standard deviations times the root of
// chi-square's 95 % point.
Result<std::optional<TrackSample::Covariance>> covariance_of(const JsonLine &line) {
  const auto major = line.number_or_none("semi_major_m", 0.0, kMaxEllipseM);
  if (!major) return std::unexpected(major.error());
  const auto minor = line.number_or_none("semi_minor_m", 0.0, kMaxEllipseM);
  if (!minor) return std::unexpected(minor.error());
  const auto angle = line.number_or_none("ellipse_angle_deg", -360.0, 360.0);
  if (!angle) return std::unexpected(angle.error());
  if (!*major || !*minor || !*angle) return std::nullopt;
  const double along = **major * **major / kChiSquare95, across = **minor * **minor / kChiSquare95;
  // The angle is from north.
  const auto [sine, cosine] = base::sincos(Angle::from_degrees(**angle).radians());
  return TrackSample::Covariance{along * sine * sine + across * cosine * cosine,
                                 (along - across) * sine * cosine,
                                 along * cosine * cosine + across * sine * sine};
}

template <class Enum, std::size_t Size>
std::optional<Enum> enum_in(const std::array<std::string_view, Size> &names,
                            std::string_view text) {
  for (std::size_t i = 0; i < Size; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return {};
}

}  // namespace

Result<TruthLine> parse_truth_line(std::string_view text, std::string_view member) {
  const auto line = JsonLine::parse(text);
  if (!line) return std::unexpected(line.error());
  TruthLine out;
  const auto time = time_of(*line);
  if (!time) return std::unexpected(time.error());
  out.time = *time;
  const auto flight = line->count("flight", 0xFFFF'FFFFu);
  if (!flight) return std::unexpected(flight.error());
  out.sample.aircraft = static_cast<std::uint32_t>(*flight);
  const auto position = position_of(*line);
  if (!position) return std::unexpected(position.error());
  out.sample.position = *position;
  const auto altitude = altitude_of(*line);
  if (!altitude) return std::unexpected(altitude.error());
  out.sample.pressure_altitude = *altitude;
  const auto angle = line->number("track_angle_deg", -360.0, 360.0);
  if (!angle) return std::unexpected(angle.error());
  out.sample.track_angle = Angle::from_degrees(*angle);
  const auto speed = line->number_or_none("ground_speed_kt", 0.0, kMaxSpeedKt);
  if (!speed) return std::unexpected(speed.error());
  if (*speed) out.sample.ground_speed = Speed::from_knots(**speed);
  const auto rate =
      line->number_or_none("vertical_rate_ftmin", -kMaxRateFeetPerMinute, kMaxRateFeetPerMinute);
  if (!rate) return std::unexpected(rate.error());
  if (*rate) out.sample.vertical_rate = Speed::from_feet_per_minute(**rate);
  const auto identity = identity_of(*line);
  if (!identity) return std::unexpected(identity.error());
  out.sample.identity = *identity;
  if (line->has("on_ground")) {
    const auto on_ground = line->boolean("on_ground");
    if (!on_ground) return std::unexpected(on_ground.error());
    out.sample.expected = !*on_ground;
  }
  if (line->has("seen_by") || !member.empty()) {
    const auto seen_by = line->texts("seen_by");
    if (!seen_by) return std::unexpected(seen_by.error());
    out.tells_seen = true;
    out.seen = member.empty()
                   ? !seen_by->empty()
                   : std::find(seen_by->begin(), seen_by->end(), member) != seen_by->end();
    out.sample.expected = out.sample.expected && out.seen;
  }
  auto equipment = Equipment::other;
  if (line->has("transponder")) {
    const auto name = line->text("transponder");
    if (!name) return std::unexpected(name.error());
    equipment = enum_in<Equipment>(kEquipmentNames, *name).value_or(Equipment::other);
  }
  out.sample.group = static_cast<std::uint8_t>(equipment);
  return out;
}

Result<TrackLine> parse_track_line(std::string_view text) {
  const auto line = JsonLine::parse(text);
  if (!line) return std::unexpected(line.error());
  TrackLine out;
  const auto time = time_of(*line);
  if (!time) return std::unexpected(time.error());
  out.time = *time;
  const auto track = line->count("track", ~std::uint64_t{0});
  if (!track) return std::unexpected(track.error());
  out.track = *track;
  const auto state = line->text("state");
  if (!state) return std::unexpected(state.error());
  const auto known = enum_in<TrackState>(kStates, *state);
  if (!known) {
    return base::bad_input(
        fmt::format("state: not one of {}", fmt::join(kStates.begin(), kStates.end(), ", ")));
  }
  out.state = *known;
  // A track whose sensors have no site has no place, and speaks of none.
  const auto latitude = line->number_or_none("lat_deg", -90.0, 90.0);
  if (!latitude) return std::unexpected(latitude.error());
  if (*latitude) {
    const auto position = position_of(*line);
    if (!position) return std::unexpected(position.error());
    out.position = *position;
  }
  const auto speed = line->number("ground_speed_kt", 0.0, kMaxSpeedKt);
  if (!speed) return std::unexpected(speed.error());
  out.ground_speed = Speed::from_knots(*speed);
  const auto angle = line->number("track_angle_deg", -360.0, 360.0);
  if (!angle) return std::unexpected(angle.error());
  out.track_angle = Angle::from_degrees(*angle);
  const auto altitude = altitude_of(*line);
  if (!altitude) return std::unexpected(altitude.error());
  out.pressure_altitude = *altitude;
  const auto identity = identity_of(*line);
  if (!identity) return std::unexpected(identity.error());
  out.identity = *identity;
  const auto covariance = covariance_of(*line);
  if (!covariance) return std::unexpected(covariance.error());
  out.covariance = *covariance;
  const auto nis = line->number_or_none("nis", 0.0, kMaxNis);
  if (!nis) return std::unexpected(nis.error());
  if (*nis) {
    const auto source = line->text("nis_source");
    if (!source) return std::unexpected(source.error());
    out.nis = *nis;
    out.nis_source = *source;
  }
  return out;
}

}  // namespace liptako::assess
