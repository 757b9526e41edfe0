#include "io/udp_sender.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace liptako::io {

base::Result<UdpSender> UdpSender::open(const std::string& address, std::uint16_t port) {
  sockaddr_storage to{};
  socklen_t size = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&to);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&to);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    size = sizeof *v4;
  } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof *v6;
  } else {
    return base::bad_input(fmt::format("'{}' is not an IP address", address));
  }
  UdpSender sender(::socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (sender.socket_ < 0 ||
      connect(sender.socket_, reinterpret_cast<const sockaddr*>(&to), size) != 0) {
    return base::world_failed(fmt::format("{}:{}: {}", address, port, std::strerror(errno)));
  }
  return sender;
}

UdpSender::UdpSender(UdpSender&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

UdpSender& UdpSender::operator=(UdpSender&& other) noexcept {
  std::swap(socket_, other.socket_);
  return *this;
}

UdpSender::~UdpSender() {
  if (socket_ >= 0) ::close(socket_);
}

bool UdpSender::send(base::ByteView datagram) {
  return ::send(socket_, datagram.data(), datagram.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(datagram.size());
}

}  // namespace liptako::io
