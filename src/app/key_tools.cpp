#include "app/key_tools.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <fstream>

#include "app/files.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "io/private_file.hpp"
#include "io/secret_text.hpp"
#include "serve/accounts.hpp"

namespace liptako::app {

namespace {

base::Result<std::string> passphrase_from(const std::string& path) {
  auto text = read_file(path, 2 * seal::kMaxPassphraseSize);
  if (!text) return text;
  std::string line = text->substr(0, text->find('\n'));
  io::wipe(*text);
  return line;
}

}  // namespace

base::Result<seal::KeyFileHead> head_of(const std::string& path) {
  const auto text = read_file(path, seal::kMaxKeyFileSize);
  if (!text) return std::unexpected(text.error());
  auto head = seal::read_key_file_head(*text);
  if (!head) return base::bad_input(fmt::format("{}: {}", path, head.error().message));
  return head;
}

base::Result<seal::VerifierKey> verifier_of(const std::string& key_or_path) {
  if (auto key = seal::VerifierKey::parse(key_or_path)) return *key;
  const auto head = head_of(key_or_path);
  if (!head) return std::unexpected(head.error());
  return head->key;
}

base::Result<seal::PrivateKey> open_key(const std::string& path,
                                        const std::string& passphrase_file) {
  const auto head = head_of(path);
  if (!head) return std::unexpected(head.error());
  // A sealed file may lie on a stick that knows no modes; a plain one is closed to others.
  auto text = head->sealed ? read_file(path, seal::kMaxKeyFileSize)
                           : io::read_secret(path, seal::kMaxKeyFileSize);
  if (!text) return std::unexpected(text.error());
  if (!head->sealed) {
    auto key = seal::open_key_file(*text);
    io::wipe(*text);
    return key;
  }
  auto passphrase = passphrase_file.empty()
                        ? io::ask_passphrase(fmt::format(
                              "{} {}: ", say("Phrase secrète de", "Passphrase of"), head->key.name))
                        : passphrase_from(passphrase_file);
  if (!passphrase) return std::unexpected(passphrase.error());
  auto key = seal::open_key_file(*text, *passphrase);
  io::wipe(*passphrase);
  return key;
}

base::Result<std::string> new_passphrase(const std::string& passphrase_file) {
  auto first = passphrase_file.empty()
                   ? io::ask_passphrase(say("Nouvelle phrase secrète : ", "New passphrase: "))
                   : passphrase_from(passphrase_file);
  if (!first) return first;
  if (first->size() < serve::kShortestPassword) {
    return base::bad_input(
        fmt::format(fmt::runtime(say("une phrase secrète compte au moins {} caractères",
                                     "a passphrase has at least {} characters")),
                    serve::kShortestPassword));
  }
  if (!passphrase_file.empty()) return first;
  auto second = io::ask_passphrase(say("La même, encore une fois : ", "The same again: "));
  if (!second) return second;
  const bool is_same = *first == *second;
  io::wipe(*second);
  if (!is_same) {
    return base::bad_input(
        std::string(say("les deux phrases secrètes diffèrent", "the two passphrases differ")));
  }
  return first;
}

base::Result<seal::Note> read_note_or_draft(const std::string& path) {
  const auto text = read_file(path, seal::kMaxNoteSize);
  if (!text) return std::unexpected(text.error());
  // Rosters and acts have no blank line of their own.
  if (text->find("\n\n") == text->npos) {
    if (seal::is_note_text(*text)) return seal::Note{*text, {}};
    return base::bad_input(path + ": neither a note nor a note's text");
  }
  auto note = seal::parse_note(*text);
  if (!note) return base::bad_input(fmt::format("{}: {}", path, note.error().message));
  return note;
}

std::string note_or_draft(const seal::Note& note) {
  return note.signatures.empty() ? note.text : seal::to_string(note);
}

base::Result<void> write_text(const std::string& path, std::string_view text) {
  if (path == "-") {
    print_out("{}", text);
    return {};
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return base::world_failed(path + ": cannot be written");
  return {};
}

}  // namespace liptako::app
