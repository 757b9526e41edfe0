// What each role (charter/role.hpp) sees of a node: one table, and whatever it does not grant is
// denied. An account may hold several roles, and has the rights of all of them. What a role may
// sign is the acts' table (charter/act.hpp).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "charter/role.hpp"

namespace liptako::serve {

enum class Right : std::uint8_t {
  see_national,      // the national picture: tracks, their stream
  see_common,        // the common picture
  see_sources,       // restricted: sources, sensors' sites, the configuration
  see_explanations,  // restricted: raw updates of a track and findings, sensor by sensor
  see_history,       // restricted: where everything was, back to the oldest record kept
  see_audit,         // restricted: who did and looked at what
  see_accounts,
  see_contacts,  // restricted: names and telephones of those behind the accounts
};
inline constexpr std::size_t kRights = 8;

// As in the API: "see_national".
[[nodiscard]] std::string_view name_of(Right right);

class Rights {
 public:
  constexpr Rights() = default;
  constexpr Rights(std::initializer_list<Right> rights) {
    for (const Right right : rights) bits_ |= 1u << static_cast<unsigned>(right);
  }
  [[nodiscard]] constexpr bool has(Right right) const { return any_of({right}); }
  [[nodiscard]] constexpr bool any_of(Rights others) const { return (bits_ & others.bits_) != 0; }
  constexpr Rights& operator|=(Rights other) {
    bits_ |= other.bits_;
    return *this;
  }
  [[nodiscard]] constexpr Rights without(Rights others) const {
    Rights left = *this;
    left.bits_ &= ~others.bits_;
    return left;
  }
  friend constexpr bool operator==(Rights, Rights) = default;

 private:
  std::uint32_t bits_ = 0;
};

// Of whoever sits at a node that is not set up.
inline constexpr Rights kAllRights = {Right::see_national,
                                      Right::see_common,
                                      Right::see_sources,
                                      Right::see_explanations,
                                      Right::see_history,
                                      Right::see_audit,
                                      Right::see_accounts,
                                      Right::see_contacts};

[[nodiscard]] Rights rights_of(charter::Role role);
[[nodiscard]] Rights rights_of(charter::Roles roles);

}  // namespace liptako::serve
