#include "record/verify.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "record/cursor.hpp"
#include "record/input_body.hpp"
#include "record/log.hpp"
#include "record/retention.hpp"
#include "record/takeover.hpp"
#include "seal/tiles.hpp"

namespace liptako::record {

namespace {

using base::Result;

class Verifier {
 public:
  Verifier(base::Storage& storage, std::span<const seal::VerifierKey> keys)
      : storage_(&storage), keys_(keys) {
    out_.keys_given = !keys.empty();
  }

  [[nodiscard]] Result<Verification> run() {
    check_checkpoint();
    if (auto done = check_history(); !done) return std::unexpected(done.error());
    if (auto done = check_segment_headers(); !done) return std::unexpected(done.error());
    if (auto done = check_entries(); !done) return std::unexpected(done.error());
    if (auto done = check_keeping(); !done) return std::unexpected(done.error());
    return std::move(out_);
  }

 private:
  void fault(Fault::Part part,
             std::string where,
             std::string what,
             std::optional<std::uint64_t> entry = std::nullopt) {
    ++out_.fault_count;
    if (out_.faults.size() < Verification::kMaxFaults)
      out_.faults.push_back({part, std::move(where), entry, std::move(what)});
  }

  // Faults of a checkpoint's signatures. The keys that signed, if it is `newest`.
  void check_signatures(const std::string& where, const ReadCheckpoint& read, bool newest) {
    if (keys_.empty()) return;
    const auto signatures = seal::check_note(read.note, keys_);
    if (!signatures) return fault(Fault::Part::checkpoint, where, signatures.error().message);
    bool by_log = false;
    for (const seal::KnownSignature& signature : *signatures) {
      const seal::VerifierKey& key = keys_[signature.key];
      by_log = by_log || (key.type == seal::KeyType::ed25519 && key.name == read.checkpoint.origin);
      if (newest) out_.signatures.push_back({key.name, key.type, signature.unix_time_s});
    }
    if (!by_log) {
      fault(Fault::Part::checkpoint,
            where,
            fmt::format("not signed by a known key of the log {}", read.checkpoint.origin));
    }
  }

  void check_checkpoint() {
    const std::string where(kCheckpointPath);
    const auto read = read_checkpoint(*storage_);
    if (!read) return fault(Fault::Part::checkpoint, where, read.error().message);
    if (!*read) {
      return fault(Fault::Part::checkpoint,
                   where,
                   "there is none: nothing vouches for this record, only checksums were looked at");
    }
    out_.checkpoint = (*read)->checkpoint;
    check_signatures(where, **read, true);
    if (const auto audit = seal::audit_tiles(tile_reader(*storage_), out_.checkpoint->head());
        !audit) {
      fault(Fault::Part::tile, "tile", audit.error().message);
    }
  }

  Result<void> check_history() {
    const auto names = storage_->list(kCheckpointFolder);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      const std::string where = fmt::format("{}/{}", kCheckpointFolder, name);
      ++out_.checkpoints_kept;
      const auto bytes = storage_->read(where, 0, seal::kMaxNoteSize + 1);
      if (!bytes) return std::unexpected(bytes.error());
      auto note = seal::parse_note(std::string(bytes->begin(), bytes->end()));
      if (!note) {
        fault(Fault::Part::checkpoint, where, note.error().message);
        continue;
      }
      auto checkpoint = seal::parse_checkpoint(note->text);
      if (!checkpoint) {
        fault(Fault::Part::checkpoint, where, checkpoint.error().message);
        continue;
      }
      const ReadCheckpoint read{std::move(*note), std::move(*checkpoint)};
      check_signatures(where, read, false);
      if (where != checkpoint_history_path(read.checkpoint.size))
        fault(Fault::Part::checkpoint, where, "its name is not its size");
      if (!out_.checkpoint) continue;
      if (read.checkpoint.origin != out_.checkpoint->origin)
        fault(Fault::Part::checkpoint, where, "of another log");
      if (read.checkpoint.size > out_.checkpoint->size) {
        fault(Fault::Part::checkpoint,
              where,
              fmt::format("covers {} entries, more than the newest checkpoint",
                          read.checkpoint.size));
        continue;
      }
      seal::TileHashes hashes(tile_reader(*storage_), out_.checkpoint->size);
      const auto root = seal::tree_root(hashes.reader(), read.checkpoint.size);
      if (!root) {
        fault(Fault::Part::tile, "tile", root.error().message);
      } else if (*root != read.checkpoint.root) {
        fault(Fault::Part::checkpoint,
              where,
              fmt::format("contradicts the tiles: another root over {} entries",
                          read.checkpoint.size));
      }
    }
    return {};
  }

  Result<void> check_segment_headers() {
    const auto names = storage_->list(folder_of(Stream::input));
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      if (!segment_number(name)) continue;
      const std::string where = fmt::format("{}/{}", folder_of(Stream::input), name);
      const auto bytes = storage_->read(where, 0, kSegmentHeaderSize);
      if (!bytes) return std::unexpected(bytes.error());
      if (bytes->empty() && name == names->back()) continue;  // being begun
      const base::ByteView view = *bytes;
      for (const std::size_t copy : {std::size_t{0}, kSegmentHeaderCopy}) {
        const bool sound = view.size() >= copy + kSegmentHeaderCopy &&
                           decode_segment_header(view.subspan(copy, kSegmentHeaderCopy));
        if (!sound) {
          fault(Fault::Part::segment,
                where,
                fmt::format("{} copy of its header unreadable", copy == 0 ? "first" : "second"));
        }
      }
    }
    return {};
  }

  // The leaves and the bundle of entries [group * 256, ...), as far as the checkpoint covers them.
  void load_group(std::uint64_t group) {
    group_ = group;
    leaves_.clear();
    const std::uint64_t left = out_.checkpoint->size - group * seal::kTileWidth;
    const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(left, seal::kTileWidth));
    const seal::TileId id{0, group, width};
    auto tile = seal::read_tile(tile_reader(*storage_), id);
    if (!tile) {
      fault(Fault::Part::tile, seal::tile_path(id), tile.error().message, group * seal::kTileWidth);
      return;
    }
    leaves_ = std::move(*tile);
    check_bundle(group, width);
  }

  void check_bundle(std::uint64_t group, std::size_t width) {
    std::size_t count = width;
    std::string path = seal::entries_path(group, width);
    if (width < seal::kTileWidth && !storage_->size(path)) {
      count = seal::kTileWidth;
      path = seal::entries_path(group);
    }
    const std::uint64_t first = group * seal::kTileWidth;
    const auto bytes = storage_->read(path, 0, seal::kTileWidth * (2 + seal::kDigestSize) + 1);
    if (!bytes) return fault(Fault::Part::bundle, path, bytes.error().message, first);
    const auto entries = seal::bundle_entries(*bytes, count);
    if (!entries) return fault(Fault::Part::bundle, path, entries.error().message, first);
    for (std::size_t i = 0; i < width; ++i) {
      if (seal::leaf_hash((*entries)[i]) == leaves_[i]) continue;
      fault(Fault::Part::bundle,
            path,
            fmt::format("its commitment of entry {} is not the leaf in the tile", first + i),
            first + i);
    }
  }

  // The leaf of a covered entry; none if its tile cannot be read, which has been said.
  [[nodiscard]] std::optional<seal::Digest> leaf_of_entry(std::uint64_t entry) {
    const std::uint64_t group = entry / seal::kTileWidth;
    if (group_ != group) load_group(group);
    if (leaves_.empty()) return std::nullopt;
    return leaves_[entry % seal::kTileWidth];
  }

  [[nodiscard]] bool is_covered(std::uint64_t entry) const {
    return out_.checkpoint && entry < out_.checkpoint->size;
  }

  // Covered entries [begin, end) were deleted by rule.
  void note_retired(std::uint64_t begin, std::uint64_t end) {
    out_.retired += end - begin;
    // Their proofs must be there all the same. The first that is not is said, and enough: how far
    // the list and the checkpoint reach is whatever somebody wrote.
    for (std::uint64_t entry = begin; entry < end; ++entry) {
      if (!leaf_of_entry(entry)) break;
    }
  }

  // Entries [begin, end) are not there, or cannot be read. One fault for each run of them, which
  // ends at an entry whose loss was committed to. Without tiles to tell, all is one run: a size
  // that somebody wrote into a checkpoint must not decide how long this takes.
  void note_absent(std::uint64_t begin, std::uint64_t end, const std::string& why) {
    const seal::Digest lost = seal::leaf_hash(kLostCommitment);
    while (begin < end) {
      std::uint64_t stop = begin;
      for (; stop < end; ++stop) {
        if (!is_covered(stop)) continue;
        const auto leaf = leaf_of_entry(stop);
        if (leaf == lost) break;
        if (!leaf) {
          stop = end;
          break;
        }
      }
      if (stop > begin) {
        fault(Fault::Part::entry,
              stop == begin + 1 ? fmt::format("entry {}", begin)
                                : fmt::format("entries {} to {}", begin, stop - 1),
              why,
              begin);
      }
      if (stop < end) ++out_.lost;
      begin = stop < end ? stop + 1 : end;
    }
  }

  // Of a range that is not there: what became of it is known when all entries have been read, since
  // that it was deleted by rule is said behind it. More ranges than a record that was dealt with
  // honestly can have are judged at once.
  void note_missing(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    if (missing_.size() < kMaxMissing) {
      missing_.push_back({begin, end});
    } else {
      note_absent(begin, end, "missing");
    }
  }

  void judge_missing() {
    for (const DeletedRange& range : missing_) {
      std::uint64_t begin = range.begin;
      for (const DeletedRange& deleted : out_.keeping.ranges) {
        if (deleted.end <= begin || deleted.begin >= range.end) continue;
        note_unsaid(begin, std::max(begin, deleted.begin));
        note_retired(std::max(begin, deleted.begin), std::min(range.end, deleted.end));
        begin = std::min(range.end, deleted.end);
      }
      if (range.end == out_.checkpoint->size) {
        note_absent(begin, range.end, "missing: the record ends before it");
      } else {
        note_unsaid(begin, range.end);
      }
    }
  }
  void note_unsaid(std::uint64_t begin, std::uint64_t end) {
    note_absent(begin, end, "missing, and no entry of the record says that it was deleted by rule");
  }

  // What the record says of itself against the files that say it too.
  Result<void> check_keeping() {
    const auto files = list_holds(*storage_);
    if (!files) return std::unexpected(files.error());
    for (const Hold& hold : missing_holds(out_.keeping.holds, *files)) {
      fault(Fault::Part::hold,
            fmt::format("hold/{}", hold.id),
            "missing, though an entry of the record says that the hold stands");
    }
    const auto index = check_retired_index(*storage_, out_.keeping);
    if (!index) {
      fault(Fault::Part::retired, std::string(kRetiredIndex), index.error().message);
    } else if (!index->empty()) {
      fault(Fault::Part::retired, std::string(kRetiredIndex), *index);
    }
    return {};
  }

  // The machine that took over signed what it had before: it must be what the log has there.
  void check_takeover(std::uint64_t sequence, base::ByteView payload) {
    const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
    if (!text.starts_with(kTakeoverFirstLine)) return;
    const auto note = seal::parse_note(text);
    const auto takeover = note ? parse_takeover(note->text) : std::unexpected(note.error());
    bool sound = takeover && takeover->tree.size <= sequence;
    if (sound && takeover->tree.size > 0) {
      seal::TileHashes hashes(tile_reader(*storage_), out_.checkpoint->size);
      const auto root = seal::tree_root(hashes.reader(), takeover->tree.size);
      sound = !root || *root == takeover->tree.root;  // what tiles lack has been said
    }
    if (sound) return;
    fault(Fault::Part::entry,
          fmt::format("entry {}", sequence),
          "a takeover that names another tree than that of the entries before it",
          sequence);
  }

  void check_entry(const Frame& frame, const InputBody& body, const EntryView& entry) {
    if (entry.kind == EntryKind::start) out_.starts.push_back(frame.sequence);
    if (entry.kind == EntryKind::gap) {
      auto gap = decode_gap(entry.payload);
      if (gap && !gap->is_farewell()) out_.gaps.push_back({frame.sequence, std::move(*gap)});
    }
    if (!is_covered(frame.sequence)) {
      ++out_.uncovered;
      return;
    }
    const auto leaf = leaf_of_entry(frame.sequence);
    if (!leaf) return;
    if (seal::leaf_hash(commitment_of(body)) == *leaf) {
      ++out_.proved;
      if (entry.kind == EntryKind::document && !out_.keeping.take(entry.payload)) {
        if (const auto state = carried_.take(entry.payload)) out_.keeping.restore(*state);
        check_takeover(frame.sequence, entry.payload);
      }
      return;
    }
    fault(Fault::Part::entry,
          fmt::format("{} at {}", segment_path(Stream::input, frame.segment), frame.offset),
          fmt::format("entry {} is not the one that was committed to", frame.sequence),
          frame.sequence);
  }

  Result<void> check_entries() {
    auto cursor = Cursor::open(*storage_, Stream::input);
    if (!cursor) {
      fault(Fault::Part::segment, std::string(folder_of(Stream::input)), cursor.error().message);
      return {};
    }
    bool any = false;
    std::uint64_t next = 0;
    while (true) {
      const auto frame = cursor->next_frame();
      if (!frame) return std::unexpected(frame.error());
      if (!*frame) break;
      const std::uint64_t sequence = (*frame)->sequence;
      if (!any) out_.first = sequence;
      any = true;
      // A sequence that no record reaches is a forged header's; what it skips is not listed.
      if (is_covered(next)) note_missing(next, std::min(sequence, out_.checkpoint->size));
      next = sequence + 1;
      const auto body = decode_input_body((*frame)->body);
      const auto entry =
          body ? decode_entry(body->wire) : Result<EntryView>(std::unexpected(body.error()));
      if ((*frame)->damaged || !entry) {
        note_absent(
            sequence, next, (*frame)->damaged ? "payload checksum wrong" : entry.error().message);
        continue;
      }
      check_entry(**frame, *body, *entry);
    }
    out_.end = next;
    if (is_covered(next)) note_missing(next, out_.checkpoint->size);
    judge_missing();
    note_damages(*cursor);
    return {};
  }

  // What the entries do not show themselves: bytes between them.
  void note_damages(const Cursor& cursor) {
    for (const Damage& damage : cursor.damages()) {
      if (damage.what == Damage::What::body_checksum || damage.what == Damage::What::entry_form)
        continue;  // said with its entry
      // What was deleted by rule may be there again after a power cut, but for some of it.
      if (damage.what == Damage::What::segment_missing &&
          out_.keeping.is_deleted(damage.sequence)) {
        continue;
      }
      if (is_covered(damage.sequence) &&
          leaf_of_entry(damage.sequence) == seal::leaf_hash(kLostCommitment)) {
        continue;  // the record says so itself
      }
      fault(Fault::Part::segment,
            segment_path(Stream::input, damage.segment),
            to_string(Stream::input, damage),
            damage.sequence);
    }
    const std::uint64_t unlisted = cursor.damage_count() - cursor.damages().size();
    if (unlisted > 0) {
      fault(Fault::Part::segment,
            std::string(folder_of(Stream::input)),
            fmt::format("{} more places unreadable", unlisted));
    }
  }

  base::Storage* storage_;
  std::span<const seal::VerifierKey> keys_;
  Verification out_;
  std::optional<std::uint64_t> group_;
  std::vector<seal::Digest> leaves_;
  CarriedReader carried_;
  static constexpr std::size_t kMaxMissing = 65'536;
  std::vector<DeletedRange> missing_;  // ascending
};

}  // namespace

std::string_view name_of(Fault::Part part) {
  switch (part) {
    case Fault::Part::segment:
      return "segment";
    case Fault::Part::entry:
      return "entry";
    case Fault::Part::tile:
      return "tile";
    case Fault::Part::bundle:
      return "bundle";
    case Fault::Part::checkpoint:
      return "checkpoint";
    case Fault::Part::hold:
      return "hold";
    case Fault::Part::retired:
      return "retired";
  }
  return "";
}

std::string to_string(const Fault& fault) { return fault.where + ": " + fault.what; }

Result<Verification> verify_record(base::Storage& storage,
                                   std::span<const seal::VerifierKey> keys) {
  return Verifier(storage, keys).run();
}

Result<std::vector<seal::VerifierKey>> parse_verifier_keys(std::string_view text) {
  std::vector<seal::VerifierKey> keys;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    auto key = seal::VerifierKey::parse(line);
    if (!key) return base::bad_input(fmt::format("line {}: {}", number, key.error().message));
    keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace liptako::record
