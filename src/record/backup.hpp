// Backup and restore of a record, over two storages: the record's and the copy's.
//
// A backup holds the record up to its newest checkpoint (up to its last whole entry if it keeps no
// log): those entries are on the record's own disk for certain, so that the copy can never hold
// what the record loses in a power cut. It may be made while a node writes. Run again it copies
// only what is new, and refuses a record whose past is not the one it holds. What retention deleted
// from the record it deletes from the copy too. The file `backup` lists what it holds, with hashes;
// tiles are not listed, since the checkpoint's root is over them.
//
// Keys are not in it: they lie outside the record.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "base/time.hpp"
#include "record/keeping.hpp"
#include "seal/checkpoint.hpp"
#include "seal/sha256.hpp"

namespace liptako::record {

// What the file `backup` says.
struct Manifest {
  struct File {
    std::uint64_t size = 0;
    seal::Digest sha256{};
  };
  base::Timestamp made{};
  std::uint64_t end = 0;              // sequence of the first input entry that is not in it
  std::map<std::string, File> files;  // by path: segments, snapshots, checkpoints, holds
};
// Ends with a hash over the rest.
[[nodiscard]] std::string to_string(const Manifest& manifest);
[[nodiscard]] base::Result<Manifest> parse_manifest(std::string_view text);
[[nodiscard]] base::Result<Manifest> read_manifest(base::Storage& backup);

struct BackupReport {
  Manifest manifest;
  std::optional<seal::Checkpoint> checkpoint;  // none of a record without a log
  Keeping keeping;                             // what its entries say: of deletions and holds
  std::uint64_t copied_files = 0;
  std::uint64_t copied_bytes = 0;
};

// Brings `backup` up to the record, then verifies it. An error leaves what was in it before usable:
// its `backup` file is replaced last.
[[nodiscard]] base::Result<BackupReport> back_up(base::Storage& record,
                                                 base::Storage& backup,
                                                 base::Timestamp now);

// Every file is as listed, and all of it is what verify_record() finds sound: every entry that is
// there is the one its tile commits to, and every other was deleted by rule, as an entry says.
[[nodiscard]] base::Result<BackupReport> verify_backup(base::Storage& backup);

// What goes on with a restored record: its own node, or the other machine of that node, whose log
// is another (LogOptions::is_copy). That one is not given the checkpoints kept beside the newest:
// they are not its own, and the backup keeps them.
enum class RestoredAs : std::uint8_t { record, copy };

// Copies a backup that verifies into a storage in which there is nothing of a record, or what an
// interrupted restore left, and verifies what it wrote. The file `restored` then says from what;
// while it is under way, and if it fails, there is a file `restoring`, and no node may start.
[[nodiscard]] base::Result<BackupReport> restore(base::Storage& backup,
                                                 base::Storage& record,
                                                 base::Timestamp now,
                                                 RestoredAs as = RestoredAs::record);

// Present while a restore is under way, or was interrupted.
inline constexpr std::string_view kRestoring = "restoring";
// A line about the newest restore.
inline constexpr std::string_view kRestored = "restored";

}  // namespace liptako::record
