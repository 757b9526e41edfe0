// A simulated disk: files in memory, with the faults of real ones drawn from a seed. Two kinds of
// crash: a killed process loses nothing that was written; lost power loses or garbles whatever was
// not synced, each file for itself, so that what was written later in one file may be there and
// what was written earlier in another may not.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/prng.hpp"
#include "base/seams.hpp"

namespace liptako::sim {

class SimStorage final : public base::Storage {
 public:
  explicit SimStorage(std::uint64_t seed);

  // --- faults ---
  // All files together hold at most this; a write that does not fit is written in part and fails.
  // A full disk makes no new file; replace() needs room for old and new content at once.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  // Each sync, that inside a replace() too, fails with this probability. As on real systems the
  // bytes concerned may be gone for good: until the process ends, a later sync that succeeds does
  // not cover them. A replace() that fails so may have put the new content in place or not.
  void set_sync_failure(double probability) { sync_failure_ = probability; }
  // The process dies in the write that passes this many more bytes: that write is done in part, and
  // from then on every call fails until one of the two restarts below.
  void die_after(std::uint64_t bytes) { bytes_until_death_ = bytes; }
  // The process dies in the change after this many more of them (a change: making a file, append,
  // sync, truncate, replace, remove). The seed says whether that last one took effect; an append
  // may have in part.
  void die_at_change(std::uint64_t changes) { changes_until_death_ = changes; }
  [[nodiscard]] bool dead() const { return dead_; }
  // Ends the process (files it had open are dead) and starts the next: every byte written is there.
  void restart_after_kill();
  // The same by a power cut: of bytes that were not synced any suffix may be missing, and any
  // 512-byte sector of the rest may be zero or noise; files never synced may be absent; an unsynced
  // truncation may be undone; a removed file may be back, unless a file was made or replaced in its
  // folder since, which syncs the folder.
  void restart_after_power_loss();
  // Flips the bits of `mask` in one stored byte, as decay or an intruder would. Requires that the
  // byte exists.
  void corrupt(const std::string& path, std::uint64_t offset, std::uint8_t mask);

  [[nodiscard]] std::uint64_t bytes_used() const { return used_; }
  // Changes so far, those that failed included: the range die_at_change() can draw from.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

  // --- base::Storage ---
  [[nodiscard]] base::Result<std::unique_ptr<base::AppendFile>> open_append(
      std::string_view path) override;
  [[nodiscard]] base::Result<base::Bytes> read(std::string_view path,
                                               std::uint64_t offset,
                                               std::size_t length) override;
  [[nodiscard]] base::Result<std::uint64_t> size(std::string_view path) override;
  [[nodiscard]] base::Result<void> truncate(std::string_view path, std::uint64_t size) override;
  [[nodiscard]] base::Result<void> replace(std::string_view path, base::ByteView content) override;
  // All of them are unsynced until the last is written: a crash before leaves any of them torn.
  [[nodiscard]] base::Result<void> write_files(std::span<const base::FileContent> files) override;
  [[nodiscard]] base::Result<void> remove(std::string_view path) override;
  [[nodiscard]] base::Result<std::vector<std::string>> list(std::string_view folder) override;

 private:
  class OpenFile;
  struct File {
    base::Bytes content;
    std::size_t synced = 0;    // the first bytes of the content that are on the disk for certain
    bool ever_synced = false;  // until then its name may be lost too
    // What was on the disk before a truncation or replacement that is not synced.
    std::optional<base::Bytes> before;
    // Bytes [doomed_begin, doomed_end) were given up by a sync that failed.
    std::size_t doomed_begin = 0;
    std::size_t doomed_end = 0;
  };
  [[nodiscard]] base::Result<void> alive() const;
  // Called once by every change. True if the process dies in it; the seed says then how it ends.
  [[nodiscard]] bool last_change();
  // Writes as much as capacity and life allow.
  [[nodiscard]] base::Result<void> write(File& file, base::ByteView bytes);
  // Overwrites the file, or part of it; what was on the disk for certain may come back.
  [[nodiscard]] base::Result<void> overwrite(std::string_view path, base::ByteView content);
  void put_in_place(std::string_view path, base::ByteView content);
  void cut(File& file, std::size_t size);
  void erase(std::string_view path);
  // The names in the path's folder are on the disk for certain.
  void sync_folder_of(std::string_view path);
  void lose_power(File& file);
  // Sectors of [begin, end) may be zero or noise.
  void spoil(File& file, std::size_t begin, std::size_t end);

  base::Prng prng_;
  std::map<std::string, File, std::less<>> files_;
  std::map<std::string, base::Bytes, std::less<>> removed_;  // what a power cut may bring back
  std::uint64_t used_ = 0;
  std::uint64_t changes_ = 0;
  std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
  double sync_failure_ = 0.0;
  std::optional<std::uint64_t> bytes_until_death_;
  std::optional<std::uint64_t> changes_until_death_;
  bool dead_ = false;
  std::uint64_t life_ = 0;  // files opened in an earlier life are dead
};

}  // namespace liptako::sim
