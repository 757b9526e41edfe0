// What stands between a node under test and its simulated disk: keeps what the harness must know
// later (every checkpoint that was ever signed, every segment that was lawfully deleted), and
// commits one planted bug, if asked, so that the harness can be shown to find it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/seams.hpp"
#include "sim/sim_storage.hpp"

namespace liptako::soak {

// One mistake that a careless storage or shell would make.
enum class Plant : std::uint8_t {
  none,
  sync_does_nothing,      // "synced", though nothing was
  sync_tried_again,       // a failed sync is repeated, and its success believed
  short_write_ignored,    // a full disk took part of a write, which passes for whole
  truncate_lost,          // a cut that was never done
  replace_in_place,       // a file is overwritten instead of replaced whole
  tiles_not_synced,       // tiles are left to the system's mercy before the checkpoint is written
  tile_lost,              // a tile is never written
  wrong_segment_removed,  // retention takes one more than it said
  acknowledged_before_sync,   // by the shell: the ticket is given back before the sync
  snapshot_before_sync,       // by the shell: a snapshot that rests on unsynced entries
  checkpoint_before_tiles,    // the checkpoint is in place before what it rests on
  deleted_before_checkpoint,  // by the shell: retention does not wait until its entry is signed for
  deleted_without_a_word,     // by the shell: the oldest segment just goes
  restore_unmarked,           // a restore does not say that it is under way
};
inline constexpr Plant kLastPlant = Plant::restore_unmarked;
[[nodiscard]] std::string_view name_of(Plant plant);

class WatchedStorage final : public base::Storage {
 public:
  WatchedStorage(sim::SimStorage& disk, Plant plant) : disk_(&disk), plant_(plant), archive_(0) {}

  // The text of every checkpoint that went to the disk, whether it got there or not, in order.
  [[nodiscard]] const std::vector<std::string>& checkpoints() const { return checkpoints_; }
  // What was deleted after it had been said, under its path.
  [[nodiscard]] base::Storage& archive() { return archive_; }

  [[nodiscard]] base::Result<std::unique_ptr<base::AppendFile>> open_append(
      std::string_view path) override;
  [[nodiscard]] base::Result<base::Bytes> read(std::string_view path,
                                               std::uint64_t offset,
                                               std::size_t length) override {
    return disk_->read(path, offset, length);
  }
  [[nodiscard]] base::Result<std::uint64_t> size(std::string_view path) override {
    return disk_->size(path);
  }
  [[nodiscard]] base::Result<void> truncate(std::string_view path, std::uint64_t size) override;
  [[nodiscard]] base::Result<void> replace(std::string_view path, base::ByteView content) override;
  [[nodiscard]] base::Result<void> write_files(std::span<const base::FileContent> files) override;
  [[nodiscard]] base::Result<void> remove(std::string_view path) override;
  [[nodiscard]] base::Result<std::vector<std::string>> list(std::string_view folder) override {
    return disk_->list(folder);
  }

 private:
  [[nodiscard]] base::Result<void> write_unsynced(std::string_view path, base::ByteView content);

  sim::SimStorage* disk_;
  Plant plant_;
  sim::SimStorage archive_;
  std::vector<std::string> checkpoints_;
  std::vector<base::FileContent> delayed_;  // Plant::checkpoint_before_tiles
};

// A record as it would be had nothing been deleted: the disk, and behind it the archive. For
// reading.
class UnionStorage final : public base::Storage {
 public:
  UnionStorage(base::Storage& front, base::Storage& behind) : front_(&front), behind_(&behind) {}
  [[nodiscard]] base::Result<std::unique_ptr<base::AppendFile>> open_append(
      std::string_view path) override;
  [[nodiscard]] base::Result<base::Bytes> read(std::string_view path,
                                               std::uint64_t offset,
                                               std::size_t length) override;
  [[nodiscard]] base::Result<std::uint64_t> size(std::string_view path) override;
  [[nodiscard]] base::Result<void> truncate(std::string_view path, std::uint64_t size) override;
  [[nodiscard]] base::Result<void> replace(std::string_view path, base::ByteView content) override;
  [[nodiscard]] base::Result<void> remove(std::string_view path) override;
  [[nodiscard]] base::Result<std::vector<std::string>> list(std::string_view folder) override;

 private:
  base::Storage* front_;
  base::Storage* behind_;
};

}  // namespace liptako::soak
