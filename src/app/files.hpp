// Whole files of bounded size, with errors a person can act on.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace liptako::app {

[[nodiscard]] base::Result<std::string> read_file(const std::string& path, std::size_t max_size);

}  // namespace liptako::app
