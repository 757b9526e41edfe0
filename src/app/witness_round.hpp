// Members that witness each other's logs inside one process, as the demonstration's do: each log's
// newest checkpoint is shown to every other member whose link is up, and what they sign comes back
// to it. Between machines the same texts go over the link or POST /witness/add-checkpoint.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/live_node.hpp"
#include "sim/links.hpp"

namespace liptako::app {

class WitnessRound {
 public:
  // In the order of the scenario's members; the nodes outlive this.
  explicit WitnessRound(std::vector<LiveNode*> nodes);

  // Shows each log's newest checkpoint to those who can be reached, and gives its node what they
  // answered: signature lines for the checkpoint over that many entries. Waits for the answers, so
  // it has a thread of its own beside running nodes.
  using CanReach = std::function<bool(sim::MemberIndex log, sim::MemberIndex witness)>;
  using Deliver = std::function<void(LiveNode& log, std::uint64_t size, const std::string& lines)>;
  void go(const CanReach& can_reach, const Deliver& deliver);

 private:
  void show(std::size_t log, std::size_t witness, const Deliver& deliver);

  // Once per pair: what the witness holds of the log is another history.
  void tell_disputed(std::size_t log, std::size_t witness, std::optional<std::uint64_t> held);

  std::vector<LiveNode*> nodes_;
  std::vector<std::string> names_;
  // What the witness had signed of the log when last asked.
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> signed_;
  std::set<std::pair<std::size_t, std::size_t>> disputed_;
};

}  // namespace liptako::app
