#include "assess/paired.hpp"

#include <array>
#include <cmath>

#include "base/check.hpp"
#include "base/math.hpp"

namespace liptako::assess {

double student_95(std::uint64_t degrees) {
  CHECK(degrees > 0);
  static constexpr std::array<double, 10> kTable = {
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
  if (degrees <= kTable.size()) return kTable[degrees - 1];
  const double z = 1.959964, n = static_cast<double>(degrees);
  const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  return z + (z3 + z) / (4.0 * n) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * n * n) +
         (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * n * n * n);
}

std::optional<PairedRatio> paired_ratio(std::span<const PairedSums> runs) {
  double ours = 0.0, theirs = 0.0;
  for (const PairedSums& run : runs) {
    ours += run.ours;
    theirs += run.theirs;
  }
  if (!(ours > 0.0 && theirs > 0.0)) return std::nullopt;
  PairedRatio result;
  result.ratio = std::sqrt(ours / theirs);
  if (runs.size() < 2) return result;
  const auto n = static_cast<double>(runs.size());
  double squares = 0.0;
  for (const PairedSums& run : runs) {
    // The shares add up to zero.
    const double share = 0.5 * n * (run.ours / ours - run.theirs / theirs);
    squares += share * share;
  }
  const double error = std::sqrt(squares / (n - 1.0) / n);
  const double factor = base::exp(student_95(runs.size() - 1) * error);
  result.interval = {result.ratio / factor, result.ratio * factor};
  return result;
}

}  // namespace liptako::assess
