#include "io/byte_stream.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <boost/asio/ssl.hpp>
#include <variant>
#include <vector>

namespace liptako::io {

namespace ssl = asio::ssl;
using asio::ip::tcp;

class TlsContext {
 public:
  ssl::context context{ssl::context::tls_server};
};

base::Result<std::shared_ptr<TlsContext>> make_tls_context(const TlsMaterial& material) {
  auto tls = std::make_shared<TlsContext>();
  ssl::context& context = tls->context;
  SSL_CTX* raw = context.native_handle();
  error_code error;
  (void)context.use_certificate_chain(asio::buffer(material.certificate_chain), error);
  if (error)
    return base::bad_input(fmt::format("certificate: {}: {}", material.name, error.message()));
  (void)context.use_private_key(
      asio::buffer(material.private_key.text()), ssl::context::file_format::pem, error);
  if (error) {
    return base::bad_input(
        fmt::format("key of the certificate: {}: {}", material.name, error.message()));
  }
  if (SSL_CTX_check_private_key(raw) != 1)
    return base::bad_input(fmt::format("{}: the key is not the certificate's", material.name));
  // Every browser and library that can show the console speaks 1.3, and it leaves no cipher to
  // choose wrongly.
  SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // No resumption and so no tickets: a stolen ticket key would open what was recorded, and a
  // handshake costs a millisecond. No early data, which could be replayed.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_max_early_data(raw, 0);
  if (SSL_CTX_set1_groups_list(raw, "X25519:P-256:P-384") != 1)
    return base::world_failed("TLS: the key exchange groups are not known here");
  return tls;
}

struct ByteStream::Impl : std::enable_shared_from_this<ByteStream::Impl> {
  using Tls = ssl::stream<tcp::socket>;

  Impl(asio::io_context& io, tcp::socket socket, std::shared_ptr<TlsContext> context)
      : executor(io.get_executor()), deadline(io), tls(std::move(context)) {
    if (tls) {
      stream.emplace<Tls>(std::move(socket), tls->context);
    } else {
      stream.emplace<tcp::socket>(std::move(socket));
    }
  }
  tcp::socket& socket() {
    if (Tls* over_tls = std::get_if<Tls>(&stream)) return over_tls->next_layer();
    return std::get<tcp::socket>(stream);
  }

  executor_type executor;
  asio::steady_timer deadline;
  std::shared_ptr<TlsContext> tls;
  std::variant<std::monostate, tcp::socket, Tls> stream;
  std::vector<char> scratch;
};

ByteStream::ByteStream(asio::io_context& context, tcp::socket socket)
    : ByteStream(context, std::move(socket), nullptr) {}
ByteStream::ByteStream(asio::io_context& io,
                       tcp::socket socket,
                       const std::shared_ptr<TlsContext>& context)
    : impl_(std::make_shared<Impl>(io, std::move(socket), context)) {}

ByteStream::~ByteStream() { close(); }

ByteStream::executor_type ByteStream::get_executor() const { return impl_->executor; }

bool ByteStream::is_tls() const { return impl_->tls != nullptr; }

tcp::socket& ByteStream::socket() { return impl_->socket(); }

void ByteStream::handshake(std::function<void(error_code)> done) {
  auto* tls = std::get_if<Impl::Tls>(&impl_->stream);
  if (tls == nullptr) return done({});
  tls->async_handshake(ssl::stream_base::server,
                       [impl = impl_, done = std::move(done)](error_code error) { done(error); });
}

void ByteStream::shutdown(std::function<void(error_code)> done) {
  if (auto* tls = std::get_if<Impl::Tls>(&impl_->stream)) {
    tls->async_shutdown([impl = impl_, done = std::move(done)](error_code error) { done(error); });
    return;
  }
  error_code error;
  (void)socket().shutdown(tcp::socket::shutdown_send, error);
  asio::post(impl_->executor, [done = std::move(done), error] { done(error); });
}

void ByteStream::expires_after(base::Duration duration) {
  impl_->deadline.expires_after(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(duration));
  impl_->deadline.async_wait([weak = std::weak_ptr(impl_)](error_code error) {
    const auto impl = weak.lock();
    error_code ignored;
    if (!error && impl) (void)impl->socket().close(ignored);
  });
}

void ByteStream::expires_never() { impl_->deadline.cancel(); }

void ByteStream::close() {
  if (!impl_) return;  // moved from
  impl_->deadline.cancel();
  error_code ignored;
  (void)impl_->socket().close(ignored);
}

asio::mutable_buffer ByteStream::scratch() {
  impl_->scratch.resize(kGathered);
  return asio::buffer(impl_->scratch);
}

// The operations keep the stream: its owner may let go of it before they end.
void ByteStream::read_some(asio::mutable_buffer into, Done done) {
  auto kept = [impl = impl_, done = std::move(done)](error_code error, std::size_t size) {
    done(error, size);
  };
  if (auto* tls = std::get_if<Impl::Tls>(&impl_->stream)) return tls->async_read_some(into, kept);
  std::get<tcp::socket>(impl_->stream).async_read_some(into, kept);
}

void ByteStream::write_some(asio::const_buffer from, Done done) {
  auto kept = [impl = impl_, done = std::move(done)](error_code error, std::size_t size) {
    done(error, size);
  };
  if (from.size() == 0) return asio::post(impl_->executor, [kept] { kept({}, 0); });
  if (auto* tls = std::get_if<Impl::Tls>(&impl_->stream)) return tls->async_write_some(from, kept);
  std::get<tcp::socket>(impl_->stream).async_write_some(from, kept);
}

}  // namespace liptako::io
