// Plots that an established track's aircraft made, but where it is not [Skolnik08, ch. 7].
//
// With (r, a) the range and azimuth of the plot and (R, A) those at which the track is expected:
//
//   split        r near R, a within a beam of A: one run of replies taken for two
//   ring_around  r near R, a elsewhere: through side lobes
//   reflection   r beyond R: over a wall at azimuth a, whose distance follows from the detour,
//                  d = (r^2 - R^2) / 2 (r - R cos(a - A) cos(elevation))
//                A wall stands: the same (a, d) a fourth time is one. Another aircraft with the
//                same address gives a d that changes by hundreds of metres from look to look.
//
// The track is the one with the plot's address, else with its discrete code and height.
#include <algorithm>

#include "base/math.hpp"
#include "track/doubt/doubt_book.hpp"

namespace liptako::track {
namespace {

using base::to_seconds;

constexpr std::uint32_t kEstablishedHits = 5;
constexpr double kAliveS = 12.0;
constexpr double kSameRangeM = 250.0;  // besides the noise: biases of both
constexpr double kBeamRad = 4.5 * base::kRadiansPerDegree;
constexpr double kWallAzimuthRad = 0.5 * base::kRadiansPerDegree;
constexpr double kWallShare = 0.02;  // of its distance; the expected place errs
constexpr double kWallM = 80.0;
constexpr double kFarthestWallM = 20'000.0;
constexpr std::uint32_t kWallSeen = 4;
constexpr double kSameHeightM = 120.0;
constexpr double kSeenWithinPeriods = 2.6;  // two looks may miss

}  // namespace

std::uint32_t DoubtBook::original_of(const TrackStore& store,
                                     const Plot& plot,
                                     std::uint32_t taken_by) const {
  std::uint32_t original = kNoSlot;
  const auto consider = [&](std::uint32_t slot) {
    if (slot == taken_by || slot >= tracks_.size() || slot >= store.slot_count()) return;
    const TrackRecord& t = store.at(slot);
    const TrackDoubt& d = tracks_[slot];
    if (!t.active || t.status == TrackStatus::tentative || t.home != kPlacedHome) return;
    if (d.hits < kEstablishedHits || (t.doubts & bit(Doubt::reflection)) != 0) return;
    const double silence = to_seconds(plot.time - d.time);
    if (silence > kAliveS || silence < -kAliveS) return;
    if (original == kNoSlot || d.hits > tracks_[original].hits ||
        (d.hits == tracks_[original].hits && slot < original))
      original = slot;
  };
  if (plot.icao_address) {
    store.for_each_with_address(*plot.icao_address, consider);
  } else if (plot.mode_3a && plot.pressure_altitude) {
    const std::uint32_t slot = by_code_[plot.mode_3a->bits() % kCodes];
    if (slot >= store.slot_count() || slot >= tracks_.size() || !store.at(slot).active)
      return kNoSlot;
    const TrackRecord& t = store.at(slot);
    if (tracks_[slot].code != plot.mode_3a || !t.vertical.known) return kNoSlot;
    const double off = plot.pressure_altitude->metres() - t.vertical.altitude_m;
    if (std::fabs(off) < kSameHeightM) consider(slot);
  }
  // The one that takes the plot is the established one: nothing to doubt.
  if (original != kNoSlot && taken_by != kNoSlot &&
      tracks_[taken_by].hits > tracks_[original].hits) {
    return kNoSlot;
  }
  return original;
}

bool DoubtBook::is_vouched_for(const TrackStore& store, std::uint32_t slot) const {
  return slot != kNoSlot && (tracks_[slot].claim.present || store.at(slot).seen_by_count > 1);
}

void DoubtBook::tell_plot(
    const TrackStore& store, std::uint32_t slot, const Plot& plot, Doubt doubt, const Why& why) {
  Finding f = finding_of(store, slot, plot);
  f.kind = FindingKind::plot;
  f.doubt = doubt;
  f.statistic = why.statistic;
  f.limit = why.limit;
  f.value = why.value;
  f.looks = why.looks;
  tell(f);
}

bool DoubtBook::is_echo(TrackStore& store, const Plot& plot, std::uint32_t taken_by) {
  const SensorDescription& sensor = descriptions_[plot.sensor];
  if (sensor.kind != SensorKind::polar_radar || !sensor.placed) return false;
  if (!plot.icao_address && !plot.mode_3a) return false;
  const std::uint32_t slot = original_of(store, plot, taken_by);
  if (slot == kNoSlot) return false;
  const TrackDoubt& d = tracks_[slot];
  Sensor& s = sensors_[plot.sensor];
  const auto q = seen_from(s.site, d, plot.time);
  const double ground = std::sqrt(q.x * q.x + q.y * q.y);
  const double expected_m = std::sqrt(ground * ground + q.z * q.z);
  const double range_m = plot.slant_range.metres();
  const double off_azimuth = base::wrap_pi(plot.azimuth.radians() - base::atan2(q.x, q.y));
  // Half of the track's uncertainty lies along the range, as good as any guess.
  const double same_range =
      kSameRangeM + 4.0 * sensor.range_sd.metres() + 2.0 * std::fmin(d.position_sd_m, 500.0);
  const double detour = range_m - expected_m;
  const Why near{detour, same_range, {detour, off_azimuth / base::kRadiansPerDegree}, 1};
  if (std::fabs(detour) < same_range) {
    if (std::fabs(off_azimuth) < kBeamRad) {
      // An aircraft that is not where it is thought to be insists, and has no other plot.
      if (!s.heard || taken_by != kNoSlot) return false;
      for (std::uint8_t i = 0; i < store.at(slot).seen_by_count; ++i) {
        const Visibility& v = store.at(slot).seen_by[i];
        if (v.sensor != plot.sensor) continue;
        const double since = std::fabs(to_seconds(plot.time - v.last_hit));
        if (since > 0.5 * to_seconds(sensor.period)) return false;
        ++counters_.split;
        tell_plot(store, slot, plot, Doubt::split_plot, near);
        return true;
      }
      return false;
    }
    // The radar has the aircraft in its beam, where the track is; and what takes the plot is not
    // vouched for otherwise.
    bool in_beam = false;
    const TrackRecord& original = store.at(slot);
    for (std::uint8_t i = 0; i < original.seen_by_count; ++i) {
      const Visibility& v = original.seen_by[i];
      in_beam = in_beam ||
                (v.sensor == plot.sensor && std::fabs(to_seconds(plot.time - v.last_hit)) <
                                                kSeenWithinPeriods * to_seconds(sensor.period));
    }
    if (!in_beam || is_vouched_for(store, taken_by)) return false;
    ++counters_.ring_around;
    tell_plot(store, slot, plot, Doubt::ring_around, near);
    return true;
  }
  if (detour < same_range) return false;
  // What tells its place itself, or is seen there by another sensor, is there.
  if (is_vouched_for(store, taken_by)) return false;
  const double cosine = base::cos(off_azimuth) * ground / std::fmax(expected_m, 1.0);
  const double denominator = 2.0 * (range_m - expected_m * cosine);
  if (!(denominator > 1.0)) return false;
  const double distance_m = (range_m * range_m - expected_m * expected_m) / denominator;
  if (!(distance_m > 0.0 && distance_m < kFarthestWallM)) return false;
  Wall* wall = nullptr;
  Wall* free = s.walls.data();
  for (Wall& w : s.walls) {
    const bool same =
        std::fabs(base::wrap_pi(w.azimuth_rad - plot.azimuth.radians())) < kWallAzimuthRad &&
        std::fabs(w.distance_m - distance_m) < kWallM + kWallShare * w.distance_m;
    if (w.seen > 0 && same && (wall == nullptr || w.seen > wall->seen)) wall = &w;
    // What was seen least makes room, the longest ago first.
    if (w.seen < free->seen || (w.seen == free->seen && w.last < free->last)) free = &w;
  }
  if (wall == nullptr) {
    *free = {plot.azimuth.radians(), distance_m, 1, plot.time};
    return false;
  }
  // A wall is learnt of one look only once.
  const bool same_look =
      std::fabs(to_seconds(plot.time - wall->last)) < 0.5 * to_seconds(sensor.period);
  if (same_look && wall->seen < kWallSeen) return false;
  wall->last = plot.time;
  if (wall->seen < 1'000'000) ++wall->seen;
  const double share = 1.0 / std::fmin(wall->seen, 20.0);
  wall->azimuth_rad += share * base::wrap_pi(plot.azimuth.radians() - wall->azimuth_rad);
  wall->distance_m += share * (distance_m - wall->distance_m);
  if (wall->seen < kWallSeen) return false;
  ++counters_.reflection;
  const Why why{static_cast<double>(wall->seen),
                static_cast<double>(kWallSeen),
                {wall->distance_m, base::wrap_two_pi(wall->azimuth_rad) / base::kRadiansPerDegree},
                wall->seen};
  tell_plot(store, slot, plot, Doubt::reflection, why);
  if (taken_by != kNoSlot) raise(store, taken_by, Doubt::reflection, plot, why);
  return true;
}

void DoubtBook::note_repeated(const TrackStore& store, std::uint32_t slot, const Plot& plot) {
  const SensorDescription& sensor = descriptions_[plot.sensor];
  if (sensor.kind != SensorKind::polar_radar || slot >= tracks_.size()) return;
  for (std::uint8_t i = 0; i < store.at(slot).seen_by_count; ++i) {
    const Visibility& v = store.at(slot).seen_by[i];
    // One plot that came over two ways.
    if (v.sensor == plot.sensor && v.last_hit == plot.time) return;
  }
  ++counters_.split;
  tell_plot(store, slot, plot, Doubt::split_plot, {0.0, 0.0, {}, 1});
}

}  // namespace liptako::track
