#include "watched_storage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <utility>

#include "record/format.hpp"
#include "record/verify.hpp"

namespace liptako::soak {

namespace {

using base::Result;

constexpr std::size_t kWhole = 1u << 26;

class WatchedFile final : public base::AppendFile {
 public:
  WatchedFile(std::unique_ptr<base::AppendFile> file, Plant plant)
      : file_(std::move(file)), plant_(plant) {}

  Result<void> append(base::ByteView bytes) override {
    auto written = file_->append(bytes);
    const bool full = !written && written.error().message.starts_with("disk full");
    if (full && plant_ == Plant::short_write_ignored) return {};
    return written;
  }
  Result<void> sync() override {
    if (plant_ == Plant::sync_does_nothing) return {};
    auto synced = file_->sync();
    if (!synced && plant_ == Plant::sync_tried_again) {
      for (int attempt = 0; attempt < 20 && !synced; ++attempt) synced = file_->sync();
    }
    return synced;
  }
  std::uint64_t size() const override { return file_->size(); }

 private:
  std::unique_ptr<base::AppendFile> file_;
  Plant plant_;
};

}  // namespace

std::string_view name_of(Plant plant) {
  switch (plant) {
    case Plant::none:
      return "none";
    case Plant::sync_does_nothing:
      return "sync_does_nothing";
    case Plant::sync_tried_again:
      return "sync_tried_again";
    case Plant::short_write_ignored:
      return "short_write_ignored";
    case Plant::truncate_lost:
      return "truncate_lost";
    case Plant::replace_in_place:
      return "replace_in_place";
    case Plant::tiles_not_synced:
      return "tiles_not_synced";
    case Plant::tile_lost:
      return "tile_lost";
    case Plant::wrong_segment_removed:
      return "wrong_segment_removed";
    case Plant::acknowledged_before_sync:
      return "acknowledged_before_sync";
    case Plant::snapshot_before_sync:
      return "snapshot_before_sync";
    case Plant::checkpoint_before_tiles:
      return "checkpoint_before_tiles";
    case Plant::deleted_before_checkpoint:
      return "deleted_before_checkpoint";
    case Plant::deleted_without_a_word:
      return "deleted_without_a_word";
    case Plant::restore_unmarked:
      return "restore_unmarked";
  }
  return "none";
}

Result<std::unique_ptr<base::AppendFile>> WatchedStorage::open_append(std::string_view path) {
  auto file = disk_->open_append(path);
  if (!file) return file;
  return std::make_unique<WatchedFile>(std::move(*file), plant_);
}

Result<void> WatchedStorage::truncate(std::string_view path, std::uint64_t size) {
  if (plant_ == Plant::truncate_lost) return {};
  return disk_->truncate(path, size);
}

Result<void> WatchedStorage::write_unsynced(std::string_view path, base::ByteView content) {
  if (disk_->size(path)) {
    if (const auto cut = disk_->truncate(path, 0); !cut) return cut;
  }
  auto file = disk_->open_append(path);
  if (!file) return std::unexpected(file.error());
  return (*file)->append(content);
}

Result<void> WatchedStorage::replace(std::string_view path, base::ByteView content) {
  if (path == "checkpoint" && !disk_->dead())
    checkpoints_.emplace_back(reinterpret_cast<const char*>(content.data()), content.size());
  if (plant_ == Plant::replace_in_place) return write_unsynced(path, content);
  if (plant_ == Plant::restore_unmarked && path == "restoring") return {};
  auto done = disk_->replace(path, content);
  if (path != "checkpoint" || delayed_.empty() || !done) return done;
  return disk_->write_files(std::exchange(delayed_, {}));
}

Result<void> WatchedStorage::write_files(std::span<const base::FileContent> files) {
  if (plant_ == Plant::tiles_not_synced) {
    for (const base::FileContent& file : files) {
      if (const auto written = write_unsynced(file.path, file.content); !written) return written;
    }
    return {};
  }
  if (plant_ == Plant::checkpoint_before_tiles) {
    delayed_.insert(delayed_.end(), files.begin(), files.end());
    return {};
  }
  if (plant_ != Plant::tile_lost) return disk_->write_files(files);
  std::vector<base::FileContent> most(files.begin(), files.end());
  if (!most.empty()) most.pop_back();
  return disk_->write_files(most);
}

Result<void> WatchedStorage::remove(std::string_view path) {
  const bool input = path.starts_with("input/");
  if (!input) return disk_->remove(path);
  const auto number = record::segment_number(path.substr(6));
  const auto bytes = disk_->read(path, 0, record::kSegmentHeaderSize);
  const auto header = bytes ? record::decode_segment_header(*bytes) : std::nullopt;
  // By an entry that a checkpoint in place covers; it is looked up only when a segment goes.
  const auto proved = record::verify_record(*disk_, {});
  const bool said =
      number && header && proved && proved->keeping.is_deleted(header->first_sequence);
  if (said) {
    const auto content = disk_->read(path, 0, kWhole);
    if (content) (void)archive_.replace(path, *content);
  }
  auto removed = disk_->remove(path);
  if (said && removed && plant_ == Plant::wrong_segment_removed)
    (void)disk_->remove(record::segment_path(record::Stream::input, *number + 1));
  return removed;
}

Result<std::unique_ptr<base::AppendFile>> UnionStorage::open_append(std::string_view) {
  return base::world_failed("for reading only");
}
Result<void> UnionStorage::truncate(std::string_view, std::uint64_t) {
  return base::world_failed("for reading only");
}
Result<void> UnionStorage::replace(std::string_view, base::ByteView) {
  return base::world_failed("for reading only");
}
Result<void> UnionStorage::remove(std::string_view) {
  return base::world_failed("for reading only");
}
Result<base::Bytes> UnionStorage::read(std::string_view path,
                                       std::uint64_t offset,
                                       std::size_t length) {
  return (front_->size(path) ? front_ : behind_)->read(path, offset, length);
}
Result<std::uint64_t> UnionStorage::size(std::string_view path) {
  return (front_->size(path) ? front_ : behind_)->size(path);
}
Result<std::vector<std::string>> UnionStorage::list(std::string_view folder) {
  const auto front = front_->list(folder);
  if (!front) return front;
  const auto behind = behind_->list(folder);
  if (!behind) return behind;
  std::set<std::string> names(front->begin(), front->end());
  names.insert(behind->begin(), behind->end());
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace liptako::soak
