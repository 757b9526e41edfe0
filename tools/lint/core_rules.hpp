// What the deterministic core must not do, and what nobody outside src/io may: clocks, threads,
// libm, hash order, exceptions, the environment.
#pragma once

#include "repository.hpp"

namespace liptako::lint {

[[nodiscard]] std::vector<Finding> check_core(const Repository& repository);

}  // namespace liptako::lint
