// Legend, as in [DO-260B, §A.1.7]: i is 0 even, 1 odd; NZ = 15; zones of latitude are 360 / (60-i)
// degrees, on the surface a quarter; a cell is a zone over 2^17.
#include "codec/modes/cpr.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"
#include "base/math.hpp"

namespace liptako::codec::modes {
namespace {

constexpr std::int64_t kCells = 1 << 17;
constexpr int kMostZones = 59;

double span_deg(CprKind kind) { return kind == CprKind::airborne ? 360.0 : 90.0; }
double latitude_zone_deg(CprKind kind, bool odd) { return span_deg(kind) / (odd ? 59 : 60); }
double longitude_zone_deg(CprKind kind, bool odd, int zones) {
  return span_deg(kind) / std::max(zones - (odd ? 1 : 0), 1);
}

double cell_part(std::uint32_t value) {
  return static_cast<double>(value) / static_cast<double>(kCells);
}
double floor_mod(double x, double modulus) { return x - modulus * std::floor(x / modulus); }
std::int64_t floor_mod(std::int64_t x, std::int64_t modulus) {
  const std::int64_t rest = x % modulus;
  return rest < 0 ? rest + modulus : rest;
}
double to_west_east(double degrees) { return floor_mod(degrees + 180.0, 360.0) - 180.0; }

// [i]: the latitude in radians up to which there are at least i zones, 2 <= i <= 59 [§A.1.7.2 d].
using Transitions = std::array<double, kMostZones + 1>;
Transitions make_transitions() {
  Transitions t{};
  const double a = 1.0 - base::cos(base::kPi / 30.0);
  for (int zones = 2; zones <= kMostZones; ++zones) {
    const double b = 1.0 - base::cos(2.0 * base::kPi / zones);
    t[static_cast<std::size_t>(zones)] = base::acos(std::sqrt(std::min(1.0, a / b)));
  }
  // Two that the formula gives only but for rounding, and the definition states.
  t[2] = 87.0 * base::kRadiansPerDegree;
  return t;
}

int zones_at(double latitude_rad) {
  static const Transitions transitions = make_transitions();
  const double latitude = std::fabs(latitude_rad);
  if (latitude > transitions[2]) return 1;
  // Descending from index 2 to 59: the last that still holds the latitude.
  const auto end = std::partition_point(
      transitions.begin() + 2, transitions.end(), [&](double t) { return latitude <= t; });
  return static_cast<int>(end - transitions.begin()) - 1;
}

}  // namespace

int longitude_zones(base::Angle latitude) { return zones_at(latitude.radians()); }

CprPosition encode_cpr(const LatLon& position, CprKind kind, bool odd) {
  const double latitude = position.latitude.degrees();
  const double longitude = position.longitude.degrees();
  CHECK(std::fabs(latitude) <= 90.0 + 1e-9 && std::fabs(longitude) < 1e9);
  const auto cells_of = [](double degrees, double zone) {
    return static_cast<std::int64_t>(
        std::floor(static_cast<double>(kCells) * floor_mod(degrees, zone) / zone + 0.5));
  };
  const double zone_lat = latitude_zone_deg(kind, odd);
  const std::int64_t y = cells_of(latitude, zone_lat);
  const double coded_latitude = zone_lat * (static_cast<double>(y) / static_cast<double>(kCells) +
                                            std::floor(latitude / zone_lat));
  const double zone_lon =
      longitude_zone_deg(kind, odd, zones_at(coded_latitude * base::kRadiansPerDegree));
  const std::int64_t x = cells_of(longitude, zone_lon);
  return {odd,
          static_cast<std::uint32_t>(floor_mod(y, kCells)),
          static_cast<std::uint32_t>(floor_mod(x, kCells))};
}

std::optional<LatLon> decode_cpr_pair(const CprPosition& older, const CprPosition& newer) {
  if (older.odd == newer.odd) return std::nullopt;
  const CprPosition& even = newer.odd ? older : newer;
  const CprPosition& odd = newer.odd ? newer : older;
  // floor(x / 2^17 + 1/2) in whole numbers.
  const auto rounded = [](std::int64_t x) {
    return (x + kCells / 2 - floor_mod(x + kCells / 2, kCells)) / kCells;
  };
  const std::int64_t j =
      rounded(59 * std::int64_t{even.latitude} - 60 * std::int64_t{odd.latitude});
  const auto latitude_of = [&](const CprPosition& p) {
    const int zones = p.odd ? 59 : 60;
    const double degrees = latitude_zone_deg(CprKind::airborne, p.odd) *
                           (static_cast<double>(floor_mod(j, zones)) + cell_part(p.latitude));
    return degrees >= 270.0 ? degrees - 360.0 : degrees;
  };
  const double even_latitude = latitude_of(even);
  const double odd_latitude = latitude_of(odd);
  if (std::fabs(even_latitude) > 90.0 || std::fabs(odd_latitude) > 90.0) return std::nullopt;
  const int zones = zones_at(even_latitude * base::kRadiansPerDegree);
  if (zones != zones_at(odd_latitude * base::kRadiansPerDegree)) return std::nullopt;
  const std::int64_t m =
      rounded(std::int64_t{even.longitude} * (zones - 1) - std::int64_t{odd.longitude} * zones);
  const std::int64_t n = std::max(zones - (newer.odd ? 1 : 0), 1);
  const double longitude = 360.0 / static_cast<double>(n) *
                           (static_cast<double>(floor_mod(m, n)) + cell_part(newer.longitude));
  return LatLon{base::Angle::from_degrees(newer.odd ? odd_latitude : even_latitude),
                base::Angle::from_degrees(to_west_east(longitude))};
}

std::optional<LatLon> decode_cpr_near(const CprPosition& position,
                                      CprKind kind,
                                      const LatLon& reference) {
  const auto nearest = [](double reference_deg, double zone, std::uint32_t cell) {
    const double j = std::floor(reference_deg / zone) +
                     std::floor(0.5 + floor_mod(reference_deg, zone) / zone - cell_part(cell));
    return zone * (j + cell_part(cell));
  };
  const double latitude = nearest(
      reference.latitude.degrees(), latitude_zone_deg(kind, position.odd), position.latitude);
  if (!(std::fabs(latitude) <= 90.0)) return std::nullopt;
  const double zone =
      longitude_zone_deg(kind, position.odd, zones_at(latitude * base::kRadiansPerDegree));
  const double longitude = nearest(reference.longitude.degrees(), zone, position.longitude);
  return LatLon{base::Angle::from_degrees(latitude),
                base::Angle::from_degrees(to_west_east(longitude))};
}

}  // namespace liptako::codec::modes
