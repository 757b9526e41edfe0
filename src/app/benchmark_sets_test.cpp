#include "app/benchmark_sets.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::app {
namespace {

TEST(SetPlots, are_read_by_run_and_scan_whatever_their_order) {
  const auto plots = parse_set_plots("run,k,x,y\n2,1,5,6\n1,2,3,4\n\r\n1,1,1.5,-2\r\n", "f.csv");
  ASSERT_TRUE(plots) << plots.error().message;
  ASSERT_EQ(plots->size(), 3U);
  EXPECT_EQ((*plots)[0].a, 1.5);
  EXPECT_EQ((*plots)[0].b, -2.0);
  EXPECT_EQ((*plots)[1].scan, 2U);
  EXPECT_EQ((*plots)[2].run, 2U);
}

TEST(SetPlots, of_air_traffic_have_no_run) {
  const auto plots = parse_set_plots("k,x,y\n1,39817.1,24970.0\n", "f.csv");
  ASSERT_TRUE(plots) << plots.error().message;
  EXPECT_EQ(plots->at(0).run, 1U);
}

TEST(SetPlots, an_error_names_file_and_line) {
  const auto error = [](const std::string& text) {
    const auto plots = parse_set_plots(text, "f.csv");
    return plots ? std::string("none") : plots.error().message;
  };
  EXPECT_EQ(error(""), "f.csv:1: the file is empty");
  EXPECT_EQ(error("a,b\n"),
            "f.csv:1: the first line is not run,k and two more names, or k and two more");
  EXPECT_EQ(error("run,k,x,y\n1,1,2\n"), "f.csv:2: 3 columns, not 4");
  EXPECT_EQ(error("run,k,x,y\n0,1,2,3\n"), "f.csv:2: run is not a number from 1 to 1000000");
  EXPECT_EQ(error("run,k,x,y\n1,1,2,3\n1,-1,2,3\n"),
            "f.csv:3: k is not a number from 1 to 1000000");
  EXPECT_EQ(error("k,x,y\n1,nan,3\n"), "f.csv:2: 'nan' is not a coordinate");
  EXPECT_EQ(error("k,x,y\n1,1e300,3\n"), "f.csv:2: '1e300' is not a coordinate");
  EXPECT_EQ(error("k,x,y\n1,2,3x\n"), "f.csv:2: '3x' is not a coordinate");
}

TEST(SetPlots, any_bytes_give_plots_or_an_error) {
  constexpr std::string_view kAlphabet = "0123456789,,\n\n.-ekrunxy\r";
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    base::Prng prng(seed);
    std::string text = prng.chance(0.5) ? "run,k,x,y\n" : "k,x,y\n";
    for (std::uint64_t n = prng.below(60); n > 0; --n)
      text += kAlphabet[prng.below(kAlphabet.size())];
    const auto plots = parse_set_plots(text, "f");
    if (!plots) {
      EXPECT_TRUE(plots.error().message.starts_with("f:")) << plots.error().message;
      continue;
    }
    for (const SetPlot& plot : *plots) EXPECT_TRUE(plot.scan >= 1 && plot.run >= 1);
  }
}

TEST(RunRange, is_one_run_or_from_one_to_another) {
  EXPECT_EQ(parse_run_range("7")->last, 7U);
  EXPECT_EQ(parse_run_range("3-9")->first, 3U);
  EXPECT_EQ(parse_run_range("")->last, 0U);
  for (const char* wrong : {"0", "5-4", "-", "a", "1-", "1-2-3", " 1"}) {
    EXPECT_FALSE(parse_run_range(wrong)) << wrong;
  }
}

// One aircraft seen in every scan among false plots, in plane coordinates.
std::vector<SetPlot> one_run(std::uint32_t run) {
  std::vector<SetPlot> plots;
  base::Prng prng(run);
  for (std::uint32_t k = 1; k <= 81; ++k) {
    plots.push_back({run, k, 100.0 + 0.5 * k + prng.normal(), 120.0 + prng.normal()});
    for (int n = prng.poisson(10.0); n > 0; --n) {
      plots.push_back({run, k, prng.uniform(0.0, 300.0), prng.uniform(0.0, 300.0)});
    }
  }
  return plots;
}

TEST(TrackSet, holds_an_aircraft_under_one_number_among_false_plots) {
  const auto plots = one_run(1);
  int held = 0, others = 0;
  std::uint32_t number = 0, changes = 0;
  (void)track_set("s1", {}, plots, {}, [&](const SetScan& scan) {
    for (const track::ReportedPoint& point : scan.held) {
      const bool near = std::fabs(point.state.x[0] - 100.0 - 0.5 * scan.scan) < 4.0 &&
                        std::fabs(point.state.x[1] - 120.0) < 4.0;
      held += near ? 1 : 0;
      others += near ? 0 : 1;
      if (near && number != point.label) {
        number = point.label;
        ++changes;
      }
    }
  });
  EXPECT_GE(held, 79);
  EXPECT_LE(others, 2);
  EXPECT_EQ(changes, 1U);
}

TEST(TrackSet, a_run_does_not_depend_on_the_others_nor_on_the_order_of_plots_in_a_scan) {
  auto plots = one_run(1);
  const auto rows = [](std::span<const SetPlot> in, const RunRange& range) {
    std::string text;
    (void)track_set("s1", {SetMode::research}, in, range, [&](const SetScan& scan) {
      for (const track::ReportedPoint& p : scan.held) {
        text += fmt::format("{} {} {} {}\n", scan.run, scan.scan, p.state.x[0], p.state.x[1]);
      }
    });
    return text;
  };
  const std::string alone = rows(plots, {});
  auto reversed = plots;
  for (auto it = reversed.begin(); it != reversed.end();) {
    auto end = it;
    while (end != reversed.end() && end->scan == it->scan) ++end;
    std::reverse(it, end);
    it = end;
  }
  EXPECT_EQ(rows(reversed, {}), alone);
  const auto second = one_run(2);
  plots.insert(plots.end(), second.begin(), second.end());
  EXPECT_EQ(rows(plots, {1, 1}), alone);
}

TEST(TrackSet, agents_that_tell_each_other_tracks_hold_an_aircraft_better_than_alone) {
  auto plots = one_run(1);
  const auto second = one_run(2);
  plots.insert(plots.end(), second.begin(), second.end());
  const auto error = [&](SetExchange exchange) {
    double squares = 0.0;
    int rows = 0;
    (void)track_set("s2", {SetMode::operational, exchange}, plots, {}, [&](const SetScan& scan) {
      for (const track::ReportedPoint& point : scan.held) {
        const double east = point.state.x[0] - 100.0 - 0.5 * scan.scan;
        const double north = point.state.x[1] - 120.0;
        if (std::fabs(east) > 4.0 || std::fabs(north) > 4.0) continue;
        squares += east * east + north * north;
        ++rows;
      }
    });
    EXPECT_GE(rows, 2 * 75);
    return squares / rows;
  };
  const double alone = error(SetExchange::none);
  EXPECT_LT(error(SetExchange::tracks), 0.9 * alone);
  EXPECT_LT(error(SetExchange::plots), 0.9 * alone);
}

}  // namespace
}  // namespace liptako::app
