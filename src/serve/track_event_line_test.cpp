#include "serve/track_event_line.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace liptako::serve {
namespace {

const std::vector<std::string> kSensors = {"Kati", "Gao \"nord\""};

track::TrackEvent some_event() {
  track::TrackEvent event;
  event.view.number = base::TrackNumber{7};
  event.view.cov_ee_m2 = 400;
  event.view.cov_nn_m2 = 10'000;
  event.trace.sensor = 1;
  event.trace.nis = 1.25;
  return event;
}

nlohmann::json line_of(const track::TrackEvent& event) {
  std::string line;
  append_track_event_json(event, kSensors, line);
  return nlohmann::json::parse(line);
}

TEST(TrackEventLine, TellsEllipseAndInnovation) {
  const auto line = line_of(some_event());
  EXPECT_EQ(line["track"], 7);
  EXPECT_EQ(line["nis"], 1.25);
  EXPECT_EQ(line["nis_source"], "Gao \"nord\"");
  // Standard deviations of 100 m north and 20 m east, times the root of 5.991.
  EXPECT_NEAR(line["semi_major_m"], 244.77, 0.01);
  EXPECT_NEAR(line["semi_minor_m"], 48.95, 0.01);
  EXPECT_EQ(line["ellipse_angle_deg"], 0.0);
}

TEST(TrackEventLine, IsNullWhereThereIsNothingToTell) {
  track::TrackEvent event = some_event();
  event.view.placed = false;
  event.kind = track::TrackEventKind::started;
  const auto line = line_of(event);
  for (const char* name :
       {"semi_major_m", "semi_minor_m", "ellipse_angle_deg", "nis", "nis_source"}) {
    EXPECT_TRUE(line.at(name).is_null()) << name;
  }
  event.kind = track::TrackEventKind::updated;
  event.trace.sensor = 9;
  EXPECT_TRUE(line_of(event).at("nis").is_null());
}

}  // namespace
}  // namespace liptako::serve
