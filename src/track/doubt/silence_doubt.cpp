// Sensors that should see an aircraft and do not.
//
// A silence means as much as is known of the sensor's coverage (detection_map.hpp): with c the
// probability that the sensor sees the place at all, and p that of one look,
//
//   one more missed look:  L += -log(1 - c p),   c <- c (1 - p) / (1 - c p)
//
// so that one place's silence, however long, weighs at most -log(1 - c). L is the log-likelihood
// ratio of "nothing is there" against "something is", and what is seen sets it to nothing: a
// sequential probability ratio test [Wald45]. Where nothing is known nothing is concluded: "not
// seen" never means "not there".
//
//   ghost               only ADS-B reports, and radars that see others there see none of it
//   transponder_failed  primary plots of a track go on where nobody else answers, and every sensor
//                       that had its replies has none
#include <algorithm>

#include "base/math.hpp"
#include "track/doubt/doubt_book.hpp"

namespace liptako::track {
namespace {

using base::Duration;
using base::to_seconds;

// Of the aircraft that nobody forged, one in ten thousand is called a ghost in its flight.
constexpr double kGhostLimit = 9.2;
// Of those that leave the coverage of secondary radars while a primary one still sees them, one in
// a thousand.
constexpr double kTransponderLimit = 6.9;
constexpr double kAliveAfterPeriods = 2.5;
constexpr double kHitAfterPeriods = 1.6;
constexpr std::uint8_t kPrimariesNeeded = 5;
// One that answers, so near that the primary plots may be its own: an aircraft whose address or
// code has changed flies on under the new one, and its primaries go to either track.
constexpr double kAnswersS = 15.0;  // what it flies meanwhile is within kAnswersNearM
constexpr double kAnswersSds = 3.0;
constexpr double kAnswersNearM = 10'000.0;
constexpr double kJustSeen = 0.98;  // as kCoveredAfterHit
constexpr double kNewsS = 60.0;
// Between two checks of one aircraft 5 s pass.
constexpr int kPausePeriods = 4;
constexpr Duration kPause = std::chrono::seconds(20);

}  // namespace

void DoubtBook::look_for_silences(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  TrackRecord& t = store.at(slot);
  TrackDoubt& d = tracks_[slot];
  if (!t.icao_address || t.home != kPlacedHome || !t.vertical.known) return;
  // Within a fix: an aircraft that is where others see it teaches what this one sees.
  const bool vouched = is_held(d, plot.time);
  const bool ads_b_only = !vouched && d.claim.present &&
                          to_seconds(plot.time - d.claim.time) < 5.0 &&
                          to_seconds(plot.time - d.last_independent) > kNewsS;
  if (!vouched && !ads_b_only) return;
  const auto is_hit = [&](std::uint16_t sensor, double period) {
    for (std::uint8_t k = 0; k < t.seen_by_count; ++k) {
      const Visibility& v = t.seen_by[k];
      if (v.sensor == sensor && to_seconds(plot.time - v.last_hit) < kHitAfterPeriods * period)
        return true;
    }
    return false;
  };
  for (std::size_t n = 0; n < sensors_.size(); ++n) {
    const auto i = static_cast<std::uint16_t>(n);
    Sensor& s = sensors_[i];
    const SensorDescription& description = descriptions_[i];
    if (description.kind != SensorKind::polar_radar || !description.placed || !s.heard) continue;
    if (!s.interrogates) continue;
    const double period = to_seconds(description.period);
    if (to_seconds(plot.time - s.latest) > kAliveAfterPeriods * period) continue;
    const bool its_own = i == plot.sensor;
    const auto cell = s.map.cell_of(
        its_own ? DetectionMap::sight_of(
                      plot, description.site.height, base::Length::from_metres(d.height_m))
                : DetectionMap::sight_of(seen_from(s.site, d, plot.time)));
    if (!cell) continue;
    const bool hit = its_own || is_hit(i, period);
    if (vouched) {
      // Its own fault is not the radar's.
      if (t.doubts == 0) s.map.learn(*cell, hit);
    } else if (!hit) {
      doubt_ghost(store, slot, plot, i, *cell);
    }
  }
}

void DoubtBook::doubt_ghost(TrackStore& store,
                            std::uint32_t slot,
                            const Plot& plot,
                            std::uint16_t sensor,
                            std::uint16_t cell) {
  TrackDoubt& d = tracks_[slot];
  std::array<Silence, kWatched>& silences = seldom_[slot].silences;
  const Sensor& s = sensors_[sensor];
  const auto expected = s.map.expect(cell);
  Silence* mine = nullptr;
  for (std::uint8_t i = 0; i < d.silence_count; ++i) {
    if (silences[i].sensor == sensor) mine = &silences[i];
  }
  if (mine == nullptr) {
    if (d.silence_count == kWatched) return;
    mine = &silences[d.silence_count++];
    *mine = {sensor, cell, static_cast<float>(expected.covered), s.latest};
  }
  if (mine->cell != cell) {
    // Another place is another question, but not altogether: its answer counts if it is surer.
    mine->cell = cell;
    mine->covered = static_cast<float>(std::fmax(mine->covered, expected.covered));
  }
  const Duration period = descriptions_[sensor].period;
  // A radar that paused looked at nobody.
  if (s.latest - mine->accounted_until > kPausePeriods * period + kPause)
    mine->accounted_until = s.latest;
  int looks = 0;
  for (; s.latest - mine->accounted_until > period && looks < 16; ++looks) {
    mine->accounted_until += period;
    const double p = expected.detection;
    const double miss = 1.0 - mine->covered * p;
    d.silence += static_cast<float>(-base::log(miss));
    mine->covered = static_cast<float>(mine->covered * (1.0 - p) / miss);
  }
  if (looks == 16) mine->accounted_until = s.latest;
  // One that is known to be elsewhere is no ghost.
  if (d.silence > kGhostLimit && (store.at(slot).doubts & kPositionDoubt) == 0) {
    raise(store,
          slot,
          Doubt::ghost,
          plot,
          {d.silence, kGhostLimit, {static_cast<double>(d.silence_count), 0.0}, d.claims});
  }
}

bool DoubtBook::is_answered_for(const TrackStore& store,
                                std::uint32_t slot,
                                const Plot& plot) const {
  const TrackDoubt& d = tracks_[slot];
  if (store.at(slot).home != kPlacedHome) return false;
  const geo::Geodetic place{base::Angle::from_radians(d.latitude_rad),
                            base::Angle::from_radians(d.longitude_rad),
                            base::Length::from_metres(d.height_m)};
  const geo::TangentFrame here(place);
  // The primaries have their radar's bias, the other's replies have not.
  const double range_m = plot.slant_range.metres();
  const double bias2 =
      kPriorRangeM * kPriorRangeM + range_m * range_m * kPriorAzimuthRad * kPriorAzimuthRad;
  bool found = false;
  store.for_each_near(
      place.latitude,
      place.longitude,
      base::Length::from_metres(kAnswersNearM),
      [&](std::uint32_t other) {
        if (other == slot || other >= tracks_.size() || store.at(other).home != kPlacedHome) return;
        const TrackDoubt& o = tracks_[other];
        if (to_seconds(plot.time - o.last_reply) > kAnswersS) return;
        const auto q = seen_from(here, o, plot.time);
        const double variance = double{d.position_sd_m} * d.position_sd_m +
                                double{o.position_sd_m} * o.position_sd_m + bias2;
        found = found || q.x * q.x + q.y * q.y < kAnswersSds * kAnswersSds * variance;
      });
  return found;
}

void DoubtBook::doubt_transponder(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  const TrackRecord& t = store.at(slot);
  TrackDoubt& d = tracks_[slot];
  if ((t.doubts & bit(Doubt::transponder_failed)) != 0) return;
  if (d.primaries < kPrimariesNeeded || d.hits <= d.primaries) return;
  if (!t.icao_address && !t.mode_3a) return;
  double evidence = 0.0;
  std::uint32_t silent = 0;
  for (std::uint8_t i = 0; i < t.seen_by_count; ++i) {
    const Visibility& v = t.seen_by[i];
    const Sensor& s = sensors_[v.sensor];
    const SensorDescription& description = descriptions_[v.sensor];
    const bool replies = description.kind != SensorKind::polar_radar || s.interrogates;
    if (!replies || description.kind == SensorKind::tracker) continue;
    // It had its replies until they ended altogether.
    if (to_seconds(d.last_reply - v.last_hit) > 3.0 * to_seconds(description.period)) continue;
    const double period = to_seconds(description.period);
    if (to_seconds(plot.time - s.latest) > kAliveAfterPeriods * period) continue;
    const double looks = std::floor(to_seconds(s.latest - v.last_hit) / period - 0.3);
    if (looks < 1.0) return;  // one that still has them
    double covered = kJustSeen;
    if (description.kind == SensorKind::polar_radar && description.placed) {
      const auto cell = s.map.cell_of(DetectionMap::sight_of(seen_from(s.site, d, plot.time)));
      if (cell) covered = std::fmax(covered, s.map.expect(*cell).covered);
    }
    const double misses =
        base::exp(std::fmin(looks, 20.0) * base::log(1.0 - description.detection_probability));
    evidence -= base::log(1.0 - covered + covered * misses);
    ++silent;
  }
  if (silent == 0 || evidence < kTransponderLimit) return;
  // All of them may have been the other's: five more are needed where nobody answers.
  if (is_answered_for(store, slot, plot)) {
    d.primaries = 0;
    return;
  }
  raise(store,
        slot,
        Doubt::transponder_failed,
        plot,
        {evidence, kTransponderLimit, {static_cast<double>(silent), 0.0}, d.primaries});
}

}  // namespace liptako::track
