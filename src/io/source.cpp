#include "io/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace liptako::io {

int EventRation::take(std::chrono::steady_clock::time_point now) {
  const auto refill = std::chrono::floor<std::chrono::seconds>(now - refilled_);
  if (refill.count() > 0) {
    allowance_ = static_cast<int>(std::min<std::int64_t>(kBurst, allowance_ + refill.count()));
    refilled_ += refill;
  }
  if (allowance_ == 0) {
    ++left_out_;
    return -1;
  }
  --allowance_;
  return std::exchange(left_out_, 0);
}

void EventSink::tell_rationed(std::string text) {
  const int left_out = ration_.take(std::chrono::steady_clock::now());
  if (left_out < 0) return;
  if (left_out > 0) text += fmt::format(" ({} events before this one left out)", left_out);
  tell(text);
}

void Retry::after(std::function<void()> attempt) {
  timer_.expires_after(next_);
  next_ = std::min(2 * next_, kMaxRetry);
  timer_.async_wait([attempt = std::move(attempt)](error_code error) {
    if (!error) attempt();
  });
}

PayloadStream::PayloadStream(asio::ip::tcp::socket socket,
                             const SourceContext& context,
                             Cutter cutter,
                             OnEnd on_end)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      inbox_(context.inbox),
      id_(context.id),
      on_end_(std::move(on_end)),
      framer_(std::move(cutter)) {}

void PayloadStream::stop() {
  on_end_ = nullptr;
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
}

void PayloadStream::finish(const End& end) {
  // stop() forgets the callback that is running: keep it alive.
  const OnEnd on_end = std::exchange(on_end_, nullptr);
  stop();
  if (on_end) on_end(end);
}

void PayloadStream::read() {
  const auto room = framer_.room();
  socket_.async_read_some(
      asio::buffer(room.data(), room.size()),
      [self = shared_from_this()](error_code error, std::size_t count) {
        if (!self->on_end_) return;
        if (error == asio::error::eof) {
          const std::size_t pending = self->framer_.pending();
          self->finish({{},
                        pending == 0 ? ""
                                     : fmt::format(" in the middle of a block, {} bytes of it lost",
                                                   pending)});
        } else if (error) {
          self->finish({{}, fmt::format(" ({})", error.message())});
        } else {
          self->framer_.commit(count);
          self->push_payloads();
        }
      });
}

void PayloadStream::push_payloads() {
  while (true) {
    if (waiting_.empty()) {
      const auto payload = framer_.next();
      if (!payload) return finish({payload.error().message, ""});
      if (!payload->has_value()) return read();
      waiting_ = **payload;
    }
    if (!inbox_.has_room(id_, waiting_.size())) {
      timer_.expires_after(kRoomPoll);
      timer_.async_wait([self = shared_from_this()](error_code error) {
        if (!error && self->on_end_) self->push_payloads();
      });
      return;
    }
    inbox_.push_datagram(id_, waiting_);
    waiting_ = {};
  }
}

std::string to_text(const asio::ip::tcp::endpoint& endpoint) {
  std::ostringstream out;
  out << endpoint;
  return out.str();
}

std::string to_text(base::Duration wait) { return fmt::format("{:g} s", base::to_seconds(wait)); }

}  // namespace liptako::io
