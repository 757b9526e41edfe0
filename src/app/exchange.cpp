#include "app/exchange.hpp"

#include <algorithm>
#include <utility>

namespace liptako::app {

Exchange::Exchange(const sim::Scenario& scenario,
                   std::uint64_t seed,
                   base::Timestamp start,
                   std::vector<io::Inbox*> inboxes)
    : links_(scenario, seed, start), inboxes_(std::move(inboxes)), now_(start) {
  for (std::size_t i = 0; i < inboxes_.size(); ++i)
    outboxes_.push_back(std::make_unique<io::Inbox>(clock_));
}

void Exchange::send(sim::MemberIndex from, base::ByteView part) {
  (void)outboxes_[from.value]->push_member_frame(part);
}

void Exchange::advance(base::Timestamp now) {
  now_ = std::max(now_, now);
  for (std::size_t from = 0; from < outboxes_.size(); ++from) {
    for (const io::InboxItem& item : outboxes_[from]->pop(base::Duration::zero())) {
      for (std::size_t to = 0; to < inboxes_.size(); ++to) {
        if (to != from)
          links_.send(now_, sim::MemberIndex::of(from), sim::MemberIndex::of(to), item.bytes);
      }
    }
  }
  links_.advance(now_, [&](const sim::LinkModel::Delivery& d) {
    (void)inboxes_[d.to.value]->push_member_frame(d.frame);
  });
}

bool Exchange::up(sim::MemberIndex a, sim::MemberIndex b) const { return links_.up(a, b, now_); }

bool Exchange::all_up() const {
  for (std::size_t a = 0; a < inboxes_.size(); ++a) {
    for (std::size_t b = a + 1; b < inboxes_.size(); ++b) {
      if (!up(sim::MemberIndex::of(a), sim::MemberIndex::of(b))) return false;
    }
  }
  return true;
}

void Exchange::drain(base::Timestamp now) {
  advance(now);
  advance(now_ + kLongestDelay);
}

}  // namespace liptako::app
