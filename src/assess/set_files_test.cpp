#include "assess/set_files.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::assess {
namespace {

std::string error_of(const std::string& text) {
  const auto rows = parse_estimates({text, "est.csv"}, 81);
  return rows ? std::string() : rows.error().message;
}

TEST(SetFiles, EstimatesAreReadInAnyOrderOfColumnsAndRows) {
  const auto rows = parse_estimates(
      {"track,k,run,y,x\r\n7,2,1,-1.5,1e2\n\n3,2,1,4,5\n9,1,1,0,0\n1,1,12,0,.25", "e"}, 81);
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  ASSERT_EQ(rows->size(), 4u);
  EXPECT_EQ((*rows)[0].track, 9u);
  EXPECT_EQ((*rows)[1].track, 3u);
  EXPECT_EQ((*rows)[2].track, 7u);
  EXPECT_EQ((*rows)[2].x_m, 100.0);
  EXPECT_EQ((*rows)[2].y_m, -1.5);
  EXPECT_FALSE((*rows)[2].velocity.has_value());
  EXPECT_EQ((*rows)[3].run, 12u);
  EXPECT_EQ((*rows)[3].x_m, 0.25);
}

TEST(SetFiles, EstimatesMayTellVelocityAndCovariance) {
  const auto rows =
      parse_estimates({"run,k,track,x,y,vx,vy,pxx,pxy,pyy\n1,1,1,0,0,3,4,2,1,2\n", "e"}, 81);
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  EXPECT_EQ(rows->front().velocity->y_mps, 4.0);
  EXPECT_EQ(rows->front().covariance->xy, 1.0);
}

TEST(SetFiles, AFaultNamesFileLineAndColumn) {
  EXPECT_EQ(error_of(""), "est.csv: empty");
  EXPECT_EQ(error_of("run,k,track,x\n"), "est.csv:1: no column \"y\"");
  EXPECT_EQ(error_of("run,k,track,x,y,z\n"), "est.csv:1: unknown column \"z\"");
  EXPECT_EQ(error_of("run,k,track,x,y,x\n"), "est.csv:1: column \"x\" is there twice");
  EXPECT_EQ(error_of("run,k,track,x,y,vx\n"), "est.csv:1: no column \"vy\"");
  EXPECT_EQ(error_of("run,k,track,x,y\n1,1,1,0\n"), "est.csv:2: 4 values, not 5");
  EXPECT_EQ(error_of("run,k,track,x,y\n1,1,1,0,0\n1,82,1,0,0\n"),
            "est.csv:3: k: \"82\" is not a whole number in 1..81");
  EXPECT_EQ(error_of("run,k,track,x,y\n0,1,1,0,0\n"),
            "est.csv:2: run: \"0\" is not a whole number in 1..1000000");
  EXPECT_EQ(error_of("run,k,track,x,y\n1,1,-1,0,0\n"),
            "est.csv:2: track: \"-1\" is not a whole number in 0..18446744073709551615");
  EXPECT_EQ(error_of("run,k,track,x,y\n1,1,1,nan,0\n"),
            "est.csv:2: x: \"nan\" is not a number in -1e9..1e9");
  EXPECT_EQ(error_of("run,k,track,x,y\n1,1,1,0,1e400\n"),
            "est.csv:2: y: \"1e400\" is not a number in -1e9..1e9");
  EXPECT_EQ(error_of("run,k,track,x,y\n1,1,1,0,0\n2,1,1,0,0\n1,1,1,5,5\n"),
            "est.csv:4: track 1 at k 1 of run 1 is there twice, first in line 2");
  EXPECT_EQ(error_of("run,k,track,x,y,pxx,pxy,pyy\n1,1,1,0,0,1,1,1\n"),
            "est.csv:2: pxx,pxy,pyy: not positive definite");
}

TEST(SetFiles, TruthNeedsAllItsColumnsAndEveryAircraftOnce) {
  const auto rows = parse_set_truth({"k,target,x,vx,y,vy\n2,1,1,2,3,4\n1,5,0,0,0,0\n", "t.csv"});
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].scan, 1u);
  EXPECT_EQ((*rows)[1].velocity.x_mps, 2.0);
  EXPECT_EQ((*rows)[1].y_m, 3.0);
  EXPECT_EQ(parse_set_truth({"k,target,x,vx,y,vy\n", "t.csv"}).error().message, "t.csv: no rows");
  EXPECT_EQ(
      parse_set_truth({"k,target,x,vx,y,vy\n1,1,0,0,0,0\n1,1,0,0,0,0\n", "t.csv"}).error().message,
      "t.csv:3: target 1 at k 1 is there twice, first in line 2");
}

TEST(SetFiles, AReferenceMayHaveFurtherColumns) {
  const auto rows = parse_reference(
      {"filter,run,sum_gospa2,sum_loc,sum_missed,sum_false,cpu\npmbm,3,6,1,2,3,x\n", "r.csv"});
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  EXPECT_EQ(rows->front().filter, "pmbm");
  EXPECT_EQ(rows->front().false_tracks, 3.0);
  EXPECT_EQ(parse_reference(
                {"filter,run,sum_gospa2,sum_loc,sum_missed,sum_false\n\"\",1,1,1,1,1\n", "r.csv"})
                .error()
                .message,
            "r.csv:2: filter: not a name of letters, digits, _ and -");
}

TEST(SetFiles, RunsAreReadFromPlots) {
  const auto runs = parse_runs({"run,k,x,y\n2,1,0,0\n2,1,0,0\n1,1,0,0\n2,3,0,0\n", "m.csv"});
  ASSERT_TRUE(runs.has_value()) << runs.error().message;
  EXPECT_EQ(*runs, (std::vector<std::uint32_t>{1, 2}));
}

// Any text gives rows or an error that begins with the file's name: a good file with bytes changed,
// taken out and put in.
TEST(SetFiles, AnyTextGivesRowsOrAnError) {
  const std::string good =
      "run,k,track,x,y,vx,vy\n1,1,1,0.5,0.25,1,1\n1,2,1,-0.5,0.25,1,1\n2,2,3,9,9,1,1\n";
  base::Prng random(7);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
      const std::size_t at = random.below(text.size());
      const char byte = "0123456789,.-\n\r\"ek\xff"[random.below(19)];
      switch (random.below(3)) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.erase(at, 1 + random.below(5));
          break;
        default:
          text.insert(at, 1, byte);
      }
    }
    const auto rows = parse_estimates({text, "est.csv"}, 81);
    if (rows) continue;
    ++refused;
    EXPECT_TRUE(rows.error().message.starts_with("est.csv:")) << rows.error().message;
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace liptako::assess
