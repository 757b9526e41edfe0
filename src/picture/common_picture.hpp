// The common picture of an audience: one deterministic rule over the contributions published to it.
//
// A pure function of what each origin had published up to a frame of its own (the cut). Whoever
// holds the same contributions at the same cut computes the same tracks, numbers and hash; nothing
// is remembered between cuts but what the contributions themselves say. So after a partition there
// is nothing to reconcile: members that hold the same frames show the same picture.
//
// The rule, version kRuleVersion:
//   1. Time of the picture: that of the newest frame. Contributions are extrapolated to it; those
//      last vouched for longer ago than `forget_after` are left out, longer than `stale_after`
//      shown as coasting.
//   2. Contributions of different origins are joined if they may be one aircraft: equal addresses
//      or equal claims within a wide gate, else by place, motion, height and Mode A code within a
//      narrow one; cheapest pairs first, at most one contribution of an origin in a track.
//   3. Number: the oldest among the members' own numbers and claims. A number claimed by several
//      tracks belongs to the one that holds the contribution it was given to, else to the one with
//      the oldest contribution; the others fall back to their next and say what they split from.
//      Every other number a track holds is its alias.
//   4. State: covariance intersection, surest first, each step with the weight that makes the
//      position surest. It needs no assumption about how contributions depend on each other (they
//      share sensors, and all saw the same manoeuvres), and is never worse than the best of them
//      [JulierUhlmann97]. Existence: the aircraft is there unless every contribution is wrong,
//      where of those that share a sensor only the most certain counts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "picture/contribution.hpp"
#include "seal/sha256.hpp"

namespace liptako::picture {

inline constexpr std::uint8_t kRuleVersion = 1;

// Up to which of its frames an origin is known. An epoch begins when an origin may have lost the
// end of what it published (power loss), so that no frame is ever named twice.
struct Cut {
  base::MemberId origin;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  friend constexpr auto operator<=>(const Cut&, const Cut&) = default;
};

template <class Archive>
void visit_fields(Archive& archive, Cut& c) {
  archive(c.origin, c.epoch, c.sequence);
}

// All that one origin had published to the audience as of its frame.
struct Published {
  Cut cut;
  base::Timestamp time;  // of the frame: its contributions are vouched for up to then
  std::span<const Contribution> contributions;  // by ascending number
};

struct RuleOptions {
  base::Duration stale_after = std::chrono::seconds(10);
  base::Duration forget_after = std::chrono::seconds(60);
  // Squared Mahalanobis gates: position and velocity of a pair nobody vouches for, 4 degrees of
  // freedom, 1 in 2,000.
  double gate = 20.0;
  // With equal addresses or claims the position alone, however sure: 2 degrees of freedom, 7 sigma,
  // or this distance. Duplicate addresses exist; two aircraft 10 km apart are two.
  double gate_vouched = 50.0;
  base::Length reach_vouched = base::Length::from_metres(4'000);
  // Pairs farther apart are not looked at.
  base::Length reach = base::Length::from_metres(15'000);
  base::Length height_gate = base::Length::from_feet(1'500);
  double acceleration_density = 1.0;  // m^2/s^3, of extrapolation
};

struct Contributor {
  std::uint32_t published = 0;  // index into what fuse() was given
  std::uint32_t index = 0;      // into its contributions
  // Share in the fused state; 0: it adds nothing to the surer ones.
  double weight = 0.0;
};

struct SystemTrack {
  CommonNumber number;
  std::vector<CommonNumber> aliases;       // ascending
  std::optional<CommonNumber> split_from;  // a number it claimed that belongs to another track
  // State at the picture's time, fused; `number`, `born`, `claim` and sensors are unused.
  Contribution state;
  base::Timestamp plot_time;              // newest plot any contributor used
  base::Timestamp vouched;                // newest frame that any contributor was in
  std::vector<Contributor> contributors;  // by origin
};

struct CommonPicture {
  base::Timestamp time;
  std::vector<Cut> cut;             // by origin
  std::vector<SystemTrack> tracks;  // by number's id
};

// Requires `published` by ascending origin, no origin twice.
[[nodiscard]] CommonPicture fuse(std::span<const Published> published,
                                 const RuleOptions& options = {});

// Over rule, cut, time and every field of every track.
[[nodiscard]] seal::Digest hash_of(const CommonPicture& picture);

}  // namespace liptako::picture
