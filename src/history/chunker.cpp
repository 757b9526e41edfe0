#include "history/chunker.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "history/chunk.hpp"
#include "history/quantum.hpp"

namespace liptako::history {
namespace {

constexpr double kHalfTurnDeg = 180.0;

std::int32_t e6(base::Angle angle) {
  return static_cast<std::int32_t>(std::floor(angle.degrees() * 1e6 + 0.5));
}

Box around(const State& state) {
  const std::int32_t latitude = e6(state.latitude);
  const std::int32_t longitude = e6(state.longitude);
  return {latitude, longitude, latitude, longitude};
}

}  // namespace

Chunker::Chunker(const Options& options) : options_(options) {
  CHECK(options_.max_states >= 1 && options_.max_states <= kMaxChunkStates);
}

bool Chunker::fits(const Open& open, const State& state) const {
  if (open.states.size() >= options_.max_states) return false;
  const auto span = std::max(open.to, state.time) - std::min(open.from, state.time);
  if (span > options_.max_span) return false;
  const double turn = (state.longitude - open.states.back().longitude).degrees();
  return std::fabs(turn) <= kHalfTurnDeg;
}

void Chunker::append(Open& open, const State& state) {
  const Box here = around(state);
  if (open.states.empty()) {
    open.from = open.to = state.time;
    open.box = here;
  }
  open.from = std::min(open.from, state.time);
  open.to = std::max(open.to, state.time);
  open.box.south_e6 = std::min(open.box.south_e6, here.south_e6);
  open.box.west_e6 = std::min(open.box.west_e6, here.west_e6);
  open.box.north_e6 = std::max(open.box.north_e6, here.north_e6);
  open.box.east_e6 = std::max(open.box.east_e6, here.east_e6);
  open.confirmed = open.confirmed || state.status == Status::confirmed;
  open.grown = true;
  open.states.push_back(state);
}

void Chunker::take(base::TrackNumber track, const State& state) {
  const auto quanta = quantise(state);
  const bool known = open_.contains(track);
  if (!quanta || (!known && open_.size() >= kMaxTracks)) {
    ++refused_;
    return;
  }
  // As it will be read: what is said of a chunk must hold for the states in it.
  State kept = restore(*quanta);
  kept.identity = state.identity;
  Open& open = open_[track];
  if (!open.states.empty() && !fits(open, kept)) {
    if (open.confirmed) {
      finish(track, open);
    } else {
      open.states.clear();  // of the beginning of a long doubtful track the newest part is enough
    }
  }
  append(open, kept);
  if (state.status != Status::dropped) return;
  if (open.confirmed) finish(track, open);
  open_.erase(track);
}

void Chunker::resume(base::TrackNumber track, std::span<const State> states, bool confirmed) {
  if (states.empty() || open_.contains(track) || open_.size() >= kMaxTracks) return;
  Open& open = open_[track];
  for (const State& state : states) append(open, state);
  open.confirmed = confirmed;
  open.grown = false;
}

void Chunker::finish(base::TrackNumber track, Open& open) {
  finished_.push_back(chunk_of(track, open, false));
  open.states.clear();
}

Chunk Chunker::chunk_of(base::TrackNumber track, const Open& open, bool is_open) {
  return {.track = track,
          .from = open.from,
          .to = open.to,
          .box = open.box,
          .states = static_cast<std::uint32_t>(open.states.size()),
          .open = is_open,
          .data = encode_chunk(open.states)};
}

std::vector<Chunk> Chunker::take_finished() { return std::exchange(finished_, {}); }

std::vector<Chunk> Chunker::take_open() {
  std::vector<Chunk> out;
  for (auto& [track, open] : open_) {
    if (!open.confirmed || !std::exchange(open.grown, false)) continue;
    out.push_back(chunk_of(track, open, true));
  }
  return out;
}

std::vector<Chunk> Chunker::tentative() const {
  std::vector<Chunk> out;
  for (const auto& [track, open] : open_) {
    if (!open.confirmed && !open.states.empty()) out.push_back(chunk_of(track, open, true));
  }
  return out;
}

void Chunker::finish_all() {
  for (auto& [track, open] : open_) {
    if (open.confirmed && !open.states.empty()) finish(track, open);
  }
  open_.clear();
}

}  // namespace liptako::history
