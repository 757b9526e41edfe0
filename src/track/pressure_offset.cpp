#include "track/pressure_offset.hpp"

#include <algorithm>
#include <cmath>

#include "base/archive.hpp"
#include "base/time_range.hpp"

namespace liptako::track {
namespace {

using base::to_seconds;
constexpr int kKnots = PressureOffsets::kKnots;
using Knots = std::array<double, kKnots>;

constexpr double kLayerM = 3'500.0;
constexpr double kLevelSdM = 40.0;  // sea-level pressure and geoid
constexpr double kShareSd = 0.03;   // of the height
constexpr double kOwnShareSd = 0.01;
constexpr double kLevelSdPerRootHourM = 8.0;
constexpr double kShareSdPerRootHour = 0.003;
constexpr double kLevelSdPerDegreeM = 5.0;
constexpr double kShareSdPerDegree = 0.0015;
constexpr double kCellDegrees = 2.0;
constexpr std::int32_t kReachCells = 3;
constexpr std::int32_t kColumns = 180;
// Beyond, a walk has come back to what the prior says.
constexpr double kLongestHours = 24.0;

constexpr std::int64_t kAskEveryNs = 60'000'000'000;
constexpr double kWeighsAsOneOf = 60.0;  // coth(60 s / 2 / 1,800 s)
constexpr double kHeightSdM = 45.0;      // where none is told
constexpr double kAltimeterSdM = 25.0;
constexpr double kCoarseSdM = 10.0;
constexpr double kGate = 25.0;

double altitude_of(int knot) { return kLayerM * knot; }

// Weights of the knots at an altitude; the outermost layers go on.
Knots weights(double altitude_m) {
  Knots w{};
  const double place = std::fmin(std::fmax(altitude_m, -500.0), 20'000.0) / kLayerM;
  const int below = std::clamp(static_cast<int>(std::floor(place)), 0, kKnots - 2);
  const double share = place - below;
  w[static_cast<std::size_t>(below)] = 1.0 - share;
  w[static_cast<std::size_t>(below) + 1] = share;
  return w;
}

std::int32_t row_of(const geo::Geodetic& p) {
  return static_cast<std::int32_t>(std::floor(p.latitude.degrees() / kCellDegrees));
}
std::int32_t column_of(const geo::Geodetic& p) {
  const auto column = static_cast<std::int32_t>(std::floor(p.longitude.degrees() / kCellDegrees));
  return ((column % kColumns) + kColumns) % kColumns;
}

}  // namespace

bool PressureOffsets::is_due(base::Timestamp last, base::Timestamp now) {
  return now.time_since_epoch().count() / kAskEveryNs !=
         last.time_since_epoch().count() / kAskEveryNs;
}

bool PressureOffsets::comes_before(const Cell& a, const Cell& b) {
  return a.row != b.row ? a.row < b.row : a.column < b.column;
}

const PressureOffsets::Cell* PressureOffsets::find(std::int32_t row, std::int32_t column) const {
  Cell wanted;
  wanted.row = row;
  wanted.column = column;
  const auto at = std::ranges::lower_bound(cells_, wanted, comes_before);
  return at != cells_.end() && at->row == row && at->column == column ? &*at : nullptr;
}

// P grows by what a level and a share of the height, both unknown, add to every pair of knots.
void PressureOffsets::widen(Cell& cell, double level_m2, double share2) {
  for (int i = 0; i < kKnots; ++i) {
    for (int j = 0; j < kKnots; ++j) {
      cell.P[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] +=
          level_m2 + share2 * (altitude_of(i) * altitude_of(j));
    }
  }
}

void PressureOffsets::forget(Cell& cell, base::Timestamp now) {
  if (now <= cell.time) return;
  const double hours = std::fmin(kLongestHours, to_seconds(now - cell.time) / 3600.0);
  widen(cell,
        kLevelSdPerRootHourM * kLevelSdPerRootHourM * hours,
        kShareSdPerRootHour * kShareSdPerRootHour * hours);
  cell.time = now;
}

const PressureOffsets::Cell* PressureOffsets::best_at(std::int32_t row, std::int32_t column) const {
  if (const Cell* own = find(row, column)) return own;
  const Cell* best = nullptr;
  std::int32_t least = 0;
  for (std::int32_t r = row - kReachCells; r <= row + kReachCells; ++r) {
    for (std::int32_t c = column - kReachCells; c <= column + kReachCells; ++c) {
      const Cell* cell = find(r, ((c % kColumns) + kColumns) % kColumns);
      if (cell == nullptr) continue;
      const std::int32_t apart = std::abs(r - row) + std::abs(c - column);
      if (best != nullptr && apart >= least) continue;
      best = cell;
      least = apart;
    }
  }
  return best;
}

void PressureOffsets::learn(const Plot& plot, const geo::Geodetic& place) {
  if (!plot.pressure_altitude || !plot.geometric_height) return;
  const std::int32_t row = row_of(place), column = column_of(place);
  Cell wanted;
  wanted.row = row;
  wanted.column = column;
  auto at = std::ranges::lower_bound(cells_, wanted, comes_before);
  if (at == cells_.end() || at->row != row || at->column != column) {
    if (cells_.size() >= kMaxCells) return;
    // The prior; what neighbours know is theirs until this cell knows better.
    wanted.time = plot.time;
    widen(wanted, kLevelSdM * kLevelSdM, kShareSd * kShareSd);
    const double own = kOwnShareSd * kLayerM * kOwnShareSd * kLayerM;
    for (int i = 1; i < kKnots; ++i) {
      for (int j = 1; j < kKnots; ++j) {
        wanted.P[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] += own * std::min(i, j);
      }
    }
    if (const Cell* near = best_at(row, column)) {
      const std::int32_t columns = std::abs(near->column - column);
      const double degrees =
          kCellDegrees * (std::abs(near->row - row) + std::min(columns, kColumns - columns));
      const double level = kLevelSdPerDegreeM * degrees, share = kShareSdPerDegree * degrees;
      wanted.mean = near->mean;
      wanted.P = near->P;
      wanted.time = near->time;
      widen(wanted, level * level, share * share);
    }
    at = cells_.insert(at, wanted);
  }
  Cell& cell = *at;
  forget(cell, plot.time);
  const double altitude = plot.pressure_altitude->metres();
  const double told =
      plot.geometric_height_sd > base::Length() ? plot.geometric_height_sd.metres() : kHeightSdM;
  const double quantum = plot.altitude_quantum.metres();
  const double error = told * told + kAltimeterSdM * kAltimeterSdM + quantum * quantum / 12.0 +
                       kCoarseSdM * kCoarseSdM;
  const Knots w = weights(altitude);
  Knots Pw{};
  double S = error, predicted = 0.0;
  for (std::size_t i = 0; i < kKnots; ++i) {
    for (std::size_t j = 0; j < kKnots; ++j) Pw[i] += cell.P[i][j] * w[j];
    predicted += w[i] * cell.mean[i];
  }
  for (std::size_t i = 0; i < kKnots; ++i) S += w[i] * Pw[i];
  const double y = plot.geometric_height->metres() - altitude - predicted;
  if (!(y * y <= kGate * S)) {
    ++counters_.refused;
    return;
  }
  ++counters_.learnt;
  S += (kWeighsAsOneOf - 1.0) * error;
  for (std::size_t i = 0; i < kKnots; ++i) {
    cell.mean[i] += Pw[i] / S * y;
    for (std::size_t j = 0; j < kKnots; ++j) cell.P[i][j] -= Pw[i] * Pw[j] / S;
  }
}

PressureOffset PressureOffsets::at(const geo::Geodetic& place,
                                   double pressure_altitude_m,
                                   base::Timestamp time) const {
  if (cells_.empty()) return {};
  const std::int32_t row = row_of(place), column = column_of(place);
  const Cell* best = best_at(row, column);
  if (best == nullptr) return {};
  const std::int32_t columns = std::abs(best->column - column);
  const double degrees =
      kCellDegrees * (std::abs(best->row - row) + std::min(columns, kColumns - columns));
  const double hours =
      std::fmin(kLongestHours, std::fmax(0.0, to_seconds(time - best->time)) / 3600.0);
  const double level2 = kLevelSdPerDegreeM * degrees * kLevelSdPerDegreeM * degrees +
                        kLevelSdPerRootHourM * kLevelSdPerRootHourM * hours;
  const double share2 = kShareSdPerDegree * degrees * kShareSdPerDegree * degrees +
                        kShareSdPerRootHour * kShareSdPerRootHour * hours;
  const Knots w = weights(pressure_altitude_m);
  PressureOffset offset;
  offset.variance_m2 = level2 + share2 * pressure_altitude_m * pressure_altitude_m +
                       kAltimeterSdM * kAltimeterSdM + kCoarseSdM * kCoarseSdM;
  for (std::size_t i = 0; i < kKnots; ++i) {
    offset.mean_m += w[i] * best->mean[i];
    for (std::size_t j = 0; j < kKnots; ++j) offset.variance_m2 += w[i] * best->P[i][j] * w[j];
  }
  return offset;
}

void PressureOffsets::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(counters_.learnt, counters_.refused);
  out.put(static_cast<std::uint32_t>(cells_.size()));
  for (const Cell& cell : cells_) saver(cell.row, cell.column, cell.time, cell.mean, cell.P);
}

bool PressureOffsets::load(base::ByteReader& in) {
  base::Loader loader(in);
  loader(counters_.learnt, counters_.refused);
  const auto count = in.get<std::uint32_t>();
  if (!in.ok() || count > kMaxCells) return false;
  cells_.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    Cell cell;
    loader(cell.row, cell.column, cell.time, cell.mean, cell.P);
    if (!in.ok() || !base::is_reckonable(cell.time) || cell.column < 0 || cell.column >= kColumns ||
        cell.row < -45 || cell.row > 45 || (i > 0 && !comes_before(cells_.back(), cell))) {
      return false;
    }
    for (std::size_t k = 0; k < kKnots; ++k) {
      if (!(std::fabs(cell.mean[k]) < 1e5)) return false;
      for (std::size_t j = 0; j < kKnots; ++j) {
        const double p = cell.P[k][j];
        if (!(cell.P[k][k] >= 0.0 && cell.P[k][k] < 1e9) ||
            !(p * p <= (1.0 + 1e-6) * cell.P[k][k] * cell.P[j][j]) || p != cell.P[j][k]) {
          return false;
        }
      }
    }
    cells_.push_back(cell);
  }
  return true;
}

}  // namespace liptako::track
