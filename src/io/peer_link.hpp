// The link between two machines that know each other's key: one TCP connection under TLS 1.3
// [RFC 8446] in which both sides prove an Ed25519 key [RFC 8410] and take no other than the one
// they were given. No authority, no names: certificates are made at the start, and only their keys
// count.
//
// One thread of its own listens or dials, shakes hands, and then calls the owner's `talk`, which
// blocks in read() and write(). Strangers can make it shake hands, a few at a time and not for
// long; they cannot disturb a connection that stands.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace liptako::io {

struct PeerLinkOptions {
  bool listens = false;  // else it dials
  std::string address;
  std::uint16_t port = 0;                  // 0, of one that listens: a free one
  std::string key_pem;                     // own Ed25519 key as PKCS #8; secret
  std::span<const std::uint8_t> peer_key;  // 32 bytes
  base::Duration dial_every = std::chrono::seconds(1);
  base::Duration handshake_limit = std::chrono::seconds(3);
  base::Duration write_limit = std::chrono::seconds(10);
};

// For `talk` only.
class PeerConnection {
 public:
  virtual ~PeerConnection() = default;
  // What came; nothing if nothing did within `wait`, or wake() was called. An error: it ended.
  [[nodiscard]] virtual base::Result<base::ByteView> read(base::Duration wait) = 0;
  // All of it. An error: it ended, or the other took nothing for too long.
  [[nodiscard]] virtual base::Result<void> write(base::ByteView bytes) = 0;
};

struct PeerLinkCounters {
  std::uint64_t connections = 0;  // with the right key
  std::uint64_t wrong_keys = 0;   // refused
  std::uint64_t failures = 0;     // could not be reached, or no handshake
};

class PeerLink {
 public:
  // Calls talk() on its thread for each connection; when it returns the connection is closed.
  [[nodiscard]] static base::Result<std::unique_ptr<PeerLink>> start(
      const PeerLinkOptions& options, std::function<void(PeerConnection&)> talk);
  // Ends reads and writes with an error and waits for talk() to return.
  ~PeerLink();
  PeerLink(const PeerLink&) = delete;
  PeerLink& operator=(const PeerLink&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Any thread: a read() that waits returns.
  void wake();
  [[nodiscard]] PeerLinkCounters counters() const;
  // Any thread: why there is no connection, of the newest attempt; empty if nothing failed.
  [[nodiscard]] std::string trouble() const;

  struct State;  // peer_link.cpp

 private:
  explicit PeerLink(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace liptako::io
