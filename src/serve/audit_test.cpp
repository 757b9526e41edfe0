#include "serve/audit.hpp"

#include <gtest/gtest.h>

#include "base/prng.hpp"

namespace liptako::serve {
namespace {

AuditEvent event() {
  return {.kind = AuditKind::login,
          .account = "oq-1",
          .address = "192.0.2.7",
          .session = 12,
          .what = "POST /api/v1/login",
          .outcome = "done"};
}

TEST(Audit, TextAndBackIsTheSame) {
  const auto again = parse_audit_event(to_string(event()));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(to_string(*again), to_string(event()));
  EXPECT_EQ(again->session, 12u);
  AuditEvent empty;
  EXPECT_TRUE(parse_audit_event(to_string(empty)).has_value());
}

TEST(Audit, NobodyWritesALineOfHisOwn) {
  AuditEvent forged = event();
  forged.account = "x\noutcome done\nevent login";
  forged.what = std::string(1000, 'w') + "\n";
  const auto again = parse_audit_event(to_string(forged));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->account, "x?outcome done?event login");
  EXPECT_EQ(again->outcome, "done");
  EXPECT_EQ(again->what.size(), kLongestAuditField);
}

TEST(Audit, ALineIsOneObjectWhateverWasTried) {
  AuditEvent hostile = event();
  hostile.session = 0;
  hostile.account = "a\"},\n{\"\xC3";
  EXPECT_EQ(audit_line(base::timestamp_from_ns(0), hostile),
            "{\"time\":\"1970-01-01T00:00:00.000Z\",\"event\":\"login\","
            "\"account\":\"a\\\"},\\n{\\\"\xEF\xBF\xBD\",\"address\":\"192.0.2.7\","
            "\"session\":null,\"what\":\"POST /api/v1/login\",\"outcome\":\"done\"}\n");
}

TEST(Audit, AnyBytesAreAnEventOrNone) {
  base::Prng prng(5);
  const std::string text = to_string(event());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_audit_event(std::string_view(text).substr(0, size)).has_value()) << size;
  }
  for (int round = 0; round < 5000; ++round) {
    std::string changed = text;
    changed[prng.below(changed.size())] = static_cast<char>(prng.below(256));
    const auto parsed = parse_audit_event(changed);
    if (parsed) {
      EXPECT_EQ(to_string(*parsed), changed);
    }
  }
}

}  // namespace
}  // namespace liptako::serve
