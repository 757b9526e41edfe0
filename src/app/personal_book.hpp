// The names and telephones of those behind a node's accounts: sealed, opened and erased with the
// keys in the key folder, one for each subject (docs/KEYS.md). Neither keeps a plain text.
//
// Reads and writes files: not for a thread that others wait for. One caller at a time may change.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "seal/personal.hpp"
#include "serve/accounts.hpp"
#include "serve/contact.hpp"

namespace liptako::app {

class PersonalBook {
 public:
  // Erased ones too: what was erased is remembered, so that nothing brings it back.
  static constexpr std::size_t kMaxSubjects = 4096;

  // `folder`: of keys. Made with the first subject.
  [[nodiscard]] static base::Result<std::unique_ptr<PersonalBook>> open(const std::string& folder);
  // For reading, beside a running node.
  [[nodiscard]] static std::unique_ptr<PersonalBook> open_beside(const std::string& folder);

  // Seals under the subject's key; under a new subject's if this one is empty, or has none any
  // more.
  [[nodiscard]] base::Result<serve::SealedContact> seal(std::string_view subject,
                                                        const serve::Contact& contact);
  // Total: what cannot be read says why.
  [[nodiscard]] serve::ContactView view(const serve::SealedContact& sealed) const;
  // Of all accounts, and the subjects that are no account's.
  [[nodiscard]] base::Result<serve::ContactBook> book(const serve::Accounts& accounts) const;
  // Whether there is such a subject in this folder, and what became of it; `none` of an unknown
  // one.
  [[nodiscard]] serve::ContactState state(std::string_view subject) const;

  // Destroys the key; durable when it returns.
  [[nodiscard]] base::Result<void> erase(std::string_view subject);
  // The same of all of them that still have one; how many. What the record says was erased stays
  // so where an older copy of the key folder was put back, and where the act was not obeyed yet.
  [[nodiscard]] base::Result<std::size_t> erase_all(std::span<const std::string> subjects);

 private:
  explicit PersonalBook(std::unique_ptr<base::Storage> folder)
      : folder_(std::move(folder)), store_(*folder_) {}

  std::unique_ptr<base::Storage> folder_;
  seal::PersonalStore store_;
};

}  // namespace liptako::app
