// The biases of all sensors together, with their joint covariance: a Kalman filter whose state is
//
//   b = (kappa, o; what sensor 0 can have of range, azimuth, time, elevation, east and north; that
//        of sensor 1; ...)
//
// which drifts as a random walk and never gets less certain than it was at first. Observations of
// some seconds are gathered and used together, in information form [BarShalom01, §7.2]:
//
//   P^-1 <- P^-1 + sum w J' R^-1 J        b <- P (P_old^-1 b_old + sum w J' R^-1 y)
//
// What cannot be told from the observations (the clock that all sensors share, the direction of two
// radars that see nothing but each other) keeps the variance it had: the covariance says so.
//
// Robust in four ways.
//   w         1 up to 3 sigma, then falling as the fourth power, found by repetition: an
//             observation that disagrees counts little, one far off not at all
//   doubt     of each aircraft, how far its ADS-B positions stand off from where the sensors put it
//             once their biases are taken away, over some minutes. An aircraft that stands off is
//             doubted: the observations against its ADS-B move no bias until it agrees again. This
//             finds what drags slowly, too, which no single observation shows
//   clocks    ADS-B stations give the time. Where they differ, the one with which most clocks of
//             whatever sensor agree is right; the others are then thought no better than a
//             radar's, and all clocks are learnt anew
//   jumps     of each sensor, how far the observations of one window want its biases moved,
//             clipped at 3 sigma an observation so that a few aircraft cannot say so; summed as by
//             [Page54]. If most of them would agree better, the sensor was changed: it begins anew
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "track/registration/observation.hpp"

namespace liptako::track::registration {

struct Estimate {
  double value = 0.0;  // metres, radians, seconds, by Component
  double sd = 0.0;
};

// What the filter knows of one sensor beside its biases.
struct SensorStanding {
  std::uint64_t observations = 0;
  std::uint32_t jumps = 0;
  base::Timestamp last_jump;
  bool astray = false;     // a clock that was thought good, and is not
  double suspicion = 0.0;  // the sum of [Page54]
};

class BiasFilter {
 public:
  // Sensors in force; biases of those that `from` names are kept. from[i]: the former index of
  // sensor i, or negative.
  void set_sensors(std::span<const SensorDescription> sensors, std::span<const int> from);

  // Uses what was observed in one window, which is put in an order of its own. `now`: the window's
  // end; `places`: how many aircraft there can be.
  void use(std::vector<Observation>& window, base::Timestamp now);

  // The sensor's clock has moved, whatever other sensors say. `is_right`: it is back where it was
  // first.
  struct ClockMove {
    double seconds = 0.0;
    double sd = 0.0;
    bool is_right = false;
  };
  void move_clock(std::uint16_t sensor, const ClockMove& move, base::Timestamp now);

  [[nodiscard]] bool has(std::uint16_t sensor, Component c) const { return column(sensor, c) >= 0; }
  // Requires has().
  [[nodiscard]] Estimate estimate(std::uint16_t sensor, Component c) const;
  // Variance of a sensor's time bias against that of the sensor whose clock is known best: what all
  // clocks err alike sets no sensor against another.
  [[nodiscard]] double relative_time_variance(std::uint16_t sensor) const;
  [[nodiscard]] const SensorStanding& standing(std::uint16_t sensor) const {
    return standings_[sensor];
  }
  // Of true height against pressure altitude: share and offset.
  [[nodiscard]] Estimate height_share() const;
  [[nodiscard]] Estimate height_offset() const;
  // `aircraft`: the place of the aircraft with this address.
  [[nodiscard]] bool is_doubted(std::uint16_t aircraft, std::uint32_t address) const {
    return offsets_[aircraft].address == address && offsets_[aircraft].doubted;
  }

  void save(base::ByteWriter& out) const;
  // False: not of these sensors.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  // One row of an observation as the state's columns that are not zero.
  static constexpr int kTerms = 2 * kComponents + 2;
  struct Rows {
    int column[kTerms];
    double a[2][kTerms];
    int count = 0;
  };
  // Where an aircraft's ADS-B positions stand, in information form.
  struct Offset {
    std::uint32_t address = 0;
    bool doubted = false;
    double A[3] = {};
    double b[2] = {};
  };
  template <class Archive>
  friend void visit_fields(Archive& archive, Offset& o);

  [[nodiscard]] int column(std::uint16_t sensor, int c) const {
    return columns_[std::size_t{sensor} * kComponents + static_cast<std::size_t>(c)];
  }
  [[nodiscard]] double& at(std::vector<double>& matrix, int row, int col) const {
    return matrix[static_cast<std::size_t>(row) * static_cast<std::size_t>(size_) +
                  static_cast<std::size_t>(col)];
  }
  [[nodiscard]] double at(const std::vector<double>& matrix, int row, int col) const {
    return matrix[static_cast<std::size_t>(row) * static_cast<std::size_t>(size_) +
                  static_cast<std::size_t>(col)];
  }
  [[nodiscard]] Rows rows_of(const Observation& o) const;
  [[nodiscard]] static double left_over(const Observation& o,
                                        const Rows& rows,
                                        const std::vector<double>& x,
                                        double (&r)[2]);
  // J P J'.
  void spread(const Rows& rows, double (&into)[3]) const;
  void drift(base::Timestamp now);
  [[nodiscard]] bool find_jump(std::span<const Observation> window, base::Timestamp now);
  void begin_anew(std::uint16_t sensor, const double (&moved)[kComponents]);
  void solve(std::span<const Observation> window);
  // True: a clock was found astray, and all of them begin anew.
  [[nodiscard]] bool find_clock_astray();
  void weigh_aircraft(std::span<const Observation> window, double seconds);
  void reset();
  // In place, symmetric positive definite. False: it is not.
  [[nodiscard]] bool invert(std::vector<double>& matrix);

  int size_ = 0;
  std::vector<int> columns_;
  std::vector<double> first_sd_;    // of each column
  std::vector<double> drift_rate_;  // variance a second
  std::vector<double> x_;
  std::vector<double> P_;
  std::vector<SensorStanding> standings_;
  std::vector<Offset> offsets_;
  base::Timestamp time_;
  bool started_ = false;
  // Scratch, nothing between calls.
  std::vector<double> Y_, work_, eta_, prior_eta_, prior_Y_, next_;
  std::vector<double> weights_;
};

}  // namespace liptako::track::registration
