#include "node/terrain_document.hpp"

#include <cstring>

#include "base/archive.hpp"

namespace liptako::node {

bool is_terrain_document(base::ByteView payload) {
  return payload.size() >= kTerrainDocument.size() &&
         std::memcmp(payload.data(), kTerrainDocument.data(), kTerrainDocument.size()) == 0;
}

base::Bytes encode_terrain(const TerrainDocument& document) {
  base::Bytes bytes(kTerrainDocument.begin(), kTerrainDocument.end());
  base::ByteWriter writer(bytes);
  base::Saver{writer}(document);
  return bytes;
}

std::optional<TerrainDocument> decode_terrain(base::ByteView payload) {
  if (!is_terrain_document(payload)) return std::nullopt;
  base::ByteReader reader(payload.subspan(kTerrainDocument.size()));
  TerrainDocument document;
  base::Loader{reader}(document);
  if (!reader.ok() || !reader.at_end() || !track::is_loadable(document.view)) return std::nullopt;
  return document;
}

std::vector<base::Bytes> terrain_documents(std::span<const track::SensorDescription> sensors) {
  std::vector<base::Bytes> documents;
  for (const track::SensorDescription& s : sensors) {
    if (!s.terrain.empty()) documents.push_back(encode_terrain({s.sac_sic, s.terrain}));
  }
  return documents;
}

std::vector<track::SensorDescription> with_terrain(std::vector<track::SensorDescription> sensors,
                                                   const geo::TerrainGrid& grid) {
  for (track::SensorDescription& s : sensors) s.terrain = track::terrain_seen_from(s, grid);
  return sensors;
}

}  // namespace liptako::node
