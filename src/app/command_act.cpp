// `liptako act`: writes and signs the note of an act, by one person or two, off line. With --json
// the result is the body of POST /api/v1/acts.
#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/files.hpp"
#include "app/key_commands.hpp"
#include "app/key_tools.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "charter/act.hpp"
#include "io/clock.hpp"
#include "io/random.hpp"
#include "record/entry.hpp"

namespace liptako::app {

namespace {

base::Result<std::string> read_body(const std::string& path) {
  return read_file(path, record::kMaxPayload);
}

seal::Digest hash_of(std::string_view text) {
  return seal::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

base::Result<void> add_signature(seal::Note& note,
                                 const std::string& key_file,
                                 const std::string& passphrase_file) {
  const auto key = open_key(key_file, passphrase_file);
  if (!key) return std::unexpected(key.error());
  if (key->role != seal::KeyRole::operator_key) {
    return base::bad_input(std::string(
        say("seule une clé d'opérateur signe un acte", "only an operator's key signs an act")));
  }
  const seal::NoteSignature line = seal::sign(note.text, key->name, key->key);
  seal::add_signatures(note, std::span(&line, 1));
  return {};
}

int write_act(const seal::Note& note, std::string_view body, const std::string& output, bool json) {
  const std::string text =
      json ? fmt::format(
                 "{{\"note\":{},\"body\":{}}}\n", in_json(seal::to_string(note)), in_json(body))
           : note_or_draft(note);
  if (const auto done = write_text(output, text); !done) return report(done.error());
  return kDone;
}

}  // namespace

int run_act_new(const ActNewOptions& options) {
  const auto kind = charter::act_kind_from(options.act);
  if (!kind || !charter::is_act_node_name(options.node)) {
    std::string kinds;
    for (std::size_t i = 0; i < charter::kActKinds; ++i) {
      kinds += (i == 0 ? "" : ", ");
      kinds += charter::name_of(static_cast<charter::ActKind>(i));
    }
    print_error(
        "{}: {}\n",
        say("Il faut le nom d'un nœud et un acte parmi", "A node's name is needed, and one of"),
        kinds);
    return kUsage;
  }
  const auto body = read_body(options.body);
  if (!body) return report(body.error());
  const base::Timestamp now = io::SystemClock().utc_now();
  const charter::Act act{options.node,
                         *kind,
                         hash_of(*body),
                         base::timestamp_from_ns(base::to_ns(now) / 1'000'000 * 1'000'000),
                         io::random_bytes<charter::Act::kNonceSize>()};
  seal::Note note{charter::to_string(act), {}};
  if (!options.key.empty()) {
    if (const auto done = add_signature(note, options.key, options.passphrase_file); !done) {
      return report(done.error());
    }
  }
  return write_act(note, *body, options.output, options.json);
}

int run_act_sign(const SignOptions& options) {
  auto note = read_note_or_draft(options.file);
  if (!note) return report(note.error());
  const auto act = charter::parse_act(note->text);
  if (!act) return report(act.error());
  const auto body = read_body(options.body);
  if (!body) return report(body.error());
  if (hash_of(*body) != act->body) {
    return report(
        {base::ErrorKind::bad_input,
         std::string(say("ce corps n'est pas celui de l'acte", "this body is not the act's"))});
  }
  // Who signs second sees what they sign: the body is all of it, and no longer than an entry of the
  // record (read_body).
  print_error("{}\n{}\n{}",
              note->text,
              say("Ce que l'acte demande :", "What the act asks for:"),
              as_quoted_lines(*body));
  if (const auto done = add_signature(*note, options.key, options.passphrase_file); !done) {
    return report(done.error());
  }
  return write_act(
      *note, *body, options.output.empty() ? options.file : options.output, options.json);
}

}  // namespace liptako::app
