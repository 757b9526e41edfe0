// A simulated disk: files in memory, with the faults of real ones drawn from a seed. Two kinds of
// crash: a killed process loses nothing that was written; lost power loses or garbles whatever was
// not synced.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/prng.hpp"
#include "base/seams.hpp"

namespace liptako::sim {

class SimStorage final : public base::Storage {
 public:
  explicit SimStorage(std::uint64_t seed);

  // --- faults ---
  // All files together hold at most this; a write that does not fit is written in part and fails.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  // Each sync fails with this probability, leaving the bytes unsynced.
  void set_sync_failure(double probability) { sync_failure_ = probability; }
  // The process dies in the write that passes this many more bytes: that write is done in part, and
  // from then on every call fails until one of the two restarts below.
  void die_after(std::uint64_t bytes) { bytes_until_death_ = bytes; }
  [[nodiscard]] bool dead() const { return dead_; }
  // Ends the process (files it had open are dead) and starts the next: every byte written is there.
  void restart_after_kill();
  // The same by a power cut: of bytes that were not synced any suffix may be missing, and any
  // 512-byte sector of the rest may be zero or noise; files never synced may be absent; an unsynced
  // truncation may be undone.
  void restart_after_power_loss();
  // Flips the bits of `mask` in one stored byte, as decay or an intruder would. Requires that the
  // byte exists.
  void corrupt(const std::string& path, std::uint64_t offset, std::uint8_t mask);

  [[nodiscard]] std::uint64_t bytes_used() const;

  // --- base::Storage ---
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
  class OpenFile;
  struct File {
    base::Bytes content;
    std::size_t synced = 0;    // the first bytes of the content that are on the disk for certain
    bool ever_synced = false;  // until then its name may be lost too
    std::optional<base::Bytes> before_cut;  // what was synced, if it was truncated below that since
  };
  [[nodiscard]] base::Result<void> alive() const;
  // Writes as much as capacity and life allow.
  [[nodiscard]] base::Result<void> write(File& file, base::ByteView bytes);

  base::Prng prng_;
  std::map<std::string, File, std::less<>> files_;
  std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
  double sync_failure_ = 0.0;
  std::optional<std::uint64_t> bytes_until_death_;
  bool dead_ = false;
  std::uint64_t life_ = 0;  // files opened in an earlier life are dead
};

}  // namespace liptako::sim
