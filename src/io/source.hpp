// What the kinds of sources share: this folder's own header, behind sources.hpp. Everything here
// runs on the io thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "io/asio.hpp"
#include "io/inbox.hpp"
#include "io/sources.hpp"
#include "io/stream_framer.hpp"

namespace liptako::io {

class Source {
 public:
  virtual ~Source() = default;
  virtual void start() = 0;
  // Closes what is open; nothing is pushed after.
  virtual void stop() = 0;
};

// What a source is given to work with.
struct SourceContext {
  asio::io_context& context;
  Inbox& inbox;
  base::SourceId id;
  std::function<void(std::uint16_t port)> bound;
};

// The other end decides how often notes and rejections happen, so they are rationed: a burst of
// `kBurst`, then one a second. What is left out is counted in the next one that is told.
class EventRation {
 public:
  static constexpr int kBurst = 20;
  // How many were left out before this one, or -1 if this one is to be left out.
  [[nodiscard]] int take(std::chrono::steady_clock::time_point now);

 private:
  std::chrono::steady_clock::time_point refilled_{};
  int allowance_ = kBurst;
  int left_out_ = 0;
};

// Events of one source, with rationing of those that its other end provokes.
class EventSink {
 public:
  explicit EventSink(const SourceContext& context) : inbox_(context.inbox), id_(context.id) {}
  void tell(std::string_view text) { inbox_.push_event(id_, text); }
  void tell_rationed(std::string text);

 private:
  Inbox& inbox_;
  base::SourceId id_;
  EventRation ration_;
};

// Waits between attempts: kMinRetry, doubled each time up to kMaxRetry.
class Retry {
 public:
  explicit Retry(asio::io_context& context) : timer_(context) {}
  // The wait that after() will take next.
  [[nodiscard]] base::Duration next() const { return next_; }
  void after(std::function<void()> attempt);
  void succeeded() { next_ = kMinRetry; }
  void cancel() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;
  base::Duration next_ = kMinRetry;
};

// One TCP connection, cut into payloads, into the inbox. While the inbox is full it does
// not read, so that the sender is slowed instead of bytes lost.
class PayloadStream : public std::enable_shared_from_this<PayloadStream> {
 public:
  // How it ended: `rejected` is why it could not be framed, empty otherwise; `reason` says what
  // happened, for a person.
  struct End {
    std::string rejected;
    std::string reason;
  };
  using OnEnd = std::function<void(const End&)>;

  PayloadStream(asio::ip::tcp::socket socket,
                const SourceContext& context,
                Cutter cutter,
                OnEnd on_end);
  void start() { read(); }
  // on_end is not called any more.
  void stop();
  [[nodiscard]] std::uint64_t payloads() const { return framer_.payloads(); }

 private:
  void read();
  void push_payloads();
  void finish(const End& end);

  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  Inbox& inbox_;
  base::SourceId id_;
  OnEnd on_end_;
  StreamFramer framer_;
  base::ByteView waiting_;  // a payload for which the inbox had no room yet
};

// How long to wait before asking a full inbox again.
inline constexpr std::chrono::milliseconds kRoomPoll{5};

[[nodiscard]] std::string to_text(const asio::ip::tcp::endpoint& endpoint);
[[nodiscard]] std::string to_text(base::Duration wait);  // "1 s", "0.5 s"

[[nodiscard]] std::shared_ptr<Source> make_source(SourceContext context, UdpOptions options);
[[nodiscard]] std::shared_ptr<Source> make_source(SourceContext context,
                                                  const TcpClientOptions& options);
[[nodiscard]] std::shared_ptr<Source> make_source(SourceContext context,
                                                  const TcpListenOptions& options);
[[nodiscard]] std::shared_ptr<Source> make_source(SourceContext context, FileOptions options);

}  // namespace liptako::io
