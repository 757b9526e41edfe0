// The tracker's groups: which tracks are in one, when its plots are shared out, and what becomes of
// the tracks then.
#include <algorithm>

#include "base/archive.hpp"
#include "base/check.hpp"
#include "base/math.hpp"
#include "track/sensors/models.hpp"
#include "track/stored.hpp"
#include "track/tracker.hpp"

namespace liptako::track {
namespace {

using base::Duration;
using base::Timestamp;
using base::to_seconds;

// A group no wider than this share of a turn is looked at within it; a wider one takes longer, but
// never more than the second share.
constexpr double kLeastLookShare = 0.1;
constexpr double kMostLookShare = 0.4;
constexpr double kLookMargin = 0.04;  // shares of a turn that an aircraft may fly on meanwhile
constexpr std::size_t kMaxWaiting = 256;
constexpr double kGroupReachM = 30'000.0;
constexpr double kGroupGate = 30.0;  // squared: 1 plot in 3 million of an aircraft falls outside

PmbmOptions filter_options(const TrackerOptions& options) {
  PmbmOptions out;
  out.mean_lifetime_s = to_seconds(options.mean_lifetime);
  // Wider than where one track takes one plot: what a hypothesis may not have it never weighs, and
  // an aircraft that turns where two meet is lost with it.
  out.gate = std::fmax(options.gate, kGroupGate);
  out.max_hypotheses = options.max_hypotheses;
  out.recycle_existence = options.drop_existence;
  out.max_faint = 0;  // whoever is too faint is dropped as a track
  out.report.cutoff_m = 1000.0;
  // Coarser than the filter's own: pairs and formations are followed and named as well, four times
  // as fast.
  out.least_share = 1e-3;
  out.blend_distance = 0.5;
  // Whoever leaves a group is followed without hypotheses: what is dropped then is lost.
  out.dependence = 1e-3;
  out.keeps_names = true;
  return out;
}

}  // namespace

std::uint32_t Tracker::allocate_group() {
  std::uint32_t index;
  if (free_groups_.empty()) {
    index = static_cast<std::uint32_t>(groups_.size());
    groups_.emplace_back(filter_options(options_), aircraft_, *work_);
  } else {
    index = free_groups_.back();
    free_groups_.pop_back();
  }
  groups_[index].active = true;
  ++counters_.groups;
  return index;
}

void Tracker::enter(std::uint32_t slot, std::uint32_t index) {
  Group& group = groups_[index];
  TrackRecord& t = store_.at(slot);
  AircraftState x;
  x.motion = t.motion;
  x.imm = unpack(t.imm);
  widen(x.imm, forget(t.navigation));
  x.vertical = t.vertical;
  x.height_effect = t.height_effect;
  x.identity = {t.icao_address, t.mode_3a, t.mode_3a_candidate};
  const double ahead = to_seconds(group.time - t.time);
  aircraft_.predict(x, std::fmax(ahead, 0.0));
  change_frame(x, t.frame, group.frame);
  t.odds = after_time(t.odds, group.time - t.existence_time, options_.mean_lifetime);
  t.existence_time = std::max(t.existence_time, group.time);
  const double shown_s = std::fmax(to_seconds(group.time - t.first_plot_time), 0.0);
  group.members.push_back(
      {group.filter.add(x, probability_from(t.odds), shown_s), slot, t.exchanged});
  t.group = index;
  rollback_.forget(slot);  // what happens in the group is not in its past
}

void Tracker::bring_to(Group& group, Timestamp time) const {
  if (time <= group.time) return;
  group.filter.predict(to_seconds(time - group.time));
  group.time = time;
}

void Tracker::merge(std::uint32_t into, std::uint32_t other) {
  Group& a = groups_[into];
  Group& b = groups_[other];
  const Timestamp time = std::max(a.time, b.time);
  bring_to(a, time);
  bring_to(b, time);
  b.filter.for_each_density([&](AircraftState& x) { change_frame(x, b.frame, a.frame); });
  a.filter.adopt(b.filter, [&](std::uint32_t from, std::uint32_t to) {
    for (Group::Member& m : b.members) {
      if (m.label != from) continue;
      a.members.push_back({to, m.slot});
      store_.at(m.slot).group = into;
    }
  });
  a.waiting.insert(a.waiting.end(), b.waiting.begin(), b.waiting.end());
  for (OpenLook& look : open_looks_) {
    if (look.group == other) look.group = into;
  }
  // One look of each sensor, from the first plot of both.
  for (std::size_t i = 0; i < open_looks_.size(); ++i) {
    for (std::size_t k = open_looks_.size(); k-- > i + 1;) {
      OpenLook& mine = open_looks_[i];
      const OpenLook& same = open_looks_[k];
      if (same.group != mine.group || same.sensor != mine.sensor) continue;
      mine.first = std::min(mine.first, same.first);
      mine.lasts = std::max(mine.lasts, same.lasts);
      open_looks_.erase(open_looks_.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
  free_group(other);
}

Duration Tracker::look_time(const Group& group, std::uint16_t sensor) const {
  const SensorDescription& s = descriptions_[sensor];
  double share = kLeastLookShare;
  if (s.kind == SensorKind::polar_radar) {
    // The angle under which the sensor sees the group.
    std::optional<double> first;
    double least = 0.0, most = 0.0;
    for (const Group::Member& m : group.members) {
      const TrackRecord& t = store_.at(m.slot);
      const Gaussian g = combine(t.imm);
      const auto q = sensors_[sensor].site.enu_from_ecef(
          ecef_at(t.frame, g.mean.x[kEast], g.mean.x[kNorth], geometric_height(t.vertical).mean_m));
      const double azimuth = base::atan2(q.x, q.y);
      if (!first) first = azimuth;
      const double from_first = base::wrap_pi(azimuth - *first);
      least = std::fmin(least, from_first);
      most = std::fmax(most, from_first);
    }
    share = std::fmax(share, (most - least) / (2.0 * base::kPi) + kLookMargin);
  }
  return base::seconds(std::fmin(share, kMostLookShare) * to_seconds(s.period));
}

void Tracker::gather(const Plot& plot, std::vector<TrackEvent>& events) {
  // One group for all: the lowest there is.
  std::uint32_t index = kNoSlot;
  for (const Candidate& c : contenders_) index = std::min(index, store_.at(c.slot).group);
  if (index == kNoSlot) {
    index = allocate_group();
    Group& group = groups_[index];
    const TrackRecord& t = store_.at(contenders_.front().slot);
    group.home = t.home;
    group.time = t.time;
    for (const Candidate& c : contenders_)
      group.time = std::max(group.time, store_.at(c.slot).time);
    const Gaussian g = combine(t.imm);
    geo::Geodetic origin = geo::geodetic_from_ecef(
        ecef_at(t.frame, g.mean.x[kEast], g.mean.x[kNorth], geometric_height(t.vertical).mean_m));
    origin.height = base::Length();
    group.frame = geo::TangentFrame(origin);
  }
  for (const Candidate& c : contenders_) {
    const std::uint32_t other = store_.at(c.slot).group;
    if (other != kNoSlot && other != index) merge(index, other);
  }
  for (const Candidate& c : contenders_) {
    const TrackRecord& t = store_.at(c.slot);
    if (!t.active || t.group != kNoSlot) continue;
    bring_to(groups_[index], t.time);
    enter(c.slot, index);
  }
  Group& group = groups_[index];
  // The same report in another form, sent twice, or an echo: one aircraft is seen once a look.
  const auto says_the_same = [&](const auto& waiting) {
    return waiting.plot.sensor == plot.sensor && plot.icao_address &&
           waiting.plot.icao_address == plot.icao_address;
  };
  if (std::ranges::any_of(group.waiting, says_the_same)) {
    ++counters_.split;
    return;
  }
  double rivals = 0.0;
  for (const Rival& rival : rivals_) rivals += rival.density;
  group.waiting.push_back({plot, rivals});
  ++counters_.grouped;
  const auto is_it = [&](const OpenLook& o) { return o.group == index && o.sensor == plot.sensor; };
  const auto open = std::ranges::find_if(open_looks_, is_it);
  if (open == open_looks_.end()) {
    open_looks_.push_back({index, plot.sensor, plot.time, look_time(group, plot.sensor)});
  } else {
    open->first = std::min(open->first, plot.time);
    open->lasts = std::max(open->lasts, look_time(group, plot.sensor));
    if (group.waiting.size() >= kMaxWaiting) {
      const OpenLook look = *open;
      open_looks_.erase(open);
      close(look, events);
    }
  }
}

void Tracker::close_looks(std::uint16_t sensor, Timestamp latest, std::vector<TrackEvent>& events) {
  for (std::size_t i = 0; i < open_looks_.size();) {
    const OpenLook look = open_looks_[i];
    if (look.sensor != sensor || latest - look.first <= look.lasts) {
      ++i;
      continue;
    }
    open_looks_.erase(open_looks_.begin() + static_cast<std::ptrdiff_t>(i));
    close(look, events);
  }
}

void Tracker::close_old_looks(Timestamp now, std::vector<TrackEvent>& events) {
  for (std::size_t i = 0; i < open_looks_.size();) {
    const OpenLook look = open_looks_[i];
    const bool passed = sensors_[look.sensor].latest - look.first > look.lasts;
    if (!passed && now - look.first <= look.lasts + options_.delivery_slack) {
      ++i;
      continue;
    }
    open_looks_.erase(open_looks_.begin() + static_cast<std::ptrdiff_t>(i));
    close(look, events);
  }
}

void Tracker::close(const OpenLook& open, std::vector<TrackEvent>& events) {
  Group& group = groups_[open.group];
  look_plots_.clear();
  std::vector<Plot> known;  // by now: another sensor's look told whose address it is
  Timestamp at = open.first;
  std::erase_if(group.waiting, [&](const WaitingPlot& w) {
    if (w.plot.sensor != open.sensor) return false;
    if (w.plot.icao_address && store_.has_address(*w.plot.icao_address)) {
      known.push_back(w.plot);
      return true;
    }
    PlotInLook in{w.plot};
    in.false_density = false_plot_density(w.plot) + w.rivals;
    const SensorDescription& s = descriptions_[open.sensor];
    in.newcomer_density =
        births_per_look(w.plot, first_fix(w.plot).position) / model_of(s.kind).measurement_space(s);
    look_plots_.push_back(in);
    at = std::max(at, w.plot.time);
    return true;
  });
  std::ranges::sort(look_plots_, comes_before, &PlotInLook::plot);
  bring_to(group, at);
  group.filter.for_each_density([](AircraftState& x) { x.plot = -1; });

  AircraftLook::Setting setting;
  const SensorDescription& s = descriptions_[open.sensor];
  setting.sensor = &s;
  setting.site = &sensors_[open.sensor].site;
  setting.frame = &group.frame;
  setting.at = group.time;
  setting.height = geometric_height({});
  // As sure as the sensor is to see the place at all.
  double covered = 0.0;
  double height = 0.0, variance = 0.0;
  int heights = 0;
  for (const Group::Member& m : group.members) {
    const TrackRecord& t = store_.at(m.slot);
    for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
      if (t.seen_by[i].sensor == open.sensor) covered = std::fmax(covered, t.seen_by[i].covered);
    }
    const Height h = geometric_height(t.vertical);
    height += h.mean_m;
    variance = std::fmax(variance, h.variance_m2);
    ++heights;
  }
  if (heights > 0) setting.height = {height / heights, variance};
  setting.detection_probability =
      s.detection_probability * (covered > 0.0 ? covered : kCoveredAfterHit);
  const AircraftLook look(setting, look_plots_);
  group.filter.update(look);
  publish(open.group, look, events);
  std::ranges::sort(known, comes_before);
  for (const Plot& plot : known) use(plot, events);
}

void Tracker::write_back(std::uint32_t slot,
                         const Group& group,
                         const AircraftState& x,
                         double existence) {
  TrackRecord& t = store_.at(slot);
  t.time = group.time;
  t.frame = group.frame;
  pack(x.imm, t.imm);
  t.motion = x.motion;
  t.vertical = x.vertical;
  t.height_effect = x.height_effect;
  t.navigation = {};
  // A sum of weights may be one and a rounding error.
  constexpr double kSurest = kMaxOdds / (1.0 + kMaxOdds);
  t.odds = std::fmax(odds_from(std::fmin(existence, kSurest)), 1.0 / kMaxOdds);
  t.existence_time = std::max(t.existence_time, group.time);
  t.mode_3a = x.identity.mode_3a;
  t.mode_3a_candidate = x.identity.mode_3a_candidate;
}

void Tracker::leave(std::uint32_t slot) {
  const std::uint32_t index = store_.at(slot).group;
  if (index == kNoSlot) return;
  store_.at(slot).group = kNoSlot;
  Group& group = groups_[index];
  const auto it = std::ranges::find(group.members, slot, &Group::Member::slot);
  CHECK(it != group.members.end());
  group.filter.remove(it->label);
  group.members.erase(it);
}

void Tracker::publish(std::uint32_t index,
                      const AircraftLook& look,
                      std::vector<TrackEvent>& events) {
  Group& group = groups_[index];
  told_.clear();
  group.filter.for_each_label([&](const PmbmFilter<AircraftMotion>::Belief& belief) {
    told_.push_back({belief.label, belief.existence, *belief.x, belief.alone});
    const auto it = std::ranges::find(group.members, belief.label, &Group::Member::label);
    if (it == group.members.end()) return;
    TrackRecord& t = store_.at(it->slot);
    // Nobody goes by a tentative track's number.
    if (t.status == TrackStatus::tentative) return;
    // A number that had gone over may come back: of two it does, of more to one of the others.
    const auto named = std::ranges::count_if(group.members, [&](const Group::Member& m) {
      return store_.at(m.slot).status != TrackStatus::tentative;
    });
    const double back = belief.misnamed / std::fmax(1.0, static_cast<double>(named) - 1.0);
    t.exchanged = it->exchanged + belief.misnamed * (1.0 - it->exchanged) - back * it->exchanged;
  });
  // Whoever is in no hypothesis any more.
  const auto is_gone = [&](const Group::Member& m) {
    return std::ranges::find(told_, m.label, &Told::label) == told_.end();
  };
  for (std::size_t k = 0; k < group.members.size();) {
    const Group::Member member = group.members[k];
    if (!is_gone(member)) {
      ++k;
      continue;
    }
    drop(member.slot, group.time, events);  // leaves the group
  }
  const std::uint16_t sensor =
      static_cast<std::uint16_t>(look.setting().sensor - descriptions_.data());
  for (Told& one : told_) {
    auto it = std::ranges::find(groups_[index].members, one.label, &Group::Member::label);
    const bool is_new = it == groups_[index].members.end();
    if (one.alone) {
      AircraftState whole;
      if (groups_[index].filter.take(one.label, whole, one.existence)) {
        whole.plot = one.x.plot;
        whole.position = one.x.position;
        whole.fit = one.x.fit;
        one.x = whole;
      }
    }
    if (is_new) {
      if (one.existence < options_.drop_existence || store_.active_count() >= options_.max_tracks) {
        groups_[index].filter.remove(one.label);
        continue;
      }
      const std::uint32_t slot = store_.allocate();
      rollback_.forget(slot);
      TrackRecord& t = store_.at(slot);
      t.home = group.home;
      t.number = base::TrackNumber{next_number_++};
      t.first_plot_time = t.last_plot_time = t.existence_time =
          one.x.plot >= 0 ? look.plot(static_cast<std::size_t>(one.x.plot)).time : group.time;
      t.group = index;
      groups_[index].members.push_back({one.label, slot});
      it = groups_[index].members.end() - 1;
      ++counters_.started;
    }
    const std::uint32_t slot = it->slot;
    one.slot = slot;
    one.is_new = is_new;
    write_back(slot, groups_[index], one.x, one.existence);
    TrackRecord& t = store_.at(slot);
    if (one.alone) {
      groups_[index].members.erase(it);
      t.group = kNoSlot;
    }
    const bool was_coasting = t.status == TrackStatus::coasting;
    if (one.x.plot >= 0) {
      const Plot& plot = look.plot(static_cast<std::size_t>(one.x.plot));
      t.last_plot_time = std::max(t.last_plot_time, plot.time);
      ++t.hits;
      t.refusals = 0;
      ++counters_.used;
      note_hit(t, plot);
      note_identity(slot, plot);
      if (was_coasting) t.status = TrackStatus::confirmed;
    }
    for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
      Visibility& v = t.seen_by[i];
      if (v.sensor != sensor || v.accounted_until >= group.time) continue;
      // The look found nothing; the filter has counted that.
      if (one.x.plot < 0) (void)after_miss(1.0, v, look.setting().sensor->detection_probability);
      v.accounted_until = group.time;
    }
    if (one.existence < options_.drop_existence) {
      drop(slot, group.time, events);
      continue;
    }
    if (one.x.plot < 0 && !is_new) continue;
    TrackEvent event;
    event.kind = is_new         ? TrackEventKind::started
                 : was_coasting ? TrackEventKind::resumed
                                : TrackEventKind::updated;
    if (one.x.plot >= 0) {
      const Plot& plot = look.plot(static_cast<std::size_t>(one.x.plot));
      event.trace.plot_time = plot.time;
      event.trace.sensor = plot.sensor;
      event.trace.candidates = static_cast<std::uint16_t>(told_.size());
      event.trace.motion = one.x.motion.used;
      event.trace.cruises = one.x.motion.cruises;
      if (!is_new) {
        for (int i = 0; i < 2; ++i) event.trace.innovation[i] = one.x.position.y[i];
        for (int i = 0; i < 3; ++i) event.trace.innovation_covariance[i] = one.x.fit.fit.S[i];
        event.trace.nis = one.x.fit.fit.d2;
        event.trace.gate_ratio = one.x.fit.fit.d2 / options_.gate;
        event.trace.likelihood = one.x.fit.likelihood;
      }
    }
    Gaussian now = combine(t.imm);
    if (t.group == kNoSlot) move_frame(t, now);
    event.view = view(slot, t.time);
    if (one.x.plot >= 0) {
      const Plot& plot = look.plot(static_cast<std::size_t>(one.x.plot));
      if (is_new) {
        doubts_.note_started(store_, slot, plot, event.view);
      } else {
        (void)doubts_.note_used(store_, slot, plot, event.view, {});
      }
    }
    confirm_if_due(slot, !is_new, events);
    event.view.number = t.number;
    event.view.status = t.status;
    event.view.breaks = t.breaks;
    event.view.doubts = t.doubts;
    store_.index_place(slot, event.view.position.latitude, event.view.position.longitude);
    events.push_back(event);
  }

  learn_clutter(look);

  Group& after = groups_[index];
  if (!after.members.empty()) {
    std::ranges::sort(after.members, {}, &Group::Member::label);
    // The frame goes with the group.
    const Gaussian g = combine(store_.at(after.members.front().slot).imm);
    if (std::fabs(g.mean.x[kEast]) > kGroupReachM || std::fabs(g.mean.x[kNorth]) > kGroupReachM) {
      geo::Geodetic origin =
          geo::geodetic_from_ecef(ecef_at(after.frame, g.mean.x[kEast], g.mean.x[kNorth], 0.0));
      origin.height = base::Length();
      const geo::TangentFrame next(origin);
      after.filter.for_each_density([&](AircraftState& x) { change_frame(x, after.frame, next); });
      after.frame = next;
    }
    return;
  }
  // Nobody is in doubt any more: what waits belongs to whom it fits best.
  std::vector<WaitingPlot> waiting = std::move(released_);
  std::swap(waiting, after.waiting);  // each keeps memory for the next time
  free_group(index);
  std::ranges::sort(waiting, comes_before, &WaitingPlot::plot);
  for (const WaitingPlot& w : waiting) use(w.plot, events);
  waiting.clear();
  released_ = std::move(waiting);
}

// As of plots that go to one track at once: of what stands, or of nothing known.
void Tracker::learn_clutter(const AircraftLook& look) {
  for (std::size_t k = 0; k < look.size(); ++k) {
    const Plot& plot = look.plot(k);
    if (!is_primary(plot)) continue;
    double stands = 1.0;
    for (const Told& one : told_) {
      if (one.x.plot == static_cast<std::int32_t>(k) && one.slot != kNoSlot && !one.is_new &&
          store_.at(one.slot).active)
        stands = standing(store_.at(one.slot), combine(store_.at(one.slot).imm));
    }
    sensors_[plot.sensor].clutter.learn(plot.slant_range, plot.azimuth, stands);
  }
}

void Tracker::free_group(std::uint32_t index) {
  Group& group = groups_[index];
  std::erase_if(open_looks_, [&](const OpenLook& o) { return o.group == index; });
  group.filter.clear();
  group.members.clear();
  group.waiting.clear();
  group.active = false;
  free_groups_.push_back(index);
}

void Tracker::free_empty_groups() {
  for (std::uint32_t index = 0; index < groups_.size(); ++index) {
    const Group& group = groups_[index];
    if (group.active && group.members.empty() && group.waiting.empty()) free_group(index);
  }
}

void Tracker::remap_looks(std::span<const std::uint16_t> new_index) {
  std::erase_if(instant_, [&](Plot& plot) {
    plot.sensor = new_index[plot.sensor];
    return plot.sensor == kPlacedHome;
  });
  for (Group& group : groups_) {
    if (!group.active) continue;
    if (group.home != kPlacedHome) group.home = new_index[group.home];
    std::erase_if(group.waiting, [&](WaitingPlot& w) {
      w.plot.sensor = new_index[w.plot.sensor];
      return w.plot.sensor == kPlacedHome;
    });
  }
  std::erase_if(open_looks_, [&](OpenLook& o) {
    o.sensor = new_index[o.sensor];
    return o.sensor == kPlacedHome;
  });
}

void Tracker::save_groups(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(instant_, static_cast<std::uint32_t>(groups_.size()), free_groups_, open_looks_);
  for (const Group& group : groups_) {
    if (!group.active) continue;
    const geo::Geodetic origin = group.frame.origin();
    saver(group.home, origin.latitude, origin.longitude, group.time, group.members, group.waiting);
    group.filter.save(out);
  }
}

bool Tracker::load_groups(base::ByteReader& in) {
  base::Loader loader(in);
  std::uint32_t count = 0;
  loader(instant_, count, free_groups_, open_looks_);
  if (!in.ok() || count > in.remaining() + free_groups_.size() || free_groups_.size() > count)
    return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    groups_.emplace_back(filter_options(options_), aircraft_, *work_);
    groups_.back().active = true;
  }
  for (const std::uint32_t index : free_groups_) {
    if (index >= count || !groups_[index].active) return false;
    groups_[index].active = false;
  }
  const auto is_sensor = [&](std::uint16_t sensor) { return sensor < sensors_.size(); };
  const auto is_sound_plot = [&](const Plot& plot) {
    return is_sensor(plot.sensor) && is_loadable(plot);
  };
  if (!std::ranges::all_of(instant_, is_sound_plot)) return false;
  for (std::uint32_t index = 0; index < count; ++index) {
    Group& group = groups_[index];
    if (!group.active) continue;
    geo::Geodetic origin;
    loader(group.home, origin.latitude, origin.longitude, group.time, group.members, group.waiting);
    if (!in.ok() || !is_on_earth(origin) || !base::is_reckonable(group.time)) return false;
    if (group.home != kPlacedHome && !is_sensor(group.home)) return false;
    group.frame = geo::TangentFrame(origin);
    if (!group.filter.load(in)) return false;
    for (const WaitingPlot& w : group.waiting) {
      if (!is_sound_plot(w.plot) || !(w.rivals >= 0.0)) return false;
    }
    // Every label is one track's, and every track's group says so.
    std::size_t labels = 0;
    bool all_known = true;
    group.filter.for_each_label([&](const PmbmFilter<AircraftMotion>::Belief& belief) {
      ++labels;
      const auto has_it = [&](const Group::Member& m) { return m.label == belief.label; };
      all_known = all_known && std::ranges::count_if(group.members, has_it) == 1;
    });
    if (!all_known || labels != group.members.size()) return false;
    std::vector<std::uint32_t> slots;
    for (const Group::Member& m : group.members) slots.push_back(m.slot);
    std::ranges::sort(slots);
    if (std::ranges::adjacent_find(slots) != slots.end()) return false;
    for (const Group::Member& m : group.members) {
      if (!(m.exchanged >= 0.0 && m.exchanged <= 1.0)) return false;
      if (m.slot >= store_.slot_count() || !store_.at(m.slot).active ||
          store_.at(m.slot).group != index || store_.at(m.slot).icao_address)
        return false;
    }
  }
  for (const OpenLook& o : open_looks_) {
    if (o.group >= count || !groups_[o.group].active || !is_sensor(o.sensor) ||
        !base::is_reckonable(o.first) || o.lasts < Duration::zero() ||
        o.lasts > std::chrono::minutes(1))
      return false;
  }
  for (std::uint32_t slot = 0; slot < store_.slot_count(); ++slot) {
    const TrackRecord& t = store_.at(slot);
    if (!t.active || t.group == kNoSlot) continue;
    if (t.group >= count || !groups_[t.group].active) return false;
    const auto& members = groups_[t.group].members;
    if (std::ranges::find(members, slot, &Group::Member::slot) == members.end()) return false;
  }
  return true;
}

}  // namespace liptako::track
