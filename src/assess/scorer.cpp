#include "assess/scorer.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/math.hpp"

namespace liptako::assess {
namespace {

using base::Length;
using base::Timestamp;

constexpr std::uint32_t kNone = ~0u;

// On the ellipsoid, where distance along the chord is a metric, the same in
// every direction, and falls short of the geodesic by 1 mm at 10 km.
geo::Position<geo::Ecef> on_ellipsoid(const geo::Geodetic &p) {
  return geo::ecef_from_geodetic({p.latitude, p.longitude, Length()});
}

std::optional<double> ratio(double part, double whole) {
  if (whole <= 0.0) return {};
  return part / whole;
}

std::optional<Length> root_mean(double sum, std::uint64_t count) {
  if (count == 0) return {};
  return Length::from_metres(std::sqrt(sum / static_cast<double>(count)));
}

double square(double x) { return x * x; }

TrajectoryGospa trajectories_by(const ScoreOptions &options) {
  TrajectoryGospaOptions how;
  how.gospa = options.gospa;
  how.switch_penalty = options.switch_penalty;
  return TrajectoryGospa(how);
}

double degrees_between(base::Angle a, base::Angle b) {
  return base::wrap_pi((a - b).radians()) / base::kRadiansPerDegree;
}

// Errors of a track that was assigned to an aircraft.
struct Errors {
  double square_m2 = 0.0;
  double square_along_m2 = 0.0;
  double square_across_m2 = 0.0;
  std::optional<double> nees;
};

Errors errors_of(const TruthSample &truth, const TrackSample &track) {
  const geo::TangentFrame frame({truth.position.latitude, truth.position.longitude, Length()});
  const auto error = frame.enu_from_ecef(on_ellipsoid(track.position));
  const auto [sine, cosine] = base::sincos(truth.track_angle.radians());
  Errors errors;
  errors.square_m2 = square(error.x) + square(error.y);
  errors.square_along_m2 = square(error.x * sine + error.y * cosine);
  errors.square_across_m2 = square(error.x * cosine - error.y * sine);
  if (track.covariance) {
    const TrackSample::Covariance &c = *track.covariance;
    errors.nees = normalised_square({error.x, error.y}, c.ee_m2, c.en_m2, c.nn_m2);
  }
  return errors;
}

// Into one tally: a matched aircraft.
void note_errors(Tally &tally,
                 const TruthSample &truth,
                 const TrackSample &track,
                 const Errors &errors) {
  tally.square_error_m2 += errors.square_m2;
  tally.square_along_m2 += errors.square_along_m2;
  tally.square_across_m2 += errors.square_across_m2;
  if (errors.nees) tally.nees.take(*errors.nees);
  if (truth.pressure_altitude && track.pressure_altitude) {
    const Length error = *track.pressure_altitude - *truth.pressure_altitude;
    ++tally.altitudes;
    tally.altitudes_within += std::fabs(error.feet()) <= kAltitudeBoundFeet ? 1 : 0;
    tally.square_altitude_m2 += square(error.metres());
  }
  if (track.track_angle) {
    ++tally.angles;
    tally.square_angle_deg2 += square(degrees_between(*track.track_angle, truth.track_angle));
  }
  if (track.ground_speed && truth.ground_speed) {
    ++tally.speeds;
    tally.square_speed_m2s2 += square((*track.ground_speed - *truth.ground_speed).mps());
  }
  const Identity &sent = truth.identity, &known = track.identity;
  if (!sent.icao_address && !sent.mode_3a) return;
  ++tally.identities_due;
  const bool wrong = (known.icao_address && known.icao_address != sent.icao_address) ||
                     (known.mode_3a && known.mode_3a != sent.mode_3a);
  const bool any = known.icao_address || known.mode_3a;
  tally.identities_wrong += wrong ? 1 : 0;
  tally.identities_right += any && !wrong ? 1 : 0;
}

}  // namespace

base::Result<void> ScoreOptions::validate() const {
  if (update_interval <= base::Duration::zero() || update_interval > std::chrono::hours(1))
    return base::bad_input("the update interval is not in 0..3600 s");
  if (!(switch_penalty.metres() >= 0.0 && switch_penalty.metres() <= 1e6))
    return base::bad_input("gamma is not in 0..1,000,000 m");
  return gospa.validate();
}

Tally &Tally::operator+=(const Tally &other) {
  expected += other.expected;
  matched += other.matched;
  duplicates += other.duplicates;
  updates_due += other.updates_due;
  updates += other.updates;
  altitudes += other.altitudes;
  altitudes_within += other.altitudes_within;
  angles += other.angles;
  speeds += other.speeds;
  identities_due += other.identities_due;
  identities_right += other.identities_right;
  identities_wrong += other.identities_wrong;
  long_gaps += other.long_gaps;
  square_angle_deg2 += other.square_angle_deg2;
  square_speed_m2s2 += other.square_speed_m2s2;
  nees += other.nees;
  square_error_m2 += other.square_error_m2;
  square_along_m2 += other.square_along_m2;
  square_across_m2 += other.square_across_m2;
  square_altitude_m2 += other.square_altitude_m2;
  return *this;
}

std::optional<double> Tally::found_share() const {
  return ratio(static_cast<double>(matched), static_cast<double>(expected));
}
std::optional<double> Tally::tracks_per_aircraft() const {
  return ratio(static_cast<double>(matched + duplicates), static_cast<double>(matched));
}
std::optional<double> Tally::update_probability() const {
  return ratio(static_cast<double>(updates), static_cast<double>(updates_due));
}
std::optional<Length> Tally::position_rms() const { return root_mean(square_error_m2, matched); }
std::optional<Length> Tally::along_rms() const { return root_mean(square_along_m2, matched); }
std::optional<Length> Tally::across_rms() const { return root_mean(square_across_m2, matched); }
std::optional<Length> Tally::altitude_rms() const {
  return root_mean(square_altitude_m2, altitudes);
}

std::optional<double> Tally::altitude_within_share() const {
  return ratio(static_cast<double>(altitudes_within), static_cast<double>(altitudes));
}
std::optional<base::Angle> Tally::track_angle_rms() const {
  if (angles == 0) return {};
  return base::Angle::from_degrees(std::sqrt(square_angle_deg2 / static_cast<double>(angles)));
}
std::optional<base::Speed> Tally::speed_rms() const {
  if (speeds == 0) return {};
  return base::Speed::from_mps(std::sqrt(square_speed_m2s2 / static_cast<double>(speeds)));
}
std::optional<double> Tally::identity_right_share() const {
  return ratio(static_cast<double>(identities_right), static_cast<double>(identities_due));
}
std::optional<double> Tally::identity_wrong_share() const {
  return ratio(static_cast<double>(identities_wrong), static_cast<double>(identities_due));
}

std::optional<double> Score::strays_per_hour() const {
  return ratio(static_cast<double>(strays), hours());
}
std::optional<double> Score::number_changes_per_flight_hour() const {
  return ratio(static_cast<double>(number_changes), flight_hours);
}

Scorer::Scorer(const ScoreOptions &options)
    : options_(options), trajectories_(trajectories_by(options)) {
  CHECK(options_.validate().has_value());
}

Gospa Scorer::take(Timestamp time,
                   std::span<const TruthSample> truth,
                   std::span<const TrackSample> tracks) {
  CHECK(!previous_ || *previous_ < time);
  std::vector<geo::Position<geo::Ecef>> truth_at, tracks_at;
  truth_at.reserve(truth.size());
  tracks_at.reserve(tracks.size());
  for (const TruthSample &t : truth) truth_at.push_back(on_ellipsoid(t.position));
  for (const TrackSample &t : tracks) tracks_at.push_back(on_ellipsoid(t.position));
  const Gospa all = gospa<geo::Ecef>(truth_at, tracks_at, options_.gospa);

  std::vector<std::uint32_t> track_of(truth.size(), kNone), truth_of(tracks.size(), kNone);
  for (const Pair &pair : all.pairs) {
    track_of[pair.truth] = pair.track;
    truth_of[pair.track] = pair.truth;
  }
  // A track that is nobody's, near an aircraft, is a duplicate of the nearest;
  // pairs come by truth, so the first of equal distances wins.
  std::vector<const Pair *> nearest(tracks.size(), nullptr);
  std::vector<bool> keeps_number(truth.size(), false);
  for (const Pair &pair : all.within) {
    const Pair *&best = nearest[pair.track];
    if (best == nullptr || pair.distance_m < best->distance_m) best = &pair;
    const auto known = aircraft_.find(truth[pair.truth].aircraft);
    if (known != aircraft_.end() && known->second.number == tracks[pair.track].track &&
        truth_of[pair.track] == kNone) {
      keeps_number[pair.truth] = true;
    }
  }

  const double since = previous_ ? base::to_seconds(time - *previous_) : 0.0;
  std::uint64_t due = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!truth[i].expected) continue;
    ++due;
    note_aircraft(
        time, truth[i], track_of[i] == kNone ? nullptr : &tracks[track_of[i]], keeps_number[i]);
  }
  for (std::size_t j = 0; j < tracks.size(); ++j) {
    Track &track = tracks_[tracks[j].track];
    if (nearest[j] == nullptr) {
      track.stray = true;
      continue;
    }
    track.near_aircraft = true;
    const TruthSample &owner = truth[nearest[j]->truth];
    if (truth_of[j] == kNone && owner.expected) {
      for (Tally *tally : tallies_of(time, owner)) ++tally->duplicates;
    }
  }

  note_picture(all, truth, tracks);
  for (const TruthSample &t : truth) directions_[t.aircraft] = {time, t.track_angle};
  const Gospa due_only = without_undue(all, truth);
  const int order = options_.gospa.order;
  const double metric = root_m(due_only.total(), order);
  sum_gospa_ += metric;
  sum_square_ += square(metric);
  sum_square_localisation_ += square(root_m(due_only.localisation, order));
  sum_square_missed_ += square(root_m(due_only.missed, order));
  sum_square_false_ += square(root_m(due_only.false_tracks, order));
  if (due > 0) {
    sum_square_per_aircraft_ += square(metric) / static_cast<double>(due);
    ++instants_with_aircraft_;
  }
  missed_ += due_only.missed_count;
  false_ += due_only.false_count;
  score_.flight_hours += since * static_cast<double>(due) / 3600.0;
  if (score_.instants == 0) score_.first = time;
  score_.last = time;
  ++score_.instants;
  previous_ = time;
  return due_only;
}

// What is left of an exact assignment when aircraft go together with their
// tracks is an exact assignment of what is left: anything better would have
// been better before too.
Gospa Scorer::without_undue(const Gospa &all, std::span<const TruthSample> truth) const {
  Gospa result = all;
  std::uint32_t undue = 0, undue_pairs = 0;
  for (const TruthSample &t : truth) undue += t.expected ? 0 : 1;
  if (undue == 0) return result;
  const auto is_undue = [&](const Pair &pair) { return !truth[pair.truth].expected; };
  result.localisation = 0.0;
  for (const Pair &pair : all.pairs) {
    if (is_undue(pair)) {
      ++undue_pairs;
    } else {
      result.localisation += power_of(pair.distance_m, options_.gospa.order);
    }
  }
  std::erase_if(result.pairs, is_undue);
  std::erase_if(result.within, is_undue);
  const std::uint32_t undue_missed = undue - undue_pairs;
  if (all.missed_count > 0) {
    const double each = all.missed / static_cast<double>(all.missed_count);
    result.missed_count = all.missed_count - undue_missed;
    result.missed = each * static_cast<double>(result.missed_count);
  }
  return result;
}

void Scorer::note_aircraft(Timestamp time,
                           const TruthSample &truth,
                           const TrackSample *match,
                           bool keeps_number) {
  const auto [found, is_new] = aircraft_.try_emplace(truth.aircraft);
  Aircraft &aircraft = found->second;
  if (is_new) {
    aircraft.there_at_start = !previous_;
    aircraft.first_due = time;
    aircraft.due_since = time;
  } else if (aircraft.last_due != previous_) {
    aircraft.due_since = time;
  }
  aircraft.last_due = time;

  const std::array<Tally *, 3> tallies = tallies_of(time, truth);
  const bool update_due = time - aircraft.due_since >= options_.update_interval;
  const bool updated = match != nullptr && time - match->updated < options_.update_interval;
  for (Tally *tally : tallies) {
    ++tally->expected;
    tally->updates_due += update_due ? 1 : 0;
    tally->matched += match != nullptr ? 1 : 0;
    tally->updates += update_due && updated ? 1 : 0;
  }
  note_gap(time, aircraft, match, tallies);
  if (match == nullptr) return;
  if (!aircraft.first_found) aircraft.first_found = time;
  // Of two tracks that fly with one aircraft now this, now that may be the
  // nearer: the number changes when the old one is gone, or has become
  // another's.
  if (aircraft.number != match->track && !keeps_number) {
    score_.number_changes += aircraft.number ? 1 : 0;
    aircraft.number = match->track;
  }
  const Errors errors = errors_of(truth, *match);
  for (Tally *tally : tallies) note_errors(*tally, truth, *match, errors);
}

std::array<Tally *, 3> Scorer::tallies_of(Timestamp time, const TruthSample &truth) {
  Phase horizontal = Phase::straight;
  const auto before = directions_.find(truth.aircraft);
  if (before != directions_.end() && before->second.first == previous_) {
    const double turned = std::fabs(degrees_between(truth.track_angle, before->second.second));
    if (turned > kTurnDegPerSecond * base::to_seconds(time - *previous_)) horizontal = Phase::turn;
  }
  const double climb = truth.vertical_rate ? truth.vertical_rate->feet_per_minute() : 0.0;
  const Phase vertical = climb > kClimbFeetPerMinute    ? Phase::climb
                         : climb < -kClimbFeetPerMinute ? Phase::descent
                                                        : Phase::level;
  return {&score_.groups[truth.group % Score::kGroups],
          &score_.phases[static_cast<std::size_t>(horizontal)],
          &score_.phases[static_cast<std::size_t>(vertical)]};
}

// A gap begins with the newest plot of the aircraft's tracks, or when it is due again, and counts
// once it is long.
void Scorer::note_gap(Timestamp time,
                      Aircraft &aircraft,
                      const TrackSample *match,
                      std::span<Tally *const> tallies) {
  const Timestamp newest = match != nullptr ? match->updated : aircraft.updated;
  if (newest > aircraft.updated) {
    aircraft.updated = newest;
    aircraft.in_long_gap = false;
  }
  if (!aircraft.first_found && match == nullptr) return;
  const Timestamp since = std::max(aircraft.updated, aircraft.due_since);
  if (aircraft.in_long_gap || base::to_seconds(time - since) <=
                                  kLongGapIntervals * base::to_seconds(options_.update_interval))
    return;
  aircraft.in_long_gap = true;
  for (Tally *tally : tallies) ++tally->long_gaps;
}

void Scorer::note_picture(const Gospa &all,
                          std::span<const TruthSample> truth,
                          std::span<const TrackSample> tracks) {
  std::vector<bool> undue_track(tracks.size(), false);
  for (const Pair &pair : all.pairs) undue_track[pair.track] = !truth[pair.truth].expected;
  const auto counts = [&](const Pair &pair) {
    return truth[pair.truth].expected && !undue_track[pair.track];
  };
  std::vector<NearPair> near;
  for (const Pair &pair : all.within) {
    if (counts(pair))
      near.push_back({truth[pair.truth].aircraft, tracks[pair.track].track, pair.distance_m});
  }
  std::size_t shown = 0;
  for (const bool undue : undue_track) shown += undue ? 0 : 1;
  std::vector<std::uint64_t> flights;
  for (const TruthSample &t : truth) {
    if (t.expected) flights.push_back(t.aircraft);
  }
  trajectories_.take(near, flights.size(), shown);
  std::vector<Siap::Association> own;
  for (const Pair &pair : associated(all, tracks.size())) {
    if (counts(pair)) {
      own.push_back({truth[pair.truth].aircraft, tracks[pair.track].track, pair.distance_m});
    } else if (!undue_track[pair.track]) {
      // A second track of an aircraft that is not due is no fault of the picture.
      --shown;
    }
  }
  siap_.take(flights, shown, own);
}

Score Scorer::score() const {
  Score score = score_;
  for (const Tally &group : score.groups) score.all += group;
  if (score.instants > 0) {
    const auto n = static_cast<double>(score.instants);
    score.gospa.mean_m = sum_gospa_ / n;
    score.gospa.rms_m = std::sqrt(sum_square_ / n);
    score.gospa.localisation_rms_m = std::sqrt(sum_square_localisation_ / n);
    score.gospa.missed_rms_m = std::sqrt(sum_square_missed_ / n);
    score.gospa.false_rms_m = std::sqrt(sum_square_false_ / n);
    score.mean_missed = static_cast<double>(missed_) / n;
    score.mean_false = static_cast<double>(false_) / n;
  }
  if (instants_with_aircraft_ > 0) {
    score.gospa.per_aircraft_m =
        std::sqrt(sum_square_per_aircraft_ / static_cast<double>(instants_with_aircraft_));
  }
  score.trajectories = trajectories_.score();
  score.trajectories.held.clear();
  const double instants = static_cast<double>(std::max<std::uint64_t>(score.instants, 2) - 1);
  score.siap = siap_.score(score.hours() / instants);
  const double intervals = score.flight_hours * 3600.0 / base::to_seconds(options_.update_interval);
  score.long_gap_share = ratio(static_cast<double>(score.all.long_gaps), intervals);
  score.aircraft = aircraft_.size();
  score.tracks = tracks_.size();
  for (const auto &[number, track] : tracks_)
    score.strays += track.stray && !track.near_aircraft ? 1 : 0;
  base::Duration sum{};
  for (const auto &[number, aircraft] : aircraft_) {
    if (!aircraft.first_found) {
      ++score.never_found;
    } else if (!aircraft.there_at_start) {
      const base::Duration took = *aircraft.first_found - aircraft.first_due;
      sum += took;
      ++score.confirmations;
      score.longest_confirmation = std::max(score.longest_confirmation.value_or(took), took);
    }
  }
  if (score.confirmations > 0)
    score.mean_confirmation = sum / static_cast<std::int64_t>(score.confirmations);
  return score;
}

}  // namespace liptako::assess
