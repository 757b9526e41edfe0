#include "codec/asterix/edition.hpp"

#include <cmath>

#include "codec/asterix/cat021_ed023_report.hpp"
#include "codec/asterix/cat021_report.hpp"

namespace liptako::codec::asterix {
namespace {

constexpr std::uint8_t kAdsB = 21;
constexpr std::uint64_t kTold = 20;  // blocks of one kind to one of the other

bool is_time(const std::optional<TimeOfDay>& t) { return !t || t->ticks < TimeOfDay::kTicksPerDay; }
bool is_place(const std::optional<LatLon>& p) {
  return !p || std::fabs(p->latitude.degrees()) <= 90.0;
}

bool makes_sense(const Cat021Report& r) {
  const bool timed = r.position_time || r.velocity_time || r.position_received_time ||
                     r.velocity_received_time || r.transmission_time;
  constexpr std::uint8_t kLastAddressType = 3;
  return r.source && r.descriptor && r.aircraft_address && timed && is_time(r.position_time) &&
         is_time(r.velocity_time) && is_time(r.position_received_time) &&
         is_time(r.velocity_received_time) && is_time(r.transmission_time) &&
         is_place(r.position) && is_place(r.position_high_resolution) &&
         r.descriptor->address_type <= kLastAddressType;
}

bool makes_sense(const Cat021Ed023Report& r) {
  constexpr std::uint8_t kLastAddressType = 3;
  constexpr std::uint8_t kLastReporting = 2;
  return r.source && r.descriptor && r.aircraft_address && r.time_of_day &&
         is_time(r.time_of_day) && is_place(r.position) &&
         r.descriptor->address_type <= kLastAddressType &&
         r.descriptor->altitude_reporting <= kLastReporting;
}

bool makes_sense(const Record& record) {
  return is_cat021_ed023(record) ? makes_sense(to_cat021_ed023(record))
                                 : makes_sense(to_cat021(record));
}

bool fits(ByteView content, Editions editions) {
  const Category& category = *find_category(kAdsB, editions);
  while (!content.empty()) {
    const auto record = read_record(category, content, 0, 0);
    if (!record || !makes_sense(*record)) return false;
    content = content.subspan(record->info.bytes.size());
  }
  return true;
}

}  // namespace

std::optional<Editions> EditionEvidence::verdict() const {
  if (ed023 > kTold * later) return Editions{.cat021_ed023 = true};
  if (later > kTold * ed023) return Editions{};
  return std::nullopt;
}

EditionEvidence weigh_editions(ByteView data, std::uint64_t most) {
  EditionEvidence evidence;
  std::uint64_t weighed = 0;
  while (data.size() > kBlockHeader && weighed < most) {
    const std::size_t length = std::size_t{data[1]} << 8 | data[2];
    if (length <= kBlockHeader || length > data.size()) break;
    if (data[0] == kAdsB) {
      const ByteView content = data.subspan(kBlockHeader, length - kBlockHeader);
      const bool old = fits(content, {.cat021_ed023 = true});
      const bool later = fits(content, {});
      ++(old ? later ? evidence.both : evidence.ed023 : later ? evidence.later : evidence.neither);
      ++weighed;
    }
    data = data.subspan(length);
  }
  return evidence;
}

}  // namespace liptako::codec::asterix
