#include "io/io_thread.hpp"

#include "io/asio.hpp"
#include "io/cpu_time.hpp"

namespace liptako::io {

IoThread::IoThread() : impl_(std::make_unique<Impl>()) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->context.run(); });
}

IoThread::~IoThread() {
  impl_->work.reset();
  impl_->context.stop();
  impl_->thread.join();
}

void IoThread::post(std::function<void()> job) { asio::post(impl_->context, std::move(job)); }

base::Duration IoThread::cpu_time() const { return cpu_time_of(impl_->thread); }

}  // namespace liptako::io
