// Any bytes as the JSON of a request, whatever it asks for: what is read is within its bounds and
// UTF-8, and reads the same once more after it was written out. And the bodies of acts and
// requests: roles, accounts' names, operators' keys.
#include "base/check.hpp"
#include "charter/role.hpp"
#include "seal/note.hpp"
#include "serve/accounts.hpp"
#include "serve/json_reader.hpp"
#include "serve/json_writer.hpp"

namespace {

using namespace liptako;

constexpr std::initializer_list<std::string_view> kFields = {"account",
                                                             "anew",
                                                             "body",
                                                             "contact",
                                                             "display_name",
                                                             "id",
                                                             "note",
                                                             "operator_key",
                                                             "password",
                                                             "reason",
                                                             "roles",
                                                             "subject",
                                                             "telephone",
                                                             "token"};

std::string written(const serve::JsonObject& object) {
  std::string out;
  serve::JsonWriter json(out);
  json.begin_object();
  for (const std::string_view name : kFields) {
    if (const auto text = object.text(name)) json.key(name).string(*text);
    if (const auto truth = object.truth(name)) json.key(name).boolean(*truth);
    const auto* texts = object.texts(name);
    if (texts == nullptr) continue;
    CHECK(texts->size() <= serve::JsonObject::kMaxElements);
    json.key(name).begin_array();
    for (const std::string& text : *texts) json.string(text);
    json.end_array();
  }
  json.end_object();
  return out;
}

void use_as_body(const serve::JsonObject& object) {
  const std::string id(object.text("id").value_or(""));
  const std::string password(object.text("password").value_or(""));
  if (serve::is_strong_password(password, id)) {
    CHECK(password.size() >= serve::kShortestPassword);
    CHECK(password.size() <= serve::kLongestPassword);
  }
  serve::Account account{.id = id};
  if (const auto* roles = object.texts("roles")) {
    for (const std::string& name : *roles) {
      const auto role = charter::role_from(name);
      if (!role) continue;
      CHECK(charter::name_of(*role) == name);
      account.roles.add(*role);
    }
  }
  if (const auto key = seal::VerifierKey::parse(object.text("operator_key").value_or("")))
    account.operator_key = key->text();
  const serve::Contact contact{std::string(object.text("display_name").value_or("")),
                               std::string(object.text("telephone").value_or(""))};
  if (serve::is_contact(contact))
    CHECK(serve::parse_contact(serve::contact_bytes(contact)) == contact);
  account.contact = {std::string(object.text("subject").value_or("")),
                     std::string(object.text("contact").value_or(""))};
  const bool can_be = serve::is_account_id(id) && !account.roles.empty();
  serve::Accounts accounts;
  if (!accounts.put(std::move(account))) return;
  CHECK(can_be);
  CHECK(serve::Accounts::parse(accounts.to_string()).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto object = serve::JsonObject::parse({reinterpret_cast<const char*>(data), size});
  if (!object) return 0;
  const std::string text = written(*object);
  const auto again = serve::JsonObject::parse(text);
  CHECK(again.has_value() && written(*again) == text);
  CHECK(again->only(kFields));
  use_as_body(*object);
  return 0;
}
