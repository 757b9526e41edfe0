// A guard against gross regressions of the record's speed; what it costs exactly is told by
// `./run bench record`.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "io/cpu_time.hpp"
#include "record/log.hpp"
#include "record/writer.hpp"
#include "sim/sim_storage.hpp"

namespace liptako::record {
namespace {

constexpr int kEntries = 50'000;

// Processor time of one entry of 60 bytes, in ns: recorded, hashed, and its tiles written.
double cost_of_an_entry() {
  sim::SimStorage storage(1);
  auto writer = Writer::open(storage, {.commit = true}).value();
  const std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{1};
  const LogOptions options{
      .origin = "speed.test/log", .key = seal::SigningKey::from_seed(seed), .former_keys = {}};
  auto log = Log::open(storage, options, {0, 0});
  const base::Bytes payload(60, 7);
  bool good = true;
  const base::Duration before = io::cpu_time_of_this_thread();
  for (int i = 0; i < kEntries; ++i) {
    good = good && writer.append({.kind = EntryKind::datagram, .payload = payload});
    if (i % 100 == 99) good = good && writer.flush();
  }
  good = good && writer.sync();
  log.append(writer.take_commitments());
  auto work = log.take_all(base::Timestamp{}, base::Duration::zero());
  good = good && work && Log::write(storage, *work);
  const base::Duration taken = io::cpu_time_of_this_thread() - before;
  EXPECT_TRUE(good);
  return static_cast<double>(taken.count()) / kEntries;
}

// The goal is half a million a second on one core, 2 us, with the disk; half of it is left to that.
// Measured: 162 ns in memory. A file system adds some 300 ns, and beside other work on it has added
// 2 us of processor, which says nothing of the record.
TEST(RecordSpeed, AnEntryTakesLessThanAMicrosecondOfOneCore) {
  double best = 1e12;
  for (int round = 0; round < 5; ++round) best = std::min(best, cost_of_an_entry());
  EXPECT_LT(best, 1'000);
  RecordProperty("ns_an_entry", static_cast<int>(best));
}

}  // namespace
}  // namespace liptako::record
