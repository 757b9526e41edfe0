#include "serve/roles.hpp"

#include <array>

namespace liptako::serve {
namespace {

using enum Right;
using charter::Role;

struct RoleRow {
  Role role;
  Rights rights;
};

// Who decides nothing about the picture sees no more of it than the work needs; the administrator
// of the machine sees what runs it and no aircraft; the auditor reads everything. Who is behind an
// account is for those who call somebody in, who govern the accounts, and who erase. Liaison,
// humanitarian and witness roles get what the charter releases to them through the gate, and of the
// pictures themselves nothing.
constexpr std::array<RoleRow, charter::kRoles> kTable = {{
    {Role::watch_officer, {see_national, see_common, see_sources, see_explanations, see_history}},
    {Role::identification_officer,
     {see_national, see_common, see_sources, see_explanations, see_history}},
    {Role::shift_chief,
     {see_national, see_common, see_sources, see_explanations, see_history, see_contacts}},
    {Role::planner, {see_national, see_common}},
    {Role::duty_authority,
     {see_national,
      see_common,
      see_sources,
      see_explanations,
      see_history,
      see_accounts,
      see_contacts}},
    {Role::cemaa, {see_national, see_common, see_history, see_accounts, see_contacts}},
    {Role::cemga, {see_national, see_common, see_history, see_accounts, see_contacts}},
    {Role::force_commander, {see_common}},
    {Role::ansp_liaison, {}},
    {Role::rcc_coordinator, {see_national, see_common}},
    {Role::medevac_desk, {see_common}},
    {Role::humanitarian_focal_point, {}},
    {Role::investigator, {see_national, see_common, see_sources, see_explanations, see_history}},
    {Role::legal_adviser, {see_history, see_audit, see_contacts}},
    {Role::auditor, kAllRights},
    {Role::sysadmin, {see_sources, see_accounts, see_contacts}},
    {Role::witness, {}},
}};

constexpr std::array<std::string_view, kRights> kNames = {"see_national",
                                                          "see_common",
                                                          "see_sources",
                                                          "see_explanations",
                                                          "see_history",
                                                          "see_audit",
                                                          "see_accounts",
                                                          "see_contacts"};

constexpr bool in_order() {
  for (std::size_t i = 0; i < charter::kRoles; ++i) {
    if (static_cast<std::size_t>(kTable[i].role) != i) return false;
  }
  return static_cast<std::size_t>(see_contacts) + 1 == kRights;
}
static_assert(in_order());

}  // namespace

std::string_view name_of(Right right) { return kNames[static_cast<std::size_t>(right)]; }

Rights rights_of(Role role) { return kTable[static_cast<std::size_t>(role)].rights; }

Rights rights_of(charter::Roles roles) {
  Rights all;
  for (const RoleRow& row : kTable) {
    if (roles.has(row.role)) all |= row.rights;
  }
  return all;
}

}  // namespace liptako::serve
