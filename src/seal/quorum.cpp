#include "seal/quorum.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "seal/note.hpp"

namespace liptako::seal {

namespace {

// Words between single spaces; nothing if one of them would be empty.
std::optional<std::vector<std::string_view>> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t space = text.find(' ');
    words.push_back(text.substr(0, space));
    if (words.back().empty()) return std::nullopt;
    if (space == text.npos) return words;
    text.remove_prefix(space + 1);
  }
}

// How many of n: a decimal number in 1..n, "any" or "all".
std::optional<std::size_t> needed_of(std::string_view word, std::size_t n) {
  if (word == "any") return 1;
  if (word == "all") return n;
  if (word.empty() || word.size() > 4 || word.front() == '0') return std::nullopt;
  std::size_t k = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return std::nullopt;
    k = k * 10 + static_cast<std::size_t>(c - '0');
  }
  if (k > n) return std::nullopt;
  return k;
}

}  // namespace

std::size_t Quorum::find(std::string_view name) const {
  const auto at = std::ranges::find(nodes_, name, &Named::name);
  return at == nodes_.end() ? kNone : static_cast<std::size_t>(at - nodes_.begin());
}

base::Result<void> Quorum::check_new(std::string_view name) const {
  if (!is_key_name(name) || name == "none") {
    return base::bad_input(fmt::format("\"{}\" is no name for a key or group", name));
  }
  if (find(name) != kNone) return base::bad_input(fmt::format("{} is named twice", name));
  if (nodes_.size() == kMaxNames) return base::bad_input("too many keys and groups");
  return {};
}

base::Result<void> Quorum::add_key(std::string_view name) {
  if (const auto ok = check_new(name); !ok) return ok;
  Named key;
  key.name = name;
  nodes_.push_back(std::move(key));
  return {};
}

base::Result<void> Quorum::add_group(std::string_view text) {
  const auto words = words_of(text);
  if (!words || words->size() < 3) {
    return base::bad_input("a group is: group NAME K MEMBER..., between single spaces");
  }
  if (const auto ok = check_new((*words)[0]); !ok) return ok;
  Named group;
  group.name = (*words)[0];
  group.threshold = (*words)[1];
  const auto needed = needed_of(group.threshold, words->size() - 2);
  if (!needed) {
    return base::bad_input(fmt::format(
        "\"{}\" is not any, all or a number in 1..{}", group.threshold, words->size() - 2));
  }
  group.needed = *needed;
  for (const std::string_view member : std::span(*words).subspan(2)) {
    const std::size_t index = find(member);
    if (index == kNone) return base::bad_input(fmt::format("unknown member {}", member));
    if (nodes_[index].used || std::ranges::find(group.members, index) != group.members.end()) {
      return base::bad_input(fmt::format("{} is a member twice", member));
    }
    group.members.push_back(index);
  }
  for (const std::size_t member : group.members) nodes_[member].used = true;
  nodes_.push_back(std::move(group));
  return {};
}

base::Result<void> Quorum::set_quorum(std::string_view name) {
  if (set_) return base::bad_input("a second quorum");
  const std::size_t index = find(name);
  if (index == kNone && name != "none") {
    return base::bad_input(fmt::format("unknown quorum {}", name));
  }
  root_ = index;
  set_ = true;
  return {};
}

bool Quorum::satisfied_by(std::span<const std::string> signed_keys) const {
  if (!set_) return false;
  if (root_ == kNone) return true;
  // Members come before their groups, so one pass decides.
  std::vector<bool> met(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Named& node = nodes_[i];
    if (node.threshold.empty()) {
      met[i] = std::ranges::find(signed_keys, node.name) != signed_keys.end();
    } else {
      const auto count = std::ranges::count_if(node.members, [&](std::size_t m) { return met[m]; });
      met[i] = static_cast<std::size_t>(count) >= node.needed;
    }
  }
  return met[root_];
}

std::vector<std::string> Quorum::group_words() const {
  std::vector<std::string> lines;
  for (const Named& node : nodes_) {
    if (node.threshold.empty()) continue;
    std::string line = node.name + ' ' + node.threshold;
    for (const std::size_t member : node.members) line += ' ' + nodes_[member].name;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string Quorum::quorum_word() const { return root_ == kNone ? "none" : nodes_[root_].name; }

}  // namespace liptako::seal
