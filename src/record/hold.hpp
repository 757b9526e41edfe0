// Legal holds: while one stands, retention deletes nothing of this record. A hold is a small file
// in the record, `hold/<id>`, that says since when, by whom and why; lifting it adds to the file
// and deletes nothing, so that a record tells all its holds.
//
//   liptako/hold/v1
//   since 2026-11-22T10:00:00.000Z
//   by Tribunal de Mopti, ordonnance 114
//   reason collision du 20 novembre
//   lifted 2027-03-01T09:00:00.000Z           the last three only once it is lifted
//   lifted-by ...
//   lifted-reason ...
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "base/time.hpp"

namespace liptako::record {

// Who says so, why, and when.
struct HoldAct {
  base::Timestamp time{};
  std::string by;
  std::string reason;
};

struct Hold {
  std::string id;
  HoldAct set;
  std::optional<HoldAct> lifted;
  // A file in the folder that is no hold by its form: it stands all the same, since deleting is
  // what cannot be undone.
  bool readable = true;

  [[nodiscard]] bool stands() const { return !lifted.has_value(); }
};

inline constexpr std::size_t kMaxHoldId = 64;
inline constexpr std::size_t kMaxHoldText = 280;  // bytes of `by` and of `reason`

// Lower-case letters, digits and hyphens, 1 to kMaxHoldId of them.
[[nodiscard]] bool is_hold_id(std::string_view id);

// "hold/mopti-114"
[[nodiscard]] std::string hold_path(std::string_view id);
// Total; the id is the file's name.
[[nodiscard]] Hold parse_hold(std::string_view id, std::string_view text);
[[nodiscard]] std::string to_string(const Hold& hold);

// All there are, standing and lifted, by ascending id.
[[nodiscard]] base::Result<std::vector<Hold>> list_holds(base::Storage& storage);
// Refuses an id that was used before, also one that is lifted.
[[nodiscard]] base::Result<void> set_hold(base::Storage& storage,
                                          std::string_view id,
                                          const HoldAct& act);
// Refuses one that does not stand, or whose file is unreadable: a person has to look at that.
[[nodiscard]] base::Result<void> lift_hold(base::Storage& storage,
                                           std::string_view id,
                                           const HoldAct& act);

}  // namespace liptako::record
