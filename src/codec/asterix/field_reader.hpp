// Fields of a record by the standard's path, for the code that makes typed reports.
#pragma once

#include "codec/asterix/bits.hpp"
#include "codec/asterix/record.hpp"
#include "codec/asterix/report_types.hpp"
#include "codec/asterix/text6.hpp"

namespace liptako::codec::asterix {

// Access to the fields of one category by the standard's path, resolved while compiling: a path
// that is not in the table does not build.
template <const Category& C>
struct Fields {
  const Record& record;

  template <Path P>
  static constexpr std::size_t kItem = item_index(C, P.view());
  template <Path P>
  static constexpr Field kField = find_field(C, P.view());
  template <Path P>
  static constexpr std::size_t kSub = sub_index(C, P.view());

  template <Path P>
  [[nodiscard]] bool has() const {
    return record.has(kItem<P>);
  }
  // Octets of the item, and of one that repeats or has an explicit length without its count octet.
  template <Path P>
  [[nodiscard]] const std::uint8_t* at() const {
    return record.at(kItem<P>);
  }
  template <Path P>
  [[nodiscard]] ByteView counted() const {
    return record.has(kItem<P>) ? record.item(kItem<P>).subspan(1) : ByteView{};
  }
  template <Path P>
  [[nodiscard]] SubItems subs() const {
    return split_compound(C, C.items[kItem<P>], record.item(kItem<P>));
  }

  template <Path P>
  [[nodiscard]] static std::uint64_t raw(const std::uint8_t* octets) {
    constexpr Field f = kField<P>;
    return get_bits(octets, f.offset, f.bits);
  }
  template <Path P>
  [[nodiscard]] static bool flag(const std::uint8_t* octets) {
    static_assert(kField<P>.bits == 1);
    return raw<P>(octets) != 0;
  }
  template <Path P, class T>
  [[nodiscard]] static T integer(const std::uint8_t* octets) {
    static_assert(kField<P>.bits <= 8 * sizeof(T));
    return static_cast<T>(raw<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static std::uint8_t small(const std::uint8_t* octets) {
    return integer<P, std::uint8_t>(octets);
  }
  template <Path P>
  [[nodiscard]] static double number(const std::uint8_t* octets) {
    constexpr Field f = kField<P>;
    return scaled(f, raw<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Length nautical_miles(const std::uint8_t* octets) {
    return Length::from_nautical_miles(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Length feet(const std::uint8_t* octets) {
    return Length::from_feet(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Length metres(const std::uint8_t* octets) {
    return Length::from_metres(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Length flight_level(const std::uint8_t* octets) {
    return Length::from_flight_level(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Angle degrees(const std::uint8_t* octets) {
    return Angle::from_degrees(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Speed knots(const std::uint8_t* octets) {
    return Speed::from_knots(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Speed mps(const std::uint8_t* octets) {
    return Speed::from_mps(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] static Speed feet_per_minute(const std::uint8_t* octets) {
    return Speed::from_feet_per_minute(number<P>(octets));
  }
  template <Path P>
  [[nodiscard]] std::optional<TimeOfDay> time() const {
    static_assert(kField<P>.scale.num == 1 && kField<P>.scale.den == TimeOfDay::kTicksPerSecond);
    if (!has<P>()) return std::nullopt;
    return TimeOfDay{integer<P, std::uint32_t>(at<P>())};
  }
};

inline std::int8_t signed_octet(const std::uint8_t* octets) {
  return static_cast<std::int8_t>(octets[0]);
}

}  // namespace liptako::codec::asterix
