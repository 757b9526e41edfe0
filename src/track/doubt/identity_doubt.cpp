// Who answers with which address and code.
//
//   duplicate_address  Two tracks hold one address, both go on being seen, and no aircraft is in
//                      both places. If one of them rests on ADS-B alone, and the other, which
//                      sensors see, tells nothing since then, they are not two aircraft but one
//                      that tells a false place: false_position, or false_time if that lies on its
//                      way.
//   swapped_addresses  An address appears where a track had another one, and that other one where
//                      the first was, within a minute.
//   garbled_code       CUSUM of a Bernoulli rate: a reply whose code is not the settled one, or
//                      whose height cannot be flown, is likelier by log(p1/p0) if the transponder
//                      garbles, and one that is well less likely by log((1-p1)/(1-p0))
//                      [ReynoldsStoumbos99]; mean looks between false alarms at least exp(h).
#include <algorithm>

#include "base/math.hpp"
#include "track/doubt/doubt_book.hpp"

namespace liptako::track {
namespace {

using base::to_seconds;

constexpr double kTwoPlacesM = 5'000.0;  // as kSameAircraftM in tracker.cpp
constexpr std::uint8_t kRivalLooks = 4;
constexpr std::uint8_t kRivalLooksOfOneRadar = 12;
constexpr double kRivalAliveS = 12.0;
constexpr double kDecidedAfterS = 8.0;  // reports that go on have come by then
constexpr double kAtOnceS = 15.0;
constexpr double kLeastLagS = 0.4;  // as in position_doubt.cpp
constexpr double kMostLagS = 60.0;
constexpr double kSamePlaceM = 1'500.0;
constexpr double kArrivalMemoryS = 60.0;
constexpr std::uint32_t kEstablishedHits = 5;
constexpr double kWell = 0.02;             // p0: what transponders and radars do anyway
constexpr double kGarbling = 0.25;         // p1
constexpr double kGarbledLimit = 13.8;     // exp: a million replies
constexpr std::uint8_t kChangedAfter = 3;  // replies in a row: a new code

bool is_discrete(base::ModeACode code) { return code.bits() % 64 != 0; }

}  // namespace

void DoubtBook::note_reply(TrackStore& store,
                           std::uint32_t slot,
                           const Plot& plot,
                           AltitudeUse altitude) {
  const TrackRecord& t = store.at(slot);
  TrackDoubt& d = tracks_[slot];
  if (!plot.mode_3a && !plot.pressure_altitude) return;
  bool bad = altitude == AltitudeUse::refused || altitude == AltitudeUse::restarted;
  if (plot.mode_3a) {
    if (!d.code) d.code = plot.mode_3a;
    if (d.code == plot.mode_3a) {
      d.other_code_seen = 0;
      if (d.hits >= kEstablishedHits && t.status != TrackStatus::tentative && is_discrete(*d.code))
        by_code_[d.code->bits()] = slot;
    } else {
      // Another code once is a garble; the same other one again and again a change, which is one
      // reply that did not fit and no more.
      bad = bad || d.other_code != plot.mode_3a;
      d.other_code_seen = d.other_code == plot.mode_3a
                              ? static_cast<std::uint8_t>(d.other_code_seen + 1)
                              : std::uint8_t{1};
      d.other_code = plot.mode_3a;
      if (d.other_code_seen >= kChangedAfter) {
        d.code = plot.mode_3a;
        d.other_code_seen = 0;
      }
    }
  }
  static const double bad_llr = base::log(kGarbling / kWell);
  static const double good_llr = base::log((1.0 - kGarbling) / (1.0 - kWell));
  // After an alarm the sum may not grow without end: it must be able to come back.
  const double sum = std::clamp(d.garbled + (bad ? bad_llr : good_llr), 0.0, 1.5 * kGarbledLimit);
  d.garbled = static_cast<float>(sum);
  const Why why{sum, kGarbledLimit, {}, d.hits};
  if (sum >= kGarbledLimit) raise(store, slot, Doubt::garbled_code, plot, why);
  if (sum <= 0.0) clear(store, slot, Doubt::garbled_code, plot, why);
}

void DoubtBook::compare_rivals(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  TrackDoubt& d = tracks_[slot];
  const TrackRecord& t = store.at(slot);
  std::uint32_t rival = kNoSlot;
  store.for_each_with_address(*plot.icao_address, [&](std::uint32_t other) {
    if (other == slot || other >= tracks_.size() || store.at(other).home != t.home) return;
    const TrackDoubt& o = tracks_[other];
    if (to_seconds(plot.time - o.time) > kRivalAliveS || o.hits < 2) return;
    if ((store.at(other).doubts & bit(Doubt::reflection)) != 0) return;
    rival = std::min(rival, other);
  });
  if (rival == kNoSlot) {
    d.rival = 0;
    d.rival_looks = 0;
    clear(store, slot, Doubt::duplicate_address, plot, {});
    return;
  }
  TrackDoubt& o = tracks_[rival];
  const geo::Geodetic here{
      base::Angle::from_radians(d.latitude_rad), base::Angle::from_radians(d.longitude_rad), {}};
  const geo::Geodetic there{
      base::Angle::from_radians(o.latitude_rad), base::Angle::from_radians(o.longitude_rad), {}};
  const double apart = geo::rough_distance(here, there).metres();
  if (((t.doubts | store.at(rival).doubts) & (bit(Doubt::reflection) | kPositionDoubt)) != 0)
    return;
  if (d.rival != o.number.value) {
    d.rival = o.number.value;
    d.rival_looks = 0;
  }
  if (d.rival_looks < 255) ++d.rival_looks;
  // Both go on being seen. One that a single radar sees may be a reflection, until it is known
  // that no wall explains it.
  const auto needed = [&](std::uint32_t one) {
    const bool vouched = tracks_[one].claim.present || store.at(one).seen_by_count > 1;
    return vouched ? kRivalLooks : kRivalLooksOfOneRadar;
  };
  if (d.rival_looks < needed(slot) || o.rival != d.number.value || o.rival_looks < needed(rival))
    return;
  const bool here_held = is_held(d, plot.time), there_held = is_held(o, plot.time);
  Why why{static_cast<double>(d.rival_looks),
          static_cast<double>(kRivalLooks),
          {static_cast<double>(o.number.value), apart},
          static_cast<std::uint32_t>(d.rival_looks + o.rival_looks)};
  if (here_held != there_held) {
    // One is seen by sensors, the other is told. The one that is told has the other's own reports,
    // or there are two transponders.
    const std::uint32_t told = here_held ? rival : slot;
    const std::uint32_t held = here_held ? slot : rival;
    TrackDoubt& a = tracks_[held];
    TrackDoubt& b = tracks_[told];
    if (to_seconds(plot.time - std::max(a.first, b.first)) < kDecidedAfterS) return;
    const bool ended = !a.claim.present || to_seconds(b.time - a.claim.time) > 5.0;
    const bool took_over =
        a.claim.present && ended && std::fabs(to_seconds(b.first - a.claim.time)) < kAtOnceS;
    const bool left =
        !a.claim.present && std::fabs(to_seconds(a.first - b.last_independent)) < kAtOnceS;
    const bool near = ended && apart < kTwoPlacesM &&
                      apart > 4.0 * (double{a.position_sd_m} + double{b.position_sd_m});
    if (b.claim.present && (took_over || left || near)) {
      const double speed =
          std::sqrt(double{b.east_mps} * b.east_mps + double{b.north_mps} * b.north_mps);
      const auto q =
          seen_from(geo::TangentFrame(geo::Geodetic{base::Angle::from_radians(b.latitude_rad),
                                                    base::Angle::from_radians(b.longitude_rad),
                                                    base::Length::from_metres(b.height_m)}),
                    a,
                    b.time);
      const double ue = speed > 0.0 ? b.east_mps / speed : 0.0;
      const double un = speed > 0.0 ? b.north_mps / speed : 0.0;
      const double late_s = speed > 50.0 ? (q.x * ue + q.y * un) / speed : 0.0;
      const bool late = std::fabs(late_s) > kLeastLagS && std::fabs(late_s) < kMostLagS &&
                        std::fabs(q.y * ue - q.x * un) < 3.0 * double{a.position_sd_m};
      a.claim = b.claim;
      for (TrackDoubt* one : {&a, &b}) {
        one->offset_east_m = static_cast<float>(q.x);
        one->offset_north_m = static_cast<float>(q.y);
        one->agreeing = 0;
      }
      // The number stays with the aircraft, which is where sensors see it.
      if (b.first < a.first) {
        std::swap(store.at(told).number, store.at(held).number);
        std::swap(a.number, b.number);
      }
      why.value = late ? std::array<double, 2>{late_s, apart} : std::array<double, 2>{q.x, q.y};
      for (const std::uint32_t one : {held, told})
        raise(store, one, late ? Doubt::false_time : Doubt::false_position, plot, why);
      return;
    }
  }
  if (apart < kTwoPlacesM) return;
  raise(store, slot, Doubt::duplicate_address, plot, why);
  why.value[0] = d.number.value;
  raise(store, rival, Doubt::duplicate_address, plot, why);
}

// At the start of a track with an address: whose place is it?
void DoubtBook::note_arrival(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  if (!plot.icao_address || store.at(slot).home != kPlacedHome) return;
  const TrackDoubt& d = tracks_[slot];
  std::uint32_t before = kNoSlot;
  double least = kSamePlaceM;
  const geo::TangentFrame here({base::Angle::from_radians(d.latitude_rad),
                                base::Angle::from_radians(d.longitude_rad),
                                base::Length::from_metres(d.height_m)});
  store.for_each_near(base::Angle::from_radians(d.latitude_rad),
                      base::Angle::from_radians(d.longitude_rad),
                      base::Length::from_metres(2.0 * kSamePlaceM),
                      [&](std::uint32_t other) {
                        if (other == slot || other >= tracks_.size()) return;
                        const TrackRecord& o = store.at(other);
                        const TrackDoubt& od = tracks_[other];
                        if (!o.icao_address || o.icao_address == plot.icao_address ||
                            od.hits < kEstablishedHits || o.home != kPlacedHome ||
                            to_seconds(plot.time - od.time) > kRivalAliveS) {
                          return;
                        }
                        const auto q = seen_from(here, od, plot.time);
                        const double apart = std::sqrt(q.x * q.x + q.y * q.y);
                        if (apart < least || (apart == least && other < before)) {
                          least = apart;
                          before = other;
                        }
                      });
  if (before == kNoSlot) return;
  const std::uint32_t old_address = store.at(before).icao_address->bits();
  const std::uint32_t new_address = plot.icao_address->bits();
  for (const Arrival& a : arrivals_) {
    if (a.slot == kNoSlot || to_seconds(plot.time - a.time) > kArrivalMemoryS) continue;
    if (a.address != old_address || a.before != new_address) continue;
    const Why why{2.0, 2.0, {static_cast<double>(a.number), least}, 2};
    raise(store, slot, Doubt::swapped_addresses, plot, why);
    if (a.slot < tracks_.size() && a.slot < store.slot_count() && store.at(a.slot).active &&
        tracks_[a.slot].number.value == a.number) {
      Why other = why;
      other.value[0] = d.number.value;
      raise(store, a.slot, Doubt::swapped_addresses, plot, other);
    }
    break;
  }
  arrivals_[next_arrival_] = {plot.time, slot, d.number.value, new_address, old_address};
  next_arrival_ = (next_arrival_ + 1) % kArrivals;
}

}  // namespace liptako::track
