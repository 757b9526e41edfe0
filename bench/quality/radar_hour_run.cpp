// A radar's hour at Barcelona, 2 May 2023: what the tracker makes of plots alone, against what the
// aircraft told of themselves in the same replies.
#include <cmath>

#include "base/math.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/modes/registers.hpp"
#include "feeds/time_of_day.hpp"
#include "recorded_picture.hpp"

namespace liptako::bench {
namespace {

namespace asterix = codec::asterix;
namespace modes = codec::modes;

constexpr const char* kFiles[] = {"cat048_bcn_2023.ast.xz"};

constexpr double kStraightDeg = 2.0;
constexpr double kBankedDeg = 5.0;
constexpr double kLevelFtMin = 300.0;
constexpr double kFlyingKt = 60.0;  // what taxis is not told from what stands by a radar 4 s apart
// A filter that has just begun is not judged.
constexpr int kSettled = 6;

struct Told {
  std::optional<modes::TrackAndTurn> turn;
  std::optional<modes::HeadingAndSpeed> heading;
};
using Key = std::pair<base::IcaoAddress, base::Timestamp>;

// What aircraft told, by reply.
struct Registers {
  std::map<Key, Told> told;
  std::uint64_t turns = 0;
  std::uint64_t headings = 0;
  std::uint64_t refused = 0;
  base::Timestamp guide{base::kDay / 2};

  void on_report(const asterix::Cat048Report& r) {
    if (!r.time_of_day || !r.aircraft_address) return;
    guide = feeds::unwrap(*r.time_of_day, guide);
    for (std::size_t i = 0; i < r.bds_registers.size(); ++i) {
      const asterix::BdsRegister bds = r.bds_registers[i];
      if (bds.bds2 != 0 || (bds.bds1 != 5 && bds.bds1 != 6)) continue;
      Told& one = told[{*r.aircraft_address, guide}];
      if (bds.bds1 == 5) one.turn = modes::track_and_turn(bds.message);
      if (bds.bds1 == 6) one.heading = modes::heading_and_speed(bds.message);
      const bool read = bds.bds1 == 5 ? one.turn.has_value() : one.heading.has_value();
      ++(!read ? refused : bds.bds1 == 5 ? turns : headings);
    }
  }
  void on_error(const asterix::RecordError&) {}
  void on_other(const asterix::Block&) {}
};

struct MotionSpread {
  Spread speed, track, turn;
  [[nodiscard]] MotionErrors figures() {
    MotionErrors out{.count = speed.count()};
    if (out.count == 0) return out;
    speed.sort();
    track.sort();
    out.speed_rms_kt = speed.rms();
    out.speed_median_kt = speed.quantile(0.5);
    out.track_rms_deg = track.rms();
    out.track_median_deg = track.quantile(0.5);
    turn.sort();
    out.turn_rms_deg_s = turn.rms();
    if (turn.count() > 0) out.turn_median_deg_s = turn.quantile(0.5);
    return out;
  }
};
RateErrors figures_of(Spread& spread) {
  RateErrors out{.count = spread.count()};
  if (out.count == 0) return out;
  spread.sort();
  out.rms_ft_min = spread.rms();
  out.median_ft_min = spread.quantile(0.5);
  return out;
}

class Judge {
 public:
  explicit Judge(const Registers& registers) : registers_(registers) {}

  void take(const track::TrackEvent& event) {
    const track::TrackView& view = event.view;
    if (event.kind != track::TrackEventKind::updated || !view.icao_address ||
        view.status != track::TrackStatus::confirmed) {
      return;
    }
    Last& last = last_[*view.icao_address];
    const double dt = base::to_seconds(view.time - last.time);
    const double turned = base::wrap_pi((view.track_angle() - last.track_angle).radians());
    last.time = view.time;
    last.track_angle = view.track_angle();
    if (++last.updates < kSettled) return;
    const auto told = registers_.told.find({*view.icao_address, view.time});
    if (told == registers_.told.end()) return;
    if (told->second.turn) {
      motion(view, *told->second.turn, turned / base::kRadiansPerDegree / dt);
    }
    if (told->second.heading) vertical(view, *told->second.heading);
  }

  void figures(RadarHourFigures& out) {
    out.straight = straight_.figures();
    out.turning = turning_.figures();
    out.level = figures_of(level_);
    out.climbing = figures_of(climbing_);
    out.descending = figures_of(descending_);
  }

 private:
  struct Last {
    base::Timestamp time;
    base::Angle track_angle;
    int updates = 0;
  };

  void motion(const track::TrackView& view, const modes::TrackAndTurn& told, double rate_deg_s) {
    if (!told.roll || !told.ground_speed || !told.true_track) return;
    if (told.ground_speed->knots() < kFlyingKt) return;
    const double bank = std::fabs(told.roll->degrees());
    if (bank > kStraightDeg && bank < kBankedDeg) return;
    MotionSpread& spread = bank <= kStraightDeg ? straight_ : turning_;
    spread.speed.add(std::fabs((view.ground_speed() - *told.ground_speed).knots()));
    spread.track.add(std::fabs(base::wrap_pi((view.track_angle() - *told.true_track).radians())) /
                     base::kRadiansPerDegree);
    if (told.track_rate_deg_s) spread.turn.add(std::fabs(rate_deg_s - *told.track_rate_deg_s));
  }

  void vertical(const track::TrackView& view, const modes::HeadingAndSpeed& told) {
    if (!view.pressure_altitude || !told.inertial_rate) return;
    const double rate = told.inertial_rate->feet_per_minute();
    Spread& spread = std::fabs(rate) <= kLevelFtMin ? level_ : rate > 0.0 ? climbing_ : descending_;
    spread.add(std::fabs(view.vertical_rate.feet_per_minute() - rate));
  }

  const Registers& registers_;
  std::map<base::IcaoAddress, Last> last_;
  MotionSpread straight_, turning_;
  Spread level_, climbing_, descending_;
};

}  // namespace

base::Result<RadarHourFigures> run_radar_hour(const std::string& folder,
                                              const std::string& sensors) {
  auto recordings = open_recordings(folder, kFiles, sensors);
  if (!recordings) return std::unexpected(recordings.error());
  Registers registers;
  asterix::decode_datagram(recordings->bytes[0], registers);
  PictureWatch watch(recordings->sensors);
  Judge judge(registers);
  node::OfflineOptions options;
  options.sensors = recordings->sensors;
  const node::OfflineSummary summary =
      node::track_recordings(recordings->bytes, options, [&](const track::TrackEvent& event, auto) {
        watch.take(event);
        judge.take(event);
      });
  RadarHourFigures out;
  out.picture = watch.continuity(plots_of(*recordings), summary);
  out.radar = watch.fits().front();
  out.track_and_turn = registers.turns;
  out.heading_and_speed = registers.headings;
  out.refused = registers.refused;
  judge.figures(out);
  return out;
}

}  // namespace liptako::bench
