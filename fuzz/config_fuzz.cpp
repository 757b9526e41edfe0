// Any text as a configuration: refused with a message that says where, or accepted into something
// that the tracker and the sensor directory take.
#include <charconv>
#include <string>

#include "base/check.hpp"
#include "feeds/sensor_directory.hpp"
#include "node/config.hpp"
#include "track/sensors/models.hpp"
#include "track/tracker.hpp"

namespace {

using namespace liptako;

constexpr std::string_view kFile = "node.toml";

void check_message(const std::string& message, std::string_view text) {
  CHECK(message.starts_with("node.toml:"));
  std::size_t line = 0;
  const char* begin = message.data() + kFile.size() + 1;
  const auto [end, failure] = std::from_chars(begin, message.data() + message.size(), line);
  CHECK(failure == std::errc{} && *end == ':');
  CHECK(line >= 1 && line <= text.size() + 1);
}

void check_sensors(const std::vector<track::SensorDescription>& sensors) {
  CHECK(sensors.size() <= track::Tracker::kMaxSensors);
  track::Tracker tracker;
  tracker.set_sensors(sensors);
  feeds::SensorDirectory directory;
  directory.configure(sensors);
  for (const track::SensorDescription& s : sensors) {
    CHECK(!s.name.empty());
    CHECK(s.period >= std::chrono::milliseconds(100) && s.period <= std::chrono::seconds(60));
    CHECK(s.placed || !track::model_of(s.kind).needs_site);
    CHECK(sensors.size() == 64 || s.carries >> sensors.size() == 0);
    CHECK(directory.find(s.sac_sic, s.kind).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto sensors = node::parse_sensors(text, kFile);
  if (sensors) {
    check_sensors(*sensors);
  } else {
    check_message(sensors.error().message, text);
  }
  const auto config = node::parse_config(text, kFile);
  if (!config) {
    check_message(config.error().message, text);
    return 0;
  }
  CHECK(sensors.has_value() && sensors->size() == config->sensors.size());
  CHECK(!config->name.empty() && !config->record.empty());
  for (const node::SourceConfig& s : config->sources) {
    CHECK(!s.name.empty() && s.speed >= 0.0);
    CHECK(s.stall_after >= std::chrono::seconds(1));
    CHECK(s.kind != node::SourceKind::file || !s.path.empty());
  }
  return 0;
}
