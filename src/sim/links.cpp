#include "sim/links.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.hpp"
#include "sim/traffic.hpp"

namespace liptako::sim {
namespace {

using base::Timestamp;

enum : std::uint64_t { kLink = 1006 };

bool concerns(const LinkCut& cut, MemberIndex a, MemberIndex b) {
  if (!cut.other) return cut.member == a || cut.member == b;
  return (cut.member == a && *cut.other == b) || (cut.member == b && *cut.other == a);
}

// Whether some part of the window lies in [from, until].
bool touches(const Window& window, Timestamp start, Timestamp from, Timestamp until) {
  if (window_end(window, start, from)) return true;
  const Timestamp first = start + window.from;
  if (from < first) return until >= first;
  if (!window.repeats) return false;
  return until >= from - (from - first) % *window.repeats + *window.repeats;
}

}  // namespace

LinkModel::LinkModel(const Scenario& scenario, std::uint64_t seed, Timestamp start)
    : links_(scenario.links), cuts_(scenario.link_cuts), start_(start), now_(start) {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const auto& [a, b] = links_[i].between;
    directions_.push_back({a, b, &links_[i], prng_for(seed, kLink, 2 * i), start, 0});
    directions_.push_back({b, a, &links_[i], prng_for(seed, kLink, 2 * i + 1), start, 0});
  }
}

bool LinkModel::later(const Queued& a, const Queued& b) {
  return std::tie(a.at, a.number) > std::tie(b.at, b.number);
}

bool LinkModel::cut_within(const Direction& direction, Timestamp sent, Timestamp arrives) const {
  return std::any_of(cuts_.begin(), cuts_.end(), [&](const LinkCut& cut) {
    return concerns(cut, direction.from, direction.to) &&
           touches(cut.window, start_, sent, arrives);
  });
}

void LinkModel::send(Timestamp now, MemberIndex from, MemberIndex to, base::ByteView frame) {
  CHECK(from != to && now >= now_);
  ++counters_.sent;
  const auto found = std::find_if(directions_.begin(), directions_.end(), [&](const Direction& d) {
    return d.from == from && d.to == to;
  });
  if (found == directions_.end()) {
    ++counters_.cut;
    return;
  }
  // Drawn for every frame, also for one that does not get through: what is lost in a cut does not
  // change the fate of later frames.
  const Link& link = *found->link;
  const bool lost = found->prng.chance(link.loss);
  const double spread_s = base::to_seconds(link.delay.high - link.delay.low);
  Timestamp arrives = now + link.delay.low + base::seconds(found->prng.uniform() * spread_s);
  if (!link.reorders) arrives = std::max(arrives, found->latest);
  if (cut_within(*found, now, arrives)) {
    ++counters_.cut;
  } else if (lost) {
    ++counters_.lost;
  } else if (found->queued >= kQueueMost) {
    ++counters_.overflowed;
  } else {
    found->latest = std::max(arrives, found->latest);
    ++found->queued;
    queue_.push_back({arrives,
                      count_++,
                      static_cast<std::size_t>(found - directions_.begin()),
                      base::Bytes(frame.begin(), frame.end())});
    std::push_heap(queue_.begin(), queue_.end(), later);
  }
}

void LinkModel::advance(Timestamp until, const Sink& sink) {
  CHECK(until >= now_);
  while (!queue_.empty() && queue_.front().at <= until) {
    std::pop_heap(queue_.begin(), queue_.end(), later);
    const Queued one = std::move(queue_.back());
    queue_.pop_back();
    now_ = std::max(now_, one.at);
    Direction& direction = directions_[one.direction];
    --direction.queued;
    ++counters_.delivered;
    sink({direction.to, direction.from, one.at, one.frame});
  }
  now_ = until;
}

bool LinkModel::up(MemberIndex a, MemberIndex b, Timestamp time) const {
  const bool linked = std::any_of(links_.begin(), links_.end(), [&](const Link& link) {
    return (link.between[0] == a && link.between[1] == b) ||
           (link.between[0] == b && link.between[1] == a);
  });
  return linked && std::none_of(cuts_.begin(), cuts_.end(), [&](const LinkCut& cut) {
           return concerns(cut, a, b) && window_end(cut.window, start_, time);
         });
}

}  // namespace liptako::sim
