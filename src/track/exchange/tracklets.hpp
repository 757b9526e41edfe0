// What one node tells another of its tracks, and what of it is news: tracks with covariance and
// existence, and the evidence beside them, without plots.
//
// A node publishes the tracks of a filter that was given its own plots alone, never what it learned
// from others. From one picture of it to the next the receiver takes out what the earlier one told
// already, and keeps a tracklet: the measurement that all plots in between amount to
// [Drummond97].
//
//   W = P^-1 - M^-1        R = W^-1        z = R (P^-1 x - M^-1 m)
//   m, M   the track as told before, moved on to now (or where targets begin, for a new one)
//
// Exact if targets fly as the motion says without noise; with noise, what the track forgot since is
// taken out too often, and the noise that both nodes' plots share is taken as independent: both are
// small while a track forgets most of its past from one picture to the next. Where W is not
// positive definite, or m is not where x is, the number has gone to another target: then x with
// twice its covariance, a bound whatever both nodes hold in common [JulierUhlmann97, equal
// weights].
//
// Existence travels the same way. Of a target at x, the plots of a track are likelier than the same
// plots all being false by
//
//   L(x) = c N(z; x, R)    c = (odds now / odds before) / N(z; m, R + M)
//
// so that a receiver updates with a tracklet as with a plot, 1/c the density of false ones, and
// with the absence of any as with a miss: `unseen` says how often a target there leaves no track
// (tracklet_look.hpp). Covariance intersection alone has neither and leaves what only one node
// holds as doubtful as it was.
//
// Legend
//   x, P  state and covariance now; z, R of the tracklet; odds of existence r / (1 - r)
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "track/cluster/density.hpp"
#include "track/cluster/set_estimate.hpp"

namespace liptako::track {

struct SharedTrack {
  std::uint32_t number = 0;  // the sender's, the same from picture to picture
  Gaussian state;
  double existence = 0.0;
};

// What a node holds at one time from its own sensors.
struct SharedPicture {
  std::uint32_t origin = 0;
  std::uint64_t sequence = 0;  // rises from picture to picture
  base::Timestamp time;
  // Sensors it rests on, one bit each in a numbering that both sides share.
  std::uint64_t sensors = 0;
  // Probability that a target within coverage since the picture before has no track in this one.
  double unseen = 1.0;
  // Targets that the sender expected to begin since the picture before, and where.
  double births = 0.0;
  Gaussian births_at;
  std::vector<SharedTrack> tracks;
};

[[nodiscard]] std::vector<SharedTrack> shared_tracks(std::span<const ReportedPoint> points);

struct Tracklet {
  HorizontalState z;
  double R[kPackedSize] = {};      // positive definite
  double log_false_density = 0.0;  // -log c
};

// The sender's tracks as agreed: how targets move and how long they live.
struct ExchangeOptions {
  ConstantVelocity motion;
  double mean_lifetime_s = 3600.0;
  // Squared distance (4 degrees of freedom) between a track and what was told of its number before,
  // beyond which it is another target: 1 in 20,000 of the same.
  double same_target_gate = 25.0;
};

struct ExchangeCounts {
  std::uint64_t pictures = 0;
  std::uint64_t refused = 0;  // own or known sensors, or not newer than the last
  std::uint64_t tracklets = 0;
  std::uint64_t renewed = 0;  // of them, of a number that has gone to another target
};

// Receives the pictures of one sender.
class TrackletSource {
 public:
  // `own_sensors`: those whose plots the receiver has itself. A picture that rests on one of them
  // tells nothing new for certain and is refused.
  TrackletSource(const ExchangeOptions& options, std::uint64_t own_sensors)
      : options_(options), own_sensors_(own_sensors) {}

  // What the picture tells beyond the one before; valid until the next call. Nothing for one that
  // is refused. A track that is not sound (a covariance that is not positive definite, numbers that
  // are not finite) is left out.
  struct News {
    bool taken = false;
    double unseen = 1.0;
    std::span<const Tracklet> tracklets;
  };
  [[nodiscard]] News take(const SharedPicture& picture);
  [[nodiscard]] const ExchangeCounts& counts() const { return counts_; }

 private:
  [[nodiscard]] const SharedTrack* before_of(std::uint32_t number) const;

  ExchangeOptions options_;
  std::uint64_t own_sensors_ = 0;
  bool any_ = false;
  SharedPicture last_;
  std::vector<Tracklet> tracklets_;
  ExchangeCounts counts_;
};

}  // namespace liptako::track
