// The demonstration: a simulated nation's sensors send their real formats into a real node, whose
// console is served.
#include <fmt/format.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>

#include "app/commands.hpp"
#include "app/files.hpp"
#include "app/live_node.hpp"
#include "app/words.hpp"
#include "sim/configuration.hpp"
#include "sim/world.hpp"

namespace liptako::app {
namespace {

constexpr std::size_t kMaxScenarioSize = 1 << 20;
constexpr base::Duration kStep = std::chrono::milliseconds(20);
constexpr base::Duration kProgressEvery = std::chrono::seconds(10);

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

}  // namespace

int run_demo(const DemoOptions& options, const std::atomic<bool>& stop) {
  const std::string file =
      options.scenario.empty() ? find_shipped("scenarios/demo.toml") : options.scenario;
  if (file.empty())
    return report({base::ErrorKind::world, "scenarios/demo.toml is not where it was shipped"});
  auto text = read_file(file, kMaxScenarioSize);
  if (!text) return report(text.error());
  auto scenario = sim::load_scenario(*text, file);
  if (!scenario) return report(scenario.error());

  io::SystemClock clock;
  sim::World world(*scenario, options.seed, clock.utc_now());
  if (world.sources().empty())
    return report({base::ErrorKind::bad_input, fmt::format("{}: no sensor", file)});
  const std::string name = world.sources()[0].node;
  const TemporaryFolder temporary;
  const std::string folder = options.record.empty() ? temporary.path : options.record;
  if (folder.empty()) return report({base::ErrorKind::world, "no temporary folder can be made"});

  LiveNodeOptions live_options;
  live_options.config_text = sim::configuration_for(world, name);
  live_options.config_name = "demo";
  live_options.record = (std::filesystem::path(folder) / name).string();
  live_options.port = options.port;
  live_options.console = options.console.empty() ? find_shipped("web") : options.console;
  live_options.build = build_identity();
  auto started = LiveNode::start(live_options);
  if (!started) return report(started.error());
  LiveNode& live = **started;
  fmt::print("{}\n",
             fmt::format(fmt::runtime(
                             say("Liptako, démonstration : nœud {}, {} capteurs simulés, graine {}",
                                 "Liptako demonstration: node {}, {} simulated sensors, seed {}")),
                         name,
                         world.sources().size(),
                         options.seed));
  fmt::print("{} http://127.0.0.1:{}/\n", say("Console :", "Console:"), live.port());
  if (live_options.console.empty()) {
    fmt::print("{}\n",
               say("(console non construite : API seule)", "(console not built: API only)"));
  }
  std::fflush(stdout);

  const base::Duration start = clock.monotonic_now();
  std::atomic<bool> ended = false;
  io::Background driver;
  driver.run([&] {
    base::Duration next_progress = start + kProgressEvery;
    while (!stop && !ended) {
      const base::Duration now = clock.monotonic_now();
      if (options.seconds && now - start >= base::seconds(*options.seconds)) break;
      world.advance(std::max(world.now(), clock.utc_now()), [&](const sim::Emission& e) {
        (void)live.inbox().push_datagram(base::SourceId{e.source}, e.datagram);
      });
      if (now >= next_progress && !options.json) {
        next_progress = now + kProgressEvery;
        fmt::print("{:>6.0f} s\n", base::to_seconds(now - start));
        std::fflush(stdout);
      }
      io::pause_for(kStep);
    }
    ended = true;
  });
  live.run(ended);
  live.close();
  const double seconds = base::to_seconds(clock.monotonic_now() - start);

  const serve::NodeStatus status = live.node().status(live.read_clock());
  const std::string hash = seal::to_hex(live.node().core().hash());
  const double p50 = milliseconds(status.latency_p50), p99 = milliseconds(status.latency_p99);
  if (options.json) {
    fmt::print(
        "{{\"nodes\":[{{\"name\":{},\"plots\":{},\"tracks\":{},\"sources\":{},\"bytes_in\":{},"
        "\"latency_ms\":{{\"p50\":{:.3f},\"p99\":{:.3f}}},\"hash\":\"{}\"}}],\"seconds\":{:.1f}}}"
        "\n",
        in_json(name),
        status.plots,
        status.tracks,
        status.sources.size(),
        status.bytes_in,
        p50,
        p99,
        hash,
        seconds);
  } else {
    fmt::print(
        "{}\n",
        fmt::format(
            fmt::runtime(say("{:.0f} s : {} plots, {} pistes, {} octets reçus ; réception à piste "
                             "{:.1f} ms (médiane), {:.1f} ms (99 %) ; empreinte {}",
                             "{:.0f} s: {} plots, {} tracks, {} bytes received; reception to track "
                             "{:.1f} ms (median), {:.1f} ms (99 %); hash {}")),
            seconds,
            status.plots,
            status.tracks,
            status.bytes_in,
            p50,
            p99,
            hash));
  }
  std::fflush(stdout);
  return live.failed_to_record() ? kWorldFailed : kDone;  // it was told as it happened
}

}  // namespace liptako::app
