// Hostile bytes where a record should be. Either the segments' files themselves, or a record
// written in good form of entries that no shell would write (any time, any payload, any order) and
// then damaged. Opening, reading and replaying end without harm; what is appended afterwards is
// read back; two replays agree.
#include <algorithm>
#include <string_view>

#include "hostile.hpp"
#include "node/node.hpp"
#include "record/cursor.hpp"
#include "record/format.hpp"
#include "record/writer.hpp"
#include "sim/sim_storage.hpp"

namespace {

using namespace liptako;

constexpr std::uint64_t kSalt = 7;

record::WriterOptions small_segments() {
  record::WriterOptions options;
  options.segment_limit = 4 << 10;
  options.buffer_limit = 4 << 10;
  options.salt = kSalt;
  return options;
}

void lay_files(fuzzing::Choices& choices, sim::SimStorage& storage) {
  const std::uint32_t first = choices.below(3);
  for (std::uint32_t number = first; number < first + 3 && !choices.empty(); ++number) {
    const base::ByteView bytes = choices.take(choices.any<std::uint16_t>());
    if (!bytes.empty()) {
      CHECK(storage.replace(record::segment_path(record::Stream::input, number), bytes));
    }
  }
}

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void write_entries(fuzzing::Choices& choices, sim::SimStorage& storage) {
  const std::uint32_t wounds = choices.below(5);
  struct Wound {
    std::uint16_t at;
    std::uint8_t mask;
  };
  std::vector<Wound> to_inflict;
  for (std::uint32_t i = 0; i < wounds; ++i)
    to_inflict.push_back({choices.any<std::uint16_t>(), choices.any<std::uint8_t>()});

  auto writer = record::Writer::open(storage, small_segments());
  CHECK(writer.has_value());
  base::Timestamp now = fuzzing::kMorning;
  base::Bytes payload;
  bool first = true;
  while (!choices.empty()) {
    record::EntryView entry;
    const auto what = choices.any<std::uint8_t>();
    const auto kind = first ? record::EntryKind::configuration
                            : static_cast<record::EntryKind>(
                                  what % static_cast<std::uint8_t>(record::kLastEntryKind) + 1);
    entry.kind = kind;
    entry.clock = what & 0x20 ? record::kClockUnknown : what & 0x1F;
    entry.source = base::SourceId{static_cast<std::uint16_t>(what >> 5 & 3)};
    now += (what & 0x80) ? std::chrono::milliseconds(choices.any<std::int32_t>())
                         : std::chrono::milliseconds(choices.any<std::uint8_t>() * 20);
    entry.utc = now;
    if (what == 0xFF) entry.utc = base::timestamp_from_ns(choices.any<std::int64_t>());
    payload.clear();
    const bool raw = (what & 0x1F) == 0x1F;
    if (raw) {
      const base::ByteView bytes = choices.take(choices.any<std::uint8_t>());
      payload.assign(bytes.begin(), bytes.end());
      entry.payload = payload;
    } else if (kind == record::EntryKind::configuration) {
      entry.payload =
          bytes_of(what & 0x40 ? fuzzing::kOtherConfiguration : fuzzing::kConfiguration);
    } else if (kind == record::EntryKind::datagram) {
      fuzzing::append_datagram(choices, entry.utc, payload);
      entry.payload = payload;
    } else if (kind == record::EntryKind::start) {
      node::encode_start({"build", "node", what & 0x40 ? "boot" : "other boot"}, payload);
      entry.payload = payload;
    } else if (kind == record::EntryKind::source_event) {
      constexpr std::string_view kWords[] = {
          "opened 127.0.0.1", "failed gone", "overflow 18446744073709551615", "rejected x"};
      entry.payload = bytes_of(kWords[what >> 6]);
    }
    CHECK(writer->append(entry).has_value());
    first = false;
  }
  CHECK(writer->flush().has_value());

  const auto names = storage.list(record::folder_of(record::Stream::input));
  CHECK(names.has_value());
  for (const Wound& w : to_inflict) {
    const std::string path = std::string(record::folder_of(record::Stream::input)) + "/" +
                             (*names)[w.at % names->size()];
    const auto size = storage.size(path);
    CHECK(size.has_value());
    if (*size > 0 && w.mask != 0) storage.corrupt(path, w.at * 7919u % *size, w.mask);
  }
}

void read_to_the_end(sim::SimStorage& storage, std::uint64_t from) {
  auto cursor = record::Cursor::open(storage, record::Stream::input, from);
  CHECK(cursor.has_value());
  std::uint64_t least = from;
  while (true) {
    const auto next = cursor->next();
    CHECK(next.has_value());
    if (!*next) break;
    CHECK((*next)->sequence >= least);
    least = (*next)->sequence;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzzing::Choices choices({data, size});
  sim::SimStorage storage(1);
  if (choices.any<std::uint8_t>() & 1) {
    lay_files(choices, storage);
  } else {
    write_entries(choices, storage);
  }
  read_to_the_end(storage, 0);
  read_to_the_end(storage, 5);
  const auto once = node::replay(storage, "build");
  CHECK(once.has_value());
  const auto twice = node::replay(storage, "build");
  CHECK(twice.has_value() && once->core.hash() == twice->core.hash());
  fuzzing::check_views(once->core.tracker(), once->core.time());

  auto writer = record::Writer::open(storage, small_segments());
  if (!writer) return 0;  // refuses to write where it could not tell what it would destroy
  record::EntryView mine;
  mine.kind = record::EntryKind::datagram;
  const std::uint8_t payload[] = {1, 2, 3};
  mine.payload = payload;
  const auto sequence = writer->append(mine);
  CHECK(sequence.has_value() && writer->flush().has_value());
  auto cursor = record::Cursor::open(storage, record::Stream::input, *sequence);
  CHECK(cursor.has_value());
  const auto found = cursor->next();
  CHECK(found.has_value() && found->has_value());
  CHECK((*found)->sequence == *sequence && std::ranges::equal((*found)->entry.payload, payload));
  return 0;
}
