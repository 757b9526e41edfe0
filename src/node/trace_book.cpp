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
  ring.updates[ring.count++ % kKept] = {event.kind, event.trace};
}

std::vector<NotedUpdate> TraceBook::of(base::TrackNumber number) const {
  std::vector<NotedUpdate> out;
  const auto found = rings_.find(number);
  if (found == rings_.end()) return out;
  const Ring& ring = found->second;
  for (std::size_t i = ring.count > kKept ? ring.count - kKept : 0; i < ring.count; ++i) {
    out.push_back(ring.updates[i % kKept]);
  }
  return out;
}

}  // namespace liptako::node
