// Carries frames between the nodes of one process, over simulated links. Nodes hand in frames from
// their own threads; one driver moves simulated time on and delivers.
#pragma once

#include <memory>
#include <vector>

#include "io/clock.hpp"
#include "io/inbox.hpp"
#include "sim/links.hpp"

namespace liptako::app {

class Exchange {
 public:
  // `inboxes` in the order of the scenario's members; they outlive the exchange.
  Exchange(const sim::Scenario& scenario,
           std::uint64_t seed,
           base::Timestamp start,
           std::vector<io::Inbox*> inboxes);

  // Any thread: a part of a frame of this member, to all the others.
  void send(sim::MemberIndex from, base::ByteView part);
  // The driver's thread: what was handed in leaves at `now`, what has arrived by then is delivered.
  void advance(base::Timestamp now);
  // The driver's thread: everything under way arrives, unless a link is cut.
  void drain(base::Timestamp now);
  // The driver's thread: whether the two can hear each other now.
  [[nodiscard]] bool up(sim::MemberIndex a, sim::MemberIndex b) const;
  // Every two members that are linked can hear each other.
  [[nodiscard]] bool all_up() const;

 private:
  // Longer than any link delays.
  static constexpr base::Duration kLongestDelay = std::chrono::seconds(5);

  io::SystemClock clock_;
  sim::LinkModel links_;
  std::vector<io::Inbox*> inboxes_;
  base::Timestamp now_;
  std::vector<std::unique_ptr<io::Inbox>> outboxes_;  // by member, in the same order
};

}  // namespace liptako::app
