// What went wrong, in words for whoever operates a node. Error texts of the libraries are English
// and exact: which file, which byte, which number. Here each has a reason: a stable code, with
// words in both languages; the text stays behind it as the technical detail. One table, in which
// the first reason whose phrase stands in the text is taken.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace liptako::serve {

struct Reason {
  std::string_view code;    // "disk_full", as in the API; the console has words for it too
  std::string_view phrase;  // found in the text; with a '*', both halves in this order
  std::string_view fr;
  std::string_view en;
};

// All of them; a code may stand in several rows, with the same words.
[[nodiscard]] std::span<const Reason> reasons();

// Never fails: what no row knows is `other`.
[[nodiscard]] const Reason& reason_of(std::string_view message);
// Likewise; what no row knows goes by its kind: `bad_input`, `usage`, `world`.
[[nodiscard]] const Reason& reason_of(const base::Error& error);

}  // namespace liptako::serve
