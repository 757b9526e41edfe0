// Files and folders that only their owner may read, and passphrases from a terminal.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace liptako::io {

// Makes the folder with mode 0700, its parents as the system makes them. One that exists must be a
// folder of ours that nobody else can enter.
[[nodiscard]] base::Result<void> make_private_folder(const std::filesystem::path& folder);

// Writes a new file with mode 0600, durable when it returns. Fails if there is one: a key is never
// overwritten.
[[nodiscard]] base::Result<void> write_new_secret(const std::filesystem::path& path,
                                                  std::string_view text);
// Refuses a file that others can read, or that is larger than max_size.
[[nodiscard]] base::Result<std::string> read_secret(const std::filesystem::path& path,
                                                    std::size_t max_size);

// Asks on the terminal, without echo; a `world` error without a terminal.
[[nodiscard]] base::Result<std::string> ask_passphrase(std::string_view question);

}  // namespace liptako::io
