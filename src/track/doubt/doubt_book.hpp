// What is doubtful among tracks and plots, found on line from plots and tracks alone. The tracker
// calls it at few points: a plot comes, is taken for no known aircraft's, starts a track, is used.
// One file a family of tests: position_doubt.cpp (position, time, velocity), silence_doubt.cpp
// (ghosts, failing transponders), identity_doubt.cpp (addresses, codes), echo_doubt.cpp (split
// plots, reflections, ring-around), slow_doubt.cpp (birds, wind farms), jamming_doubt.cpp. Memory
// is bounded: a record a track, tables a sensor. Deterministic; save() then load() goes on
// identically.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "geo/frames.hpp"
#include "track/doubt/detection_map.hpp"
#include "track/doubt/doubt.hpp"
#include "track/doubt/population.hpp"
#include "track/doubt/sequential.hpp"
#include "track/store.hpp"
#include "track/vertical_filter.hpp"

namespace liptako::track {

class DoubtBook {
 public:
  static constexpr std::size_t kMaxFindings = 1024;

  // Requires store.slot_count() tracks to be those of the last sensors, if there are any.
  // `new_index` tells of each old sensor where it stands now, or kPlacedHome.
  void set_sensors(std::span<const SensorDescription> sensors,
                   std::span<const std::uint16_t> new_index);
  void note_sensor_time(std::uint16_t sensor, base::Timestamp time);
  // What registration adds to the sensor's range, azimuth and time, from this plot on. It is taken
  // away again here: a correction that is being learnt would look like a sensor that drifts.
  // `clock_moved_s`: by how much the sensor's clock is known to have moved.
  void note_correction(const Plot& reported, const Plot& corrected, double clock_moved_s) {
    sensors_[reported.sensor].clock_moved_s = clock_moved_s;
    std::array<double, 3>& bias = sensors_[reported.sensor].bias;
    bias = {corrected.slant_range.metres() - reported.slant_range.metres(),
            corrected.azimuth.radians() - reported.azimuth.radians(),
            base::to_seconds(corrected.time - reported.time)};
  }

  // Before the two below, of which no plot has need whose address only tracks without doubts claim.
  void begin_plot() { told_.reset(); }
  // A plot of an aircraft under POSITION-DOUBT that other sensors hold: not to be used.
  [[nodiscard]] bool passes_over(TrackStore& store, const Plot& plot);
  // What such a plot is worth where nothing else holds the aircraft, or one whose velocity is in
  // doubt; nothing: what it says.
  [[nodiscard]] std::optional<Plot> devalued(const TrackStore& store, const Plot& plot);
  // A plot that an established track's aircraft made, but not where it lies. `taken_by`: the track
  // it would go to, or kNoSlot.
  [[nodiscard]] bool is_echo(TrackStore& store, const Plot& plot, std::uint32_t taken_by);
  // A second plot of the track's aircraft in one look.
  void note_repeated(const TrackStore& store, std::uint32_t slot, const Plot& plot);
  // A plot so surely of a standing echo that it started nothing.
  void note_standing_echo(const Plot& plot, const FirstFix& fix);
  // A plot outside the gate of the track that has its address. True: as of note_used().
  [[nodiscard]] bool note_refused(TrackStore& store, std::uint32_t slot, const Plot& plot);
  void note_started(TrackStore& store, std::uint32_t slot, const Plot& plot, const TrackView& view);
  // A plot was used. True: the track's state rests on positions that are now in doubt, and is to
  // begin anew at this plot.
  struct Use {
    AltitudeUse altitude = AltitudeUse::none;
  };
  [[nodiscard]] bool note_used(
      TrackStore& store, std::uint32_t slot, const Plot& plot, const TrackView& view, Use use);
  // A plot older than the track's state was used: that the aircraft was seen counts, what it said
  // is not compared with what was said since. `view`: as of the state.
  void note_late(TrackStore& store, std::uint32_t slot, const Plot& plot, const TrackView& view);
  // Fast enough for an aircraft, or vouched for otherwise.
  [[nodiscard]] bool may_confirm(const TrackStore& store, std::uint32_t slot) const;

  [[nodiscard]] std::span<const Finding> findings() const { return findings_; }
  void clear_findings() { findings_.clear(); }
  [[nodiscard]] const DoubtCounters& counters() const { return counters_; }

  void save(const TrackStore& store, base::ByteWriter& out) const;
  // `sensors` and `store`: as they were saved with it.
  [[nodiscard]] bool load(std::span<const SensorDescription> sensors,
                          const TrackStore& store,
                          base::ByteReader& in);

 private:
  // Biases that radars have had, of one of which too few aircraft tell.
  static constexpr double kPriorRangeM = 150.0;
  static constexpr double kPriorAzimuthRad = 0.25 * base::kRadiansPerDegree;
  // What an aircraft says of itself.
  struct Claim {
    base::Timestamp time;
    double latitude_rad = 0.0;
    double longitude_rad = 0.0;
    float east_mps = 0.0F;
    float north_mps = 0.0F;
    float velocity_sd_mps = 0.0F;  // 0: no velocity
    float position_sd_m = 0.0F;
    std::uint16_t sensor = 0;
    bool present = false;
  };
  static constexpr std::size_t kWatched = 4;
  // A sensor that should see a track and does not.
  struct Silence {
    std::uint16_t sensor = 0;
    std::uint16_t cell = 0;
    float covered = 0.0F;
    base::Timestamp accounted_until;
  };
  struct TrackDoubt {
    base::TrackNumber number;  // what is here is of this track
    // Where the tracker had it last.
    base::Timestamp time;
    double latitude_rad = 0.0;
    double longitude_rad = 0.0;
    float east_mps = 0.0F;
    float north_mps = 0.0F;
    float height_m = 0.0F;
    float position_sd_m = 0.0F;
    base::Timestamp first;             // its first plot here
    base::Timestamp last_independent;  // plot of a radar or of multilateration
    base::Timestamp last_reply;        // plot with identity
    base::Timestamp next_check;        // of looking for silences
    std::uint16_t independent_period_s = 0;
    std::uint8_t primaries = 0;  // primary plots since the last reply of whoever is there
    std::uint32_t hits = 0;

    Claim claim;
    std::uint32_t claims = 0;
    float usual_sd_m = 0.0F;
    // Position, time.
    ShiftTest shift;
    std::uint8_t agreeing = 0;
    std::uint16_t compared = 0;  // since the test was last at rest
    float along_m = 0.0F;        // mean offset along and across the flight, over those
    float across_m = 0.0F;
    float lag_s = 0.0F;
    float offset_east_m = 0.0F;  // of the newest comparison
    float offset_north_m = 0.0F;
    // Velocity.
    Claim anchor;
    float way_east_m = 0.0F;  // told velocities added up since the anchor
    float way_north_m = 0.0F;
    ShiftTest velocity;
    std::uint8_t velocity_agreeing = 0;
    // Silence.
    std::uint8_t silence_count = 0;  // of Seldom::silences
    std::uint8_t clock_looks = 0;    // reports of a station whose clock has moved
    // Of false time for the sake of such a station, whose stamps are put right: its index + 1.
    std::uint8_t clock_of = 0;
    static constexpr std::uint8_t kClockGone = 0xFF;
    float silence = 0.0F;  // log-likelihood ratio
    // Replies.
    std::optional<base::ModeACode> code;
    std::optional<base::ModeACode> other_code;
    std::uint8_t other_code_seen = 0;
    float garbled = 0.0F;
    // Rivals for its address.
    std::uint32_t rival = 0;
    std::uint8_t rival_looks = 0;
    // Navigation lost.
    bool lost = false;
    std::uint8_t poor_claims = 0;
    std::uint8_t good_claims = 0;
  };
  // What few tracks need, apart from what every plot looks at.
  struct Seldom {
    std::array<Silence, kWatched> silences{};
    // Speed of what no transponder names.
    Claim from;  // place and time from which its way is measured; only those are used
    base::Timestamp still_since;
    double still_latitude_rad = 0.0;
    double still_longitude_rad = 0.0;
    float slow = 0.0F;         // log-likelihood ratio, of ended windows
    float slow_window = 0.0F;  // of the one under way
    std::uint16_t slow_looks = 0;
  };
  struct Wall {
    double azimuth_rad = 0.0;
    double distance_m = 0.0;
    std::uint32_t seen = 0;
    base::Timestamp last;
  };
  static constexpr std::size_t kWalls = 16;
  struct Sensor {
    geo::TangentFrame site;
    base::Timestamp latest;
    bool heard = false;
    bool interrogates = false;     // its plots carry identity
    std::array<double, 3> bias{};  // that registration has added: m, rad, s
    double clock_moved_s = 0.0;
    DetectionMap map;
    Population population;
    std::array<Wall, kWalls> walls{};
  };
  // An address that appeared where a track had another one.
  struct Arrival {
    base::Timestamp time;
    std::uint32_t slot = kNoSlot;
    std::uint32_t number = 0;
    std::uint32_t address = 0;  // that appeared
    std::uint32_t before = 0;   // that was there
  };
  static constexpr std::size_t kArrivals = 16;
  struct Loss {
    base::Timestamp time;
    std::uint32_t slot = kNoSlot;
    std::uint32_t number = 0;
    double latitude_rad = 0.0;
    double longitude_rad = 0.0;
    bool alarmed = false;
    // Its reports became poor; else they ended, which by itself raises nothing: coverage ends, too.
    bool poor = false;
  };
  static constexpr std::size_t kLosses = 64;
  struct Standing {
    base::Timestamp time;
    double latitude_rad = 0.0;
    double longitude_rad = 0.0;
  };
  static constexpr std::size_t kStanding = 64;
  static constexpr std::size_t kCodes = 4096;

  template <class Archive>
  friend void visit_fields(Archive& archive, Claim& c) {
    archive(c.time, c.latitude_rad, c.longitude_rad, c.east_mps, c.north_mps);
    archive(c.velocity_sd_mps, c.position_sd_m, c.sensor, c.present);
  }
  template <class Archive>
  friend void visit_fields(Archive& archive, Silence& s) {
    archive(s.sensor, s.cell, s.covered, s.accounted_until);
  }
  template <class Archive>
  friend void visit_fields(Archive& archive, TrackDoubt& d) {
    archive(d.number, d.time, d.latitude_rad, d.longitude_rad, d.east_mps, d.north_mps);
    archive(d.height_m, d.position_sd_m, d.first, d.last_independent, d.last_reply, d.next_check);
    archive(d.independent_period_s, d.primaries, d.hits, d.claim, d.claims, d.usual_sd_m);
    archive(
        d.shift, d.agreeing, d.compared, d.along_m, d.across_m, d.lag_s, d.clock_of, d.clock_looks);
    archive(d.offset_east_m, d.offset_north_m, d.anchor, d.way_east_m, d.way_north_m, d.velocity);
    archive(d.velocity_agreeing, d.silence_count, d.silence);
    archive(d.code, d.other_code, d.other_code_seen, d.garbled, d.rival, d.rival_looks);
    archive(d.lost, d.poor_claims, d.good_claims);
  }
  template <class Archive>
  friend void visit_fields(Archive& archive, Seldom& r) {
    archive(r.silences, r.from, r.still_since, r.still_latitude_rad, r.still_longitude_rad);
    archive(r.slow, r.slow_window, r.slow_looks);
  }
  template <class Archive>
  friend void visit_fields(Archive& archive, Wall& w) {
    archive(w.azimuth_rad, w.distance_m, w.seen, w.last);
  }
  template <class Archive>
  friend void visit_fields(Archive& archive, Arrival& a) {
    archive(a.time, a.slot, a.number, a.address, a.before);
  }
  template <class Archive>
  friend void visit_fields(Archive& archive, Loss& s) {
    archive(s.time, s.slot, s.number, s.latitude_rad, s.longitude_rad, s.alarmed, s.poor);
  }
  template <class Archive>
  friend void visit_fields(Archive& archive, Standing& s) {
    archive(s.time, s.latitude_rad, s.longitude_rad);
  }

  // Numbers behind a finding.
  struct Why {
    double statistic = 0.0;
    double limit = 0.0;
    std::array<double, 2> value{};
    std::uint32_t looks = 0;
  };
  void raise(TrackStore& store, std::uint32_t slot, Doubt doubt, const Plot& plot, const Why& why);
  void clear(TrackStore& store, std::uint32_t slot, Doubt doubt, const Plot& plot, const Why& why);
  void tell(const Finding& finding);
  [[nodiscard]] Finding finding_of(const TrackStore& store,
                                   std::uint32_t slot,
                                   const Plot& plot) const;
  void note_seen(TrackStore& store, std::uint32_t slot, const Plot& plot);
  void note_place(std::uint32_t slot, const TrackRecord& t, const TrackView& view);
  [[nodiscard]] TrackDoubt& of(const TrackStore& store, std::uint32_t slot) {
    if (slot >= tracks_.size()) [[unlikely]]
      grow(store);
    return tracks_[slot];
  }
  void grow(const TrackStore& store);
  [[nodiscard]] bool is_held(const TrackDoubt& d, base::Timestamp time) const;
  [[nodiscard]] bool is_independent(const Plot& plot) const;
  // Where the track is thought to be at a time, straight on, in the frame of a site.
  [[nodiscard]] geo::Position<geo::Enu> seen_from(const geo::TangentFrame& site,
                                                  const TrackDoubt& d,
                                                  base::Timestamp time) const;

  // position_doubt.cpp
  void note_claim(TrackStore& store, std::uint32_t slot, const Plot& plot);
  void check_velocity(TrackStore& store, std::uint32_t slot, const Plot& plot, const Claim& before);
  [[nodiscard]] bool compare(TrackStore& store, std::uint32_t slot, const Plot& plot);
  // The aircraft's own word is in doubt, not the clock of a station that hears it.
  [[nodiscard]] static bool in_position_doubt(const TrackRecord& t, const TrackDoubt& d) {
    return (t.doubts & kPositionDoubt) != 0 &&
           !(d.clock_of != 0 && (t.doubts & bit(Doubt::false_position)) == 0);
  }
  // Of the station whose report was used.
  void doubt_clock(TrackStore& store, std::uint32_t slot, const Plot& plot);
  // silence_doubt.cpp
  void look_for_silences(TrackStore& store, std::uint32_t slot, const Plot& plot);
  void doubt_ghost(TrackStore& store,
                   std::uint32_t slot,
                   const Plot& plot,
                   std::uint16_t sensor,
                   std::uint16_t cell);
  // Whoever answers could have made the primary plots that the track is given.
  [[nodiscard]] bool is_answered_for(const TrackStore& store,
                                     std::uint32_t slot,
                                     const Plot& plot) const;
  void doubt_transponder(TrackStore& store, std::uint32_t slot, const Plot& plot);
  // identity_doubt.cpp
  void note_reply(TrackStore& store, std::uint32_t slot, const Plot& plot, AltitudeUse altitude);
  void compare_rivals(TrackStore& store, std::uint32_t slot, const Plot& plot);
  void note_arrival(TrackStore& store, std::uint32_t slot, const Plot& plot);
  // echo_doubt.cpp
  [[nodiscard]] std::uint32_t original_of(const TrackStore& store,
                                          const Plot& plot,
                                          std::uint32_t taken_by) const;
  // It tells its place itself, or more than one sensor sees it.
  [[nodiscard]] bool is_vouched_for(const TrackStore& store, std::uint32_t slot) const;
  void tell_plot(
      const TrackStore& store, std::uint32_t slot, const Plot& plot, Doubt doubt, const Why& why);
  // slow_doubt.cpp
  void measure_speed(TrackStore& store, std::uint32_t slot, const Plot& plot);
  // jamming_doubt.cpp
  void note_quality(TrackStore& store, std::uint32_t slot, const Plot& plot);
  void note_missing_claims(TrackStore& store, std::uint32_t slot, const Plot& plot);
  void note_loss(TrackStore& store, std::uint32_t slot, const Plot& plot, bool poor);

  std::vector<SensorDescription> descriptions_;
  std::vector<Sensor> sensors_;
  std::vector<TrackDoubt> tracks_;  // by slot
  std::vector<Seldom> seldom_;      // of each
  std::vector<std::uint32_t> by_code_ = std::vector<std::uint32_t>(kCodes, kNoSlot);
  std::array<Arrival, kArrivals> arrivals_{};
  std::uint32_t next_arrival_ = 0;
  std::array<Loss, kLosses> losses_{};
  std::uint32_t next_loss_ = 0;
  std::array<Standing, kStanding> standing_{};
  std::uint32_t next_standing_ = 0;
  DoubtCounters counters_;
  std::optional<Plot> told_;       // the plot in hand as it came, if it was devalued
  std::vector<Finding> findings_;  // not of the state: whoever gave the plots takes them

 public:
  // Memory a track: what every plot looks at, and the rest.
  static constexpr std::size_t kTrackBytes = sizeof(TrackDoubt);
  static constexpr std::size_t kSeldomBytes = sizeof(Seldom);
};

}  // namespace liptako::track
