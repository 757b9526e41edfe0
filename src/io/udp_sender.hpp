// Sends datagrams to one address. For playing recordings into a node, and for tests.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace liptako::io {

class UdpSender {
 public:
  // `address` is an IPv4 or IPv6 address, no name.
  [[nodiscard]] static base::Result<UdpSender> open(const std::string& address, std::uint16_t port);
  UdpSender(UdpSender&& other) noexcept;
  UdpSender& operator=(UdpSender&& other) noexcept;
  UdpSender(const UdpSender&) = delete;
  UdpSender& operator=(const UdpSender&) = delete;
  ~UdpSender();

  // False if the datagram could not be handed to the network.
  bool send(base::ByteView datagram);

 private:
  explicit UdpSender(int socket) : socket_(socket) {}
  int socket_;
};

}  // namespace liptako::io
