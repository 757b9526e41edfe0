// The connections of an HttpServer: HTTP/1.1 [RFC 9110, RFC 9112] and WebSocket [RFC 6455] with
// Boost.Beast; the only file that includes it. Everything runs on the io thread.
#include <fmt/format.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <optional>

#include "io/byte_stream.hpp"
#include "io/http_rules.hpp"
#include "io/http_state.hpp"

namespace liptako::io {

// What Beast's WebSocket asks of a stream beside bytes.
void beast_close_socket(ByteStream& stream) { stream.close(); }

void teardown(boost::beast::role_type, ByteStream& stream, error_code& error) {
  error = {};
  stream.close();
}

template <class Handler>
void async_teardown(boost::beast::role_type, ByteStream& stream, Handler&& handler) {
  stream.close();
  asio::post(stream.get_executor(),
             [handler = std::forward<Handler>(handler)]() mutable { handler(error_code()); });
}

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

constexpr std::string_view kStreamPath = "/ws";
constexpr std::string_view kCommonStreamPath = "/ws/common";
// A client of the stream has nothing to say; control frames are at most 125 bytes.
constexpr std::size_t kMaxStreamInput = 1024;

std::string_view to_std(beast::string_view text) { return {text.data(), text.size()}; }
beast::string_view to_beast(std::string_view text) { return {text.data(), text.size()}; }

// One WebSocket client. At most one message is being written; when it has left, the newest is asked
// for.
// A client that connects and does not begin to speak TLS.
constexpr base::Duration kHandshakeTime = std::chrono::seconds(10);

class StreamSession : public HttpConnection, public std::enable_shared_from_this<StreamSession> {
 public:
  StreamSession(std::shared_ptr<HttpServer::State> state,
                ByteStream stream,
                const std::string& address,
                StreamOpening opening)
      : state_(std::move(state)),
        socket_(std::move(stream)),
        address_(address),
        offered_(std::move(opening.source)),
        stands_(std::move(opening.stands)) {
    state_->enter(this, address_);
    state_->set_known(this, true);  // it was let in
    state_->streams.insert(this);
    ++state_->counters.streams_open;
  }
  ~StreamSession() override {
    state_->streams.erase(this);
    state_->leave(this);
    --state_->counters.streams_open;
  }
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;

  void start(const http::request<http::string_body>& request) {
    const auto idle = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        state_->options.idle_timeout);
    socket_.next_layer().expires_never();
    socket_.set_option(websocket::stream_base::timeout{
        .handshake_timeout = idle, .idle_timeout = idle, .keep_alive_pings = true});
    // Beast would name itself and its version.
    socket_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.set(http::field::server, "liptako"); }));
    socket_.read_message_max(kMaxStreamInput);
    socket_.auto_fragment(false);
    socket_.binary(true);
    error_code ignored;
    auto& socket = socket_.next_layer().socket();
    (void)socket.set_option(asio::socket_base::send_buffer_size(state_->options.send_buffer_bytes),
                            ignored);
    (void)socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.async_accept(request, [self = shared_from_this()](error_code error) {
      if (error || self->state_->stopped) return;
      self->source_ = std::move(self->offered_);
      self->read();
      self->pump();
    });
  }

  void pump() override {
    if (is_writing_ || !source_ || state_->stopped) return;
    if (stands_ && !stands_()) return end();
    if (!source_(message_)) return;
    is_writing_ = true;
    socket_.async_write(asio::buffer(message_),
                        [self = shared_from_this()](error_code error, std::size_t) {
                          self->is_writing_ = false;
                          if (error) return self->close();
                          ++self->state_->counters.messages_sent;
                          self->pump();
                        });
  }

  void close() override {
    source_ = nullptr;
    error_code ignored;
    (void)socket_.next_layer().socket().close(ignored);
  }

 private:
  // Whoever it was opened for may look no longer; the client is told why [RFC 6455, §7.4.1].
  void end() {
    source_ = nullptr;
    socket_.next_layer().expires_after(std::chrono::seconds(1));
    socket_.async_close(
        websocket::close_reason(websocket::close_code::policy_error, "session ended"),
        [self = shared_from_this()](error_code) { self->close(); });
  }

  // Answers pings and notices the end. Data from the client is not part of the protocol.
  void read() {
    socket_.async_read(input_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) ++self->state_->counters.rejected;
      self->close();
    });
  }

  std::shared_ptr<HttpServer::State> state_;
  websocket::stream<ByteStream> socket_;
  std::string address_;
  MessageSource offered_;  // until the handshake is done
  std::function<bool()> stands_;
  MessageSource source_;
  base::Bytes message_;
  beast::flat_buffer input_;
  bool is_writing_ = false;
};

// Fields that only some answers have.
struct Extra {
  std::string allow{};
  std::string location{};
  std::string cookie{};
  int retry_after_s = 0;
};

// One HTTP connection: one request at a time.
class HttpSession : public HttpConnection, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(std::shared_ptr<HttpServer::State> state,
              ByteStream stream,
              const std::string& address)
      : state_(std::move(state)),
        stream_(std::move(stream)),
        address_(address),
        answer_timer_(state_->io.context) {
    state_->enter(this, address_);
  }
  ~HttpSession() override { state_->leave(this); }
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

  void close() override {
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
    if (request_.count(http::field::host) != 1 || !is_own_host(host, state_->options.names)) {
      return reject(http::status::misdirected_request,
                    state_->tls ? "this node does not answer under that name"
                                : "this node answers on localhost only");
    }
    const std::optional<std::string> path = decode_path(to_std(request_.target()));
    if (!path) return reject(http::status::bad_request, "bad path");
    if (state_->tls && !stream_.is_tls()) return send_to_tls(host);
    if (*path == kStreamPath || *path == kCommonStreamPath)
      return handle_stream(*path, origin, host);
    for (const std::string& prefix : state_->options.api_prefixes) {
      if (path->starts_with(prefix)) return handle_api(*path, origin, host);
    }
    if (request_.method() != http::verb::get && !is_head_) return refuse_method("GET, HEAD");
    send_file(*path);
  }

  // For a page of the very site. A request with a cookie comes from a browser, and a browser says
  // from where.
  [[nodiscard]] bool is_from_here(std::string_view origin, std::string_view host) const {
    const bool has_cookie = request_.count(http::field::cookie) > 0;
    if (state_->tls && has_cookie && origin.empty()) return false;
    return is_same_origin(origin, host, state_->tls != nullptr);
  }

  [[nodiscard]] HttpRequest described(std::string path) {
    const std::string_view target = to_std(request_.target());
    const auto question = target.find('?');
    return {.method = request_.method() == http::verb::post ? "POST" : "GET",
            .path = std::move(path),
            .body = std::move(request_.body()),
            .query = std::string(question == std::string_view::npos ? std::string_view()
                                                                    : target.substr(question + 1)),
            .cookie = std::string(to_std(request_[http::field::cookie])),
            .host = std::string(to_std(request_[http::field::host])),
            .address = address_};
  }

  // True, and answered, if this address has to wait.
  bool has_to_wait() {
    if (!state_->handlers.wait) return false;
    const base::Duration wait = state_->handlers.wait(address_);
    if (wait <= base::Duration::zero()) return false;
    ++state_->counters.rejected;
    must_close_ = true;
    send_text(http::status::too_many_requests,
              "text/plain; charset=utf-8",
              "slow down\n",
              {.retry_after_s = static_cast<int>(base::to_seconds(wait)) + 1});
    return true;
  }

  void refuse_foreign(const std::string& path) {
    if (state_->handlers.foreign) state_->handlers.foreign(described(path));
    reject(http::status::forbidden, "foreign origin");
  }

  // A bookmark without the s. Nothing else is said in the clear.
  void send_to_tls(std::string_view host) {
    if (request_.method() != http::verb::get && !is_head_)
      return reject(http::status::forbidden, "this node speaks HTTPS only");
    if (has_to_wait()) return;
    must_close_ = true;
    send_text(http::status::permanent_redirect,
              "text/plain; charset=utf-8",
              "this node speaks HTTPS only\n",
              {.location = fmt::format("https://{}{}", host, to_std(request_.target()))});
  }

  void handle_stream(const std::string& path, std::string_view origin, std::string_view host) {
    const auto& open =
        path == kStreamPath ? state_->handlers.open_stream : state_->handlers.open_common_stream;
    if (!websocket::is_upgrade(request_))
      return reject(http::status::upgrade_required, "a WebSocket is served here");
    if (!is_from_here(origin, host)) return refuse_foreign(path);
    StreamOpening opening = open ? open(described(path)) : StreamOpening();
    if (!opening.source) {
      ++state_->counters.rejected;
      must_close_ = true;
      return send_text(static_cast<http::status>(opening.refusal),
                       "text/plain; charset=utf-8",
                       "this node has no such picture for you\n");
    }
    stream_.expires_never();
    std::make_shared<StreamSession>(state_, std::move(stream_), address_, std::move(opening))
        ->start(request_);
  }

  void handle_api(const std::string& path, std::string_view origin, std::string_view host) {
    const bool is_post = request_.method() == http::verb::post;
    if (request_.method() != http::verb::get && !is_head_ && !is_post)
      return refuse_method("GET, HEAD, POST");
    if (is_post && !is_from_here(origin, host)) return refuse_foreign(path);
    stream_.expires_never();
    const std::uint64_t ticket = ++ticket_;
    answer_timer_.expires_after(state_->options.answer_timeout);
    answer_timer_.async_wait([self = shared_from_this(), ticket](error_code error) {
      if (!error) self->answer(ticket, {.status = 503, .body = R"({"error":"no answer in time"})"});
    });
    // The first answer to this ticket counts; a later one finds it spent.
    state_->handlers.api(
        described(path),
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
    state_->set_known(this, answered.to_session);
    send_text(static_cast<http::status>(answered.status),
              answered.content_type,
              std::move(answered.body),
              {.cookie = answered.cookie, .retry_after_s = answered.retry_after_s});
  }

  void reject(http::status status, std::string_view why) {
    if (has_to_wait()) return;
    ++state_->counters.rejected;
    must_close_ = true;
    send_text(status, "text/plain; charset=utf-8", std::string(why) + "\n");
  }

  void refuse_method(std::string_view allowed) {
    if (has_to_wait()) return;
    ++state_->counters.rejected;
    send_text(http::status::method_not_allowed,
              "text/plain; charset=utf-8",
              "method not allowed\n",
              {.allow = std::string(allowed)});
  }

  void send_file(const std::string& path) {
    if (has_to_wait()) return;
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
                 const Extra& extra = {}) {
    http::response<http::string_body> response(status, request_.version());
    response.set(http::field::content_type, to_beast(type));
    response.set(http::field::cache_control, "no-store");
    if (!extra.allow.empty()) response.set(http::field::allow, extra.allow);
    if (!extra.location.empty()) response.set(http::field::location, extra.location);
    if (!extra.cookie.empty()) response.set(http::field::set_cookie, extra.cookie);
    if (extra.retry_after_s > 0)
      response.set(http::field::retry_after, std::to_string(extra.retry_after_s));
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
    response.set("Cross-Origin-Opener-Policy", "same-origin");
    response.set("Cross-Origin-Resource-Policy", "same-origin");
    response.set(
        "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()");
    response.set("Referrer-Policy", "no-referrer");
    response.set("X-Content-Type-Options", "nosniff");
    // A browser would hold every other server on a loopback name to it too.
    const std::string_view host = to_std(request_[http::field::host]);
    if (stream_.is_tls() && !is_loopback_host(host))
      response.set(http::field::strict_transport_security, "max-age=31536000");
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
    stream_.expires_after(state_->options.idle_timeout);
    stream_.shutdown([self = shared_from_this()](error_code error) {
      if (error || self->stream_.is_tls()) return self->close();
      self->drained_.resize(16u << 10);
      self->drain_more(0);
    });
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
    return is_own_host(host, state_->options.names)
               ? fmt::format(" {}://{}", state_->tls ? "wss" : "ws", host)
               : std::string();
  }

  std::shared_ptr<HttpServer::State> state_;
  ByteStream stream_;
  std::string address_;
  asio::steady_timer answer_timer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::request<http::string_body> request_;
  bool is_head_ = false;
  bool must_close_ = false;
  std::uint64_t ticket_ = 0;
  base::Bytes drained_;
};

// Waits for the first byte of what should be TLS: 22 is its handshake, anything else is a plain
// request for what is served over TLS, which is told where to go.
class TlsBegin : public HttpConnection, public std::enable_shared_from_this<TlsBegin> {
 public:
  TlsBegin(std::shared_ptr<HttpServer::State> state,
           asio::ip::tcp::socket socket,
           const std::string& address)
      : state_(std::move(state)),
        socket_(std::move(socket)),
        deadline_(state_->io.context),
        address_(address) {
    state_->enter(this, address_);
  }
  ~TlsBegin() override { state_->leave(this); }
  TlsBegin(const TlsBegin&) = delete;
  TlsBegin& operator=(const TlsBegin&) = delete;

  void start() {
    deadline_.expires_after(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(kHandshakeTime));
    deadline_.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (!error && self) self->close();
    });
    socket_.async_wait(asio::ip::tcp::socket::wait_read,
                       [self = shared_from_this()](error_code error) {
                         self->deadline_.cancel();
                         if (error || self->state_->stopped) return self->close();
                         self->look();
                       });
  }
  void close() override {
    deadline_.cancel();
    error_code ignored;
    (void)socket_.close(ignored);
    if (stream_) stream_->close();
  }

 private:
  void look() {
    constexpr unsigned char kHandshake = 22;
    unsigned char first = 0;
    error_code error;
    const std::size_t size =
        socket_.receive(asio::buffer(&first, 1), asio::ip::tcp::socket::message_peek, error);
    if (error || size == 0) return close();
    const bool is_tls = first == kHandshake;
    stream_.emplace(state_->io.context, std::move(socket_), is_tls ? state_->tls : nullptr);
    stream_->expires_after(kHandshakeTime);
    stream_->handshake([self = shared_from_this()](error_code failed) {
      if (failed || self->state_->stopped) return self->close();
      std::make_shared<HttpSession>(self->state_, std::move(*self->stream_), self->address_)
          ->read();
      self->stream_.reset();
    });
  }

  std::shared_ptr<HttpServer::State> state_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer deadline_;
  std::string address_;
  std::optional<ByteStream> stream_;
};

}  // namespace

void begin_connection(const std::shared_ptr<HttpServer::State>& state,
                      asio::ip::tcp::socket socket,
                      const std::string& address) {
  if (state->tls) return std::make_shared<TlsBegin>(state, std::move(socket), address)->start();
  std::make_shared<HttpSession>(state, ByteStream(state->io.context, std::move(socket)), address)
      ->read();
}

}  // namespace liptako::io
