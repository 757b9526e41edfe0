// Any bytes as a roster: what is read is written back to the same bytes, and nothing takes force
// that its own roots did not sign.
#include "base/check.hpp"
#include "charter/roster.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto roster = charter::Roster::parse(bytes)) {
    CHECK(roster->text() == bytes);
    CHECK(roster->valid_from < roster->valid_to);
    CHECK(charter::state_of(*roster, roster->valid_from) == charter::RosterState::in_force);
    CHECK(charter::state_of(*roster, roster->valid_to) == charter::RosterState::expired);
    const charter::RosterNote unsigned_note{*roster, {std::string(bytes), {}}, {}};
    CHECK(charter::judge_succession(nullptr, unsigned_note) != charter::RosterVerdict::takes_force);
    for (const charter::RosterKey& key : roster->keys) {
      CHECK(roster->find(key.key) == &key && !roster->is_revoked(key.key));
      CHECK(roster->member(key.member) != nullptr);
    }
  }
  const auto note = charter::RosterNote::parse(bytes);
  if (!note) return 0;
  CHECK(note->roster.text() == note->note.text);
  const auto roots = charter::roots_that_signed(note->roster, *note);
  const auto verdict = charter::judge_succession(nullptr, *note);
  if (verdict == charter::RosterVerdict::takes_force) {
    CHECK(roots.has_value());
    CHECK(note->roster.quorum.satisfied_by(*roots));
    const charter::Roster next = charter::successor_of(*note, note->roster.valid_from);
    const auto again = charter::Roster::parse(next.text());
    CHECK(again.has_value() && *again == next);
    const charter::RosterNote draft{next, {next.text(), {}}, {}};
    CHECK(charter::judge_succession(&*note, draft) != charter::RosterVerdict::takes_force);
  }
  const auto same = charter::judge_succession(&*note, *note);
  CHECK(same == (roots ? charter::RosterVerdict::same : charter::RosterVerdict::bad_signature));
  return 0;
}
