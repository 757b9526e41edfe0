#include "io/background.hpp"

#include <utility>

#include "base/check.hpp"

namespace liptako::io {

Background::Background() : thread_([this] { loop(); }) {}

Background::~Background() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Background::idle() const {
  std::lock_guard lock(mutex_);
  return !busy_;
}

void Background::run(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    CHECK(!busy_);
    job_ = std::move(job);
    busy_ = true;
  }
  changed_.notify_all();
}

void Background::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !busy_; });
}

void Background::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return job_ || ending_; });
    if (!job_) return;
    const std::function<void()> job = std::exchange(job_, nullptr);
    lock.unlock();
    job();
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace liptako::io
