// How one sensor's plots differ from what aircraft say of themselves, over many aircraft: the
// sensor's bias, of which no single aircraft is to be suspected. Medians over the newest comparison
// of each of the last 32 aircraft; a bias common to all (range, azimuth, time) is found and taken
// away, one false aircraft in five moves it little. Once known it moves slowly, so that positions
// that begin to drift together are not taken for the radar's fault.
//
//   y    measured less what the aircraft said, in the sensor's two coordinates, in units of sd
//   g    how fast those coordinates change with the aircraft's flight, sd per second
//   y = b + t g + noise,   b bias, t lag of what aircraft say against the sensor's clock
#pragma once

#include <array>
#include <cstdint>

#include "base/time.hpp"

namespace liptako::track {

class Population {
 public:
  static constexpr std::size_t kAircraft = 32;
  static constexpr std::uint32_t kKnown = 5;  // aircraft, before medians mean anything

  struct Comparison {
    std::uint32_t track = 0;
    std::array<float, 2> y{};
    std::array<float, 2> rate{};  // g
  };
  void take(const Comparison& comparison, base::Timestamp time);

  [[nodiscard]] bool known() const { return count_ >= kKnown; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] double bias(std::size_t axis) const { return bias_[axis]; }
  [[nodiscard]] double lag_s() const { return lag_s_; }
  // Standard deviation of what is left, at least 1.
  [[nodiscard]] double spread() const { return spread_; }

  template <class Archive>
  friend void visit_fields(Archive& archive, Population& p) {
    archive(p.newest_, p.count_, p.next_, p.pending_, p.bias_, p.lag_s_, p.spread_);
    archive(p.settled_, p.estimated_, p.estimates_, p.since_);
  }
  [[nodiscard]] bool is_usable() const;

 private:
  void estimate(base::Timestamp time);

  std::array<Comparison, kAircraft> newest_{};
  std::uint32_t count_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t pending_ = 0;
  std::array<double, 2> bias_{};
  double lag_s_ = 0.0;
  double spread_ = 1.0;
  bool settled_ = false;
  base::Timestamp estimated_;
  std::uint32_t estimates_ = 0;  // since eight aircraft are known, until it has settled
  base::Timestamp since_;
};

template <class Archive>
void visit_fields(Archive& archive, Population::Comparison& c) {
  archive(c.track, c.y, c.rate);
}

}  // namespace liptako::track
