#include "feeds/ads_b_accuracy.hpp"

#include <array>
#include <cmath>

namespace liptako::feeds {
namespace {

constexpr double kRadius95PerSigma = 2.448;  // sqrt(-2 ln 0.05)
// A containment radius over the 95 % radius: what the standard itself pairs in the rows of the NUCp
// table [DO-260, table 2-11] but the two best (HPL 20 NM, 2 NM, 0.2 NM with HFOM 10 NM, 1 NM,
// 0.1 NM). In those, 25 m with 10 m and 7.5 m with 3 m, it is 2.5: the smaller trusts less.
constexpr double kContainmentPerRadius95 = 2.0;
constexpr double kUnknownSdM = 300.0;
// Positions are told in steps of 5.1 m [DO-260B, §2.2.3.2.3.7]; no report is better than this.
constexpr double kFloorSdM = 1.5;
constexpr double kCeilingSdM = 8000.0;  // 10 NM at 95 % is below it

// 95 % radius in metres by category; 0: not said.
constexpr std::array<double, 12> kNacP = {
    0, 18520, 7408, 3704, 1852, 926, 555.6, 185.2, 92.6, 30, 10, 3};
constexpr std::array<double, 10> kNucP = {0, 18520, 9260, 1852, 926, 463, 185.2, 92.6, 10, 3};
constexpr double kTenNauticalMilesM = 18520;
// Containment radius in metres; 0: not said. Where supplements divide a NIC, its largest.
constexpr std::array<double, 12> kNic = {
    0, 37040, 14816, 7408, 3704, 1852, 1111.2, 370.4, 185.2, 75, 25, 7.5};
constexpr std::array<double, 15> kPic = {
    0, 37040, 18520, 14816, 7408, 3704, 1852, 1111.2, 926, 555.6, 370.4, 185.2, 75, 25, 7.5};
// 95 % of heights are within so much [DO-260B, geometric vertical accuracy].
constexpr std::array<double, 3> kGva = {0, 150, 45};
constexpr double kAxis95PerSigma = 1.960;
constexpr std::array<double, 5> kNacVMps = {0, 10, 3, 1, 0.3};

template <std::size_t Size>
double entry(const std::array<double, Size>& table, std::size_t category) {
  return category < Size ? table[category] : 0.0;
}

// 0: not said.
double containment_radius_m(const codec::asterix::cat021::Quality& quality) {
  // The station's PIC has the supplements in it, so it is the finer of the two.
  if (quality.position_integrity_category) {
    const double radius = entry(kPic, *quality.position_integrity_category);
    if (radius > 0.0) return radius;
  }
  return entry(kNic, quality.nic);
}

// 95 % radius; 0: not said.
double radius95_m(const codec::asterix::Cat021Report& report) {
  if (!report.quality) return 0.0;
  const auto& quality = *report.quality;
  if (quality.accuracy) {
    const double radius = entry(kNacP, quality.accuracy->nac_p);
    if (radius > 0.0) return radius;
  }
  const bool first_version = !report.mops_version || report.mops_version->version == 0;
  if (first_version) return entry(kNucP, quality.nic);
  const double containment = containment_radius_m(quality);
  if (containment > 0.0) return containment / kContainmentPerRadius95;
  // NACp 0 says 10 NM or worse, or unknown; nothing says that it is better.
  return quality.accuracy && quality.accuracy->nac_p == 0 ? kTenNauticalMilesM : 0.0;
}

base::Length sd_of(double radius95) {
  const double sd = radius95 > 0.0 ? radius95 / kRadius95PerSigma : kUnknownSdM;
  return base::Length::from_metres(std::fmax(kFloorSdM, std::fmin(sd, kCeilingSdM)));
}

double radius95_m(const SquitterQuality& quality) {
  if (quality.nac_p) {
    const double radius = entry(kNacP, *quality.nac_p);
    if (radius > 0.0) return radius;
  }
  if (quality.version == 0) return entry(kNucP, quality.nuc_p);
  if (quality.containment) return quality.containment->metres() / kContainmentPerRadius95;
  return quality.nac_p == 0 ? kTenNauticalMilesM : 0.0;
}

}  // namespace

base::Length position_sd(const codec::asterix::Cat021Report& report) {
  return sd_of(radius95_m(report));
}

base::Length height_sd(const codec::asterix::Cat021Report& report) {
  if (!report.quality || !report.quality->assurance) return {};
  return base::Length::from_metres(
      entry(kGva, report.quality->assurance->geometric_altitude_accuracy) / kAxis95PerSigma);
}

base::Length position_sd(const codec::asterix::Cat021Ed023Report& report) {
  return sd_of(report.quality ? entry(kNucP, report.quality->nuc_p) : 0.0);
}

// The categories of NUCr are those of NACv [DO-260, table 2-22; DO-260A, table 2-25].
base::Speed velocity_sd(const codec::asterix::Cat021Ed023Report& report) {
  return velocity_sd(report.nuc_r.value_or(std::uint8_t{0}));
}

base::Length position_sd(const SquitterQuality& quality) { return sd_of(radius95_m(quality)); }

base::Speed velocity_sd(const codec::asterix::Cat021Report& report) {
  return velocity_sd(report.quality ? report.quality->nac_v : std::uint8_t{0});
}

base::Speed velocity_sd(std::uint8_t nac_v) {
  const double radius = nac_v > 0 && nac_v < kNacVMps.size() ? kNacVMps[nac_v] : 10.0;
  return base::Speed::from_mps(std::fmax(0.5, radius / kRadius95PerSigma));
}

}  // namespace liptako::feeds
