#include "serve/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "record/cursor.hpp"
#include "serve/json_writer.hpp"

namespace liptako::serve {
namespace {

constexpr std::string_view kFirstLine = "liptako/audit/v1";
constexpr std::array<std::string_view, 8> kNames = {
    "setup", "login", "logout", "look", "act", "account", "refusal", "witness"};
constexpr std::array<std::string_view, 6> kFields = {
    "event", "account", "address", "session", "what", "outcome"};

void put_event(JsonWriter& json, const AuditEvent& event) {
  json.key("event").string(name_of(event.kind));
  json.key("account");
  event.account.empty() ? json.null() : json.string(event.account);
  json.key("address").string(event.address);
  json.key("session");
  event.session == 0 ? json.null() : json.unsigned_integer(event.session);
  json.key("what").string(event.what);
  json.key("outcome").string(event.outcome);
}

// One line of printable text: bytes below a blank would end it, or hide what follows on a terminal.
std::string clean(std::string_view text) {
  std::string out(text.substr(0, kLongestAuditField));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = '?';
  }
  return out;
}

}  // namespace

std::string_view name_of(AuditKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::string to_string(const AuditEvent& event) {
  return fmt::format("{}\nevent {}\naccount {}\naddress {}\nsession {}\nwhat {}\noutcome {}\n",
                     kFirstLine,
                     name_of(event.kind),
                     clean(event.account),
                     clean(event.address),
                     event.session,
                     clean(event.what),
                     clean(event.outcome));
}

std::optional<AuditEvent> parse_audit_event(std::string_view text) {
  const auto line = [&]() -> std::optional<std::string_view> {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view out = text.substr(0, end);
    text.remove_prefix(end + 1);
    return out;
  };
  if (line() != kFirstLine) return std::nullopt;
  std::array<std::string_view, kFields.size()> values;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const auto next = line();
    if (!next || !next->starts_with(kFields[i]) || next->size() <= kFields[i].size() ||
        (*next)[kFields[i].size()] != ' ') {
      return std::nullopt;
    }
    values[i] = next->substr(kFields[i].size() + 1);
    if (values[i].size() > kLongestAuditField || clean(values[i]) != values[i]) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  AuditEvent event;
  const auto kind = std::ranges::find(kNames, values[0]);
  if (kind == kNames.end()) return std::nullopt;
  event.kind = static_cast<AuditKind>(kind - kNames.begin());
  event.account = values[1];
  event.address = values[2];
  const std::string_view digits = values[3];
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), event.session);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  event.what = values[4];
  event.outcome = values[5];
  return event;
}

base::Result<RecentAudit> recent_audit(base::Storage& storage,
                                       std::uint64_t next_sequence,
                                       std::size_t limit,
                                       std::uint64_t reach) {
  const std::uint64_t from = next_sequence - std::min(next_sequence, reach);
  auto cursor = record::Cursor::open(storage, record::Stream::input, from);
  if (!cursor) return std::unexpected(cursor.error());
  std::deque<RecordedAudit> newest;
  RecentAudit out;
  out.complete = from == 0;
  while (true) {
    auto next = cursor->next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    const record::EntryView& entry = (*next)->entry;
    if (entry.kind != record::EntryKind::audit) continue;
    auto event = parse_audit_event(
        {reinterpret_cast<const char*>(entry.payload.data()), entry.payload.size()});
    if (!event) continue;
    newest.push_front({(*next)->sequence, entry.utc, std::move(*event)});
    if (newest.size() > limit) {
      newest.pop_back();
      out.complete = false;
    }
  }
  out.events.assign(std::make_move_iterator(newest.begin()), std::make_move_iterator(newest.end()));
  return out;
}

std::string audit_line(base::Timestamp time, const AuditEvent& event) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("time").string(base::to_rfc3339(time));
  put_event(json, event);
  json.end_object();
  return out + '\n';
}

std::string audit_json(const RecentAudit& recent) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("events").begin_array();
  for (const RecordedAudit& recorded : recent.events) {
    json.begin_object();
    json.key("sequence").unsigned_integer(recorded.sequence);
    json.key("time").string(base::to_rfc3339(recorded.time));
    put_event(json, recorded.event);
    json.end_object();
  }
  json.end_array();
  json.key("complete").boolean(recent.complete);
  json.end_object();
  return out;
}

}  // namespace liptako::serve
