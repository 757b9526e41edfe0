#include "assess/siap.hpp"

#include <algorithm>

namespace liptako::assess {
namespace {

std::optional<double> ratio(double part, double whole) {
  if (whole <= 0.0) return std::nullopt;
  return part / whole;
}

}  // namespace

std::vector<Pair> associated(const Gospa& gospa, std::size_t tracks) {
  std::vector<const Pair*> best(tracks, nullptr);
  // By truth, then track: of equal distances the first stays.
  for (const Pair& pair : gospa.within) {
    const Pair*& own = best[pair.track];
    if (own == nullptr || pair.distance_m < own->distance_m) own = &pair;
  }
  for (const Pair& pair : gospa.pairs) best[pair.track] = &pair;
  std::vector<Pair> result;
  for (const Pair* pair : best) {
    if (pair != nullptr) result.push_back(*pair);
  }
  return result;
}

void Siap::take(std::span<const std::uint64_t> flights,
                std::size_t tracks,
                std::span<const Association> associations) {
  tracks_ += tracks;
  associated_ += associations.size();
  std::vector<Association> by_flight(associations.begin(), associations.end());
  std::sort(by_flight.begin(), by_flight.end(), [](const Association& a, const Association& b) {
    return a.flight != b.flight ? a.flight < b.flight : a.track < b.track;
  });
  for (const Association& one : by_flight) distance_m_ += one.distance_m;
  for (const std::uint64_t number : flights) {
    Flight& flight = flights_[number];
    const std::uint32_t now = flight.instants++;
    auto own = std::lower_bound(
        by_flight.begin(), by_flight.end(), number, [](const Association& a, std::uint64_t n) {
          return a.flight < n;
        });
    if (own != by_flight.end() && own->flight == number) ++flight.tracked;
    std::vector<Segment> open;
    for (; own != by_flight.end() && own->flight == number; ++own) {
      const auto going_on =
          std::find_if(flight.open.begin(), flight.open.end(), [&](const Segment& segment) {
            return segment.track == own->track;
          });
      open.push_back({own->track, going_on == flight.open.end() ? now : going_on->begin, now + 1});
    }
    for (const Segment& segment : flight.open) {
      const bool goes_on = std::any_of(open.begin(), open.end(), [&](const Segment& other) {
        return other.track == segment.track;
      });
      if (!goes_on) flight.closed.push_back(segment);
    }
    flight.open = std::move(open);
  }
}

// Of all segments that cover the first instant not yet covered, the one that reaches furthest
// serves best.
std::uint32_t Siap::numbers_needed(std::vector<Segment> segments) {
  std::sort(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::uint32_t needed = 0, covered = 0, reach = 0;
  std::uint64_t last = 0, furthest = 0;
  for (std::size_t i = 0; i < segments.size();) {
    // Nothing goes on from what is covered: it begins anew.
    if (segments[i].begin > covered) covered = segments[i].begin;
    for (; i < segments.size() && segments[i].begin <= covered; ++i) {
      if (segments[i].end <= reach) continue;
      reach = segments[i].end;
      furthest = segments[i].track;
    }
    if (reach <= covered) continue;
    // A number that comes back after a gap is the same number.
    if (needed == 0 || furthest != last) ++needed;
    last = furthest;
    covered = reach;
  }
  return needed;
}

SiapScore Siap::score(double hours_per_instant) const {
  std::uint64_t there = 0, tracked = 0, longest = 0, changes = 0;
  for (const auto& [number, flight] : flights_) {
    there += flight.instants;
    tracked += flight.tracked;
    std::vector<Segment> segments = flight.closed;
    segments.insert(segments.end(), flight.open.begin(), flight.open.end());
    std::uint32_t most = 0;
    for (const Segment& segment : segments) most = std::max(most, segment.end - segment.begin);
    longest += most;
    if (!segments.empty()) changes += numbers_needed(std::move(segments)) - 1;
  }
  SiapScore score;
  const auto tracked_instants = static_cast<double>(tracked);
  score.completeness = ratio(tracked_instants, static_cast<double>(there));
  score.ambiguity = ratio(static_cast<double>(associated_), tracked_instants);
  score.spuriousness =
      ratio(static_cast<double>(tracks_ - associated_), static_cast<double>(tracks_));
  score.position_accuracy_m = ratio(distance_m_, static_cast<double>(associated_));
  score.longest_segment = ratio(static_cast<double>(longest), static_cast<double>(there));
  score.number_changes_per_hour =
      ratio(static_cast<double>(changes), tracked_instants * hours_per_instant);
  return score;
}

}  // namespace liptako::assess
