// Any bytes as the text of an audit entry: what is read is written back to the same bytes but for
// the number's form. And any fields as an event: its text is read back, and no field can write a
// line of its own.
#include <algorithm>

#include "base/check.hpp"
#include "choices.hpp"
#include "serve/audit.hpp"

namespace {

using namespace liptako;

bool is_one_line(std::string_view text) {
  return text.size() <= serve::kLongestAuditField &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

void read(std::string_view bytes) {
  const auto event = serve::parse_audit_event(bytes);
  if (!event) return;
  for (const std::string* field : {&event->account, &event->address, &event->what, &event->outcome})
    CHECK(is_one_line(*field));
  const std::string text = serve::to_string(*event);
  CHECK(text.size() <= bytes.size());
  const auto again = serve::parse_audit_event(text);
  CHECK(again.has_value() && serve::to_string(*again) == text);
  const serve::RecentAudit recent{{{1, base::Timestamp(), *event}}, true};
  CHECK(serve::audit_json(recent).ends_with("],\"complete\":true}"));
}

void write(base::ByteView bytes) {
  fuzzing::Choices choices(bytes);
  serve::AuditEvent event;
  event.kind = static_cast<serve::AuditKind>(choices.any<std::uint8_t>() % 8);
  event.session = choices.any<std::uint64_t>();
  for (std::string* field : {&event.account, &event.address, &event.what, &event.outcome}) {
    const base::ByteView taken = choices.take(choices.any<std::uint8_t>());
    field->assign(taken.begin(), taken.end());
  }
  const std::string text = serve::to_string(event);
  CHECK(std::ranges::count(text, '\n') == 7);
  const auto read = serve::parse_audit_event(text);
  CHECK(read.has_value() && read->kind == event.kind && read->session == event.session);
  CHECK(serve::to_string(*read) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({reinterpret_cast<const char*>(data), size});
  write({data, size});
  return 0;
}
