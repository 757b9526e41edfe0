#include "serve/reasons.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace liptako::serve {
namespace {

TEST(Reasons, ACodeHasOneWordingAndEveryRowCanBeReached) {
  std::map<std::string_view, std::pair<std::string_view, std::string_view>> words;
  std::set<std::string_view> phrases;
  for (const Reason& reason : reasons()) {
    const auto [at, fresh] = words.try_emplace(reason.code, reason.fr, reason.en);
    EXPECT_EQ(at->second, std::pair(reason.fr, reason.en)) << reason.code;
    EXPECT_FALSE(reason.fr.empty() || reason.en.empty()) << reason.code;
    if (reason.phrase.empty()) continue;
    EXPECT_TRUE(phrases.insert(reason.phrase).second) << reason.phrase;
    std::string text(reason.phrase);
    if (const auto star = text.find('*'); star != text.npos) text.replace(star, 1, " x ");
    EXPECT_EQ(reason_of("a/b: " + text + " 7").phrase, reason.phrase);
  }
}

TEST(Reasons, TheWorldsErrorsAreTold) {
  const std::pair<const char*, const char*> cases[] = {
      {"input/00000001.seg: cannot write: No space left on device", "disk_full"},
      {"failed to connect to 127.0.0.1:9: Connection refused; next try in 2 s",
       "connection_refused"},
      {"/k/node.key: is secret and open to others (chmod 600 closes it)", "key_exposed"},
      {"the checkpoint covers 9 entries, but the record ends after 3: entries that were committed "
       "to are lost",
       "log_entries_lost"},
      {"checkpoint is missing, though tile/ holds signed ones", "log_checkpoint_missing"},
      {"input/00000002.seg: 3 more places unreadable", "record_damaged"},
      {"node.toml: No such file or directory", "not_found"}};
  for (const auto& [text, code] : cases) EXPECT_EQ(reason_of(text).code, code) << text;
}

TEST(Reasons, WhatNoRowKnowsGoesByItsKind) {
  EXPECT_EQ(reason_of("").code, "other");
  EXPECT_EQ(reason_of("nothing anybody ever said").code, "other");
  EXPECT_EQ(reason_of(base::Error{base::ErrorKind::bad_input, "?"}).code, "bad_input");
  EXPECT_EQ(reason_of(base::Error{base::ErrorKind::usage, "?"}).code, "usage");
  EXPECT_EQ(reason_of(base::Error{base::ErrorKind::world, "?"}).code, "world");
  EXPECT_EQ(reason_of(base::Error{base::ErrorKind::world, "Connection refused"}).code,
            "connection_refused");
}

}  // namespace
}  // namespace liptako::serve
