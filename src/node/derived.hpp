// The derived stream's bodies: what the core made of one entry, in numbers, so that "why did it
// move" is answered without a replay. Layout in docs/RECORD.md, "Derived stream".
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "track/tracker.hpp"

namespace liptako::node {

// Latitude and longitude of a track that is not placed.
inline constexpr std::int32_t kNoCoordinate = std::numeric_limits<std::int32_t>::min();

// As many bodies as the record's limit on bodies asks for, none if there are no events.
[[nodiscard]] std::vector<base::Bytes> encode_derived(std::uint64_t sequence,
                                                      std::span<const track::TrackEvent> events);

}  // namespace liptako::node
