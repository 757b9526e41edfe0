// `liptako personal`: whose names and telephones a key folder holds the keys of, by number, without
// opening a box; and the destruction of those that a record says were erased, in a copy of the
// folder that no node starts from (docs/KEYS.md).
#include <fmt/format.h>

#include <filesystem>

#include "app/commands.hpp"
#include "app/personal_book.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "charter/act.hpp"
#include "io/file_storage.hpp"
#include "record/cursor.hpp"
#include "record/keeping.hpp"

namespace liptako::app {

namespace {

// The subject that an act's entry erases; empty if it is another act.
std::string erased_by(const record::EntryView& entry) {
  if (entry.kind != record::EntryKind::act) return "";
  const auto payload = charter::read_act_payload(entry.payload);
  if (!payload) return "";
  const auto note = seal::parse_note(payload->note);
  if (!note) return "";
  const auto act = charter::parse_act(note->text);
  if (!act || act->kind != charter::ActKind::erase_personal) return "";
  const std::string_view body(reinterpret_cast<const char*>(payload->body.data()),
                              payload->body.size());
  return serve::erasure_subject(body).value_or("");
}

base::Result<std::vector<std::string>> erased_in(const std::string& record) {
  auto storage = io::FileStorage::open_read_only(record);
  if (!storage) return std::unexpected(storage.error());
  auto cursor = record::Cursor::open(**storage, record::Stream::input, 0);
  if (!cursor) return std::unexpected(cursor.error());
  std::vector<std::string> subjects;
  record::CarriedReader carried;
  while (true) {
    auto next = cursor->next();
    if (!next) return std::unexpected(next.error());
    if (!*next) return subjects;
    const record::EntryView& entry = (*next)->entry;
    std::string subject = erased_by(entry);
    if (!subject.empty()) subjects.push_back(std::move(subject));
    // The act itself may be gone with the segments before.
    if (entry.kind != record::EntryKind::document || !record::is_carried(entry.payload)) continue;
    const auto state = carried.take(entry.payload);
    if (!state) continue;
    for (const record::CarriedItem& item : *state) {
      if (item.name == "erased_subject")
        subjects.emplace_back(item.content.begin(), item.content.end());
    }
  }
}

std::string_view words_of(serve::ContactState state) {
  switch (state) {
    case serve::ContactState::kept:
      return say("gardé", "kept");
    case serve::ContactState::erased:
      return say("effacé", "erased");
    case serve::ContactState::none:
    case serve::ContactState::unreadable:
      break;
  }
  return say("illisible", "unreadable");
}

}  // namespace

int run_personal(const PersonalOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(options.folder, ignored)) {
    return report({base::ErrorKind::bad_input,
                   fmt::format(fmt::runtime(say("{} : pas un dossier", "{}: not a folder")),
                               options.folder)});
  }
  if (!options.record.empty()) {
    auto personal = PersonalBook::open(options.folder);
    if (!personal) return report(personal.error());
    const auto subjects = erased_in(options.record);
    if (!subjects) return report(subjects.error());
    const auto erased = (*personal)->erase_all(*subjects);
    if (!erased) return report(erased.error());
    print_error("{}\n",
                fmt::format(fmt::runtime(say("{} clé(s) détruite(s) d'après l'enregistrement",
                                             "{} key(s) destroyed as the record says")),
                            *erased));
  }
  const auto book = PersonalBook::open_beside(options.folder)->book({});
  if (!book) return report(book.error());
  for (const serve::ContactView& one : book->others) {
    if (options.json) {
      print_out(
          "{{\"subject\":{},\"state\":\"{}\"}}\n", in_json(one.subject), serve::name_of(one.state));
    } else {
      print_out("{} {}\n", one.subject, words_of(one.state));
    }
  }
  return kDone;
}

}  // namespace liptako::app
