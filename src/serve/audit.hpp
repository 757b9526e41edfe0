// What is written down about those who use a node: logins, acts, refusals, and every look at
// restricted data. Payload of an entry of kind audit, one field a line, each value cut and cleaned
// so that no one can write a line of his own:
//   liptako/audit/v1
//   event login
//   account oq-1
//   address 192.0.2.7
//   session 12
//   what POST /api/v1/login
//   outcome done
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/seams.hpp"
#include "base/time.hpp"

namespace liptako::serve {

enum class AuditKind : std::uint8_t { setup, login, logout, look, act, account, refusal, witness };
[[nodiscard]] std::string_view name_of(AuditKind kind);

struct AuditEvent {
  AuditKind kind = AuditKind::look;
  std::string account{};  // empty: nobody was logged in
  std::string address{};  // of the other end
  std::uint64_t session = 0;
  std::string what{};     // the resource or act
  std::string outcome{};  // "done", or the code of a refusal
};

inline constexpr std::size_t kLongestAuditField = 160;

[[nodiscard]] std::string to_string(const AuditEvent& event);
// Total; none if it is no such text.
[[nodiscard]] std::optional<AuditEvent> parse_audit_event(std::string_view text);

struct RecordedAudit {
  std::uint64_t sequence = 0;
  base::Timestamp time;
  AuditEvent event;
};

// The newest audit entries of a record, newest first: at most `limit`, found in its last
// `reach` entries. `complete`: the record was read to its beginning.
struct RecentAudit {
  std::vector<RecordedAudit> events;
  bool complete = false;
};
[[nodiscard]] base::Result<RecentAudit> recent_audit(base::Storage& storage,
                                                     std::uint64_t next_sequence,
                                                     std::size_t limit,
                                                     std::uint64_t reach);

// What no record takes: a line of JSON.
[[nodiscard]] std::string audit_line(base::Timestamp time, const AuditEvent& event);
// GET /api/v1/audit.
[[nodiscard]] std::string audit_json(const RecentAudit& recent);

}  // namespace liptako::serve
