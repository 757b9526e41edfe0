#include "history/chunk.hpp"

#include <gtest/gtest.h>

#include "base/math.hpp"
#include "base/prng.hpp"
#include "base/time_range.hpp"
#include "history/quantum.hpp"
#include "history/states_for_test.hpp"

namespace liptako::history {
namespace {

constexpr double kRounding = 1e-9;  // of the arithmetic, beside the quantum

struct Axes {
  double major = 0.0;
  double minor = 0.0;
  double direction = 0.0;
};
Axes axes_of(const Covariance& c) {
  const double mean = 0.5 * (c.ee_m2 + c.nn_m2);
  const double half = 0.5 * (c.ee_m2 - c.nn_m2);
  const double radius = std::sqrt(half * half + c.en_m2 * c.en_m2);
  return {std::sqrt(mean + radius),
          std::sqrt(std::max(0.0, mean - radius)),
          0.5 * base::atan2(c.en_m2, half)};
}

double ms_between(base::Timestamp a, base::Timestamp b) {
  return std::fabs(base::to_seconds(a - b)) * 1e3;
}

// The table at the head of quantum.hpp.
void expect_within_bounds(const State& s, const State& kept) {
  EXPECT_LE(ms_between(s.time, kept.time), 0.5);
  EXPECT_LE(ms_between(s.last_plot_time, kept.last_plot_time), 0.5);
  EXPECT_LE(std::fabs((s.latitude - kept.latitude).degrees()), 0.5e-6 + kRounding);
  const double turn = base::wrap_pi((s.longitude - kept.longitude).radians());
  EXPECT_LE(std::fabs(turn) / base::kRadiansPerDegree, 0.5e-6 + kRounding);
  const auto velocity = [](const State& state, auto of_angle) {
    return state.ground_speed.mps() * of_angle(state.track_angle.radians());
  };
  EXPECT_LE(std::fabs(velocity(s, base::sin) - velocity(kept, base::sin)), 0.05 + kRounding);
  EXPECT_LE(std::fabs(velocity(s, base::cos) - velocity(kept, base::cos)), 0.05 + kRounding);
  ASSERT_EQ(s.pressure_altitude.has_value(), kept.pressure_altitude.has_value());
  if (s.pressure_altitude) {
    EXPECT_LE(std::fabs((*s.pressure_altitude - *kept.pressure_altitude).metres()),
              0.5 + kRounding);
  }
  EXPECT_LE(std::fabs((s.vertical_rate - kept.vertical_rate).mps()), 0.05 + kRounding);
  const Axes want = axes_of(s.covariance);
  const Axes got = axes_of(kept.covariance);
  EXPECT_NEAR(got.major / want.major, 1.0, 0.025);
  EXPECT_NEAR(got.minor / want.minor, 1.0, 0.025);
  if (want.minor < want.major / 1.06) {
    const double off = 0.5 * base::wrap_pi(2.0 * (got.direction - want.direction));
    EXPECT_LE(std::fabs(off) / base::kRadiansPerDegree, 0.71);
  }
  EXPECT_LE(std::fabs(s.existence - kept.existence), 0.002);
  EXPECT_EQ(s.status, kept.status);
  EXPECT_EQ(s.sensors, kept.sensors);
  EXPECT_EQ(s.identity, kept.identity);
}

TEST(Chunks, GiveTheStatesBackWithinTheBounds) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    base::Prng prng(seed);
    const auto states = flight_for_test(seed, 1 + prng.below(300), prng.uniform(0.1, 20.0));
    const auto decoded = decode_chunk(encode_chunk(states));
    ASSERT_TRUE(decoded) << seed << ": " << decoded.error().message;
    ASSERT_EQ(decoded->size(), states.size());
    for (std::size_t i = 0; i < states.size(); ++i) expect_within_bounds(states[i], (*decoded)[i]);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(Chunks, LoseNothingMoreWhenStoredAgain) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const base::Bytes once = encode_chunk(flight_for_test(seed, 100, 5.0));
    const auto decoded = decode_chunk(once);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(encode_chunk(*decoded), once) << seed;
  }
}

// Whatever jumps, however far: what is foretold badly costs bytes, no truth.
TEST(Chunks, HoldStatesThatHaveNothingToDoWithEachOther) {
  std::vector<State> states;
  for (std::uint64_t seed = 0; seed < 500; ++seed)
    states.push_back(flight_for_test(seed, 1, 1.0).front());
  states[3].time = base::kFirstTime + std::chrono::seconds(1);
  states[3].last_plot_time = states[3].time;
  const auto decoded = decode_chunk(encode_chunk(states));
  ASSERT_TRUE(decoded) << decoded.error().message;
  for (std::size_t i = 0; i < states.size(); ++i) expect_within_bounds(states[i], (*decoded)[i]);
}

TEST(Chunks, OfARadarsTracksTakeFewBytes) {
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto states = flight_for_test(seed, 120, 5.0);
    bytes += encode_chunk(states).size();
    count += states.size();
  }
  EXPECT_LE(bytes, 18 * count);
}

TEST(Chunks, AnyDamageIsDecodedOrRefused) {
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    base::Prng prng(seed);
    base::Bytes bytes = encode_chunk(flight_for_test(seed % 20, 1 + prng.below(80), 5.0));
    for (std::uint64_t flips = 1 + prng.below(4); flips > 0; --flips)
      bytes[prng.below(bytes.size())] ^= static_cast<std::uint8_t>(1u << prng.below(8));
    if (prng.chance(0.2)) bytes.resize(prng.below(bytes.size() + 1));
    const auto decoded = decode_chunk(bytes);
    if (!decoded) {
      EXPECT_TRUE(decoded.error().message.starts_with("history: "));
      ++refused;
      continue;
    }
    ASSERT_LE(decoded->size(), kMaxChunkStates);
    for (const State& state : *decoded) EXPECT_TRUE(quantise(state)) << seed;
  }
  EXPECT_GT(refused, 300u);
}

TEST(Chunks, BytesThatNobodyWroteAreRefusedOrDecoded) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    base::Prng prng(seed);
    base::Bytes bytes(prng.below(200));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(prng.next());
    if (!bytes.empty()) bytes.front() = 1;
    const auto decoded = decode_chunk(bytes);
    if (!decoded) continue;
    for (const State& state : *decoded) EXPECT_TRUE(quantise(state)) << seed;
  }
}

TEST(Chunks, AnotherVersionIsRefused) {
  base::Bytes bytes = encode_chunk(flight_for_test(1, 10, 5.0));
  bytes.front() = 2;
  EXPECT_EQ(decode_chunk(bytes).error().message, "history: no chunk of version 1");
  EXPECT_FALSE(decode_chunk({}));
}

TEST(Quanta, AStateThatIsNotFiniteIsNotKept) {
  const State good = flight_for_test(1, 1, 1.0).front();
  ASSERT_TRUE(quantise(good));
  const double nan = std::nan("");
  State bad = good;
  bad.latitude = base::Angle::from_radians(nan);
  EXPECT_FALSE(quantise(bad));
  bad = good;
  bad.ground_speed = base::Speed::from_mps(1e300);
  EXPECT_FALSE(quantise(bad));
  bad = good;
  bad.covariance.en_m2 = nan;
  EXPECT_FALSE(quantise(bad));
  bad = good;
  bad.pressure_altitude = base::Length::from_metres(-nan);
  EXPECT_FALSE(quantise(bad));
  bad = good;
  bad.time = base::kEndOfTime;
  EXPECT_FALSE(quantise(bad));
}

TEST(Quanta, AnEllipseBeyondTheLadderIsKeptAsItsEnd) {
  State state = flight_for_test(1, 1, 1.0).front();
  state.covariance = {1e12, 0.0, 1e-12};
  const State kept = restore(quantise(state).value());
  EXPECT_NEAR(std::sqrt(kept.covariance.ee_m2), 25'300.0, 100.0);
  EXPECT_NEAR(std::sqrt(kept.covariance.nn_m2), kSmallestSdM, 1e-6);
}

}  // namespace
}  // namespace liptako::history
