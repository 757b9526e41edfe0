// A simulated world as recordings on disk, with its truth.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "app/commands.hpp"
#include "app/scenario_file.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "sim/recorder.hpp"

namespace liptako::app {
namespace {

namespace fs = std::filesystem;

// What a capture's time can hold: seconds since 1970 in 32 bits.
constexpr base::Duration kLastEnd = std::chrono::seconds(0xFFFF'FFFF);
constexpr double kShortestMinutes = 0.02;
constexpr double kLongestMinutes = 100'000.0;

base::Result<sim::RecordingOptions> recording_of(const SimOptions& options) {
  const auto wrong = [](const std::string& what) {
    return std::unexpected(base::Error{base::ErrorKind::usage, what});
  };
  const auto start = base::parse_rfc3339(options.start);
  if (!start) return wrong("--start: " + start.error().message);
  // Written so that no number at all is refused too.
  if (!(options.minutes >= kShortestMinutes && options.minutes <= kLongestMinutes)) {
    return wrong(fmt::format(
        "--minutes: {} is not in {}..{}", options.minutes, kShortestMinutes, kLongestMinutes));
  }
  const auto length = std::chrono::seconds(std::max(1L, std::lround(options.minutes * 60.0)));
  const base::Timestamp last = base::Timestamp(kLastEnd) - length;
  if (*start < base::Timestamp() || *start > last) {
    return wrong(fmt::format("--start: {} is not in {}..{}: a capture holds no other time",
                             options.start,
                             base::to_rfc3339(base::Timestamp()),
                             base::to_rfc3339(last)));
  }
  return sim::RecordingOptions{options.seed, *start, length};
}

base::Result<void> append_to(const fs::path& path, base::ByteView bytes) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::FILE* file = std::fopen(path.c_str(), "ab");
  const bool written =
      file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int why = errno;
  const bool closed = file != nullptr && std::fclose(file) == 0;
  if (written && closed) return {};
  return base::world_failed(
      fmt::format("{}: {}", path.string(), std::strerror(written ? errno : why)));
}

}  // namespace

int run_sim(const SimOptions& options) {
  const auto recording = recording_of(options);
  if (!recording) return report(recording.error());
  const auto scenario = read_scenario(options.scenario);
  if (!scenario) return report(scenario.error());
  const fs::path folder = options.output;
  std::error_code error;
  // Appending to an older recording would make neither of the two.
  if (fs::exists(folder, error) &&
      !(fs::is_directory(folder, error) && fs::is_empty(folder, error)))
    return report({base::ErrorKind::world, options.output + ": exists and is not an empty folder"});

  const auto summary =
      sim::record(*scenario, *recording, [&](const std::string& path, base::ByteView bytes) {
        return append_to(folder / path, bytes);
      });
  if (!summary) return report(summary.error());
  if (options.json) {
    print_out("{}", summary->manifest);
  } else {
    print_out("{}\n",
              fmt::format(fmt::runtime(say("{} : {} fichiers, {} datagrammes, {} aéronefs au plus "
                                           "en même temps ; graine {}",
                                           "{}: {} files, {} datagrams, {} aircraft at most at a "
                                           "time; seed {}")),
                          options.output,
                          summary->files.size() + 1,
                          summary->datagrams,
                          summary->most_aircraft,
                          options.seed));
  }
  return std::fflush(stdout) == 0 ? kDone : kWorldFailed;
}

}  // namespace liptako::app
