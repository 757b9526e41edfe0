// Our scores count as the reference results count that the kept multi-target
// inputs come with: the same price of a missed and of a false target, the same
// truth, the same mean, the same phases of flight. The reference's own
// estimates of the crossing targets are not kept, so their localisation part
// cannot be computed anew; of the air traffic a reference filter is simple
// enough to be run here.
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "assess/gospa.hpp"
#include "assess/set_score.hpp"

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

std::string unpacked(const std::string &name) {
  std::string text;
  const gzFile file = gzopen((tracking_data() / name).c_str(), "rb");
  if (file == nullptr) return text;
  std::array<char, 1 << 16> part;
  for (int size = 1; size > 0;) {
    size = gzread(file, part.data(), part.size());
    if (size > 0) text.append(part.data(), static_cast<std::size_t>(size));
  }
  gzclose(file);
  return text;
}

// Which plot is an aircraft's: the nearest within 300 m, five standard deviations, of its true
// place.
class NearestPlots {
 public:
  explicit NearestPlots(const std::string &csv) {
    std::size_t at = csv.find('\n') + 1;
    while (at < csv.size()) {
      std::array<double, 3> row{};
      for (double &value : row) {
        const auto end = std::from_chars(csv.data() + at, csv.data() + csv.size(), value).ptr;
        at = static_cast<std::size_t>(end - csv.data()) + 1;
      }
      cells_[key(static_cast<int>(row[0]), cell(row[1]), cell(row[2]))].push_back({row[1], row[2]});
    }
  }
  const std::array<double, 2> *near(const TruthRow &truth) const {
    const std::array<double, 2> *best = nullptr;
    double least = 300.0;
    for (int dx = -1; dx <= 1; ++dx) {
      for (int dy = -1; dy <= 1; ++dy) {
        const auto found = cells_.find(
            key(static_cast<int>(truth.scan), cell(truth.x_m) + dx, cell(truth.y_m) + dy));
        if (found == cells_.end()) continue;
        for (const auto &plot : found->second) {
          const double distance = std::hypot(plot[0] - truth.x_m, plot[1] - truth.y_m);
          if (distance >= least) continue;
          least = distance;
          best = &plot;
        }
      }
    }
    return best;
  }

 private:
  static int cell(double x) { return static_cast<int>(std::floor(x / 1000.0)); }
  static std::array<int, 3> key(int scan, int x, int y) { return {scan, x, y}; }
  std::map<std::array<int, 3>, std::vector<std::array<double, 2>>> cells_;
};

// The reference's Kalman filter: constant velocity, noise density q, plots of 60 m an axis, alike
// in both axes.
struct Kalman {
  double x = 0, vx = 0, y = 0, vy = 0, pp = 3600.0, pv = 0.0, vv = 250.0 * 250.0;

  void predict(double q) {
    constexpr double t = kTrafficScanS;
    x += t * vx;
    y += t * vy;
    pp += 2 * t * pv + t * t * vv + q * t * t * t / 3;
    pv += t * vv + q * t * t / 2;
    vv += q * t;
  }
  void update(const std::array<double, 2> &plot) {
    const double position = pp / (pp + 3600.0), velocity = pv / (pp + 3600.0);
    const double ex = plot[0] - x, ey = plot[1] - y;
    x += position * ex;
    vx += velocity * ex;
    y += position * ey;
    vy += velocity * ey;
    vv -= velocity * pv;
    pv *= 1 - position;
    pp *= 1 - position;
  }
};

TEST(Reference, AFilterWithKnownAssociationScoresWhatItScoresThere) {
  const std::string truth_text = unpacked("atc1000_truth.csv.gz");
  const std::string plots_text = unpacked("atc1000_meas.csv.gz");
  if (truth_text.empty() || plots_text.empty())
    GTEST_SKIP() << "no reference inputs in " << tracking_data()
                 << "; set LIPTAKO_SHARED_DATA to the folder that holds tracking/";
  const auto truth = parse_set_truth({truth_text, "atc1000_truth.csv"});
  ASSERT_TRUE(truth.has_value()) << truth.error().message;
  const NearestPlots plots(plots_text);
  struct Figures {
    double q, all, straight, turn, heading_straight, heading_turn;
  };
  // Of the table of reference filters given with the inputs, to the digits it has.
  for (const Figures &there :
       {Figures{10, 117, 73, 173, 2.0, 13.6}, Figures{100, 83.5, 77, 94, 3.4, 7.5}}) {
    std::map<std::uint64_t, Kalman> filters;
    std::vector<EstimateRow> estimates;
    // A few filters lost their way, by wrong or missing plots: an error to the reference, missed to
    // us.
    double beyond_c = 0.0;
    int lost = 0;
    for (const TruthRow &row : *truth) {
      const auto *plot = plots.near(row);
      const auto known = filters.find(row.target);
      if (known == filters.end()) {
        if (plot == nullptr) continue;
        Kalman filter;
        filter.x = (*plot)[0];
        filter.y = (*plot)[1];
        filters.emplace(row.target, filter);
      } else {
        known->second.predict(there.q);
        if (plot != nullptr) known->second.update(*plot);
      }
      const Kalman &filter = filters.at(row.target);
      estimates.push_back(
          {1, row.scan, row.target, filter.x, filter.y, Velocity{filter.vx, filter.vy}, {}});
      const double error = std::hypot(filter.x - row.x_m, filter.y - row.y_m);
      if (row.scan < kTrafficErrorsFromScan || error < kTrafficCutoffM) continue;
      beyond_c += error * error;
      ++lost;
    }
    const auto score = score_traffic("atc1000", *truth, estimates);
    ASSERT_TRUE(score.has_value()) << score.error().message;
    PhaseErrors all = score->straight;
    all += score->turn;
    EXPECT_EQ(score->aircraft, 1000u);
    EXPECT_LE(lost, 4);
    EXPECT_EQ(all.matched + static_cast<std::uint64_t>(lost), 22'000u);
    EXPECT_NEAR(std::sqrt((all.square_position_m2 + beyond_c) / 22'000.0), there.all, 0.5);
    EXPECT_NEAR(*score->straight.position_rms_m(), there.straight, 1.2);
    EXPECT_NEAR(*score->turn.position_rms_m(), there.turn, 1.7);
    EXPECT_NEAR(*score->straight.heading_rms_deg(), there.heading_straight, 0.05);
    EXPECT_NEAR(*score->turn.heading_rms_deg(), there.heading_turn, 0.05);
  }
}

}  // namespace
}  // namespace liptako::assess
