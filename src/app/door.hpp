// The door of one node: who is let in, to what, and what is written down about it. It stands
// between the HTTP server and what the node serves, and answers for login, setup and accounts
// itself (docs/SERVER.md). The rules are serve's (accounts, sessions, routes, rate limits); here
// they are given time, randomness, files and threads.
//
// Everything but what says otherwise runs on the io thread. Hashing a password takes a tenth of a
// second: it is done on a thread of its own, behind a short queue.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/personal_book.hpp"
#include "base/result.hpp"
#include "base/seams.hpp"
#include "charter/act.hpp"
#include "io/http_server.hpp"
#include "io/inbox.hpp"
#include "io/io_thread.hpp"
#include "io/published.hpp"
#include "io/random.hpp"
#include "io/work_queue.hpp"
#include "serve/accounts.hpp"
#include "serve/audit.hpp"
#include "serve/rate_limit.hpp"
#include "serve/routes.hpp"
#include "serve/sessions.hpp"

namespace liptako::app {

// Who asks. Without an account: somebody at the machine of a node that is not set up, or the
// asker for what is open to all.
struct Visitor {
  std::string account;
  std::uint64_t session = 0;
  serve::Rights rights;
};

class Door {
 public:
  struct Options {
    std::string folder;  // of keys; the accounts lie in it
    std::string node;    // its name
    bool offers_setup = true;
    // Asks the owner of the node; false if too many wait. Any thread.
    std::function<bool(io::Command&)> ask_owner;
    // What serving over TLS needs is made or read; gives the fingerprint of an authority of our
    // own, empty with a given certificate. Any thread.
    std::function<base::Result<std::string>()> prepare_tls;
    // GET /api/v1/audit; may take long. Any thread.
    std::function<base::Result<std::string>()> audit_document;
  };
  // Fails if there are accounts that cannot be read: a node does not open because a file is broken.
  [[nodiscard]] static base::Result<std::unique_ptr<Door>> open(Options options,
                                                                io::IoThread& thread,
                                                                base::Clock& clock);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  // Ends the thread that hashes; before the io thread ends. Any thread.
  void close();

  // Any thread.
  [[nodiscard]] bool is_set_up() const { return is_set_up_; }
  // The one-time token while setup is offered, else empty. Before the server starts.
  [[nodiscard]] const std::string& setup_token() const { return setup_token_; }
  // Sessions' cookies are named by the port: a browser keeps one jar for all ports of a machine.
  void set_port(std::uint16_t port) { port_ = port; }

  using Serve =
      std::function<void(const Visitor&, serve::Resource, io::HttpRequest, io::HttpAnswer)>;
  // Answers a request, or hands it to `serve` if it is somebody's right.
  void take(io::HttpRequest request, io::HttpAnswer answer, const Serve& serve);
  // Whether a look stands in the record yet.
  enum class Look : std::uint8_t { unwritten, written, failed };
  // A WebSocket: whom it is for, and how to tell that they may still look; or the refusal's status.
  struct Admitted {
    int refusal = 0;  // 0: let in
    Visitor visitor{};
    std::function<bool()> stands{};
    // Restricted data waits until the look is written down and is not shown if that fails; null: it
    // shows none. Read and written on the io thread.
    std::shared_ptr<const Look> look{};
  };
  [[nodiscard]] Admitted admit_stream(const io::HttpRequest& request);

  // How long an address has to wait for anything at all.
  [[nodiscard]] base::Duration wait_of(const std::string& address);
  // A page of another site tried to act through a browser.
  void note_foreign(const io::HttpRequest& request);

  // Keys that speak for something else than an account.
  struct OtherKeys {
    std::vector<seal::PublicKey> barred;     // of nodes, logs, witnesses, roots; revoked ones
    std::vector<seal::PublicKey> operators;  // of the roster: an account gets one by an act only
  };
  // Any thread.
  void set_other_keys(OtherKeys keys) {
    other_keys_.set(std::make_shared<const OtherKeys>(std::move(keys)));
  }

  // Any thread: who may sign acts, by the accounts as they stand.
  [[nodiscard]] std::vector<charter::ActSigner> signers() const;
  // Any thread: takes the right to change the accounts, so that nothing comes between the check of
  // an act, its record and its being obeyed. False: somebody else has it. obey_account_act() gives
  // it back, or whoever took it and obeys nothing.
  [[nodiscard]] bool claim_change() { return !is_changing_.exchange(true); }
  void release_change() { is_changing_ = false; }
  // Any thread: whether an act on accounts could be obeyed, before it is recorded.
  [[nodiscard]] base::Result<void> check_account_act(charter::ActKind kind,
                                                     std::string_view body) const;
  // Any thread: whether the accounts are as the act makes them.
  [[nodiscard]] bool has_obeyed(charter::ActKind kind, std::string_view body) const;
  // Any thread, with the right to change: obeys a recorded one, then answers.
  void obey_account_act(charter::ActKind kind, const std::string& body, io::HttpAnswer answer);
  // The same for the act that erases somebody's personal data.
  [[nodiscard]] base::Result<void> check_erasure(std::string_view body) const;
  void obey_erasure(const std::string& body, io::HttpAnswer answer);
  // Before the server starts: keys of these subjects are destroyed if they are still there; how
  // many were.
  [[nodiscard]] base::Result<std::size_t> erase_recorded(std::span<const std::string> subjects);
  // Any thread: writes down what happened elsewhere (a witness's refusal).
  void note(const serve::AuditEvent& event);

 private:
  struct Entry;  // a request under way
  using Done = std::function<void(const base::Result<void>&)>;

  Door(Options options, io::IoThread& thread, base::Clock& clock);
  void set_up_node(const std::shared_ptr<Entry>& entry);
  void log_in(const std::shared_ptr<Entry>& entry);
  void accept_invitation(const std::shared_ptr<Entry>& entry);
  void change_password(const std::shared_ptr<Entry>& entry);
  void enrol_key(const std::shared_ptr<Entry>& entry);
  void log_out(Entry& entry);
  void begin_enrolment(Entry& entry);
  void act(const std::shared_ptr<Entry>& entry);
  void show_audit(const std::shared_ptr<Entry>& entry);
  void show_contacts(const std::shared_ptr<Entry>& entry);
  void show_own_contact(const std::shared_ptr<Entry>& entry);
  void set_own_contact(const std::shared_ptr<Entry>& entry);
  // With the right to change: has the sealed contact recorded, then written with the account.
  void record_contact(const std::shared_ptr<Entry>& entry, const serve::SealedContact& sealed);
  void seal_contact(const std::shared_ptr<Entry>& entry);
  // False, and answered, if this account has begun too many subjects: their number is bounded, and
  // none is ever forgotten.
  [[nodiscard]] bool may_begin_subject(Entry& entry);
  void show_session(Entry& entry, const serve::Session* session, std::string cookie);

  [[nodiscard]] const serve::Session* session_of(const io::HttpRequest& request);
  [[nodiscard]] std::string cookie_name() const;
  // False, and answered, if the address or the account has to wait.
  [[nodiscard]] bool may_try(Entry& entry, const std::string& account);
  void failed_try(Entry& entry, const std::string& account);
  // Hashes on the other thread, then goes on here.
  void hash(
      const std::shared_ptr<Entry>& entry,
      const std::string& password,
      const std::function<void(const std::string& hash)>& then,
      const std::function<void()>& failed = [] {});
  // Whether the password is the account's; takes as long if there is no such account.
  void verify(const std::shared_ptr<Entry>& entry,
              const serve::Account* account,
              const std::string& password,
              const std::function<void(bool right)>& then);
  using Change = std::function<base::Result<void>(serve::Accounts&)>;
  // Writes the accounts so changed, then has them in force. One change at a time.
  void change_accounts(const Change& change, const Done& done);
  // The same with the right to change, which it gives back. `recorded`: what is in the record
  // already is written even if the other thread has no room for it.
  void write_change(const Change& change, const Done& done, bool recorded);
  // The account that an act makes or changes, if that leaves the node with who can govern it.
  [[nodiscard]] base::Result<serve::Account> plan(charter::ActKind kind,
                                                  std::string_view body,
                                                  const serve::Accounts& accounts) const;
  // Why this account may not have this key: a code, empty if it may.
  [[nodiscard]] std::string_view key_refusal(const serve::Accounts& accounts,
                                             const serve::Account& account,
                                             const std::string& key,
                                             bool by_act) const;
  // What an operator key is enrolled with (charter/enrolment.hpp).
  [[nodiscard]] std::string challenge_of(base::Timestamp made) const;
  [[nodiscard]] bool is_fresh(std::string_view challenge) const;
  [[nodiscard]] static bool brings_key(const Entry& entry);
  // The key that the request shows to hold; empty if it shows none for this account.
  [[nodiscard]] std::string proven_key(const Entry& entry, const std::string& account) const;
  // Whether some account can log in and sign as an administrator, and, for two persons, whether
  // another can confirm what it signs about accounts.
  [[nodiscard]] bool is_governed(const serve::Accounts& accounts, std::size_t persons) const;
  [[nodiscard]] bool audit(const Entry& entry, serve::AuditKind kind, std::string_view outcome);
  // Writes the look down, then goes on, on the io thread; false: it could not be written.
  void note_look(const Visitor& visitor,
                 const std::string& address,
                 const std::string& what,
                 const std::function<void(bool written)>& then);
  // What somebody may have, once a look at it stands in the record.
  void go_on(const std::shared_ptr<Entry>& entry, serve::Resource resource, const Serve& serve);
  void audit_refusal(const Entry& entry, std::string_view reason);
  void refuse(Entry& entry, int status, std::string_view reason, int retry_after_s = 0);
  void refuse_change(Entry& entry, const base::Error& error);

  Options options_;
  io::IoThread& thread_;
  base::Clock& clock_;
  std::atomic<bool> is_set_up_ = false;
  std::atomic<bool> is_offering_ = false;
  std::string setup_token_;
  std::array<std::uint8_t, 32> challenge_secret_ = io::random_bytes<32>();
  std::atomic<std::uint16_t> port_ = 0;
  io::Published<serve::Accounts> accounts_;
  std::unique_ptr<PersonalBook> personal_;
  io::Published<OtherKeys> other_keys_;
  std::atomic<bool> is_changing_ = false;
  serve::Sessions sessions_{serve::Sessions::Options{}};
  serve::TokenBuckets requests_{{.rate = 60.0, .burst = 400.0}};
  serve::TokenBuckets tries_{{.rate = 0.2, .burst = 10.0}};
  serve::TokenBuckets subjects_{{.rate = 1.0 / 900.0, .burst = 24.0}};
  serve::TokenBuckets refusals_{{.rate = 0.1, .burst = 20.0}};  // that are written down
  serve::Backoff failures_{serve::Backoff::Options{}};
  // Tries for one account from wherever it never logged in from: many addresses together guess
  // slowly, and do not keep its owner out.
  serve::TokenBuckets strange_tries_{{.rate = 0.5, .burst = 60.0}};
  std::set<std::pair<std::string, std::string>> known_places_;  // account, network
  std::map<std::pair<std::uint64_t, std::string>, base::Duration> looks_;
  std::unique_ptr<io::WorkQueue> work_;
  std::unique_ptr<io::WorkQueue> reading_;  // long reads of the record keep no login waiting
};

}  // namespace liptako::app
