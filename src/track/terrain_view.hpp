// What the ground hides from a radar: for each direction, the ground that stands higher against the
// sky than all ground before it, how far it is, and how sure that is. Worked out once from a grid
// of heights (geo/terrain_grid.hpp) when the sensors are set; coverage.hpp asks it for every miss.
//
// Legend
//   g      distance over the ground
//   E(g)   the highest elevation of any ground up to g, seen from the antenna over the effective
//          Earth of coverage.hpp: a staircase that rises at each edge. What flies at g is hidden
//          below the ray of E(g), and ground behind it hides nothing
//   sd     standard deviation of the grid's heights: an edge at the distance d is wrong by sd / d,
//          which is much nearby
//
// A coarse grid does not know the ground that an antenna was set up on. So (1) ground nearer than
// one and a half steps of the grid is left out: who chose the site chose it to see over that; and
// (2) where the grid's ground at the site is above the antenna, it errs there by at least so much:
// all of it is lowered by that, and thought so much less sure. A radar in a valley that the grid
// does not show is not blinded by it.
//
// Bounded: kAzimuths directions of at most kMostEdges edges. Cost, once a radar: a height of the
// grid every quarter of its step, but 500 m at least, out to kReach in each direction: 22,000 on a
// grid of 5 arc-minutes. Where the grid ends, so does what is known; the sea's horizon holds on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/units.hpp"
#include "geo/terrain_grid.hpp"

namespace liptako::track {

struct SensorDescription;

struct TerrainEdge {
  std::uint16_t distance = 0;  // in kDistanceUnit
  std::int16_t elevation = 0;  // in kElevationUnit
};

struct TerrainView {
  // Directions, evenly spaced from true north clockwise. 2 degrees are 11 km at kReach, somewhat
  // more than a step of 5 arc-minutes.
  static constexpr std::size_t kAzimuths = 180;
  static constexpr std::size_t kMostEdges = 48;  // of one direction
  static constexpr base::Length kReach = base::Length::from_metres(350'000);
  static constexpr base::Length kDistanceUnit = base::Length::from_metres(10);
  static constexpr base::Angle kElevationUnit = base::Angle::from_degrees(0.002);

  // Of direction k: edges [k == 0 ? 0 : ends[k - 1], ends[k]). Empty: nothing is known.
  std::vector<std::uint16_t> ends;
  std::vector<TerrainEdge> edges;
  float ground_sd_m = 0.0F;

  [[nodiscard]] bool empty() const { return ends.empty(); }
};

template <class Archive>
void visit_fields(Archive& archive, TerrainEdge& e) {
  archive(e.distance, e.elevation);
}
template <class Archive>
void visit_fields(Archive& archive, TerrainView& v) {
  archive(v.ends, v.edges, v.ground_sd_m);
}

// One that terrain_seen_from() can have made, or none.
[[nodiscard]] bool is_loadable(const TerrainView& view);

// Empty for a sensor whose silence tells nothing of terrain (no polar radar, no site, an
// aerodrome's surface), which has a horizon of its own, or stands outside the grid.
[[nodiscard]] TerrainView terrain_seen_from(const SensorDescription& sensor,
                                            const geo::TerrainGrid& grid);

// What stands highest on the way to a place, in the direction `index` of kAzimuths.
struct HighestGround {
  base::Angle elevation;
  base::Length distance;
};
// None: no ground of the view is nearer. Requires a view that is not empty.
[[nodiscard]] std::optional<HighestGround> highest_ground(const TerrainView& view,
                                                          std::size_t index,
                                                          base::Length ground_distance);

}  // namespace liptako::track
