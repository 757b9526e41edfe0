// A real server on 127.0.0.1 and a client written here over a plain socket, so that what is checked
// is what is on the wire and not one library talking to itself. Nothing sleeps; reads have a
// deadline far beyond what a loaded machine needs.
#include "io/http_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace liptako::io {
namespace {
namespace fs = std::filesystem;

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::seconds kDeadline{30};

struct Reply {
  int status = 0;
  std::string head;  // status line and fields, in lower case
  std::string body;

  [[nodiscard]] bool has(const std::string& text) const {
    return head.find(text) != std::string::npos;
  }
};

struct Message {
  int opcode = 0;
  std::string payload;
};

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0, const char* from = "127.0.0.1")
      : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    inet_pton(AF_INET, from, &here.sin_addr);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&here), sizeof here), 0);
    if (receive_buffer > 0)
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval deadline{.tv_sec = kDeadline.count(), .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0)
        << std::strerror(errno);
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server has closed: what it said is still to be read
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  Reply ask(std::string_view text, bool has_body = true) {
    send(text);
    return reply(has_body);
  }
  Reply reply(bool has_body = true) {
    Reply out;
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return out;
    }
    out.head = input_.substr(0, end + 2);
    for (char& c : out.head) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    out.status = std::stoi(out.head.substr(9, 3));
    input_.erase(0, end + 4);
    const auto length = out.head.find("content-length: ");
    if (!has_body || length == std::string::npos) return out;
    const std::size_t size = std::stoul(out.head.substr(length + 16));
    while (input_.size() < size) {
      if (!read_more()) return out;
    }
    out.body = input_.substr(0, size);
    input_.erase(0, size);
    return out;
  }
  Reply upgrade(const std::string& extra = "Origin: http://localhost\r\n",
                const std::string& path = "/ws") {
    return ask("GET " + path +
                   " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   extra + "\r\n",
               false);
  }
  // One frame of the server [RFC 6455, §5.2]; nothing if the connection ended.
  std::optional<Message> message() {
    const auto need = [&](std::size_t count) {
      while (input_.size() < count) {
        if (!read_more()) return false;
      }
      return true;
    };
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input_[i]); };
    if (!need(2)) return std::nullopt;
    EXPECT_EQ(byte(0) & 0xF0u, 0x80u) << "one whole frame a message, no compression";
    EXPECT_EQ(byte(1) & 0x80u, 0u) << "a server does not mask";
    std::size_t size = byte(1) & 0x7Fu;
    std::size_t head = 2;
    const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (!need(2 + extra)) return std::nullopt;
    if (extra > 0) size = 0;
    for (std::size_t i = 0; i < extra; ++i) size = size * 256 + byte(head++);
    if (!need(head + size)) return std::nullopt;
    Message out{byte(0) & 0x0F, input_.substr(head, size)};
    input_.erase(0, head + size);
    return out;
  }
  bool sees_end() {
    while (read_more()) {
    }
    return was_closed_;
  }

 private:
  bool read_more() {
    std::array<char, 65'536> buffer;
    const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
    if (size > 0) input_.append(buffer.data(), static_cast<std::size_t>(size));
    was_closed_ = size == 0 || (size < 0 && errno == ECONNRESET);
    return size > 0;
  }

  int fd_;
  std::string input_;
  bool was_closed_ = false;
};

std::string get(const std::string& target, const std::string& extra = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + extra + "\r\n";
}
std::string post(const std::string& target,
                 const std::string& body,
                 const std::string& extra = "") {
  return "POST " + target +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         extra + "\r\n" + body;
}

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest()
      : folder_(fs::path(testing::TempDir()) / ("liptako_http_" + std::to_string(getpid()))) {
    fs::create_directories(folder_ / "web/assets");
    write("web/index.html", "<!doctype html>");
    write("web/assets/app.js", "let a = 1;");
    write("web/assets/app.js.gz", "zipped");
    write("web/assets/app.js.br", "brotli");
    write("secret.txt", "secret");
    options_.mounts = {{"/", folder_ / "web"}};
  }
  ~HttpServerTest() override {
    server_.reset();
    fs::remove_all(folder_);
  }
  void write(const std::string& path, const std::string& content) {
    std::ofstream(folder_ / path, std::ios::binary) << content;
  }

  void start() {
    HttpHandlers handlers;
    handlers.api = [this](const HttpRequest& request, HttpAnswer answer) {
      ++api_calls_;
      if (request.path == "/api/v1/never") {
        std::lock_guard lock(mutex_);
        unanswered_.push_back(std::move(answer));
        return;
      }
      if (request.path == "/api/v1/later") {
        later_.emplace_back([answer = std::move(answer), body = request.body] {
          answer({.status = 200, .content_type = "application/json", .body = "later " + body});
          answer({.status = 500, .content_type = "application/json", .body = "a second answer"});
        });
        return;
      }
      answer({.status = 200,
              .content_type = "application/json",
              .body = request.method + " " + request.path + " " + request.body,
              .to_session = request.path == "/api/v1/mine"});
    };
    handlers.wait = [this](const std::string&) { return base::Duration(wait_.load()); };
    handlers.foreign = [this](const HttpRequest& request) {
      std::lock_guard lock(mutex_);
      foreign_.push_back(request.address + " " + request.method + " " + request.path);
    };
    handlers.open_stream = [this](const HttpRequest&) -> StreamOpening {
      return {.source =
                  [this, seen = 0u](base::Bytes& message) mutable {
                    const std::uint32_t newest = version_;
                    if (seen == newest) return false;
                    seen = newest;
                    message.clear();
                    base::ByteWriter(message).put(newest);
                    message.resize(message_size_);
                    return true;
                  },
              .stands = [this] { return streams_stand_.load(); }};
    };
    if (has_common_stream_) {
      handlers.open_common_stream = [this](const HttpRequest&) -> StreamOpening {
        if (!is_member_) return {};
        return {.source = [seen = false](base::Bytes& message) mutable {
          if (std::exchange(seen, true)) return false;
          message.clear();
          base::ByteWriter(message).put(std::uint32_t{4'000'000});
          return true;
        }};
      };
    }
    auto started = HttpServer::start(thread_, options_, std::move(handlers));
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = std::move(*started);
    ASSERT_NE(server_->port(), 0);
  }
  void publish(std::uint32_t version) {
    version_ = version;
    server_->wake();
  }
  static std::uint32_t version_of(const Message& message) {
    std::uint32_t version = 0;
    std::memcpy(&version, message.payload.data(), sizeof version);
    return version;
  }
  std::uint16_t port() const { return server_->port(); }

  fs::path folder_;
  HttpOptions options_;
  std::atomic<int> api_calls_ = 0;
  std::mutex mutex_;
  std::vector<HttpAnswer> unanswered_;
  std::vector<std::string> foreign_;
  std::atomic<base::Duration> wait_ = base::Duration::zero();
  std::atomic<std::uint32_t> version_ = 1;
  std::size_t message_size_ = 4;
  bool has_common_stream_ = false;
  std::atomic<bool> is_member_ = true;
  std::atomic<bool> streams_stand_ = true;
  IoThread thread_;
  std::vector<std::jthread> later_;  // answers from here need the thread
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, FilesComeWithTypeTagAndStrictHeaders) {
  start();
  Client client(port());
  const Reply page = client.ask(get("/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<!doctype html>");
  EXPECT_TRUE(page.has("content-type: text/html; charset=utf-8\r\n")) << page.head;
  EXPECT_TRUE(
      page.has("content-security-policy: default-src 'self'; connect-src 'self' ws://localhost;"))
      << page.head;
  EXPECT_TRUE(page.has("x-content-type-options: nosniff\r\n"));
  EXPECT_TRUE(page.has("referrer-policy: no-referrer\r\n"));
  EXPECT_TRUE(page.has("cache-control: no-cache\r\n"));
  EXPECT_FALSE(page.has("server:")) << page.head;
  // The connection stays; a HEAD has the fields and no body.
  const Reply head = client.ask("HEAD /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n", false);
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.has("content-length: 15\r\n")) << head.head;
  EXPECT_EQ(client.ask(get("/absent")).status, 404);
}

TEST_F(HttpServerTest, CompressedVariantsAndTagsAreHonoured) {
  start();
  Client client(port());
  EXPECT_EQ(client.ask(get("/assets/app.js")).body, "let a = 1;");
  const Reply gzip = client.ask(get("/assets/app.js", "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(gzip.body, "zipped");
  EXPECT_TRUE(gzip.has("content-encoding: gzip\r\n"));
  EXPECT_TRUE(gzip.has("content-type: text/javascript; charset=utf-8\r\n"));
  const Reply brotli = client.ask(get("/assets/app.js", "Accept-Encoding: gzip, br\r\n"));
  EXPECT_EQ(brotli.body, "brotli");
  const auto at = brotli.head.find("etag: ") + 6;
  const std::string tag = brotli.head.substr(at, brotli.head.find("\r\n", at) - at);
  const Reply known = client.ask(
      get("/assets/app.js", "Accept-Encoding: br\r\nIf-None-Match: " + tag + "\r\n"), false);
  EXPECT_EQ(known.status, 304) << tag;
  // The tag of one coding does not answer for another.
  EXPECT_EQ(client.ask(get("/assets/app.js", "If-None-Match: " + tag + "\r\n")).status, 200);
}

TEST_F(HttpServerTest, NoPathLeavesTheFolder) {
  start();
  for (const char* target : {"/../secret.txt",
                             "/..%2fsecret.txt",
                             "/%2e%2e/secret.txt",
                             "/assets/../../secret.txt",
                             "/assets/..%2f..%2fsecret.txt",
                             "/..%5csecret.txt",
                             "//secret.txt",
                             "/%252e%252e/secret.txt",
                             "/.%00./secret.txt",
                             "http://localhost/../secret.txt"}) {
    Client client(port());
    const Reply reply = client.ask(get(target));
    EXPECT_TRUE(reply.status == 400 || reply.status == 404) << target << " " << reply.status;
    EXPECT_EQ(reply.body.find("secret"), std::string::npos) << target;
  }
}

TEST_F(HttpServerTest, ForeignHostsAreTurnedAway) {
  start();
  for (const std::string host : {"Host: evil.example\r\n",
                                 "Host: 10.0.0.1\r\n",
                                 "",
                                 "Host: localhost\r\nHost: evil.example\r\n",
                                 "Host: localhost.evil.example:80\r\n"}) {
    Client client(port());
    const Reply reply = client.ask("GET /api/v1/status HTTP/1.1\r\n" + host + "\r\n");
    EXPECT_EQ(reply.status, 421) << host;
    EXPECT_TRUE(client.sees_end());
  }
  EXPECT_EQ(api_calls_, 0);
  EXPECT_EQ(server_->counters().rejected, 5u);
}

TEST_F(HttpServerTest, OversizedAndMalformedRequestsAreRefusedAndClosed) {
  options_.max_body_bytes = 1000;
  start();
  const auto refused = [&](const std::string& request) {
    Client client(port());
    const int status = client.ask(request).status;
    EXPECT_TRUE(client.sees_end());
    return status;
  };
  EXPECT_EQ(refused(get("/", "X: " + std::string(9000, 'x') + "\r\n")), 431);
  EXPECT_EQ(refused(post("/api/v1/config", std::string(1001, 'x'))), 413);
  EXPECT_EQ(
      refused(
          "POST /api/v1/config HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"),
      413);
  EXPECT_EQ(refused("\x16\x03\x01 this is TLS\r\n\r\n"), 400);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nBad Field\r\n\r\n"), 400);
  EXPECT_EQ(
      refused(
          "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"),
      400);
  EXPECT_EQ(api_calls_, 0);
  Client still(port());
  EXPECT_EQ(still.ask(get("/")).status, 200);
}

TEST_F(HttpServerTest, ApiRequestsReachTheHandler) {
  start();
  Client client(port());
  const Reply got = client.ask(get("/api/v1/tracks/7?x=1"));
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "GET /api/v1/tracks/7 ");
  EXPECT_TRUE(got.has("cache-control: no-store\r\n"));
  EXPECT_TRUE(got.has("content-type: application/json\r\n"));
  EXPECT_EQ(client.ask(post("/api/v1/config", "a = 1")).body, "POST /api/v1/config a = 1");
  EXPECT_EQ(client.ask(post("/api/v1/config", "b", "Origin: http://localhost\r\n")).status, 200);
  const Reply refused = client.ask("DELETE /api/v1/config HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(refused.status, 405);
  EXPECT_TRUE(refused.has("allow: get, head, post\r\n"));
  EXPECT_EQ(client.ask(post("/", "x")).status, 405);
}

TEST_F(HttpServerTest, PostsFromForeignPagesAreForbidden) {
  start();
  for (const std::string origin :
       {"http://evil.example", "null", "https://localhost", "http://localhost:1"}) {
    Client client(port());
    EXPECT_EQ(client.ask(post("/api/v1/config", "x", "Origin: " + origin + "\r\n")).status, 403)
        << origin;
  }
  EXPECT_EQ(api_calls_, 0);
  Client client(port());
  EXPECT_EQ(client.upgrade("Origin: http://evil.example\r\n").status, 403);
  const std::vector<std::string> told(4, "127.0.0.1 POST /api/v1/config");
  std::lock_guard lock(mutex_);
  ASSERT_EQ(foreign_.size(), 5u);
  EXPECT_TRUE(std::equal(told.begin(), told.end(), foreign_.begin()));
  EXPECT_EQ(foreign_.back(), "127.0.0.1 GET /ws");
}

TEST_F(HttpServerTest, AnswersMayComeLaterFromAnotherThreadAndOnlyOnce) {
  start();
  Client client(port());
  EXPECT_EQ(client.ask(post("/api/v1/later", "one")).body, "later one");
  EXPECT_EQ(client.ask(post("/api/v1/later", "two")).body, "later two");
}

TEST_F(HttpServerTest, RequestsWithoutAnswerGet503) {
  options_.answer_timeout = std::chrono::milliseconds(30);
  start();
  Client client(port());
  EXPECT_EQ(client.ask(get("/api/v1/never")).status, 503);
  // An answer that comes too late does not disturb the next request.
  {
    std::lock_guard lock(mutex_);
    unanswered_.at(0)({.status = 200, .content_type = "text/plain", .body = "too late"});
  }
  EXPECT_EQ(client.ask(get("/api/v1/status")).body, "GET /api/v1/status ");
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  Client client(port());
  client.send(get("/api/v1/later") + get("/api/v1/b") + get("/"));
  EXPECT_EQ(client.reply().body, "later ");
  EXPECT_EQ(client.reply().body, "GET /api/v1/b ");
  EXPECT_EQ(client.reply().body, "<!doctype html>");
}

TEST_F(HttpServerTest, ConnectionsAreBoundedAndIdleOnesClosed) {
  options_.max_connections = 2;
  options_.idle_timeout = std::chrono::milliseconds(200);
  start();
  Client first(port());
  Client second(port());
  EXPECT_EQ(second.ask(get("/")).status, 200);
  Client third(port());
  EXPECT_EQ(third.ask(get("/")).status, 200);
  EXPECT_TRUE(first.sees_end()) << "the oldest makes room";
  EXPECT_EQ(server_->counters().displaced, 1u);
  EXPECT_TRUE(second.sees_end()) << "silent since its answer";
  Client fourth(port());
  EXPECT_EQ(fourth.ask(get("/")).status, 200);
}

TEST_F(HttpServerTest, WhoHoardsConnectionsShutsNobodyElseOut) {
  options_.max_connections = 16;
  options_.max_per_network = 8;
  start();
  std::vector<std::unique_ptr<Client>> hoard;
  const auto hoard_from = [&](const char* address) {
    for (int i = 0; i < 12; ++i) hoard.push_back(std::make_unique<Client>(port(), 0, address));
  };
  hoard_from("127.0.0.2");
  hoard_from("127.0.0.3");
  Client visitor(port());
  EXPECT_EQ(visitor.ask(get("/")).status, 200) << "a place where all were taken";
  hoard_from("127.0.0.2");
  hoard_from("127.0.0.3");
  // Connections are taken in their order: with this one all before it have been.
  EXPECT_EQ(Client(port(), 0, "127.0.0.4").ask(get("/")).status, 200);
  // One connection against many: it has not had to give way, though it is the older.
  EXPECT_EQ(visitor.ask(get("/")).status, 200);
  // A share is a network's own: its own oldest goes, not another's.
  EXPECT_EQ(visitor.ask(get("/api/v1/mine")).status, 200);
  EXPECT_EQ(server_->counters().refused, 0u);
  EXPECT_GT(server_->counters().displaced, 24u);
}

TEST_F(HttpServerTest, WhoIsLoggedInGivesWayToNobody) {
  options_.max_connections = 2;
  start();
  Client first(port());
  Client second(port());
  EXPECT_EQ(first.ask(get("/api/v1/mine")).status, 200);
  EXPECT_EQ(second.upgrade().status, 101);
  Client third(port());
  EXPECT_TRUE(third.sees_end());
  EXPECT_EQ(server_->counters().refused, 1u);
  EXPECT_EQ(first.ask(get("/api/v1/not-mine")).status, 200) << "logged out";
  Client fourth(port());
  EXPECT_EQ(fourth.ask(get("/")).status, 200);
  EXPECT_TRUE(first.sees_end());
}

TEST_F(HttpServerTest, FilesAndRefusalsWaitToo) {
  start();
  wait_ = std::chrono::milliseconds(2500);
  for (const std::string& asked :
       {get("/"),
        get("/nowhere"),
        std::string("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        std::string("POST / "
                    "HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"),
        std::string("rubbish\r\n\r\n")}) {
    Client client(port());
    const Reply reply = client.ask(asked);
    EXPECT_EQ(reply.status, 429) << asked;
    EXPECT_TRUE(reply.has("retry-after: 3\r\n")) << reply.head;
    EXPECT_TRUE(client.sees_end());
  }
  EXPECT_EQ(Client(port()).ask(get("/api/v1/b")).status, 200) << "its handler knows by itself";
}

TEST_F(HttpServerTest, StreamSendsTheFirstMessageAtOnceAndEachNewOne) {
  start();
  Client client(port());
  const Reply reply = client.upgrade();
  ASSERT_EQ(reply.status, 101);
  // The example of RFC 6455, §1.3.
  EXPECT_TRUE(reply.has("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n")) << reply.head;
  EXPECT_FALSE(reply.has("beast")) << reply.head;
  auto message = client.message();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->opcode, 2);
  EXPECT_EQ(version_of(*message), 1u);
  for (std::uint32_t version = 2; version < 20; ++version) {
    publish(version);
    message = client.message();
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(version_of(*message), version);
  }
}

TEST_F(HttpServerTest, StreamIsRefusedToForeignPagesAndPlainRequests) {
  start();
  for (const std::string origin : {"http://evil.example", "null", "http://127.0.0.1"}) {
    Client client(port());
    EXPECT_EQ(client.upgrade("Origin: " + origin + "\r\n").status, 403) << origin;
  }
  Client plain(port());
  const Reply told = plain.ask(get("/ws"));
  EXPECT_EQ(told.status, 426);
  EXPECT_TRUE(told.has("upgrade: websocket\r\n")) << told.head;
  Client program(port());
  EXPECT_EQ(program.upgrade("").status, 101) << "a program sends no Origin";
}

TEST_F(HttpServerTest, CommonStreamIsAnotherPictureAndAbsentWithoutFederation) {
  const std::string same_site = "Origin: http://localhost\r\n";
  start();
  EXPECT_EQ(Client(port()).upgrade(same_site, "/ws/common").status, 404);
  server_.reset();
  has_common_stream_ = true;
  start();
  Client client(port());
  ASSERT_EQ(client.upgrade(same_site, "/ws/common").status, 101);
  const auto message = client.message();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(version_of(*message), 4'000'000u);
  EXPECT_EQ(Client(port()).upgrade("Origin: http://evil.example\r\n", "/ws/common").status, 403);
  EXPECT_EQ(Client(port()).ask(get("/ws/common")).status, 426);
  is_member_ = false;
  EXPECT_EQ(Client(port()).upgrade(same_site, "/ws/common").status, 404);
  EXPECT_EQ(Client(port()).upgrade(same_site).status, 101) << "the national picture stays";
}

TEST_F(HttpServerTest, OnlyMembersOnThisMachineMayFrameAndBeFramed) {
  start();
  const auto policy = [&] {
    Client client(port());
    const std::string head = client.ask(get("/")).head;
    const auto from = head.find("content-security-policy: ");
    return head.substr(from, head.find("\r\n", from) - from);
  };
  EXPECT_EQ(policy(),
            "content-security-policy: default-src 'self'; connect-src 'self' ws://localhost; "
            "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
            "object-src 'none'");
  server_->allow_frames({"http://127.0.0.1:8081/", "http://example.org:8082/", ""});
  // Queued before the next request is: the io thread runs in order.
  EXPECT_EQ(policy(),
            "content-security-policy: default-src 'self'; connect-src 'self' ws://localhost; "
            "frame-src 'self' http://127.0.0.1:8081 http://localhost:8081; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'self' http://127.0.0.1:8081 "
            "http://localhost:8081; object-src 'none'");
  server_->allow_frames({});
  EXPECT_NE(policy().find("frame-ancestors 'self'; "), std::string::npos);
}

TEST_F(HttpServerTest, StreamAnswersPingsAndEndsOnData) {
  start();
  Client client(port());
  ASSERT_EQ(client.upgrade().status, 101);
  ASSERT_TRUE(client.message().has_value());
  client.send(std::string("\x89\x82\0\0\0\0hi", 8));  // a masked ping
  const auto pong = client.message();
  ASSERT_TRUE(pong.has_value());
  EXPECT_EQ(pong->opcode, 10);
  EXPECT_EQ(pong->payload, "hi");
  client.send(std::string("\x81\x82\0\0\0\0hi", 8));  // masked text
  EXPECT_TRUE(client.sees_end());
  EXPECT_EQ(server_->counters().rejected, 1u);
}

TEST_F(HttpServerTest, StreamEndsWhenItsVisitorMayLookNoLonger) {
  start();
  Client client(port());
  ASSERT_EQ(client.upgrade().status, 101);
  ASSERT_TRUE(client.message().has_value());
  streams_stand_ = false;
  publish(2);
  const auto end = client.message();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->opcode, 8);
  EXPECT_EQ(end->payload, "\x03\xF0session ended");  // 1008: policy
  EXPECT_TRUE(client.sees_end());
}

TEST_F(HttpServerTest, OneAddressHoldsNoMoreThanItsShare) {
  options_.max_per_network = 2;
  start();
  Client first(port());
  Client second(port());
  EXPECT_EQ(first.ask(get("/")).status, 200);
  EXPECT_EQ(second.ask(get("/")).status, 200);
  Client third(port());
  EXPECT_EQ(third.ask(get("/")).status, 200);
  EXPECT_TRUE(first.sees_end());
  EXPECT_EQ(second.ask(get("/")).status, 200);
  EXPECT_EQ(Client(port(), 0, "127.0.0.2").ask(get("/")).status, 200);
  EXPECT_EQ(server_->counters().displaced, 1u);
}

TEST_F(HttpServerTest, SlowReaderIsSentTheNewestStateAndHoldsUpNobody) {
  message_size_ = 64u << 10;
  options_.send_buffer_bytes = 64 << 10;
  start();
  Client slow(port(), 64 << 10);
  Client fast(port());
  ASSERT_EQ(slow.upgrade().status, 101);
  ASSERT_EQ(fast.upgrade().status, 101);
  ASSERT_TRUE(fast.message().has_value());
  constexpr std::uint32_t kLast = 500;
  for (std::uint32_t version = 2; version <= kLast; ++version) {
    publish(version);
    const auto message = fast.message();
    ASSERT_TRUE(message.has_value());
    ASSERT_EQ(version_of(*message), version);
  }
  // What waits for the slow one are a few messages in the sockets' buffers, then the newest.
  std::uint32_t last = 0;
  int received = 0;
  while (last != kLast) {
    const auto message = slow.message();
    ASSERT_TRUE(message.has_value());
    ASSERT_GT(version_of(*message), last);
    last = version_of(*message);
    ++received;
  }
  EXPECT_LT(received, 40);
}

TEST_F(HttpServerTest, FiftyClientsAllReachTheNewestState) {
  start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    ASSERT_EQ(clients.back()->upgrade().status, 101);
  }
  EXPECT_EQ(server_->counters().streams_open, 50u);
  constexpr std::uint32_t kLast = 100;
  for (std::uint32_t version = 2; version <= kLast; ++version) publish(version);
  for (const auto& client : clients) {
    std::uint32_t last = 0;
    while (last != kLast) {
      const auto message = client->message();
      ASSERT_TRUE(message.has_value());
      ASSERT_GT(version_of(*message), last);
      last = version_of(*message);
    }
  }
}

TEST_F(HttpServerTest, StreamOfAClientThatStoppedReadingEndsInTime) {
  message_size_ = 4u << 20;
  options_.idle_timeout = std::chrono::milliseconds(300);
  start();
  Client stuck(port(), 4096);
  ASSERT_EQ(stuck.upgrade().status, 101);
  // It never reads on; the server lets it go, which the counter shows.
  const auto deadline = SteadyClock::now() + kDeadline;
  while (server_->counters().streams_open != 0 && SteadyClock::now() < deadline) {
    Client other(port());
    ASSERT_EQ(other.ask(get("/")).status, 200);
  }
  EXPECT_EQ(server_->counters().streams_open, 0u);
}

TEST_F(HttpServerTest, DestructionEndsAllConnections) {
  start();
  Client idle(port());
  Client stream(port());
  Client waiting(port());
  ASSERT_EQ(stream.upgrade().status, 101);
  EXPECT_EQ(idle.ask(get("/")).status, 200);
  waiting.send(get("/api/v1/never"));
  // Its connection is known to be in the handler once another, later one was answered.
  while (api_calls_ == 0) ASSERT_EQ(idle.ask(get("/")).status, 200);
  server_.reset();
  EXPECT_TRUE(idle.sees_end());
  EXPECT_TRUE(stream.sees_end());
  EXPECT_TRUE(waiting.sees_end());
  std::lock_guard lock(mutex_);
  unanswered_.at(0)({.status = 200, .content_type = "text/plain", .body = "nobody is there"});
}

TEST_F(HttpServerTest, AddressesBeyondThisMachineAreRefusedWithTheReason) {
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    options_.address = address;
    const auto started = HttpServer::start(thread_, options_, {});
    ASSERT_FALSE(started.has_value());
    EXPECT_NE(started.error().message.find("is not a loopback address"), std::string::npos)
        << started.error().message;
  }
}

TEST_F(HttpServerTest, PortInUseIsAnErrorThatNamesIt) {
  start();
  options_.port = port();
  const auto second = HttpServer::start(thread_, options_, {});
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(
      second.error().message.find("port " + std::to_string(port()) + ": Address already in use"),
      std::string::npos)
      << second.error().message;
}

}  // namespace
}  // namespace liptako::io
