// Source: docs/CONSOLE_PROTOCOL.md, version 1. The ellipse uses the closed form of the eigenvalues
// of a symmetric 2 x 2 matrix.
//
//   ee en nn  covariance in east and north, m^2
//   mean      half the trace: mean of the eigenvalues, m^2
//   radius    half the difference of the eigenvalues, m^2
#include "serve/frames.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/math.hpp"
#include "track/doubt/doubt.hpp"

namespace liptako::serve {
namespace {

constexpr double kChiSquare95 = 5.991464547107979;  // two degrees of freedom: -2 ln 0.05
constexpr std::int16_t kNoAltitude = -32768;
constexpr std::uint32_t kNoAddress = 0xFFFF'FFFF;
constexpr std::uint16_t kNoModeA = 0xFFFF;
constexpr unsigned kFirstDoubt = 1;  // bit: the doubts in their order
constexpr unsigned kAmbiguous = 15;  // bit
static_assert(kFirstDoubt + track::kDoubts <= kAmbiguous);
constexpr double kMetresPerAxisUnit = 4.0;

// Nearest integer, kept within [low, high]; NaN counts as 0.
double nearest(double value, double low, double high) {
  if (std::isnan(value)) value = 0.0;
  if (value < low) return low;
  return std::min(std::floor(value + 0.5), high);
}

template <class T>
T saturate(double value, T low = std::numeric_limits<T>::min()) {
  return static_cast<T>(nearest(value, low, std::numeric_limits<T>::max()));
}

// A number of turns as a fraction of 2^bits steps that wraps.
std::uint32_t wrap_fraction(double turns, unsigned bits) {
  const double steps = static_cast<double>(1u << bits);
  const double rounded = nearest((turns - std::floor(turns)) * steps, 0.0, steps);
  return static_cast<std::uint32_t>(rounded) & ((1u << bits) - 1u);
}

// Writes fields one after the other into a record of fixed size.
template <std::size_t Size>
class RecordWriter {
 public:
  template <class T>
  RecordWriter& put(T value) {
    static_assert(std::is_integral_v<T>);
    std::memcpy(record_.data() + at_, &value, sizeof(T));
    at_ += sizeof(T);
    return *this;
  }
  [[nodiscard]] const std::array<std::uint8_t, Size>& record() const { return record_; }

 private:
  std::array<std::uint8_t, Size> record_{};
  std::size_t at_ = 0;
};

}  // namespace

Ellipse ellipse_95(double cov_ee_m2, double cov_en_m2, double cov_nn_m2) {
  const double mean = 0.5 * (cov_ee_m2 + cov_nn_m2);
  const double half_difference = 0.5 * (cov_nn_m2 - cov_ee_m2);
  const double radius = std::sqrt(half_difference * half_difference + cov_en_m2 * cov_en_m2);
  if (!std::isfinite(mean) || !std::isfinite(radius)) {
    const auto largest =
        base::Length::from_metres(kMetresPerAxisUnit * std::numeric_limits<std::uint16_t>::max());
    return {largest, largest, base::Angle()};
  }
  const double major_m = std::sqrt(kChiSquare95 * std::max(0.0, mean + radius));
  const double minor_m = std::sqrt(kChiSquare95 * std::max(0.0, mean - radius));
  // Along (sin a, cos a) in (east, north) the variance is mean + half_difference cos 2a + en sin
  // 2a.
  double direction = radius > 0.0 ? 0.5 * base::atan2(cov_en_m2, half_difference) : 0.0;
  if (direction < 0.0) direction += base::kPi;
  if (direction >= base::kPi) direction = 0.0;
  return {base::Length::from_metres(major_m),
          base::Length::from_metres(minor_m),
          base::Angle::from_radians(direction)};
}

std::uint8_t kinds_of(std::uint64_t sensors, std::span<const SensorKind> kinds) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(kinds.size(), 64); ++i) {
    if ((sensors >> i & 1u) != 0) bits |= 1u << static_cast<unsigned>(kinds[i]);
  }
  return static_cast<std::uint8_t>(bits);
}

TrackRecord encode_track(const track::TrackView& track, std::span<const SensorKind> kinds) {
  const double latitude_e7 = track.position.latitude.degrees() * 1e7;
  const double longitude_e7 = track.position.longitude.degrees() * 1e7;
  // A position that is none (not finite, off the globe) is not placed either.
  const bool placed =
      track.placed && std::fabs(latitude_e7) <= 90e7 && std::fabs(longitude_e7) <= 180e7;
  const Ellipse ellipse = ellipse_95(track.cov_ee_m2, track.cov_en_m2, track.cov_nn_m2);
  const double age_s = base::to_seconds(track.time - track.last_plot_time);
  const double altitude_units =
      track.pressure_altitude ? track.pressure_altitude->feet() / 25.0 : 0.0;

  RecordWriter<32> out;
  out.put(track.number.value)
      .put(placed ? saturate<std::int32_t>(latitude_e7) : std::int32_t{0})
      .put(placed ? saturate<std::int32_t>(longitude_e7) : std::int32_t{0})
      .put(track.pressure_altitude
               ? saturate<std::int16_t>(altitude_units, std::int16_t{kNoAltitude + 1})
               : kNoAltitude)
      .put(saturate<std::uint16_t>(track.ground_speed().knots() * 10.0))
      .put(static_cast<std::uint16_t>(
          wrap_fraction(track.track_angle().radians() / (2.0 * base::kPi), 16)))
      .put(saturate<std::int16_t>(track.vertical_rate.feet_per_minute() / 8.0))
      .put(saturate<std::uint16_t>(age_s * 10.0))
      .put(static_cast<std::uint8_t>(track.status))
      .put(saturate<std::uint8_t>(track.existence * 255.0))
      .put(saturate<std::uint16_t>(ellipse.semi_major.metres() / kMetresPerAxisUnit))
      .put(saturate<std::uint16_t>(ellipse.semi_minor.metres() / kMetresPerAxisUnit))
      .put(static_cast<std::uint8_t>(wrap_fraction(ellipse.direction.radians() / base::kPi, 8)))
      .put(static_cast<std::uint8_t>(track.kinds | kinds_of(track.sensors, kinds)))
      .put(static_cast<std::uint16_t>((placed ? 0u : unsigned{kFlagNotPlaced}) |
                                      unsigned{track.doubts} << kFirstDoubt |
                                      (track.ambiguous ? 1u << kAmbiguous : 0u)));
  return out.record();
}

IdentityRecord encode_identity(const track::TrackView& track) {
  RecordWriter<32> out;
  out.put(track.number.value)
      .put(track.icao_address ? track.icao_address->bits() : kNoAddress)
      .put(track.mode_3a ? track.mode_3a->bits() : kNoModeA)
      .put(static_cast<std::uint16_t>(std::min<std::uint32_t>(track.breaks, 0xFFFF)));
  const std::string_view call_sign = track.call_sign.view();
  for (std::size_t i = 0; i < 8; ++i) out.put(i < call_sign.size() ? call_sign[i] : ' ');
  // What is not quite sure is not said to be.
  const auto exchanged = saturate<std::uint8_t>(track.exchanged * 255.0);
  const bool is_sure = !(track.exchanged > 0.0);
  out.put(track.sensors)
      .put(is_sure ? std::uint8_t{0} : std::max(exchanged, std::uint8_t{1}))
      .put(std::uint8_t{0})
      .put(std::uint16_t{0});
  return out.record();
}

void append_header(const FrameHeader& header, base::Bytes& out) {
  base::ByteWriter writer(out);
  writer.put(kFrameMagic);
  writer.put(kFrameVersion);
  writer.put(header.kind);
  writer.put(std::uint16_t{0});
  writer.put(base::to_ns(header.time));
  writer.put(header.sequence);
  writer.put(header.count);
  writer.put(header.snapshot_id);
}

}  // namespace liptako::serve
