#include "codec/asterix/report_types.hpp"

#include <algorithm>

#include "codec/asterix/field_reader.hpp"
#include "spec/asterix/cat021.hpp"
#include "spec/asterix/cat062.hpp"

namespace liptako::codec::asterix {

BdsRegister BdsRegisters::operator[](std::size_t i) const {
  const std::uint8_t* p = octets_.subspan(8 * i, 8).data();
  return {.message = get_bits(p, 0, 56),
          .bds1 = static_cast<std::uint8_t>(p[7] >> 4),
          .bds2 = static_cast<std::uint8_t>(p[7] & 15)};
}

std::array<std::uint8_t, 8> to_octets(const BdsRegister& bds) {
  std::array<std::uint8_t, 8> out{};
  put_bits(out.data(), 0, 56, bds.message & 0xFF'FFFF'FFFF'FFFF);
  out[7] = static_cast<std::uint8_t>((bds.bds1 & 15) << 4 | (bds.bds2 & 15));
  return out;
}

namespace {
template <const Category& C, Path P>
constexpr std::span<const Field> kFieldsOfSub =
    C.fields_of(C.subs_of(C.items[item_index(C, P.view())])[sub_index(C, P.view())]);

// Both categories with trajectory points give them the same bits.
static_assert(std::ranges::equal(kFieldsOfSub<kCat021, "110/TID">,
                                 kFieldsOfSub<kCat062, "380/TID">,
                                 [](const Field& a, const Field& b) {
                                   return a.offset == b.offset && a.bits == b.bits &&
                                          a.form == b.form && a.scale.num == b.scale.num &&
                                          a.scale.den == b.scale.den && a.code == b.code;
                                 }));
}  // namespace

TrajectoryPoint trajectory_point_from(ByteView octets) {
  using F = Fields<kCat021>;
  const auto* p = octets.data();
  return {.number_not_available = F::flag<"110/TID/TCA">(p),
          .non_compliant = F::flag<"110/TID/NC">(p),
          .number = F::small<"110/TID/TCPN">(p),
          .altitude = F::feet<"110/TID/ALT">(p),
          .latitude = F::degrees<"110/TID/LAT">(p),
          .longitude = F::degrees<"110/TID/LON">(p),
          .point_type = F::small<"110/TID/PT">(p),
          .turn = F::small<"110/TID/TD">(p),
          .turn_radius_available = F::flag<"110/TID/TRA">(p),
          .time_over_point_not_available = F::flag<"110/TID/TOA">(p),
          .time_over_point_s = F::integer<"110/TID/TOV", std::uint32_t>(p),
          .turn_radius = F::nautical_miles<"110/TID/TTR">(p)};
}

}  // namespace liptako::codec::asterix
