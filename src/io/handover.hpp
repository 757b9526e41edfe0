// Values that one thread hands to another, bounded by what they weigh: the giver waits while too
// much is under way, and can wait until all of it was dealt with.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace liptako::io {

template <class T>
class Handover {
 public:
  explicit Handover(std::size_t most) : most_(most) {}

  // The giver. False once it was closed; the value is dropped then.
  [[nodiscard]] bool push(T value, std::size_t weight) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || weight_ == 0 || weight_ + weight <= most_; });
    if (closed_) return false;
    waiting_.push_back(std::move(value));
    weight_ += weight;
    return true;
  }
  // The giver: until everything was taken and dealt with, or it was closed.
  void wait_until_done() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || (waiting_.empty() && !busy_); });
  }

  // The taker: all there is, in order. It says done() when it has dealt with it.
  [[nodiscard]] std::vector<T> take() {
    std::lock_guard lock(mutex_);
    busy_ = !waiting_.empty();
    taken_ = weight_;
    return std::exchange(waiting_, {});
  }
  void done() {
    std::lock_guard lock(mutex_);
    busy_ = false;
    weight_ -= std::exchange(taken_, 0);
    changed_.notify_all();
  }
  // Either: nothing is handed over any more, and nobody waits.
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> waiting_;
  std::size_t weight_ = 0;  // of what waits and of what was taken and is not done
  std::size_t taken_ = 0;
  bool busy_ = false;
  bool closed_ = false;
};

}  // namespace liptako::io
