// Keeps a running node's track history: what befalls tracks is handed over on the node's thread and
// stored on another, so that a slow disk delays nothing. What waits is bounded; what is too much is
// lost to the history (never to the record), noted as a gap, and brought back by a rebuild.
//
// Chunks still open are saved every ten seconds. What a killed process had not saved is computed
// again from the record at the next start, if the record is short enough for that; else it is a
// gap.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/history_question.hpp"
#include "base/result.hpp"
#include "base/seams.hpp"
#include "history/chunker.hpp"
#include "io/background.hpp"
#include "io/history_store.hpp"
#include "node/node.hpp"

namespace liptako::app {

// States on their way to chunks and these on their way to the store. One thread at a time.
class HistoryWriter {
 public:
  explicit HistoryWriter(io::HistoryStore& store) : store_(&store) {}

  // Goes on with what save() left unfinished.
  [[nodiscard]] base::Result<void> resume();
  // The names that the sensors' bits of the states that follow stand for. Another order than before
  // ends all chunks; more names at the end do not.
  [[nodiscard]] base::Result<void> use_names(std::span<const std::string> names);
  void take(base::TrackNumber track, const history::State& state) { chunker_.take(track, state); }
  // Stores what is finished, what is open as it stands, and of how many entries all this came: at
  // once or not at all, so that whoever goes on from there misses nothing and tells nothing twice.
  [[nodiscard]] base::Result<void> save(std::uint64_t taken_to);
  // Likewise, having ended all chunks.
  [[nodiscard]] base::Result<void> finish(std::uint64_t taken_to);
  // Of this time something is missing; the store will say so.
  void lose(const io::HistoryGap& gap);

 private:
  void resume(std::span<const io::HistoryRow> rows, bool confirmed);
  void gather_finished();
  // What could not be stored is tried again with the next, up to this many rows.
  static constexpr std::size_t kMaxWaitingRows = 20'000;

  io::HistoryStore* store_;
  history::Chunker chunker_;
  std::vector<std::string> names_;
  std::uint64_t list_ = 0;
  std::vector<io::HistoryRow> waiting_;  // finished
  std::optional<io::HistoryGap> lost_;
};

// Counts of entries, from the record's first.
struct EntrySpan {
  std::uint64_t from = 0;
  std::uint64_t to = ~std::uint64_t{0};
};
// Runs a record's input from its first entry through a fresh core, and hands the writer what the
// entries of the span did to tracks. How many entries there were. A record whose beginning was
// retired is bad_input: what came of it cannot be computed.
[[nodiscard]] base::Result<std::uint64_t> replay_history(base::Storage& record,
                                                         const EntrySpan& span,
                                                         HistoryWriter& writer);

// Makes the history of a record anew, in place of what there was. For the record's owner.
struct HistoryRebuilt {
  std::uint64_t entries = 0;
  io::HistoryTotals totals;
};
[[nodiscard]] base::Result<HistoryRebuilt> rebuild_history(base::Storage& record,
                                                           const std::string& folder);

class HistoryKeeper {
 public:
  // `folder`: of the node's record.
  [[nodiscard]] static base::Result<std::unique_ptr<HistoryKeeper>> open(const std::string& folder,
                                                                         const node::Node& node);
  ~HistoryKeeper();
  HistoryKeeper(const HistoryKeeper&) = delete;
  HistoryKeeper& operator=(const HistoryKeeper&) = delete;

  // All of these: the owner's thread.
  // What the node's last take() did.
  void take(const node::Node& node);
  // Hands over what has gathered, when the other thread is free. Called often. What ended before
  // `keep_from` is removed bit by bit, as the record's raw data are: while no legal hold stands.
  void turn(base::Duration now, std::optional<base::Timestamp> keep_from = {});
  // Answers from the other thread: HTTP status and JSON. False if too many wait.
  using Reply = std::function<void(int status, std::string body)>;
  [[nodiscard]] bool ask(std::string query, Reply reply);
  // Waits until what was handed over is stored.
  void settle() { thread_.wait_until_idle(); }
  // Stores everything. What was asked is answered.
  void close();

  // Told once each time it begins; nothing while all is well.
  [[nodiscard]] std::optional<base::Error> take_trouble();
  [[nodiscard]] std::uint64_t lost_states() const { return lost_states_; }
  [[nodiscard]] base::Duration cpu_time() { return thread_.cpu_time(); }

  // A record of more entries is not replayed at a start: this many take some seconds.
  static constexpr std::uint64_t kMaxReplayedEntries = 1'000'000;
  static constexpr std::size_t kMaxWaitingStates = 200'000;
  static constexpr std::size_t kMaxWaitingQuestions = 16;
  static constexpr base::Duration kHandOverEvery = std::chrono::seconds(1);
  static constexpr base::Duration kSaveEvery = std::chrono::seconds(10);
  // Rows removed at once: some milliseconds. When there are more, the next go a second later.
  static constexpr std::uint64_t kRowsPrunedAtOnce = 500;
  static constexpr base::Duration kPruneEvery = std::chrono::minutes(1);

 private:
  struct Item {
    base::TrackNumber track;
    history::State state;
  };
  // States under one list of names.
  struct Batch {
    std::vector<std::string> names;
    std::vector<Item> items;
  };
  struct Asked {
    std::string query;
    Reply reply;
  };
  struct Work {
    std::vector<Batch> batches;
    std::vector<Asked> questions;
    std::optional<io::HistoryGap> lost;
    std::uint64_t taken_to = 0;  // entries that all this and all before came of
    bool save = false;
    std::optional<base::Timestamp> keep_from;  // prune what ended before
  };

  HistoryKeeper(std::unique_ptr<io::HistoryStore> store, std::string folder);
  void hand_over(bool save);
  // The other thread.
  void work(Work work);
  void answer(const Asked& asked);
  [[nodiscard]] base::Result<void> prune(base::Timestamp keep_from);
  // What a killed process had not stored: the entries of the span.
  void fill(const std::string& folder, const EntrySpan& span, const io::HistoryGap& otherwise);
  void note(const base::Result<void>& result);

  std::unique_ptr<io::HistoryStore> store_;
  std::string folder_;  // of the record
  HistoryWriter writer_;
  // The owner's.
  Work waiting_;
  std::size_t waiting_states_ = 0;
  std::uint64_t lost_states_ = 0;
  std::optional<base::Duration> next_store_;
  std::optional<base::Duration> next_save_;
  std::optional<base::Duration> next_prune_;
  bool closed_ = false;
  // The other thread's while it works, the owner's while it is idle.
  bool more_to_prune_ = false;
  std::optional<base::Error> trouble_;
  std::optional<base::Error> told_;
  io::Background thread_;  // last: its jobs use the rest
};

}  // namespace liptako::app
