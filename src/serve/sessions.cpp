#include "serve/sessions.hpp"

namespace liptako::serve {
namespace {

seal::Digest hash_of(std::string_view token) {
  return seal::sha256({reinterpret_cast<const std::uint8_t*>(token.data()), token.size()});
}

}  // namespace

bool Sessions::has_ended(const Session& session, base::Duration now) const {
  return now - session.last_used >= options_.idle || now - session.began >= options_.longest;
}

void Sessions::make_room(std::string_view account, base::Duration now) {
  std::erase_if(by_hash_, [&](const auto& entry) { return has_ended(entry.second, now); });
  std::size_t own = 0;
  auto oldest = by_hash_.end();
  auto oldest_own = by_hash_.end();
  for (auto it = by_hash_.begin(); it != by_hash_.end(); ++it) {
    if (oldest == by_hash_.end() || it->second.last_used < oldest->second.last_used) oldest = it;
    if (it->second.account != account) continue;
    ++own;
    if (oldest_own == by_hash_.end() || it->second.last_used < oldest_own->second.last_used)
      oldest_own = it;
  }
  if (own >= options_.max_per_account) {
    by_hash_.erase(oldest_own);
  } else if (by_hash_.size() >= options_.max_sessions) {
    by_hash_.erase(oldest);
  }
}

const Session& Sessions::begin(std::string_view token,
                               std::string_view account,
                               base::Duration now) {
  make_room(account, now);
  return by_hash_
      .insert_or_assign(hash_of(token), Session{next_id_++, std::string(account), now, now})
      .first->second;
}

const Session* Sessions::use(std::string_view token, base::Duration now) {
  const auto found = by_hash_.find(hash_of(token));
  if (found == by_hash_.end()) return nullptr;
  if (has_ended(found->second, now)) {
    by_hash_.erase(found);
    return nullptr;
  }
  found->second.last_used = now;
  return &found->second;
}

Sessions::Table::iterator Sessions::find(std::uint64_t id) {
  auto it = by_hash_.begin();
  while (it != by_hash_.end() && it->second.id != id) ++it;
  return it;
}

bool Sessions::keep(std::uint64_t id, base::Duration now) {
  const auto found = find(id);
  if (found == by_hash_.end()) return false;
  if (has_ended(found->second, now)) {
    by_hash_.erase(found);
    return false;
  }
  found->second.last_used = now;
  return true;
}

void Sessions::end(std::uint64_t id) {
  if (const auto found = find(id); found != by_hash_.end()) by_hash_.erase(found);
}

void Sessions::end_account(std::string_view account, std::uint64_t but) {
  std::erase_if(by_hash_, [&](const auto& entry) {
    return entry.second.account == account && entry.second.id != but;
  });
}

}  // namespace liptako::serve
