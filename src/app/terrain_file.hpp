// The file of the ground's heights that a node or a command uses.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "geo/terrain_grid.hpp"

namespace liptako::app {

inline constexpr const char* kShippedTerrain = "data/region/terrain.grid";

// `configured`: as node::NodeConfig::terrain. `shipped`: where the file that comes with the program
// is, empty if it is not there. None: nothing is known of the ground.
[[nodiscard]] base::Result<std::optional<geo::TerrainGrid>> read_terrain(
    const std::string& configured, const std::string& shipped);

}  // namespace liptako::app
