// One federation member, composed: its record, its core and what it shows. Sans I/O: arrivals come
// in stamped, storage is a seam, and whoever drives it (src/app live, src/sim in tests) decides
// when.
//
// The order that everything rests on: append the arrivals to the record, write() them, only then
// apply them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/core.hpp"
#include "node/finding_book.hpp"
#include "node/latency_meter.hpp"
#include "node/trace_book.hpp"
#include "record/cursor.hpp"
#include "record/gap.hpp"
#include "record/log.hpp"
#include "record/retention.hpp"
#include "record/snapshot.hpp"
#include "record/writer.hpp"
#include "serve/documents.hpp"

namespace liptako::node {

struct NodeOptions {
  std::string build;    // identity of this build; a snapshot of another is not loaded
  std::string boot_id;  // of the machine, see StartNote
  // The file's text. Put in force if it is not what the file said at the last start: what was
  // accepted live since then is not undone by a restart.
  std::string config_text;
  std::uint64_t salt = 0;  // random, for a new record
  // Random too, new for every opening: the entries' salts are drawn from it.
  record::EntrySalts::Key salt_key{};
  // The tamper-evident log; none: entries are recorded, but committed to by nobody.
  std::optional<record::LogOptions> log;
  base::Duration snapshot_every = std::chrono::seconds(10);
  std::uint64_t segment_limit = record::WriterOptions{}.segment_limit;
  // Heights of the ground, which outlive the node; none: the sea's horizon is all that is known.
  const geo::TerrainGrid* terrain = nullptr;
  // Of a pair of machines (docs/STANDBY.md): nothing is recorded until begin() or take_over().
  bool quiet = false;
};

struct Stamp {
  base::Timestamp utc;
  base::Duration monotonic{};
  std::uint8_t clock = record::kClockUnknown;  // how good `utc` is: record::clock_code()

  // An entry of this instant that comes from no source.
  [[nodiscard]] record::EntryView entry(record::EntryKind kind, base::ByteView payload = {}) const {
    return {kind, record::kNoSource, utc, monotonic, payload, clock};
  }
};

// What opening found, for the log and the status.
struct NodeOpened {
  record::OpenReport record;
  bool from_snapshot = false;
  std::uint64_t replayed_entries = 0;
  std::vector<std::string> remarks;  // damage met, snapshots passed over
};

// What cannot be written, and why.
struct RecordTrouble {
  // `log`: all is recorded, and nothing is sealed any more.
  enum class Part : std::uint8_t { input, derived, snapshot, log } part = Part::input;
  base::Error error;
};

// How a standby machine takes over.
struct TakeoverOrder {
  std::string from;  // origin of the log of the machine it followed; empty: never heard of
  record::TakeoverCause cause = record::TakeoverCause::silence;
  base::Timestamp heard{};       // when something last came from it
  seal::TreeHead tree;           // of the whole record: record::tree_head_at()
  std::uint64_t known_term = 0;  // the highest heard of
  std::string key_name;          // who signs the note
  seal::SigningKey key;
};

class Node {
 public:
  // Recovers what the record holds (newest snapshot, then the entries after it), notes the start,
  // and puts `config_text` in force if it is news. Fails if it is wrong or the record cannot be
  // written.
  [[nodiscard]] static base::Result<std::unique_ptr<Node>> open(base::Storage& storage,
                                                                const NodeOptions& options,
                                                                const Stamp& now);

  // Records the arrivals, in their order, then applies them. On an error (a full disk) the first
  // taken() of them, which had reached the file, are in the record and applied; the rest are in
  // neither and counted as lost.
  // `cuts`: where the payloads may be taken apart (record/input_body.hpp), for each arrival or for
  // none. What was lost since the last entry that could be written is said in an entry before them.
  [[nodiscard]] base::Result<void> take(std::span<const record::EntryView> arrivals,
                                        std::span<const std::span<const std::uint16_t>> cuts = {});
  [[nodiscard]] std::size_t taken() const { return sequences_.size(); }  // of the last take()

  // Notes the start of one that was opened quietly, as open() does of the others.
  [[nodiscard]] base::Result<void> begin(const Stamp& now);
  // A standby machine: records entries as the other machine's record holds them, the bodies of
  // frames in order, then applies them. Of one that was opened quietly and not begun.
  [[nodiscard]] base::Result<void> follow(std::span<const base::ByteView> bodies);
  // The other's record lacks the next `count` entries.
  [[nodiscard]] base::Result<void> pass_over(std::uint64_t count);
  // Records who takes over from whom, the start and what may be missing, all synced. From then on
  // this node is like any other.
  [[nodiscard]] base::Result<void> take_over(const TakeoverOrder& order, const Stamp& now);
  [[nodiscard]] std::uint64_t next_sequence() const { return writer_.next_sequence(); }
  [[nodiscard]] std::uint64_t synced_end() const { return writer_.synced_end(); }

  // A live change: checks, records, syncs, applies. A wrong configuration, or one that moves what
  // a running process has open (record folder, listening address), changes nothing and is recorded
  // nowhere.
  [[nodiscard]] base::Result<NodeConfig> check(std::string_view text, std::string_view name) const;
  [[nodiscard]] base::Result<void> reconfigure(std::string_view text,
                                               std::string_view name,
                                               const Stamp& now);

  // Group commit: the shell takes a ticket at most every 250 ms, syncs its file on another thread,
  // and gives it back.
  [[nodiscard]] std::optional<record::SyncTicket> begin_sync() { return writer_.begin_sync(); }
  void finish_sync(const record::SyncTicket& ticket,
                   const base::Result<void>& result,
                   base::Duration now);

  // The same at once, in the caller's thread. Requires that no ticket is out.
  [[nodiscard]] base::Result<void> sync() { return writer_.sync(); }

  // The last entry of a process that ends in good order, and its sync. Nothing is taken after it.
  [[nodiscard]] base::Result<void> stop(const Stamp& now);

  // What the tamper-evident log has to write: the shell lets record::Log::write() do it on another
  // thread and gives it back. One at a time. `all`: a checkpoint over everything synced, due or
  // not.
  [[nodiscard]] std::optional<record::LogWork> take_log_work(const Stamp& now, bool all = false);
  void finish_log_work(record::LogWork work, const base::Result<void>& result);
  // Retention: the shell lets record::work_on_retention() do this on another thread and gives back
  // what came of it, of which what has to be said is recorded: holds that were set or lifted, the
  // segments that are to be deleted. What was recorded last is deleted by a later turn, when a
  // checkpoint covers it.
  [[nodiscard]] record::RetentionWork retention_work(const Stamp& now) const;
  [[nodiscard]] base::Result<void> finish_retention(const record::RetentionFound& found,
                                                    const Stamp& now);
  // A witness' signature lines for the checkpoint over `size` entries.
  [[nodiscard]] base::Result<std::size_t> add_cosignatures(
      std::uint64_t size, std::string_view lines, std::span<const seal::VerifierKey> witnesses);
  // This node, as a witness, refused to cosign a fork of that log; shown until restart.
  void note_fork_refused(std::string origin) { fork_refused_ = std::move(origin); }
  // A witness of this node's log holds another history of it: in words, shown until restart.
  void note_log_disputed(std::string how) { log_disputed_ = std::move(how); }
  // None without NodeOptions::log.
  [[nodiscard]] const std::optional<record::Log>& record_log() const { return log_; }

  [[nodiscard]] record::Snapshot snapshot() const;
  // A snapshot that is due and rests on synced entries only; the shell writes it
  // (record::write_snapshot).
  [[nodiscard]] std::optional<record::Snapshot> take_due_snapshot(base::Duration now);
  // What became of it. A node without snapshots goes on; it restarts slowly, and says so.
  void finish_snapshot(const base::Result<void>& result);

  void note_latency(base::Duration latency) { latency_.note(latency); }

  [[nodiscard]] const Core& core() const { return *core_; }
  [[nodiscard]] const NodeOpened& opened() const { return opened_; }
  // What befell tracks in the last take().
  [[nodiscard]] std::span<const track::TrackEvent> events() const { return events_; }
  [[nodiscard]] const LatencyMeter& latency() const { return latency_; }
  [[nodiscard]] std::uint64_t lost_arrivals() const { return lost_arrivals_; }
  // The gravest there is; none in health.
  [[nodiscard]] std::optional<RecordTrouble> record_trouble() const;

  // Parts of this member's frames made in the last take(), for whoever carries them to the other
  // members. Live data: they do not wait for the disk to sync.
  [[nodiscard]] std::span<const base::Bytes> frames() const { return frames_; }

  // Brings common() up to what the node holds; done by whoever shows it, a few times a second.
  void refresh_common();
  // Empty without a federation.
  [[nodiscard]] const serve::CommonPicture& common() const { return common_; }

  // The picture when the clock shows `utc`, by ascending number; every view's time is
  // status().time. When ticks no longer reach the core, a track's age decides whether it coasts.
  [[nodiscard]] std::vector<track::TrackView> picture(base::Timestamp utc) const;
  [[nodiscard]] serve::NodeStatus status(const Stamp& now) const;
  [[nodiscard]] std::vector<serve::UpdateTrace> updates_of(base::TrackNumber number) const;
  // What was found doubtful of a track, and found sound again, oldest first.
  [[nodiscard]] std::vector<track::Finding> findings_of(base::TrackNumber number) const {
    return findings_.of(number);
  }

 private:
  Node(record::Writer writer, record::Writer derived, const NodeOptions& options);
  [[nodiscard]] base::Result<void> put_in_force(std::string_view text, const Stamp& now);
  // What is recorded before that configuration of the ground that its radars see.
  [[nodiscard]] std::vector<base::Bytes> terrain_of(const NodeConfig& config) const;
  void apply(std::uint64_t sequence, const record::EntryView& entry);
  void flush_derived();
  [[nodiscard]] base::Bytes start_payload() const;
  // Why entries are missing between the record's last one and this start; none in a new record.
  [[nodiscard]] std::optional<record::Gap> gap_before_start(const Stamp& now) const;
  void note_lost(std::span<const record::EntryView> arrivals);
  void feed_log();
  // Entries that no arrival caused. Those that reached the file count, also if it fails then; a
  // failure loses nothing that anybody sent.
  [[nodiscard]] base::Result<void> record_own(std::span<const base::Bytes> documents,
                                              const Stamp& now);
  // Says again, in the segment that is being written, what must not go with the oldest ones. In
  // each segment, but for no more than a sixteenth of what is recorded.
  [[nodiscard]] base::Result<void> carry_forward(const Stamp& now);
  void carry_forward_if_due(const record::EntryView& next);
  // Before a configuration takes force: what names sensors by their index is told to.
  void forget_sensors_at(const record::EntryView& entry);
  void note_recorded(std::uint64_t sequence, const record::EntryView& entry);
  void write_derived(std::uint64_t sequence, std::span<const track::TrackEvent> events);

  NodeOptions options_;
  std::string name_;  // as options_.config_text says
  record::Writer writer_;
  record::Writer derived_;
  std::optional<Core> core_;
  TraceBook traces_;
  FindingBook findings_;
  LatencyMeter latency_;
  serve::CommonPicture common_;
  NodeOpened opened_;
  std::vector<track::TrackEvent> events_;
  std::vector<base::Bytes> frames_;
  std::vector<std::uint64_t> sequences_;  // scratch
  std::uint64_t lost_arrivals_ = 0;
  std::optional<record::Gap> lost_;  // not yet said in the record
  std::optional<record::Log> log_;
  record::CarriedReader carried_reader_;
  std::uint64_t carried_begin_ = 0;  // of the set that carried_reader_ is in
  std::uint64_t carried_at_ = 0;     // of the newest whole one
  std::optional<std::uint32_t> carried_segment_;
  std::uint64_t carried_bytes_ = 0;        // of the newest
  std::uint64_t bytes_since_carried_ = 0;  // of all entries
  // What the newest retirement says is deleted may be, once the log covers the entries below, in
  // which this process, or one that it follows, says so.
  std::uint64_t retirement_end_ = 0;
  std::uint64_t retirements_ = 0;  // the newest that was seen
  bool writes_record_ = false;     // it was begun, or took over
  std::string fork_refused_;
  std::string log_disputed_;
  std::uint64_t lost_explanations_ = 0;
  std::optional<base::Error> derived_trouble_;
  std::optional<base::Error> snapshot_trouble_;
  std::optional<base::Duration> last_sync_;
  std::optional<base::Duration> last_snapshot_;
  std::optional<record::Snapshot> waiting_snapshot_;
};

// A record read from its first entry to its last into a fresh core.
struct Replayed {
  Core core;
  std::uint64_t entries = 0;
  std::vector<std::string> remarks;  // damage met on the way
};
[[nodiscard]] base::Result<Replayed> replay(base::Storage& storage, std::string_view build);

}  // namespace liptako::node
