// Files and folders that only their owner may read (keys, hashes of passwords), and passphrases
// from a terminal. Small, read and written whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace liptako::io {

// What is asked of a file before a word of it is believed.
enum class Secrecy : std::uint8_t {
  own,    // this node wrote it: its owner's alone, or root's, no link
  given,  // an administrator gave it: as above, or root's and one group's; links are followed
  open,   // everybody may read it; links are followed
};

// Makes the folder with mode 0700, its parents as the system makes them. One that exists must be a
// folder of ours that nobody else can enter.
[[nodiscard]] base::Result<void> make_private_folder(const std::filesystem::path& folder);

// Writes a new file with mode 0600, durable when it returns. Fails if there is one: a key is never
// overwritten.
[[nodiscard]] base::Result<void> write_new_secret(const std::filesystem::path& path,
                                                  std::string_view text);
// Replaces the file: whole or not at all, synced, mode 0600 from its first moment.
[[nodiscard]] base::Result<void> write_private_file(const std::filesystem::path& path,
                                                    std::string_view text);
// Nothing if there is no such file; an error if it is not as secret as it is to be, cannot be read
// or is larger than max_size.
[[nodiscard]] base::Result<std::optional<std::string>> read_if_any(
    const std::filesystem::path& path, std::size_t max_size, Secrecy secrecy = Secrecy::own);
// The same where the file must be there.
[[nodiscard]] base::Result<std::string> read_secret(const std::filesystem::path& path,
                                                    std::size_t max_size,
                                                    Secrecy secrecy = Secrecy::own);
// The same where an absent file is as good as an empty one.
[[nodiscard]] base::Result<std::string> read_private_file(const std::filesystem::path& path,
                                                          std::size_t max_size);

// Asks on the terminal, without echo; a `world` error without a terminal.
[[nodiscard]] base::Result<std::string> ask_passphrase(std::string_view question);

}  // namespace liptako::io
