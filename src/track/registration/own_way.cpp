#include "track/registration/own_way.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/archive.hpp"
#include "base/math.hpp"
#include "base/time_range.hpp"

namespace liptako::track::registration {

using base::Timestamp;
using base::to_seconds;

namespace {

constexpr double kLeastSpeedMps = 50.0;
// Of the way between two reports, seconds of flight: what is shorter is the same report again, or
// the next of the same second; over what is longer an aircraft turns.
constexpr double kShortestWayS = 0.4;
constexpr double kLongestWayS = 12.0;
constexpr double kSoonS = 1.4;
// What is told less sure scatters for reasons of its own.
constexpr double kMostSdM = 100.0;
constexpr double kAcrossM = 100.0;
constexpr double kBeyondReasonS = 60.0;  // as registration.cpp has it
// How the mean of |e| is followed; none counts for more than a second.
constexpr double kUsualShare = 1.0 / 64.0;
constexpr double kLeastStepS = 0.2;
constexpr double kStepUsual = 5.0;
constexpr double kAgreeS = 0.1;
constexpr double kAgreeUsual = 3.0;
constexpr double kMajority = 0.7;
// One displacement of all positions explains worse than a step if it leaves so many times as much.
constexpr double kExplainsWorse = 4.0;
constexpr double kPositionNoiseM = 10.0;
constexpr double kLeastStepSdS = 0.02;
constexpr base::Duration kRecent = std::chrono::milliseconds(3'500);
constexpr std::uint32_t kUnsettled = 3;  // pairs
constexpr base::Duration kDriftLongest = std::chrono::seconds(20);
constexpr double kLeastRate = 0.02;
constexpr double kRateSds = 6.0;
constexpr std::uint32_t kLeastPairs = 20;
constexpr double kMostDriftSdS = 0.08;  // a clock known worse is not corrected
// Radii of curvature of WGS-84 [TR8350.2, ch. 3]: to first power of e^2.
constexpr double kEquatorM = 6378137.0;
constexpr double kEccentricity2 = 0.00669437999014;

// Less may be a clock that runs away, which gains as much again from report to report.
constexpr double kSurelyAStepS = 1.0;
// After a step reports of before come for so long: what they are held back, and the step.
constexpr double kHeldBackS = 3.0;
constexpr double kLongestMixedS = 10.0;
base::Duration mixed_for(double step_s) {
  return base::seconds(std::fmin(kLongestMixedS, kHeldBackS + std::fabs(step_s)));
}

// Of a latitude, to 3e-7: a way is not measured better. Taylor's series, to x^10.
double cosine_of(double x) {
  const double z = x * x;
  return 1.0 -
         z * (1.0 / 2.0 -
              z * (1.0 / 24.0 - z * (1.0 / 720.0 - z * (1.0 / 40320.0 - z * (1.0 / 3628800.0)))));
}

base::Duration apart(Timestamp a, Timestamp b) { return a > b ? a - b : b - a; }

double median(std::span<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

void OwnWay::set_sensors(std::span<const SensorDescription> sensors, std::span<const int> former) {
  std::vector<Station> anew(sensors.size());
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    anew[i].present = sensors[i].kind == SensorKind::ads_b;
    if (i < former.size() && former[i] >= 0)
      anew[i].moved_s = stations_[static_cast<std::size_t>(former[i])].moved_s;
  }
  stations_ = std::move(anew);
  doubts_ = false;
  drift_due_ = {};
}

double OwnWay::strange_s(const Station& s) {
  return std::fmax(kLeastStepS, kStepUsual * s.usual_s);
}

double OwnWay::reach_s(const Station& s) { return std::fmax(kAgreeS, kAgreeUsual * s.usual_s); }

// What changes with every report changes between instants, so that the order of reports of one
// instant does not matter.
void OwnWay::begin_instant(Station& s, Timestamp instant) {
  s.instant = instant;
  ++s.sequence;
  if (s.new_count == 0) return;
  const double mean = 1e-9 * static_cast<double>(s.new_ns) / s.new_count;
  s.usual_s += std::fmin(1.0, kUsualShare * s.new_count) * (mean - s.usual_s);
  s.new_count = 0;
  s.new_ns = 0;
}

// Pairs of one instant stand in an order of their own, and where all do not fit, the first of that
// order goes: what is kept does not depend on the order in which they came.
void OwnWay::keep(Station& s, const Pair& p) {
  const auto before = [](const Pair& a, const Pair& b) {
    return a.sequence == b.sequence &&
           std::tie(a.address, a.gained_s, a.way_s) < std::tie(b.address, b.gained_s, b.way_s);
  };
  const auto place = [&](std::uint32_t i) -> Pair& { return s.pairs[(s.first + i) % kPairs]; };
  if (s.count == kPairs) {
    if (before(p, place(0))) return;
    s.first = (s.first + 1) % kPairs;
    --s.count;
  }
  std::uint32_t at = s.count++;
  for (; at > 0 && before(p, place(at - 1)); --at) place(at) = place(at - 1);
  place(at) = p;
}

double OwnWay::take(const Plot& plot, Timestamp now, Way& way) {
  Station& s = stations_[plot.sensor];
  const double ve = plot.velocity_east.mps(), vn = plot.velocity_north.mps();
  const double speed2 = ve * ve + vn * vn;
  if (!(plot.velocity_sd > base::Speed()) || plot.position_sd.metres() > kMostSdM ||
      !(speed2 > kLeastSpeedMps * kLeastSpeedMps) || !(speed2 < 1e6)) {
    return 0.0;
  }
  if (plot.time != s.instant) begin_instant(s, plot.time);
  const Way before = way;
  const double stamped = to_seconds(plot.time - before.stamp);
  const bool mixed = s.step_s != 0.0 && apart(now, s.step_at) < mixed_for(s.step_s);
  // The next report of the same way tells more.
  if (before.sequence != 0 && !mixed && stamped >= 0.0 && stamped < kSoonS) return 0.0;
  Way after;
  after.stamp = plot.time;
  after.latitude_rad = plot.latitude.radians();
  after.longitude_rad = plot.longitude.radians();
  after.east_mps = static_cast<float>(ve);
  after.north_mps = static_cast<float>(vn);
  const double e = 0.5 * (ve + before.east_mps), n = 0.5 * (vn + before.north_mps);
  const double v2 = e * e + n * n;
  if (before.sequence == 0 || !(v2 > kLeastSpeedMps * kLeastSpeedMps)) {  // the first; or it turned
    after.sequence = s.sequence;
    way = after;
    return 0.0;
  }
  const double cosine = cosine_of(after.latitude_rad);
  const double sine2 = 1.0 - cosine * cosine;
  const double along_parallel = kEquatorM * (1.0 + 0.5 * kEccentricity2 * sine2);
  const double along_meridian = kEquatorM * (1.0 - kEccentricity2 * (1.0 - 1.5 * sine2));
  const double east =
      base::wrap_pi(after.longitude_rad - before.longitude_rad) * cosine * along_parallel;
  const double north = (after.latitude_rad - before.latitude_rad) * along_meridian;
  const double took = (east * e + north * n) / v2;
  const double size = std::fabs(took);
  if (size < kShortestWayS) return 0.0;
  const double gained = stamped - took;
  bool counts = true;
  if (mixed) {
    if (std::fabs(gained + s.step_s) < reach_s(s)) return -s.step_s;
    // Or the one before was of before.
    counts = std::fabs(s.step_s) < kSurelyAStepS || std::fabs(gained - s.step_s) > reach_s(s);
  }
  after.sequence = s.sequence;
  way = after;
  const double across = (east * n - north * e) / std::sqrt(v2);
  if (!counts || size > kLongestWayS || std::fabs(gained) > kBeyondReasonS ||
      std::fabs(across) > kAcrossM)
    return 0.0;
  Pair p;
  p.time = now;
  p.address = plot.icao_address->bits();
  p.sequence = after.sequence;
  p.gained_s = static_cast<float>(gained);
  p.way_s = static_cast<float>(took);
  p.east_mps = static_cast<float>(e);
  p.north_mps = static_cast<float>(n);
  p.offset_east_m = static_cast<float>(east - e * stamped);
  p.offset_north_m = static_cast<float>(north - n * stamped);
  keep(s, p);
  if (std::fabs(gained) > strange_s(s)) s.doubted = doubts_ = true;
  ++s.new_count;
  s.new_ns += base::seconds(std::fmin(1.0, std::fabs(gained))).count();
  return 0.0;
}

std::optional<ClockStep> OwnWay::step_of(Station& s, Timestamp now) const {
  const double strange = strange_s(s);
  std::array<double, kPairs> values;
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < s.count; ++i) {
    const Pair& p = pair_at(s, i);
    if (apart(now, p.time) <= kRecent && std::fabs(p.gained_s) > strange)
      values[count++] = p.gained_s;
  }
  if (count < kLeastAircraft) return std::nullopt;
  double step = median(std::span(values).first(count));
  const double reach = reach_s(s);
  const auto agrees = [&](const Pair& p) { return std::fabs(p.gained_s - step) < reach; };
  std::uint32_t first = 0;
  while (first < s.count &&
         (apart(now, pair_at(s, first).time) > kRecent ||
          std::fabs(pair_at(s, first).gained_s) <= strange || !agrees(pair_at(s, first))))
    ++first;
  while (first > 0 && first < s.count &&
         pair_at(s, first - 1).sequence == pair_at(s, first).sequence)
    --first;
  // What each aircraft heard since has to say: its pair across the step, if it has one.
  struct Voter {
    std::uint32_t address = 0;
    std::uint32_t pair = 0;
    bool agrees = false;
  };
  std::array<Voter, kPairs> voters;
  std::size_t heard = 0;
  for (std::uint32_t i = first; i < s.count; ++i) {
    const Pair& p = pair_at(s, i);
    const auto end = voters.begin() + static_cast<std::ptrdiff_t>(heard);
    const auto it =
        std::find_if(voters.begin(), end, [&](const Voter& v) { return v.address == p.address; });
    if (it == end) {
      voters[heard++] = {p.address, i, agrees(p)};
    } else if (!it->agrees && agrees(p)) {
      *it = {p.address, i, true};
    }
  }
  count = 0;
  double mean_east = 0.0, mean_north = 0.0;
  for (std::size_t k = 0; k < heard; ++k) {
    if (!voters[k].agrees) continue;
    const Pair& p = pair_at(s, voters[k].pair);
    values[count++] = p.gained_s;
    mean_east += p.offset_east_m;
    mean_north += p.offset_north_m;
  }
  if (count < kLeastAircraft || static_cast<double>(count) < kMajority * static_cast<double>(heard))
    return std::nullopt;
  step = median(std::span(values).first(count));
  mean_east /= static_cast<double>(count);
  mean_north /= static_cast<double>(count);
  double by_step = 0.0, by_displacement = 0.0;
  for (std::size_t k = 0; k < heard; ++k) {
    if (!voters[k].agrees) continue;
    const Pair& p = pair_at(s, voters[k].pair);
    const double a = p.offset_east_m + step * p.east_mps, b = p.offset_north_m + step * p.north_mps;
    const double c = p.offset_east_m - mean_east, d = p.offset_north_m - mean_north;
    by_step += a * a + b * b + kPositionNoiseM * kPositionNoiseM;
    by_displacement += c * c + d * d;
  }
  if (by_displacement < kExplainsWorse * by_step) return std::nullopt;
  ClockStep told;
  told.seconds = step;
  told.sd =
      std::fmax(kLeastStepSdS, 1.25 * 1.25 * s.usual_s / std::sqrt(static_cast<double>(count)));
  told.aircraft = static_cast<std::uint32_t>(count);
  told.since = pair_at(s, first).sequence;
  return told;
}

std::optional<ClockStep> OwnWay::drift_of(Station& s, Timestamp now) const {
  const double lasted = to_seconds(now - s.drift_since);
  s.drift_since = now;
  const double before = s.rate;
  const double untold = s.pending_s;
  s.rate = s.pending_s = 0.0;
  std::array<double, kPairs> values;
  std::array<std::uint32_t, kLeastAircraft> addresses{};
  std::size_t count = 0, aircraft = 0;
  for (std::uint32_t i = 0; i < s.count; ++i) {
    const Pair& p = pair_at(s, i);
    if (apart(now, p.time) > kDriftEvery) continue;
    values[count++] = double{p.gained_s} / p.way_s;
    const auto end = addresses.begin() + static_cast<std::ptrdiff_t>(aircraft);
    if (aircraft < kLeastAircraft && std::find(addresses.begin(), end, p.address) == end)
      addresses[aircraft++] = p.address;
  }
  if (count < kLeastPairs || aircraft < kLeastAircraft) return std::nullopt;
  const double rate = median(std::span(values).first(count));
  if (!(std::fabs(rate) > kLeastRate)) return std::nullopt;
  for (std::size_t k = 0; k < count; ++k) values[k] = std::fabs(values[k] - rate);
  const double sd =
      1.25 * 1.48 * median(std::span(values).first(count)) / std::sqrt(static_cast<double>(count));
  if (!(std::fabs(rate) > kRateSds * sd)) return std::nullopt;
  if (lasted > to_seconds(kDriftLongest)) return std::nullopt;
  s.rate = rate;
  if (before * rate <= 0.0) {
    s.pending_s = rate * lasted;
    return std::nullopt;
  }
  ClockStep told;
  told.seconds = untold + rate * lasted;
  // Where in these seconds a report lies is not asked.
  told.sd = std::fmin(kMostDriftSdS, std::fmax(kLeastStepSdS, 0.25 * std::fabs(told.seconds)));
  told.aircraft = static_cast<std::uint32_t>(aircraft);
  told.since = 0;
  return told;
}

std::optional<ClockStep> OwnWay::find(Timestamp now) {
  for (std::size_t i = 0; doubts_ && i < stations_.size(); ++i) {
    Station& s = stations_[i];
    if (!s.doubted) continue;
    s.doubted = false;
    auto step = step_of(s, now);
    if (!step) continue;
    step->sensor = static_cast<std::uint16_t>(i);
    s.moved_s += step->seconds;
    s.step_s = step->seconds;
    s.step_at = now;
    s.count = 0;
    s.rate = s.pending_s = 0.0;
    s.drift_since = now;
    return step;
  }
  doubts_ = false;
  if (now < drift_due_ && drift_due_ - now < 2 * kDriftEvery) return std::nullopt;
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    Station& s = stations_[i];
    if (!s.present || s.drift_since == now) continue;
    auto step = drift_of(s, now);
    if (!step) continue;
    step->sensor = static_cast<std::uint16_t>(i);
    s.moved_s += step->seconds;
    return step;
  }
  drift_due_ = now + kDriftEvery;
  return std::nullopt;
}

bool OwnWay::is_unsettled(Timestamp now) const {
  for (const Station& s : stations_) {
    const double strange = strange_s(s);
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < s.count; ++i) {
      const Pair& p = pair_at(s, i);
      count += std::fabs(p.gained_s) > strange && apart(now, p.time) <= kRecent ? 1 : 0;
    }
    if (count >= kUnsettled) return true;
  }
  return false;
}

template <class Archive>
void visit_fields(Archive& archive, OwnWay::Pair& p) {
  archive(p.time, p.address, p.sequence, p.gained_s, p.way_s, p.east_mps, p.north_mps);
  archive(p.offset_east_m, p.offset_north_m);
}

void OwnWay::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(doubts_, drift_due_);
  for (const Station& s : stations_) {
    if (!s.present) continue;
    saver(s.doubted, s.sequence, s.count, s.usual_s, s.moved_s, s.rate, s.pending_s, s.drift_since);
    saver(s.step_s, s.step_at, s.instant, s.new_count, s.new_ns);
    for (std::uint32_t i = 0; i < s.count; ++i) saver(pair_at(s, i));
  }
}

bool OwnWay::load(base::ByteReader& in) {
  base::Loader loader(in);
  loader(doubts_, drift_due_);
  if (!base::is_reckonable(drift_due_)) return false;
  const auto finite = [](double value) { return std::fabs(value) < 1e6; };
  for (Station& s : stations_) {
    if (!s.present) continue;
    loader(
        s.doubted, s.sequence, s.count, s.usual_s, s.moved_s, s.rate, s.pending_s, s.drift_since);
    loader(s.step_s, s.step_at, s.instant, s.new_count, s.new_ns);
    if (!in.ok() || s.count > kPairs || !(s.usual_s >= 0.0 && s.usual_s <= 1.0) ||
        !finite(s.moved_s) || !finite(s.rate) || !finite(s.pending_s) ||
        !base::is_reckonable(s.drift_since) || !finite(s.step_s) ||
        !base::is_reckonable(s.step_at) || !base::is_reckonable(s.instant) || s.new_ns < 0 ||
        s.new_ns > std::int64_t{1'000'000'000} * s.new_count)
      return false;
    for (std::uint32_t i = 0; i < s.count; ++i) {
      Pair& p = s.pairs[i];
      loader(p);
      if (!base::is_reckonable(p.time) || !finite(p.gained_s) || !finite(p.east_mps) ||
          !finite(p.north_mps) || !finite(p.offset_east_m) || !finite(p.offset_north_m) ||
          !(std::fabs(p.way_s) >= 0.1F && std::fabs(p.way_s) < 1e3F))
        return false;
    }
  }
  return in.ok();
}

}  // namespace liptako::track::registration
