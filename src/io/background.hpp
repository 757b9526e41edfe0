// One thread for jobs that may take long: fsync, writing a snapshot. At most one job waits or runs;
// the owner asks idle() before it hands over the next, so nothing queues up behind a slow disk.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "io/cpu_time.hpp"

namespace liptako::io {

class Background {
 public:
  Background();
  // Finishes the job in hand.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] bool idle() const;
  // Requires idle().
  void run(std::function<void()> job);
  void wait_until_idle();
  // Used by its jobs so far.
  [[nodiscard]] base::Duration cpu_time() { return cpu_time_of(thread_); }

 private:
  void loop();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;
  bool busy_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace liptako::io
