// The roster: who the members of a federation are, which keys they speak with, and who must sign a
// change of that. A signed note (seal/note.hpp) whose text is, line by line:
//
//   liptako/roster/v1
//   federation aes.example/airpic
//   version 2
//   previous sha256:<hash of version 1's text>        version 1: previous none
//   valid 2026-11-01T00:00:00.000Z 2027-02-01T00:00:00.000Z
//   member 1 ml Mali                                  number, code, name; ascending by number
//   member 2 bf Burkina Faso
//   root ml <vkey>                                    a voice in the roster itself
//   group ml-roots 2 ml.example/root/1 ml.example/root/2 ml.example/root/3
//   group members 2 ml-roots bf-roots                 seal/quorum.hpp
//   quorum members
//   key ml node <vkey>                                node, log, witness, tls
//   operator ml watch_officer,shift_chief <vkey>      charter/role.hpp
//   revoked <vkey> 2026-11-20T10:00:00.000Z laptop stolen
//
// in this order, with single spaces, in no other form: a roster has one text. A key stands in one
// line only, and a revoked one in no other. Version N+1 takes force by the thresholds of N and of
// N+1, names the hash of N and repeats its revocations; versions never go back.
//
// Expiry bounds how long a node that is cut off trusts old keys: past it a node goes on showing
// (open inwards) and stops releasing (closed outwards).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "charter/role.hpp"
#include "seal/key_file.hpp"
#include "seal/note.hpp"
#include "seal/quorum.hpp"
#include "seal/sha256.hpp"

namespace liptako::charter {

struct RosterMember {
  base::MemberId number;  // stays the member's when others leave
  std::string code;       // 1 to 16 of a-z, 0-9 and '-'
  std::string name;       // as shown
  friend bool operator==(const RosterMember&, const RosterMember&) = default;
};

struct RosterKey {
  std::string member;  // its code
  seal::KeyRole role = seal::KeyRole::node;
  Roles roles;  // of an operator's key
  seal::VerifierKey key;
  friend bool operator==(const RosterKey&, const RosterKey&) = default;
};

struct Revocation {
  seal::VerifierKey key;
  base::Timestamp time;  // since when its signatures are not to be believed
  std::string reason;    // a line for people
  friend bool operator==(const Revocation&, const Revocation&) = default;
};

struct Roster {
  static constexpr std::size_t kMaxMembers = 32;
  static constexpr std::size_t kMaxKeys = 1000;
  static constexpr std::size_t kMaxRevocations = 1000;

  std::string federation;                // a key name's form
  std::uint32_t version = 1;             // from 1
  std::optional<seal::Digest> previous;  // of the text of the version before; none in version 1
  base::Timestamp valid_from;
  base::Timestamp valid_to;  // the first moment it is not valid any more
  std::vector<RosterMember> members;
  std::vector<RosterKey> keys;  // root keys first
  seal::Quorum quorum;          // over the names of the root keys
  std::vector<Revocation> revoked;

  [[nodiscard]] std::string text() const;
  // Total; errors name the line. Accepts only what text() writes.
  [[nodiscard]] static base::Result<Roster> parse(std::string_view text);

  [[nodiscard]] const RosterMember* member(std::string_view code) const;
  // The member's keys of a role, in the roster's order.
  [[nodiscard]] std::vector<seal::VerifierKey> keys_of(std::string_view member,
                                                       seal::KeyRole role) const;
  // The line of this very key; null if it has none.
  [[nodiscard]] const RosterKey* find(const seal::VerifierKey& key) const;
  [[nodiscard]] bool is_revoked(const seal::VerifierKey& key) const;
  friend bool operator==(const Roster&, const Roster&) = default;
};

enum class RosterState : std::uint8_t { none, not_yet, in_force, expired };
// "in_force", as in the API.
[[nodiscard]] std::string_view name_of(RosterState state);
[[nodiscard]] RosterState state_of(const Roster& roster, base::Timestamp now);

// A roster with its signatures: checked for form, not yet for force.
struct RosterNote {
  Roster roster;
  seal::Note note;
  seal::Digest hash{};  // of the text
  [[nodiscard]] static base::Result<RosterNote> parse(std::string_view bytes);
};

enum class RosterVerdict : std::uint8_t {
  takes_force,
  same,                // the very text in force
  bad_signature,       // by a root key of either version
  too_few_of_itself,   // its own threshold is not met
  too_few_of_current,  // the threshold of the version in force is not met
  not_newer,           // an old version, or another text of the same
  versions_missing,    // those between are needed first
  other_federation,
  other_previous,      // does not name the version in force as the one before
  revocation_dropped,  // a key once revoked stays so
};
[[nodiscard]] std::string_view name_of(RosterVerdict verdict);

// Whether `next` takes force after `current`. Null: none is in force yet, and whoever gives the
// first one, of any version, vouches for it (it comes from the node's own configuration). Time
// plays no part: an expired roster can be followed by its successor.
[[nodiscard]] RosterVerdict judge_succession(const RosterNote* current, const RosterNote& next);

// The names of those root keys of `judge` that signed `note` well; keys that `note` itself revokes
// do not count. An error if a signature by one of them is bad.
[[nodiscard]] base::Result<std::vector<std::string>> roots_that_signed(const Roster& judge,
                                                                       const RosterNote& note);

// A draft of version N+1 to edit and sign: the same lines, the hash of N, validity of the same
// length from `now`.
[[nodiscard]] Roster successor_of(const RosterNote& current, base::Timestamp now);

}  // namespace liptako::charter
