// The configuration of a node that listens to a simulated world: its sensors with what they claim
// of themselves, and one internal source for each.
#pragma once

#include <string>
#include <string_view>

#include "sim/world.hpp"

namespace liptako::sim {

// TOML as docs/CONFIGURATION.md describes it. Source i of the configuration is the source of the
// world with this node and `index_at_node` i.
[[nodiscard]] std::string configuration_for(const World& world, std::string_view node);

}  // namespace liptako::sim
