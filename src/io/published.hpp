// One value that its owner replaces and others read: the newest immutable state, handed from the
// owner thread to the io thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace liptako::io {

template <class T>
class Published {
 public:
  void set(std::shared_ptr<const T> value) {
    std::lock_guard lock(mutex_);
    value_.swap(value);
  }
  // Null until the first set().
  [[nodiscard]] std::shared_ptr<const T> get() const {
    std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace liptako::io
