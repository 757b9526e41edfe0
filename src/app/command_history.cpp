#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <tuple>

#include "app/commands.hpp"
#include "app/history_keeper.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "base/time_range.hpp"
#include "io/file_storage.hpp"
#include "serve/documents.hpp"

namespace liptako::app {
namespace {

constexpr std::size_t kWriteChunk = 1 << 20;

constexpr std::string_view kCsvHead =
    "time,track,icao_address,callsign,mode_3a,lat_deg,lon_deg,altitude_ft,ground_speed_kt,"
    "track_angle_deg,position_sd_m,existence,state,sources\n";

// Quoted, so that neither a comma nor a formula in a sensor's name is more than text.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != text.npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out + '"';
}

double larger_sd_m(const track::TrackView& view) {
  const double mean = 0.5 * (view.cov_ee_m2 + view.cov_nn_m2);
  const double half = 0.5 * (view.cov_ee_m2 - view.cov_nn_m2);
  return std::sqrt(mean + std::sqrt(half * half + view.cov_en_m2 * view.cov_en_m2));
}

// The columns are the fields of tracks.jsonl; what is null there is empty here.
void append_csv(const track::TrackView& view,
                std::span<const std::string> names,
                std::string& out) {
  std::string sources;
  for (std::size_t i = 0; i < names.size() && i < 64; ++i) {
    if ((view.sensors >> i & 1) == 0) continue;
    sources += sources.empty() ? "" : ";";
    sources += names[i];
  }
  fmt::format_to(
      std::back_inserter(out),
      "{},{},{},{},{},{:.7f},{:.7f},{},{:.1f},{:.2f},{:.1f},{:.3f},{},{}\n",
      base::to_rfc3339(view.time),
      view.number.value,
      view.icao_address ? view.icao_address->to_string() : "",
      view.call_sign.empty() ? "" : in_quotes(view.call_sign.view()),
      view.mode_3a ? view.mode_3a->to_string() : "",
      view.position.latitude.degrees(),
      view.position.longitude.degrees(),
      view.pressure_altitude ? fmt::format("{:.0f}", view.pressure_altitude->feet()) : "",
      view.ground_speed().knots(),
      view.track_angle().degrees(),
      larger_sd_m(view),
      view.existence,
      serve::name_of(view.status),
      sources.empty() ? "" : in_quotes(sources));
}

base::Result<history::Question> question_of(const HistoryOptions& options) {
  history::Question question{
      .area = {}, .from = base::kFirstTime, .to = base::kEndOfTime, .track = {}};
  const auto usage = [](const std::string& what) {
    return std::unexpected(base::Error{base::ErrorKind::usage, what});
  };
  for (const auto& [text, into, name] : {std::tuple{&options.from, &question.from, "--from"},
                                         std::tuple{&options.to, &question.to, "--to"}}) {
    if (text->empty()) continue;
    const auto time = base::parse_rfc3339(*text);
    if (!time) return usage(fmt::format("{}: {}", name, time.error().message));
    *into = *time;
  }
  if (!options.box.empty()) {
    const auto area = history::parse_area(options.box);
    if (!area) return usage(fmt::format("--{}", area.error().message));
    question.area = *area;
  }
  if (options.track) question.track = base::TrackNumber{*options.track};
  return question;
}

// A person is told how there comes to be one.
base::Result<std::unique_ptr<io::HistoryStore>> open_history(const std::string& record) {
  std::error_code ignored;
  if (std::filesystem::exists(history_file(record), ignored))
    return io::HistoryStore::open_read_only(history_file(record));
  return base::bad_input(fmt::format(
      fmt::runtime(say("{} : pas d'historique ; `liptako history rebuild {}` le recalcule",
                       "{}: no history is there; `liptako history rebuild {}` makes it")),
      record,
      record));
}

void tell_gaps(io::HistoryStore& store, const history::Question& question) {
  const auto gaps = store.gaps(question.from, question.to);
  if (!gaps) return;
  for (const io::HistoryGap& gap : *gaps) {
    print_error("liptako: {}\n",
                fmt::format(fmt::runtime(say("historique incomplet de {} à {} (liptako history "
                                             "rebuild le complète)",
                                             "history incomplete from {} to {} (liptako history "
                                             "rebuild completes it)")),
                            base::to_rfc3339(gap.from),
                            base::to_rfc3339(gap.to)));
  }
}

}  // namespace

int run_history(const HistoryOptions& options) {
  const auto question = question_of(options);
  if (!question) {
    (void)report(question.error());
    return kUsage;
  }
  auto store = open_history(options.record);
  if (!store) return report(store.error());
  std::string lines(options.csv ? kCsvHead : "");
  bool written = true;
  const auto flush = [&] {
    written = written && std::fwrite(lines.data(), 1, lines.size(), stdout) == lines.size();
    lines.clear();
    return written;
  };
  const auto reading =
      read_history(**store,
                   *question,
                   ~std::uint64_t{0},
                   [&](const history::Found& found, std::span<const std::string> names) {
                     if (options.csv) {
                       append_csv(view_of(found), names, lines);
                     } else {
                       serve::append_track_json(view_of(found), names, lines);
                       lines += '\n';
                     }
                     return lines.size() < kWriteChunk || flush();
                   });
  if (!reading) return report(reading.error());
  if (!flush() || std::fflush(stdout) != 0)
    return report({base::ErrorKind::world, std::strerror(errno)});
  tell_gaps(**store, *question);
  if (reading->damaged > 0) {
    print_error("liptako: {}\n",
                fmt::format(fmt::runtime(say("{} morceaux d'historique illisibles",
                                             "{} chunks of the history cannot be read")),
                            reading->damaged));
    return kInputAtFault;
  }
  return kDone;
}

int run_history_rebuild(const std::string& record) {
  // The lock of the record: beside a running node the index would be taken from under it.
  std::error_code ignored;
  if (!std::filesystem::is_directory(std::filesystem::path(record) / "input", ignored)) {
    return report({base::ErrorKind::bad_input,
                   fmt::format(fmt::runtime(say("{} : pas un dossier d'enregistrement",
                                                "{}: not the folder of a record")),
                               record)});
  }
  auto storage = io::FileStorage::open(record);
  if (!storage) return report(storage.error());
  const auto rebuilt = rebuild_history(**storage, record);
  if (!rebuilt) return report(rebuilt.error());
  const io::HistoryTotals& totals = rebuilt->totals;
  const double states = static_cast<double>(std::max<std::uint64_t>(totals.states, 1));
  print_out("{}\n",
            fmt::format(fmt::runtime(say("{} entrées, {} états, {:.1f} octets par état",
                                         "{} entries, {} states, {:.1f} bytes a state")),
                        rebuilt->entries,
                        totals.states,
                        static_cast<double>(totals.file_bytes) / states));
  return kDone;
}

int run_history_prune(const std::string& record, const std::string& before) {
  const auto time = base::parse_rfc3339(before);
  if (!time) {
    (void)report(time.error());
    return kUsage;
  }
  if (auto there = open_history(record); !there) return report(there.error());
  auto store = io::HistoryStore::open(history_file(record));
  if (!store) return report(store.error());
  const auto removed = (*store)->remove_before(*time);
  if (!removed) return report(removed.error());
  print_out("{}\n",
            fmt::format(fmt::runtime(say("{} morceaux retirés", "{} chunks removed")), *removed));
  return kDone;
}

}  // namespace liptako::app
