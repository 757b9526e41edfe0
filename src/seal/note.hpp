// Signed notes [C2SP signed-note v1.0.0]: a text and signature lines under it, each by a named key.
// Checkpoints, rosters, acts and later the charter are all notes, so that one verifier serves all.
//
//   <text, whose last line ends like every other>
//   <blank line: the last one splits text from signatures>
//   — <key name> <base64(key ID, 4 bytes, then the signature)>
//
// The text is UTF-8 without control characters but the newline; what is signed is the text with its
// last newline and without the blank line. A key is known by its name and its key ID, the first
// four bytes of SHA-256(name, newline, type, key). Lines of unknown keys are carried and ignored; a
// bad signature by a known key spoils the whole note. What a text means is for others to parse, and
// only after check_note: nothing of an unchecked note is to be acted upon.
//
// A cosignature [C2SP tlog-cosignature v1.0.1, type 0x04] signs a time with the text: "this is the
// largest consistent tree I had seen by then". Its key is never also a log's key, since it does not
// commit to its name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "seal/ed25519.hpp"

namespace liptako::seal {

// Bounds on what is parsed, the same as in Go's sumdb/note: a note holds at most this many bytes
// and signature lines. A key name has no bound of its own there; here it has.
inline constexpr std::size_t kMaxNoteSize = 1'000'000;
inline constexpr std::size_t kMaxNoteSignatures = 100;
inline constexpr std::size_t kMaxKeyNameSize = 255;

enum class KeyType : std::uint8_t {
  ed25519 = 0x01,
  cosignature = 0x04,  // Ed25519 over a time and a checkpoint
};

// Not empty, UTF-8, at most kMaxKeyNameSize bytes, no space or control character of any script, no
// '+'. By custom a URL without its scheme.
[[nodiscard]] bool is_key_name(std::string_view name);
// Ends with a newline; UTF-8 without control characters but the newline; within kMaxNoteSize.
[[nodiscard]] bool is_note_text(std::string_view text);

// The key ID as a big-endian number.
[[nodiscard]] std::uint32_t key_id(std::string_view name, KeyType type, const PublicKey& key);

// What a verifier knows of a key. Its text form is the "vkey": name+<key ID, 8 hex
// digits>+<base64(type, key)>.
struct VerifierKey {
  std::string name;
  KeyType type = KeyType::ed25519;
  PublicKey key;

  [[nodiscard]] std::uint32_t id() const { return key_id(name, type, key); }
  [[nodiscard]] std::string text() const;
  // One line without its newline. Refuses names, types and keys that are not sound, and a key ID
  // that is not the key's.
  [[nodiscard]] static base::Result<VerifierKey> parse(std::string_view vkey);
  friend auto operator<=>(const VerifierKey&, const VerifierKey&) = default;
};

// One signature line: whose, and the bytes after the key ID (64 of an Ed25519 signature; 8 more
// before them in a cosignature, its time).
struct NoteSignature {
  std::string key_name;
  std::uint32_t key_id = 0;
  base::Bytes bytes;
  friend auto operator<=>(const NoteSignature&, const NoteSignature&) = default;
};

// The line with its newline.
[[nodiscard]] std::string to_string(const NoteSignature& signature);
// One line without its newline.
[[nodiscard]] base::Result<NoteSignature> parse_signature_line(std::string_view line);

struct Note {
  std::string text;  // with its last newline
  std::vector<NoteSignature> signatures;
};

// Total. Refuses what is not a note, or has no signature line.
[[nodiscard]] base::Result<Note> parse_note(std::string_view bytes);
// The bytes of the note; the inverse of parse_note.
[[nodiscard]] std::string to_string(const Note& note);

// Signature lines to push to a note of this text. Require is_note_text(text) and is_key_name(name).
[[nodiscard]] NoteSignature sign(std::string_view text,
                                 std::string_view key_name,
                                 const SigningKey& key);
[[nodiscard]] NoteSignature cosign(std::string_view text,
                                   std::string_view key_name,
                                   const SigningKey& key,
                                   std::uint64_t unix_time_s);
// Adds lines that are not in the note yet.
void add_signatures(Note& note, std::span<const NoteSignature> signatures);

// A line of the note that a known key signed.
struct KnownSignature {
  std::size_t key = 0;            // index into the known keys
  std::uint64_t unix_time_s = 0;  // a cosignature's; 0 of others
  friend auto operator<=>(const KnownSignature&, const KnownSignature&) = default;
};

// The good signatures by known keys, in the note's order, without repetitions; perhaps none. An
// error if a line that names a known key does not verify, or if two known keys have one name and
// ID.
[[nodiscard]] base::Result<std::vector<KnownSignature>> check_note(
    const Note& note, std::span<const VerifierKey> known);

// parse_note and check_note, and an error if none of the known keys signed.
[[nodiscard]] base::Result<Note> open_note(std::string_view bytes,
                                           std::span<const VerifierKey> known);

}  // namespace liptako::seal
