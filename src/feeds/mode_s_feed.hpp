// One Mode S receiver's stream in, plots out. ADS-B comes in parts: positions halved into even and
// odd messages, velocity, call sign and quality each for itself. This keeps, of each address heard
// with a sound parity, what is needed to put them together, and gives a plot for every position.
//
// Nothing is believed because it was received: a position must lie on the earth, within the
// receiver's range, and where the aircraft can have got to since its last one. What is refused is
// counted with its reason.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "codec/modes/mode_s.hpp"
#include "feeds/feed_output.hpp"
#include "feeds/receiver_clock.hpp"
#include "feeds/sensor_directory.hpp"
#include "feeds/source_counters.hpp"
#include "feeds/source_format.hpp"
#include "feeds/time_base.hpp"

namespace liptako::feeds {

// What was heard of one address.
struct HeardAircraft {
  // 24 bits; bit 24 is set if it is no ICAO address.
  std::uint32_t key = 0;
  base::Timestamp last_heard;

  struct Half {  // the newest of its kind
    bool present = false;
    bool surface = false;
    base::Timestamp time;
    codec::modes::CprPosition cpr;
  };
  Half even;
  Half odd;

  struct Place {
    base::Timestamp time;
    codec::modes::LatLon at;
  };
  std::optional<Place> place;      // the last believed
  std::optional<Place> elsewhere;  // the last refused as out of reach
  std::uint32_t refusals = 0;      // in a row that agree with each other

  bool has_velocity = false;
  base::Timestamp velocity_time;
  base::Speed east;
  base::Speed north;
  std::uint8_t nac_v = 0;
  // Height above the ellipsoid less pressure altitude, of the velocity's time.
  std::optional<base::Length> height_offset;

  base::CallSign call_sign;
  bool has_category = false;
  bool is_aircraft = true;
  bool is_person = false;
  track::AircraftClass aircraft_class = track::AircraftClass::none;

  std::optional<base::ModeACode> mode_3a;
  base::Timestamp mode_3a_time;
  std::optional<base::ModeACode> mode_3a_once;  // heard once in a reply that anything may imitate

  std::uint8_t version = 0;
  std::optional<std::uint8_t> nac_p;
  bool nic_supplement_a = false;
  bool nic_supplement_c = false;
};

// Its reasons for refusing are the codec's (wrong_length, parity_failed, format_not_decoded), and
//   not_a_frame, receiver_status, mode_ac_not_used, unknown_sensor, no_time_stamp,
//   time_far_from_clock, receiver_clock_jumped, address_not_known, not_from_the_aircraft,
//   not_an_aircraft, a_person, position_incomplete, position_beyond_range, position_not_reachable,
//   lost_before_record, not_a_data_block.
class ModeSFeed {
 public:
  // More aircraft than a receiver has ever had in sight; the one not heard for longest makes room.
  static constexpr std::size_t kMaxAddresses = 4096;

  ModeSFeed() = default;
  // `format` is beast or avr; `sensor` a configured sensor of kind ads_b; `start` as of
  // ReceiverClock.
  ModeSFeed(SourceFormat format,
            base::SacSic sensor,
            TimeBase time_base,
            base::Timestamp start = {})
      : format_(format), sensor_(sensor), clock_(time_base, start) {}

  // Appends what the frames of `datagram` give to `out`; a frame that is not whole is lost.
  // `reception` is ignored for TimeBase::recording.
  void take(base::ByteView datagram,
            base::Timestamp reception,
            SensorDirectory& sensors,
            FeedOutput& out);

  [[nodiscard]] const SourceCounters& counters() const { return counters_; }
  [[nodiscard]] SourceFormat format() const { return format_; }
  [[nodiscard]] TimeBase time_base() const { return clock_.time_base(); }
  void set_time_base(TimeBase time_base);
  void set_sensor(base::SacSic sensor) { sensor_ = sensor; }
  [[nodiscard]] base::Duration lead() const { return clock_.lead(); }
  void note_rejected(std::string_view reason, std::string last, std::uint64_t count = 1) {
    counters_.reject(reason, std::move(last), count);
  }
  [[nodiscard]] std::size_t addresses() const { return heard_.size(); }

  void save(base::ByteWriter& out) const;
  void load(base::ByteReader& in);

 private:
  friend struct ModeSHandler;
  [[nodiscard]] HeardAircraft* find(std::uint32_t key);
  [[nodiscard]] HeardAircraft& find_or_enter(std::uint32_t key, base::Timestamp time);

  SourceFormat format_ = SourceFormat::beast;
  base::SacSic sensor_;
  ReceiverClock clock_;
  std::map<std::uint32_t, HeardAircraft> heard_;
  // last_heard and key of each of them: the first makes room.
  std::set<std::pair<base::Timestamp, std::uint32_t>> by_silence_;
  SourceCounters counters_;
};

}  // namespace liptako::feeds
