// The accounts of a node: which posts may log in, in which roles, with what. The file lies in the
// key folder and never in the record; it holds hashes of passwords, and no names of people in the
// clear.
//
// Text, one field a line, so that it can be read and compared by eye:
//   liptako/accounts/v1
//   account oq-1
//   roles watch_officer,shift_chief
//   password $argon2id$v=19$…          absent until a password is set
//   key bamako…/operator/oq-1+1a2b…    absent without an operator key
//   invitation <64 hex digits> <unix seconds>   SHA-256 of the token and its end; absent if none
//   contact p-3f… AQ…                  subject and sealed box of the contact (contact.hpp); no
//                                      box: none any more; absent if there never was one
//   created 2026-11-22T08:00:00.000Z
//   disabled                            absent if it may log in
//   end
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "charter/role.hpp"
#include "seal/sha256.hpp"
#include "serve/contact.hpp"
#include "serve/roles.hpp"

namespace liptako::serve {

struct Invitation {
  seal::Digest token_hash{};
  base::Timestamp ends;
};

struct Account {
  std::string id;
  charter::Roles roles{};      // at least one
  std::string password{};      // hash as seal/password.hpp writes it; empty: cannot log in
  std::string operator_key{};  // verifier key as text; empty: none
  std::optional<Invitation> invitation{};
  SealedContact contact{};  // of no subject: none
  base::Timestamp created{};
  bool disabled = false;

  [[nodiscard]] Rights rights() const { return disabled ? Rights() : rights_of(roles); }
};

class Accounts {
 public:
  static constexpr std::size_t kMaxAccounts = 256;
  static constexpr std::size_t kMaxFileBytes = 512u << 10;

  // Total. Refuses the whole file at the first line it does not understand: half a list of who may
  // come in is worse than none.
  [[nodiscard]] static base::Result<Accounts> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;

  // Null if there is none.
  [[nodiscard]] const Account* find(std::string_view id) const;
  // By invitation token's hash, if it has not ended.
  [[nodiscard]] const Account* invited_by(const seal::Digest& token_hash,
                                          base::Timestamp now) const;
  // Who has this verifier key, or another of the same name and ID, or the same key under another
  // name; null if nobody, also of those who may not log in any more.
  [[nodiscard]] const Account* holder_of(std::string_view verifier_key) const;
  // Adds or replaces. Fails if it is not well formed, if its key is another account's (whose
  // signatures would then count as this one's), or if there are too many.
  [[nodiscard]] base::Result<void> put(Account account);
  [[nodiscard]] const std::map<std::string, Account, std::less<>>& all() const { return all_; }
  [[nodiscard]] bool empty() const { return all_.empty(); }

 private:
  std::map<std::string, Account, std::less<>> all_;
};

// 2 to 32 of a-z 0-9 . _ -, a letter first.
[[nodiscard]] bool is_account_id(std::string_view text);

inline constexpr std::size_t kShortestPassword = 12;
inline constexpr std::size_t kLongestPassword = 128;
// Long enough, without control characters, and not the account's name or one to three characters
// over and over. No rule about kinds of characters: length is what resists guessing [NIST SP
// 800-63B, §5.1.1.2].
[[nodiscard]] bool is_strong_password(std::string_view password, std::string_view account);

}  // namespace liptako::serve
