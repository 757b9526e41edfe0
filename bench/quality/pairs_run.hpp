// Pairs that a radar alone sees, without address, code or height: how often numbers are exchanged,
// against the best possible decision on the same plots (best_decision.hpp), and whether the tracker
// says so. Aircraft either move as the tracker assumes, by the modes of imm.hpp: then the best
// decision has the same knowledge as the tracker; or straight but for white acceleration of a
// stated density, which the best decision knows and the tracker does not. The radar is as in the
// tests of groups.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace liptako::bench {

enum class PairKind : std::uint8_t {
  crossing,
  near_parallel,
  parallel,
  overtaking,
  formation,
  // Those that move as the tracker assumes: at one time within 500 m of each other, and of a
  // velocity within 10 or 80 m/s.
  meeting_slowly,
  meeting
};
inline constexpr std::array<std::string_view, 7> kPairNames = {"crossing, 8 to 60 deg",
                                                               "crossing, 1 to 8 deg",
                                                               "parallel, 0.5 NM",
                                                               "overtaking",
                                                               "side by side, to 400 m",
                                                               "meeting, to 10 m/s",
                                                               "meeting, to 80 m/s"};

struct PairsOptions {
  int flights = 60;  // of each kind
  std::uint64_t seed = 1;
  // Of white acceleration, if the pairs fly straight; else they fly as the tracker assumes.
  std::optional<double> straight_m2s3;
  // The tracker is given the flights' own motion: what it then errs more than the best is what it
  // leaves out, and not its readiness for turns.
  bool tracker_flies_straight = false;
  int max_ways = 3000;
};

struct PairFlight {
  PairKind kind = PairKind::crossing;
  bool named = false;           // two tracks at the time of naming
  bool named_in_doubt = false;  // the tracker said then that names may be exchanged, or ambiguous
  bool kept = false;            // both numbers there at the end
  bool exchanged = false;
  double said = 0.0;       // by the tracker: probability that the number is the other's
  bool ambiguous = false;  // the tracks were, at some time
  double best = 0.0;       // probability that the best decision errs
  double expected = 0.0;   // and, as it knows, that what the tracker shows is wrong
  bool best_erred = false;
  // Straight flight: the same of a best decision that is as ready for turns as the tracker.
  double ready = 0.0;
  double expected_ready = 0.0;
  bool ready_erred = false;
  double dropped = 0.0;
};

// A ratio of sums with its 95 % interval over flights (delta method).
struct PairsRatio {
  double ratio = 0.0;
  double from = 0.0, to = 0.0;
};

struct PairsTally {
  std::uint64_t flights = 0;
  std::uint64_t counted = 0;    // named and kept
  std::uint64_t exchanged = 0;  // pairs whose numbers went over
  double said = 0.0;
  double expected = 0.0;  // errors of what the tracker shows, as the best decision knows
  double best = 0.0;      // expected errors of the best decision
  std::uint64_t best_erred = 0;
  double ready = 0.0;  // of one that is ready for turns
  std::uint64_t ready_erred = 0;
  std::uint64_t flagged = 0;    // exchanged ones that were ambiguous
  std::uint64_t told_5 = 0;     // exchanged ones of which 5 % or more was said
  std::uint64_t ambiguous = 0;  // of all that count
  double worst_dropped = 0.0;

  // Nothing to divide by: nullopt.
  std::optional<PairsRatio> exchanged_to_best;  // over expected errors of the best
  // The same without the chance of what was exchanged: what the best decision knows of it.
  std::optional<PairsRatio> expected_to_best;
  std::optional<PairsRatio> said_to_exchanged;
  std::optional<PairsRatio> exchanged_to_ready;  // over errors of one that is ready for turns
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
  // Those that were in no doubt when they were named: of these the tracker knows what the best
  // decision is told.
  [[nodiscard]] PairsTally tally_clear() const;
  [[nodiscard]] std::vector<PairsCalibration> calibration() const;
};

[[nodiscard]] PairsResult run_pairs(const PairsOptions& options);

}  // namespace liptako::bench
