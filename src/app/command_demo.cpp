// The demonstration: simulated nations' sensors send their real formats into real nodes, which
// exchange what they publish and whose consoles are served.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/commands.hpp"
#include "app/exchange.hpp"
#include "app/files.hpp"
#include "app/key_folder.hpp"
#include "app/live_node.hpp"
#include "app/scenario_file.hpp"
#include "app/terminal.hpp"
#include "app/witness_round.hpp"
#include "app/words.hpp"
#include "io/cpu_time.hpp"
#include "sim/configuration.hpp"
#include "sim/federation_text.hpp"
#include "sim/world.hpp"

namespace liptako::app {
namespace {

using base::Result;

constexpr base::Duration kStep = std::chrono::milliseconds(20);
constexpr base::Duration kProgressEvery = std::chrono::seconds(10);
constexpr base::Duration kWitnessEvery = std::chrono::seconds(5);
// At rest: for how many frames a lost one is waited for. Every fifth is a keyframe.
constexpr int kRounds = 12;
constexpr std::size_t kLastPort = 65'535;

struct TemporaryFolder {
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-demo-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string path;
};

double milliseconds(std::optional<base::Duration> d) {
  return d ? base::to_seconds(*d) * 1e3 : 0.0;
}

std::string address_of(const LiveNode& node) {
  return fmt::format("http://127.0.0.1:{}/", node.port());
}

// One nation: its node, and the thread that runs it.
struct Nation {
  std::string name;
  std::optional<NodeKeys> keys;
  std::unique_ptr<LiveNode> node;
  base::Duration cpu{};  // of the owner's thread
  // What a record that goes on brought along: not of this run.
  std::uint64_t plots_before = 0;
  std::uint64_t bytes_before = 0;
  std::unique_ptr<io::Background> thread;
};

class Demo {
 public:
  Demo(const DemoOptions& options, const std::atomic<bool>& stop)
      : options_(options), stop_(stop) {}

  Result<void> start();
  int run();

 private:
  [[nodiscard]] Result<sim::Scenario> scenario() const;
  [[nodiscard]] std::string configuration(std::size_t nation) const;
  // Made before the nodes start: each witnesses the others' logs.
  [[nodiscard]] Result<void> make_keys(const std::string& folder);
  void announce() const;
  // Feeds the nations until the end is asked for or reached.
  void drive();
  // Nothing is measured any more: what is under way arrives, until all hold the same.
  void come_to_rest();
  [[nodiscard]] bool all_agree();
  // The logs' newest checkpoints are cosigned by those whose links are up, beside the rest.
  void begin_witness_round();
  // What the records ended with, by all.
  void witness_the_end();
  [[nodiscard]] bool report_results();

  const DemoOptions& options_;
  const std::atomic<bool>& stop_;
  io::SystemClock clock_;
  std::optional<TemporaryFolder> temporary_;
  std::optional<sim::World> world_;
  std::vector<Nation> nations_;
  std::vector<std::size_t> nation_of_source_;
  std::optional<Exchange> exchange_;
  std::optional<WitnessRound> witnesses_;
  std::unique_ptr<io::Background> witness_thread_;
  std::atomic<bool> ended_ = false;
  base::Duration started_{};
  double seconds_ = 0.0;
};

Result<sim::Scenario> Demo::scenario() const {
  std::string file = options_.scenario;
  if (file.empty()) {
    const std::string name = options_.tier == Tier::nominal ? "scenarios/sahel24.toml"
                             : options_.tier == Tier::surge ? "scenarios/sahel24-surge.toml"
                                                            : "scenarios/sahel24-benchmark.toml";
    file = find_shipped(name);
    if (file.empty()) return base::world_failed(name + " is not where it was shipped");
  }
  return read_scenario(file);
}

std::string Demo::configuration(std::size_t nation) const {
  std::vector<std::string> consoles;
  for (const Nation& n : nations_) {
    if (n.node) consoles.push_back(address_of(*n.node));
  }
  std::string witnesses;
  for (const Nation& n : nations_) {
    if (&n == &nations_[nation]) continue;
    witnesses += fmt::format(
        "  \"{}\",\n  \"{}\",\n", n.keys->log.verifier().text(), n.keys->witness.verifier().text());
  }
  return sim::configuration_for(*world_, nations_[nation].name) +
         sim::federation_for(world_->scenario(), nations_[nation].name, consoles) +
         fmt::format("\n[keys]\nwitnesses = [\n{}]\n", witnesses);
}

Result<void> Demo::make_keys(const std::string& folder) {
  std::string members;
  for (Nation& n : nations_) {
    node::NodeConfig config;
    config.name = n.name;
    const std::string record = (std::filesystem::path(folder) / n.name).string();
    auto keys = open_or_make_keys(node::key_folder_of(config, record), node::authority_of(config));
    if (!keys) return std::unexpected(keys.error());
    n.keys = std::move(*keys);
    members += n.keys->log.verifier().text() + "\n" + n.keys->witness.verifier().text() + "\n";
  }
  const std::string path = (std::filesystem::path(folder) / "members.pub").string();
  std::ofstream file(path, std::ios::trunc);
  file << members;
  file.close();
  if (!file) return base::world_failed(path + ": cannot be written");
  return {};
}

Result<void> Demo::start() {
  auto loaded = scenario();
  if (!loaded) return std::unexpected(loaded.error());
  const base::Timestamp now = clock_.utc_now();
  world_.emplace(*loaded, options_.seed, now);
  if (world_->sources().empty()) return base::bad_input(fmt::format("{}: no sensor", loaded->name));
  std::string folder = options_.record;
  if (folder.empty()) {
    temporary_.emplace();
    folder = temporary_->path;
  }
  if (folder.empty()) return base::world_failed("no temporary folder can be made");

  const auto& members = world_->scenario().members;
  if (options_.port != 0 && options_.port + members.size() - 1 > kLastPort) {
    return std::unexpected(
        base::Error{base::ErrorKind::usage,
                    fmt::format("--port: {} consoles need ports {}..{}, the last there is is {}",
                                members.size(),
                                options_.port,
                                options_.port + members.size() - 1,
                                kLastPort)});
  }
  for (const std::string& name : members) nations_.emplace_back().name = name;
  for (const sim::SourceInfo& source : world_->sources()) {
    const auto found = std::find(members.begin(), members.end(), source.node);
    nation_of_source_.push_back(static_cast<std::size_t>(found - members.begin()));
  }
  if (auto made = make_keys(folder); !made) return made;
  std::vector<io::Inbox*> inboxes;
  for (std::size_t i = 0; i < nations_.size(); ++i) {
    LiveNodeOptions live;
    live.config_text = configuration(i);
    live.config_name = "demo";
    live.record = (std::filesystem::path(folder) / nations_[i].name).string();
    live.port =
        options_.port == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(options_.port + i);
    live.console = options_.console.empty() ? find_shipped("web") : options_.console;
    live.build = build_identity();
    live.send_frame = [this, i](base::ByteView part) {
      exchange_->send(sim::MemberIndex::of(i), part);
    };
    auto node = LiveNode::start(live);
    if (!node) return std::unexpected(node.error());
    nations_[i].node = std::move(*node);
    for (const std::string& remark : nations_[i].node->node().opened().remarks)
      print_error("liptako: {}: {}\n", nations_[i].name, explain(remark));
    inboxes.push_back(&nations_[i].node->inbox());
  }
  exchange_.emplace(world_->scenario(), options_.seed, now, std::move(inboxes));
  // Only now are all consoles' addresses known.
  for (std::size_t i = 0; i < nations_.size(); ++i) {
    if (auto done = nations_[i].node->reconfigure(configuration(i)); !done)
      return std::unexpected(done.error());
  }
  std::vector<LiveNode*> nodes;
  for (const Nation& n : nations_) nodes.push_back(n.node.get());
  witnesses_.emplace(std::move(nodes));
  witness_thread_ = std::make_unique<io::Background>();
  return {};
}

void Demo::begin_witness_round() {
  const std::size_t count = nations_.size();
  std::vector<bool> up(count * count);
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b)
      up[a * count + b] = a != b && exchange_->up(sim::MemberIndex::of(a), sim::MemberIndex::of(b));
  }
  witness_thread_->run([this, up = std::move(up), count] {
    witnesses_->go(
        [&](sim::MemberIndex a, sim::MemberIndex b) { return up[a.value * count + b.value]; },
        [](LiveNode& log, std::uint64_t size, const std::string& lines) {
          log.send_cosignatures(size, lines);
        });
  });
}

void Demo::witness_the_end() {
  witnesses_->go([](sim::MemberIndex, sim::MemberIndex) { return true; },
                 [](LiveNode& log, std::uint64_t size, const std::string& lines) {
                   log.take_cosignatures(size, lines);
                 });
  for (Nation& n : nations_) n.node->write_cosignatures();
}

void Demo::announce() const {
  std::string names;
  for (const Nation& n : nations_) names += (names.empty() ? "" : ", ") + n.name;
  print_out(
      "{}\n",
      fmt::format(
          fmt::runtime(say("Liptako, démonstration : {} nœuds ({}), {} sources simulées, graine {}",
                           "Liptako demonstration: {} nodes ({}), {} simulated sources, seed {}")),
          nations_.size(),
          names,
          world_->sources().size(),
          options_.seed));
  for (const Nation& n : nations_) {
    print_out("{} {}  {}\n", say("Console :", "Console:"), address_of(*n.node), n.name);
  }
  if (nations_.size() > 1) {
    print_out("{} {}mosaic.html\n",
              say("Quatre vues :", "Four views:"),
              address_of(*nations_.front().node));
  }
  if (options_.console.empty() && find_shipped("web").empty()) {
    print_out("{}\n", say("(console non construite : API seule)", "(console not built: API only)"));
  }
  std::fflush(stdout);
}

void Demo::drive() {
  base::Duration next_progress = started_ + kProgressEvery;
  base::Duration next_witness = started_ + kWitnessEvery;
  while (!stop_) {
    const base::Duration now = clock_.monotonic_now();
    if (options_.seconds && now - started_ >= base::seconds(*options_.seconds)) break;
    world_->advance(std::max(world_->now(), clock_.utc_now()), [&](const sim::Emission& e) {
      const sim::SourceInfo& source = world_->sources()[e.source];
      (void)nations_[nation_of_source_[e.source]].node->inbox().push_datagram(
          base::SourceId{source.index_at_node}, e.datagram);
    });
    exchange_->advance(clock_.utc_now());
    if (now >= next_witness && witness_thread_->idle()) {
      next_witness = now + kWitnessEvery;
      begin_witness_round();
    }
    if (now >= next_progress && !options_.json) {
      next_progress = now + kProgressEvery;
      print_out("{:>6.0f} s\n", base::to_seconds(now - started_));
      std::fflush(stdout);
    }
    io::pause_for(kStep);
  }
}

bool Demo::all_agree() {
  bool agree = true;
  for (Nation& n : nations_) {
    n.node->settle();
    agree = agree && n.node->node().common().hash == nations_.front().node->node().common().hash;
  }
  return agree;
}

void Demo::come_to_rest() {
  for (int round = 0; round < kRounds; ++round) {
    exchange_->drain(clock_.utc_now());
    if (all_agree() || !exchange_->all_up()) return;
    // A frame was lost on a link: each says again what it has.
    io::pause_for(std::chrono::milliseconds(1100));
    for (Nation& n : nations_) n.node->tick();
  }
  exchange_->drain(clock_.utc_now());
  (void)all_agree();
}

int Demo::run() {
  started_ = clock_.monotonic_now();
  announce();
  for (Nation& n : nations_) {
    const serve::NodeStatus before = n.node->node().status(n.node->read_clock());
    n.plots_before = before.plots;
    n.bytes_before = before.bytes_in;
    n.thread = std::make_unique<io::Background>();
    n.thread->run([this, &n] {
      n.node->run(ended_);
      n.cpu = io::cpu_time_of_this_thread();
    });
  }
  drive();
  witness_thread_->wait_until_idle();
  ended_ = true;
  for (Nation& n : nations_) n.thread->wait_until_idle();
  seconds_ = base::to_seconds(clock_.monotonic_now() - started_);
  come_to_rest();
  for (Nation& n : nations_) n.node->close();
  witness_the_end();
  return report_results() ? kDone : kWorldFailed;
}

bool Demo::report_results() {
  bool recorded = true;
  std::string json;
  for (const Nation& n : nations_) {
    const node::Node& node = n.node->node();
    const serve::NodeStatus status = node.status({clock_.utc_now(), clock_.monotonic_now()});
    const std::string hash = seal::to_hex(node.core().hash());
    const std::string& common_hash = node.common().hash;
    const double p50 = milliseconds(status.latency_p50), p99 = milliseconds(status.latency_p99);
    const double cpu = base::to_seconds(n.cpu + n.node->helpers_cpu()) / seconds_;
    const std::uint64_t plots = status.plots - n.plots_before;
    const double rate = static_cast<double>(plots) / seconds_;
    recorded = recorded && !n.node->failed_to_record();
    if (options_.json) {
      json += fmt::format(
          "{}{{\"name\":{},\"plots\":{},\"tracks\":{},\"sources\":{},\"bytes_in\":{},"
          "\"latency_ms\":{{\"p50\":{:.3f},\"p99\":{:.3f}}},\"plots_per_s\":{:.1f},"
          "\"cpu_cores\":{:.3f},\"hash\":\"{}\",\"common_hash\":\"{}\",\"common_tracks\":{}}}",
          json.empty() ? "" : ",",
          in_json(n.name),
          plots,
          status.tracks,
          status.sources.size(),
          status.bytes_in - n.bytes_before,
          p50,
          p99,
          rate,
          cpu,
          hash,
          common_hash,
          node.common().tracks.size());
      continue;
    }
    print_out("{}\n",
              fmt::format(
                  fmt::runtime(say(
                      "{} : {} plots ({:.0f}/s), {} pistes, {} communes ; réception à piste "
                      "{:.1f} ms (médiane), {:.1f} ms (99 %) ; {:.0f} % d'un cœur ; empreinte {}, "
                      "commune {}",
                      "{}: {} plots ({:.0f}/s), {} tracks, {} common; reception to track {:.1f} "
                      "ms (median), {:.1f} ms (99 %); {:.0f} % of a core; hash {}, common {}")),
                  n.name,
                  plots,
                  rate,
                  status.tracks,
                  node.common().tracks.size(),
                  p50,
                  p99,
                  cpu * 100.0,
                  hash.substr(0, 16),
                  common_hash.substr(0, 16)));
  }
  if (options_.json) print_out("{{\"nodes\":[{}],\"seconds\":{:.1f}}}\n", json, seconds_);
  std::fflush(stdout);
  return recorded;
}

}  // namespace

int run_demo(const DemoOptions& options, const std::atomic<bool>& stop) {
  Demo demo(options, stop);
  if (auto started = demo.start(); !started) return report(started.error());
  return demo.run();
}

}  // namespace liptako::app
