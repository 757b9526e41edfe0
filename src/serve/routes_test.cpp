// Every role against every route: what may be used is written out here once more, by hand, so that
// a slip in either table shows.
#include "serve/routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace liptako::serve {
namespace {

using charter::Role;

constexpr std::array<std::string_view, 7> kOpen = {"GET /api/v1/session",
                                                   "POST /api/v1/setup",
                                                   "POST /api/v1/login",
                                                   "POST /api/v1/invitation",
                                                   "POST /api/v1/enrolment",
                                                   "GET /api/v1/openapi.json",
                                                   "POST /witness/add-checkpoint"};
// What any account may, whatever its roles: acts are judged by their signatures.
constexpr std::array<std::string_view, 7> kAnyAccount = {"POST /api/v1/logout",
                                                         "POST /api/v1/session/password",
                                                         "POST /api/v1/session/key",
                                                         "GET /api/v1/session/contact",
                                                         "POST /api/v1/session/contact",
                                                         "POST /api/v1/acts",
                                                         "POST /api/v1/config"};

std::set<std::string> allowed(Role role) {
  const std::set<std::string> national = {
      "GET /api/v1/status", "GET /api/v1/tracks", "GET /api/v1/tracks/{track}", "GET /ws"};
  const std::set<std::string> common = {
      "GET /api/v1/status", "GET /api/v1/common", "GET /api/v1/common/{number}", "GET /ws/common"};
  const std::set<std::string> sources = {"GET /api/v1/status", "GET /api/v1/config"};
  std::set<std::string> out;
  const auto add = [&](const std::set<std::string>& more) { out.insert(more.begin(), more.end()); };
  const std::set<Role> sees_both = {Role::watch_officer,
                                    Role::identification_officer,
                                    Role::shift_chief,
                                    Role::planner,
                                    Role::duty_authority,
                                    Role::cemaa,
                                    Role::cemga,
                                    Role::rcc_coordinator,
                                    Role::investigator,
                                    Role::auditor};
  const std::set<Role> sees_sources = {Role::watch_officer,
                                       Role::identification_officer,
                                       Role::shift_chief,
                                       Role::duty_authority,
                                       Role::investigator,
                                       Role::auditor,
                                       Role::sysadmin};
  const std::set<Role> sees_accounts = {
      Role::duty_authority, Role::cemaa, Role::cemga, Role::auditor, Role::sysadmin};
  if (sees_both.contains(role)) add(national);
  if (sees_both.contains(role) || role == Role::force_commander || role == Role::medevac_desk)
    add(common);
  if (sees_sources.contains(role)) add(sources);
  if (sees_accounts.contains(role)) add({"GET /api/v1/accounts"});
  if (sees_accounts.contains(role) || role == Role::shift_chief || role == Role::legal_adviser)
    add({"GET /api/v1/contacts", "POST /api/v1/contacts/seal"});
  if (role == Role::auditor || role == Role::legal_adviser) add({"GET /api/v1/audit"});
  if (sees_sources.contains(role) && role != Role::sysadmin) add({"GET /api/v1/history"});
  if (role == Role::cemaa || role == Role::cemga || role == Role::legal_adviser)
    add({"GET /api/v1/history"});
  return out;
}

std::string name_of(const Route& route) {
  return std::string(route.method) + " " + std::string(route.path);
}

TEST(Routes, EveryRoleMayUseExactlyWhatItsTableSays) {
  for (std::size_t r = 0; r < charter::kRoles; ++r) {
    const Role role = static_cast<Role>(r);
    const std::set<std::string> expected = allowed(role);
    for (const Route& route : routes()) {
      const std::string name = name_of(route);
      const bool for_all = std::ranges::find(kOpen, name) != kOpen.end() ||
                           std::ranges::find(kAnyAccount, name) != kAnyAccount.end();
      EXPECT_EQ(may_use(route, true, rights_of(role)), for_all || expected.contains(name))
          << charter::name_of(role) << " " << name;
    }
  }
}

TEST(Routes, WhoIsNotLoggedInMayOnlyWhatIsOpen) {
  for (const Route& route : routes()) {
    const bool open = std::ranges::find(kOpen, name_of(route)) != kOpen.end();
    EXPECT_EQ(may_use(route, false, kAllRights), open) << name_of(route);
  }
}

TEST(Routes, AnAccountWithoutRightsMayNothingButItsOwnAffairs) {
  for (const Route& route : routes()) {
    EXPECT_EQ(may_use(route, true, Rights()), route.access != Access::rights) << name_of(route);
  }
}

TEST(Routes, TheAdministratorSeesNoAircraftAndTheAuditorEverything) {
  const Rights sysadmin = rights_of(Role::sysadmin);
  EXPECT_FALSE(sysadmin.any_of({Right::see_national, Right::see_common, Right::see_history}));
  EXPECT_EQ(rights_of(Role::auditor), kAllRights);
  const Rights both = rights_of(charter::Roles{Role::sysadmin, Role::medevac_desk});
  EXPECT_TRUE(both.has(Right::see_common) && both.has(Right::see_accounts));
  EXPECT_FALSE(both.has(Right::see_national));
}

TEST(Routes, AWayIsFoundByItsWholePathOnly) {
  EXPECT_EQ(find_route("GET", "/api/v1/tracks/12").route->resource, Resource::track);
  EXPECT_EQ(find_route("GET", "/api/v1/tracks").route->resource, Resource::tracks);
  for (const char* path : {"/api/v1/tracks/",
                           "/api/v1/tracks/1/2",
                           "/api/v1/track",
                           "/api/v1/statusx",
                           "/API/v1/status",
                           "/api/v1/",
                           "",
                           "//api/v1/status"}) {
    EXPECT_FALSE(find_route("GET", path).path_known) << path;
  }
  const Match other = find_route("POST", "/api/v1/status");
  EXPECT_EQ(other.route, nullptr);
  EXPECT_TRUE(other.path_known);
  EXPECT_EQ(find_route("POST", "/api/v1/config").route->resource, Resource::set_config);
  EXPECT_EQ(find_route("GET", "/api/v1/config").route->resource, Resource::config);
}

TEST(Routes, RestrictedIsOnlyWhatARightRestricts) {
  for (const Route& route : routes()) {
    if (route.restricted == Rights()) continue;
    EXPECT_EQ(route.access, Access::rights) << name_of(route);
    EXPECT_EQ(route.method, "GET") << name_of(route);
  }
}

}  // namespace
}  // namespace liptako::serve
