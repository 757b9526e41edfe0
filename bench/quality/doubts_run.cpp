#include "doubts_run.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "node/config.hpp"
#include "node/offline.hpp"
#include "serve/finding_line.hpp"
#include "sim/recorder.hpp"

namespace liptako::bench {
namespace {

base::Result<std::string> text_of(const std::string& path) {
  std::ifstream in(path);
  if (!in) return base::bad_input(path + ": cannot be read");
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

std::string_view view_of(const base::Bytes& bytes) {
  // NOLINTNEXTLINE(bugprone-casting-through-void): bytes seen as characters
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

}  // namespace

base::Result<sim::Scenario> read_scenario(const std::string& folder, const std::string& name) {
  const auto text = text_of(folder + "/" + name + ".toml");
  if (!text) return std::unexpected(text.error());
  return sim::load_scenario(*text, name, [&](std::string_view other) {
    return text_of(folder + "/" + std::string(other));
  });
}

base::Result<DoubtsRun> run_doubts(const sim::Scenario& scenario, const DoubtsRunOptions& options) {
  std::map<std::string, base::Bytes> files;
  const auto recorded = sim::record(scenario,
                                    {options.seed, options.start, options.length},
                                    [&](const std::string& path, base::ByteView bytes) {
                                      base::Bytes& file = files[path];
                                      file.insert(file.end(), bytes.begin(), bytes.end());
                                      return base::Result<void>();
                                    });
  if (!recorded) return std::unexpected(recorded.error());
  const std::string member = scenario.members.front() + "/";
  std::vector<base::ByteView> recordings;
  node::OfflineOptions how;
  how.date = base::Timestamp(std::chrono::floor<std::chrono::days>(options.start));
  for (const auto& [path, bytes] : files) {
    if (!path.starts_with(member)) continue;
    if (!path.ends_with(".toml")) {
      recordings.emplace_back(bytes);
      continue;
    }
    auto sensors = node::parse_sensors(view_of(bytes), path);
    if (!sensors) return std::unexpected(sensors.error());
    how.sensors = std::move(*sensors);
  }
  DoubtsRun out;
  how.findings = [&](const track::Finding& finding, std::span<const std::string> names) {
    serve::append_finding_json(finding, names, out.doubts);
    out.doubts += '\n';
  };
  const node::OfflineSummary summary =
      node::track_recordings(recordings, how, [](const auto&, auto) {});
  out.plots = summary.plots;
  const base::Bytes& truth = files["truth.jsonl"];
  // One line an aircraft and second.
  out.flight_hours = static_cast<double>(std::ranges::count(truth, std::uint8_t{'\n'})) / 3600.0;
  auto scores = assess::score_pathologies({view_of(files["labels.jsonl"]), "labels.jsonl"},
                                          {out.doubts, "doubts.jsonl"});
  if (!scores) return std::unexpected(scores.error());
  out.scores = std::move(*scores);
  return out;
}

}  // namespace liptako::bench
