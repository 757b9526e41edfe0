// The configuration of a node that listens to a simulated world: its sensors with what they claim
// of themselves, and one source for each.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/world.hpp"

namespace liptako::sim {

// TOML as docs/CONFIGURATION.md describes it. Source i of the configuration is the source of the
// world with this node and `index_at_node` i.
// The sources are internal; with `path`, they are files: recordings that it names, played as if
// they were of now.
[[nodiscard]] std::string configuration_for(
    const World& world,
    std::string_view node,
    const std::function<std::string(const SourceInfo&)>& path = {});

}  // namespace liptako::sim
