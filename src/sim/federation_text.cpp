#include "sim/federation_text.hpp"

#include <fmt/format.h>

namespace liptako::sim {

namespace {

// Without a code of its own a member is called by the beginning of its name.
std::string code_of(const Scenario& scenario, std::size_t member) {
  if (member < scenario.codes.size()) return scenario.codes[member];
  std::string code;
  for (const char c : scenario.members[member]) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool fits = lower || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (fits && code.size() < 8) code += static_cast<char>(lower ? c - 'a' + 'A' : c);
  }
  return code.empty() ? fmt::format("M{}", member + 1) : code;
}

}  // namespace

std::string federation_for(const Scenario& scenario,
                           std::string_view node,
                           std::span<const std::string> consoles) {
  std::string self;
  std::string members;
  for (std::size_t i = 0; i < scenario.members.size(); ++i) {
    const std::string code = code_of(scenario, i);
    if (scenario.members[i] == node) self = code;
    members += fmt::format("\n[[federation.member]]\nid = {}\ncode = \"{}\"\nname = \"{}\"\n",
                           i + 1,
                           code,
                           scenario.members[i]);
    if (i < consoles.size()) members += fmt::format("console = \"{}\"\n", consoles[i]);
  }
  return fmt::format("\n[federation]\nname = \"AES\"\nself = \"{}\"\n{}", self, members);
}

}  // namespace liptako::sim
