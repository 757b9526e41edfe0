// `liptako key`: new, show, rotate, enrol, revoke. No network, no clock but for the dates of
// drafts.
#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/key_commands.hpp"
#include "app/key_folder.hpp"
#include "app/key_tools.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "charter/act.hpp"
#include "charter/enrolment.hpp"
#include "charter/roster_draft.hpp"
#include "io/clock.hpp"
#include "io/private_file.hpp"
#include "io/random.hpp"
#include "io/secret_text.hpp"

namespace liptako::app {

namespace {

bool is_sealed_by_default(seal::KeyRole role) {
  return role == seal::KeyRole::operator_key || role == seal::KeyRole::root;
}

base::Result<void> write_key(const seal::PrivateKey& key,
                             bool plain,
                             const std::string& path,
                             const std::string& passphrase_file) {
  if (plain || !is_sealed_by_default(key.role)) {
    const io::SecretText text(seal::plain_key_file(key));
    return io::write_new_secret(path, text.text());
  }
  auto passphrase = new_passphrase(passphrase_file);
  if (!passphrase) return std::unexpected(passphrase.error());
  const seal::SealingSeeds seeds{io::random_bytes<seal::kPasswordSaltSize>(),
                                 io::random_bytes<24>()};
  const auto text = seal::sealed_key_file(key, *passphrase, seeds);
  io::wipe(*passphrase);
  if (!text) return std::unexpected(text.error());
  return io::write_new_secret(path, *text);
}

void print_key(const std::string& file, const seal::KeyFileHead& head, bool json) {
  if (json) {
    print_out(R"({{"file":{},"role":"{}","name":{},"key_id":"{:08x}","key":{},"sealed":{}}})"
              "\n",
              in_json(file),
              seal::name_of(head.role),
              in_json(head.key.name),
              head.key.id(),
              in_json(head.key.text()),
              head.sealed);
    return;
  }
  print_out("{}\n  {} {}{}\n  {}\n",
            file,
            say("clé de rôle", "key of role"),
            seal::name_of(head.role),
            head.sealed ? say(", scellée par une phrase secrète", ", sealed by a passphrase")
                        : say(", en clair", ", plain"),
            head.key.text());
}

base::Result<charter::RosterNote> read_roster(const std::string& path) {
  const auto note = read_note_or_draft(path);
  if (!note) return std::unexpected(note.error());
  auto roster = charter::RosterNote::parse(seal::to_string(*note));
  if (!roster) return base::bad_input(fmt::format("{}: {}", path, roster.error().message));
  return roster;
}

int finish_draft(const base::Result<charter::Roster>& draft, const KeyChangeOptions& options) {
  if (!draft) return report(draft.error());
  if (const auto done = write_text(options.output, draft->text()); !done) {
    return report(done.error());
  }
  if (options.json) {
    print_out(R"({{"draft":{},"version":{},"fresh":{}}})"
              "\n",
              in_json(options.output),
              draft->version,
              options.fresh.empty() ? "null" : in_json(options.fresh));
  } else if (options.output != "-") {
    print_out("{} {} : {}\n{}\n",
              say("projet de la version", "draft of version"),
              draft->version,
              options.output,
              say("À relire, puis à signer : liptako roster sign",
                  "To be read again, then signed: liptako roster sign"));
  }
  return kDone;
}

}  // namespace

int run_key_new(const KeyNewOptions& options) {
  const auto role = seal::key_role_from(options.role);
  if (!role || !seal::is_key_name(options.name)) {
    print_error(
        "{}\n",
        say("Il faut un rôle (node, log, witness, tls, operator, root) et un nom sans espace "
            "ni « + ».",
            "A role (node, log, witness, tls, operator, root) and a name without spaces and "
            "'+' are needed."));
    return kUsage;
  }
  const seal::PrivateKey key = make_key(*role, options.name);
  if (const auto done = write_key(key, options.plain, options.output, options.passphrase_file);
      !done) {
    return report(done.error());
  }
  if (!options.pem.empty()) {
    const io::SecretText pem(seal::pkcs8_pem(key.key));
    if (const auto done = io::write_new_secret(options.pem, pem.text()); !done) {
      return report(done.error());
    }
  }
  print_key(options.output,
            {*role, key.verifier(), !options.plain && is_sealed_by_default(*role)},
            options.json);
  return kDone;
}

int run_key_show(const std::vector<std::string>& files, bool json) {
  for (const std::string& file : files) {
    const auto head = head_of(file);
    if (!head) return report(head.error());
    print_key(file, *head, json);
  }
  return kDone;
}

int run_key_rotate(const KeyChangeOptions& options) {
  const auto head = head_of(options.key);
  if (!head) return report(head.error());
  const auto roster = read_roster(options.roster);
  if (!roster) return report(roster.error());
  const base::Timestamp now = io::SystemClock().utc_now();
  const seal::PrivateKey fresh = make_key(head->role, head->key.name);
  const auto draft = charter::with_key_replaced(
      charter::successor_of(*roster, now), head->key, fresh.verifier(), now);
  if (!draft) return report(draft.error());
  if (const auto done = write_key(fresh, !head->sealed, options.fresh, options.passphrase_file);
      !done) {
    return report(done.error());
  }
  return finish_draft(draft, options);
}

int run_key_enrol(const KeyEnrolOptions& options) {
  if (!charter::is_act_node_name(options.node) || !charter::is_act_node_name(options.account) ||
      !charter::is_challenge(options.challenge)) {
    print_error(
        "{}\n",
        say("Il faut le nom du nœud, le compte et le défi, comme la page du nœud les montre",
            "Node, account and challenge are needed, as the node's page shows them"));
    return kUsage;
  }
  const auto key = open_key(options.key, options.passphrase_file);
  if (!key) return report(key.error());
  if (key->role != seal::KeyRole::operator_key) {
    return report({base::ErrorKind::bad_input,
                   std::string(say("seule une clé d'opérateur est celle d'un compte",
                                   "only an operator's key is an account's"))});
  }
  seal::Note proof{
      charter::to_string({options.node, options.account, key->verifier(), options.challenge}), {}};
  const seal::NoteSignature line = seal::sign(proof.text, key->name, key->key);
  seal::add_signatures(proof, std::span(&line, 1));
  const auto done =
      write_text(options.output.empty() ? "-" : options.output, seal::to_string(proof));
  return done ? kDone : report(done.error());
}

int run_key_revoke(const KeyChangeOptions& options) {
  const auto key = verifier_of(options.key);
  if (!key) return report(key.error());
  const auto roster = read_roster(options.roster);
  if (!roster) return report(roster.error());
  const base::Timestamp now = io::SystemClock().utc_now();
  return finish_draft(
      charter::with_key_revoked(charter::successor_of(*roster, now), *key, now, options.reason),
      options);
}

}  // namespace liptako::app
