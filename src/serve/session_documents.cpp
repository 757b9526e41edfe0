#include "serve/session_documents.hpp"

#include "charter/act.hpp"
#include "serve/json_writer.hpp"

namespace liptako::serve {
namespace {

void put_roles(JsonWriter& json, charter::Roles roles) {
  json.key("roles").begin_array();
  for (std::size_t i = 0; i < charter::kRoles; ++i) {
    const auto role = static_cast<charter::Role>(i);
    if (roles.has(role)) json.string(charter::name_of(role));
  }
  json.end_array();
}

void put_key(JsonWriter& json, const Account& account) {
  json.key("operator_key");
  account.operator_key.empty() ? json.null() : json.string(account.operator_key);
}

}  // namespace

std::string session_json(std::string_view node, const std::optional<SessionView>& view) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("state").string(view ? "set_up" : "not_set_up");
  json.key("node").string(node);
  if (view && view->account == nullptr) json.key("account").null();
  if (view && view->account != nullptr) {
    const Account& account = *view->account;
    json.key("account").begin_object();
    json.key("id").string(account.id);
    put_roles(json, account.roles);
    put_key(json, account);
    json.end_object();
    const Rights rights = account.rights();
    json.key("rights").begin_array();
    for (std::size_t i = 0; i < kRights; ++i) {
      const auto right = static_cast<Right>(i);
      if (rights.has(right)) json.string(name_of(right));
    }
    json.end_array();
    json.key("may_sign").begin_array();
    for (std::size_t i = 0; i < charter::kActKinds; ++i) {
      const auto kind = static_cast<charter::ActKind>(i);
      const auto signs = [&](charter::ActWeight weight) {
        const charter::ActRule& rule = charter::rule_of(kind, weight);
        return account.roles.shares_one_with(rule.proposers) ||
               account.roles.shares_one_with(rule.confirmers);
      };
      if (signs(charter::ActWeight::ordinary) || signs(charter::ActWeight::heavy))
        json.string(charter::name_of(kind));
    }
    json.end_array();
    json.key("idle_s").number(base::to_seconds(view->idle), 0);
    json.key("ends").string(base::to_rfc3339(view->ends));
  }
  json.end_object();
  return out;
}

std::string accounts_json(const Accounts& accounts, base::Timestamp now) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("accounts").begin_array();
  for (const auto& [id, account] : accounts.all()) {
    json.begin_object();
    json.key("id").string(id);
    put_roles(json, account.roles);
    put_key(json, account);
    json.key("created").string(base::to_rfc3339(account.created));
    json.key("disabled").boolean(account.disabled);
    json.key("has_password").boolean(!account.password.empty());
    json.key("invited").boolean(account.invitation && now < account.invitation->ends);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string setup_json(std::string_view host, std::string_view authority_sha256) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("state").string("set_up");
  json.key("console").string("https://" + std::string(host) + "/");
  json.key("ca_sha256");
  authority_sha256.empty() ? json.null() : json.string(authority_sha256);
  json.end_object();
  return out;
}

std::string invited_json(std::string_view account) {
  std::string out;
  JsonWriter(out).begin_object().key("account").string(account).end_object();
  return out;
}

std::string enrolment_json(const EnrolmentOffer& offer) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("node").string(offer.node);
  json.key("account").string(offer.account);
  json.key("challenge").string(offer.challenge);
  json.key("ends").string(base::to_rfc3339(offer.ends));
  json.end_object();
  return out;
}

std::string obeyed_json(std::string_view act, std::string_view invitation) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("accepted").boolean(true);
  json.key("act").string(act);
  if (!invitation.empty()) json.key("invitation").string(invitation);
  json.end_object();
  return out;
}

std::string refusal_json(std::string_view reason, std::string_view words, int retry_after_s) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("error").string(words);
  json.key("reason").string(reason);
  if (retry_after_s > 0) json.key("retry_after_s").integer(retry_after_s);
  json.end_object();
  return out;
}

}  // namespace liptako::serve
