// Where the history's chunks lie: one SQLite database with an R-tree over place and time. It knows
// boxes and bytes, not what is in them. An index, not a source of truth: whoever loses it makes it
// again from the record, so that commits do not wait for the disk (a power cut may take the last
// ones, and leaves a sound database).
//
// One writer, any number of readers beside it, each with its own HistoryStore; a HistoryStore
// serves one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace liptako::io {

// Millionths of a degree, borders included, west to east without a turn.
struct HistoryBox {
  std::int32_t south_e6 = 0;
  std::int32_t west_e6 = 0;
  std::int32_t north_e6 = 0;
  std::int32_t east_e6 = 0;
};

struct HistoryRow {
  base::TrackNumber track;
  base::Timestamp from;  // of the earliest state; whole milliseconds
  base::Timestamp to;
  HistoryBox box;
  std::uint32_t states = 0;
  std::uint64_t list = 0;  // of sensors, see list_id()
  bool open = false;       // replaced by the track's next row
  base::Bytes data;
};

// A time of which the history may lack something.
struct HistoryGap {
  base::Timestamp from;
  base::Timestamp to;
  friend bool operator==(const HistoryGap&, const HistoryGap&) = default;
};

struct HistoryTotals {
  std::uint64_t rows = 0;
  std::uint64_t states = 0;
  std::uint64_t data_bytes = 0;  // of the chunks alone
  std::uint64_t file_bytes = 0;  // with tables, R-tree and indexes
};

class HistoryStore {
 public:
  // Creates the file and its folder if they are absent.
  [[nodiscard]] static base::Result<std::unique_ptr<HistoryStore>> open(
      const std::filesystem::path& file);
  // Beside a writer or not. The file must exist.
  [[nodiscard]] static base::Result<std::unique_ptr<HistoryStore>> open_read_only(
      const std::filesystem::path& file);
  ~HistoryStore();
  HistoryStore(const HistoryStore&) = delete;
  HistoryStore& operator=(const HistoryStore&) = delete;

  // The id of a list of sensors' names, which the states' bits refer to; stored if it is new.
  [[nodiscard]] base::Result<std::uint64_t> list_id(std::span<const std::string> names);
  [[nodiscard]] base::Result<std::vector<std::string>> names_of(std::uint64_t list);

  // How far a writer has come: a note, and rows that no query finds, of tracks that may yet turn
  // out to be none. Replaces the last.
  struct Progress {
    std::string_view name;
    std::string text;
    std::span<const HistoryRow> tentative;
  };
  // All or nothing, in one transaction. A row replaces its track's open one.
  [[nodiscard]] base::Result<void> write(std::span<const HistoryRow> rows,
                                         const Progress* progress = nullptr);
  // Of the last progress; without times and boxes.
  [[nodiscard]] base::Result<std::vector<HistoryRow>> tentative_rows();
  // All rows that are open, by track.
  [[nodiscard]] base::Result<std::vector<HistoryRow>> open_rows();
  // Of the newest state stored; nothing if there is none.
  [[nodiscard]] base::Result<std::optional<base::Timestamp>> newest();

  // Removes rows that end before `time`, at most so many, and when there are no more of them the
  // gaps likewise. How many rows. The file keeps its size; what is written next goes where they
  // were.
  [[nodiscard]] base::Result<std::uint64_t> remove_before(base::Timestamp time,
                                                          std::uint64_t limit = kNoLimit);
  static constexpr std::uint64_t kNoLimit = 1'000'000'000'000;

  // A note beside the rows, under a name of the caller's.
  [[nodiscard]] base::Result<void> set_note(std::string_view name, std::string_view text);
  [[nodiscard]] base::Result<std::optional<std::string>> note(std::string_view name);

  [[nodiscard]] base::Result<void> add_gap(const HistoryGap& gap);
  // Those that touch [from, to), by time.
  [[nodiscard]] base::Result<std::vector<HistoryGap>> gaps(base::Timestamp from,
                                                           base::Timestamp to);

  struct Query {
    std::vector<HistoryBox> boxes;  // any of them; none: everywhere
    base::Timestamp from;           // rows that touch [from, to)
    base::Timestamp to;
    std::optional<base::TrackNumber> track;
  };
  // Called for each row, by rising `not_before`, which is at most the row's `from` and at most two
  // seconds less. False ends the query.
  using Visit = std::function<bool(const HistoryRow& row, base::Timestamp not_before)>;
  // Rows are read one by one. What is written meanwhile is not seen.
  [[nodiscard]] base::Result<void> query(const Query& query, const Visit& visit);

  [[nodiscard]] base::Result<HistoryTotals> totals();
  // Folds the write-ahead log into the file.
  [[nodiscard]] base::Result<void> checkpoint();

 private:
  class Database;
  explicit HistoryStore(std::unique_ptr<Database> database);
  std::unique_ptr<Database> db_;
};

}  // namespace liptako::io
