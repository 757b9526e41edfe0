// This machine as one of the two that a node runs on (docs/STANDBY.md): who of them is in charge,
// what the other one holds, and when the standby takes over. The link and what is read for it run
// on a thread of their own, so that neither the other machine nor a disk can hold up the node's
// loop; what is recorded and shown is the node's owner's to do.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/pair_memory.hpp"
#include "base/seams.hpp"
#include "io/background.hpp"
#include "io/handover.hpp"
#include "io/peer_link.hpp"
#include "io/published.hpp"
#include "node/node.hpp"
#include "record/pair_session.hpp"
#include "serve/documents.hpp"

namespace liptako::app {

class Standby {
 public:
  struct Options {
    node::StandbyConfig config;
    std::string node;    // its name
    std::string origin;  // of this machine's log
    std::string build;
    std::string key_pem;               // of this machine's link
    base::Storage* record = nullptr;   // read only
    base::Storage* keys = nullptr;     // the key folder
    std::function<void()> wake_owner;  // any thread: something came
  };
  // Decides the role from the record and from what is remembered; the link begins to work.
  [[nodiscard]] static base::Result<std::unique_ptr<Standby>> open(Options options,
                                                                   const node::Node& node,
                                                                   base::Clock& clock);
  ~Standby();
  Standby(const Standby&) = delete;
  Standby& operator=(const Standby&) = delete;

  // All of the rest is the owner's.

  [[nodiscard]] record::PairRole role() const { return role_; }
  // Of one that would be in charge: waits for the other's word, that it took over or did not, and
  // not for long; not with a record of its own, made before there was another machine.
  void wait_for_word();

  // What the node's record holds now. Many times a second: while the owner does not say so, the
  // other machine is not told that this one lives.
  void tell(const node::Node& node);

  // What came for the record, in order; done() when it was dealt with, also if that failed.
  [[nodiscard]] std::vector<record::PairMessage> take() { return inbound_.take(); }
  void done(const node::Node& node);
  // It could not be recorded: begin anew with what is there.
  void start_over();

  struct Decision {
    bool take_over = false;
    record::TakeoverCause cause = record::TakeoverCause::silence;
    base::Duration silence{};  // since something came from the machine that was followed
    bool step_down = false;
  };
  [[nodiscard]] Decision decide();
  // After the takeover was recorded; after the sources are closed.
  void took_over(std::uint64_t term);
  void stepped_down();
  // Of a node in charge that ends: waits, a second at most, until all was sent.
  void part(const node::Node& node);
  // The highest term heard of, and the origin of the other machine's log; may be empty.
  [[nodiscard]] std::uint64_t known_term() const { return memory_.term; }
  [[nodiscard]] const std::string& other_origin() const { return memory_.other; }
  [[nodiscard]] std::uint16_t port() const { return link_->port(); }

  [[nodiscard]] serve::StandbyStatus status();
  // Something that the person at the terminal must know, once each.
  [[nodiscard]] std::optional<std::string> news();

 private:
  // What the link's thread says of itself; replaced whole, so that a change ends the connection.
  struct Own {
    record::PairRole role = record::PairRole::standby;
  };
  // What is known of the other machine from the newest connection.
  struct Other {
    record::Hello hello;
    std::optional<record::PairVerdict> verdict;
    std::optional<record::Refused> refusal;
    bool connected = false;
  };

  Standby(Options options, base::Clock& clock);
  // The link's thread.
  void talk(io::PeerConnection& connection);
  [[nodiscard]] bool hand_over(std::vector<record::PairMessage>& messages);
  void tell_other(const record::PairSession& session, bool connected);

  void learn();
  void set_role(record::PairRole role, std::uint64_t term);
  // Writes what changed and looks for an order, on a thread of its own.
  void look_at_disk();
  [[nodiscard]] base::Duration silence() const;

  Options options_;
  base::Clock& clock_;
  record::PairRole role_ = record::PairRole::standby;
  PairMemory memory_;
  PairMemory written_;
  std::optional<PairMemory> keeping_;  // disk_ writes it
  base::Result<void> kept_;
  base::Duration begun_{};
  base::Duration next_order_{};
  struct Awaited {
    base::Duration since{};
    std::uint64_t end = 0;
  };
  std::optional<Awaited> awaited_;  // by the one that follows
  std::string told_;
  std::string told_disk_;
  std::uint64_t told_keys_ = 0;
  std::optional<std::string> news_;

  io::Published<Own> own_;
  io::Published<Other> other_;
  io::Handover<record::PairMessage> inbound_;
  std::atomic<std::uint64_t> term_ = record::kFirstTerm;  // as the record says
  std::atomic<std::uint64_t> first_ = 0;   // of its entries but those said to be deleted
  std::atomic<std::uint64_t> next_ = 0;    // entries in the record
  std::atomic<std::uint64_t> synced_ = 0;  // those its disk has
  std::atomic<std::int64_t> alive_ns_ = 0;
  std::atomic<std::int64_t> heard_ns_ = 0;       // from the other, whatever it is; 0: never
  std::atomic<std::int64_t> followed_ns_ = 0;    // from the one that is followed; 0: never
  std::atomic<std::uint64_t> other_end_ = 0;     // entries that the one that is followed has
  std::atomic<std::uint64_t> acknowledged_ = 0;  // entries that the standby has synced
  std::atomic<std::uint64_t> given_ = 0;         // that were sent to it
  std::atomic<bool> ordered_ = false;
  std::atomic<bool> ending_ = false;
  io::Background disk_;
  std::unique_ptr<io::PeerLink> link_;  // last: its thread uses all of the above
};

}  // namespace liptako::app
