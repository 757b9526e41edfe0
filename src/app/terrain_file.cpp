#include "app/terrain_file.hpp"

#include <fmt/format.h>

#include "app/files.hpp"
#include "node/config.hpp"

namespace liptako::app {

base::Result<std::optional<geo::TerrainGrid>> read_terrain(const std::string& configured,
                                                           const std::string& shipped) {
  constexpr std::size_t kMostBytes = 2 * std::size_t{geo::TerrainGrid::kMostNodes} + 64;
  const std::string& path = configured.empty() ? shipped : configured;
  if (path.empty() || configured == node::kNoTerrain) return std::nullopt;
  const auto bytes = read_file(path, kMostBytes);
  if (!bytes) return std::unexpected(bytes.error());
  auto grid =
      geo::TerrainGrid::read({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()});
  if (!grid) return base::bad_input(fmt::format("{}: {}", path, grid.error().message));
  return std::optional(std::move(*grid));
}

}  // namespace liptako::app
