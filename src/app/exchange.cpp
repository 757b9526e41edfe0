#include "app/exchange.hpp"

#include <algorithm>
#include <utility>

namespace liptako::app {

Exchange::Exchange(const sim::Scenario& scenario,
                   std::uint64_t seed,
                   base::Timestamp start,
                   std::vector<io::Inbox*> inboxes)
    : links_(scenario, seed, start), inboxes_(std::move(inboxes)), now_(start) {}

void Exchange::send(sim::MemberIndex from, base::ByteView part) {
  std::lock_guard lock(mutex_);
  waiting_.push_back({from, base::Bytes(part.begin(), part.end())});
}

void Exchange::advance(base::Timestamp now) {
  now_ = std::max(now_, now);
  std::vector<Waiting> leaving;
  {
    std::lock_guard lock(mutex_);
    leaving.swap(waiting_);
  }
  for (const Waiting& w : leaving) {
    for (std::uint16_t to = 0; to < inboxes_.size(); ++to) {
      if (to != w.from.value) links_.send(now_, w.from, sim::MemberIndex{to}, w.part);
    }
  }
  links_.advance(now_, [&](const sim::LinkModel::Delivery& d) {
    (void)inboxes_[d.to.value]->push_member_frame(d.frame);
  });
}

void Exchange::drain(base::Timestamp now) {
  advance(now);
  advance(now_ + kLongestDelay);
}

}  // namespace liptako::app
