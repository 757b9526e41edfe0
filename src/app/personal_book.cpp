#include "app/personal_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "io/random.hpp"
#include "io/secret_folder.hpp"
#include "seal/base64.hpp"
#include "seal/ed25519.hpp"
#include "seal/sha256.hpp"

namespace liptako::app {

using base::Result;
using serve::ContactState;
using State = seal::PersonalStore::State;

Result<std::unique_ptr<PersonalBook>> PersonalBook::open(const std::string& folder) {
  auto opened = io::SecretFolder::open(folder, "personal");
  if (!opened) return std::unexpected(opened.error());
  return std::unique_ptr<PersonalBook>(new PersonalBook(std::move(*opened)));
}

std::unique_ptr<PersonalBook> PersonalBook::open_beside(const std::string& folder) {
  return std::unique_ptr<PersonalBook>(new PersonalBook(io::SecretFolder::open_beside(folder)));
}

ContactState PersonalBook::state(std::string_view subject) const {
  const auto state = store_.state(subject);
  if (!state) return ContactState::unreadable;
  switch (*state) {
    case State::unknown:
      return ContactState::none;
    case State::kept:
      return ContactState::kept;
    case State::erased:
      return ContactState::erased;
  }
  return ContactState::unreadable;
}

Result<serve::SealedContact> PersonalBook::seal(std::string_view subject,
                                                const serve::Contact& contact) {
  std::string whose(subject);
  if (whose.empty() || state(whose) != ContactState::kept) {
    const auto names = folder_->list("personal");
    if (!names) return std::unexpected(names.error());
    if (names->size() >= kMaxSubjects) {
      return base::world_failed(
          fmt::format("{} subjects of personal data are remembered already", names->size()));
    }
    whose = fmt::format("p-{:02x}", fmt::join(io::random_bytes<8>(), ""));
    auto key = io::random_bytes<sizeof(seal::PersonalStore::Key)>();
    const auto added = store_.add(whose, key);
    seal::wipe(key);
    if (!added) return std::unexpected(added.error());
  }
  base::Bytes plain = serve::contact_bytes(contact);
  const auto box =
      store_.seal(whose, plain, io::random_bytes<sizeof(seal::PersonalStore::Nonce)>());
  seal::wipe(plain);
  if (!box) return std::unexpected(box.error());
  return serve::SealedContact{std::move(whose), seal::to_base64(*box)};
}

serve::ContactView PersonalBook::view(const serve::SealedContact& sealed) const {
  serve::ContactView view{.subject = sealed.subject};
  if (sealed.subject.empty()) return view;
  view.state = state(sealed.subject);
  if (view.state == ContactState::none && !sealed.box.empty())
    view.state = ContactState::unreadable;
  if (view.state != ContactState::kept) return view;
  if (sealed.box.empty()) return view;
  view.state = ContactState::unreadable;
  const auto box = seal::bytes_from_base64(sealed.box);
  if (!box) return view;
  auto plain = store_.open(sealed.subject, *box);
  if (!plain || !*plain) return view;
  auto contact = serve::parse_contact(**plain);
  seal::wipe(**plain);
  if (!contact) return view;
  view.contact = std::move(*contact);
  view.state = ContactState::kept;
  return view;
}

Result<serve::ContactBook> PersonalBook::book(const serve::Accounts& accounts) const {
  serve::ContactBook book;
  std::set<std::string, std::less<>> used;
  for (const auto& [id, account] : accounts.all()) {
    book.by_account.emplace(id, view(account.contact));
    used.insert(account.contact.subject);
  }
  const auto names = folder_->list("personal");
  if (!names) return std::unexpected(names.error());
  for (const std::string& subject : *names) {
    if (!used.contains(subject) && seal::is_subject(subject))
      book.others.push_back({.subject = subject, .state = state(subject), .contact = {}});
  }
  return book;
}

Result<void> PersonalBook::erase(std::string_view subject) { return store_.erase(subject); }

Result<std::size_t> PersonalBook::erase_all(std::span<const std::string> subjects) {
  std::size_t erased = 0;
  Result<void> all;
  for (const std::string& subject : subjects) {
    const ContactState now = state(subject);
    if (now == ContactState::erased) continue;
    // One that cannot be destroyed keeps no other.
    if (auto done = store_.erase(subject); !done) {
      all = done;
      continue;
    }
    if (now != ContactState::none) ++erased;
  }
  if (!all) return std::unexpected(all.error());
  return erased;
}

}  // namespace liptako::app
