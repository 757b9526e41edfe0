#include "record/backup.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "record/cursor.hpp"
#include "record/keeping.hpp"
#include "record/retention.hpp"
#include "record/verify.hpp"
#include "seal/note.hpp"
#include "seal/tiles.hpp"

namespace liptako::record {

namespace {

using base::Result;

constexpr std::string_view kManifest = "backup";
// Written when all but small files is copied: each of those is then as one of the two says.
constexpr std::string_view kNextManifest = "backup.next";
constexpr std::string_view kFirstLine = "liptako/backup/v1";
constexpr std::string_view kCheckpoint = "checkpoint";
constexpr std::size_t kChunk = 1u << 20;
constexpr std::size_t kMaxSmall = 64u << 20;  // of a file that is copied in one piece

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
std::string_view text_of(base::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_segment(std::string_view path) {
  return path.starts_with("input/") || path.starts_with("derived/");
}

Result<base::Bytes> read_whole(base::Storage& storage, const std::string& path) {
  const auto size = storage.size(path);
  if (!size) return std::unexpected(size.error());
  if (*size > kMaxSmall)
    return base::bad_input(fmt::format("{}: {} bytes are too many", path, *size));
  return storage.read(path, 0, static_cast<std::size_t>(*size));
}

// The running hash of the first `size` bytes of a file.
Result<seal::Sha256> hash_prefix(base::Storage& storage,
                                 const std::string& path,
                                 std::uint64_t size) {
  seal::Sha256 hash;
  for (std::uint64_t at = 0; at < size;) {
    const auto bytes = storage.read(
        path, at, static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, size - at)));
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->empty()) return base::bad_input(fmt::format("{}: shorter than {}", path, size));
    hash.update(*bytes);
    at += bytes->size();
  }
  return hash;
}

Result<std::optional<seal::Checkpoint>> read_checkpoint(base::Storage& storage) {
  if (!storage.size(kCheckpoint)) return std::nullopt;
  const auto bytes = read_whole(storage, std::string(kCheckpoint));
  if (!bytes) return std::unexpected(bytes.error());
  const auto note = seal::parse_note(text_of(*bytes));
  if (!note) return base::bad_input("checkpoint: " + note.error().message);
  const auto checkpoint = seal::parse_checkpoint(note->text);
  if (!checkpoint) return base::bad_input("checkpoint: " + checkpoint.error().message);
  return *checkpoint;
}

seal::TileReader reader_of(base::Storage& storage) {
  return [&storage](const std::string& path) { return read_whole(storage, path); };
}

// A bundle, from its file or from the full one's beginning.
Result<base::Bytes> read_bundle(base::Storage& storage, std::uint64_t index, std::size_t width) {
  auto bytes = read_whole(storage, seal::entries_path(index, width));
  if (bytes || width == seal::kTileWidth) return bytes;
  const auto full = read_whole(storage, seal::entries_path(index));
  if (!full) return bytes;
  const auto entries = seal::bundle_entries(*full, seal::kTileWidth);
  if (!entries) return std::unexpected(entries.error());
  base::Bytes out;
  for (std::size_t i = 0; i < width; ++i) seal::put_bundle_entry(out, (*entries)[i]);
  return out;
}

// Tiles of a tree of `size` leaves that were not full at `from`, lowest level first.
std::vector<seal::TileId> tiles(std::uint64_t from, std::uint64_t size) {
  std::vector<seal::TileId> out;
  for (unsigned level = 0; level < seal::kTileLevels; ++level) {
    const std::uint64_t hashes = seal::hashes_at_level(size, level);
    std::uint64_t index = seal::hashes_at_level(from, level) / seal::kTileWidth;
    for (; index * seal::kTileWidth < hashes; ++index) {
      const std::uint64_t rest = hashes - index * seal::kTileWidth;
      const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(rest, seal::kTileWidth));
      out.push_back({level, index, width});
    }
  }
  return out;
}

// Bundles of a tree of `size` leaves from leaf `from` on: index and width.
std::vector<std::pair<std::uint64_t, std::size_t>> bundles(std::uint64_t from, std::uint64_t size) {
  std::vector<std::pair<std::uint64_t, std::size_t>> out;
  for (std::uint64_t index = from / seal::kTileWidth; index * seal::kTileWidth < size; ++index) {
    const std::uint64_t rest = size - index * seal::kTileWidth;
    out.emplace_back(index,
                     static_cast<std::size_t>(std::min<std::uint64_t>(rest, seal::kTileWidth)));
  }
  return out;
}

// How much of each segment belongs to a copy.
struct Extent {
  std::uint32_t segment = 0;
  std::uint64_t size = 0;
};

struct Cut {
  std::vector<Extent> extents;
  std::uint64_t end = 0;  // sequence of the first frame that is left out
};

// The stream up to, not including, the first frame of which `beyond` is true; without one, up to
// the last whole frame: a running writer may be in the middle of the next.
template <class Beyond>
Result<Cut> cut_stream(base::Storage& storage,
                       Stream stream,
                       std::uint64_t from,
                       const Beyond& beyond) {
  const auto names = storage.list(folder_of(stream));
  if (!names) return std::unexpected(names.error());
  std::vector<std::uint32_t> numbers;
  for (const std::string& name : *names) {
    if (const auto number = segment_number(name)) numbers.push_back(*number);
  }
  auto cursor = Cursor::open(storage, stream, from);
  if (!cursor) return std::unexpected(cursor.error());
  Cut cut;
  Extent last;  // ends with the last frame that belongs
  while (true) {
    const auto frame = cursor->next_frame();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame) break;
    if (beyond(**frame)) {
      last = {(*frame)->segment, (*frame)->offset};
      break;
    }
    last = {(*frame)->segment, (*frame)->offset + kFrameHeaderSize + (*frame)->body.size()};
    cut.end = (*frame)->sequence + 1;
  }
  for (const std::uint32_t number : numbers) {
    if (number > last.segment || last.size == 0) break;
    const auto size = storage.size(segment_path(stream, number));
    if (!size) return std::unexpected(size.error());
    const std::uint64_t wanted = number == last.segment ? last.size : *size;
    if (wanted > kSegmentHeaderSize) cut.extents.push_back({number, wanted});
  }
  return cut;
}

// First sequence of the newest segment whose header can be read and of which `wanted` is true; 0 if
// there is none.
template <class Wanted>
Result<std::uint64_t> newest_start(base::Storage& storage, Stream stream, const Wanted& wanted) {
  const auto names = storage.list(folder_of(stream));
  if (!names) return std::unexpected(names.error());
  for (auto name = names->rbegin(); name != names->rend(); ++name) {
    const auto number = segment_number(*name);
    if (!number) continue;
    const auto bytes = storage.read(segment_path(stream, *number), 0, kSegmentHeaderSize);
    if (!bytes) return std::unexpected(bytes.error());
    const auto header = decode_segment_header(*bytes);
    if (!header) continue;
    const auto fits = wanted(header->first_sequence);
    if (!fits) return std::unexpected(fits.error());
    if (*fits) return header->first_sequence;
  }
  return 0;
}

std::uint64_t input_of(const Frame& frame) {
  return base::ByteReader(frame.body).get<std::uint64_t>();
}

Result<Cut> cut_input(base::Storage& storage, const std::optional<seal::Checkpoint>& checkpoint) {
  const std::uint64_t end = checkpoint ? checkpoint->size : ~std::uint64_t{0};
  const auto from = newest_start(
      storage, Stream::input, [&](std::uint64_t first) -> Result<bool> { return first < end; });
  if (!from) return std::unexpected(from.error());
  auto cut = cut_stream(
      storage, Stream::input, *from, [&](const Frame& frame) { return frame.sequence >= end; });
  if (!cut) return cut;
  if (checkpoint && cut->end < checkpoint->size) {
    return base::bad_input(fmt::format(
        "the record's entries end at {}, but its checkpoint covers {}: it has lost some",
        cut->end,
        checkpoint->size));
  }
  return cut;
}

Result<Cut> cut_derived(base::Storage& storage, std::uint64_t input_end) {
  const auto from =
      newest_start(storage, Stream::derived, [&](std::uint64_t first) -> Result<bool> {
        auto cursor = Cursor::open(storage, Stream::derived, first);
        if (!cursor) return std::unexpected(cursor.error());
        const auto frame = cursor->next_frame();
        if (!frame) return std::unexpected(frame.error());
        return *frame && input_of(**frame) < input_end;
      });
  if (!from) return std::unexpected(from.error());
  return cut_stream(storage, Stream::derived, *from, [&](const Frame& frame) {
    return input_of(frame) >= input_end;
  });
}

class Copier {
 public:
  Copier(base::Storage& from, base::Storage& to) : from_(&from), to_(&to) {}

  std::optional<Manifest> before;
  bool before_counts = true;  // files of the tree that are there already need no second look
  BackupReport report;

  // Appends what the copy of a segment lacks, after checking that what it has is the same.
  Result<void> segment(const std::string& path, std::uint64_t size) {
    std::uint64_t known = 0;
    if (before) {
      const auto old = before->files.find(path);
      if (old != before->files.end()) {
        known = old->second.size;
        if (known == size) {
          report.manifest.files.emplace(path, old->second);
          return {};
        }
        if (known > size) return other_past(path);
        const auto hash = hash_prefix(*from_, path, known);
        if (!hash) return std::unexpected(hash.error());
        seal::Sha256 now = *hash;
        if (now.finish() != old->second.sha256) return other_past(path);
      }
    }
    const auto there = to_->size(path);
    if (there && *there < known) return base::bad_input(fmt::format("{}: cut short", path));
    // What an interrupted run left behind the known end.
    if (there && *there > known) {
      if (const auto cut = to_->truncate(path, known); !cut) return cut;
    }
    auto hash = hash_prefix(*from_, path, known);
    if (!hash) return std::unexpected(hash.error());
    auto file = to_->open_append(path);
    if (!file) return std::unexpected(file.error());
    for (std::uint64_t at = known; at < size;) {
      const auto bytes = from_->read(
          path, at, static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, size - at)));
      if (!bytes) return std::unexpected(bytes.error());
      if (bytes->empty()) return base::world_failed(fmt::format("{}: shrank", path));
      if (const auto written = (*file)->append(*bytes); !written) return written;
      hash->update(*bytes);
      at += bytes->size();
    }
    if (const auto synced = (*file)->sync(); !synced) return synced;
    report.manifest.files[path] = {size, hash->finish()};
    ++report.copied_files;
    report.copied_bytes += size - known;
    return {};
  }

  // Takes a small file into memory; it is written with the others, at the end.
  Result<void> small(const std::string& path) {
    auto bytes = read_whole(*from_, path);
    if (!bytes) return std::unexpected(bytes.error());
    report.manifest.files[path] = {bytes->size(), seal::sha256(*bytes)};
    small_[path] = std::move(*bytes);
    return {};
  }
  Result<void> small_in(const std::string& folder) {
    const auto names = from_->list(folder);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      if (name.ends_with(".tmp")) continue;
      if (const auto done = small(folder + '/' + name); !done) return done;
    }
    return {};
  }
  Result<void> write_small() {
    for (const auto& [path, bytes] : small_) {
      const auto there = read_whole(*to_, path);
      if (there && *there == bytes) continue;
      if (const auto put = replace(path, bytes); !put) return put;
    }
    return {};
  }

  // Files of the tree have names that say all about them.
  Result<void> tree(std::uint64_t before_size, std::uint64_t size) {
    const seal::TileReader reader = reader_of(*from_);
    for (const seal::TileId& id : tiles(before_size, size)) {
      const std::string path = seal::tile_path(id);
      if (before_counts && to_->size(path)) continue;
      auto hashes = seal::read_tile(reader, id);
      if (!hashes) return std::unexpected(hashes.error());
      const seal::Tile tile{id, std::move(*hashes)};
      if (const auto put = replace(path, tile.bytes()); !put) return put;
    }
    for (const auto& [index, width] : bundles(before_size, size)) {
      const std::string path = seal::entries_path(index, width);
      if (before_counts && to_->size(path)) continue;
      const auto bytes = read_bundle(*from_, index, width);
      if (!bytes) return std::unexpected(bytes.error());
      if (const auto put = replace(path, *bytes); !put) return put;
    }
    return {};
  }

  Result<void> replace(const std::string& path, base::ByteView bytes) {
    if (const auto put = to_->replace(path, bytes); !put) return put;
    ++report.copied_files;
    report.copied_bytes += bytes.size();
    return {};
  }

 private:
  static Result<void> other_past(std::string_view path) {
    return base::bad_input(fmt::format(
        "{}: the record's past is not the one of this backup; keep both and back up to a new place",
        path));
  }

  base::Storage* from_;
  base::Storage* to_;
  std::map<std::string, base::Bytes> small_;
};

std::string path_in_manifest(std::string_view line) {
  return std::string(line.substr(0, std::min(line.find(' '), line.size())));
}

// Whether a record has files of that path, of those that a list names; whoever wrote the list.
bool is_listed_path(std::string_view path) {
  if (path == kCheckpoint || path == kRetiredIndex) return true;
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view folder = path.substr(0, slash);
  const std::string_view name = path.substr(slash + 1);
  if (is_segment(path)) return segment_number(name).has_value();
  if (folder != "snapshot" && folder != "checkpoints" && folder != "hold") return false;
  if (name.empty() || name.front() == '.' || name.ends_with(".tmp")) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

std::optional<Manifest> parse_if_there(base::Storage& backup, std::string_view path) {
  const auto bytes = read_whole(backup, std::string(path));
  if (!bytes) return std::nullopt;
  auto manifest = parse_manifest(text_of(*bytes));
  if (!manifest) return std::nullopt;
  return std::move(*manifest);
}

// The newest list that is whole, and the one before where a run was interrupted.
struct Lists {
  Manifest newest;
  std::optional<Manifest> before;
};
Result<Lists> read_lists(base::Storage& backup) {
  auto next = parse_if_there(backup, kNextManifest);
  auto current = parse_if_there(backup, kManifest);
  if (next) return Lists{std::move(*next), std::move(current)};
  if (current) return Lists{std::move(*current), std::nullopt};
  if (backup.size(kManifest)) {
    const auto bytes = read_whole(backup, std::string(kManifest));
    if (!bytes) return std::unexpected(bytes.error());
    return std::unexpected(parse_manifest(text_of(*bytes)).error());
  }
  return base::bad_input("there is no backup here: the file 'backup' is missing");
}

Result<bool> is_as_listed(base::Storage& storage,
                          const std::string& path,
                          const Manifest::File& f) {
  const auto size = storage.size(path);
  if (!size) return false;
  if (is_segment(path) ? *size < f.size : *size != f.size) return false;
  auto hash = hash_prefix(storage, path, f.size);
  if (!hash) return std::unexpected(hash.error());
  return hash->finish() == f.sha256;
}

// The copy as its list says it is, for reading: what an interrupted run put behind the known end of
// a segment, or beside the listed files, is not seen. Small files are as they are: each is as one
// of two lists says, which has been looked at.
class ListedStorage final : public base::Storage {
 public:
  ListedStorage(base::Storage& copy, const Manifest& list) : copy_(&copy), list_(&list) {}
  Result<std::unique_ptr<base::AppendFile>> open_append(std::string_view) override {
    return read_only();
  }
  Result<void> truncate(std::string_view, std::uint64_t) override { return read_only(); }
  Result<void> replace(std::string_view, base::ByteView) override { return read_only(); }
  Result<void> remove(std::string_view) override { return read_only(); }
  Result<base::Bytes> read(std::string_view path,
                           std::uint64_t offset,
                           std::size_t length) override {
    if (!is_segment(path)) return copy_->read(path, offset, length);
    const auto end = size(path);
    if (!end) return std::unexpected(end.error());
    const std::uint64_t rest = *end - std::min(*end, offset);
    return copy_->read(
        path, offset, static_cast<std::size_t>(std::min<std::uint64_t>(rest, length)));
  }
  Result<std::uint64_t> size(std::string_view path) override {
    if (!is_segment(path)) return copy_->size(path);
    const auto listed = list_->files.find(std::string(path));
    if (listed == list_->files.end()) return base::bad_input(fmt::format("{}: not listed", path));
    return listed->second.size;
  }
  Result<std::vector<std::string>> list(std::string_view folder) override {
    std::vector<std::string> names;
    const std::string prefix = fmt::format("{}/", folder);
    for (auto at = list_->files.lower_bound(prefix);
         at != list_->files.end() && at->first.starts_with(prefix);
         ++at) {
      if (copy_->size(at->first)) names.push_back(at->first.substr(prefix.size()));
    }
    return names;
  }

 private:
  static std::unexpected<base::Error> read_only() { return base::world_failed("for reading only"); }
  base::Storage* copy_;
  const Manifest* list_;
};

// Of a record with a log: what `record verify` would say of it without keys. Bytes of a segment
// that no reader needs may be spoilt by a power cut: a copy of a header, what is between entries.
Result<Verification> verify_against_log(base::Storage& storage) {
  auto found = verify_record(storage, {});
  if (!found) return found;
  const auto grave = std::ranges::find_if(
      found->faults, [](const Fault& fault) { return fault.part != Fault::Part::segment; });
  if (grave != found->faults.end()) return base::bad_input(to_string(*grave));
  if (found->fault_count > found->faults.size()) return base::bad_input("too much is unreadable");
  return found;
}

// The first entry of a segment, as its header says.
std::optional<std::uint64_t> first_of(base::Storage& storage, const std::string& path) {
  const auto bytes = storage.read(path, 0, kSegmentHeaderSize);
  const auto header = bytes ? decode_segment_header(*bytes) : std::nullopt;
  if (!header) return std::nullopt;
  return header->first_sequence;
}

// Segments that the copy has and the record no longer must have been deleted by rule: else the
// record was tampered with, and the copy is what is left of it.
Result<void> check_deletions(base::Storage& record, base::Storage& backup, const Manifest& before) {
  std::optional<KeepingRead> said;  // read once something is gone
  for (const auto& [path, file] : before.files) {
    if (!path.starts_with("input/") || record.size(path)) continue;
    if (!said) {
      auto read = read_keeping(record);
      if (!read) return std::unexpected(read.error());
      said = std::move(*read);
    }
    const auto first = first_of(backup, path);
    if (first && said->keeping.is_deleted(*first)) continue;
    return base::bad_input(fmt::format(
        "{}: the record has it no more, and no entry of it says that it was deleted by rule; the "
        "backup stays as it is",
        path));
  }
  return {};
}

// What retention deleted from the record goes from the copy too.
Result<void> forget_retired(base::Storage& backup, const Manifest& manifest, const Keeping& said) {
  for (const Stream stream : {Stream::input, Stream::derived}) {
    const auto names = backup.list(folder_of(stream));
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      const auto number = segment_number(name);
      if (!number) continue;
      const std::string path = segment_path(stream, *number);
      if (manifest.files.contains(path)) continue;
      const auto first = first_of(backup, path);
      const bool deleted =
          stream == Stream::derived ? !said.ranges.empty() : first && said.is_deleted(*first);
      if (!deleted) continue;
      if (const auto gone = backup.remove(path); !gone) return gone;
    }
  }
  return {};
}

Result<BackupReport> back_up_once(base::Storage& record,
                                  base::Storage& backup,
                                  base::Timestamp now) {
  Copier copier(record, backup);
  std::uint64_t tree_before = 0;
  if (auto lists = read_lists(backup)) {
    copier.before = std::move(lists->newest);
    if (const auto old = read_checkpoint(backup); old && *old) tree_before = (*old)->size;
  }
  if (copier.before) {
    if (const auto lawful = check_deletions(record, backup, *copier.before); !lawful)
      return std::unexpected(lawful.error());
  }
  BackupReport& report = copier.report;
  report.manifest.made = now;
  // First of all: whatever is copied later is at least as new.
  const auto checkpoint = read_checkpoint(record);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  report.checkpoint = *checkpoint;
  if (*checkpoint) {
    if (const auto taken = copier.small(std::string(kCheckpoint)); !taken)
      return std::unexpected(taken.error());
    if ((*checkpoint)->size < tree_before)
      return base::bad_input("the record's checkpoint is older than the backup's");
  }
  const auto input = cut_input(record, *checkpoint);
  if (!input) return std::unexpected(input.error());
  report.manifest.end = input->end;
  const auto derived = cut_derived(record, input->end);
  if (!derived) return std::unexpected(derived.error());
  for (const auto& [stream, cut] :
       {std::pair{Stream::input, &*input}, std::pair{Stream::derived, &*derived}}) {
    for (const Extent& extent : cut->extents) {
      if (const auto done = copier.segment(segment_path(stream, extent.segment), extent.size);
          !done) {
        return std::unexpected(done.error());
      }
    }
  }
  if (*checkpoint) {
    if (const auto done = copier.tree(tree_before, (*checkpoint)->size); !done)
      return std::unexpected(done.error());
  }
  // Snapshots are for the way back only: the newest that rests on what is copied.
  const auto snapshots = record.list("snapshot");
  if (!snapshots) return std::unexpected(snapshots.error());
  for (auto name = snapshots->rbegin(); name != snapshots->rend(); ++name) {
    std::uint64_t next = 0;
    std::from_chars(name->data(), name->data() + name->size(), next);
    if (!name->ends_with(".snap") || next > input->end) continue;
    if (copier.small("snapshot/" + *name)) break;  // else its node has removed it meanwhile
  }
  for (const char* folder : {"checkpoints", "hold"}) {
    if (const auto done = copier.small_in(folder); !done) return std::unexpected(done.error());
  }
  if (record.size(kRetiredIndex)) {
    if (const auto done = copier.small(std::string(kRetiredIndex)); !done)
      return std::unexpected(done.error());
  }

  const std::string text = to_string(report.manifest);
  if (const auto put = backup.replace(kNextManifest, bytes_of(text)); !put)
    return std::unexpected(put.error());
  if (const auto done = copier.write_small(); !done) return std::unexpected(done.error());
  if (const auto put = backup.replace(kManifest, bytes_of(text)); !put)
    return std::unexpected(put.error());
  if (const auto gone = backup.remove(kNextManifest); !gone) return std::unexpected(gone.error());
  if (copier.before) {
    for (const auto& [path, file] : copier.before->files) {
      if (report.manifest.files.contains(path) || is_segment(path) || !backup.size(path)) continue;
      if (const auto gone = backup.remove(path); !gone) return std::unexpected(gone.error());
    }
  }
  return report;
}

}  // namespace

std::string to_string(const Manifest& manifest) {
  std::string text = fmt::format(
      "{}\nmade {}\nend {}\n", kFirstLine, base::to_rfc3339(manifest.made), manifest.end);
  for (const auto& [path, file] : manifest.files)
    text += fmt::format("file {} {} {}\n", path, file.size, seal::to_hex(file.sha256));
  return text + fmt::format("sha256 {}\n", seal::to_hex(seal::sha256(bytes_of(text))));
}

Result<Manifest> parse_manifest(std::string_view text) {
  const auto broken = [] { return base::bad_input("backup: its list of files is not whole"); };
  const std::size_t seal_at = text.rfind("sha256 ");
  if (seal_at == std::string_view::npos || seal_at == 0 || text[seal_at - 1] != '\n')
    return broken();
  const std::string_view content = text.substr(0, seal_at);
  if (text.substr(seal_at) !=
      fmt::format("sha256 {}\n", seal::to_hex(seal::sha256(bytes_of(content))))) {
    return broken();
  }
  Manifest manifest;
  std::size_t number = 0;
  for (std::size_t at = 0; at < content.size(); ++number) {
    const std::size_t end = content.find('\n', at);
    std::string_view line = content.substr(at, end - at);
    at = end + 1;
    const std::string word = path_in_manifest(line);
    line.remove_prefix(std::min(word.size() + 1, line.size()));
    const auto count = [&](std::uint64_t& out) {
      const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), out);
      const bool ok = error == std::errc() && stop != line.data();
      line.remove_prefix(static_cast<std::size_t>(stop - line.data()));
      return ok;
    };
    if (number == 0) {
      if (word != kFirstLine || !line.empty())
        return base::bad_input("backup: of another version, or no backup");
    } else if (number == 1) {
      const auto made = base::parse_rfc3339(line);
      if (word != "made" || !made) return broken();
      manifest.made = *made;
    } else if (number == 2) {
      if (word != "end" || !count(manifest.end) || !line.empty()) return broken();
    } else {
      const std::string path = path_in_manifest(line);
      line.remove_prefix(std::min(path.size() + 1, line.size()));
      Manifest::File file;
      if (word != "file" || !is_listed_path(path) || !count(file.size) || !line.starts_with(' '))
        return broken();
      const auto digest = seal::digest_from_hex(line.substr(1));
      if (!digest) return broken();
      file.sha256 = *digest;
      if (!manifest.files.emplace(path, file).second) return broken();
    }
  }
  if (number < 3) return broken();
  return manifest;
}

Result<Manifest> read_manifest(base::Storage& backup) {
  auto lists = read_lists(backup);
  if (!lists) return std::unexpected(lists.error());
  return std::move(lists->newest);
}

Result<BackupReport> back_up(base::Storage& record, base::Storage& backup, base::Timestamp now) {
  // A running node may put a wider tile in the place of the one that is being looked for: then its
  // newer checkpoint is as good.
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    const auto older = read_checkpoint(record);
    auto report = back_up_once(record, backup, now);
    if (report) {
      auto verified = verify_backup(backup);
      if (!verified) return std::unexpected(verified.error());
      if (const auto done = forget_retired(backup, report->manifest, verified->keeping); !done)
        return std::unexpected(done.error());
      report->keeping = std::move(verified->keeping);
      return report;
    }
    const auto newer = read_checkpoint(record);
    const bool moved_on = older && newer && *older != *newer;
    if (!moved_on || attempt == kAttempts) return report;
  }
}

Result<BackupReport> verify_backup(base::Storage& backup) {
  auto lists = read_lists(backup);
  if (!lists) return std::unexpected(lists.error());
  BackupReport report;
  for (const auto& [path, file] : lists->newest.files) {
    auto sound = is_as_listed(backup, path, file);
    if (sound && !*sound && lists->before && !is_segment(path)) {
      const auto old = lists->before->files.find(path);
      if (old == lists->before->files.end()) continue;  // was to be added when the run ended
      sound = is_as_listed(backup, path, old->second);
    }
    if (!sound) return std::unexpected(sound.error());
    if (!*sound) return base::bad_input(fmt::format("{}: not as listed in 'backup'", path));
  }
  auto checkpoint = read_checkpoint(backup);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  ListedStorage listed(backup, lists->newest);
  if (*checkpoint) {
    auto found = verify_against_log(listed);
    if (!found) return std::unexpected(found.error());
    report.keeping = std::move(found->keeping);
  } else {
    auto said = read_keeping(listed);
    if (!said) return std::unexpected(said.error());
    report.keeping = std::move(said->keeping);
  }
  report.checkpoint = std::move(*checkpoint);
  report.manifest = std::move(lists->newest);
  return report;
}

namespace {

// Folders of a record, as far as storage lists them: of the tree the lowest levels and the bundles,
// without which there are no others.
constexpr std::array kFolders{"input",
                              "derived",
                              "snapshot",
                              "checkpoints",
                              "hold",
                              "tile/0",
                              "tile/1",
                              "tile/2",
                              "tile/entries"};

// What is in the place where a record is to be, by path, beside the marks of a restore.
Result<std::vector<std::string>> files_there(base::Storage& record) {
  std::vector<std::string> out;
  for (const std::string_view path : {kCheckpoint, kRetiredIndex, kRestored, kManifest}) {
    if (record.size(path)) out.emplace_back(path);
  }
  for (const char* folder : kFolders) {
    const auto names = record.list(folder);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) out.push_back(fmt::format("{}/{}", folder, name));
  }
  return out;
}

Result<void> copy_listed(base::Storage& backup,
                         base::Storage& record,
                         BackupReport& verified,
                         RestoredAs as) {
  Copier copier(backup, record);
  copier.before_counts = false;
  for (const auto& [path, file] : verified.manifest.files) {
    if (as == RestoredAs::copy && path.starts_with("checkpoints/")) continue;
    const auto done = is_segment(path)    ? copier.segment(path, file.size)
                      : backup.size(path) ? copier.small(path)
                                          : Result<void>();
    if (!done) return done;
  }
  if (verified.checkpoint) {
    if (const auto done = copier.tree(0, verified.checkpoint->size); !done) return done;
  }
  if (const auto done = copier.write_small(); !done) return done;
  verified.copied_files = copier.report.copied_files;
  verified.copied_bytes = copier.report.copied_bytes;
  return {};
}

// That what was restored is what the backup holds, read back from where it now is.
Result<void> check_restored(base::Storage& record, const BackupReport& verified) {
  for (const auto& [path, file] : verified.manifest.files) {
    if (!is_segment(path)) continue;
    const auto same = is_as_listed(record, path, file);
    if (!same) return std::unexpected(same.error());
    const auto size = record.size(path);
    if (!*same || !size || *size != file.size)
      return base::world_failed(fmt::format("{}: not as it was written", path));
  }
  if (!verified.checkpoint) return {};
  const auto found = verify_against_log(record);
  if (!found) return std::unexpected(found.error());
  if (found->checkpoint != verified.checkpoint || found->end != verified.manifest.end)
    return base::world_failed("the record that was restored is not the one of the backup");
  return {};
}

}  // namespace

Result<BackupReport> restore(base::Storage& backup,
                             base::Storage& record,
                             base::Timestamp now,
                             RestoredAs as) {
  const bool resumed = record.size(kRestoring).has_value();
  const auto there = files_there(record);
  if (!there) return std::unexpected(there.error());
  if (!resumed && !there->empty()) {
    return base::bad_input(
        fmt::format("{} is there already; restore into an empty folder", there->front()));
  }
  auto verified = verify_backup(backup);
  if (!verified) return std::unexpected(verified.error());
  const std::string line = fmt::format("{} from the backup made {} up to entry {}\n",
                                       base::to_rfc3339(now),
                                       base::to_rfc3339(verified->manifest.made),
                                       verified->manifest.end);
  // From here to the end no node starts there.
  if (const auto put = record.replace(kRestoring, bytes_of(line)); !put)
    return std::unexpected(put.error());
  const auto failed = [](const base::Error& error) -> std::unexpected<base::Error> {
    return std::unexpected(base::Error{
        error.kind,
        fmt::format("the restore failed, and no node will start there: {}", error.message)});
  };
  // What an interrupted restore left may have been changed since: nothing of it is trusted.
  for (const std::string& path : *there) {
    if (const auto gone = record.remove(path); !gone) return failed(gone.error());
  }
  if (const auto copied = copy_listed(backup, record, *verified, as); !copied)
    return failed(copied.error());
  if (const auto sound = check_restored(record, *verified); !sound) return failed(sound.error());
  if (const auto put = record.replace(kRestored, bytes_of(line)); !put) return failed(put.error());
  if (const auto gone = record.remove(kRestoring); !gone) return failed(gone.error());
  return verified;
}

}  // namespace liptako::record
