// The newest findings about tracks, so that "why is it doubted, and since when" is answered from
// data. Beside the core, not in it: after a restart it begins again with the tail of the record, so
// that a doubt may be older than what is known of it here. Memory is bounded, whatever comes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "track/doubt/doubt.hpp"

namespace liptako::node {

class FindingBook {
 public:
  // Of all tracks together.
  static constexpr std::size_t kKept = 1024;

  // Keeps what was raised or cleared of a track. Single plots that were set aside come by the
  // hundred, and would push those out; a track made of such plots is itself doubted.
  void note(std::span<const track::Finding> findings);
  // Findings name sensors by their index, which a change of configuration gives to others: what
  // was found stays, by which sensor is no longer known.
  void forget_sensors();
  // Oldest first; empty if nothing is known of the track.
  [[nodiscard]] std::vector<track::Finding> of(base::TrackNumber number) const;

 private:
  std::vector<track::Finding> ring_;
  std::size_t next_ = 0;  // where the next one goes, once the ring is full
};

}  // namespace liptako::node
