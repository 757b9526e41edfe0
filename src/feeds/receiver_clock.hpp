// When a Mode S receiver heard a reply. Its stamps are good to a microsecond among themselves, but
// most count from an instant of their own; the time at which the bytes came is of UTC, but late by
// whatever delayed them. So the stamps tell the distances, and the least delayed bytes of late tell
// where they lie: their offset follows the smallest delay seen, and gives way to a drift of the
// receiver's oscillator.
//
// Stamps wrap after 271 days, which is followed. A counter that starts over, or bytes of another
// receiver, are told by stamps that run backward or ahead of time: until three of them agree, the
// time of reception is used.
//
// Stamps of a GPS clock tell the time of day. Soon after midnight a counter that has just started
// seems to tell it too, but stands all but still: a clock must also keep pace with the reception.
// Until it is known to, the time of reception is used; and it is held to it from then on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "feeds/time_base.hpp"

namespace liptako::feeds {

class ReceiverClock {
 public:
  ReceiverClock() = default;
  // `start`: of TimeBase::recording, when its first reply was heard.
  explicit ReceiverClock(TimeBase time_base, base::Timestamp start = {})
      : time_base_(time_base), guide_(start) {}

  // When each reply of one piece of the stream was heard, given its stamp if it has one. Nothing
  // where that is more than a minute from the reception, or cannot be told. `reception` is ignored
  // for recordings.
  [[nodiscard]] std::vector<std::optional<base::Timestamp>> times(
      std::span<const std::optional<std::uint64_t>> stamps, base::Timestamp reception);

  [[nodiscard]] TimeBase time_base() const { return time_base_; }
  // How often the counter was found to have started over.
  [[nodiscard]] std::uint64_t jumps() const { return jumps_; }
  // As AsterixFeed::lead().
  [[nodiscard]] base::Duration lead() const;

  void save(base::ByteWriter& out) const;
  void load(base::ByteReader& in);

 private:
  enum class Kind : std::uint8_t { unknown, counter, gps };
  enum class Pace : std::uint8_t { unknown, with_time, still };

  struct Read {
    std::int64_t ticks = 0;  // of the counter, with wraps counted
    bool sound = false;      // in line with those before
  };
  void choose_kind(std::span<const std::optional<std::uint64_t>> stamps, base::Timestamp reception);
  // Whether the time of day that the stamps tell has kept pace; known once in a while.
  [[nodiscard]] Pace pace(std::span<const std::optional<std::uint64_t>> stamps,
                          base::Timestamp reception);
  void forget_kind();
  [[nodiscard]] std::optional<base::Timestamp> of_gps(std::uint64_t stamp,
                                                      base::Timestamp reception);
  void start(std::span<const std::optional<std::uint64_t>> stamps, base::Timestamp reception);
  [[nodiscard]] Read read_live(std::uint64_t stamp, base::Timestamp reception);
  [[nodiscard]] std::optional<base::Timestamp> of_recording(std::uint64_t stamp,
                                                            base::Timestamp reception);
  [[nodiscard]] std::int64_t unwrapped(std::uint64_t stamp) const;
  void relax(base::Duration late, base::Timestamp reception);

  TimeBase time_base_ = TimeBase::utc;
  Kind kind_ = Kind::unknown;
  bool started_ = false;
  std::uint64_t last_stamp_ = 0;
  std::int64_t last_ticks_ = 0;
  base::Duration offset_{};  // UTC of tick 0, since 1970
  base::Timestamp last_reception_;
  // The smallest lateness since window_start_.
  base::Timestamp window_start_;
  base::Duration window_least_{};
  // Stamps out of line: where they would put tick 0, and how many agree on it.
  base::Duration candidate_{};
  std::uint32_t agreeing_ = 0;
  // The time of day last told and when, and what both have advanced while they were watched.
  std::optional<base::Timestamp> told_;
  base::Timestamp told_at_;
  base::Duration told_advanced_{};
  base::Duration watched_{};
  base::Timestamp guide_;  // recordings: the newest time
  std::uint64_t jumps_ = 0;
};

}  // namespace liptako::feeds
