// What the ground hides from a node's radars, as its record tells it: in documents before the
// configuration that they belong to, one a radar. So the core works out nothing from a file that a
// replay may not have, and whoever has the record has all that the picture rests on.
//
//   liptako/terrain/v1
//   SAC, SIC; then the view (track/terrain_view.hpp), as in snapshots
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "track/plot.hpp"

namespace liptako::node {

inline constexpr std::string_view kTerrainDocument = "liptako/terrain/v1\n";

struct TerrainDocument {
  base::SacSic sensor;  // a polar radar's
  track::TerrainView view;
};
template <class Archive>
void visit_fields(Archive& archive, TerrainDocument& d) {
  archive(d.sensor, d.view);
}
[[nodiscard]] bool is_terrain_document(base::ByteView payload);
// Below record::kMaxPayload whatever the view.
[[nodiscard]] base::Bytes encode_terrain(const TerrainDocument& document);
// Total; a view that terrain_seen_from() cannot have made is none.
[[nodiscard]] std::optional<TerrainDocument> decode_terrain(base::ByteView payload);

// Documents of those sensors whose view is known, in their order.
[[nodiscard]] std::vector<base::Bytes> terrain_documents(
    std::span<const track::SensorDescription> sensors);
// The sensors with what the grid shows of them; 3 ms a radar and a grid of 5 arc-minutes.
[[nodiscard]] std::vector<track::SensorDescription> with_terrain(
    std::vector<track::SensorDescription> sensors, const geo::TerrainGrid& grid);

}  // namespace liptako::node
