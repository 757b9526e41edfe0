// Which states a question asks for, and putting those of many chunks into the order of time.
#pragma once

#include <optional>
#include <queue>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "history/chunker.hpp"

namespace liptako::history {

// Borders included. West above east: across the 180th meridian.
struct Area {
  base::Angle south;
  base::Angle west;
  base::Angle north;
  base::Angle east;

  [[nodiscard]] bool contains(const State& state) const;
  // The same as one box, or as two.
  [[nodiscard]] std::vector<Box> boxes() const;
};

// "LATMIN,LONMIN,LATMAX,LONMAX" in degrees.
[[nodiscard]] base::Result<Area> parse_area(std::string_view text);

struct Question {
  std::optional<Area> area;  // absent: everywhere
  base::Timestamp from;      // included
  base::Timestamp to;        // excluded
  std::optional<base::TrackNumber> track;

  [[nodiscard]] bool matches(base::TrackNumber track, const State& state) const;
};

struct Found {
  base::TrackNumber track;
  std::uint64_t list = 0;  // of sensors, as handed to add()
  State state;
};

// Memory: the states of the chunks that overlap one instant.
class Selection {
 public:
  explicit Selection(const Question& question) : question_(question) {}

  // The states that match wait to be taken. A damaged chunk is an error, and nothing of it waits.
  [[nodiscard]] base::Result<void> add(base::TrackNumber track,
                                       std::uint64_t list,
                                       base::ByteView chunk);
  // The earliest that waits, if it is before `end`: by time, then track. Chunks added later must
  // begin at `end` or after it.
  [[nodiscard]] std::optional<Found> next(base::Timestamp end);

 private:
  struct Later {
    bool operator()(const Found& a, const Found& b) const {
      return a.state.time != b.state.time ? a.state.time > b.state.time : a.track > b.track;
    }
  };
  Question question_;
  std::priority_queue<Found, std::vector<Found>, Later> waiting_;
};

}  // namespace liptako::history
