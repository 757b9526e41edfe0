// Faults of sources: when one is without power or held back, and the garbage datagrams that arrive
// among the real ones.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

// If `time` lies in a window of the fault: the end of that window (Timestamp::max() if it has
// none).
[[nodiscard]] std::optional<base::Timestamp> window_end(const Fault& fault,
                                                        base::Timestamp start,
                                                        base::Timestamp time);

// Whether a site has power, by cuts drawn from the seed: up and down by turns, up at the start.
class PowerSupply {
 public:
  PowerSupply(const Supply& supply, std::uint64_t seed, std::uint64_t index, base::Timestamp start);
  // Requires `time` not to lie before that of the last call.
  [[nodiscard]] bool off(base::Timestamp time);

 private:
  Supply supply_;
  base::Prng prng_;
  base::Timestamp cut_;       // begin of the next or present cut; Timestamp::max(): never
  base::Timestamp restored_;  // its end
};

// A stream of garbage datagrams by one fault. Requires a garbage kind.
class GarbageStream {
 public:
  // `fault` must outlive the stream.
  GarbageStream(const Fault& fault, std::uint64_t seed, std::uint64_t index, base::Timestamp start);

  [[nodiscard]] const Fault& fault() const { return *fault_; }
  // When the next one arrives; Timestamp::max() if no more will.
  [[nodiscard]] base::Timestamp next() const { return next_; }
  // That datagram, made from a real one of the same source (or from nothing, if there is none yet);
  // moves on.
  [[nodiscard]] base::Bytes take(base::ByteView real);

 private:
  void find_next();
  [[nodiscard]] base::Bytes noise();
  [[nodiscard]] base::Bytes hostile(base::ByteView real);

  const Fault* fault_;
  base::Timestamp start_;
  base::Timestamp next_;
  base::Prng prng_;
};

}  // namespace liptako::sim
