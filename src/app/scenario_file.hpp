// A scenario from disk, with the files it builds upon.
#pragma once

#include <string>

#include "sim/scenario.hpp"

namespace liptako::app {

// Files that it names stand beside it.
[[nodiscard]] base::Result<sim::Scenario> read_scenario(const std::string& file);

}  // namespace liptako::app
