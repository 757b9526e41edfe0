// Where other nodes' checkpoints come to be cosigned: the node's witness (seal/witness.hpp) with
// its key, its memory in the key folder, and the evidence of forks beside it. One thread uses it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/file_storage.hpp"
#include "seal/witness.hpp"

namespace liptako::app {

class WitnessDesk {
 public:
  // Of `logs`, those with plain keys are witnessed.
  WitnessDesk(std::string key_folder, std::vector<seal::VerifierKey> logs);

  // As seal::Witness; a node without a witness key, or that witnesses no log, knows no log.
  [[nodiscard]] seal::WitnessAnswer add_checkpoint(const std::string& request,
                                                   std::uint64_t unix_time_s);

 private:
  [[nodiscard]] bool open();
  // Both histories that a log told, kept for those who will ask.
  void keep_evidence(const seal::WitnessAnswer& answer) const;

  std::string key_folder_;
  std::vector<seal::VerifierKey> logs_;
  std::unique_ptr<io::FileStorage> storage_;
  std::optional<seal::Witness> witness_;
};

}  // namespace liptako::app
