// Real sockets on 127.0.0.1 with ports the kernel chooses. Nothing sleeps: each test waits on the
// inbox until what it expects is there, with a deadline far beyond what a loaded machine needs.
#include "io/sources.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "base/prng.hpp"
#include "io/clock.hpp"

namespace liptako::io {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::seconds kDeadline{30};
constexpr base::SourceId kSource{3};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Socket {
 public:
  explicit Socket(int type) : fd_(socket(AF_INET, type, 0)) {}
  explicit Socket(int type, int fd) : fd_(fd) { EXPECT_GE(type, 0); }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() { close(); }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void connect(std::uint16_t port) {
    const sockaddr_in to = loopback(port);
    ASSERT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0)
        << std::strerror(errno);
  }
  std::uint16_t listen() {
    sockaddr_in at = loopback(0);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    EXPECT_EQ(::listen(fd_, 8), 0);
    return port();
  }
  std::uint16_t port() const {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
  }
  Socket accept() { return Socket(SOCK_STREAM, ::accept(fd_, nullptr, nullptr)); }
  // False once the other end has closed.
  bool send(base::ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // True if the other end closes; bytes from it are ignored.
  bool sees_end() {
    std::array<char, 256> buffer;
    ssize_t size = 0;
    while ((size = recv(fd_, buffer.data(), buffer.size(), 0)) > 0) {
    }
    return size == 0 || errno == ECONNRESET;
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

base::Bytes block(std::uint8_t category, std::size_t length, std::uint8_t fill) {
  base::Bytes out(length, fill);
  out[0] = category;
  out[1] = static_cast<std::uint8_t>(length >> 8);
  out[2] = static_cast<std::uint8_t>(length);
  return out;
}

class SourcesTest : public testing::Test {
 protected:
  // Pops until `done`; false at the deadline.
  bool wait(const std::function<bool()>& done) {
    const auto deadline = SteadyClock::now() + kDeadline;
    while (!done()) {
      if (SteadyClock::now() > deadline) return false;
      for (const InboxItem& item : inbox_.pop(std::chrono::milliseconds(100))) {
        if (item.kind == ItemKind::datagram) {
          datagrams_.emplace_back(item.bytes.begin(), item.bytes.end());
        } else {
          events_.emplace_back(item.bytes.begin(), item.bytes.end());
        }
      }
    }
    return true;
  }
  bool wait_for_event(const std::string& beginning) {
    return wait([&] { return has_event(beginning); });
  }
  bool has_event(const std::string& beginning) const {
    return std::ranges::any_of(
        events_, [&](const std::string& event) { return event.starts_with(beginning); });
  }
  std::string events() const {
    std::string out;
    for (const std::string& event : events_) out += event + "\n";
    return out;
  }
  std::uint16_t open(SourceOptions options) {
    const auto opened = sources_.open(kSource, std::move(options));
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    EXPECT_TRUE(wait_for_event("opened ")) << events();
    return sources_.bound_port(kSource).value_or(0);
  }

  SystemClock clock_;
  Inbox inbox_{clock_};
  IoThread thread_;
  Sources sources_{thread_, inbox_};
  std::vector<base::Bytes> datagrams_;
  std::vector<std::string> events_;
};

TEST_F(SourcesTest, UdpDatagramsArriveWholeAndInOrder) {
  const std::uint16_t port = open(UdpOptions{});
  ASSERT_NE(port, 0);
  Socket sender(SOCK_DGRAM);
  sender.connect(port);
  for (std::uint8_t i = 0; i < 100; ++i) ASSERT_TRUE(sender.send(base::Bytes(1 + i * 13u, i)));
  const base::Bytes largest(65'507, 0xEE);
  ASSERT_TRUE(sender.send(largest));
  ASSERT_TRUE(wait([&] { return datagrams_.size() == 101; }));
  for (std::uint8_t i = 0; i < 100; ++i) EXPECT_EQ(datagrams_[i], base::Bytes(1 + i * 13u, i));
  EXPECT_EQ(datagrams_[100], largest);
}

TEST_F(SourcesTest, UdpPortInUseIsToldAndThenTaken) {
  Socket holder(SOCK_DGRAM);
  sockaddr_in at = loopback(0);
  ASSERT_EQ(bind(holder.fd(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
  UdpOptions options;
  options.port = holder.port();
  ASSERT_TRUE(sources_.open(kSource, options).has_value());
  ASSERT_TRUE(wait_for_event("failed to bind 127.0.0.1:")) << events();
  EXPECT_NE(events_[0].find("Address already in use; next try in 0.5 s"), std::string::npos)
      << events_[0];
  holder.close();
  EXPECT_TRUE(wait_for_event("opened listening on 127.0.0.1:")) << events();
}

TEST_F(SourcesTest, MulticastGroupIsJoinedOnTheInterfaceNamed) {
  for (const char* interface : {"lo", "127.0.0.1"}) {
    UdpOptions options;
    options.address = "239.255.77.1";
    options.interface = interface;
    events_.clear();
    const std::uint16_t port = open(options);
    Socket sender(SOCK_DGRAM);
    in_addr lo{htonl(INADDR_LOOPBACK)};
    ASSERT_EQ(setsockopt(sender.fd(), IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo), 0);
    sockaddr_in to = loopback(port);
    inet_pton(AF_INET, "239.255.77.1", &to.sin_addr);
    const std::string text = std::string("via ") + interface;
    datagrams_.clear();
    ASSERT_EQ(sendto(sender.fd(),
                     text.data(),
                     text.size(),
                     0,
                     reinterpret_cast<const sockaddr*>(&to),
                     sizeof to),
              static_cast<ssize_t>(text.size()))
        << std::strerror(errno);
    ASSERT_TRUE(wait([&] { return !datagrams_.empty(); }));
    EXPECT_EQ(std::string(datagrams_[0].begin(), datagrams_[0].end()), text);
    sources_.close(kSource);
  }
}

TEST_F(SourcesTest, MulticastOnAnInterfaceThatIsNotThereFailsWithItsReason) {
  UdpOptions options;
  options.address = "239.255.77.2";
  options.interface = "absent0";
  ASSERT_TRUE(sources_.open(kSource, options).has_value());
  ASSERT_TRUE(wait_for_event("failed to join group 239.255.77.2:")) << events();
  EXPECT_NE(events_[0].find("No such device"), std::string::npos) << events_[0];
}

TEST_F(SourcesTest, LossesInTheKernelAreCounted) {
  UdpOptions options;
  options.receive_buffer_bytes = 4096;
  const std::uint16_t port = open(options);
  Socket sender(SOCK_DGRAM);
  sender.connect(port);
  // Sent faster than any reader keeps up with 4 KiB; one more at the end of each round tells what
  // was lost before it.
  const auto has_overflow = [&] { return has_event("overflow "); };
  const auto deadline = SteadyClock::now() + kDeadline;
  while (!has_overflow() && SteadyClock::now() < deadline) {
    for (int i = 0; i < 2000; ++i) ASSERT_TRUE(sender.send(base::Bytes(1400, 1)));
    (void)wait([first = true]() mutable { return !std::exchange(first, false); });
  }
  EXPECT_TRUE(has_overflow());
}

TEST_F(SourcesTest, ClosedSourceIsSilent) {
  const std::uint16_t port = open(UdpOptions{});
  sources_.close(kSource);
  EXPECT_FALSE(sources_.bound_port(kSource).has_value());
  // The port is free again at once.
  Socket other(SOCK_DGRAM);
  sockaddr_in at = loopback(port);
  EXPECT_EQ(bind(other.fd(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0)
      << std::strerror(errno);
}

TEST_F(SourcesTest, TcpListenerFramesBlocksOfSeveralPeers) {
  const std::uint16_t port = open(TcpListenOptions{});
  Socket first(SOCK_STREAM);
  Socket second(SOCK_STREAM);
  first.connect(port);
  second.connect(port);
  const base::Bytes block_48 = block(48, 300, 1);
  const base::Bytes block_21 = block(21, 7, 2);
  ASSERT_TRUE(first.send(base::ByteView(block_48).first(200)));
  ASSERT_TRUE(second.send(block_21));
  ASSERT_TRUE(wait([&] { return datagrams_.size() == 1; })) << events();
  EXPECT_EQ(datagrams_[0], block_21);
  ASSERT_TRUE(first.send(base::ByteView(block_48).subspan(200)));
  ASSERT_TRUE(wait([&] { return datagrams_.size() == 2; }));
  EXPECT_EQ(datagrams_[1], block_48);
  // One that leaves in the middle of a block says so.
  ASSERT_TRUE(first.send(base::ByteView(block_48).first(99)));
  first.close();
  ASSERT_TRUE(wait([&] {
    return events().find("closed in the middle of a block, 99 bytes of it lost") !=
           std::string::npos;
  })) << events();
}

TEST_F(SourcesTest, TcpGarbageClosesThatPeerAndNoOther) {
  const std::uint16_t port = open(TcpListenOptions{});
  Socket good(SOCK_STREAM);
  Socket bad(SOCK_STREAM);
  good.connect(port);
  bad.connect(port);
  base::Bytes hostile = block(48, 40, 1);
  hostile.insert(hostile.end(), {48, 0, 2, 0xFF});
  ASSERT_TRUE(bad.send(hostile));
  ASSERT_TRUE(wait_for_event("rejected 127.0.0.1:")) << events();
  EXPECT_NE(events().find("category 48, block length 2 at byte 40"), std::string::npos) << events();
  EXPECT_TRUE(bad.sees_end());
  ASSERT_TRUE(good.send(block(48, 50, 3)));
  EXPECT_TRUE(wait([&] { return datagrams_.size() == 2; }));
}

TEST_F(SourcesTest, TcpListenerRefusesPeersBeyondItsLimit) {
  TcpListenOptions options;
  options.max_peers = 1;
  const std::uint16_t port = open(options);
  Socket first(SOCK_STREAM);
  first.connect(port);
  ASSERT_TRUE(wait_for_event("note 127.0.0.1:")) << events();
  Socket second(SOCK_STREAM);
  second.connect(port);
  EXPECT_TRUE(second.sees_end());
  ASSERT_TRUE(wait_for_event("rejected 127.0.0.1:")) << events();
  // When the first has gone there is room again.
  first.close();
  ASSERT_TRUE(wait([&] { return events().find(" closed") != std::string::npos; })) << events();
  Socket third(SOCK_STREAM);
  third.connect(port);
  ASSERT_TRUE(third.send(block(34, 11, 0)));
  EXPECT_TRUE(wait([&] { return datagrams_.size() == 1; })) << events();
}

TEST_F(SourcesTest, EventsThatAPeerProvokesAreRationed) {
  const std::uint16_t port = open(TcpListenOptions{});
  for (int i = 0; i < 200; ++i) {
    Socket peer(SOCK_STREAM);
    peer.connect(port);
    ASSERT_TRUE(peer.send(base::Bytes(8, 0)));
    EXPECT_TRUE(peer.sees_end());
  }
  sources_.close(kSource);
  (void)wait([first = true]() mutable { return !std::exchange(first, false); });
  // 400 happened; the burst, and about one a second while this ran.
  EXPECT_LT(events_.size(), 100u);
  EXPECT_GE(events_.size(), 20u);
}

TEST_F(SourcesTest, TcpClientConnectsAgainAfterTheServerCloses) {
  Socket server(SOCK_STREAM);
  TcpClientOptions options;
  options.address = "127.0.0.1";
  options.port = server.listen();
  ASSERT_TRUE(sources_.open(kSource, options).has_value());
  {
    Socket peer = server.accept();
    ASSERT_TRUE(peer.send(block(48, 30, 5)));
    ASSERT_TRUE(wait([&] { return datagrams_.size() == 1; }));
  }
  ASSERT_TRUE(wait_for_event("closed by 127.0.0.1:")) << events();
  Socket again = server.accept();
  ASSERT_TRUE(again.send(block(48, 31, 6)));
  ASSERT_TRUE(wait([&] { return datagrams_.size() == 2; }));
  EXPECT_EQ(datagrams_[1].size(), 31u);
}

TEST_F(SourcesTest, TcpClientTellsWhyItCannotConnectOnce) {
  TcpClientOptions options;
  options.address = "127.0.0.1";
  {
    Socket server(SOCK_STREAM);
    options.port = server.listen();
  }
  ASSERT_TRUE(sources_.open(kSource, options).has_value());
  ASSERT_TRUE(wait_for_event("failed to connect to 127.0.0.1:")) << events();
  EXPECT_NE(events_[0].find("Connection refused"), std::string::npos) << events_[0];
}

TEST_F(SourcesTest, TcpClientClosesAServerThatSendsGarbage) {
  Socket server(SOCK_STREAM);
  TcpClientOptions options;
  options.address = "127.0.0.1";
  options.port = server.listen();
  ASSERT_TRUE(sources_.open(kSource, options).has_value());
  Socket peer = server.accept();
  const std::string text = "HTTP/1.1 200 OK\r\n\r\n";
  base::Bytes garbage(text.begin(), text.end());
  garbage[1] = 0;  // "H", then a length of 'T'
  garbage.resize(84 + 10, 0);
  ASSERT_TRUE(peer.send(garbage));
  ASSERT_TRUE(wait_for_event("rejected 127.0.0.1:")) << events();
  EXPECT_TRUE(peer.sees_end());
}

class FullInboxTest : public SourcesTest {
 protected:
  FullInboxTest() { small_sources_.emplace(thread_, small_inbox_); }
  Inbox small_inbox_{clock_, {.max_bytes = 4000, .max_items = 10, .max_bytes_per_source = 4000}};
  std::optional<Sources> small_sources_;
};

TEST_F(FullInboxTest, AStreamWaitsInsteadOfLosingBlocks) {
  TcpListenOptions options;
  ASSERT_TRUE(small_sources_->open(kSource, options).has_value());
  const auto opened = small_inbox_.pop(kDeadline);
  ASSERT_EQ(opened.size(), 1u);
  Socket peer(SOCK_STREAM);
  peer.connect(small_sources_->bound_port(kSource).value_or(0));
  base::Bytes stream;
  constexpr std::size_t kBlocks = 500;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const base::Bytes one = block(48, 100, static_cast<std::uint8_t>(i));
    stream.insert(stream.end(), one.begin(), one.end());
  }
  ASSERT_TRUE(peer.send(stream));
  std::size_t arrived = 0;
  const auto deadline = SteadyClock::now() + kDeadline;
  while (arrived < kBlocks && SteadyClock::now() < deadline) {
    for (const InboxItem& item : small_inbox_.pop(std::chrono::milliseconds(100))) {
      const std::string text(item.bytes.begin(), item.bytes.end());
      if (item.kind == ItemKind::source_event) {
        ASSERT_FALSE(text.starts_with("overflow")) << text;
        continue;
      }
      ASSERT_EQ(item.bytes.back(), static_cast<std::uint8_t>(arrived++));
    }
  }
  EXPECT_EQ(arrived, kBlocks);
}

// A toy format: one byte of length, then two of time (big-endian, 1/128 s, 0xFFFF: none).
FileReader toy_reader() {
  return [at = std::size_t{0}](base::ByteView rest, bool more) mutable {
    EXPECT_TRUE(!more || rest.size() >= kFileWindow);
    FileStep step;
    if (rest.empty()) {
      step.passed_over = "all is read";
      return step;
    }
    if (rest.size() < 3 || rest[0] < 3 || rest[0] > rest.size()) {
      step.rejected = "no whole block at byte " + std::to_string(at);
      return step;
    }
    step.consumed = rest[0];
    step.payload = rest.first(rest[0]);
    const int time = rest[1] * 256 + rest[2];
    if (time != 0xFFFF) step.time = base::Timestamp(base::seconds(time / 128.0));
    at += step.consumed;
    return step;
  };
}

class FileSourceTest : public SourcesTest {
 protected:
  FileSourceTest()
      : path_(std::filesystem::path(testing::TempDir()) /
              ("liptako_file_source_" + std::to_string(getpid()))) {}
  ~FileSourceTest() override { std::filesystem::remove(path_); }
  FileOptions file(const base::Bytes& content, double speed) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    FileOptions options;
    options.path = path_;
    options.speed = speed;
    options.reader = toy_reader();
    return options;
  }
  static void add(base::Bytes& content, std::uint16_t time_of_day) {
    content.insert(content.end(),
                   {4,
                    static_cast<std::uint8_t>(time_of_day >> 8),
                    static_cast<std::uint8_t>(time_of_day),
                    9});
  }
  std::filesystem::path path_;
};

TEST_F(FileSourceTest, PlaysAllBlocksThenEnds) {
  base::Bytes content;
  for (std::uint16_t i = 0; i < 30'000; ++i) add(content, i);
  open(file(content, 0.0));
  ASSERT_TRUE(wait_for_event("ended after 30000 blocks")) << events();
  ASSERT_EQ(datagrams_.size(), 30'000u);
  for (std::uint16_t i = 0; i < 30'000; ++i)
    ASSERT_EQ(datagrams_[i][1] * 256 + datagrams_[i][2], i);
}

TEST_F(FileSourceTest, TakesAsLongAsTheRecordingDividedBySpeed) {
  base::Bytes content;
  // 4 s of recording, a block every 1/4 s; one that is out of order and one without time do not
  // change that.
  for (std::uint16_t i = 0; i <= 16; ++i) {
    add(content, static_cast<std::uint16_t>(1000 + 32 * i));
    if (i == 5) add(content, 1000);
    if (i == 6) add(content, 0xFFFF);
  }
  const auto start = SteadyClock::now();
  open(file(content, 20.0));
  ASSERT_TRUE(wait_for_event("ended after 19 blocks")) << events();
  EXPECT_GE(SteadyClock::now() - start, std::chrono::milliseconds(199));
}

TEST_F(FileSourceTest, DoesNotWaitForPausesBeyondTheLongest) {
  base::Bytes content;
  constexpr std::array<std::uint16_t, 6> kTimes = {100, 110, 60'000, 60'010, 5, 15};
  for (const std::uint16_t time : kTimes) add(content, time);
  FileOptions options = file(content, 1.0);
  options.longest_pause = std::chrono::seconds(10);
  const auto start = SteadyClock::now();
  open(options);
  ASSERT_TRUE(wait_for_event("ended after 6 blocks")) << events();
  // Three steps of 10/128 s, and none of the 468 s.
  EXPECT_GE(SteadyClock::now() - start, std::chrono::milliseconds(230));
  EXPECT_LT(SteadyClock::now() - start, kDeadline);
}

TEST_F(FileSourceTest, SaysWhereARecordingBreaksOff) {
  base::Bytes content;
  add(content, 1);
  add(content, 2);
  content.insert(content.end(), {200, 0, 0});
  open(file(content, 0.0));
  ASSERT_TRUE(wait_for_event("ended after 2 blocks")) << events();
  EXPECT_TRUE(has_event("rejected " + path_.string() + ": no whole block at byte 8")) << events();
  EXPECT_EQ(datagrams_.size(), 2u);
}

TEST_F(FileSourceTest, PlaysWhatIsPacked) {
  base::Bytes content;
  for (std::uint16_t i = 0; i < 300; ++i) add(content, i);
  FileOptions options = file(content, 0.0);
  const auto pack = [&](gzFile out) {
    EXPECT_EQ(gzwrite(out, content.data(), static_cast<unsigned>(content.size())),
              static_cast<int>(content.size()));
    EXPECT_EQ(gzclose(out), Z_OK);
  };
  pack(gzopen(path_.c_str(), "wb"));
  open(options);
  ASSERT_TRUE(wait_for_event("ended after 300 blocks")) << events();
  EXPECT_TRUE(has_event("note " + path_.string() + ": all is read")) << events();
  EXPECT_EQ(datagrams_.size(), 300u);

  // Cut, it is played as far as it goes, and the byte is named.
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 4);
  options.reader = toy_reader();
  datagrams_.clear();
  open(options);
  ASSERT_TRUE(wait_for_event("rejected " + path_.string() + ": breaks off at byte " +
                             std::to_string(std::filesystem::file_size(path_)) +
                             " of the gzip file"))
      << events();
}

TEST_F(FileSourceTest, MissingFileIsAFailureThatNamesIt) {
  FileOptions options;
  options.path = "/nonexistent/recording.ast";
  options.reader = toy_reader();
  ASSERT_TRUE(sources_.open(kSource, options).has_value());
  ASSERT_TRUE(
      wait_for_event("failed to open /nonexistent/recording.ast: No such file or directory"))
      << events();
}

TEST_F(FileSourceTest, WhatIsNoRegularFileIsAFailureAndHoldsUpNobody) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  FileOptions options;
  options.reader = toy_reader();
  for (const std::string& path : {path_.string(), path_.parent_path().string()}) {
    options.path = path;
    ASSERT_TRUE(sources_.open(kSource, options).has_value());
    const bool told = wait_for_event("failed to open " + path + ": not a regular file");
    // Before anything else: whoever waits for the pipe's other end goes on.
    const int end = ::open(path_.c_str(), O_RDWR | O_NONBLOCK);
    EXPECT_TRUE(told) << events();
    ::close(end);
    sources_.close(kSource);
  }
}

TEST_F(FileSourceTest, FullInboxMakesAFileWait) {
  Inbox small(clock_, {.max_items = 7});
  Sources sources(thread_, small);
  base::Bytes content;
  for (std::uint16_t i = 0; i < 300; ++i) add(content, i);
  ASSERT_TRUE(sources.open(kSource, file(content, 0.0)).has_value());
  std::size_t arrived = 0;
  std::string last;
  const auto deadline = SteadyClock::now() + kDeadline;
  while (!last.starts_with("ended") && SteadyClock::now() < deadline) {
    for (const InboxItem& item : small.pop(std::chrono::milliseconds(100))) {
      if (item.kind == ItemKind::datagram) {
        ++arrived;
      } else {
        last.assign(item.bytes.begin(), item.bytes.end());
      }
    }
  }
  EXPECT_EQ(last, "ended after 300 blocks");
  EXPECT_EQ(arrived, 300u);
}

TEST(SourceOptions, MistakesNameTheField) {
  const auto message = [](const SourceOptions& options) {
    const auto valid = validate(options);
    return valid ? std::string() : valid.error().message;
  };
  UdpOptions udp;
  EXPECT_EQ(message(udp), "");
  udp.address = "radar.example";
  EXPECT_EQ(message(udp), "address: 'radar.example' is not an IP address");
  TcpClientOptions client;
  client.address = "127.0.0.1";
  EXPECT_EQ(message(client), "port: 0 cannot be connected to");
  TcpListenOptions listen;
  listen.max_peers = 0;
  EXPECT_EQ(message(listen), "max_peers: must be positive");
  FileOptions file;
  EXPECT_EQ(message(file), "path: missing");
  file.path = "x";
  file.speed = -1;
  EXPECT_EQ(message(file), "speed: must be 0 or positive");
  file.speed = 1;
  EXPECT_EQ(message(file), "reader: missing");
}

}  // namespace
}  // namespace liptako::io
