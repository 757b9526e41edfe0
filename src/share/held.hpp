// What this node holds of one member: the state as of the newest frame it can reconstruct. Frames
// may be lost, repeated and reordered on the way; what cannot be used is counted by reason, and the
// next keyframe mends whatever was lost.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "share/frame.hpp"

namespace liptako::share {

enum class Taken : std::uint8_t {
  complete,         // the state moved on to this frame
  partial,          // parts of the frame are still missing
  late,             // not newer than what is held
  without_keyframe  // rests on a keyframe that did not arrive
};

struct HeldCounters {
  std::uint64_t frames = 0;  // complete ones that were used
  std::uint64_t late = 0;
  std::uint64_t incomplete = 0;  // given up for a newer one before all parts had come
  std::uint64_t without_keyframe = 0;
};

class Held {
 public:
  Held() = default;
  explicit Held(base::MemberId origin) : origin_(origin) { cut_.origin = origin; }

  // Requires part.header.cut.origin to be this one. Fails if the frame contradicts itself or would
  // take more room than a member has.
  [[nodiscard]] base::Result<Taken> take(FramePart part);

  // A frame has been complete.
  [[nodiscard]] bool known() const { return cut_.sequence != 0; }
  [[nodiscard]] const picture::Cut& cut() const { return cut_; }
  [[nodiscard]] base::Timestamp time() const { return time_; }
  [[nodiscard]] std::span<const picture::Contribution> contributions() const {
    return contributions_;
  }
  [[nodiscard]] picture::Published published() const { return {cut_, time_, contributions_}; }
  [[nodiscard]] const HeldCounters& counters() const { return counters_; }
  // What deltas are compared with.
  [[nodiscard]] const picture::Cut& keyframe_cut() const { return keyframe_cut_; }
  [[nodiscard]] std::span<const picture::Contribution> keyframe() const { return keyframe_; }

  void save(base::ByteWriter& out) const;
  void load(base::ByteReader& in);

 private:
  // A frame of which some parts have come, by part.
  struct Assembly {
    FrameHeader header;
    std::uint16_t come = 0;
    std::vector<FramePart> parts;
  };
  template <class Archive>
  friend void visit_fields(Archive& archive, Held& held);

  [[nodiscard]] base::Result<Taken> use(FrameHeader header,
                                        std::vector<picture::Contribution> contributions,
                                        std::vector<std::uint32_t> removed);

  base::MemberId origin_;
  picture::Cut cut_;
  base::Timestamp time_;
  std::vector<picture::Contribution> contributions_;
  picture::Cut keyframe_cut_;
  std::vector<picture::Contribution> keyframe_;
  Assembly assembly_;
  HeldCounters counters_;
};

}  // namespace liptako::share
