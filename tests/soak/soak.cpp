#include "soak.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/prng.hpp"
#include "node/node.hpp"
#include "record/backup.hpp"
#include "record/cursor.hpp"
#include "record/gap.hpp"
#include "record/hold.hpp"
#include "record/input_body.hpp"
#include "record/log.hpp"
#include "record/retention.hpp"
#include "record/snapshot.hpp"
#include "record/verify.hpp"
#include "seal/checkpoint.hpp"
#include "seal/merkle.hpp"
#include "seal/note.hpp"
#include "seal/tiles.hpp"

namespace liptako::soak {

namespace {

using base::Duration;
using base::Result;

constexpr const char* kBuild = "soak+1";
constexpr std::uint64_t kSegment = 4u << 10;  // so that a life fills several
constexpr std::uint64_t kPlenty = 1u << 30;
constexpr const char* kOrigin = "soak.test/log";
// What the key remembers is on the same disk: it dies with it, and in the same changes.
constexpr const char* kMemory = "keys/last";
seal::SigningKey log_key() { return seal::SigningKey::from_seed(std::array<std::uint8_t, 32>{7}); }

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Kinds that come from outside; the others are the node's own.
bool is_offered(record::EntryKind kind) {
  return kind == record::EntryKind::datagram || kind == record::EntryKind::tick ||
         kind == record::EntryKind::source_event;
}

std::string boot_name(std::uint64_t boot) { return fmt::format("boot-{}", boot); }

// The number in such a name.
std::uint64_t boot_of(std::string_view name) {
  std::uint64_t boot = 0;
  for (const char c : name.substr(5)) boot = boot * 10 + static_cast<std::uint64_t>(c - '0');
  return boot;
}

seal::Digest digest_of(const record::EntryView& entry) {
  base::Bytes wire;
  record::encode_entry(entry, wire);
  return seal::sha256(wire);
}

class Run {
 public:
  Run(std::uint64_t seed, const Traffic& traffic, Plant plant)
      : prng_(seed * 2 + 1),
        traffic_(&traffic),
        plant_(plant),
        disk_(seed),
        storage_(disk_, plant),
        utc_(*base::parse_rfc3339("2026-11-22T10:00:00Z")) {
    next_datagram_ = prng_.below(traffic.datagrams.size());
  }

  Outcome run() {
    const std::uint64_t lives = 2 + prng_.below(4);
    for (std::uint64_t life = 0; life < lives && out_.violations.empty(); ++life) {
      live();
      crash();
      check_disk();
    }
    if (out_.violations.empty()) last_life();
    return std::move(out_);
  }

 private:
  void mark(const char* what) { ++out_.marks[what]; }
  void violated(std::string what) { out_.violations.push_back(std::move(what)); }

  [[nodiscard]] node::Stamp stamp() const { return {utc_, monotonic_}; }
  void pass(Duration time) {
    utc_ += time;
    monotonic_ += time;
  }

  // --- one life ---

  [[nodiscard]] node::NodeOptions options() {
    node::NodeOptions options;
    options.build = kBuild;
    options.boot_id = boot_name(boot_);
    options.config_text = traffic_->config;
    options.salt = 42;
    options.snapshot_every = std::chrono::seconds(5);
    options.segment_limit = kSegment;
    options.log = record::LogOptions{.origin = kOrigin, .key = log_key(), .former_keys = {}};
    options.log->checkpoint_every = std::chrono::seconds(4);
    options.log->memory = &storage_;
    options.log->memory_path = kMemory;
    return options;
  }

  Result<void> open() {
    node_.reset();
    drop_work();
    auto node = node::Node::open(storage_, options(), stamp());
    if (!node) return std::unexpected(node.error());
    node_ = std::move(*node);
    // What an opened record held is durable; what the opening itself wrote is flushed.
    acknowledged_ = std::max(acknowledged_, sound_end_);
    // Numbers behind them, up to where the last segment's header says that it begins, are gone.
    const std::uint64_t end = node_->opened().record.next_sequence;
    lost_.erase(lost_.lower_bound(end), lost_.end());  // these are given again
    for (std::uint64_t i = sound_end_; i < end; ++i) lost_.insert(i);
    // Numbers, or a segment with nothing in it, behind a farewell: a start was lost there.
    farewell_ = farewell_ && end == sound_end_ && !node_->opened().record.last_body.empty();
    flushed_ = node_->status(stamp()).entries;
    return {};
  }

  // What was under way on other threads is gone with the process.
  void drop_work() {
    ticket_.reset();
    log_work_.reset();
    log_written_.reset();
    retention_.reset();
  }

  void live() {
    draw_faults();
    if (const auto opened = open(); !opened) {
      mark("a start failed");
      if (disk_.dead()) return;
      const bool named = opened.error().kind == base::ErrorKind::world &&
                         (opened.error().message.find("disk full") != std::string::npos ||
                          opened.error().message.find("cannot sync") != std::string::npos);
      if (!named)
        return violated("a start failed by no fault of the disk: " + opened.error().message);
      disk_.restart_after_kill();
      disk_.set_capacity(kPlenty);
      disk_.set_sync_failure(0.0);
      // The start may have been noted before it failed.
      power_cut_ = false;
      check_disk();
      if (!out_.violations.empty()) return;
      if (const auto again = open(); !again) {
        if (!disk_.dead())
          violated("space was freed, yet the node does not start: " + again.error().message);
        return;
      }
    }
    if (disk_.dead()) return;
    if (!check_recovered()) return;
    const std::uint64_t steps = 10 + prng_.below(60);
    for (std::uint64_t i = 0; i < steps && !disk_.dead() && out_.violations.empty(); ++i) step();
    if (!disk_.dead() && prng_.chance(0.3)) {
      mark("a node stopped in good order");
      settle_ticket();
      if (node_->stop(stamp())) {
        acknowledged_ = flushed_ = std::max(acknowledged_, node_->status(stamp()).entries);
        node_->finish_snapshot(record::write_snapshot(storage_, node_->snapshot()));
        seal_all();
      }
    }
  }

  void draw_faults() {
    disk_.set_capacity(prng_.chance(0.1) ? disk_.bytes_used() + prng_.below(3'000) : kPlenty);
    disk_.set_sync_failure(prng_.chance(0.1) ? 0.3 * prng_.uniform() : 0.0);
    if (prng_.chance(0.5)) disk_.die_at_change(prng_.below(150));
    if (prng_.chance(0.3)) disk_.die_after(prng_.below(30'000));
  }

  void step() {
    pass(std::chrono::milliseconds(20 + prng_.below(1'000)));
    if (prng_.chance(0.01)) pass(std::chrono::hours(20 + static_cast<int>(prng_.below(10))));
    const std::uint64_t what = prng_.below(100);
    if (what < 48) return take();
    if (what < 65) return ticket_ ? settle_ticket() : begin_sync();
    if (what < 72) return snapshot();
    if (what < 84) return seal_log(prng_.chance(0.3));
    if (what < 93) return retire();
    if (what < 95) return hold();
    // A disk that fills up, and is given room again.
    if (what < 98) {
      const bool full = disk_.bytes_used() + 10'000 > kPlenty - disk_.bytes_used();
      disk_.set_capacity(full || prng_.chance(0.3) ? kPlenty
                                                   : disk_.bytes_used() + prng_.below(2'000));
      return;
    }
    disk_.set_capacity(kPlenty);
    take();
    if (disk_.dead()) return;
    if (const auto trouble = node_->record_trouble();
        trouble && trouble->part == node::RecordTrouble::Part::input &&
        trouble->error.message.find("cannot sync") == std::string::npos) {
      violated("with room again the record does not heal: " + trouble->error.message);
    }
  }

  void take() {
    std::vector<record::EntryView> arrivals;
    const std::uint64_t count = 1 + prng_.below(8);
    for (std::uint64_t i = 0; i < count; ++i) {
      pass(std::chrono::microseconds(1 + prng_.below(1'000)));
      const std::uint64_t what = prng_.below(10);
      record::EntryView entry{
          record::EntryKind::tick, record::kNoSource, utc_, monotonic_, base::ByteView()};
      if (what < 8) {
        const Traffic::Datagram& d = traffic_->datagrams[next_datagram_];
        next_datagram_ = (next_datagram_ + 1) % traffic_->datagrams.size();
        entry.kind = record::EntryKind::datagram;
        entry.source = base::SourceId{d.source};
        entry.payload = d.bytes;
      } else if (what < 9) {
        entry.kind = record::EntryKind::source_event;
        entry.source = base::SourceId{0};
        entry.payload = bytes_of("open");
      }
      arrivals.push_back(entry);
    }
    const std::uint64_t lost_before = node_->lost_arrivals();
    const auto taken = node_->take(arrivals);
    if (disk_.dead()) {
      // How far the last write came only the disk knows; what came before is promised.
      for (const record::EntryView& entry : arrivals) perhaps_.push_back(digest_of(entry));
      return;
    }
    const auto status = node_->status(stamp());
    const std::uint64_t first = status.entries - node_->taken();
    known_.resize(status.entries);
    for (std::size_t i = 0; i < node_->taken(); ++i) known_[first + i] = digest_of(arrivals[i]);
    flushed_ = status.entries;
    if (taken) return;
    mark("a full disk refused arrivals");
    std::uint64_t lost = 0;
    for (std::size_t i = node_->taken(); i < arrivals.size(); ++i)
      lost += arrivals[i].kind != record::EntryKind::tick;
    if (node_->lost_arrivals() != lost_before + lost)
      violated("arrivals were lost that are not counted");
    if (!status.record.degraded || status.record.detail.empty())
      violated("arrivals were lost, and the status does not say that the record is degraded");
  }

  void begin_sync() {
    ticket_ = node_->begin_sync();
    if (ticket_ && plant_ == Plant::acknowledged_before_sync) {
      const std::uint64_t end = ticket_->end;
      node_->finish_sync(*ticket_, {}, monotonic_);
      acknowledged_ = std::max(acknowledged_, end);
      ticket_.reset();
    }
  }

  void settle_ticket() {
    if (!ticket_) return;
    const auto synced = ticket_->file->sync();
    node_->finish_sync(*ticket_, synced, monotonic_);
    const auto trouble = node_->record_trouble();
    const bool failed_before = trouble && trouble->part == node::RecordTrouble::Part::input &&
                               trouble->error.message.ends_with("cannot sync");
    if (synced && !failed_before) {
      mark("a sync");
      acknowledged_ = std::max(acknowledged_, ticket_->end);
    } else if (!disk_.dead()) {
      mark("a sync failed");
      if (!node_->status(stamp()).record.degraded) violated("a sync failed, and nobody says so");
    }
    ticket_.reset();
  }

  void snapshot() {
    auto due = node_->take_due_snapshot(monotonic_);
    if (plant_ == Plant::snapshot_before_sync) due = node_->snapshot();
    if (!due) return;
    const auto written = record::write_snapshot(storage_, *due);
    node_->finish_snapshot(written);
    if (written) mark("a snapshot");
  }

  // Taking the work, writing it and giving it back are steps of their own: arrivals, syncs and
  // crashes come in between, as they do in a node that writes on another thread.
  void seal_log(bool all) {
    if (log_written_) return finish_log();
    if (log_work_) {
      log_written_ = record::Log::write(storage_, *log_work_);
      if (!disk_.dead()) mark("log work was written and not yet given back");
      return;
    }
    log_work_ = node_->take_log_work(stamp(), all);
  }
  void finish_log() {
    const bool signs = !log_work_->checkpoint.empty();
    node_->finish_log_work(std::move(*log_work_), *log_written_);
    if (*log_written_ && signs) mark("a checkpoint");
    log_work_.reset();
    log_written_.reset();
  }
  void settle_log() {
    if (log_work_ && !log_written_) log_written_ = record::Log::write(storage_, *log_work_);
    if (log_written_) finish_log();
  }
  void seal_all() {
    settle_log();
    log_work_ = node_->take_log_work(stamp(), true);
    settle_log();
  }

  // Likewise.
  void retire() {
    if (retention_) return finish_retention();
    record::RetentionWork work = node_->retention_work(stamp());
    work.rules.keep = base::kDay;
    work.rules.most = 2;
    if (plant_ == Plant::deleted_before_checkpoint) work.may_delete = true;
    if (plant_ == Plant::deleted_without_a_word) return delete_without_a_word();
    const auto files = record::list_holds(disk_);
    const bool held = files && !record::standing_holds(work.said.holds, *files).empty();
    const auto found = record::work_on_retention(storage_, work);
    if (!found) return;
    if (held && (found->done.segments > 0 || !found->plan.segments.empty()))
      violated("segments were deleted under a legal hold");
    if (held) mark("a legal hold stopped a deletion");
    if (found->done.segments > 0) mark("a segment was retired");
    if (found->checkpoints.removed > 0) mark("checkpoints were thinned");
    retention_ = *found;
  }
  void finish_retention() {
    const std::uint64_t before = node_->status(stamp()).entries;
    const bool plans = !retention_->plan.segments.empty();
    const auto said = node_->finish_retention(*retention_, stamp());
    if (said && plans && node_->core().keeping().retirements > 0)
      mark("a retirement was announced");
    retention_.reset();
    if (disk_.dead()) return;
    flushed_ = node_->status(stamp()).entries;
    if (flushed_ > before) known_.resize(flushed_);
  }
  void delete_without_a_word() {
    const auto names = disk_.list("input");
    if (names && names->size() > 2) (void)storage_.remove("input/" + names->front());
  }

  void hold() {
    const std::string id = fmt::format("hold-{}", holds_);
    if (!holding_) {
      held_ = record::set_hold(storage_, id, {utc_, "juge", "enquête"}).has_value();
      holding_ = true;  // perhaps; a name is used once
      return;
    }
    held_ = holding_ = false;
    ++holds_;
    (void)record::lift_hold(storage_, id, {utc_, "juge", "close"});
  }

  // --- crashes, and what is there afterwards ---

  void crash() {
    node_.reset();
    drop_work();
    const bool power = prng_.chance(0.5);
    if (disk_.dead()) mark(power ? "power was cut inside a change" : "a kill inside a change");
    if (power) {
      mark("a power cut");
      disk_.restart_after_power_loss();
      ++boot_;
      monotonic_ = std::chrono::seconds(10);
      pass(std::chrono::seconds(30));
    } else {
      mark("a kill");
      disk_.restart_after_kill();
      pass(std::chrono::seconds(3));
    }
    disk_.set_capacity(kPlenty);
    disk_.set_sync_failure(0.0);
    power_cut_ = power;
  }

  // The record as the next process finds it.
  void check_disk() {
    read_record(power_cut_ ? acknowledged_ : std::max(acknowledged_, flushed_));
    perhaps_.clear();
    if (!out_.violations.empty()) return;
    check_tree();
    check_checkpoints();
    if (!out_.violations.empty()) return;
    const auto holds = record::list_holds(disk_);
    if (!holds) return violated("the holds cannot be read");
    const auto standing =
        std::ranges::count_if(*holds, [](const record::Hold& h) { return h.stands(); });
    if (held_ && standing == 0) violated("a legal hold is forgotten");
    check_verified(false);
  }

  // What `record verify` says. Behind the newest checkpoint a crash may leave anything; when a node
  // has been there since, nothing.
  void check_verified(bool all) {
    const seal::VerifierKey key{kOrigin, seal::KeyType::ed25519, log_key().public_key()};
    const auto found = record::verify_record(disk_, {&key, 1});
    if (!found) return violated("the record cannot be verified: " + found.error().message);
    if (!found->checkpoint && !all) return;
    for (const record::Fault& fault : found->faults) {
      // A power cut may spoil bytes that no reader needs, for good: a copy of a header, say.
      const bool unneeded = fault.part == record::Fault::Part::segment;
      const bool behind =
          fault.entry && (!found->checkpoint || *fault.entry >= found->checkpoint->size);
      if (unneeded || (behind && !all)) continue;
      return violated("the record does not verify: " + to_string(fault));
    }
    if (found->retired > 0) mark("a record without its first entries was verified");
  }

  // The checkpoint on the disk is whole, and so is its tree.
  void check_tree() {
    const auto checkpoint = record::read_checkpoint(disk_);
    if (!checkpoint) return violated("the checkpoint is spoilt: " + checkpoint.error().message);
    if (!*checkpoint) return;
    const auto whole =
        seal::audit_tiles(record::tile_reader(disk_), (*checkpoint)->checkpoint.head());
    if (!whole) violated("the checkpoint's tree is not whole: " + whole.error().message);
  }

  // Every checkpoint that was ever signed is of the record as it is: so all of them agree, and none
  // covers what a power cut took.
  void check_checkpoints() {
    std::map<std::uint64_t, std::vector<seal::Digest>> signed_roots;
    const seal::VerifierKey key{kOrigin, seal::KeyType::ed25519, log_key().public_key()};
    for (const std::string& text : storage_.checkpoints()) {
      const auto note = seal::open_note(text, {&key, 1});
      const auto checkpoint = note ? seal::parse_checkpoint(note->text)
                                   : Result<seal::Checkpoint>(std::unexpected(note.error()));
      if (!checkpoint) return violated("a checkpoint is none: " + checkpoint.error().message);
      signed_roots[checkpoint->size].push_back(checkpoint->root);
    }
    UnionStorage whole(disk_, storage_.archive());
    auto cursor = record::Cursor::open(whole, record::Stream::input);
    if (!cursor) return violated("the record cannot be read");
    seal::Frontier tree;
    const auto compare = [&] {
      const auto roots = signed_roots.find(tree.size());
      if (roots == signed_roots.end()) return;
      for (const seal::Digest& root : roots->second) {
        if (root == tree.root()) continue;
        violated(fmt::format("a checkpoint over {} entries is not the record's", tree.size()));
        break;
      }
      signed_roots.erase(roots);
    };
    const auto add = [&](const seal::Digest& commitment) {
      tree.append(seal::leaf_hash(commitment));
      compare();
    };
    compare();
    while (out_.violations.empty()) {
      const auto entry = cursor->next();
      if (!entry || !*entry) break;
      while (tree.size() < (*entry)->sequence) add(record::kLostCommitment);
      add((*entry)->damaged ? record::kLostCommitment : record::commitment_of((*entry)->body));
    }
    while (out_.violations.empty() && lost_.contains(tree.size())) add(record::kLostCommitment);
    if (out_.violations.empty() && !signed_roots.empty()) {
      violated(fmt::format("a checkpoint over {} entries, but the record ends at {}",
                           signed_roots.begin()->first,
                           tree.size()));
    }
  }

  // A start says how the process before it ended.
  void check_gap() {
    auto cursor = record::Cursor::open(disk_, record::Stream::input, sound_end_);
    if (!cursor) return violated("the record cannot be read");
    while (true) {
      const auto entry = cursor->next();
      if (!entry || !*entry) break;
      if ((*entry)->entry.kind != record::EntryKind::gap) continue;
      const auto gap = record::decode_gap((*entry)->entry.payload);
      if (!gap) return violated("a gap that says nothing");
      const record::GapCause expected = farewell_             ? record::GapCause::stop
                                        : last_boot_ == boot_ ? record::GapCause::kill
                                                              : record::GapCause::power;
      if (gap->cause != expected) {
        return violated(fmt::format(
            "a gap by {}, after a {}", record::name_of(gap->cause), record::name_of(expected)));
      }
      mark("a gap was said");
      return;
    }
    violated("a gap that nobody says");
  }

  // Entries below `promised` must be there, or be lawfully deleted; none may be there that nobody
  // wrote. Learns the node's own.
  void read_record(std::uint64_t promised) {
    // Of deletions only what entries under a checkpoint say is believed.
    const auto proved = record::verify_record(disk_, {});
    auto cursor = record::Cursor::open(disk_, record::Stream::input);
    if (!cursor || !proved) return violated("the record cannot be read");
    std::uint64_t next = 0;
    sound_end_ = 0;
    last_boot_.reset();
    farewell_ = false;
    bool holes = false;
    const auto absent = [&](std::uint64_t sequence) {
      if (proved->keeping.is_deleted(sequence)) return;
      if (lost_.contains(sequence)) return;  // was never promised
      if (sequence < promised)
        violated(fmt::format("entry {} is lost, of {} promised", sequence, promised));
      holes = true;
      lost_.insert(sequence);
    };
    while (out_.violations.empty()) {
      const auto entry = cursor->next();
      if (!entry) return violated("the record cannot be read: " + entry.error().message);
      if (!*entry) break;
      const std::uint64_t sequence = (*entry)->sequence;
      for (; next < sequence && out_.violations.empty(); ++next) absent(next);
      ++next;
      if ((*entry)->damaged) {
        absent(sequence);
        continue;
      }
      sound_end_ = sequence + 1;
      if ((*entry)->entry.kind == record::EntryKind::start) {
        const auto start = node::decode_start((*entry)->entry.payload);
        if (start) last_boot_ = boot_of(start->boot_id);
      }
      const auto gap = record::decode_gap((*entry)->entry.payload);
      farewell_ = (*entry)->entry.kind == record::EntryKind::gap && gap && gap->is_farewell();
      const seal::Digest digest = digest_of((*entry)->entry);
      if (known_.size() <= sequence) known_.resize(sequence + 1);
      if (!known_[sequence]) {
        const bool own = !is_offered((*entry)->entry.kind);
        const bool last_write = std::ranges::find(perhaps_, digest) != perhaps_.end();
        if (!own && !last_write) violated(fmt::format("entry {} was never offered", sequence));
        known_[sequence] = digest;
      } else if (*known_[sequence] != digest) {
        violated(fmt::format("entry {} is another than was taken", sequence));
      }
    }
    for (next = std::max(next, sound_end_); next < promised && out_.violations.empty(); ++next)
      absent(next);
    if (holes && cursor->damage_count() == 0 && sound_end_ >= promised)
      violated("entries are missing in the middle, and the reader does not say so");
    if (holes) mark("a power cut left holes");
    if (sound_end_ < flushed_) mark("a power cut took the end");
    flushed_ = sound_end_;
    known_.resize(sound_end_);
  }

  // After opening: the state is the record's.
  bool check_recovered() {
    mark(node_->opened().from_snapshot ? "a start from a snapshot"
                                       : "a start from the first entry");
    if (node_->opened().record.cut_bytes > 0) mark("an unfinished write was cut");
    UnionStorage whole(disk_, storage_.archive());
    const auto replayed = node::replay(whole, kBuild);
    if (!replayed) {
      violated("the record does not replay: " + replayed.error().message);
    } else if (replayed->core.hash() != node_->core().hash()) {
      violated("the state after recovery is not the record's");
    }
    if (last_boot_ && out_.violations.empty()) check_gap();
    if (node_->record_log()->trouble())
      violated("the log is in trouble: " + *node_->record_log()->trouble());
    known_.resize(node_->status(stamp()).entries);
    return out_.violations.empty();
  }

  // With all faults gone everything works again, and a backup can be made and comes back.
  void last_life() {
    if (const auto opened = open(); !opened)
      return violated("without faults the node does not start: " + opened.error().message);
    if (!check_recovered()) return;
    for (int i = 0; i < 3 && out_.violations.empty(); ++i) take();
    if (!node_->sync()) violated("without faults a sync fails");
    if (const auto trouble = node_->record_trouble())
      violated("without faults the record is degraded: " + trouble->error.message);
    acknowledged_ = flushed_ = node_->status(stamp()).entries;
    pass(std::chrono::seconds(20));
    seal_all();
    if (node_->record_log()->checkpoint_size() != acknowledged_)
      violated("without faults no checkpoint covers what is synced");
    if (out_.violations.empty() && prng_.chance(0.3)) retire_without_faults();
    node_.reset();
    check_tree();
    check_checkpoints();
    read_record(acknowledged_);
    if (out_.violations.empty()) check_verified(true);
    if (out_.violations.empty() && prng_.chance(0.2)) check_backup();
    if (out_.violations.empty() && prng_.chance(0.2)) check_carried();
  }

  // Says, signs and deletes until nothing is old enough any more.
  void retire_without_faults() {
    pass(std::chrono::hours(40));
    take();
    for (int turn = 0; turn < 12 && out_.violations.empty(); ++turn) {
      if (!node_->sync()) return violated("without faults a sync fails");
      node_->finish_snapshot(record::write_snapshot(storage_, node_->snapshot()));
      pass(std::chrono::seconds(20));
      seal_all();
      retire();
      if (retention_) finish_retention();
    }
    if (!node_->sync()) violated("without faults a sync fails");
    pass(std::chrono::seconds(20));
    seal_all();
    acknowledged_ = flushed_ = node_->status(stamp()).entries;
  }

  void check_backup() {
    sim::SimStorage copy(1);
    sim::SimStorage back(prng_.below(1'000));
    WatchedStorage target(back, plant_);
    const auto made = record::back_up(disk_, copy, utc_);
    if (!made) return violated("no backup can be made: " + made.error().message);
    if (prng_.chance(0.7)) {
      back.die_at_change(prng_.below(40));
      (void)record::restore(copy, target, utc_);
      if (prng_.chance(0.5)) {
        back.restart_after_power_loss();
      } else {
        back.restart_after_kill();
      }
      const auto segments = back.list("input");
      const bool half = segments && !segments->empty() && !back.size(record::kRestored);
      if (half) mark("a restore was interrupted");
      if (half && !back.size(record::kRestoring))
        return violated("half a record, and nothing keeps a node from starting there");
    }
    if (back.size(record::kRestored) && !back.size(record::kRestoring)) return;
    if (const auto restored = record::restore(copy, target, utc_); !restored)
      return violated("the backup does not come back: " + restored.error().message);
    mark("a backup was made and restored");
  }

  // A later build, which can read no snapshot of this one, comes to the same standing.
  void check_carried() {
    if (const auto opened = open(); !opened) return violated("the node does not start again");
    const node::Core& before = node_->core();
    const std::uint64_t epoch = before.epoch();
    const std::string text = before.config_text();
    const std::string newest = before.keeping().newest;
    const std::size_t holds = before.keeping().holds.size();
    if (!node_->sync()) return violated("without faults a sync fails");
    node_.reset();
    drop_work();
    node::NodeOptions later = options();
    later.build = "soak+2";
    const auto node = node::Node::open(storage_, later, stamp());
    if (!node) return violated("a later build does not start: " + node.error().message);
    const node::Core& core = (*node)->core();
    if (core.epoch() != epoch || core.config_text() != text || core.keeping().newest != newest ||
        core.keeping().holds.size() != holds || core.keeping().ranges.empty() != newest.empty()) {
      violated(fmt::format("a later build comes to epoch {} instead of {}, or another standing",
                           core.epoch(),
                           epoch));
    }
    if (core.keeping().deleted_end() > 0) mark("a later build took up what was carried forward");
  }

  base::Prng prng_;
  const Traffic* traffic_;
  Plant plant_;
  sim::SimStorage disk_;
  WatchedStorage storage_;
  std::unique_ptr<node::Node> node_;
  std::optional<record::SyncTicket> ticket_;
  std::optional<record::LogWork> log_work_;
  std::optional<Result<void>> log_written_;  // it was written, and not given back yet
  std::optional<record::RetentionFound> retention_;
  base::Timestamp utc_;
  Duration monotonic_ = std::chrono::seconds(10);
  std::uint64_t boot_ = 0;
  std::size_t next_datagram_ = 0;
  bool power_cut_ = false;
  std::optional<std::uint64_t> last_boot_;  // of the last start that the record tells of
  bool farewell_ = false;                   // the record ends with that of a stop
  bool holding_ = false;                    // a hold was set, successfully or not
  bool held_ = false;                       // and promised
  std::uint64_t holds_ = 0;

  // What the harness remembers: of the entries by sequence (none: the node's own, not read yet), of
  // those in a write that the process died in, and how far promises reach.
  std::vector<std::optional<seal::Digest>> known_;
  std::vector<seal::Digest> perhaps_;
  std::set<std::uint64_t> lost_;  // holes that a power cut left
  std::uint64_t flushed_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t sound_end_ = 0;  // as last read

  Outcome out_;
};

}  // namespace

Outcome run_seed(std::uint64_t seed, const Traffic& traffic, Plant plant) {
  return Run(seed, traffic, plant).run();
}

std::vector<std::string> required_marks() {
  return {"a full disk refused arrivals",
          "a start failed",
          "a start from the first entry",
          "a start from a snapshot",
          "a sync failed",
          "a checkpoint",
          "a gap was said",
          "a power cut left holes",
          "a power cut took the end",
          "an unfinished write was cut",
          "a retirement was announced",
          "a segment was retired",
          "a record without its first entries was verified",
          "a later build took up what was carried forward",
          "log work was written and not yet given back",
          "a restore was interrupted",
          "checkpoints were thinned",
          "a legal hold stopped a deletion",
          "a kill inside a change",
          "power was cut inside a change",
          "a backup was made and restored"};
}

}  // namespace liptako::soak
