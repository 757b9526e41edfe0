// Any bytes as the payload of an act's entry: what is read is written back to the same bytes, and a
// stranger's act is never accepted. And acts that two persons sign, with any body: accepted as they
// were signed, refused after any change and when they come again.
#include <array>

#include "base/check.hpp"
#include "charter/act.hpp"
#include "choices.hpp"

namespace {

using namespace liptako;

seal::SigningKey key_of(std::uint8_t seed) {
  std::array<std::uint8_t, seal::SigningKey::kSeedSize> bytes{};
  bytes.fill(seed);
  return seal::SigningKey::from_seed(bytes);
}

constexpr const char* kNames[] = {"mali.example/operator/a", "mali.example/operator/b"};
const seal::SigningKey kKeys[] = {key_of(1), key_of(2)};

// Two persons who between them may sign everything.
std::vector<charter::ActSigner> signers() {
  using enum charter::Role;
  const charter::Roles all{shift_chief, duty_authority, legal_adviser, cemaa, sysadmin};
  std::vector<charter::ActSigner> out;
  for (std::size_t i = 0; i < 2; ++i) {
    out.push_back(
        {i == 0 ? "a" : "b", {kNames[i], seal::KeyType::ed25519, kKeys[i].public_key()}, all});
  }
  return out;
}

void read(base::ByteView bytes) {
  const auto now = base::timestamp_from_ns(1'700'000'000'000'000'000);
  if (const auto payload = charter::read_act_payload(bytes)) {
    const base::Bytes again = charter::act_payload(payload->note, payload->body);
    CHECK(base::Bytes(bytes.begin(), bytes.end()) == again);
    const charter::ActBook book;
    const auto verdict = book.check(payload->note, payload->body, {}, "bamako", now);
    CHECK(!verdict.has_value() && verdict.error() != charter::ActRefusal::too_few_signers);
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto act = charter::parse_act(text);
  if (!act) return;
  CHECK(charter::to_string(*act) == text);
  CHECK(charter::is_act_node_name(act->node));
  charter::ActBook book;
  book.remember(*act, act->time);
  CHECK(book.size() == 1);
}

void sign_and_change(base::ByteView bytes) {
  fuzzing::Choices choices(bytes);
  charter::Act act;
  act.node = "bamako";
  act.kind = static_cast<charter::ActKind>(choices.any<std::uint8_t>() % charter::kActKinds);
  act.time = base::timestamp_from_ns(static_cast<std::int64_t>(choices.any<std::uint32_t>()) *
                                     1'000'000'000);
  act.nonce.fill(choices.any<std::uint8_t>());
  const std::size_t at = choices.any<std::uint16_t>();
  const auto bit = static_cast<std::uint8_t>(1u << (choices.any<std::uint8_t>() % 8));
  const base::ByteView body = choices.take(choices.remaining());
  act.body = seal::sha256(body);
  seal::Note note{charter::to_string(act), {}};
  for (std::size_t i = 0; i < 2; ++i)
    note.signatures.push_back(seal::sign(note.text, kNames[i], kKeys[i]));
  const std::string signed_note = seal::to_string(note);
  const auto known = signers();
  charter::ActBook book;
  const auto accepted = book.check(signed_note, body, known, "bamako", act.time);
  CHECK(accepted.has_value() && accepted->act == act && accepted->persons.size() == 2);

  base::Bytes changed(body.begin(), body.end());
  if (!changed.empty()) {
    changed[at % changed.size()] ^= bit;
    CHECK(!book.check(signed_note, changed, known, "bamako", act.time).has_value());
  }
  std::string other = signed_note;
  other[at % other.size()] = static_cast<char>(other[at % other.size()] ^ bit);
  // Of a name or a key ID the change takes a signature away; nothing takes two.
  if (const auto still = book.check(other, body, known, "bamako", act.time)) {
    CHECK(still->act == act && still->persons.size() == 1);
  }
  CHECK(!book.check(signed_note, body, known, "niamey", act.time).has_value());
  book.remember(act, act.time);
  const auto again = book.check(signed_note, body, known, "bamako", act.time);
  CHECK(!again.has_value() && again.error() == charter::ActRefusal::replayed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({data, size});
  sign_and_change({data, size});
  return 0;
}
