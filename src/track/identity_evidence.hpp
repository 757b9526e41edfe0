// What a plot's address, Mode A code and pressure altitude say of whether it is of a given
// aircraft: log-likelihood ratios, the same aircraft against another one.
//
// A wrong Mode A code is a garble, a change of code or another aircraft; a missing address is a
// primary or Mode A/C plot, and says nothing. An altitude that does not fit is a garble or another
// aircraft.
#pragma once

#include <optional>

#include "track/plot.hpp"
#include "track/vertical_filter.hpp"

namespace liptako::track {

struct Identity {
  std::optional<base::IcaoAddress> icao_address;
  std::optional<base::ModeACode> mode_3a;
  std::optional<base::ModeACode> mode_3a_candidate;  // a new code waits for a second sighting

  bool operator==(const Identity&) const = default;
};

template <class Archive>
void visit_fields(Archive& archive, Identity& identity) {
  archive(identity.icao_address, identity.mode_3a, identity.mode_3a_candidate);
}

// `vertical` is the aircraft's at a time `lag` seconds after the plot's.
[[nodiscard]] double evidence_of(const Plot& plot,
                                 const Identity& identity,
                                 const VerticalFilter& vertical,
                                 double lag);

// Takes a first code at once, a change only when seen twice in a row: one reply may be garbled.
void note_code(Identity& identity, const Plot& plot);

}  // namespace liptako::track
