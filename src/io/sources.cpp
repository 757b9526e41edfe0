#include "io/sources.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <mutex>

#include "io/source.hpp"

namespace liptako::io {
namespace {

base::Result<void> check_address(std::string_view address) {
  error_code error;
  [[maybe_unused]] const auto parsed = asio::ip::make_address(address, error);
  if (error) return base::bad_input(fmt::format("address: '{}' is not an IP address", address));
  return {};
}

struct Validate {
  base::Result<void> operator()(const UdpOptions& options) const {
    if (options.receive_buffer_bytes <= 0)
      return base::bad_input("receive_buffer_bytes: must be positive");
    return check_address(options.address);
  }
  base::Result<void> operator()(const TcpClientOptions& options) const {
    if (options.port == 0) return base::bad_input("port: 0 cannot be connected to");
    if (!options.cutter) return base::bad_input("cutter: missing");
    return check_address(options.address);
  }
  base::Result<void> operator()(const TcpListenOptions& options) const {
    if (options.max_peers == 0) return base::bad_input("max_peers: must be positive");
    if (!options.cutter) return base::bad_input("cutter: missing");
    return check_address(options.address);
  }
  base::Result<void> operator()(const FileOptions& options) const {
    if (options.path.empty()) return base::bad_input("path: missing");
    if (!std::isfinite(options.speed) || options.speed < 0.0)
      return base::bad_input("speed: must be 0 or positive");
    if (options.speed > 0.0 && options.speed < 0.001)
      return base::bad_input("speed: must be 0 or at least 0.001");
    if (!options.reader) return base::bad_input("reader: missing");
    return {};
  }
};

}  // namespace

base::Result<void> validate(const SourceOptions& options) {
  return std::visit(Validate(), options);
}

struct Sources::State {
  IoThread::Impl& io;
  Inbox& inbox;
  std::map<base::SourceId, std::shared_ptr<Source>> sources;  // io thread only
  mutable std::mutex mutex;
  std::map<base::SourceId, std::uint16_t> ports;  // guarded by mutex

  // Io thread.
  void close(base::SourceId id) {
    const auto at = sources.find(id);
    if (at == sources.end()) return;
    at->second->stop();
    sources.erase(at);
    std::lock_guard lock(mutex);
    ports.erase(id);
  }

  void open(base::SourceId id, SourceOptions options) {
    close(id);
    SourceContext context{
        .context = io.context, .inbox = inbox, .id = id, .bound = [this, id](std::uint16_t port) {
          std::lock_guard lock(mutex);
          ports[id] = port;
        }};
    auto source = std::visit(
        [&](auto& chosen) { return make_source(std::move(context), std::move(chosen)); }, options);
    sources.emplace(id, source);
    source->start();
  }
};

Sources::Sources(IoThread& thread, Inbox& inbox)
    : state_(new State{
          .io = thread.impl(), .inbox = inbox, .sources = {}, .mutex = {}, .ports = {}}) {}

Sources::~Sources() {
  state_->io.run([this] {
    for (auto& [id, source] : state_->sources) source->stop();
    state_->sources.clear();
  });
}

base::Result<void> Sources::open(base::SourceId id, SourceOptions options) {
  if (auto valid = validate(options); !valid) return valid;
  state_->io.run([&] { state_->open(id, std::move(options)); });
  return {};
}

void Sources::close(base::SourceId id) {
  state_->io.run([&] { state_->close(id); });
}

std::optional<std::uint16_t> Sources::bound_port(base::SourceId id) const {
  std::lock_guard lock(state_->mutex);
  const auto at = state_->ports.find(id);
  return at == state_->ports.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace liptako::io
