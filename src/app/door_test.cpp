// A whole node with its door: set up by its link, spoken to over TLS by a client of OpenSSL's that
// trusts the node's own authority and nothing else. The accounts of most tests lie in the key
// folder before the node starts, with hashes that cost little.
#include "app/door.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "app/key_folder.hpp"
#include "app/live_node.hpp"
#include "charter/enrolment.hpp"
#include "io/private_file.hpp"
#include "io/random.hpp"
#include "record/backup.hpp"
#include "record/verify.hpp"
#include "seal/password.hpp"
#include "serve/openapi_for_test.hpp"

namespace liptako::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr base::Duration kDeadline = std::chrono::seconds(30);
constexpr std::string_view kPassword = "une phrase de passe";

struct Reply {
  int status = 0;
  std::string head;
  std::string body;

  [[nodiscard]] json document() const { return json::parse(body, nullptr, false); }
  [[nodiscard]] std::string reason() const {
    const json parsed = document();
    return parsed.is_object() ? parsed.value("reason", "") : "";
  }
  [[nodiscard]] std::string field(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

// One request a connection. Empty answer if there is no connection.
class Client {
 public:
  Client(std::uint16_t port, const std::string& authority, const std::string& from = "127.0.0.1")
      : port_(port), authority_(authority), from_(from) {}

  [[nodiscard]] Reply ask(const std::string& text) const {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const timeval deadline{.tv_sec = 30, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    inet_pton(AF_INET, from_.c_str(), &from.sin_addr);
    EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from), 0);
    std::string out;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
      out = authority_.empty() ? plain(fd, text) : encrypted(fd, text);
    close(fd);
    Reply reply;
    const auto end = out.find("\r\n\r\n");
    if (end == std::string::npos) return reply;
    reply.head = out.substr(0, end + 2);
    reply.status = std::stoi(out.substr(9, 3));
    reply.body = out.substr(end + 4);
    return reply;
  }

 private:
  static std::string plain(int fd, const std::string& text) {
    (void)send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    std::string out;
    std::array<char, 4096> chunk;
    for (ssize_t n = 0; (n = recv(fd, chunk.data(), chunk.size(), 0)) > 0;)
      out.append(chunk.data(), static_cast<std::size_t>(n));
    return out;
  }
  [[nodiscard]] std::string encrypted(int fd, const std::string& text) const {
    std::string out;
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    EXPECT_EQ(SSL_CTX_load_verify_file(context, authority_.c_str()), 1);
    SSL* ssl = SSL_new(context);
    SSL_set1_host(ssl, "localhost");
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1) {
      EXPECT_STREQ(SSL_get_version(ssl), "TLSv1.3");
      (void)SSL_write(ssl, text.data(), static_cast<int>(text.size()));
      std::array<char, 4096> chunk;
      for (int n = 0; (n = SSL_read(ssl, chunk.data(), static_cast<int>(chunk.size()))) > 0;)
        out.append(chunk.data(), static_cast<std::size_t>(n));
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    return out;
  }

  std::uint16_t port_;
  std::string authority_;
  std::string from_;
};

std::string vkey(const std::string& name, const seal::SigningKey& key) {
  return seal::VerifierKey{name, seal::KeyType::ed25519, key.public_key()}.text();
}

seal::SigningKey key_of(std::uint8_t seed) {
  std::array<std::uint8_t, seal::SigningKey::kSeedSize> bytes{};
  bytes.fill(seed);
  return seal::SigningKey::from_seed(bytes);
}

struct Signer {
  std::string name;
  seal::SigningKey key;
};

seal::VerifierKey verifier_of(const Signer& signer) {
  return {signer.name, seal::KeyType::ed25519, signer.key.public_key()};
}

std::string proof_of(const charter::Enrolment& enrolment, const Signer& signer) {
  seal::Note note{charter::to_string(enrolment), {}};
  note.signatures.push_back(seal::sign(note.text, signer.name, signer.key));
  return seal::to_string(note);
}

class DoorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // As the command does: OpenSSL's own client writes to a connection that may just have closed.
    (void)std::signal(SIGPIPE, SIG_IGN);
    std::string name = (fs::temp_directory_path() / "liptako-door-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    stop();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::string keys() const { return (folder_ / "record.keys").string(); }

  // In the key folder, as setup and acts would have left it.
  void add_account(const std::string& id, charter::Roles roles, const std::string& key = "") {
    serve::Account account{.id = id, .roles = roles, .operator_key = key};
    account.password = seal::hash_password(kPassword, {}, {.passes = 1, .memory_kib = 8}).value();
    ASSERT_TRUE(accounts_.put(std::move(account)).has_value());
    ASSERT_TRUE(io::make_private_folder(keys()).has_value());
    ASSERT_TRUE(io::write_private_file(keys() + "/accounts", accounts_.to_string()).has_value());
  }

  void start(const std::string& listen = "127.0.0.1:0") {
    LiveNodeOptions options;
    options.config_text = config(listen);
    options.config_name = "test";
    options.build = "test";
    options.offers_setup = true;
    auto started = LiveNode::start(options);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    live_ = std::move(*started);
    port_ = live_->port();
    stop_ = false;
    thread_ = std::make_unique<io::Background>();
    thread_->run([this] { live_->run(stop_); });
  }
  void stop() {
    if (!live_) return;
    stop_ = true;
    thread_.reset();
    live_->close();
    live_.reset();
  }
  [[nodiscard]] std::string config(const std::string& listen, const std::string& more = "") const {
    return "[node]\nname = \"bamako\"\nrecord = \"" + (folder_ / "record").string() +
           "\"\nlisten = \"" + listen + "\"\n" + more;
  }

  [[nodiscard]] Client tls() const { return {port_, keys() + "/ca.crt"}; }
  [[nodiscard]] Client plain() const { return {port_, ""}; }
  [[nodiscard]] std::string here() const { return "https://localhost:" + std::to_string(port_); }
  [[nodiscard]] std::string request(const std::string& line,
                                    const std::string& fields = "",
                                    const std::string& body = "") const {
    return line + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port_) +
           "\r\nConnection: " + (fields.starts_with("Upgrade") ? "Upgrade" : "close") +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
  }
  [[nodiscard]] Reply get(const std::string& path, const std::string& cookie = "") const {
    return tls().ask(request("GET " + path, cookie.empty() ? "" : "Cookie: " + cookie + "\r\n"));
  }
  [[nodiscard]] Reply post(const std::string& path,
                           const json& body,
                           const std::string& cookie = "") const {
    const std::string fields =
        "Origin: " + here() + "\r\n" + (cookie.empty() ? "" : "Cookie: " + cookie + "\r\n");
    return tls().ask(request("POST " + path, fields, body.dump()));
  }
  // A proof that `signer` holds its key, for the account that the answer to `ask` names.
  [[nodiscard]] std::string prove(const Signer& signer,
                                  const json& ask,
                                  const std::string& cookie = "") const {
    const Reply reply = post("/api/v1/enrolment", ask, cookie);
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(api_.mistake("post", "/api/v1/enrolment", reply.status, reply.document()), "");
    const json told = reply.document();
    return proof_of({told["node"], told["account"], verifier_of(signer), told["challenge"]},
                    signer);
  }
  // The cookie, "name=token".
  [[nodiscard]] std::string log_in(const std::string& id,
                                   std::string_view password = kPassword) const {
    const Reply reply =
        post("/api/v1/login", {{"account", id}, {"password", std::string(password)}});
    EXPECT_EQ(reply.status, 200) << reply.body;
    const std::string cookie = reply.field("Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
  }
  [[nodiscard]] int upgrade(const std::string& fields, const std::string& path = "/ws") const {
    return tls()
        .ask(request("GET " + path,
                     "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                         fields))
        .status;
  }
  // Every byte of every file of the record.
  [[nodiscard]] std::string record_bytes() const {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "record")) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }
  // The audit as the auditor reads it, once it holds `count` events of this kind.
  [[nodiscard]] std::vector<json> audited(const std::string& cookie,
                                          const std::string& kind,
                                          std::size_t count) const {
    std::vector<json> found;
    const base::Duration deadline = clock_.monotonic_now() + kDeadline;
    while (clock_.monotonic_now() < deadline) {
      found.clear();
      const Reply reply = get("/api/v1/audit", cookie);
      EXPECT_EQ(reply.status, 200) << reply.body;
      const json document = reply.document();
      EXPECT_EQ(api_.mistake("get", "/api/v1/audit", 200, document), "");
      for (const json& event : document.at("events"))
        if (event["event"] == kind) found.push_back(event);
      if (found.size() >= count) break;
    }
    return found;
  }

  // Whether what the running node answers is what its description says.
  void expect_described(const std::string& path, const Reply& reply) const {
    EXPECT_EQ(api_.mistake("get", path, reply.status, reply.document()), "") << reply.body;
  }

  mutable io::SystemClock clock_;
  serve::OpenApi api_;
  fs::path folder_;
  serve::Accounts accounts_;
  std::unique_ptr<LiveNode> live_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::unique_ptr<io::Background> thread_;
};

json signed_act(charter::ActKind kind,
                const std::string& body,
                const std::vector<Signer>& signers,
                std::uint8_t nonce) {
  io::SystemClock clock;
  charter::Act act;
  act.node = "bamako";
  act.kind = kind;
  act.body = seal::sha256({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()});
  act.time = base::timestamp_from_ns(base::to_ns(clock.utc_now()) / 1'000'000 * 1'000'000);
  act.nonce.fill(nonce);
  seal::Note note{charter::to_string(act), {}};
  for (const Signer& signer : signers)
    note.signatures.push_back(seal::sign(note.text, signer.name, signer.key));
  return {{"note", seal::to_string(note)}, {"body", body}};
}

TEST_F(DoorTest, TheLinkSetsUpOnceAndTheNodeSpeaksHttpsFromThenOn) {
  ::testing::internal::CaptureStderr();
  start();
  const std::string link = live_->setup_link();
  const std::string token = link.substr(link.find('=') + 1);
  EXPECT_EQ(link, "http://127.0.0.1:" + std::to_string(port_) + "/setup.html#token=" + token);
  EXPECT_EQ(plain().ask(request("GET /api/v1/session")).document()["state"], "not_set_up");
  EXPECT_EQ(plain().ask(request("GET /api/v1/status")).status, 200) << "as at any open machine";
  EXPECT_EQ(plain().ask(request("GET /api/v1/accounts")).reason(), "not_set_up");
  const auto set_up = [&](const std::string& with, const std::string& password) {
    const json body = {{"token", with}, {"account", "admin"}, {"password", password}};
    return plain().ask(request("POST /api/v1/setup", "", body.dump()));
  };
  EXPECT_EQ(set_up(std::string(64, '0'), std::string(kPassword)).reason(), "bad_token");
  EXPECT_EQ(set_up(token, "short").reason(), "weak_password");
  const Reply done = set_up(token, std::string(kPassword));
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.document()["console"], here() + "/");
  EXPECT_EQ(done.document()["ca_sha256"].get<std::string>().size(), 32u * 3 - 1);
  // The same port, over TLS, as soon as the server has been replaced.
  Reply session;
  const base::Duration deadline = clock_.monotonic_now() + kDeadline;
  while (session.status == 0 && clock_.monotonic_now() < deadline) session = get("/api/v1/session");
  EXPECT_EQ(session.document()["state"], "set_up");
  EXPECT_TRUE(session.document()["account"].is_null());
  const Reply again = post(
      "/api/v1/setup", {{"token", token}, {"account", "b2"}, {"password", std::string(kPassword)}});
  EXPECT_EQ(again.reason(), "already_set_up");
  const Reply redirected = plain().ask(request("GET /mosaic.html"));
  EXPECT_EQ(redirected.status, 308);
  EXPECT_EQ(redirected.field("Location"), here() + "/mosaic.html");
  EXPECT_EQ(plain().ask(request("POST /api/v1/login", "", "{}")).status, 403);

  const std::string cookie = log_in("admin");
  EXPECT_EQ(get("/api/v1/accounts", cookie).document()["accounts"][0]["id"], "admin");
  stop();
  const std::string told = ::testing::internal::GetCapturedStderr();
  const std::string secret = cookie.substr(cookie.find('=') + 1);
  for (const std::string& bytes : {record_bytes(), told}) {
    EXPECT_EQ(bytes.find(kPassword), std::string::npos);
    EXPECT_EQ(bytes.find(token), std::string::npos);
    EXPECT_EQ(bytes.find(secret), std::string::npos);
  }
  EXPECT_NE(told.find(done.document()["ca_sha256"].get<std::string>()), std::string::npos);
  for (const char* name : {"accounts", "ca.key", "tls.key"}) {
    const auto mode = fs::status(fs::path(keys()) / name).permissions();
    EXPECT_EQ(mode & fs::perms::mask, fs::perms::owner_read | fs::perms::owner_write) << name;
  }
  start();
  EXPECT_EQ(live_->setup_link(), "") << "set up for good";
  EXPECT_EQ(get("/api/v1/session").status, 200);
}

TEST_F(DoorTest, ANodeThatIsNotSetUpStaysOnLoopbackAndSaysSo) {
  ::testing::internal::CaptureStderr();
  start("0.0.0.0:0");
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(told.find("127.0.0.1"), std::string::npos);
  EXPECT_NE(told.find("WARNING"), std::string::npos);
  EXPECT_NE(told.find("n'est pas"), std::string::npos);
  EXPECT_EQ(live_->address().substr(0, 17), "http://127.0.0.1:");
}

TEST_F(DoorTest, NobodySeesAnythingWithoutASessionOrWithoutTheRight) {
  add_account("admin", {charter::Role::sysadmin});
  add_account("plan", {charter::Role::planner});
  add_account("oq-1", {charter::Role::watch_officer});
  start();
  for (const serve::Route& route : serve::routes()) {
    if (route.access == serve::Access::open || route.path.starts_with("/ws")) continue;
    const std::string path(route.path);
    const Reply reply = route.method == "GET" ? get(path) : post(path, json::object());
    EXPECT_EQ(reply.status, 401) << path << reply.body;
  }
  EXPECT_EQ(upgrade("Origin: " + here() + "\r\n"), 401);
  const std::string admin = log_in("admin");
  EXPECT_EQ(get("/api/v1/tracks", admin).reason(), "no_right");
  EXPECT_EQ(get("/api/v1/config", admin).status, 200);
  EXPECT_EQ(get("/api/v1/audit", admin).status, 403);
  expect_described("/api/v1/accounts", get("/api/v1/accounts", admin));
  expect_described("/api/v1/session", get("/api/v1/session", admin));
  expect_described("/api/v1/status", get("/api/v1/status", admin));
  const json certificate = get("/api/v1/status", admin).document()["certificate"];
  EXPECT_EQ(certificate["state"], "good");
  EXPECT_EQ(certificate["own"], true);
  EXPECT_EQ(get("/api/v1/openapi.json").document(), api_.document());
  const std::string planner = log_in("plan");
  expect_described("/api/v1/tracks", get("/api/v1/tracks", planner));
  expect_described("/api/v1/status", get("/api/v1/status", planner));
  expect_described("/api/v1/accounts", get("/api/v1/accounts", planner));
  expect_described("/api/v1/common", get("/api/v1/common", planner));
  EXPECT_EQ(get("/api/v1/tracks", planner).status, 200);
  EXPECT_EQ(get("/api/v1/config", planner).status, 403);
  const std::string officer = log_in("oq-1");
  EXPECT_EQ(get("/api/v1/session", officer).document()["account"]["id"], "oq-1");
  EXPECT_EQ(get("/api/v1/tracks/1", officer).status, 404);
  const Reply refused = tls().ask(request("POST /api/v1/config",
                                          "Origin: " + here() + "\r\nCookie: " + officer + "\r\n",
                                          config("127.0.0.1:0")));
  EXPECT_EQ(refused.reason(), "needs_act");
}

TEST_F(DoorTest, AStolenCookieWithoutTheOriginOfThisSiteDoesNothing) {
  add_account("oq-1", {charter::Role::watch_officer});
  add_account("audit-1", {charter::Role::auditor});
  start();
  const Reply login =
      post("/api/v1/login", {{"account", "oq-1"}, {"password", std::string(kPassword)}});
  const std::string set = login.field("Set-Cookie");
  EXPECT_EQ(set.rfind("__Host-liptako-" + std::to_string(port_) + "=", 0), 0u) << set;
  for (const char* flag : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"}) {
    EXPECT_NE(set.find(flag), std::string::npos) << set;
  }
  const std::string cookie = set.substr(0, set.find(';'));
  for (const std::string& origin : {std::string(),
                                    std::string("Origin: https://evil.example\r\n"),
                                    std::string("Origin: null\r\n"),
                                    "Origin: http://localhost:" + std::to_string(port_) + "\r\n"}) {
    const std::string fields = origin + "Cookie: " + cookie + "\r\n";
    EXPECT_EQ(tls().ask(request("POST /api/v1/logout", fields, "{}")).status, 403) << origin;
    EXPECT_EQ(upgrade(fields), 403) << origin;
  }
  EXPECT_EQ(get("/api/v1/tracks", cookie).status, 200) << "still logged in";
  const auto refusals = audited(log_in("audit-1"), "refusal", 8);
  EXPECT_EQ(std::ranges::count(
                refusals, "foreign_origin", [](const json& event) { return event["outcome"]; }),
            8);
  EXPECT_EQ(get("/api/v1/tracks", cookie + "; " + cookie).status, 401) << "twice is not once";
  EXPECT_EQ(post("/api/v1/logout", json::object(), cookie).status, 200);
  EXPECT_EQ(get("/api/v1/tracks", cookie).status, 401);
}

TEST_F(DoorTest, GuessingIsSlowedAndSaysNothingAboutWhoThereIs) {
  add_account("oq-1", {charter::Role::watch_officer});
  start();
  int refused = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string id = i % 2 == 0 ? "oq-1" : "nobody";
    const Reply reply = post("/api/v1/login", {{"account", id}, {"password", "wrong, of course"}});
    if (reply.status == 401) {
      ++refused;
      EXPECT_EQ(reply.reason(), "refused");
      continue;
    }
    EXPECT_EQ(reply.status, 429);
    EXPECT_GT(std::stoi(reply.field("Retry-After")), 0);
    EXPECT_GT(reply.document()["retry_after_s"].get<int>(), 0);
  }
  EXPECT_LE(refused, 10);
  EXPECT_GE(refused, 3);
  const Reply locked =
      post("/api/v1/login", {{"account", "oq-1"}, {"password", std::string(kPassword)}});
  EXPECT_EQ(locked.status, 429) << "the right one has to wait too";
}

TEST_F(DoorTest, AnActIsObeyedOnceAndNotAgainAfterARestart) {
  const Signer admin{"bamako.liptako.internal/operator/admin", key_of(1)};
  add_account("admin", {charter::Role::sysadmin}, vkey(admin.name, admin.key));
  start();
  std::string cookie = log_in("admin");
  const Signer second{"bamako.liptako.internal/operator/dga", key_of(2)};
  const std::string body = json{{"id", "dga"},
                                {"roles", {"duty_authority", "auditor"}},
                                {"operator_key", vkey(second.name, second.key)}}
                               .dump();
  const json act = signed_act(charter::ActKind::account_add, body, {admin}, 1);
  const Reply done = post("/api/v1/acts", act, cookie);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(post("/api/v1/acts", act, cookie).reason(), "too_few_signers")
      << "from now on there is somebody to confirm";
  json forged = act;
  forged["body"] = R"({"id":"dga","roles":["cemaa"]})";
  EXPECT_EQ(post("/api/v1/acts", forged, cookie).reason(), "wrong_body");
  EXPECT_EQ(post("/api/v1/acts",
                 signed_act(charter::ActKind::account_add,
                            body,
                            {{"bamako.liptako.internal/operator/x", key_of(9)}},
                            2),
                 cookie)
                .reason(),
            "unknown_signer");

  // The invited chooses a password, once.
  const json accept = {{"token", done.document()["invitation"]},
                       {"password", "autre phrase de passe"},
                       {"key_proof", prove(second, {{"token", done.document()["invitation"]}})}};
  EXPECT_EQ(post("/api/v1/invitation", accept).document()["account"], "dga");
  EXPECT_EQ(post("/api/v1/invitation", accept).reason(), "bad_token");
  const std::string auditor = log_in("dga", "autre phrase de passe");

  // Now that somebody can confirm, somebody must.
  const std::string third = R"({"id":"oq-1","roles":["watch_officer"]})";
  using charter::ActKind;
  EXPECT_EQ(
      post("/api/v1/acts", signed_act(ActKind::account_add, third, {admin}, 3), cookie).reason(),
      "too_few_signers");
  EXPECT_EQ(
      post("/api/v1/acts", signed_act(ActKind::account_add, third, {admin, second}, 4), cookie)
          .status,
      200);
  const std::string changed = config("127.0.0.1:0", "[server]\nnames = [\"node.example\"]\n");
  EXPECT_EQ(post("/api/v1/acts", signed_act(ActKind::configuration, changed, {admin}, 7), cookie)
                .reason(),
            "too_few_signers")
      << "it changes [server]";
  const json configuration = signed_act(ActKind::configuration, changed, {admin, second}, 5);
  EXPECT_EQ(post("/api/v1/acts", configuration, cookie).status, 200);
  EXPECT_EQ(get("/api/v1/config", cookie).body, changed);

  EXPECT_GE(audited(auditor, "act", 8).size(), 8u);
  const auto looks = audited(auditor, "look", 1);
  EXPECT_TRUE(std::ranges::any_of(looks, [](const json& event) {
    return event["what"] == "GET /api/v1/config" && event["account"] == "admin";
  }));
  // Two that came in, and the link that was tried again.
  const auto logins = audited(auditor, "login", 3);
  EXPECT_EQ(logins.size(), 3u);
  EXPECT_EQ(std::ranges::count(logins, "done", [](const json& event) { return event["outcome"]; }),
            2);

  stop();
  const std::string bytes = record_bytes();
  for (const std::string& secret : {std::string(kPassword),
                                    std::string("autre phrase"),
                                    done.document()["invitation"].get<std::string>(),
                                    cookie.substr(cookie.find('=') + 1)}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
  }
  EXPECT_NE(bytes.find("liptako/act/v1"), std::string::npos);
  start();
  cookie = log_in("admin");
  EXPECT_EQ(post("/api/v1/acts", configuration, cookie).reason(), "replayed");
  EXPECT_EQ(post("/api/v1/acts",
                 signed_act(ActKind::account_remove, R"({"id":"oq-1"})", {admin, second}, 6),
                 cookie)
                .status,
            200);
  EXPECT_EQ(get("/api/v1/tracks", auditor).status, 401);
}

TEST_F(DoorTest, NobodyEnrolsAKeyThatSpeaksForAnother) {
  const Signer admin{"bamako.liptako.internal/operator/admin", key_of(1)};
  add_account("admin", {charter::Role::sysadmin}, vkey(admin.name, admin.key));
  add_account("oq-1", {charter::Role::watch_officer});
  add_account("dga", {charter::Role::duty_authority});
  start();
  const auto node_keys = open_or_make_keys(keys(), "bamako.liptako.internal");
  ASSERT_TRUE(node_keys.has_value());
  const std::string officer = log_in("oq-1");
  const auto enrol = [&](const std::string& proof, const std::string& cookie) {
    return post("/api/v1/session/key",
                {{"password", std::string(kPassword)}, {"key_proof", proof}},
                cookie);
  };
  const auto enrol_proven = [&](const Signer& signer, const std::string& cookie) {
    return enrol(prove(signer, json::object(), cookie), cookie).reason();
  };
  EXPECT_EQ(enrol_proven(admin, officer), "key_taken");
  EXPECT_EQ(enrol_proven({"another/name", admin.key}, officer), "key_taken");
  EXPECT_EQ(enrol_proven({"own/oq-1", node_keys->node.key}, officer), "key_taken");
  EXPECT_EQ(enrol_proven({"own/dga", key_of(7)}, log_in("dga")), "key_by_act");
  const Signer own{"own/oq-1", key_of(8)};
  EXPECT_EQ(enrol(prove(own, json::object(), officer), officer).status, 200);
  const json act = signed_act(
      charter::ActKind::account_role, R"({"id":"oq-1","roles":["shift_chief"]})", {admin}, 1);
  EXPECT_EQ(post("/api/v1/acts", act, officer).status, 200) << "the administrator's still counts";
}

TEST_F(DoorTest, AKeyIsEnrolledByWhoHoldsItAndNobodyElse) {
  add_account("oq-1", {charter::Role::watch_officer});
  start();
  const std::string officer = log_in("oq-1");
  const Signer own{"own/oq-1", key_of(8)};
  const Signer stolen{"own/oq-1", key_of(9)};
  EXPECT_EQ(post("/api/v1/enrolment", json::object()).reason(), "no_session");
  EXPECT_EQ(post("/api/v1/enrolment", {{"token", std::string(64, '0')}}).reason(), "bad_token");
  const auto told = post("/api/v1/enrolment", json::object(), officer).document();
  const std::string challenge = told["challenge"];
  const auto enrol = [&](const std::string& proof) {
    // Refusals here are no failed attempts to come in, but requests of one address all the same.
    const json body = {{"password", std::string(kPassword)}, {"key_proof", proof}};
    const std::string fields = "Origin: " + here() + "\r\nCookie: " + officer + "\r\n";
    static int last = 10;
    return Client(port_, keys() + "/ca.crt", "127.0.0." + std::to_string(++last))
        .ask(request("POST /api/v1/session/key", fields, body.dump()));
  };
  EXPECT_EQ(enrol("").reason(), "bad_proof");
  EXPECT_EQ(enrol(vkey(own.name, own.key)).reason(), "bad_proof") << "the public half alone";
  const charter::Enrolment good{"bamako", "oq-1", verifier_of(own), challenge};
  EXPECT_EQ(enrol(proof_of(good, stolen)).reason(), "bad_proof") << "signed with another key";
  for (auto [field, value] : {std::pair(&charter::Enrolment::node, "gao"),
                              std::pair(&charter::Enrolment::account, "oq-2"),
                              std::pair(&charter::Enrolment::challenge, "0123456789abcdef")}) {
    charter::Enrolment other = good;
    other.*field = value;
    EXPECT_EQ(enrol(proof_of(other, own)).reason(), "bad_proof") << value;
  }
  // Of another time: the rest of a challenge is about its first digits.
  charter::Enrolment later = good;
  later.challenge[15] = later.challenge[15] == '0' ? '1' : '0';
  EXPECT_EQ(enrol(proof_of(later, own)).reason(), "bad_proof");
  EXPECT_EQ(enrol(proof_of(good, own)).status, 200);
}

TEST_F(DoorTest, AConfirmersKeyStandsInTheActAndWhoComesBackIsNew) {
  const Signer admin{"bamako.liptako.internal/operator/admin", key_of(1)};
  add_account("admin", {charter::Role::sysadmin}, vkey(admin.name, admin.key));
  add_account("oq-1", {charter::Role::watch_officer}, vkey("own/oq-1", key_of(3)));
  start();
  const std::string cookie = log_in("admin");
  using charter::ActKind;
  std::uint8_t nonce = 0;
  const auto act = [&](ActKind kind, const json& body, const std::vector<Signer>& signers) {
    return post("/api/v1/acts", signed_act(kind, body.dump(), signers, ++nonce), cookie);
  };
  const json bare = {{"id", "dga"}, {"roles", {"duty_authority"}}};
  EXPECT_EQ(act(ActKind::account_add, bare, {admin}).reason(), "refused_act");
  EXPECT_EQ(act(ActKind::account_remove, {{"id", "admin"}}, {admin}).reason(), "refused_act")
      << "nobody would be left to govern";
  EXPECT_EQ(act(ActKind::account_role, {{"id", "admin"}, {"roles", {"auditor"}}}, {admin}).reason(),
            "refused_act");
  EXPECT_EQ(act(ActKind::hold_lift, {{"id", "none"}, {"reason", "x"}}, {admin}).status, 403);

  ASSERT_EQ(act(ActKind::account_remove, {{"id", "oq-1"}}, {admin}).status, 200);
  const json again = {{"id", "oq-1"}, {"roles", {"watch_officer"}}};
  ASSERT_EQ(act(ActKind::account_add, again, {admin}).status, 200);
  const Reply old =
      post("/api/v1/login", {{"account", "oq-1"}, {"password", std::string(kPassword)}});
  EXPECT_EQ(old.reason(), "refused") << "the password of before";
  const json accounts = get("/api/v1/accounts", cookie).document();
  for (const json& one : accounts["accounts"]) {
    if (one["id"] == "oq-1") {
      EXPECT_TRUE(one["operator_key"].is_null());
    }
  }

  // With somebody who confirms there must stay somebody who does.
  const Signer dga{"bamako.liptako.internal/operator/dga", key_of(2)};
  json keyed = bare;
  keyed["operator_key"] = vkey(dga.name, dga.key);
  ASSERT_EQ(act(ActKind::account_add, keyed, {admin}).status, 200);
  EXPECT_EQ(act(ActKind::account_remove, {{"id", "dga"}}, {admin, dga}).reason(), "refused_act");
}

TEST_F(DoorTest, ActsOnAccountsAtOnceAreObeyedOrNotRecorded) {
  const Signer admin{"bamako.liptako.internal/operator/admin", key_of(1)};
  add_account("admin", {charter::Role::sysadmin}, vkey(admin.name, admin.key));
  start();
  const std::string cookie = log_in("admin");
  std::vector<std::string> reasons(6);
  std::vector<std::unique_ptr<io::Background>> askers;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    askers.push_back(std::make_unique<io::Background>());
    askers.back()->run([&, i] {
      const json body = {{"id", "oq-" + std::to_string(i)}, {"roles", {"watch_officer"}}};
      const json act = signed_act(
          charter::ActKind::account_add, body.dump(), {admin}, static_cast<std::uint8_t>(i));
      Reply reply;
      do {
        reply = post("/api/v1/acts", act, cookie);
      } while (reply.status == 503);
      reasons[i] = reply.reason();
    });
  }
  for (const auto& asker : askers) asker->wait_until_idle();
  EXPECT_EQ(reasons, std::vector<std::string>(6)) << "a busy node has not burnt the nonce";
  EXPECT_EQ(get("/api/v1/accounts", cookie).document()["accounts"].size(), 7u);
}

TEST_F(DoorTest, GuessingElsewhereKeepsNobodyOut) {
  add_account("oq-1", {charter::Role::watch_officer});
  start();
  const json guess = {{"account", "oq-1"}, {"password", "wrong, of course"}};
  const Client stranger(port_, keys() + "/ca.crt", "127.0.0.2");
  int status = 0;
  for (int i = 0; i < 20 && status != 429; ++i) {
    status = stranger.ask(request("POST /api/v1/login", "Origin: " + here() + "\r\n", guess.dump()))
                 .status;
  }
  EXPECT_EQ(status, 429);
  EXPECT_NE(log_in("oq-1"), "");
}

TEST_F(DoorTest, AnActThatWasCutShortIsFinishedAtTheNextStart) {
  const Signer admin{"bamako.liptako.internal/operator/admin", key_of(1)};
  add_account("admin",
              {charter::Role::sysadmin, charter::Role::shift_chief, charter::Role::auditor},
              vkey(admin.name, admin.key));
  using charter::ActKind;
  std::uint8_t nonce = 0;
  // As a node that stops leaves them: in the key folder before the record has them.
  const auto leave = [&](const json& act, const std::string& lane) {
    const std::string body = act["body"];
    const base::Bytes payload =
        charter::act_payload(act["note"].get<std::string>(),
                             {reinterpret_cast<const std::uint8_t*>(body.data()), body.size()});
    ASSERT_TRUE(io::make_private_folder(keys() + "/acts").has_value());
    ASSERT_TRUE(io::write_private_file(keys() + "/acts/" + lane + "-left",
                                       std::string(payload.begin(), payload.end()))
                    .has_value());
  };
  const auto text_of = [&](const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const auto left = [&] { return std::ranges::distance(fs::directory_iterator(keys() + "/acts")); };
  const auto restart = [&] {
    ::testing::internal::CaptureStderr();
    start();
    return ::testing::internal::GetCapturedStderr();
  };
  const auto ids = [&](const std::string& cookie) {
    std::set<std::string> all;
    const json document = get("/api/v1/accounts", cookie).document();
    for (const json& one : document["accounts"])
      if (!one["disabled"].get<bool>()) all.insert(one["id"].get<std::string>());
    return all;
  };
  start();
  std::string cookie = log_in("admin");
  const auto obey = [&](ActKind kind, const std::string& body) {
    json act = signed_act(kind, body, {admin}, ++nonce);
    const Reply reply = post("/api/v1/acts", act, cookie);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return act;
  };
  const std::string before = text_of(keys() + "/accounts");
  const json add = obey(ActKind::account_add, R"({"id":"oq-9","roles":["watch_officer"]})");
  const json remove = obey(ActKind::account_remove, R"({"id":"oq-9"})");
  const json hold = obey(ActKind::hold_set, R"({"id":"mopti-1","reason":"inquiry"})");
  const std::string sensor = "[[sensor]]\nname = \"s\"\nsac = 1\nsic = 2\nkind = \"adsb\"\n";
  const json wanted = obey(ActKind::configuration, config("127.0.0.1:0", sensor));
  obey(ActKind::configuration, config("127.0.0.1:0"));
  EXPECT_EQ(left(), 0);
  stop();

  // Stopped before it was recorded: it never was an act.
  const json never = signed_act(
      ActKind::account_add, R"({"id":"ghost","roles":["watch_officer"]})", {admin}, ++nonce);
  leave(never, "accounts");
  EXPECT_EQ(restart().find("account_add"), std::string::npos);
  cookie = log_in("admin");
  EXPECT_EQ(ids(cookie), std::set<std::string>{"admin"});
  EXPECT_EQ(left(), 0);
  stop();

  // After it was obeyed, before that was noted: nothing happens twice.
  leave(remove, "accounts");
  leave(hold, "others");
  EXPECT_EQ(restart().find("WARNING: the node stopped"), std::string::npos);
  EXPECT_EQ(left(), 0);
  stop();

  // In between: the record has them, their effect is not there.
  ASSERT_TRUE(io::write_private_file(keys() + "/accounts", before).has_value());
  fs::remove(folder_ / "record" / "hold" / "mopti-1");
  leave(add, "accounts");
  leave(hold, "others");
  std::string told = restart();
  EXPECT_NE(told.find("account_add"), std::string::npos) << told;
  EXPECT_NE(told.find("hold_set"), std::string::npos) << told;
  cookie = log_in("admin");
  EXPECT_EQ(ids(cookie), (std::set<std::string>{"admin", "oq-9"}));
  EXPECT_TRUE(fs::exists(folder_ / "record" / "hold" / "mopti-1"));
  EXPECT_EQ(left(), 0);
  stop();

  // One that is not possible any more is said to be without effect, and so is its audit.
  ASSERT_TRUE(io::write_private_file(keys() + "/accounts", before).has_value());
  leave(remove, "accounts");
  leave(wanted, "others");
  told = restart();
  EXPECT_NE(told.find("account_remove: no such account"), std::string::npos) << told;
  cookie = log_in("admin");
  EXPECT_EQ(get("/api/v1/config", cookie).body, config("127.0.0.1:0", sensor));
  const auto acts = audited(cookie, "act", 9);
  EXPECT_EQ(acts[0]["outcome"], "finished_later");
  EXPECT_EQ(acts[0]["what"], "act configuration");
  EXPECT_EQ(acts[1]["outcome"], "unfinished");
  EXPECT_EQ(left(), 0);
}

TEST_F(DoorTest, WhatCannotBeNotedAsBegunIsNotRecorded) {
  const Signer admin{"bamako.liptako.internal/operator/admin", key_of(1)};
  add_account("admin", {charter::Role::sysadmin}, vkey(admin.name, admin.key));
  start();
  const std::string cookie = log_in("admin");
  std::ofstream(keys() + "/acts") << "a file stands where the folder should";
  const json act = signed_act(
      charter::ActKind::account_add, R"({"id":"oq-9","roles":["watch_officer"]})", {admin}, 1);
  EXPECT_EQ(post("/api/v1/acts", act, cookie).reason(), "busy");
  fs::remove(keys() + "/acts");
  EXPECT_EQ(post("/api/v1/acts", act, cookie).status, 200) << "its nonce is not spent";
}

TEST_F(DoorTest, ManyAddressesTogetherGuessSlowlyToo) {
  add_account("oq-1", {charter::Role::watch_officer});
  start();
  (void)log_in("oq-1");  // from here it is known
  const auto try_from = [&](int last, std::string_view password) {
    const json body = {{"account", "oq-1"}, {"password", std::string(password)}};
    return Client(port_, keys() + "/ca.crt", "127.0.0." + std::to_string(last))
        .ask(request("POST /api/v1/login", "Origin: " + here() + "\r\n", body.dump()))
        .status;
  };
  const base::Duration begin = clock_.monotonic_now();
  int refused = 0;
  int told_to_wait = 0;
  for (int i = 0; i < 80; ++i)
    (try_from(2 + i / 2, "wrong, of course") == 401 ? refused : told_to_wait) += 1;
  const double seconds = base::to_seconds(clock_.monotonic_now() - begin);
  EXPECT_GE(refused, 60);
  EXPECT_LE(refused, 60 + 1 + static_cast<int>(seconds / 2.0));
  EXPECT_EQ(refused + told_to_wait, 80);
  EXPECT_NE(log_in("oq-1"), "") << "who was there before gets in";
}

TEST_F(DoorTest, ALookThatCannotBeWrittenDownIsNotShown) {
  add_account("oq-1", {charter::Role::watch_officer});
  add_account("admin", {charter::Role::sysadmin});
  start();
  const std::string officer = log_in("oq-1");
  const std::string admin = log_in("admin");
  // A limit on the size of files fails writes as a full disk does; what is told meanwhile goes to
  // no file.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  const int told = dup(STDERR_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY);
  ASSERT_EQ(dup2(nowhere, STDERR_FILENO), STDERR_FILENO);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit full = before;
  full.rlim_cur = 1;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  std::vector<Reply> refused;
  std::vector<Reply> status;
  for (const std::string& cookie : {officer, admin}) {
    refused.push_back(get("/api/v1/config", cookie));
    status.push_back(get("/api/v1/status", cookie));
  }
  refused.push_back(get("/api/v1/accounts", admin));
  const Reply tracks = get("/api/v1/tracks", officer);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_EQ(dup2(told, STDERR_FILENO), STDERR_FILENO);
  close(told);
  close(nowhere);
  for (const Reply& reply : refused) {
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.reason(), "not_recorded");
  }
  for (const Reply& reply : status) {
    EXPECT_EQ(reply.status, 200) << "what is wrong is told to all who may log in";
    EXPECT_TRUE(reply.document()["sources"].empty());
  }
  EXPECT_EQ(tracks.status, 200) << "the picture stays";
  EXPECT_EQ(get("/api/v1/config", officer).status, 200);
}

TEST_F(DoorTest, ABrokenFileOfAccountsOpensNoDoor) {
  ASSERT_TRUE(io::make_private_folder(keys()).has_value());
  for (const std::string_view text : {"", "liptako/accounts/v1\n"}) {
    ASSERT_TRUE(io::write_private_file(keys() + "/accounts", text).has_value());
    io::IoThread thread;
    Door::Options broken;
    broken.folder = keys();
    EXPECT_FALSE(Door::open(std::move(broken), thread, clock_).has_value()) << "'" << text << "'";
  }
  ASSERT_TRUE(io::write_private_file(keys() + "/accounts", "liptako/accounts/v1\nacc").has_value());
  LiveNodeOptions options;
  options.config_text = config("127.0.0.1:0");
  options.config_name = "test";
  options.build = "test";
  const auto started = LiveNode::start(options);
  ASSERT_FALSE(started.has_value());
  EXPECT_NE(started.error().message.find("accounts:2"), std::string::npos)
      << started.error().message;
}

// What a contact is made of goes in, is told to whom it concerns, and leaves no trace once erased.
class ContactTest : public DoorTest {
 protected:
  const Signer admin_{"bamako.liptako.internal/operator/admin", key_of(1)};
  const Signer chief_{"bamako.liptako.internal/operator/cemaa", key_of(2)};
  const std::string name_ = "Adj. Awa Traoré";
  const std::string telephone_ = "+223 76 54 32 10";

  void SetUp() override {
    DoorTest::SetUp();
    add_account("admin", {charter::Role::sysadmin}, vkey(admin_.name, admin_.key));
    add_account("cemaa", {charter::Role::cemaa}, vkey(chief_.name, chief_.key));
    add_account("oq-1", {charter::Role::watch_officer});
    add_account("audit-1", {charter::Role::auditor});
  }
  [[nodiscard]] Reply act(charter::ActKind kind,
                          const json& body,
                          const std::vector<Signer>& signers,
                          const std::string& cookie) {
    return post("/api/v1/acts", signed_act(kind, body.dump(), signers, ++nonce_), cookie);
  }
  // The contact of an account, as somebody who may sees it.
  [[nodiscard]] json contact_of(const std::string& account, const std::string& cookie) const {
    const Reply reply = get("/api/v1/contacts", cookie);
    expect_described("/api/v1/contacts", reply);
    const json document = reply.document();
    for (const json& one : document["contacts"])
      if (one["account"] == account) return one;
    return {};
  }
  [[nodiscard]] fs::path key_file(const std::string& subject) const {
    return fs::path(keys()) / "personal" / subject;
  }
  static std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // Every byte of every file of the record, its backup and the key folder.
  [[nodiscard]] std::string all_bytes() const {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (entry.is_regular_file()) all += bytes_of(entry.path());
    }
    return all;
  }
  void expect_nowhere(const std::string& key) const {
    const std::string all = all_bytes();
    for (const std::string& word : {std::string("Traor"), telephone_, std::string("76 54 32")})
      EXPECT_EQ(all.find(word), std::string::npos) << word;
    EXPECT_EQ(all.find(key), std::string::npos) << "the key";
  }
  [[nodiscard]] std::string give_own(const std::string& cookie) const {
    const Reply given = post(
        "/api/v1/session/contact", {{"display_name", name_}, {"telephone", telephone_}}, cookie);
    EXPECT_EQ(given.status, 200) << given.body;
    expect_described("/api/v1/session/contact", given);
    EXPECT_EQ(given.document()["state"], "kept");
    EXPECT_EQ(given.document()["display_name"], name_);
    return given.document()["subject"];
  }
  // The key's own text within its file.
  [[nodiscard]] std::string key_text(const std::string& subject) const {
    const std::string text = bytes_of(key_file(subject));
    EXPECT_TRUE(text.starts_with("liptako/personal-key/v1 ")) << text;
    return text.substr(text.rfind(' ') + 1, 40);
  }

  std::uint8_t nonce_ = 0;
};

TEST_F(ContactTest, IsSeenByWhomItConcernsAndLooksAreWrittenDown) {
  start();
  const std::string officer = log_in("oq-1");
  const std::string auditor = log_in("audit-1");
  EXPECT_EQ(get("/api/v1/session/contact", officer).document()["state"], "none");
  const std::string subject = give_own(officer);
  EXPECT_EQ(get("/api/v1/contacts", officer).reason(), "no_right");
  const json seen = contact_of("oq-1", auditor);
  EXPECT_EQ(seen["display_name"], name_);
  EXPECT_EQ(seen["telephone"], telephone_);
  const auto looks = audited(auditor, "look", 1);
  EXPECT_TRUE(std::ranges::any_of(
      looks, [](const json& look) { return look["what"] == "GET /api/v1/contacts"; }));
  for (const json& bad : {json{{"display_name", "a\nb"}},
                          json{{"telephone", "call me"}},
                          json{{"display_name", {"a"}}},
                          json{{"telephone", std::string(33, '1')}}}) {
    EXPECT_EQ(post("/api/v1/session/contact", bad, officer).reason(), "bad_contact") << bad;
  }
  // The same person again, then another on the same post, who can be erased alone; then nobody.
  const json other = {{"display_name", "Moussa"}};
  EXPECT_EQ(post("/api/v1/session/contact", other, officer).document()["subject"], subject);
  json anew = other;
  anew["anew"] = true;
  EXPECT_NE(post("/api/v1/session/contact", anew, officer).document()["subject"], subject);
  const json none = post("/api/v1/session/contact", json::object(), officer).document();
  EXPECT_TRUE(none["display_name"].is_null());
  stop();
  expect_nowhere("no key");
}

TEST_F(ContactTest, AnActCarriesItSealedAndNotAnothersBox) {
  start();
  const std::string admin = log_in("admin");
  const Reply sealed =
      post("/api/v1/contacts/seal",
           {{"account", "oq-1"}, {"display_name", name_}, {"telephone", telephone_}},
           admin);
  ASSERT_EQ(sealed.status, 200) << sealed.body;
  json body = {{"id", "oq-1"}, {"roles", {"watch_officer"}}};
  body.update(sealed.document());
  EXPECT_EQ(act(charter::ActKind::account_role, body, {admin_}, admin).reason(), "too_few_signers");
  json foreign = body;
  foreign["subject"] = "p-0000000000000000";
  EXPECT_EQ(act(charter::ActKind::account_role, foreign, {admin_, chief_}, admin).reason(),
            "refused_act");
  const Reply done = act(charter::ActKind::account_role, body, {admin_, chief_}, admin);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(contact_of("oq-1", admin)["telephone"], telephone_);
  // Nor another's subject: its holder would read the one's contact, and to erase one erased both.
  body["id"] = "oq-2";
  EXPECT_EQ(act(charter::ActKind::account_add, body, {admin_, chief_}, admin).reason(),
            "refused_act");
  stop();
  expect_nowhere("no key");
  EXPECT_NE(record_bytes().find(sealed.document()["contact"].get<std::string>()), std::string::npos)
      << "the record holds the box";
}

TEST_F(ContactTest, NoAccountAloneUsesUpTheSubjectsThatThereCanBe) {
  start();
  const std::string officer = log_in("audit-1");
  int begun = 0;
  int told_to_wait = 0;
  for (int i = 0; i < 27; ++i) {
    // From so many addresses that none of them has to wait.
    const Client client(port_, keys() + "/ca.crt", "127.0.0." + std::to_string(2 + i / 8));
    const std::string fields = "Origin: " + here() + "\r\nCookie: " + officer + "\r\n";
    const json body = {{"display_name", "nobody"}, {"anew", true}};
    const Reply reply = client.ask(request("POST /api/v1/contacts/seal", fields, body.dump()));
    (reply.status == 200 ? begun : told_to_wait) += 1;
    if (reply.status != 200) {
      EXPECT_EQ(reply.reason(), "slow_down") << reply.body;
    }
  }
  EXPECT_EQ(begun, 24);
  EXPECT_EQ(told_to_wait, 3);
}

TEST_F(ContactTest, ErasedIsErasedAlsoAfterACrashAndFromAnOldCopyOfTheKeys) {
  start();
  const std::string admin = log_in("admin");
  const std::string subject = give_own(log_in("oq-1"));
  const std::string kept = give_own(log_in("cemaa"));
  const std::string key = key_text(subject);
  const std::string copy = bytes_of(key_file(subject));
  const json body = {{"subject", subject}};
  using charter::ActKind;
  const std::vector<Signer> both = {admin_, chief_};
  EXPECT_EQ(act(ActKind::erase_personal, body, {admin_}, admin).reason(), "too_few_signers");
  for (const json& bad : {json{{"subject", "p-1"}},
                          json{{"subject", "../accounts"}},
                          json{{"subject", subject}, {"reason", name_}}}) {
    EXPECT_EQ(act(ActKind::erase_personal, bad, both, admin).reason(), "refused_act") << bad;
  }
  ASSERT_EQ(act(ActKind::erase_personal, body, both, admin).status, 200);
  EXPECT_EQ(act(ActKind::erase_personal, body, both, admin).reason(), "refused_act") << "again";
  const json erased = contact_of("oq-1", admin);
  EXPECT_EQ(erased["state"], "erased");
  EXPECT_EQ(erased["subject"], subject);
  EXPECT_TRUE(erased["display_name"].is_null() && erased["telephone"].is_null());
  EXPECT_EQ(contact_of("cemaa", admin)["display_name"], name_) << "another's is untouched";
  stop_ = true;
  thread_.reset();
  live_->close();
  const seal::Digest hash = live_->node().core().hash();
  EXPECT_EQ(live_->node().core().erased_subjects(), std::vector<std::string>{subject});
  live_.reset();
  expect_nowhere(key);

  // The record is what it was: it verifies, and its replay comes to the same state.
  {
    auto record = io::FileStorage::open_read_only(folder_ / "record");
    ASSERT_TRUE(record.has_value());
    const auto verified = record::verify_record(**record, {});
    ASSERT_TRUE(verified.has_value());
    EXPECT_TRUE(verified->sound());
    EXPECT_EQ(node::replay(**record, "test")->core.hash(), hash);
    // A backup holds nothing but what the record holds.
    fs::create_directories(folder_ / "backup");
    auto backup = io::FileStorage::open(folder_ / "backup");
    ASSERT_TRUE(backup.has_value());
    ASSERT_TRUE(record::back_up(**record, **backup, clock_.utc_now()).has_value());
  }
  expect_nowhere(key);

  // Stopped in the middle of making a key; of destroying one; between the act and its being obeyed,
  // or with the key folder put back as it was before.
  for (const std::string_view left : {"", "zeros", "copy"}) {
    if (left == "zeros") {
      std::ofstream(key_file(subject), std::ios::binary) << std::string(copy.size(), '\0');
    } else if (left == "copy") {
      std::ofstream(key_file(subject), std::ios::binary) << copy;
    }
    ASSERT_TRUE(io::write_private_file(key_file(subject).string() + ".half", copy).has_value());
    fs::rename(key_file(subject).string() + ".half", key_file(subject).string() + ".new");
    start();
    expect_nowhere(key);
    const std::string again = log_in("admin");
    EXPECT_EQ(contact_of("oq-1", again)["state"], "erased") << left;
    EXPECT_EQ(contact_of("cemaa", again)["state"], "kept") << left;
    stop();
  }
  // Whoever comes to the post afterwards is another subject.
  start();
  EXPECT_NE(give_own(log_in("oq-1")), subject);
  EXPECT_NE(kept, subject);
}

}  // namespace
}  // namespace liptako::app
