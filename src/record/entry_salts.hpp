// Salts for entries: a ChaCha20 key stream by libsodium. The key is the shell's, drawn from the
// system's generator anew for every opening of a record; nothing that a core computes depends on
// the salts.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "record/input_body.hpp"

namespace liptako::record {

class EntrySalts {
 public:
  static constexpr std::size_t kKeySize = 32;
  using Key = std::array<std::uint8_t, kKeySize>;

  explicit EntrySalts(const Key& key);
  [[nodiscard]] const EntrySalt& next() {
    if (used_ == drawn_.size()) draw();
    return drawn_[used_++];
  }

 private:
  void draw();
  Key key_;
  std::uint64_t block_ = 0;
  static constexpr std::size_t kDrawn = 64;  // at a time
  std::size_t used_ = kDrawn;
  std::array<EntrySalt, kDrawn> drawn_{};
};

}  // namespace liptako::record
