// The tamper-evident log over the input stream: leaf n of an RFC 6962 tree is the commitment of
// entry n (input_body.hpp), kept as tiles and entry bundles [C2SP tlog-tiles] beside the segments,
// and vouched for by checkpoints that the node's log key signs [C2SP tlog-checkpoint].
//
//   checkpoint           the newest, a signed note, with cosignature lines as they come
//   checkpoints/<size>   those that were cosigned, and one an hour; size in 20 digits
//   tile/<L>/..., tile/entries/...
//
// What it rests on:
// - Leaves exist for synced entries only, so no power cut takes back what was committed to.
// - All tiles of a checkpoint are durable before the checkpoint is in place. Tiles beyond the
//   newest checkpoint mean nothing: opening computes them anew from the entries.
// - A checkpoint is signed only if it extends the last one, and the last one is remembered beside
//   the key before it is in place (log_memory.hpp), so that a record that was put back from a
//   backup, or begun anew, is seen to be another. If at opening the last one is not what
//   the tiles and entries give, the log is in trouble: it signs nothing and changes nothing, and
//   says so. The node still records and shows, since an air picture that goes dark serves nobody,
//   and the evidence of what went wrong stays as it was found. A person decides (docs/RECORD.md).
//
// Single-threaded, but for write(), which may run on another thread between take_due() and
// finish().
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "base/time.hpp"
#include "record/log_memory.hpp"
#include "seal/checkpoint.hpp"
#include "seal/ed25519.hpp"
#include "seal/note.hpp"
#include "seal/proof_file.hpp"
#include "seal/tiles.hpp"

namespace liptako::record {

inline constexpr std::string_view kCheckpointPath = "checkpoint";
inline constexpr std::string_view kCheckpointFolder = "checkpoints";

struct LogOptions {
  std::string origin;  // of the log, which is also the name of its key
  seal::SigningKey key;
  // Earlier keys of the same log: the last checkpoint may be signed by one of them.
  std::vector<seal::VerifierKey> former_keys;
  base::Duration checkpoint_every = std::chrono::seconds(10);
  // The record is a copy that grows to what it was: the head remembered may lie ahead of it. Until
  // then nothing is signed, and then it must be the copy's.
  // It may have been begun from a backup of the other machine's, with that log's checkpoint and
  // tiles: then this log begins with that tree, and signs once there is an entry behind it, which
  // nobody gives before the two trees were compared.
  bool is_copy = false;
  // Where the newest head that the key signed is remembered: outlives the log. None: nowhere.
  base::Storage* memory = nullptr;
  std::string memory_path = std::string(kLogMemoryPath);
};

// The entries a record holds: [first, end), all of them durable.
struct EntryRange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

// What is to be written now. Made by the log, written by write().
struct LogWork {
  std::vector<base::FileContent> files;    // full tiles and bundles, then those of the checkpoint
  std::size_t full = 0;                    // how many of the former
  std::string checkpoint;                  // the note; empty if the one there stays
  std::vector<base::FileContent> history;  // of checkpoints/
  base::Storage* memory = nullptr;         // where `remembered` goes before the checkpoint
  std::optional<base::FileContent> remembered;
  // The last work failed, perhaps with its checkpoint in place: tiles that it may rest on are
  // replaced whole.
  bool careful = false;
  std::vector<std::string> open;      // paths of all tiles of the checkpoint that are not full
  std::vector<std::string> obsolete;  // partial tiles that the new checkpoint replaces
  std::uint64_t size = 0;             // of the checkpoint
};

// A cosignature on one of this log's checkpoints.
struct Cosigned {
  std::string key;
  base::Timestamp time{};  // as the witness said
  std::uint64_t size = 0;
  friend bool operator==(const Cosigned&, const Cosigned&) = default;
};

class Log {
 public:
  // Takes up the log where its last checkpoint left it, and computes the leaves of the entries
  // behind it. Reads the last tiles and those entries, never the whole record, unless tiles are
  // missing and all entries are there to make them from. Never fails: what is wrong is trouble().
  [[nodiscard]] static Log open(base::Storage& storage,
                                const LogOptions& options,
                                const EntryRange& entries);

  // What opening found to remark, in words.
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }

  // Commitments of the next entries in order, which must be synced (Writer::take_commitments).
  void append(std::span<const seal::Digest> commitments);

  // Work that is due: a checkpoint at most every checkpoint_every, tiles when many wait,
  // cosignatures. One at a time: none until the last was finished.
  [[nodiscard]] std::optional<LogWork> take_due(base::Timestamp utc, base::Duration monotonic);
  // The same at once, also before it is due.
  [[nodiscard]] std::optional<LogWork> take_all(base::Timestamp utc, base::Duration monotonic);
  [[nodiscard]] static base::Result<void> write(base::Storage& storage, const LogWork& work);
  void finish(LogWork work, const base::Result<void>& result);

  // Adds what a witness answered (signature lines) to the checkpoint of that size; one of the last
  // kRecent. Returns how many cosignatures of known witnesses there were.
  [[nodiscard]] base::Result<std::size_t> add_cosignatures(
      std::uint64_t size, std::string_view lines, std::span<const seal::VerifierKey> witnesses);
  static constexpr std::size_t kRecent = 64;

  [[nodiscard]] const std::string& origin() const { return options_.origin; }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  // Of the newest checkpoint in place.
  [[nodiscard]] std::uint64_t checkpoint_size() const { return checkpoint_size_; }
  [[nodiscard]] const std::string& checkpoint() const {
    return checkpoint_;
  }  // the note; may be ""
  // When it was signed; none if this process has signed none.
  [[nodiscard]] std::optional<base::Duration> checkpoint_time() const { return checkpoint_time_; }
  // The newest of each witness, by key name.
  [[nodiscard]] const std::vector<Cosigned>& cosigned() const { return cosigned_; }
  // Why nothing is signed, in words; none in health.
  [[nodiscard]] const std::optional<std::string>& trouble() const { return trouble_; }

 private:
  explicit Log(const LogOptions& options) : options_(options) {}
  struct Recent {
    std::uint64_t size = 0;
    seal::Note note;
  };
  // Steps of open(); an error is trouble.
  void append_leaves(std::span<const seal::Digest> commitments);
  [[nodiscard]] base::Result<void> take_up(base::Storage& storage, const EntryRange& entries);
  // The tree over the first `size` entries, which must be that of the checkpoint in place. Of its
  // files only those that are missing are written.
  [[nodiscard]] base::Result<void> make_missing_tiles(base::Storage& storage, std::uint64_t size);
  // What entries there are behind the tree so far.
  [[nodiscard]] base::Result<void> take_entries(base::Storage& storage, std::uint64_t end);
  // The bundle that the tree's last leaves are in, from its file; checked against the tile and
  // against those of its entries that are there.
  [[nodiscard]] base::Result<void> take_up_bundle(base::Storage& storage,
                                                  const EntryRange& entries);
  [[nodiscard]] std::optional<LogWork> take(base::Timestamp utc,
                                            base::Duration monotonic,
                                            bool checkpoint);
  // What the key remembers of this log must be in the record's tree, which `end` entries can give.
  [[nodiscard]] base::Result<void> recall(std::uint64_t end);
  [[nodiscard]] base::Result<void> compare(const seal::TreeHead& head) const;
  [[nodiscard]] bool is_behind_memory() const {
    return options_.is_copy && remembered_ && tree_.size() < remembered_->size;
  }
  [[nodiscard]] base::FileContent memory_of(const seal::TreeHead& head) const;
  // The checkpoint's tiles that are not full, and its bundle.
  [[nodiscard]] std::vector<base::FileContent> open_tiles() const;

  LogOptions options_;
  std::optional<seal::TreeHead> remembered_;  // of an earlier process
  seal::TileBuilder tree_;
  base::Bytes bundle_;  // commitments behind the last full bundle
  std::vector<base::FileContent> waiting_;
  bool lagging_ = false;  // too much waited; only opening anew helps
  bool work_out_ = false;
  std::deque<Recent> recent_;
  std::set<std::uint64_t> to_keep_;         // sizes of recent_ whose notes go to checkpoints/
  bool failed_ = false;                     // the last work was
  bool rewrite_ = false;                    // the newest got a cosignature
  std::vector<std::string> partial_paths_;  // of the checkpoint in place
  std::uint64_t checkpoint_size_ = 0;
  std::uint64_t begun_with_ = 0;  // leaves that another log's checkpoint in place covers
  std::string checkpoint_;
  std::optional<base::Duration> checkpoint_time_;
  std::optional<base::Duration> tried_;
  std::optional<base::Timestamp> kept_;  // when a checkpoint last went to checkpoints/
  std::vector<Cosigned> cosigned_;
  std::vector<seal::Digest> leaves_;  // scratch
  std::vector<std::string> remarks_;
  std::optional<std::string> trouble_;
  bool broken_ = false;  // trouble_ is for good
};

// Reading a log, from any thread; each reads what files there are.

// "tile/..." out of the storage.
[[nodiscard]] seal::TileReader tile_reader(base::Storage& storage);
[[nodiscard]] std::string checkpoint_history_path(std::uint64_t size);
// The newest checkpoint, unverified; none if there is no log.
struct ReadCheckpoint {
  seal::Note note;
  seal::Checkpoint checkpoint;
};
[[nodiscard]] base::Result<std::optional<ReadCheckpoint>> read_checkpoint(base::Storage& storage);
// That entry `index` is in the newest checkpoint.
[[nodiscard]] base::Result<seal::ProofFile> prove_entry(base::Storage& storage,
                                                        std::uint64_t index);
// That the tree of `newer` leaves extends that of `older`; both within the newest checkpoint.
struct Consistency {
  seal::TreeHead older;
  seal::TreeHead newer;
  seal::Proof proof;
};
[[nodiscard]] base::Result<Consistency> prove_consistency(base::Storage& storage,
                                                          std::uint64_t older,
                                                          std::uint64_t newer);
// The add-checkpoint request to a witness that last signed `old_size` leaves.
[[nodiscard]] base::Result<std::string> make_witness_request(base::Storage& storage,
                                                             std::uint64_t old_size);

}  // namespace liptako::record
