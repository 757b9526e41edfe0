// The HTTP server but for its sessions (http_session.cpp). Everything but the public functions of
// HttpServer runs on the io thread.
#include "io/http_server.hpp"

#include <fmt/format.h>

#include "io/http_rules.hpp"
#include "io/http_state.hpp"

namespace liptako::io {

using asio::ip::tcp;

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
  error_code error;
  const tcp::endpoint other = socket.remote_endpoint(error);
  if (error) return;  // gone already
  const std::string address = other.address().to_string();
  if (!make_room(network_of(address))) {
    ++counters.refused;
    return;  // closes it
  }
  begin_connection(shared_from_this(), std::move(socket), address);
}

void HttpServer::State::enter(HttpConnection* connection, const std::string& address) {
  std::string network = network_of(address);
  ++by_network[network];
  connections.insert_or_assign(connection, Place{std::move(network), next_order++});
}

void HttpServer::State::set_known(HttpConnection* connection, bool is_known) {
  if (const auto at = connections.find(connection); at != connections.end())
    at->second.is_known = is_known;
}

void HttpServer::State::leave(HttpConnection* connection) {
  const auto at = connections.find(connection);
  if (at == connections.end()) return;  // it was sent away before
  const auto same = by_network.find(at->second.network);
  if (--same->second == 0) by_network.erase(same);
  connections.erase(at);
}

bool HttpServer::State::make_room(const std::string& network) {
  const auto same = by_network.find(network);
  const bool is_network_full = same != by_network.end() && same->second >= options.max_per_network;
  if (!is_network_full && connections.size() < options.max_connections) return true;
  // Whoever comes from one network gives way to others before they give way to him: a few that
  // hoard connections shut out nobody else.
  struct Strangers {
    std::size_t count = 0;
    HttpConnection* oldest = nullptr;
    std::uint64_t order = 0;
  };
  std::map<std::string_view, Strangers> strangers;
  for (const auto& [connection, place] : connections) {
    if (place.is_known || (is_network_full && place.network != network)) continue;
    Strangers& theirs = strangers[place.network];
    ++theirs.count;
    if (theirs.oldest == nullptr || place.order < theirs.order) {
      theirs.oldest = connection;
      theirs.order = place.order;
    }
  }
  const Strangers* most = nullptr;
  for (const auto& [name, theirs] : strangers) {
    if (most == nullptr || theirs.count > most->count ||
        (theirs.count == most->count && theirs.order < most->order)) {
      most = &theirs;
    }
  }
  if (most == nullptr) return false;
  ++counters.displaced;
  HttpConnection* const displaced = most->oldest;
  leave(displaced);
  displaced->close();
  return true;
}

void HttpServer::State::pump_streams() {
  // pump() does not change the set: a session that ends is destroyed later, by its own handlers.
  for (HttpConnection* stream : streams) stream->pump();
}

void HttpServer::State::stop() {
  stopped = true;
  error_code ignored;
  (void)acceptor.close(ignored);
  accept_retry.cancel();
  for (const auto& [connection, place] : connections) connection->close();
  handlers = {};
}

base::Result<void> HttpOptions::validate() const {
  if (!tls && !is_loopback_address(address)) {
    return base::bad_input(fmt::format(
        "address: '{}' is not a loopback address; without login a node serves its own machine only",
        address));
  }
  if (max_per_network == 0) return base::bad_input("max_per_network: must be positive");
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

base::Result<void> check_tls(const TlsMaterial& material) {
  if (auto tls = make_tls_context(material); !tls) return std::unexpected(tls.error());
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
  if (options.tls) {
    auto tls = make_tls_context(*options.tls);
    if (!tls) return std::unexpected(tls.error());
    state->tls = std::move(*tls);
    state->options.tls->private_key = {};
  }
  if (auto listening = state->listen(); !listening) return std::unexpected(listening.error());
  asio::post(state->io.context, [state] { state->accept(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  state_->io.run([this] { state_->stop(); });
}

std::uint16_t HttpServer::port() const { return state_->port; }

base::Result<void> HttpServer::use_tls(const TlsMaterial& material) {
  auto tls = make_tls_context(material);
  if (!tls) return std::unexpected(tls.error());
  asio::post(state_->io.context, [state = state_, tls = std::move(*tls)] { state->tls = tls; });
  return {};
}

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
    if (state->tls) return;  // theirs is plain HTTP, which a page served over TLS may not show
    for (const std::string& console : consoles)
      for (const std::string& origin : frame_origins_of(console))
        state->frame_origins += ' ' + origin;
  });
}

HttpCounters HttpServer::counters() const {
  const auto& counters = state_->counters;
  return {.connections = counters.connections,
          .refused = counters.refused,
          .displaced = counters.displaced,
          .requests = counters.requests,
          .rejected = counters.rejected,
          .streams_open = counters.streams_open,
          .messages_sent = counters.messages_sent};
}

}  // namespace liptako::io
