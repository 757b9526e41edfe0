#include "app/live_node.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "app/files.hpp"
#include "app/recordings.hpp"
#include "app/words.hpp"
#include "feeds/source_format.hpp"
#include "seal/sha256.hpp"

namespace liptako::app {
namespace {

using base::Duration;
using base::Result;

constexpr Duration kTickEvery = std::chrono::milliseconds(500);
constexpr Duration kPublishEvery = std::chrono::milliseconds(200);
constexpr Duration kTrailsEvery = std::chrono::seconds(1);
constexpr Duration kCommonEvery = std::chrono::milliseconds(500);
constexpr Duration kSyncEvery = std::chrono::milliseconds(200);
constexpr Duration kWellAgain = std::chrono::seconds(10);
constexpr std::size_t kLongestBatch = 16 * 1024;  // of a receiver's replies in one entry

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  if (getrandom(&bits, sizeof bits, 0) != sizeof bits) bits = 0;
  return bits;
}

// One entry of the record holds a data block of ASTERIX, or the replies of a receiver that came at
// once.
io::Cutter cutter_of(feeds::SourceFormat format) {
  if (format == feeds::SourceFormat::asterix) return io::cut_data_block;
  return [format](base::ByteView rest, std::uint64_t) -> Result<std::size_t> {
    return feeds::whole_frames(format, rest.first(std::min(rest.size(), kLongestBatch)));
  };
}

std::optional<io::SourceOptions> options_of(const node::SourceConfig& s) {
  switch (s.kind) {
    case node::SourceKind::udp:
    case node::SourceKind::multicast: {
      io::UdpOptions udp;
      udp.address = s.address;
      udp.port = s.port;
      udp.interface = s.interface;
      return udp;
    }
    case node::SourceKind::tcp: {
      io::TcpClientOptions tcp;
      tcp.address = s.address;
      tcp.port = s.port;
      tcp.cutter = cutter_of(s.format);
      return tcp;
    }
    case node::SourceKind::tcp_listen: {
      io::TcpListenOptions tcp;
      tcp.address = s.address;
      tcp.port = s.port;
      tcp.cutter = cutter_of(s.format);
      return tcp;
    }
    case node::SourceKind::file: {
      io::FileOptions file;
      file.path = s.path;
      file.speed = s.speed;
      file.reader = recording_reader();
      return file;
    }
    case node::SourceKind::internal:
      return std::nullopt;
  }
  return std::nullopt;
}

record::EntryKind entry_kind_of(io::ItemKind kind) {
  switch (kind) {
    case io::ItemKind::datagram:
      return record::EntryKind::datagram;
    case io::ItemKind::member_frame:
      return record::EntryKind::member_frame;
    case io::ItemKind::source_event:
    case io::ItemKind::command:  // never reaches the record
      break;
  }
  return record::EntryKind::source_event;
}

}  // namespace

std::string build_identity() {
  std::ifstream self("/proc/self/exe", std::ios::binary);
  seal::Sha256 hash;
  std::vector<char> chunk(1 << 20);
  while (self.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || self.gcount() > 0) {
    hash.update({reinterpret_cast<const std::uint8_t*>(chunk.data()),
                 static_cast<std::size_t>(self.gcount())});
  }
  return fmt::format("{}+{}", LIPTAKO_VERSION, seal::to_hex(hash.finish()).substr(0, 12));
}

node::Stamp LiveNode::read_clock() { return {clock_.utc_now(), clock_.monotonic_now()}; }

Result<std::unique_ptr<LiveNode>> LiveNode::start(const LiveNodeOptions& options) {
  auto config = node::parse_config(options.config_text, options.config_name);
  if (!config) return std::unexpected(config.error());
  std::unique_ptr<LiveNode> live(new LiveNode);
  live->options_ = options;
  auto storage = io::FileStorage::open(options.record.value_or(config->record));
  if (!storage) return std::unexpected(storage.error());
  live->storage_ = std::move(*storage);

  node::NodeOptions node_options;
  node_options.build = options.build;
  node_options.config_text = options.config_text;
  node_options.salt = random_bits();
  if (auto boot = read_file("/proc/sys/kernel/random/boot_id", 100)) node_options.boot_id = *boot;
  auto node = node::Node::open(*live->storage_, node_options, live->read_clock());
  if (!node) return std::unexpected(node.error());
  live->node_ = std::move(*node);

  serve::Publisher::Options publishing;
  publishing.snapshot_id = random_bits();
  live->publisher_.emplace(publishing);
  live->publication_ = std::make_shared<io::Published<serve::Publication>>();
  live->trails_ = std::make_shared<io::Published<serve::Trails>>();
  live->common_publisher_.emplace(publishing);
  live->common_publication_ = std::make_shared<io::Published<serve::Publication>>();
  live->common_trails_ = std::make_shared<io::Published<serve::Trails>>();
  live->common_ = std::make_shared<io::Published<serve::CommonPicture>>();
  live->inbox_ = std::make_unique<io::Inbox>(live->clock_);
  live->sync_thread_ = std::make_unique<io::Background>();
  live->snapshot_thread_ = std::make_unique<io::Background>();
  live->thread_ = std::make_unique<io::IoThread>();
  live->sources_ = std::make_unique<io::Sources>(*live->thread_, *live->inbox_);
  live->publish();  // before the first client

  io::HttpOptions http;
  http.address = config->listen_address;
  http.port = options.port.value_or(config->listen_port);
  if (!options.console.empty()) http.mounts.push_back({"/", options.console});
  auto server = io::HttpServer::start(*live->thread_, http, live->handlers());
  if (!server) return std::unexpected(server.error());
  live->server_ = std::move(*server);
  live->allow_consoles();
  live->open_sources();
  return live;
}

LiveNode::~LiveNode() {
  server_.reset();
  sources_.reset();
  thread_.reset();
}

void LiveNode::open_sources() {
  const auto& sources = node_->core().config().sources;
  open_.resize(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (open_[i]) continue;
    open_[i] = sources[i];
    const base::SourceId id{static_cast<std::uint16_t>(i)};
    const auto source_options = options_of(sources[i]);
    if (!source_options) continue;
    if (auto opened = sources_->open(id, *source_options); !opened) {
      inbox_->push_event(id, "failed " + opened.error().message);
    }
  }
}

void LiveNode::close_sources(const node::NodeConfig& next) {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (!open_[i]) continue;
    if (i < next.sources.size() && node::same_stream(*open_[i], next.sources[i])) continue;
    sources_->close(base::SourceId{static_cast<std::uint16_t>(i)});
    open_[i].reset();
  }
}

void LiveNode::run(const std::atomic<bool>& stop) {
  const Duration start = clock_.monotonic_now();
  next_tick_ = next_publication_ = next_trails_ = next_common_ = next_sync_ = start;
  while (!stop) turn(std::chrono::milliseconds(50));
}

void LiveNode::turn(Duration timeout) {
  const Duration before = clock_.monotonic_now();
  const Duration due = std::min({next_tick_, next_publication_, next_sync_});
  take(inbox_->pop(std::clamp<Duration>(due - before, Duration::zero(), timeout)));
  obey_commands();
  const Duration now_monotonic = clock_.monotonic_now();
  if (now_monotonic >= next_tick_) {
    next_tick_ = now_monotonic + kTickEvery;
    tick();
  }
  if (now_monotonic >= next_publication_) {
    next_publication_ = now_monotonic + kPublishEvery;
    publish();
  }
  keep_record();
}

void LiveNode::take(std::span<const io::InboxItem> items) {
  arrivals_.clear();
  for (const io::InboxItem& item : items) {
    if (item.kind == io::ItemKind::command) {
      commands_.push_back(std::move(*item.command));
      continue;
    }
    arrivals_.push_back(
        {entry_kind_of(item.kind), item.source, item.utc, item.monotonic, item.bytes});
  }
  if (arrivals_.empty()) return;
  (void)node_->take(arrivals_);  // a failure is the node's to tell: record_trouble()
  const Duration done = clock_.monotonic_now();
  for (std::size_t i = 0; i < node_->taken(); ++i) {
    const record::EntryView& entry = arrivals_[i];
    if (entry.kind == record::EntryKind::datagram) node_->note_latency(done - entry.monotonic);
  }
  send_frames();
}

void LiveNode::send_frames() {
  if (!options_.send_frame) return;
  for (const base::Bytes& part : node_->frames()) options_.send_frame(part);
}

void LiveNode::tick() {
  const node::Stamp stamp = read_clock();
  const record::EntryView entry{
      record::EntryKind::tick, record::kNoSource, stamp.utc, stamp.monotonic, {}};
  (void)node_->take({&entry, 1});
  send_frames();
}

void LiveNode::obey_commands() {
  while (!commands_.empty()) {
    io::Command command = std::move(commands_.front());
    commands_.pop_front();
    obey(command);
  }
}

void LiveNode::obey(io::Command& command) {
  if (command.name == "track") {
    const base::TrackNumber number{
        static_cast<std::uint32_t>(std::strtoul(command.body.c_str(), nullptr, 10))};
    const auto publication = publication_->get();
    const track::TrackView* view = publication->find(number);
    if (view == nullptr) return command.reply(404, serve::error_json("no such track"));
    return command.reply(
        200,
        serve::track_json(
            publication->time, *view, node_->updates_of(number), publication->sensor_names));
  }
  if (command.name == "config") return change_configuration(command);
  if (command.name == "config_text") return command.reply(200, node_->core().config_text());
  command.reply(404, serve::error_json("not found"));
}

void LiveNode::change_configuration(io::Command& command) {
  auto config = node_->check(command.body, "configuration");
  if (!config) return command.reply(400, serve::error_json(config.error().message));
  if (auto done = reconfigure(command.body); !done)
    return command.reply(500, serve::error_json(done.error().message));
  command.reply(200, serve::accepted_json());
}

Result<void> LiveNode::reconfigure(std::string_view text) {
  auto config = node_->check(text, "configuration");
  if (!config) return std::unexpected(config.error());
  // Nothing that a source of the old configuration still pushes may be taken for one of the new.
  close_sources(*config);
  settle_sync();
  take(inbox_->pop(Duration::zero()));
  auto done = node_->reconfigure(text, "configuration", read_clock());
  open_sources();
  allow_consoles();
  next_common_ = {};
  publish();
  return done;
}

void LiveNode::allow_consoles() {
  std::vector<std::string> consoles;
  for (const node::FederationMember& m : node_->core().config().federation.members) {
    if (!m.console.empty()) consoles.push_back(m.console);
  }
  server_->allow_frames(std::move(consoles));
}

void LiveNode::publish() {
  const node::Stamp stamp = read_clock();
  const bool common_due = stamp.monotonic >= next_common_;
  if (common_due) node_->refresh_common();
  const auto views = node_->picture(stamp.utc);
  const serve::NodeStatus status = node_->status(stamp);
  publication_->set(std::make_shared<serve::Publication>(publisher_->publish(views, status)));
  if (common_due) {
    next_common_ = stamp.monotonic + kCommonEvery;
    publish_common(status);
  }
  if (stamp.monotonic >= next_trails_) {
    next_trails_ = stamp.monotonic + kTrailsEvery;
    trails_->set(std::make_shared<serve::Trails>(publisher_->trails()));
    if (status.federation)
      common_trails_->set(std::make_shared<serve::Trails>(common_publisher_->trails()));
  }
  if (server_) server_->wake();
}

void LiveNode::publish_common(const serve::NodeStatus& status) {
  if (!status.federation) {
    common_->set(nullptr);
    common_publication_->set(nullptr);
    return;
  }
  const serve::CommonPicture& picture = node_->common();
  common_->set(std::make_shared<serve::CommonPicture>(picture));
  common_publication_->set(
      std::make_shared<serve::Publication>(common_publisher_->publish_common(picture, status)));
}

void LiveNode::keep_record() {
  const Duration now_monotonic = clock_.monotonic_now();
  if (sync_thread_->idle()) {
    settle_sync();
    if (now_monotonic >= next_sync_) {
      next_sync_ = now_monotonic + kSyncEvery;
      syncing_ = node_->begin_sync();
      if (syncing_) sync_thread_->run([this, file = syncing_->file] { synced_ = file->sync(); });
    }
  }
  if (snapshot_thread_->idle()) {
    settle_snapshot();
    if (auto snapshot = node_->take_due_snapshot(now_monotonic)) {
      snapshotting_ = true;
      snapshot_thread_->run([this, snapshot = std::move(*snapshot)] {
        snapshot_written_ = record::write_snapshot(*storage_, snapshot);
      });
    }
  }
  tell_trouble();
}

void LiveNode::settle_sync() {
  sync_thread_->wait_until_idle();
  if (!syncing_) return;
  node_->finish_sync(*syncing_, synced_, clock_.monotonic_now());
  syncing_.reset();
}

void LiveNode::settle_snapshot() {
  snapshot_thread_->wait_until_idle();
  if (std::exchange(snapshotting_, false)) node_->finish_snapshot(snapshot_written_);
}

void LiveNode::tell_trouble() {
  if (const auto trouble = node_->record_trouble()) {
    well_since_.reset();
    if (!told_.insert(trouble->part).second) return;
    fmt::print(stderr,
               "liptako: {}: {}\n",
               say("enregistrement dégradé", "record degraded"),
               trouble->error.message);
    return;
  }
  if (told_.empty()) return;
  const Duration now = clock_.monotonic_now();
  if (!well_since_) well_since_ = now;
  if (now - *well_since_ < kWellAgain) return;
  told_.clear();
  fmt::print(stderr,
             "liptako: {}\n",
             fmt::format(fmt::runtime(say("enregistrement rétabli, {} arrivées perdues",
                                          "record well again, {} arrivals lost")),
                         node_->lost_arrivals()));
}

void LiveNode::settle() {
  take(inbox_->pop(Duration::zero()));
  node_->refresh_common();
}

Duration LiveNode::helpers_cpu() const {
  return thread_->cpu_time() + sync_thread_->cpu_time() + snapshot_thread_->cpu_time();
}

void LiveNode::close() {
  close_sources({});
  take(inbox_->pop(Duration::zero()));
  // What was asked too late is refused: obeying it could open sources again.
  for (io::Command& command : commands_)
    command.reply(503, serve::error_json("the node is stopping"));
  commands_.clear();
  server_.reset();
  settle_sync();
  settle_snapshot();
  if (node_->sync()) node_->finish_snapshot(record::write_snapshot(*storage_, node_->snapshot()));
  tell_trouble();
}

io::HttpHandlers LiveNode::handlers() {
  io::HttpHandlers handlers;
  handlers.api = [this, publication = publication_, shown_common = common_](io::HttpRequest request,
                                                                            io::HttpAnswer answer) {
    const serve::ApiPath path = serve::parse_api_path(request.path);
    const auto shown = publication->get();
    using Kind = serve::ApiPath::Kind;
    const bool get = request.method == "GET";
    const auto json = [&](std::string body) { answer({200, "application/json", std::move(body)}); };
    const auto ask_owner = [&](std::string name, std::string body, const std::string& type) {
      io::Command command{
          std::move(name), std::move(body), [answer, type](int status, std::string text) {
            answer({status, status == 200 ? type : "application/json", std::move(text)});
          }};
      if (!inbox_->push_command(command))
        answer({503, "application/json", serve::error_json("too many requests wait")});
    };
    if (path.kind == Kind::status && get) return json(shown->status_json);
    if (path.kind == Kind::tracks && get)
      return json(serve::tracks_json(shown->time, shown->tracks, shown->sensor_names));
    if (path.kind == Kind::track && get) {
      return ask_owner("track", std::to_string(path.track.value), "application/json");
    }
    const auto common = shown_common->get();
    if ((path.kind == Kind::common || path.kind == Kind::common_track) && get) {
      if (!common) return answer({404, "application/json", serve::error_json("no federation")});
      if (path.kind == Kind::common) return json(serve::common_json(*common));
      const serve::CommonTrack* track = common->find(path.common_track);
      if (track == nullptr)
        return answer({404, "application/json", serve::error_json("no such track")});
      return json(serve::common_track_json(*common, *track));
    }
    if (path.kind == Kind::config && get) return ask_owner("config_text", "", "application/toml");
    if (path.kind == Kind::config)
      return ask_owner("config", std::move(request.body), "application/json");
    answer({path.kind == Kind::unknown ? 404 : 405,
            "application/json",
            serve::error_json("no such resource")});
  };
  handlers.open_stream = [publication = publication_, trails = trails_]() -> io::MessageSource {
    return [publication, trails, client = serve::ClientView()](base::Bytes& message) mutable {
      const auto shown = publication->get();
      const auto past = trails->get();
      return shown != nullptr && client.next(*shown, past.get(), message);
    };
  };
  handlers.open_common_stream = [publication = common_publication_,
                                 trails = common_trails_]() -> io::MessageSource {
    if (!publication->get()) return {};
    return [publication, trails, client = serve::ClientView()](base::Bytes& message) mutable {
      const auto shown = publication->get();
      const auto past = trails->get();
      return shown != nullptr && client.next(*shown, past.get(), message);
    };
  };
  return handlers;
}

}  // namespace liptako::app
