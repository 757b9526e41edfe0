#include "app/witness_desk.hpp"

#include <fmt/format.h>

#include "io/private_file.hpp"
#include "seal/key_file.hpp"
#include "seal/sha256.hpp"

namespace liptako::app {

WitnessDesk::WitnessDesk(std::string key_folder, std::vector<seal::VerifierKey> logs)
    : key_folder_(std::move(key_folder)), logs_(std::move(logs)) {
  std::erase_if(logs_, [](const auto& key) { return key.type != seal::KeyType::ed25519; });
}

bool WitnessDesk::open() {
  if (witness_) return true;
  if (logs_.empty()) return false;
  const auto text = io::read_private_file(key_folder_ + "/witness.key", seal::kMaxKeyFileSize);
  if (!text || text->empty()) return false;
  auto key = seal::open_key_file(*text);
  if (!key || key->role != seal::KeyRole::witness) return false;
  auto storage = io::FileStorage::open(key_folder_ + "/witness");
  if (!storage) return false;
  storage_ = std::move(*storage);
  witness_.emplace(key->name, key->key, *storage_, "logs");
  witness_->set_logs(logs_);
  return true;
}

seal::WitnessAnswer WitnessDesk::add_checkpoint(const std::string& request,
                                                std::uint64_t unix_time_s) {
  if (!open()) {
    seal::WitnessAnswer none;
    none.verdict = seal::WitnessVerdict::unknown_log;
    none.body = "this node witnesses no log\n";
    return none;
  }
  seal::WitnessAnswer answer = witness_->add_checkpoint(request, unix_time_s);
  if (answer.fork != seal::ForkSign::none) keep_evidence(answer);
  return answer;
}

void WitnessDesk::keep_evidence(const seal::WitnessAnswer& answer) const {
  const std::string text = fmt::format(
      "origin {}\n\n--- held\n{}\n--- shown\n{}", answer.origin, answer.held, answer.shown);
  // Of the same two histories one file, however often they are shown.
  const std::string name =
      seal::to_hex(seal::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  (void)io::write_private_file(fmt::format("{}/witness/fork-{}", key_folder_, name.substr(0, 16)),
                               text);
}

}  // namespace liptako::app
