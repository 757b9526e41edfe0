// A simulated world: aircraft fly, sensors look at them, and datagrams in the sensors' real formats
// come out in the order in which a node would receive them. A pure function of scenario, seed and
// start time: the bytes do not depend on how far each call advances. Knows nothing of nodes or
// trackers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sim/geometry.hpp"
#include "sim/labels.hpp"
#include "sim/scenario.hpp"
#include "sim/truth.hpp"

namespace liptako::sim {

enum class SourceKind : std::uint8_t {
  mode_s_radar,
  primary_radar,
  adsb_station,
  mlat_system,
  system_server,
};

// One source of datagrams: a sensor on its way to one member. Radars first, then ADS-B stations,
// multilateration and servers, as in the scenario; of a sensor with several members, each in turn.
struct SourceInfo {
  std::uint16_t index = 0;          // in World::sources()
  std::uint16_t index_at_node = 0;  // among the sources of its member
  std::string name;
  std::string node;  // the member that receives it
  SourceKind kind = SourceKind::mode_s_radar;
  base::SacSic id;
  Place site;
  base::Duration period{};  // of a revolution, or between reports on one aircraft
  base::Length range;       // instrumented
  bool beast = false;       // Beast frames; ASTERIX otherwise
  base::Length range_sd;    // radars: claimed accuracy
  base::Angle azimuth_sd;
  base::Length horizontal_sd;  // multilateration and servers: claimed accuracy
  double pd = 1.0;
};

// One datagram as it arrives: at most 1,472 bytes, valid during the call only.
struct Emission {
  std::uint16_t source = 0;
  base::Timestamp emitted_at;
  base::ByteView datagram;
};

using Sink = std::function<void(const Emission&)>;

class World {
 public:
  // Aircraft that departed before the start are already under way.
  World(const Scenario& scenario, std::uint64_t seed, base::Timestamp start);
  ~World();
  World(World&&) noexcept;
  World& operator=(World&&) noexcept;

  // Gives the sink everything that arrives up to and including `until`, in order of arrival, ties
  // by source. Requires `until` not to lie before now().
  void advance(base::Timestamp until, const Sink& sink);
  // The start, then the last `until`.
  [[nodiscard]] base::Timestamp now() const { return now_; }

  // All aircraft at `time`, by flight number. Requires now() - 60 s <= time <= now(), and `time`
  // not before the start.
  [[nodiscard]] std::vector<TruthState> truth(base::Timestamp time) const;

  // When the newest position report of a flight was measured that went to a source's member without
  // being held up; for the truth alone.
  [[nodiscard]] std::optional<base::Timestamp> reported(std::uint32_t flight,
                                                        std::uint16_t source) const;

  // Labels of episodes that have ended since this was last asked; all that are left, if `rest`.
  [[nodiscard]] std::vector<Label> take_labels(bool rest = false);

  [[nodiscard]] std::span<const SourceInfo> sources() const;
  [[nodiscard]] const Scenario& scenario() const;

 private:
  struct State;
  base::Timestamp now_;
  std::unique_ptr<State> state_;
};

}  // namespace liptako::sim
