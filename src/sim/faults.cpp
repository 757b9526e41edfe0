#include "sim/faults.hpp"

#include <algorithm>

#include "sim/traffic.hpp"
#include "sim/wire.hpp"

namespace liptako::sim {
namespace {

using base::Bytes;
using base::ByteView;
using base::Duration;
using base::Timestamp;

enum : std::uint64_t { kGarbage = 1004, kSupply = 1009 };

}  // namespace

std::optional<Timestamp> window_end(const Window& window, Timestamp start, Timestamp time) {
  Timestamp begin = start + window.from;
  if (time < begin) return std::nullopt;
  if (!window.until) return Timestamp::max();
  if (window.repeats) begin = time - (time - begin) % *window.repeats;
  const Timestamp end = begin + (*window.until - window.from);
  return time < end ? std::optional(end) : std::nullopt;
}

std::optional<Timestamp> window_end(const Fault& fault, Timestamp start, Timestamp time) {
  return window_end(Window{fault.from, fault.until, fault.repeats}, start, time);
}

PowerSupply::PowerSupply(const Supply& supply,
                         std::uint64_t seed,
                         std::uint64_t index,
                         Timestamp start)
    : supply_(supply),
      prng_(prng_for(seed, kSupply, index)),
      cut_(supply.availability < 1.0 ? start : Timestamp::max()),
      restored_(start) {}

bool PowerSupply::off(Timestamp time) {
  while (cut_ != Timestamp::max() && time >= restored_) {
    const double shortest_s = base::to_seconds(supply_.outage.low);
    const double longest_s = base::to_seconds(supply_.outage.high);
    const double up_s =
        0.5 * (shortest_s + longest_s) * supply_.availability / (1.0 - supply_.availability);
    cut_ = restored_ + base::seconds(prng_.exponential(up_s));
    restored_ = cut_ + base::seconds(prng_.uniform(shortest_s, longest_s));
  }
  return time >= cut_;
}

GarbageStream::GarbageStream(const Fault& fault,
                             std::uint64_t seed,
                             std::uint64_t index,
                             Timestamp start)
    : fault_(&fault),
      start_(start),
      next_(start + fault.from),
      prng_(prng_for(seed, kGarbage, index)) {
  find_next();
}

void GarbageStream::find_next() {
  do {
    next_ += base::seconds(prng_.exponential(60.0 / fault_->per_minute));
    if (fault_->until && !fault_->repeats && next_ >= start_ + *fault_->until) {
      next_ = Timestamp::max();
      return;
    }
  } while (!window_end(*fault_, start_, next_));
}

Bytes GarbageStream::noise() {
  Bytes out(1 + prng_.below(kLargestDatagram));
  for (std::uint8_t& octet : out) octet = static_cast<std::uint8_t>(prng_.below(256));
  return out;
}

Bytes GarbageStream::hostile(ByteView real) {
  Bytes out(real.begin(), real.end());
  switch (prng_.below(4)) {
    case 0: {  // a length that lies
      const std::uint64_t lengths[] = {0, 1, 2, 3, out.size() - 1, out.size() + 1, 0xFFFF};
      const std::uint64_t length = lengths[prng_.below(std::size(lengths))];
      out[1] = static_cast<std::uint8_t>(length >> 8);
      out[2] = static_cast<std::uint8_t>(length);
      break;
    }
    case 1:  // a field specification that never ends
      out.resize(kLargestDatagram, 0xFF);
      std::fill(out.begin() + 3, out.end(), std::uint8_t{0xFF});
      out[1] = static_cast<std::uint8_t>(out.size() >> 8);
      out[2] = static_cast<std::uint8_t>(out.size());
      break;
    case 2:  // flipped bits anywhere
      for (std::uint64_t flips = 1 + prng_.below(16); flips > 0; --flips) {
        const std::uint64_t bit = prng_.below(out.size() * 8);
        out[bit / 8] = static_cast<std::uint8_t>(out[bit / 8] ^ (1u << bit % 8));
      }
      break;
    default:  // a category that nobody defines
      out[0] = static_cast<std::uint8_t>(200 + prng_.below(5));
      break;
  }
  return out;
}

Bytes GarbageStream::take(ByteView real) {
  Bytes out;
  if (fault_->kind == FaultKind::noise || real.size() < 8) {
    out = noise();
  } else if (fault_->kind == FaultKind::truncated) {
    const std::size_t length = 1 + prng_.below(real.size() - 1);
    out.assign(real.begin(), real.begin() + static_cast<std::ptrdiff_t>(length));
  } else {
    out = hostile(real);
  }
  find_next();
  return out;
}

}  // namespace liptako::sim
