#include "io/peer_link.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "io/clock.hpp"

namespace liptako::io {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;

Key key_of(std::uint8_t first) {
  const std::array<std::uint8_t, 32> seed{first};
  return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
          EVP_PKEY_free};
}

std::string pem_of(const Key& key) {
  const std::shared_ptr<BIO> bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::array<std::uint8_t, 32> public_key_of(const Key& key) {
  std::array<std::uint8_t, 32> raw{};
  std::size_t size = raw.size();
  EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size);
  return raw;
}

struct Machine {
  Machine(std::uint8_t own, std::uint8_t peer)
      : pem(pem_of(key_of(own))), peer_key(public_key_of(key_of(peer))) {}
  [[nodiscard]] PeerLinkOptions options(bool listens, std::uint16_t port) const {
    PeerLinkOptions o;
    o.listens = listens;
    o.address = "127.0.0.1";
    o.port = port;
    o.key_pem = pem;
    o.peer_key = peer_key;
    o.dial_every = std::chrono::milliseconds(20);
    return o;
  }
  std::string pem;
  std::array<std::uint8_t, 32> peer_key;
};

bool eventually(const std::function<bool()>& holds) {
  SystemClock clock;
  const base::Duration until = clock.monotonic_now() + std::chrono::seconds(10);
  while (!holds() && clock.monotonic_now() < until) pause_for(std::chrono::milliseconds(2));
  return holds();
}

// Sends a megabyte back and forth and compares it.
TEST(PeerLink, CarriesBytesBetweenTwoThatKnowEachOther) {
  const Machine a(1, 2);
  const Machine b(2, 1);
  std::atomic<bool> echoed = false;
  auto server = PeerLink::start(a.options(true, 0), [](PeerConnection& c) {
    while (true) {
      const auto bytes = c.read(std::chrono::seconds(1));
      if (!bytes || !c.write(*bytes)) return;
    }
  });
  ASSERT_TRUE(server) << server.error().message;
  auto client = PeerLink::start(b.options(false, (*server)->port()), [&](PeerConnection& c) {
    base::Bytes sent(32u << 10);
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::uint8_t>(i * 7);
    for (int round = 0; round < 32; ++round) {
      if (!c.write(sent)) return;
      base::Bytes got;
      while (got.size() < sent.size()) {
        const auto bytes = c.read(std::chrono::seconds(1));
        if (!bytes) return;
        got.insert(got.end(), bytes->begin(), bytes->end());
      }
      if (got != sent) return;
    }
    echoed = true;
  });
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_TRUE(eventually([&] { return echoed.load(); }));
}

TEST(PeerLink, AWrongKeyIsRefusedBeforeAByteIsTaken) {
  const Machine a(1, 2);
  const Machine stranger(3, 1);
  std::atomic<int> taken = 0;
  auto server = PeerLink::start(a.options(true, 0), [&](PeerConnection& c) {
    ++taken;
    (void)c.read(std::chrono::seconds(1));
  });
  ASSERT_TRUE(server);
  auto client = PeerLink::start(stranger.options(false, (*server)->port()),
                                [](PeerConnection& c) { (void)c.read(std::chrono::seconds(1)); });
  ASSERT_TRUE(client);
  EXPECT_TRUE(eventually([&] { return (*server)->counters().wrong_keys >= 2; }));
  EXPECT_FALSE((*server)->trouble().empty());
  EXPECT_EQ(taken, 0);
}

TEST(PeerLink, TheOneThatDialsRefusesAWrongKeyToo) {
  const Machine a(1, 2);
  const Machine b(2, 9);
  std::atomic<int> taken = 0;
  auto server = PeerLink::start(a.options(true, 0),
                                [](PeerConnection& c) { (void)c.read(std::chrono::seconds(1)); });
  ASSERT_TRUE(server);
  auto client = PeerLink::start(b.options(false, (*server)->port()), [&](PeerConnection& c) {
    ++taken;
    (void)c.read(std::chrono::seconds(1));
  });
  ASSERT_TRUE(client);
  EXPECT_TRUE(eventually([&] { return (*client)->counters().wrong_keys >= 1; }));
  EXPECT_EQ(taken, 0);
}

}  // namespace
}  // namespace liptako::io
