#include "sim/federation_text.hpp"

#include <fmt/format.h>

namespace liptako::sim {

std::string federation_for(const Scenario& scenario,
                           std::string_view node,
                           std::span<const std::string> consoles) {
  std::string self;
  std::string members;
  for (std::size_t i = 0; i < scenario.members.size(); ++i) {
    const Member& m = scenario.members[i];
    if (m.name == node) self = m.code;
    members += fmt::format(
        "\n[[federation.member]]\nid = {}\ncode = \"{}\"\nname = \"{}\"\n", i + 1, m.code, m.name);
    if (i < consoles.size()) members += fmt::format("console = \"{}\"\n", consoles[i]);
  }
  return fmt::format("\n[federation]\nname = \"AES\"\nself = \"{}\"\n{}", self, members);
}

}  // namespace liptako::sim
