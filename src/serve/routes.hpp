// Every resource that a node answers for, with who may ask: a table, so that a test can walk it,
// the OpenAPI document can be held against it, and a path that is not in it is nowhere.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "serve/roles.hpp"

namespace liptako::serve {

enum class Access : std::uint8_t {
  open,     // to all, logged in or not
  session,  // to every account
  rights,   // to accounts with one of the route's rights
};

enum class Resource : std::uint8_t {
  session,
  setup,
  login,
  logout,
  password,
  operator_key,
  own_contact,
  set_own_contact,
  invitation,
  enrolment,
  accounts,
  contacts,
  seal_contact,
  audit,
  acts,
  openapi,
  status,
  tracks,
  track,
  common,
  common_track,
  history,
  config,
  set_config,
  witness,
  stream,
  common_stream,
};

// In which state of the node a resource is there.
enum class When : std::uint8_t { always, not_set_up, set_up };

struct Route {
  Resource resource = Resource::session;
  std::string_view method;  // GET or POST; a WebSocket is opened by GET
  std::string_view path;    // a segment in braces stands for any one
  Access access = Access::rights;
  Rights rights;  // of Access::rights: any one of them; while the node is set up
  When when = When::always;
  // A look at restricted data, written down, if the visitor has one of these rights (without them
  // the answer is shorter, and not restricted).
  Rights restricted;
};

[[nodiscard]] std::span<const Route> routes();
// Whether a restricted resource has a shorter answer that is not restricted: a status without
// sources, a track without updates and findings, a picture without what only some see of it.
[[nodiscard]] bool has_open_part(Resource resource);

struct Match {
  const Route* route = nullptr;  // null: no such resource by this method
  bool path_known = false;       // some method has it
};
[[nodiscard]] Match find_route(std::string_view method, std::string_view path);

// Whether an account with these rights may use the route of a node that is set up. `logged_in`
// false: nobody is there, and `rights` means nothing.
[[nodiscard]] bool may_use(const Route& route, bool logged_in, Rights rights);

}  // namespace liptako::serve
