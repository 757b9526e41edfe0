#include "node/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "base/math.hpp"
#include "node/common_view.hpp"
#include "node/derived.hpp"

namespace liptako::node {
namespace {

using base::Duration;
using base::Result;

// A sensor is silent when this much longer than its period passed without a word from it.
constexpr Duration kSensorSlack = std::chrono::seconds(5);
constexpr int kSensorPeriods = 3;
// Ticks come every half second. Without one for this long the core no longer knows that time
// passes, so nobody judges whether a plot was due...
constexpr Duration kTicksMissing = std::chrono::seconds(2);
// ...and a track older than this is shown as coasting, whatever the period of its sensors.
constexpr Duration kTrustedAge = std::chrono::seconds(10);
constexpr std::uint64_t kNever = ~std::uint64_t{0};

void remark(std::vector<std::string>& remarks, const record::Cursor& cursor) {
  for (const record::Damage& damage : cursor.damages())
    remarks.push_back(to_string(record::Stream::input, damage));
  const std::uint64_t unlisted = cursor.damage_count() - cursor.damages().size();
  if (unlisted > 0) remarks.push_back(fmt::format("and {} more", unlisted));
}

// Sequence of the first entry that is there.
Result<std::optional<std::uint64_t>> first_entry(base::Storage& storage) {
  auto cursor = record::Cursor::open(storage, record::Stream::input);
  if (!cursor) return std::unexpected(cursor.error());
  const auto entry = cursor->next();
  if (!entry) return std::unexpected(entry.error());
  if (!*entry) return std::nullopt;
  return (*entry)->sequence;
}

// Of a record whose first entries are gone.
void remark_front(std::vector<std::string>& remarks,
                  std::uint64_t first,
                  const record::Keeping& said) {
  if (first <= said.deleted_end()) return;
  remarks.push_back(fmt::format(
      "the record begins at entry {}; no entry says that those from {} on were deleted by rule",
      first,
      said.deleted_end()));
}

serve::SourceState state_of(const SourceConfig& config,
                            const SourceCondition& c,
                            base::Timestamp now) {
  switch (c.life) {
    case SourceLife::ended:
      return serve::SourceState::ended;
    case SourceLife::dead:
      return serve::SourceState::dead;
    case SourceLife::waiting:
    case SourceLife::open:
      break;
  }
  if (!c.heard) return serve::SourceState::waiting;
  return now - c.last_heard > config.stall_after ? serve::SourceState::stalled
                                                 : serve::SourceState::live;
}

serve::UpdateKind kind_of(track::TrackEventKind kind) {
  switch (kind) {
    case track::TrackEventKind::started:
      return serve::UpdateKind::started;
    case track::TrackEventKind::resumed:
      return serve::UpdateKind::resumed;
    case track::TrackEventKind::restarted:
      return serve::UpdateKind::restarted;
    default:
      return serve::UpdateKind::updated;
  }
}

serve::SensorKind kind_of(track::SensorKind kind) {
  switch (kind) {
    case track::SensorKind::polar_radar:
      return serve::SensorKind::radar;
    case track::SensorKind::ads_b:
      return serve::SensorKind::ads_b;
    case track::SensorKind::mlat:
      return serve::SensorKind::mlat;
    case track::SensorKind::tracker:
      return serve::SensorKind::tracker;
    case track::SensorKind::uav_telemetry:
      return serve::SensorKind::uav;
    case track::SensorKind::remote_id:
      return serve::SensorKind::remote_id;
    case track::SensorKind::observer:
      return serve::SensorKind::observer;
  }
  return serve::SensorKind::radar;
}

std::string hash_of_text(std::string_view text) {
  return seal::to_hex(
      seal::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

std::optional<serve::RosterStatus> roster_status(const Core& core, base::Timestamp utc) {
  const RosterStanding& standing = core.roster();
  if (!standing.in_force && standing.refused == 0) return std::nullopt;
  const charter::RosterState state = core.roster_state(utc);
  serve::RosterStatus s;
  s.state = charter::name_of(state);
  s.refused = standing.refused;
  s.last_refusal = standing.last_refusal;
  s.releasing = state == charter::RosterState::none || state == charter::RosterState::in_force;
  if (standing.in_force) {
    const charter::Roster& roster = standing.in_force->roster;
    s.federation = roster.federation;
    s.version = roster.version;
    s.expires = roster.valid_to;
  }
  return s;
}

std::string address_of(const SourceConfig& s) {
  if (s.kind == SourceKind::file) return s.path;
  if (s.kind == SourceKind::internal) return "";
  return s.address.find(':') == std::string::npos ? fmt::format("{}:{}", s.address, s.port)
                                                  : fmt::format("[{}]:{}", s.address, s.port);
}

}  // namespace

Node::Node(record::Writer writer, record::Writer derived, const NodeOptions& options)
    : options_(options), writer_(std::move(writer)), derived_(std::move(derived)) {}

Result<std::unique_ptr<Node>> Node::open(base::Storage& storage,
                                         const NodeOptions& options,
                                         const Stamp& now) {
  auto config = parse_config(options.config_text, "configuration");
  if (!config) return std::unexpected(config.error());
  record::WriterOptions writing;
  writing.salt = options.salt;
  writing.segment_limit = options.segment_limit;
  writing.salt_key = options.salt_key;
  writing.commit = options.log.has_value();
  auto writer = record::Writer::open(storage, writing);
  if (!writer) return std::unexpected(writer.error());
  writing.stream = record::Stream::derived;
  writing.commit = false;
  auto derived = record::Writer::open(storage, writing);
  if (!derived) return std::unexpected(derived.error());
  auto recovery = record::recover(storage, options.build, writer->next_sequence());
  if (!recovery) return std::unexpected(recovery.error());

  std::unique_ptr<Node> node(new Node(std::move(*writer), std::move(*derived), options));
  node->name_ = config->name;
  NodeOpened& opened = node->opened_;
  opened.record = node->writer_.opened();
  opened.remarks = recovery->found.passed_over;
  if (options.log) {
    node->log_ = record::Log::open(
        storage, *options.log, {opened.record.first_sequence, node->writer_.next_sequence()});
    for (const std::string& remark : node->log_->remarks())
      opened.remarks.push_back("log: " + remark);
    if (node->log_->trouble()) {
      opened.remarks.push_back("log: no checkpoint is signed any more: " + *node->log_->trouble());
    }
  }
  if (const auto& snapshot = recovery->found.snapshot) {
    node->core_ = Core::load(options.build, snapshot->core);
    opened.from_snapshot = node->core_.has_value();
    if (!opened.from_snapshot)
      opened.remarks.push_back("the newest snapshot does not load; replaying from the start");
  }
  if (!opened.from_snapshot) {
    const auto front = first_entry(storage);
    if (!front) return std::unexpected(front.error());
    node->core_.emplace(options.build, front->value_or(0) == 0);
    auto from_start = record::Cursor::open(storage, record::Stream::input);
    if (!from_start) return std::unexpected(from_start.error());
    recovery->tail = std::move(*from_start);
  }
  while (true) {
    auto next = recovery->tail.next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    node->events_.clear();
    node->forget_sensors_at((*next)->entry);
    node->core_->apply((*next)->entry, node->events_);
    node->note_recorded((*next)->sequence, (*next)->entry);
    for (const track::TrackEvent& event : node->events_) node->traces_.note(event);
    node->findings_.note(node->core_->findings());
    (void)node->core_->take_frames();  // they were sent when they were made
    ++opened.replayed_entries;
  }
  remark(opened.remarks, recovery->tail);
  // A power cut may have spoilt the entry that says so: it is said again before it is believed.
  node->retirement_end_ = kNever;
  node->retirements_ = node->core_->keeping().retirements;
  remark_front(opened.remarks, opened.record.first_sequence, node->core_->keeping());
  if (!options.quiet) {
    if (auto begun = node->begin(now); !begun) return std::unexpected(begun.error());
  }
  return node;
}

Result<void> Node::begin(const Stamp& now) {
  writes_record_ = true;
  const std::optional<record::Gap> gap = gap_before_start(now);
  // Before the start is noted: a file whose text a start entry names has been put in force.
  const std::string file_hash = hash_of_text(options_.config_text);
  const bool news = core_->config_text().empty() || core_->file_hash() != file_hash;
  if (core_->config_text() != options_.config_text) {
    if (!news) {
      opened_.remarks.push_back(
          "the configuration accepted while the node ran stays in force; the file, which has not "
          "changed since it was last put in force, says otherwise (GET /api/v1/config shows the "
          "one in force)");
    } else if (auto done = put_in_force(options_.config_text, now); !done) {
      return done;
    }
  }
  // Other heights of the ground than those that the configuration in force came with.
  if (options_.terrain != nullptr && !core_->charge().is_others_configuration &&
      terrain_of(core_->config()) != terrain_documents(core_->sensors().sensors())) {
    if (auto done = put_in_force(std::string(core_->config_text()), now); !done) return done;
  }
  const base::Bytes start = start_payload();
  base::Bytes gap_payload;
  std::vector<record::EntryView> entries{now.entry(record::EntryKind::start, start)};
  if (gap) {
    encode_gap(*gap, gap_payload);
    entries.push_back(now.entry(record::EntryKind::gap, gap_payload));
  }
  if (auto taken = take(entries); !taken) return taken;
  if (writer_.segment() > 0 && !carried_segment_) (void)carry_forward(now);  // tried again later
  return {};
}

base::Bytes Node::start_payload() const {
  base::Bytes payload;
  const std::string file_hash = hash_of_text(options_.config_text);
  encode_start({options_.build, core_->config().name, options_.boot_id, file_hash}, payload);
  return payload;
}

Result<void> Node::take_over(const TakeoverOrder& order, const Stamp& now) {
  // By hand, of a machine that never had anything to follow.
  if (core_->config_text().empty()) {
    if (auto done = put_in_force(options_.config_text, now); !done) return done;
  }
  record::Takeover takeover{.node = core_->config().name,
                            .term = std::max(core_->charge().term, order.known_term) + 1,
                            .by = log_ ? log_->origin() : order.key_name,
                            .from = order.from.empty() ? "-" : order.from,
                            .tree = order.tree,
                            .time = now.utc,
                            .cause = order.cause};
  std::ranges::replace_if(takeover.node, [](char c) { return c >= 0 && c < ' '; }, '?');
  seal::Note note{record::takeover_text(takeover), {}};
  note.signatures.push_back(seal::sign(note.text, order.key_name, order.key));
  const std::string document = seal::to_string(note);
  base::Bytes gap_payload;
  record::Gap gap{record::GapCause::takeover, order.heard, now.utc, 0, {}};
  if (gap.to <= gap.from) gap.from = gap.to - base::Duration(1);
  encode_gap(gap, gap_payload);
  const base::Bytes start = start_payload();
  const record::EntryView entries[] = {
      now.entry(record::EntryKind::document,
                {reinterpret_cast<const std::uint8_t*>(document.data()), document.size()}),
      now.entry(record::EntryKind::gap, gap_payload),
      now.entry(record::EntryKind::start, start)};
  if (auto taken = take(entries); !taken) return taken;
  writes_record_ = true;
  return writer_.sync();
}

Result<void> Node::follow(std::span<const base::ByteView> bodies) {
  events_.clear();
  sequences_.clear();
  frames_.clear();
  Result<void> written;
  for (const base::ByteView body : bodies) {
    const auto sequence = writer_.append_copy(body);
    if (!sequence) {
      written = std::unexpected(sequence.error());
      break;
    }
    sequences_.push_back(*sequence);
  }
  if (written) written = writer_.flush();
  if (!written) {
    // What reached the file before the failure must still be applied: it is in the record.
    (void)writer_.drop_waiting();
    while (!sequences_.empty() && sequences_.back() >= writer_.flushed_end()) sequences_.pop_back();
  }
  for (std::size_t i = 0; i < sequences_.size(); ++i) {
    const auto entry = record::decode_body_entry(bodies[i]);
    CHECK(entry.has_value());
    apply(sequences_[i], *entry);
  }
  (void)core_->take_frames();  // the machine in charge sends them
  flush_derived();
  return written;
}

std::optional<record::Gap> Node::gap_before_start(const Stamp& now) const {
  const record::OpenReport& report = opened_.record;
  const auto last = record::decode_body_entry(report.last_body);
  if (writer_.next_sequence() == 0) return std::nullopt;
  // The last segment may have been begun without an entry in it yet: then the core knows the time.
  record::Gap gap{record::GapCause::stop, last ? last->utc : core_->time(), now.utc, 0, {}};
  const auto farewell = last ? record::decode_gap(last->payload) : std::nullopt;
  if (last && last->kind == record::EntryKind::gap && farewell && farewell->is_farewell()) {
    gap.cause = record::GapCause::stop;
  } else if (last && last->kind == record::EntryKind::document && core_->stopped_at()) {
    // Since then somebody dealt with the record itself: `liptako record retire`.
    gap.cause = record::GapCause::stop;
    gap.from = *core_->stopped_at();
  } else {
    const bool same_boot = core_->boot_id() == options_.boot_id;
    gap.cause = same_boot ? record::GapCause::kill : record::GapCause::power;
  }
  if (gap.to == gap.from) gap.to += base::Duration(1);  // else it would read as a farewell
  if (report.cut_bytes > 0)
    gap.words = fmt::format("{} unfinished or unreadable bytes were cut", report.cut_bytes);
  if (!report.damages.empty()) {
    gap.words += fmt::format("{}{} places in the last segment are unreadable",
                             gap.words.empty() ? "" : "; ",
                             report.damages.size());
  }
  return gap;
}

Result<void> Node::stop(const Stamp& now) {
  base::Bytes payload;
  record::encode_gap({record::GapCause::stop, now.utc, now.utc, 0, {}}, payload);
  const record::EntryView entry = now.entry(record::EntryKind::gap, payload);
  if (auto taken = take({&entry, 1}); !taken) return taken;
  return writer_.sync();
}

void Node::note_lost(std::span<const record::EntryView> arrivals) {
  for (const record::EntryView& entry : arrivals) {
    if (!lost_) lost_ = record::Gap{record::GapCause::disk, entry.utc, {}, 0, {}};
    lost_->to = entry.utc;
    if (entry.kind == record::EntryKind::tick) continue;  // a tick is made here
    ++lost_->lost;
    ++lost_arrivals_;
  }
}

Result<void> Node::take(std::span<const record::EntryView> arrivals,
                        std::span<const std::span<const std::uint16_t>> cuts) {
  CHECK(cuts.empty() || cuts.size() == arrivals.size());
  events_.clear();
  sequences_.clear();
  if (!arrivals.empty()) carry_forward_if_due(arrivals.front());
  Result<void> written;
  base::Bytes gap_payload;
  record::EntryView gap{.kind = record::EntryKind::gap};
  std::optional<std::uint64_t> gap_sequence;
  if (lost_ && !arrivals.empty()) {
    encode_gap(*lost_, gap_payload);
    gap.utc = arrivals.front().utc;
    gap.monotonic = arrivals.front().monotonic;
    gap.clock = arrivals.front().clock;
    gap.payload = gap_payload;
    auto sequence = writer_.append(gap);
    if (sequence) {
      gap_sequence = *sequence;
    } else {
      written = std::unexpected(sequence.error());
    }
  }
  for (std::size_t i = 0; written && i < arrivals.size(); ++i) {
    auto sequence =
        writer_.append(arrivals[i], cuts.empty() ? std::span<const std::uint16_t>() : cuts[i]);
    if (!sequence) {
      written = std::unexpected(sequence.error());
      break;
    }
    sequences_.push_back(*sequence);
  }
  if (written) written = writer_.flush();
  if (!written) {
    // What reached the file before the failure must still be applied: it is in the record.
    const std::uint64_t kept_end = writer_.flushed_end();
    (void)writer_.drop_waiting();
    std::size_t kept = 0;
    while (kept < sequences_.size() && sequences_[kept] < kept_end) ++kept;
    if (gap_sequence && *gap_sequence >= kept_end) gap_sequence.reset();
    if (gap_sequence) lost_.reset();
    note_lost(arrivals.subspan(kept));
    sequences_.resize(kept);
  } else if (gap_sequence) {
    lost_.reset();
  }
  if (gap_sequence) apply(*gap_sequence, gap);
  for (std::size_t i = 0; i < sequences_.size(); ++i) apply(sequences_[i], arrivals[i]);
  frames_ = core_->take_frames();
  flush_derived();
  return written;
}

void Node::flush_derived() {
  if (auto explained = derived_.flush(); !explained) {
    // An explanation may be lost, the picture may not.
    lost_explanations_ += derived_.drop_waiting();
    derived_trouble_ = explained.error();
  } else if (!sequences_.empty()) {
    derived_trouble_.reset();
  }
}

void Node::apply(std::uint64_t sequence, const record::EntryView& entry) {
  const std::size_t before = events_.size();
  forget_sensors_at(entry);
  core_->apply(entry, events_);
  note_recorded(sequence, entry);
  const auto fresh = std::span<const track::TrackEvent>(events_).subspan(before);
  for (const track::TrackEvent& event : fresh) traces_.note(event);
  findings_.note(core_->findings());
  if (!fresh.empty()) write_derived(sequence, fresh);
}

void Node::forget_sensors_at(const record::EntryView& entry) {
  if (entry.kind != record::EntryKind::configuration) return;
  traces_.clear();
  findings_.forget_sensors();
}

void Node::note_recorded(std::uint64_t sequence, const record::EntryView& entry) {
  bytes_since_carried_ += record::kEntryHeaderSize + entry.payload.size();
  if (entry.kind != record::EntryKind::document) return;
  if (core_->keeping().retirements != retirements_) {
    retirements_ = core_->keeping().retirements;
    retirement_end_ = sequence + 1;
  }
  if (!record::is_carried(entry.payload)) return;
  if (record::begins_carried(entry.payload)) carried_begin_ = sequence;
  if (!carried_reader_.take(entry.payload)) return;
  carried_at_ = carried_begin_;
  bytes_since_carried_ = 0;
  if (retirement_end_ == kNever) retirement_end_ = sequence + 1;
}

Result<void> Node::record_own(std::span<const base::Bytes> documents, const Stamp& now) {
  const std::uint64_t begin = writer_.next_sequence();
  Result<void> written;
  for (const base::Bytes& document : documents) {
    const auto sequence = writer_.append(now.entry(record::EntryKind::document, document));
    if (!sequence) written = std::unexpected(sequence.error());
    if (!written) break;
  }
  if (written) written = writer_.flush();
  // What reached the file before a failure must still be applied: it is in the record.
  const std::uint64_t end = writer_.flushed_end();
  if (!written) (void)writer_.drop_waiting();
  for (std::uint64_t sequence = begin; sequence < end; ++sequence) {
    apply(sequence, now.entry(record::EntryKind::document, documents[sequence - begin]));
  }
  return written;
}

Result<void> Node::carry_forward(const Stamp& now) {
  const std::vector<base::Bytes> payloads = record::carried_payloads(core_->carried());
  if (auto written = record_own(payloads, now); !written) return written;
  carried_segment_ = writer_.segment();
  carried_bytes_ = 0;
  for (const base::Bytes& payload : payloads) carried_bytes_ += payload.size();
  return {};
}

void Node::carry_forward_if_due(const record::EntryView& next) {
  constexpr std::uint64_t kShare = 16;
  const std::uint32_t carried = carried_segment_.value_or(0);
  if (writer_.segment() == carried || lost_ || core_->config_text().empty()) return;
  if (bytes_since_carried_ < kShare * carried_bytes_) return;
  (void)carry_forward({next.utc, next.monotonic, next.clock});  // tried again with the next
}

Result<void> Node::pass_over(std::uint64_t count) {
  // The other machine no longer has its first entries.
  if (writer_.next_sequence() == 0 && count > 0) core_.emplace(options_.build, false);
  return writer_.pass_over(count);
}

record::RetentionWork Node::retention_work(const Stamp& now) const {
  record::RetentionWork work;
  work.rules.keep = core_->config().retain;
  work.rules.without_log = !log_;
  work.now = now.utc;
  work.said = core_->keeping();
  work.carried_at = carried_at_;
  work.plans = writes_record_;
  if (core_->charge().newest) work.named.push_back(core_->charge().newest->tree.size);
  const std::uint64_t covered = log_ ? log_->checkpoint_size() : writer_.synced_end();
  work.may_delete = work.said.retirements > 0 && covered >= retirement_end_;
  return work;
}

Result<void> Node::finish_retention(const record::RetentionFound& found, const Stamp& now) {
  if (!writes_record_) return {};
  std::vector<base::Bytes> documents;
  for (const record::Hold& hold : record::unsaid_holds(core_->keeping().holds, found.files))
    documents.push_back(record::held_payload(hold));
  if (!documents.empty()) {
    if (auto written = record_own(documents, now); !written) return written;
  }
  if (found.plan.segments.empty() || !found.plan.holds.empty()) {
    // What is told again only behind what could go would keep it for ever.
    const bool unsaid = core_->keeping().retirements > 0 && retirement_end_ == kNever;
    const bool carry = unsaid || (!found.plan.kept.empty() && writer_.segment() > 0 &&
                                  carried_segment_ != writer_.segment());
    return carry ? carry_forward(now) : Result<void>();
  }
  const auto note = core_->keeping().next_retirement(found.plan.rule, found.plan.segments);
  if (!note) return base::bad_input("retention: too many ranges of entries were deleted");
  const std::string text = record::to_string(*note);
  const base::Bytes document(text.begin(), text.end());
  return record_own({&document, 1}, now);
}

void Node::write_derived(std::uint64_t sequence, std::span<const track::TrackEvent> events) {
  for (const base::Bytes& body : encode_derived(sequence, events)) {
    if (!derived_.append_body(body)) ++lost_explanations_;
  }
}

Result<NodeConfig> Node::check(std::string_view text, std::string_view name) const {
  auto config = parse_config(text, name);
  if (!config) return config;
  const NodeConfig& old = core_->config();
  const auto refuse = [&](std::string_view field) {
    return base::bad_input(
        fmt::format("{}: {}: a change of it needs a restart with a changed file", name, field));
  };
  if (config->record != old.record) return refuse("node.record");
  if (config->listen_address != old.listen_address || config->listen_port != old.listen_port)
    return refuse("node.listen");
  if (config->keys.folder != old.keys.folder) return refuse("keys.folder");
  if (authority_of(*config) != authority_of(old)) return refuse("keys.authority");
  if (config->terrain != old.terrain) return refuse("tracking.terrain");
  return config;
}

Result<void> Node::reconfigure(std::string_view text, std::string_view name, const Stamp& now) {
  if (auto config = check(text, name); !config) return std::unexpected(config.error());
  return put_in_force(text, now);
}

Result<void> Node::put_in_force(std::string_view text, const Stamp& now) {
  if (text.size() > record::kMaxPayload) {
    return base::bad_input(fmt::format("configuration: longer than {} bytes", record::kMaxPayload));
  }
  const base::ByteView payload{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  const auto config = parse_config(text, "configuration");
  if (!config) return std::unexpected(config.error());
  const std::vector<base::Bytes> terrain = terrain_of(*config);
  std::vector<record::EntryView> entries;
  for (const base::Bytes& document : terrain)
    entries.push_back(now.entry(record::EntryKind::document, document));
  entries.push_back(now.entry(record::EntryKind::configuration, payload));
  if (auto taken = take(entries); !taken) return taken;
  return writer_.sync();  // whoever asked is answered only when it will survive a power cut
}

std::vector<base::Bytes> Node::terrain_of(const NodeConfig& config) const {
  if (options_.terrain == nullptr || config.terrain == kNoTerrain) return {};
  return terrain_documents(with_terrain(config.sensors, *options_.terrain));
}

std::optional<RecordTrouble> Node::record_trouble() const {
  using Part = RecordTrouble::Part;
  if (writer_.trouble()) return RecordTrouble{Part::input, *writer_.trouble()};
  if (derived_trouble_) return RecordTrouble{Part::derived, *derived_trouble_};
  if (snapshot_trouble_) return RecordTrouble{Part::snapshot, *snapshot_trouble_};
  if (log_ && log_->trouble())
    return RecordTrouble{Part::log, {base::ErrorKind::world, *log_->trouble()}};
  return std::nullopt;
}

void Node::finish_snapshot(const Result<void>& result) {
  snapshot_trouble_.reset();
  if (!result) snapshot_trouble_ = result.error();
}

void Node::finish_sync(const record::SyncTicket& ticket, const Result<void>& result, Duration now) {
  writer_.finish_sync(ticket, result);
  if (result) last_sync_ = now;
  feed_log();
}

void Node::feed_log() {
  if (log_) log_->append(writer_.take_commitments());
}

std::optional<record::LogWork> Node::take_log_work(const Stamp& now, bool all) {
  if (!log_) return std::nullopt;
  feed_log();
  return all ? log_->take_all(now.utc, now.monotonic) : log_->take_due(now.utc, now.monotonic);
}

void Node::finish_log_work(record::LogWork work, const Result<void>& result) {
  log_->finish(std::move(work), result);
}

Result<std::size_t> Node::add_cosignatures(std::uint64_t size,
                                           std::string_view lines,
                                           std::span<const seal::VerifierKey> witnesses) {
  if (!log_) return base::bad_input("this node keeps no tamper-evident log");
  return log_->add_cosignatures(size, lines, witnesses);
}

record::Snapshot Node::snapshot() const {
  record::Snapshot out;
  out.next_sequence = writer_.next_sequence();
  out.build = options_.build;
  core_->save(out.core);
  return out;
}

std::optional<record::Snapshot> Node::take_due_snapshot(Duration now) {
  if (!last_snapshot_) last_snapshot_ = now;
  if (!waiting_snapshot_ && now - *last_snapshot_ >= options_.snapshot_every) {
    last_snapshot_ = now;
    waiting_snapshot_ = snapshot();
  }
  if (!waiting_snapshot_ || writer_.synced_end() < waiting_snapshot_->next_sequence)
    return std::nullopt;
  return std::exchange(waiting_snapshot_, std::nullopt);
}

std::vector<track::TrackView> Node::picture(base::Timestamp utc) const {
  const base::Timestamp now = core_->picture_time(utc);
  const bool blind = utc - core_->time() > kTicksMissing;
  std::vector<track::TrackView> views;
  const track::Tracker& tracker = core_->tracker();
  views.reserve(tracker.track_count());
  tracker.for_each_track([&](std::uint32_t slot) {
    track::TrackView& view = views.emplace_back(tracker.view(slot, now));
    view.time = now;
    if (blind && view.status == track::TrackStatus::confirmed &&
        now - view.last_plot_time > kTrustedAge) {
      view.status = track::TrackStatus::coasting;
    }
  });
  std::sort(
      views.begin(), views.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return views;
}

serve::NodeStatus Node::status(const Stamp& now) const {
  const Core& core = *core_;
  serve::NodeStatus s;
  // A standby that has received nothing yet knows its name from its own file.
  s.node = core.config_text().empty() ? name_ : core.config().name;
  s.time = core.picture_time(now.utc);
  s.build = options_.build;
  s.epoch = core.epoch();
  s.tracks = core.tracker().track_count();
  s.entries = writer_.next_sequence();
  if (last_sync_) s.record.synced_age = now.monotonic - *last_sync_;
  // Of the log its own status says what is wrong.
  if (const auto trouble = record_trouble(); trouble && trouble->part != RecordTrouble::Part::log) {
    s.record.degraded = true;
    s.record.detail = trouble->error.message;
  }
  s.record.lost_arrivals = lost_arrivals_;
  s.record.lost_explanations = lost_explanations_;
  if (log_) {
    serve::LogStatus& log = s.log.emplace();
    log.origin = log_->origin();
    log.size = log_->size();
    log.checkpoint_size = log_->checkpoint_size();
    if (const auto at = log_->checkpoint_time()) log.checkpoint_age = now.monotonic - *at;
    for (const record::Cosigned& one : log_->cosigned())
      log.cosigned_by.push_back({one.key, now.utc - one.time});
    log.trouble = log_->trouble().value_or(log_disputed_);
    log.fork_refused = fork_refused_;
  }
  s.latency_p50 = latency_.percentile(0.50);
  s.latency_p99 = latency_.percentile(0.99);
  for (std::size_t i = 0; i < core.feeds().size(); ++i) {
    const SourceConfig& config = core.config().sources[i];
    const SourceCondition& condition = core.conditions()[i];
    const feeds::SourceCounters& counters = core.feeds()[i].counters();
    serve::SourceStatus source;
    source.name = config.name;
    source.kind = name_of(config.kind);
    source.address = address_of(config);
    source.state = state_of(config, condition, now.utc);
    source.detail = condition.detail;
    if (condition.heard) source.age = now.utc - condition.last_heard;
    source.datagrams = counters.datagrams;
    source.bytes = counters.bytes;
    source.records = counters.records;
    source.plots = counters.plots;
    for (const feeds::Rejected& r : counters.rejected) {
      source.rejected.push_back({r.reason, r.count, r.last});
      if (r.reason == kLostBeforeRecord) source.overflowed += r.count;
    }
    s.plots += counters.plots;
    s.bytes_in += counters.bytes;
    s.sources.push_back(std::move(source));
  }
  if (!core.federation().config().members.empty())
    s.federation = federation_status(core.federation(), common_, s.time);
  s.roster = roster_status(core, now.utc);
  for (std::uint16_t i = 0; i < core.sensors().sensors().size(); ++i) {
    const track::SensorDescription& sensor = core.sensors().sensors()[i];
    const feeds::SensorActivity& activity = core.sensors().activity(i);
    serve::SensorStatus status;
    status.name = sensor.name;
    status.sac_sic = sensor.sac_sic;
    status.kind = kind_of(sensor.kind);
    if (activity.heard) {
      status.age = now.utc - activity.last_heard;
      const bool silent = *status.age > kSensorPeriods * sensor.period + kSensorSlack;
      status.state = silent ? serve::SensorState::silent : serve::SensorState::live;
    }
    status.plots = activity.plots;
    if (sensor.placed) status.site = sensor.site;
    status.period =
        activity.observed_period > Duration::zero() ? activity.observed_period : sensor.period;
    if (core.tracker().registration().takes_part(i))
      status.registration = core.tracker().registration().report(i);
    s.sensors.push_back(std::move(status));
  }
  return s;
}

void Node::refresh_common() {
  const Federation& federation = core_->federation();
  if (federation.config().members.empty()) {
    common_ = {};
    return;
  }
  common_ = common_view(federation, core_->sensors().sensors());
}

std::vector<serve::UpdateTrace> Node::updates_of(base::TrackNumber number) const {
  std::vector<serve::UpdateTrace> out;
  const auto sensors = core_->sensors().sensors();
  for (const auto& [kind, t] : traces_.of(number)) {
    if (t.sensor >= sensors.size()) continue;
    const bool radar = sensors[t.sensor].kind == track::SensorKind::polar_radar;
    serve::UpdateTrace u;
    u.time = t.plot_time;
    u.kind = kind_of(kind);
    u.sensor = static_cast<std::uint8_t>(t.sensor);
    if (!(t.innovation_covariance[0] > 0.0)) {  // nothing was predicted for it
      out.push_back(u);
      continue;
    }
    const double to_shown = radar ? 1.0 / base::kRadiansPerDegree : 1.0;
    u.innovation[0] = {
        radar ? "range_m" : "east_m", t.innovation[0], std::sqrt(t.innovation_covariance[0])};
    u.innovation[1] = {radar ? "azimuth_deg" : "north_m",
                       t.innovation[1] * to_shown,
                       std::sqrt(t.innovation_covariance[2]) * to_shown};
    u.components = 2;
    u.nis = t.nis;
    u.gate_ratio = t.gate_ratio;
    out.push_back(u);
  }
  return out;
}

Result<Replayed> replay(base::Storage& storage, std::string_view build) {
  auto cursor = record::Cursor::open(storage, record::Stream::input);
  if (!cursor) return std::unexpected(cursor.error());
  const auto front = first_entry(storage);
  if (!front) return std::unexpected(front.error());
  Replayed out{Core(std::string(build), front->value_or(0) == 0), 0, {}};
  std::vector<track::TrackEvent> events;
  while (true) {
    auto next = cursor->next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    events.clear();
    out.core.apply((*next)->entry, events);
    (void)out.core.take_frames();
    ++out.entries;
  }
  remark(out.remarks, *cursor);
  if (*front) remark_front(out.remarks, **front, out.core.keeping());
  return out;
}

}  // namespace liptako::node
