// How often somebody may ask. Two rules over a bounded table of names (addresses, accounts): a
// bucket that refills, for requests; and a wait that doubles, for logins that fail. Sans clock.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace liptako::serve {

// Each name may ask `burst` times at once and `rate` times a second on average.
class TokenBuckets {
 public:
  struct Options {
    double rate = 1.0;
    double burst = 10.0;
    // Beyond this many names, those with a full bucket are forgotten, and if there is none, a new
    // name is refused: whoever can come from that many addresses must not push out the others.
    std::size_t max_names = 4096;
  };
  explicit TokenBuckets(const Options& options) : options_(options) {}

  // Takes one token; zero if it was there, else how long until one is.
  [[nodiscard]] base::Duration take(std::string_view name, base::Duration now);
  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens = 0.0;
    base::Duration at{};
  };
  [[nodiscard]] double tokens_at(const Bucket& bucket, base::Duration now) const;

  Options options_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

// After `free_failures` in a row, each further attempt has to wait twice as long as the last, up to
// `longest`; a success forgets. The wait is bounded, so that nobody can lock another out for good,
// and so long that guessing leads nowhere: at 60 s an attempt, 1,440 guesses a day.
class Backoff {
 public:
  struct Options {
    std::uint32_t free_failures = 3;
    base::Duration first = std::chrono::seconds(1);
    base::Duration longest = std::chrono::seconds(60);
    base::Duration forgotten_after = std::chrono::minutes(30);
    std::size_t max_names = 4096;
  };
  explicit Backoff(const Options& options) : options_(options) {}

  // How long this name still has to wait; zero if it may try.
  [[nodiscard]] base::Duration wait(std::string_view name, base::Duration now) const;
  void failed(std::string_view name, base::Duration now);
  void succeeded(std::string_view name);
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  struct Failures {
    std::uint32_t count = 0;
    base::Duration last{};
    base::Duration until{};
  };
  Options options_;
  std::map<std::string, Failures, std::less<>> names_;
};

}  // namespace liptako::serve
