// The arrow check: folders of src/ include one another one way only, as tools/arrows.txt says.
#pragma once

#include "repository.hpp"

namespace liptako::lint {

// Includes, the DEPENDS of CMake and the table of docs/ARCHITECTURE.md, held against
// tools/arrows.txt. A table that is missing, unreadable or circular is a finding too.
[[nodiscard]] std::vector<Finding> check_arrows(const Repository& repository);

}  // namespace liptako::lint
