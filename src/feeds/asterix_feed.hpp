// ASTERIX datagrams in, plots out. Counts and keeps, per source, everything it could not use, with
// the reason, so that an operator sees what is wrong with a feed; never logs, never fails.
//
// A node's every plot passes here, so this is where time of day becomes an instant and where
// reports that are not live aircraft (test, simulated, field monitors) are set aside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "codec/asterix/record.hpp"
#include "feeds/feed_output.hpp"
#include "feeds/sensor_directory.hpp"
#include "feeds/source_counters.hpp"
#include "feeds/time_base.hpp"

namespace liptako::feeds {

// Its reasons for refusing are the codec's fault codes ("item_truncated", ...), and
//   category_not_decoded, no_data_source_identifier, unknown_sensor, no_time_of_day,
//   time_far_from_clock, simulated_or_test, field_monitor, no_position, position_out_of_range,
//   other_edition, not_an_aircraft, a_person, no_transponder, failed_station_check,
//   sensor_not_operational, no_reference_point, track_coasting, track_ended, track_doubtful,
//   lost_before_record, not_a_data_block.
// The console says them in French and English.
class AsterixFeed {
 public:
  AsterixFeed() = default;
  explicit AsterixFeed(TimeBase time_base,
                       base::Timestamp guide = {},
                       codec::asterix::Editions editions = {})
      : time_base_(time_base), guide_(guide), editions_(editions) {}

  // Appends what the datagram holds to `out`. `reception` is ignored for TimeBase::recording.
  void take(base::ByteView datagram,
            base::Timestamp reception,
            SensorDirectory& sensors,
            FeedOutput& out);

  [[nodiscard]] const SourceCounters& counters() const { return counters_; }
  [[nodiscard]] TimeBase time_base() const { return time_base_; }
  void set_time_base(TimeBase time_base);
  // Which editions the source writes. A datagram that makes sense by another one alone is refused.
  void set_editions(codec::asterix::Editions editions) { editions_ = editions; }
  // How far a recording played faster than it was made (rebase_at_speed) has run ahead of the
  // clock; 0 for anything else.
  [[nodiscard]] base::Duration lead() const;
  // Something arrived that was lost before it could be decoded, or cannot be framed.
  void note_rejected(std::string_view reason, std::string last, std::uint64_t count = 1);

  void save(base::ByteWriter& out) const;
  void load(base::ByteReader& in);

 private:
  friend struct AsterixHandler;
  [[nodiscard]] std::optional<base::Timestamp> instant(std::uint32_t ticks,
                                                       base::Timestamp reception);

  TimeBase time_base_ = TimeBase::utc;
  base::Timestamp guide_;                 // recording, rebase: the newest instant
  std::optional<base::Duration> offset_;  // rebase: instant minus told time
  base::Timestamp last_reception_;        // rebase
  codec::asterix::Editions editions_;
  SourceCounters counters_;
};

}  // namespace liptako::feeds
