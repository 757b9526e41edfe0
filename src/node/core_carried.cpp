// What a core must not lose when the entries that told it are deleted by rule and no snapshot can
// be read: identity and epoch of the record, the configuration in force and what the ground hides
// from its radars, the roster in force, acts that could
// be sent again, who is in charge, what was erased, deletions and holds. It is said again in
// documents `liptako/carried/v1` (record/keeping.hpp), as named parts, so that a later build reads
// what an earlier one wrote; a part that it does not know it leaves.
#include <algorithm>
#include <charconv>

#include "base/archive.hpp"
#include "node/core.hpp"

namespace liptako::node {
namespace {

std::string text_of(const base::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }
record::CarriedItem item(std::string name, std::string_view text) {
  return {std::move(name), {text.begin(), text.end()}};
}
record::CarriedItem item(std::string name, std::uint64_t number) {
  return item(std::move(name), std::to_string(number));
}

std::uint64_t number_of(const base::Bytes& bytes) {
  const std::string text = text_of(bytes);
  std::uint64_t number = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

record::CarriedState Core::carried() const {
  record::CarriedState state{item("epoch", epoch_),
                             item("frame_epoch", frame_epoch_),
                             item("gaps", gaps_),
                             item("boot_id", boot_id_),
                             item("file_hash", file_hash_),
                             item("term", charge_.term),
                             item("takeovers", charge_.takeovers),
                             item("others_configuration", charge_.is_others_configuration ? 1 : 0)};
  // Before the configuration, as in the record.
  for (base::Bytes& document : terrain_documents(sensors_.sensors()))
    state.push_back({"terrain", std::move(document)});
  state.push_back(item("configuration", config_text_));
  if (charge_.newest) state.push_back(item("takeover", record::takeover_text(*charge_.newest)));
  if (roster_.in_force) state.push_back(item("roster", seal::to_string(roster_.in_force->note)));
  for (const std::string& subject : erased_subjects_)
    state.push_back(item("erased_subject", subject));
  base::Bytes acts;
  base::ByteWriter writer(acts);
  base::Saver{writer}(acts_);
  state.push_back({"acts", std::move(acts)});
  std::ranges::move(keeping_.carried(), std::back_inserter(state));
  return state;
}

void Core::take_carried(const record::CarriedState& state) {
  whole_ = true;
  keeping_.restore(state);
  erased_subjects_.clear();
  for (const record::CarriedItem& part : state) {
    const base::Bytes& content = part.content;
    if (part.name == "epoch") epoch_ = number_of(content);
    if (part.name == "frame_epoch") frame_epoch_ = number_of(content);
    if (part.name == "gaps") gaps_ = number_of(content);
    if (part.name == "boot_id") boot_id_ = text_of(content);
    if (part.name == "file_hash") file_hash_ = text_of(content);
    if (part.name == "terrain") take_terrain(content);
    if (part.name == "configuration" && config_text_ != text_of(content)) on_configuration(content);
    if (part.name == "term")
      charge_.term = std::clamp(number_of(content), record::kFirstTerm, record::kLastTerm);
    if (part.name == "takeovers") charge_.takeovers = number_of(content);
    if (part.name == "takeover") {
      auto takeover = record::parse_takeover(text_of(content));
      if (takeover) charge_.newest = std::move(*takeover);
    }
    if (part.name == "roster") {
      auto note = charter::RosterNote::parse(text_of(content));
      if (note) roster_.in_force = std::move(*note);
    }
    if (part.name == "erased_subject" && erased_subjects_.size() < kMaxErasedSubjects)
      erased_subjects_.push_back(text_of(content));
    if (part.name == "acts") {
      base::ByteReader reader(content);
      charter::ActBook acts;
      base::Loader{reader}(acts);
      if (reader.ok() && reader.at_end()) acts_ = std::move(acts);
    }
  }
  // Behind the configuration, which says that it is this machine's.
  for (const record::CarriedItem& part : state) {
    if (part.name == "others_configuration")
      charge_.is_others_configuration = number_of(part.content) != 0;
  }
  terrain_.clear();  // of a configuration that was in force already
  std::ranges::sort(erased_subjects_);
}

}  // namespace liptako::node
