// A text that is secret: wherever it lay, it is wiped when it goes. And what keeps a process's
// memory to itself.
#pragma once

#include <string>
#include <utility>

namespace liptako::io {

// Overwrites what the text holds, and empties it.
void wipe(std::string& text);

class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string&& text) : text_(std::move(text)) { wipe(text); }
  SecretText(const SecretText&) = default;
  SecretText(SecretText&& other) noexcept { text_.swap(other.text_); }
  SecretText& operator=(SecretText other) noexcept {
    text_.swap(other.text_);  // what was here goes with `other`
    return *this;
  }
  ~SecretText() { wipe(text_); }

  [[nodiscard]] const std::string& text() const { return text_; }
  friend bool operator==(const SecretText&, const SecretText&) = default;

 private:
  std::string text_;
};

// For a process that holds keys: no core file, and no other process of this user may look into its
// memory (prctl(2), PR_SET_DUMPABLE).
void keep_memory_private();

}  // namespace liptako::io
