// Collects the states of tracks as they come and cuts them into chunks. A track that was never
// confirmed leaves none: false tracks are many and short, and the derived stream has them.
//
// Bounded: at most kMaxTracks are open at once, each with at most Options::max_states states.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "history/state.hpp"

namespace liptako::history {

// Millionths of a degree, borders included. Never across the 180th meridian.
struct Box {
  std::int32_t south_e6 = 0;
  std::int32_t west_e6 = 0;
  std::int32_t north_e6 = 0;
  std::int32_t east_e6 = 0;
  friend bool operator==(const Box&, const Box&) = default;
};

struct Chunk {
  base::TrackNumber track;
  base::Timestamp from;  // of the earliest state, as stored
  base::Timestamp to;    // of the latest
  Box box;               // of all positions, as stored
  std::uint32_t states = 0;
  // More states may follow: the track's next chunk, open or not, replaces this one.
  bool open = false;
  base::Bytes data;  // of encode_chunk()
};

class Chunker {
 public:
  struct Options {
    // 1 to kMaxChunkStates. More make fewer bytes a state and more states to read for a query.
    std::size_t max_states = 120;
    // Keeps a chunk's box small. An aircraft flies 150 km in ten minutes.
    base::Duration max_span = std::chrono::minutes(10);
  };
  static constexpr std::size_t kMaxTracks = 100'000;

  Chunker() : Chunker(Options()) {}
  explicit Chunker(const Options& options);

  // The next state of a track. A state that is not kept (quantise() has nothing, or there are too
  // many tracks) is counted. One of status dropped ends the track.
  void take(base::TrackNumber track, const State& state);
  // Goes on with what was stored of take_open() or tentative(): states that decode_chunk() gave. Of
  // two for one track, the first counts.
  void resume(base::TrackNumber track, std::span<const State> states, bool confirmed);

  // What was finished since it was last asked, in the order in which it was.
  [[nodiscard]] std::vector<Chunk> take_finished();
  // Those that have grown since it was last asked, without ending them.
  [[nodiscard]] std::vector<Chunk> take_open();
  // Those of tracks that may still turn out to be none: for whoever goes on after a kill.
  [[nodiscard]] std::vector<Chunk> tentative() const;
  // Ends all chunks.
  void finish_all();

  [[nodiscard]] std::size_t open_tracks() const { return open_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  struct Open {
    std::vector<State> states;
    Box box;
    base::Timestamp from;
    base::Timestamp to;
    bool confirmed = false;  // ever
    bool grown = false;
  };
  [[nodiscard]] bool fits(const Open& open, const State& state) const;
  static void append(Open& open, const State& state);
  void finish(base::TrackNumber track, Open& open);
  [[nodiscard]] static Chunk chunk_of(base::TrackNumber track, const Open& open, bool is_open);

  Options options_;
  std::map<base::TrackNumber, Open> open_;
  std::vector<Chunk> finished_;
  std::uint64_t refused_ = 0;
};

}  // namespace liptako::history
