// What a feed made of its source's bytes: what it took in, and what it could not use and why, so
// that an operator sees what is wrong with a source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace liptako::feeds {

// What was refused from a source, under a reason that the console has a text for.
struct Rejected {
  std::string reason;
  std::uint64_t count = 0;
  std::string last;  // the newest case in full
};

struct SourceCounters {
  static constexpr std::size_t kMaxReasons = 32;

  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  std::uint64_t plots = 0;
  std::vector<Rejected> rejected;  // at most kMaxReasons, in order of first occurrence

  // Past kMaxReasons a new reason counts under the last one.
  void reject(std::string_view reason, std::string last, std::uint64_t count = 1);

  void save(base::ByteWriter& out) const;
  void load(base::ByteReader& in);
};

}  // namespace liptako::feeds
