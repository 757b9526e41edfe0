// The recent past of tracks that some sensor reports late: the plots they used in the last seconds
// and the state after each, so that a late plot is used in its own place. The state is taken back
// to before the plot, and the plots after it are used once more in order: what a tracker would
// hold that was given all of them in order of measurement, but for the choices of association,
// which stand.
//
// Kept apart from the tracks, and only for those that need it: a track gets a past at the first
// plot of a sensor whose plots have ever come too late for retrodiction (imm.hpp), which takes how
// the aircraft flew in between for noise of the plot's own: harmless up to 1 s, and to the plots of
// radars beyond, not to one that tells a velocity better than the aircraft may keep it that long.
// What is older than the past is used by retrodiction from its first state.
//
// Memory: kMaxSteps of about 1 KB for each of at most TrackerOptions::max_pasts tracks. No
// allocation once the pasts have grown to the traffic.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "track/store.hpp"

namespace liptako::track {

// A plot and the state after it. Of the first step of a past the state alone counts.
struct PastStep {
  base::Timestamp time;
  Plot plot;
  std::optional<base::Duration> since_last;  // the sensor's plot before it
  PackedImm imm;
  VerticalFilter vertical;
  HeightEffect height_effect;
  NavigationEffect navigation;
};

class Rollback {
 public:
  static constexpr base::Duration kLateBeyond = std::chrono::seconds(1);
  // Too late for retrodiction: `lag` older than the track. `noise_density`: the track's most.
  [[nodiscard]] static bool is_late(const Plot& plot, base::Duration lag, double noise_density);
  static constexpr std::size_t kMaxSteps = 24;

  // At most `max_pasts` tracks at a time; the others go without.
  explicit Rollback(std::uint32_t max_pasts) : max_pasts_(max_pasts) {}

  // `plot` was used by the track, whose state is now as after it. `reach`: how far back plots may
  // come.
  struct Used {
    std::optional<base::Duration> since_last;
    bool is_late = false;
    base::Duration reach{};
  };
  void note(std::uint32_t slot, const TrackRecord& t, const Plot& plot, const Used& used);
  // The plots of this sensor come late.
  void note_late(std::uint16_t sensor) { late_sensors_ |= std::uint64_t{1} << sensor; }
  // The last step at or before `time`; of a past that does not go back so far its first, from which
  // the plot is used by retrodiction. Null for a track without a past.
  [[nodiscard]] PastStep* from(std::uint32_t slot, base::Timestamp time);
  [[nodiscard]] const PastStep* from(std::uint32_t slot, base::Timestamp time) const;
  // The steps after `time`, in order. Requires a past.
  [[nodiscard]] std::span<PastStep> after(std::uint32_t slot, base::Timestamp time);
  // All steps, in order. Requires a past.
  [[nodiscard]] std::span<PastStep> steps(std::uint32_t slot);
  // Since the sensor's plot before that of a step, or of one that would stand there.
  [[nodiscard]] std::optional<base::Duration> since_last(std::uint32_t slot,
                                                         const PastStep& step) const;
  // Puts a step in its place; the steps behind it are as the caller left them.
  void insert(std::uint32_t slot, const PastStep& step);
  // The track ends or begins anew.
  void forget(std::uint32_t slot);
  // Sensors have other numbers.
  void clear();

  [[nodiscard]] std::size_t size() const { return pasts_.size() - free_.size(); }

  void save(base::ByteWriter& out) const;
  // `slots`: of the store. False if the bytes are not a past of such a store.
  [[nodiscard]] bool load(base::ByteReader& in, std::uint32_t slots, std::size_t sensors);

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  struct Past {
    std::uint32_t slot = kNone;
    geo::TangentFrame frame;
    std::vector<PastStep> steps;  // in order of time
  };

  [[nodiscard]] std::uint32_t past_of(std::uint32_t slot) const {
    return slot < past_of_.size() ? past_of_[slot] : kNone;
  }
  [[nodiscard]] std::uint32_t begin(std::uint32_t slot);
  static void move_frame(Past& past, const geo::TangentFrame& to);

  std::uint32_t max_pasts_;
  std::uint64_t late_sensors_ = 0;
  std::vector<Past> pasts_;
  std::vector<std::uint32_t> free_;     // of pasts_; the last is taken first
  std::vector<std::uint32_t> past_of_;  // by slot
};

}  // namespace liptako::track
