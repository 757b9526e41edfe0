// Who flies close to others keeps his number: a short cut of what the benchmark flies for 30,000
// hours (docs/TRACKER.md).
#include <gtest/gtest.h>

#include "swaps_run.hpp"

namespace liptako::bench {
namespace {

std::string told(const SwapsResult& result) {
  std::string out;
  for (const SwapFinding& f : result.findings)
    out += std::to_string(f.scene) + ": " + f.what + ";" + f.trace + "\n";
  return out;
}

TEST(Swaps, AddressedTrafficKeepsItsNumbers) {
  SwapsOptions options;
  options.hours = 60.0;
  options.seed = 77;
  const SwapsResult result = run_swaps(options);
  const SwapsTally all = result.all();
  EXPECT_GE(all.flight_hours, options.hours);
  for (const SwapsTally& one : result.by_encounter) EXPECT_GT(one.flight_hours, 5.0);
  EXPECT_GT(result.without_address, 1000u);
  EXPECT_GT(result.neighbours_address, 5u);
  EXPECT_EQ(all.swaps, 0u) << told(result);
  EXPECT_EQ(all.merges, 0u) << told(result);
  EXPECT_LT(static_cast<double>(all.doubled), 1e-3 * static_cast<double>(all.instants));
  EXPECT_LT(static_cast<double>(all.unseen), 0.01 * static_cast<double>(all.instants));
}

// The count counts: where radars tell the neighbour's address time and again, numbers go wrong.
TEST(Swaps, AreSeenWhereAddressesLie) {
  SwapsOptions options;
  options.hours = 20.0;
  options.neighbours_address = 0.6;
  const SwapsTally all = run_swaps(options).all();
  EXPECT_GT(all.swaps + all.merges, 0u);
}

}  // namespace
}  // namespace liptako::bench
