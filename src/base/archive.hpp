// One list of a state's fields serves saving and restoring, so that a snapshot cannot forget or
// reorder one:
//
//   template <class Archive> void visit_fields(Archive& archive, Thing& t) { archive(t.time,
//   t.mean, t.address); }
//
//   Saver(writer)(thing);  Loader(reader)(thing);   // then check reader.ok()
//
// Handles arithmetic and enum types, time points and durations, std::array, C arrays,
// std::optional, std::string, std::vector and any type with a visit_fields overload found by
// argument-dependent lookup.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/units.hpp"

namespace liptako::base {

namespace archive_detail {
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsStdArray : std::false_type {};
template <class T, std::size_t N>
struct IsStdArray<std::array<T, N>> : std::true_type {};
// Values that are one number behind a strong type and hold no pointer.
template <class T>
inline constexpr bool kStrongScalar =
    std::is_same_v<T, Length> || std::is_same_v<T, Speed> || std::is_same_v<T, Angle> ||
    std::is_same_v<T, Timestamp> || std::is_same_v<T, Duration> || std::is_same_v<T, IcaoAddress> ||
    std::is_same_v<T, ModeACode> || std::is_same_v<T, SacSic> || std::is_same_v<T, CallSign> ||
    std::is_same_v<T, TrackNumber> || std::is_same_v<T, SourceId> || std::is_same_v<T, MemberId>;
static_assert(std::is_trivially_copyable_v<CallSign> && sizeof(CallSign) == 9 &&
              sizeof(SacSic) == 2);
}  // namespace archive_detail

class Saver {
 public:
  explicit Saver(ByteWriter& out) : out_(&out) {}

  template <class... T>
  void operator()(const T&... values) {
    (save(values), ...);
  }

 private:
  template <class T>
  void save(const T& value) {
    using namespace archive_detail;
    if constexpr (FixedWidth<T>) {
      out_->put(value);
    } else if constexpr (kStrongScalar<T>) {
      out_->put_raw({reinterpret_cast<const std::uint8_t*>(&value), sizeof(T)});
    } else if constexpr (std::is_same_v<T, std::string>) {
      out_->put_string(value);
    } else if constexpr (IsVector<T>::value) {
      out_->put(static_cast<std::uint32_t>(value.size()));
      for (const auto& element : value) save(element);
    } else if constexpr (IsOptional<T>::value) {
      out_->put(static_cast<std::uint8_t>(value.has_value()));
      if (value) save(*value);
    } else if constexpr (IsStdArray<T>::value || std::is_array_v<T>) {
      for (const auto& element : value) save(element);
    } else {
      // One field list serves both directions; saving does not change the value.
      visit_fields(*this, const_cast<T&>(value));
    }
  }
  ByteWriter* out_;
};

class Loader {
 public:
  explicit Loader(ByteReader& in) : in_(&in) {}

  template <class... T>
  void operator()(T&... values) {
    (load(values), ...);
  }

 private:
  template <class T>
  void load(T& value) {
    using namespace archive_detail;
    if constexpr (std::is_same_v<T, bool>) {
      value = in_->get<std::uint8_t>() != 0;
    } else if constexpr (FixedWidth<T>) {
      value = in_->get<T>();
    } else if constexpr (kStrongScalar<T>) {
      const ByteView raw = in_->get_raw(sizeof(T));
      if (raw.size() == sizeof(T)) std::memcpy(static_cast<void*>(&value), raw.data(), sizeof(T));
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = in_->get_string();
    } else if constexpr (IsVector<T>::value) {
      // Grown as it is read: a count may claim more than there is.
      const std::uint32_t count = in_->get_count(1);
      value.clear();
      for (std::uint32_t i = 0; i < count && in_->ok(); ++i) load(value.emplace_back());
    } else if constexpr (IsOptional<T>::value) {
      value.reset();
      if (in_->get<std::uint8_t>() != 0) load(value.emplace());
    } else if constexpr (IsStdArray<T>::value || std::is_array_v<T>) {
      for (auto& element : value) load(element);
    } else {
      visit_fields(*this, value);
    }
  }
  ByteReader* in_;
};

}  // namespace liptako::base
