#include "pairs_run.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "best_decision.hpp"
#include "track/scene_for_test.hpp"

namespace liptako::bench {
namespace {

using base::Prng;
using track::Plot;
using track::Tracker;
namespace scene = track::testing;

constexpr double kTurnS = 4.0;  // of the antenna
constexpr int kTurns = 50;
constexpr int kNamedAfter = 12;
constexpr double kMeetS = 0.5 * kTurnS * kTurns;
// Of pairs that fly as the tracker assumes: they meet long enough after naming to have come from
// elsewhere.
constexpr int kTurnsAssumed = 60;
constexpr double kMeetAssumedS = 35 * kTurnS;
constexpr double kMeetWithinM = 500.0, kMeetSlowlyMps = 10.0, kMeetMps = 80.0;
constexpr double kPathStepS = 0.125;  // a turn leaves a straight line by 0.1 m in it
constexpr double kHeightM = 6000.0;  // what the tracker takes an aircraft that tells none to fly at
constexpr double kDetection = 0.9;
constexpr double kFalsePlots = 5.0;
constexpr double kLeastRangeM = 5e3;
constexpr double kReachM = 4000.0;        // of plots that matter, from either aircraft
constexpr double kNamedWithinM = 1500.0;  // of its aircraft, a track
constexpr double kSaidInDoubt = 0.01;
constexpr double kBeginSdM = 150.0, kBeginSdMps = 20.0;

struct Flyer {
  double t_s = 0.0;
  double east_m = 0.0, north_m = 0.0, east_mps = 0.0, north_mps = 0.0;
  std::vector<Flyer> path;  // if not empty, where it is when: every kPathStepS

  // White acceleration, exactly: the covariance of position and rate is q [t^3/3, t^2/2; t^2/2, t].
  void fly(double to_s, double q, Prng& prng) {
    if (!path.empty()) {
      const double steps = std::floor((to_s - path.front().t_s) / kPathStepS);
      const auto k = std::min(static_cast<std::size_t>(std::fmax(steps, 0.0)), path.size() - 1);
      const double rest = to_s - path[k].t_s;
      t_s = to_s;
      east_mps = path[k].east_mps;
      north_mps = path[k].north_mps;
      east_m = path[k].east_m + rest * east_mps;
      north_m = path[k].north_m + rest * north_mps;
      return;
    }
    const double t = to_s - t_s;
    t_s = to_s;
    const double rate_sd = std::sqrt(q * t), rest_sd = std::sqrt(q * t * t * t / 12.0);
    for (auto [place, rate] : {std::pair(&east_m, &east_mps), std::pair(&north_m, &north_mps)}) {
      const double kick = rate_sd * prng.normal();
      *place += t * *rate + 0.5 * t * kick + rest_sd * prng.normal();
      *rate += kick;
    }
  }
};

std::array<Flyer, 2> begin_of(PairKind kind, Prng& prng) {
  const double speed = prng.uniform(150.0, 230.0);
  const double course = prng.uniform(60.0, 120.0) * base::kRadiansPerDegree;
  const double south = prng.uniform(60e3, 180e3);
  double angle = 0.0, faster = 0.0, aside = 0.0;
  switch (kind) {
    case PairKind::crossing:
      angle = prng.uniform(8.0, 60.0) * base::kRadiansPerDegree;
      aside = prng.uniform(-300.0, 300.0);
      break;
    case PairKind::near_parallel:
      angle = prng.uniform(1.0, 8.0) * base::kRadiansPerDegree;
      aside = prng.uniform(-300.0, 300.0);
      break;
    case PairKind::parallel:
      aside = 926.0;
      break;
    case PairKind::overtaking:
      faster = prng.uniform(3.0, 40.0);
      aside = prng.uniform(-300.0, 300.0);
      break;
    case PairKind::formation:
      aside = prng.uniform(150.0, 400.0);
      break;
    case PairKind::meeting_slowly:
    case PairKind::meeting:
      break;  // assumed_of()
  }
  std::array<Flyer, 2> out;
  for (int k = 0; k < 2; ++k) {
    const double own_course = course + k * angle;
    const double own_speed = speed + k * faster;
    const auto [s, c] = base::sincos(own_course);
    Flyer& f = out[static_cast<std::size_t>(k)];
    f.east_mps = own_speed * s;
    f.north_mps = own_speed * c;
    // South of the radar, so that the beam meets them in the middle of a turn.
    f.east_m = -kMeetS * f.east_mps + k * aside * c;
    f.north_m = -south - kMeetS * f.north_mps - k * aside * s;
  }
  return out;
}

// Both as independent aircraft of the tracker's own motion that meet: the mode of each at that time
// by its long-run share, from there on forwards, and backwards to the begin. Both ways are drawn
// alike: the chain of modes is reversible (straight flight exchanges as many with each turn as it
// gets back, turns alike among each other), and white acceleration with turns leaves the volume of
// states alone, so that the motion seen backwards is the same motion, turning the other way.
std::array<Flyer, 2> assumed_of(PairKind kind, double end_s, Prng& prng) {
  const track::ImmOptions motion;
  track::Imm share;
  track::start(share, motion, {});
  const double speed = prng.uniform(150.0, 230.0);
  const double course = prng.uniform(60.0, 120.0) * base::kRadiansPerDegree;
  const double south = prng.uniform(60e3, 180e3);
  const auto [s, c] = base::sincos(course);
  std::array<Flyer, 2> meet;
  for (Flyer& f : meet) {
    f.t_s = kMeetAssumedS;
    f.north_m = -south;
    f.east_mps = speed * s;
    f.north_mps = speed * c;
  }
  // Even over what they may be to each other, so that meeting tells nothing beyond its bounds.
  const auto in_disc = [&](double radius) {
    const double r = radius * std::sqrt(prng.uniform());
    const auto [sine, cosine] = base::sincos(2.0 * base::kPi * prng.uniform());
    return std::pair(r * sine, r * cosine);
  };
  const auto [east, north] = in_disc(kMeetWithinM);
  const auto [faster_east, faster_north] =
      in_disc(kind == PairKind::meeting_slowly ? kMeetSlowlyMps : kMeetMps);
  meet[1].east_m += east;
  meet[1].north_m += north;
  meet[1].east_mps += faster_east;
  meet[1].north_mps += faster_north;
  for (Flyer& f : meet) {
    int first = 0;
    for (double p = prng.uniform(); first + 1 < track::kModes && p >= share.mu[first]; ++first)
      p -= share.mu[first];
    const auto fly_on = [&](double to_s, double sign) {
      Flyer g = f;
      g.path.clear();
      g.t_s = 0.0;
      g.east_mps *= sign;
      g.north_mps *= sign;
      int mode = first;
      const auto steps = static_cast<int>(std::ceil(to_s / kPathStepS));
      for (int k = 0; k < steps; ++k) {
        if (prng.uniform() < 1.0 - base::exp(-kPathStepS / motion.sojourn_s[mode])) {
          const double u = prng.uniform();
          const bool to_straight = mode != 0 && u < motion.turn_to_straight;
          const int others = track::kModes - (mode == 0 ? 1 : 2);
          int turn = 1 + static_cast<int>(prng.below(static_cast<std::uint64_t>(others)));
          if (mode != 0 && turn >= mode) ++turn;
          mode = to_straight ? 0 : turn;
        }
        // Half of the turn before the step, half after it.
        const auto [sine, cosine] = base::sincos(0.5 * sign * motion.turn_rate[mode] * kPathStepS);
        const auto turned = [&] {
          const double ve = g.east_mps, vn = g.north_mps;
          g.east_mps = cosine * ve - sine * vn;
          g.north_mps = sine * ve + cosine * vn;
        };
        turned();
        g.fly(g.t_s + kPathStepS, motion.noise_density[mode], prng);
        turned();
        Flyer& there = f.path.emplace_back(g);
        there.t_s = f.t_s + sign * g.t_s;
        there.east_mps *= sign;
        there.north_mps *= sign;
      }
    };
    fly_on(f.t_s, -1.0);
    std::ranges::reverse(f.path);
    f.path.push_back(f);
    f.path.back().path.clear();
    fly_on(end_s - f.t_s, 1.0);
    f.fly(0.0, 0.0, prng);
  }
  return meet;
}

struct Radar {
  track::SensorDescription sensor = [] {
    track::SensorDescription s = scene::radar(13.0, 0.1, kTurnS);
    s.detection_probability = kDetection;
    s.false_plots_primary = kFalsePlots;
    return s;
  }();
  geo::TangentFrame site{sensor.site};

  [[nodiscard]] geo::Position<geo::Enu> seen(double east_m, double north_m) const {
    const scene::Aircraft a;
    return site.enu_from_ecef(track::ecef_at(a.frame, east_m, north_m, kHeightM));
  }
  [[nodiscard]] double share_of_turn(const Flyer& f) const {
    const auto q = seen(f.east_m, f.north_m);
    return base::wrap_two_pi(base::atan2(q.x, q.y)) / (2.0 * base::kPi);
  }
  // Where in the plane a plot lies, at the height that all fly at.
  [[nodiscard]] PlanePlot in_plane(const Plot& plot, double t_s) const {
    PlanePlot out;
    out.t_s = t_s;
    const double slant = plot.slant_range.metres();
    const double up = kHeightM - sensor.site.height.metres();
    double ground = std::sqrt(std::fmax(slant * slant - up * up, 1.0));
    double azimuth = plot.azimuth.radians();
    for (int k = 0; k < 4; ++k) {
      const auto [s, c] = base::sincos(azimuth);
      out.east_m = ground * s;
      out.north_m = ground * c;
      const auto q = seen(out.east_m, out.north_m);
      ground += slant - std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z);
      azimuth += base::wrap_pi(plot.azimuth.radians() - base::atan2(q.x, q.y));
    }
    const double along = sensor.range_sd.metres() * slant / ground;
    const double across = sensor.azimuth_sd.radians() * ground;
    const auto [s, c] = base::sincos(azimuth);
    out.ee_m2 = along * along * s * s + across * across * c * c;
    out.en_m2 = (along * along - across * across) * s * c;
    out.nn_m2 = along * along * c * c + across * across * s * s;
    // Spread evenly over slant range and azimuth.
    const double span = sensor.range_max.metres() - kLeastRangeM;
    out.kappa_per_m2 = kFalsePlots / span / (2.0 * base::kPi) / slant;
    return out;
  }
};

struct Shown {
  std::uint32_t number = 0;
  double east_m = 0.0, north_m = 0.0;
  double said = 0.0;
  bool ambiguous = false;
};

std::vector<Shown> shown(const Tracker& tracker, double t_s) {
  const scene::Aircraft origin;
  std::vector<Shown> out;
  tracker.for_each_track([&](std::uint32_t slot) {
    const track::TrackView v = tracker.view(slot, scene::at_second(t_s));
    if (v.status == track::TrackStatus::tentative) return;
    const auto p = origin.frame.enu_from_ecef(geo::ecef_from_geodetic(
        {v.position.latitude, v.position.longitude, base::Length::from_metres(kHeightM)}));
    out.push_back({v.number.value, p.x, p.y, v.exchanged, v.ambiguous});
  });
  return out;
}

double distance(const Shown& s, const Flyer& f) {
  return std::hypot(s.east_m - f.east_m, s.north_m - f.north_m);
}

// The numbers of the two, by the least sum of squares.
std::optional<std::pair<std::uint32_t, std::uint32_t>> named(const std::vector<Shown>& tracks,
                                                             const std::array<Flyer, 2>& truth) {
  std::optional<std::pair<std::uint32_t, std::uint32_t>> best;
  double least = 0.0;
  for (const Shown& a : tracks) {
    for (const Shown& b : tracks) {
      const double da = distance(a, truth[0]), db = distance(b, truth[1]);
      if (a.number == b.number || da > kNamedWithinM || db > kNamedWithinM) continue;
      const double sum = da * da + db * db;
      if (best && sum >= least) continue;
      best = std::pair(a.number, b.number);
      least = sum;
    }
  }
  return best;
}

PairFlight fly(const PairsOptions& options, PairKind kind, std::uint64_t seed) {
  PairFlight out;
  out.kind = kind;
  Prng prng(seed);
  const Radar radar;
  const bool assumed = !options.straight_m2s3;
  const int turns = assumed ? kTurnsAssumed : kTurns;
  const double noise = options.straight_m2s3.value_or(0.0);
  std::array<Flyer, 2> truth =
      assumed ? assumed_of(kind, kTurnS * turns, prng) : begin_of(kind, prng);
  std::array<PlaneState, 2> begin;
  for (std::size_t k = 0; k < 2; ++k) {
    const Flyer& f = truth[k];
    begin[k].x = {f.east_m + prng.normal(0.0, kBeginSdM),
                  f.north_m + prng.normal(0.0, kBeginSdM),
                  f.east_mps + prng.normal(0.0, kBeginSdMps),
                  f.north_mps + prng.normal(0.0, kBeginSdMps)};
    begin[k].position_sd_m = kBeginSdM;
    begin[k].velocity_sd_mps = kBeginSdMps;
  }
  track::TrackerOptions how;
  if (options.tracker_flies_straight) how.imm = straight_flight(noise);
  Tracker tracker(how);
  tracker.set_sensors({&radar.sensor, 1});
  std::vector<track::TrackEvent> events;
  std::vector<std::vector<PlanePlot>> looks;
  std::optional<std::pair<std::uint32_t, std::uint32_t>> names;
  ToldNames told;
  for (int turn = 0; turn < turns; ++turn) {
    const double from_s = kTurnS * turn;
    std::vector<Plot> plots;
    for (Flyer& f : truth) {
      const double t = from_s + kTurnS * radar.share_of_turn(f);
      f.fly(t, noise, prng);
      if (prng.uniform() >= kDetection) continue;
      scene::Aircraft a;
      a.east_m = f.east_m;
      a.north_m = f.north_m;
      a.height_m = kHeightM;
      Plot p = scene::radar_plot(radar.sensor, 0, a, scene::at_second(t), prng);
      p.pressure_altitude.reset();
      plots.push_back(p);
    }
    for (int n = prng.poisson(kFalsePlots); n > 0; --n) {
      const double share = prng.uniform();
      Plot p;
      p.time = scene::at_second(from_s + kTurnS * share);
      p.azimuth = base::Angle::from_radians(share * 2.0 * base::kPi);
      p.slant_range =
          base::Length::from_metres(prng.uniform(kLeastRangeM, radar.sensor.range_max.metres()));
      plots.push_back(p);
    }
    std::ranges::sort(plots, {}, &Plot::time);
    std::vector<PlanePlot>& look = looks.emplace_back();
    for (const Plot& p : plots) {
      tracker.take(p, events);
      const PlanePlot z = radar.in_plane(p, base::to_seconds(p.time - scene::at_second(0.0)));
      const bool near = std::ranges::any_of(truth, [&](const Flyer& f) {
        return std::hypot(z.east_m - f.east_m, z.north_m - f.north_m) < kReachM;
      });
      if (near) look.push_back(z);
    }
    const double now = from_s + kTurnS;
    for (Flyer& f : truth) f.fly(now, noise, prng);
    tracker.advance(scene::at_second(now), events);
    events.clear();
    if (turn < kNamedAfter) continue;
    const std::vector<Shown> tracks = shown(tracker, now);
    if (turn == kNamedAfter) {
      names = named(tracks, truth);
      if (!names) break;
      const auto a = std::ranges::find(tracks, names->first, &Shown::number);
      const auto b = std::ranges::find(tracks, names->second, &Shown::number);
      out.named_in_doubt = a->ambiguous || b->ambiguous || a->said + b->said > kSaidInDoubt;
      told = {looks.size() - 1, now, a->east_m - b->east_m, a->north_m - b->north_m};
      const double side = told.east * (truth[0].east_m - truth[1].east_m) +
                          told.north * (truth[0].north_m - truth[1].north_m);
      // Named by the least sum of squares: always on the right side.
      CHECK(side >= 0.0);
    }
    for (const Shown& s : tracks) {
      const bool ours = s.number == names->first || s.number == names->second;
      out.ambiguous = out.ambiguous || (ours && s.ambiguous);
    }
  }
  const double end_s = kTurnS * turns;
  out.named = names.has_value();
  if (!names) return out;
  const double east = truth[0].east_m - truth[1].east_m;
  const double north = truth[0].north_m - truth[1].north_m;
  const std::vector<Shown> tracks = shown(tracker, end_s);
  const auto a = std::ranges::find(tracks, names->first, &Shown::number);
  const auto b = std::ranges::find(tracks, names->second, &Shown::number);
  out.kept = a != tracks.end() && b != tracks.end();
  if (!out.kept) return out;
  out.said = 0.5 * (a->said + b->said);
  const ShownPair pair{a->east_m - b->east_m, a->north_m - b->north_m};
  out.exchanged = pair.east * east + pair.north * north < 0.0;
  DecisionModel model;
  model.motion = assumed ? track::ImmOptions() : straight_flight(noise);
  model.detection = kDetection;
  model.max_ways = options.max_ways;
  const Decision best = best_decision(model, begin, looks, told, pair, end_s);
  out.best = best.wrong;
  out.expected = best.shown_wrong;
  out.best_erred = best.east * east + best.north * north < 0.0;
  out.dropped = best.dropped;
  if (assumed) return out;
  model.motion = track::ImmOptions();
  const Decision ready = best_decision(model, begin, looks, told, pair, end_s);
  out.ready = ready.wrong;
  out.expected_ready = ready.shown_wrong;
  out.ready_erred = ready.east * east + ready.north * north < 0.0;
  return out;
}

}  // namespace

std::optional<PairsRatio> ratio_of(std::span<const std::pair<double, double>> flights) {
  double above = 0.0, below = 0.0;
  for (const auto& [x, y] : flights) above += x, below += y;
  if (flights.size() < 2 || !(below > 0.0)) return std::nullopt;
  PairsRatio out;
  out.ratio = above / below;
  double squares = 0.0;
  for (const auto& [x, y] : flights) {
    const double d = x - out.ratio * y;
    squares += d * d;
  }
  const double half = 1.959963984540054 * std::sqrt(squares) / below;
  out.from = out.ratio - half;
  out.to = out.ratio + half;
  return out;
}

PairsTally PairsResult::tally_clear() const {
  PairsResult clear;
  for (const PairFlight& f : flights) {
    if (!f.named_in_doubt) clear.flights.push_back(f);
  }
  return clear.tally();
}

PairsTally PairsResult::tally(std::optional<PairKind> kind) const {
  PairsTally t;
  std::vector<std::pair<double, double>> exchanged, expected, said, ready;
  for (const PairFlight& f : flights) {
    if (kind && f.kind != *kind) continue;
    ++t.flights;
    t.worst_dropped = std::fmax(t.worst_dropped, f.dropped);
    if (!f.named || !f.kept) continue;
    ++t.counted;
    const double is_exchanged = f.exchanged ? 1.0 : 0.0;
    exchanged.emplace_back(is_exchanged, f.best);
    expected.emplace_back(f.expected, f.best);
    said.emplace_back(f.said, is_exchanged);
    ready.emplace_back(is_exchanged, f.ready_erred ? 1.0 : 0.0);
    t.exchanged += f.exchanged ? 1 : 0;
    t.said += f.said;
    t.expected += f.expected;
    t.best += f.best;
    t.best_erred += f.best_erred ? 1 : 0;
    t.ready += f.ready;
    t.ready_erred += f.ready_erred ? 1 : 0;
    t.flagged += f.exchanged && f.ambiguous ? 1 : 0;
    t.told_5 += f.exchanged && f.said >= 0.05 ? 1 : 0;
    t.ambiguous += f.ambiguous ? 1 : 0;
  }
  t.exchanged_to_best = ratio_of(exchanged);
  t.expected_to_best = ratio_of(expected);
  t.said_to_exchanged = ratio_of(said);
  t.exchanged_to_ready = ratio_of(ready);
  return t;
}

std::vector<PairsCalibration> PairsResult::calibration() const {
  std::vector<PairsCalibration> bins;
  constexpr double kEdges[] = {0.0, 0.001, 0.01, 0.05, 0.15, 0.3, 0.45, 1.01};
  for (std::size_t i = 0; i + 1 < std::size(kEdges); ++i)
    bins.push_back({kEdges[i], kEdges[i + 1]});
  for (const PairFlight& f : flights) {
    if (!f.named || !f.kept) continue;
    for (PairsCalibration& bin : bins) {
      if (f.said < bin.from || f.said >= bin.to) continue;
      ++bin.pairs;
      bin.said += f.said;
      bin.exchanged += f.exchanged ? 1 : 0;
    }
  }
  return bins;
}

PairsResult run_pairs(const PairsOptions& options) {
  PairsResult result;
  for (std::size_t kind = 0; kind < kPairNames.size(); ++kind) {
    const bool meets = kind >= static_cast<std::size_t>(PairKind::meeting_slowly);
    if (meets == options.straight_m2s3.has_value()) continue;
    for (int k = 0; k < options.flights; ++k)
      result.flights.push_back(
          fly(options,
              static_cast<PairKind>(kind),
              options.seed * 1'000'000 + kind * 100'000 + static_cast<std::uint64_t>(k)));
  }
  return result;
}

}  // namespace liptako::bench
