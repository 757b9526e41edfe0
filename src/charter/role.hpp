// The roles in which persons and offices act, a closed list: what an operator's key is good for
// (roster.hpp) and who may sign which act (act.hpp). What each role sees on a console is the
// server's table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace liptako::charter {

enum class Role : std::uint8_t {
  watch_officer,
  identification_officer,
  shift_chief,
  planner,
  duty_authority,
  cemaa,  // chef d'état-major de l'armée de l'air
  cemga,  // chef d'état-major général des armées
  force_commander,
  ansp_liaison,
  rcc_coordinator,
  medevac_desk,
  humanitarian_focal_point,
  investigator,
  legal_adviser,
  auditor,
  sysadmin,
  witness,  // a node of another state
};
inline constexpr std::size_t kRoles = 17;

// As in files and the API: "watch_officer".
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_from(std::string_view name);

class Roles {
 public:
  constexpr Roles() = default;
  constexpr Roles(std::initializer_list<Role> roles) {
    for (const Role role : roles) add(role);
  }
  constexpr void add(Role role) { bits_ |= 1u << static_cast<unsigned>(role); }
  [[nodiscard]] constexpr bool has(Role role) const {
    return (bits_ >> static_cast<unsigned>(role) & 1u) != 0;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr bool shares_one_with(Roles other) const {
    return (bits_ & other.bits_) != 0;
  }
  friend constexpr bool operator==(Roles, Roles) = default;

 private:
  std::uint32_t bits_ = 0;
};

// Names in the order of the list, separated by commas: "watch_officer,shift_chief".
[[nodiscard]] std::string to_string(Roles roles);
// The inverse, strictly: no space, no repetition, in the order of the list, at least one.
[[nodiscard]] std::optional<Roles> roles_from(std::string_view text);

}  // namespace liptako::charter
