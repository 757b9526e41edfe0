// The [federation] part of a simulated member's configuration (docs/CONFIGURATION.md).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/scenario.hpp"

namespace liptako::sim {

// All of the scenario's members, by its order. `consoles`: their addresses by that order, as far as
// they are known.
[[nodiscard]] std::string federation_for(const Scenario& scenario,
                                         std::string_view node,
                                         std::span<const std::string> consoles);

}  // namespace liptako::sim
