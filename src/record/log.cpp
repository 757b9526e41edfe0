#include "record/log.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.hpp"
#include "record/cursor.hpp"
#include "record/input_body.hpp"
#include "seal/witness.hpp"

namespace liptako::record {

namespace {

using base::Result;

// Tiles are written without waiting for a checkpoint when this many files wait.
constexpr std::size_t kManyFiles = 128;
// More do not wait (some 70 MB): the disk takes none, and opening anew makes them from the entries.
constexpr std::size_t kMostFiles = 8'192;
constexpr base::Duration kKeepEvery = std::chrono::hours(1);
constexpr std::size_t kMostCheckpoint = seal::kMaxNoteSize;

base::Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

Result<std::string> read_text(base::Storage& storage, std::string_view path) {
  const auto bytes = storage.read(path, 0, kMostCheckpoint + 1);
  if (!bytes) return std::unexpected(bytes.error());
  return std::string(bytes->begin(), bytes->end());
}

Result<ReadCheckpoint> read_note(base::Storage& storage, std::string_view path) {
  const auto text = read_text(storage, path);
  if (!text) return std::unexpected(text.error());
  auto note = seal::parse_note(*text);
  if (!note) return base::bad_input(fmt::format("{}: {}", path, note.error().message));
  auto checkpoint = seal::parse_checkpoint(note->text);
  if (!checkpoint) return base::bad_input(fmt::format("{}: {}", path, checkpoint.error().message));
  return ReadCheckpoint{std::move(*note), std::move(*checkpoint)};
}

Result<std::vector<seal::Digest>> read_bundle(base::Storage& storage,
                                              std::uint64_t index,
                                              std::size_t width) {
  std::string path = seal::entries_path(index, width);
  std::size_t count = width;
  if (!storage.size(path)) {
    path = seal::entries_path(index);
    count = seal::kTileWidth;
  }
  const auto bytes = storage.read(path, 0, seal::kTileWidth * (2 + seal::kDigestSize) + 1);
  if (!bytes) return std::unexpected(bytes.error());
  const auto entries = seal::bundle_entries(*bytes, count);
  if (!entries) return base::bad_input(fmt::format("{}: {}", path, entries.error().message));
  std::vector<seal::Digest> commitments;
  for (const base::ByteView entry : std::span(*entries).first(width)) {
    if (entry.size() != seal::kDigestSize)
      return base::bad_input(fmt::format("{}: an entry that is no commitment", path));
    seal::Digest& digest = commitments.emplace_back();
    std::ranges::copy(entry, digest.begin());
  }
  return commitments;
}

// The commitment of a frame's body; that of a lost entry if it is damaged.
seal::Digest commitment_in(const Frame& frame) {
  if (frame.damaged || !decode_body_entry(frame.body)) return kLostCommitment;
  seal::Digest digest{};
  commit_bodies({&frame.body, 1}, {&digest, 1});
  return digest;
}

base::Error not_held(const std::string& origin,
                     const seal::TreeHead& head,
                     std::string_view found) {
  return {
      base::ErrorKind::bad_input,
      fmt::format("the log key has signed {} entries of {}, and {}: the record was restored from "
                  "an older backup, lost or replaced. Nothing more is signed. Put back the "
                  "record that was signed, or begin a log under a new name "
                  "(docs/OPERATIONS.md, Restore)",
                  head.size,
                  origin,
                  found)};
}

// Calls `take` with the commitments of entries [begin, end) in order: of one that is missing or
// damaged, that of a lost entry. Ends at the first error.
template <class Take>
Result<void> for_commitments(base::Storage& storage,
                             std::uint64_t begin,
                             std::uint64_t end,
                             const Take& take) {
  auto cursor = Cursor::open(storage, Stream::input, begin);
  if (!cursor) return std::unexpected(cursor.error());
  for (std::uint64_t next = begin; next < end;) {
    const auto frame = cursor->next_frame();
    if (!frame) return std::unexpected(frame.error());
    const std::uint64_t found = *frame ? std::min((*frame)->sequence, end) : end;
    for (; next < found; ++next) {
      if (auto done = take(kLostCommitment); !done) return done;
    }
    if (next == end) break;
    if (auto done = take(commitment_in(**frame)); !done) return done;
    ++next;
  }
  return {};
}

}  // namespace

Log Log::open(base::Storage& storage, const LogOptions& options, const EntryRange& entries) {
  Log opened(options);
  if (const auto taken = opened.take_up(storage, entries); !taken) {
    opened.trouble_ = taken.error().message;
    opened.broken_ = true;
    return opened;
  }
  // A key that remembers nothing, of a log that has a checkpoint: from before there was a memory.
  if (options.memory != nullptr && !opened.remembered_ && !opened.recent_.empty()) {
    const auto head = seal::parse_checkpoint(opened.recent_.back().note.text);
    CHECK(head);
    const base::FileContent memory = opened.memory_of(head->head());
    if (const auto kept = options.memory->replace(memory.path, memory.content); !kept)
      opened.remarks_.push_back(kept.error().message);
  }
  return opened;
}

Result<void> Log::take_up(base::Storage& storage, const EntryRange& entries) {
  auto last = read_checkpoint(storage);
  if (!last) return std::unexpected(last.error());
  if (!*last) {
    if (auto known = recall(entries.end); !known) return known;
    if (entries.first > 0) {
      return base::bad_input(
          fmt::format("no checkpoint, and the record begins at entry {} only", entries.first));
    }
    return take_entries(storage, entries.end);
  }
  const seal::Checkpoint& checkpoint = (*last)->checkpoint;
  const bool is_own = checkpoint.origin == options_.origin;
  if (is_own) {
    std::vector<seal::VerifierKey> keys = options_.former_keys;
    keys.push_back({options_.origin, seal::KeyType::ed25519, options_.key.public_key()});
    const auto signatures = seal::check_note((*last)->note, keys);
    if (!signatures) return std::unexpected(signatures.error());
    if (signatures->empty())
      return base::bad_input("the checkpoint is not signed by this node's log key");
  } else if (!options_.is_copy) {
    return base::bad_input(fmt::format(
        "the checkpoint is of the log {}, not of {}", checkpoint.origin, options_.origin));
  }
  if (checkpoint.size > entries.end) {
    return base::bad_input(
        fmt::format("the checkpoint covers {} entries, but the record ends after {}: entries that "
                    "were committed to are lost",
                    checkpoint.size,
                    entries.end));
  }
  if (auto known = recall(entries.end); !known) return known;
  if (is_own) {
    checkpoint_size_ = checkpoint.size;
    checkpoint_ = seal::to_string((*last)->note);
    recent_.push_back({checkpoint.size, (*last)->note});
    // The process before may have died on a disk that put it in place without promising to keep it.
    if (const auto safe = storage.replace(kCheckpointPath, bytes_of(checkpoint_)); !safe)
      remarks_.push_back(safe.error().message);
  } else {
    begun_with_ = checkpoint.size;
  }

  auto tree = seal::TileBuilder::resume(tile_reader(storage), checkpoint.size);
  if (tree && tree->root() == checkpoint.root) {
    if (remembered_ && remembered_->size <= checkpoint.size) {
      seal::TileHashes hashes(tile_reader(storage), checkpoint.size);
      const auto root = seal::tree_root(hashes.reader(), remembered_->size);
      if (!root) return std::unexpected(root.error());
      if (auto same = compare({remembered_->size, *root}); !same) return same;
    }
    tree_ = std::move(*tree);
    if (auto bundle = take_up_bundle(storage, entries); !bundle) return bundle;
    for (const base::FileContent& file : open_tiles()) partial_paths_.push_back(file.path);
    return take_entries(storage, entries.end);
  }
  const std::string why =
      tree ? fmt::format("the tiles do not give the root of the checkpoint over {} entries",
                         checkpoint.size)
           : tree.error().message;
  if (entries.first > 0) return base::bad_input(why);
  // All entries are there: if they give the root, only the tiles were at fault. Nothing is written
  // before that is known.
  seal::TileBuilder from_entries;
  std::vector<seal::Tile> unused;
  const auto add = [&](const seal::Digest& commitment) -> Result<void> {
    const seal::Digest leaf = seal::leaf_hash(commitment);
    from_entries.append({&leaf, 1}, unused);
    unused.clear();
    return remembered_ && remembered_->size == from_entries.size()
               ? compare({from_entries.size(), from_entries.root()})
               : Result<void>();
  };
  if (auto done = for_commitments(storage, 0, checkpoint.size, add); !done) return done;
  if (from_entries.root() != checkpoint.root) {
    return base::bad_input(
        fmt::format("{}; nor do the entries give the root of the checkpoint over {} of them; "
                    "nothing was changed",
                    why,
                    checkpoint.size));
  }
  remarks_.push_back(why + "; those that are missing were made anew from the entries");
  if (auto done = make_missing_tiles(storage, checkpoint.size); !done) return done;
  return take_entries(storage, entries.end);
}

Result<void> Log::make_missing_tiles(base::Storage& storage, std::uint64_t size) {
  // Of those that are there but are not what the entries give, each stays as it was found.
  const auto write_missing = [&](std::vector<base::FileContent> files) -> Result<void> {
    std::erase_if(files, [&](const base::FileContent& file) {
      if (!storage.size(file.path)) return false;
      if (const auto there = storage.read(file.path, 0, file.content.size() + 1);
          !there || *there != file.content) {
        remarks_.push_back(
            fmt::format("{} is not what the entries give; it stays as it is", file.path));
      }
      return true;
    });
    if (files.empty()) return {};
    return storage.write_files(files);
  };
  std::vector<seal::Digest> batch;
  const auto take_batch = [&]() -> Result<void> {
    append(batch);
    batch.clear();
    return write_missing(std::exchange(waiting_, {}));
  };
  const auto add = [&](const seal::Digest& commitment) -> Result<void> {
    batch.push_back(commitment);
    return batch.size() < 64 * seal::kTileWidth ? Result<void>() : take_batch();
  };
  if (auto done = for_commitments(storage, 0, size, add); !done) return done;
  if (auto done = take_batch(); !done) return done;
  for (const base::FileContent& file : open_tiles()) partial_paths_.push_back(file.path);
  return write_missing(open_tiles());
}

Result<void> Log::recall(std::uint64_t end) {
  if (options_.memory == nullptr) return {};
  const auto memory = read_log_memory(*options_.memory, options_.memory_path);
  if (!memory) return std::unexpected(memory.error());
  if (!*memory || (*memory)->newest.origin != options_.origin) return {};
  remembered_ = (*memory)->newest.head();
  if (remembered_->size <= end || options_.is_copy) return {};
  return std::unexpected(
      not_held(options_.origin, *remembered_, fmt::format("this record holds {} only", end)));
}

Result<void> Log::compare(const seal::TreeHead& head) const {
  if (!remembered_ || remembered_->size != head.size || remembered_->root == head.root) return {};
  return std::unexpected(
      not_held(options_.origin, *remembered_, "this record holds others in their place"));
}

base::FileContent Log::memory_of(const seal::TreeHead& head) const {
  const seal::VerifierKey key{options_.origin, seal::KeyType::ed25519, options_.key.public_key()};
  return {options_.memory_path,
          bytes_of(log_memory_text({{options_.origin, head.size, head.root}, key.id()}))};
}

Result<void> Log::take_up_bundle(base::Storage& storage, const EntryRange& entries) {
  const std::size_t width = tree_.size() % seal::kTileWidth;
  if (width == 0) return {};
  const std::uint64_t index = tree_.size() / seal::kTileWidth;
  const std::uint64_t begin = index * seal::kTileWidth;
  const auto tile = seal::read_tile(tile_reader(storage), {0, index, width});
  if (!tile) return std::unexpected(tile.error());
  auto commitments = read_bundle(storage, index, width);
  if (!commitments && begin < entries.first) return std::unexpected(commitments.error());
  if (!commitments) {
    remarks_.push_back(commitments.error().message + "; made anew from the entries");
    commitments = std::vector<seal::Digest>(width, kLostCommitment);
  }
  auto cursor = Cursor::open(storage, Stream::input, begin);
  if (!cursor) return std::unexpected(cursor.error());
  while (true) {
    const auto frame = cursor->next_frame();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame || (*frame)->sequence >= tree_.size()) break;
    if ((*frame)->damaged) continue;
    const std::size_t at = static_cast<std::size_t>((*frame)->sequence - begin);
    (*commitments)[at] = commitment_in(**frame);
  }
  std::vector<seal::Digest> leaves(width);
  seal::leaf_hashes(*commitments, leaves);
  for (std::size_t i = 0; i < width; ++i) {
    if (leaves[i] != (*tile)[i]) {
      return base::bad_input(
          fmt::format("entry {} is not the one that the checkpoint covers", begin + i));
    }
    seal::put_bundle_entry(bundle_, (*commitments)[i]);
  }
  return {};
}

Result<void> Log::take_entries(base::Storage& storage, std::uint64_t end) {
  if (tree_.size() >= end) return {};
  std::uint64_t lost = 0;
  std::vector<seal::Digest> batch;
  const auto take_batch = [&]() -> Result<void> {
    append(batch);
    batch.clear();
    if (auto same = compare({tree_.size(), tree_.root()}); !same) return same;
    // The usual few go out with the next work, beside the node's loop: whoever waits for the
    // picture should not wait for the disk.
    if (waiting_.size() < kMostFiles / 2) return {};
    if (auto done = storage.write_files(waiting_); !done) return done;
    waiting_.clear();
    return {};
  };
  const auto take = [&](const seal::Digest& commitment) -> Result<void> {
    lost += commitment == kLostCommitment ? 1 : 0;
    batch.push_back(commitment);
    const bool is_judged = remembered_ && tree_.size() + batch.size() == remembered_->size;
    return batch.size() < seal::kTileWidth && !is_judged ? Result<void>() : take_batch();
  };
  if (auto done = for_commitments(storage, tree_.size(), end, take); !done) return done;
  if (auto done = take_batch(); !done) return done;
  if (lost > 0)
    remarks_.push_back(fmt::format("{} entries were lost before they were committed to", lost));
  return {};
}

void Log::append(std::span<const seal::Digest> commitments) {
  if (broken_ || lagging_ || commitments.empty()) return;
  if (is_behind_memory() && commitments.size() >= remembered_->size - tree_.size()) {
    const auto to_memory = static_cast<std::size_t>(remembered_->size - tree_.size());
    append_leaves(commitments.first(to_memory));
    if (auto same = compare({tree_.size(), tree_.root()}); !same) {
      broken_ = true;
      trouble_ = same.error().message;
      return;
    }
    commitments = commitments.subspan(to_memory);
    if (commitments.empty() || lagging_) return;
  }
  append_leaves(commitments);
}

void Log::append_leaves(std::span<const seal::Digest> commitments) {
  leaves_.resize(commitments.size());
  seal::leaf_hashes(commitments, leaves_);
  std::uint64_t index = tree_.size();
  std::vector<seal::Tile> full;
  tree_.append(leaves_, full);
  while (!commitments.empty()) {
    const std::size_t room = seal::kTileWidth - index % seal::kTileWidth;
    const auto some = commitments.first(std::min(room, commitments.size()));
    seal::put_bundle_digests(bundle_, some);
    commitments = commitments.subspan(some.size());
    index += some.size();
    if (some.size() < room) break;
    waiting_.push_back({seal::entries_path(index / seal::kTileWidth - 1), std::move(bundle_)});
    bundle_.clear();
  }
  for (const seal::Tile& tile : full) {
    const base::ByteView bytes = tile.bytes();
    waiting_.push_back({seal::tile_path(tile.id), base::Bytes(bytes.begin(), bytes.end())});
  }
  if (waiting_.size() > kMostFiles) {
    lagging_ = true;
    trouble_ = "tiles cannot be written; they will be made from the entries at the next start";
    waiting_.clear();
  }
}

std::vector<base::FileContent> Log::open_tiles() const {
  std::vector<base::FileContent> files;
  if (!bundle_.empty()) {
    files.push_back(
        {seal::entries_path(tree_.size() / seal::kTileWidth, tree_.size() % seal::kTileWidth),
         bundle_});
  }
  for (const seal::Tile& tile : tree_.partial()) {
    const base::ByteView bytes = tile.bytes();
    files.push_back({seal::tile_path(tile.id), base::Bytes(bytes.begin(), bytes.end())});
  }
  return files;
}

std::optional<LogWork> Log::take_due(base::Timestamp utc, base::Duration monotonic) {
  const bool checkpoint = !tried_ || monotonic - *tried_ >= options_.checkpoint_every;
  return take(utc, monotonic, checkpoint);
}

std::optional<LogWork> Log::take_all(base::Timestamp utc, base::Duration monotonic) {
  return take(utc, monotonic, true);
}

std::optional<LogWork> Log::take(base::Timestamp utc, base::Duration monotonic, bool checkpoint) {
  if (work_out_ || broken_ || lagging_) return std::nullopt;
  checkpoint =
      checkpoint && tree_.size() > std::max(checkpoint_size_, begun_with_) && !is_behind_memory();
  if (!checkpoint && waiting_.size() < kManyFiles && to_keep_.empty() && !rewrite_)
    return std::nullopt;
  work_out_ = true;
  LogWork work;
  work.files = std::move(waiting_);
  waiting_.clear();
  work.full = work.files.size();
  work.careful = failed_;
  if (checkpoint) {
    tried_ = monotonic;
    work.size = tree_.size();
    Recent recent{tree_.size(), {}};
    recent.note.text = seal::checkpoint_text({options_.origin, tree_.size(), tree_.root()});
    recent.note.signatures.push_back(seal::sign(recent.note.text, options_.origin, options_.key));
    work.checkpoint = seal::to_string(recent.note);
    if (options_.memory != nullptr) {
      work.memory = options_.memory;
      work.remembered = memory_of({tree_.size(), tree_.root()});
    }
    // One that was signed but could not be put in place is signed again, to the same bytes.
    if (!recent_.empty() && recent_.back().size == recent.size) recent_.pop_back();
    recent_.push_back(std::move(recent));
    if (recent_.size() > kRecent) recent_.pop_front();
    if (!kept_ || utc - *kept_ >= kKeepEvery || utc < *kept_) {
      kept_ = utc;
      to_keep_.insert(work.size);
    }
    for (base::FileContent& file : open_tiles()) {
      work.open.push_back(file.path);
      // One that the checkpoint in place rests on has the same content; to write it again could
      // tear it.
      if (std::ranges::find(partial_paths_, file.path) == partial_paths_.end())
        work.files.push_back(std::move(file));
    }
    for (const std::string& path : partial_paths_) {
      if (std::ranges::find(work.open, path) == work.open.end()) work.obsolete.push_back(path);
    }
  } else if (rewrite_ && !recent_.empty() && recent_.back().size == checkpoint_size_) {
    work.size = checkpoint_size_;
    work.checkpoint = seal::to_string(recent_.back().note);
  }
  rewrite_ = false;
  // Never one beyond that which is in place: should it go missing, the history shows that it did.
  const std::uint64_t reach = work.checkpoint.empty() ? checkpoint_size_ : work.size;
  for (const Recent& recent : recent_) {
    if (recent.size > reach || to_keep_.erase(recent.size) == 0) continue;
    work.history.push_back(
        {checkpoint_history_path(recent.size), bytes_of(seal::to_string(recent.note))});
  }
  std::erase_if(to_keep_, [&](std::uint64_t size) { return size <= reach; });
  if (work.files.empty() && work.checkpoint.empty() && work.history.empty()) {
    work_out_ = false;
    return std::nullopt;
  }
  return work;
}

Result<void> Log::write(base::Storage& storage, const LogWork& work) {
  const std::span<const base::FileContent> files(work.files);
  const std::size_t together = work.careful ? work.full : files.size();
  if (together > 0) {
    if (auto done = storage.write_files(files.first(together)); !done) return done;
  }
  for (const base::FileContent& file : files.subspan(together)) {
    if (auto done = storage.replace(file.path, file.content); !done) return done;
  }
  if (work.remembered) {
    const auto done = work.memory->replace(work.remembered->path, work.remembered->content);
    if (!done) return done;
  }
  if (!work.checkpoint.empty()) {
    if (auto done = storage.replace(kCheckpointPath, bytes_of(work.checkpoint)); !done) return done;
  }
  for (const base::FileContent& file : work.history) {
    if (auto done = storage.replace(file.path, file.content); !done) return done;
  }
  for (const std::string& path : work.obsolete) (void)storage.remove(path);  // only takes room
  return {};
}

void Log::finish(LogWork work, const Result<void>& result) {
  CHECK(work_out_);
  work_out_ = false;
  failed_ = !result.has_value();
  if (!result) {
    if (!broken_ && !lagging_) trouble_ = result.error().message;
    // What was to be written comes first again. Open tiles are made anew with the next checkpoint.
    work.files.resize(work.full);
    std::ranges::move(waiting_, std::back_inserter(work.files));
    waiting_ = std::move(work.files);
    for (const base::FileContent& file : work.history) {
      for (const Recent& recent : recent_) {
        if (checkpoint_history_path(recent.size) == file.path) to_keep_.insert(recent.size);
      }
    }
    return;
  }
  if (!broken_ && !lagging_) trouble_.reset();
  if (work.checkpoint.empty()) return;
  checkpoint_ = std::move(work.checkpoint);
  if (work.size == checkpoint_size_) return;
  checkpoint_size_ = work.size;
  checkpoint_time_ = tried_;
  partial_paths_ = std::move(work.open);
}

Result<std::size_t> Log::add_cosignatures(std::uint64_t size,
                                          std::string_view lines,
                                          std::span<const seal::VerifierKey> witnesses) {
  const auto found = std::ranges::find(recent_, size, &Recent::size);
  if (found == recent_.end())
    return base::bad_input(fmt::format("no recent checkpoint over {} entries", size));
  auto count = seal::take_cosignatures(found->note, lines, witnesses);
  if (!count || *count == 0) return count;
  const auto signatures = seal::check_note(found->note, witnesses);
  if (!signatures) return std::unexpected(signatures.error());
  for (const seal::KnownSignature& signature : *signatures) {
    constexpr std::uint64_t kMostSeconds = 9'000'000'000;  // year 2255; what ns hold
    const auto seconds = static_cast<std::int64_t>(std::min(signature.unix_time_s, kMostSeconds));
    Cosigned one{
        witnesses[signature.key].name, base::timestamp_from_ns(seconds * 1'000'000'000), size};
    const auto known = std::ranges::find(cosigned_, one.key, &Cosigned::key);
    if (known == cosigned_.end()) {
      cosigned_.push_back(std::move(one));
    } else if (known->size <= size) {
      *known = std::move(one);
    }
  }
  to_keep_.insert(size);
  rewrite_ = rewrite_ || size == recent_.back().size;
  return count;
}

seal::TileReader tile_reader(base::Storage& storage) {
  return [&storage](const std::string& path) {
    return storage.read(path, 0, seal::kTileWidth * seal::kDigestSize + 1);
  };
}

std::string checkpoint_history_path(std::uint64_t size) {
  return fmt::format("{}/{:020}", kCheckpointFolder, size);
}

Result<std::optional<ReadCheckpoint>> read_checkpoint(base::Storage& storage) {
  if (storage.size(kCheckpointPath)) {
    auto read = read_note(storage, kCheckpointPath);
    if (!read) return std::unexpected(read.error());
    return std::move(*read);
  }
  const auto kept = storage.list(kCheckpointFolder);
  if (!kept) return std::unexpected(kept.error());
  if (kept->empty()) return std::nullopt;
  return base::bad_input(fmt::format(
      "{} is missing, though {} holds signed ones", kCheckpointPath, kCheckpointFolder));
}

namespace {

Result<ReadCheckpoint> newest_checkpoint(base::Storage& storage) {
  auto read = read_checkpoint(storage);
  if (!read) return std::unexpected(read.error());
  if (!*read) return base::bad_input("this record has no checkpoint");
  return std::move(**read);
}

}  // namespace

Result<seal::ProofFile> prove_entry(base::Storage& storage, std::uint64_t index) {
  const auto newest = newest_checkpoint(storage);
  if (!newest) return std::unexpected(newest.error());
  seal::TileHashes hashes(tile_reader(storage), newest->checkpoint.size);
  auto proof = seal::inclusion_proof(hashes.reader(), index, newest->checkpoint.size);
  if (!proof) return std::unexpected(proof.error());
  return seal::ProofFile{{}, index, std::move(*proof), seal::to_string(newest->note)};
}

Result<Consistency> prove_consistency(base::Storage& storage,
                                      std::uint64_t older,
                                      std::uint64_t newer) {
  const auto newest = newest_checkpoint(storage);
  if (!newest) return std::unexpected(newest.error());
  if (newer > newest->checkpoint.size) {
    return base::bad_input(fmt::format(
        "the newest checkpoint covers {} entries, not {}", newest->checkpoint.size, newer));
  }
  seal::TileHashes hashes(tile_reader(storage), newest->checkpoint.size);
  auto proof = seal::consistency_proof(hashes.reader(), older, newer);
  if (!proof) return std::unexpected(proof.error());
  const auto old_root = seal::tree_root(hashes.reader(), older);
  if (!old_root) return std::unexpected(old_root.error());
  const auto new_root = seal::tree_root(hashes.reader(), newer);
  if (!new_root) return std::unexpected(new_root.error());
  return Consistency{{older, *old_root}, {newer, *new_root}, std::move(*proof)};
}

Result<std::string> make_witness_request(base::Storage& storage, std::uint64_t old_size) {
  const auto newest = newest_checkpoint(storage);
  if (!newest) return std::unexpected(newest.error());
  seal::TileHashes hashes(tile_reader(storage), newest->checkpoint.size);
  // The witness' own lines are of no use to it.
  seal::Note own{newest->note.text, {}};
  for (const seal::NoteSignature& signature : newest->note.signatures) {
    if (signature.key_name == newest->checkpoint.origin) own.signatures.push_back(signature);
  }
  return seal::witness_request(hashes.reader(), old_size, seal::to_string(own));
}

}  // namespace liptako::record
