// UDP unicast and multicast [RFC 768, RFC 1112]. Reads with recvmsg rather than Asio's receive,
// because the kernel then also tells how many datagrams it dropped since the last one (SO_RXQ_OVFL,
// socket(7)): losses are counted, not guessed.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "io/source.hpp"

namespace liptako::io {
namespace {

using asio::ip::udp;

// Datagrams read before other sockets get their turn.
constexpr int kBatch = 256;

class UdpSource final : public Source, public std::enable_shared_from_this<UdpSource> {
 public:
  UdpSource(SourceContext context, UdpOptions options)
      : context_(std::move(context)),
        options_(std::move(options)),
        events_(context_),
        socket_(context_.context),
        retry_(context_.context) {}

  void start() override { open(); }

  void stop() override {
    stopped_ = true;
    retry_.cancel();
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void open() {
    if (stopped_) return;
    if (const std::string failure = try_open(); !failure.empty()) return fail(failure);
    retry_.succeeded();
    told_failure_.clear();
    kernel_lost_ = 0;
    context_.bound(port_);
    events_.tell("opened " + description_);
    wait();
  }

  void fail(const std::string& what) {
    error_code ignored;
    socket_.close(ignored);
    // The same failure again and again is one event.
    if (what != told_failure_)
      events_.tell(fmt::format("failed {}; next try in {}", what, to_text(retry_.next())));
    told_failure_ = what;
    retry_.after([self = shared_from_this()] { self->open(); });
  }

  // Empty, or what failed.
  std::string try_open() {
    error_code error;
    const asio::ip::address address = asio::ip::make_address(options_.address, error);
    const udp::endpoint endpoint(address, options_.port);
    const auto failed = [&](std::string_view what) {
      std::ostringstream where;
      where << endpoint;
      return fmt::format("to {} {}: {}", what, where.str(), error.message());
    };
    if (!error) socket_.open(endpoint.protocol(), error);
    // Several listeners of one group on one machine are usual. For unicast it would let a second
    // process take the datagrams of the first without a word.
    if (!error && address.is_multicast()) {
      socket_.set_option(udp::socket::reuse_address(true), error);
    }
    if (!error) socket_.non_blocking(true, error);
    if (error) return failed("open");
    socket_.bind(endpoint, error);
    if (error) return failed("bind");
    if (address.is_multicast() && !join(address, error)) return failed("join group");
    set_receive_buffer();
    const int on = 1;
    setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);

    const udp::endpoint local = socket_.local_endpoint(error);
    if (error) return failed("open");
    port_ = local.port();
    asio::socket_base::receive_buffer_size granted;
    socket_.get_option(granted, error);
    std::ostringstream where;
    where << local;
    // Linux reports twice the bytes it grants (socket(7)).
    description_ = fmt::format("listening on {}{}, receive buffer {} bytes",
                               where.str(),
                               address.is_multicast() ? " (multicast)" : "",
                               granted.value() / 2);
    return {};
  }

  void set_receive_buffer() {
    const int size = options_.receive_buffer_bytes;
    // The forced form may exceed net.core.rmem_max, for a process that is allowed to.
    if (setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0) {
      setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
  }

  bool join(const asio::ip::address& group, error_code& error) {
    const int socket = socket_.native_handle();
    int failed = 0;
    if (group.is_v4()) {
      ip_mreqn request{};
      request.imr_multiaddr.s_addr = htonl(group.to_v4().to_uint());
      // The interface is an address, or a name.
      if (!options_.interface.empty() &&
          inet_pton(AF_INET, options_.interface.c_str(), &request.imr_address) != 1) {
        request.imr_ifindex = static_cast<int>(if_nametoindex(options_.interface.c_str()));
        if (request.imr_ifindex == 0) failed = -1;
      }
      if (failed == 0)
        failed = setsockopt(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
      // Only what this socket joined, not what any process of the machine did (ip(7)).
      const int off = 0;
      if (failed == 0) failed = setsockopt(socket, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
    } else {
      ipv6_mreq request{};
      std::memcpy(&request.ipv6mr_multiaddr, group.to_v6().to_bytes().data(), 16);
      if (!options_.interface.empty()) {
        request.ipv6mr_interface = if_nametoindex(options_.interface.c_str());
        if (request.ipv6mr_interface == 0) failed = -1;
      }
      if (failed == 0)
        failed = setsockopt(socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request);
    }
    if (failed != 0) error = error_code(errno, boost::system::system_category());
    return failed == 0;
  }

  void wait() {
    socket_.async_wait(udp::socket::wait_read, [self = shared_from_this()](error_code error) {
      if (self->stopped_) return;
      if (error) return self->fail("to read: " + error.message());
      self->receive();
    });
  }

  void receive() {
    for (int i = 0; i < kBatch; ++i) {
      iovec bytes{buffer_.data(), buffer_.size()};
      alignas(cmsghdr) std::array<char, 64> control{};
      msghdr message{};
      message.msg_iov = &bytes;
      message.msg_iovlen = 1;
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      const ssize_t size = recvmsg(socket_.native_handle(), &message, MSG_DONTWAIT);
      if (size < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) break;
        return fail(fmt::format("to read: {}", std::strerror(errno)));
      }
      count_kernel_losses(message);
      context_.inbox.push_datagram(context_.id,
                                   base::ByteView(buffer_).first(static_cast<std::size_t>(size)));
    }
    wait();
  }

  void count_kernel_losses(msghdr& message) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SO_RXQ_OVFL) continue;
      std::uint32_t total = 0;
      std::memcpy(&total, CMSG_DATA(part), sizeof total);
      // The kernel's counter is 32 bits and wraps.
      if (total != kernel_lost_) context_.inbox.count_lost(context_.id, total - kernel_lost_);
      kernel_lost_ = total;
    }
  }

  SourceContext context_;
  UdpOptions options_;
  EventSink events_;
  udp::socket socket_;
  Retry retry_;
  std::array<std::uint8_t, 65'536> buffer_{};
  std::uint16_t port_ = 0;
  std::uint32_t kernel_lost_ = 0;
  std::string description_;
  std::string told_failure_;
  bool stopped_ = false;
};

}  // namespace

std::shared_ptr<Source> make_source(SourceContext context, UdpOptions options) {
  return std::make_shared<UdpSource>(std::move(context), std::move(options));
}

}  // namespace liptako::io
