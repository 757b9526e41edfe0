#include "history/selection.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "history/chunk.hpp"

namespace liptako::history {
namespace {

// Outward by less than the quantum of a stored position, so that rounding loses no border.
std::int32_t floor_e6(base::Angle angle) {
  return static_cast<std::int32_t>(std::floor(angle.degrees() * 1e6 - 0.01));
}
std::int32_t ceil_e6(base::Angle angle) {
  return static_cast<std::int32_t>(std::ceil(angle.degrees() * 1e6 + 0.01));
}

constexpr double kHalfTurnDeg = 180.0;
constexpr double kQuarterTurnDeg = 90.0;

}  // namespace

bool Area::contains(const State& state) const {
  if (state.latitude < south || state.latitude > north) return false;
  if (west <= east) return state.longitude >= west && state.longitude <= east;
  return state.longitude >= west || state.longitude <= east;
}

std::vector<Box> Area::boxes() const {
  const auto box = [&](base::Angle from, base::Angle to) {
    return Box{floor_e6(south), floor_e6(from), ceil_e6(north), ceil_e6(to)};
  };
  if (west <= east) return {box(west, east)};
  return {box(west, base::Angle::from_degrees(kHalfTurnDeg)),
          box(base::Angle::from_degrees(-kHalfTurnDeg), east)};
}

base::Result<Area> parse_area(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return base::bad_input("box: " + std::string(why) +
                           "; wanted LATMIN,LONMIN,LATMAX,LONMAX in degrees");
  };
  std::array<double, 4> degrees{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    if (i > 0) {
      if (at == end || *at != ',') return wrong("fewer than four numbers");
      ++at;
    }
    const auto [next, error] = std::from_chars(at, end, degrees[i], std::chars_format::fixed);
    if (error != std::errc()) return wrong("not a number");
    at = next;
    const double limit = i % 2 == 0 ? kQuarterTurnDeg : kHalfTurnDeg;
    if (!(std::fabs(degrees[i]) <= limit)) return wrong("no such latitude or longitude");
  }
  if (at != end) return wrong("more than four numbers");
  if (degrees[0] > degrees[2]) return wrong("the southern border lies north of the northern");
  const auto angle = [&](std::size_t i) { return base::Angle::from_degrees(degrees[i]); };
  return Area{angle(0), angle(1), angle(2), angle(3)};
}

bool Question::matches(base::TrackNumber number, const State& state) const {
  return state.time >= from && state.time < to && (!track || *track == number) &&
         (!area || area->contains(state));
}

base::Result<void> Selection::add(base::TrackNumber track,
                                  std::uint64_t list,
                                  base::ByteView chunk) {
  auto states = decode_chunk(chunk);
  if (!states) return std::unexpected(states.error());
  for (const State& state : *states) {
    if (question_.matches(track, state)) waiting_.push({track, list, state});
  }
  return {};
}

std::optional<Found> Selection::next(base::Timestamp end) {
  if (waiting_.empty() || waiting_.top().state.time >= end) return std::nullopt;
  std::optional<Found> found = waiting_.top();
  waiting_.pop();
  return found;
}

}  // namespace liptako::history
