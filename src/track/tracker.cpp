#include "track/tracker.hpp"

#include <algorithm>

#include "base/archive.hpp"
#include "base/check.hpp"
#include "base/math.hpp"
#include "track/coverage.hpp"
#include "track/near.hpp"
#include "track/plot_height.hpp"
#include "track/sensors/models.hpp"
#include "track/sensors/stated_position.hpp"
#include "track/stored.hpp"

namespace liptako::track {
namespace {

using base::Duration;
using base::Timestamp;
using base::to_seconds;

constexpr double kFirstVelocitySdMps = 150.0;  // per axis, of an aircraft seen once
constexpr double kFrameReachM = 30'000.0;    // beyond, the track moves to a frame of its own place
constexpr double kSearchRadiusM = 12'000.0;  // place index
constexpr double kWidestSearchM = 100'000.0;
constexpr double kMissAfterPeriods = 1.3;
constexpr double kCoastingAfterPeriods = 1.6;
constexpr int kMaxMissesPerTick = 8;
constexpr int kForgottenAfterPeriods = 3;
constexpr std::uint32_t kMaxClaims = 4;  // tracks that may claim one address at a time
constexpr double kSameAircraftM =
    5000.0;  // two aircraft with one address are further apart than this
constexpr std::uint32_t kRefusalsBeforeRestart = 3;
constexpr std::size_t kMaxInstant = 4096;
constexpr std::uint64_t kSensorMemoryNs = 60'000'000'000;

// A plot within twice the gate of a track (its square: four times) is near enough that the track's
// own plot of this look may be mistaken for it; unless what it says of itself speaks against it.
constexpr double kNearGate = 4.0;
constexpr double kRivalEvidence = -4.0;
constexpr double kSameUas = 12.0;  // log-likelihood ratio of an unmanned aircraft's identity

// Squared Mahalanobis distance beyond which a report of another tracker tells of something new: one
// in twenty does by chance.
constexpr double kNewsDistance = 5.991;
// Beyond five deviations what an aircraft's navigation errs by is another error than before.
constexpr double kAgreesWithin = 25.0;
// A height known better by less than this moves the innovation, and nothing else of the
// measurement.
constexpr double kSmallStepM = 30.0;
constexpr double kWellKnownM = 500.0;
constexpr double kRollMps = 25.0;  // faster is a take-off or a landing

// What 30 s of silence can hide, or three deviations of a rough report.
base::Length search_radius(const FirstFix& fix) {
  const double sd = std::sqrt(fix.cov_ee_m2 + fix.cov_nn_m2);
  return base::Length::from_metres(std::fmin(kWidestSearchM, std::fmax(kSearchRadiusM, 3.0 * sd)));
}

double position_sd_m(const Gaussian& g) { return std::sqrt(g.P[packed(0, 0)] + g.P[packed(1, 1)]); }

// A radar of the surface sees the middle of an aircraft, some ten metres behind what others place.
// Of one that rolls fast that is a small part of a second; of one that taxies, a wrong clock.
bool rolls_fast(const Gaussian& g) {
  const double ve = g.mean.x[kVelocityEast], vn = g.mean.x[kVelocityNorth];
  return ve * ve + vn * vn > kRollMps * kRollMps;
}

// As far as H looks at the position.
void widen_position(LinearMeasurement& m, double variance_m2) {
  const double(&a)[kStateSize] = m.H[0];
  const double(&b)[kStateSize] = m.H[1];
  m.R[0] += variance_m2 * (a[kEast] * a[kEast] + a[kNorth] * a[kNorth]);
  m.R[1] += variance_m2 * (a[kEast] * b[kEast] + a[kNorth] * b[kNorth]);
  m.R[2] += variance_m2 * (b[kEast] * b[kEast] + b[kNorth] * b[kNorth]);
}

// By the likelihood over all modes: the moments of straight flight and turns together make a plot
// that a turn leads to unlikelier than the turn is, and an aircraft that turns would be lost.
Discrepancy fit_of_modes(const Imm& imm,
                         const ImmModel& model,
                         const LinearMeasurement& m,
                         const UpdateAt& at) {
  Discrepancy fit = at.fit;
  Imm after = imm;
  if (const auto result = update(after, model, m, at, nullptr))
    fit.d2 -= 2.0 * (log_likelihood(*result) - log_likelihood(fit));
  return fit;
}

}  // namespace

template <class Archive>
void visit_fields(Archive& archive, TrackerCounters& c) {
  archive(c.plots,
          c.used,
          c.started,
          c.late,
          c.split,
          c.outside_gate,
          c.not_finite,
          c.unsound,
          c.restarted,
          c.breaks,
          c.taken_over,
          c.velocity_refused,
          c.address_flood,
          c.over_limit,
          c.nothing_new,
          c.rolled_back,
          c.clutter,
          c.grouped,
          c.groups);
}

Tracker::Tracker(const TrackerOptions& options)
    : options_(options),
      motions_(std::make_unique<const MotionModels>(options.imm)),
      aircraft_{motions_.get(), kFirstVelocitySdMps},
      rollback_(options.max_pasts),
      work_(std::make_unique<Group::Filter::WorkArea>()) {
  registration_.set_enabled(options.registration);
}

void Tracker::rebuild_sites() {
  for (std::size_t i = 0; i < sensors_.size(); ++i) {
    SensorDescription& s = descriptions_[i];
    if (!s.placed) {
      // Somewhere: its tracks meet only its own plots (TrackRecord::home) and are shown nowhere.
      s.site = {};
    }
    sensors_[i].site = geo::TangentFrame(s.site);
  }
}

void Tracker::set_sensors(std::span<const SensorDescription> sensors) {
  CHECK(sensors.size() <= kMaxSensors);
  std::vector<std::uint16_t> new_index(descriptions_.size(), kPlacedHome);
  std::vector<Sensor> states(sensors.size());
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    for (std::size_t old = 0; old < descriptions_.size(); ++old) {
      if (descriptions_[old].sac_sic == sensors[i].sac_sic &&
          descriptions_[old].kind == sensors[i].kind) {
        new_index[old] = static_cast<std::uint16_t>(i);
        states[i] = sensors_[old];
      }
    }
  }
  std::vector<bool> place_changed(descriptions_.size());
  for (std::size_t old = 0; old < descriptions_.size(); ++old) {
    place_changed[old] = new_index[old] == kPlacedHome ||
                         sensors[new_index[old]].placed != descriptions_[old].placed;
  }
  std::vector<int> former(sensors.size(), -1);
  for (std::size_t old = 0; old < new_index.size(); ++old) {
    // One that was moved is another sensor to whoever learns its biases.
    if (new_index[old] != kPlacedHome &&
        stands_as_before(descriptions_[old], sensors[new_index[old]]))
      former[new_index[old]] = static_cast<int>(old);
  }
  registration_.set_sensors(sensors, former);
  descriptions_.assign(sensors.begin(), sensors.end());
  doubts_.set_sensors(sensors, new_index);
  sensors_ = std::move(states);
  for (std::size_t i = 0; i < sensors_.size(); ++i) {
    const SensorDescription& s = descriptions_[i];
    if (s.kind == SensorKind::polar_radar && !sensors_[i].clutter.fits(s))
      sensors_[i].clutter = ClutterMap(s);
  }
  rebuild_sites();
  rollback_.clear();
  memory_.remap_homes(new_index, place_changed);
  remap_looks(new_index);
  for (std::uint32_t slot = 0; slot < store_.slot_count(); ++slot) {
    TrackRecord& t = store_.at(slot);
    if (!t.active) continue;
    if (t.home != kPlacedHome) {
      // A track in the frame of a sensor without a site means nothing once that sensor goes or gets
      // its site.
      if (place_changed[t.home]) {
        leave(slot);
        store_.release(slot);
        continue;
      }
      t.home = new_index[t.home];
    }
    std::uint8_t kept = 0;
    for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
      Visibility v = t.seen_by[i];
      if (new_index[v.sensor] == kPlacedHome) continue;
      v.sensor = new_index[v.sensor];
      t.seen_by[kept++] = v;
    }
    t.seen_by_count = kept;
  }
}

std::uint16_t Tracker::home_of(std::uint16_t sensor) const {
  const SensorDescription& s = descriptions_[sensor];
  return s.placed || !model_of(s.kind).needs_site ? kPlacedHome : sensor;
}

Duration Tracker::coast_limit(const TrackRecord& t) const {
  return std::max<Duration>(options_.coast_limit, periods_of(t).slowest * 33 / 10);
}

Tracker::Periods Tracker::periods_of(const TrackRecord& t) const {
  Periods periods{std::chrono::seconds(60), Duration::zero()};
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    const Visibility& v = t.seen_by[i];
    const Duration period = descriptions_[v.sensor].period;
    // A sensor that lost the aircraft while others still saw it says no more when to expect it.
    if (t.last_plot_time - v.last_hit > kForgottenAfterPeriods * period) continue;
    periods.fastest = std::min(periods.fastest, period);
    periods.slowest = std::max(periods.slowest, period);
  }
  return periods;
}

bool Tracker::is_repeated(const TrackRecord& t, const Plot& plot) const {
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    const Visibility& v = t.seen_by[i];
    if (v.sensor != plot.sensor) continue;
    const SensorDescription& s = descriptions_[v.sensor];
    const double share = model_of(s.kind).same_look_share;
    if (share == 0.0) return plot.time == v.last_hit;
    const Duration apart = plot.time > v.last_hit ? plot.time - v.last_hit : v.last_hit - plot.time;
    return to_seconds(apart) < share * to_seconds(s.period);
  }
  return false;
}

LinearMeasurement Tracker::linearise(const Plot& plot,
                                     const TrackRecord& t,
                                     const HorizontalState& at,
                                     const Height& height) const {
  const SensorDescription& sensor = descriptions_[plot.sensor];
  LinearMeasurement m =
      model_of(sensor.kind)
          .linearise(sensor, sensors_[plot.sensor].site, plot, t.frame, at, height);
  registration_.widen(m, plot.sensor, at);
  return m;
}

FirstFix Tracker::first_fix(const Plot& plot) const {
  VerticalFilter vertical;
  const SensorDescription& sensor = descriptions_[plot.sensor];
  start_height(vertical, sensor, sensors_[plot.sensor].site, plot);
  const Height height = geometric_height(vertical);
  return model_of(sensor.kind).first_fix(sensor, sensors_[plot.sensor].site, plot, height);
}

double Tracker::false_plots(const Plot& plot) const {
  const SensorDescription& s = descriptions_[plot.sensor];
  const double count = plot.icao_address  ? s.false_plots_addressed
                       : is_primary(plot) ? s.false_plots_primary
                                          : s.false_plots_secondary;
  if (!is_primary(plot)) return count;
  return count + model_of(s.kind).measurement_space(s) *
                     sensors_[plot.sensor].clutter.density(plot.slant_range, plot.azimuth);
}

double Tracker::births_per_look(const Plot& plot, const geo::Geodetic& place) const {
  if (!options_.learns_births || home_of(plot.sensor) != kPlacedHome)
    return options_.births_per_look;
  return options_.births_per_look * births_.ratio(place, descriptions_[plot.sensor].range_max);
}

double Tracker::false_plot_density(const Plot& plot) const {
  const SensorDescription& s = descriptions_[plot.sensor];
  return false_plots(plot) / model_of(s.kind).measurement_space(s);
}

double Tracker::standing(const TrackRecord& t, const Gaussian& g) const {
  if (t.icao_address || t.mode_3a || has_pressure_altitude(t.vertical)) return 0.0;
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    if (descriptions_[t.seen_by[i].sensor].kind != SensorKind::polar_radar) return 0.0;
  }
  const double ve = g.mean.x[kVelocityEast], vn = g.mean.x[kVelocityNorth];
  const double ee = g.P[packed(kVelocityEast, kVelocityEast)];
  const double en = g.P[packed(kVelocityEast, kVelocityNorth)];
  const double nn = g.P[packed(kVelocityNorth, kVelocityNorth)];
  const double determinant = ee * nn - en * en;
  if (!(determinant > 0.0)) return 0.0;
  // How often an estimate of a velocity of zero would lie this far off or further.
  const double d2 = (nn * ve * ve - 2.0 * en * ve * vn + ee * vn * vn) / determinant;
  return base::exp(-0.5 * d2);
}

double Tracker::dilution_of(const Prediction& prediction,
                            const Plot& plot,
                            const LinearMeasurement& m,
                            const Discrepancy& fit) const {
  const SensorDescription& sensor = descriptions_[plot.sensor];
  const SensorModel& model = model_of(sensor.kind);
  std::optional<Duration> since_last = prediction.since_last;
  if (model.tells_navigation) return 1.0;  // its share is told apart
  if (model.dilution == nullptr) {
    return since_last ? registration_.dilution(m, plot.sensor, to_seconds(*since_last)) : 1.0;
  }
  // An error that lives on is in the track too, and would agree with it. What does not agree is
  // new.
  if (fit.d2 > kNewsDistance) since_last.reset();
  const double biased =
      since_last ? registration_.dilution(m, plot.sensor, to_seconds(*since_last)) : 1.0;
  return std::fmax(model.dilution(sensor, plot, since_last), biased);
}

bool Tracker::is_carried(const TrackRecord& t, const Plot& plot) const {
  const SensorDescription& other = descriptions_[plot.sensor];
  for (std::uint8_t i = 0; other.carries != 0 && i < t.seen_by_count; ++i) {
    const Visibility& v = t.seen_by[i];
    if ((other.carries >> v.sensor & 1) == 0) continue;
    // What it learned from that sensor's last plot is in its reports for a memory; the next plot is
    // due within a period.
    if (plot.time - v.last_hit <= other.memory + descriptions_[v.sensor].period) return true;
  }
  return false;
}

void Tracker::note_carried(std::uint32_t slot, const Plot& plot) {
  ++counters_.nothing_new;
  TrackRecord& t = store_.at(slot);
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    Visibility& v = t.seen_by[i];
    if (v.sensor == plot.sensor) v.accounted_until = std::max(v.accounted_until, plot.time);
  }
  note_identity(slot, plot);
}

void Tracker::note_fit(Prediction& p, const Plot& plot) const {
  p.considered = considered(p.position, p.height_effect, p.seen_from.height);
  if (p.behind_s > 0.0) widen_position(p.considered, p.noise_since.position_m2);
  const bool tells_navigation = model_of(descriptions_[plot.sensor].kind).tells_navigation;
  p.has_share = tells_navigation || !is_none(p.navigation);
  if (!p.has_share) {
    p.fit = evaluate(p.before, p.considered);
    return;
  }
  ReportNoise noise;
  if (tells_navigation) {
    const double(&R)[3] = p.position.R;
    const double(&x)[kStateSize] = p.before.mean.x;
    const double stamps_s = to_seconds(descriptions_[plot.sensor].latency_sd);
    noise = split({{R[0], R[1], R[2]}, x[kVelocityEast], x[kVelocityNorth], stamps_s * stamps_s},
                  fresh_share(plot));
    for (int k = 0; k < 3; ++k) p.considered.R[k] += noise.fresh[k] - p.position.R[k];
  }
  const double own[3] = {p.considered.R[0], p.considered.R[1], p.considered.R[2]};
  const auto count = [&] {
    p.share = share_of(p.navigation_then, p.position, tells_navigation ? noise.root : nullptr);
    if (p.behind_s > 0.0) correlate(p.share, p.navigation);
    for (int k = 0; k < 3; ++k) p.considered.R[k] = own[k] + p.share.correlation.shared[k];
    p.fit = evaluate(p.before, p.considered);
  };
  count();
  if (!tells_navigation || is_none(p.navigation)) return;
  p.apart = std::fmin(p.fit.d2, kAgreesWithin);
  if (p.fit.d2 > kAgreesWithin) {
    // Its navigation errs otherwise than it did.
    widen(p.imm, forget(p.navigation));
    widen(p.before, forget(p.navigation_then));
    count();
  }
}

void Tracker::look_back(Prediction& p, const ImmModel& model, double lag) {
  p.behind_s = lag;
  p.before = retrodict(p.imm, model, lag);
  carry(p.navigation_then, -lag);
  double q = 0.0;
  for (int m = 0; m < kModes; ++m) q += p.imm.mu[m] * (model.noise[m] + model.along[m]);
  p.noise_since = {q * lag * lag * lag / 3.0, q * lag};
}

void Tracker::predict_to(const TrackRecord& t, const Plot& plot, Prediction& p) const {
  const double dt = to_seconds(plot.time - t.time);
  p.vertical = t.vertical;
  p.height_effect = t.height_effect;
  p.navigation = t.navigation;
  p.apart.reset();
  Widening faded;
  const bool fades = dt > 0.0 && !is_none(p.navigation);
  if (fades) faded = predict(p.navigation, dt);
  p.before = predict(t.imm, motion_of(t), dt, p.imm, fades ? &faded : nullptr);
  predict(p.vertical, dt);
  predict(p.height_effect, dt);
  p.navigation_then = p.navigation;
  p.behind_s = 0.0;
  if (dt < 0.0) look_back(p, motion_of(t), -dt);
  const Height height = geometric_height(p.vertical);
  p.position = linearise(plot, t, p.before.mean, height);
  p.seen_from = {p.before.mean, height};
  note_fit(p, plot);
  p.since_last.reset();
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    if (t.seen_by[i].sensor == plot.sensor) p.since_last = plot.time - t.seen_by[i].last_hit;
  }
}

std::optional<Tracker::Candidate> Tracker::consider(std::uint32_t slot,
                                                    const Plot& plot,
                                                    double reach,
                                                    Prediction& p) const {
  const TrackRecord& t = store_.at(slot);
  if (t.home != home_of(plot.sensor)) return std::nullopt;
  if (plot.time - t.last_plot_time > coast_limit(t) || t.time - plot.time > options_.max_lag)
    return std::nullopt;
  const bool same_address = plot.icao_address && t.icao_address == plot.icao_address;
  if (!same_address) {
    if (plot.icao_address && t.icao_address) return std::nullopt;
    if (is_repeated(t, plot)) return std::nullopt;
  }

  const bool same_uas = !plot.uas.empty() && plot.uas == t.uas;
  if (!same_uas && !plot.uas.empty() && !t.uas.empty()) return std::nullopt;

  predict_to(t, plot, p);
  const SensorDescription& sensor = descriptions_[plot.sensor];
  if (sensor.surface && p.vertical.known &&
      geometric_height(p.vertical).mean_m > (sensor.site.height + kSurfaceSight).metres()) {
    return std::nullopt;
  }
  p.rewound = rewind(slot, plot, p);
  Discrepancy fit = p.fit;
  // What is not a number is outside.
  const double gate = same_address ? options_.gate_addressed : options_.gate;
  if (!(fit.d2 <= (same_address ? kNearGate : reach) * gate)) return std::nullopt;
  if (fit.d2 > gate && p.behind_s == 0.0)
    fit = fit_of_modes(p.imm, motion_of(t), p.considered, {p.before, p.fit});
  // Likelier an echo of what stands there, and the aircraft unseen this time.
  if (is_primary(plot)) {
    const double seen = descriptions_[plot.sensor].detection_probability;
    if (base::log(seen / (1.0 - seen) / false_plot_density(plot)) + log_likelihood(fit) < 0.0)
      return std::nullopt;
  }

  // A late plot is of where the aircraft was.
  const Identity known{t.icao_address, t.mode_3a, t.mode_3a_candidate};
  const double identity =
      evidence_of(plot, known, p.vertical, p.behind_s) + (same_uas ? kSameUas : 0.0);
  // A plot without an address is an addressed aircraft's by where it lies alone. What it tells of
  // itself and is not the aircraft's counts as if it lay further off: such an aircraft has plots of
  // its own, and after a silence the nearest may be another's.
  const double against = t.icao_address && !same_address ? -2.0 * std::fmin(identity, 0.0) : 0.0;
  return Candidate{slot, fit.d2 + against <= gate, fit, identity};
}

void Tracker::take(const Plot& reported, std::vector<TrackEvent>& events) {
  CHECK(reported.sensor < sensors_.size());
  ++counters_.plots;
  if (!is_finite(reported)) {
    ++counters_.not_finite;
    return;
  }
  if (!instant_.empty() && instant_.front().time != reported.time) use_instant(events);
  instant_.push_back(reported);
  if (instant_.size() >= kMaxInstant) use_instant(events);
}

// In an order of their own: what is made of them must not depend on how they came.
void Tracker::use_instant(std::vector<TrackEvent>& events) {
  if (instant_.empty()) return;
  if (instant_.size() > 1) std::ranges::sort(instant_, comes_before);
  for (const Plot& plot : instant_) use_reported(plot, events);
  instant_.clear();
}

void Tracker::use_reported(const Plot& reported, std::vector<TrackEvent>& events) {
  const bool corrects = registration_.take(reported, descriptions_, corrected_);
  const Plot& told = corrects ? corrected_ : reported;
  doubts_.note_correction(reported, told, registration_.clock_moved_s(reported.sensor));
  note_sensor_time(told.sensor, told.time);
  if (!open_looks_.empty()) close_looks(told.sensor, told.time, events);
  DoubtMask doubts = 0;  // of those who claim its address
  if (told.icao_address) {
    store_.for_each_with_address(*told.icao_address,
                                 [&](std::uint32_t slot) { doubts |= store_.at(slot).doubts; });
  }
  std::optional<Plot> devalued;
  doubts_.begin_plot();
  if (doubts != 0) {
    if (doubts_.passes_over(store_, told)) return;
    devalued = doubts_.devalued(store_, told);
  }
  use(devalued ? *devalued : told, events);
}

void Tracker::finish(std::vector<TrackEvent>& events) {
  use_instant(events);
  while (!open_looks_.empty()) {
    const OpenLook look = open_looks_.front();
    open_looks_.erase(open_looks_.begin());
    close(look, events);
  }
}

void Tracker::use(const Plot& plot, std::vector<TrackEvent>& events) {
  std::optional<Candidate> best;
  std::uint16_t inside = 0;
  std::uint32_t claims = 0;  // tracks with this address
  bool too_late = false;
  Prediction* best_prediction = &tried_[0];
  Prediction* next_prediction = &tried_[1];
  double best_score = 0.0;  // once there are two
  double reach = 1.0;
  contenders_.clear();
  rivals_.clear();
  if (!plot.icao_address && home_of(plot.sensor) == kPlacedHome &&
      registration_.is_strange(plot.sensor)) {
    learn_biases_from_afar(plot);
  }
  const auto score = [](const Candidate& c) { return log_likelihood(c.fit) + c.identity; };
  const auto weigh = [&](std::uint32_t slot) {
    const auto candidate = consider(slot, plot, reach, *next_prediction);
    if (!candidate) return;
    if (reach > 1.0) note_contender(plot, *candidate);
    if (!candidate->inside) return;
    ++inside;
    // One alone need not be compared. The lower slot wins a tie, whatever order the indices give.
    if (best) {
      if (inside == 2) best_score = score(*best);
      const double its_score = score(*candidate);
      if (its_score < best_score || (its_score == best_score && candidate->slot > best->slot))
        return;
      best_score = its_score;
    }
    best = candidate;
    std::swap(best_prediction, next_prediction);
  };
  if (plot.icao_address) {
    store_.for_each_with_address(*plot.icao_address, [&](std::uint32_t slot) {
      ++claims;
      too_late = too_late || store_.at(slot).time - plot.time > options_.max_lag;
      weigh(slot);
    });
  }
  if (too_late && !best) {
    ++counters_.late;
    return;
  }
  double gate = options_.gate_addressed;
  // Where a track near by has the address and does not fit, no other one is given it: it would be
  // one aircraft's name on whatever stands beside it.
  if (!best && (claims == 0 || nearest_with_address(plot) == kNoSlot)) {
    gate = options_.gate;
    reach = kNearGate;
    const FirstFix fix = first_fix(plot);
    const Seen seen = seen_at(fix, plot);
    const double sds = std::sqrt(reach * std::fmax(gate, options_.gate_addressed));
    store_.for_each_near(
        fix.position.latitude, fix.position.longitude, search_radius(fix), [&](std::uint32_t slot) {
          const TrackRecord& t = store_.at(slot);
          const double dt = to_seconds(plot.time - t.time);
          // Of a late plot the past counts.
          if (dt < 0.0 || !is_far(t.imm,
                                  motion_of(t),
                                  t.frame,
                                  {geometric_height(t.vertical), t.height_effect, t.navigation},
                                  seen,
                                  dt,
                                  sds))
            weigh(slot);
          too_late = too_late || is_of_the_past(slot, plot, fix);
        });
    if (too_late && !best) {
      ++counters_.late;
      return;
    }
  }
  if (best) {
    if (is_repeated(store_.at(best->slot), plot)) {
      ++counters_.split;
      doubts_.note_repeated(store_, best->slot, plot);
      return;
    }
    if (doubts_.is_echo(store_, plot, best->slot)) return;
    if (is_carried(store_.at(best->slot), plot)) return note_carried(best->slot, plot);
    if (options_.max_hypotheses > 0 && is_contended(plot)) return gather(plot, events);
    leave(best->slot);  // the plot tells who it is
    associate(best->slot, plot, *best_prediction, {inside, gate}, events);
    return;
  }
  if (doubts_.is_echo(store_, plot, kNoSlot)) return;
  if (claims > 0) {
    ++counters_.outside_gate;
    // A silence beyond the limit ends the track here and now, by measurement time, so that it may
    // resume below.
    std::uint32_t ended = kNoSlot;
    store_.for_each_with_address(*plot.icao_address, [&](std::uint32_t slot) {
      const TrackRecord& t = store_.at(slot);
      if (plot.time - t.last_plot_time > coast_limit(t)) ended = std::min(ended, slot);
    });
    if (ended != kNoSlot) {
      drop(ended, plot.time, events);
    } else if (const std::uint32_t near = nearest_with_address(plot); near != kNoSlot) {
      // Too near to be another aircraft: an outlier, or our filter is wrong. The first is passed
      // over; when the aircraft insists, the filter starts anew where it says it is.
      const bool doubted = doubts_.note_refused(store_, near, plot);
      if (++store_.at(near).refusals >= kRefusalsBeforeRestart || doubted)
        restart(near, plot, events);
      return;
    } else if (claims >= kMaxClaims) {
      ++counters_.address_flood;
      return;
    }
  }
  start(plot, events);
}

void Tracker::note_contender(const Plot& plot, const Candidate& candidate) {
  const TrackRecord& t = store_.at(candidate.slot);
  if (t.icao_address || !t.uas.empty()) {
    if (!candidate.inside) return;
    const double seen = descriptions_[plot.sensor].detection_probability;
    rivals_.push_back(
        {candidate.slot,
         probability_from(t.odds) * seen *
             base::exp(log_likelihood(candidate.fit) + std::fmin(candidate.identity, 0.0))});
    return;
  }
  if (candidate.identity > kRivalEvidence || (candidate.inside && t.group != kNoSlot))
    contenders_.push_back(candidate);
}

// More than one track without an address may have sent the plot, or one that is already in doubt.
bool Tracker::is_contended(const Plot& plot) {
  bool inside = false;
  bool grouped = false;
  for (const Candidate& c : contenders_) {
    inside = inside || c.inside;
    grouped = grouped || (c.inside && store_.at(c.slot).group != kNoSlot);
  }
  if (!inside || !plot.uas.empty()) return false;
  // Of a sensor whose errors live on, the cluster filter would make too much.
  const SensorModel& model = model_of(descriptions_[plot.sensor].kind);
  const bool independent = model.dilution == nullptr && !model.tells_navigation;
  if (!grouped && (contenders_.size() < 2 || !independent)) return false;
  // Whatever order the indices give.
  std::ranges::sort(contenders_, {}, &Candidate::slot);
  std::ranges::sort(rivals_, {}, &Rival::slot);
  return true;
}

std::uint32_t Tracker::nearest_with_address(const Plot& plot) const {
  const FirstFix fix = first_fix(plot);
  std::uint32_t nearest = kNoSlot;
  double least = kSameAircraftM;
  store_.for_each_with_address(*plot.icao_address, [&](std::uint32_t slot) {
    if (store_.at(slot).home != home_of(plot.sensor)) return;
    const double distance =
        geo::rough_distance(fix.position, view(slot, plot.time).position).metres();
    if (distance < least || (distance == least && slot < nearest)) {
      least = distance;
      nearest = slot;
    }
  });
  return nearest;
}

void Tracker::restart(std::uint32_t slot, const Plot& plot, std::vector<TrackEvent>& events) {
  TrackRecord& t = store_.at(slot);
  if (plot.time < t.time) return;  // a late plot is no reason to go back
  rollback_.forget(slot);
  ++counters_.restarted;
  const TrackView before = view(slot, plot.time);
  TrackEvent event;
  event.kind = TrackEventKind::restarted;
  explain_refusal(t, plot, event.trace);
  const FirstFix fix = first_fix(plot);
  geo::Geodetic origin = fix.position;
  origin.height = base::Length();
  t.frame = geo::TangentFrame(origin);
  t.height_effect = effect_of(fix);
  Gaussian initial = initial_state(plot, fix);
  if (plot.velocity_sd <= base::Speed()) {  // the old velocity is the best guess there is
    initial.mean.x[kVelocityEast] = before.velocity_east.mps();
    initial.mean.x[kVelocityNorth] = before.velocity_north.mps();
  }
  t.navigation = initial_navigation(plot, initial);
  Imm imm;
  track::start(imm, motion_of(t).options, initial);
  pack(imm, t.imm);
  predict(t.vertical, to_seconds(plot.time - t.time));
  if (plot.pressure_altitude || !t.vertical.known)
    start_height(t.vertical, descriptions_[plot.sensor], sensors_[plot.sensor].site, plot);
  t.time = plot.time;
  t.last_plot_time = std::max(t.last_plot_time, plot.time);
  t.refusals = 0;
  ++t.hits;
  note_hit(t, plot);
  note_identity(slot, plot);
  if (t.status == TrackStatus::coasting) t.status = TrackStatus::confirmed;
  event.view = view(slot, t.time);
  store_.index_place(slot, event.view.position.latitude, event.view.position.longitude);
  events.push_back(event);
}

// What the filter thought of a plot it would not use.
void Tracker::explain_refusal(const TrackRecord& t, const Plot& plot, UpdateTrace& trace) const {
  Prediction p;
  predict_to(t, plot, p);
  trace.plot_time = plot.time;
  trace.sensor = plot.sensor;
  for (int i = 0; i < 2; ++i) trace.innovation[i] = p.considered.y[i];
  for (int i = 0; i < 3; ++i) trace.innovation_covariance[i] = p.fit.S[i];
  trace.nis = p.fit.d2;
  trace.gate_ratio = p.fit.d2 / options_.gate_addressed;
  trace.likelihood = base::exp(log_likelihood(p.fit));
}

Gaussian Tracker::initial_state(const Plot& plot, const FirstFix& fix) const {
  Gaussian initial;
  initial.P[packed(0, 0)] = fix.cov_ee_m2;
  initial.P[packed(0, 1)] = fix.cov_en_m2;
  initial.P[packed(1, 1)] = fix.cov_nn_m2;
  const bool has_velocity = plot.velocity_sd > base::Speed();
  const double velocity_sd = has_velocity ? plot.velocity_sd.mps() : kFirstVelocitySdMps;
  initial.P[packed(2, 2)] = velocity_sd * velocity_sd;
  initial.P[packed(3, 3)] = velocity_sd * velocity_sd;
  if (has_velocity) {
    initial.mean.x[kVelocityEast] = plot.velocity_east.mps();
    initial.mean.x[kVelocityNorth] = plot.velocity_north.mps();
  }
  const SensorDescription& sensor = descriptions_[plot.sensor];
  if (const auto dilution = model_of(sensor.kind).dilution; dilution != nullptr) {
    const double wider = dilution(sensor, plot, std::nullopt);
    for (double& p : initial.P) p *= wider;
  }
  return initial;
}

NavigationEffect Tracker::initial_navigation(const Plot& plot, Gaussian& state) const {
  NavigationEffect effect;
  if (!model_of(descriptions_[plot.sensor].kind).tells_navigation) return effect;
  const ReportNoise noise =
      split({{state.P[packed(0, 0)], state.P[packed(0, 1)], state.P[packed(1, 1)]},
             state.mean.x[kVelocityEast],
             state.mean.x[kVelocityNorth]},
            fresh_share(plot));
  for (int r = kEast; r <= kNorth; ++r) {
    for (int u = 0; u < 2; ++u) effect.per_sd[r][u] = static_cast<float>(-noise.root[r][u]);
  }
  state.P[packed(0, 0)] = noise.fresh[0];
  state.P[packed(0, 1)] = noise.fresh[1];
  state.P[packed(1, 1)] = noise.fresh[2];
  return effect;
}

void Tracker::note_sensor_time(std::uint16_t sensor, Timestamp time) {
  Sensor& s = sensors_[sensor];
  if (!s.heard || time > s.latest) s.latest = time;
  s.heard = true;
  s.fresh.note_time(time);
  s.clutter.note_time(time, descriptions_[sensor].period);
  doubts_.note_sensor_time(sensor, time);
}

void Tracker::move_frame(TrackRecord& t, Gaussian& now) {
  const HorizontalState& at = now.mean;
  if (std::fabs(at.x[kEast]) < kFrameReachM && std::fabs(at.x[kNorth]) < kFrameReachM) return;
  const double height = geometric_height(t.vertical).mean_m;
  geo::Geodetic origin =
      geo::geodetic_from_ecef(ecef_at(t.frame, at.x[kEast], at.x[kNorth], height));
  origin.height = base::Length();
  const geo::TangentFrame next(origin);
  Imm imm = unpack(t.imm);
  change_frame(imm, t.frame, next, height);
  change_frame(t.height_effect, t.frame, next);
  change_frame(t.navigation, t.frame, next);
  pack(imm, t.imm);
  t.frame = next;
  now = combine(imm);
}

void Tracker::note_hit(TrackRecord& t, const Plot& plot) {
  Visibility* mine = nullptr;
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    if (t.seen_by[i].sensor == plot.sensor) mine = &t.seen_by[i];
  }
  if (mine == nullptr && t.seen_by_count < kMaxVisibilities) {
    mine = &t.seen_by[t.seen_by_count++];
    *mine = Visibility{};
  }
  if (mine == nullptr) {  // full: the sensor silent for longest makes room
    mine = &*std::min_element(
        t.seen_by.begin(), t.seen_by.end(), [](const Visibility& a, const Visibility& b) {
          return a.last_hit < b.last_hit;
        });
    *mine = Visibility{};
  }
  mine->sensor = plot.sensor;
  mine->covered = kCoveredAfterHit;
  mine->last_hit = std::max(mine->last_hit, plot.time);
  mine->accounted_until = std::max(mine->accounted_until, plot.time);
}

void Tracker::note_identity(std::uint32_t slot, const Plot& plot) {
  TrackRecord& t = store_.at(slot);
  if (plot.icao_address && !t.icao_address) {
    store_.index_address(slot, *plot.icao_address);
    leave(slot);  // nobody's neighbour any more
  }
  if (!plot.uas.empty()) t.uas = plot.uas;
  if (!plot.call_sign.empty()) t.call_sign = plot.call_sign;
  if (plot.mover != Mover::unknown) t.mover = plot.mover;
  Identity known{t.icao_address, t.mode_3a, t.mode_3a_candidate};
  note_code(known, plot);
  t.mode_3a = known.mode_3a;
  t.mode_3a_candidate = known.mode_3a_candidate;
  // Somebody told who this is.
  if (plot.icao_address) t.exchanged = 0.0;
}

void Tracker::associate(std::uint32_t slot,
                        const Plot& plot,
                        Prediction& prediction,
                        const Choice& choice,
                        std::vector<TrackEvent>& events) {
  if (prediction.rewound) return roll_back(slot, plot, prediction, choice, events);
  TrackRecord& t = store_.at(slot);
  const bool was_coasting = t.status == TrackStatus::coasting;
  const double lag = prediction.behind_s;
  HeightStates heights{
      prediction.vertical, prediction.imm, prediction.before, prediction.height_effect};

  TrackEvent event;
  UpdateTrace& trace = event.trace;
  trace.plot_time = plot.time;
  trace.sensor = plot.sensor;
  trace.candidates = choice.candidates;
  trace.lag_s = static_cast<float>(lag);
  if (tells_height(plot)) {
    trace.altitude = use_height(
        heights, descriptions_[plot.sensor], sensors_[plot.sensor].site, plot, t.frame, lag);
  }
  if (PressureOffsets::is_due(t.last_plot_time, plot.time)) renew_offset(t, plot, heights);
  Gaussian after;
  const auto result = use_measurements(t, plot, prediction, after, trace);
  if (!result) {
    ++counters_.unsound;
    drop(slot, plot.time, events);
    start(plot, events);
    return;
  }
  t.time = std::max(t.time, plot.time);
  t.vertical = prediction.vertical;
  t.height_effect = prediction.height_effect;
  t.navigation = prediction.navigation;
  learn_fresh_share(plot, prediction);
  // What a turn alone explains is at the gate.
  trace.gate_ratio = std::fmin(result->fit.d2 / choice.gate, 1.0);

  for (std::size_t m = 0; m < kModes; ++m)
    trace.modes[m] = static_cast<float>(prediction.imm.mu[m]);
  trace.motion = t.motion.used;
  trace.cruises = t.motion.cruises;

  const SensorDescription& s = descriptions_[plot.sensor];
  t.odds = after_hit(after_time(t.odds, t.time - t.existence_time, options_.mean_lifetime),
                     s.detection_probability / false_plot_density(plot) * result->likelihood);
  t.existence_time = t.time;
  t.last_plot_time = std::max(t.last_plot_time, plot.time);
  ++t.hits;
  ++counters_.used;
  t.refusals = 0;
  note_hit(t, plot);
  note_identity(slot, plot);
  learn_biases(t, plot, choice);
  // Its modes mean something else.
  if (judge_motion(t, plot, after, prediction.imm)) rollback_.forget(slot);
  pack(prediction.imm, t.imm);
  if (is_primary(plot))
    sensors_[plot.sensor].clutter.learn(plot.slant_range, plot.azimuth, standing(t, after));
  move_frame(t, after);
  const bool late = lag > 0.0 && Rollback::is_late(plot, base::seconds(lag), motion_of(t).noisiest);
  rollback_.note(slot, t, plot, {prediction.since_last, late, options_.max_lag});
  if (was_coasting) t.status = TrackStatus::confirmed;
  TrackView& view = event.view;
  view = view_of(t, {t.time, after, t.vertical, t.height_effect, t.navigation});
  const bool anew = doubts_.note_used(store_, slot, plot, view, {trace.altitude});
  confirm_if_due(slot, true, events);
  view.number = t.number;
  view.status = t.status;
  view.breaks = t.breaks;
  view.doubts = t.doubts;
  store_.index_place(slot, view.position.latitude, view.position.longitude);
  event.kind = was_coasting ? TrackEventKind::resumed : TrackEventKind::updated;
  events.push_back(event);
  // What it rests on is in doubt.
  if (anew) restart(slot, plot, events);
}

void Tracker::learn_fresh_share(const Plot& plot, const Prediction& prediction) {
  if (prediction.apart) sensors_[plot.sensor].fresh.learn(*prediction.apart);
}

void Tracker::learn_biases(const TrackRecord& t, const Plot& plot, const Choice& choice) {
  if (plot.icao_address || !t.icao_address) return;
  // Nobody else's, and whose it is nobody doubts.
  if (choice.candidates > 1 || t.status == TrackStatus::tentative || t.doubts != 0) return;
  if (t.home != kPlacedHome || registration_.is_strange(plot.sensor)) return;
  if (descriptions_[plot.sensor].surface && !rolls_fast(combine(t.imm))) return;
  registration_.learn(plot, *t.icao_address, descriptions_);
}

bool Tracker::is_seen_by_another(const TrackRecord& t, const Plot& plot) const {
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    const Visibility& v = t.seen_by[i];
    const Duration recent = kForgottenAfterPeriods * descriptions_[v.sensor].period;
    if (v.sensor != plot.sensor && plot.time - v.last_hit <= recent) return true;
  }
  return false;
}

void Tracker::learn_biases_from_afar(const Plot& plot) {
  const FirstFix fix = first_fix(plot);
  std::uint32_t whose = kNoSlot;
  int inside = 0;
  store_.for_each_near(
      fix.position.latitude, fix.position.longitude, search_radius(fix), [&](std::uint32_t slot) {
        const TrackRecord& t = store_.at(slot);
        if (!t.icao_address || t.home != kPlacedHome || t.time > plot.time) return;
        if (!is_seen_by_another(t, plot)) return;
        Prediction& p = tried_[0];
        predict_to(t, plot, p);
        const Identity known{t.icao_address, t.mode_3a, t.mode_3a_candidate};
        if (evidence_of(plot, known, p.vertical, 0.0) < kRivalEvidence) return;
        LinearMeasurement m = considered(p.position, p.height_effect, p.seen_from.height);
        registration_.expect(m, plot.sensor, p.before.mean);
        if (!(evaluate(p.before, m).d2 <= options_.gate)) return;
        ++inside;
        if (descriptions_[plot.sensor].surface && !rolls_fast(p.before)) return;
        if (t.status != TrackStatus::tentative && t.doubts == 0) whose = slot;
      });
  if (inside == 1 && whose != kNoSlot)
    registration_.learn(plot, *store_.at(whose).icao_address, descriptions_);
}

void Tracker::renew_offset(const TrackRecord& t, const Plot& plot, const HeightStates& states) {
  if (t.home != kPlacedHome) return;
  const HorizontalState& at = states.before.mean;
  const VerticalFilter& v = states.vertical;
  const geo::Geodetic place =
      geo::place_of(ecef_at(t.frame, at.x[kEast], at.x[kNorth], geometric_height(v).mean_m),
                    t.frame)
          .position;
  if (t.status != TrackStatus::tentative) offsets_.learn(plot, place);
  adopt(states, offsets_.at(place, v.altitude_m, plot.time));
}

void Tracker::see_again(Prediction& p, const Plot& plot, const TrackRecord& t) const {
  const Height height = geometric_height(p.vertical);
  const auto& [was_at, was] = p.seen_from;
  const SensorModel& model = model_of(descriptions_[plot.sensor].kind);
  const double step = height.mean_m - was.mean_m;
  const bool moved = !std::ranges::equal(p.before.mean.x, was_at.x);
  const bool same = step == 0.0 && height.variance_m2 == was.variance_m2;
  if (!moved && (same || (!model.uses_height && is_none(p.height_effect)))) return;
  // A sensor may take another height than one that is hardly known.
  const double worst = std::fmax(height.variance_m2, was.variance_m2);
  const bool far = std::fabs(step) > kSmallStepM || worst > kWellKnownM * kWellKnownM;
  if (moved || (model.uses_height && far)) {
    p.position = linearise(plot, t, p.before.mean, height);
  } else if (model.uses_height) {
    for (int i = 0; i < 2; ++i) p.position.y[i] -= p.position.dh[i] * step;
  }
  p.seen_from = {p.before.mean, height};
  note_fit(p, plot);
}

bool Tracker::judge_motion(TrackRecord& t, const Plot& plot, const Gaussian& after, Imm& imm) {
  const Motion m = judged(
      t.motion,
      plot,
      descriptions_[plot.sensor].kind,
      {after, t.icao_address || t.mode_3a || !t.uas.empty(), t.status != TrackStatus::tentative});
  const bool changed = m.used != t.motion.used;
  t.motion = m;
  if (changed) track::start(imm, motion_of(t).options, after);
  return changed;
}

std::optional<UpdateResult> Tracker::use_measurements(
    const TrackRecord& t, const Plot& plot, Prediction& p, Gaussian& after, UpdateTrace& trace) {
  see_again(p, plot, t);
  p.considered.dilution = dilution_of(p, plot, p.considered, p.fit);
  UpdateAt at{p.before, p.fit, p.behind_s};
  if (p.has_share) at.correlation = &p.share.correlation;
  HeightEffect effect = p.height_effect;
  // The effects are corrected at the plot's time.
  const bool is_late = p.behind_s > 0.0;
  NavigationEffect& navigation = is_late ? p.navigation_then : p.navigation;
  const bool has_effects =
      p.has_share || !is_none(effect) || p.position.dh[0] != 0.0 || p.position.dh[1] != 0.0;
  if (has_effects) {
    NavigationShare then;
    const Correlation* correlation = at.correlation;
    if (p.has_share && is_late) {
      then = p.share;
      correlate(then, navigation);
      correlation = &then.correlation;
    }
    const MeanGain gain = mean_gain(p.before, p.considered, p.fit, correlation);
    update(effect, p.position, gain);
    if (p.has_share) update(navigation, p.share, gain);
  }
  LinearMeasurement velocity;
  Discrepancy velocity_fit;
  Gaussian between;
  const bool tells_velocity = plot.velocity_sd > base::Speed();
  if (tells_velocity) {
    velocity = considered(
        stated::linearise_velocity(plot, t.frame, p.before.mean), effect, p.seen_from.height);
    if (is_late) {
      velocity.R[0] += p.noise_since.velocity_m2ps2;
      velocity.R[2] += p.noise_since.velocity_m2ps2;
    }
    velocity_fit = evaluate(p.before, velocity);
    trace.velocity_nis = static_cast<float>(velocity_fit.d2);
    if (!model_of(descriptions_[plot.sensor].kind).velocity_errs_anew)
      velocity.dilution = dilution_of(p, plot, velocity, velocity_fit);
    // A report whose velocity contradicts the track is used for its position alone.
    if (trace.velocity_nis <= options_.gate_addressed) {
      at.velocity = &velocity;
      if (!is_none(effect)) at.between = &between;
    }
  }
  const auto result = update(p.imm, motion_of(t), p.considered, at, &after);
  if (!result || !result->sound) return std::nullopt;
  p.height_effect = effect;
  if (tells_velocity && !result->velocity_used) {
    ++counters_.velocity_refused;
  } else if (at.between != nullptr) {
    // Else what a wrong height does to the velocity would never end, and grow in the position.
    update(p.height_effect,
           velocity,
           mean_gain(between, velocity, evaluate(between, velocity), nullptr));
  }
  if (result->velocity_used && p.has_share)
    update_by_velocity(navigation, velocity, mean_gain(p.before, velocity, velocity_fit, nullptr));
  if (is_late) {
    p.navigation = navigation;
    carry(p.navigation, p.behind_s);
  }
  for (int i = 0; i < 2; ++i) trace.innovation[i] = p.position.y[i];
  for (int i = 0; i < 3; ++i) trace.innovation_covariance[i] = p.fit.S[i];
  trace.nis = p.fit.d2;
  trace.likelihood = result->likelihood;
  return result;
}

double Tracker::share_in_view_of(const TrackRecord& t, std::uint16_t sensor) const {
  if (t.home != kPlacedHome) return 1.0;
  const double dt = std::fmax(0.0, to_seconds(sensors_[sensor].latest - t.time));
  const Gaussian g = combine(t.imm);
  VerticalFilter vertical = t.vertical;
  predict(vertical, dt);
  const Height height = geometric_height(vertical);
  const geo::Place place = geo::place_of(ecef_at(t.frame,
                                                 g.mean.x[kEast] + dt * g.mean.x[kVelocityEast],
                                                 g.mean.x[kNorth] + dt * g.mean.x[kVelocityNorth],
                                                 height.mean_m),
                                         t.frame);
  return share_in_view(descriptions_[sensor], sensors_[sensor].site, place.position, height);
}

bool Tracker::has_confirming_sensor(const TrackRecord& t) const {
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    if (model_of(descriptions_[t.seen_by[i].sensor].kind).confirms) return true;
  }
  return false;
}

void Tracker::confirm_if_due(std::uint32_t slot, bool shown, std::vector<TrackEvent>& events) {
  TrackRecord& t = store_.at(slot);
  if (t.status != TrackStatus::tentative || !doubts_.may_confirm(store_, slot)) return;
  const std::uint32_t needed =
      t.icao_address ? options_.confirm_hits_addressed : options_.confirm_hits;
  if (t.hits < needed || probability_from(t.odds) < options_.confirm_existence) return;
  if (!has_confirming_sensor(t)) return;
  t.status = TrackStatus::confirmed;
  const bool goes_on = t.icao_address && take_over_number(slot, shown, events);
  if (!goes_on && t.home == kPlacedHome && t.breaks == 0)
    births_.learn(view(slot, t.first_plot_time).position, t.time);
}

bool Tracker::take_over_number(std::uint32_t slot, bool shown, std::vector<TrackEvent>& events) {
  TrackRecord& t = store_.at(slot);
  // A track of the same address that missed its looks since before this one began, and could have
  // flown here, was this aircraft: its number goes on. One that is still being seen, or is
  // elsewhere, is another claim to the address, and both stay.
  std::uint32_t silent = kNoSlot;
  bool held = false;
  store_.for_each_with_address(*t.icao_address, [&](std::uint32_t other) {
    const TrackRecord& o = store_.at(other);
    held = held || other != slot;
    if (other == slot || o.home != t.home || o.last_plot_time >= t.first_plot_time) return;
    const double silence = to_seconds(t.time - o.last_plot_time);
    if (silence <= kCoastingAfterPeriods * to_seconds(periods_of(o).slowest)) return;
    const auto from = view(other, o.last_plot_time).position;
    const auto to = view(slot, t.time).position;
    if (!IdentityMemory::could_fly(from, to, t.time - o.last_plot_time)) return;
    silent = std::min(silent, other);
  });
  // One that ended meanwhile: this one began without the address, or would have resumed it.
  std::optional<DroppedTrack> ended;
  if (silent == kNoSlot) {
    if (held) return false;
    ended = memory_.resume(
        *t.icao_address, view(slot, t.first_plot_time).position, t.first_plot_time, t.home);
    if (!ended) return false;
    if (!ended->established) {
      memory_.remember(*t.icao_address, *ended);
      return false;
    }
  }
  if (shown) {  // the provisional number ends
    TrackEvent gone;
    gone.kind = TrackEventKind::dropped;
    gone.view = view(slot, t.time);
    gone.view.status = TrackStatus::dropped;
    events.push_back(gone);
  }
  if (ended) {
    t.number = ended->number;
    t.breaks = ended->breaks + 1;
    ++counters_.breaks;
    return true;
  }
  const TrackRecord& o = store_.at(silent);
  const bool broken = t.first_plot_time - o.last_plot_time > coast_limit(o);
  t.number = o.number;
  t.breaks = o.breaks + (broken ? 1 : 0);
  counters_.breaks += broken ? 1 : 0;
  ++counters_.taken_over;
  rollback_.forget(silent);
  store_.release(silent);
  return true;
}

void Tracker::start(const Plot& plot, std::vector<TrackEvent>& events) {
  if (store_.active_count() >= options_.max_tracks) {
    ++counters_.over_limit;
    return;
  }
  const FirstFix fix = first_fix(plot);
  const double births = births_per_look(plot, fix.position);
  const double exists = births / (births + false_plots(plot));
  if (is_primary(plot)) {
    sensors_[plot.sensor].clutter.learn(plot.slant_range, plot.azimuth, 1.0);
    if (exists < options_.drop_existence) {
      ++counters_.clutter;
      if (home_of(plot.sensor) == kPlacedHome) doubts_.note_standing_echo(plot, fix);
      return;
    }
  }
  geo::Geodetic origin = fix.position;
  origin.height = base::Length();
  const std::uint16_t home = home_of(plot.sensor);
  std::optional<DroppedTrack> resumed;
  bool held = false;  // another track has the address
  if (plot.icao_address) {
    resumed = memory_.resume(*plot.icao_address, origin, plot.time, home);
    store_.for_each_with_address(*plot.icao_address, [&](std::uint32_t) { held = true; });
  }

  const std::uint32_t slot = store_.allocate();
  rollback_.forget(slot);
  TrackRecord& t = store_.at(slot);
  t.home = home;
  t.time = t.first_plot_time = t.last_plot_time = t.existence_time = plot.time;
  t.frame = geo::TangentFrame(origin);
  start_height(t.vertical, descriptions_[plot.sensor], sensors_[plot.sensor].site, plot);

  Gaussian initial = initial_state(plot, fix);
  t.motion = judged({}, plot, descriptions_[plot.sensor].kind, {initial});
  t.navigation = initial_navigation(plot, initial);
  Imm imm;
  track::start(imm, motion_of(t).options, initial);
  t.height_effect = effect_of(fix);
  Gaussian begun = initial;
  renew_offset(t, plot, {t.vertical, imm, begun, t.height_effect});
  pack(imm, t.imm);

  // Whoever comes back was not born here.
  t.odds = odds_from(exists);
  if (resumed) {
    const double back = std::fmax(births, options_.births_per_look);
    t.odds = odds_from(back / (back + false_plots(plot)));
  }
  t.hits = 1;
  note_hit(t, plot);
  if (resumed) {
    t.number = resumed->number;
    t.breaks = resumed->breaks + 1;
    // What was never confirmed, of an address that another track holds (a reflection, say), is not
    // confirmed by coming back once.
    if (resumed->established || !held) t.hits += resumed->hits;
    ++counters_.breaks;
  } else {
    t.number = base::TrackNumber{next_number_++};
  }
  note_identity(slot, plot);
  doubts_.note_started(store_, slot, plot, view(slot, t.time));
  ++counters_.started;
  confirm_if_due(slot, false, events);

  TrackEvent event;
  event.kind = resumed ? TrackEventKind::resumed : TrackEventKind::started;
  event.trace.plot_time = plot.time;
  event.trace.sensor = plot.sensor;
  event.view = view(slot, t.time);
  store_.index_place(slot, event.view.position.latitude, event.view.position.longitude);
  events.push_back(event);
}

void Tracker::drop(std::uint32_t slot, Timestamp at, std::vector<TrackEvent>& events) {
  const TrackRecord& t = store_.at(slot);
  TrackEvent event;
  event.kind = TrackEventKind::dropped;
  event.view = view(slot, at);
  event.view.status = TrackStatus::dropped;
  events.push_back(event);
  if (t.icao_address) {
    memory_.remember(*t.icao_address,
                     {t.number,
                      t.breaks,
                      t.last_plot_time,
                      view(slot, t.last_plot_time).position,
                      t.home,
                      t.status != TrackStatus::tentative,
                      t.hits});
  }
  leave(slot);
  rollback_.forget(slot);
  store_.release(slot);
}

void Tracker::advance(Timestamp now, std::vector<TrackEvent>& events) {
  use_instant(events);
  if (!open_looks_.empty()) close_old_looks(now, events);
  for (std::uint32_t slot = 0; slot < store_.slot_count(); ++slot) {
    TrackRecord& t = store_.at(slot);
    if (!t.active) continue;
    for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
      Visibility& v = t.seen_by[i];
      const SensorDescription& s = descriptions_[v.sensor];
      const Timestamp latest = sensors_[v.sensor].latest;
      double in_view = -1.0;  // not asked yet
      for (int misses = 0;
           to_seconds(latest - v.accounted_until) > kMissAfterPeriods * to_seconds(s.period);
           ++misses) {
        if (misses == kMaxMissesPerTick) {
          v.accounted_until = latest;
          break;
        }
        if (in_view < 0.0) in_view = share_in_view_of(t, v.sensor);
        const double seen = s.detection_probability * in_view;
        if (t.group != kNoSlot) groups_[t.group].miss(slot, v.covered * seen);
        t.odds = after_miss(t.odds, v, seen);
        v.accounted_until += s.period;
      }
    }
    const auto [fastest, slowest] = periods_of(t);
    if (now > t.existence_time) {
      t.odds = after_time(t.odds, now - t.existence_time, options_.mean_lifetime);
      t.existence_time = now;
    }
    const Duration silence = now - t.last_plot_time - options_.delivery_slack;
    // A first plot with a 24-bit address is hardly ever false: such a track waits like a confirmed
    // one.
    const bool doubtful = t.status == TrackStatus::tentative && !t.icao_address;
    const Duration patience =
        doubtful ? std::max<Duration>(std::chrono::seconds(4), slowest * 32 / 10) : coast_limit(t);
    if (silence > patience || probability_from(t.odds) < options_.drop_existence) {
      drop(slot, now, events);
      continue;
    }
    if (t.status == TrackStatus::confirmed &&
        to_seconds(silence) > kCoastingAfterPeriods * to_seconds(fastest)) {
      t.status = TrackStatus::coasting;
      TrackEvent event;
      event.kind = TrackEventKind::coasting;
      event.view = view(slot, now);
      events.push_back(event);
    }
    if (t.status == TrackStatus::coasting) {
      Imm ahead;
      const Gaussian then = predict(t.imm, motion_of(t), to_seconds(now - t.time), ahead);
      if (position_sd_m(then) > options_.max_position_sd.metres()) drop(slot, now, events);
    }
  }
  if (!groups_.empty()) free_empty_groups();
}

TrackView Tracker::view(std::uint32_t slot, Timestamp at) const {
  const TrackRecord& t = store_.at(slot);
  // A state newer than `at` is taken back by its own motion: what is shown is of one instant.
  const double dt = to_seconds(at - t.time);
  Extrapolation state{at, {}, t.vertical, t.height_effect, t.navigation};
  predict(state.vertical, dt);
  predict(state.height_effect, std::fmax(dt, 0.0));
  carry(state.navigation, dt);
  if (dt < 0.0) state.vertical.altitude_m += dt * state.vertical.rate_mps;
  Imm imm;
  state.state = predict(t.imm, motion_of(t), dt, imm);
  if (dt < 0.0) state.state = retrodict(imm, motion_of(t), -dt);
  return view_of(t, state);
}

TrackView Tracker::view_of(const TrackRecord& t, const Extrapolation& state) const {
  const Gaussian& g = state.state;
  const VerticalFilter& vertical = state.vertical;
  const HeightEffect& effect = state.height_effect;
  const Height height = geometric_height(vertical);

  TrackView v;
  v.number = t.number;
  v.status = t.status;
  v.time = state.at;
  v.first_plot_time = t.first_plot_time;
  v.last_plot_time = t.last_plot_time;
  v.placed = t.home == kPlacedHome;
  const geo::Place place =
      geo::place_of(ecef_at(t.frame, g.mean.x[kEast], g.mean.x[kNorth], height.mean_m), t.frame);
  v.position = place.position;
  // Velocity into the local frame of the position: meridians converge between the frame's origin
  // and here.
  const auto [east, north] =
      geo::turned_to(place, t.frame, {g.mean.x[kVelocityEast], g.mean.x[kVelocityNorth]});
  v.velocity_east = base::Speed::from_mps(east);
  v.velocity_north = base::Speed::from_mps(north);
  if (vertical.known) {
    if (!vertical.geometric) v.pressure_altitude = base::Length::from_metres(vertical.altitude_m);
    v.geometric_height = base::Length::from_metres(height.mean_m);
    v.geometric_height_sd = base::Length::from_metres(std::sqrt(height.variance_m2));
    v.vertical_rate = base::Speed::from_mps(vertical.rate_mps);
  }
  const auto& n = state.navigation.per_sd;
  const auto with_effect = [&](int row, int column) {
    return g.P[packed(row, column)] + effect.d[row] * effect.d[column] * height.variance_m2 +
           (static_cast<double>(n[row][0]) * n[column][0] +
            static_cast<double>(n[row][1]) * n[column][1]);
  };
  v.cov_ee_m2 = with_effect(kEast, kEast);
  v.cov_en_m2 = with_effect(kEast, kNorth);
  v.cov_nn_m2 = with_effect(kNorth, kNorth);
  v.cov_position_velocity = {with_effect(kEast, kVelocityEast),
                             with_effect(kEast, kVelocityNorth),
                             with_effect(kNorth, kVelocityEast),
                             with_effect(kNorth, kVelocityNorth)};
  v.cov_velocity = {with_effect(kVelocityEast, kVelocityEast),
                    with_effect(kVelocityEast, kVelocityNorth),
                    with_effect(kVelocityNorth, kVelocityNorth)};
  v.existence = probability_from(t.odds);
  v.ambiguous = t.group != kNoSlot;
  v.exchanged = t.exchanged;
  v.icao_address = t.icao_address;
  v.mode_3a = t.mode_3a;
  v.call_sign = t.call_sign;
  v.mover = t.mover;
  v.breaks = t.breaks;
  v.doubts = t.doubts;
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    const Duration ago = v.time - t.seen_by[i].last_hit;
    if (ago.count() <= static_cast<std::int64_t>(kSensorMemoryNs))
      v.sensors |= std::uint64_t{1} << t.seen_by[i].sensor;
  }
  return v;
}

void Tracker::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(descriptions_);
  for (const Sensor& s : sensors_) {
    saver(s.latest, s.heard, s.fresh);
    s.clutter.save(out);
  }
  store_.save(out);
  save_groups(out);
  rollback_.save(out);
  memory_.save(out);
  offsets_.save(out);
  births_.save(out);
  registration_.save(out);
  doubts_.save(store_, out);
  saver(counters_, next_number_);
}

std::optional<Tracker> Tracker::load(const TrackerOptions& options, base::ByteReader& in) {
  Tracker tracker(options);
  base::Loader loader(in);
  loader(tracker.descriptions_);
  if (!in.ok() || tracker.descriptions_.size() > kMaxSensors) return std::nullopt;
  for (const SensorDescription& s : tracker.descriptions_) {
    if (!is_loadable(s)) return std::nullopt;
  }
  tracker.sensors_.resize(tracker.descriptions_.size());
  for (std::size_t i = 0; i < tracker.sensors_.size(); ++i) {
    Sensor& s = tracker.sensors_[i];
    loader(s.latest, s.heard, s.fresh);
    if (!base::is_reckonable(s.latest) || !s.fresh.is_sound()) return std::nullopt;
    const SensorDescription& description = tracker.descriptions_[i];
    if (description.kind == SensorKind::polar_radar) s.clutter = ClutterMap(description);
    if (!s.clutter.load(in)) return std::nullopt;
  }
  tracker.rebuild_sites();
  auto store = TrackStore::load(in);
  if (!store) return std::nullopt;
  tracker.store_ = std::move(*store);
  if (!tracker.load_groups(in)) return std::nullopt;
  if (!tracker.rollback_.load(in, tracker.store_.slot_count(), tracker.sensors_.size()))
    return std::nullopt;
  tracker.memory_.load(in);
  if (!tracker.offsets_.load(in) || !tracker.births_.load(in)) return std::nullopt;
  tracker.registration_.set_sensors(tracker.descriptions_, {});
  if (!tracker.registration_.load(in, tracker.descriptions_)) return std::nullopt;
  if (!tracker.doubts_.load(tracker.descriptions_, tracker.store_, in)) return std::nullopt;
  loader(tracker.counters_, tracker.next_number_);
  if (!in.ok()) return std::nullopt;
  for (std::uint32_t slot = 0; slot < tracker.store_.slot_count(); ++slot) {
    const TrackRecord& t = tracker.store_.at(slot);
    if (!t.active) continue;
    if (t.home != kPlacedHome && t.home >= tracker.sensors_.size()) return std::nullopt;
    for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
      if (t.seen_by[i].sensor >= tracker.sensors_.size()) return std::nullopt;
    }
  }
  return tracker;
}

}  // namespace liptako::track
