// One thread for jobs that are asked for by strangers and cost time: hashing a password takes a
// tenth of a second and 64 MB. A bounded queue before it: who comes when it is full is sent away.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace liptako::io {

class WorkQueue {
 public:
  explicit WorkQueue(std::size_t max_waiting);
  // Finishes the job in hand; those that wait are dropped.
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // Any thread. False if too many wait: it will not be done.
  [[nodiscard]] bool push(std::function<void()> job);

 private:
  void loop();

  std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace liptako::io
