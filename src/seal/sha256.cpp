// OpenSSL's low-level SHA-256: deprecated there in favour of EVP, but its state lives in the
// caller's memory, so it neither allocates nor hides what a snapshot must hold.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "seal/sha256.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

namespace liptako::seal {

namespace {

constexpr std::size_t kBlock = 64;

SHA256_CTX context_from(const std::array<std::uint32_t, 8>& chain,
                        std::uint64_t length,
                        const std::array<std::uint8_t, kBlock>& block) {
  SHA256_CTX context{};
  std::copy(chain.begin(), chain.end(), context.h);
  const std::uint64_t bits = length * 8;
  context.Nl = static_cast<SHA_LONG>(bits);
  context.Nh = static_cast<SHA_LONG>(bits >> 32);
  context.num = static_cast<unsigned>(length % kBlock);
  context.md_len = SHA256_DIGEST_LENGTH;
  std::memcpy(context.data, block.data(), kBlock);
  return context;
}

constexpr std::array<std::uint32_t, 8> kInitial{0x6a09e667,
                                                0xbb67ae85,
                                                0x3c6ef372,
                                                0xa54ff53a,
                                                0x510e527f,
                                                0x9b05688c,
                                                0x1f83d9ab,
                                                0x5be0cd19};  // [FIPS 180-4, §5.3.3]

}  // namespace

Sha256::Sha256() : chain_(kInitial) {}

void Sha256::update(base::ByteView bytes) {
  if (bytes.empty()) return;
  const std::size_t open = length_ % kBlock;
  if (open + bytes.size() <
      kBlock) {  // the usual case for an entry's header: no block is completed
    std::memcpy(block_.data() + open, bytes.data(), bytes.size());
    length_ += bytes.size();
    return;
  }
  SHA256_CTX context = context_from(chain_, length_, block_);
  SHA256_Update(&context, bytes.data(), bytes.size());
  std::copy(std::begin(context.h), std::end(context.h), chain_.begin());
  length_ += bytes.size();
  const std::size_t rest = length_ % kBlock;
  block_.fill(0);
  std::memcpy(block_.data(), bytes.data() + bytes.size() - rest, rest);
}

Digest Sha256::finish() {
  SHA256_CTX context = context_from(chain_, length_, block_);
  Digest digest;
  SHA256_Final(digest.data(), &context);
  *this = Sha256();
  return digest;
}

Sha256::State Sha256::save() const {
  State state{};
  std::memcpy(state.data(), chain_.data(), 32);
  std::memcpy(state.data() + 32, &length_, 8);
  std::memcpy(state.data() + 40, block_.data(), kBlock);
  return state;
}

Sha256 Sha256::restore(const State& state) {
  Sha256 hash;
  std::memcpy(hash.chain_.data(), state.data(), 32);
  std::memcpy(&hash.length_, state.data() + 32, 8);
  std::memcpy(hash.block_.data(), state.data() + 40, kBlock);
  return hash;
}

Digest sha256(base::ByteView bytes) {
  // Not OpenSSL's one-shot function, which looks its implementation up by name at each call.
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  Digest digest;
  SHA256_Final(digest.data(), &context);
  return digest;
}

std::string to_hex(const Digest& digest) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Digest> digest_from_hex(std::string_view text) {
  Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    int value = 0;
    if (c >= '0' && c <= '9') {
      value = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      value = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      value = c - 'A' + 10;
    } else {
      return std::nullopt;
    }
    digest[i / 2] = static_cast<std::uint8_t>(digest[i / 2] << 4 | value);
  }
  return digest;
}

}  // namespace liptako::seal
