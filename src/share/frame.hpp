// A frame: what a member tells an audience at one instant, in one or more parts that each fit an
// entry of a record and can be relayed or carried alone.
//
// A keyframe holds every contribution. A delta holds what is no longer as its keyframe says, and
// names that keyframe: whoever has the keyframe needs no other delta. What a delta does not mention
// is still there, within `bound` of where the keyframe's state leads, and as fast to within
// kVelocityBound.
//
// Wire form of a part, version 1, little-endian:
//   u32 magic "LPTF" | u8 version | u8 rule | u8 origin | u8 0 | u64 epoch | u64 sequence |
//   u64 keyframe | i64 time_ns | u16 part | u16 parts | f32 bound_m | u32 count | u32 removed |
//   count contributions | removed x u32 number
//   contribution: u32 number | i64 born_ns | u8 claim origin | u32 claim number | i64 claim born_ns
//   | i64 time_ns | i64 plot_time_ns | i32 latitude, longitude 1e-7 deg | i32 velocity east, north
//   mm/s | 10 x f32 covariance | i32 pressure altitude cm, -2^31 none | i32 vertical rate mm/s |
//   u16 existence 1/65535 | u32 address, 2^32-1 none | u16 Mode A, 2^16-1 none | u8[8] call sign,
//   blank padded | u8 flags, bit 0 coasting | u8 kinds | u8 sensors | that many u32 tags
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "picture/common_picture.hpp"

namespace liptako::share {

inline constexpr std::uint8_t kFrameVersion = 1;
// Largest part: what an entry of the record takes.
inline constexpr std::size_t kMaxPart = 65'507;
inline constexpr std::uint16_t kMaxParts = 512;
// Of one member. Beyond it a publisher leaves out its newest tracks and a receiver refuses.
inline constexpr std::size_t kMaxContributions = 20'000;
// What a delta does not mention has kept its velocity to within this.
inline constexpr base::Speed kVelocityBound = base::Speed::from_mps(10.0);

struct FrameHeader {
  std::uint8_t rule = picture::kRuleVersion;
  picture::Cut cut;            // origin, epoch, sequence
  std::uint64_t keyframe = 0;  // sequence of the keyframe this rests on; its own in a keyframe
  base::Timestamp time;
  std::uint16_t part = 0;
  std::uint16_t parts = 1;
  base::Length bound;

  [[nodiscard]] bool is_keyframe() const { return keyframe == cut.sequence; }
};

struct FramePart {
  FrameHeader header;
  std::vector<picture::Contribution> contributions;  // ascending numbers
  std::vector<std::uint32_t> removed;                // ascending
};

// The whole frame, cut into parts. Requires contributions and `removed` ascending, at most
// kMaxContributions. header.part and parts are set here.
[[nodiscard]] std::vector<base::Bytes> encode_frame(
    FrameHeader header,
    std::span<const picture::Contribution> contributions,
    std::span<const std::uint32_t> removed);

// Who a part says it is from, whatever its version; nothing if it is no frame. The first seven
// bytes mean the same in every version.
[[nodiscard]] std::optional<base::MemberId> origin_of(base::ByteView bytes);

// Total: any bytes give a part or an error that says what and at which byte. What comes out is
// finite, its covariances are positive definite, its times reckonable.
[[nodiscard]] base::Result<FramePart> decode_part(base::ByteView bytes);

}  // namespace liptako::share
