#include "charter/roster.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "base/check.hpp"
#include "base/time_range.hpp"

namespace liptako::charter {

namespace {

constexpr std::string_view kFirstLine = "liptako/roster/v1";
constexpr std::size_t kMaxReason = 200;
constexpr std::size_t kMaxMemberName = 64;

constexpr std::array<std::string_view, 4> kStateNames{"none", "not_yet", "in_force", "expired"};
static_assert(static_cast<std::size_t>(RosterState::expired) + 1 == kStateNames.size());

constexpr std::array<std::string_view, 10> kVerdictNames{"takes_force",
                                                         "same",
                                                         "bad_signature",
                                                         "too_few_of_itself",
                                                         "too_few_of_current",
                                                         "not_newer",
                                                         "versions_missing",
                                                         "other_federation",
                                                         "other_previous",
                                                         "revocation_dropped"};
static_assert(static_cast<std::size_t>(RosterVerdict::revocation_dropped) + 1 ==
              kVerdictNames.size());

seal::Digest hash_of(std::string_view text) {
  return seal::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

bool is_member_code(std::string_view code) {
  return !code.empty() && code.size() <= 16 && std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// A line for people, at the end of a line of the text: not empty, no space at either end. That it
// is UTF-8 without control characters is the note's rule.
bool is_free_text(std::string_view text, std::size_t max) {
  return !text.empty() && text.size() <= max && text.front() != ' ' && text.back() != ' ';
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  if (text.empty() || text.size() > 9 || text.front() == '0') return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

std::optional<base::Timestamp> time_of(std::string_view text) {
  const auto time = base::parse_rfc3339(text);
  if (!time || !base::is_reckonable(*time)) return std::nullopt;
  return *time;
}

// Reads line after line; the first mistake ends the reading and stays.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), rest_(text) {}

  base::Result<Roster> parse() {
    if (!seal::is_note_text(text_)) fail("not UTF-8 lines without control characters");
    head();
    members();
    roots();
    quorum();
    keys();
    revocations();
    if (ok() && !rest_.empty()) {
      ++line_;
      fail("unknown line, or out of order");
    }
    if (ok()) whole();
    if (!ok()) return base::bad_input(error_);
    return std::move(roster_);
  }

 private:
  [[nodiscard]] bool ok() const { return error_.empty(); }
  void fail(std::string_view what) {
    if (ok()) error_ = fmt::format("roster: line {}: {}", line_, what);
  }
  void need(const base::Result<void>& result) {
    if (!result) fail(result.error().message);
  }

  // The rest of the next line if it begins with `key`; then it is taken.
  std::optional<std::string_view> take(std::string_view key) {
    if (!ok() || !rest_.starts_with(key)) return std::nullopt;
    ++line_;
    const std::size_t end = rest_.find('\n');  // there is one: the text ends with it
    const std::string_view value = rest_.substr(key.size(), end - key.size());
    rest_.remove_prefix(end + 1);
    return value;
  }
  std::string_view require(std::string_view key, std::string_view what) {
    const auto value = take(key);
    if (value) return *value;
    ++line_;
    fail(what);
    return {};
  }
  // The first word of `words`, cut off with the space after it; all of it if there is no space.
  static std::string_view cut_word(std::string_view& words) {
    const std::size_t space = words.find(' ');
    const std::string_view word = words.substr(0, space);
    words.remove_prefix(space == words.npos ? words.size() : space + 1);
    return word;
  }

  void head() {
    if (!require(kFirstLine, "not liptako/roster/v1").empty()) fail("not liptako/roster/v1");
    roster_.federation = require("federation ", "expected: federation NAME");
    if (!seal::is_key_name(roster_.federation)) fail("not a federation's name");
    const auto version = number_of(require("version ", "expected: version N"));
    if (!version) fail("not a version");
    roster_.version = version.value_or(0);
    const std::string_view previous = require("previous ", "expected: previous none or sha256:");
    if (previous.starts_with("sha256:")) {
      roster_.previous = seal::digest_from_hex(previous.substr(7));
    }
    if (!roster_.previous && previous != "none") fail("not none or a SHA-256");
    if (roster_.previous.has_value() != (roster_.version > 1)) {
      fail("version 1 has no previous one, all others have");
    }
    std::string_view valid = require("valid ", "expected: valid FROM TO");
    const auto from = time_of(cut_word(valid));
    const auto to = time_of(valid);
    if (!from || !to || *from >= *to) fail("not a time and a later one");
    roster_.valid_from = from.value_or(base::kFirstTime);
    roster_.valid_to = to.value_or(base::kFirstTime);
  }

  void members() {
    while (auto words = take("member ")) {
      const auto number = number_of(cut_word(*words));
      RosterMember member;
      member.code = cut_word(*words);
      member.name = *words;
      if (!number || *number > 255 || !is_member_code(member.code) ||
          !is_free_text(member.name, kMaxMemberName)) {
        return fail("expected: member NUMBER CODE NAME");
      }
      member.number = {static_cast<std::uint8_t>(*number)};
      if (!roster_.members.empty() && roster_.members.back().number >= member.number) {
        return fail("members ascend by number");
      }
      if (roster_.member(member.code) != nullptr) return fail("a member's code twice");
      if (roster_.members.size() == Roster::kMaxMembers) return fail("too many members");
      roster_.members.push_back(std::move(member));
    }
    if (ok() && roster_.members.empty()) {
      ++line_;
      fail("expected: member NUMBER CODE NAME");
    }
  }

  void roots() {
    while (auto words = take("root ")) {
      if (add_key(seal::KeyRole::root, {}, *words)) {
        need(roster_.quorum.add_key(roster_.keys.back().key.name));
      }
    }
  }

  void quorum() {
    while (const auto words = take("group ")) need(roster_.quorum.add_group(*words));
    const std::string_view name = require("quorum ", "expected: quorum NAME");
    if (!ok()) return;
    need(roster_.quorum.set_quorum(name));
    if (roster_.quorum.is_none()) fail("a roster nobody must sign is none");
  }

  void keys() {
    while (auto words = take("key ")) {
      const std::string_view member = cut_word(*words);
      const auto role = seal::key_role_from(cut_word(*words));
      if (!role || *role == seal::KeyRole::root || *role == seal::KeyRole::operator_key) {
        return fail("expected: key MEMBER node, log, witness or tls, VKEY");
      }
      add_key_of(member, *role, {}, *words);
    }
    while (auto words = take("operator ")) {
      const std::string_view member = cut_word(*words);
      const auto roles = roles_from(cut_word(*words));
      if (!roles) return fail("unknown role, repeated or out of order");
      add_key_of(member, seal::KeyRole::operator_key, *roles, *words);
    }
  }

  bool add_key(seal::KeyRole role, Roles roles, std::string_view words) {
    const std::string_view member = cut_word(words);
    return add_key_of(member, role, roles, words);
  }
  bool add_key_of(std::string_view member, seal::KeyRole role, Roles roles, std::string_view vkey) {
    auto key = seal::VerifierKey::parse(vkey);
    if (roster_.member(member) == nullptr) {
      fail("of no member");
    } else if (!key) {
      fail(key.error().message);
    } else if (key->type != seal::key_type_of(role)) {
      fail("a key of this type has another role");
    } else if (roster_.keys.size() == Roster::kMaxKeys) {
      fail("too many keys");
    } else if (!is_new(*key)) {
      fail("a key, or a key's name, twice");
    }
    if (!ok()) return false;
    roster_.keys.push_back({std::string(member), role, roles, std::move(*key)});
    return true;
  }

  void revocations() {
    while (auto words = take("revoked ")) {
      auto key = seal::VerifierKey::parse(cut_word(*words));
      const auto time = time_of(cut_word(*words));
      if (!key || !time || !is_free_text(*words, kMaxReason)) {
        return fail("expected: revoked VKEY TIME REASON");
      }
      // A revoked key may have left its name to its successor, its bytes to nobody.
      if (!points_.insert(key->key.bytes).second) return fail("a key twice, or revoked and in use");
      if (roster_.revoked.size() == Roster::kMaxRevocations) return fail("too many revocations");
      roster_.revoked.push_back({std::move(*key), *time, std::string(*words)});
    }
  }

  void whole() {
    // What parses is now written anew: every difference is a second form of the same thing.
    const std::string text = roster_.text();
    if (text == text_) return;
    const auto [a, b] = std::ranges::mismatch(text, text_);
    line_ = 1 + static_cast<std::size_t>(std::count(text.begin(), a, '\n'));
    fail("not in its one form");
  }

  [[nodiscard]] bool is_new(const seal::VerifierKey& key) {
    return names_.insert(key.name).second && points_.insert(key.key.bytes).second;
  }

  std::string_view text_;
  std::string_view rest_;
  std::size_t line_ = 0;  // of the line taken last, from 1
  std::string error_;
  Roster roster_;
  std::set<std::string> names_;
  std::set<std::array<std::uint8_t, seal::PublicKey::kSize>> points_;
};

std::vector<seal::VerifierKey> root_keys(const Roster& roster) {
  std::vector<seal::VerifierKey> keys;
  for (const RosterKey& line : roster.keys) {
    if (line.role == seal::KeyRole::root) keys.push_back(line.key);
  }
  return keys;
}

}  // namespace

std::string Roster::text() const {
  std::string text = fmt::format("{}\nfederation {}\nversion {}\nprevious {}\nvalid {} {}\n",
                                 kFirstLine,
                                 federation,
                                 version,
                                 previous ? "sha256:" + seal::to_hex(*previous) : "none",
                                 base::to_rfc3339(valid_from),
                                 base::to_rfc3339(valid_to));
  for (const RosterMember& m : members) {
    text += fmt::format("member {} {} {}\n", m.number.value, m.code, m.name);
  }
  const auto put_keys = [&](auto&& wanted, auto&& words_of) {
    for (const RosterKey& line : keys) {
      if (wanted(line.role)) text += words_of(line) + line.key.text() + '\n';
    }
  };
  using seal::KeyRole;
  put_keys([](KeyRole role) { return role == KeyRole::root; },
           [](const RosterKey& line) { return fmt::format("root {} ", line.member); });
  for (const std::string& words : quorum.group_words()) text += fmt::format("group {}\n", words);
  text += fmt::format("quorum {}\n", quorum.quorum_word());
  put_keys([](KeyRole role) { return role != KeyRole::root && role != KeyRole::operator_key; },
           [](const RosterKey& line) {
             return fmt::format("key {} {} ", line.member, seal::name_of(line.role));
           });
  put_keys([](KeyRole role) { return role == KeyRole::operator_key; },
           [](const RosterKey& line) {
             return fmt::format("operator {} {} ", line.member, to_string(line.roles));
           });
  for (const Revocation& r : revoked) {
    text += fmt::format("revoked {} {} {}\n", r.key.text(), base::to_rfc3339(r.time), r.reason);
  }
  return text;
}

base::Result<Roster> Roster::parse(std::string_view text) { return Parser(text).parse(); }

const RosterMember* Roster::member(std::string_view code) const {
  const auto at = std::ranges::find(members, code, &RosterMember::code);
  return at == members.end() ? nullptr : &*at;
}

std::vector<seal::VerifierKey> Roster::keys_of(std::string_view member, seal::KeyRole role) const {
  std::vector<seal::VerifierKey> found;
  for (const RosterKey& line : keys) {
    if (line.member == member && line.role == role) found.push_back(line.key);
  }
  return found;
}

const RosterKey* Roster::find(const seal::VerifierKey& key) const {
  const auto at = std::ranges::find(keys, key, &RosterKey::key);
  return at == keys.end() ? nullptr : &*at;
}

bool Roster::is_revoked(const seal::VerifierKey& key) const {
  return std::ranges::any_of(revoked, [&](const Revocation& r) { return r.key.key == key.key; });
}

std::string_view name_of(RosterState state) { return kStateNames[static_cast<std::size_t>(state)]; }

RosterState state_of(const Roster& roster, base::Timestamp now) {
  if (now < roster.valid_from) return RosterState::not_yet;
  return now < roster.valid_to ? RosterState::in_force : RosterState::expired;
}

base::Result<RosterNote> RosterNote::parse(std::string_view bytes) {
  auto note = seal::parse_note(bytes);
  if (!note) return std::unexpected(note.error());
  auto roster = Roster::parse(note->text);
  if (!roster) return std::unexpected(roster.error());
  const seal::Digest hash = hash_of(note->text);
  return RosterNote{std::move(*roster), std::move(*note), hash};
}

std::string_view name_of(RosterVerdict verdict) {
  return kVerdictNames[static_cast<std::size_t>(verdict)];
}

base::Result<std::vector<std::string>> roots_that_signed(const Roster& judge,
                                                         const RosterNote& note) {
  const std::vector<seal::VerifierKey> keys = root_keys(judge);
  const auto signatures = seal::check_note(note.note, keys);
  if (!signatures) return std::unexpected(signatures.error());
  std::vector<std::string> names;
  for (const seal::KnownSignature& signature : *signatures) {
    const seal::VerifierKey& key = keys[signature.key];
    if (!note.roster.is_revoked(key)) names.push_back(key.name);
  }
  return names;
}

RosterVerdict judge_succession(const RosterNote* current, const RosterNote& next) {
  using enum RosterVerdict;
  const auto own = roots_that_signed(next.roster, next);
  if (!own) return bad_signature;
  if (current == nullptr) {
    return next.roster.quorum.satisfied_by(*own) ? takes_force : too_few_of_itself;
  }
  const Roster& before = current->roster;
  if (next.roster.federation != before.federation) return other_federation;
  if (next.hash == current->hash) return same;
  if (next.roster.version <= before.version) return not_newer;
  if (next.roster.version > before.version + 1) return versions_missing;
  if (next.roster.previous != current->hash) return other_previous;
  for (const Revocation& r : before.revoked) {
    if (std::ranges::find(next.roster.revoked, r) == next.roster.revoked.end()) {
      return revocation_dropped;
    }
  }
  const auto of_current = roots_that_signed(before, next);
  if (!of_current) return bad_signature;
  if (!before.quorum.satisfied_by(*of_current)) return too_few_of_current;
  return next.roster.quorum.satisfied_by(*own) ? takes_force : too_few_of_itself;
}

Roster successor_of(const RosterNote& current, base::Timestamp now) {
  Roster next = current.roster;
  next.version += 1;
  next.previous = current.hash;
  // The text holds whole milliseconds.
  const base::Timestamp from = base::timestamp_from_ns(base::to_ns(now) / 1'000'000 * 1'000'000);
  next.valid_to = from + (next.valid_to - next.valid_from);
  next.valid_from = from;
  return next;
}

}  // namespace liptako::charter
