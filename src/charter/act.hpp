// Acts: commands that change what a node does, as signed notes. A command is a signed entry of the
// record, not a session's wish: who commanded what, and when, can be checked years later by anyone
// who holds the keys' public halves.
//
//   liptako/act/v1
//   node bamako
//   act hold_lift
//   body sha256:<64 hex digits>
//   time 2026-11-22T08:00:00.000Z
//   nonce <32 hex digits>
//
// The body travels beside the note and says what is to be done, in the form of its kind; the note
// commits to it. The text is signed with operator keys (seal/note.hpp). Which roles may sign an
// act, and whether a second person must, is one closed table here. A node accepts an act once:
// within a window of time, by its nonce; acts that two persons sign have a longer window, since the
// second may sit elsewhere.
//
// For the shell:  1. ActBook::check(note, body, ...) on the book of the core's state
//                 2. write the entry (kind `act`) with act_payload(note, body); the core remembers
//                    the nonce when it takes the entry
//                 3. obey
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "charter/role.hpp"
#include "charter/roster.hpp"
#include "seal/note.hpp"
#include "seal/sha256.hpp"

namespace liptako::charter {

enum class ActKind : std::uint8_t {
  configuration,  // body: the new configuration's text
  roster,         // body: the roster's note (roster.hpp); its own thresholds hold besides
  hold_set,       // legal hold: nothing it covers is deleted
  hold_lift,
  account_add,
  account_remove,
  account_role,
  erase_personal,  // body: {"subject"}, whose key is destroyed (seal/personal.hpp)
};
inline constexpr std::size_t kActKinds = 8;

// "hold_lift", as in the note and the API.
[[nodiscard]] std::string_view name_of(ActKind kind);
[[nodiscard]] std::optional<ActKind> act_kind_from(std::string_view name);

struct ActRule {
  Roles proposers;   // one signer holds one of these
  Roles confirmers;  // another person holds one of these; empty: one person suffices
  // Accounts only: while nobody known but the proposer could confirm, one person suffices, since
  // somebody must make the second account. As soon as there is one, two must sign.
  bool alone_at_first = false;

  [[nodiscard]] std::size_t persons() const { return confirmers.empty() ? 1 : 2; }
  // How long after its time an act is accepted.
  [[nodiscard]] base::Duration window() const;
};
// A configuration that changes who is trusted, who may come in or what is kept is heavy (which one
// is so, the shell tells: node::weighs_heavily) and needs what acts on accounts need.
enum class ActWeight : std::uint8_t { ordinary, heavy };
[[nodiscard]] const ActRule& rule_of(ActKind kind, ActWeight weight = ActWeight::ordinary);
// All roles that confirm some act. Two persons are two only if one of them cannot choose the
// other's key: who gets such a role gets its key by a signed act.
[[nodiscard]] Roles confirming_roles();

struct Act {
  static constexpr std::size_t kNonceSize = 16;
  using Nonce = std::array<std::uint8_t, kNonceSize>;

  std::string node;  // the name of the node that shall obey: `[node] name`
  ActKind kind = ActKind::configuration;
  seal::Digest body{};
  base::Timestamp time;  // whole milliseconds
  Nonce nonce{};
  friend bool operator==(const Act&, const Act&) = default;
};

// 1 to 64 printable ASCII characters without spaces.
[[nodiscard]] bool is_act_node_name(std::string_view name);
// The note's text. Requires is_act_node_name(act.node).
[[nodiscard]] std::string to_string(const Act& act);
// Total; accepts only what to_string writes.
[[nodiscard]] base::Result<Act> parse_act(std::string_view text);

// Somebody who may sign acts: an account's operator key.
struct ActSigner {
  std::string person;  // two keys of one person count once
  seal::VerifierKey key;
  Roles roles;
};

// Without those whose key the roster has revoked, under whatever name.
[[nodiscard]] std::vector<ActSigner> without_revoked(std::vector<ActSigner> signers,
                                                     const Roster& roster);

enum class ActRefusal : std::uint8_t {
  bad_note,         // not a note of an act, or a known signer's signature is bad
  unknown_act,      // its kind is not of the list
  wrong_node,       // for another node
  wrong_body,       // the body is not the one signed
  stale,            // too old, or from the future
  replayed,         // seen before
  unknown_signer,   // nobody known signed it
  no_right,         // nobody who signed may propose such an act
  too_few_signers,  // a second person must sign
  busy,             // more acts within their windows than are remembered
};
// "too_few_signers", as in the API.
[[nodiscard]] std::string_view name_of(ActRefusal refusal);

struct AcceptedAct {
  Act act;
  std::vector<std::string> persons;  // all known persons who signed, sorted
};

// Remembers which acts were accepted, for as long as they could be accepted again. Part of the
// core's state: deterministic, saved in its snapshot.
class ActBook {
 public:
  // What is remembered at once; a node sees a few acts a day.
  static constexpr std::size_t kMaxRemembered = 4096;
  // How far an act's time may lie ahead: the clocks of two machines.
  static constexpr base::Duration kMaxAhead = std::chrono::minutes(2);
  // How long after its window an act is remembered still: a clock set back by less than this does
  // not bring it back.
  static constexpr base::Duration kSlack = std::chrono::hours(24);

  // Whether the act may be obeyed now, and by whose signatures. `node` is this node's name, `now`
  // its clock; known signers as they stand now.
  [[nodiscard]] base::Result<AcceptedAct, ActRefusal> check(
      std::string_view note,
      base::ByteView body,
      std::span<const ActSigner> known,
      std::string_view node,
      base::Timestamp now,
      ActWeight weight = ActWeight::ordinary) const;
  // Takes note of an accepted act as of `now`, and forgets those long stale by then.
  void remember(const Act& act, base::Timestamp now);
  // Whether it was taken note of, and is not forgotten yet.
  [[nodiscard]] bool has_accepted(const Act::Nonce& nonce) const;
  [[nodiscard]] std::size_t size() const { return ends_.size(); }

 private:
  template <class Archive>
  friend void visit_fields(Archive& archive, ActBook& book);
  struct Remembered {
    Act::Nonce nonce{};
    base::Timestamp end;  // when it may be forgotten
  };
  template <class Archive>
  friend void visit_fields(Archive& archive, Remembered& remembered) {
    archive(remembered.nonce, remembered.end);
  }
  std::vector<Remembered> ends_;  // ascending by nonce
};

template <class Archive>
void visit_fields(Archive& archive, ActBook& book) {
  archive(book.ends_);
}

// The payload of a record entry of kind `act`: u32 length of the note, the note, the body.
[[nodiscard]] base::Bytes act_payload(std::string_view note, base::ByteView body);
struct ActPayload {
  std::string_view note;  // views into the payload
  base::ByteView body;
};
[[nodiscard]] std::optional<ActPayload> read_act_payload(base::ByteView payload);

}  // namespace liptako::charter
