// soak [--seeds N] [--first SEED] [--plant NAME]: N seeds, one after the other. A violation is
// printed with its seed, and `soak --first SEED --seeds 1` finds it again.
// soak --bites: every planted bug must be found within a few hundred seeds.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string_view>

#include "sim/configuration.hpp"
#include "sim/scenario.hpp"
#include "sim/world.hpp"
#include "soak.hpp"

namespace liptako::soak {
namespace {

constexpr std::uint64_t kBiteSeeds = 400;

Traffic make_traffic() {
  std::ifstream in(std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/demo.toml");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto scenario = sim::load_scenario(text, "demo.toml");
  Traffic out;
  if (!scenario) {
    fmt::print(stderr, "soak: {}\n", scenario.error().message);
    return out;
  }
  const base::Timestamp start = *base::parse_rfc3339("2026-11-22T10:00:00Z");
  sim::World world(*scenario, 7, start);
  out.config = sim::configuration_for(world, "bamako");
  world.advance(start + std::chrono::seconds(20), [&](const sim::Emission& e) {
    out.datagrams.push_back({e.source, {e.datagram.begin(), e.datagram.end()}});
  });
  return out;
}

struct Options {
  std::uint64_t seeds = 1'000;
  std::uint64_t first = 0;
  Plant plant = Plant::none;
  bool bites = false;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--bites") {
      options.bites = true;
      continue;
    }
    if (i + 1 == argc) return false;
    const std::string_view value = argv[++i];
    const auto number = [&](std::uint64_t& out) {
      const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), out);
      return error == std::errc() && stop == value.data() + value.size();
    };
    if (name == "--seeds") {
      if (!number(options.seeds)) return false;
    } else if (name == "--first") {
      if (!number(options.first)) return false;
    } else if (name == "--plant") {
      bool known = false;
      for (int p = 0; p <= static_cast<int>(kLastPlant); ++p) {
        if (name_of(static_cast<Plant>(p)) != value) continue;
        options.plant = static_cast<Plant>(p);
        known = true;
      }
      if (!known) return false;
    } else {
      return false;
    }
  }
  return true;
}

// Seeds until the plant is found; none if it is not.
int prove_that_it_bites(const Traffic& traffic) {
  int missed = 0;
  for (int p = 1; p <= static_cast<int>(kLastPlant); ++p) {
    const auto plant = static_cast<Plant>(p);
    std::uint64_t seed = 0;
    std::vector<std::string> found;
    for (; seed < kBiteSeeds && found.empty(); ++seed)
      found = run_seed(seed, traffic, plant).violations;
    if (found.empty()) {
      fmt::print("MISSED {}: {} seeds found nothing\n", name_of(plant), kBiteSeeds);
      ++missed;
    } else {
      fmt::print("found {} at seed {}: {}\n", name_of(plant), seed - 1, found.front());
    }
  }
  return missed == 0 ? 0 : 1;
}

int run(const Options& options, const Traffic& traffic) {
  constexpr int kShown = 20;
  fmt::print("seeds {} to {}\n", options.first, options.first + options.seeds - 1);
  Marks marks;
  std::uint64_t violated = 0;
  for (std::uint64_t seed = options.first; seed < options.first + options.seeds; ++seed) {
    const Outcome outcome = run_seed(seed, traffic, options.plant);
    for (const auto& [mark, count] : outcome.marks) marks[mark] += count;
    if (outcome.violations.empty()) continue;
    if (++violated > kShown) continue;
    for (const std::string& violation : outcome.violations)
      fmt::print("VIOLATION seed {}: {}\n", seed, violation);
  }
  for (const auto& [mark, count] : marks) fmt::print("{:>10}  {}\n", count, mark);
  int missed = 0;
  for (const std::string& mark : required_marks()) {
    // A few seeds need not meet everything.
    if (options.seeds < 500 || marks[mark] > 0) continue;
    fmt::print("NEVER HAPPENED: {}\n", mark);
    ++missed;
  }
  fmt::print("{} seeds, {} with violations\n", options.seeds, violated);
  return violated == 0 && missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace liptako::soak

int main(int argc, char** argv) {
  liptako::soak::Options options;
  if (!liptako::soak::parse(argc, argv, options)) {
    fmt::print(stderr, "usage: soak [--seeds N] [--first SEED] [--plant NAME] [--bites]\n");
    return 2;
  }
  const liptako::soak::Traffic traffic = liptako::soak::make_traffic();
  if (traffic.datagrams.empty()) return 1;
  return options.bites ? liptako::soak::prove_that_it_bites(traffic)
                       : liptako::soak::run(options, traffic);
}
