#include "app/live_node.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <future>
#include <iterator>
#include <utility>

#include "app/files.hpp"
#include "app/key_folder.hpp"
#include "app/recordings.hpp"
#include "app/standby.hpp"
#include "app/terminal.hpp"
#include "app/terrain_file.hpp"
#include "app/unfinished_acts.hpp"
#include "app/words.hpp"
#include "codec/asterix/record_cuts.hpp"
#include "feeds/source_format.hpp"
#include "io/http_rules.hpp"
#include "io/random.hpp"
#include "io/tls_material.hpp"
#include "record/backup.hpp"
#include "record/hold.hpp"
#include "record/retention.hpp"
#include "seal/sha256.hpp"
#include "serve/json_reader.hpp"
#include "serve/openapi.hpp"
#include "serve/session_documents.hpp"

namespace liptako::app {
namespace {

using base::Duration;
using base::Result;

constexpr Duration kTickEvery = std::chrono::milliseconds(500);
constexpr Duration kPublishEvery = std::chrono::milliseconds(200);
constexpr Duration kTrailsEvery = std::chrono::seconds(1);
constexpr Duration kCommonEvery = std::chrono::milliseconds(500);
constexpr Duration kSyncEvery = std::chrono::milliseconds(200);
constexpr Duration kRetireEvery = std::chrono::minutes(1);
constexpr Duration kCertificateEndsSoon = 30 * base::kDay;
constexpr Duration kWellAgain = std::chrono::seconds(10);
// A session's answer is on its way before its server makes room for the one over TLS.
constexpr Duration kServeAnewAfter = std::chrono::milliseconds(500);
constexpr Duration kServeAgainAfter = std::chrono::minutes(1);
constexpr std::size_t kConnectionsPerNetwork = 64;
// In own_keys_.
constexpr std::size_t kOwnLog = 1;
constexpr std::size_t kOwnWitness = 2;
constexpr std::size_t kOwnKeys = 3;
constexpr std::size_t kAuditShown = 500;
constexpr std::uint64_t kAuditReach = 2'000'000;  // entries: a quarter of an hour of heavy traffic
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

namespace {

std::string key_folder(const LiveNodeOptions& options, const node::NodeConfig& config) {
  return node::key_folder_of(config, options.record.value_or(config.record));
}

// What whoever starts the node must not miss: in both languages.
void warn(std::string_view fr, std::string_view en, std::string_view what) {
  print_error("liptako: ATTENTION : {} : {}\nliptako: WARNING: {}: {}\n",
              fr,
              explain_in_french(what),
              en,
              what);
}

// By which the console is asked, beside the names of loopback.
std::vector<std::string> names_of(const node::NodeConfig& config) {
  std::vector<std::string> names = config.server.names;
  const std::string& listen = config.listen_address;
  if (!io::is_loopback_address(listen) && listen != "0.0.0.0" && listen != "::")
    names.push_back(listen);
  return names;
}

std::string text_of(base::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
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

node::Stamp LiveNode::read_clock() {
  return {clock_.utc_now(), clock_.monotonic_now(), clock_quality_};
}

void LiveNode::judge_clock() {
  const auto bound = io::clock_error_bound();
  clock_quality_ = bound ? record::clock_code(*bound) : record::kClockUnknown;
}

Result<std::unique_ptr<LiveNode>> LiveNode::start(const LiveNodeOptions& options) {
  auto config = node::parse_config(options.config_text, options.config_name);
  if (!config) return std::unexpected(config.error());
  std::unique_ptr<LiveNode> live(new LiveNode);
  live->options_ = options;
  live->key_folder_ = key_folder(options, *config);
  if (config->standby) live->own_config_ = *config;
  auto storage = io::FileStorage::open(options.record.value_or(config->record));
  if (!storage) return std::unexpected(storage.error());
  live->storage_ = std::move(*storage);
  if (live->storage_->size(record::kRestoring)) {
    return base::bad_input(
        fmt::format("{}: a restore into it was interrupted; run `liptako restore` again",
                    options.record.value_or(config->record)));
  }

  auto terrain = read_terrain(config->terrain, options.terrain);
  if (!terrain) return std::unexpected(terrain.error());
  live->terrain_ = std::move(*terrain);
  node::NodeOptions node_options;
  node_options.terrain = live->terrain_ ? &*live->terrain_ : nullptr;
  node_options.build = options.build;
  node_options.config_text = options.config_text;
  node_options.quiet = config->standby.has_value();
  node_options.salt = random_bits();
  node_options.salt_key = io::random_bytes<record::EntrySalts::kKeySize>();
  const auto keys = open_or_make_keys(key_folder(options, *config), node::authority_of(*config));
  if (!keys) return std::unexpected(keys.error());
  node_options.log = record::LogOptions{
      .origin = keys->log.name, .key = keys->log.key, .former_keys = keys->former_log};
  for (const seal::PrivateKey* key : {&keys->node, &keys->log, &keys->witness})
    live->own_keys_.push_back(key->verifier());
  live->own_keys_.insert(live->own_keys_.end(), keys->former_log.begin(), keys->former_log.end());
  auto memory = io::FileStorage::open_beside(key_folder(options, *config));
  if (!memory) return std::unexpected(memory.error());
  live->log_memory_ = std::move(*memory);
  node_options.log->memory = live->log_memory_.get();
  if (auto boot = read_file("/proc/sys/kernel/random/boot_id", 100)) node_options.boot_id = *boot;
  live->judge_clock();
  if (config->standby) {
    const auto is_copy = live->prepare_copy();
    if (!is_copy) return std::unexpected(is_copy.error());
    node_options.log->is_copy = *is_copy;
  }
  auto node = node::Node::open(*live->storage_, node_options, live->read_clock());
  if (!node) return std::unexpected(node.error());
  live->node_ = std::move(*node);
  live->inbox_ = std::make_unique<io::Inbox>(live->clock_);
  if (config->standby) {
    if (auto opened = live->open_standby(); !opened) return std::unexpected(opened.error());
  }
  if (const auto roster = live->is_in_charge()
                              ? take_configured_roster(*live->node_, live->read_clock())
                              : Result<void>();
      !roster) {
    live->loopback_only_ = !live->node_->core().roster().in_force;
    warn("la liste des membres n'est pas utilisable, le nœud continue sans elle",
         "the roster cannot be used, the node goes on without it",
         roster.error().message);
  }
  if (auto history = HistoryKeeper::open(options.record.value_or(config->record), *live->node_)) {
    live->history_ = std::move(*history);
  } else {
    print_error("liptako: {}: {}\n",
                say("pas d'historique", "no history is kept"),
                explain(history.error()));
  }

  serve::Publisher::Options publishing;
  publishing.snapshot_id = random_bits();
  live->publisher_.emplace(publishing);
  live->publication_ = std::make_shared<io::Published<serve::Publication>>();
  live->trails_ = std::make_shared<io::Published<serve::Trails>>();
  live->common_publisher_.emplace(publishing);
  live->common_publication_ = std::make_shared<io::Published<serve::Publication>>();
  live->common_trails_ = std::make_shared<io::Published<serve::Trails>>();
  live->common_ = std::make_shared<io::Published<serve::CommonPicture>>();
  live->sync_thread_ = std::make_unique<io::Background>();
  live->snapshot_thread_ = std::make_unique<io::Background>();
  live->log_thread_ = std::make_unique<io::Background>();
  live->thread_ = std::make_unique<io::IoThread>();
  live->sources_ = std::make_unique<io::Sources>(*live->thread_, *live->inbox_);
  live->publish();  // before the first client

  Door::Options door;
  door.folder = key_folder(options, *config);
  live->witness_ = std::make_unique<WitnessDesk>(
      door.folder, live->clock_, [live = live.get()](const WitnessDesk::Alarm& alarm) {
        live->tell_fork(alarm);
      });
  door.node = config->name;
  door.offers_setup = options.offers_setup;
  door.ask_owner = [inbox = live->inbox_.get()](io::Command& command) {
    return inbox->push_command(command);
  };
  door.prepare_tls = [config = *config, folder = door.folder]() -> Result<std::string> {
    auto ready = prepare_tls(config, folder);
    if (!ready) return std::unexpected(ready.error());
    return ready->authority_sha256;
  };
  door.audit_document = [live = live.get()]() -> Result<std::string> {
    auto recent = serve::recent_audit(*live->storage_, live->entries_, kAuditShown, kAuditReach);
    if (!recent) return std::unexpected(recent.error());
    return serve::audit_json(*recent);
  };
  auto opened = Door::open(std::move(door), *live->thread_, live->clock_);
  if (!opened) return std::unexpected(opened.error());
  live->door_ = std::move(*opened);
  live->erase_as_recorded();
  live->use_keys();
  live->unfinished_ = std::make_shared<const UnfinishedActs>(key_folder(options, *config));
  if (live->is_in_charge()) live->finish_acts();
  if (auto serving = live->open_server(options.port.value_or(config->listen_port)); !serving)
    return std::unexpected(serving.error());
  live->allow_consoles();
  if (live->is_in_charge()) live->open_sources();
  return live;
}

void LiveNode::erase_as_recorded() {
  if (const auto erased = door_->erase_recorded(node_->core().erased_subjects()); !erased) {
    warn("des données personnelles effacées selon l'enregistrement ont encore leur clé",
         "personal data that the record says was erased still has its key",
         erased.error().message);
  }
}

LiveNode::LiveNode() = default;

LiveNode::~LiveNode() {
  history_.reset();  // answers what it was asked while there is a thread to carry it
  server_.reset();
  sources_.reset();
  witness_.reset();  // its thread tells the door
  if (door_) door_->close();
  thread_.reset();
  end_record();  // of one that was never closed
}

Result<LiveNode::Certificate> LiveNode::prepare_tls(const node::NodeConfig& config,
                                                    const std::string& folder) {
  if (!config.server.certificate.empty()) {
    auto given = io::given_certificate(config.server.certificate, config.server.key);
    if (!given) return std::unexpected(given.error());
    return Certificate{.material = std::move(given->material), .ends = given->ends};
  }
  auto own = io::own_certificate(folder, names_of(config), io::SystemClock().utc_now());
  if (!own) return std::unexpected(own.error());
  if (own->is_new_authority) {
    print_error("liptako: {} {}\n  SHA-256 {}\n",
                say("autorité de certification du nœud :", "the node's certificate authority:"),
                folder + "/ca.crt",
                own->authority_sha256);
  }
  return Certificate{std::move(own->material),
                     std::move(own->authority_sha256),
                     own->ends,
                     std::move(own->left_out)};
}

void LiveNode::keep_certificate(Duration now) {
  if (!serves_tls_) return;
  if (!certificate_thread_) certificate_thread_ = std::make_unique<io::Background>();
  if (!certificate_thread_->idle()) return;
  if (looked_at_) {
    use_certificate(std::move(*looked_at_));
    looked_at_.reset();
  }
  if (now < next_certificate_) return;
  next_certificate_ = now + options_.certificate_every;
  certificate_thread_->run([this, config = machine(), folder = key_folder_] {
    looked_at_ = prepare_tls(config, folder);
  });
}

// One that was renewed, here or by whoever gave it, serves the next connection.
void LiveNode::use_certificate(Result<Certificate> found) {
  const bool is_another =
      found && found->material.certificate_chain != certificate_.material.certificate_chain;
  Result<void> used;
  if (!found) used = std::unexpected(found.error());
  if (is_another) used = server_->use_tls(found->material);
  if (!used) {
    if (told_certificate_ != used.error().message) {
      told_certificate_ = used.error().message;
      warn("le certificat du serveur n'est pas utilisable, l'ancien reste en service",
           "the server's certificate cannot be used, the one before still serves",
           told_certificate_);
    }
    return;
  }
  told_certificate_.clear();
  if (!is_another) return;
  keep_certificate_facts(*found);
  print_error("liptako: {} {}\n",
              say("certificat du serveur renouvelé, jusqu'au",
                  "the server's certificate was renewed, until"),
              base::to_rfc3339(certificate_.ends));
  tell_certificate();
}

void LiveNode::keep_certificate_facts(const Certificate& certificate) {
  certificate_ = certificate;
  certificate_.material.private_key = {};
}

std::string_view LiveNode::certificate_state() {
  const base::Timestamp now = clock_.utc_now();
  if (certificate_.ends <= now) return "ended";
  return certificate_.ends - now < kCertificateEndsSoon ? "ending" : "good";
}

// What a person must do something about, once each time it becomes so.
void LiveNode::tell_certificate() {
  if (!serves_tls_) return;
  const std::string_view state = certificate_state();
  if (std::exchange(certificate_state_, std::string(state)) != state && state != "good") {
    const bool has_ended = state == "ended";
    warn(has_ended ? "le certificat du serveur a expiré, aucun navigateur ne l'acceptera"
                   : "le certificat du serveur expire bientôt",
         has_ended ? "the server's certificate has expired, no browser will take it"
                   : "the server's certificate ends soon",
         fmt::format("{} ({})", certificate_.material.name, base::to_rfc3339(certificate_.ends)));
  }
  const std::string missing = fmt::format("{}", fmt::join(certificate_.missing_names, ", "));
  if (std::exchange(told_missing_, missing) != missing && !missing.empty()) {
    warn(
        "l'autorité de certification du nœud n'a pas été faite pour ces noms : retirer ca.key et "
        "ca.crt, redémarrer, et faire confiance à la nouvelle",
        "the node's certificate authority was not made for these names: remove ca.key and ca.crt, "
        "restart, and trust the new one",
        missing);
  }
}

Result<void> LiveNode::open_server(std::uint16_t port) {
  const node::NodeConfig& config = machine();
  io::HttpOptions http;
  http.address = loopback_only_ ? "127.0.0.1" : config.listen_address;
  http.port = port;
  http.api_prefixes = {"/api/", "/witness/"};
  if (!options_.console.empty()) http.mounts.push_back({"/", options_.console});
  if (door_->is_set_up()) {
    const std::string& folder = key_folder_;
    auto ready = prepare_tls(config, folder);
    if (!ready && server_) return std::unexpected(ready.error());
    if (!ready) {
      http.address = "127.0.0.1";
      warn("le certificat du serveur n'est pas utilisable, le nœud n'écoute que sur 127.0.0.1",
           "the server's certificate cannot be used, the node listens on 127.0.0.1 only",
           ready.error().message);
      if (!config.server.certificate.empty()) {
        node::NodeConfig own = config;
        own.server.certificate.clear();
        ready = prepare_tls(own, folder);
      }
    }
    if (ready) {
      http.tls = ready->material;
      keep_certificate_facts(*ready);
    }
    http.names = names_of(config);
    http.max_per_network = kConnectionsPerNetwork;
  } else if (!io::is_loopback_address(config.listen_address)) {
    http.address = "127.0.0.1";
    print_error(
        "liptako: ATTENTION : ce nœud n'est pas configuré pour ses utilisateurs ; il "
        "n'écoute que sur 127.0.0.1, et non sur {}\n"
        "liptako: WARNING: this node is not set up; it listens on 127.0.0.1 only, and not on "
        "{}\n",
        config.listen_address,
        config.listen_address);
  }
  // Two cannot listen on one port; what could be wrong with the new one is checked by now.
  server_.reset();
  auto server = io::HttpServer::start(*thread_, http, handlers());
  if (!server) {
    // An address that is not there, say: back to what served until now.
    if (port_ != 0 && !serves_tls_) {
      if (auto former = io::HttpServer::start(*thread_, serving_, handlers()))
        server_ = std::move(*former);
      allow_consoles();
    }
    return std::unexpected(server.error());
  }
  server_ = std::move(*server);
  if (port_ == 0) port_ = server_->port();
  door_->set_port(port_);
  serves_tls_ = http.tls.has_value();
  http.tls.reset();
  tell_certificate();
  serving_ = std::move(http);
  serving_.port = port_;
  return {};
}

std::string LiveNode::address() const {
  const std::string& listen = serving_.address;
  const bool elsewhere = serves_tls_ && listen != "0.0.0.0" && listen != "::";
  const std::string host = !elsewhere                              ? "127.0.0.1"
                           : listen.find(':') == std::string::npos ? listen
                                                                   : "[" + listen + "]";
  return fmt::format("{}://{}:{}/", serves_tls_ ? "https" : "http", host, port());
}

std::string LiveNode::setup_link() const {
  const std::string& token = door_->setup_token();
  return token.empty() ? "" : fmt::format("{}setup.html#token={}", address(), token);
}

void LiveNode::open_sources() {
  const auto& sources = node_->core().config().sources;
  open_.resize(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (open_[i]) continue;
    open_[i] = sources[i];
    const base::SourceId id{static_cast<std::uint16_t>(i)};
    const auto source_options = options_of(bound_here(sources[i]));
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
  if (serve_anew_at_ && now_monotonic >= *serve_anew_at_) {
    serve_anew_at_.reset();
    if (auto serving = open_server(port_); serving) {
      print_error("liptako: {} {}\n", say("console :", "console:"), address());
      allow_consoles();
    } else {
      warn("la console reste à son ancienne adresse, nouvel essai dans une minute",
           "the console stays where it was, tried again in a minute",
           serving.error().message);
      serve_anew_at_ = now_monotonic + kServeAgainAfter;
    }
  }
  if (standby_) keep_standby();
  if (is_in_charge() && now_monotonic >= next_tick_) {
    next_tick_ = now_monotonic + kTickEvery;
    tick();
  }
  if (now_monotonic >= next_publication_) {
    next_publication_ = now_monotonic + kPublishEvery;
    publish();
  }
  if (!is_former()) keep_record();  // whose record stays as it is
}

void LiveNode::take(std::span<const io::InboxItem> items) {
  arrivals_.clear();
  for (const io::InboxItem& item : items) {
    if (item.kind == io::ItemKind::command) {
      commands_.push_back(std::move(*item.command));
      continue;
    }
    arrivals_.push_back({entry_kind_of(item.kind),
                         item.source,
                         item.utc,
                         item.monotonic,
                         item.bytes,
                         clock_quality_});
  }
  if (arrivals_.empty() || !is_in_charge()) return;
  find_cuts();
  (void)node_->take(arrivals_, cuts_);  // a failure is the node's to tell: record_trouble()
  if (history_) history_->take(*node_);
  const Duration done = clock_.monotonic_now();
  for (std::size_t i = 0; i < node_->taken(); ++i) {
    const record::EntryView& entry = arrivals_[i];
    if (entry.kind == record::EntryKind::datagram) node_->note_latency(done - entry.monotonic);
  }
  send_frames();
}

void LiveNode::find_cuts() {
  const auto& sources = node_->core().config().sources;
  cut_offsets_.clear();
  cut_ends_.clear();
  for (const record::EntryView& entry : arrivals_) {
    if (entry.kind == record::EntryKind::datagram && entry.source.value < sources.size() &&
        sources[entry.source.value].format == feeds::SourceFormat::asterix) {
      codec::asterix::append_record_cuts(entry.payload, cut_offsets_);
    }
    cut_ends_.push_back(cut_offsets_.size());
  }
  cuts_.clear();
  std::size_t begin = 0;
  for (const std::size_t end : cut_ends_) {
    cuts_.push_back(std::span(cut_offsets_).subspan(begin, end - begin));
    begin = end;
  }
}

void LiveNode::send_frames() {
  if (!options_.send_frame) return;
  for (const base::Bytes& part : node_->frames()) options_.send_frame(part);
}

void LiveNode::tick() {
  judge_clock();
  const record::EntryView entry = read_clock().entry(record::EntryKind::tick);
  (void)node_->take({&entry, 1});
  if (history_) history_->take(*node_);
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
    const auto updates = node_->updates_of(number);
    const auto findings = node_->findings_of(number);
    return command.reply(
        200,
        serve::track_json(
            publication->time, *view, {updates, findings}, publication->sensor_names));
  }
  if (command.name == "track_open") {  // without what is restricted
    const auto publication = publication_->get();
    const base::TrackNumber number{
        static_cast<std::uint32_t>(std::strtoul(command.body.c_str(), nullptr, 10))};
    const track::TrackView* view = publication->find(number);
    if (view == nullptr) return command.reply(404, serve::error_json("no such track"));
    return command.reply(
        200, serve::track_json(publication->time, *view, {}, publication->sensor_names));
  }
  if (command.name == "audit") return is_in_charge() ? note_audit(command) : note_look(command);
  const bool writes =
      command.name == "contact" || command.name == "act" || command.name == "config";
  if (writes && refuse_if_not_in_charge(command)) return;
  if (command.name == "contact") return note_contact(command);
  if (command.name == "fork") {
    node_->note_fork_refused(command.body);
    return command.reply(200, serve::accepted_json());
  }
  if (command.name == "log_disputed") {
    node_->note_log_disputed(command.body);
    return command.reply(200, serve::accepted_json());
  }
  if (command.name == "cosignatures") {
    const std::size_t size_end = command.body.find('\n');
    const auto size = seal::parse_tree_size(command.body.substr(0, size_end));
    if (size && size_end != std::string::npos)
      take_cosignatures(*size, std::string_view(command.body).substr(size_end + 1));
    return command.reply(200, serve::accepted_json());
  }
  if (command.name == "act") return obey_act(command);
  if (command.name == "serve_anew") {
    serve_anew_at_ = clock_.monotonic_now() + kServeAnewAfter;
    return command.reply(200, serve::accepted_json());
  }
  if (command.name == "config") return change_configuration(command);
  if (command.name == "history") {
    if (!history_ || !history_->ask(command.body, command.reply))
      command.reply(503, serve::error_json("no history, or too many ask for it"));
    return;
  }
  if (command.name == "config_text") return command.reply(200, node_->core().config_text());
  command.reply(404, serve::error_json("not found"));
}

Result<node::NodeConfig> LiveNode::check_configuration(std::string_view text) const {
  auto config = node_->check(text, "configuration");
  if (!config) return config;
  const node::NodeConfig& now = node_->core().config();
  // Before it is recorded: it would be in force at the next start, when nobody may be there.
  const bool is_other_certificate =
      config->server.certificate != now.server.certificate || config->server.key != now.server.key;
  if (is_other_certificate && !config->server.certificate.empty()) {
    if (auto ready = prepare_tls(*config, key_folder_); !ready)
      return std::unexpected(ready.error());
  }
  if (config->keys.roster != now.keys.roster && !config->keys.roster.empty()) {
    const auto roster = read_file(config->keys.roster, record::kMaxPayload);
    if (!roster) return std::unexpected(roster.error());
    if (auto note = charter::RosterNote::parse(*roster); !note) {
      return base::bad_input(fmt::format("{}: {}", config->keys.roster, note.error().message));
    }
  }
  return config;
}

void LiveNode::change_configuration(io::Command& command) {
  auto config = check_configuration(command.body);
  if (!config) return command.reply(400, serve::error_json(config.error().message));
  if (auto done = reconfigure(command.body); !done)
    return command.reply(500, serve::error_json(done.error().message));
  command.reply(200, serve::accepted_json());
}

void LiveNode::cosign(const io::HttpRequest& request, const io::HttpAnswer& answer) {
  witness_->take(request, answer);
}

void LiveNode::tell_fork(const WitnessDesk::Alarm& alarm) {
  door_->note({.kind = serve::AuditKind::witness,
               .address = alarm.address,
               .what = alarm.origin,
               .outcome = alarm.is_proved ? "fork_proved" : "fork_suspected"});
  if (!alarm.is_proved) return;
  print_error("liptako: {} {}\n",
              say("ATTENTION : contreseing refusé, ce journal raconte deux histoires :",
                  "WARNING: cosignature refused, this log tells two histories:"),
              alarm.origin);
  io::Command command{"fork", alarm.origin, [](int, const std::string&) {}};
  (void)inbox_->push_command(command);
}

void LiveNode::send_cosignatures(std::uint64_t size, const std::string& lines) {
  io::Command command{
      "cosignatures", fmt::format("{}\n{}", size, lines), [](int, const std::string&) {}};
  (void)inbox_->push_command(command);  // lost if too many wait: the witness is asked again
}

void LiveNode::tell_log_disputed(const std::string& witness, std::optional<std::uint64_t> held) {
  // In the status as every library's error is: English, with a code beside it.
  std::string why = held ? fmt::format(
                               "the witness {} has signed {} entries of this log, "
                               "which holds fewer: was the record restored or replaced?",
                               witness,
                               *held)
                         : fmt::format(
                               "the witness {} holds another history of this log, and "
                               "refuses to sign it",
                               witness);
  print_error("liptako: {} {}\n", say("ATTENTION :", "WARNING:"), explain(why));
  io::Command command{"log_disputed", std::move(why), [](int, const std::string&) {}};
  (void)inbox_->push_command(command);
}

void LiveNode::take_cosignatures(std::uint64_t size, std::string_view lines) {
  const auto taken = node_->add_cosignatures(size, lines, witnesses_);
  if (!taken)
    print_error("liptako: {}: {}\n", say("contreseing", "cosignature"), explain(taken.error()));
}

void LiveNode::write_cosignatures() {
  settle_log();
  if (auto work = node_->take_log_work(read_clock())) {
    const auto written = record::Log::write(*storage_, *work);
    node_->finish_log_work(std::move(*work), written);
  }
}

void LiveNode::use_keys() {
  Door::OtherKeys keys;
  for (const seal::VerifierKey& key : own_keys_) keys.barred.push_back(key.key);
  witnesses_ = node_->core().config().keys.witnesses;
  for (const seal::VerifierKey& key : witnesses_) keys.barred.push_back(key.key);
  const auto& in_force = node_->core().roster().in_force;
  bool may_witness = true;
  if (in_force) {
    const charter::Roster& roster = in_force->roster;
    std::erase_if(witnesses_, [&](const auto& key) { return roster.is_revoked(key); });
    may_witness = !roster.is_revoked(own_keys_[kOwnWitness]);
    warn_of_revoked_keys(roster);
  }
  // What a revoked key would cosign helps nobody.
  witness_->set_logs(may_witness ? witnesses_ : std::vector<seal::VerifierKey>());
  if (in_force) {
    for (const charter::RosterKey& line : in_force->roster.keys) {
      const bool is_operator = line.role == seal::KeyRole::operator_key;
      (is_operator ? keys.operators : keys.barred).push_back(line.key.key);
    }
    for (const charter::Revocation& line : in_force->roster.revoked)
      keys.barred.push_back(line.key.key);
  }
  door_->set_other_keys(std::move(keys));
}

void LiveNode::warn_of_revoked_keys(const charter::Roster& roster) {
  for (const seal::VerifierKey& key : std::span(own_keys_).first(kOwnKeys)) {
    if (!roster.is_revoked(key) || !told_revoked_.insert(key.text()).second) continue;
    warn("la liste des membres révoque une clé de ce nœud, à remplacer (docs/KEYS.md)",
         "the roster revokes a key of this node, to be replaced (docs/KEYS.md)",
         key.name);
  }
}

void LiveNode::note_audit(io::Command& command) {
  const record::EntryView entry =
      read_clock().entry(record::EntryKind::audit, bytes_of(command.body));
  const bool written = node_->take({&entry, 1}).has_value();
  command.reply(written ? 200 : 503, serve::accepted_json());
  if (server_) server_->wake();  // a stream may have waited for it
}

void LiveNode::note_contact(io::Command& command) {
  const record::EntryView entry =
      read_clock().entry(record::EntryKind::document, bytes_of(command.body));
  settle_sync();
  Result<void> written = node_->take({&entry, 1});
  if (written) written = node_->sync();
  command.reply(written ? 200 : 503, serve::accepted_json());
}

// Checks, writes, obeys: in this order, so that what was obeyed is in the record.
void LiveNode::obey_act(io::Command& command) {
  const auto refuse = [&](int status, std::string_view reason, std::string_view words) {
    command.reply(status, serve::refusal_json(reason, words));
  };
  const auto payload = charter::read_act_payload(bytes_of(command.body));
  if (!payload) return refuse(400, "bad_note", "not a note and its body");
  const node::Core& core = node_->core();
  const node::Stamp stamp = read_clock();
  std::vector<charter::ActSigner> signers = door_->signers();
  if (const auto& in_force = core.roster().in_force)
    signers = charter::without_revoked(std::move(signers), in_force->roster);
  auto weight = charter::ActWeight::ordinary;
  // Of one that is no configuration, nothing is lost; check_act() says what is wrong with it.
  if (const auto next = node_->check(text_of(payload->body), "configuration");
      next && node::weighs_heavily(core.config(), *next)) {
    weight = charter::ActWeight::heavy;
  }
  const auto accepted = core.acts().check(
      payload->note, payload->body, signers, core.config().name, stamp.utc, weight);
  if (!accepted) {
    const std::string_view reason = charter::name_of(accepted.error());
    return refuse(accepted.error() == charter::ActRefusal::busy ? 503 : 403,
                  reason,
                  fmt::format("the act is refused: {}", reason));
  }
  const charter::ActKind kind = accepted->act.kind;
  const std::string body = text_of(payload->body);
  using charter::ActKind;
  // Accounts change one act at a time, from the check on: what is in the record can be obeyed.
  const bool claims = lane_of(kind) == ActLane::accounts;
  if (claims && !door_->claim_change())
    return refuse(503, "busy", "another change of the accounts is being written");
  const auto release = [&] {
    if (claims) door_->release_change();
  };
  if (auto possible = check_act(kind, body); !possible) {
    release();
    return refuse(409, "refused_act", possible.error().message);
  }
  const record::EntryView entry = stamp.entry(record::EntryKind::act, bytes_of(command.body));
  settle_sync();
  Result<void> written = unfinished_->begin(accepted->act, command.body);
  if (written) written = node_->take({&entry, 1});
  if (written) written = node_->sync();
  const auto end = [unfinished = unfinished_, act = accepted->act] { unfinished->end(act); };
  if (!written) {
    release();
    end();
    return refuse(503, "busy", written.error().message);
  }
  const auto answer = [end, reply = command.reply](const io::HttpResponse& response) {
    end();
    reply(response.status, response.body);
  };
  switch (kind) {
    case ActKind::account_add:
    case ActKind::account_remove:
    case ActKind::account_role:
      return door_->obey_account_act(kind, body, answer);
    case ActKind::configuration:
      written = reconfigure(body);
      break;
    case ActKind::hold_set:
    case ActKind::hold_lift:
      written = obey_hold(kind, body, accepted->persons);
      break;
    case ActKind::roster:
      written = obey_roster(body);
      break;
    case ActKind::erase_personal:
      return door_->obey_erasure(body, answer);
  }
  end();
  if (!written) return refuse(500, "refused_act", written.error().message);
  command.reply(200, serve::obeyed_json(charter::name_of(kind)));
}

Result<void> LiveNode::obey_roster(const std::string& body) {
  const record::EntryView document =
      read_clock().entry(record::EntryKind::document, bytes_of(body));
  Result<void> written = node_->take({&document, 1});
  if (written) written = node_->sync();
  use_keys();
  return written;
}

void LiveNode::finish_acts() {
  for (const std::string& left : unfinished_->left()) {
    const auto payload = charter::read_act_payload(bytes_of(left));
    const auto note = payload ? seal::parse_note(payload->note) : base::bad_input("not an act");
    const auto act = note ? charter::parse_act(note->text) : base::bad_input("not an act");
    if (!act || act->body != seal::sha256(payload->body)) continue;  // no node wrote it so
    const std::string body = text_of(payload->body);
    // One that is not in the record was never accepted, whoever sent it was not told that it was.
    if (node_->core().acts().has_accepted(act->nonce) && !is_obeyed(act->kind, body)) {
      const Result<void> done = finish_act(act->kind, body, *note);
      warn(done ? "le nœud s'est arrêté au milieu d'un acte enregistré ; il vient d'être exécuté "
                  "(invitation à demander par un nouvel acte)"
                : "le nœud s'est arrêté au milieu d'un acte enregistré, qui reste sans effet ; à "
                  "signer de nouveau",
           done ? "the node stopped in the middle of a recorded act; it has been obeyed now (an "
                  "invitation is to be asked for by another act)"
                : "the node stopped in the middle of a recorded act, which has no effect; sign it "
                  "anew",
           fmt::format("{}{}{}",
                       charter::name_of(act->kind),
                       done ? "" : ": ",
                       done ? "" : done.error().message));
      door_->note({.kind = serve::AuditKind::act,
                   .what = fmt::format("act {}", charter::name_of(act->kind)),
                   .outcome = done ? "finished_later" : "unfinished"});
    }
  }
  unfinished_->clear();
}

bool LiveNode::is_obeyed(charter::ActKind kind, const std::string& body) const {
  using charter::ActKind;
  switch (kind) {
    case ActKind::account_add:
    case ActKind::account_remove:
    case ActKind::account_role:
      return door_->has_obeyed(kind, body);
    case ActKind::configuration:
      return node_->core().config_text() == body;
    case ActKind::hold_set:
    case ActKind::hold_lift: {
      const auto json = serve::JsonObject::parse(body);
      const auto holds = record::list_holds(*storage_);
      if (!json || !holds) return false;
      const auto known =
          std::ranges::find(*holds, json->text("id").value_or(""), &record::Hold::id);
      return known != holds->end() && (kind == ActKind::hold_set || !known->stands());
    }
    case ActKind::roster: {
      const auto next = charter::RosterNote::parse(body);
      const auto& in_force = node_->core().roster().in_force;
      return next && in_force && next->hash == in_force->hash;
    }
    case ActKind::erase_personal:
      return true;  // Door::erase_recorded() has seen to it
  }
  return true;
}

Result<void> LiveNode::finish_act(charter::ActKind kind,
                                  const std::string& body,
                                  const seal::Note& note) {
  using charter::ActKind;
  const bool claims = lane_of(kind) == ActLane::accounts;
  if (claims && !door_->claim_change()) return base::world_failed("the accounts are at work");
  if (auto possible = check_act(kind, body); !possible) {
    if (claims) door_->release_change();
    return possible;
  }
  switch (kind) {
    case ActKind::account_add:
    case ActKind::account_remove:
    case ActKind::account_role: {
      std::promise<int> answered;
      door_->obey_account_act(kind, body, [&](const io::HttpResponse& response) {
        answered.set_value(response.status);
      });
      if (answered.get_future().get() == 200) return {};
      return base::world_failed("the accounts cannot be written");
    }
    case ActKind::configuration:
      return reconfigure(body);
    case ActKind::hold_set:
    case ActKind::hold_lift: {
      std::vector<std::string> persons;
      for (const seal::NoteSignature& line : note.signatures) persons.push_back(line.key_name);
      return obey_hold(kind, body, persons);
    }
    case ActKind::roster:
      return obey_roster(body);
    case ActKind::erase_personal:
      break;
  }
  return base::bad_input("nothing to be done");
}

// Whether it could be obeyed now: an act that cannot is not written.
Result<void> LiveNode::check_act(charter::ActKind kind, const std::string& body) const {
  using charter::ActKind;
  switch (kind) {
    case ActKind::account_add:
    case ActKind::account_remove:
    case ActKind::account_role:
      return door_->check_account_act(kind, body);
    case ActKind::configuration:
      if (auto config = check_configuration(body); !config) return std::unexpected(config.error());
      return {};
    case ActKind::hold_set:
    case ActKind::hold_lift: {
      const auto json = serve::JsonObject::parse(body);
      if (!json || !json->only({"id", "reason"}) || !json->text("reason") ||
          !record::is_hold_id(json->text("id").value_or(""))) {
        return base::bad_input("the body is not {\"id\",\"reason\"}");
      }
      const auto holds = record::list_holds(*storage_);
      if (!holds) return std::unexpected(holds.error());
      const auto known = std::ranges::find(*holds, *json->text("id"), &record::Hold::id);
      if (kind == ActKind::hold_set && known != holds->end())
        return base::bad_input("a hold of this name was set before");
      const bool can_lift = known != holds->end() && known->readable && known->stands();
      if (kind == ActKind::hold_lift && !can_lift)
        return base::bad_input("no hold of this name stands");
      return {};
    }
    case ActKind::roster: {
      const auto next = charter::RosterNote::parse(body);
      if (!next) return std::unexpected(next.error());
      const auto& in_force = node_->core().roster().in_force;
      const auto verdict = charter::judge_succession(in_force ? &*in_force : nullptr, *next);
      if (verdict != charter::RosterVerdict::takes_force)
        return base::bad_input(fmt::format("the roster: {}", charter::name_of(verdict)));
      return {};
    }
    case ActKind::erase_personal:
      return door_->check_erasure(body);
  }
  return base::bad_input("unknown act");
}

Result<void> LiveNode::obey_hold(charter::ActKind kind,
                                 const std::string& body,
                                 const std::vector<std::string>& persons) {
  const auto json = serve::JsonObject::parse(body);
  if (!json) return base::bad_input("not a hold");
  record::HoldAct act;
  act.time = clock_.utc_now();
  for (const std::string& person : persons) act.by += (act.by.empty() ? "" : ", ") + person;
  act.reason = json->text("reason").value_or("");
  const std::string_view id = json->text("id").value_or("");
  return kind == charter::ActKind::hold_set ? record::set_hold(*storage_, id, act)
                                            : record::lift_hold(*storage_, id, act);
}

Result<void> LiveNode::reconfigure(std::string_view text) {
  auto config = check_configuration(text);
  if (!config) return std::unexpected(config.error());
  // Nothing that a source of the old configuration still pushes may be taken for one of the new.
  close_sources(*config);
  settle_sync();
  take(inbox_->pop(Duration::zero()));
  auto done = node_->reconfigure(text, "configuration", read_clock());
  open_sources();
  allow_consoles();
  use_keys();
  next_certificate_ = {};  // it may name another
  next_common_ = {};
  publish();
  return done;
}

void LiveNode::allow_consoles() {
  std::vector<std::string> consoles;
  for (const node::FederationMember& m : node_->core().config().federation.members) {
    if (!m.console.empty()) consoles.push_back(m.console);
  }
  if (server_) server_->allow_frames(std::move(consoles));
}

void LiveNode::publish() {
  const node::Stamp stamp = read_clock();
  const bool common_due = stamp.monotonic >= next_common_;
  if (common_due) node_->refresh_common();
  const auto views = node_->picture(stamp.utc);
  tell_certificate();
  const serve::NodeStatus status = this->status(stamp);
  entries_ = status.entries;
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

serve::NodeStatus LiveNode::status() { return status(read_clock()); }

serve::NodeStatus LiveNode::status(const node::Stamp& now) {
  serve::NodeStatus status = node_->status(now);
  tell_standby(status);
  tell_keys(status);
  if (serves_tls_) {
    status.certificate = serve::CertificateStatus{.state = std::string(certificate_state()),
                                                  .ends = certificate_.ends,
                                                  .own = !certificate_.authority_sha256.empty(),
                                                  .missing_names = certificate_.missing_names};
  }
  return status;
}

void LiveNode::tell_keys(serve::NodeStatus& status) const {
  if (!status.log) return;
  // Those that count no more count for nothing they signed before either.
  std::erase_if(status.log->cosigned_by, [&](const serve::CosignedBy& one) {
    return std::ranges::find(witnesses_, one.key, &seal::VerifierKey::name) == witnesses_.end();
  });
  const auto& in_force = node_->core().roster().in_force;
  if (status.log->trouble.empty() && in_force && in_force->roster.is_revoked(own_keys_[kOwnLog])) {
    status.log->trouble =
        say("la clé de ce journal est révoquée : personne ne croit ce qu'il signe",
            "the key of this log is revoked: nobody believes what it signs");
  }
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
    } else if (now_monotonic >= next_retirement_) {
      next_retirement_ = now_monotonic + kRetireEvery;
      snapshot_thread_->run([this, work = node_->retention_work(read_clock())] {
        retention_found_ = record::work_on_retention(*storage_, work);
      });
    }
  }
  if (log_thread_->idle()) {
    settle_log();
    log_work_ = node_->take_log_work(read_clock());
    if (log_work_) {
      log_thread_->run([this] { log_written_ = record::Log::write(*storage_, *log_work_); });
    }
  }
  keep_history(now_monotonic);
  keep_certificate(now_monotonic);
  tell_trouble();
}

void LiveNode::settle_log() {
  log_thread_->wait_until_idle();
  if (!log_work_) return;
  node_->finish_log_work(std::move(*log_work_), log_written_);
  log_work_.reset();
}

void LiveNode::end_record(bool signs) {
  if (!log_thread_ || std::exchange(record_ended_, true)) return;
  settle_sync();
  settle_snapshot();
  settle_log();
  if (is_former()) return;
  if (is_in_charge() && !node_->stop(read_clock()))
    return;  // the next start will say what it finds
  if (!signs) return;
  if (auto work = node_->take_log_work(read_clock(), true)) {
    const auto written = record::Log::write(*storage_, *work);
    node_->finish_log_work(std::move(*work), written);
  }
}

void LiveNode::keep_history(Duration now) {
  if (!history_) return;
  history_->turn(now, clock_.utc_now() - node_->core().config().retain);
  if (const auto trouble = history_->take_trouble()) {
    print_error(
        "liptako: {}: {}\n", say("historique dégradé", "history degraded"), explain(*trouble));
  }
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
  // What stands in the way is for `liptako record retire` to tell.
  // A standby deletes what the record says is deleted, and says nothing itself.
  if (retention_found_ && *retention_found_ && is_in_charge())
    (void)node_->finish_retention(**retention_found_, read_clock());
  retention_found_.reset();
}

void LiveNode::tell_trouble() {
  if (const auto trouble = node_->record_trouble()) {
    well_since_.reset();
    if (!told_.insert(trouble->part).second) return;
    print_error("liptako: {}: {}\n",
                trouble->part == node::RecordTrouble::Part::log
                    ? say("rien n'est plus scellé", "nothing is sealed any more")
                    : say("enregistrement dégradé", "record degraded"),
                explain(trouble->error));
    return;
  }
  if (told_.empty()) return;
  const Duration now = clock_.monotonic_now();
  if (!well_since_) well_since_ = now;
  if (now - *well_since_ < kWellAgain) return;
  told_.clear();
  print_error("liptako: {}\n",
              fmt::format(fmt::runtime(say("enregistrement rétabli, {} arrivées perdues",
                                           "record well again, {} arrivals lost")),
                          node_->lost_arrivals()));
}

void LiveNode::settle() {
  take(inbox_->pop(Duration::zero()));
  node_->refresh_common();
}

Duration LiveNode::helpers_cpu() const {
  const Duration history = history_ ? history_->cpu_time() : Duration::zero();
  return thread_->cpu_time() + sync_thread_->cpu_time() + snapshot_thread_->cpu_time() + history;
}

void LiveNode::close() {
  close_sources({});
  take(inbox_->pop(Duration::zero()));
  // What was asked too late is refused: obeying it could open sources again.
  for (io::Command& command : commands_)
    command.reply(503, serve::error_json("the node is stopping"));
  commands_.clear();
  server_.reset();
  if (history_) history_->close();
  end_record();
  part_from_standby();
  if (!is_former() && node_->sync())
    node_->finish_snapshot(record::write_snapshot(*storage_, node_->snapshot()));
  tell_trouble();
}

io::HttpHandlers LiveNode::handlers() {
  io::HttpHandlers handlers;
  handlers.api = [this](io::HttpRequest request, io::HttpAnswer answer) {
    door_->take(
        std::move(request),
        std::move(answer),
        [this](const Visitor& visitor,
               serve::Resource resource,
               io::HttpRequest asked,
               const io::HttpAnswer& reply) { serve(visitor, resource, std::move(asked), reply); });
  };
  handlers.wait = [this](const std::string& address) { return door_->wait_of(address); };
  handlers.foreign = [this](const io::HttpRequest& request) { door_->note_foreign(request); };
  const auto stream_of = [this](const io::HttpRequest& request,
                                const auto& publication,
                                const auto& trails) -> io::StreamOpening {
    Door::Admitted admitted = door_->admit_stream(request);
    if (admitted.refusal != 0) return {.refusal = admitted.refusal};
    auto source = [publication,
                   trails,
                   look = std::move(admitted.look),
                   sees_sources = admitted.visitor.rights.has(serve::Right::see_sources),
                   client = std::optional<serve::ClientView>()](base::Bytes& message) mutable {
      if (look && *look == Door::Look::unwritten) return false;
      if (!client) client.emplace(sees_sources && (!look || *look == Door::Look::written));
      const auto shown = publication->get();
      const auto past = trails->get();
      return shown != nullptr && client->next(*shown, past.get(), message);
    };
    return {.source = std::move(source), .stands = std::move(admitted.stands)};
  };
  handlers.open_stream =
      [stream_of, publication = publication_, trails = trails_](const io::HttpRequest& request) {
        return stream_of(request, publication, trails);
      };
  handlers.open_common_stream = [stream_of,
                                 publication = common_publication_,
                                 trails = common_trails_](const io::HttpRequest& request) {
    if (!publication->get()) return io::StreamOpening();
    return stream_of(request, publication, trails);
  };
  return handlers;
}

void LiveNode::serve(const Visitor& visitor,
                     serve::Resource resource,
                     io::HttpRequest request,
                     const io::HttpAnswer& answer) {
  const serve::ApiPath path = serve::parse_api_path(request.path);
  const auto shown = publication_->get();
  const auto json = [&](std::string body) { answer({.body = std::move(body)}); };
  const auto refuse = [&](int status, std::string_view why) {
    answer({.status = status, .body = serve::error_json(why)});
  };
  const auto ask_owner = [&](std::string name, std::string body, const std::string& type) {
    io::Command command{
        std::move(name), std::move(body), [answer, type](int status, std::string text) {
          answer({.status = status,
                  .content_type = status == 200 ? type : "application/json",
                  .body = std::move(text)});
        }};
    if (!inbox_->push_command(command)) refuse(503, "too many requests wait");
  };
  using serve::Resource;
  switch (resource) {
    case Resource::status:
      return json(visitor.rights.has(serve::Right::see_sources) ? shown->status_json
                                                                : shown->open_status_json);
    case Resource::tracks:
      return json(serve::tracks_json(shown->time, shown->tracks, shown->sensor_names));
    case Resource::track: {
      if (path.kind != serve::ApiPath::Kind::track) return refuse(404, "no such track");
      const bool explains = visitor.rights.has(serve::Right::see_explanations);
      return ask_owner(
          explains ? "track" : "track_open", std::to_string(path.track.value), "application/json");
    }
    case Resource::common:
    case Resource::common_track: {
      const auto common = common_->get();
      if (!common) return refuse(404, "no federation");
      if (resource == Resource::common) return json(serve::common_json(*common));
      const serve::CommonTrack* track = path.kind == serve::ApiPath::Kind::common_track
                                            ? common->find(path.common_track)
                                            : nullptr;
      if (track == nullptr) return refuse(404, "no such track");
      return json(serve::common_track_json(*common, *track));
    }
    case Resource::config:
      return ask_owner("config_text", "", "application/toml");
    case Resource::set_config:
      return ask_owner("config", std::move(request.body), "application/json");
    case Resource::history:
      return ask_owner("history", std::move(request.query), "application/json");
    case Resource::witness:
      return cosign(request, answer);
    case Resource::openapi:
      return json(std::string(serve::openapi_document()));
    default:
      return refuse(404, "no such resource");
  }
}

}  // namespace liptako::app
