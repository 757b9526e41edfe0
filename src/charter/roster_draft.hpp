// Drafts of rosters: the first one from its parts, and changes of single keys. A draft has no
// signature and no force; it parses, or the error says what a person must settle by hand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "charter/roster.hpp"

namespace liptako::charter {

// Puts the usual two steps over the root keys of the draft: so many of each member's, of so many
// members. Zero asks for more than half. Members without root keys have no voice.
[[nodiscard]] base::Result<Roster> with_usual_quorum(Roster draft,
                                                     std::size_t of_each_member,
                                                     std::size_t of_members);

// The old key's line speaks with the fresh one, which bears the same name; the old one is revoked
// as of `when`.
[[nodiscard]] base::Result<Roster> with_key_replaced(Roster draft,
                                                     const seal::VerifierKey& old,
                                                     const seal::VerifierKey& fresh,
                                                     base::Timestamp when);
// The key's line goes; a root key leaves its group too, whose number stays. `why` is a line for
// people.
[[nodiscard]] base::Result<Roster> with_key_revoked(Roster draft,
                                                    const seal::VerifierKey& key,
                                                    base::Timestamp when,
                                                    std::string_view why);

}  // namespace liptako::charter
