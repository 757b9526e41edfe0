// Files that only their owner may read: keys, hashes of passwords. Small, read and written whole.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace liptako::io {

// Makes the folder with mode 0700 if it is not there.
[[nodiscard]] base::Result<void> make_private_folder(const std::string& path);
// Replaces the file: whole or not at all, synced, mode 0600 from its first moment.
[[nodiscard]] base::Result<void> write_private_file(const std::string& path, std::string_view text);
// Empty text if there is no such file; an error if it cannot be read or is larger than `max_bytes`.
[[nodiscard]] base::Result<std::string> read_private_file(const std::string& path,
                                                          std::size_t max_bytes);

}  // namespace liptako::io
