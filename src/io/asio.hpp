// Boost.Asio as this folder uses it; included by its .cpp files only.
#pragma once

#define BOOST_ASIO_NO_DEPRECATED

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <thread>
#include <utility>

#include "io/io_thread.hpp"

namespace liptako::io {

namespace asio = boost::asio;
using boost::system::error_code;

struct IoThread::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread;

  // Runs `f` on the io thread and waits for it; at once if this is the io thread.
  template <class F>
  void run(F f) {
    std::promise<void> done;
    asio::dispatch(context, [&] {
      f();
      done.set_value();
    });
    done.get_future().wait();
  }
};

}  // namespace liptako::io
