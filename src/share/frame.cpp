#include "share/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "base/time_range.hpp"
#include "picture/fusion.hpp"

namespace liptako::share {
namespace {

using picture::Contribution;

constexpr std::uint32_t kMagic = 0x4654'504C;
constexpr std::size_t kHeaderSize = 4 + 4 + 8 * 4 + 4 + 4 + 8;
constexpr std::size_t kFixedSize =
    4 + 8 + 1 + 4 + 8 + 8 + 8 + 8 + 8 + 40 + 4 + 4 + 2 + 4 + 2 + 8 + 3;
constexpr std::size_t kLargest = kFixedSize + 4 * Contribution::kMaxSensors;
constexpr std::int32_t kNoAltitude = std::numeric_limits<std::int32_t>::min();
constexpr std::uint32_t kNoAddress = ~std::uint32_t{0};
constexpr std::uint16_t kNoModeA = 0xFFFF;
constexpr std::uint8_t kCoasting = 1;
// Faster than anything in the air; also keeps extrapolation within the range of its arithmetic.
constexpr std::int32_t kMaxSpeedMmps = 3'000'000;
constexpr std::int32_t kMaxAltitudeCm = 10'000'000;
constexpr double kMaxVariance = 1e12;
// Keyframes come every few seconds; bounds how far a receiver can be made to extrapolate.
constexpr base::Duration kOldestState = std::chrono::minutes(10);

std::int64_t ns_of(base::Timestamp t) { return t.time_since_epoch().count(); }
base::Timestamp instant(std::int64_t ns) { return base::Timestamp(base::Duration(ns)); }

std::int32_t rounded(double x, std::int32_t limit) {
  return static_cast<std::int32_t>(std::floor(std::fmin(std::fmax(x, -limit), limit) + 0.5));
}

void put(base::ByteWriter& out, const Contribution& c) {
  out.put(c.number);
  out.put(ns_of(c.born));
  out.put(c.claim.id.origin.value);
  out.put(c.claim.id.number);
  out.put(ns_of(c.claim.born));
  out.put(ns_of(c.time));
  out.put(ns_of(c.plot_time));
  out.put(rounded(c.position.latitude.degrees() * 1e7, 900'000'000));
  out.put(rounded(c.position.longitude.degrees() * 1e7, 1'800'000'000));
  out.put(rounded(c.velocity_east.mps() * 1e3, kMaxSpeedMmps));
  out.put(rounded(c.velocity_north.mps() * 1e3, kMaxSpeedMmps));
  for (const double x : c.covariance) out.put(static_cast<float>(x));
  out.put(c.pressure_altitude ? rounded(c.pressure_altitude->metres() * 100.0, kMaxAltitudeCm)
                              : kNoAltitude);
  out.put(rounded(c.vertical_rate.mps() * 1e3, kMaxSpeedMmps));
  out.put(static_cast<std::uint16_t>(
      std::floor(std::fmin(std::fmax(c.existence, 0.0), 1.0) * 65'535.0 + 0.5)));
  out.put(c.icao_address ? c.icao_address->bits() : kNoAddress);
  out.put(c.mode_3a ? c.mode_3a->bits() : kNoModeA);
  for (std::size_t i = 0; i < 8; ++i)
    out.put(i < c.call_sign.view().size() ? c.call_sign.view()[i] : ' ');
  out.put(static_cast<std::uint8_t>(c.coasting ? kCoasting : 0));
  out.put(c.kinds);
  out.put(c.sensor_count);
  for (const picture::SensorTag tag : c.rests_on()) out.put(tag);
}

std::optional<std::string_view> get(base::ByteReader& in, Contribution& c) {
  c.number = in.get<std::uint32_t>();
  c.born = instant(in.get<std::int64_t>());
  c.claim.id.origin.value = in.get<std::uint8_t>();
  c.claim.id.number = in.get<std::uint32_t>();
  c.claim.born = instant(in.get<std::int64_t>());
  c.time = instant(in.get<std::int64_t>());
  c.plot_time = instant(in.get<std::int64_t>());
  const auto latitude = in.get<std::int32_t>(), longitude = in.get<std::int32_t>();
  const auto east = in.get<std::int32_t>(), north = in.get<std::int32_t>();
  for (double& x : c.covariance) x = static_cast<double>(in.get<float>());
  const auto altitude = in.get<std::int32_t>(), rate = in.get<std::int32_t>();
  c.existence = in.get<std::uint16_t>() / 65'535.0;
  const auto address = in.get<std::uint32_t>();
  const auto mode_a = in.get<std::uint16_t>();
  char sign[8];
  for (char& x : sign) x = static_cast<char>(in.get<std::uint8_t>());
  const auto flags = in.get<std::uint8_t>();
  c.kinds = in.get<std::uint8_t>();
  c.sensor_count = in.get<std::uint8_t>();
  if (c.sensor_count > Contribution::kMaxSensors) return "too many sensors";
  for (std::size_t i = 0; i < c.sensor_count; ++i) c.sensors[i] = in.get<std::uint32_t>();
  if (!in.ok()) return "cut short";
  if (c.number == 0 || c.claim.id.origin.value == 0 || c.claim.id.number == 0)
    return "a number is 0";
  for (const base::Timestamp t : {c.born, c.claim.born, c.time, c.plot_time})
    if (!base::is_reckonable(t)) return "a time is out of range";
  if (std::abs(std::int64_t{latitude}) > 900'000'000 ||
      std::abs(std::int64_t{longitude}) > 1'800'000'000)
    return "the position is out of range";
  const auto too_fast = [](std::int32_t x) { return x > kMaxSpeedMmps || x < -kMaxSpeedMmps; };
  if (too_fast(east) || too_fast(north) || too_fast(rate)) return "the velocity is out of range";
  if (altitude != kNoAltitude && (altitude > kMaxAltitudeCm || altitude < -kMaxAltitudeCm))
    return "the altitude is out of range";
  for (const double x : c.covariance)
    if (!(std::fabs(x) <= kMaxVariance)) return "the covariance is out of range";
  if (!picture::is_positive_definite(c.covariance))
    return "the covariance is not positive definite";
  if (address != kNoAddress && address > 0xFF'FFFF) return "the address has more than 24 bits";
  if (mode_a != kNoModeA && mode_a > 0xFFF) return "the Mode A code has more than 12 bits";
  for (std::size_t i = 1; i < c.sensor_count; ++i)
    if (c.sensors[i] <= c.sensors[i - 1]) return "the sensors are not ascending";
  c.position.latitude = base::Angle::from_degrees(latitude * 1e-7);
  c.position.longitude = base::Angle::from_degrees(longitude * 1e-7);
  c.velocity_east = base::Speed::from_mps(east * 1e-3);
  c.velocity_north = base::Speed::from_mps(north * 1e-3);
  c.vertical_rate = base::Speed::from_mps(rate * 1e-3);
  if (altitude != kNoAltitude) c.pressure_altitude = base::Length::from_metres(altitude * 1e-2);
  if (address != kNoAddress) c.icao_address = base::IcaoAddress(address);
  if (mode_a != kNoModeA) c.mode_3a = base::ModeACode(mode_a);
  c.call_sign = base::CallSign(std::string_view(sign, 8));
  c.coasting = (flags & kCoasting) != 0;
  return std::nullopt;
}

void put(base::ByteWriter& out, const FrameHeader& h, std::size_t count, std::size_t removed) {
  out.put(kMagic);
  out.put(kFrameVersion);
  out.put(h.rule);
  out.put(h.cut.origin.value);
  out.put(std::uint8_t{0});
  out.put(h.cut.epoch);
  out.put(h.cut.sequence);
  out.put(h.keyframe);
  out.put(ns_of(h.time));
  out.put(h.part);
  out.put(h.parts);
  out.put(static_cast<float>(h.bound.metres()));
  out.put(static_cast<std::uint32_t>(count));
  out.put(static_cast<std::uint32_t>(removed));
}

std::unexpected<base::Error> refuse(std::size_t at, std::string_view what) {
  return base::bad_input(fmt::format("frame: byte {}: {}", at, what));
}

}  // namespace

std::vector<base::Bytes> encode_frame(FrameHeader header,
                                      std::span<const Contribution> contributions,
                                      std::span<const std::uint32_t> removed) {
  CHECK(contributions.size() <= kMaxContributions);
  constexpr std::size_t kPerPart = (kMaxPart - kHeaderSize) / kLargest;
  constexpr std::size_t kRemovedPerPart = (kMaxPart - kHeaderSize) / sizeof(std::uint32_t);
  const std::size_t of_contributions = (contributions.size() + kPerPart - 1) / kPerPart;
  const std::size_t of_removed = (removed.size() + kRemovedPerPart - 1) / kRemovedPerPart;
  const std::size_t parts = std::max<std::size_t>(1, of_contributions + of_removed);
  CHECK(parts <= kMaxParts);
  std::vector<base::Bytes> out(parts);
  header.parts = static_cast<std::uint16_t>(parts);
  for (std::size_t i = 0; i < parts; ++i) {
    header.part = static_cast<std::uint16_t>(i);
    std::span<const Contribution> here;
    std::span<const std::uint32_t> gone;
    if (i < of_contributions) {
      const std::size_t begin = i * kPerPart;
      here = contributions.subspan(begin, std::min(kPerPart, contributions.size() - begin));
    } else if (!removed.empty()) {
      const std::size_t begin = (i - of_contributions) * kRemovedPerPart;
      gone = removed.subspan(begin, std::min(kRemovedPerPart, removed.size() - begin));
    }
    base::ByteWriter writer(out[i]);
    put(writer, header, here.size(), gone.size());
    for (const Contribution& c : here) put(writer, c);
    for (const std::uint32_t number : gone) writer.put(number);
  }
  return out;
}

std::optional<base::MemberId> origin_of(base::ByteView bytes) {
  base::ByteReader in(bytes);
  const bool is_frame = in.get<std::uint32_t>() == kMagic;
  (void)in.get<std::uint16_t>();
  const base::MemberId origin{in.get<std::uint8_t>()};
  if (!is_frame || !in.ok() || origin.value == 0) return std::nullopt;
  return origin;
}

base::Result<FramePart> decode_part(base::ByteView bytes) {
  base::ByteReader in(bytes);
  const auto at = [&] { return bytes.size() - in.remaining(); };
  if (bytes.size() < kHeaderSize) return refuse(bytes.size(), "shorter than its header");
  if (in.get<std::uint32_t>() != kMagic) return refuse(0, "not a frame");
  const auto version = in.get<std::uint8_t>();
  if (version != kFrameVersion)
    return refuse(4, fmt::format("version {}; this node speaks {}", version, kFrameVersion));
  FramePart part;
  FrameHeader& h = part.header;
  h.rule = in.get<std::uint8_t>();
  if (h.rule != picture::kRuleVersion) {
    return refuse(5,
                  fmt::format("fusion rule {}; this node has {}", h.rule, picture::kRuleVersion));
  }
  h.cut.origin.value = in.get<std::uint8_t>();
  (void)in.get<std::uint8_t>();
  h.cut.epoch = in.get<std::uint64_t>();
  h.cut.sequence = in.get<std::uint64_t>();
  h.keyframe = in.get<std::uint64_t>();
  h.time = instant(in.get<std::int64_t>());
  h.part = in.get<std::uint16_t>();
  h.parts = in.get<std::uint16_t>();
  const auto bound = static_cast<double>(in.get<float>());
  if (h.cut.origin.value == 0 || h.cut.sequence == 0 || h.keyframe == 0 ||
      h.keyframe > h.cut.sequence)
    return refuse(6, "origin, sequence or keyframe means nothing");
  if (!base::is_reckonable(h.time)) return refuse(32, "the time is out of range");
  if (h.parts == 0 || h.parts > kMaxParts || h.part >= h.parts)
    return refuse(40, "the part is not one of the frame's");
  if (!(bound >= 0.0 && bound <= 1e5)) return refuse(44, "the bound is out of range");
  h.bound = base::Length::from_metres(bound);
  const auto count = in.get<std::uint32_t>(), removed = in.get<std::uint32_t>();
  if (std::uint64_t{count} * kFixedSize + std::uint64_t{removed} * 4 > in.remaining())
    return refuse(48, "more is announced than there is");
  part.contributions.resize(count);
  std::uint32_t last = 0;
  for (Contribution& c : part.contributions) {
    const std::size_t begin = at();
    if (const auto trouble = get(in, c)) return refuse(begin, *trouble);
    if (c.number <= last) return refuse(begin, "the contributions are not ascending");
    if (c.time > h.time || c.plot_time > c.time + std::chrono::minutes(1))
      return refuse(begin, "a contribution is newer than its frame");
    if (h.time - c.time > kOldestState)
      return refuse(begin, "a state is older than its keyframe may be");
    last = c.number;
  }
  part.removed.resize(removed);
  last = 0;
  for (std::uint32_t& number : part.removed) {
    const std::size_t begin = at();
    number = in.get<std::uint32_t>();
    if (!in.ok() || number <= last) return refuse(begin, "the numbers removed are not ascending");
    last = number;
  }
  if (!in.at_end()) return refuse(at(), "bytes beyond the end");
  return part;
}

}  // namespace liptako::share
