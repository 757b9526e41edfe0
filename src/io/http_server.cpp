// HTTP/1.1 [RFC 9110, RFC 9112] and WebSocket [RFC 6455] with Boost.Beast; the only file that
// includes it. Everything but the public functions of HttpServer runs on the io thread.
#include "io/http_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <optional>
#include <set>

#include "io/asio.hpp"
#include "io/http_rules.hpp"

namespace liptako::io {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;

constexpr std::string_view kApiPrefix = "/api/";
constexpr std::string_view kStreamPath = "/ws";
constexpr std::string_view kCommonStreamPath = "/ws/common";
// A client of the stream has nothing to say; control frames are at most 125 bytes.
constexpr std::size_t kMaxStreamInput = 1024;

std::string_view to_std(beast::string_view text) { return {text.data(), text.size()}; }
beast::string_view to_beast(std::string_view text) { return {text.data(), text.size()}; }

class HttpSession;
class StreamSession;

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
  State(IoThread::Impl& thread, HttpOptions given, HttpHandlers called, StaticFiles loaded)
      : io(thread),
        options(std::move(given)),
        handlers(std::move(called)),
        files(std::move(loaded)),
        acceptor(thread.context),
        accept_retry(thread.context) {}

  base::Result<void> listen();
  void accept();
  void admit(tcp::socket socket);
  void pump_streams();
  void stop();

  IoThread::Impl& io;
  HttpOptions options;
  HttpHandlers handlers;
  // Blank before each; as a header wants them.
  std::string frame_origins;
  StaticFiles files;
  tcp::acceptor acceptor;
  asio::steady_timer accept_retry;
  std::uint16_t port = 0;
  bool stopped = false;
  std::size_t connections = 0;
  // Sessions enter on construction and leave on destruction.
  std::set<HttpSession*> sessions;
  std::set<StreamSession*> streams;
  std::atomic<bool> wake_is_posted = false;
  struct {
    std::atomic<std::uint64_t> connections = 0, refused = 0, requests = 0, rejected = 0,
                               streams_open = 0, messages_sent = 0;
  } counters;
};

namespace {

using State = HttpServer::State;

// One WebSocket client. At most one message is being written; when it has left, the newest is asked
// for.
class StreamSession : public std::enable_shared_from_this<StreamSession> {
 public:
  StreamSession(std::shared_ptr<State> state, beast::tcp_stream stream, MessageSource source)
      : state_(std::move(state)), socket_(std::move(stream)), offered_(std::move(source)) {
    state_->streams.insert(this);
    ++state_->connections;
    ++state_->counters.streams_open;
  }
  ~StreamSession() {
    state_->streams.erase(this);
    --state_->connections;
    --state_->counters.streams_open;
  }
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;

  void start(const http::request<http::string_body>& request) {
    const auto idle = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        state_->options.idle_timeout);
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(websocket::stream_base::timeout{
        .handshake_timeout = idle, .idle_timeout = idle, .keep_alive_pings = true});
    // Beast would name itself and its version.
    socket_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.set(http::field::server, "liptako"); }));
    socket_.read_message_max(kMaxStreamInput);
    socket_.auto_fragment(false);
    socket_.binary(true);
    error_code ignored;
    auto& socket = beast::get_lowest_layer(socket_).socket();
    (void)socket.set_option(asio::socket_base::send_buffer_size(state_->options.send_buffer_bytes),
                            ignored);
    (void)socket.set_option(tcp::no_delay(true), ignored);
    socket_.async_accept(request, [self = shared_from_this()](error_code error) {
      if (error || self->state_->stopped) return;
      self->source_ = std::move(self->offered_);
      self->read();
      self->pump();
    });
  }

  void pump() {
    if (is_writing_ || !source_ || state_->stopped || !source_(message_)) return;
    is_writing_ = true;
    socket_.async_write(asio::buffer(message_),
                        [self = shared_from_this()](error_code error, std::size_t) {
                          self->is_writing_ = false;
                          if (error) return self->close();
                          ++self->state_->counters.messages_sent;
                          self->pump();
                        });
  }

  void close() {
    source_ = nullptr;
    error_code ignored;
    (void)beast::get_lowest_layer(socket_).socket().close(ignored);
  }

 private:
  // Answers pings and notices the end. Data from the client is not part of the protocol.
  void read() {
    socket_.async_read(input_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) ++self->state_->counters.rejected;
      self->close();
    });
  }

  std::shared_ptr<State> state_;
  websocket::stream<beast::tcp_stream> socket_;
  MessageSource offered_;  // until the handshake is done
  MessageSource source_;
  base::Bytes message_;
  beast::flat_buffer input_;
  bool is_writing_ = false;
};

// One HTTP connection: one request at a time.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(std::shared_ptr<State> state, tcp::socket socket)
      : state_(std::move(state)), stream_(std::move(socket)), answer_timer_(state_->io.context) {
    state_->sessions.insert(this);
    ++state_->connections;
  }
  ~HttpSession() {
    state_->sessions.erase(this);
    --state_->connections;
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void read() {
    if (state_->stopped) return;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(state_->options.max_header_bytes));
    parser_->body_limit(state_->options.max_body_bytes);
    stream_.expires_after(state_->options.idle_timeout);
    http::async_read(
        stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
          if (self->state_->stopped) return;
          if (error) return self->refuse_unreadable(error);
          self->handle();
        });
  }

  void close() {
    answer_timer_.cancel();
    stream_.close();
  }

 private:
  void refuse_unreadable(error_code error) {
    request_ = {};
    is_head_ = false;
    if (error == http::error::header_limit)
      return reject(http::status::request_header_fields_too_large, "header too large");
    if (error == http::error::body_limit)
      return reject(http::status::payload_too_large, "body too large");
    const bool is_malformed =
        error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message;
    if (is_malformed) return reject(http::status::bad_request, "not HTTP/1.1: " + error.message());
    close();
  }

  void handle() {
    ++state_->counters.requests;
    request_ = parser_->release();
    is_head_ = request_.method() == http::verb::head;
    const std::string_view host = to_std(request_[http::field::host]);
    const std::string_view origin = to_std(request_[http::field::origin]);
    // Two Host fields could be read differently by two readers.
    if (request_.count(http::field::host) != 1 || !is_loopback_host(host)) {
      return reject(http::status::misdirected_request, "this node answers on localhost only");
    }
    const std::optional<std::string> path = decode_path(to_std(request_.target()));
    if (!path) return reject(http::status::bad_request, "bad path");
    if (*path == kStreamPath) return handle_stream(state_->handlers.open_stream, origin, host);
    if (*path == kCommonStreamPath)
      return handle_stream(state_->handlers.open_common_stream, origin, host);
    if (path->starts_with(kApiPrefix)) return handle_api(*path, origin, host);
    if (request_.method() != http::verb::get && !is_head_) return refuse_method("GET, HEAD");
    send_file(*path);
  }

  void handle_stream(const std::function<MessageSource()>& open_stream,
                     std::string_view origin,
                     std::string_view host) {
    if (!websocket::is_upgrade(request_))
      return reject(http::status::upgrade_required, "a WebSocket is served here");
    if (!is_same_origin(origin, host)) return reject(http::status::forbidden, "foreign origin");
    MessageSource source = open_stream ? open_stream() : nullptr;
    if (!source) return reject(http::status::not_found, "this node has no such picture");
    stream_.expires_never();
    std::make_shared<StreamSession>(state_, std::move(stream_), std::move(source))->start(request_);
  }

  void handle_api(const std::string& path, std::string_view origin, std::string_view host) {
    const bool is_post = request_.method() == http::verb::post;
    if (request_.method() != http::verb::get && !is_head_ && !is_post)
      return refuse_method("GET, HEAD, POST");
    if (is_post && !is_same_origin(origin, host))
      return reject(http::status::forbidden, "foreign origin");
    stream_.expires_never();
    const std::uint64_t ticket = ++ticket_;
    answer_timer_.expires_after(state_->options.answer_timeout);
    answer_timer_.async_wait([self = shared_from_this(), ticket](error_code error) {
      if (!error) self->answer(ticket, {.status = 503, .body = R"({"error":"no answer in time"})"});
    });
    // The first answer to this ticket counts; a later one finds it spent.
    state_->handlers.api(
        {.method = is_post ? "POST" : "GET", .path = path, .body = std::move(request_.body())},
        [weak = weak_from_this(), ticket, &context = state_->io.context](HttpResponse response) {
          asio::dispatch(context, [weak, ticket, response = std::move(response)]() mutable {
            if (const auto self = weak.lock()) self->answer(ticket, std::move(response));
          });
        });
  }

  void answer(std::uint64_t ticket, HttpResponse answered) {
    if (ticket != ticket_ || state_->stopped) return;
    ++ticket_;
    answer_timer_.cancel();
    send_text(static_cast<http::status>(answered.status),
              answered.content_type,
              std::move(answered.body));
  }

  void reject(http::status status, std::string_view why) {
    ++state_->counters.rejected;
    must_close_ = true;
    send_text(status, "text/plain; charset=utf-8", std::string(why) + "\n");
  }

  void refuse_method(std::string_view allowed) {
    ++state_->counters.rejected;
    send_text(http::status::method_not_allowed,
              "text/plain; charset=utf-8",
              "method not allowed\n",
              allowed);
  }

  void send_file(const std::string& path) {
    const StaticFile* file = state_->files.find(path);
    if (file == nullptr)
      return send_text(http::status::not_found, "text/plain; charset=utf-8", "not found\n");
    const std::string_view accepted = to_std(request_[http::field::accept_encoding]);
    std::string_view coding;
    const std::string* body = &file->identity;
    if (!file->brotli.empty() && accepts_encoding(accepted, "br")) {
      coding = "br";
      body = &file->brotli;
    } else if (!file->gzip.empty() && accepts_encoding(accepted, "gzip")) {
      coding = "gzip";
      body = &file->gzip;
    }
    // Each coding is a representation of its own.
    const std::string etag =
        coding.empty()
            ? file->etag
            : fmt::format("{}-{}\"", file->etag.substr(0, file->etag.size() - 1), coding);
    const bool is_known =
        to_std(request_[http::field::if_none_match]).find(etag) != std::string_view::npos;

    http::response<http::span_body<const char>> response(
        is_known ? http::status::not_modified : http::status::ok, request_.version());
    response.set(http::field::etag, etag);
    // Loopback makes asking again cheap, and an update of the node must show at once.
    response.set(http::field::cache_control, "no-cache");
    response.set(http::field::vary, "Accept-Encoding");
    if (!is_known) {
      response.set(http::field::content_type, file->content_type);
      if (!coding.empty()) response.set(http::field::content_encoding, to_beast(coding));
      response.body() = beast::span<const char>(body->data(), body->size());
    }
    send(std::move(response), is_known ? 0 : body->size());
  }

  void send_text(http::status status,
                 std::string_view type,
                 std::string body,
                 std::string_view allow = {}) {
    http::response<http::string_body> response(status, request_.version());
    response.set(http::field::content_type, to_beast(type));
    response.set(http::field::cache_control, "no-store");
    if (!allow.empty()) response.set(http::field::allow, to_beast(allow));
    // [RFC 9110, §15.5.22]
    if (status == http::status::upgrade_required) response.set(http::field::upgrade, "websocket");
    const std::size_t size = body.size();
    response.body() = std::move(body);
    send(std::move(response), size);
  }

  template <class Body>
  void send(http::response<Body> response, std::size_t size) {
    // A page of ours loads nothing from elsewhere, runs no inline script and talks to this node
    // alone. It frames, and is framed by, our own pages and the consoles of members on this
    // machine.
    response.set("Content-Security-Policy",
                 fmt::format("default-src 'self'; connect-src 'self'{0}; frame-src 'self'{1}; "
                             "base-uri 'none'; form-action 'none'; frame-ancestors 'self'{1}; "
                             "object-src 'none'",
                             stream_source(),
                             state_->frame_origins));
    response.set("Cross-Origin-Resource-Policy", "same-origin");
    response.set("Referrer-Policy", "no-referrer");
    response.set("X-Content-Type-Options", "nosniff");
    response.keep_alive(request_.keep_alive() && !must_close_);
    if (is_head_) {
      http::response<http::empty_body> head(std::move(response.base()));
      head.content_length(size);
      return write(std::move(head));
    }
    if (response.result() != http::status::not_modified) response.content_length(size);
    write(std::move(response));
  }

  template <class Body>
  void write(http::response<Body> response) {
    const auto message = std::make_shared<http::response<Body>>(std::move(response));
    stream_.expires_after(state_->options.idle_timeout);
    http::async_write(
        stream_, *message, [self = shared_from_this(), message](error_code error, std::size_t) {
          if (error || self->state_->stopped) return self->close();
          if (message->need_eof()) return self->drain();
          self->read();
        });
  }

  // Closing while the client still sends would reset the connection and take the answer with it:
  // read what is left, within the idle timeout and a bound, then close.
  void drain() {
    error_code ignored;
    (void)stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    drained_.resize(16u << 10);
    stream_.expires_after(state_->options.idle_timeout);
    drain_more(0);
  }

  void drain_more(std::size_t so_far) {
    stream_.async_read_some(
        asio::buffer(drained_),
        [self = shared_from_this(), so_far](error_code error, std::size_t count) {
          const std::size_t total = so_far + count;
          if (error || self->state_->stopped || total > self->state_->options.max_body_bytes)
            return self->close();
          self->drain_more(total);
        });
  }

  // The WebSocket of this very node, by the name under which the page was loaded; that name has
  // been checked.
  [[nodiscard]] std::string stream_source() const {
    const std::string_view host = to_std(request_[http::field::host]);
    return is_loopback_host(host) ? fmt::format(" ws://{}", host) : std::string();
  }

  std::shared_ptr<State> state_;
  beast::tcp_stream stream_;
  asio::steady_timer answer_timer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::request<http::string_body> request_;
  bool is_head_ = false;
  bool must_close_ = false;
  std::uint64_t ticket_ = 0;
  base::Bytes drained_;
};

}  // namespace

base::Result<void> HttpServer::State::listen() {
  error_code error;
  const tcp::endpoint endpoint(asio::ip::make_address(options.address, error), options.port);
  if (!error) (void)acceptor.open(endpoint.protocol(), error);
  // A restart must not wait for connections of the last run to time out.
  if (!error) (void)acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) (void)acceptor.bind(endpoint, error);
  if (!error) (void)acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return base::world_failed(fmt::format(
        "cannot serve on {} port {}: {}", options.address, options.port, error.message()));
  }
  port = acceptor.local_endpoint(error).port();
  return {};
}

void HttpServer::State::accept() {
  acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
    if (self->stopped) return;
    if (!error) {
      self->admit(std::move(socket));
      return self->accept();
    }
    // Out of descriptors, say: existing clients go on, new ones wait.
    self->accept_retry.expires_after(std::chrono::milliseconds(200));
    self->accept_retry.async_wait([self](error_code cancelled) {
      if (!cancelled && !self->stopped) self->accept();
    });
  });
}

void HttpServer::State::admit(tcp::socket socket) {
  ++counters.connections;
  if (connections >= options.max_connections) {
    ++counters.refused;
    return;  // closes it
  }
  std::make_shared<HttpSession>(shared_from_this(), std::move(socket))->read();
}

void HttpServer::State::pump_streams() {
  // pump() does not change the set: a session that ends is destroyed later, by its own handlers.
  for (StreamSession* stream : streams) stream->pump();
}

void HttpServer::State::stop() {
  stopped = true;
  error_code ignored;
  (void)acceptor.close(ignored);
  accept_retry.cancel();
  for (HttpSession* session : sessions) session->close();
  for (StreamSession* stream : streams) stream->close();
  handlers = {};
}

base::Result<void> HttpOptions::validate() const {
  if (!is_loopback_address(address)) {
    return base::bad_input(fmt::format(
        "address: '{}' is not a loopback address; without login a node serves its own machine only",
        address));
  }
  if (max_connections == 0) return base::bad_input("max_connections: must be positive");
  if (max_header_bytes < 1024 || max_header_bytes > (1u << 20))
    return base::bad_input("max_header_bytes: must be in 1024..1048576");
  if (idle_timeout < std::chrono::milliseconds(1))
    return base::bad_input("idle_timeout: must be positive");
  if (answer_timeout < std::chrono::milliseconds(1))
    return base::bad_input("answer_timeout: must be positive");
  if (send_buffer_bytes <= 0) return base::bad_input("send_buffer_bytes: must be positive");
  return {};
}

base::Result<std::unique_ptr<HttpServer>> HttpServer::start(IoThread& thread,
                                                            const HttpOptions& options,
                                                            HttpHandlers handlers) {
  if (auto valid = options.validate(); !valid) return std::unexpected(valid.error());
  auto files = StaticFiles::load(options.mounts);
  if (!files) return std::unexpected(files.error());
  auto state =
      std::make_shared<State>(thread.impl(), options, std::move(handlers), std::move(*files));
  if (auto listening = state->listen(); !listening) return std::unexpected(listening.error());
  asio::post(state->io.context, [state] { state->accept(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  state_->io.run([this] { state_->stop(); });
}

std::uint16_t HttpServer::port() const { return state_->port; }

void HttpServer::wake() {
  // One wake at a time is enough: streams take the newest state there is when it runs.
  if (state_->wake_is_posted.exchange(true)) return;
  asio::post(state_->io.context, [state = state_] {
    state->wake_is_posted = false;
    state->pump_streams();
  });
}

void HttpServer::allow_frames(std::vector<std::string> consoles) {
  asio::post(state_->io.context, [state = state_, consoles = std::move(consoles)] {
    state->frame_origins.clear();
    for (const std::string& console : consoles)
      for (const std::string& origin : frame_origins_of(console))
        state->frame_origins += ' ' + origin;
  });
}

HttpCounters HttpServer::counters() const {
  const auto& counters = state_->counters;
  return {.connections = counters.connections,
          .refused = counters.refused,
          .requests = counters.requests,
          .rejected = counters.rejected,
          .streams_open = counters.streams_open,
          .messages_sent = counters.messages_sent};
}

}  // namespace liptako::io
