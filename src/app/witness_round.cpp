#include "app/witness_round.hpp"

#include <future>
#include <memory>

#include "record/log.hpp"
#include "seal/witness.hpp"

namespace liptako::app {
namespace {

struct Answered {
  int status = 0;
  std::string body;
};

// What the witness answers over HTTP, without the HTTP.
Answered ask(LiveNode& witness, std::string request) {
  // Shared: an answer may still come when nobody waits for it any more.
  const auto promise = std::make_shared<std::promise<Answered>>();
  std::future<Answered> answered = promise->get_future();
  io::HttpRequest post;
  post.method = "POST";
  post.body = std::move(request);
  witness.cosign(post, [promise](io::HttpResponse response) {
    promise->set_value({response.status, std::move(response.body)});
  });
  return answered.get();
}

}  // namespace

WitnessRound::WitnessRound(std::vector<LiveNode*> nodes) : nodes_(std::move(nodes)) {
  for (const LiveNode* node : nodes_) names_.push_back(node->node().core().config().name);
}

void WitnessRound::go(const CanReach& can_reach, const Deliver& deliver) {
  for (std::size_t log = 0; log < nodes_.size(); ++log) {
    for (std::size_t witness = 0; witness < nodes_.size(); ++witness) {
      if (log == witness) continue;
      if (can_reach(sim::MemberIndex::of(log), sim::MemberIndex::of(witness)))
        show(log, witness, deliver);
    }
  }
}

void WitnessRound::show(std::size_t log, std::size_t witness, const Deliver& deliver) {
  std::uint64_t& old_size = signed_[{log, witness}];
  // The second time if the witness remembers more than this process does.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto request = record::make_witness_request(nodes_[log]->storage(), old_size);
    if (!request)
      return;  // no checkpoint yet, or it is just being replaced: the next round asks again
    const auto parsed = seal::parse_witness_request(*request);
    if (!parsed) return;
    const auto note = seal::parse_note(parsed->checkpoint);
    if (!note) return;
    const auto checkpoint = seal::parse_checkpoint(note->text);
    if (!checkpoint || checkpoint->size == old_size) return;
    const Answered answer = ask(*nodes_[witness], *request);
    if (const auto remembered = seal::size_of_conflict(answer.body);
        answer.status == static_cast<int>(seal::WitnessVerdict::other_size) && remembered) {
      if (*remembered > checkpoint->size) return tell_disputed(log, witness, remembered);
      old_size = *remembered;
      continue;
    }
    if (answer.status == static_cast<int>(seal::WitnessVerdict::inconsistent))
      return tell_disputed(log, witness, std::nullopt);
    if (answer.status != static_cast<int>(seal::WitnessVerdict::cosigned)) return;
    old_size = checkpoint->size;
    deliver(*nodes_[log], checkpoint->size, answer.body);
    return;
  }
}

void WitnessRound::tell_disputed(std::size_t log,
                                 std::size_t witness,
                                 std::optional<std::uint64_t> held) {
  if (!disputed_.insert({log, witness}).second) return;
  nodes_[log]->tell_log_disputed(names_[witness], held);
}

}  // namespace liptako::app
