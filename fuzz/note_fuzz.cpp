// Any bytes as a signed note, a verifier key and a signature line: what is read is written back to
// the same bytes. And any text that may be signed: the signature is good, and spoiled by any
// change.
#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "choices.hpp"
#include "seal/note.hpp"
#include "seal/quorum.hpp"

namespace {

using namespace liptako;

seal::SigningKey key_of(std::uint8_t seed) {
  std::array<std::uint8_t, seal::SigningKey::kSeedSize> bytes{};
  bytes.fill(seed);
  return seal::SigningKey::from_seed(bytes);
}

const seal::SigningKey kLogKey = key_of(1);
const seal::SigningKey kWitnessKey = key_of(2);
const std::vector<seal::VerifierKey> kKnown{
    {"mali.example/log", seal::KeyType::ed25519, kLogKey.public_key()},
    {"niger.example/witness", seal::KeyType::cosignature, kWitnessKey.public_key()}};

void read(std::string_view bytes) {
  if (const auto note = seal::parse_note(bytes)) {
    CHECK(seal::to_string(*note) == bytes);
    CHECK(seal::is_note_text(note->text));
    if (const auto good = seal::check_note(*note, kKnown)) {
      CHECK(good->size() <= note->signatures.size());
    }
  }
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  if (const auto key = seal::VerifierKey::parse(line)) {
    CHECK(key->text() == line && seal::is_key_name(key->name));
  }
  if (const auto signature = seal::parse_signature_line(line)) {
    CHECK(seal::to_string(*signature) == std::string(line) + "\n");
  }
  seal::Quorum quorum;
  CHECK(quorum.add_key("a").has_value() && quorum.add_key("b").has_value());
  if (quorum.add_group(line)) {
    CHECK(quorum.group_words() == std::vector<std::string>{std::string(line)});
  }
}

void sign_and_change(base::ByteView bytes) {
  fuzzing::Choices choices(bytes);
  const std::size_t at = choices.any<std::uint16_t>();
  const unsigned bit = choices.any<std::uint8_t>() % 8;
  const auto time = choices.any<std::uint64_t>() >> 1;
  const base::ByteView rest = choices.take(choices.remaining());
  const std::string text(rest.begin(), rest.end());
  if (!seal::is_note_text(text)) return;
  seal::Note note{text, {}};
  note.signatures.push_back(seal::sign(text, kKnown[0].name, kLogKey));
  note.signatures.push_back(seal::cosign(text, kKnown[1].name, kWitnessKey, time));
  if (seal::to_string(note).size() > seal::kMaxNoteSize) return;
  const auto read = seal::parse_note(seal::to_string(note));
  CHECK(read.has_value() && read->text == text && read->signatures == note.signatures);
  const auto good = seal::check_note(*read, kKnown);
  CHECK(good.has_value() && good->size() == 2 && (*good)[1].unix_time_s == time);

  seal::Note changed = note;
  changed.text[at % text.size()] = static_cast<char>(text[at % text.size()] ^ (1 << bit));
  CHECK(!seal::check_note(changed, kKnown).has_value());
  for (std::size_t i = 0; i < note.signatures.size(); ++i) {
    changed = note;
    base::Bytes& signature = changed.signatures[i].bytes;
    signature[at % signature.size()] ^= static_cast<std::uint8_t>(1 << bit);
    CHECK(!seal::check_note(changed, kKnown).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({reinterpret_cast<const char*>(data), size});
  sign_and_change({data, size});
  return 0;
}
