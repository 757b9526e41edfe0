// Any bytes as a file of the ground's heights, or as a document of what it hides from a radar:
// refused, or a grid that answers everywhere and a view that a radar is asked with.
#include <cmath>

#include "base/check.hpp"
#include "node/terrain_document.hpp"
#include "track/coverage.hpp"
#include "track/stored.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako;
  const base::ByteView bytes(data, size);
  track::SensorDescription radar;
  radar.placed = true;
  radar.site = {base::Angle::from_degrees(13), base::Angle::from_degrees(1), base::Length()};
  const auto grid = geo::TerrainGrid::read(bytes);
  if (grid) {
    for (double latitude = -95; latitude < 95; latitude += 7.3) {
      const auto height = grid->height_at(base::Angle::from_degrees(latitude),
                                          base::Angle::from_degrees(2 * latitude));
      CHECK(!height || std::fabs(height->metres()) <= 32768.0);
    }
    radar.terrain = track::terrain_seen_from(radar, *grid);
    CHECK(track::is_loadable(radar.terrain));
  } else {
    CHECK(grid.error().message.starts_with("terrain: "));
    const auto document = node::decode_terrain(bytes);
    if (!document) return 0;
    CHECK(node::encode_terrain(*document).size() == size);
    radar.terrain = document->view;
  }
  if (radar.terrain.empty()) return 0;
  const geo::TangentFrame site(radar.site);
  for (double offset = -3; offset < 3; offset += 0.37) {
    const double share = track::share_in_view(radar,
                                              site,
                                              {base::Angle::from_degrees(13 + offset),
                                               base::Angle::from_degrees(1 + offset * offset),
                                               base::Length()},
                                              {3000.0, 0.0});
    CHECK(share >= 0.0 && share <= 1.0);
  }
  return 0;
}
