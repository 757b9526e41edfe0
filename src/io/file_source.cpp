// A recording played into the inbox at the pace of its own times of day.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "io/source.hpp"

namespace liptako::io {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kWindow = 1u << 18;
constexpr std::size_t kLargestBlock = 65'535;
// Blocks pushed before other sources get their turn.
constexpr int kBatch = 512;
constexpr std::int32_t kUnitsPerSecond = 128;
constexpr std::int32_t kUnitsPerDay = 86'400 * kUnitsPerSecond;

class FileSource final : public Source, public std::enable_shared_from_this<FileSource> {
 public:
  FileSource(SourceContext context, FileOptions options)
      : context_(std::move(context)),
        options_(std::move(options)),
        events_(context_),
        timer_(context_.context) {}

  void start() override {
    file_.open(options_.path, std::ios::binary);
    if (!file_) {
      events_.tell(fmt::format("failed to open {}: {}", options_.path, std::strerror(errno)));
      return;
    }
    events_.tell("opened " + options_.path);
    play();
  }

  void stop() override {
    stopped_ = true;
    timer_.cancel();
    file_.close();
  }

 private:
  void play() {
    for (int i = 0; i < kBatch; ++i) {
      fill();
      const base::ByteView rest = base::ByteView(window_).subspan(at_);
      if (rest.empty()) return end();
      const std::optional<BlockInfo> block = options_.pacer(rest);
      if (!block || block->length == 0 || block->length > rest.size() ||
          block->length > kMaxPayload) {
        events_.tell(
            fmt::format("rejected {}: no whole block at byte {}", options_.path, consumed_ + at_));
        return end();
      }
      const SteadyTime now = std::chrono::steady_clock::now();
      if (!is_scheduled_) {
        schedule(block->time_of_day, now);
        is_scheduled_ = true;
      }
      if (due_ > now) return again_at(due_);
      if (!context_.inbox.has_room(context_.id, block->length)) return again_at(now + kRoomPoll);
      context_.inbox.push_datagram(context_.id, rest.first(block->length));
      at_ += block->length;
      is_scheduled_ = false;
      ++blocks_;
    }
    again_at(std::chrono::steady_clock::now());
  }

  // Keeps a whole block, or the rest of the file, in the window.
  void fill() {
    if (window_.size() - at_ >= kLargestBlock || file_.eof()) return;
    consumed_ += at_;
    window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    const std::size_t kept = window_.size();
    window_.resize(kept + kWindow);
    file_.read(reinterpret_cast<char*>(window_.data() + kept), kWindow);
    window_.resize(kept + static_cast<std::size_t>(file_.gcount()));
    if (file_.bad()) file_.setstate(std::ios::eofbit);
  }

  // When the block at hand is due. The recording's clock only runs forward: a block that is older
  // than one before it is due at once. A step beyond longest_pause, either way, is a jump in the
  // recording: play goes on from there.
  void schedule(std::optional<std::int32_t> time_of_day, SteadyTime now) {
    if (options_.speed == 0.0 || !time_of_day) return;
    if (!has_clock_) {
      has_clock_ = true;
      clock_ = *time_of_day;
      due_ = now;
      return;
    }
    std::int32_t step = (*time_of_day - clock_) % kUnitsPerDay;
    if (step > kUnitsPerDay / 2) step -= kUnitsPerDay;
    if (step < -kUnitsPerDay / 2) step += kUnitsPerDay;
    const double seconds = static_cast<double>(step) / kUnitsPerSecond;
    if (std::abs(seconds) > base::to_seconds(options_.longest_pause)) {
      clock_ = *time_of_day;
      due_ = now;
    } else if (step > 0) {
      clock_ = *time_of_day;
      due_ += base::seconds(seconds / options_.speed);
    }
  }

  void again_at(SteadyTime time) {
    timer_.expires_at(time);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && !self->stopped_) self->play();
    });
  }

  void end() {
    events_.tell(fmt::format("ended after {} blocks", blocks_));
    stop();
  }

  SourceContext context_;
  FileOptions options_;
  EventSink events_;
  asio::steady_timer timer_;
  std::ifstream file_;
  base::Bytes window_;
  std::size_t at_ = 0;
  std::uint64_t consumed_ = 0;  // bytes of the file before the window
  std::uint64_t blocks_ = 0;
  bool has_clock_ = false;
  std::int32_t clock_ = 0;  // the latest time of day played, 1/128 s
  SteadyTime due_{};
  bool is_scheduled_ = false;  // due_ already holds for the block at hand
  bool stopped_ = false;
};

}  // namespace

std::shared_ptr<Source> make_source(SourceContext context, FileOptions options) {
  return std::make_shared<FileSource>(std::move(context), std::move(options));
}

}  // namespace liptako::io
