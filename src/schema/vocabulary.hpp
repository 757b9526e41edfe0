// The closed vocabulary of field names (spec/vocabulary), and what no field may say whatever its
// words: the test that holds the types against both is the gate of docs/SCHEMA.md.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "schema/schema.hpp"

namespace liptako::schema {

struct Vocabulary {
  std::map<std::string, std::string> words;       // word -> meaning
  std::vector<std::string> banned;                // stems; "operator_pos": words in this order
  std::map<std::string, std::string> exceptions;  // full name, or full name=value -> reason
};

// The files of spec/vocabulary. Empty lines and lines that begin with # say nothing.
struct VocabularyTexts {
  std::string_view words;       // lines "WORD  MEANING"
  std::string_view banned;      // a stem a line
  std::string_view exceptions;  // lines "FULL.NAME  REASON" or "FULL.NAME=VALUE  REASON"
};
[[nodiscard]] base::Result<Vocabulary> parse_vocabulary(const VocabularyTexts& texts);

// "api.status.latencyMs" -> api, status, latency, ms. Words that are digits alone are left out.
[[nodiscard]] std::vector<std::string> words_of(std::string_view name);

// The first banned stem whose parts some of the words begin with, in their order, or empty.
[[nodiscard]] std::string_view banned_stem(std::span<const std::string> words,
                                           std::span<const std::string> banned);

// One sentence for each: what is wrong, and what to do about it. Words that no name uses any more
// and exceptions that except nothing are wrong too.
[[nodiscard]] std::vector<std::string> violations(std::span<const Type> types,
                                                  const Vocabulary& vocabulary);

}  // namespace liptako::schema
