#include "app/command_keeping.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/commands.hpp"
#include "app/key_folder.hpp"
#include "app/pair_memory.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "io/clock.hpp"
#include "io/file_storage.hpp"
#include "io/random.hpp"
#include "record/backup.hpp"
#include "record/hold.hpp"
#include "record/log.hpp"
#include "record/retention.hpp"
#include "record/writer.hpp"

namespace liptako::app {
namespace {

base::Timestamp now() { return io::SystemClock().utc_now(); }

template <class... Values>
void tell(std::string_view french, std::string_view english, const Values&... values) {
  print_out("{}\n", fmt::format(fmt::runtime(say(french, english)), values...));
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

// Whether nothing is there, or what a restore that was interrupted left.
bool may_restore_into(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return true;
  for (const std::filesystem::directory_entry& entry :
       std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename() == record::kRestoring) return true;
  }
  const auto is_lock = [](const auto& entry) { return entry.path().filename() == "lock"; };
  return !error && std::ranges::all_of(std::filesystem::directory_iterator(folder, error), is_lock);
}

int run_restore(const std::string& backup, const std::string& record) {
  auto from = io::FileStorage::open_read_only(backup);
  if (!from) return report(from.error());
  if (!may_restore_into(record)) {
    return report(
        base::bad_input(
            fmt::format(
                fmt::runtime(say("{} : n'est pas vide ; restaurer dans un dossier neuf ou vide",
                                 "{}: not empty; restore into a folder that is new or empty")),
                record))
            .error());
  }
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

// The log of a record whose node stands still, to be signed on with the node's key.
struct OpenedLog {
  record::Writer writer;
  record::Log log;
  std::unique_ptr<io::FileStorage> memory;
};
base::Result<OpenedLog> open_log(io::FileStorage& storage, const std::string& keys) {
  const auto newest = record::read_checkpoint(storage);
  if (!newest) return std::unexpected(newest.error());
  if (!*newest) return base::bad_input("there is no checkpoint: nothing may be deleted");
  const std::string& origin = (*newest)->checkpoint.origin;
  const std::string role = fmt::format("/{}", seal::name_of(seal::KeyRole::log));
  std::error_code error;
  if (!origin.ends_with(role) || !std::filesystem::exists(keys + "/log.key", error)) {
    return base::bad_input(fmt::format(
        "{}: the key of the log {} is not there; name its folder by --keys", keys, origin));
  }
  const auto owned = open_or_make_keys(keys, origin.substr(0, origin.size() - role.size()));
  if (!owned) return std::unexpected(owned.error());
  auto memory = io::FileStorage::open_beside(keys);
  if (!memory) return std::unexpected(memory.error());
  // What only the machine in charge may write into (docs/STANDBY.md).
  const auto pair = read_pair_memory(**memory);
  if (!pair) return std::unexpected(pair.error());
  if (pair->role) {
    return base::bad_input(std::string(
        say("cet enregistrement suit celui de l'autre machine du nœud, ou ne dirige plus : c'est "
            "elle qui efface",
            "this record follows that of the node's other machine, or is in charge no more: that "
            "one deletes")));
  }
  record::WriterOptions writing;
  writing.salt_key = io::random_bytes<record::EntrySalts::kKeySize>();
  writing.commit = true;
  auto writer = record::Writer::open(storage, writing);
  if (!writer) return std::unexpected(writer.error());
  record::LogOptions options{
      .origin = origin, .key = owned->log.key, .former_keys = owned->former_log};
  options.memory = memory->get();
  auto log = record::Log::open(
      storage, options, {writer->opened().first_sequence, writer->next_sequence()});
  if (log.trouble()) return base::bad_input(*log.trouble());
  return OpenedLog{std::move(*writer), std::move(log), std::move(*memory)};
}

// Records a document, and signs for it.
base::Result<void> record_document(io::FileStorage& storage,
                                   OpenedLog& opened,
                                   base::ByteView text) {
  io::SystemClock clock;
  record::EntryView entry{.kind = record::EntryKind::document, .payload = text};
  entry.utc = clock.utc_now();
  entry.monotonic = clock.monotonic_now();
  if (const auto taken = opened.writer.append(entry); !taken) return std::unexpected(taken.error());
  if (auto flushed = opened.writer.flush(); !flushed) return flushed;
  if (auto synced = opened.writer.sync(); !synced) return synced;
  opened.log.append(opened.writer.take_commitments());
  auto work = opened.log.take_all(entry.utc, entry.monotonic);
  if (!work) return base::world_failed("nothing could be signed");
  auto written = record::Log::write(storage, *work);
  opened.log.finish(std::move(*work), written);
  return written;
}

base::ByteView bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void tell_holds(const std::vector<record::Hold>& holds) {
  for (const record::Hold& hold : holds) {
    tell("rien n'est effacé : mise sous séquestre « {} », par {}, {}",
         "nothing is deleted: legal hold '{}', by {}, {}",
         hold.id,
         hold.set.by,
         hold.set.reason);
  }
}

// As a node does it: says what will go in an entry, signs for it, deletes.
int run_retire(const std::string& record, const std::string& keys, int days) {
  auto storage = io::FileStorage::open(record);
  if (!storage) return report(storage.error());
  auto opened = open_log(**storage, keys.empty() ? record + ".keys" : keys);
  if (!opened) return report(opened.error());
  auto said = record::read_keeping(**storage);
  if (!said) return report(said.error());
  record::RetentionWork work{.rules = {.keep = days * base::kDay},
                             .now = now(),
                             .said = said->keeping,
                             .carried_at = said->carried_at,
                             .named = {},
                             .may_delete = false};
  const auto signed_up_to = opened->log.checkpoint_size();
  work.may_delete = work.said.retirements > 0 && signed_up_to == opened->writer.next_sequence();
  while (true) {
    const auto found = record::work_on_retention(**storage, work);
    if (!found) return report(found.error());
    for (const record::Hold& hold : record::unsaid_holds(work.said.holds, found->files)) {
      const base::Bytes document = record::held_payload(hold);
      if (const auto done = record_document(**storage, *opened, document); !done)
        return report(done.error());
      (void)work.said.take(document);
    }
    tell_holds(found->done.holds.empty() ? found->plan.holds : found->done.holds);
    if (!found->plan.kept.empty()) print_out("{}\n", found->plan.kept);
    std::string note;
    if (!found->plan.segments.empty()) {
      const auto next = work.said.next_retirement(found->plan.rule, found->plan.segments);
      if (!next) return report(base::bad_input("too many ranges of entries were deleted").error());
      note = record::to_string(*next);
    } else if (work.said.retirements > 0 && !work.may_delete) {
      note = work.said.newest;  // said before, and not signed for yet: said again
    } else {
      return kDone;
    }
    if (const auto done = record_document(**storage, *opened, bytes_of(note)); !done)
      return report(done.error());
    (void)work.said.take(bytes_of(note));
    work.may_delete = true;
    for (const record::RetiredSegment& segment : found->plan.segments)
      print_out("{}\n", record::to_string(segment));
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
    print_out("{}  {}  {}  {}  {}\n",
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
  retire->add_option("--keys", keys_, "Folder of the node's keys (RECORD.keys)");
  retire->callback([this, &result] { result = run_retire(record_, keys_, days_); });
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
