#include "track/doubt/detection_map.hpp"

#include <algorithm>
#include <cmath>

#include "base/math.hpp"

namespace liptako::track {
namespace {

// Lower edges of the elevation bins, as sines of -1, 0.5, 1, 2, 4 and 10 degrees.
constexpr double kEdges[DetectionMap::kElevations] = {
    -0.0174524064, 0.0087265355, 0.0174524064, 0.0348994967, 0.0697564737, 0.1736481777};
constexpr double kTop = 0.5;  // above 30 degrees the cone of silence may begin
constexpr std::uint16_t kMost = 4096;
constexpr std::uint16_t kKnownLooks = 10;

}  // namespace

DetectionMap::Sight DetectionMap::sight_of(const geo::Position<geo::Enu>& q) {
  const double range = std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z);
  return {range, base::atan2(q.x, q.y), q.z / std::fmax(range, 1.0)};
}

// In the triangle of the Earth's centre, the site and the aircraft.
DetectionMap::Sight DetectionMap::sight_of(const Plot& plot,
                                           base::Length site,
                                           base::Length height) {
  const double range = plot.slant_range.metres();
  const double from = geo::kMeanRadiusM + site.metres(), to = geo::kMeanRadiusM + height.metres();
  const double up =
      ((to - from) * (to + from) - range * range) / (2.0 * std::fmax(range, 1.0) * from);
  return {range, plot.azimuth.radians(), up};
}

std::optional<std::uint16_t> DetectionMap::cell_of(const Sight& s) const {
  if (looks_.empty() || !(s.range_m > 0.0 && s.range_m < range_max_m_)) return std::nullopt;
  if (!(s.up >= kEdges[0] && s.up < kTop)) return std::nullopt;
  int e = kElevations - 1;
  while (e > 0 && s.up < kEdges[e]) --e;
  const int r = std::min(kRanges - 1, static_cast<int>(s.range_m / range_max_m_ * kRanges));
  const int a =
      std::min(kAzimuths - 1,
               static_cast<int>(base::wrap_two_pi(s.azimuth_rad) / (2.0 * base::kPi) * kAzimuths));
  return static_cast<std::uint16_t>((a * kRanges + r) * kElevations + e);
}

void DetectionMap::learn(std::uint16_t cell, bool hit) {
  if (looks_[cell] >= kMost) {
    looks_[cell] /= 2;
    hits_[cell] /= 2;
  }
  ++looks_[cell];
  hits_[cell] = static_cast<std::uint16_t>(hits_[cell] + (hit ? 1 : 0));
}

DetectionMap::Expectation DetectionMap::expect(std::uint16_t cell) const {
  const int e = cell % kElevations;
  const int r = cell / kElevations % kRanges;
  const int a = cell / kElevations / kRanges;
  std::uint32_t looks = 0, hits = 0;
  for (int range = r; range < kRanges; ++range) {
    for (int elevation = 0; elevation <= e; ++elevation) {
      const auto i = static_cast<std::size_t>((a * kRanges + range) * kElevations + elevation);
      // What is seen beyond counts; what is not seen beyond says nothing of what is nearer.
      if (2u * hits_[i] < looks_[i] && range > r) continue;
      looks += looks_[i];
      hits += hits_[i];
    }
  }
  // The cell's own silences count even where what lies beyond is seen.
  if (looks < kKnownLooks) return {};
  const auto own_looks = static_cast<double>(looks_[cell]);
  const auto own_hits = static_cast<double>(hits_[cell]);
  const double share = (hits + 1.0) / (looks + 2.0);
  const double own_share = (own_hits + 1.0) / (own_looks + 2.0);
  const double detection = own_looks >= kKnownLooks ? std::min(share, own_share) : share;
  if (detection < 0.3) return {};
  return {1.0 - 1.0 / (hits + 2.0), 0.95 * detection};
}

void DetectionMap::save(base::ByteWriter& out) const {
  if (looks_.empty()) return;
  out.put(static_cast<std::uint32_t>(looks_.size() -
                                     static_cast<std::size_t>(std::ranges::count(looks_, 0))));
  for (std::size_t i = 0; i < looks_.size(); ++i) {
    if (looks_[i] == 0) continue;
    out.put(static_cast<std::uint16_t>(i));
    out.put(looks_[i]);
    out.put(hits_[i]);
  }
}

bool DetectionMap::load(base::ByteReader& in) {
  if (looks_.empty()) return true;
  const auto taken = in.get<std::uint32_t>();
  if (taken > kCells) return false;
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < taken; ++i) {
    const auto cell = in.get<std::uint16_t>();
    const auto looks = in.get<std::uint16_t>();
    const auto hits = in.get<std::uint16_t>();
    if (!in.ok() || cell < next || cell >= kCells || looks == 0 || hits > looks) return false;
    next = cell + 1u;
    looks_[cell] = looks;
    hits_[cell] = hits;
  }
  return in.ok();
}

}  // namespace liptako::track
