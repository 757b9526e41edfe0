// Where other nodes' checkpoints come to be cosigned: the node's witness (seal/witness.hpp) with
// its key, its memory in the key folder, and the evidence of forks beside it. Strangers ask without
// logging in, so it works on a thread of its own, behind a short queue, and whatever they can make
// it write is bounded.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/seams.hpp"
#include "io/file_storage.hpp"
#include "io/http_server.hpp"
#include "io/published.hpp"
#include "io/work_queue.hpp"
#include "seal/witness.hpp"
#include "serve/rate_limit.hpp"

namespace liptako::app {

class WitnessDesk {
 public:
  // A log did not show that it grew from what was cosigned, asked from `address`.
  struct Alarm {
    std::string origin;
    std::string address;
    bool is_proved = false;
  };
  // On the desk's thread, seldom: four times at once, then once a minute, for each log and degree.
  using Tell = std::function<void(const Alarm&)>;

  // `clock` outlives the desk. Until set_logs() no log is known.
  WitnessDesk(std::string key_folder, base::Clock& clock, Tell tell);

  // Any thread: of `logs`, those with plain keys are witnessed from the next request on. What was
  // cosigned of a log that goes stays remembered, should it come back.
  void set_logs(std::vector<seal::VerifierKey> logs);

  // The add-checkpoint call. A node without a witness key, or that witnesses no log, knows no log.
  // Those with an address: one thread, and so often an address; without one, from within this
  // process: any thread.
  void take(const io::HttpRequest& request, const io::HttpAnswer& answer);

 private:
  void answer_one(const io::HttpRequest& request, const io::HttpAnswer& answer);
  [[nodiscard]] bool open();
  // Both histories that a log told, kept for those who will ask: of each pair of roots one file,
  // however it is shown, and of one log not more than prove the matter many times over.
  void keep_evidence(const seal::WitnessAnswer& answer) const;

  std::string key_folder_;
  using Logs = std::vector<seal::VerifierKey>;
  io::Published<Logs> logs_;
  std::shared_ptr<const Logs> known_;  // those the witness was told, on the desk's thread
  base::Clock& clock_;
  Tell tell_;
  std::unique_ptr<io::FileStorage> storage_;
  std::optional<seal::Witness> witness_;
  // A log has a new checkpoint every 10 s, and asks twice if it does not know where the witness is.
  serve::TokenBuckets asks_{{.rate = 1.0, .burst = 20.0}};
  serve::TokenBuckets alarms_{{.rate = 1.0 / 60.0, .burst = 4.0}};
  io::WorkQueue work_;  // last: its thread uses the rest
};

}  // namespace liptako::app
