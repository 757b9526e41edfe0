// Enrolment of an operator's key: whoever brings one shows that they hold its private half, by
// signing where it is to be enrolled, for whom, and a challenge that the node has just made.
// Without that anybody could have another's public half enrolled as his own.
//
//   liptako/enrolment/v1
//   node bamako
//   account oq-1
//   key bamako…/operator/oq-1+1a2b3c4d+AQ…
//   challenge 0000000069…
//
// The text is signed with the very key that it names (seal/note.hpp).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "seal/note.hpp"

namespace liptako::charter {

struct Enrolment {
  std::string node;     // as in an act (act.hpp)
  std::string account;  // a printable word
  seal::VerifierKey key;
  std::string challenge;  // 16 to 128 hexadecimal digits in lower case, as the node gave it
};

[[nodiscard]] bool is_challenge(std::string_view text);
// The text to sign. Requires its words to be such.
[[nodiscard]] std::string to_string(const Enrolment& enrolment);
// Of a note: what is enrolled, if its key is an operator's and signed it. Total. Whether node,
// account and challenge are the right ones is the asker's to see.
[[nodiscard]] base::Result<Enrolment> check_enrolment(std::string_view note);

}  // namespace liptako::charter
