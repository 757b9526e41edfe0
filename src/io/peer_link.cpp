#include "io/peer_link.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "io/clock.hpp"
#include "io/openssl_owned.hpp"

namespace liptako::io {

namespace {

using base::Duration;
using base::Result;

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kHandshakes = 8;  // at a time, of those that come to one that listens
constexpr std::size_t kChunk = 64u << 10;
// The kernel says that a machine is gone, should the owner not.
constexpr int kUserTimeoutMs = 15'000;

using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Freed<SSL_free>>;
using Key = OwnedKey;
using Certificate = OwnedCertificate;
using Bio = OwnedBio;

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) (void)::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_ = -1;
};

std::string words_of(int error) { return std::strerror(error); }

std::string tls_words() {
  std::array<char, 200> text{};
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  if (error == 0) return "the other side closed";
  ERR_error_string_n(error, text.data(), text.size());
  return text.data();
}

// No authority vouches for the certificate: it carries the key, and TLS proves the key.
Result<Certificate> certificate_of(EVP_PKEY* key) {
  constexpr long kDay = 24L * 60 * 60;
  constexpr long kYears = 36'500;
  Certificate certificate(X509_new());
  X509* x = certificate.get();
  const auto* name = reinterpret_cast<const unsigned char*>("liptako");
  const bool made = x != nullptr && X509_set_version(x, 2) == 1 &&
                    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
                    X509_gmtime_adj(X509_getm_notBefore(x), -kDay) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(x), kYears * kDay) != nullptr &&
                    X509_NAME_add_entry_by_txt(
                        X509_get_subject_name(x), "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
                    X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
                    X509_set_pubkey(x, key) == 1 && X509_sign(x, key, nullptr) > 0;
  if (!made) return base::world_failed("TLS: a certificate could not be made: " + tls_words());
  return certificate;
}

union Address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

struct Place {
  Address address{};
  socklen_t size = 0;
};

Result<Place> place_of(const std::string& address, std::uint16_t port) {
  Place place;
  if (inet_pton(AF_INET, address.c_str(), &place.address.v4.sin_addr) == 1) {
    place.address.v4.sin_family = AF_INET;
    place.address.v4.sin_port = htons(port);
    place.size = sizeof(sockaddr_in);
    return place;
  }
  if (inet_pton(AF_INET6, address.c_str(), &place.address.v6.sin6_addr) == 1) {
    place.address.v6.sin6_family = AF_INET6;
    place.address.v6.sin6_port = htons(port);
    place.size = sizeof(sockaddr_in6);
    return place;
  }
  return base::bad_input(fmt::format("{} is no IP address", address));
}

void tune(int fd) {
  const int on = 1;
  (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof kUserTimeoutMs);
}

}  // namespace

struct PeerLink::State {
  explicit State(const PeerLinkOptions& given) : options(given) {}

  // One that shakes hands, and then is the connection.
  struct Peer {
    Fd fd;
    Ssl ssl;
    Duration until{};
    short wants = POLLIN;
  };
  class Connection;

  Result<void> prepare();
  void loop();
  void listen_and_talk();
  void dial_and_talk();
  void talk_to(Peer peer);
  // Waits for one of `fds` or wake(); true if it was woken.
  bool wait(std::span<pollfd> fds, Duration limit);
  std::optional<Peer> begin(Fd fd, bool as_server);
  // Goes on with the handshake: 1 done, 0 not yet, -1 failed.
  int shake(Peer& peer);
  void fail(std::string why);
  void pause();
  static int check_key(X509_STORE_CTX* chain, void* state);

  PeerLinkOptions options;
  std::function<void(PeerConnection&)> talk;
  std::array<std::uint8_t, kKeySize> peer_key{};
  SystemClock clock;
  Context context;
  Fd listener;
  Fd waker;
  std::uint16_t port = 0;
  std::list<Peer> shaking;
  std::atomic<bool> ending = false;
  std::atomic<std::uint64_t> connections = 0;
  std::atomic<std::uint64_t> wrong_keys = 0;
  std::atomic<std::uint64_t> failures = 0;
  mutable std::mutex mutex;
  std::string trouble;  // guarded by mutex
  std::thread thread;
};

// Called in the handshake, before a byte of the other side's is believed.
int PeerLink::State::check_key(X509_STORE_CTX* chain, void* state) {
  auto* self = static_cast<State*>(state);
  X509* certificate = X509_STORE_CTX_get0_cert(chain);
  EVP_PKEY* key = certificate != nullptr ? X509_get0_pubkey(certificate) : nullptr;
  std::array<std::uint8_t, kKeySize> raw{};
  std::size_t size = raw.size();
  const bool is_peer = key != nullptr && EVP_PKEY_id(key) == EVP_PKEY_ED25519 &&
                       EVP_PKEY_get_raw_public_key(key, raw.data(), &size) == 1 &&
                       size == raw.size() && raw == self->peer_key;
  if (is_peer) return 1;
  ++self->wrong_keys;
  self->fail("the other machine has another key than [standby] peer names");
  X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

Result<void> PeerLink::State::prepare() {
  if (options.peer_key.size() != kKeySize) return base::bad_input("no key of the other machine");
  std::ranges::copy(options.peer_key, peer_key.begin());
  options.peer_key = {};
  const Bio bio(BIO_new_mem_buf(options.key_pem.data(), static_cast<int>(options.key_pem.size())));
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  OPENSSL_cleanse(options.key_pem.data(), options.key_pem.size());
  options.key_pem.clear();
  if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519)
    return base::bad_input("the key of the link is not an Ed25519 key");
  auto certificate = certificate_of(key.get());
  if (!certificate) return std::unexpected(certificate.error());
  context.reset(SSL_CTX_new(TLS_method()));
  SSL_CTX* raw = context.get();
  if (raw == nullptr || SSL_CTX_use_certificate(raw, certificate->get()) != 1 ||
      SSL_CTX_use_PrivateKey(raw, key.get()) != 1) {
    return base::world_failed("TLS: " + tls_words());
  }
  SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_max_early_data(raw, 0);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(raw, check_key, this);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  waker = Fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (waker.get() < 0) return base::world_failed("eventfd: " + words_of(errno));
  auto place = place_of(options.address, options.port);
  if (!place) return std::unexpected(place.error());
  if (!options.listens) return {};
  Fd fd(socket(place->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  (void)setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd.get(), &place->address.any, place->size) != 0 ||
      listen(fd.get(), static_cast<int>(kHandshakes)) != 0) {
    return base::world_failed(
        fmt::format("standby.listen: {}:{}: {}", options.address, options.port, words_of(errno)));
  }
  (void)getsockname(fd.get(), &place->address.any, &place->size);
  port = ntohs(place->address.any.sa_family == AF_INET ? place->address.v4.sin_port
                                                       : place->address.v6.sin6_port);
  listener = std::move(fd);
  return {};
}

void PeerLink::State::fail(std::string why) {
  std::lock_guard lock(mutex);
  trouble = std::move(why);
}

bool PeerLink::State::wait(std::span<pollfd> fds, Duration limit) {
  std::array<pollfd, kHandshakes + 2> all{};
  std::ranges::copy(fds, all.begin());
  all[fds.size()] = {.fd = waker.get(), .events = POLLIN, .revents = 0};
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  (void)poll(all.data(), fds.size() + 1, static_cast<int>(std::clamp<std::int64_t>(ms, 0, 60'000)));
  std::copy_n(all.begin(), fds.size(), fds.begin());
  std::uint64_t count = 0;
  return all[fds.size()].revents != 0 && ::read(waker.get(), &count, sizeof count) > 0;
}

void PeerLink::State::pause() {
  const Duration until = clock.monotonic_now() + options.dial_every;
  while (!ending && clock.monotonic_now() < until) (void)wait({}, until - clock.monotonic_now());
}

std::optional<PeerLink::State::Peer> PeerLink::State::begin(Fd fd, bool as_server) {
  tune(fd.get());
  Peer peer{std::move(fd), Ssl(SSL_new(context.get())), {}, POLLIN};
  if (!peer.ssl || SSL_set_fd(peer.ssl.get(), peer.fd.get()) != 1) return std::nullopt;
  if (as_server) {
    SSL_set_accept_state(peer.ssl.get());
  } else {
    SSL_set_connect_state(peer.ssl.get());
  }
  peer.until = clock.monotonic_now() + options.handshake_limit;
  return peer;
}

int PeerLink::State::shake(Peer& peer) {
  ERR_clear_error();
  const int result = SSL_do_handshake(peer.ssl.get());
  if (result == 1) return 1;
  const int error = SSL_get_error(peer.ssl.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    peer.wants = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    return 0;
  }
  ++failures;
  const std::string why = tls_words();
  std::lock_guard lock(mutex);
  if (trouble.empty()) trouble = "TLS: " + why;
  return -1;
}

class PeerLink::State::Connection final : public PeerConnection {
 public:
  Connection(State& state, Peer peer) : state_(state), peer_(std::move(peer)) {}
  ~Connection() override {
    if (sound_) (void)SSL_shutdown(peer_.ssl.get());
  }

  Result<base::ByteView> read(Duration wait) override {
    bool waited = false;
    while (true) {
      if (state_.ending) return base::world_failed("the link is being closed");
      ERR_clear_error();
      const int size = SSL_read(peer_.ssl.get(), buffer_.data(), static_cast<int>(buffer_.size()));
      if (size > 0) return base::ByteView(buffer_).first(static_cast<std::size_t>(size));
      const int error = SSL_get_error(peer_.ssl.get(), size);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return ended();
      if (waited) return base::ByteView();
      waited = true;
      pollfd fd{
          peer_.fd.get(), static_cast<short>(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
      if (state_.wait({&fd, 1}, wait)) return base::ByteView();
    }
  }

  Result<void> write(base::ByteView bytes) override {
    const Duration until = state_.clock.monotonic_now() + state_.options.write_limit;
    while (!bytes.empty()) {
      if (state_.ending) return base::world_failed("the link is being closed");
      const std::size_t piece = std::min(bytes.size(), kChunk);
      ERR_clear_error();
      const int size = SSL_write(peer_.ssl.get(), bytes.data(), static_cast<int>(piece));
      if (size > 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(size));
        continue;
      }
      const int error = SSL_get_error(peer_.ssl.get(), size);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        return std::unexpected(ended().error());
      const Duration left = until - state_.clock.monotonic_now();
      if (left <= Duration::zero()) {
        sound_ = false;
        return base::world_failed("the other machine takes nothing");
      }
      pollfd fd{
          peer_.fd.get(), static_cast<short>(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
      (void)state_.wait({&fd, 1}, left);
    }
    return {};
  }

 private:
  Result<base::ByteView> ended() {
    sound_ = false;
    std::string why = tls_words();
    state_.fail(why);
    return base::world_failed(std::move(why));
  }

  State& state_;
  Peer peer_;
  bool sound_ = true;
  base::Bytes buffer_ = base::Bytes(kChunk);
};

void PeerLink::State::talk_to(Peer peer) {
  ++connections;
  fail("");
  Connection connection(*this, std::move(peer));
  talk(connection);
}

void PeerLink::State::listen_and_talk() {
  std::vector<pollfd> fds{{.fd = listener.get(), .events = POLLIN, .revents = 0}};
  for (const Peer& peer : shaking)
    fds.push_back({.fd = peer.fd.get(), .events = peer.wants, .revents = 0});
  (void)wait(fds, std::chrono::milliseconds(500));
  for (std::size_t i = 0; i < kHandshakes; ++i) {
    Fd fd(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.get() < 0) {
      if (errno != EAGAIN && errno != ECONNABORTED) {
        fail("accept: " + words_of(errno));
        pause();  // of descriptors there are none left, say: the socket stays readable
      }
      break;
    }
    if (shaking.size() == kHandshakes) shaking.pop_front();
    if (auto peer = begin(std::move(fd), true)) shaking.push_back(std::move(*peer));
  }
  const Duration now = clock.monotonic_now();
  for (auto it = shaking.begin(); it != shaking.end();) {
    const int done = it->until < now ? -1 : shake(*it);
    if (done == 0) {
      ++it;
      continue;
    }
    Peer peer = std::move(*it);
    it = shaking.erase(it);
    if (done == 1) {
      shaking.clear();  // of strangers, or of connections of the same machine that it gave up
      return talk_to(std::move(peer));
    }
  }
}

void PeerLink::State::dial_and_talk() {
  const auto place = place_of(options.address, options.port);
  Fd fd(socket(place->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const Duration until = clock.monotonic_now() + options.handshake_limit;
  int error = connect(fd.get(), &place->address.any, place->size) == 0 ? 0 : errno;
  while (error == EINPROGRESS && !ending && clock.monotonic_now() < until) {
    pollfd waiting{fd.get(), POLLOUT, 0};
    (void)wait({&waiting, 1}, until - clock.monotonic_now());
    if (waiting.revents == 0) continue;
    socklen_t size = sizeof error;
    (void)getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error != 0) {
    ++failures;
    fail(fmt::format("{}:{}: {}",
                     options.address,
                     options.port,
                     error == EINPROGRESS ? "no answer" : words_of(error)));
    return pause();
  }
  fail("");
  auto peer = begin(std::move(fd), false);
  int done = peer ? 0 : -1;
  while (done == 0 && !ending && clock.monotonic_now() < peer->until) {
    done = shake(*peer);
    if (done != 0) break;
    pollfd waiting{peer->fd.get(), peer->wants, 0};
    (void)wait({&waiting, 1}, peer->until - clock.monotonic_now());
  }
  if (done == 1) talk_to(std::move(*peer));
  pause();
}

void PeerLink::State::loop() {
  // OpenSSL writes to sockets that the other side may have closed.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  (void)pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  while (!ending) {
    if (options.listens) {
      listen_and_talk();
    } else {
      dial_and_talk();
    }
  }
}

PeerLink::PeerLink(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<PeerLink>> PeerLink::start(const PeerLinkOptions& options,
                                                  std::function<void(PeerConnection&)> talk) {
  auto state = std::make_unique<State>(options);
  if (auto ready = state->prepare(); !ready) return std::unexpected(ready.error());
  state->talk = std::move(talk);
  std::unique_ptr<PeerLink> link(new PeerLink(std::move(state)));
  link->state_->thread = std::thread([s = link->state_.get()] { s->loop(); });
  return link;
}

PeerLink::~PeerLink() {
  state_->ending = true;
  wake();
  state_->thread.join();
}

std::uint16_t PeerLink::port() const { return state_->port; }

void PeerLink::wake() {
  const std::uint64_t one = 1;
  (void)!::write(state_->waker.get(), &one, sizeof one);
}

PeerLinkCounters PeerLink::counters() const {
  return {state_->connections, state_->wrong_keys, state_->failures};
}

std::string PeerLink::trouble() const {
  std::lock_guard lock(state_->mutex);
  return state_->trouble;
}

}  // namespace liptako::io
