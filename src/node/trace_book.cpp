#include "node/trace_book.hpp"

namespace liptako::node {

void TraceBook::note(const track::TrackEvent& event) {
  using Kind = track::TrackEventKind;
  if (event.kind == Kind::dropped) {
    rings_.erase(event.view.number);
    return;
  }
  if (event.kind == Kind::coasting) return;
  Ring& ring = rings_[event.view.number];
  ring.traces[ring.count++ % kKept] = event.trace;
}

std::vector<track::UpdateTrace> TraceBook::of(base::TrackNumber number) const {
  std::vector<track::UpdateTrace> out;
  const auto found = rings_.find(number);
  if (found == rings_.end()) return out;
  const Ring& ring = found->second;
  for (std::size_t i = ring.count > kKept ? ring.count - kKept : 0; i < ring.count; ++i) {
    out.push_back(ring.traces[i % kKept]);
  }
  return out;
}

}  // namespace liptako::node
