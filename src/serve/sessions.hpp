// Who is logged in. The table holds hashes of tokens, so that its memory opens no door, and is
// bounded; a session ends at logout, when it was idle, after a shift, or when a newer one needs its
// place. Sans clock: time is the shell's monotonic clock, tokens come from outside.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "seal/sha256.hpp"

namespace liptako::serve {

struct Session {
  std::uint64_t id = 0;  // names it in the audit; never the token
  std::string account;
  base::Duration began{};
  base::Duration last_used{};
};

class Sessions {
 public:
  struct Options {
    base::Duration idle = std::chrono::minutes(30);
    // A watch and its handing over.
    base::Duration longest = std::chrono::hours(13);
    std::size_t max_sessions = 512;
    std::size_t max_per_account = 8;
  };
  explicit Sessions(const Options& options) : options_(options) {}

  // A new session for the holder of `token`. If there are too many, the account's own least
  // recently used one ends, or else the least recently used of all.
  const Session& begin(std::string_view token, std::string_view account, base::Duration now);
  // The session of this token, now used; null if there is none. What has run out is removed. A
  // look-up by hash compares nothing that an asker could guess byte by byte.
  [[nodiscard]] const Session* use(std::string_view token, base::Duration now);
  // Whether session `id` still stands; counts as its use (an open stream is being looked at).
  [[nodiscard]] bool keep(std::uint64_t id, base::Duration now);
  // The end it has if it stays in use.
  [[nodiscard]] base::Duration end_of(const Session& session) const {
    return session.began + options_.longest;
  }
  [[nodiscard]] const Options& options() const { return options_; }

  void end(std::uint64_t id);
  // All of the account but the session `but` (0: none).
  void end_account(std::string_view account, std::uint64_t but = 0);
  [[nodiscard]] std::size_t size() const { return by_hash_.size(); }

 private:
  using Table = std::map<seal::Digest, Session>;
  [[nodiscard]] bool has_ended(const Session& session, base::Duration now) const;
  void make_room(std::string_view account, base::Duration now);
  Table::iterator find(std::uint64_t id);

  Options options_;
  Table by_hash_;
  std::uint64_t next_id_ = 1;
};

}  // namespace liptako::serve
