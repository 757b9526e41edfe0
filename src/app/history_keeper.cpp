#include "app/history_keeper.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "base/time_range.hpp"
#include "history/chunk.hpp"
#include "io/file_storage.hpp"
#include "record/cursor.hpp"
#include "record/hold.hpp"
#include "serve/documents.hpp"

namespace liptako::app {
namespace {

using base::Duration;
using base::Result;

// Notes of the store. An entry's count that all before is stored of, and whether the node ended in
// order, with everything stored.
constexpr std::string_view kTakenTo = "taken_to";
constexpr std::string_view kEnded = "ended";
constexpr std::string_view kYes = "yes";
constexpr std::string_view kNo = "no";

// Of a replay, between two saves.
constexpr std::uint64_t kEntriesASave = 20'000;

std::uint64_t count_of(const std::optional<std::string>& text) {
  std::uint64_t count = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), count);
  return count;
}

std::vector<std::string> names_of(std::span<const track::SensorDescription> sensors) {
  std::vector<std::string> names;
  names.reserve(sensors.size());
  for (const track::SensorDescription& sensor : sensors) names.push_back(sensor.name);
  return names;
}

bool names_are(std::span<const std::string> names,
               std::span<const track::SensorDescription> sensors) {
  return std::ranges::equal(names, sensors, {}, {}, &track::SensorDescription::name);
}

}  // namespace

Result<void> HistoryWriter::resume() {
  auto open = store_->open_rows();
  if (!open) return std::unexpected(open.error());
  auto tentative = store_->tentative_rows();
  if (!tentative) return std::unexpected(tentative.error());
  // One began under fewer names than another, all of them in the same order.
  for (const auto* rows : {&*open, &*tentative}) {
    for (const io::HistoryRow& row : *rows) {
      auto names = store_->names_of(row.list);
      if (!names) return std::unexpected(names.error());
      if (names->size() < names_.size()) continue;
      names_ = std::move(*names);
      list_ = row.list;
    }
  }
  resume(*open, true);
  resume(*tentative, false);
  return {};
}

void HistoryWriter::resume(std::span<const io::HistoryRow> rows, bool confirmed) {
  for (const io::HistoryRow& row : rows) {
    // A damaged one stays as it is, open for ever.
    if (auto states = history::decode_chunk(row.data))
      chunker_.resume(row.track, *states, confirmed);
  }
}

Result<void> HistoryWriter::use_names(std::span<const std::string> names) {
  if (std::ranges::equal(names, names_)) return {};
  const bool longer =
      names.size() > names_.size() && std::ranges::equal(names.first(names_.size()), names_);
  if (!longer) {
    chunker_.finish_all();
    gather_finished();
  }
  auto list = store_->list_id(names);
  if (!list) return std::unexpected(list.error());
  list_ = *list;
  names_.assign(names.begin(), names.end());
  return {};
}

void HistoryWriter::gather_finished() {
  for (history::Chunk& chunk : chunker_.take_finished())
    waiting_.push_back(row_of(std::move(chunk), list_));
}

Result<void> HistoryWriter::save(std::uint64_t taken_to) {
  gather_finished();
  const std::size_t finished = waiting_.size();
  for (history::Chunk& chunk : chunker_.take_open())
    waiting_.push_back(row_of(std::move(chunk), list_));
  std::vector<io::HistoryRow> tentative;
  for (history::Chunk& chunk : chunker_.tentative())
    tentative.push_back(row_of(std::move(chunk), list_));
  const io::HistoryStore::Progress progress{kTakenTo, std::to_string(taken_to), tentative};
  auto written = store_->write(waiting_, &progress);
  if (written) {
    waiting_.clear();
    if (lost_) written = store_->add_gap(*lost_);
    if (written) lost_.reset();
    return written;
  }
  waiting_.resize(finished);  // what is open will be saved as it stands then
  if (waiting_.size() > kMaxWaitingRows) {
    const auto surplus = static_cast<std::ptrdiff_t>(waiting_.size() - kMaxWaitingRows);
    for (const io::HistoryRow& row : std::span(waiting_).first(static_cast<std::size_t>(surplus)))
      lose({row.from, row.to + std::chrono::milliseconds(1)});
    waiting_.erase(waiting_.begin(), waiting_.begin() + surplus);
  }
  return written;
}

void HistoryWriter::lose(const io::HistoryGap& gap) {
  if (!lost_) lost_ = gap;
  lost_->from = std::min(lost_->from, gap.from);
  lost_->to = std::max(lost_->to, gap.to);
}

Result<void> HistoryWriter::finish(std::uint64_t taken_to) {
  chunker_.finish_all();
  return save(taken_to);
}

Result<std::uint64_t> replay_history(base::Storage& record,
                                     const EntrySpan& span,
                                     HistoryWriter& writer) {
  auto cursor = record::Cursor::open(record, record::Stream::input);
  if (!cursor) return std::unexpected(cursor.error());
  node::Core core("history");
  std::vector<track::TrackEvent> events;
  std::vector<std::string> names;
  while (core.entries() < span.to) {
    auto next = cursor->next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    if (core.entries() == 0 && (*next)->sequence != 0)
      return base::bad_input("history: the beginning of the record is not there any more");
    events.clear();
    core.apply((*next)->entry, events);
    (void)core.take_frames();
    if (core.entries() > span.from && !events.empty()) {
      if (!names_are(names, core.sensors().sensors())) names = names_of(core.sensors().sensors());
      if (auto used = writer.use_names(names); !used) return std::unexpected(used.error());
      for (const track::TrackEvent& event : events) {
        if (event.view.placed) writer.take(event.view.number, state_of(event.view));
      }
    }
    if (core.entries() > span.from && core.entries() % kEntriesASave == 0) {
      if (auto saved = writer.save(core.entries()); !saved) return std::unexpected(saved.error());
    }
  }
  return core.entries();
}

Result<HistoryRebuilt> rebuild_history(base::Storage& record, const std::string& folder) {
  const std::string file = history_file(folder);
  const std::string fresh = file + ".new";
  const auto remove = [](const std::string& path) {
    std::error_code ignored;
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end, ignored);
  };
  remove(fresh);
  HistoryRebuilt rebuilt;
  {
    auto store = io::HistoryStore::open(fresh);
    if (!store) return std::unexpected(store.error());
    HistoryWriter writer(**store);
    auto entries = replay_history(record, {}, writer);
    if (!entries) return std::unexpected(entries.error());
    rebuilt.entries = *entries;
    auto done = writer.finish(*entries);
    if (done) done = (*store)->set_note(kEnded, kYes);
    if (done) done = (*store)->checkpoint();
    if (!done) return std::unexpected(done.error());
    auto totals = (*store)->totals();
    if (!totals) return std::unexpected(totals.error());
    rebuilt.totals = *totals;
  }
  remove(file);
  std::error_code error;
  std::filesystem::rename(fresh, file, error);
  if (error) return base::world_failed(file + ": " + error.message());
  return rebuilt;
}

HistoryKeeper::HistoryKeeper(std::unique_ptr<io::HistoryStore> store, std::string folder)
    : store_(std::move(store)), folder_(std::move(folder)), writer_(*store_) {}

HistoryKeeper::~HistoryKeeper() { close(); }

Result<std::unique_ptr<HistoryKeeper>> HistoryKeeper::open(const std::string& folder,
                                                           const node::Node& node) {
  auto store = io::HistoryStore::open(history_file(folder));
  if (!store) return std::unexpected(store.error());
  std::unique_ptr<HistoryKeeper> keeper(new HistoryKeeper(std::move(*store), folder));
  auto taken_to = keeper->store_->note(kTakenTo);
  if (!taken_to) return std::unexpected(taken_to.error());
  auto ended = keeper->store_->note(kEnded);
  if (!ended) return std::unexpected(ended.error());
  auto newest = keeper->store_->newest();
  if (!newest) return std::unexpected(newest.error());
  if (auto done = keeper->writer_.resume(); !done) return std::unexpected(done.error());
  if (auto done = keeper->store_->set_note(kEnded, kNo); !done)
    return std::unexpected(done.error());
  const node::Core& core = node.core();
  keeper->waiting_.taken_to = core.entries();
  // Every tick of an older run is an entry: only a record that just begins holds nothing to miss.
  const bool begins = node.opened().record.next_sequence == 0;
  if (*ended != kYes && !begins) {
    keeper->thread_.run(
        [keeper = keeper.get(),
         folder,
         span = EntrySpan{count_of(*taken_to), core.entries()},
         otherwise = io::HistoryGap{newest->value_or(base::kFirstTime), core.time()}] {
          keeper->fill(folder, span, otherwise);
        });
  }
  return keeper;
}

void HistoryKeeper::fill(const std::string& folder,
                         const EntrySpan& span,
                         const io::HistoryGap& otherwise) {
  if (span.to <= kMaxReplayedEntries) {
    auto record = io::FileStorage::open_read_only(folder);
    if (record && replay_history(**record, span, writer_)) return;
  }
  note(store_->add_gap(otherwise));
}

void HistoryKeeper::take(const node::Node& node) {
  waiting_.taken_to = node.core().entries();
  const auto sensors = node.core().sensors().sensors();
  for (const track::TrackEvent& event : node.events()) {
    const track::TrackView& view = event.view;
    if (!view.placed) continue;
    if (waiting_states_ >= kMaxWaitingStates) {
      ++lost_states_;
      if (!waiting_.lost) waiting_.lost = io::HistoryGap{view.time, view.time};
      waiting_.lost->to = std::max(waiting_.lost->to, view.time + std::chrono::milliseconds(1));
      continue;
    }
    if (waiting_.batches.empty() || !names_are(waiting_.batches.back().names, sensors))
      waiting_.batches.push_back({names_of(sensors), {}});
    waiting_.batches.back().items.push_back({view.number, state_of(view)});
    ++waiting_states_;
  }
}

bool HistoryKeeper::ask(std::string query, Reply reply) {
  if (closed_ || waiting_.questions.size() >= kMaxWaitingQuestions) return false;
  waiting_.questions.push_back({std::move(query), std::move(reply)});
  return true;
}

void HistoryKeeper::turn(Duration now, std::optional<base::Timestamp> keep_from) {
  if (!next_store_) next_store_ = next_save_ = next_prune_ = now;
  const bool due = now >= *next_store_ && !waiting_.batches.empty();
  const bool prunes = keep_from && now >= *next_prune_;
  if ((!due && !prunes && waiting_.questions.empty()) || !thread_.idle()) return;
  if (prunes) {
    waiting_.keep_from = keep_from;
    next_prune_ = now + kPruneEvery;
  } else if (more_to_prune_) {
    next_prune_ = std::min(*next_prune_, now + kHandOverEvery);
  }
  next_store_ = now + kHandOverEvery;
  // Who asks is to be told of the newest states too.
  const bool save = (due && now >= *next_save_) || !waiting_.questions.empty();
  if (save) next_save_ = now + kSaveEvery;
  hand_over(save);
}

void HistoryKeeper::hand_over(bool save) {
  Work work = std::exchange(waiting_, Work());
  waiting_.taken_to = work.taken_to;
  waiting_states_ = 0;
  work.save = save;
  // A shared pointer, because what a std::function holds must be copyable.
  thread_.run(
      [this, work = std::make_shared<Work>(std::move(work))] { this->work(std::move(*work)); });
}

void HistoryKeeper::work(Work work) {
  Result<void> done;
  for (const Batch& batch : work.batches) {
    if (auto used = writer_.use_names(batch.names); !used) done = used;
    for (const Item& item : batch.items) writer_.take(item.track, item.state);
  }
  if (work.lost) writer_.lose(*work.lost);
  if (work.save) {
    if (auto saved = writer_.save(work.taken_to); !saved) done = saved;
  }
  if (work.keep_from) {
    if (auto pruned = prune(*work.keep_from); !pruned) done = pruned;
  }
  note(done);
  for (const Asked& asked : work.questions) answer(asked);
}

Result<void> HistoryKeeper::prune(base::Timestamp keep_from) {
  more_to_prune_ = false;
  auto record = io::FileStorage::open_read_only(folder_);
  if (!record) return std::unexpected(record.error());
  const auto holds = record::list_holds(**record);
  if (!holds) return std::unexpected(holds.error());
  if (std::ranges::any_of(*holds, [](const record::Hold& hold) { return hold.stands(); }))
    return {};
  const auto removed = store_->remove_before(keep_from, kRowsPrunedAtOnce);
  if (!removed) return std::unexpected(removed.error());
  more_to_prune_ = *removed == kRowsPrunedAtOnce;
  return {};
}

void HistoryKeeper::answer(const Asked& asked) {
  const auto question = parse_history_query(asked.query);
  if (!question) return asked.reply(400, serve::error_json(question.error().message));
  auto document = history_json(*store_, *question, {});
  if (!document) return asked.reply(500, serve::error_json(document.error().message));
  asked.reply(200, std::move(*document));
}

void HistoryKeeper::close() {
  if (std::exchange(closed_, true)) return;
  settle();
  hand_over(true);
  settle();
  if (!trouble_) (void)store_->set_note(kEnded, kYes);  // if not: the next start looks for gaps
}

void HistoryKeeper::note(const Result<void>& result) {
  trouble_.reset();
  if (!result) trouble_ = result.error();
}

std::optional<base::Error> HistoryKeeper::take_trouble() {
  if (!thread_.idle()) return std::nullopt;
  const bool news = trouble_.has_value() && !told_.has_value();
  told_ = trouble_;
  return news ? trouble_ : std::nullopt;
}

}  // namespace liptako::app
