// Any bytes as truth.jsonl and tracks.jsonl, parted at the first byte 0: scored into finite
// numbers, or refused with file and line.
#include <algorithm>
#include <cmath>
#include <string>

#include "assess/report.hpp"
#include "assess/score_lines.hpp"
#include "base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako;
  const std::string all(data, data + size);
  const std::size_t end = std::min(all.find('\0'), size);
  const std::string truth = all.substr(0, end), tracks = all.substr(std::min(end + 1, size));
  const auto scored = assess::score_lines({truth, "truth"}, {tracks, "tracks"}, {});
  if (!scored) {
    CHECK(scored.error().message.starts_with("truth:") ||
          scored.error().message.starts_with("tracks:"));
    return 0;
  }
  CHECK(std::isfinite(scored->score.gospa.rms_m));
  CHECK(!assess::to_json(scored->score, {}, assess::kEquipmentNames).empty());
  return 0;
}
