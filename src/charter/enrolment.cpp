#include "charter/enrolment.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/check.hpp"
#include "charter/act.hpp"

namespace liptako::charter {

namespace {

constexpr std::string_view kFirstLine = "liptako/enrolment/v1";
constexpr std::array<std::string_view, 4> kFields = {"node ", "account ", "key ", "challenge "};

}  // namespace

bool is_challenge(std::string_view text) {
  return text.size() >= 16 && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string to_string(const Enrolment& enrolment) {
  CHECK(is_act_node_name(enrolment.node) && is_act_node_name(enrolment.account));
  CHECK(is_challenge(enrolment.challenge));
  return fmt::format("{}\nnode {}\naccount {}\nkey {}\nchallenge {}\n",
                     kFirstLine,
                     enrolment.node,
                     enrolment.account,
                     enrolment.key.text(),
                     enrolment.challenge);
}

base::Result<Enrolment> check_enrolment(std::string_view note) {
  const auto parsed = seal::parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  std::string_view text = parsed->text;
  const auto take_line = [&]() -> std::string_view {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line;
  };
  const auto refuse = [] { return base::bad_input("enrolment: not the five lines of its text"); };
  if (take_line() != kFirstLine) return refuse();
  std::array<std::string_view, kFields.size()> values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string_view line = take_line();
    if (!line.starts_with(kFields[i])) return refuse();
    values[i] = line.substr(kFields[i].size());
  }
  const auto [node, account, key_text, challenge] = values;
  const auto key = seal::VerifierKey::parse(key_text);
  if (!text.empty() || !is_act_node_name(node) || !is_act_node_name(account) || !key ||
      key->text() != key_text || !is_challenge(challenge)) {
    return refuse();
  }
  // A witness's key signs another thing than the text.
  if (key->type != seal::KeyType::ed25519)
    return base::bad_input("enrolment: not an operator's key");
  const auto signatures = seal::check_note(*parsed, std::span(&*key, 1));
  if (!signatures) return std::unexpected(signatures.error());
  if (signatures->empty()) return base::bad_input("enrolment: not signed with the key it names");
  return Enrolment{std::string(node), std::string(account), *key, std::string(challenge)};
}

}  // namespace liptako::charter
