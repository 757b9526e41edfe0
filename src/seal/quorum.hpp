// Who must have signed: k-of-n groups in the grammar of [C2SP tlog-policy].
//
//   group <name> <k | any | all> <member>...
//   quorum <name | none>
//
// Members are keys, or groups defined before; groups nest; each name is used once as a member, so
// that no signature counts twice. The caller reads the lines, names the keys and says which of them
// signed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace liptako::seal {

class Quorum {
 public:
  static constexpr std::size_t kMaxNames = 1024;  // keys and groups together

  // A key that may be a member. Fails if the name is taken, or not a key name (seal/note.hpp).
  [[nodiscard]] base::Result<void> add_key(std::string_view name);
  // The words of a group line after "group". Fails if the name is taken, a member unknown or used
  // before, or k not in 1..n.
  [[nodiscard]] base::Result<void> add_group(std::string_view words);
  // The word after "quorum". Fails if unknown, or set before.
  [[nodiscard]] base::Result<void> set_quorum(std::string_view name);

  // Whether a quorum line was read; whether it asks for nobody.
  [[nodiscard]] bool is_set() const { return set_; }
  [[nodiscard]] bool is_none() const { return set_ && root_ == kNone; }

  // Whether those signatures suffice. Names that are no keys here do not count. False while unset.
  [[nodiscard]] bool satisfied_by(std::span<const std::string> signed_keys) const;

  // The words after "group", one string a group in their order, and after "quorum".
  [[nodiscard]] std::vector<std::string> group_words() const;
  [[nodiscard]] std::string quorum_word() const;
  friend bool operator==(const Quorum&, const Quorum&) = default;

 private:
  struct Named {
    std::string name;
    bool used = false;                 // as a member
    std::string threshold;             // as written; empty: a key
    std::size_t needed = 0;            // of the members
    std::vector<std::size_t> members;  // indices, all smaller than its own
    friend bool operator==(const Named&, const Named&) = default;
  };
  [[nodiscard]] std::size_t find(std::string_view name) const;
  [[nodiscard]] base::Result<void> check_new(std::string_view name) const;

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::vector<Named> nodes_;
  std::size_t root_ = kNone;
  bool set_ = false;
};

}  // namespace liptako::seal
