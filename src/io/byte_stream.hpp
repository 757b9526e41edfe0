// One connection's bytes, in the clear or over TLS 1.3 [RFC 8446], behind one type: so that
// Boost.Beast's templates, which cost a minute and a gigabyte to compile, are instantiated once and
// not once for each kind. A call through a pointer per read and write is what it costs. For this
// folder's own use; everything runs on the io thread.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/asio.hpp"
#include "io/http_server.hpp"

namespace liptako::io {

class TlsContext;
[[nodiscard]] base::Result<std::shared_ptr<TlsContext>> make_tls_context(
    const TlsMaterial& material);

class ByteStream {
 public:
  using executor_type = asio::io_context::executor_type;
  using Done = std::function<void(error_code, std::size_t)>;

  ByteStream(asio::io_context& context, asio::ip::tcp::socket socket);
  // Over TLS, once it has shaken hands; `context` null: in the clear.
  ByteStream(asio::io_context& io,
             asio::ip::tcp::socket socket,
             const std::shared_ptr<TlsContext>& context);
  ByteStream(ByteStream&&) noexcept = default;
  ByteStream& operator=(ByteStream&&) noexcept = default;
  ~ByteStream();

  [[nodiscard]] executor_type get_executor() const;
  [[nodiscard]] bool is_tls() const;
  [[nodiscard]] asio::ip::tcp::socket& socket();
  // At once if it is in the clear.
  void handshake(std::function<void(error_code)> done);
  // The end of what is sent, as TLS says it.
  void shutdown(std::function<void(error_code)> done);

  // Closes the connection when it has passed; whatever is under way ends with an error.
  void expires_after(base::Duration duration);
  void expires_never();
  void close();

  // As a stream of Asio's: reads into the first buffer, writes what fits into one piece.
  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& whom, const Buffers& into) {
          asio::mutable_buffer first;
          for (auto it = asio::buffer_sequence_begin(into); it != asio::buffer_sequence_end(into);
               ++it) {
            first = *it;
            if (first.size() > 0) break;
          }
          read_some(first, erased(std::forward<decltype(whom)>(whom)));
        },
        handler,
        buffers);
  }
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& whom, const Buffers& from) {
          write_some(gathered(from), erased(std::forward<decltype(whom)>(whom)));
        },
        handler,
        buffers);
  }

  struct Impl;  // byte_stream.cpp

 private:
  // Up to this much is copied together: a frame's header and its payload leave as one.
  static constexpr std::size_t kGathered = 16u << 10;

  template <class Handler>
  static Done erased(Handler&& handler) {
    auto kept = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
    return [kept](error_code error, std::size_t size) { std::move (*kept)(error, size); };
  }
  template <class Buffers>
  asio::const_buffer gathered(const Buffers& buffers) {
    auto it = asio::buffer_sequence_begin(buffers);
    const auto end = asio::buffer_sequence_end(buffers);
    while (it != end && asio::const_buffer(*it).size() == 0) ++it;
    if (it == end) return {};
    const asio::const_buffer first = *it;
    if (first.size() >= kGathered || std::next(it) == end) return first;
    const asio::mutable_buffer piece = scratch();
    return {piece.data(), asio::buffer_copy(piece, buffers)};
  }
  [[nodiscard]] asio::mutable_buffer scratch();
  void read_some(asio::mutable_buffer into, Done done);
  void write_some(asio::const_buffer from, Done done);

  std::shared_ptr<Impl> impl_;
};

}  // namespace liptako::io
