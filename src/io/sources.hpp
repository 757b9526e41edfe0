// Where a node's bytes come from: UDP, TCP and files, on the io thread, into the inbox. Each
// opening, failure, close and end is a source event (inbox.hpp). What fails is tried again by
// itself, less and less often, up to every `kMaxRetry`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "io/inbox.hpp"
#include "io/io_thread.hpp"
#include "io/stream_framer.hpp"

namespace liptako::io {

inline constexpr base::Duration kMinRetry = std::chrono::milliseconds(500);
inline constexpr base::Duration kMaxRetry = std::chrono::seconds(30);

// Each datagram is one payload.
struct UdpOptions {
  // The address to bind, or a multicast group (then only datagrams to that group are heard).
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: a free one, told in the event "opened"
  // For multicast: name ("eth1") or address of the interface to join on; empty: the system's
  // choice.
  std::string interface;
  int receive_buffer_bytes = 4 << 20;  // asked for; the kernel may grant less (net.core.rmem_max)
};

// Streams, cut into payloads by their format: unless told otherwise, ASTERIX data blocks.
struct TcpClientOptions {
  std::string address;  // an IP address: names are resolved by whoever writes the configuration
  std::uint16_t port = 0;
  Cutter cutter = cut_data_block;
};
struct TcpListenOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::size_t max_peers = 8;
  Cutter cutter = cut_data_block;
};

// What a file's reader makes of the bytes at hand.
struct FileStep {
  // Bytes of `rest` that are done with; 0 only at the end, or where nothing more can be read.
  std::size_t consumed = 0;
  // One payload; valid until the next call.
  std::optional<base::ByteView> payload;
  // When it was recorded, by any clock that runs with the recording; absent: due at once.
  std::optional<base::Timestamp> time;
  // With the last step, for a person: what could not be read, and what was passed over.
  std::string rejected;
  std::string passed_over;
};
// Called on the io thread, from the file's beginning on, with the (unpacked) bytes that follow
// those already consumed; at the end once more with none. `more`: the file goes on beyond `rest`,
// which
// then holds at least kFileWindow bytes.
using FileReader = std::function<FileStep(base::ByteView rest, bool more)>;
inline constexpr std::size_t kFileWindow = std::size_t{1} << 19;

// Plain, xz or gzip. Payloads come at the pace of the recording's times, `speed` times as fast; 0:
// as fast as they are taken. A full inbox makes a file wait, never lose.
struct FileOptions {
  std::string path;
  double speed = 1.0;
  // A longer pause in the recording is not waited for.
  base::Duration longest_pause = std::chrono::seconds(60);
  FileReader reader;
};

using SourceOptions = std::variant<UdpOptions, TcpClientOptions, TcpListenOptions, FileOptions>;

// Names the field at fault.
[[nodiscard]] base::Result<void> validate(const SourceOptions& options);

class Sources {
 public:
  // Both must outlive this.
  Sources(IoThread& thread, Inbox& inbox);
  ~Sources();
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  // Any thread. Replaces a source of the same id. Fails only on options that do not validate;
  // everything later comes as source events.
  [[nodiscard]] base::Result<void> open(base::SourceId id, SourceOptions options);
  // Any thread. When it returns, nothing of this source is pushed any more.
  void close(base::SourceId id);
  // The address and port a UDP or listening source is bound to, once it is.
  [[nodiscard]] std::optional<std::uint16_t> bound_port(base::SourceId id) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace liptako::io
