#include "seal/note.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "base/check.hpp"
#include "seal/base64.hpp"
#include "seal/sha256.hpp"

namespace liptako::seal {

namespace {

constexpr std::string_view kLineStart = "\u2014 ";  // em dash, space
constexpr std::size_t kIdSize = 4;
constexpr std::size_t kTimeSize = 8;

base::ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The code point at the front of `text`, which is cut off; nothing if the bytes are not UTF-8 in
// its shortest form, or a surrogate [RFC 3629].
std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const int more = first < 0x80                     ? 0
                   : first >= 0xC2 && first <= 0xDF ? 1
                   : first >= 0xE0 && first <= 0xEF ? 2
                   : first >= 0xF0 && first <= 0xF4 ? 3
                                                    : -1;
  if (more < 0 || text.size() <= static_cast<std::size_t>(more)) return std::nullopt;
  char32_t point = more == 0 ? first : first & (0x3Fu >> more);
  for (int i = 1; i <= more; ++i) {
    const auto next = static_cast<unsigned char>(text[static_cast<std::size_t>(i)]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    point = point << 6 | (next & 0x3Fu);
  }
  const bool shortest = more == 2 ? point >= 0x800 : more == 3 ? point >= 0x10000 : true;
  if (!shortest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(more) + 1);
  return point;
}

// White_Space of the Unicode character database.
bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

// A note forbids the ASCII control characters below the space only.
bool is_clean(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto c = take_code_point(bytes);
    if (!c || (*c < 0x20 && *c != '\n')) return false;
  }
  return true;
}

std::uint32_t big_endian_32(base::ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kIdSize; ++i) value = value << 8 | bytes[i];
  return value;
}

std::uint64_t big_endian_64(base::ByteView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kTimeSize; ++i) value = value << 8 | bytes[i];
  return value;
}

template <class T>
void put_big_endian(base::Bytes& out, T value) {
  for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

std::string cosigned_message(std::string_view text, std::uint64_t unix_time_s) {
  return fmt::format("cosignature/v1\ntime {}\n{}", unix_time_s, text);
}

std::optional<Signature> signature_from(base::ByteView bytes) {
  Signature signature;
  if (bytes.size() != signature.bytes.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), signature.bytes.begin());
  return signature;
}

// The time of a good signature (0 of one without), nothing of a bad one.
std::optional<std::uint64_t> verified_time(const VerifierKey& known,
                                           std::string_view text,
                                           base::ByteView bytes) {
  if (known.type == KeyType::ed25519) {
    const auto signature = signature_from(bytes);
    if (!signature || !verify(known.key, view(text), *signature)) return std::nullopt;
    return 0;
  }
  if (bytes.size() < kTimeSize) return std::nullopt;
  const std::uint64_t time = big_endian_64(bytes);
  const auto signature = signature_from(bytes.subspan(kTimeSize));
  // Times beyond the signed range are no times [C2SP tlog-cosignature].
  if (!signature || time > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  if (!verify(known.key, view(cosigned_message(text, time)), *signature)) return std::nullopt;
  return time;
}

std::string hex_id(std::uint32_t id) { return fmt::format("{:08x}", id); }

}  // namespace

bool is_key_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxKeyNameSize) return false;
  while (!name.empty()) {
    const auto c = take_code_point(name);
    if (!c || is_space(*c) || is_control(*c) || *c == '+') return false;
  }
  return true;
}

bool is_note_text(std::string_view text) {
  return text.size() <= kMaxNoteSize && text.ends_with('\n') && is_clean(text);
}

std::uint32_t key_id(std::string_view name, KeyType type, const PublicKey& key) {
  Sha256 hash;
  const std::array<std::uint8_t, 2> middle{'\n', static_cast<std::uint8_t>(type)};
  hash.update(view(name));
  hash.update(middle);
  hash.update(key.bytes);
  return big_endian_32(hash.finish());
}

std::string VerifierKey::text() const {
  base::Bytes typed{static_cast<std::uint8_t>(type)};
  typed.insert(typed.end(), key.bytes.begin(), key.bytes.end());
  return fmt::format("{}+{}+{}", name, hex_id(id()), to_base64(typed));
}

base::Result<VerifierKey> VerifierKey::parse(std::string_view vkey) {
  // Base64 may hold a '+', a name may not: the first two split.
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == vkey.npos ? vkey.npos : vkey.find('+', first + 1);
  if (second == vkey.npos) {
    return base::bad_input("verifier key: not of the form name+hash+key");
  }
  VerifierKey parsed;
  parsed.name = vkey.substr(0, first);
  if (!is_key_name(parsed.name)) return base::bad_input("verifier key: not a key name");
  const auto typed = bytes_from_base64(vkey.substr(second + 1));
  if (!typed || typed->empty()) return base::bad_input("verifier key: not base64");
  const std::uint8_t type = typed->front();
  if (type != static_cast<std::uint8_t>(KeyType::ed25519) &&
      type != static_cast<std::uint8_t>(KeyType::cosignature)) {
    return base::bad_input(fmt::format("verifier key: type 0x{:02x} is not known here", type));
  }
  parsed.type = static_cast<KeyType>(type);
  if (typed->size() != 1 + PublicKey::kSize) {
    return base::bad_input("verifier key: an Ed25519 key has 32 bytes");
  }
  std::copy(typed->begin() + 1, typed->end(), parsed.key.bytes.begin());
  if (!parsed.key.is_sound()) return base::bad_input("verifier key: not a sound Ed25519 key");
  if (vkey.substr(first + 1, second - first - 1) != hex_id(parsed.id())) {
    return base::bad_input("verifier key: the hash is not this name and key's");
  }
  return parsed;
}

std::string to_string(const NoteSignature& signature) {
  base::Bytes blob;
  put_big_endian(blob, signature.key_id);
  blob.insert(blob.end(), signature.bytes.begin(), signature.bytes.end());
  return fmt::format("{}{} {}\n", kLineStart, signature.key_name, to_base64(blob));
}

base::Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kLineStart)) {
    return base::bad_input("signature line does not start with an em dash and a space");
  }
  line.remove_prefix(kLineStart.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos) return base::bad_input("signature line has no signature");
  const std::string_view name = line.substr(0, space);
  if (!is_key_name(name)) return base::bad_input("signature line: not a key name");
  const auto blob = bytes_from_base64(line.substr(space + 1));
  if (!blob || blob->size() <= kIdSize) {
    return base::bad_input("signature line: not base64 of a key ID and a signature");
  }
  return NoteSignature{
      std::string(name), big_endian_32(*blob), base::Bytes(blob->begin() + kIdSize, blob->end())};
}

base::Result<Note> parse_note(std::string_view bytes) {
  if (bytes.size() > kMaxNoteSize) return base::bad_input("note: too large");
  if (!bytes.ends_with('\n')) return base::bad_input("note: does not end with a newline");
  if (!is_clean(bytes)) {
    return base::bad_input("note: not UTF-8, or with control characters");
  }
  const std::size_t split = bytes.rfind("\n\n");
  if (split == bytes.npos) return base::bad_input("note: no blank line before signatures");
  Note note;
  note.text = bytes.substr(0, split + 1);
  std::string_view rest = bytes.substr(split + 2);
  if (rest.empty()) return base::bad_input("note: no signature");
  while (!rest.empty()) {
    if (note.signatures.size() == kMaxNoteSignatures) {
      return base::bad_input(fmt::format("note: more than {} signatures", kMaxNoteSignatures));
    }
    const std::size_t end = rest.find('\n');  // there is one: the note ends with it
    auto signature = parse_signature_line(rest.substr(0, end));
    if (!signature) return base::bad_input("note: " + signature.error().message);
    note.signatures.push_back(std::move(*signature));
    rest.remove_prefix(end + 1);
  }
  return note;
}

std::string to_string(const Note& note) {
  std::string bytes = note.text;
  bytes += '\n';
  for (const NoteSignature& signature : note.signatures) bytes += to_string(signature);
  return bytes;
}

NoteSignature sign(std::string_view text, std::string_view key_name, const SigningKey& key) {
  CHECK(is_note_text(text) && is_key_name(key_name));
  const Signature signature = key.sign(view(text));
  return NoteSignature{std::string(key_name),
                       key_id(key_name, KeyType::ed25519, key.public_key()),
                       base::Bytes(signature.bytes.begin(), signature.bytes.end())};
}

NoteSignature cosign(std::string_view text,
                     std::string_view key_name,
                     const SigningKey& key,
                     std::uint64_t unix_time_s) {
  CHECK(is_note_text(text) && is_key_name(key_name));
  CHECK(unix_time_s <= std::numeric_limits<std::int64_t>::max());
  const Signature signature = key.sign(view(cosigned_message(text, unix_time_s)));
  NoteSignature line{
      std::string(key_name), key_id(key_name, KeyType::cosignature, key.public_key()), {}};
  put_big_endian(line.bytes, unix_time_s);
  line.bytes.insert(line.bytes.end(), signature.bytes.begin(), signature.bytes.end());
  return line;
}

void add_signatures(Note& note, std::span<const NoteSignature> signatures) {
  for (const NoteSignature& signature : signatures) {
    if (std::ranges::find(note.signatures, signature) == note.signatures.end()) {
      note.signatures.push_back(signature);
    }
  }
}

base::Result<std::vector<KnownSignature>> check_note(const Note& note,
                                                     std::span<const VerifierKey> known) {
  if (!is_note_text(note.text)) return base::bad_input("note: not a note's text");
  std::vector<std::uint32_t> ids;
  ids.reserve(known.size());
  for (const VerifierKey& key : known) ids.push_back(key.id());

  std::vector<KnownSignature> good;
  for (const NoteSignature& signature : note.signatures) {
    std::optional<std::size_t> by;
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (ids[i] != signature.key_id || known[i].name != signature.key_name) continue;
      if (by && known[i] != known[*by]) {
        return base::bad_input("note: two known keys share the name and ID of " +
                               signature.key_name);
      }
      if (!by) by = i;
    }
    if (!by) continue;
    const auto time = verified_time(known[*by], note.text, signature.bytes);
    if (!time) {
      return base::bad_input(fmt::format(
          "note: bad signature by {} ({})", signature.key_name, hex_id(signature.key_id)));
    }
    const KnownSignature found{*by, *time};
    if (std::ranges::find(good, found) == good.end()) good.push_back(found);
  }
  return good;
}

base::Result<Note> open_note(std::string_view bytes, std::span<const VerifierKey> known) {
  auto note = parse_note(bytes);
  if (!note) return note;
  const auto good = check_note(*note, known);
  if (!good) return std::unexpected(good.error());
  if (good->empty()) return base::bad_input("note: not signed by any known key");
  return note;
}

}  // namespace liptako::seal
