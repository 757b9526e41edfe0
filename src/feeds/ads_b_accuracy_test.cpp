// Standard deviations against the standards' tables, value by value.
#include "feeds/ads_b_accuracy.hpp"

#include <gtest/gtest.h>

namespace liptako::feeds {
namespace {

using codec::asterix::Cat021Report;

constexpr double kNauticalMile = 1852.0;

struct Said {
  int version = 2;
  int nic = 0;  // NUCp for version 0
  int nac_p = -1;
  int pic = -1;
};

Cat021Report report(const Said& said) {
  Cat021Report r;
  r.mops_version = {false, static_cast<std::uint8_t>(said.version), 2};
  r.quality.emplace();
  r.quality->nic = static_cast<std::uint8_t>(said.nic);
  if (said.nac_p >= 0) {
    r.quality->accuracy.emplace();
    r.quality->accuracy->nac_p = static_cast<std::uint8_t>(said.nac_p);
  }
  if (said.pic >= 0) r.quality->position_integrity_category = static_cast<std::uint8_t>(said.pic);
  return r;
}

double sd_m(const Said& said) { return position_sd(report(said)).metres(); }

// Of one axis, when this radius holds 95 % of circular errors.
double axis(double radius95_m) { return radius95_m / 2.448; }

TEST(AdsBAccuracy, NacpIsTheNinetyFivePercentRadius) {
  // [DO-260B, table 2-68]
  const double radius[] = {10 * kNauticalMile,
                           4 * kNauticalMile,
                           2 * kNauticalMile,
                           kNauticalMile,
                           0.5 * kNauticalMile,
                           0.3 * kNauticalMile,
                           0.1 * kNauticalMile,
                           0.05 * kNauticalMile,
                           30};
  for (const int version : {1, 2, 3}) {
    for (int nac_p = 1; nac_p <= 9; ++nac_p) {
      EXPECT_NEAR(sd_m({.version = version, .nic = 11, .nac_p = nac_p, .pic = 14}),
                  axis(radius[nac_p - 1]),
                  1e-6)
          << "what NIC and PIC contain does not matter, version " << version << " NACp " << nac_p;
    }
  }
  EXPECT_NEAR(sd_m({.nac_p = 10}), axis(10), 1e-6);
  EXPECT_EQ(sd_m({.nac_p = 11}), 1.5) << "3 m at 95 % are below the steps of a position";
}

TEST(AdsBAccuracy, NacpZeroIsTenNauticalMilesUnlessItIsContained) {
  for (const int version : {1, 2, 3}) {
    EXPECT_NEAR(sd_m({.version = version, .nac_p = 0}), axis(10 * kNauticalMile), 1e-6);
    // [DO-260B, NIC]: containment radius, of which half holds 95 %.
    const double contained[] = {20 * kNauticalMile,
                                8 * kNauticalMile,
                                4 * kNauticalMile,
                                2 * kNauticalMile,
                                kNauticalMile,
                                0.6 * kNauticalMile,
                                0.2 * kNauticalMile,
                                0.1 * kNauticalMile,
                                75};
    for (int nic = 1; nic <= 9; ++nic) {
      EXPECT_NEAR(
          sd_m({.version = version, .nic = nic, .nac_p = 0}), axis(contained[nic - 1] / 2), 1e-6)
          << "version " << version << " NIC " << nic;
    }
    EXPECT_NEAR(sd_m({.version = version, .nic = 10, .nac_p = 0}), axis(12.5), 1e-6);
    EXPECT_NEAR(sd_m({.version = version, .nic = 11, .nac_p = 0}), axis(3.75), 1e-6);
  }
}

TEST(AdsBAccuracy, ThePicOfTheStationDividesWhatNicLeavesTogether) {
  EXPECT_NEAR(sd_m({.nic = 6, .nac_p = 0, .pic = 9}), axis(0.15 * kNauticalMile), 1e-6);
  EXPECT_NEAR(sd_m({.nic = 6, .nac_p = 0, .pic = 8}), axis(0.25 * kNauticalMile), 1e-6);
  EXPECT_NEAR(sd_m({.nic = 6, .nac_p = 0, .pic = 7}), axis(0.3 * kNauticalMile), 1e-6);
  EXPECT_NEAR(sd_m({.nic = 1, .nac_p = 0, .pic = 2}), axis(5 * kNauticalMile), 1e-6);
  for (const int says_nothing : {0, 15}) {
    EXPECT_NEAR(sd_m({.nic = 8, .nac_p = 0, .pic = says_nothing}), axis(92.6), 1e-6);
    EXPECT_NEAR(sd_m({.nic = 0, .nac_p = 0, .pic = says_nothing}), axis(18520), 1e-6);
  }
}

TEST(AdsBAccuracy, WithoutNacpTheContainmentStands) {
  EXPECT_NEAR(sd_m({.nic = 8}), axis(92.6), 1e-6);
  EXPECT_EQ(sd_m({.nic = 0}), 300.0) << "nothing is said";
  EXPECT_EQ(sd_m({.nic = 15}), 300.0) << "no such category";
  EXPECT_NEAR(sd_m({.nic = 8, .nac_p = 15}), axis(92.6), 1e-6) << "no such category";
}

TEST(AdsBAccuracy, TheFirstVersionSaysNucp) {
  // [DO-260, table 2-11]: 95 % radius.
  const double radius[] = {10 * kNauticalMile,
                           5 * kNauticalMile,
                           kNauticalMile,
                           0.5 * kNauticalMile,
                           0.25 * kNauticalMile,
                           0.1 * kNauticalMile,
                           0.05 * kNauticalMile};
  for (int nuc_p = 1; nuc_p <= 7; ++nuc_p) {
    EXPECT_NEAR(sd_m({.version = 0, .nic = nuc_p}), axis(radius[nuc_p - 1]), 1e-6) << nuc_p;
    EXPECT_NEAR(sd_m({.version = 0, .nic = nuc_p, .nac_p = 0}), axis(radius[nuc_p - 1]), 1e-6)
        << "that version has no NACp";
  }
  EXPECT_EQ(sd_m({.version = 0, .nic = 9}), 1.5);
  EXPECT_EQ(sd_m({.version = 0, .nic = 0}), 300.0);
  Cat021Report unnamed = report({.version = 0, .nic = 7});
  unnamed.mops_version.reset();
  EXPECT_NEAR(position_sd(unnamed).metres(), axis(92.6), 1e-6);
  unnamed.quality.reset();
  EXPECT_EQ(position_sd(unnamed).metres(), 300.0);
}

TEST(AdsBAccuracy, NacvIsTheNinetyFivePercentSpeedError) {
  Cat021Report r = report({});
  const double expected[] = {10, 10, 3};  // 0: 10 m/s or worse, or unknown
  for (std::uint8_t nac_v = 0; nac_v < 3; ++nac_v) {
    r.quality->nac_v = nac_v;
    EXPECT_NEAR(velocity_sd(r).mps(), axis(expected[nac_v]), 1e-9) << int{nac_v};
  }
  r.quality->nac_v = 4;
  EXPECT_EQ(velocity_sd(r).mps(), 0.5);
}

}  // namespace
}  // namespace liptako::feeds
