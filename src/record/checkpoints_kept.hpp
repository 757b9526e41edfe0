// Thinning of `checkpoints/`: with witnesses a node keeps one every ten seconds, 8,640 a day, and
// nobody needs them all. Kept are all of the last day, of each hour of the last 30 days the one
// that most witnesses cosigned, and of each day before. Any two sizes have a consistency proof
// whatever is kept, since proofs are made from the tiles.
//
// Never removed: the newest, and those that something names (the newest takeover).
//
// A note does not say when it was signed. The file `checkpoints.times` does, one line each, "size
// seconds": the time of its newest cosignature, or when this was first looked at. It can be lost:
// then what is not cosigned counts as new once more, and is kept longer.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "base/time.hpp"

namespace liptako::record {

inline constexpr std::string_view kCheckpointTimes = "checkpoints.times";

struct ThinningRules {
  base::Duration all = base::kDay;          // kept whole
  base::Duration hourly = 30 * base::kDay;  // kept one an hour; one a day before
  // Notes read and files removed in one call at most. Range: at least 2.
  std::uint32_t most = 512;
};

struct Thinned {
  std::uint32_t kept = 0;     // files that are there afterwards
  std::uint32_t removed = 0;  // in this call
  bool complete = true;       // nothing more was due; else call again
};
// One step. Safe at any crash and beside the thread that writes the log.
[[nodiscard]] base::Result<Thinned> thin_checkpoints(base::Storage& storage,
                                                     const ThinningRules& rules,
                                                     base::Timestamp now,
                                                     std::span<const std::uint64_t> named = {});

}  // namespace liptako::record
