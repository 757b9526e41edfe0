#include "record/entry_salts.hpp"

#include <sodium.h>

#include <cstring>

#include "base/check.hpp"

namespace liptako::record {

EntrySalts::EntrySalts(const Key& key) : key_(key) {
  CHECK(sodium_init() >= 0);  // chooses the fast code for this processor
}

void EntrySalts::draw() {
  static_assert(crypto_stream_chacha20_KEYBYTES == kKeySize);
  std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
  static_assert(sizeof nonce == sizeof block_);
  std::memcpy(nonce.data(), &block_, sizeof block_);
  CHECK(crypto_stream_chacha20(reinterpret_cast<std::uint8_t*>(drawn_.data()),
                               sizeof drawn_,
                               nonce.data(),
                               key_.data()) == 0);
  ++block_;
  used_ = 0;
}

}  // namespace liptako::record
