// One connection between the two machines of a node, seen from one of them (docs/STANDBY.md): bytes
// in, bytes out. It reads the record that this machine holds, and writes nothing: what came is for
// the record's owner. Whoever carries the bytes decides when (app/standby, or a test's simulation).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "record/follow.hpp"
#include "record/tail.hpp"

namespace liptako::record {

class PairSession {
 public:
  // `first`: of the record's entries, the first that is not retired; `own.held`: all that are in
  // it. `storage` must outlive the session.
  PairSession(base::Storage& storage, Hello own, std::uint64_t first);

  // The hello, before anything else.
  void begin(base::Bytes& out) const { encode_message(own_, out); }

  // What came. Appends to `out` what is to be answered at once, to `messages` what is for the
  // owner: entries, lost ones and beats of the machine that is followed, in order and without gaps.
  // An error ends the connection; what was appended stands.
  [[nodiscard]] base::Result<void> take(base::ByteView bytes,
                                        base::Bytes& out,
                                        std::vector<PairMessage>& messages);

  // None until the other's hello came, and of one that serves until it has been compared.
  [[nodiscard]] std::optional<PairVerdict> verdict() const { return verdict_; }
  // The other's refusal, or this one's, if there was one.
  [[nodiscard]] const std::optional<Refused>& refusal() const { return refusal_; }
  [[nodiscard]] const std::optional<Hello>& other() const { return other_; }

  // Of one that serves: appends the next batch of the entries below `end`, which the record's disk
  // must have for certain; false if there was none to give.
  [[nodiscard]] base::Result<bool> give(std::uint64_t end, base::Bytes& out);
  // Entries given so far, and those that the other has synced, counted from the record's first.
  [[nodiscard]] std::uint64_t given() const { return tail_ ? tail_->position() : 0; }
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  void meet(base::Bytes& out);
  [[nodiscard]] std::string words_of(PairRefusal why) const;  // of judge()
  void refuse(PairRefusal reason, std::string words, base::Bytes& out);
  [[nodiscard]] base::Result<void> compare(base::Bytes& out);

  base::Storage* storage_;
  Hello own_;
  std::uint64_t first_;
  MessageReader reader_;
  std::optional<Hello> other_;
  std::optional<PairVerdict> verdict_;
  std::optional<Refused> refusal_;
  std::optional<Tail> tail_;
  std::optional<LostEntries> waiting_;  // until a checkpoint says whether they were lost before
  std::uint64_t expected_ = 0;          // of one that follows
  std::uint64_t acknowledged_ = 0;
};

}  // namespace liptako::record
