#include "app/command_keeping.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/words.hpp"
#include "io/clock.hpp"
#include "io/file_storage.hpp"
#include "record/backup.hpp"
#include "record/hold.hpp"
#include "record/retention.hpp"

namespace liptako::app {
namespace {

base::Timestamp now() { return io::SystemClock().utc_now(); }

template <class... Values>
void tell(std::string_view french, std::string_view english, const Values&... values) {
  fmt::print("{}\n", fmt::format(fmt::runtime(say(french, english)), values...));
}

int run_backup(const std::string& record, const std::string& backup) {
  auto from = io::FileStorage::open_read_only(record);
  if (!from) return report(from.error());
  auto to = io::FileStorage::open(backup);
  if (!to) return report(to.error());
  const auto made = record::back_up(**from, **to, now());
  if (!made) return report(made.error());
  tell("{} : entrées jusqu'à {}, {} fichiers et {} octets copiés, vérifié",
       "{}: entries up to {}, {} files and {} bytes copied, verified",
       backup,
       made->manifest.end,
       made->copied_files,
       made->copied_bytes);
  return kDone;
}

int run_restore(const std::string& backup, const std::string& record) {
  auto from = io::FileStorage::open_read_only(backup);
  if (!from) return report(from.error());
  auto to = io::FileStorage::open(record);
  if (!to) return report(to.error());
  const auto restored = record::restore(**from, **to, now());
  if (!restored) return report(restored.error());
  tell("{} : entrées jusqu'à {}, de la sauvegarde du {}",
       "{}: entries up to {}, from the backup of {}",
       record,
       restored->manifest.end,
       base::to_rfc3339(restored->manifest.made));
  if (restored->checkpoint) {
    tell(
        "Si ce nœud a signé plus de {} entrées depuis, donnez-lui une autre clé de journal et un "
        "autre nom avant de le démarrer (docs/OPERATIONS.md)",
        "If this node has signed more than {} entries since, give it another log key and name "
        "before it starts (docs/OPERATIONS.md)",
        restored->checkpoint->size);
  }
  return kDone;
}

int run_retire(const std::string& record, int days) {
  auto storage = io::FileStorage::open(record);
  if (!storage) return report(storage.error());
  const record::RetentionRules rules{.keep = days * base::kDay};
  while (true) {
    const auto step = record::retire(**storage, rules, now());
    if (!step) return report(step.error());
    for (const record::RetiredSegment& segment : step->retired)
      fmt::print("{}\n", record::to_string(segment));
    for (const record::Hold& hold : step->holds) {
      tell("rien n'est effacé : mise sous séquestre « {} », par {}, {}",
           "nothing is deleted: legal hold '{}', by {}, {}",
           hold.id,
           hold.set.by,
           hold.set.reason);
    }
    if (!step->kept.empty()) fmt::print("{}\n", step->kept);
    if (step->retired.empty()) return kDone;
  }
}

int run_hold(const std::string& record,
             const std::string& id,
             const record::HoldAct& act,
             bool lift) {
  auto storage = io::FileStorage::open_beside(record);
  if (!storage) return report(storage.error());
  const auto done =
      lift ? record::lift_hold(**storage, id, act) : record::set_hold(**storage, id, act);
  if (!done) return report(done.error());
  return kDone;
}

int run_hold_list(const std::string& record) {
  auto storage = io::FileStorage::open_read_only(record);
  if (!storage) return report(storage.error());
  const auto holds = record::list_holds(**storage);
  if (!holds) return report(holds.error());
  for (const record::Hold& hold : *holds) {
    fmt::print("{}  {}  {}  {}  {}\n",
               hold.id,
               !hold.readable  ? say("illisible", "unreadable")
               : hold.stands() ? say("en vigueur", "stands")
                               : say("levée", "lifted"),
               base::to_rfc3339(hold.set.time),
               hold.set.by,
               hold.set.reason);
  }
  return kDone;
}

}  // namespace

KeepingCommands::KeepingCommands(CLI::App& app, CLI::App& record, int& result) {
  auto* backup = app.add_subcommand("backup", "Copy a record, verified (docs/OPERATIONS.md)");
  backup->add_option("record", record_, "Folder of one node's record")->required();
  backup->add_option("backup", backup_, "Folder of the copy; a second run copies what is new")
      ->required();
  backup->callback([this, &result] { result = run_backup(record_, backup_); });
  auto* restore = app.add_subcommand("restore", "Make a record from a backup");
  restore->add_option("backup", backup_, "Folder of the backup")->required();
  restore->add_option("record", record_, "Folder, new or empty")->required();
  restore->callback([this, &result] { result = run_restore(backup_, record_); });
  auto* retire = record.add_subcommand("retire", "Delete raw data that is older than the rule");
  retire->add_option("record", record_, "Folder of one node's record, which must be stopped")
      ->required();
  retire->add_option("--days", days_, "Keep so many days")
      ->check(CLI::Range(1, 36'500))
      ->capture_default_str();
  retire->callback([this, &result] { result = run_retire(record_, days_); });
  add_holds(record, result);
}

void KeepingCommands::add_holds(CLI::App& record, int& result) {
  auto* hold = record.add_subcommand("hold", "Legal holds: while one stands nothing is deleted");
  hold->require_subcommand(1);
  for (const bool lift : {false, true}) {
    auto* command = hold->add_subcommand(lift ? "lift" : "set",
                                         lift ? "End a hold; it stays on record" : "Set a hold");
    command->add_option("record", record_, "Folder of one node's record")->required();
    command->add_option("id", id_, "Its name: lower-case letters, digits, hyphens")->required();
    command->add_option("--by", by_, "Who orders it")->required();
    command->add_option("--reason", reason_, "Why")->required();
    command->callback(
        [this, lift, &result] { result = run_hold(record_, id_, {now(), by_, reason_}, lift); });
  }
  auto* list = hold->add_subcommand("list", "All holds, standing and lifted");
  list->add_option("record", record_, "Folder of one node's record")->required();
  list->callback([this, &result] { result = run_hold_list(record_); });
}

}  // namespace liptako::app
