// TCP streams, cut into payloads: a client that connects and connects again, and a listener for
// several peers.
#include <fmt/format.h>

#include <map>

#include "io/source.hpp"

namespace liptako::io {
namespace {

using asio::ip::tcp;

constexpr std::chrono::seconds kConnectTimeout{10};

// So that the loss of a peer without a word is noticed in the end.
void keep_alive(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

class TcpClientSource final : public Source, public std::enable_shared_from_this<TcpClientSource> {
 public:
  TcpClientSource(SourceContext context, const TcpClientOptions& options)
      : context_(std::move(context)),
        endpoint_(asio::ip::make_address(options.address), options.port),
        cutter_(options.cutter),
        events_(context_),
        socket_(context_.context),
        timeout_(context_.context),
        retry_(context_.context) {}

  void start() override { connect(); }

  void stop() override {
    stopped_ = true;
    retry_.cancel();
    timeout_.cancel();
    error_code ignored;
    socket_.close(ignored);
    if (stream_) stream_->stop();
    stream_.reset();
  }

 private:
  void connect() {
    if (stopped_) return;
    socket_ = tcp::socket(context_.context);
    timeout_.expires_after(kConnectTimeout);
    timeout_.async_wait([self = shared_from_this()](error_code error) {
      error_code ignored;
      if (!error) self->socket_.close(ignored);
    });
    socket_.async_connect(endpoint_, [self = shared_from_this()](error_code error) {
      self->timeout_.cancel();
      if (self->stopped_) return;
      if (error == asio::error::operation_aborted) error = asio::error::timed_out;
      if (error) return self->fail(error.message());
      self->connected();
    });
  }

  void connected() {
    told_failure_.clear();
    keep_alive(socket_);
    events_.tell("opened connected to " + to_text(endpoint_));
    stream_ = std::make_shared<PayloadStream>(
        std::move(socket_), context_, cutter_, [this](const PayloadStream::End& end) {
          ended(end);
        });
    stream_->start();
  }

  // Only called while stream_ is alive and not stopped, which this object sees to.
  void ended(const PayloadStream::End& end) {
    // One good payload is a working peer: the next attempt comes soon. Otherwise back off further.
    if (stream_->payloads() > 0) retry_.succeeded();
    stream_.reset();
    if (!end.rejected.empty())
      events_.tell_rationed(fmt::format("rejected {}: {}", to_text(endpoint_), end.rejected));
    events_.tell(
        end.rejected.empty()
            ? fmt::format("closed by {}{}; next try in {}",
                          to_text(endpoint_),
                          end.reason,
                          to_text(retry_.next()))
            : fmt::format("closed towards {}, whose bytes cannot be framed; next try in {}",
                          to_text(endpoint_),
                          to_text(retry_.next())));
    retry_.after([self = shared_from_this()] { self->connect(); });
  }

  void fail(const std::string& what) {
    if (what != told_failure_) {
      events_.tell(fmt::format("failed to connect to {}: {}; next try in {}",
                               to_text(endpoint_),
                               what,
                               to_text(retry_.next())));
    }
    told_failure_ = what;
    retry_.after([self = shared_from_this()] { self->connect(); });
  }

  SourceContext context_;
  tcp::endpoint endpoint_;
  Cutter cutter_;
  EventSink events_;
  tcp::socket socket_;
  asio::steady_timer timeout_;
  Retry retry_;
  std::shared_ptr<PayloadStream> stream_;
  std::string told_failure_;
  bool stopped_ = false;
};

class TcpListenSource final : public Source, public std::enable_shared_from_this<TcpListenSource> {
 public:
  TcpListenSource(SourceContext context, const TcpListenOptions& options)
      : context_(std::move(context)),
        endpoint_(asio::ip::make_address(options.address), options.port),
        max_peers_(options.max_peers),
        cutter_(options.cutter),
        events_(context_),
        acceptor_(context_.context),
        retry_(context_.context) {}

  void start() override { open(); }

  void stop() override {
    stopped_ = true;
    retry_.cancel();
    error_code ignored;
    acceptor_.close(ignored);
    for (auto& [id, stream] : peers_) stream->stop();
    peers_.clear();
  }

 private:
  void open() {
    if (stopped_) return;
    error_code error;
    acceptor_.open(endpoint_.protocol(), error);
    // A restart must not wait for connections of the last run to time out.
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint_, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(fmt::format("to listen on {}: {}", to_text(endpoint_), error.message()));
    retry_.succeeded();
    told_failure_.clear();
    const tcp::endpoint local = acceptor_.local_endpoint(error);
    context_.bound(local.port());
    events_.tell("opened listening on " + to_text(local));
    accept();
  }

  void fail(const std::string& what) {
    error_code ignored;
    acceptor_.close(ignored);
    if (what != told_failure_)
      events_.tell(fmt::format("failed {}; next try in {}", what, to_text(retry_.next())));
    told_failure_ = what;
    retry_.after([self = shared_from_this()] { self->open(); });
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (self->stopped_) return;
      // A connection that was given up before it was accepted says nothing about the listener.
      if (error && error != asio::error::connection_aborted)
        return self->fail("to accept: " + error.message());
      if (!error) self->admit(std::move(socket));
      self->accept();
    });
  }

  void admit(tcp::socket socket) {
    error_code error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error) return;
    if (peers_.size() >= max_peers_) {
      events_.tell_rationed(
          fmt::format("rejected {}: {} peers are connected already", to_text(peer), peers_.size()));
      return;
    }
    keep_alive(socket);
    events_.tell_rationed(fmt::format("note {} connected", to_text(peer)));
    const std::uint64_t id = next_peer_++;
    const auto stream = std::make_shared<PayloadStream>(
        std::move(socket), context_, cutter_, [this, id, peer](const PayloadStream::End& end) {
          peers_.erase(id);
          events_.tell_rationed(end.rejected.empty()
                                    ? fmt::format("note {} closed{}", to_text(peer), end.reason)
                                    : fmt::format("rejected {}: {}", to_text(peer), end.rejected));
        });
    peers_.emplace(id, stream);
    stream->start();
  }

  SourceContext context_;
  tcp::endpoint endpoint_;
  std::size_t max_peers_;
  Cutter cutter_;
  EventSink events_;
  tcp::acceptor acceptor_;
  Retry retry_;
  std::map<std::uint64_t, std::shared_ptr<PayloadStream>> peers_;
  std::uint64_t next_peer_ = 0;
  std::string told_failure_;
  bool stopped_ = false;
};

}  // namespace

std::shared_ptr<Source> make_source(SourceContext context, const TcpClientOptions& options) {
  return std::make_shared<TcpClientSource>(std::move(context), options);
}

std::shared_ptr<Source> make_source(SourceContext context, const TcpListenOptions& options) {
  return std::make_shared<TcpListenSource>(std::move(context), options);
}

}  // namespace liptako::io
