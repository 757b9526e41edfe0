// The links between members' nodes: what delay, loss and cuts do to the frames sent over them. A
// pure function of scenario, seed, start and what is sent; each direction of a link draws from a
// generator of its own, so that traffic on one changes nothing on another. Knows nothing of what
// the frames hold.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

// What became of the frames of all links.
struct LinkCounters {
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;        // by the link's probability
  std::uint64_t cut = 0;         // sent during a cut, or on their way when it began
  std::uint64_t overflowed = 0;  // refused: the direction's queue was full
};

class LinkModel {
 public:
  // Frames under way in one direction, at most.
  static constexpr std::size_t kQueueMost = 8192;

  struct Delivery {
    MemberIndex to;
    MemberIndex from;
    base::Timestamp at;
    base::ByteView frame;  // valid during the call only
  };
  using Sink = std::function<void(const Delivery&)>;

  LinkModel(const Scenario& scenario, std::uint64_t seed, base::Timestamp start);
  LinkModel(const LinkModel&) = delete;
  LinkModel& operator=(const LinkModel&) = delete;
  LinkModel(LinkModel&&) noexcept = default;
  LinkModel& operator=(LinkModel&&) noexcept = default;

  // Requires `now` not to lie before the last advance, and two different members. Members without
  // a link between them never hear each other.
  void send(base::Timestamp now, MemberIndex from, MemberIndex to, base::ByteView frame);
  // Gives the sink what arrives up to and including `until`, in order of arrival, ties in order of
  // sending. What the sink sends in reply may arrive in the same call.
  void advance(base::Timestamp until, const Sink& sink);
  // Whether the link between the two carries frames at that time.
  [[nodiscard]] bool up(MemberIndex a, MemberIndex b, base::Timestamp time) const;
  [[nodiscard]] const LinkCounters& counters() const { return counters_; }

 private:
  struct Direction {
    MemberIndex from;
    MemberIndex to;
    const Link* link = nullptr;
    base::Prng prng;
    base::Timestamp latest;  // arrival so far
    std::size_t queued = 0;
  };
  struct Queued {
    base::Timestamp at;
    std::uint64_t number = 0;  // in order of sending
    std::size_t direction = 0;
    base::Bytes frame;
  };
  [[nodiscard]] static bool later(const Queued& a, const Queued& b);
  [[nodiscard]] bool cut_within(const Direction& direction,
                                base::Timestamp sent,
                                base::Timestamp arrives) const;

  std::vector<Link> links_;
  std::vector<LinkCut> cuts_;
  base::Timestamp start_;
  base::Timestamp now_;
  std::vector<Direction> directions_;
  std::vector<Queued> queue_;  // a heap: the front arrives first
  std::uint64_t count_ = 0;
  LinkCounters counters_;
};

}  // namespace liptako::sim
