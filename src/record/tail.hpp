// Reads the frames of a record's input stream while a writer appends to it, and remembers where it
// is: going on costs what is new, not a look through the segment. For any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "record/format.hpp"

namespace liptako::record {

class Tail {
 public:
  // Goes on at entry `from`. `storage` must outlive it.
  Tail(base::Storage& storage, std::uint64_t from) : storage_(&storage), next_(from) {}

  // A body, or what is missing before the next one that can be read.
  struct Piece {
    std::uint64_t first = 0;
    std::uint64_t count = 1;
    bool lost = false;
    base::ByteView body{};  // of one that is not lost; holds until the next call
  };
  // The next below `end`, which must be synced or at least flushed by the writer; none when all
  // were given.
  [[nodiscard]] base::Result<std::optional<Piece>> next(std::uint64_t end);
  [[nodiscard]] std::uint64_t position() const { return next_; }

 private:
  struct Place {
    std::uint32_t segment = 0;
    std::uint64_t offset = 0;
  };
  // Through a cursor, which finds its way behind damage: the first readable frame from next_ on.
  [[nodiscard]] base::Result<std::optional<std::uint64_t>> find();
  // The frame at place_, if it is entry next_.
  [[nodiscard]] base::Result<std::optional<base::ByteView>> frame_here();
  [[nodiscard]] base::Result<base::ByteView> bytes_at(std::uint64_t offset, std::size_t size);

  base::Storage* storage_;
  std::uint64_t next_;
  std::optional<Place> place_;  // of the frame of next_, or the end of its segment
  std::uint64_t salt_ = 0;
  std::string path_;   // of place_
  base::Bytes chunk_;  // of it, from chunk_begin_ on
  std::uint64_t chunk_begin_ = 0;
  // Entries below it were the record's when the chunk was read. What lay behind them the writer may
  // have taken back since, after a write that failed in part, and put others in its place.
  std::uint64_t chunk_end_ = 0;
};

}  // namespace liptako::record
