// The tracker: plots in, local tracks out, plot by plot at each plot's own time.
//
// For every plot: find the tracks it may belong to (by address, else by place), predict them to the
// plot's time, gate them, choose the most likely by position, address, Mode A code and altitude
// together, update filter and existence, or start a tentative track. Where a plot without an
// address may be of more than one track without one, those tracks become a group: its plots wait
// until the sensor has looked past them all and go through the cluster filter (cluster/pmbm.hpp),
// until each track is independent of the others again. Late plots are used by retrodiction. Each
// update leaves a trace.
//
// Deterministic: the same calls give the same tracks, numbers and traces; save() then load() gives
// a tracker that goes on identically.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "track/birth_map.hpp"
#include "track/clutter_map.hpp"
#include "track/doubt/doubt_book.hpp"
#include "track/fresh_share.hpp"
#include "track/group.hpp"
#include "track/identity_memory.hpp"
#include "track/plot_height.hpp"
#include "track/pressure_offset.hpp"
#include "track/registration/registration.hpp"
#include "track/rollback.hpp"
#include "track/store.hpp"

namespace liptako::track {

struct TrackerOptions {
  ImmOptions imm;  // of airliners that do not cruise (aircraft_class.hpp)
  // Squared Mahalanobis gates, 2 degrees of freedom: 1 in 3,000 and, with a 24-bit address to
  // vouch, 7 sigma.
  double gate = 16.0;
  double gate_addressed = 50.0;
  double confirm_existence = 0.98;
  std::uint32_t confirm_hits_addressed = 2;
  std::uint32_t confirm_hits = 3;
  double drop_existence = 5e-4;
  // A confirmed track is kept through a silence this long, or 3.3 looks of its slowest sensor if
  // that is longer; what comes after a longer one resumes the number with the break counted.
  base::Duration coast_limit = std::chrono::seconds(30);
  // How much later than its measurement a plot may reach the tracker before ticks conclude that
  // none came.
  base::Duration delivery_slack = std::chrono::seconds(3);
  base::Length max_position_sd = base::Length::from_metres(15'000);
  // Plots older than this against their track are counted and dropped.
  base::Duration max_lag = std::chrono::seconds(10);
  base::Duration mean_lifetime = std::chrono::hours(1);
  // New aircraft per look of one sensor, anywhere in its coverage.
  double births_per_look = 0.05;
  // Learns where aircraft begin to be seen (birth_map.hpp).
  bool learns_births = true;
  // How much of what an ADS-B report may err by is new in each; learnt if absent (fresh_share.hpp).
  std::optional<double> fresh_share;
  // Hypotheses of one group of tracks in doubt; 0: every plot goes to one track at once.
  int max_hypotheses = 200;
  // Bounds memory and time against a flood of forged reports; plots beyond start no track.
  std::uint32_t max_tracks = 50'000;
  // Sensors' biases are learnt and taken away (registration/registration.hpp).
  bool registration = true;
  // Tracks whose last seconds are kept for late plots (rollback.hpp), at about 25 KB each.
  std::uint32_t max_pasts = 2'048;
};

// Why a track stands where it stands: one line per plot that changed it. Plots that were set aside
// are counted (TrackerCounters).
struct UpdateTrace {
  base::Timestamp plot_time;
  std::uint16_t sensor = 0;
  double innovation[2] = {};  // metres and radians for radar, metres east and north for the others
  double innovation_covariance[3] = {};
  double nis = 0.0;         // normalised innovation squared, 2 degrees of freedom
  double gate_ratio = 0.0;  // nis over the gate that applied; at most 1 for a plot that was used
  double likelihood = 0.0;  // of the plot given the track, per unit of the innovation
  std::uint16_t candidates = 0;  // tracks inside the gate; more than 1: the choice was ambiguous
  float lag_s = 0.0F;            // > 0: a late plot, used by retrodiction
  AltitudeUse altitude = AltitudeUse::none;
  // Probabilities of the modes after it; all 0 for a first plot. And whose modes they were.
  std::array<float, kModes> modes{};
  AircraftClass motion = AircraftClass::airliner;
  bool cruises = false;
  float velocity_nis = 0.0F;  // of a reported velocity; beyond the gate it was not used
};

enum class TrackEventKind : std::uint8_t {
  started = 1,
  updated = 2,
  coasting = 3,
  resumed = 4,
  dropped = 5,
  restarted = 6  // same track, but its filter began anew at this plot
};

struct TrackEvent {
  TrackEventKind kind = TrackEventKind::updated;
  TrackView view;
  UpdateTrace trace;  // meaningful for started, updated and resumed
};

struct TrackerCounters {
  std::uint64_t plots = 0;
  std::uint64_t used = 0;
  std::uint64_t started = 0;
  std::uint64_t late = 0;          // older than max_lag
  std::uint64_t split = 0;         // a second plot of one aircraft in one antenna turn
  std::uint64_t outside_gate = 0;  // address known, position impossible
  std::uint64_t not_finite = 0;
  std::uint64_t unsound = 0;    // tracks dropped because their covariance failed
  std::uint64_t restarted = 0;  // filters started anew where the aircraft's own plots say it is
  std::uint64_t breaks = 0;
  std::uint64_t taken_over = 0;  // a new track took the number of a silent one with its address
  std::uint64_t velocity_refused = 0;  // reports whose velocity contradicts the track
  std::uint64_t address_flood = 0;     // too many tracks claim one address already
  std::uint64_t over_limit = 0;        // no room for another track
  std::uint64_t nothing_new =
      0;  // another system's word on what a sensor it carries told us itself
  std::uint64_t rolled_back = 0;  // late plots used in their own place
  std::uint64_t clutter = 0;      // plots so surely of a standing echo that they started no track
  std::uint64_t grouped = 0;      // plots that went through the cluster filter
  std::uint64_t groups = 0;       // groups begun
};

class Tracker {
 public:
  explicit Tracker(const TrackerOptions& options = {});

  // The sensors in force. Tracks keep what they owe to sensors that stay (matched by SAC/SIC); at
  // most kMaxSensors.
  static constexpr std::size_t kMaxSensors = 64;
  void set_sensors(std::span<const SensorDescription> sensors);
  [[nodiscard]] std::span<const SensorDescription> sensors() const { return descriptions_; }

  // A plot, in any order of time. It is used when time moves on: with the next plot of another time
  // or advance(), so that plots of one time may come in any order. Requires plot.sensor <
  // sensors().size().
  void take(const Plot& reported, std::vector<TrackEvent>& events);
  // The sensor was alive and looking at this time (a north mark, a sector message): silence before
  // it is evidence.
  void note_sensor_time(std::uint16_t sensor, base::Timestamp time);
  // Time has passed to `now` on the clock that plots are stamped with: silence, coasting, drops.
  void advance(base::Timestamp now, std::vector<TrackEvent>& events);

  // No more will come: what waits for the time to move on is used.
  void finish(std::vector<TrackEvent>& events);

  // The track at `at`, extrapolated forwards or, by some seconds, backwards.
  [[nodiscard]] TrackView view(std::uint32_t slot, base::Timestamp at) const;
  template <class Visit>
  void for_each_track(Visit&& visit) const {
    for (std::uint32_t slot = 0; slot < store_.slot_count(); ++slot) {
      if (store_.at(slot).active) visit(slot);
    }
  }
  [[nodiscard]] std::uint32_t track_count() const { return store_.active_count(); }
  [[nodiscard]] const TrackerCounters& counters() const { return counters_; }
  [[nodiscard]] const Registration& registration() const { return registration_; }
  // Instead of what the options said; what was learnt is kept.
  void set_registration(bool on) { registration_.set_enabled(on); }

  // What was found doubtful since the findings were last cleared; at most
  // DoubtBook::kMaxFindings are kept.
  [[nodiscard]] const DoubtBook& doubts() const { return doubts_; }
  void clear_findings() { doubts_.clear_findings(); }
  // Tracks whose recent past is kept for late plots.
  [[nodiscard]] std::size_t pasts_kept() const { return rollback_.size(); }

  // Memory a track: what every plot of it looks at.
  static constexpr std::size_t kTrackBytes = sizeof(TrackRecord) + DoubtBook::kTrackBytes;

  void save(base::ByteWriter& out) const;
  [[nodiscard]] static std::optional<Tracker> load(const TrackerOptions& options,
                                                   base::ByteReader& in);

 private:
  struct Sensor {
    geo::TangentFrame site;
    base::Timestamp latest;  // newest time the sensor is known to have looked
    bool heard = false;
    ClutterMap clutter;  // of a polar radar
    FreshShare fresh;    // of one that tells aircraft's navigation
  };
  struct Candidate {
    std::uint32_t slot = kNoSlot;
    bool inside = false;  // the gate; else the plot is nearer than twice the gate
    Discrepancy fit;
    double identity = 0.0;  // log-likelihood ratio of address, code and altitude
  };
  // A track taken to a plot's time (a late plot: left where it is), and the plot seen from there.
  struct Prediction {
    Imm imm;
    VerticalFilter vertical;
    HeightEffect height_effect;
    NavigationEffect navigation;       // now
    NavigationEffect navigation_then;  // of the plot's time
    Gaussian before;                   // of the plot's time
    LinearMeasurement position;
    struct {
      HorizontalState at;
      Height height;
    } seen_from;  // what `position` was linearised at
    // `position` with the unknown height and the aircraft's navigation counted, and its fit.
    LinearMeasurement considered;
    Discrepancy fit;
    NavigationShare share;
    bool has_share = false;
    std::optional<double> apart;  // d2 if the navigation errs as it did; at most kAgreesWithin
    bool rewound = false;         // a late plot: the state is from the track's past
    double behind_s = 0.0;        // how much older the plot is than the state
    // What the aircraft may have done in that time, as noise of the plot; a position's and a
    // velocity's variance.
    struct {
      double position_m2 = 0.0;
      double velocity_m2ps2 = 0.0;
    } noise_since;
    std::optional<base::Duration> since_last;  // the sensor's plot before it
  };
  // What a track tells of one time, with what it was worked out from.
  struct Extrapolation {
    base::Timestamp at;
    Gaussian state;
    VerticalFilter vertical;
    HeightEffect height_effect;
    NavigationEffect navigation;
  };

  void rebuild_sites();
  [[nodiscard]] std::uint16_t home_of(std::uint16_t sensor) const;
  // Of the sensors that still see the track.
  struct Periods {
    base::Duration fastest;
    base::Duration slowest;
  };
  [[nodiscard]] Periods periods_of(const TrackRecord& t) const;
  [[nodiscard]] base::Duration coast_limit(const TrackRecord& t) const;
  // The plot's sensor has already given this track its plot of this look.
  [[nodiscard]] bool is_repeated(const TrackRecord& t, const Plot& plot) const;
  [[nodiscard]] LinearMeasurement linearise(const Plot& plot,
                                            const TrackRecord& t,
                                            const HorizontalState& at,
                                            const Height& height) const;
  [[nodiscard]] FirstFix first_fix(const Plot& plot) const;
  // Plots of this plot's make that come from no aircraft: a look, were they everywhere as dense as
  // at its place; and that density, in the units of its measurement.
  [[nodiscard]] double false_plots(const Plot& plot) const;
  // New aircraft a look, were they everywhere as frequent as at the place of the plot.
  [[nodiscard]] double births_per_look(const Plot& plot, const geo::Geodetic& place) const;
  [[nodiscard]] double false_plot_density(const Plot& plot) const;
  // Probability that the source of the track's plots stands still, seen from its velocity alone; 0
  // for a track that a transponder or another kind of sensor vouches for.
  [[nodiscard]] double standing(const TrackRecord& t, const Gaussian& now) const;
  // LinearMeasurement::dilution of a plot's position or velocity `m`, which fits the prediction so.
  [[nodiscard]] double dilution_of(const Prediction& prediction,
                                   const Plot& plot,
                                   const LinearMeasurement& m,
                                   const Discrepancy& fit) const;
  // The track already rests on data that the plot's sensor, a tracker, rests on.
  [[nodiscard]] bool is_carried(const TrackRecord& t, const Plot& plot) const;
  // A report that tells nothing new: the aircraft is where it was thought to be, and is called so.
  void note_carried(std::uint32_t slot, const Plot& plot);
  void predict_to(const TrackRecord& t, const Plot& plot, Prediction& prediction) const;
  // From the state of a late plot's track to the plot's time.
  static void look_back(Prediction& prediction, const ImmModel& model, double lag);
  void note_fit(Prediction& prediction, const Plot& plot) const;  // of its position
  // Of a track within `reach` times the squared gate; one with the plot's address must be inside.
  [[nodiscard]] std::optional<Candidate> consider(std::uint32_t slot,
                                                  const Plot& plot,
                                                  double reach,
                                                  Prediction& prediction) const;
  void use_instant(std::vector<TrackEvent>& events);
  void use_reported(const Plot& reported, std::vector<TrackEvent>& events);
  // Associates, starts or sets aside.
  void use(const Plot& plot, std::vector<TrackEvent>& events);
  void note_contender(const Plot& plot, const Candidate& candidate);
  [[nodiscard]] bool is_contended(const Plot& plot);
  // What tells an update how it came about.
  struct Choice {
    std::uint16_t candidates = 0;
    double gate = 0.0;
  };
  void associate(std::uint32_t slot,
                 const Plot& plot,
                 Prediction& prediction,
                 const Choice& choice,
                 std::vector<TrackEvent>& events);
  // Late plots (tracker_late.cpp). Takes the prediction to the plot's time by the track's past;
  // false if that does not go there.
  [[nodiscard]] bool rewind(std::uint32_t slot, const Plot& plot, Prediction& prediction) const;
  // associate() for a plot that was rewound to: with it and once more with all plots after it.
  void roll_back(std::uint32_t slot,
                 const Plot& plot,
                 Prediction& prediction,
                 const Choice& choice,
                 std::vector<TrackEvent>& events);
  // The filter's part of that for one plot.
  [[nodiscard]] std::optional<UpdateResult> use_again(TrackRecord& t,
                                                      const Plot& plot,
                                                      Prediction& prediction,
                                                      UpdateTrace& trace);
  // The plot is of this track, and too old for it.
  [[nodiscard]] bool is_of_the_past(std::uint32_t slot,
                                    const Plot& plot,
                                    const FirstFix& fix) const;
  void start(const Plot& plot, std::vector<TrackEvent>& events);
  void restart(std::uint32_t slot, const Plot& plot, std::vector<TrackEvent>& events);
  [[nodiscard]] Gaussian initial_state(const Plot& plot, const FirstFix& fix) const;
  // Takes from the state what of it is the error of the aircraft's navigation.
  [[nodiscard]] NavigationEffect initial_navigation(const Plot& plot, Gaussian& state) const;
  [[nodiscard]] std::uint32_t nearest_with_address(const Plot& plot) const;
  // Of where the track is at the sensor's newest look.
  [[nodiscard]] double share_in_view_of(const TrackRecord& t, std::uint16_t sensor) const;
  // A sensor whose plots confirm tracks has seen it.
  [[nodiscard]] bool has_confirming_sensor(const TrackRecord& t) const;
  // `shown`: an event has told of the track under its present number.
  void confirm_if_due(std::uint32_t slot, bool shown, std::vector<TrackEvent>& events);
  // Of a track just confirmed: the number it had before it fell silent. False: it had none.
  [[nodiscard]] bool take_over_number(std::uint32_t slot,
                                      bool shown,
                                      std::vector<TrackEvent>& events);
  [[nodiscard]] const ImmModel& motion_of(const TrackRecord& t) const {
    return motions_->of(t.motion);
  }
  [[nodiscard]] double fresh_share(const Plot& plot) const {
    return options_.fresh_share.value_or(sensors_[plot.sensor].fresh.share());
  }
  void learn_fresh_share(const Plot& plot, const Prediction& prediction);
  // Of a plot that named nobody, from the aircraft whose track it went to.
  void learn_biases(const TrackRecord& t, const Plot& plot, const Choice& choice);
  [[nodiscard]] bool is_seen_by_another(const TrackRecord& t, const Plot& plot) const;
  // The same where the sensor's biases may be too large for that: from the only aircraft with an
  // address that they may have moved there.
  void learn_biases_from_afar(const Plot& plot);
  // Asks the atmosphere's offset anew, and a confirmed track that knows both heights tells it.
  void renew_offset(const TrackRecord& t, const Plot& plot, const HeightStates& states);
  // The prediction's position and fit as they are from the height as it is now known.
  void see_again(Prediction& prediction, const Plot& plot, const TrackRecord& t) const;
  // The track moves on as what it turns out to be; `after`: its state. True: as another class.
  [[nodiscard]] bool judge_motion(TrackRecord& t,
                                  const Plot& plot,
                                  const Gaussian& after,
                                  Imm& imm);
  // The plot's position and velocity go into the prediction, whose heights know its height already;
  // `after`: the state then. Nothing: a covariance failed.
  [[nodiscard]] std::optional<UpdateResult> use_measurements(const TrackRecord& t,
                                                             const Plot& plot,
                                                             Prediction& prediction,
                                                             Gaussian& after,
                                                             UpdateTrace& trace);
  void explain_refusal(const TrackRecord& t, const Plot& plot, UpdateTrace& trace) const;
  void drop(std::uint32_t slot, base::Timestamp at, std::vector<TrackEvent>& events);

  // Groups (tracker_groups.cpp).

  // The plot waits with the group of the tracks in contenders_; rivals_ are who else may have sent
  // it.
  void gather(const Plot& plot, std::vector<TrackEvent>& events);
  void enter(std::uint32_t slot, std::uint32_t group);
  void merge(std::uint32_t into, std::uint32_t other);
  void bring_to(Group& group, base::Timestamp time) const;
  // Looks whose sensor is known to have passed by `latest` of its own time, or that are so old by
  // `now` that nothing more will come.
  void close_looks(std::uint16_t sensor, base::Timestamp latest, std::vector<TrackEvent>& events);
  void close_old_looks(base::Timestamp now, std::vector<TrackEvent>& events);
  void close(const OpenLook& look, std::vector<TrackEvent>& events);
  // What the group's filter believes goes into the tracks, after a look.
  void publish(std::uint32_t group, const AircraftLook& look, std::vector<TrackEvent>& events);
  void write_back(std::uint32_t slot, const Group& group, const AircraftState& x, double existence);
  void leave(std::uint32_t slot);
  [[nodiscard]] base::Duration look_time(const Group& group, std::uint16_t sensor) const;
  [[nodiscard]] std::uint32_t allocate_group();
  void remap_looks(std::span<const std::uint16_t> new_index);
  void learn_clutter(const AircraftLook& look);
  void free_group(std::uint32_t index);
  // Those whose last track ended by silence.
  void free_empty_groups();
  void save_groups(base::ByteWriter& out) const;
  [[nodiscard]] bool load_groups(base::ByteReader& in);
  void note_hit(TrackRecord& t, const Plot& plot);
  void note_identity(std::uint32_t slot, const Plot& plot);
  // `now`: combine() of the track; moved with it.
  static void move_frame(TrackRecord& t, Gaussian& now);
  [[nodiscard]] TrackView view_of(const TrackRecord& t, const Extrapolation& state) const;

  TrackerOptions options_;
  std::unique_ptr<const MotionModels> motions_;  // of groups, too
  AircraftMotion aircraft_;
  Prediction
      tried_[2];  // of the track being considered and of the best so far; between calls, nothing
  Registration registration_;
  Plot corrected_;  // the plot being taken; between calls, nothing
  std::vector<SensorDescription> descriptions_;
  std::vector<Sensor> sensors_;
  TrackStore store_;
  Rollback rollback_;
  std::vector<Plot> instant_;                      // of one time, as reported
  std::unique_ptr<Group::Filter::WorkArea> work_;  // of all groups
  std::vector<Group> groups_;
  std::vector<std::uint32_t> free_groups_;
  std::vector<OpenLook> open_looks_;   // in the order they were opened
  std::vector<Candidate> contenders_;  // of the plot in hand, without an address
  struct Rival {
    std::uint32_t slot = kNoSlot;
    double density = 0.0;
  };
  std::vector<Rival> rivals_;
  std::vector<PlotInLook> look_plots_;
  struct Told {  // of a label, after a look
    std::uint32_t label = 0;
    double existence = 0.0;
    AircraftState x;
    bool alone = false;
    std::uint32_t slot = kNoSlot;  // of its track
    bool is_new = false;
  };
  std::vector<Told> told_;
  std::vector<WaitingPlot> released_;  // empty between two looks
  IdentityMemory memory_;
  PressureOffsets offsets_;
  BirthMap births_;
  DoubtBook doubts_;
  TrackerCounters counters_;
  std::uint32_t next_number_ = 1;
};

}  // namespace liptako::track
