// A recording played into the inbox at the pace of its own times.
#include <fmt/format.h>

#include "io/packed_file.hpp"
#include "io/source.hpp"

namespace liptako::io {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// Read from the file, and unpacked, at once: a few milliseconds of the io thread.
constexpr std::size_t kReadAtOnce = std::size_t{1} << 18;
// Payloads pushed before other sources get their turn.
constexpr int kBatch = 512;

class FileSource final : public Source, public std::enable_shared_from_this<FileSource> {
 public:
  FileSource(SourceContext context, FileOptions options)
      : context_(std::move(context)),
        options_(std::move(options)),
        events_(context_),
        timer_(context_.context) {}

  void start() override {
    // What made the io thread wait would hold up every other source.
    auto file = PackedFile::open(options_.path, {.regular_only = true});
    if (!file) {
      events_.tell("failed to open " + file.error().message);
      return;
    }
    file_ = std::move(*file);
    events_.tell("opened " + options_.path);
    play();
  }

  void stop() override {
    stopped_ = true;
    timer_.cancel();
    file_.reset();
  }

 private:
  void play() {
    for (int i = 0; i < kBatch; ++i) {
      if (!waiting_ && !next()) return end();
      if (!waiting_) continue;
      const SteadyTime now = std::chrono::steady_clock::now();
      if (due_ > now) return again_at(due_);
      if (!context_.inbox.has_room(context_.id, waiting_->size())) return again_at(now + kRoomPoll);
      context_.inbox.push_datagram(context_.id, *waiting_);
      waiting_.reset();
      ++payloads_;
    }
    again_at(std::chrono::steady_clock::now());
  }

  // One step of the reader; false at the end.
  bool next() {
    fill();
    FileStep step = options_.reader(base::ByteView(window_).subspan(at_), file_.has_value());
    at_ += step.consumed;
    if (step.payload && step.payload->size() > kMaxPayload) {
      ++too_long_;
      step.payload.reset();
    }
    if (step.payload) {
      waiting_ = step.payload;
      schedule(step.time, std::chrono::steady_clock::now());
    }
    if (step.consumed > 0) return true;
    if (!step.rejected.empty()) reject(step.rejected);
    if (!step.passed_over.empty()) events_.tell("note " + options_.path + ": " + step.passed_over);
    return false;
  }

  // Keeps as much in the window as the reader must see, or the rest of the file.
  void fill() {
    while (file_ && window_.size() - at_ < kFileWindow) {
      window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(at_));
      at_ = 0;
      const std::size_t kept = window_.size();
      window_.resize(kept + kReadAtOnce);
      const auto count = file_->read(std::span(window_).subspan(kept));
      window_.resize(kept + count.value_or(0));
      if (!count) trouble_ = count.error().message;
      if (count.value_or(0) == 0) file_.reset();
    }
  }

  // When the payload at hand is due. The recording's clock only runs forward: a payload that is
  // older than one before it is due at once. A step beyond longest_pause, either way, is a jump in
  // the recording: play goes on from there.
  void schedule(std::optional<base::Timestamp> time, SteadyTime now) {
    if (options_.speed == 0.0 || !time) return;
    if (!clock_) {
      clock_ = time;
      due_ = now;
      return;
    }
    const base::Duration step = *time - *clock_;
    if (step > options_.longest_pause || step < -options_.longest_pause) {
      clock_ = time;
      due_ = now;
    } else if (step > base::Duration::zero()) {
      clock_ = time;
      due_ += base::seconds(base::to_seconds(step) / options_.speed);
    }
  }

  void again_at(SteadyTime time) {
    timer_.expires_at(time);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && !self->stopped_) self->play();
    });
  }

  void reject(const std::string& what) { events_.tell("rejected " + options_.path + ": " + what); }

  void end() {
    if (too_long_ > 0) {
      reject(fmt::format("{} payloads of more than {} bytes", too_long_, kMaxPayload));
    }
    // The message names the file itself.
    if (!trouble_.empty()) events_.tell("rejected " + trouble_);
    events_.tell(fmt::format("ended after {} blocks", payloads_));
    stop();
  }

  SourceContext context_;
  FileOptions options_;
  EventSink events_;
  asio::steady_timer timer_;
  std::optional<PackedFile> file_;  // while there is more to read
  std::string trouble_;             // why there is not
  base::Bytes window_;
  std::size_t at_ = 0;
  std::optional<base::ByteView> waiting_;  // the payload at hand, until it is pushed
  std::uint64_t payloads_ = 0;
  std::uint64_t too_long_ = 0;
  std::optional<base::Timestamp> clock_;  // the latest time played
  SteadyTime due_{};
  bool stopped_ = false;
};

}  // namespace

std::shared_ptr<Source> make_source(SourceContext context, FileOptions options) {
  return std::make_shared<FileSource>(std::move(context), std::move(options));
}

}  // namespace liptako::io
