// The sensors a node knows: those of its configuration, in its order, and, where that is allowed
// (off-line work), those that announce themselves. Also what was heard of each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "track/plot.hpp"

namespace liptako::feeds {

struct SensorActivity {
  bool heard = false;
  base::Timestamp last_heard;  // reception
  std::uint64_t plots = 0;
  base::Duration observed_period{};  // of the antenna, as it reports it; 0: not reported
  // It says itself that its reports are not to be used.
  bool set_aside = false;
};

class SensorDirectory {
 public:
  // With `onboard`, a sensor nobody configured is entered when first heard; a radar then has no
  // site.
  explicit SensorDirectory(bool onboard = false) : onboard_(onboard) {}

  // Replaces the configured sensors; activity is kept by SAC/SIC and kind.
  void configure(std::span<const track::SensorDescription> sensors);

  // Index of the sensor, or nothing if it is not entered.
  [[nodiscard]] std::optional<std::uint16_t> known(base::SacSic sac_sic,
                                                   track::SensorKind kind) const;
  // Index of the sensor, or nothing if it is unknown and may not be entered.
  [[nodiscard]] std::optional<std::uint16_t> find(base::SacSic sac_sic, track::SensorKind kind);

  void note_plot(std::uint16_t sensor, base::Timestamp reception);
  void note_service(std::uint16_t sensor,
                    base::Timestamp reception,
                    std::optional<base::Duration> period);

  void note_set_aside(std::uint16_t sensor, bool set_aside) {
    activity_[sensor].set_aside = set_aside;
  }
  // Where the sensor says the origin of its plane is; a configured one is believed over it.
  void note_reference_point(std::uint16_t sensor, const geo::Geodetic& point);

  [[nodiscard]] std::span<const track::SensorDescription> sensors() const { return sensors_; }
  [[nodiscard]] const SensorActivity& activity(std::uint16_t sensor) const {
    return activity_[sensor];
  }
  // Counts up whenever sensors() changes: the tracker must be told.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

  void save(base::ByteWriter& out) const;
  void load(base::ByteReader& in);

 private:
  bool onboard_;
  std::vector<track::SensorDescription> sensors_;
  std::vector<SensorActivity> activity_;
  std::uint64_t revision_ = 0;
};

}  // namespace liptako::feeds
