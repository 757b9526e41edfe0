// Names, telephones and other data about persons, encrypted under a key of the subject's own. The
// record, its copies and backups hold only the box; the key lies in a file of the key folder, one
// for each subject. Erasing that file makes every box of the subject unreadable for good,
// everywhere at once, without changing a byte of the record.
//
// An erased subject stays erased: its file is replaced by a line that says so, and no new key is
// made under that name, so that nobody can be told apart by having been given a second one. A
// backup of the key folder holds keys that were erased later; docs/KEYS.md says what to do with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/seams.hpp"

namespace liptako::seal {

// 1 to 64 of a-z, 0-9 and '-'. An internal number, never itself a name.
[[nodiscard]] bool is_subject(std::string_view subject);

class PersonalStore {
 public:
  using Key = std::array<std::uint8_t, 32>;
  using Nonce = std::array<std::uint8_t, 24>;
  static constexpr std::size_t kMaxData = 65'536;  // bytes in one box

  // Files `personal/<subject>` of the key folder, which must outlive this.
  explicit PersonalStore(base::Storage& key_folder) : storage_(&key_folder) {}

  enum class State : std::uint8_t { unknown, kept, erased };
  [[nodiscard]] base::Result<State> state(std::string_view subject) const;

  // Makes the subject's key from fresh random bytes; durable when it returns. Fails if it has one,
  // or had.
  [[nodiscard]] base::Result<void> add(std::string_view subject, const Key& fresh);
  // Encrypts under the subject's key; `nonce` fresh random bytes for each box.
  [[nodiscard]] base::Result<base::Bytes> seal(std::string_view subject,
                                               base::ByteView data,
                                               const Nonce& nonce) const;
  // Nothing if the subject was erased or was never known; an error if the box is not the subject's,
  // or was changed.
  [[nodiscard]] base::Result<std::optional<base::Bytes>> open(std::string_view subject,
                                                              base::ByteView box) const;
  // Destroys the key; durable when it returns. Also of a subject never known, and again.
  [[nodiscard]] base::Result<void> erase(std::string_view subject);

 private:
  [[nodiscard]] base::Result<std::optional<Key>> key_of(std::string_view subject) const;
  base::Storage* storage_;
};

}  // namespace liptako::seal
