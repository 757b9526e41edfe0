// `liptako track --set`: the plots of a benchmark set in, what the tracker holds after each scan
// out as CSV (docs/TRACKER.md). Measurements only are opened.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <optional>

#include "app/benchmark_sets.hpp"
#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "io/packed_file.hpp"

namespace liptako::app {
namespace {

constexpr std::uint64_t kMaxSetFile = std::uint64_t{512} << 20;  // unpacked

// `name` or `name`.gz in the folder.
std::string in_folder(const std::string& folder, const std::string& name) {
  std::filesystem::path path = std::filesystem::path(folder) / name;
  std::error_code fault;
  if (!std::filesystem::exists(path, fault)) {
    std::filesystem::path packed = path;
    packed += ".gz";
    if (std::filesystem::exists(packed, fault)) return packed.string();
  }
  return path.string();
}

std::optional<SetExchange> exchange_of(const std::string& name) {
  if (name.empty() || name == "plots") return SetExchange::plots;
  if (name == "tracks") return SetExchange::tracks;
  if (name == "none") return SetExchange::none;
  return std::nullopt;
}

// The sets a name stands for: itself, or for "atc" every atcN whose plots are in the folder.
std::vector<std::string> sets_of(const std::string& set, const std::string& folder) {
  if (set != "atc") return {set};
  std::vector<std::uint32_t> sizes;
  std::error_code fault;
  for (std::filesystem::directory_iterator each(folder, fault), end; !fault && each != end;
       each.increment(fault)) {
    const std::string name = each->path().filename().string();
    std::uint32_t size = 0;
    const char* last = name.data() + name.size();
    if (!name.starts_with("atc")) continue;
    const auto [stop, wrong] = std::from_chars(name.data() + 3, last, size);
    const std::string_view rest(stop, static_cast<std::size_t>(last - stop));
    if (wrong == std::errc() && (rest == "_meas.csv" || rest == "_meas.csv.gz"))
      sizes.push_back(size);
  }
  std::ranges::sort(sizes);
  sizes.erase(std::ranges::unique(sizes).begin(), sizes.end());
  std::vector<std::string> sets;
  for (const std::uint32_t size : sizes) sets.push_back(fmt::format("atc{}", size));
  return sets;
}

}  // namespace

int run_track_set(const TrackOptions& options) {
  const auto usage = [](std::string_view french, std::string_view english) {
    return report({base::ErrorKind::usage, std::string(say(french, english))});
  };
  if (options.set != "atc" && !is_benchmark_set(options.set)) {
    return usage("--set : s1, s1b, s2, s3, atc ou atcN", "--set: s1, s1b, s2, s3, atc or atcN");
  }
  if (options.data.empty() || !options.files.empty()) {
    return usage("--set veut --data, et pas d'enregistrements",
                 "--set takes --data, and no recordings");
  }
  const auto runs = parse_run_range(options.runs);
  if (!runs) return report(runs.error());
  if (options.set.starts_with("atc") && !options.runs.empty()) {
    return usage("--runs ne va pas avec atc : un tirage par taille",
                 "--runs does not go with atc: one run a size");
  }
  const auto exchange = exchange_of(options.exchange);
  if (!exchange || (!options.exchange.empty() && options.set != "s2")) {
    return usage("--exchange plots, tracks ou none, avec s2 seulement",
                 "--exchange plots, tracks or none, with s2 only");
  }
  const std::vector<std::string> sets = sets_of(options.set, options.data);
  if (sets.empty()) {
    return report(
        {base::ErrorKind::bad_input,
         fmt::format("{}: {}", options.data, say("aucun atcN_meas.csv", "no atcN_meas.csv"))});
  }

  std::string rows = "run,k,track,x,y,vx,vy";
  rows += options.covariance ? ",pxx,pxy,pyy\n" : "\n";
  SetSummary sum;
  for (const std::string& set : sets) {
    const std::string path = in_folder(options.data, plots_file_of(set));
    const auto file = io::WholeFile::open(path, kMaxSetFile);
    if (!file) return report(file.error());
    // NOLINTNEXTLINE(bugprone-casting-through-void): bytes seen as characters
    const auto* text = static_cast<const char*>(static_cast<const void*>(file->bytes().data()));
    const auto plots = parse_set_plots({text, file->bytes().size()}, path);
    if (!plots) return report(plots.error());
    SetHow how;
    if (options.research) how.mode = SetMode::research;
    how.exchange = *exchange;
    const SetSummary one = track_set(set, how, *plots, *runs, [&](const SetScan& scan) {
      for (const track::ReportedPoint& point : scan.held) {
        fmt::format_to(std::back_inserter(rows),
                       "{},{},{},{:.4f},{:.4f},{:.5f},{:.5f}",
                       scan.run,
                       scan.scan,
                       point.label,
                       point.state.x[track::kEast],
                       point.state.x[track::kNorth],
                       point.state.x[track::kVelocityEast],
                       point.state.x[track::kVelocityNorth]);
        if (options.covariance) {
          fmt::format_to(std::back_inserter(rows),
                         ",{:.8g},{:.8g},{:.8g}",
                         point.error[track::packed(0, 0)],
                         point.error[track::packed(0, 1)],
                         point.error[track::packed(1, 1)]);
        }
        rows += '\n';
      }
    });
    for (const SensorFit& fit : one.sensors) {
      if (const auto nis = fit.nis()) {
        print_error("{}\n",
                    fmt::format(fmt::runtime(say("{}, {} : NIS / dimension {:.3f}",
                                                 "{}, {}: NIS / dimension {:.3f}")),
                                set,
                                fit.sensor,
                                *nis));
      }
    }
    sum.plots += one.plots;
    sum.scans += one.scans;
  }

  const bool to_stdout = options.output == "-";
  std::FILE* out = to_stdout ? stdout : std::fopen(options.output.c_str(), "w");
  bool written = out != nullptr && std::fwrite(rows.data(), 1, rows.size(), out) == rows.size();
  if (out != nullptr) written = (to_stdout ? std::fflush(out) : std::fclose(out)) == 0 && written;
  if (!written) {
    return report(
        {base::ErrorKind::world, fmt::format("{}: {}", options.output, std::strerror(errno))});
  }
  print_error(
      "{}\n",
      fmt::format(
          fmt::runtime(say("{} plots, {} balayages", "{} plots, {} scans")), sum.plots, sum.scans));
  return kDone;
}

}  // namespace liptako::app
