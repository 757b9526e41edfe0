// What is wrong in a simulated world, told beside the truth: which aircraft, plot or echo, what is
// the matter with it, from when to when. Detectors are scored against it (docs/DOUBTS.md); no
// tracker ever sees it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sim/geometry.hpp"

namespace liptako::sim {

enum class Pathology : std::uint8_t {
  none,
  duplicate_address,
  swapped_addresses,
  garbled_code,
  split_plot,
  reflection,
  ring_around,
  transponder_failed,
  false_position,
  false_velocity,
  ghost,
  jamming,
  false_time,
  birds,
  standing_echo,
};
// As in labels.jsonl, and as the tracker calls its doubts.
[[nodiscard]] std::string_view name_of(Pathology pathology);

// One episode; of a single plot if `slant_range` is there.
struct Label {
  Pathology pathology = Pathology::none;
  base::Timestamp from;
  base::Timestamp until;
  std::uint32_t flight = 0;                  // 0: of no aircraft
  std::vector<base::IcaoAddress> addresses;  // under any of which it may be found
  std::optional<base::ModeACode> mode_3a;    // of an aircraft without address
  std::string source;                        // the sensor, if it is a matter of one
  std::optional<base::Length> slant_range;
  base::Angle azimuth;
  // Of an echo: where it is at `from`, within what, and how it moves.
  std::optional<Place> place;
  base::Length radius;
  base::Speed ground_speed;
  base::Angle track_angle;
};

// One line of JSON without its end.
[[nodiscard]] std::string to_json_line(const Label& label);

// Puts what is noted again and again together into episodes.
class LabelBook {
 public:
  // `label` of one instant. An episode of the same pathology, flight, echo and source that was
  // noted at most `kGap` ago goes on.
  static constexpr base::Duration kGap = std::chrono::seconds(20);
  static constexpr base::Duration kEchoGap = std::chrono::seconds(180);  // seen now and then
  void note(Label label, std::uint32_t echo = 0);
  // A label that stands by itself: a plot's.
  void add(Label label) { done_.push_back(std::move(label)); }
  // Ends what was not noted for longer than the gap before `now`, or, at the end of the world, all.
  void close(base::Timestamp now, bool all = false);
  [[nodiscard]] std::vector<Label> take() { return std::exchange(done_, {}); }

 private:
  using Key = std::tuple<Pathology, std::uint32_t, std::uint32_t, std::string>;
  std::map<Key, Label> open_;
  std::vector<Label> done_;
};

}  // namespace liptako::sim
