#include "node/core.hpp"

#include <algorithm>
#include <charconv>

#include "base/archive.hpp"
#include "base/time_range.hpp"
#include "record/gap.hpp"
#include "serve/contact.hpp"

namespace liptako::node {
namespace {

std::string_view text_of(base::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A file heard within this time is being played.
constexpr base::Duration kPlaying = std::chrono::seconds(10);

feeds::TimeBase time_base_of(const SourceConfig& source) {
  if (source.time != SourceTime::rebase) return feeds::TimeBase::utc;
  return runs_ahead(source) ? feeds::TimeBase::rebase_at_speed : feeds::TimeBase::rebase;
}

feeds::Feed feed_of(const SourceConfig& source) {
  const feeds::TimeBase time_base = time_base_of(source);
  if (source.format == feeds::SourceFormat::asterix) {
    return feeds::Feed(feeds::AsterixFeed(time_base, {}, source.editions));
  }
  return feeds::Feed(feeds::ModeSFeed(source.format, source.sensor, time_base));
}

}  // namespace

template <class Archive>
void visit_fields(Archive& archive, SourceCondition& c) {
  archive(c.life, c.heard, c.last_heard, c.detail);
}

void encode_start(const StartNote& note, base::Bytes& out) {
  base::ByteWriter writer(out);
  base::Saver{writer}(note.build, note.node, note.boot_id, note.file_hash);
}

std::optional<StartNote> decode_start(base::ByteView payload) {
  base::ByteReader reader(payload);
  StartNote note;
  base::Loader{reader}(note.build, note.node, note.boot_id, note.file_hash);
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return note;
}

Core::Core(std::string build, bool whole) : build_(std::move(build)), whole_(whole) {}

void Core::apply(const record::EntryView& entry, std::vector<track::TrackEvent>& events) {
  base::Bytes header;
  record::EntryView without_payload = entry;
  without_payload.payload = {};
  record::encode_entry(without_payload, header);
  base::ByteWriter{header}.put(static_cast<std::uint32_t>(entry.payload.size()));
  input_hash_.update(header);
  input_hash_.update(entry.payload);
  ++entries_;
  tracker_.clear_findings();
  if (!base::is_reckonable(entry.utc)) {  // a shell with a broken clock, or a damaged record
    ++refused_entries_;
    return;
  }
  time_ = entry.utc;
  const auto stopped = std::exchange(stopped_at_, std::nullopt);
  switch (entry.kind) {
    case record::EntryKind::start:
      return on_start(entry);
    case record::EntryKind::configuration:
      return on_configuration(entry.payload);
    case record::EntryKind::datagram:
      return on_datagram(entry, events);
    case record::EntryKind::tick:
      return on_tick(picture_time(entry.utc), events);
    case record::EntryKind::source_event:
      return on_source_event(entry);
    case record::EntryKind::member_frame:
      return federation_.take(entry.payload, picture_time(entry.utc));
    case record::EntryKind::gap: {
      const auto gap = record::decode_gap(entry.payload);
      if (!gap) ++refused_entries_;
      if (gap && !gap->is_farewell()) ++gaps_;
      if (gap && gap->is_farewell()) stopped_at_ = entry.utc;
      return;
    }
    case record::EntryKind::act:
      return on_act(entry);
    case record::EntryKind::document:
      if (keeping_.take(entry.payload)) {
        stopped_at_ = stopped;
        return;
      }
      return on_document(entry.payload);
    case record::EntryKind::audit:
      return;  // kept as evidence; the picture does not follow from it
  }
  ++refused_entries_;
}

base::Timestamp Core::picture_time(base::Timestamp utc) const {
  base::Duration playing{}, any{};
  bool plays = false;
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    if (!runs_ahead(config_.sources[i])) continue;
    const SourceCondition& c = conditions_[i];
    const base::Duration lead = feeds_[i].lead();
    any = std::max(any, lead);
    if (c.life != SourceLife::open || !c.heard || utc - c.last_heard > kPlaying) continue;
    plays = true;
    playing = std::max(playing, lead);
  }
  return utc + (plays ? playing : any);
}

void Core::on_tick(base::Timestamp now, std::vector<track::TrackEvent>& events) {
  tracker_.advance(now, events);
  if (!federation_.is_due(now)) return;
  const charter::RosterState state = roster_state(time_);
  if (state == charter::RosterState::none || state == charter::RosterState::in_force) {
    return federation_.publish(now, frame_epoch_, tracker_, frames_);
  }
  // Open inwards, closed outwards: this node's own part of the common picture stays on show here,
  // and nobody is sent it.
  std::vector<base::Bytes> withheld;
  federation_.publish(now, frame_epoch_, tracker_, withheld);
  roster_.withheld_frames += withheld.size();
}

void Core::on_start(const record::EntryView& entry) {
  const auto note = decode_start(entry.payload);
  if (!note) {
    ++refused_entries_;
    return;
  }
  if (note->boot_id != boot_id_) {
    ++epoch_;
    begin_frame_epoch();
  }
  boot_id_ = note->boot_id;
  file_hash_ = note->file_hash;
  // Whatever was open, the process that opened it is gone.
  for (SourceCondition& c : conditions_) {
    c.life = SourceLife::waiting;
    c.detail.clear();
  }
}

void Core::begin_frame_epoch() {
  constexpr unsigned kTermAt = 32;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time_.time_since_epoch());
  const std::uint64_t terms = (charge_.term - record::kFirstTerm) << kTermAt;
  frame_epoch_ = std::max(frame_epoch_ + 1, terms + static_cast<std::uint64_t>(seconds.count()));
}

void Core::on_configuration(base::ByteView payload) {
  auto config = parse_config(text_of(payload), "record");
  if (!config) {  // the shell refuses such a text before it is recorded; a damaged record may hold
                  // one
    ++refused_entries_;
    return;
  }
  std::vector<feeds::Feed> feeds;
  for (const SourceConfig& source : config->sources) feeds.push_back(feed_of(source));
  std::vector<SourceCondition> conditions(config->sources.size());
  for (std::size_t i = 0; i < config->sources.size(); ++i) {
    for (std::size_t old = 0; old < config_.sources.size(); ++old) {
      if (config_.sources[old].name == config->sources[i].name) {
        if (feeds[i].format() == feeds_[old].format()) feeds[i] = feeds_[old];
        conditions[i] = conditions_[old];
      }
    }
    feeds[i].set_time_base(time_base_of(config->sources[i]));
    feeds[i].set_sensor(config->sources[i].sensor);
    feeds[i].set_editions(config->sources[i].editions);
  }
  config_ = std::move(*config);
  config_text_ = text_of(payload);
  charge_.is_others_configuration = false;
  feeds_ = std::move(feeds);
  conditions_ = std::move(conditions);
  std::vector<track::SensorDescription> sensors = config_.sensors;
  for (TerrainDocument& told : terrain_) {
    for (track::SensorDescription& s : sensors) {
      if (s.sac_sic == told.sensor && s.kind == track::SensorKind::polar_radar)
        s.terrain = std::move(told.view);
    }
  }
  terrain_.clear();
  sensors_.configure(sensors);
  use_sensors();
  tracker_.set_registration(config_.registration);
  federation_.configure(config_.federation);
}

void Core::use_sensors() {
  if (sensors_used_ == sensors_.revision()) return;
  sensors_used_ = sensors_.revision();
  tracker_.set_sensors(sensors_.sensors());
}

void Core::on_datagram(const record::EntryView& entry, std::vector<track::TrackEvent>& events) {
  if (entry.source.value >= feeds_.size()) {
    ++refused_entries_;
    return;
  }
  SourceCondition& condition = conditions_[entry.source.value];
  condition.life = SourceLife::open;
  condition.heard = true;
  condition.last_heard = entry.utc;
  feed_output_.clear();
  feeds_[entry.source.value].take(entry.payload, entry.utc, sensors_, feed_output_);
  use_sensors();
  for (const track::Plot& plot : feed_output_.plots) tracker_.take(plot, events);
  for (const feeds::SensorLook& look : feed_output_.looks)
    tracker_.note_sensor_time(look.sensor, look.time);
  feed_output_.clear();
}

void Core::on_source_event(const record::EntryView& entry) {
  if (entry.source.value >= feeds_.size()) {
    ++refused_entries_;
    return;
  }
  const std::string_view text = text_of(entry.payload);
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, space);
  const std::string rest(text.substr(std::min(text.size(), space + 1)));
  SourceCondition& condition = conditions_[entry.source.value];
  feeds::Feed& feed = feeds_[entry.source.value];
  if (word == "overflow") {
    std::uint64_t lost = 0;
    (void)std::from_chars(rest.data(), rest.data() + rest.size(), lost);
    feed.note_rejected(kLostBeforeRecord, rest, lost);
    return;
  }
  if (word == "rejected") {
    feed.note_rejected("not_a_data_block", rest);
    return;
  }
  if (word == "note") return;  // told in passing; what the source's state is stays on show
  condition.detail = rest;
  if (word == "opened") condition.life = SourceLife::open;
  if (word == "closed" || word == "failed") condition.life = SourceLife::dead;
  if (word == "ended") condition.life = SourceLife::ended;
}

// Its signatures were checked before it was written; here it is remembered, so that it is not
// obeyed twice.
void Core::on_act(const record::EntryView& entry) {
  const auto payload = charter::read_act_payload(entry.payload);
  const auto note = payload ? seal::parse_note(payload->note) : base::bad_input("not an act");
  const auto act = note ? charter::parse_act(note->text) : base::bad_input("not an act");
  if (!act) {
    ++refused_entries_;
    return;
  }
  acts_.remember(*act, entry.utc);
  if (act->kind != charter::ActKind::erase_personal) return;
  auto subject = serve::erasure_subject(text_of(payload->body));
  if (!subject) {
    ++refused_entries_;
    return;
  }
  const auto at = std::ranges::lower_bound(erased_subjects_, *subject);
  if (at != erased_subjects_.end() && *at == *subject) return;
  if (erased_subjects_.size() < kMaxErasedSubjects)
    erased_subjects_.insert(at, std::move(*subject));
}

charter::RosterState Core::roster_state(base::Timestamp utc) const {
  return roster_.in_force ? charter::state_of(roster_.in_force->roster, utc)
                          : charter::RosterState::none;
}

// A document's first line says what it is: a roster, or somebody's contact. The first roster comes
// from the node's own configuration, which vouches for it; every later one must follow it.
void Core::on_document(base::ByteView payload) {
  if (record::is_carried(payload)) {
    if (const auto state = carried_reader_.take(payload); state && !whole_) take_carried(*state);
    return;
  }
  if (is_terrain_document(payload)) return take_terrain(payload);
  if (text_of(payload).starts_with("liptako/roster/")) return take_roster(text_of(payload));
  if (text_of(payload).starts_with(record::kTakeoverFirstLine))
    return take_takeover(text_of(payload));
  if (text_of(payload).starts_with(serve::kContactDocument)) return;  // for those who hold its key
  ++refused_entries_;
}

void Core::take_terrain(base::ByteView document) {
  auto told = decode_terrain(document);
  if (!told) {
    ++refused_entries_;
    return;
  }
  // One that was told before, for a configuration that then could not be written, is told anew.
  std::erase_if(terrain_, [&](const TerrainDocument& t) { return t.sensor == told->sensor; });
  if (terrain_.size() < track::Tracker::kMaxSensors) terrain_.push_back(std::move(*told));
}

void Core::take_roster(std::string_view note) {
  const auto refuse = [&](std::string_view why) {
    ++roster_.refused;
    roster_.last_refusal = why;
  };
  auto next = charter::RosterNote::parse(note);
  if (!next) return refuse("not_a_roster");
  const std::string& anchor = config_.keys.roster_sha256;
  if (!roster_.in_force && !anchor.empty() && seal::to_hex(next->hash) != anchor) {
    return refuse("not_the_configured_one");
  }
  const charter::RosterNote* current = roster_.in_force ? &*roster_.in_force : nullptr;
  switch (const auto verdict = charter::judge_succession(current, *next)) {
    case charter::RosterVerdict::takes_force:
      roster_.in_force = std::move(*next);
      roster_.last_refusal.clear();
      return;
    case charter::RosterVerdict::same:
      return;  // told again, at a restart or by another way
    default:
      return refuse(charter::name_of(verdict));
  }
}

// Who took over is said by a machine that could write the record; its signature is for those who
// read it later.
void Core::take_takeover(std::string_view note) {
  const auto parsed = seal::parse_note(note);
  auto takeover = parsed ? record::parse_takeover(parsed->text) : std::unexpected(parsed.error());
  if (!takeover || takeover->term <= charge_.term) {
    ++refused_entries_;
    return;
  }
  charge_.term = takeover->term;
  ++charge_.takeovers;
  charge_.newest = std::move(*takeover);
  charge_.is_others_configuration = true;
  begin_frame_epoch();
}

seal::Digest Core::hash() const {
  base::Bytes state;
  save(state);
  return seal::sha256(state);
}

void Core::save(base::Bytes& out) const {
  base::ByteWriter writer(out);
  base::Saver saver(writer);
  saver(input_hash_.save(), entries_, refused_entries_, gaps_, epoch_, boot_id_, file_hash_, time_);
  saver(config_text_);
  for (const auto& feed : feeds_) feed.save(writer);
  saver(conditions_);
  sensors_.save(writer);
  saver(sensors_used_, terrain_);
  tracker_.save(writer);
  saver(acts_, erased_subjects_);
  saver(roster_.in_force ? seal::to_string(roster_.in_force->note) : std::string(),
        roster_.refused,
        roster_.last_refusal,
        roster_.withheld_frames);
  saver(whole_, keeping_, carried_reader_, stopped_at_);
  saver(frame_epoch_);
  saver(charge_.term,
        charge_.takeovers,
        charge_.newest ? record::takeover_text(*charge_.newest) : std::string(),
        charge_.is_others_configuration);
  federation_.save(writer);
}

std::optional<Core> Core::load(std::string build, base::ByteView bytes) {
  Core core(std::move(build));
  base::ByteReader reader(bytes);
  base::Loader loader(reader);
  seal::Sha256::State hash_state{};
  loader(hash_state,
         core.entries_,
         core.refused_entries_,
         core.gaps_,
         core.epoch_,
         core.boot_id_,
         core.file_hash_,
         core.time_,
         core.config_text_);
  if (!reader.ok()) return std::nullopt;
  core.input_hash_ = seal::Sha256::restore(hash_state);
  if (!core.config_text_.empty()) {
    auto config = parse_config(core.config_text_, "record");
    if (!config) return std::nullopt;
    core.config_ = std::move(*config);
  }
  for (const SourceConfig& source : core.config_.sources) core.feeds_.push_back(feed_of(source));
  for (auto& feed : core.feeds_) feed.load(reader);
  loader(core.conditions_);
  core.sensors_.load(reader);
  loader(core.sensors_used_, core.terrain_);
  for (const TerrainDocument& t : core.terrain_) {
    if (!track::is_loadable(t.view)) return std::nullopt;
  }
  if (!reader.ok() || core.conditions_.size() != core.feeds_.size()) return std::nullopt;
  if (!base::is_reckonable(core.time_)) return std::nullopt;
  for (const SourceCondition& c : core.conditions_) {
    if (!base::is_reckonable(c.last_heard)) return std::nullopt;
  }
  auto tracker = track::Tracker::load({}, reader);
  if (!tracker) return std::nullopt;
  core.tracker_ = std::move(*tracker);
  loader(core.acts_, core.erased_subjects_);
  if (core.erased_subjects_.size() > kMaxErasedSubjects ||
      !std::ranges::is_sorted(core.erased_subjects_)) {
    return std::nullopt;
  }
  std::string roster;
  loader(roster, core.roster_.refused, core.roster_.last_refusal, core.roster_.withheld_frames);
  if (!roster.empty()) {
    auto note = charter::RosterNote::parse(roster);
    if (!note) return std::nullopt;
    core.roster_.in_force = std::move(*note);
  }
  loader(core.whole_, core.keeping_, core.carried_reader_, core.stopped_at_);
  loader(core.frame_epoch_);
  std::string takeover;
  loader(core.charge_.term, core.charge_.takeovers, takeover, core.charge_.is_others_configuration);
  if (core.charge_.term < record::kFirstTerm || core.charge_.term > record::kLastTerm)
    return std::nullopt;
  if (!takeover.empty()) {
    auto read = record::parse_takeover(takeover);
    if (!read) return std::nullopt;
    core.charge_.newest = std::move(*read);
  }
  core.federation_.configure(core.config_.federation);
  if (!core.federation_.load(reader) || !reader.at_end()) return std::nullopt;
  return core;
}

}  // namespace liptako::node
