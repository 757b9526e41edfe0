#include "io/inbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace liptako::io {
namespace {

// Room for events beyond that for datagrams.
constexpr std::size_t kEventBytes = 256u << 10;
constexpr std::size_t kEventItems = 4096;
constexpr std::size_t kMaxEventText = 512;

}  // namespace

Inbox::Inbox(base::Clock& clock) : Inbox(clock, Options()) {}
Inbox::Inbox(base::Clock& clock, const Options& options) : clock_(clock), options_(options) {}

bool Inbox::fits(base::SourceId source, std::size_t size) const {
  const std::size_t of_source =
      source.value < filling_.bytes_by_source.size() ? filling_.bytes_by_source[source.value] : 0;
  return filling_.slots.size() < options_.max_items &&
         filling_.datagram_bytes + size <= options_.max_bytes &&
         of_source + size <= options_.max_bytes_per_source;
}

void Inbox::append(ItemKind kind, base::SourceId source, base::ByteView bytes) {
  filling_.slots.push_back({.kind = kind,
                            .source = source,
                            .utc = clock_.utc_now(),
                            .monotonic = clock_.monotonic_now(),
                            .offset = filling_.bytes.size(),
                            .size = bytes.size()});
  filling_.bytes.insert(filling_.bytes.end(), bytes.begin(), bytes.end());
}

bool Inbox::push_datagram(base::SourceId source, base::ByteView bytes) {
  std::lock_guard lock(mutex_);
  if (!fits(source, bytes.size())) {
    add_lost(source, 1);
    return false;
  }
  if (source.value >= filling_.bytes_by_source.size())
    filling_.bytes_by_source.resize(source.value + 1u);
  filling_.bytes_by_source[source.value] += bytes.size();
  filling_.datagram_bytes += bytes.size();
  append(ItemKind::datagram, source, bytes);
  ready_.notify_one();
  return true;
}

bool Inbox::has_room(base::SourceId source, std::size_t size) const {
  std::lock_guard lock(mutex_);
  return fits(source, size);
}

void Inbox::push_event(base::SourceId source, std::string_view text) {
  text = text.substr(0, kMaxEventText);
  std::lock_guard lock(mutex_);
  if (filling_.events >= kEventItems || filling_.event_bytes + text.size() > kEventBytes) {
    add_lost(source, 1);
    return;
  }
  ++filling_.events;
  filling_.event_bytes += text.size();
  append(ItemKind::source_event,
         source,
         {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  ready_.notify_one();
}

void Inbox::count_lost(base::SourceId source, std::uint64_t datagrams) {
  std::lock_guard lock(mutex_);
  add_lost(source, datagrams);
  ready_.notify_one();
}

void Inbox::add_lost(base::SourceId source, std::uint64_t datagrams) {
  if (source.value >= lost_.size()) lost_.resize(source.value + 1u);
  lost_[source.value] += datagrams;
  any_lost_ = true;
}

bool Inbox::push_member_frame(base::ByteView bytes) {
  std::lock_guard lock(mutex_);
  if (filling_.frame_bytes + bytes.size() > options_.max_frame_bytes) return false;
  filling_.frame_bytes += bytes.size();
  append(ItemKind::member_frame, base::SourceId{0xFFFF}, bytes);
  ready_.notify_one();
  return true;
}

bool Inbox::push_command(Command& command) {
  std::lock_guard lock(mutex_);
  if (filling_.commands.size() >= options_.max_commands) return false;
  append(ItemKind::command, base::SourceId{0xFFFF}, {});
  filling_.slots.back().offset = filling_.commands.size();
  filling_.commands.push_back(std::move(command));
  ready_.notify_one();
  return true;
}

void Inbox::interrupt() {
  std::lock_guard lock(mutex_);
  interrupted_ = true;
  ready_.notify_one();
}

// What was dropped came after all that is in the buffer: the count belongs at its end.
void Inbox::append_overflows() {
  if (!any_lost_) return;
  any_lost_ = false;
  for (std::size_t i = 0; i < lost_.size(); ++i) {
    if (lost_[i] == 0) continue;
    const std::string text = fmt::format("overflow {}", std::exchange(lost_[i], 0));
    append(ItemKind::source_event,
           base::SourceId{static_cast<std::uint16_t>(i)},
           {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
}

std::span<const InboxItem> Inbox::pop(base::Duration timeout) {
  taken_.clear();
  {
    std::unique_lock lock(mutex_);
    ready_.wait_for(
        lock, timeout, [&] { return !filling_.slots.empty() || any_lost_ || interrupted_; });
    interrupted_ = false;
    append_overflows();
    std::swap(filling_, taken_);
  }
  items_.clear();
  for (const Slot& slot : taken_.slots) {
    const bool is_command = slot.kind == ItemKind::command;
    items_.push_back({.kind = slot.kind,
                      .source = slot.source,
                      .utc = slot.utc,
                      .monotonic = slot.monotonic,
                      .bytes = is_command
                                   ? base::ByteView()
                                   : base::ByteView(taken_.bytes).subspan(slot.offset, slot.size),
                      .command = is_command ? &taken_.commands[slot.offset] : nullptr});
  }
  return items_;
}

void Inbox::Buffer::clear() {
  slots.clear();
  bytes.clear();
  commands.clear();
  std::ranges::fill(bytes_by_source, 0u);
  datagram_bytes = 0;
  frame_bytes = 0;
  event_bytes = 0;
  events = 0;
}

}  // namespace liptako::io
