// SHA-256 [FIPS 180-4], with the CPU's SHA instructions where there are any; the result is the same
// without them. Trees and signed notes are built on it elsewhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace liptako::seal {

using Digest = std::array<std::uint8_t, 32>;

// Incremental hashing. Copyable, so that a running hash can be read without ending it: `auto now =
// h; now.finish()`. Never allocates.
class Sha256 {
 public:
  Sha256();
  void update(base::ByteView bytes);
  // The digest of everything so far; the object then starts afresh.
  [[nodiscard]] Digest finish();

  // The state in the middle of a message, in canonical bytes: a core that keeps a running hash of
  // its input puts it into its snapshot. Always kStateSize bytes.
  static constexpr std::size_t kStateSize = 32 + 8 + 64;
  using State = std::array<std::uint8_t, kStateSize>;
  [[nodiscard]] State save() const;
  [[nodiscard]] static Sha256 restore(const State& state);

 private:
  std::array<std::uint32_t, 8> chain_;  // chaining value H
  std::uint64_t length_ = 0;            // bytes so far
  std::array<std::uint8_t, 64>
      block_{};  // the open block: length_ % 64 bytes of it count, the rest is zero
};

// One message at once, without the running object's copies.
[[nodiscard]] Digest sha256(base::ByteView bytes);

// digests[i] = sha256(messages[i]), those of about equal length in step: sixteen at a time where
// the CPU has registers for it, which takes half the time of two at a time, the other way. Requires
// digests as many as messages.
void sha256_many(std::span<const base::ByteView> messages, std::span<Digest> digests);

// Lower-case digits, two a byte.
[[nodiscard]] std::string to_hex(base::ByteView bytes);
[[nodiscard]] std::string to_hex(const Digest& digest);
// Exactly sixty-four digits of either case.
[[nodiscard]] std::optional<Digest> digest_from_hex(std::string_view text);

}  // namespace liptako::seal
