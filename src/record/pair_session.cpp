#include "record/pair_session.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace liptako::record {

using base::Result;

PairSession::PairSession(base::Storage& storage, Hello own, std::uint64_t first)
    : storage_(&storage), own_(std::move(own)), first_(first) {}

void PairSession::refuse(PairRefusal reason, std::string words, base::Bytes& out) {
  verdict_ = PairVerdict::refuse;
  refusal_ = Refused{reason, std::move(words)};
  encode_message(*refusal_, out);
}

std::string PairSession::words_of(PairRefusal why) const {
  switch (why) {
    case PairRefusal::wrong_node:
      return fmt::format("this is {}, not {}", own_.node, other_->node);
    case PairRefusal::same_log:
      return fmt::format("both machines sign a log of the name {}", own_.origin);
    default:
      return fmt::format("both are in charge of {} with term {}", own_.node, own_.term);
  }
}

void PairSession::meet(base::Bytes& out) {
  const PairJudgement judgement = judge(own_, *other_);
  if (judgement.why) return refuse(*judgement.why, words_of(*judgement.why), out);
  verdict_ = judgement.verdict;
  if (verdict_ == PairVerdict::follow) expected_ = own_.held.size;
}

// Whether what the other holds is the beginning of what this one holds.
Result<void> PairSession::compare(base::Bytes& out) {
  const seal::TreeHead& held = other_->held;
  if (held.size > own_.held.size) {
    refuse(PairRefusal::diverged,
           fmt::format(
               "the standby holds {} entries, the machine in charge {}", held.size, own_.held.size),
           out);
    return {};
  }
  if (held.size < first_) {
    refuse(PairRefusal::not_whole,
           fmt::format("entries {} to {} are no longer in the record of the machine in charge; "
                       "begin the standby from a backup",
                       held.size,
                       first_ - 1),
           out);
    return {};
  }
  const auto own = tree_head_at(*storage_, held.size);
  if (!own) return std::unexpected(own.error());
  if (own->root != held.root) {
    refuse(PairRefusal::diverged,
           fmt::format("the first {} entries of the two records are not the same", held.size),
           out);
    return {};
  }
  tail_.emplace(*storage_, held.size);
  acknowledged_ = held.size;
  return {};
}

Result<void> PairSession::take(base::ByteView bytes,
                               base::Bytes& out,
                               std::vector<PairMessage>& messages) {
  reader_.take(bytes);
  while (true) {
    auto next = reader_.next();
    if (!next) return std::unexpected(next.error());
    if (!*next) return {};
    PairMessage& message = **next;
    if (const auto* hello = std::get_if<Hello>(&message)) {
      if (other_) return base::bad_input("the other machine said hello twice");
      other_ = *hello;
      meet(out);
      if (verdict_ == PairVerdict::serve) {
        if (auto compared = compare(out); !compared) return compared;
      }
      continue;
    }
    if (!other_) return base::bad_input("the other machine did not say hello");
    if (const auto* refused = std::get_if<Refused>(&message)) {
      refusal_ = *refused;
      verdict_ = PairVerdict::refuse;
      return base::bad_input(fmt::format("the other machine refuses: {}", refused->words));
    }
    if (const auto* beat = std::get_if<Beat>(&message)) {
      if (tail_ && beat->end <= given()) acknowledged_ = std::max(acknowledged_, beat->end);
      if (verdict_ == PairVerdict::follow) messages.push_back(std::move(message));
      continue;
    }
    if (verdict_ != PairVerdict::follow)
      return base::bad_input("the other machine sent entries that were not asked for");
    const auto* batch = std::get_if<EntryBatch>(&message);
    const auto* lost = std::get_if<LostEntries>(&message);
    CHECK(batch != nullptr || lost != nullptr);
    const std::uint64_t first = batch != nullptr ? batch->first : lost->first;
    if (first != expected_) {
      return base::bad_input(
          fmt::format("the other machine sent entry {} where {} was due", first, expected_));
    }
    expected_ += batch != nullptr ? batch->size() : lost->count;
    messages.push_back(std::move(message));
  }
}

Result<bool> PairSession::give(std::uint64_t end, base::Bytes& out) {
  if (verdict_ != PairVerdict::serve || !tail_) return false;  // not before the trees were compared
  if (waiting_) {
    const auto lost = are_committed_as_lost(*storage_, *waiting_);
    if (!lost) return std::unexpected(lost.error());
    if (!*lost) return false;
    if (!**lost) {
      refuse(PairRefusal::damaged,
             fmt::format("entry {} of the record of the machine in charge can no longer be read",
                         waiting_->first),
             out);
      return false;
    }
    encode_message(*waiting_, out);
    waiting_.reset();
    return true;
  }
  EntryBatch batch;
  while (batch.bytes.size() < kBatchBytes) {
    const auto piece = tail_->next(end);
    if (!piece) return std::unexpected(piece.error());
    if (!*piece) break;
    if ((*piece)->lost) {
      waiting_ = LostEntries{(*piece)->first, (*piece)->count};
      break;
    }
    if (batch.size() == 0) batch.first = (*piece)->first;
    batch.add((*piece)->body);
  }
  if (batch.size() == 0) return waiting_.has_value();
  encode_message(batch, out);
  return true;
}

}  // namespace liptako::record
