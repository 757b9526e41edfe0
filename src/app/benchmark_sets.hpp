// Runs the cluster filter over a benchmark set: plots in, what is held after each scan out. Reads
// measurements only; the truth stays with the scorer (docs/SCORING.md, "Benchmark sets").
//
// The sets are the scenes of the Poisson multi-Bernoulli literature with their stated models, and
// air traffic under one radar. Files are text or gzip.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "track/cluster/set_estimate.hpp"

namespace liptako::app {

struct SetPlot {
  std::uint32_t run = 1;
  std::uint32_t scan = 0;
  double a = 0.0;  // x in metres, or azimuth in radians
  double b = 0.0;  // y in metres, or range in metres
};

// Columns [run,]k and two numbers, by the names in the first line; ordered by run, scan, then the
// two numbers. Total: any text gives plots or an error that names file and line.
[[nodiscard]] base::Result<std::vector<SetPlot>> parse_set_plots(std::string_view text,
                                                                 const std::string& name);

// "A-B" or "A".
struct RunRange {
  std::uint32_t first = 1;
  std::uint32_t last = 0;  // 0: to the end
};
[[nodiscard]] base::Result<RunRange> parse_run_range(const std::string& text);

// research: the last per cent of accuracy; operational: the one configuration for quality and
// speed.
enum class SetMode : std::uint8_t { research, operational };

// What the two agents of s2 tell each other: every plot after each scan; tracks with their evidence
// every ten scans (track/exchange); nothing.
enum class SetExchange : std::uint8_t { plots, tracks, none };

struct SetScan {
  std::uint32_t run = 0;
  std::uint32_t scan = 0;
  std::span<const track::ReportedPoint> held;
};

// How one sensor's plots fitted the tracks that took them.
struct SensorFit {
  std::string sensor;
  double plots = 0.0;
  double squares = 0.0;  // normalised innovations squared, over the plots

  // 1 if the models hold; absent without plots.
  [[nodiscard]] std::optional<double> nis() const {
    if (!(plots > 0.0)) return std::nullopt;
    return squares / plots / 2.0;
  }
};

struct SetSummary {
  std::uint64_t plots = 0;
  std::uint64_t scans = 0;
  std::uint64_t hypotheses = 0;
  std::uint64_t largest_cluster = 0;
  std::vector<SensorFit> sensors;
};

[[nodiscard]] bool is_benchmark_set(const std::string& set);
// File of a set's plots in its folder, without .gz.
[[nodiscard]] std::string plots_file_of(const std::string& set);
// Calls `held` after every scan of every run in the range, in order. Requires is_benchmark_set().
// The exchange is that of s2.
struct SetHow {
  SetMode mode = SetMode::operational;
  SetExchange exchange = SetExchange::plots;
};
SetSummary track_set(const std::string& set,
                     const SetHow& how,
                     std::span<const SetPlot> plots,
                     const RunRange& runs,
                     const std::function<void(const SetScan&)>& held);

}  // namespace liptako::app
