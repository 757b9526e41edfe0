// What the commands of the key ceremony share: key files and passphrases, notes and drafts on disk.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "seal/key_file.hpp"
#include "seal/note.hpp"

namespace liptako::app {

// The head of a key file.
[[nodiscard]] base::Result<seal::KeyFileHead> head_of(const std::string& path);
// A verifier key as text, or of a key file.
[[nodiscard]] base::Result<seal::VerifierKey> verifier_of(const std::string& key_or_path);
// Opens it, with the passphrase from the file, or asked for if it is sealed and there is none.
[[nodiscard]] base::Result<seal::PrivateKey> open_key(const std::string& path,
                                                      const std::string& passphrase_file);
// For a new sealed file: from the file, or asked for twice.
[[nodiscard]] base::Result<std::string> new_passphrase(const std::string& passphrase_file);

// A note, or the bare text of one that nobody has signed yet.
[[nodiscard]] base::Result<seal::Note> read_note_or_draft(const std::string& path);
// Signatures, if there are any, and else the bare text.
[[nodiscard]] std::string note_or_draft(const seal::Note& note);
// Not secret; "-" is standard output.
[[nodiscard]] base::Result<void> write_text(const std::string& path, std::string_view text);

}  // namespace liptako::app
