// How the person behind an account is reached: a name and a telephone, given by the person or by an
// act. Plain it passes through memory only; what is written (the accounts, acts, documents of the
// record) is the subject's number and a box that only the subject's key opens (seal/personal.hpp).
//
// In a box, always as many bytes, so that its length tells nothing:
//   liptako/contact/v1
//   name Adj. A. Traoré
//   telephone +223 00 00 00 00
//   and newlines to the end
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace liptako::serve {

struct Contact {
  static constexpr std::size_t kLongestName = 96;  // bytes of UTF-8
  static constexpr std::size_t kLongestTelephone = 32;
  static constexpr std::size_t kBytes = 192;  // as it is sealed

  std::string display_name{};  // empty: none
  std::string telephone{};     // empty: none

  [[nodiscard]] bool empty() const { return display_name.empty() && telephone.empty(); }
  friend bool operator==(const Contact&, const Contact&) = default;
};

// A name of UTF-8 without control characters, or what turns the way of writing; a telephone of
// digits, + - . / ( ) and blanks, with a digit among them.
[[nodiscard]] bool is_contact(const Contact& contact);
// What is sealed. Requires is_contact().
[[nodiscard]] base::Bytes contact_bytes(const Contact& contact);
// Total; accepts only what contact_bytes() writes.
[[nodiscard]] std::optional<Contact> parse_contact(base::ByteView bytes);

// A contact as it may be written anywhere.
struct SealedContact {
  static constexpr std::size_t kLongestBox = 512;  // characters of base64

  std::string subject{};  // seal::is_subject
  std::string box{};      // base64; empty: the subject has none any more
  friend bool operator==(const SealedContact&, const SealedContact&) = default;
};
[[nodiscard]] bool is_sealed_contact(const SealedContact& sealed);

// An entry of kind `document`, written when a person changes their own contact:
//   liptako/contact-box/v1
//   subject p-3f…
//   box AQ…             nothing behind the blank: withdrawn
inline constexpr std::string_view kContactDocument = "liptako/contact-box/v1\n";
[[nodiscard]] std::string contact_document(const SealedContact& sealed);

// The body of an act erase_personal: {"subject"}, and nothing else, since it stays readable.
[[nodiscard]] std::optional<std::string> erasure_subject(std::string_view body);

// What became of a contact. `erased`: its key was destroyed; `unreadable`: its key is not in this
// key folder, or the box is damaged.
enum class ContactState : std::uint8_t { none, kept, erased, unreadable };
inline constexpr std::size_t kContactStates = 4;
[[nodiscard]] std::string_view name_of(ContactState state);

struct ContactView {
  std::string subject{};  // empty: none
  ContactState state = ContactState::none;
  Contact contact{};  // if it is kept
};
// By account, and at the end, by no account, the subjects that stand for none any more.
struct ContactBook {
  std::map<std::string, ContactView, std::less<>> by_account;
  std::vector<ContactView> others;
};

// GET /api/v1/contacts.
[[nodiscard]] std::string contacts_json(const ContactBook& book);
// GET and POST /api/v1/session/contact.
[[nodiscard]] std::string contact_json(const ContactView& view);
// POST /api/v1/contacts/seal: what goes into the body of an act on an account.
[[nodiscard]] std::string sealed_contact_json(const SealedContact& sealed);

}  // namespace liptako::serve
