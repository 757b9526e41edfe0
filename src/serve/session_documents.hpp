// The JSON of login and accounts (docs/SERVER.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "serve/accounts.hpp"

namespace liptako::serve {

struct SessionView {
  const Account* account = nullptr;  // null: nobody is logged in
  base::Duration idle{};
  base::Timestamp ends;
};
// GET /api/v1/session. Nothing of a session while the node is not set up.
[[nodiscard]] std::string session_json(std::string_view node,
                                       const std::optional<SessionView>& view);
// GET /api/v1/accounts.
[[nodiscard]] std::string accounts_json(const Accounts& accounts, base::Timestamp now);
// POST /api/v1/setup: where the node answers from now on, `host` as it was asked. The fingerprint
// is null if it is empty.
[[nodiscard]] std::string setup_json(std::string_view host, std::string_view authority_sha256);
// POST /api/v1/invitation.
[[nodiscard]] std::string invited_json(std::string_view account);
// POST /api/v1/enrolment: what the text to be signed (charter/enrolment.hpp) says beside the key.
struct EnrolmentOffer {
  std::string_view node;
  std::string_view account;
  std::string_view challenge;
  base::Timestamp ends;
};
[[nodiscard]] std::string enrolment_json(const EnrolmentOffer& offer);
// POST /api/v1/acts. With the token of an invitation, if it is not empty.
[[nodiscard]] std::string obeyed_json(std::string_view act, std::string_view invitation = {});
// {"error":…,"reason":…}, with retry_after_s if it is positive.
[[nodiscard]] std::string refusal_json(std::string_view reason,
                                       std::string_view words,
                                       int retry_after_s = 0);

}  // namespace liptako::serve
