#include "app/witness_desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "io/http_rules.hpp"
#include "io/private_file.hpp"
#include "io/secret_text.hpp"
#include "seal/key_file.hpp"
#include "seal/sha256.hpp"

namespace liptako::app {

namespace {

constexpr std::size_t kMaxWaiting = 16;
constexpr std::size_t kMaxEvidence = 16;  // files of one log

base::ByteView view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string short_hash(std::string_view text) {
  return seal::to_hex(seal::sha256(view_of(text))).substr(0, 16);
}

// What a checkpoint's signature is about, whatever lines it came with.
std::string text_of(std::string_view checkpoint) {
  const auto note = seal::parse_note(checkpoint);
  return note ? note->text : "";
}

}  // namespace

WitnessDesk::WitnessDesk(std::string key_folder, base::Clock& clock, Tell tell)
    : key_folder_(std::move(key_folder)),
      clock_(clock),
      tell_(std::move(tell)),
      work_(kMaxWaiting) {
  set_logs({});
}

void WitnessDesk::set_logs(std::vector<seal::VerifierKey> logs) {
  std::erase_if(logs, [](const auto& key) { return key.type != seal::KeyType::ed25519; });
  logs_.set(std::make_shared<const Logs>(std::move(logs)));
}

bool WitnessDesk::open() {
  const auto logs = logs_.get();
  if (logs->empty()) return false;
  if (witness_) {
    if (logs != known_) witness_->set_logs(*logs);
    known_ = logs;
    return true;
  }
  auto text = io::read_private_file(key_folder_ + "/witness.key", seal::kMaxKeyFileSize);
  if (!text || text->empty()) return false;
  auto key = seal::open_key_file(*text);
  io::wipe(*text);
  if (!key || key->role != seal::KeyRole::witness) return false;
  auto storage = io::FileStorage::open(key_folder_ + "/witness");
  if (!storage) return false;
  storage_ = std::move(*storage);
  witness_.emplace(key->name, key->key, *storage_, "logs");
  witness_->set_logs(*logs);
  known_ = logs;
  return true;
}

void WitnessDesk::take(const io::HttpRequest& request, const io::HttpAnswer& answer) {
  if (!request.address.empty()) {
    const base::Duration wait = asks_.take(io::network_of(request.address), clock_.monotonic_now());
    if (wait > base::Duration::zero()) {
      const auto seconds = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(wait).count());
      return answer({.status = 429,
                     .content_type = "text/plain",
                     .body = "slow down\n",
                     .retry_after_s = seconds});
    }
  }
  if (!work_.push([this, request, answer] { answer_one(request, answer); }))
    answer({.status = 503, .content_type = "text/plain", .body = "busy\n"});
}

// The new checkpoint is on the disk before the answer.
void WitnessDesk::answer_one(const io::HttpRequest& request, const io::HttpAnswer& answer) {
  if (!open())
    return answer({.status = static_cast<int>(seal::WitnessVerdict::unknown_log),
                   .content_type = "text/plain",
                   .body = "this node witnesses no log\n"});
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.utc_now().time_since_epoch());
  const seal::WitnessAnswer given =
      witness_->add_checkpoint(request.body, static_cast<std::uint64_t>(now.count()));
  const bool is_proved = given.fork == seal::ForkSign::proved;
  if (is_proved) keep_evidence(given);
  const bool is_told =
      given.fork != seal::ForkSign::none &&
      alarms_.take(fmt::format("{} {}", is_proved ? "proved" : "suspected", given.origin),
                   clock_.monotonic_now()) == base::Duration::zero();
  if (is_told) tell_({given.origin, request.address, is_proved});
  answer({.status = given.status(),
          .content_type = std::string(given.content_type()),
          .body = given.body});
}

void WitnessDesk::keep_evidence(const seal::WitnessAnswer& answer) const {
  const auto request = seal::parse_witness_request(answer.shown);
  if (!request) return;
  const std::string folder = "forks/" + short_hash(answer.origin);
  const std::string name = short_hash(text_of(answer.held) + '\n' + text_of(request->checkpoint));
  const auto kept = storage_->list(folder);
  if (!kept || kept->size() >= kMaxEvidence || std::ranges::binary_search(*kept, name)) return;
  const std::string text = fmt::format(
      "origin {}\n\n--- held\n{}\n--- shown\n{}", answer.origin, answer.held, answer.shown);
  (void)storage_->replace(folder + '/' + name, view_of(text));  // the alarm is told all the same
}

}  // namespace liptako::app
