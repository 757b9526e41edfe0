// The real writers, held against the schema with full paths: whatever key they put out is declared.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "assess/report.hpp"
#include "assess/set_score.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/asterix/json.hpp"
#include "codec/asterix/random_records_for_tests.hpp"
#include "schema/report.hpp"
#include "serve/documents.hpp"
#include "serve/track_event_line.hpp"
#include "sim/recorder.hpp"
#include "sim/scenario.hpp"

namespace liptako::schema {
namespace {

using nlohmann::json;

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> out(1);
  for (const char c : path) {
    if (c == '.') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

// The paths of some types, those in angle brackets standing for any key.
class Paths {
 public:
  explicit Paths(std::initializer_list<std::string_view> names) {
    std::size_t found = 0;
    for (const Type& type : all_types()) {
      if (std::find(names.begin(), names.end(), type.name) == names.end()) continue;
      ++found;
      for (const Field& field : type.fields) paths_.push_back(split(field.path));
    }
    EXPECT_EQ(found, names.size());
    std::sort(paths_.begin(), paths_.end());
  }

  void expect_knows(const json& value, const std::vector<std::string>& at = {}) const {
    if (value.is_array()) {
      for (const json& element : value) expect_knows(element, at);
    }
    if (!value.is_object()) return;
    for (const auto& [key, below] : value.items()) {
      std::vector<std::string> path = at;
      path.push_back(key);
      ASSERT_TRUE(knows(path)) << ::testing::PrintToString(path)
                               << " is written, but not declared in spec/schema (docs/SCHEMA.md)";
      expect_knows(below, path);
    }
  }
  void expect_knows_lines(const std::string& lines) const {
    std::size_t at = 0;
    while (at < lines.size()) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size());
      expect_knows(json::parse(lines.substr(at, end - at)));
      at = end + 1;
    }
  }
  [[nodiscard]] bool knows(const std::vector<std::string>& path) const {
    if (std::binary_search(paths_.begin(), paths_.end(), path)) return true;
    return std::any_of(paths_.begin(), paths_.end(), [&](const auto& declared) {
      return declared.size() == path.size() &&
             std::equal(
                 path.begin(), path.end(), declared.begin(), [](const auto& a, const auto& b) {
                   return a == b || b.starts_with('<');
                 });
    });
  }

 private:
  std::vector<std::vector<std::string>> paths_;
};

track::TrackView some_track() {
  track::TrackView track;
  track.number = base::TrackNumber{7};
  track.icao_address = base::IcaoAddress(0x0A1B2C);
  track.call_sign = base::CallSign("TLK12");
  track.mode_3a = base::ModeACode(0777);
  track.pressure_altitude = base::Length::from_flight_level(350);
  track.sensors = 1;
  return track;
}

const std::vector<std::string> kSensors = {"Kati"};

TEST(Written, TheStatusOfAFilledNode) {
  serve::NodeStatus status;
  status.node = "bamako";
  status.record.degraded = true;
  status.record.detail = "full";
  status.latency_p50 = base::seconds(1);
  serve::SourceStatus source;
  source.detail = "gone";
  source.rejected.push_back({"truncated", 1, "here"});
  status.sources.push_back(source);
  status.sensors.emplace_back();
  status.federation.emplace();
  status.federation->members.emplace_back();
  Paths({"api.status"}).expect_knows(json::parse(serve::status_json(status)));
}

TEST(Written, TheTracksAndOneOfThemWithItsUpdates) {
  const std::vector<track::TrackView> tracks = {some_track()};
  Paths({"api.tracks"}).expect_knows(json::parse(serve::tracks_json({}, tracks, kSensors)));
  std::vector<serve::UpdateTrace> updates;
  for (const std::string_view name : {"range_m", "azimuth_deg", "east_m", "north_m"}) {
    serve::UpdateTrace update;
    update.components = 1;
    update.innovation[0].name = name;
    updates.push_back(update);
  }
  const std::vector<track::Finding> findings(1);
  Paths({"api.track"})
      .expect_knows(json::parse(serve::track_json({}, tracks[0], {updates, findings}, kSensors)));
  std::string line;
  serve::append_track_event_json({track::TrackEventKind::updated, tracks[0], {}}, kSensors, line);
  Paths({"file.tracks_line"}).expect_knows(json::parse(line));
}

TEST(Written, TheCommonPictureAndOneOfItsTracks) {
  serve::CommonPicture picture;
  picture.cut.push_back({"ML", 1, 2});
  serve::CommonTrack track;
  track.view = some_track();
  track.aliases = {"BF-1"};
  track.split_from = "NE-2";
  track.contributors.emplace_back();
  track.contributors.back().sensors = {"Kati"};
  picture.tracks.push_back(track);
  Paths({"api.common"}).expect_knows(json::parse(serve::common_json(picture)));
  Paths({"api.common_track"})
      .expect_knows(json::parse(serve::common_track_json(picture, picture.tracks[0])));
}

TEST(Written, AnswersToCommands) {
  Paths({"api.error"}).expect_knows(json::parse(serve::error_json("no")));
  Paths({"api.accepted"}).expect_knows(json::parse(serve::accepted_json()));
}

struct Lines {
  std::string records;
  std::string errors;
  std::string blocks;
  void on_record(const codec::asterix::Record& r) { append_json(r, "\"file\":\"a\",", records); }
  void on_error(const codec::asterix::RecordError& e) { append_json(e, "\"file\":\"a\",", errors); }
  void on_other(const codec::asterix::Block& b) { append_json(b, "\"file\":\"a\",", blocks); }
};

// Random records have every item, with extensions, spare bits and padding.
TEST(Written, DecodedRecordsOfEveryCategory) {
  for (const codec::asterix::Category* category : codec::asterix::kCategories) {
    codec::asterix::RandomRecords random(*category, 17);
    Lines lines;
    for (int i = 0; i < 60; ++i) {
      const base::Bytes block = random.block();
      codec::asterix::BlockWalker walker(block);
      for_each_record(walker, lines);
      codec::asterix::BlockWalker cut(base::ByteView(block).first(block.size() / 2));
      for_each_record(cut, lines);
    }
    const std::string name = "asterix.cat0" + std::to_string(category->number);
    ASSERT_GT(lines.records.size(), 1000u);
    Paths({"output.decode_record", name}).expect_knows_lines(lines.records);
    Paths({"output.decode_error"}).expect_knows_lines(lines.errors);
  }
}

TEST(Written, ABlockThatIsNotDecoded) {
  Lines lines;
  const base::Bytes block = {200, 0, 5, 1, 2};
  codec::asterix::BlockWalker walker(block);
  for_each_record(walker, lines);
  ASSERT_FALSE(lines.blocks.empty());
  Paths({"output.decode_block"}).expect_knows_lines(lines.blocks);
}

TEST(Written, TheScore) {
  assess::LinesScore scored;
  scored.score.groups[0].expected = 1;
  scored.score.phases[0].expected = 1;
  scored.nis["radar"].take(1.0);
  const std::vector<std::string_view> groups = {"radar"};
  Paths({"output.score"}).expect_knows(json::parse(assess::to_json(scored, {}, groups)));
}

TEST(Written, TheScoreOfABenchmarkSet) {
  assess::PointSetScore points;
  points.references.emplace_back();
  points.references[0].paired = assess::PairedRatio{1.0, {{0.9, 1.1}}};
  Paths({"output.score_set"}).expect_knows(json::parse(assess::to_json(points)));
  Paths({"output.score_traffic"})
      .expect_knows(json::parse(assess::to_json(assess::TrafficScore())));
}

TEST(Written, TheSchemaItself) {
  Paths({"output.schema"}).expect_knows(json::parse(to_json(all_types())));
}

TEST(Written, ASimulatedRecording) {
  const auto scenario = sim::load_scenario(R"(
name = "one"
[[radar]]
name = "r"
node = "n"
kind = "mode_s"
sac = 1
sic = 1
latitude_deg = 12.0
longitude_deg = -8.0
antenna_m = 400
range_km = 300
delay_s = [0.1, 0.2]
period_s = 4.0
range_sd_m = 50
azimuth_sd_deg = 0.08
pd = 0.9
[[point]]
name = "a"
latitude_deg = 12.0
longitude_deg = -9.0
[[point]]
name = "b"
latitude_deg = 12.5
longitude_deg = -7.0
[[traffic]]
name = "t"
kind = "airliner"
route = ["a", "b"]
departs_min = -2
levels_ft = [31000]
fleet = [["AFR###", "380000-3BFFFF"]]
)",
                                           "one.toml",
                                           {});
  ASSERT_TRUE(scenario) << scenario.error().message;
  std::map<std::string, std::string, std::less<>> files;
  const sim::RecordingOptions options{.seed = 1,
                                      .start = base::timestamp_from_ns(1'795'357'927'000'000'000),
                                      .length = base::seconds(20)};
  const auto done =
      sim::record(*scenario, options, [&](std::string_view path, base::ByteView bytes) {
        files[std::string(path)].append(bytes.begin(), bytes.end());
        return base::Result<void>();
      });
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_FALSE(files["truth.jsonl"].empty());
  Paths({"file.truth_line"}).expect_knows_lines(files["truth.jsonl"]);
  Paths({"file.manifest"}).expect_knows(json::parse(files["manifest.json"]));
}

}  // namespace
}  // namespace liptako::schema
