#include "sets_run.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "io/packed_file.hpp"

namespace liptako::bench {
namespace {

using base::Result;

constexpr std::string_view kTraffic[] = {"atc10", "atc100", "atc1000"};

// A file's text, plain or as .gz; empty if it is not there.
Result<std::string> text_of(const std::string& folder, std::string_view name) {
  std::filesystem::path path = std::filesystem::path(folder) / name;
  std::error_code fault;
  if (!std::filesystem::exists(path, fault)) path += ".gz";
  if (!std::filesystem::exists(path, fault)) return std::string();
  const auto file = io::WholeFile::open(path.string());
  if (!file) return std::unexpected(file.error());
  return std::string(file->bytes().begin(), file->bytes().end());
}

struct SetFiles {
  std::string name;
  std::string truth;
  std::string plots;
  std::string reference;
};

Result<std::optional<SetFiles>> files_of(const std::string& folder,
                                         const std::string& set,
                                         const assess::PointSet* point_set) {
  SetFiles files{set, {}, {}, {}};
  const std::string truth =
      point_set != nullptr ? std::string(point_set->truth) : set + "_truth.csv";
  const std::pair<std::string*, std::string> wanted[] = {
      {&files.truth, truth},
      {&files.plots, app::plots_file_of(set)},
      {&files.reference, point_set != nullptr ? std::string(point_set->reference) : std::string()},
  };
  for (const auto& [into, name] : wanted) {
    if (name.empty()) continue;
    auto text = text_of(folder, name);
    if (!text) return std::unexpected(text.error());
    *into = std::move(*text);
  }
  if (files.truth.empty() || files.plots.empty()) return std::nullopt;
  return files;
}

struct Tracked {
  std::vector<assess::EstimateRow> estimates;
  SetResult result;
};

Tracked tracked(const SetFiles& files,
                const app::SetHow& how,
                std::span<const app::SetPlot> plots,
                const app::RunRange& runs) {
  Tracked out;
  out.result.how = how;
  const std::clock_t begun = std::clock();
  const app::SetSummary summary =
      app::track_set(files.name, how, plots, runs, [&](const app::SetScan& scan) {
        for (const track::ReportedPoint& point : scan.held) {
          const auto& x = point.state.x;
          out.estimates.push_back(
              {scan.run,
               scan.scan,
               point.label,
               x[track::kEast],
               x[track::kNorth],
               assess::Velocity{x[track::kVelocityEast], x[track::kVelocityNorth]},
               assess::PositionCovariance{point.error[track::packed(0, 0)],
                                          point.error[track::packed(0, 1)],
                                          point.error[track::packed(1, 1)]}});
        }
      });
  out.result.cpu_s = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  out.result.plots = summary.plots;
  out.result.scans = summary.scans;
  out.result.sensors = summary.sensors;
  // As from a file: by run, scan, track.
  std::stable_sort(out.estimates.begin(), out.estimates.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.run, a.scan, a.track) < std::tuple(b.run, b.scan, b.track);
  });
  return out;
}

Result<void> run_set(const SetFiles& files,
                     const assess::PointSet* point_set,
                     std::uint32_t runs,
                     std::vector<SetResult>& results) {
  const auto truth = assess::parse_set_truth({files.truth, files.name + " truth"});
  if (!truth) return std::unexpected(truth.error());
  const auto plots = app::parse_set_plots(files.plots, files.name + " plots");
  if (!plots) return std::unexpected(plots.error());
  std::vector<assess::ReferenceRow> reference;
  if (!files.reference.empty()) {
    auto rows = assess::parse_reference({files.reference, files.name + " reference"});
    if (!rows) return std::unexpected(rows.error());
    reference = std::move(*rows);
  }
  const app::RunRange range{1, runs};
  std::vector<app::SetExchange> exchanges = {app::SetExchange::plots};
  if (files.name == "s2")
    exchanges.insert(exchanges.end(), {app::SetExchange::tracks, app::SetExchange::none});
  std::vector<app::SetHow> ways;
  for (const app::SetExchange exchange : exchanges) {
    for (const app::SetMode mode : {app::SetMode::operational, app::SetMode::research})
      ways.push_back({mode, exchange});
  }
  for (const app::SetHow& how : ways) {
    Tracked one = tracked(files, how, *plots, range);
    if (point_set != nullptr) {
      auto score = assess::score_point_set(*point_set, *truth, one.estimates, reference, {});
      if (!score) return std::unexpected(score.error());
      one.result.score = std::move(*score);
    } else {
      auto score = assess::score_traffic(files.name, *truth, one.estimates);
      if (!score) return std::unexpected(score.error());
      one.result.score = std::move(*score);
    }
    results.push_back(std::move(one.result));
  }
  return {};
}

}  // namespace

Result<std::vector<SetResult>> run_sets(const std::string& folder,
                                        const std::string& only,
                                        std::uint32_t runs) {
  std::vector<SetResult> results;
  const auto run = [&](const std::string& set, const assess::PointSet* point_set) -> Result<void> {
    if (!only.empty() && only != set) return {};
    const auto files = files_of(folder, set, point_set);
    if (!files) return std::unexpected(files.error());
    if (!*files) return {};
    return run_set(**files, point_set, runs, results);
  };
  for (const assess::PointSet& set : assess::kPointSets) {
    if (const auto done = run(std::string(set.name), &set); !done)
      return std::unexpected(done.error());
  }
  for (const std::string_view set : kTraffic) {
    if (const auto done = run(std::string(set), nullptr); !done)
      return std::unexpected(done.error());
  }
  return results;
}

}  // namespace liptako::bench
