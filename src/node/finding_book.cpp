#include "node/finding_book.hpp"

#include <limits>

namespace liptako::node {

void FindingBook::note(std::span<const track::Finding> findings) {
  for (const track::Finding& finding : findings) {
    if (finding.kind == track::FindingKind::plot || finding.track.value == 0) continue;
    if (ring_.size() < kKept) {
      ring_.push_back(finding);
      continue;
    }
    ring_[next_] = finding;
    next_ = (next_ + 1) % kKept;
  }
}

void FindingBook::forget_sensors() {
  for (track::Finding& finding : ring_) finding.sensor = std::numeric_limits<std::uint16_t>::max();
}

std::vector<track::Finding> FindingBook::of(base::TrackNumber number) const {
  std::vector<track::Finding> out;
  for (std::size_t i = 0; i < ring_.size(); ++i) {
    const track::Finding& finding = ring_[(next_ + i) % ring_.size()];
    if (finding.track == number) out.push_back(finding);
  }
  return out;
}

}  // namespace liptako::node
