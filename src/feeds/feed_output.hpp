// What a feed gives of a datagram.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "track/plot.hpp"

namespace liptako::feeds {

// A sensor was looking at this time, whether or not it saw anything.
struct SensorLook {
  std::uint16_t sensor = 0;
  base::Timestamp time;
};

struct FeedOutput {
  std::vector<track::Plot> plots;
  std::vector<SensorLook> looks;
  void clear() {
    plots.clear();
    looks.clear();
  }
};

}  // namespace liptako::feeds
