// Barcelona, 10 May 2016: surface radar, multilateration and ADS-B over the same two hours.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "geo/frames.hpp"
#include "recorded_picture.hpp"

namespace liptako::bench {
namespace {

using track::Plot;
using track::SensorKind;

constexpr const char* kFiles[] = {"cat010_lebl_smr_2016.ast.xz",
                                  "cat010_lebl_mlat_2016.ast.xz",
                                  "cat020_019_lebl_mlat_2016.ast.xz",
                                  "cat021_v023_lebl_2016.ast.xz"};

// Reports further apart are not interpolated between.
constexpr double kApartS = 2.5;
constexpr double kNearM = 15'000.0;  // of the reference point
constexpr double kSameM = 1000.0;  // beyond, one of the two is another aircraft's or decoded wrong
constexpr double kMovingMps = 5.0;
constexpr double kFlyingMps = 30.0;
constexpr double kEchoM = 60.0;    // an echo this near is the aircraft's
constexpr std::size_t kSome = 20;  // reports of one aircraft that say how late it is

// A position in the plane of the reference point.
struct Fix {
  double time_s = 0.0;
  double east = 0.0;
  double north = 0.0;
};
using Ways = std::map<base::IcaoAddress, std::vector<Fix>>;

struct Moved {
  double east = 0.0;
  double north = 0.0;
  double ve = 0.0;
  double vn = 0.0;
};

// Where the way was at the time, if it was told shortly before and after.
std::optional<Moved> at(const std::vector<Fix>& way, double time_s) {
  const auto after = std::ranges::upper_bound(way, time_s, {}, &Fix::time_s);
  if (after == way.begin() || after == way.end()) return std::nullopt;
  const Fix& a = *std::prev(after);
  const double dt = after->time_s - a.time_s;
  if (dt > kApartS || !(dt > 0.0)) return std::nullopt;
  const double ve = (after->east - a.east) / dt, vn = (after->north - a.north) / dt;
  const double ahead = time_s - a.time_s;
  return Moved{a.east + ahead * ve, a.north + ahead * vn, ve, vn};
}

struct Collected {
  Spread distance;
  Spread across;
  void add(double east, double north, const Moved& m) {
    distance.add(std::sqrt(east * east + north * north));
    const double speed = std::sqrt(m.ve * m.ve + m.vn * m.vn);
    if (speed >= kMovingMps) across.add(std::fabs(east * m.vn - north * m.ve) / speed);
  }
  [[nodiscard]] Difference figures() {
    Difference out{.count = distance.count()};
    if (distance.count() == 0) return out;
    distance.sort();
    out.median_m = distance.quantile(0.5);
    out.share95_m = distance.quantile(0.95);
    if (across.count() == 0) return out;
    across.sort();
    out.across_median_m = across.quantile(0.5);
    out.across_95_m = across.quantile(0.95);
    return out;
  }
};

class Scene {
 public:
  Scene(std::span<const Plot> plots, std::span<const track::SensorDescription> sensors)
      : plots_(plots), sensors_(sensors) {
    for (const track::SensorDescription& s : sensors) {
      if (s.kind == SensorKind::mlat) plane_ = geo::TangentFrame(s.site);
    }
    for (const Plot& p : plots) {
      if (sensors[p.sensor].kind != SensorKind::mlat || !p.icao_address) continue;
      std::vector<Fix>& way = ways_[*p.icao_address];
      const Fix fix = fix_of(p, {p.latitude, p.longitude, {}});
      // The same system tells the same in two categories.
      if (way.empty() || fix.time_s > way.back().time_s) way.push_back(fix);
    }
  }

  [[nodiscard]] CrossCheck ads_b() const {
    Collected ground, air;
    std::map<base::IcaoAddress, Spread> late;
    for (const Plot& p : plots_) {
      if (sensors_[p.sensor].kind != SensorKind::ads_b || !p.icao_address) continue;
      const auto way = ways_.find(*p.icao_address);
      if (way == ways_.end()) continue;
      const Fix fix = fix_of(p, {p.latitude, p.longitude, {}});
      if (std::sqrt(fix.east * fix.east + fix.north * fix.north) > kNearM) continue;
      const auto there = at(way->second, fix.time_s);
      if (!there) continue;
      const double east = fix.east - there->east, north = fix.north - there->north;
      if (std::sqrt(east * east + north * north) > kSameM) continue;
      const double speed = std::sqrt(there->ve * there->ve + there->vn * there->vn);
      (speed < kFlyingMps ? ground : air).add(east, north, *there);
      if (speed >= kMovingMps) {
        late[*p.icao_address].add(-(east * there->ve + north * there->vn) / (speed * speed));
      }
    }
    CrossCheck out{.ground = ground.figures(), .air = air.figures()};
    Spread medians;
    for (auto& [address, spread] : late) {
      if (spread.count() < kSome) continue;
      spread.sort();
      medians.add(spread.quantile(0.5));
    }
    medians.sort();
    out.aircraft = static_cast<int>(medians.count());
    if (medians.count() > 0) {
      out.least_late_s = medians.quantile(0.0);
      out.median_late_s = medians.quantile(0.5);
      out.most_late_s = medians.quantile(1.0);
    }
    return out;
  }

  // The nearest echo in each turn of the antenna, of those that move on the ground.
  void surface_radar(AerodromeFigures& out) const {
    std::vector<Fix> echoes;
    for (const Plot& p : plots_) {
      const track::SensorDescription& s = sensors_[p.sensor];
      if (!s.surface) continue;
      const double azimuth = p.azimuth.radians(), range = p.slant_range.metres();
      const geo::TangentFrame site(s.site);
      const geo::Geodetic place = geo::geodetic_from_ecef(
          site.ecef_from_enu({range * std::sin(azimuth), range * std::cos(azimuth), 0.0}));
      echoes.push_back(fix_of(p, place));
    }
    Collected all;
    Spread behind;
    for (const auto& [address, way] : ways_) {
      for (std::size_t i = 1; i < way.size(); ++i) {
        nearest_echo(way, {way[i - 1].time_s, way[i].time_s}, echoes, all, behind);
      }
    }
    out.surface_radar = all.figures();
    behind.sort();
    if (behind.count() > 0) out.surface_behind_m = behind.quantile(0.5);
  }

 private:
  struct Interval {
    double from_s = 0.0;
    double to_s = 0.0;
  };
  static void nearest_echo(const std::vector<Fix>& way,
                           const Interval& when,
                           const std::vector<Fix>& echoes,
                           Collected& all,
                           Spread& behind) {
    std::optional<Moved> best;
    double east = 0.0, north = 0.0, least = kEchoM;
    for (auto it = std::ranges::lower_bound(echoes, when.from_s, {}, &Fix::time_s);
         it != echoes.end() && it->time_s < when.to_s;
         ++it) {
      const auto there = at(way, it->time_s);
      if (!there) return;
      const double e = it->east - there->east, n = it->north - there->north;
      const double distance = std::sqrt(e * e + n * n);
      if (distance >= least) continue;
      least = distance;
      best = there;
      east = e;
      north = n;
    }
    if (!best) return;
    const double speed = std::sqrt(best->ve * best->ve + best->vn * best->vn);
    if (speed < kMovingMps) return;
    all.add(east, north, *best);
    behind.add(-(east * best->ve + north * best->vn) / speed);
  }

  [[nodiscard]] Fix fix_of(const Plot& p, const geo::Geodetic& place) const {
    const auto enu = plane_.enu_from_ecef(geo::ecef_from_geodetic(place));
    return {base::to_seconds(p.time.time_since_epoch()), enu.x, enu.y};
  }

  std::span<const Plot> plots_;
  std::span<const track::SensorDescription> sensors_;
  geo::TangentFrame plane_;
  Ways ways_;
};

}  // namespace

base::Result<AerodromeFigures> run_aerodrome(const std::string& folder,
                                             const std::string& sensors) {
  auto recordings = open_recordings(folder, kFiles, sensors);
  if (!recordings) return std::unexpected(recordings.error());
  AerodromeFigures out;
  PictureWatch watch(recordings->sensors);
  node::OfflineOptions options;
  options.sensors = recordings->sensors;
  const node::OfflineSummary summary = node::track_recordings(
      recordings->bytes, options, [&](const track::TrackEvent& event, auto) { watch.take(event); });
  const std::vector<Plot> plots = plots_of(*recordings);
  out.picture = watch.continuity(plots, summary);
  out.sensors = watch.fits();
  const Scene scene(plots, recordings->sensors);
  out.ads_b = scene.ads_b();
  scene.surface_radar(out);
  return out;
}

}  // namespace liptako::bench
