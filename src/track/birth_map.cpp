#include "track/birth_map.hpp"

#include <algorithm>
#include <cmath>

#include "base/math.hpp"
#include "base/time_range.hpp"

namespace liptako::track {
namespace {

constexpr double kCellDegrees = 0.1;
constexpr std::uint32_t kColumns = 3600;
constexpr std::uint32_t kRows = 1800;
constexpr double kPriorWeight = 0.5;  // a
constexpr double kLeastRatio = 0.1;
constexpr double kMostRatio = 100.0;
constexpr base::Duration kForgetEvery = std::chrono::hours(1);
constexpr double kMemoryHours = 24.0;
constexpr double kForgotten = 0.02;
constexpr double kMostBirths = 1e9;
constexpr double kMetresPerDegree = 111'195.0;

}  // namespace

std::uint32_t BirthMap::key_of(const geo::Geodetic& place) {
  const double row = std::floor((place.latitude.degrees() + 90.0) / kCellDegrees);
  const double column =
      std::floor(base::wrap_two_pi(place.longitude.radians()) / (2.0 * base::kPi) * kColumns);
  const auto r = static_cast<std::uint32_t>(std::clamp(row, 0.0, kRows - 1.0));
  const auto c = static_cast<std::uint32_t>(std::clamp(column, 0.0, kColumns - 1.0));
  return r * kColumns + c;
}

void BirthMap::forget(base::Timestamp time) {
  if (all_ == 0.0 || time < forgotten_until_ - kForgetEvery) forgotten_until_ = time;
  if (time - forgotten_until_ < kForgetEvery) return;
  const double kept = base::exp(-base::to_seconds(time - forgotten_until_) / 3600.0 / kMemoryHours);
  forgotten_until_ = time;
  all_ *= kept;
  for (Cell& cell : cells_) cell.births *= kept;
  std::erase_if(cells_, [](const Cell& cell) { return cell.births < kForgotten; });
}

void BirthMap::learn(const geo::Geodetic& place, base::Timestamp time) {
  forget(time);
  all_ = std::fmin(kMostBirths, all_ + 1.0);
  const std::uint32_t key = key_of(place);
  const auto at = std::ranges::lower_bound(cells_, key, {}, &Cell::key);
  if (at != cells_.end() && at->key == key) {
    at->births = std::fmin(kMostBirths, at->births + 1.0);
  } else if (cells_.size() < kMaxCells) {
    cells_.insert(at, {key, 1.0});
  }
}

double BirthMap::ratio(const geo::Geodetic& place, base::Length reach) const {
  if (all_ == 0.0) return 1.0;
  const std::uint32_t key = key_of(place);
  const auto at = std::ranges::lower_bound(cells_, key, {}, &Cell::key);
  const double births = at != cells_.end() && at->key == key ? at->births : 0.0;
  const double side = kCellDegrees * kMetresPerDegree;
  const double cells = std::fmax(1.0,
                                 base::kPi * reach.metres() * reach.metres() /
                                     (side * side * base::cos(place.latitude.radians())));
  return std::clamp(
      (births + kPriorWeight) / (all_ / cells + kPriorWeight), kLeastRatio, kMostRatio);
}

void BirthMap::save(base::ByteWriter& out) const {
  out.put(all_);
  out.put(forgotten_until_.time_since_epoch().count());
  out.put(static_cast<std::uint32_t>(cells_.size()));
  for (const Cell& cell : cells_) {
    out.put(cell.key);
    out.put(cell.births);
  }
}

bool BirthMap::load(base::ByteReader& in) {
  all_ = in.get<double>();
  forgotten_until_ = base::Timestamp(base::Timestamp::duration(in.get<std::int64_t>()));
  const auto count = in.get<std::uint32_t>();
  if (!in.ok() || !(all_ >= 0.0 && all_ <= kMostBirths) || count > kMaxCells ||
      !base::is_reckonable(forgotten_until_)) {
    return false;
  }
  cells_.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    const Cell cell{in.get<std::uint32_t>(), in.get<double>()};
    if (!in.ok() || cell.key >= kRows * kColumns || !(cell.births > 0.0) ||
        cell.births > kMostBirths || (i > 0 && cell.key <= cells_.back().key)) {
      return false;
    }
    cells_.push_back(cell);
  }
  return in.ok();
}

}  // namespace liptako::track
