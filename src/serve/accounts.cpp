#include "serve/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "seal/note.hpp"

namespace liptako::serve {
namespace {

using base::Result;

constexpr std::string_view kFirstLine = "liptako/accounts/v1";
constexpr std::size_t kLongestField = 1024;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

std::unexpected<base::Error> refused(std::size_t line, std::string_view why) {
  return base::bad_input(fmt::format("accounts:{}: {}", line, why));
}

std::optional<Invitation> parse_invitation(std::string_view text) {
  const auto blank = text.find(' ');
  const auto hash = seal::digest_from_hex(text.substr(0, blank));
  if (!hash || blank == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(blank + 1);
  std::int64_t seconds = 0;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  constexpr std::int64_t kLastSecond = 9'000'000'000;
  if (failure != std::errc{} || end != digits.data() + digits.size() || seconds < 0 ||
      seconds > kLastSecond) {
    return std::nullopt;
  }
  return Invitation{*hash, base::Timestamp(std::chrono::seconds(seconds))};
}

Result<void> check(const Account& account) {
  if (!is_account_id(account.id)) return base::bad_input("not an account's name");
  if (account.roles.empty()) return base::bad_input("an account needs a role");
  for (const std::string* field : {&account.password, &account.operator_key}) {
    if (field->size() > kLongestField || !is_printable(*field))
      return base::bad_input("a field is too long or not printable");
  }
  if (account.contact != SealedContact() && !is_sealed_contact(account.contact))
    return base::bad_input("not a sealed contact");
  if (account.operator_key.empty()) return {};
  const auto key = seal::VerifierKey::parse(account.operator_key);
  if (!key || key->type != seal::KeyType::ed25519 || key->text() != account.operator_key)
    return base::bad_input("not an operator's verifier key");
  return {};
}

// Takes the field of one line; false if the line means nothing.
bool take(Account& account, std::string_view name, std::string_view value) {
  if (name == "roles") {
    const auto roles = charter::roles_from(value);
    if (!roles || !account.roles.empty()) return false;
    account.roles = *roles;
    return true;
  }
  if (name == "password" || name == "key") {
    std::string& field = name == "key" ? account.operator_key : account.password;
    if (!field.empty() || value.empty()) return false;
    field = value;
    return true;
  }
  if (name == "invitation") {
    if (account.invitation) return false;
    account.invitation = parse_invitation(value);
    return account.invitation.has_value();
  }
  if (name == "contact") {
    const auto blank = std::min(value.find(' '), value.size());
    const bool is_first = account.contact == SealedContact();
    account.contact = {std::string(value.substr(0, blank)),
                       std::string(value.substr(std::min(blank + 1, value.size())))};
    return is_first && is_sealed_contact(account.contact);
  }
  if (name == "created") {
    const auto time = base::parse_rfc3339(value);
    if (time) account.created = *time;
    return time.has_value();
  }
  if (name == "disabled" && value.empty() && !account.disabled) {
    account.disabled = true;
    return true;
  }
  return false;
}

}  // namespace

Result<Accounts> Accounts::parse(std::string_view text) {
  if (text.size() > kMaxFileBytes) return base::bad_input("accounts: too large");
  Accounts accounts;
  std::optional<Account> open;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return refused(number, "the last line is cut off");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (number == 1) {
      if (line != kFirstLine) return refused(1, "not a file of accounts");
      continue;
    }
    const auto blank = line.find(' ');
    const std::string_view name = line.substr(0, blank);
    const std::string_view value =
        blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
    if (!open) {
      if (name != "account") return refused(number, "an account should begin here");
      if (accounts.find(value) != nullptr) return refused(number, "the account is there twice");
      open.emplace().id = value;
    } else if (line == "end") {
      if (auto put = accounts.put(std::move(*open)); !put)
        return refused(number, put.error().message);
      open.reset();
    } else if (!take(*open, name, value)) {
      return refused(number, "not understood");
    }
  }
  if (number == 0 || open) return refused(number, "the end is missing");
  return accounts;
}

std::string Accounts::to_string() const {
  std::string out(kFirstLine);
  out += '\n';
  for (const auto& [id, account] : all_) {
    out += fmt::format("account {}\nroles {}\n", id, charter::to_string(account.roles));
    if (!account.password.empty()) out += fmt::format("password {}\n", account.password);
    if (!account.operator_key.empty()) out += fmt::format("key {}\n", account.operator_key);
    if (account.invitation) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
          account.invitation->ends.time_since_epoch());
      out += fmt::format(
          "invitation {} {}\n", seal::to_hex(account.invitation->token_hash), seconds.count());
    }
    if (!account.contact.subject.empty()) {
      const std::string_view blank = account.contact.box.empty() ? "" : " ";
      out += fmt::format("contact {}{}{}\n", account.contact.subject, blank, account.contact.box);
    }
    out += fmt::format("created {}\n", base::to_rfc3339(account.created));
    if (account.disabled) out += "disabled\n";
    out += "end\n";
  }
  return out;
}

const Account* Accounts::find(std::string_view id) const {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : &found->second;
}

const Account* Accounts::invited_by(const seal::Digest& token_hash, base::Timestamp now) const {
  // Hashes of what the asker chose: comparing them tells nothing about the token.
  for (const auto& [id, account] : all_) {
    if (account.invitation && account.invitation->token_hash == token_hash &&
        now < account.invitation->ends && !account.disabled) {
      return &account;
    }
  }
  return nullptr;
}

const Account* Accounts::holder_of(std::string_view verifier_key) const {
  // A verifier key has one text: name and ID before the last '+', the key itself behind it.
  const auto parts_of = [](std::string_view text) {
    const auto last = std::min(text.rfind('+'), text.size());
    return std::pair(text.substr(0, last), text.substr(last));
  };
  const auto [name, key] = parts_of(verifier_key);
  for (const auto& [id, account] : all_) {
    if (account.operator_key.empty()) continue;
    const auto [its_name, its_key] = parts_of(account.operator_key);
    if (its_name == name || its_key == key) return &account;
  }
  return nullptr;
}

Result<void> Accounts::put(Account account) {
  if (auto checked = check(account); !checked) return checked;
  if (!account.operator_key.empty()) {
    const Account* holder = holder_of(account.operator_key);
    if (holder != nullptr && holder->id != account.id)
      return base::bad_input(fmt::format("the key of {} is {}'s already", account.id, holder->id));
  }
  const auto found = all_.find(account.id);
  if (found == all_.end() && all_.size() >= kMaxAccounts)
    return base::bad_input(fmt::format("there are {} accounts already", kMaxAccounts));
  std::string id = account.id;
  all_.insert_or_assign(std::move(id), std::move(account));
  return {};
}

bool is_account_id(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return text.size() >= 2 && text.size() <= 32 && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
         });
}

bool is_strong_password(std::string_view password, std::string_view account) {
  if (password.size() < kShortestPassword || password.size() > kLongestPassword) return false;
  if (std::ranges::any_of(password, [](char c) { return static_cast<unsigned char>(c) < ' '; }))
    return false;
  const auto repeats = [&](std::string_view unit) {
    if (unit.empty()) return false;
    for (std::size_t i = 0; i < password.size(); ++i) {
      if (password[i] != unit[i % unit.size()]) return false;
    }
    return true;
  };
  return !repeats(account) && !repeats(password.substr(0, 1)) && !repeats(password.substr(0, 2)) &&
         !repeats(password.substr(0, 3));
}

}  // namespace liptako::serve
