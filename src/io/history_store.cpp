#include "io/history_store.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

namespace liptako::io {
namespace {

using base::Result;

constexpr int kFormat = 1;
constexpr int kBusyTimeoutMs = 10'000;
constexpr std::int64_t kNsPerMs = 1'000'000;

// The R-tree holds 32-bit numbers: times in steps of two seconds reach from 1970 to 2242.
constexpr std::int64_t kMsPerStep = 2000;
constexpr std::int64_t kFirstStep = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kLastStep = std::numeric_limits<std::int32_t>::max();

constexpr const char* kSchema = R"(
  CREATE TABLE chunk(
    id INTEGER PRIMARY KEY, track INTEGER NOT NULL, start_ms INTEGER NOT NULL,
    length_ms INTEGER NOT NULL, states INTEGER NOT NULL, list INTEGER NOT NULL,
    open INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE INDEX chunk_by_track ON chunk(track, start_ms);
  CREATE INDEX chunk_open ON chunk(track) WHERE open = 1;
  CREATE VIRTUAL TABLE box USING rtree_i32(id, south, north, west, east, first, last);
  CREATE TABLE list(id INTEGER PRIMARY KEY, names BLOB NOT NULL UNIQUE);
  CREATE TABLE note(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE gap(from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL);
  PRAGMA user_version = 1;
)";

// Came later than the rest: made where it is absent.
constexpr const char* kTentative = R"(
  CREATE TABLE IF NOT EXISTS tentative(
    track INTEGER PRIMARY KEY, list INTEGER NOT NULL, data BLOB NOT NULL);
)";

constexpr std::string_view kNewest = "newest_ms";

std::int64_t floor_div(std::int64_t x, std::int64_t by) { return x / by - (x % by < 0); }
std::int64_t ms_of(base::Timestamp t) { return floor_div(base::to_ns(t), kNsPerMs); }
// The earliest whole millisecond at or after it.
std::int64_t ms_from(base::Timestamp t) { return -floor_div(-base::to_ns(t), kNsPerMs); }
base::Timestamp time_of(std::int64_t ms) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / kNsPerMs;
  return base::timestamp_from_ns(std::clamp(ms, -kMost, kMost) * kNsPerMs);
}
std::int64_t step_of(std::int64_t ms) {
  return std::clamp(floor_div(ms, kMsPerStep) + kFirstStep, kFirstStep, kLastStep);
}
std::int64_t ms_of_step(std::int64_t step) { return (step - kFirstStep) * kMsPerStep; }

base::Bytes packed(std::span<const std::string> names) {
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  for (const std::string& name : names) out.put_string(name);
  return bytes;
}

}  // namespace

class HistoryStore::Database {
 public:
  Database(sqlite3* handle, std::string name) : handle_(handle), name_(std::move(name)) {}
  ~Database() {
    for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] std::unexpected<base::Error> failed() const {
    return base::world_failed(name_ + ": " + sqlite3_errmsg(handle_));
  }
  [[nodiscard]] std::unexpected<base::Error> failed(std::string_view why) const {
    return base::world_failed(name_ + ": " + std::string(why));
  }

  [[nodiscard]] Result<void> execute(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failed();
    return {};
  }

  // A statement while it is being used. Prepared once, given back ready for the next use.
  class Use {
   public:
    Use(Database& db, sqlite3_stmt* statement) : db_(&db), statement_(statement) {}
    ~Use() {
      if (statement_ == nullptr) return;
      sqlite3_reset(statement_);
      sqlite3_clear_bindings(statement_);
    }
    Use(Use&& other) noexcept
        : db_(other.db_), statement_(std::exchange(other.statement_, nullptr)) {}
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    Use& operator=(Use&&) = delete;

    Use& bind(std::int64_t value) {
      sqlite3_bind_int64(statement_, ++bound_, value);
      return *this;
    }
    // The bytes must stay until the statement has run.
    Use& bind(base::ByteView bytes) {
      static const std::uint8_t kNone = 0;  // a null pointer would bind NULL
      sqlite3_bind_blob64(
          statement_, ++bound_, bytes.empty() ? &kNone : bytes.data(), bytes.size(), SQLITE_STATIC);
      return *this;
    }
    Use& bind(std::string_view text) {
      sqlite3_bind_text64(
          statement_, ++bound_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
      return *this;
    }
    // Whether there is a row.
    [[nodiscard]] Result<bool> step() {
      const int code = statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_);
      if (code == SQLITE_ROW) return true;
      if (code == SQLITE_DONE) return false;
      return db_->failed();
    }
    // For statements that give no rows, or of which none is wanted.
    [[nodiscard]] Result<void> run() {
      if (auto stepped = step(); !stepped) return std::unexpected(stepped.error());
      return {};
    }
    [[nodiscard]] std::int64_t integer(int column) const {
      return sqlite3_column_int64(statement_, column);
    }
    template <class Integer>
    [[nodiscard]] Integer as(int column) const {
      return static_cast<Integer>(integer(column));
    }
    // Until the next step.
    [[nodiscard]] base::ByteView bytes(int column) const {
      const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
      return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

   private:
    Database* db_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
  };

  // `sql` is a literal of this file: its address is the statement's name. A statement that cannot
  // be prepared fails when it is stepped.
  [[nodiscard]] Use use(const char* sql) {
    for (const auto& [text, statement] : statements_) {
      if (text == sql) return Use(*this, statement);
    }
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (statement != nullptr) statements_.emplace_back(sql, statement);
    return Use(*this, statement);
  }

  // A run of changes, undone unless it is committed.
  class Transaction {
   public:
    explicit Transaction(Database& db) : db_(&db) {}
    ~Transaction() {
      if (open_) (void)db_->execute("ROLLBACK");
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    [[nodiscard]] Result<void> begin(const char* how) {
      auto begun = db_->execute(how);
      open_ = begun.has_value();
      return begun;
    }
    [[nodiscard]] Result<void> commit() {
      auto done = db_->execute("COMMIT");
      open_ = !done;
      return done;
    }

   private:
    Database* db_;
    bool open_ = false;
  };

  [[nodiscard]] Result<void> remove(std::int64_t id) {
    if (auto done = use("DELETE FROM box WHERE id = ?").bind(id).run(); !done) return done;
    return use("DELETE FROM chunk WHERE id = ?").bind(id).run();
  }

  [[nodiscard]] Result<void> insert(const HistoryRow& row) {
    const std::int64_t from = ms_of(row.from);
    const std::int64_t to = ms_of(row.to);
    auto chunk =
        use("INSERT INTO chunk(track, start_ms, length_ms, states, list, open, data)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)");
    chunk.bind(row.track.value).bind(from).bind(to - from).bind(row.states);
    chunk.bind(static_cast<std::int64_t>(row.list)).bind(row.open).bind(base::ByteView(row.data));
    if (auto done = chunk.run(); !done) return done;
    auto box = use("INSERT INTO box VALUES(?, ?, ?, ?, ?, ?, ?)");
    box.bind(sqlite3_last_insert_rowid(handle_)).bind(row.box.south_e6).bind(row.box.north_e6);
    box.bind(row.box.west_e6).bind(row.box.east_e6).bind(step_of(from)).bind(step_of(to));
    return box.run();
  }

  // The row and the step of time at which its box begins; nothing if it is gone.
  [[nodiscard]] Result<std::optional<std::pair<HistoryRow, std::int64_t>>> fetch(std::int64_t id) {
    auto found =
        use("SELECT track, start_ms, length_ms, states, list, open, data, south, west, north, east,"
            " first FROM chunk JOIN box ON box.id = chunk.id WHERE chunk.id = ?");
    auto there = found.bind(id).step();
    if (!there) return std::unexpected(there.error());
    if (!*there) return std::nullopt;
    HistoryRow row;
    row.track = {found.as<std::uint32_t>(0)};
    row.from = time_of(found.integer(1));
    row.to = row.from + std::chrono::milliseconds(found.as<std::int32_t>(2));
    row.states = found.as<std::uint32_t>(3);
    row.list = found.as<std::uint64_t>(4);
    row.open = found.integer(5) != 0;
    const base::ByteView data = found.bytes(6);
    row.data.assign(data.begin(), data.end());
    row.box = {found.as<std::int32_t>(7),
               found.as<std::int32_t>(8),
               found.as<std::int32_t>(9),
               found.as<std::int32_t>(10)};
    return std::pair{std::move(row), found.integer(11)};
  }

  std::optional<std::pair<base::Bytes, std::uint64_t>> last_list;  // as packed, and its id

 private:
  sqlite3* handle_;
  std::string name_;
  std::vector<std::pair<const char*, sqlite3_stmt*>> statements_;
};

HistoryStore::HistoryStore(std::unique_ptr<Database> database) : db_(std::move(database)) {}
HistoryStore::~HistoryStore() = default;

namespace {

Result<sqlite3*> open_handle(const std::filesystem::path& file, int flags) {
  sqlite3* handle = nullptr;
  if (sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
    auto error =
        base::world_failed(file.string() + ": " + (handle ? sqlite3_errmsg(handle) : "no memory"));
    sqlite3_close(handle);
    return error;
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return handle;
}

}  // namespace

Result<std::unique_ptr<HistoryStore>> HistoryStore::open(const std::filesystem::path& file) {
  std::error_code ignored;  // what matters fails again below
  std::filesystem::create_directories(file.parent_path(), ignored);
  auto handle = open_handle(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!handle) return std::unexpected(handle.error());
  std::unique_ptr<HistoryStore> store(
      new HistoryStore(std::make_unique<Database>(*handle, file.string())));
  Database& db = *store->db_;
  // NORMAL in WAL mode: a commit is write(), the disk is waited for at checkpoints of the log.
  if (auto set = db.execute("PRAGMA trusted_schema = OFF; PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = NORMAL");
      !set)
    return std::unexpected(set.error());
  Database::Transaction transaction(db);
  if (auto begun = transaction.begin("BEGIN IMMEDIATE"); !begun)
    return std::unexpected(begun.error());
  std::int64_t format = 0;
  {
    auto version = db.use("PRAGMA user_version");
    if (auto there = version.step(); !there) return std::unexpected(there.error());
    format = version.integer(0);
  }
  if (format == 0) {
    if (auto made = db.execute(kSchema); !made) return std::unexpected(made.error());
  } else if (format != kFormat) {
    return db.failed("a history of another format; `liptako history rebuild` makes it anew");
  }
  if (auto made = db.execute(kTentative); !made) return std::unexpected(made.error());
  if (auto done = transaction.commit(); !done) return std::unexpected(done.error());
  return store;
}

Result<std::unique_ptr<HistoryStore>> HistoryStore::open_read_only(
    const std::filesystem::path& file) {
  auto handle = open_handle(file, SQLITE_OPEN_READONLY);
  if (!handle) return std::unexpected(handle.error());
  std::unique_ptr<HistoryStore> store(
      new HistoryStore(std::make_unique<Database>(*handle, file.string())));
  if (auto set = store->db_->execute("PRAGMA trusted_schema = OFF"); !set)
    return std::unexpected(set.error());
  auto version = store->db_->use("PRAGMA user_version");
  if (auto there = version.step(); !there) return std::unexpected(there.error());
  if (version.integer(0) != kFormat) return store->db_->failed("no history of this format");
  return store;
}

Result<std::uint64_t> HistoryStore::list_id(std::span<const std::string> names) {
  const base::Bytes bytes = packed(names);
  if (db_->last_list && db_->last_list->first == bytes) return db_->last_list->second;
  {
    auto insert = db_->use("INSERT OR IGNORE INTO list(names) VALUES(?)");
    if (auto done = insert.bind(base::ByteView(bytes)).run(); !done)
      return std::unexpected(done.error());
  }
  auto find = db_->use("SELECT id FROM list WHERE names = ?");
  auto there = find.bind(base::ByteView(bytes)).step();
  if (!there) return std::unexpected(there.error());
  const auto id = find.as<std::uint64_t>(0);
  db_->last_list = {bytes, id};
  return id;
}

Result<std::vector<std::string>> HistoryStore::names_of(std::uint64_t list) {
  auto find = db_->use("SELECT names FROM list WHERE id = ?");
  auto there = find.bind(static_cast<std::int64_t>(list)).step();
  if (!there) return std::unexpected(there.error());
  std::vector<std::string> names;
  if (!*there) return names;
  base::ByteReader in(find.bytes(0));
  while (in.ok() && !in.at_end()) names.push_back(in.get_string());
  if (!in.ok()) return db_->failed("a damaged list of sensors");
  return names;
}

Result<void> HistoryStore::write(std::span<const HistoryRow> rows, const Progress* progress) {
  if (rows.empty() && progress == nullptr) return {};
  Database::Transaction transaction(*db_);
  if (auto begun = transaction.begin("BEGIN IMMEDIATE"); !begun) return begun;
  std::int64_t newest = std::numeric_limits<std::int64_t>::min();
  for (const HistoryRow& row : rows) {
    std::optional<std::int64_t> replaced;
    {
      auto find = db_->use("SELECT id FROM chunk WHERE open = 1 AND track = ?");
      auto there = find.bind(row.track.value).step();
      if (!there) return std::unexpected(there.error());
      if (*there) replaced = find.integer(0);
    }
    if (replaced) {
      if (auto done = db_->remove(*replaced); !done) return done;
    }
    if (auto done = db_->insert(row); !done) return done;
    newest = std::max(newest, ms_of(row.to));
  }
  if (progress != nullptr) {
    if (auto done = db_->execute("DELETE FROM tentative"); !done) return done;
    for (const HistoryRow& row : progress->tentative) {
      auto insert = db_->use("INSERT INTO tentative VALUES(?, ?, ?)");
      insert.bind(row.track.value).bind(static_cast<std::int64_t>(row.list));
      if (auto done = insert.bind(base::ByteView(row.data)).run(); !done) return done;
    }
    if (auto done = set_note(progress->name, progress->text); !done) return done;
  }
  if (rows.empty()) return transaction.commit();
  auto before = this->newest();
  if (!before) return std::unexpected(before.error());
  if (!*before || ms_of(**before) < newest) {
    if (auto done = set_note(kNewest, std::to_string(newest)); !done) return done;
  }
  return transaction.commit();
}

Result<std::vector<HistoryRow>> HistoryStore::tentative_rows() {
  std::vector<HistoryRow> rows;
  auto find = db_->use("SELECT track, list, data FROM tentative ORDER BY track");
  while (true) {
    auto there = find.step();
    if (!there) return std::unexpected(there.error());
    if (!*there) return rows;
    const base::ByteView data = find.bytes(2);
    rows.push_back({.track = base::TrackNumber{find.as<std::uint32_t>(0)},
                    .from = {},
                    .to = {},
                    .box = {},
                    .states = 0,
                    .list = find.as<std::uint64_t>(1),
                    .open = true,
                    .data = base::Bytes(data.begin(), data.end())});
  }
}

Result<std::vector<HistoryRow>> HistoryStore::open_rows() {
  std::vector<std::int64_t> ids;
  {
    auto find = db_->use("SELECT id FROM chunk WHERE open = 1 ORDER BY track");
    while (true) {
      auto there = find.step();
      if (!there) return std::unexpected(there.error());
      if (!*there) break;
      ids.push_back(find.integer(0));
    }
  }
  std::vector<HistoryRow> rows;
  for (const std::int64_t id : ids) {
    auto row = db_->fetch(id);
    if (!row) return std::unexpected(row.error());
    if (*row) rows.push_back(std::move((*row)->first));
  }
  return rows;
}

Result<std::optional<base::Timestamp>> HistoryStore::newest() {
  auto text = note(kNewest);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  return time_of(std::strtoll((*text)->c_str(), nullptr, 10));
}

Result<std::uint64_t> HistoryStore::remove_before(base::Timestamp time, std::uint64_t limit) {
  const std::int64_t end = ms_of(time);
  Database::Transaction transaction(*db_);
  if (auto begun = transaction.begin("BEGIN IMMEDIATE"); !begun)
    return std::unexpected(begun.error());
  std::vector<std::int64_t> ids;
  {
    auto find = db_->use(
        "SELECT chunk.id FROM box JOIN chunk ON chunk.id = box.id"
        " WHERE box.last <= ? AND chunk.start_ms + chunk.length_ms < ? LIMIT ?");
    find.bind(step_of(end)).bind(end).bind(static_cast<std::int64_t>(limit));
    while (true) {
      auto there = find.step();
      if (!there) return std::unexpected(there.error());
      if (!*there) break;
      ids.push_back(find.integer(0));
    }
  }
  for (const std::int64_t id : ids) {
    if (auto done = db_->remove(id); !done) return std::unexpected(done.error());
  }
  if (ids.size() < limit) {
    if (auto done = db_->use("DELETE FROM gap WHERE to_ms < ?").bind(end).run(); !done)
      return std::unexpected(done.error());
  }
  if (auto done = transaction.commit(); !done) return std::unexpected(done.error());
  return ids.size();
}

Result<void> HistoryStore::set_note(std::string_view name, std::string_view text) {
  return db_->use("INSERT OR REPLACE INTO note VALUES(?, ?)").bind(name).bind(text).run();
}

Result<std::optional<std::string>> HistoryStore::note(std::string_view name) {
  auto find = db_->use("SELECT text FROM note WHERE name = ?");
  auto there = find.bind(name).step();
  if (!there) return std::unexpected(there.error());
  if (!*there) return std::nullopt;
  const base::ByteView text = find.bytes(0);
  return std::string(text.begin(), text.end());
}

Result<void> HistoryStore::add_gap(const HistoryGap& gap) {
  return db_->use("INSERT INTO gap VALUES(?, ?)").bind(ms_of(gap.from)).bind(ms_of(gap.to)).run();
}

Result<std::vector<HistoryGap>> HistoryStore::gaps(base::Timestamp from, base::Timestamp to) {
  auto find = db_->use("SELECT from_ms, to_ms FROM gap WHERE from_ms < ? AND to_ms > ? ORDER BY 1");
  find.bind(ms_from(to)).bind(ms_of(from));
  std::vector<HistoryGap> gaps;
  while (true) {
    auto there = find.step();
    if (!there) return std::unexpected(there.error());
    if (!*there) return gaps;
    gaps.push_back({time_of(find.integer(0)), time_of(find.integer(1))});
  }
}

Result<void> HistoryStore::query(const Query& query, const Visit& visit) {
  const std::int64_t from = ms_from(query.from);
  const std::int64_t end = ms_from(query.to);
  if (end <= from) return {};
  Database::Transaction transaction(*db_);
  if (auto begun = transaction.begin("BEGIN"); !begun) return begun;
  const auto visit_all = [&](Database::Use& ids, bool steps) -> Result<void> {
    while (true) {
      auto there = ids.step();
      if (!there) return std::unexpected(there.error());
      if (!*there) return {};
      auto row = db_->fetch(ids.integer(0));
      if (!row) return std::unexpected(row.error());
      if (!*row) continue;
      const auto& [found, first] = **row;
      const base::Timestamp not_before = steps ? time_of(ms_of_step(first)) : found.from;
      if (!visit(found, not_before)) return {};
    }
  };
  if (query.track) {
    auto ids = db_->use(
        "SELECT id FROM chunk WHERE track = ? AND start_ms < ? AND start_ms + length_ms >= ?"
        " ORDER BY start_ms, id");
    ids.bind(query.track->value).bind(end).bind(from);
    if (auto done = visit_all(ids, false); !done) return done;
    return transaction.commit();
  }
  constexpr HistoryBox kEverywhere{-90'000'000, -180'000'000, 90'000'000, 180'000'000};
  const HistoryBox one = query.boxes.empty() ? kEverywhere : query.boxes.front();
  // A row that touches two boxes is given once; there are never more than the two beside the 180th
  // meridian.
  const HistoryBox two = query.boxes.empty() ? kEverywhere : query.boxes.back();
  auto ids = db_->use(
      "SELECT id, first FROM box WHERE south <= ? AND north >= ? AND west <= ? AND east >= ?"
      " AND first <= ? AND last >= ?"
      " UNION SELECT id, first FROM box WHERE south <= ? AND north >= ? AND west <= ? AND east >= ?"
      " AND first <= ? AND last >= ? ORDER BY 2, 1");
  for (const HistoryBox& box : {one, two}) {
    ids.bind(box.north_e6).bind(box.south_e6).bind(box.east_e6).bind(box.west_e6);
    ids.bind(step_of(end - 1)).bind(step_of(from));
  }
  if (auto done = visit_all(ids, true); !done) return done;
  return transaction.commit();
}

Result<HistoryTotals> HistoryStore::totals() {
  HistoryTotals totals;
  {
    auto sums = db_->use("SELECT count(*), total(states), total(length(data)) FROM chunk");
    if (auto there = sums.step(); !there) return std::unexpected(there.error());
    totals.rows = sums.as<std::uint64_t>(0);
    totals.states = sums.as<std::uint64_t>(1);
    totals.data_bytes = sums.as<std::uint64_t>(2);
  }
  std::uint64_t bytes = 1;
  for (const char* sql : {"PRAGMA page_count", "PRAGMA page_size"}) {
    auto size = db_->use(sql);
    if (auto there = size.step(); !there) return std::unexpected(there.error());
    bytes *= size.as<std::uint64_t>(0);
  }
  totals.file_bytes = bytes;
  return totals;
}

Result<void> HistoryStore::checkpoint() { return db_->execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

}  // namespace liptako::io
