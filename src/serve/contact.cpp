#include "serve/contact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "seal/note.hpp"
#include "seal/personal.hpp"
#include "serve/json_reader.hpp"
#include "serve/json_writer.hpp"

namespace liptako::serve {
namespace {

constexpr std::string_view kFirstLine = "liptako/contact/v1";
constexpr std::array<std::string_view, kContactStates> kStates = {
    "none", "kept", "erased", "unreadable"};

// C1 controls, marks and overrides of direction, line and paragraph separators, the byte order
// mark: in UTF-8 three bytes; C1 and the Arabic letter mark two.
bool hides(std::string_view name) {
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    const auto byte = [&](std::size_t k) {
      return i + k < name.size() ? static_cast<unsigned char>(name[i + k]) : 0u;
    };
    if (byte(0) == 0xC2 && byte(1) < 0xA0) return true;
    if (byte(0) == 0xD8 && byte(1) == 0x9C) return true;
    if (byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF) return true;
    if (byte(0) != 0xE2) continue;
    const bool is_mark =
        byte(1) == 0x80 && (byte(2) == 0x8B || byte(2) == 0x8E || byte(2) == 0x8F ||
                            (byte(2) >= 0xA8 && byte(2) <= 0xAE));
    const bool is_isolate = byte(1) == 0x81 && byte(2) >= 0xA0 && byte(2) <= 0xAF;
    if (is_mark || is_isolate) return true;
  }
  return false;
}

bool is_name(std::string_view name) {
  // Not all blanks: an empty field is how none is said.
  return name.size() <= Contact::kLongestName && seal::is_note_text(std::string(name) + "\n") &&
         name.find('\n') == name.npos && name.find('\x7F') == name.npos && !hides(name) &&
         (name.empty() || name.find_first_not_of(' ') != name.npos);
}

bool is_telephone(std::string_view telephone) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto may_stand = [&](char c) {
    return is_digit(c) || std::string_view("+-./() ").find(c) != std::string_view::npos;
  };
  return telephone.size() <= Contact::kLongestTelephone &&
         std::ranges::all_of(telephone, may_stand) &&
         (telephone.empty() || std::ranges::any_of(telephone, is_digit));
}

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=';
}

void put_contact(JsonWriter& json, const ContactView& view) {
  const auto put = [&](std::string_view name, std::string_view value) {
    json.key(name);
    value.empty() ? json.null() : json.string(value);
  };
  put("subject", view.subject);
  json.key("state").string(name_of(view.state));
  put("display_name", view.contact.display_name);
  put("telephone", view.contact.telephone);
}

}  // namespace

std::string_view name_of(ContactState state) { return kStates[static_cast<std::size_t>(state)]; }

bool is_contact(const Contact& contact) {
  return is_name(contact.display_name) && is_telephone(contact.telephone);
}

base::Bytes contact_bytes(const Contact& contact) {
  CHECK(is_contact(contact));
  const std::string text = fmt::format(
      "{}\nname {}\ntelephone {}\n", kFirstLine, contact.display_name, contact.telephone);
  base::Bytes bytes(text.begin(), text.end());
  bytes.resize(Contact::kBytes, '\n');
  return bytes;
}

std::optional<Contact> parse_contact(base::ByteView bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto take = [&](std::string_view key) -> std::optional<std::string_view> {
    const auto end = text.find('\n');
    if (end == text.npos || !text.starts_with(key)) return std::nullopt;
    const auto value = text.substr(key.size(), end - key.size());
    text.remove_prefix(end + 1);
    return value;
  };
  const auto first = take(kFirstLine);
  const auto name = take("name ");
  const auto telephone = take("telephone ");
  if (!first || !first->empty() || !name || !telephone) return std::nullopt;
  Contact contact{std::string(*name), std::string(*telephone)};
  const bool is_its_form = is_contact(contact) && std::ranges::equal(contact_bytes(contact), bytes);
  return is_its_form ? std::optional(contact) : std::nullopt;
}

bool is_sealed_contact(const SealedContact& sealed) {
  return seal::is_subject(sealed.subject) && sealed.box.size() <= SealedContact::kLongestBox &&
         std::ranges::all_of(sealed.box, is_base64);
}

std::string contact_document(const SealedContact& sealed) {
  return fmt::format("{}subject {}\nbox {}\n", kContactDocument, sealed.subject, sealed.box);
}

std::optional<std::string> erasure_subject(std::string_view body) {
  const auto json = JsonObject::parse(body);
  if (!json || !json->only({"subject"})) return std::nullopt;
  std::string subject(json->text("subject").value_or(""));
  if (!seal::is_subject(subject)) return std::nullopt;
  return subject;
}

std::string contacts_json(const ContactBook& book) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("contacts").begin_array();
  for (const auto& [account, view] : book.by_account) {
    json.begin_object().key("account").string(account);
    put_contact(json, view);
    json.end_object();
  }
  for (const ContactView& view : book.others) {
    json.begin_object().key("account").null();
    put_contact(json, view);
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

std::string contact_json(const ContactView& view) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  put_contact(json, view);
  json.end_object();
  return out;
}

std::string sealed_contact_json(const SealedContact& sealed) {
  std::string out;
  JsonWriter(out)
      .begin_object()
      .key("subject")
      .string(sealed.subject)
      .key("contact")
      .string(sealed.box)
      .end_object();
  return out;
}

}  // namespace liptako::serve
