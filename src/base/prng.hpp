// Our own generator and distributions: the standard's distributions differ between libraries.
// xoshiro256** seeded by SplitMix64 [Blackman18]. Not for secrets.
#pragma once

#include <array>
#include <cstdint>

namespace liptako::base {

class Prng {
 public:
  explicit Prng(std::uint64_t seed);

  [[nodiscard]] std::uint64_t next();
  // In [0, 1), 53 bits.
  [[nodiscard]] double uniform();
  [[nodiscard]] double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // In [0, bound), unbiased. Requires bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  [[nodiscard]] bool chance(double probability) { return uniform() < probability; }
  // Standard normal, Marsaglia's polar method.
  [[nodiscard]] double normal();
  [[nodiscard]] double normal(double mean, double sd) { return mean + sd * normal(); }
  // Exponential with the given mean.
  [[nodiscard]] double exponential(double mean);
  // Poisson with the given mean; cost grows with the mean. Requires 0 <= mean < 500.
  [[nodiscard]] int poisson(double mean);

 private:
  std::array<std::uint64_t, 4> state_;
  double spare_normal_ = 0.0;
  bool has_spare_ = false;
};

}  // namespace liptako::base
