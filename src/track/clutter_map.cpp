#include "track/clutter_map.hpp"

#include <algorithm>
#include <cmath>

#include "base/math.hpp"
#include "base/time_range.hpp"

namespace liptako::track {
namespace {

constexpr double kCellSds = 3.0;
constexpr double kMemoryLooks = 128.0;  // N
constexpr double kPassing = 2.0;        // n0
constexpr double kOne = 256.0;          // a count of one plot
// Forgetting goes over the grid every so many looks, by exp(-8/128) in units of 2^-16.
constexpr std::uint32_t kForgetEvery = 8;
constexpr std::uint32_t kKept = 61'565;
constexpr double kKeptShare = kKept / 65'536.0;
static_assert(kForgetEvery / kMemoryLooks == 0.0625);
// What a longer silence counts for: the radar, or the line to it, was down.
constexpr int kLongestGapLooks = 64;
constexpr double kFullCircle = 2.0 * base::kPi;

std::uint32_t cells(double extent, double sd, double least, double most) {
  return static_cast<std::uint32_t>(std::clamp(std::floor(extent / (kCellSds * sd)), least, most));
}

}  // namespace

ClutterMap::ClutterMap(const SensorDescription& radar)
    : range_max_(radar.range_max), range_sd_(radar.range_sd), azimuth_sd_(radar.azimuth_sd) {
  const double range_sd = radar.range_sd.metres();
  const double azimuth_sd = radar.azimuth_sd.radians();
  rows_ = cells(radar.range_max.metres(), range_sd, 1.0, kMaxRangeCells);
  columns_ = cells(kFullCircle, azimuth_sd, 8.0, kMaxAzimuthCells);
  range_cell_m_ = radar.range_max.metres() / rows_;
  azimuth_cell_rad_ = kFullCircle / columns_;
  spread_ =
      std::min(4.0 * base::kPi * range_sd * azimuth_sd, 4.0 * range_cell_m_ * azimuth_cell_rad_);
  counts_.resize(std::size_t{rows_} * columns_);
}

bool ClutterMap::fits(const SensorDescription& radar) const {
  return range_max_ == radar.range_max && range_sd_ == radar.range_sd &&
         azimuth_sd_ == radar.azimuth_sd;
}

void ClutterMap::note_time(base::Timestamp time, base::Duration period) {
  if (counts_.empty()) return;
  // Plots come late by some looks; by more, it is the clock that went back.
  if (!looked_ || looked_until_ - time > kLongestGapLooks * period) looked_until_ = time;
  looked_ = true;
  int looks = 0;
  for (; time - looked_until_ >= period && looks < kLongestGapLooks; ++looks) {
    looked_until_ += period;
    looks_ += 1.0;
    if (++looks_unforgotten_ == kForgetEvery) forget();
  }
  if (looks == kLongestGapLooks) looked_until_ = time;
}

void ClutterMap::forget() {
  looks_unforgotten_ = 0;
  looks_ *= kKeptShare;
  for (std::uint16_t& count : counts_) {
    count = static_cast<std::uint16_t>(count * kKept >> 16);
  }
}

ClutterMap::Block ClutterMap::block_at(double range, double azimuth) const {
  // The corner of cells nearest to the plot.
  const auto row = static_cast<std::uint32_t>(std::floor(range / range_cell_m_ + 0.5));
  const auto column =
      static_cast<std::uint32_t>(std::floor(base::wrap_two_pi(azimuth) / azimuth_cell_rad_ + 0.5));
  Block block{};
  if (row > 0) block.rows[block.row_count++] = row - 1;
  if (row < rows_) block.rows[block.row_count++] = row;
  block.columns[0] = (column + columns_ - 1) % columns_;
  block.columns[1] = column % columns_;
  return block;
}

void ClutterMap::learn(base::Length slant_range, base::Angle azimuth, double weight) {
  const double range = slant_range.metres();
  if (counts_.empty() || !(range >= 0.0 && range < range_cell_m_ * rows_) || !(weight > 0.0))
    return;
  const std::uint32_t row = std::min(rows_ - 1, static_cast<std::uint32_t>(range / range_cell_m_));
  const auto column = std::min(
      columns_ - 1,
      static_cast<std::uint32_t>(base::wrap_two_pi(azimuth.radians()) / azimuth_cell_rad_));
  std::uint16_t& count = counts_[std::size_t{row} * columns_ + column];
  const double more = count + std::floor(kOne * std::min(weight, 1.0) + 0.5);
  count = static_cast<std::uint16_t>(std::min(more, 65'535.0));
}

double ClutterMap::density(base::Length slant_range, base::Angle azimuth) const {
  const double range = slant_range.metres();
  if (counts_.empty() || !(range >= 0.0 && range < range_cell_m_ * rows_)) return 0.0;
  const Block block = block_at(range, azimuth.radians());
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < block.row_count; ++i) {
    for (const std::uint32_t column : block.columns) {
      sum += counts_[std::size_t{block.rows[i]} * columns_ + column];
    }
  }
  const double standing = sum / kOne - kPassing;
  return standing > 0.0 ? standing / (std::max(1.0, looks_) * spread_) : 0.0;
}

void ClutterMap::save(base::ByteWriter& out) const {
  if (counts_.empty()) return;
  out.put(looks_);
  out.put(looks_unforgotten_);
  out.put(looked_until_.time_since_epoch().count());
  out.put(static_cast<std::uint8_t>(looked_));
  out.put(static_cast<std::uint32_t>(counts_.size() -
                                     static_cast<std::size_t>(std::ranges::count(counts_, 0))));
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    out.put(static_cast<std::uint32_t>(i));
    out.put(counts_[i]);
  }
}

bool ClutterMap::load(base::ByteReader& in) {
  if (counts_.empty()) return true;
  looks_ = in.get<double>();
  looks_unforgotten_ = in.get<std::uint32_t>();
  looked_until_ = base::Timestamp(base::Timestamp::duration(in.get<std::int64_t>()));
  looked_ = in.get<std::uint8_t>() != 0;
  if (!(looks_ >= 0.0 && looks_ <= 2.0 * kMemoryLooks) || looks_unforgotten_ >= kForgetEvery ||
      !base::is_reckonable(looked_until_)) {
    return false;
  }
  const auto taken = in.get<std::uint32_t>();
  if (taken > counts_.size()) return false;
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < taken; ++i) {
    const auto cell = in.get<std::uint32_t>();
    const auto count = in.get<std::uint16_t>();
    if (!in.ok() || cell < next || cell >= counts_.size() || count == 0) return false;
    next = cell + 1;
    counts_[cell] = count;
  }
  return in.ok();
}

}  // namespace liptako::track
