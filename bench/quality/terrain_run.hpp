// What the ground hides from radars in the region that a grid of heights comes with: how far the
// grid is from the elevations that aerodromes publish, what a view takes and costs, and how much of
// the air around an antenna, set up 30 m over each aerodrome, is hidden by terrain and by the sea's
// horizon alone.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace liptako::bench {

inline constexpr double kTerrainLevels[] = {50.0, 100.0, 200.0};  // flight levels, over the ground

struct TerrainSite {
  std::string code;
  double lacks_m = 0.0;    // the grid's height over the aerodrome's
  std::size_t octets = 0;  // of the view in a snapshot
  double hidden[3] = {};   // share of the circle of 250 km, by level, in the mean
  double hidden_by_sea[3] = {};
};

struct TerrainResult {
  std::vector<TerrainSite> sites;
  double mean_m = 0.0;       // of the grid's height over the aerodromes'
  double sd_m = 0.0;         // about that mean
  double inside_95_m = 0.0;  // 95 in 100 are not further from it
  double worst_m = 0.0;
  double milliseconds = 0.0;  // of the processor, a view
};

// `folder`: with terrain.grid and aerodromes.json.
[[nodiscard]] base::Result<TerrainResult> run_terrain(const std::string& folder);

}  // namespace liptako::bench
