// What the connections of one HttpServer share; for this folder's own use. The connections
// themselves are in http_session.cpp.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "io/asio.hpp"
#include "io/byte_stream.hpp"
#include "io/http_server.hpp"

namespace liptako::io {

// One connection, of whatever kind.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  virtual void close() = 0;
  // There may be something new to send.
  virtual void pump() {}
};

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
  void admit(asio::ip::tcp::socket socket);
  void pump_streams();
  void stop();

  // Of a connection that begins, is or is not somebody's, and ends.
  void enter(HttpConnection* connection, const std::string& address);
  void set_known(HttpConnection* connection, bool is_known);
  void leave(HttpConnection* connection);
  // For one more of this network; false if nobody can be sent away for it.
  [[nodiscard]] bool make_room(const std::string& network);

  IoThread::Impl& io;
  HttpOptions options;
  std::shared_ptr<TlsContext> tls;  // null: plain
  HttpHandlers handlers;
  // Blank before each; as a header wants them.
  std::string frame_origins;
  StaticFiles files;
  asio::ip::tcp::acceptor acceptor;
  asio::steady_timer accept_retry;
  std::uint16_t port = 0;
  bool stopped = false;
  // Connections enter on construction and leave on destruction, or when they are sent away.
  struct Place {
    std::string network;
    std::uint64_t order = 0;
    bool is_known = false;  // somebody is logged in on it
  };
  std::map<HttpConnection*, Place> connections;
  std::set<HttpConnection*> streams;
  std::map<std::string, std::size_t> by_network;
  std::uint64_t next_order = 0;
  std::atomic<bool> wake_is_posted = false;
  struct {
    std::atomic<std::uint64_t> connections = 0, refused = 0, displaced = 0, requests = 0,
                               rejected = 0, streams_open = 0, messages_sent = 0;
  } counters;
};

// http_session.cpp
void begin_connection(const std::shared_ptr<HttpServer::State>& state,
                      asio::ip::tcp::socket socket,
                      const std::string& address);

}  // namespace liptako::io
