#include <fmt/format.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/files.hpp"
#include "app/live_node.hpp"
#include "app/terminal.hpp"
#include "app/terrain_file.hpp"
#include "app/words.hpp"

namespace liptako::app {
namespace {

constexpr std::size_t kMaxConfigSize = 60'000;

}  // namespace

int report(const base::Error& error) {
  print_error("liptako: {}\n", explain(error));
  switch (error.kind) {
    case base::ErrorKind::bad_input:
      return kInputAtFault;
    case base::ErrorKind::usage:
      return kUsage;
    case base::ErrorKind::world:
      return kWorldFailed;
  }
  return kWorldFailed;
}

int run_node(const NodeOptions& options, const std::atomic<bool>& stop) {
  auto text = read_file(options.config, kMaxConfigSize);
  if (!text) return report(text.error());
  // Once more by its own name: the node knows only the text.
  if (auto config = node::parse_config(*text, options.config); !config)
    return report(config.error());
  LiveNodeOptions live_options;
  live_options.config_text = *text;
  live_options.config_name = options.config;
  live_options.port = options.port;
  live_options.console = options.console.empty() ? find_shipped("web") : options.console;
  live_options.build = build_identity();
  live_options.terrain = find_shipped(kShippedTerrain);
  live_options.offers_setup = true;
  auto live = LiveNode::start(live_options);
  if (!live) return report(live.error());
  for (const std::string& remark : (*live)->node().opened().remarks)
    print_error("liptako: {}\n", explain(remark));
  print_out("{} {}\n", say("Console :", "Console:"), (*live)->address());
  if (const std::uint16_t port = (*live)->standby_port(); port != 0)
    print_out("{} :{}\n", say("Attend l'autre machine :", "Waits for the other machine:"), port);
  if (const std::string link = (*live)->setup_link(); !link.empty()) {
    print_out("{}\n  {}\n",
              say("Aucun compte : n'importe qui sur cette machine voit la situation aérienne. "
                  "Lien de mise en service, pour un seul usage, jusqu'à l'arrêt du nœud :",
                  "No account yet: whoever sits at this machine sees the air picture. Setup link, "
                  "for one use, until the node stops:"),
              link);
  }
  std::fflush(stdout);

  io::SystemClock clock;
  std::atomic<bool> ended = false;
  io::Background timer;
  timer.run([&] {
    const base::Duration start = clock.monotonic_now();
    while (!stop && !ended) {
      if (options.seconds && clock.monotonic_now() - start >= base::seconds(*options.seconds))
        break;
      io::pause_for(std::chrono::milliseconds(50));
    }
    ended = true;
  });
  (*live)->run(ended);
  (*live)->close();
  return (*live)->failed_to_record() ? kWorldFailed : kDone;  // it was told as it happened
}

}  // namespace liptako::app
