// Our GOSPA counts as the reference results count that the kept multi-target
// inputs come with: the same price of a missed and of a false target, the same
// truth, the same mean. The reference's own estimates are not kept, so its
// localisation part cannot be computed anew.
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "assess/gospa.hpp"

namespace liptako::assess {
namespace {

using Row = std::vector<std::string>;

std::filesystem::path tracking_data() {
  const char *given = std::getenv("LIPTAKO_SHARED_DATA");
  const std::filesystem::path root =
      given != nullptr ? given : std::filesystem::path(LIPTAKO_SOURCE_DIR) / "../shared/data";
  return root / "tracking";
}

// Rows after the header; empty if the file is not there.
std::vector<Row> read_csv(const std::string &name) {
  std::ifstream in(tracking_data() / name);
  std::vector<Row> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    Row row(1);
    for (const char c : line) {
      if (c == ',') {
        row.emplace_back();
      } else {
        row.back() += c;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

double number(const std::string &text) {
  double value = std::nan("");
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

TEST(Reference, AMissedTargetCostsWhatItCostsThere) {
  const auto truth = read_csv("s1_truth.csv");
  const auto reference = read_csv("s1_ref_per_run.csv");
  if (truth.empty() || reference.empty())
    GTEST_SKIP() << "no reference inputs in " << tracking_data()
                 << "; set LIPTAKO_SHARED_DATA to the folder that holds tracking/";
  GospaOptions options;
  options.cutoff = base::Length::from_metres(10);
  std::map<int, std::vector<geo::Position<geo::Enu>>> scans;
  for (const Row &row : truth)
    scans[std::stoi(row[0])].push_back({number(row[2]), number(row[4]), 0});
  ASSERT_EQ(scans.size(), 81u);
  double of_nothing = 0.0, of_itself = 0.0;
  for (const auto &[scan, points] : scans) {
    of_nothing += gospa<geo::Enu>(points, {}, options).total();
    of_itself += gospa<geo::Enu>(points, points, options).total();
  }
  // Target 1 is alive for k < 41, three others for all 81 scans, c²/2 = 50 m²
  // each.
  EXPECT_DOUBLE_EQ(of_nothing, (40 + 3 * 81) * 50.0);
  EXPECT_EQ(of_itself, 0.0);

  const double each = gospa<geo::Enu>(scans[1], {}, options).missed / 4.0;
  double sum = 0.0;
  int runs = 0;
  for (const Row &row : reference) {
    ASSERT_GE(row.size(), 6u);
    const double total = number(row[2]), localisation = number(row[3]);
    const double missed = number(row[4]), false_tracks = number(row[5]);
    // Written with three decimals; parts of whole targets are whole multiples
    // of ours.
    EXPECT_NEAR(total, localisation + missed + false_tracks, 0.002);
    EXPECT_EQ(std::fmod(missed, each), 0.0);
    EXPECT_EQ(std::fmod(false_tracks, each), 0.0);
    EXPECT_LE(missed, of_nothing);
    if (row[0] == "pmbm") {
      sum += total;
      ++runs;
    }
  }
  // The figure everybody is compared with: root of the mean over 40 runs of 81
  // scans.
  EXPECT_EQ(runs, 40);
  EXPECT_NEAR(std::sqrt(sum / (runs * 81.0)), 2.97, 0.005);
}

}  // namespace
}  // namespace liptako::assess
