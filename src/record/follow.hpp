// What the two machines of a node say to each other (docs/STANDBY.md): pure functions over bytes.
// The link carries them over TLS (io/peer_link.hpp); who acts on them is app/standby.
//
// A message on the wire, little-endian:
//   u32 size of what follows | u8 kind | body
//   1 hello    8 bytes "LPPAIR1\n" | u8 role | u64 term | u64 entries | 32 bytes root |
//              node, origin, build: each u32 size and UTF-8
//   2 entries  u64 sequence of the first | u32 count | each u32 size and the frame's body as it is
//              written (input_body.hpp), salt and cuts included
//   3 lost     u64 sequence of the first | u64 count: entries that no disk has any more
//   4 beat     u64 entries that the sender has to give, or has synced
//   5 refusal  u8 reason | u32 size and UTF-8
//
// Both machines begin with a hello. judge() says what follows from the two; then one of them sends
// entries, lost and beats, and the other beats.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/seams.hpp"
#include "record/takeover.hpp"
#include "seal/merkle.hpp"

namespace liptako::record {

enum class PairRole : std::uint8_t {
  primary = 1,  // has the sources, writes the record, shows and publishes
  standby = 2,  // copies the record, and takes over when nothing comes any more
  former = 3,   // was the primary, until the other took over; does nothing until a person decides
};
inline constexpr PairRole kLastPairRole = PairRole::former;
[[nodiscard]] std::string_view name_of(PairRole role);

struct Hello {
  PairRole role = PairRole::standby;
  std::uint64_t term = kFirstTerm;
  seal::TreeHead held;  // of all entries that are in the record
  std::string node;     // its name, the same on both machines
  std::string origin;   // of the log of this machine
  std::string build;
  friend bool operator==(const Hello&, const Hello&) = default;
};

// Bodies of entries in order, without gaps.
struct EntryBatch {
  std::uint64_t first = 0;
  base::Bytes bytes;                // the bodies, one behind the other
  std::vector<std::uint32_t> ends;  // of each in `bytes`

  [[nodiscard]] std::size_t size() const { return ends.size(); }
  [[nodiscard]] base::ByteView body(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return base::ByteView(bytes).subspan(begin, ends[i] - begin);
  }
  void add(base::ByteView body);
  friend bool operator==(const EntryBatch&, const EntryBatch&) = default;
};

// At most kMaxLost at once.
inline constexpr std::uint64_t kMaxLost = 1u << 16;
struct LostEntries {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  friend bool operator==(const LostEntries&, const LostEntries&) = default;
};

struct Beat {
  std::uint64_t end = 0;
  friend bool operator==(const Beat&, const Beat&) = default;
};

enum class PairRefusal : std::uint8_t {
  wrong_node = 1,     // the other machine is of another node
  diverged = 2,       // the standby's record is not the beginning of the primary's
  two_primaries = 3,  // both are in charge, with the same term
  not_whole = 4,      // the primary no longer has the entries that the standby lacks
  damaged = 5,        // an entry that was committed to is unreadable on the primary's disk
  same_log = 6,       // both sign a log of the same name: one of them has the other's authority
};
inline constexpr PairRefusal kLastPairRefusal = PairRefusal::same_log;
[[nodiscard]] std::string_view name_of(PairRefusal refusal);

struct Refused {
  PairRefusal reason = PairRefusal::diverged;
  std::string words;
  friend bool operator==(const Refused&, const Refused&) = default;
};

using PairMessage = std::variant<Hello, EntryBatch, LostEntries, Beat, Refused>;

// A batch is sent when this much is in it; one body more may be.
inline constexpr std::size_t kBatchBytes = 256u << 10;
inline constexpr std::size_t kMaxPairMessage = 1u << 20;
inline constexpr std::size_t kMaxPairText = 1'000;  // of each text; longer ones are cut

void encode_message(const PairMessage& message, base::Bytes& out);

// Cuts a stream of bytes into messages. Total: whatever comes, it holds at most one message and
// what take() was given, and once something is wrong it stays so.
class MessageReader {
 public:
  void take(base::ByteView bytes);
  // The next whole one; none if more bytes are needed.
  [[nodiscard]] base::Result<std::optional<PairMessage>> next();

 private:
  base::Bytes buffer_;
  std::size_t begin_ = 0;
  bool bad_ = false;
};

// What one machine does about the other.
enum class PairVerdict : std::uint8_t {
  serve,      // send entries, if what the other holds is the beginning of what this one holds
  follow,     // take entries
  step_down,  // the other took over: be in charge no more
  wait,       // nothing to do with each other now
  refuse,     // a person must look at it
};
struct PairJudgement {
  PairVerdict verdict = PairVerdict::wait;
  std::optional<PairRefusal> why;  // of refuse
};
[[nodiscard]] PairJudgement judge(const Hello& own, const Hello& other);

// The tree over the first `size` entries of a record: from its tiles as far as its newest
// checkpoint reaches, from the entries behind it. For any thread; reads what files there are.
[[nodiscard]] base::Result<seal::TreeHead> tree_head_at(base::Storage& storage, std::uint64_t size);
// Whether the log of a record committed to these entries as to lost ones; none if no checkpoint
// covers them yet.
[[nodiscard]] base::Result<std::optional<bool>> are_committed_as_lost(base::Storage& storage,
                                                                      const LostEntries& entries);

// A copy after a power cut: cuts it off before the first entry behind its newest checkpoint that is
// missing or damaged, since what lies behind it would be another history than the one that is
// copied. It is sent again. Before the record is opened; returns how many entries it gave up.
[[nodiscard]] base::Result<std::uint64_t> cut_broken_copy(base::Storage& storage);

}  // namespace liptako::record
