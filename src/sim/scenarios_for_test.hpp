// The scenarios that ship, as tests read them.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "sim/scenario.hpp"

namespace liptako::sim {

inline std::string shipped_text(std::string_view name) {
  std::ifstream file(std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/" + std::string(name));
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Scenario shipped_scenario(std::string_view name) {
  auto loaded = load_scenario(
      shipped_text(name), name, [](std::string_view other) -> base::Result<std::string> {
        return shipped_text(other);
      });
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
  return loaded.value_or(Scenario());
}

}  // namespace liptako::sim
