#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "app/commands.hpp"
#include "app/files.hpp"
#include "app/recordings.hpp"
#include "app/terminal.hpp"
#include "app/terrain_file.hpp"
#include "app/words.hpp"
#include "io/packed_file.hpp"
#include "node/config.hpp"
#include "node/offline.hpp"
#include "serve/finding_line.hpp"
#include "serve/registration_line.hpp"
#include "serve/track_event_line.hpp"
#include "track/smoothing.hpp"

namespace liptako::app {
namespace {

constexpr std::size_t kMaxSensorsSize = 1 << 20;
constexpr std::size_t kWriteChunk = 1 << 20;

}  // namespace

int run_track(const TrackOptions& options) {
  if (!options.set.empty()) return run_track_set(options);
  if (options.files.empty() || !options.data.empty() || !options.runs.empty()) {
    return report({base::ErrorKind::usage,
                   std::string(say("il faut des enregistrements, ou --set et --data",
                                   "recordings are needed, or --set and --data"))});
  }
  node::OfflineOptions offline;
  std::optional<geo::TerrainGrid> terrain;
  offline.registration = !options.no_registration;
  if (!options.date.empty()) {
    auto date = base::parse_rfc3339(options.date);
    if (!date) return report(date.error());
    // The day begins at midnight, whatever time of day was written.
    offline.date = base::Timestamp(std::chrono::floor<std::chrono::days>(*date));
  }
  if (!options.sensors.empty()) {
    auto text = read_file(options.sensors, kMaxSensorsSize);
    if (!text) return report(text.error());
    auto sensors = node::parse_sensors(*text, options.sensors);
    if (!sensors) return report(sensors.error());
    offline.sensors = std::move(*sensors);
    const auto configured = node::parse_terrain(*text, options.sensors);
    if (!configured) return report(configured.error());
    auto read = read_terrain(*configured, find_shipped(kShippedTerrain));
    if (!read) return report(read.error());
    terrain = std::move(*read);
    offline.terrain = terrain ? &*terrain : nullptr;
  }
  std::vector<io::WholeFile> files;
  std::vector<base::ByteView> recordings;
  for (const std::string& path : options.files) {
    auto file = io::WholeFile::open(path);
    if (!file) return report(file.error());
    files.push_back(std::move(*file));
  }
  for (const io::WholeFile& file : files) recordings.push_back(file.bytes());

  const bool to_stdout = options.output == "-";
  std::FILE* out = to_stdout ? stdout : std::fopen(options.output.c_str(), "w");
  if (out == nullptr) {
    return report(
        {base::ErrorKind::world, fmt::format("{}: {}", options.output, std::strerror(errno))});
  }
  std::string lines;
  bool written = true;
  const auto flush = [&] {
    written = written && std::fwrite(lines.data(), 1, lines.size(), out) == lines.size();
    lines.clear();
  };
  std::FILE* doubts = nullptr;
  if (!options.doubts.empty()) {
    doubts = std::fopen(options.doubts.c_str(), "w");
    if (doubts == nullptr) {
      return report(
          {base::ErrorKind::world, fmt::format("{}: {}", options.doubts, std::strerror(errno))});
    }
    offline.findings = [&](const track::Finding& finding, std::span<const std::string> names) {
      std::string line;
      serve::append_finding_json(finding, names, line);
      line += '\n';
      written = written && std::fwrite(line.data(), 1, line.size(), doubts) == line.size();
    };
  }
  std::uint64_t updates = 0;
  std::optional<track::FixedLagSmoother> smoother;
  if (options.smooth_s) smoother.emplace(base::seconds(*options.smooth_s));
  std::vector<track::TrackEvent> later;
  std::vector<std::string> names;
  const auto write = [&](const track::TrackEvent& event,
                         std::span<const std::string> sensor_names) {
    serve::append_track_event_json(event, sensor_names, lines);
    lines += '\n';
    ++updates;
    if (lines.size() > kWriteChunk) flush();
  };
  std::string registration;
  const node::OfflineSummary summary = node::track_recordings(
      recordings,
      offline,
      [&](const track::TrackEvent& event, std::span<const std::string> sensor_names) {
        if (!smoother) return write(event, sensor_names);
        names.assign(sensor_names.begin(), sensor_names.end());
        later.clear();
        smoother->take(event, later);
        for (const track::TrackEvent& one : later) write(one, sensor_names);
      },
      [&](base::Timestamp time,
          const track::Tracker& tracker,
          std::span<const std::string> sensor_names) {
        for (std::size_t k = 0; k < sensor_names.size(); ++k) {
          const auto i = static_cast<std::uint16_t>(k);
          if (!tracker.registration().takes_part(i)) continue;
          serve::append_registration_json(
              time, sensor_names[k], tracker.registration().report(i), registration);
          registration += '\n';
        }
      });
  if (smoother) {
    later.clear();
    smoother->finish(later);
    for (const track::TrackEvent& one : later) write(one, names);
  }
  flush();
  if (doubts != nullptr) written = std::fclose(doubts) == 0 && written;
  if (!options.registration.empty()) {
    std::FILE* file = std::fopen(options.registration.c_str(), "w");
    bool kept = file != nullptr && std::fwrite(registration.data(), 1, registration.size(), file) ==
                                       registration.size();
    kept = file != nullptr && std::fclose(file) == 0 && kept;
    if (!kept) {
      return report({base::ErrorKind::world,
                     fmt::format("{}: {}", options.registration, std::strerror(errno))});
    }
  }
  written = (to_stdout ? std::fflush(out) : std::fclose(out)) == 0 && written;
  if (!written)
    return report(
        {base::ErrorKind::world, fmt::format("{}: {}", options.output, std::strerror(errno))});

  for (const track::SensorDescription& sensor : summary.sensors) {
    if (sensor.kind == track::SensorKind::polar_radar && !sensor.placed) {
      print_error(
          "{}\n",
          fmt::format(
              fmt::runtime(say("liptako : {} : site inconnu, pistes sans position (--sensors)",
                               "liptako: {}: site unknown, tracks without position (--sensors)")),
              sensor.name));
    }
  }
  bool breaks_off = false;
  for (std::size_t i = 0; i < summary.recordings.size(); ++i) {
    const feeds::IndexedRecording& recording = summary.recordings[i];
    tell_of_capture(options.files[i], recording.skips, recording.fault, std::cerr);
    breaks_off = breaks_off || recording.fault;
  }
  for (std::size_t i = 0; i < summary.rejected.size(); ++i) {
    for (const feeds::Rejected& r : summary.rejected[i]) {
      print_error("liptako: {}: {} x {} ({})\n", options.files[i], r.count, r.reason, r.last);
    }
  }
  print_error("{}\n",
              fmt::format(fmt::runtime(say("{} enregistrements, {} plots, {} lignes",
                                           "{} records, {} plots, {} lines")),
                          summary.records,
                          summary.plots,
                          updates));
  const bool nothing_read = summary.records == 0;
  return nothing_read || breaks_off ? kInputAtFault : kDone;
}

}  // namespace liptako::app
