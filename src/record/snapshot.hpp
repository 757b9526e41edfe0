// Snapshots of the core, so that recovery reads only the tail of the record. A snapshot is a
// convenience: without any, the core is recomputed from the first entry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "record/cursor.hpp"

namespace liptako::record {

struct Snapshot {
  std::uint64_t next_sequence = 0;  // the core has used the entries below it, and no other
  std::string build;  // identity of the build that wrote it; only the same build may load it
  base::Bytes core;   // opaque here
};

inline constexpr std::size_t kSnapshotsKept = 3;

// Writes `snapshot/NNNNNNNNNNNN.snap` atomically and durably, then removes all but the newest
// kSnapshotsKept. Call it only when Writer::synced_end() >= next_sequence: a snapshot must not
// outlive entries it rests on.
[[nodiscard]] base::Result<void> write_snapshot(base::Storage& storage, const Snapshot& snapshot);

struct FoundSnapshot {
  std::optional<Snapshot> snapshot;
  std::vector<std::string> passed_over;  // newer ones that were not used, each with its reason
};
// The newest sound snapshot of this build that rests on entries below `record_end` only.
[[nodiscard]] base::Result<FoundSnapshot> load_snapshot(base::Storage& storage,
                                                        std::string_view build,
                                                        std::uint64_t record_end);

// Where the newest sound snapshot of any build goes on; none if there is none.
[[nodiscard]] base::Result<std::optional<std::uint64_t>> newest_sound_snapshot(
    base::Storage& storage);
// Removes snapshots older than the newest sound one; returns how many.
[[nodiscard]] base::Result<std::uint32_t> drop_older_snapshots(base::Storage& storage);
// Removes snapshots that go on at an entry below `first`, which is no longer there.
[[nodiscard]] base::Result<std::uint32_t> drop_snapshots_below(base::Storage& storage,
                                                               std::uint64_t first);

// What a starting node needs after Writer::open: its state, and the entries to run after it.
struct Recovery {
  FoundSnapshot found;
  Cursor tail;  // at the snapshot's next entry, or at the first of the record
};
[[nodiscard]] base::Result<Recovery> recover(base::Storage& storage,
                                             std::string_view build,
                                             std::uint64_t record_end);

}  // namespace liptako::record
