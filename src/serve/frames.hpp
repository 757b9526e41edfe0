// The records and header of the console's binary frames (docs/CONSOLE_PROTOCOL.md, version 1): how
// a track becomes 32 bytes. Values out of a field's range saturate; nothing that is not finite
// leaves as a number.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "serve/documents.hpp"
#include "track/track_view.hpp"

namespace liptako::serve {

inline constexpr std::uint32_t kFrameMagic = 0x4B54'504C;
inline constexpr std::uint8_t kFrameVersion = 1;
inline constexpr std::size_t kFrameHeaderSize = 32;
inline constexpr std::size_t kFrameCountAt = 20;  // where a header holds its count
inline constexpr std::size_t kTrailRecordSize = 12;
// Bit of a track record's flags.
inline constexpr std::uint16_t kFlagNotPlaced = 1;

enum class FrameKind : std::uint8_t {
  snapshot = 1,
  update = 2,
  identity = 3,
  drop = 4,
  status = 5,
  trail = 6,
};

using TrackRecord = std::array<std::uint8_t, 32>;
using IdentityRecord = std::array<std::uint8_t, 32>;

// 95 % ellipse of a horizontal position covariance: semi-axes are sqrt(5.991) sigma (chi-square,
// two degrees of freedom). `direction`: of the major axis, clockwise from north, in [0, pi).
struct Ellipse {
  base::Length semi_major;
  base::Length semi_minor;
  base::Angle direction;
};
// Eigenvalues that rounding made negative count as zero; a covariance that is not finite gives the
// largest ellipse the frames can carry.
[[nodiscard]] Ellipse ellipse_95(double cov_ee_m2, double cov_en_m2, double cov_nn_m2);

// Bits of the record's field "kinds of sensors that contributed".
[[nodiscard]] std::uint8_t kinds_of(std::uint64_t sensors, std::span<const SensorKind> kinds);

// Requires track.time to be the frame's time: who hands over the picture has extrapolated. Kinds of
// sensors are those of `kinds` by track.sensors, and track.kinds.
[[nodiscard]] TrackRecord encode_track(const track::TrackView& track,
                                       std::span<const SensorKind> kinds);
[[nodiscard]] IdentityRecord encode_identity(const track::TrackView& track);

struct FrameHeader {
  FrameKind kind = FrameKind::snapshot;
  base::Timestamp time;
  std::uint32_t sequence = 0;
  std::uint32_t count = 0;
  std::uint64_t snapshot_id = 0;
};
void append_header(const FrameHeader& header, base::Bytes& out);

}  // namespace liptako::serve
