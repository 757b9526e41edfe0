#include "serve/routes.hpp"

#include <array>

namespace liptako::serve {
namespace {

using enum Right;

constexpr std::array kRoutes = {
    Route{Resource::session, "GET", "/api/v1/session", Access::open, {}, When::always, {}},
    Route{Resource::setup, "POST", "/api/v1/setup", Access::open, {}, When::not_set_up, {}},
    Route{Resource::login, "POST", "/api/v1/login", Access::open, {}, When::set_up, {}},
    Route{Resource::logout, "POST", "/api/v1/logout", Access::session, {}, When::set_up, {}},
    Route{Resource::password,
          "POST",
          "/api/v1/session/password",
          Access::session,
          {},
          When::set_up,
          {}},
    Route{Resource::operator_key,
          "POST",
          "/api/v1/session/key",
          Access::session,
          {},
          When::set_up,
          {}},
    Route{Resource::own_contact,
          "GET",
          "/api/v1/session/contact",
          Access::session,
          {},
          When::set_up,
          {}},
    Route{Resource::set_own_contact,
          "POST",
          "/api/v1/session/contact",
          Access::session,
          {},
          When::set_up,
          {}},
    Route{Resource::invitation, "POST", "/api/v1/invitation", Access::open, {}, When::set_up, {}},
    Route{Resource::enrolment, "POST", "/api/v1/enrolment", Access::open, {}, When::always, {}},
    Route{Resource::accounts,
          "GET",
          "/api/v1/accounts",
          Access::rights,
          {see_accounts},
          When::set_up,
          {see_accounts}},
    Route{Resource::contacts,
          "GET",
          "/api/v1/contacts",
          Access::rights,
          {see_contacts},
          When::set_up,
          {see_contacts}},
    Route{Resource::seal_contact,
          "POST",
          "/api/v1/contacts/seal",
          Access::rights,
          {see_contacts},
          When::set_up,
          {}},
    Route{Resource::audit,
          "GET",
          "/api/v1/audit",
          Access::rights,
          {see_audit},
          When::always,
          {see_audit}},
    Route{Resource::acts, "POST", "/api/v1/acts", Access::session, {}, When::set_up, {}},
    Route{Resource::openapi, "GET", "/api/v1/openapi.json", Access::open, {}, When::always, {}},
    Route{Resource::status,
          "GET",
          "/api/v1/status",
          Access::rights,
          {see_national, see_common, see_sources},
          When::always,
          {see_sources}},
    Route{Resource::tracks,
          "GET",
          "/api/v1/tracks",
          Access::rights,
          {see_national},
          When::always,
          {}},
    Route{Resource::track,
          "GET",
          "/api/v1/tracks/{track}",
          Access::rights,
          {see_national},
          When::always,
          {see_explanations}},
    Route{
        Resource::common, "GET", "/api/v1/common", Access::rights, {see_common}, When::always, {}},
    Route{Resource::common_track,
          "GET",
          "/api/v1/common/{number}",
          Access::rights,
          {see_common},
          When::always,
          {}},
    Route{Resource::history,
          "GET",
          "/api/v1/history",
          Access::rights,
          {see_history},
          When::always,
          {see_history}},
    Route{Resource::config,
          "GET",
          "/api/v1/config",
          Access::rights,
          {see_sources},
          When::always,
          {see_sources}},
    Route{Resource::set_config, "POST", "/api/v1/config", Access::session, {}, When::always, {}},
    Route{Resource::witness, "POST", "/witness/add-checkpoint", Access::open, {}, When::always, {}},
    Route{Resource::stream,
          "GET",
          "/ws",
          Access::rights,
          {see_national},
          When::always,
          {see_sources}},
    Route{Resource::common_stream,
          "GET",
          "/ws/common",
          Access::rights,
          {see_common},
          When::always,
          {see_sources}},
};

bool matches(std::string_view pattern, std::string_view path) {
  const auto brace = pattern.find('{');
  if (brace == std::string_view::npos) return pattern == path;
  // Only the last segment is ever in braces.
  return path.starts_with(pattern.substr(0, brace)) && path.size() > brace &&
         path.find('/', brace) == std::string_view::npos;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

bool has_open_part(Resource resource) {
  return resource == Resource::status || resource == Resource::track ||
         resource == Resource::stream || resource == Resource::common_stream;
}

Match find_route(std::string_view method, std::string_view path) {
  Match match;
  for (const Route& route : kRoutes) {
    if (!matches(route.path, path)) continue;
    match.path_known = true;
    if (route.method == method) match.route = &route;
  }
  return match;
}

bool may_use(const Route& route, bool logged_in, Rights rights) {
  switch (route.access) {
    case Access::open:
      return true;
    case Access::session:
      return logged_in;
    case Access::rights:
      return logged_in && rights.any_of(route.rights);
  }
  return false;
}

}  // namespace liptako::serve
