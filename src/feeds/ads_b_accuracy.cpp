#include "feeds/ads_b_accuracy.hpp"

#include <array>
#include <cmath>

namespace liptako::feeds {
namespace {

constexpr double kRadius95PerSigma = 2.448;  // sqrt(-2 ln 0.05)
constexpr double kUnknownSdM = 300.0;
// A position is also late by part of the age of its time stamp, and rounded; no report is better
// than this.
constexpr double kFloorSdM = 5.0;

// 95 % radius in metres by category; 0: unknown.
constexpr std::array<double, 12> kNacP = {
    0, 18520, 7408, 3704, 1852, 926, 555.6, 185.2, 92.6, 30, 10, 3};
constexpr std::array<double, 10> kNucP = {0, 18520, 9260, 1852, 926, 463, 185.2, 92.6, 10, 3};
constexpr std::array<double, 5> kNacVMps = {0, 10, 3, 1, 0.3};

}  // namespace

base::Length position_sd(const codec::asterix::Cat021Report& report) {
  double radius = 0.0;
  if (report.quality) {
    const bool first_version = !report.mops_version || report.mops_version->version == 0;
    const auto& q = *report.quality;
    if (q.accuracy && q.accuracy->nac_p > 0 && q.accuracy->nac_p < kNacP.size()) {
      radius = kNacP[q.accuracy->nac_p];
    } else if (first_version && q.nic < kNucP.size()) {
      radius = kNucP[q.nic];
    }
  }
  const double sd = radius > 0.0 ? radius / kRadius95PerSigma : kUnknownSdM;
  return base::Length::from_metres(std::fmax(kFloorSdM, std::fmin(sd, 8000.0)));
}

base::Speed velocity_sd(const codec::asterix::Cat021Report& report) {
  double radius = 10.0;
  if (report.quality && report.quality->nac_v > 0 && report.quality->nac_v < kNacVMps.size()) {
    radius = kNacVMps[report.quality->nac_v];
  }
  return base::Speed::from_mps(std::fmax(0.5, radius / kRadius95PerSigma));
}

}  // namespace liptako::feeds
