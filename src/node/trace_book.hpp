// The last updates of every track, so that "why did it move" is answered from data. Beside the
// core, not in it: after a restart it begins again with the tail of the record, and the derived
// stream holds the rest.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "track/tracker.hpp"

namespace liptako::node {

// What a plot did to its track, and why.
struct NotedUpdate {
  track::TrackEventKind kind = track::TrackEventKind::updated;
  track::UpdateTrace trace;
};

class TraceBook {
 public:
  static constexpr std::size_t kKept = 32;

  void note(const track::TrackEvent& event);
  // Forgets everything: the traces name sensors by their index, which a change of configuration
  // gives to others.
  void clear() { rings_.clear(); }
  // Oldest first; empty if the track is unknown.
  [[nodiscard]] std::vector<NotedUpdate> of(base::TrackNumber number) const;

 private:
  struct Ring {
    std::array<NotedUpdate, kKept> updates;
    std::size_t count = 0;
  };
  std::map<base::TrackNumber, Ring> rings_;
};

}  // namespace liptako::node
