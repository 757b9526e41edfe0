// Makes a member's frames: what changed since the keyframe, and every few frames a new keyframe.
// Holds numbers only; what the keyframe said is read from what this node holds of itself, decoded
// from the same bytes as everybody else has.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/archive.hpp"
#include "share/held.hpp"

namespace liptako::share {

struct PublisherOptions {
  base::Duration period = std::chrono::seconds(1);
  std::uint64_t keyframe_every = 5;  // frames
  // A contribution is told again when the receiver's extrapolation errs by more.
  base::Length bound = base::Length::from_metres(50);
  base::Length height_bound = base::Length::from_feet(100);
};

class Publisher {
 public:
  Publisher() = default;
  explicit Publisher(base::MemberId self) : self_(self) {}
  // Publishes under another name from now on. Sequences go on, so that no name is used twice
  // whatever a member is called in between.
  void become(base::MemberId self) { self_ = self; }

  [[nodiscard]] bool is_due(base::Timestamp now, const PublisherOptions& options) const;

  // The parts of the next frame. `current` by ascending number, its states of `now`; `own` is what
  // this node holds of itself and must be given every part that comes out of here.
  [[nodiscard]] std::vector<base::Bytes> publish(base::Timestamp now,
                                                 std::uint64_t epoch,
                                                 std::span<const picture::Contribution> current,
                                                 const Held& own,
                                                 const PublisherOptions& options);

  template <class Archive>
  friend void visit_fields(Archive& archive, Publisher& p) {
    archive(p.self_, p.epoch_, p.sequence_, p.last_, p.published_);
  }

 private:
  base::MemberId self_;
  std::uint64_t epoch_ = 0;
  std::uint64_t sequence_ = 0;
  base::Timestamp last_;
  bool published_ = false;
};

}  // namespace liptako::share
