// What is asked of a node's track history, by command line or over HTTP, and how it is told.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "history/selection.hpp"
#include "io/history_store.hpp"
#include "track/track_view.hpp"

namespace liptako::app {

// The database in the folder of a record.
[[nodiscard]] std::string history_file(const std::string& record);

[[nodiscard]] history::State state_of(const track::TrackView& view);
[[nodiscard]] track::TrackView view_of(const history::Found& found);
[[nodiscard]] io::HistoryRow row_of(history::Chunk chunk, std::uint64_t list);

// States that match, by time, then track, with the names that their sensors' bits stand for. False
// ends it.
using HistorySink = std::function<bool(const history::Found&, std::span<const std::string> names)>;

struct HistoryReading {
  std::uint64_t chunks = 0;   // read
  std::uint64_t damaged = 0;  // of them: passed over
  // Of the first chunk that was not read because there were too many.
  std::optional<base::Timestamp> stopped_at;
};

// Reads at most `max_chunks`.
[[nodiscard]] base::Result<HistoryReading> read_history(io::HistoryStore& store,
                                                        const history::Question& question,
                                                        std::uint64_t max_chunks,
                                                        const HistorySink& sink);

// GET /api/v1/history?box=LATMIN,LONMIN,LATMAX,LONMAX&from=T&to=T[&track=N]
struct HistoryLimits {
  std::uint64_t states = 10'000;  // in one answer, and those of the same millisecond as the last
  // Read for one answer. More than there can be tracks at once, so that asking on gets ahead.
  std::uint64_t chunks = 60'000;
};
// Total. What is not asked for twice, misspelt or out of range.
[[nodiscard]] base::Result<history::Question> parse_history_query(std::string_view query);
[[nodiscard]] base::Result<std::string> history_json(io::HistoryStore& store,
                                                     const history::Question& question,
                                                     const HistoryLimits& limits);

}  // namespace liptako::app
