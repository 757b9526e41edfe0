// Any bytes as the file of accounts: what is read is well formed, governs by its own rules, and is
// written back to a text that reads the same.
#include "base/check.hpp"
#include "serve/accounts.hpp"
#include "serve/session_documents.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liptako;
  const auto accounts = serve::Accounts::parse({reinterpret_cast<const char*>(data), size});
  if (!accounts) return 0;
  CHECK(accounts->all().size() <= serve::Accounts::kMaxAccounts);
  for (const auto& [id, account] : accounts->all()) {
    CHECK(serve::is_account_id(id) && account.id == id && accounts->find(id) == &account);
    CHECK(!account.roles.empty());
    if (!account.operator_key.empty()) CHECK(accounts->holder_of(account.operator_key) == &account);
    if (account.disabled) CHECK(account.rights() == serve::Rights());
    const bool has_contact = account.contact != serve::SealedContact();
    CHECK(!has_contact || serve::is_sealed_contact(account.contact));
    if (!account.invitation) continue;
    const auto ends = account.invitation->ends;
    const serve::Account* invited = accounts->invited_by(account.invitation->token_hash, ends);
    CHECK(invited == nullptr || invited->invitation->ends > ends);
  }
  const std::string text = accounts->to_string();
  const auto again = serve::Accounts::parse(text);
  CHECK(again.has_value() && again->to_string() == text);
  CHECK(serve::accounts_json(*accounts, base::Timestamp()).starts_with("{\"accounts\":["));
  return 0;
}
