// The tracker over recordings of real sensors, and what can be told of its picture without a truth:
// who was heard and who had a track when, how plots fit their tracks, what two independent sensors
// of one place say against each other, and what aircraft say of their own motion
// (docs/RECORDINGS.md). For the benchmark that prints it and the test that holds it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "track/plot.hpp"

namespace liptako::bench {

// Values in order, for medians and shares.
class Spread {
 public:
  void add(double value) { values_.push_back(value); }
  void sort();
  [[nodiscard]] std::size_t count() const { return values_.size(); }
  // Requires sort(), and some values.
  [[nodiscard]] double quantile(double share) const;
  [[nodiscard]] double rms() const;

 private:
  std::vector<double> values_;
};

// Normalised innovations squared over their degrees of freedom: 1 on average for plots that err as
// their noise model says.
struct Fit {
  std::uint64_t count = 0;
  double sum = 0.0;
  void add(double nis) {
    ++count;
    sum += nis / 2.0;
  }
  [[nodiscard]] double mean() const { return count == 0 ? 0.0 : sum / static_cast<double>(count); }
};

// How fast the track goes.
enum class Pace : std::uint8_t { standing, taxiing, flying };
inline constexpr std::array<const char*, 3> kPaceNames = {"standing", "taxiing", "flying"};

struct SensorFit {
  std::string name;
  Fit all;  // of tracks with an address
  std::array<Fit, 3> paces;
  Fit without_address;
};

// The picture as a whole.
struct Continuity {
  std::uint64_t plots = 0;
  std::uint64_t used = 0;
  int heard = 0;               // addresses with five reports or more
  int tracked = 0;             // of those, that had a confirmed track
  int numbers = 0;             // track numbers these were confirmed under
  std::uint64_t silences = 0;  // of an address, longer than 30 s
  std::uint64_t breaks = 0;    // tracks lost and resumed
  std::uint64_t restarts = 0;
  int two_at_once = 0;  // addresses that had two confirmed tracks at one time
  // Of the time between reports of an address 10 s apart or less: the share with a confirmed track
  // of it.
  double confirmed_share = 0.0;
  int without_address = 0;  // confirmed tracks that never had one
  int vehicles = 0;         // addresses that say they are one
};

// One sensor's positions against another's, of the same aircraft, interpolated to the same instant.
struct Difference {
  std::uint64_t count = 0;
  double median_m = 0.0;
  double share95_m = 0.0;
  // Of those that move: across their way, and along it.
  double across_median_m = 0.0;
  double across_95_m = 0.0;
};
struct CrossCheck {
  Difference ground;
  Difference air;
  // How late one is against the other, by aircraft: the median along the way over the speed.
  int aircraft = 0;
  double least_late_s = 0.0;
  double median_late_s = 0.0;
  double most_late_s = 0.0;
};

struct AerodromeFigures {
  Continuity picture;
  std::vector<SensorFit> sensors;
  CrossCheck ads_b;          // against multilateration
  Difference surface_radar;  // echoes against multilateration
  // Echoes are of the whole aircraft, positions of its antenna: how far behind they lie on the way.
  double surface_behind_m = 0.0;
};

// Estimates against what the aircraft told of itself in the same reply.
struct MotionErrors {
  std::uint64_t count = 0;
  double speed_rms_kt = 0.0;
  double speed_median_kt = 0.0;
  double track_rms_deg = 0.0;
  double track_median_deg = 0.0;
  double turn_median_deg_s = 0.0;
  double turn_rms_deg_s = 0.0;  // of the rate between this update and the one before
};
struct RateErrors {
  std::uint64_t count = 0;
  double rms_ft_min = 0.0;
  double median_ft_min = 0.0;
};
struct RadarHourFigures {
  Continuity picture;
  SensorFit radar;
  std::uint64_t track_and_turn = 0;  // registers that were read
  std::uint64_t heading_and_speed = 0;
  std::uint64_t refused = 0;  // that cannot be what the radar says they are
  MotionErrors straight;      // bank 2 degrees at most
  MotionErrors turning;       // bank 5 degrees at least
  RateErrors level;           // 300 ft/min at most
  RateErrors climbing;
  RateErrors descending;
};

// `folder` holds the recordings (asterix/ of the surveillance data), `sensors` is a sensors file.
// Three sensors of one aerodrome over the same two hours; one en-route radar's hour.
[[nodiscard]] base::Result<AerodromeFigures> run_aerodrome(const std::string& folder,
                                                           const std::string& sensors);
[[nodiscard]] base::Result<RadarHourFigures> run_radar_hour(const std::string& folder,
                                                            const std::string& sensors);

[[nodiscard]] std::string to_text(const AerodromeFigures& figures);
[[nodiscard]] std::string to_text(const RadarHourFigures& figures);

}  // namespace liptako::bench
