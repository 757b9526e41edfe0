// `liptako roster`: new, sign, check, show.
#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/key_commands.hpp"
#include "app/key_tools.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "charter/roster_draft.hpp"
#include "io/clock.hpp"

namespace liptako::app {

namespace {

struct Assignment {
  std::string left;
  std::string right;
};

// "LEFT=RIGHT" at the first '='.
base::Result<Assignment> split(const std::string& text) {
  const std::size_t at = text.find('=');
  if (at == text.npos) {
    return std::unexpected(
        base::Error{base::ErrorKind::usage, fmt::format("\"{}\": no '=' in it", text)});
  }
  return Assignment{text.substr(0, at), text.substr(at + 1)};
}

base::Result<charter::RosterKey> key_line(const std::string& argument, bool of_operator) {
  const auto usage = [&](std::string_view what) {
    return std::unexpected(
        base::Error{base::ErrorKind::usage, fmt::format("\"{}\": {}", argument, what)});
  };
  const auto parts = split(argument);
  if (!parts) return std::unexpected(parts.error());
  const std::size_t colon = parts->left.find(':');
  if (colon == parts->left.npos) return usage("MEMBER:ROLE=KEY");
  charter::RosterKey line;
  line.member = parts->left.substr(0, colon);
  const std::string word = parts->left.substr(colon + 1);
  if (of_operator) {
    const auto roles = charter::roles_from(word);
    if (!roles) return usage("roles, in the order of docs/KEYS.md, separated by commas");
    line.role = seal::KeyRole::operator_key;
    line.roles = *roles;
  } else {
    const auto role = seal::key_role_from(word);
    if (!role || *role == seal::KeyRole::operator_key)
      return usage("root, node, log, witness or tls");
    line.role = *role;
  }
  auto key = verifier_of(parts->right);
  if (!key) return std::unexpected(key.error());
  line.key = std::move(*key);
  return line;
}

base::Result<charter::Roster> assemble(const RosterNewOptions& options) {
  charter::Roster roster;
  roster.federation = options.federation;
  const base::Timestamp now = io::SystemClock().utc_now();
  roster.valid_from = base::timestamp_from_ns(base::to_ns(now) / 1'000'000 * 1'000'000);
  roster.valid_to = roster.valid_from + options.days * base::kDay;
  for (const std::string& member : options.members) {
    const auto parts = split(member);
    if (!parts) return std::unexpected(parts.error());
    roster.members.push_back(
        {{static_cast<std::uint8_t>(roster.members.size() + 1)}, parts->left, parts->right});
  }
  const auto add = [&](const std::vector<std::string>& arguments,
                       bool of_operator) -> base::Result<void> {
    for (const std::string& argument : arguments) {
      auto line = key_line(argument, of_operator);
      if (!line) return std::unexpected(line.error());
      roster.keys.push_back(std::move(*line));
    }
    return {};
  };
  if (const auto ok = add(options.keys, false); !ok) return std::unexpected(ok.error());
  if (const auto ok = add(options.operators, true); !ok) return std::unexpected(ok.error());
  return charter::with_usual_quorum(std::move(roster), options.roots, options.of_members);
}

// A draft nobody has signed is read as well: its form can be looked at before.
base::Result<charter::RosterNote> read_roster(const std::string& path) {
  auto note = read_note_or_draft(path);
  if (!note) return std::unexpected(note.error());
  auto roster = charter::Roster::parse(note->text);
  if (!roster) return base::bad_input(fmt::format("{}: {}", path, roster.error().message));
  const auto& text = note->text;
  const seal::Digest hash =
      seal::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return charter::RosterNote{std::move(*roster), std::move(*note), hash};
}

std::string_view in_words(charter::RosterVerdict verdict) {
  using enum charter::RosterVerdict;
  switch (verdict) {
    case takes_force:
      return say("entre en vigueur", "takes force");
    case same:
      return say("est déjà en vigueur", "is in force already");
    case bad_signature:
      return say("une signature de clé racine est fausse", "a root key's signature is bad");
    case too_few_of_itself:
      return say("trop peu de signatures selon lui-même", "too few signatures by its own rule");
    case too_few_of_current:
      return say("trop peu de signatures selon la version en vigueur",
                 "too few signatures by the rule of the version in force");
    case not_newer:
      return say("n'est pas plus récent", "is not newer");
    case versions_missing:
      return say("des versions manquent entre les deux", "versions between are missing");
    case other_federation:
      return say("est d'une autre fédération", "is of another federation");
    case other_previous:
      return say("ne suit pas la version en vigueur", "does not follow the version in force");
    case revocation_dropped:
      return say("oublie une révocation", "drops a revocation");
  }
  return "";
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) list += (list.size() > 1 ? "," : "") + in_json(text);
  return list + "]";
}

}  // namespace

int run_roster_new(const RosterNewOptions& options) {
  const auto roster = assemble(options);
  if (!roster) return report(roster.error());
  if (const auto done = write_text(options.output, roster->text()); !done) {
    return report(done.error());
  }
  if (options.output != "-") {
    print_out("{} : {}\n", say("projet à signer", "draft to be signed"), options.output);
  }
  return kDone;
}

int run_roster_sign(const SignOptions& options) {
  auto roster = read_roster(options.file);
  if (!roster) return report(roster.error());
  const auto key = open_key(options.key, options.passphrase_file);
  if (!key) return report(key.error());
  if (key->role != seal::KeyRole::root) {
    return report({base::ErrorKind::bad_input,
                   std::string(say("seule une clé racine signe un registre",
                                   "only a root key signs a roster"))});
  }
  seal::Note& note = roster->note;
  const seal::NoteSignature line = seal::sign(note.text, key->name, key->key);
  seal::add_signatures(note, std::span(&line, 1));
  if (const auto done =
          write_text(options.output.empty() ? options.file : options.output, seal::to_string(note));
      !done) {
    return report(done.error());
  }
  if (options.json) {
    print_out(R"({{"signed_by":{},"signatures":{}}})"
              "\n",
              in_json(key->name),
              note.signatures.size());
  } else {
    print_out("{} {} (signatures: {})\n",
              say("signé par", "signed by"),
              key->name,
              note.signatures.size());
  }
  return kDone;
}

int run_roster_check(const RosterCheckOptions& options) {
  const auto next = read_roster(options.file);
  if (!next) return report(next.error());
  std::optional<charter::RosterNote> current;
  if (!options.after.empty()) {
    auto read = read_roster(options.after);
    if (!read) return report(read.error());
    current = std::move(*read);
  }
  const charter::RosterVerdict verdict =
      charter::judge_succession(current ? &*current : nullptr, *next);
  const auto names = [&](const charter::Roster& judge) {
    return charter::roots_that_signed(judge, *next).value_or(std::vector<std::string>{});
  };
  const bool good =
      verdict == charter::RosterVerdict::takes_force || verdict == charter::RosterVerdict::same;
  const charter::RosterState state = charter::state_of(next->roster, io::SystemClock().utc_now());
  if (options.json) {
    print_out(R"({{"version":{},"verdict":"{}","state":"{}","expires":"{}",)"
              R"("signed_by":{},"signed_by_current":{}}})"
              "\n",
              next->roster.version,
              charter::name_of(verdict),
              charter::name_of(state),
              base::to_rfc3339(next->roster.valid_to),
              json_list(names(next->roster)),
              current ? json_list(names(current->roster)) : "null");
  } else {
    print_out("{} {} : {}\n", say("version", "version"), next->roster.version, in_words(verdict));
    for (const std::string& name : names(next->roster)) {
      print_out("  {} {}\n", say("signé par", "signed by"), name);
    }
    print_out("  {} {}\n",
              say("valable jusqu'au", "valid until"),
              base::to_rfc3339(next->roster.valid_to));
  }
  return good ? kDone : kInputAtFault;
}

int run_roster_show(const std::string& file, bool json) {
  const auto note = read_roster(file);
  if (!note) return report(note.error());
  const charter::Roster& roster = note->roster;
  if (!json) {
    print_out("sha256:{}\n{}", seal::to_hex(note->hash), roster.text());
    return kDone;
  }
  std::string members;
  for (const charter::RosterMember& m : roster.members) {
    members += fmt::format(R"({}{{"number":{},"code":{},"name":{}}})",
                           members.empty() ? "" : ",",
                           m.number.value,
                           in_json(m.code),
                           in_json(m.name));
  }
  std::string keys;
  for (const charter::RosterKey& k : roster.keys) {
    keys += fmt::format(R"({}{{"member":{},"role":"{}","operator_roles":{},"key":{}}})",
                        keys.empty() ? "" : ",",
                        in_json(k.member),
                        seal::name_of(k.role),
                        k.roles.empty() ? "null" : in_json(charter::to_string(k.roles)),
                        in_json(k.key.text()));
  }
  std::string revoked;
  for (const charter::Revocation& r : roster.revoked) {
    revoked += fmt::format(R"({}{{"key":{},"time":"{}","reason":{}}})",
                           revoked.empty() ? "" : ",",
                           in_json(r.key.text()),
                           base::to_rfc3339(r.time),
                           in_json(r.reason));
  }
  print_out(R"({{"hash":"{}","federation":{},"version":{},"previous":{},"valid_from":"{}",)"
            R"("expires":"{}","members":[{}],"keys":[{}],"groups":{},"quorum":{},"revoked":[{}]}})"
            "\n",
            seal::to_hex(note->hash),
            in_json(roster.federation),
            roster.version,
            roster.previous ? in_json(seal::to_hex(*roster.previous)) : "null",
            base::to_rfc3339(roster.valid_from),
            base::to_rfc3339(roster.valid_to),
            members,
            keys,
            json_list(roster.quorum.group_words()),
            in_json(roster.quorum.quorum_word()),
            revoked);
  return kDone;
}

}  // namespace liptako::app
