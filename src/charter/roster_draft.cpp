#include "charter/roster_draft.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace liptako::charter {

namespace {

// Whole milliseconds, as the text holds them.
base::Timestamp in_milliseconds(base::Timestamp t) {
  return base::timestamp_from_ns(base::to_ns(t) / 1'000'000 * 1'000'000);
}

base::Result<Roster> checked(const Roster& draft) { return Roster::parse(draft.text()); }

base::Result<seal::Quorum> over_roots(const std::vector<RosterKey>& keys) {
  seal::Quorum quorum;
  for (const RosterKey& line : keys) {
    if (line.role != seal::KeyRole::root) continue;
    if (const auto ok = quorum.add_key(line.key.name); !ok) return std::unexpected(ok.error());
  }
  return quorum;
}

std::size_t more_than_half(std::size_t n) { return n / 2 + 1; }

// The words of a group line without one member.
std::string without_word(std::string_view words, std::string_view word) {
  std::string kept;
  std::size_t index = 0;
  while (true) {
    const std::size_t space = words.find(' ');
    const std::string_view next = words.substr(0, space);
    if (index < 2 || next != word) kept += (kept.empty() ? "" : " ") + std::string(next);
    ++index;
    if (space == words.npos) return kept;
    words.remove_prefix(space + 1);
  }
}

}  // namespace

base::Result<Roster> with_usual_quorum(Roster draft,
                                       std::size_t of_each_member,
                                       std::size_t of_members) {
  auto quorum = over_roots(draft.keys);
  if (!quorum) return std::unexpected(quorum.error());
  std::string members;
  std::size_t count = 0;
  for (const RosterMember& member : draft.members) {
    const auto roots = draft.keys_of(member.code, seal::KeyRole::root);
    if (roots.empty()) continue;
    const std::size_t k = of_each_member == 0 ? more_than_half(roots.size()) : of_each_member;
    std::string words = fmt::format("{}-roots {}", member.code, k);
    for (const seal::VerifierKey& key : roots) words += ' ' + key.name;
    if (const auto ok = quorum->add_group(words); !ok) return std::unexpected(ok.error());
    members += fmt::format(" {}-roots", member.code);
    ++count;
  }
  const std::size_t m = of_members == 0 ? more_than_half(count) : of_members;
  if (const auto ok = quorum->add_group(fmt::format("members {}{}", m, members)); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = quorum->set_quorum("members"); !ok) return std::unexpected(ok.error());
  draft.quorum = std::move(*quorum);
  return checked(draft);
}

base::Result<Roster> with_key_replaced(Roster draft,
                                       const seal::VerifierKey& old,
                                       const seal::VerifierKey& fresh,
                                       base::Timestamp when) {
  const auto line = std::ranges::find(draft.keys, old, &RosterKey::key);
  if (line == draft.keys.end()) {
    return base::bad_input(fmt::format("the roster does not know {}", old.text()));
  }
  if (fresh.name != old.name || fresh.type != old.type) {
    return base::bad_input("the fresh key has another name or role");
  }
  line->key = fresh;
  draft.revoked.push_back({old, in_milliseconds(when), "rotated"});
  return checked(draft);
}

base::Result<Roster> with_key_revoked(Roster draft,
                                      const seal::VerifierKey& key,
                                      base::Timestamp when,
                                      std::string_view why) {
  const auto line = std::ranges::find(draft.keys, key, &RosterKey::key);
  const bool was_root = line != draft.keys.end() && line->role == seal::KeyRole::root;
  if (line != draft.keys.end()) draft.keys.erase(line);
  if (was_root) {
    auto quorum = over_roots(draft.keys);
    if (!quorum) return std::unexpected(quorum.error());
    for (const std::string& words : draft.quorum.group_words()) {
      if (const auto ok = quorum->add_group(without_word(words, key.name)); !ok) {
        return base::bad_input(
            fmt::format("without {} the group \"{}\" cannot be: {}; settle it by hand",
                        key.name,
                        words,
                        ok.error().message));
      }
    }
    if (const auto ok = quorum->set_quorum(draft.quorum.quorum_word()); !ok) {
      return std::unexpected(ok.error());
    }
    draft.quorum = std::move(*quorum);
  }
  draft.revoked.push_back({key, in_milliseconds(when), std::string(why)});
  return checked(draft);
}

}  // namespace liptako::charter
