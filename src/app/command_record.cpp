// `liptako record verify | prove | consistency`: a record against its own log, and proofs out of it
// for others to check.
#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "app/commands.hpp"
#include "app/files.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "io/file_storage.hpp"
#include "record/log.hpp"
#include "record/verify.hpp"
#include "seal/base64.hpp"
#include "serve/reasons.hpp"

namespace liptako::app {
namespace {

constexpr std::size_t kMaxKeysFile = 1u << 20;

base::Result<record::Verification> verified(const std::string& folder,
                                            const std::string& keys_file) {
  std::vector<seal::VerifierKey> keys;
  if (!keys_file.empty()) {
    const auto text = read_file(keys_file, kMaxKeysFile);
    if (!text) return std::unexpected(text.error());
    auto parsed = record::parse_verifier_keys(*text);
    if (!parsed) return base::bad_input(keys_file + ": " + parsed.error().message);
    if (parsed->empty()) return base::bad_input(keys_file + ": no key in it");
    keys = std::move(*parsed);
  }
  const auto storage = io::FileStorage::open_read_only(folder);
  if (!storage) return std::unexpected(storage.error());
  return record::verify_record(**storage, keys);
}

std::string optional_number(const std::optional<std::uint64_t>& number) {
  return number ? fmt::format("{}", *number) : "null";
}

void print_json(const record::Verification& found) {
  std::string out;
  const auto add = [&]<class... Args>(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  };
  add("{{\"sound\":{},\"first\":{},\"end\":{},\"proved\":{},\"uncovered\":{},\"retired\":{},"
      "\"lost\":{},\"checkpoint\":",
      found.sound(),
      found.first,
      found.end,
      found.proved,
      found.uncovered,
      found.retired,
      found.lost);
  if (found.checkpoint) {
    add("{{\"origin\":{},\"size\":{},\"root\":\"{}\"}}",
        in_json(found.checkpoint->origin),
        found.checkpoint->size,
        seal::to_hex(found.checkpoint->root));
  } else {
    add("null");
  }
  add(",\"keys_given\":{},\"signatures\":[", found.keys_given);
  const char* comma = "";
  for (const record::FoundSignature& one : found.signatures) {
    add("{}{{\"key\":{},\"cosignature\":{}", comma, in_json(one.key), one.unix_time_s != 0);
    if (one.unix_time_s != 0) add(",\"unix_time_s\":{}", one.unix_time_s);
    add("}}");
    comma = ",";
  }
  add("],\"checkpoints_kept\":{},\"starts\":[", found.checkpoints_kept);
  comma = "";
  for (const std::uint64_t entry : found.starts) {
    add("{}{}", comma, entry);
    comma = ",";
  }
  add("],\"gaps\":[");
  comma = "";
  for (const record::FoundGap& one : found.gaps) {
    add("{}{{\"entry\":{},\"cause\":\"{}\",\"from\":\"{}\",\"to\":\"{}\",\"lost\":{},\"words\":{}}"
        "}",
        comma,
        one.entry,
        record::name_of(one.gap.cause),
        base::to_rfc3339(one.gap.from),
        base::to_rfc3339(one.gap.to),
        one.gap.lost,
        in_json(one.gap.words));
    comma = ",";
  }
  add("],\"fault_count\":{},\"faults\":[", found.fault_count);
  comma = "";
  for (const record::Fault& one : found.faults) {
    add("{}{{\"part\":\"{}\",\"where\":{},\"entry\":{},\"what\":{},\"cause\":\"{}\"}}",
        comma,
        record::name_of(one.part),
        in_json(one.where),
        optional_number(one.entry),
        in_json(one.what),
        serve::reason_of(one.what).code);
    comma = ",";
  }
  add("]}}\n");
  print_out("{}", out);
}

template <class... Args>
void tell(std::string_view french, std::string_view english, Args&&... args) {
  print_out("{}\n", fmt::format(fmt::runtime(say(french, english)), args...));
}

// What is at fault and what that means; behind it the place and the words of the verifier.
std::string describe(const record::Fault& fault) {
  using Part = record::Fault::Part;
  const auto part = [&]() -> std::string_view {
    switch (fault.part) {
      case Part::segment:
        return say("segment", "segment");
      case Part::entry:
        return say("entrée", "entry");
      case Part::tile:
        return say("tuile", "tile");
      case Part::bundle:
        return say("liasse de tuiles", "bundle");
      case Part::checkpoint:
        return say("point de contrôle", "checkpoint");
      case Part::hold:
        return say("mise sous garde", "hold");
      case Part::retired:
        return say("suppression", "retirement");
    }
    return record::name_of(fault.part);
  };
  return fmt::format(fmt::runtime(say("{} : {}", "{}: {}")), part(), explain(to_string(fault)));
}

void print_text(const record::Verification& found) {
  if (found.checkpoint) {
    tell("journal {} : point de contrôle sur {} entrées, racine {}",
         "log {}: checkpoint over {} entries, root {}",
         found.checkpoint->origin,
         found.checkpoint->size,
         seal::to_hex(found.checkpoint->root));
  }
  if (!found.keys_given) {
    tell("aucune clé donnée : les signatures n’ont pas été vérifiées (--keys members.pub)",
         "no keys given: signatures were not checked (--keys members.pub)");
  }
  for (const record::FoundSignature& one : found.signatures) {
    if (one.type == seal::KeyType::cosignature) {
      tell("cosigné par {} (temps Unix {})",
           "cosigned by {} (Unix time {})",
           one.key,
           one.unix_time_s);
    } else {
      tell("signé par {}", "signed by {}", one.key);
    }
  }
  tell(
      "{} entrées prouvées, {} pas encore couvertes, {} effacées par la règle de conservation, {} "
      "perdues avant d’être scellées",
      "{} entries proved, {} not covered yet, {} deleted by retention, {} lost before they were "
      "committed to",
      found.proved,
      found.uncovered,
      found.retired,
      found.lost);
  tell("{} démarrages, {} points de contrôle gardés",
       "{} starts, {} checkpoints kept",
       found.starts.size(),
       found.checkpoints_kept);
  for (const record::FoundGap& one : found.gaps) {
    tell("lacune à l’entrée {} : {}, de {} à {}, {} entrées perdues {}",
         "gap at entry {}: {}, from {} to {}, {} entries lost {}",
         one.entry,
         record::name_of(one.gap.cause),
         base::to_rfc3339(one.gap.from),
         base::to_rfc3339(one.gap.to),
         one.gap.lost,
         one.gap.words.empty() ? std::string() : explain(one.gap.words));
  }
  for (const record::Fault& one : found.faults) tell("FAUTE, {}", "FAULT {}", describe(one));
  if (found.sound()) {
    tell("l’enregistrement est intact", "the record is sound");
  } else {
    tell("L’ENREGISTREMENT N’EST PAS INTACT : {} fautes",
         "THE RECORD IS NOT SOUND: {} faults",
         found.fault_count);
  }
}

}  // namespace

int run_record_verify(const RecordVerifyOptions& options) {
  const auto found = verified(options.record, options.keys);
  if (!found) return report(found.error());
  if (options.quiet) {
    for (const record::Fault& one : found->faults)
      print_error("liptako: {}: {}\n", options.record, describe(one));
  } else {
    options.json ? print_json(*found) : print_text(*found);
  }
  return found->sound() ? kDone : kInputAtFault;
}

int run_record_prove(const RecordProveOptions& options) {
  const auto storage = io::FileStorage::open_read_only(options.record);
  if (!storage) return report(storage.error());
  const auto proof = record::prove_entry(**storage, options.entry);
  if (!proof) return report(proof.error());
  const std::string text = seal::to_string(*proof);
  if (options.output == "-") {
    print_out("{}", text);
    return kDone;
  }
  std::ofstream file(options.output, std::ios::binary);
  file << text;
  file.close();
  if (file) return kDone;
  return report({base::ErrorKind::world, options.output + ": cannot be written"});
}

int run_record_consistency(const RecordConsistencyOptions& options) {
  const auto storage = io::FileStorage::open_read_only(options.record);
  if (!storage) return report(storage.error());
  const auto found = record::prove_consistency(**storage, options.older, options.newer);
  if (!found) return report(found.error());
  const bool holds = seal::consistency_holds(found->older, found->newer, found->proof);
  print_out("{} {}\n", found->older.size, seal::to_base64(found->older.root));
  print_out("{} {}\n", found->newer.size, seal::to_base64(found->newer.root));
  for (const seal::Digest& hash : found->proof) print_out("{}\n", seal::to_base64(hash));
  if (holds) return kDone;
  return report(
      {base::ErrorKind::bad_input, "the tiles do not prove that the one extends the other"});
}

}  // namespace liptako::app
