#include "app/door.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "charter/enrolment.hpp"
#include "io/http_rules.hpp"
#include "io/private_file.hpp"
#include "io/random.hpp"
#include "seal/password.hpp"
#include "serve/documents.hpp"
#include "serve/json_reader.hpp"
#include "serve/session_documents.hpp"

namespace liptako::app {
namespace {

using base::Duration;
using base::Result;
using serve::Resource;

constexpr std::size_t kHashesWaiting = 8;
constexpr std::size_t kReadersWaiting = 2;  // of the audit, of contacts
constexpr Duration kInvitationLasts = std::chrono::hours(72);
// The key may be on a machine without a link: time to carry two texts.
constexpr Duration kChallengeLasts = std::chrono::minutes(30);
// A look at the same thing in the same session is written down once in this time.
constexpr Duration kOneLook = std::chrono::minutes(1);
constexpr std::size_t kLooksRemembered = 4096;
constexpr std::size_t kPlacesRemembered = 4096;

std::string random_token() { return seal::to_hex(io::random_bytes<32>()); }

seal::Digest hash_of(std::string_view token) {
  return seal::sha256({reinterpret_cast<const std::uint8_t*>(token.data()), token.size()});
}

bool equal_secrets(std::string_view a, std::string_view b) {
  const auto bytes = [](std::string_view text) {
    return base::ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  return seal::secrets_equal(bytes(a), bytes(b));
}

// The verifier key as it is written; empty if it is none that can sign acts.
std::string operator_key(std::string_view text) {
  const auto key = seal::VerifierKey::parse(text);
  return key && key->type == seal::KeyType::ed25519 ? key->text() : "";
}

std::string words_of(std::string_view reason) {
  if (reason == "no_session") return "log in first";
  if (reason == "no_right") return "no role of this account may do this";
  if (reason == "slow_down") return "too many attempts: wait";
  if (reason == "busy") return "too much waits already: try again";
  if (reason == "not_set_up") return "this node is not set up";
  if (reason == "already_set_up") return "this node is set up already";
  if (reason == "bad_token") return "the link was used, has ended or is wrong";
  if (reason == "weak_password") return "12 to 128 characters, and not the same few over and over";
  if (reason == "bad_account") return "2 to 32 of a-z 0-9 . _ -, a letter first";
  if (reason == "bad_key") return "not an operator's verifier key";
  if (reason == "bad_proof")
    return "not signed with the key for this node, this account and a challenge of the last half "
           "hour";
  if (reason == "refused") return "account or password is wrong";
  if (reason == "has_key") return "the account has an operator key: another is set by an act";
  if (reason == "key_taken") return "the key is another's, or was revoked: make a new one";
  if (reason == "key_by_act")
    return "an account that confirms acts gets its key by the signed act that makes it";
  if (reason == "needs_act")
    return "once a node is set up, its configuration is changed by a signed act";
  if (reason == "not_recorded")
    return "the record takes no more: what every look at is written down is not shown";
  if (reason == "bad_contact")
    return "a name of at most 96 bytes, a telephone of at most 32 digits and signs";
  if (reason == "bad_request") return "not the JSON that is needed here";
  return "refused";
}

std::string place_of(const std::string& account, const std::string& network) {
  return fmt::format("account {} at {}", account, network);
}

int whole_seconds(Duration d) {
  return static_cast<int>(std::min(3600.0, base::to_seconds(d))) + 1;
}

}  // namespace

struct Door::Entry {
  io::HttpRequest request;
  io::HttpAnswer answer;
  std::string what;     // "POST /api/v1/login"
  std::string network;  // by which attempts are counted
  Visitor visitor;
  std::optional<serve::JsonObject> body;

  void reply(int status, std::string json, std::string cookie = {}) const {
    answer({.status = status, .body = std::move(json), .cookie = std::move(cookie)});
  }
  [[nodiscard]] std::string text(std::string_view key) const {
    return body ? std::string(body->text(key).value_or("")) : "";
  }
};

Door::Door(Options options, io::IoThread& thread, base::Clock& clock)
    : options_(std::move(options)),
      thread_(thread),
      clock_(clock),
      work_(std::make_unique<io::WorkQueue>(kHashesWaiting)),
      reading_(std::make_unique<io::WorkQueue>(kReadersWaiting)) {}

Door::~Door() = default;

void Door::close() {
  work_.reset();
  reading_.reset();
}

Result<std::unique_ptr<Door>> Door::open(Options options,
                                         io::IoThread& thread,
                                         base::Clock& clock) {
  // Only where there is no such file is a node not set up: an empty one is what a full disk or a
  // broken copy leaves, and must not open the node to whoever comes first.
  auto text = io::read_if_any(options.folder + "/accounts", serve::Accounts::kMaxFileBytes);
  if (!text) return std::unexpected(text.error());
  std::unique_ptr<Door> door(new Door(std::move(options), thread, clock));
  auto personal = PersonalBook::open(door->options_.folder);
  if (!personal) return std::unexpected(personal.error());
  door->personal_ = std::move(*personal);
  serve::Accounts accounts;
  door->set_other_keys({});
  if (text->has_value()) {
    auto parsed = serve::Accounts::parse(**text);
    if (parsed && parsed->empty()) parsed = base::bad_input("accounts: nobody is in it");
    if (!parsed) {
      return base::bad_input(fmt::format("{}/{}", door->options_.folder, parsed.error().message));
    }
    accounts = std::move(*parsed);
    door->is_set_up_ = true;
  } else if (door->options_.offers_setup) {
    door->setup_token_ = random_token();
    door->is_offering_ = true;
  }
  door->accounts_.set(std::make_shared<serve::Accounts>(std::move(accounts)));
  return door;
}

std::string Door::cookie_name() const { return fmt::format("__Host-liptako-{}", port_.load()); }

const serve::Session* Door::session_of(const io::HttpRequest& request) {
  const auto token = io::cookie_value(request.cookie, cookie_name());
  if (!token) return nullptr;
  const serve::Session* session = sessions_.use(*token, clock_.monotonic_now());
  if (session == nullptr) return nullptr;
  const auto accounts = accounts_.get();  // kept: another thread may replace them
  const serve::Account* account = accounts->find(session->account);
  if (account == nullptr || account->disabled) {
    sessions_.end(session->id);
    return nullptr;
  }
  return session;
}

void Door::refuse(Entry& entry, int status, std::string_view reason, int retry_after_s) {
  entry.answer({.status = status,
                .body = serve::refusal_json(reason, words_of(reason), retry_after_s),
                .retry_after_s = retry_after_s});
}

// A change's errors: of bad input the refusal's code, of the world what it says.
void Door::refuse_change(Entry& entry, const base::Error& error) {
  if (error.kind != base::ErrorKind::bad_input) return refuse(entry, 503, "busy");
  refuse(entry, error.message == "bad_token" ? 403 : 409, error.message);
}

bool Door::audit(const Entry& entry, serve::AuditKind kind, std::string_view outcome) {
  io::Command command{"audit",
                      serve::to_string({.kind = kind,
                                        .account = entry.visitor.account,
                                        .address = entry.request.address,
                                        .session = entry.visitor.session,
                                        .what = entry.what,
                                        .outcome = std::string(outcome)}),
                      [](int, const std::string&) {}};
  return options_.ask_owner(command);
}

void Door::note(const serve::AuditEvent& event) {
  io::Command command{"audit", serve::to_string(event), [](int, const std::string&) {}};
  (void)options_.ask_owner(command);
}

void Door::audit_refusal(const Entry& entry, std::string_view reason) {
  // A stranger must not be able to fill the record.
  if (refusals_.take(entry.network, clock_.monotonic_now()) > Duration::zero()) return;
  (void)audit(entry, serve::AuditKind::refusal, reason);
}

void Door::note_look(const Visitor& visitor,
                     const std::string& address,
                     const std::string& what,
                     const std::function<void(bool)>& then) {
  const Duration now = clock_.monotonic_now();
  const std::pair key(visitor.session, what);
  if (const auto seen = looks_.find(key); seen != looks_.end() && now - seen->second < kOneLook)
    return then(true);
  if (looks_.size() >= kLooksRemembered)
    std::erase_if(looks_, [&](const auto& look) { return now - look.second >= kOneLook; });
  io::Command command{"audit",
                      serve::to_string({.kind = serve::AuditKind::look,
                                        .account = visitor.account,
                                        .address = address,
                                        .session = visitor.session,
                                        .what = what,
                                        .outcome = "done"}),
                      [this, key, then](int status, const std::string&) {
                        thread_.post([this, key, then, status] {
                          const bool written = status == 200;
                          if (written && looks_.size() < kLooksRemembered)
                            looks_.insert_or_assign(key, clock_.monotonic_now());
                          then(written);
                        });
                      }};
  if (!options_.ask_owner(command)) then(false);
}

void Door::note_foreign(const io::HttpRequest& request) {
  const Duration now = clock_.monotonic_now();
  if (!is_set_up_ || refusals_.take(io::network_of(request.address), now) > Duration::zero())
    return;
  note({.kind = serve::AuditKind::refusal,
        .address = request.address,
        .what = fmt::format("{} {}", request.method, request.path),
        .outcome = "foreign_origin"});
}

Duration Door::wait_of(const std::string& address) {
  if (!is_set_up_) return Duration::zero();
  return requests_.take(io::network_of(address), clock_.monotonic_now());
}

void Door::take(io::HttpRequest request, io::HttpAnswer answer, const Serve& serve) {
  auto entry = std::make_shared<Entry>();
  entry->what = fmt::format("{} {}", request.method, request.path);
  entry->request = std::move(request);
  entry->network = io::network_of(entry->request.address);
  entry->answer = std::move(answer);
  const bool set_up = is_set_up_;
  const Duration now = clock_.monotonic_now();
  if (set_up) {
    const Duration wait = requests_.take(entry->network, now);
    if (wait > Duration::zero()) return refuse(*entry, 429, "slow_down", whole_seconds(wait));
  }
  const serve::Match match = serve::find_route(entry->request.method, entry->request.path);
  if (match.route == nullptr) {
    return entry->reply(match.path_known ? 405 : 404, serve::error_json("no such resource"));
  }
  const serve::Route& route = *match.route;
  if (route.when == serve::When::set_up && !set_up) return refuse(*entry, 409, "not_set_up");
  if (route.when == serve::When::not_set_up && set_up) return refuse(*entry, 409, "already_set_up");
  const serve::Session* session = set_up ? session_of(entry->request) : nullptr;
  if (session != nullptr) {
    entry->visitor = {
        session->account, session->id, accounts_.get()->find(session->account)->rights()};
    entry->answer = [reply = std::move(entry->answer)](io::HttpResponse response) {
      response.to_session = true;
      reply(std::move(response));
    };
  } else if (!set_up) {
    entry->visitor.rights = serve::kAllRights;
  }
  if (set_up && !serve::may_use(route, session != nullptr, entry->visitor.rights)) {
    const std::string_view reason = session != nullptr ? "no_right" : "no_session";
    if (session != nullptr) audit_refusal(*entry, reason);
    return refuse(*entry, session != nullptr ? 403 : 401, reason);
  }
  if (entry->request.method == "POST") {
    entry->body = serve::JsonObject::parse(entry->request.body);
    const bool is_json =
        route.resource != Resource::set_config && route.resource != Resource::witness;
    if (is_json && !entry->body) return refuse(*entry, 400, "bad_request");
  }
  if (!set_up || !entry->visitor.rights.any_of(route.restricted))
    return go_on(entry, route.resource, serve);
  note_look(entry->visitor,
            entry->request.address,
            entry->what,
            [this, entry, &route, serve](bool written) {
              if (!written) {
                // What is not restricted stays in sight: a full disk blinds nobody.
                if (!serve::has_open_part(route.resource))
                  return refuse(*entry, 503, "not_recorded");
                entry->visitor.rights = entry->visitor.rights.without(route.restricted);
              }
              go_on(entry, route.resource, serve);
            });
}

void Door::go_on(const std::shared_ptr<Entry>& entry, Resource resource, const Serve& serve) {
  switch (resource) {
    case Resource::session:
      return show_session(*entry, is_set_up_ ? session_of(entry->request) : nullptr, "");
    case Resource::setup:
      return set_up_node(entry);
    case Resource::login:
      return log_in(entry);
    case Resource::logout:
      return log_out(*entry);
    case Resource::password:
      return change_password(entry);
    case Resource::operator_key:
      return enrol_key(entry);
    case Resource::own_contact:
      return show_own_contact(entry);
    case Resource::set_own_contact:
      return set_own_contact(entry);
    case Resource::contacts:
      return show_contacts(entry);
    case Resource::seal_contact:
      return seal_contact(entry);
    case Resource::invitation:
      return accept_invitation(entry);
    case Resource::enrolment:
      return begin_enrolment(*entry);
    case Resource::accounts:
      return entry->reply(200, serve::accounts_json(*accounts_.get(), clock_.utc_now()));
    case Resource::audit:
      return show_audit(entry);
    case Resource::acts:
      return act(entry);
    case Resource::set_config:
      if (is_set_up_) {
        audit_refusal(*entry, "needs_act");
        return refuse(*entry, 403, "needs_act");
      }
      break;
    default:
      break;
  }
  serve(entry->visitor, resource, std::move(entry->request), std::move(entry->answer));
}

Door::Admitted Door::admit_stream(const io::HttpRequest& request) {
  if (!is_set_up_) return {.visitor = {.account = {}, .rights = serve::kAllRights}, .stands = {}};
  const serve::Route* route = serve::find_route("GET", request.path).route;
  if (route == nullptr) return {.refusal = 404};
  if (requests_.take(io::network_of(request.address), clock_.monotonic_now()) > Duration::zero())
    return {.refusal = 429};
  const serve::Session* session = session_of(request);
  if (session == nullptr) return {.refusal = 401};
  const serve::Rights rights = accounts_.get()->find(session->account)->rights();
  if (!serve::may_use(*route, true, rights)) return {.refusal = 403};
  Admitted admitted{.visitor = {session->account, session->id, rights}};
  if (rights.any_of(route->restricted)) {
    const auto look = std::make_shared<Look>(Look::unwritten);
    admitted.look = look;
    note_look(admitted.visitor, request.address, "GET " + request.path, [look](bool written) {
      *look = written ? Look::written : Look::failed;
    });
  }
  // The rights it was opened with hold, or it ends: what is sent depends on them.
  admitted.stands = [this, id = session->id, account = session->account, rights] {
    const auto accounts = accounts_.get();
    const serve::Account* now = accounts->find(account);
    return now != nullptr && now->rights() == rights && sessions_.keep(id, clock_.monotonic_now());
  };
  return admitted;
}

void Door::show_session(Entry& entry, const serve::Session* session, std::string cookie) {
  if (!is_set_up_) return entry.reply(200, serve::session_json(options_.node, std::nullopt));
  serve::SessionView view;
  const auto accounts = accounts_.get();
  if (session != nullptr) {
    view.account = accounts->find(session->account);
    view.idle = sessions_.options().idle;
    view.ends = clock_.utc_now() + (sessions_.end_of(*session) - clock_.monotonic_now());
  }
  entry.reply(200, serve::session_json(options_.node, view), std::move(cookie));
}

bool Door::may_try(Entry& entry, const std::string& account) {
  const Duration now = clock_.monotonic_now();
  Duration wait = failures_.wait("address " + entry.network, now);
  if (!account.empty())
    wait = std::max(wait, failures_.wait(place_of(account, entry.network), now));
  if (wait == Duration::zero()) wait = tries_.take(entry.network, now);
  if (wait == Duration::zero() && !account.empty() &&
      !known_places_.contains({account, entry.network})) {
    wait = strange_tries_.take(account, now);
  }
  if (wait == Duration::zero()) return true;
  audit_refusal(entry, "slow_down");
  refuse(entry, 429, "slow_down", whole_seconds(wait));
  return false;
}

void Door::failed_try(Entry& entry, const std::string& account) {
  const Duration now = clock_.monotonic_now();
  failures_.failed("address " + entry.network, now);
  if (!account.empty()) failures_.failed(place_of(account, entry.network), now);
  // The name that was tried stands in `account`, without a session: nobody is logged in.
  entry.visitor.account = account;
  (void)audit(entry, serve::AuditKind::login, "refused");
}

void Door::hash(const std::shared_ptr<Entry>& entry,
                const std::string& password,
                const std::function<void(const std::string&)>& then,
                const std::function<void()>& failed) {
  const bool taken = work_->push([this, entry, password, then, failed] {
    auto hashed = seal::hash_password(password, io::random_bytes<seal::kPasswordSaltSize>());
    thread_.post([this, entry, then, failed, hashed = std::move(hashed)] {
      if (hashed) return then(*hashed);
      failed();
      refuse(*entry, 503, "busy");
    });
  });
  if (taken) return;
  failed();
  refuse(*entry, 503, "busy");
}

void Door::verify(const std::shared_ptr<Entry>& entry,
                  const serve::Account* account,
                  const std::string& password,
                  const std::function<void(bool)>& then) {
  const bool known = account != nullptr && !account->disabled && !account->password.empty();
  const bool taken =
      work_->push([this, then, password, stored = known ? account->password : std::string()] {
        bool right = false;
        if (stored.empty()) {
          (void)seal::hash_password(password, {});  // as long as for a known account
        } else {
          right = seal::verify_password(stored, password).value_or(false);
        }
        thread_.post([then, right] { then(right); });
      });
  if (!taken) refuse(*entry, 503, "busy");
}

void Door::change_accounts(const Change& change, const Done& done) {
  if (!claim_change()) return done(base::world_failed("another change is being written"));
  write_change(change, done, false);
}

void Door::write_change(const Change& change, const Done& done, bool recorded) {
  auto next = std::make_shared<serve::Accounts>(*accounts_.get());
  if (auto changed = change(*next); !changed) {
    release_change();
    return done(std::unexpected(changed.error()));
  }
  const auto write = [this, next]() -> Result<void> {
    if (auto made = io::make_private_folder(options_.folder); !made) return made;
    return io::write_private_file(options_.folder + "/accounts", next->to_string());
  };
  const auto finish = [this, next, done](const Result<void>& written) {
    if (written) accounts_.set(next);
    release_change();
    done(written);
  };
  const bool taken = work_->push(
      [this, write, finish] { thread_.post([finish, written = write()] { finish(written); }); });
  if (!taken) finish(recorded ? write() : base::world_failed("too much waits"));
}

void Door::set_up_node(const std::shared_ptr<Entry>& entry) {
  if (!may_try(*entry, "")) return;
  const std::string token = entry->text("token");
  if (!is_offering_ || !equal_secrets(token, setup_token_)) {
    failures_.failed("address " + entry->network, clock_.monotonic_now());
    audit_refusal(*entry, "bad_token");
    return refuse(*entry, 403, "bad_token");
  }
  const std::string id = entry->text("account");
  const std::string password = entry->text("password");
  if (!serve::is_account_id(id)) return refuse(*entry, 400, "bad_account");
  if (!serve::is_strong_password(password, id)) return refuse(*entry, 400, "weak_password");
  std::string key;
  if (brings_key(*entry)) {
    key = proven_key(*entry, id);
    if (key.empty()) return refuse(*entry, 400, "bad_proof");
    if (const auto why = key_refusal(*accounts_.get(), {.id = id}, key, true); !why.empty())
      return refuse(*entry, 409, why);
  }
  is_offering_ = false;  // until this attempt has failed
  const auto offer_again = [this] { is_offering_ = true; };
  const auto go_on = [this, entry, id, key](const std::string& hashed) {
    const bool taken = work_->push([this, entry, id, key, hashed] {
      auto prepared = options_.prepare_tls();
      thread_.post([this, entry, id, key, hashed, prepared = std::move(prepared)] {
        if (!prepared) {
          is_offering_ = true;
          return entry->reply(503, serve::refusal_json("busy", prepared.error().message));
        }
        serve::Account account{.id = id,
                               .roles = {charter::Role::sysadmin},
                               .password = hashed,
                               .operator_key = key,
                               .created = clock_.utc_now()};
        change_accounts([&](serve::Accounts& accounts) { return accounts.put(std::move(account)); },
                        [this, entry, id, sha256 = *prepared](const Result<void>& written) {
                          if (!written) {
                            is_offering_ = true;
                            return entry->reply(
                                503, serve::refusal_json("busy", written.error().message));
                          }
                          setup_token_.assign(setup_token_.size(), '0');
                          entry->visitor.account = id;
                          (void)audit(*entry, serve::AuditKind::setup, "done");
                          is_set_up_ = true;
                          entry->reply(200, serve::setup_json(entry->request.host, sha256));
                          io::Command command{"serve_anew", "", [](int, const std::string&) {}};
                          (void)options_.ask_owner(command);
                        });
      });
    });
    if (!taken) {
      is_offering_ = true;
      refuse(*entry, 503, "busy");
    }
  };
  hash(entry, password, go_on, offer_again);
}

void Door::log_in(const std::shared_ptr<Entry>& entry) {
  const std::string id = entry->text("account").substr(0, serve::kLongestPassword);
  const std::string password = entry->text("password");
  if (id.empty() || password.empty() || password.size() > serve::kLongestPassword)
    return refuse(*entry, 400, "bad_request");
  if (!may_try(*entry, id)) return;
  verify(entry, accounts_.get()->find(id), password, [this, entry, id](bool right) {
    if (!right) {
      failed_try(*entry, id);
      return refuse(*entry, 401, "refused");
    }
    failures_.succeeded(place_of(id, entry->network));
    failures_.succeeded("address " + entry->network);
    if (known_places_.size() < kPlacesRemembered) known_places_.emplace(id, entry->network);
    // Whoever logs in anew leaves the session they came with.
    if (const serve::Session* old = session_of(entry->request)) sessions_.end(old->id);
    const std::string token = random_token();
    const serve::Session session = sessions_.begin(token, id, clock_.monotonic_now());
    entry->visitor = {id, session.id, {}};
    if (!audit(*entry, serve::AuditKind::login, "done")) {
      sessions_.end(session.id);
      return refuse(*entry, 503, "busy");
    }
    show_session(
        *entry,
        &session,
        fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict", cookie_name(), token));
  });
}

void Door::log_out(Entry& entry) {
  sessions_.end(entry.visitor.session);
  (void)audit(entry, serve::AuditKind::logout, "done");
  show_session(
      entry,
      nullptr,
      fmt::format("{}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0", cookie_name()));
}

void Door::accept_invitation(const std::shared_ptr<Entry>& entry) {
  if (!may_try(*entry, "")) return;
  const seal::Digest token = hash_of(entry->text("token"));
  const auto accounts = accounts_.get();
  const serve::Account* invited = accounts->invited_by(token, clock_.utc_now());
  if (invited == nullptr) {
    failed_try(*entry, "");
    return refuse(*entry, 403, "bad_token");
  }
  const std::string id = invited->id;
  const std::string password = entry->text("password");
  if (!serve::is_strong_password(password, id)) return refuse(*entry, 400, "weak_password");
  std::string key;
  if (brings_key(*entry)) {
    key = proven_key(*entry, id);
    if (key.empty()) return refuse(*entry, 400, "bad_proof");
    if (!invited->operator_key.empty() && invited->operator_key != key)
      return refuse(*entry, 409, "has_key");
    if (const auto why = key_refusal(*accounts, *invited, key, false); !why.empty())
      return refuse(*entry, 409, why);
  }
  hash(entry, password, [this, entry, token, id, key](const std::string& hashed) {
    change_accounts(
        [&](serve::Accounts& all) -> Result<void> {
          // Once: another use may have come in between.
          const serve::Account* still = all.invited_by(token, clock_.utc_now());
          if (still == nullptr || still->id != id) return base::bad_input("bad_token");
          serve::Account account = *still;
          account.password = hashed;
          account.invitation.reset();
          if (!key.empty()) {
            const auto why = key_refusal(all, *still, key, false);
            if (!why.empty()) return base::bad_input(std::string(why));
            account.operator_key = key;
          }
          return all.put(std::move(account));
        },
        [this, entry, id](const Result<void>& written) {
          if (!written) return refuse_change(*entry, written.error());
          sessions_.end_account(id);
          entry->visitor.account = id;
          (void)audit(*entry, serve::AuditKind::account, "done");
          entry->reply(200, serve::invited_json(id));
        });
  });
}

void Door::change_password(const std::shared_ptr<Entry>& entry) {
  const std::string id = entry->visitor.account;
  if (!may_try(*entry, id)) return;
  const std::string fresh = entry->text("new_password");
  if (!serve::is_strong_password(fresh, id)) return refuse(*entry, 400, "weak_password");
  verify(entry,
         accounts_.get()->find(id),
         entry->text("password"),
         [this, entry, id, fresh](bool right) {
           if (!right) {
             failed_try(*entry, id);
             return refuse(*entry, 403, "refused");
           }
           hash(entry, fresh, [this, entry, id](const std::string& hashed) {
             change_accounts(
                 [&](serve::Accounts& all) -> Result<void> {
                   const serve::Account* found = all.find(id);
                   if (found == nullptr) return base::bad_input("no such account");
                   serve::Account account = *found;
                   account.password = hashed;
                   return all.put(std::move(account));
                 },
                 [this, entry, id](const Result<void>& written) {
                   if (!written) return refuse(*entry, 503, "busy");
                   sessions_.end_account(id, entry->visitor.session);
                   (void)audit(*entry, serve::AuditKind::account, "done");
                   entry->reply(200, serve::accepted_json());
                 });
           });
         });
}

void Door::enrol_key(const std::shared_ptr<Entry>& entry) {
  const std::string id = entry->visitor.account;
  if (!may_try(*entry, id)) return;
  const std::string key = proven_key(*entry, id);
  if (key.empty()) return refuse(*entry, 400, "bad_proof");
  const auto accounts = accounts_.get();
  if (!accounts->find(id)->operator_key.empty()) return refuse(*entry, 409, "has_key");
  if (const auto why = key_refusal(*accounts, *accounts->find(id), key, false); !why.empty())
    return refuse(*entry, 409, why);
  verify(entry, accounts->find(id), entry->text("password"), [this, entry, id, key](bool right) {
    if (!right) {
      failed_try(*entry, id);
      return refuse(*entry, 403, "refused");
    }
    change_accounts(
        [&](serve::Accounts& all) -> Result<void> {
          const serve::Account* found = all.find(id);
          if (found == nullptr || !found->operator_key.empty()) return base::bad_input("has_key");
          const auto why = key_refusal(all, *found, key, false);
          if (!why.empty()) return base::bad_input(std::string(why));
          serve::Account account = *found;
          account.operator_key = key;
          return all.put(std::move(account));
        },
        [this, entry](const Result<void>& written) {
          if (!written) return refuse_change(*entry, written.error());
          (void)audit(*entry, serve::AuditKind::account, "done");
          entry->reply(200, serve::accepted_json());
        });
  });
}

void Door::begin_enrolment(Entry& entry) {
  std::string account = entry.visitor.account;
  if (!is_set_up_) {
    account = entry.text("account");
    if (!serve::is_account_id(account)) return refuse(entry, 400, "bad_account");
  } else if (!entry.body->is_absent_or_null("token")) {
    if (!may_try(entry, "")) return;
    const auto accounts = accounts_.get();
    const serve::Account* invited =
        accounts->invited_by(hash_of(entry.text("token")), clock_.utc_now());
    if (invited == nullptr) {
      failed_try(entry, "");
      return refuse(entry, 403, "bad_token");
    }
    account = invited->id;
  } else if (account.empty()) {
    return refuse(entry, 401, "no_session");
  }
  const auto now = clock_.utc_now();
  const std::string challenge = challenge_of(now);
  entry.reply(200,
              serve::enrolment_json({options_.node, account, challenge, now + kChallengeLasts}));
}

// When it was made, in seconds, and what only this process can add to that: nothing to remember, so
// that no number of askers fills anything.
std::string Door::challenge_of(base::Timestamp made) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(made.time_since_epoch());
  const std::string time = fmt::format("{:016x}", seconds.count());
  const std::string secret(challenge_secret_.begin(), challenge_secret_.end());
  return time + seal::to_hex(hash_of(secret + "enrolment" + time)).substr(0, 32);
}

bool Door::is_fresh(std::string_view challenge) const {
  std::uint64_t seconds = 0;
  const std::string_view time = challenge.substr(0, 16);
  const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), seconds, 16);
  // Year 2255; what a timestamp holds.
  if (error != std::errc{} || end != time.data() + time.size() || seconds > 9'000'000'000)
    return false;
  const auto made = base::timestamp_from_ns(static_cast<std::int64_t>(seconds) * 1'000'000'000);
  const auto now = clock_.utc_now();
  return equal_secrets(challenge, challenge_of(made)) && made <= now &&
         now - made < kChallengeLasts;
}

bool Door::brings_key(const Entry& entry) {
  // A bare public half would be taken for none.
  return !entry.body->is_absent_or_null("key_proof") ||
         !entry.body->is_absent_or_null("operator_key");
}

std::string Door::proven_key(const Entry& entry, const std::string& account) const {
  const auto proof = charter::check_enrolment(entry.text("key_proof"));
  if (!proof || proof->node != options_.node || proof->account != account ||
      !is_fresh(proof->challenge)) {
    return "";
  }
  return proof->key.text();
}

void Door::act(const std::shared_ptr<Entry>& entry) {
  const auto note = entry->body->text("note");
  const auto body = entry->body->text("body");
  if (!note || !body) return refuse(*entry, 400, "bad_request");
  const base::Bytes payload = charter::act_payload(
      *note, {reinterpret_cast<const std::uint8_t*>(body->data()), body->size()});
  // The owner's thread answers; what became of it is written down before the answer goes out.
  io::Command command{
      "act",
      std::string(payload.begin(), payload.end()),
      [this, entry](int status, const std::string& json) {
        const auto told = serve::JsonObject::parse(json);
        const auto reason = told ? told->text("reason") : std::nullopt;
        const std::string outcome(status == 200 ? "done" : reason.value_or("refused"));
        thread_.post([this, entry, status, json, outcome] {
          // What was done is always written; of refusals only so many.
          const Duration now = clock_.monotonic_now();
          if (status == 200 || refusals_.take(entry->network, now) == Duration::zero()) {
            (void)audit(*entry, serve::AuditKind::act, outcome);
          }
          entry->reply(status, json);
        });
      }};
  if (!options_.ask_owner(command)) refuse(*entry, 503, "busy");
}

void Door::show_audit(const std::shared_ptr<Entry>& entry) {
  const bool taken = reading_->push([this, entry] {
    auto document = options_.audit_document();
    if (!document) {
      return entry->reply(503, serve::refusal_json("busy", document.error().message));
    }
    entry->reply(200, std::move(*document));
  });
  if (!taken) refuse(*entry, 503, "busy");
}

namespace {

// The contact that a request gives; none if it is not well formed.
std::optional<serve::Contact> contact_of(const serve::JsonObject& json) {
  serve::Contact contact;
  for (const auto& [name, field] : {std::pair("display_name", &contact.display_name),
                                    std::pair("telephone", &contact.telephone)}) {
    const auto text = json.text(name);
    if (!text && !json.is_absent_or_null(name)) return std::nullopt;
    field->assign(text.value_or(""));
  }
  return serve::is_contact(contact) ? std::optional(contact) : std::nullopt;
}

}  // namespace

void Door::show_contacts(const std::shared_ptr<Entry>& entry) {
  const bool taken = reading_->push([this, entry, accounts = accounts_.get()] {
    const auto book = personal_->book(*accounts);
    if (!book) return refuse(*entry, 503, "busy");
    entry->reply(200, serve::contacts_json(*book));
  });
  if (!taken) refuse(*entry, 503, "busy");
}

void Door::show_own_contact(const std::shared_ptr<Entry>& entry) {
  const serve::SealedContact own = accounts_.get()->find(entry->visitor.account)->contact;
  const bool taken = work_->push(
      [this, entry, own] { entry->reply(200, serve::contact_json(personal_->view(own))); });
  if (!taken) refuse(*entry, 503, "busy");
}

bool Door::may_begin_subject(Entry& entry) {
  const Duration wait = subjects_.take(entry.visitor.account, clock_.monotonic_now());
  if (wait == Duration::zero()) return true;
  audit_refusal(entry, "slow_down");
  refuse(entry, 429, "slow_down", whole_seconds(wait));
  return false;
}

void Door::set_own_contact(const std::shared_ptr<Entry>& entry) {
  const std::string id = entry->visitor.account;
  if (!may_try(*entry, id)) return;
  const auto contact = contact_of(*entry->body);
  if (!contact) return refuse(*entry, 400, "bad_contact");
  // Somebody else on the same post is another subject: one can be erased without the other.
  const bool is_other = entry->body->truth("anew").value_or(false);
  const bool has_subject = !accounts_.get()->find(id)->contact.subject.empty();
  const bool begins = !contact->empty() && (is_other || !has_subject);
  if (begins && !may_begin_subject(*entry)) return;
  if (!claim_change()) return refuse(*entry, 503, "busy");
  const std::string before = accounts_.get()->find(id)->contact.subject;
  const bool taken = work_->push([this, entry, contact, before, is_other] {
    Result<serve::SealedContact> sealed = serve::SealedContact{before, ""};
    if (!contact->empty()) sealed = personal_->seal(is_other ? "" : before, *contact);
    thread_.post([this, entry, sealed] {
      if (sealed && !sealed->subject.empty()) return record_contact(entry, *sealed);
      release_change();
      if (!sealed) return refuse(*entry, 503, "busy");
      entry->reply(200, serve::contact_json({}));  // there was none, and there is none
    });
  });
  if (taken) return;
  release_change();
  refuse(*entry, 503, "busy");
}

void Door::record_contact(const std::shared_ptr<Entry>& entry, const serve::SealedContact& sealed) {
  const auto written = [this, entry](const Result<void>& done) {
    if (!done) return refuse(*entry, 503, "busy");
    (void)audit(*entry, serve::AuditKind::account, "done");
    show_own_contact(entry);
  };
  const auto recorded = [this, entry, sealed, written](int status, const std::string&) {
    thread_.post([this, entry, sealed, written, status] {
      if (status != 200) {
        release_change();
        return refuse(*entry, 503, "busy");
      }
      write_change(
          [&](serve::Accounts& all) -> Result<void> {
            const serve::Account* found = all.find(entry->visitor.account);
            if (found == nullptr) return base::bad_input("no such account");
            serve::Account account = *found;
            account.contact = sealed;
            return all.put(std::move(account));
          },
          written,
          true);
    });
  };
  io::Command command{"contact", serve::contact_document(sealed), recorded};
  if (options_.ask_owner(command)) return;
  release_change();
  refuse(*entry, 503, "busy");
}

void Door::seal_contact(const std::shared_ptr<Entry>& entry) {
  if (!may_try(*entry, entry->visitor.account)) return;
  const auto contact = contact_of(*entry->body);
  if (!contact || contact->empty()) return refuse(*entry, 400, "bad_contact");
  const serve::Account* whose = nullptr;
  const auto accounts = accounts_.get();
  if (!entry->body->truth("anew").value_or(false)) whose = accounts->find(entry->text("account"));
  if (!may_begin_subject(*entry)) return;
  // Keys are made one at a time, as accounts are changed.
  if (!claim_change()) return refuse(*entry, 503, "busy");
  const std::string subject = whose != nullptr ? whose->contact.subject : "";
  const bool taken = work_->push([this, entry, contact, subject] {
    const auto sealed = personal_->seal(subject, *contact);
    thread_.post([this, entry, sealed] {
      release_change();
      if (!sealed) return refuse(*entry, 503, "busy");
      (void)audit(*entry, serve::AuditKind::account, "done");
      entry->reply(200, serve::sealed_contact_json(*sealed));
    });
  });
  if (taken) return;
  release_change();
  refuse(*entry, 503, "busy");
}

Result<void> Door::check_erasure(std::string_view body) const {
  const auto subject = serve::erasure_subject(body);
  if (!subject) return base::bad_input("the body is not {\"subject\"}");
  switch (personal_->state(*subject)) {
    case serve::ContactState::erased:
      return base::bad_input("this subject was erased before");
    case serve::ContactState::none:
      return base::bad_input("no key of this subject is in this node's key folder");
    default:
      return {};
  }
}

void Door::obey_erasure(const std::string& body, io::HttpAnswer answer) {
  const auto erase = [this, body]() -> Result<void> {
    return personal_->erase(serve::erasure_subject(body).value_or(""));
  };
  const auto finish = [this, answer = std::move(answer)](const Result<void>& erased) {
    release_change();
    if (!erased)
      return answer({.status = 503, .body = serve::refusal_json("busy", erased.error().message)});
    answer({.status = 200,
            .body = serve::obeyed_json(charter::name_of(charter::ActKind::erase_personal))});
  };
  const bool taken = work_->push(
      [this, erase, finish] { thread_.post([finish, erased = erase()] { finish(erased); }); });
  if (!taken) finish(erase());
}

Result<std::size_t> Door::erase_recorded(std::span<const std::string> subjects) {
  return personal_->erase_all(subjects);
}

std::vector<charter::ActSigner> Door::signers() const {
  std::vector<charter::ActSigner> out;
  const auto accounts = accounts_.get();
  for (const auto& [id, account] : accounts->all()) {
    if (account.disabled || account.operator_key.empty()) continue;
    if (auto key = seal::VerifierKey::parse(account.operator_key))
      out.push_back({id, std::move(*key), account.roles});
  }
  return out;
}

namespace {

// What an act on accounts changes; the body is
// {"id","roles","operator_key"?} and, of the person's contact, {"subject","contact"}?.
Result<serve::Account> account_after(charter::ActKind kind,
                                     std::string_view body,
                                     const serve::Accounts& accounts,
                                     base::Timestamp now) {
  const auto json = serve::JsonObject::parse(body);
  if (!json || !json->only({"id", "roles", "operator_key", "subject", "contact"}) ||
      !json->text("id"))
    return base::bad_input(
        "the body is not {\"id\",\"roles\",\"operator_key\",\"subject\",\"contact\"}");
  const std::string id(*json->text("id"));
  if (!serve::is_account_id(id)) return base::bad_input(words_of("bad_account"));
  const serve::Account* found = accounts.find(id);
  if (found == nullptr && kind != charter::ActKind::account_add)
    return base::bad_input("no such account");
  serve::Account account = found != nullptr ? *found : serve::Account{.id = id, .created = now};
  // One who left comes back as a new one: an old password and an old key open nothing.
  if (account.disabled && kind == charter::ActKind::account_add)
    account = {.id = id, .created = account.created};
  if (kind == charter::ActKind::account_remove) {
    account.disabled = true;
    return account;
  }
  charter::Roles roles;
  const auto* names = json->texts("roles");
  if (names == nullptr || names->empty()) return base::bad_input("roles are needed");
  for (const std::string& name : *names) {
    const auto role = charter::role_from(name);
    if (!role) return base::bad_input(fmt::format("'{}' is no role", name));
    roles.add(*role);
  }
  account.roles = roles;
  if (!json->is_absent_or_null("subject") || !json->is_absent_or_null("contact")) {
    account.contact = {std::string(json->text("subject").value_or("")),
                       std::string(json->text("contact").value_or(""))};
    if (account.contact.box.empty() || !serve::is_sealed_contact(account.contact))
      return base::bad_input("subject and contact are not as a node seals them");
  }
  if (!json->is_absent_or_null("operator_key")) {
    account.operator_key = operator_key(json->text("operator_key").value_or(""));
    if (account.operator_key.empty()) return base::bad_input(words_of("bad_key"));
  } else if (roles.shares_one_with(charter::confirming_roles())) {
    return base::bad_input(words_of("key_by_act"));
  }
  return account;
}

bool holds(const std::vector<seal::PublicKey>& keys, const seal::PublicKey& key) {
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

std::string_view Door::key_refusal(const serve::Accounts& accounts,
                                   const serve::Account& account,
                                   const std::string& key,
                                   bool by_act) const {
  const auto parsed = seal::VerifierKey::parse(key);
  if (!parsed) return "bad_key";
  const serve::Account* holder = accounts.holder_of(key);
  if (holder != nullptr && holder->id != account.id) return "key_taken";
  const auto others = other_keys_.get();
  if (holds(others->barred, parsed->key)) return "key_taken";
  if (by_act || account.operator_key == key) return "";
  if (holds(others->operators, parsed->key)) return "key_taken";
  return account.roles.shares_one_with(charter::confirming_roles()) ? "key_by_act" : "";
}

bool Door::is_governed(const serve::Accounts& accounts, std::size_t persons) const {
  const charter::ActRule& rule = charter::rule_of(charter::ActKind::account_role);
  const auto others = other_keys_.get();
  const auto signs_as = [&](const serve::Account& account, charter::Roles roles) {
    const auto key = seal::VerifierKey::parse(account.operator_key);
    return !account.disabled && key && account.roles.shares_one_with(roles) &&
           !holds(others->barred, key->key);
  };
  return std::ranges::any_of(accounts.all(), [&](const auto& one) {
    if (one.second.password.empty() || !signs_as(one.second, rule.proposers)) return false;
    return persons == 1 || std::ranges::any_of(accounts.all(), [&](const auto& other) {
             return other.first != one.first && signs_as(other.second, rule.confirmers);
           });
  });
}

Result<serve::Account> Door::plan(charter::ActKind kind,
                                  std::string_view body,
                                  const serve::Accounts& accounts) const {
  auto account = account_after(kind, body, accounts, clock_.utc_now());
  if (!account) return account;
  const serve::Account* found = accounts.find(account->id);
  const bool has_other_key = found == nullptr || found->operator_key != account->operator_key;
  if (!account->operator_key.empty() && has_other_key) {
    const auto why = key_refusal(accounts, *account, account->operator_key, true);
    if (!why.empty()) return base::bad_input(words_of(why));
  }
  serve::Accounts after = accounts;
  if (auto put = after.put(*account); !put) return std::unexpected(put.error());
  for (const std::size_t persons : {1u, 2u}) {
    if (is_governed(accounts, persons) && !is_governed(after, persons))
      return base::bad_input("it would leave nobody to sign or to confirm acts on accounts");
  }
  return account;
}

Result<void> Door::check_account_act(charter::ActKind kind, std::string_view body) const {
  const auto accounts = accounts_.get();
  auto account = plan(kind, body, *accounts);
  if (!account) return std::unexpected(account.error());
  const serve::Account* before = accounts->find(account->id);
  const bool is_sealed_anew =
      !account->contact.box.empty() && (before == nullptr || before->contact != account->contact);
  // Who sees or changes the contact of one post would see or change another's, and to erase one
  // would erase both.
  const bool is_anothers = std::ranges::any_of(accounts->all(), [&](const auto& one) {
    return one.first != account->id && one.second.contact.subject == account->contact.subject;
  });
  if (is_sealed_anew && is_anothers)
    return base::bad_input("the subject is of another account: seal the contact for this one");
  if (is_sealed_anew && personal_->view(account->contact).state != serve::ContactState::kept)
    return base::bad_input("the contact is sealed with no key of this node's, or was erased");
  return {};
}

bool Door::has_obeyed(charter::ActKind kind, std::string_view body) const {
  const auto accounts = accounts_.get();
  const auto wanted = account_after(kind, body, *accounts, clock_.utc_now());
  const serve::Account* found = wanted ? accounts->find(wanted->id) : nullptr;
  return found != nullptr && found->disabled == wanted->disabled && found->roles == wanted->roles &&
         found->operator_key == wanted->operator_key && found->contact == wanted->contact;
}

void Door::obey_account_act(charter::ActKind kind, const std::string& body, io::HttpAnswer answer) {
  thread_.post([this, kind, body, answer = std::move(answer)] {
    const auto now = clock_.utc_now();
    const auto planned = plan(kind, body, *accounts_.get());
    if (!planned) {
      release_change();
      return answer(
          {.status = 409, .body = serve::refusal_json("refused_act", planned.error().message)});
    }
    const bool invites = kind == charter::ActKind::account_add;
    const std::string token = invites ? random_token() : "";
    write_change(
        [&](serve::Accounts& all) -> Result<void> {
          serve::Account account = *planned;
          if (invites)
            account.invitation = serve::Invitation{hash_of(token), now + kInvitationLasts};
          if (account.disabled) account.invitation.reset();
          return all.put(std::move(account));
        },
        [this, kind, answer, token, id = planned->id](const Result<void>& written) {
          if (!written)
            return answer(
                {.status = 503, .body = serve::refusal_json("busy", written.error().message)});
          if (kind == charter::ActKind::account_remove) sessions_.end_account(id);
          answer({.status = 200, .body = serve::obeyed_json(charter::name_of(kind), token)});
        },
        true);
  });
}

}  // namespace liptako::app
