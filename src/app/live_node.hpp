// A node with a world around it: sockets and files feed its inbox, its record lies in a folder, its
// console and API are served. Wiring only: what happens to an entry is node::Node's.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/door.hpp"
#include "app/history_keeper.hpp"
#include "app/unfinished_acts.hpp"
#include "app/witness_desk.hpp"
#include "base/result.hpp"
#include "io/background.hpp"
#include "io/clock.hpp"
#include "io/file_storage.hpp"
#include "io/http_server.hpp"
#include "io/inbox.hpp"
#include "io/io_thread.hpp"
#include "io/published.hpp"
#include "io/sources.hpp"
#include "node/node.hpp"
#include "serve/publication.hpp"

namespace liptako::app {

class Standby;

struct LiveNodeOptions {
  std::string config_text;
  std::string config_name;            // in messages
  std::optional<std::string> record;  // instead of the configuration's
  std::optional<std::uint16_t> port;  // instead of the configuration's
  std::string console;                // folder of the built console; empty: API only
  std::string build;
  std::string terrain;  // file of the ground's heights, unless the configuration names another
  // Carries a part of this member's frame towards the others. Called by the thread in run().
  std::function<void(base::ByteView)> send_frame;
  // Whether a node without accounts can be set up, by the link of setup_link().
  bool offers_setup = false;
  // So often the certificate's files are looked at.
  base::Duration certificate_every = std::chrono::hours(1);
};

class LiveNode {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<LiveNode>> start(
      const LiveNodeOptions& options);
  ~LiveNode();
  LiveNode(const LiveNode&) = delete;
  LiveNode& operator=(const LiveNode&) = delete;

  // Runs the owner's loop until `stop` is true; looked at least ten times a second.
  void run(const std::atomic<bool>& stop);
  // A live change of the configuration, before run() or after it.
  [[nodiscard]] base::Result<void> reconfigure(std::string_view text);

  // What came in is applied, synced and snapshotted; sources and server are closed. Call once,
  // after run().
  void close();

  // Takes what has come in and brings the common picture up to it. Not while run() runs.
  void settle();
  // Time passes for the core. Not while run() runs.
  void tick();
  // Processor time of the threads that serve and write for it.
  [[nodiscard]] base::Duration helpers_cpu() const;

  // POST /witness/add-checkpoint, the log of another node shown to this one's witness: the io
  // thread, or with an empty address any.
  void cosign(const io::HttpRequest& request, const io::HttpAnswer& answer);
  // What a witness answered about this node's checkpoint over `size` entries: signature lines. From
  // any thread while run() runs; by the owner while it does not, and then written at once.
  void send_cosignatures(std::uint64_t size, const std::string& lines);
  void take_cosignatures(std::uint64_t size, std::string_view lines);
  void write_cosignatures();
  // From any thread: a witness holds another history of this node's log; `held`: of so many
  // entries, more than the log has.
  void tell_log_disputed(const std::string& witness, std::optional<std::uint64_t> held);
  // Any thread, for reading.
  [[nodiscard]] base::Storage& storage() { return *storage_; }

  [[nodiscard]] io::Inbox& inbox() { return *inbox_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Where the console is: "https://127.0.0.1:8080/".
  [[nodiscard]] std::string address() const;
  // The one-time link that makes the first account; empty if none is offered.
  [[nodiscard]] std::string setup_link() const;
  [[nodiscard]] const node::Node& node() const { return *node_; }
  // The port at which the standby machine is waited for; 0 if none is.
  [[nodiscard]] std::uint16_t standby_port() const;
  [[nodiscard]] node::Stamp read_clock();
  // What it tells of itself. Not while run() runs.
  [[nodiscard]] serve::NodeStatus status();
  // Something that came in is not in the record, or not safe there. Told on stderr as it happens.
  [[nodiscard]] bool failed_to_record() const {
    const auto trouble = node_->record_trouble();
    const bool loses = trouble && trouble->part != node::RecordTrouble::Part::log;
    return loses || node_->lost_arrivals() > 0;
  }

 private:
  LiveNode();
  // live_standby.cpp: one of the two machines of a node.
  // Before the record is opened: a copy that a power cut broke is cut back. Whether it is
  // a copy.
  [[nodiscard]] base::Result<bool> prepare_copy();
  [[nodiscard]] base::Result<void> open_standby();
  // What is this machine's own of the configuration: where it records and listens, its keys.
  [[nodiscard]] const node::NodeConfig& machine() const;
  // Whether it has the sources and writes the record: always, without a second machine.
  [[nodiscard]] bool is_in_charge() const;
  [[nodiscard]] bool is_former() const;
  void keep_standby();
  void copy_entries();
  [[nodiscard]] base::Result<void> copy_holds(std::span<const base::ByteView> bodies);
  [[nodiscard]] base::Result<void> take_over(record::TakeoverCause cause, base::Duration silence);
  void step_down();
  void tell_stepped_down() const;
  void tell_standby(serve::NodeStatus& status);
  // Before a node in charge ends: what is synced goes over to the standby, if that takes it soon.
  void part_from_standby();
  [[nodiscard]] bool refuse_if_not_in_charge(io::Command& command) const;
  // Who looked, on a machine that does not write the record.
  void note_look(io::Command& command);
  // As this machine's own file has it, of a configuration that was accepted on the other.
  [[nodiscard]] node::SourceConfig bound_here(const node::SourceConfig& source) const;

  void turn(base::Duration timeout);
  // Commands among the items wait in commands_: one that takes items must not obey another.
  void take(std::span<const io::InboxItem> items);
  void obey_commands();
  void obey(io::Command& command);
  void change_configuration(io::Command& command);
  void publish();
  [[nodiscard]] serve::NodeStatus status(const node::Stamp& now);
  void publish_common(const serve::NodeStatus& status);
  // What the roster makes of the log's key and of those who cosigned it.
  void tell_keys(serve::NodeStatus& status) const;
  // Frames made by what was just taken go out.
  void send_frames();
  // The members' consoles may show each other in frames.
  void allow_consoles();
  void keep_record();
  // Hands over what befell tracks; tells the person at the terminal when it cannot be kept.
  void keep_history(base::Duration now);
  // Waits for the thread that syncs and takes back a sync that is out.
  void settle_sync();
  void settle_log();
  // The farewell entry and a checkpoint over all there is.
  // `signs`: a last checkpoint. What the other machine's history does not contain must not be
  // signed: the log could then not go on behind it.
  void end_record(bool signs = true);
  // Asks the system how good its clock is, for the entries to come.
  void judge_clock();
  void find_cuts();
  void settle_snapshot();
  // Tells the person at the terminal when a part of the record begins to fail, and when all of it
  // has worked for a while: a nearly full disk fails by turns and must not fill the terminal too.
  void tell_trouble();
  // Those of the configuration in force that are not open.
  void open_sources();
  // All but those which `next` wants just as they are.
  void close_sources(const node::NodeConfig& next);
  [[nodiscard]] io::HttpHandlers handlers();
  void serve(const Visitor& visitor,
             serve::Resource resource,
             io::HttpRequest request,
             const io::HttpAnswer& answer);
  // In the clear on loopback, or over TLS on the configured address once the node is set up. One
  // that serves goes on if another cannot take its place; at the start, what is wrong with the
  // certificate takes the node from the network and not its picture from those who sit at it.
  [[nodiscard]] base::Result<void> open_server(std::uint16_t port);
  struct Certificate {
    io::TlsMaterial material;
    std::string authority_sha256{};  // of an authority of our own; empty: it was given
    base::Timestamp ends{};
    std::vector<std::string> missing_names{};  // for which our authority was not made
  };
  // Any thread: makes or reads the certificate.
  [[nodiscard]] static base::Result<Certificate> prepare_tls(const node::NodeConfig& config,
                                                             const std::string& folder);
  // Looks at the certificate's files again and again, on a thread of its own; our own is renewed in
  // time.
  void keep_certificate(base::Duration now);
  void use_certificate(base::Result<Certificate> found);
  void keep_certificate_facts(const Certificate& certificate);
  void tell_certificate();
  [[nodiscard]] std::string_view certificate_state();
  // On the witness's thread: a log does not go together with what was cosigned of it.
  void tell_fork(const WitnessDesk::Alarm& alarm);
  // What node::Node checks, and that certificate and roster that it names anew could be used.
  [[nodiscard]] base::Result<node::NodeConfig> check_configuration(std::string_view text) const;
  // Whose logs and cosignatures count and which keys no account may have, by the configuration and
  // the roster in force; after every change of either.
  void use_keys();
  // A revoked key of this node itself is for people to replace.
  void warn_of_revoked_keys(const charter::Roster& roster);
  void note_audit(io::Command& command);
  void note_contact(io::Command& command);
  void obey_act(io::Command& command);
  [[nodiscard]] base::Result<void> check_act(charter::ActKind kind, const std::string& body) const;
  [[nodiscard]] base::Result<void> obey_roster(const std::string& body);
  // At a start: what is in the record and was stopped before it was obeyed.
  void finish_acts();
  // Destroys the keys of persons whose erasure is in the record.
  void erase_as_recorded();
  [[nodiscard]] bool is_obeyed(charter::ActKind kind, const std::string& body) const;
  [[nodiscard]] base::Result<void> finish_act(charter::ActKind kind,
                                              const std::string& body,
                                              const seal::Note& note);
  [[nodiscard]] base::Result<void> obey_hold(charter::ActKind kind,
                                             const std::string& body,
                                             const std::vector<std::string>& persons);

  LiveNodeOptions options_;
  io::SystemClock clock_;
  std::unique_ptr<io::FileStorage> storage_;
  std::optional<geo::TerrainGrid> terrain_;      // before node_, which reads it
  std::unique_ptr<io::FileStorage> log_memory_;  // in the key folder
  std::unique_ptr<node::Node> node_;
  std::unique_ptr<HistoryKeeper> history_;  // none: it could not be opened
  std::unique_ptr<io::Inbox> inbox_;
  std::optional<serve::Publisher> publisher_;
  std::shared_ptr<io::Published<serve::Publication>> publication_;
  std::shared_ptr<io::Published<serve::Trails>> trails_;
  // The same of the common picture, and the picture itself; hold nothing without a federation.
  std::optional<serve::Publisher> common_publisher_;
  std::shared_ptr<io::Published<serve::Publication>> common_publication_;
  std::shared_ptr<io::Published<serve::Trails>> common_trails_;
  std::shared_ptr<io::Published<serve::CommonPicture>> common_;
  std::unique_ptr<io::IoThread> thread_;
  std::unique_ptr<io::Sources> sources_;
  std::vector<std::optional<node::SourceConfig>> open_;  // by SourceId
  std::unique_ptr<WitnessDesk> witness_;
  std::unique_ptr<Door> door_;
  std::shared_ptr<const UnfinishedActs> unfinished_;
  std::vector<seal::VerifierKey> own_keys_;   // node, log, witness; then those the log had before
  std::vector<seal::VerifierKey> witnesses_;  // of the configuration, without revoked ones
  std::set<std::string> told_revoked_;
  std::unique_ptr<io::HttpServer> server_;
  io::HttpOptions serving_;  // what server_ was started with, without a key
  bool serves_tls_ = false;
  Certificate certificate_;  // what is served with, without its key
  std::string certificate_state_;
  std::string told_certificate_;
  std::string told_missing_;
  std::optional<base::Result<Certificate>> looked_at_;  // certificate_thread_ writes it
  base::Duration next_certificate_{};
  std::uint16_t port_ = 0;      // once it is known, the same for every server
  bool loopback_only_ = false;  // something is wrong that others should not meet
  std::optional<base::Duration> serve_anew_at_;
  // What the readers of the audit on another thread may read up to.
  std::atomic<std::uint64_t> entries_ = 0;
  // Two, so that a long snapshot does not hold up the sync that others wait for.
  std::unique_ptr<io::Background> sync_thread_;
  std::unique_ptr<io::Background> snapshot_thread_;
  std::unique_ptr<io::Background> log_thread_;
  std::unique_ptr<io::Background> certificate_thread_;  // once it serves over TLS

  std::deque<io::Command> commands_;
  std::vector<record::EntryView> arrivals_;  // scratch
  // Where the payloads of arrivals_ may be taken apart: offsets of all, where each one's end,
  // spans.
  std::vector<std::uint16_t> cut_offsets_;
  std::vector<std::size_t> cut_ends_;
  std::vector<std::span<const std::uint16_t>> cuts_;
  std::optional<record::LogWork> log_work_;  // log_thread_ writes it
  base::Result<void> log_written_;
  bool record_ended_ = false;
  std::uint8_t clock_quality_ = record::kClockUnknown;
  std::optional<record::SyncTicket> syncing_;
  base::Result<void> synced_;
  bool snapshotting_ = false;
  base::Result<void> snapshot_written_;
  std::optional<base::Result<record::RetentionFound>> retention_found_;  // by snapshot_thread_
  base::Duration next_tick_{};
  base::Duration next_publication_{};
  base::Duration next_trails_{};
  base::Duration next_common_{};
  base::Duration next_sync_{};
  base::Duration next_retirement_{};
  std::set<node::RecordTrouble::Part> told_;
  std::optional<base::Duration> well_since_;

  std::string key_folder_;
  std::optional<node::NodeConfig> own_config_;     // of a machine of a pair: what its file says
  std::unique_ptr<io::FileStorage> pair_storage_;  // the key folder, for standby_
  std::optional<record::TakeoverCause> taking_over_;
  base::Duration next_takeover_{};
  std::unique_ptr<Standby> standby_;  // last: its thread uses what is above
};

// Identity of this build: the version and the first bytes of the executable's SHA-256.
[[nodiscard]] std::string build_identity();

}  // namespace liptako::app
