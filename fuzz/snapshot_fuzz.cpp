// Hostile bytes as a core's snapshot: either any bytes, or a sound snapshot with some of its bytes
// changed. What does not load is refused; what loads must serve: it takes entries, shows finite
// views, and saves to bytes that load to the same state.
#include <string_view>

#include "hostile.hpp"
#include "node/core.hpp"

namespace {

using namespace liptako;

constexpr const char* kBuild = "build";

void apply(node::Core& core,
           record::EntryKind kind,
           base::Timestamp utc,
           base::ByteView payload = {},
           std::uint16_t source = 0) {
  std::vector<track::TrackEvent> events;
  record::EntryView entry;
  entry.kind = kind;
  entry.source = base::SourceId{source};
  entry.utc = utc;
  entry.payload = payload;
  core.apply(entry, events);
}

void configure(node::Core& core, base::Timestamp utc, std::string_view text) {
  apply(core,
        record::EntryKind::configuration,
        utc,
        {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// Radars and ADS-B have seen a few aircraft; one was dropped and is remembered.
base::Bytes sound_snapshot() {
  node::Core core(kBuild);
  configure(core, fuzzing::kMorning, fuzzing::kConfiguration);
  base::Bytes choices(64);
  base::Bytes datagram;
  for (int i = 0; i < 120; ++i) {
    const base::Timestamp t = fuzzing::kMorning + std::chrono::seconds(60 + i / 4);
    for (std::size_t k = 0; k < choices.size(); ++k)
      choices[k] = static_cast<std::uint8_t>(k < 2 ? i % 4 + 0x30 * (k == 0) : 1);
    fuzzing::Choices some(choices);
    datagram.clear();
    fuzzing::append_datagram(some, t, datagram);
    apply(core, record::EntryKind::datagram, t, datagram, static_cast<std::uint16_t>(i % 2));
    if (i % 8 == 0) apply(core, record::EntryKind::tick, t);
    if (i == 60) apply(core, record::EntryKind::tick, t + std::chrono::minutes(2));
  }
  base::Bytes out;
  core.save(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const base::Bytes sound = sound_snapshot();
  fuzzing::Choices choices({data, size});
  base::Bytes bytes;
  if (choices.any<std::uint8_t>() % 8 == 0) {
    const base::ByteView raw = choices.take(choices.remaining());
    bytes.assign(raw.begin(), raw.end());
  } else {
    bytes = sound;
    while (!choices.empty()) {
      const std::size_t at = choices.any<std::uint16_t>() % bytes.size();
      const base::ByteView patch = choices.take(choices.any<std::uint8_t>() % 9);
      for (std::size_t i = 0; i < patch.size() && at + i < bytes.size(); ++i)
        bytes[at + i] = patch[i];
    }
  }
  auto core = node::Core::load(kBuild, bytes);
  if (!core) return 0;

  base::Bytes first;
  core->save(first);
  const auto again = node::Core::load(kBuild, first);
  CHECK(again.has_value());
  base::Bytes second;
  again->save(second);
  CHECK(first == second);

  fuzzing::check_views(core->tracker(), core->time());
  const base::Timestamp times[] = {core->time(), fuzzing::kMorning + std::chrono::minutes(4)};
  for (const base::Timestamp t : times) {
    base::Bytes datagram;
    const std::uint8_t plain[16] = {0x30, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    fuzzing::Choices some(plain);
    fuzzing::append_datagram(some, t, datagram);
    apply(*core, record::EntryKind::datagram, t, datagram, 0);
    apply(*core, record::EntryKind::datagram, t, datagram, 1);
    apply(*core, record::EntryKind::tick, t + std::chrono::seconds(1));
  }
  configure(*core, core->time(), fuzzing::kOtherConfiguration);
  apply(*core, record::EntryKind::tick, core->time() + std::chrono::seconds(10));
  fuzzing::check_views(core->tracker(), core->time());
  (void)core->hash();
  return 0;
}
