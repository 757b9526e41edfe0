// Aircraft that lose their satellite navigation together.
//
// An aircraft is lost when the accuracy that it claims falls to a quarter and below what routes
// need (95 % within 185 m), three reports in a row; or when its reports end though other sensors go
// on seeing it. One alone has a fault of its own. Were they independent, each of n aircraft within
// reach would be lost in a given three minutes with probability p; m or more of them are lost
// by chance with the binomial tail
//   P(X >= m) = sum_{i >= m} C(n, i) p^i (1 - p)^(n - i),
// and that being less than one in a million is the alarm. Reports also end where coverage does:
// those do not raise the alarm, but join it.
#include <algorithm>

#include "base/math.hpp"
#include "track/doubt/doubt_book.hpp"

namespace liptako::track {
namespace {

using base::to_seconds;

constexpr double kWorse = 4.0;
constexpr double kPoorSdM = 70.0;
constexpr std::uint8_t kPoorClaims = 3;
constexpr std::uint8_t kGoodClaims = 5;
constexpr std::uint32_t kClaimsBefore = 10;
constexpr double kTogetherS = 180.0;
constexpr double kReachM = 300'000.0;
constexpr double kChance = 0.003;  // p; measured without jamming: docs/DOUBTS.md
constexpr double kAlarm = 1e-6;
constexpr double kEndedS = 10.0;
constexpr double kUsualGrowth = 1.0005;  // a claim: the best of some hundred

double binomial_tail(std::uint32_t n, std::uint32_t m) {
  double term = 1.0;  // C(n, i) p^i, from i = 0
  double below = 0.0;
  const double miss = std::fmax(0.0, 1.0 - kChance);
  double power = base::exp(static_cast<double>(n) * base::log(miss));
  for (std::uint32_t i = 0; i < m; ++i) {
    below += term * power;
    term *= kChance * static_cast<double>(n - i) / static_cast<double>(i + 1);
    power /= miss;
  }
  // What is left would cancel to nothing: its first term is nearly all of it.
  return std::fmax(term * power, 1.0 - below - 1e-12);
}

double apart_m(double lat0, double lon0, double lat1, double lon1) {
  return geo::rough_distance({base::Angle::from_radians(lat0), base::Angle::from_radians(lon0), {}},
                             {base::Angle::from_radians(lat1), base::Angle::from_radians(lon1), {}})
      .metres();
}

}  // namespace

void DoubtBook::note_quality(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  TrackDoubt& d = tracks_[slot];
  const double sd = d.claim.position_sd_m;
  const bool poor = d.claims > kClaimsBefore && sd > kWorse * d.usual_sd_m && sd > kPoorSdM;
  if (poor) {
    d.good_claims = 0;
    if (d.poor_claims < 255) ++d.poor_claims;
    if (d.poor_claims == kPoorClaims) note_loss(store, slot, plot, true);
    return;
  }
  d.poor_claims = 0;
  d.usual_sd_m =
      static_cast<float>(d.usual_sd_m > 0.0F ? std::fmin(kUsualGrowth * d.usual_sd_m, sd) : sd);
  if (!d.lost) return;
  if (++d.good_claims < kGoodClaims) return;
  d.lost = false;
  d.good_claims = 0;
  clear(store, slot, Doubt::jamming, plot, {sd, kWorse * d.usual_sd_m, {}, d.claims});
}

void DoubtBook::note_missing_claims(TrackStore& store, std::uint32_t slot, const Plot& plot) {
  const TrackDoubt& d = tracks_[slot];
  if (d.lost || !d.claim.present || d.claims <= kClaimsBefore || d.primaries > 0) return;
  const SensorDescription& station = descriptions_[d.claim.sensor];
  const double silence = to_seconds(plot.time - d.claim.time);
  if (silence < std::fmax(kEndedS, 6.0 * to_seconds(station.period))) return;
  if (to_seconds(plot.time - sensors_[d.claim.sensor].latest) > 5.0) return;
  note_loss(store, slot, plot, false);
}

void DoubtBook::note_loss(TrackStore& store, std::uint32_t slot, const Plot& plot, bool poor) {
  TrackDoubt& d = tracks_[slot];
  d.lost = true;
  d.good_claims = 0;
  for (Loss& s : losses_) {  // an aircraft counts once, however often
    if (s.slot == slot && s.number == d.number.value) s.slot = kNoSlot;
  }
  losses_[next_loss_] = {
      plot.time, slot, d.number.value, d.latitude_rad, d.longitude_rad, false, poor};
  Loss& mine = losses_[next_loss_];
  next_loss_ = (next_loss_ + 1) % kLosses;
  std::uint32_t lost = 0;
  bool alarmed = false;
  const auto together = [&](const Loss& s) {
    return s.slot != kNoSlot && std::fabs(to_seconds(plot.time - s.time)) < kTogetherS &&
           apart_m(s.latitude_rad, s.longitude_rad, d.latitude_rad, d.longitude_rad) < kReachM;
  };
  for (const Loss& s : losses_) {
    if (!together(s)) continue;
    lost += s.poor ? 1u : 0u;
    alarmed = alarmed || s.alarmed;
  }
  std::uint32_t around = 0;
  for (std::uint32_t other = 0; other < store.slot_count() && other < tracks_.size(); ++other) {
    const TrackDoubt& o = tracks_[other];
    if (!store.at(other).active || o.claims <= kClaimsBefore) continue;
    if (apart_m(o.latitude_rad, o.longitude_rad, d.latitude_rad, d.longitude_rad) < kReachM)
      ++around;
  }
  const double chance = lost == 0 ? 1.0 : binomial_tail(std::max(around, lost), lost);
  if (!alarmed && chance >= kAlarm) return;
  const Why why{chance, kAlarm, {static_cast<double>(lost), static_cast<double>(around)}, lost};
  mine.alarmed = true;
  for (Loss& s : losses_) {
    if (!together(s)) continue;
    s.alarmed = true;
    if (s.slot < tracks_.size() && s.slot < store.slot_count() && store.at(s.slot).active &&
        tracks_[s.slot].number.value == s.number && tracks_[s.slot].lost) {
      raise(store, s.slot, Doubt::jamming, plot, why);
    }
  }
}

}  // namespace liptako::track
