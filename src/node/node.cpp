#include "node/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/math.hpp"

namespace liptako::node {
namespace {

using base::Duration;
using base::Result;

// A sensor is silent when this much longer than its period passed without a word from it.
constexpr Duration kSensorSlack = std::chrono::seconds(5);
constexpr int kSensorPeriods = 3;

void remark(std::vector<std::string>& remarks, const record::Cursor& cursor) {
  for (const record::Damage& damage : cursor.damages())
    remarks.push_back(to_string(record::Stream::input, damage));
  const std::uint64_t unlisted = cursor.damage_count() - cursor.damages().size();
  if (unlisted > 0) remarks.push_back(fmt::format("and {} more", unlisted));
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
  auto writer = record::Writer::open(storage, writing);
  if (!writer) return std::unexpected(writer.error());
  writing.stream = record::Stream::derived;
  auto derived = record::Writer::open(storage, writing);
  if (!derived) return std::unexpected(derived.error());
  auto recovery = record::recover(storage, options.build, writer->next_sequence());
  if (!recovery) return std::unexpected(recovery.error());

  std::unique_ptr<Node> node(new Node(std::move(*writer), std::move(*derived), options));
  NodeOpened& opened = node->opened_;
  opened.record = node->writer_.opened();
  opened.remarks = recovery->found.passed_over;
  if (const auto& snapshot = recovery->found.snapshot) {
    node->core_ = Core::load(options.build, snapshot->core);
    opened.from_snapshot = node->core_.has_value();
    if (!opened.from_snapshot)
      opened.remarks.push_back("the newest snapshot does not load; replaying from the start");
  }
  if (!opened.from_snapshot) {
    node->core_.emplace(options.build);
    auto from_start = record::Cursor::open(storage, record::Stream::input);
    if (!from_start) return std::unexpected(from_start.error());
    recovery->tail = std::move(*from_start);
  }
  while (true) {
    auto next = recovery->tail.next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    node->events_.clear();
    node->core_->apply((*next)->entry, node->events_);
    for (const track::TrackEvent& event : node->events_) node->traces_.note(event);
    ++opened.replayed_entries;
  }
  remark(opened.remarks, recovery->tail);

  base::Bytes start;
  encode_start({options.build, config->name, options.boot_id}, start);
  const record::EntryView start_entry{
      record::EntryKind::start, record::kNoSource, now.utc, now.monotonic, start};
  if (auto taken = node->take({&start_entry, 1}); !taken) return std::unexpected(taken.error());
  if (node->core_->config_text() != options.config_text) {
    if (auto done = node->reconfigure(options.config_text, "configuration", now); !done) {
      return std::unexpected(done.error());
    }
  }
  return node;
}

Result<void> Node::take(std::span<const record::EntryView> arrivals) {
  events_.clear();
  sequences_.clear();
  Result<void> written;
  for (const record::EntryView& entry : arrivals) {
    auto sequence = writer_.append(entry);
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
    lost_arrivals_ += arrivals.size() - kept;
    sequences_.resize(kept);
  }
  for (std::size_t i = 0; i < sequences_.size(); ++i) apply(sequences_[i], arrivals[i]);
  (void)derived_.flush();
  if (derived_.trouble())
    derived_.drop_waiting();  // an explanation may be lost, the picture may not
  return written;
}

void Node::apply(std::uint64_t sequence, const record::EntryView& entry) {
  const std::size_t before = events_.size();
  core_->apply(entry, events_);
  const auto fresh = std::span<const track::TrackEvent>(events_).subspan(before);
  for (const track::TrackEvent& event : fresh) traces_.note(event);
  if (!fresh.empty()) write_derived(sequence, fresh);
}

// docs/RECORD.md, "Derived stream".
void Node::write_derived(std::uint64_t sequence, std::span<const track::TrackEvent> events) {
  derived_body_.clear();
  base::ByteWriter out(derived_body_);
  out.put(sequence);
  for (const track::TrackEvent& e : events) {
    out.put(e.kind);
    out.put(e.view.status);
    out.put(e.view.number.value);
    out.put(base::to_ns(e.view.time));
    out.put(base::to_ns(e.trace.plot_time));
    out.put(e.trace.sensor);
    out.put(e.trace.candidates);
    out.put(static_cast<std::int32_t>(std::floor(e.view.position.latitude.degrees() * 1e7 + 0.5)));
    out.put(static_cast<std::int32_t>(std::floor(e.view.position.longitude.degrees() * 1e7 + 0.5)));
    for (const double y : e.trace.innovation) out.put(static_cast<float>(y));
    for (const double s : e.trace.innovation_covariance) out.put(static_cast<float>(s));
    out.put(static_cast<float>(e.trace.nis));
    out.put(static_cast<float>(e.trace.gate_ratio));
    out.put(static_cast<float>(e.view.existence));
    out.put(e.trace.lag_s);
    out.put(e.trace.altitude);
  }
  (void)derived_.append_body(derived_body_);
}

Result<void> Node::reconfigure(std::string_view text, std::string_view name, const Stamp& now) {
  if (text.size() > record::kMaxPayload) {
    return base::bad_input(fmt::format("{}: longer than {} bytes", name, record::kMaxPayload));
  }
  auto config = parse_config(text, name);
  if (!config) return std::unexpected(config.error());
  const base::ByteView payload{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  const record::EntryView entry{
      record::EntryKind::configuration, record::kNoSource, now.utc, now.monotonic, payload};
  if (auto taken = take({&entry, 1}); !taken) return taken;
  return writer_.sync();  // whoever asked is answered only when it will survive a power cut
}

void Node::finish_sync(const record::SyncTicket& ticket, const Result<void>& result, Duration now) {
  writer_.finish_sync(ticket, result);
  if (result) last_sync_ = now;
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
  std::vector<track::TrackView> views;
  const track::Tracker& tracker = core_->tracker();
  views.reserve(tracker.track_count());
  tracker.for_each_track([&](std::uint32_t slot) {
    views.push_back(tracker.view(slot, now));
    views.back().time = now;
  });
  std::sort(
      views.begin(), views.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return views;
}

serve::NodeStatus Node::status(const Stamp& now) const {
  const Core& core = *core_;
  serve::NodeStatus s;
  s.node = core.config().name;
  s.time = core.picture_time(now.utc);
  s.build = options_.build;
  s.epoch = core.epoch();
  s.tracks = core.tracker().track_count();
  s.entries = writer_.next_sequence();
  if (last_sync_) s.record_synced_age = now.monotonic - *last_sync_;
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
    for (const feeds::Rejected& r : counters.rejected)
      source.rejected.push_back({r.reason, r.count, r.last});
    s.plots += counters.plots;
    s.bytes_in += counters.bytes;
    s.sources.push_back(std::move(source));
  }
  for (std::uint16_t i = 0; i < core.sensors().sensors().size(); ++i) {
    const track::SensorDescription& sensor = core.sensors().sensors()[i];
    const feeds::SensorActivity& activity = core.sensors().activity(i);
    serve::SensorStatus status;
    status.name = sensor.name;
    status.sac_sic = sensor.sac_sic;
    status.kind = sensor.kind == track::SensorKind::ads_b ? serve::SensorKind::ads_b
                                                          : serve::SensorKind::radar;
    if (activity.heard) {
      status.age = now.utc - activity.last_heard;
      const bool silent = *status.age > kSensorPeriods * sensor.period + kSensorSlack;
      status.state = silent ? serve::SensorState::silent : serve::SensorState::live;
    }
    status.plots = activity.plots;
    if (sensor.placed) status.site = sensor.site;
    status.period =
        activity.observed_period > Duration::zero() ? activity.observed_period : sensor.period;
    s.sensors.push_back(std::move(status));
  }
  return s;
}

std::vector<serve::UpdateTrace> Node::updates_of(base::TrackNumber number) const {
  std::vector<serve::UpdateTrace> out;
  const auto sensors = core_->sensors().sensors();
  for (const track::UpdateTrace& t : traces_.of(number)) {
    if (t.sensor >= sensors.size()) continue;
    const bool radar = sensors[t.sensor].kind == track::SensorKind::polar_radar;
    serve::UpdateTrace u;
    u.time = t.plot_time;
    u.sensor = static_cast<std::uint8_t>(t.sensor);
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
  Replayed out{Core(std::string(build)), 0, {}};
  std::vector<track::TrackEvent> events;
  while (true) {
    auto next = cursor->next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    events.clear();
    out.core.apply((*next)->entry, events);
    ++out.entries;
  }
  remark(out.remarks, *cursor);
  return out;
}

}  // namespace liptako::node
