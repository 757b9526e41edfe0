// Steps and drifts of an ADS-B station's clock, told by the aircraft that it hears and by nothing
// else. Between two of its reports to one station an aircraft flies a way that satellites measure,
// at a velocity that they measure, too: how long that took does not depend on the station's clock,
// which stamps the reports. So this is absolute: where clocks disagree, two against two, it says
// which of them moved.
//
// Legend (SI and radians)
//   s     stamp of a report, by the station's clock
//   p, v  position and velocity told (mean of both reports' velocities), east and north
//   w     dp . v / v^2, the time that the way took
//   e     (s2 - s1) - w: what the clock gained between the reports. Late or reordered reports give
//         the same
//   r     -e v, and what lies across: by how much p2 is off from p1 + v (s2 - s1)
//
// Step   at least five aircraft that agree on e, beyond five times what e usually scatters by at
//        the station, and seven in ten of those that were heard since the first of them. No single
//        aircraft whose own positions are of another time says so. Positions that leap alike
//        (interference with navigation) give e that depends on the course: if one displacement
//        explains what was seen as well as a step does, nothing is concluded.
// Drift  every five seconds: the median of e / w, twice in a row beyond 2 % and six of its
//        standard deviations. A told velocity errs by less; a clock that is walked off by a false
//        signal moves by more, or slowly enough for the comparison with other sensors to follow.
//
// Bounded: the newest 128 pairs of reports of a station, the same ones in whatever order the
// reports of an instant come. Deterministic; no allocation after set_sensors().
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "track/plot.hpp"

namespace liptako::track::registration {

// An aircraft's newest report to one station, in order of arrival.
struct Way {
  base::Timestamp stamp;
  double latitude_rad = 0.0;
  double longitude_rad = 0.0;
  float east_mps = 0.0F;
  float north_mps = 0.0F;
  std::uint32_t sequence = 0;  // of the instants of the station's reports; 0: there is none
};

struct ClockStep {
  std::uint16_t sensor = 0;
  double seconds = 0.0;  // the clock is so much further on than it was
  double sd = 0.0;
  std::uint32_t aircraft = 0;  // that say so
  std::uint32_t since = 0;     // reports of this instant and later are of the clock as it is now
};

class OwnWay {
 public:
  static constexpr std::size_t kPairs = 128;
  static constexpr std::uint32_t kLeastAircraft = 5;
  static constexpr base::Duration kDriftEvery = std::chrono::seconds(5);

  // former[i]: what was sensor i, or negative; how far its clock has moved stays known.
  void set_sensors(std::span<const SensorDescription> sensors, std::span<const int> former);
  [[nodiscard]] bool hears(std::uint16_t sensor) const { return stations_[sensor].present; }

  // A report with an address; `way`: the same aircraft's report before it to the same station,
  // which it takes the place of. `now`: time by all sensors together. By how much its stamp is of
  // another clock than the station's newest: reports are put in the order of their stamps before
  // they come here, so that after a step back some of before it come among those of after it.
  double take(const Plot& plot, base::Timestamp now, Way& way);
  // Something is to be found out: before the next instant's plots are taken, find() is to be asked.
  [[nodiscard]] bool is_due(base::Timestamp now) const {
    return doubts_ || now >= drift_due_ || drift_due_ - now > 2 * kDriftEvery;
  }
  // The next step that the reports show, of the lowest sensor; it counts as told.
  [[nodiscard]] std::optional<ClockStep> find(base::Timestamp now);
  // A step may be under way: too few have told of it yet.
  [[nodiscard]] bool is_unsettled(base::Timestamp now) const;
  // By how much the clock has moved since the station was first heard, as far as it was told.
  [[nodiscard]] double moved_s(std::uint16_t sensor) const { return stations_[sensor].moved_s; }

  void save(base::ByteWriter& out) const;
  // False: not of these sensors.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  struct Pair {
    base::Timestamp time;  // by all sensors
    std::uint32_t address = 0;
    std::uint32_t sequence = 0;
    float gained_s = 0.0F;
    float way_s = 0.0F;
    float east_mps = 0.0F;
    float north_mps = 0.0F;
    float offset_east_m = 0.0F;  // r
    float offset_north_m = 0.0F;
  };
  struct Station {
    bool present = false;
    bool doubted = false;        // pairs came that are beyond what is usual
    base::Timestamp instant;     // of the newest report
    std::uint32_t sequence = 0;  // of instants
    std::uint32_t first = 0;     // of the ring
    std::uint32_t count = 0;
    double usual_s = 0.1;  // mean of |e|
    double moved_s = 0.0;
    double step_s = 0.0;  // the newest, and when it was found
    base::Timestamp step_at;
    double rate = 0.0;       // of the last look for drifts; 0: none
    double pending_s = 0.0;  // gained in that look
    base::Timestamp drift_since;
    std::uint32_t new_count = 0;  // of this instant, not yet in usual_s
    std::int64_t new_ns = 0;
    std::array<Pair, kPairs> pairs{};
  };
  template <class Archive>
  friend void visit_fields(Archive& archive, Pair& p);

  [[nodiscard]] static const Pair& pair_at(const Station& s, std::uint32_t i) {
    return s.pairs[(s.first + i) % kPairs];
  }
  static void begin_instant(Station& s, base::Timestamp instant);
  static void keep(Station& s, const Pair& p);
  [[nodiscard]] static double strange_s(const Station& s);
  [[nodiscard]] static double reach_s(const Station& s);
  [[nodiscard]] std::optional<ClockStep> step_of(Station& s, base::Timestamp now) const;
  [[nodiscard]] std::optional<ClockStep> drift_of(Station& s, base::Timestamp now) const;

  std::vector<Station> stations_;
  bool doubts_ = false;
  base::Timestamp drift_due_;
};

template <class Archive>
void visit_fields(Archive& archive, Way& w) {
  archive(w.stamp, w.latitude_rad, w.longitude_rad, w.east_mps, w.north_mps, w.sequence);
}

}  // namespace liptako::track::registration
