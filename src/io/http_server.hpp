// HTTP/1.1 and WebSocket for the console and for programs, on the io thread: in the clear on
// loopback, or over TLS. Requests under /api/ go to a handler, /ws and /ws/common to a stream of
// frames per client, everything else to the static files. Who may ask is the handlers' to say.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "io/io_thread.hpp"
#include "io/secret_text.hpp"
#include "io/static_files.hpp"

namespace liptako::io {

struct HttpRequest {
  std::string method;  // "GET" or "POST"; a HEAD comes as GET
  std::string path;    // decoded, without query
  std::string body;
  std::string query{};    // as it came, behind the '?'
  std::string cookie{};   // the field as it came; empty if there is none
  std::string host{};     // checked: one of this node's names, with the port if it was said
  std::string address{};  // of the other end, without port
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string cookie{};   // Set-Cookie, if not empty
  int retry_after_s = 0;  // Retry-After, if positive
  // To somebody who is logged in: such a connection makes room for no other.
  bool to_session = false;
};

// Answers one request, from any thread, at once or later; only the first call counts. If none comes
// within HttpOptions::answer_timeout, the client is told 503. Must not be called once the IoThread
// is gone.
using HttpAnswer = std::function<void(HttpResponse)>;

// Gives the next message for one client, replacing its content; false if there is none now. It is
// asked when the client connects, when its last message has left, and after HttpServer::wake().
using MessageSource = std::function<bool(base::Bytes& message)>;

struct StreamOpening {
  MessageSource source{};  // empty: refused
  std::function<bool()>
      stands{};       // asked before each message; false ends the stream. Empty: it stands
  int refusal = 404;  // status, if there is no source
};

struct HttpHandlers {
  // All are called on the io thread and must return promptly.
  std::function<void(HttpRequest request, HttpAnswer answer)> api;
  // One per WebSocket client of /ws, of /ws/common. Without the handler the client is told 404.
  std::function<StreamOpening(const HttpRequest& request)> open_stream;
  std::function<StreamOpening(const HttpRequest& request)> open_common_stream;
  // How long this address has to wait before it is answered without the handlers above: files,
  // redirections, refusals. Empty: it never has to.
  std::function<base::Duration(const std::string& address)> wait{};
  // A page of another site tried to act through a browser; it is refused.
  std::function<void(const HttpRequest& request)> foreign{};
};

// PEM texts: the server's certificate first, then those that lead to its authority.
struct TlsMaterial {
  std::string name;  // in messages
  std::string certificate_chain;
  SecretText private_key;
};

// Whether a server could serve with it.
[[nodiscard]] base::Result<void> check_tls(const TlsMaterial& material);

struct HttpOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;          // 0: a free one
  std::optional<TlsMaterial> tls;  // without it, an address of loopback is needed
  std::vector<std::string> names;  // by which it is asked, beside those of loopback
  std::vector<Mount> mounts;
  std::vector<std::string> api_prefixes = {"/api/"};  // of the paths that go to the handler
  // When there are so many, of all or of one network (http_rules.hpp, network_of), a new one takes
  // the place of the oldest that nobody is logged in on, of those networks that hold most of them;
  // where there is none such, the new one is refused.
  std::size_t max_connections = 256;
  std::size_t max_per_network = 256;
  std::size_t max_header_bytes = 8 << 10;
  std::size_t max_body_bytes = 1 << 20;
  base::Duration idle_timeout = std::chrono::seconds(30);
  base::Duration answer_timeout = std::chrono::seconds(10);
  // Of one WebSocket: what a slow reader can be behind, in frames already written, is bounded by
  // this.
  int send_buffer_bytes = 256 << 10;

  [[nodiscard]] base::Result<void> validate() const;
};

struct HttpCounters {
  std::uint64_t connections = 0;  // accepted so far
  std::uint64_t refused = 0;      // over the limit
  std::uint64_t displaced = 0;    // closed to make room
  std::uint64_t requests = 0;
  std::uint64_t rejected = 0;  // malformed, oversized, foreign Host or Origin
  std::uint64_t streams_open = 0;
  std::uint64_t messages_sent = 0;
};

class HttpServer {
 public:
  // Listens when it returns. The thread must outlive the server; handlers are not called after its
  // destruction.
  [[nodiscard]] static base::Result<std::unique_ptr<HttpServer>> start(IoThread& thread,
                                                                       const HttpOptions& options,
                                                                       HttpHandlers handlers);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Any thread. Another certificate and key, for connections from now on; requires a server that
  // speaks TLS.
  [[nodiscard]] base::Result<void> use_tls(const TlsMaterial& material);
  // Any thread. There is something new for the streams.
  void wake();
  // Any thread. The consoles of the federation's members ("http://127.0.0.1:8081/"): their pages
  // may show ours in a frame and ours theirs, as the mosaic does. Addresses that are not on this
  // machine are left out; until the first call, and with an empty list, only our own pages may.
  void allow_frames(std::vector<std::string> consoles);
  [[nodiscard]] HttpCounters counters() const;

  struct State;  // http_server.cpp

 private:
  explicit HttpServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace liptako::io
