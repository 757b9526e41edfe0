// The bounded queue between the threads that move bytes and the one thread that owns the core.
//
// Any thread pushes; each item is stamped and ordered under one lock, so that the order of stamps
// is the order of the record. When it is full the newest datagram is dropped and counted; the owner
// gets the count as a source event. After warm-up nothing is allocated per datagram: items lie in
// two buffers that are swapped on each pop.
//
// A source event is text: one of the words below, then, after a space, words for a person.
//   opened    the source can now be heard                  "opened listening on 127.0.0.1:8600"
//   closed    the other end closed; it will be tried again "closed by 127.0.0.1:8601; next try in 1
//   s" failed    it could not be opened, or broke             "failed to bind 127.0.0.1:80:
//   Permission denied; next try in 2 s" ended     a file was played to its end "ended after 20090
//   blocks" overflow  datagrams lost before the record, a count    "overflow 12" rejected  a stream
//   or file sent what cannot be framed  "rejected 127.0.0.1:4711: block length 2 at byte 96" note
//   something worth showing, without a change    "note 127.0.0.1:4711 connected"
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/seams.hpp"
#include "base/time.hpp"

namespace liptako::io {

// Something a person or program asked of the owner over HTTP. `reply` may be called once, from any
// thread.
struct Command {
  std::string name;
  std::string body;
  std::function<void(int status, std::string json)> reply;
};

enum class ItemKind : std::uint8_t { datagram, source_event, command, member_frame };

struct InboxItem {
  ItemKind kind = ItemKind::datagram;
  base::SourceId source;
  base::Timestamp utc;
  base::Duration monotonic{};
  base::ByteView bytes;        // datagram, frame, or the text of an event; empty for a command
  Command* command = nullptr;  // of ItemKind::command
};

class Inbox {
 public:
  struct Options {
    std::size_t max_bytes =
        16u << 20;  // of datagrams waiting; events have a small reserve of their own
    std::size_t max_items = 1u << 17;
    // No single source may hold more than this, so that one flood does not silence the others.
    std::size_t max_bytes_per_source = 12u << 20;
    std::size_t max_commands = 64;
    std::size_t max_frame_bytes = 8u << 20;  // of partners' frames waiting
  };

  explicit Inbox(base::Clock& clock);
  Inbox(base::Clock& clock, const Options& options);

  // Any thread. False if it was dropped, which is then already counted.
  bool push_datagram(base::SourceId source, base::ByteView bytes);
  // Any thread. What can wait (a file, a stream) asks first instead of losing bytes.
  [[nodiscard]] bool has_room(base::SourceId source, std::size_t size) const;
  // Any thread. Events are kept when datagrams no longer are; past their own reserve they count as
  // lost too.
  void push_event(base::SourceId source, std::string_view text);
  // Any thread. Datagrams known lost elsewhere (by the kernel): part of the next "overflow".
  void count_lost(base::SourceId source, std::uint64_t datagrams);
  // Any thread. A part of a partner's frame, as it came over the link. False if too many wait: it
  // is lost as on a bad link, and the next keyframe mends it.
  bool push_member_frame(base::ByteView bytes);
  // Any thread. False if too many wait; the command is untouched then.
  [[nodiscard]] bool push_command(Command& command);
  // Any thread. A pop that waits, or the next one, returns at once.
  void interrupt();

  // The owner thread only. Waits until there is something, or `timeout`; then gives everything that
  // waits, in order. The items, their bytes and commands are valid until the next pop.
  [[nodiscard]] std::span<const InboxItem> pop(base::Duration timeout);

 private:
  struct Slot {
    ItemKind kind;
    base::SourceId source;
    base::Timestamp utc;
    base::Duration monotonic;
    std::size_t offset;  // into bytes; of a command: its index
    std::size_t size;
  };
  struct Buffer {
    std::vector<Slot> slots;
    base::Bytes bytes;
    std::vector<Command> commands;
    std::vector<std::size_t> bytes_by_source;
    std::size_t datagram_bytes = 0;
    std::size_t frame_bytes = 0;
    std::size_t event_bytes = 0;
    std::size_t events = 0;

    void clear();
  };

  [[nodiscard]] bool fits(base::SourceId source, std::size_t size) const;
  void append(ItemKind kind, base::SourceId source, base::ByteView bytes);
  void add_lost(base::SourceId source, std::uint64_t datagrams);
  void append_overflows();

  base::Clock& clock_;
  Options options_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  Buffer filling_;  // guarded by mutex_
  std::vector<std::uint64_t> lost_;
  bool any_lost_ = false;
  bool interrupted_ = false;
  Buffer taken_;  // the owner's
  std::vector<InboxItem> items_;
};

}  // namespace liptako::io
