// Tracks as they look some seconds later: fixed-lag smoothing of what the tracker said, for records
// and after-action review. Not for the picture: it waits for the lag.
//
// Of every update it keeps the state with its covariance and the probabilities of the motion
// model's modes. When the newest is a lag ahead of the oldest, it goes back from the newest
// [RauchTungStriebel65]. What the state after is thought to be before its plot came, and how it
// goes with the one before, are the moments over the modes j, each with the mean m_j of its
// probabilities at the two ends: smoothing for switching systems [Helmick95], with one
// moment-matched state.
//
//   x- = sum m_j F_j x_k        F = sum m_j F_j
//   P- = sum m_j (F_j P_k F_j' + Q_j + (F_j x_k - x-)(F_j x_k - x-)')
//   C  = P_k F' (P-)^-1         x_k|s = x_k + C (x_s - x-)       P_k|s = P_k + C (P_s - P-) C'
//
// with x_s, P_s the smoothed state after it.
//
// Legend: x[4] position and velocity east and north in a plane at state k, metres; t in seconds.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "track/tracker.hpp"

namespace liptako::track {

class FixedLagSmoother {
 public:
  // Requires lag > 0. `airliner`: the modes that the tracker has for that class.
  explicit FixedLagSmoother(base::Duration lag, const ImmOptions& airliner = {});

  // Appends, in the order they came in of each track, the events whose state has seen a lag of what
  // came after; position, velocity and their covariance are then the smoothed ones. Events that
  // change no state go through in their place. A track that ends tells the rest.
  void take(const TrackEvent& event, std::vector<TrackEvent>& out);
  // All that is left, by track number.
  void finish(std::vector<TrackEvent>& out);

 private:
  static constexpr std::size_t kMaxKept = 512;  // of one track; more go out with less than the lag

  void tell(std::deque<TrackEvent>& kept, std::size_t count, std::vector<TrackEvent>& out) const;

  base::Duration lag_;
  ImmOptions airliner_;
  std::map<std::uint32_t, std::deque<TrackEvent>> kept_;  // by track number
};

}  // namespace liptako::track
