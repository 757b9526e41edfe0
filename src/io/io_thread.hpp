// The one thread that waits on sockets and timers. Sources and HttpServer run on it and must be
// destroyed before it.
#pragma once

#include <functional>
#include <memory>

#include "base/time.hpp"

namespace liptako::io {

class IoThread {
 public:
  IoThread();
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Used so far.
  [[nodiscard]] base::Duration cpu_time() const;
  // Any thread: the io thread does it, soon, or never if it ends first.
  void post(std::function<void()> job);

  struct Impl;  // asio.hpp, for this folder's own use
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace liptako::io
