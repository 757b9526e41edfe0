// One node on one simulated disk through several lives, all drawn from a seed: arrivals, ticks,
// syncs, snapshots, checkpoints, retention; kills, power cuts, torn writes, full disks and failing
// syncs at any storage call. After every crash, and now and then between, what the node promises is
// checked against what the harness itself remembers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "watched_storage.hpp"

namespace liptako::soak {

// What is sent to the node: some seconds of a simulated nation's sensors, the same for all seeds.
struct Traffic {
  std::string config;
  struct Datagram {
    std::uint16_t source = 0;
    base::Bytes bytes;
  };
  std::vector<Datagram> datagrams;
};

// How often something happened that the harness is about: a harness that meets none of it proves
// nothing.
using Marks = std::map<std::string, std::uint64_t>;

struct Outcome {
  std::vector<std::string> violations;
  Marks marks;
};

[[nodiscard]] Outcome run_seed(std::uint64_t seed, const Traffic& traffic, Plant plant);

// The marks that must have been hit in a run of many seeds.
[[nodiscard]] std::vector<std::string> required_marks();

}  // namespace liptako::soak
