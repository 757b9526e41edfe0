#include "charter/act.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "base/check.hpp"
#include "base/time_range.hpp"

namespace liptako::charter {

namespace {

using enum Role;

constexpr std::array<std::string_view, kActKinds> kKindNames{"configuration",
                                                             "roster",
                                                             "hold_set",
                                                             "hold_lift",
                                                             "account_add",
                                                             "account_remove",
                                                             "account_role",
                                                             "erase_personal"};

// What changes who may sign, what loosens and what destroys needs two persons of different offices
// or, at least, two persons; what only tightens or keeps needs one.
constexpr std::array<ActRule, kActKinds> kRules{{
    {.proposers = {shift_chief, sysadmin}, .confirmers = {}},
    {.proposers = {sysadmin, cemaa, cemga}, .confirmers = {cemaa, cemga}},
    {.proposers = {shift_chief, duty_authority, investigator, legal_adviser}, .confirmers = {}},
    {.proposers = {duty_authority, cemaa, cemga}, .confirmers = {legal_adviser, duty_authority}},
    {.proposers = {sysadmin}, .confirmers = {duty_authority, cemaa, cemga}, .alone_at_first = true},
    {.proposers = {sysadmin}, .confirmers = {duty_authority, cemaa, cemga}, .alone_at_first = true},
    {.proposers = {sysadmin}, .confirmers = {duty_authority, cemaa, cemga}, .alone_at_first = true},
    {.proposers = {sysadmin, duty_authority}, .confirmers = {legal_adviser, cemaa, cemga}},
}};

constexpr ActRule kHeavyConfiguration{
    .proposers = {sysadmin}, .confirmers = {duty_authority, cemaa, cemga}, .alone_at_first = true};

constexpr std::array<std::string_view, 10> kRefusalNames{"bad_note",
                                                         "unknown_act",
                                                         "wrong_node",
                                                         "wrong_body",
                                                         "stale",
                                                         "replayed",
                                                         "unknown_signer",
                                                         "no_right",
                                                         "too_few_signers",
                                                         "busy"};
static_assert(static_cast<std::size_t>(ActRefusal::busy) + 1 == kRefusalNames.size());

constexpr base::Duration kWindowOfOne = std::chrono::minutes(10);
constexpr base::Duration kWindowOfTwo = std::chrono::hours(24);

constexpr std::string_view kFirstLine = "liptako/act/v1";

std::optional<Act::Nonce> nonce_from_hex(std::string_view text) {
  // As long as a digest's first half.
  const auto digest = seal::digest_from_hex(std::string(text) + std::string(32, '0'));
  if (!digest) return std::nullopt;
  Act::Nonce nonce;
  std::copy_n(digest->begin(), nonce.size(), nonce.begin());
  return nonce;
}

// The rest of the next line after `key`, cut off the text with the line.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view key) {
  const std::size_t end = text.find('\n');
  if (end == text.npos || !text.starts_with(key)) return std::nullopt;
  const std::string_view value = text.substr(key.size(), end - key.size());
  text.remove_prefix(end + 1);
  return value;
}

struct Parts {
  std::string_view node, kind, body, time, nonce;
};

std::optional<Parts> take_apart(std::string_view text) {
  Parts parts;
  const auto first = take_line(text, kFirstLine);
  if (!first || !first->empty()) return std::nullopt;
  const auto take = [&](std::string_view key, std::string_view& part) {
    const auto value = take_line(text, key);
    if (value) part = *value;
    return value.has_value();
  };
  if (!take("node ", parts.node) || !take("act ", parts.kind) ||
      !take("body sha256:", parts.body) || !take("time ", parts.time) ||
      !take("nonce ", parts.nonce) || !text.empty()) {
    return std::nullopt;
  }
  return parts;
}

// Who of the known signed, each person with the roles of all keys that signed for them.
std::map<std::string, std::vector<Roles>> persons_who_signed(
    std::span<const seal::KnownSignature> signatures, std::span<const ActSigner> known) {
  std::map<std::string, std::vector<Roles>> persons;
  for (const seal::KnownSignature& signature : signatures) {
    const ActSigner& signer = known[signature.key];
    persons[signer.person].push_back(signer.roles);
  }
  return persons;
}

bool holds_one_of(const std::vector<Roles>& roles, Roles wanted) {
  return std::ranges::any_of(roles, [&](Roles r) { return r.shares_one_with(wanted); });
}

// Whether anybody but `person` is known who could confirm.
bool another_could_confirm(std::span<const ActSigner> known,
                           const std::string& person,
                           Roles confirmers) {
  return std::ranges::any_of(known, [&](const ActSigner& signer) {
    return signer.person != person && signer.roles.shares_one_with(confirmers);
  });
}

}  // namespace

std::string_view name_of(ActKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<ActKind> act_kind_from(std::string_view name) {
  for (std::size_t i = 0; i < kActKinds; ++i) {
    if (kKindNames[i] == name) return static_cast<ActKind>(i);
  }
  return std::nullopt;
}

std::string_view name_of(ActRefusal refusal) {
  return kRefusalNames[static_cast<std::size_t>(refusal)];
}

base::Duration ActRule::window() const { return persons() == 1 ? kWindowOfOne : kWindowOfTwo; }

const ActRule& rule_of(ActKind kind, ActWeight weight) {
  if (kind == ActKind::configuration && weight == ActWeight::heavy) return kHeavyConfiguration;
  return kRules[static_cast<std::size_t>(kind)];
}

Roles confirming_roles() {
  Roles all;
  for (std::size_t role = 0; role < kRoles; ++role) {
    const bool confirms = std::ranges::any_of(
        kRules, [&](const ActRule& rule) { return rule.confirmers.has(static_cast<Role>(role)); });
    if (confirms) all.add(static_cast<Role>(role));
  }
  return all;
}

std::vector<ActSigner> without_revoked(std::vector<ActSigner> signers, const Roster& roster) {
  std::erase_if(signers, [&](const ActSigner& signer) { return roster.is_revoked(signer.key); });
  return signers;
}

bool is_act_node_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F; });
}

std::string to_string(const Act& act) {
  CHECK(is_act_node_name(act.node));
  return fmt::format("{}\nnode {}\nact {}\nbody sha256:{}\ntime {}\nnonce {}\n",
                     kFirstLine,
                     act.node,
                     name_of(act.kind),
                     seal::to_hex(act.body),
                     base::to_rfc3339(act.time),
                     seal::to_hex(act.nonce));
}

base::Result<Act> parse_act(std::string_view text) {
  const auto parts = take_apart(text);
  if (!parts) return base::bad_input("act: not the six lines of liptako/act/v1");
  const auto kind = act_kind_from(parts->kind);
  if (!kind) return base::bad_input("act: unknown kind");
  const auto body = seal::digest_from_hex(parts->body);
  const auto time = base::parse_rfc3339(parts->time);
  const auto nonce = nonce_from_hex(parts->nonce);
  if (!is_act_node_name(parts->node)) return base::bad_input("act: not a node's name");
  if (!body) return base::bad_input("act: body is not a SHA-256");
  if (!time || !base::is_reckonable(*time)) return base::bad_input("act: not a time");
  if (!nonce) return base::bad_input("act: not a nonce");
  Act act{std::string(parts->node), *kind, *body, *time, *nonce};
  // One form only: lower-case digits, milliseconds.
  if (to_string(act) != text) return base::bad_input("act: not in its one form");
  return act;
}

base::Result<AcceptedAct, ActRefusal> ActBook::check(std::string_view note,
                                                     base::ByteView body,
                                                     std::span<const ActSigner> known,
                                                     std::string_view node,
                                                     base::Timestamp now,
                                                     ActWeight weight) const {
  using enum ActRefusal;
  CHECK(base::is_reckonable(now));
  const auto parsed = seal::parse_note(note);
  if (!parsed) return std::unexpected(bad_note);
  const auto parts = take_apart(parsed->text);
  if (!parts) return std::unexpected(bad_note);
  if (!act_kind_from(parts->kind)) return std::unexpected(unknown_act);
  const auto act = parse_act(parsed->text);
  if (!act) return std::unexpected(bad_note);

  std::vector<seal::VerifierKey> keys;
  keys.reserve(known.size());
  for (const ActSigner& signer : known) keys.push_back(signer.key);
  const auto signatures = seal::check_note(*parsed, keys);
  if (!signatures) return std::unexpected(bad_note);
  const auto persons = persons_who_signed(*signatures, known);
  if (persons.empty()) return std::unexpected(unknown_signer);

  if (act->node != node) return std::unexpected(wrong_node);
  if (act->body != seal::sha256(body)) return std::unexpected(wrong_body);
  const ActRule& rule = rule_of(act->kind, weight);
  if (act->time > now + kMaxAhead || act->time + rule.window() < now) {
    return std::unexpected(stale);
  }

  bool proposed = false;
  bool confirmed = false;
  for (const auto& [proposer, roles] : persons) {
    if (!holds_one_of(roles, rule.proposers)) continue;
    proposed = true;
    confirmed = confirmed || rule.confirmers.empty() ||
                (rule.alone_at_first && !another_could_confirm(known, proposer, rule.confirmers)) ||
                std::ranges::any_of(persons, [&](const auto& other) {
                  return other.first != proposer && holds_one_of(other.second, rule.confirmers);
                });
  }
  if (!proposed) return std::unexpected(no_right);
  if (!confirmed) return std::unexpected(too_few_signers);

  if (has_accepted(act->nonce)) return std::unexpected(replayed);
  const auto still =
      std::ranges::count_if(ends_, [&](const Remembered& r) { return r.end >= now; });
  if (static_cast<std::size_t>(still) >= kMaxRemembered) return std::unexpected(busy);

  AcceptedAct accepted{*act, {}};
  for (const auto& person : persons | std::views::keys) accepted.persons.push_back(person);
  return accepted;
}

bool ActBook::has_accepted(const Act::Nonce& nonce) const {
  return std::ranges::binary_search(ends_, nonce, {}, &Remembered::nonce);
}

void ActBook::remember(const Act& act, base::Timestamp now) {
  std::erase_if(ends_, [&](const Remembered& r) { return r.end < now; });
  const auto at = std::ranges::lower_bound(ends_, act.nonce, {}, &Remembered::nonce);
  if (at != ends_.end() && at->nonce == act.nonce) return;
  if (ends_.size() >= kMaxRemembered) return;
  // Of whatever weight it was.
  const base::Duration window =
      std::max(rule_of(act.kind).window(), rule_of(act.kind, ActWeight::heavy).window());
  ends_.insert(at, {act.nonce, act.time + window + kSlack});
}

base::Bytes act_payload(std::string_view note, base::ByteView body) {
  base::Bytes payload;
  base::ByteWriter writer(payload);
  writer.put_string(note);
  writer.put_raw(body);
  return payload;
}

std::optional<ActPayload> read_act_payload(base::ByteView payload) {
  base::ByteReader reader(payload);
  const base::ByteView note = reader.get_bytes();
  const base::ByteView body = reader.get_raw(reader.remaining());
  if (!reader.ok()) return std::nullopt;
  return ActPayload{{reinterpret_cast<const char*>(note.data()), note.size()}, body};
}

}  // namespace liptako::charter
