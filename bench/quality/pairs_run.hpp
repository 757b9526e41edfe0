// Pairs that a radar alone sees, without address, code or height: how often numbers are exchanged,
// against the best possible decision on the same plots (best_decision.hpp), and whether the tracker
// says so. Aircraft fly straight but for white acceleration of a stated density, so that a best
// decision exists and can be worked out; the radar is as in the tests of groups.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace liptako::bench {

enum class PairKind : std::uint8_t { crossing, near_parallel, parallel, overtaking, formation };
inline constexpr std::array<std::string_view, 5> kPairNames = {"crossing, 8 to 60 deg",
                                                               "crossing, 1 to 8 deg",
                                                               "parallel, 0.5 NM",
                                                               "overtaking",
                                                               "side by side, to 400 m"};

struct PairsOptions {
  int flights = 60;  // of each kind
  std::uint64_t seed = 1;
  double noise_m2s3 = 0.05;  // of the flights, and known to the best decision
  // The best decision is worked out once more with this noise, as if flights had it: what of the
  // difference is not knowing how they fly.
  std::optional<double> assumed_m2s3;
  // The tracker is given the flights' own motion: what it then errs more than the best is what it
  // leaves out, and not its readiness for turns.
  bool tracker_flies_straight = false;
  int max_ways = 3000;
};

struct PairFlight {
  PairKind kind = PairKind::crossing;
  bool named = false;  // two tracks at the time of naming
  bool kept = false;   // both numbers there at the end
  bool exchanged = false;
  double said = 0.0;       // by the tracker: probability that the number is the other's
  bool ambiguous = false;  // the tracks were, at some time
  double best = 0.0;       // probability that the best decision errs
  bool best_erred = false;
  double assumed = 0.0;  // what it believes with the assumed noise
  bool assumed_erred = false;
  double dropped = 0.0;
};

struct PairsTally {
  std::uint64_t flights = 0;
  std::uint64_t counted = 0;    // named and kept
  std::uint64_t exchanged = 0;  // pairs whose numbers went over
  double said = 0.0;
  double best = 0.0;  // expected errors of the best decision
  std::uint64_t best_erred = 0;
  std::uint64_t assumed_erred = 0;
  std::uint64_t flagged = 0;    // exchanged ones that were ambiguous
  std::uint64_t told_5 = 0;     // exchanged ones of which 5 % or more was said
  std::uint64_t ambiguous = 0;  // of all that count
  double worst_dropped = 0.0;

  // Exchanged over expected errors of the best, with its 95 % interval over flights (delta method).
  [[nodiscard]] std::optional<double> ratio() const;
  [[nodiscard]] std::optional<std::pair<double, double>> interval() const;
  double square_difference = 0.0;  // sum of (exchanged - ratio best)^2, set by tally_of()
};

// What was said, against what was.
struct PairsCalibration {
  double from = 0.0, to = 0.0;
  std::uint64_t pairs = 0;
  double said = 0.0;
  std::uint64_t exchanged = 0;
};

struct PairsResult {
  std::vector<PairFlight> flights;

  [[nodiscard]] PairsTally tally(std::optional<PairKind> kind = std::nullopt) const;
  [[nodiscard]] std::vector<PairsCalibration> calibration() const;
};

[[nodiscard]] PairsResult run_pairs(const PairsOptions& options);

}  // namespace liptako::bench
