#include "charter/role.hpp"

#include <array>

namespace liptako::charter {

namespace {

constexpr std::array<std::string_view, kRoles> kNames{"watch_officer",
                                                      "identification_officer",
                                                      "shift_chief",
                                                      "planner",
                                                      "duty_authority",
                                                      "cemaa",
                                                      "cemga",
                                                      "force_commander",
                                                      "ansp_liaison",
                                                      "rcc_coordinator",
                                                      "medevac_desk",
                                                      "humanitarian_focal_point",
                                                      "investigator",
                                                      "legal_adviser",
                                                      "auditor",
                                                      "sysadmin",
                                                      "witness"};
static_assert(static_cast<std::size_t>(Role::witness) + 1 == kRoles);

}  // namespace

std::string_view name_of(Role role) { return kNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_from(std::string_view name) {
  for (std::size_t i = 0; i < kRoles; ++i) {
    if (kNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

std::string to_string(Roles roles) {
  std::string text;
  for (std::size_t i = 0; i < kRoles; ++i) {
    if (!roles.has(static_cast<Role>(i))) continue;
    if (!text.empty()) text += ',';
    text += kNames[i];
  }
  return text;
}

std::optional<Roles> roles_from(std::string_view text) {
  Roles roles;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const auto role = role_from(rest.substr(0, comma));
    if (!role) return std::nullopt;
    roles.add(*role);
    if (comma == rest.npos) break;
    rest.remove_prefix(comma + 1);
  }
  // One form only.
  if (to_string(roles) != text) return std::nullopt;
  return roles;
}

}  // namespace liptako::charter
