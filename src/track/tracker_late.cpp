// The tracker's way with a plot that is older than its track: used in its own place where the
// track's recent past is kept (rollback.hpp).
#include "base/math.hpp"
#include "track/plot_height.hpp"
#include "track/sensors/models.hpp"
#include "track/tracker.hpp"

namespace liptako::track {
namespace {

// A plot without address that is too old for its track lies this near to where the track was.
constexpr double kOfTheTrackM = 5'000.0;

}  // namespace

bool Tracker::rewind(std::uint32_t slot, const Plot& plot, Prediction& p) const {
  const TrackRecord& t = store_.at(slot);
  if (plot.time >= t.time) return false;
  const PastStep* step = rollback_.from(slot, plot.time);
  if (step == nullptr) return false;
  const double dt = base::to_seconds(plot.time - step->time);
  p.vertical = step->vertical;
  p.height_effect = step->height_effect;
  p.navigation = step->navigation;
  p.apart.reset();
  Widening faded;
  const bool fades = dt > 0.0 && !is_none(p.navigation);
  if (fades) faded = predict(p.navigation, dt);
  p.before = predict(step->imm, motion_of(t), dt, p.imm, fades ? &faded : nullptr);
  predict(p.vertical, std::fmax(dt, 0.0));
  predict(p.height_effect, std::fmax(dt, 0.0));
  p.navigation_then = p.navigation;
  p.behind_s = 0.0;
  if (dt < 0.0) look_back(p, motion_of(t), -dt);
  adopt({p.vertical, p.imm, p.before, p.height_effect}, t.vertical.offset);  // learnt since
  const Height height = geometric_height(p.vertical);
  p.position = linearise(plot, t, p.before.mean, height);
  p.seen_from = {p.before.mean, height};
  note_fit(p, plot);
  return true;
}

std::optional<UpdateResult> Tracker::use_again(TrackRecord& t,
                                               const Plot& plot,
                                               Prediction& p,
                                               UpdateTrace& trace) {
  if (tells_height(plot)) {
    trace.altitude = use_height({p.vertical, p.imm, p.before, p.height_effect},
                                descriptions_[plot.sensor],
                                sensors_[plot.sensor].site,
                                plot,
                                t.frame,
                                p.behind_s);
  }
  Gaussian after;
  const auto result = use_measurements(t, plot, p, after, trace);
  if (!result) return std::nullopt;
  pack(p.imm, t.imm);
  t.vertical = p.vertical;
  t.height_effect = p.height_effect;
  t.navigation = p.navigation;
  t.time = plot.time + base::seconds(p.behind_s);
  return result;
}

void Tracker::roll_back(std::uint32_t slot,
                        const Plot& plot,
                        Prediction& prediction,
                        const Choice& choice,
                        std::vector<TrackEvent>& events) {
  TrackRecord& t = store_.at(slot);
  const PastStep kept{t.time, {}, {}, t.imm, t.vertical, t.height_effect, t.navigation};
  TrackEvent event;
  event.kind =
      t.status == TrackStatus::coasting ? TrackEventKind::resumed : TrackEventKind::updated;
  event.trace.plot_time = plot.time;
  event.trace.sensor = plot.sensor;
  event.trace.candidates = choice.candidates;
  event.trace.lag_s = static_cast<float>(base::to_seconds(t.time - plot.time));
  if (Rollback::is_late(plot, t.time - plot.time, motion_of(t).noisiest))
    rollback_.note_late(plot.sensor);

  PastStep late{plot.time, plot, prediction.since_last, {}, {}, {}, {}};
  prediction.since_last = late.since_last = rollback_.since_last(slot, late);
  const auto result = use_again(t, plot, prediction, event.trace);
  bool sound = result.has_value();
  PastStep& from = *rollback_.from(slot, plot.time);
  const bool before_all = plot.time < from.time;
  late.imm = t.imm;
  late.vertical = t.vertical;
  late.height_effect = t.height_effect;
  late.navigation = t.navigation;
  if (before_all) {
    late.time = from.time;
    from = late;
  } else {
    rollback_.insert(slot, late);
  }
  const std::uint64_t refused = counters_.velocity_refused;  // each report is counted once
  const auto later =
      before_all ? rollback_.steps(slot).subspan(1) : rollback_.after(slot, late.time);
  for (PastStep& step : later) {
    if (!sound) break;
    Prediction next;
    predict_to(t, step.plot, next);
    next.since_last = step.since_last = rollback_.since_last(slot, step);
    UpdateTrace unused;
    sound = use_again(t, step.plot, next, unused).has_value();
    step.imm = t.imm;
    step.vertical = t.vertical;
    step.height_effect = t.height_effect;
    step.navigation = t.navigation;
  }
  counters_.velocity_refused = refused;
  t.time = kept.time;
  if (!sound) {  // as if the plot had not come
    ++counters_.unsound;
    t.imm = kept.imm;
    t.vertical = kept.vertical;
    t.height_effect = kept.height_effect;
    t.navigation = kept.navigation;
    rollback_.forget(slot);
    return;
  }

  learn_fresh_share(plot, prediction);
  event.trace.gate_ratio = std::fmin(result->fit.d2 / choice.gate, 1.0);
  for (std::size_t m = 0; m < kModes; ++m) event.trace.modes[m] = static_cast<float>(t.imm.mu[m]);
  event.trace.motion = t.motion.used;
  event.trace.cruises = t.motion.cruises;
  const SensorDescription& s = descriptions_[plot.sensor];
  t.odds = after_hit(after_time(t.odds, t.time - t.existence_time, options_.mean_lifetime),
                     s.detection_probability / false_plot_density(plot) * result->likelihood);
  t.existence_time = t.time;
  t.last_plot_time = std::max(t.last_plot_time, plot.time);
  ++t.hits;
  ++counters_.used;
  ++counters_.rolled_back;
  t.refusals = 0;
  note_hit(t, plot);
  note_identity(slot, plot);
  // The frame stays: the next plot in order moves it and the past together.
  const Gaussian now = combine(t.imm);
  if (t.status == TrackStatus::coasting) t.status = TrackStatus::confirmed;
  event.view = view_of(t, {t.time, now, t.vertical, t.height_effect, t.navigation});
  doubts_.note_late(store_, slot, plot, event.view);
  confirm_if_due(slot, true, events);
  event.view.number = t.number;
  event.view.status = t.status;
  event.view.breaks = t.breaks;
  event.view.doubts = t.doubts;
  store_.index_place(slot, event.view.position.latitude, event.view.position.longitude);
  events.push_back(event);
}

bool Tracker::is_of_the_past(std::uint32_t slot, const Plot& plot, const FirstFix& fix) const {
  const TrackRecord& t = store_.at(slot);
  if (t.time - plot.time <= options_.max_lag || t.home != home_of(plot.sensor)) return false;
  if (plot.icao_address && t.icao_address && plot.icao_address != t.icao_address) return false;
  return plot.time >= t.first_plot_time &&
         geo::rough_distance(fix.position, view(slot, plot.time).position).metres() < kOfTheTrackM;
}

}  // namespace liptako::track
