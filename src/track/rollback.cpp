#include "track/rollback.hpp"

#include <algorithm>
#include <utility>

#include "base/archive.hpp"
#include "track/stored.hpp"

namespace liptako::track {
namespace {

constexpr base::Duration kBefore = std::chrono::seconds(5);

bool same(const geo::TangentFrame& a, const geo::TangentFrame& b) {
  return a.origin().latitude == b.origin().latitude &&
         a.origin().longitude == b.origin().longitude && a.origin().height == b.origin().height;
}

}  // namespace

template <class Archive>
void visit_fields(Archive& archive, PastStep& s) {
  archive(s.time, s.plot, s.since_last, s.imm, s.height_effect.d, s.navigation.per_sd, s.vertical);
}

std::uint32_t Rollback::begin(std::uint32_t slot) {
  if (free_.empty()) {
    if (pasts_.size() >= max_pasts_) return kNone;
    free_.push_back(static_cast<std::uint32_t>(pasts_.size()));
    pasts_.emplace_back().steps.reserve(kMaxSteps + 1);
  }
  if (slot >= past_of_.size()) past_of_.resize(slot + 1, kNone);
  past_of_[slot] = free_.back();
  free_.pop_back();
  pasts_[past_of_[slot]].slot = slot;
  return past_of_[slot];
}

bool Rollback::is_late(const Plot& plot, base::Duration lag, double noise_density) {
  const double sd = plot.velocity_sd.mps();
  return lag > kLateBeyond || (sd > 0.0 && noise_density * base::to_seconds(lag) > sd * sd);
}

void Rollback::note(std::uint32_t slot, const TrackRecord& t, const Plot& plot, const Used& used) {
  if (used.is_late) note_late(plot.sensor);
  if (late_sensors_ == 0) return;
  std::uint32_t index = past_of(slot);
  const bool is_new = index == kNone;
  if (is_new) {
    if ((late_sensors_ >> plot.sensor & 1) == 0) return;
    index = begin(slot);
    if (index == kNone) return;
  }
  Past& past = pasts_[index];
  if (is_new) {
    past.frame = t.frame;
  } else if (!same(past.frame, t.frame)) {
    move_frame(past, t.frame);
  }
  auto& steps = past.steps;
  // One at least is kept that is older than anything that may still come; and of a sensor that
  // reports every few seconds its plot before that.
  const base::Timestamp oldest = t.time - used.reach - kBefore;
  const auto old = std::ranges::upper_bound(steps, oldest, {}, &PastStep::time);
  if (old - steps.begin() > 1) steps.erase(steps.begin(), old - 1);
  if (steps.size() >= kMaxSteps) steps.erase(steps.begin());
  steps.push_back(
      {t.time, plot, used.since_last, t.imm, t.vertical, t.height_effect, t.navigation});
}

const PastStep* Rollback::from(std::uint32_t slot, base::Timestamp time) const {
  const std::uint32_t index = past_of(slot);
  if (index == kNone || pasts_[index].steps.empty()) return nullptr;
  const auto& steps = pasts_[index].steps;
  const auto next = std::ranges::upper_bound(steps, time, {}, &PastStep::time);
  return next == steps.begin() ? &steps.front() : &*(next - 1);
}

PastStep* Rollback::from(std::uint32_t slot, base::Timestamp time) {
  return const_cast<PastStep*>(std::as_const(*this).from(slot, time));
}

std::span<PastStep> Rollback::after(std::uint32_t slot, base::Timestamp time) {
  auto& steps = pasts_[past_of_[slot]].steps;
  const auto next = std::ranges::upper_bound(steps, time, {}, &PastStep::time);
  return {next, steps.end()};
}

std::span<PastStep> Rollback::steps(std::uint32_t slot) { return pasts_[past_of_[slot]].steps; }

std::optional<base::Duration> Rollback::since_last(std::uint32_t slot, const PastStep& step) const {
  std::optional<base::Duration> since = step.since_last;
  const std::uint32_t index = past_of(slot);
  if (index == kNone) return since;
  for (const PastStep& before : pasts_[index].steps) {
    const base::Duration ago = step.plot.time - before.plot.time;
    if (before.plot.sensor == step.plot.sensor && ago > base::Duration::zero() &&
        (!since || ago < *since || *since < base::Duration::zero()))
      since = ago;
  }
  return since;
}

void Rollback::insert(std::uint32_t slot, const PastStep& step) {
  auto& steps = pasts_[past_of_[slot]].steps;
  steps.insert(std::ranges::upper_bound(steps, step.time, {}, &PastStep::time), step);
  if (steps.size() > kMaxSteps) steps.erase(steps.begin());
}

void Rollback::forget(std::uint32_t slot) {
  const std::uint32_t index = past_of(slot);
  if (index == kNone) return;
  past_of_[slot] = kNone;
  pasts_[index].slot = kNone;
  pasts_[index].steps.clear();
  free_.push_back(index);
}

void Rollback::clear() {
  late_sensors_ = 0;
  for (std::uint32_t slot = 0; slot < past_of_.size(); ++slot) forget(slot);
}

void Rollback::move_frame(Past& past, const geo::TangentFrame& to) {
  for (PastStep& step : past.steps) {
    Imm imm = unpack(step.imm);
    change_frame(imm, past.frame, to, geometric_height(step.vertical).mean_m);
    pack(imm, step.imm);
    change_frame(step.height_effect, past.frame, to);
    change_frame(step.navigation, past.frame, to);
  }
  past.frame = to;
}

void Rollback::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(late_sensors_, static_cast<std::uint32_t>(pasts_.size()), free_);
  for (const Past& past : pasts_) {
    if (past.slot == kNone) continue;
    const geo::Geodetic& origin = past.frame.origin();
    saver(past.slot, origin.latitude, origin.longitude, origin.height, past.steps);
  }
}

bool Rollback::load(base::ByteReader& in, std::uint32_t slots, std::size_t sensors) {
  base::Loader loader(in);
  std::uint32_t count = 0;
  loader(late_sensors_, count, free_);
  if (!in.ok() || count > max_pasts_ || free_.size() > count) return false;
  pasts_.assign(count, {});
  past_of_.assign(slots, kNone);
  std::vector<bool> is_free(count);
  for (const std::uint32_t index : free_) {
    if (index >= count || is_free[index]) return false;
    is_free[index] = true;
  }
  for (std::uint32_t index = 0; index < count; ++index) {
    Past& past = pasts_[index];
    past.steps.reserve(kMaxSteps + 1);
    if (is_free[index]) continue;
    geo::Geodetic origin;
    std::vector<PastStep> steps;
    loader(past.slot, origin.latitude, origin.longitude, origin.height, steps);
    if (!in.ok() || past.slot >= slots || past_of_[past.slot] != kNone || !is_on_earth(origin) ||
        steps.size() > kMaxSteps || !std::ranges::is_sorted(steps, {}, &PastStep::time))
      return false;
    for (const PastStep& step : steps) {
      if (step.plot.sensor >= sensors || !is_loadable(step.plot) ||
          !is_loadable(unpack(step.imm)) || !is_loadable(step.vertical) ||
          !is_loadable(step.height_effect) || !is_loadable(step.navigation) ||
          !base::is_reckonable(step.time) ||
          std::fabs(base::to_seconds(step.since_last.value_or(base::Duration::zero()))) > 1e9)
        return false;
    }
    past.steps.assign(steps.begin(), steps.end());
    past.frame = geo::TangentFrame(origin);
    past_of_[past.slot] = index;
  }
  return true;
}

}  // namespace liptako::track
