#include "track/store.hpp"

#include "base/archive.hpp"
#include "base/check.hpp"
#include "base/math.hpp"
#include "track/doubt/doubt.hpp"
#include "track/stored.hpp"

namespace liptako::track {
namespace {

constexpr double kCellDegrees = 0.25;
constexpr std::int32_t kColumns = static_cast<std::int32_t>(360.0 / kCellDegrees);
constexpr int kCellBucketBits = 14;
constexpr std::uint64_t kNotIndexed = ~std::uint64_t{0};
constexpr std::uint32_t kMaxTracks = 4'000'000;

std::int32_t cell_index(double degrees) {
  return static_cast<std::int32_t>(std::floor(degrees / kCellDegrees));
}

// A track that a running tracker could have written.
bool is_usable(const TrackRecord& t) {
  if (t.call_sign.view().size() > 8 || t.mover > Mover::vehicle || !is_on_earth(t.frame.origin()))
    return false;
  if (!is_loadable(unpack(t.imm)) || !is_loadable(t.vertical) || !is_loadable(t.height_effect) ||
      !is_loadable(t.navigation)) {
    return false;
  }
  for (const base::Timestamp time :
       {t.time, t.first_plot_time, t.last_plot_time, t.existence_time}) {
    if (!base::is_reckonable(time)) return false;
  }
  if (!(t.odds >= 0.5 / kMaxOdds && t.odds <= 2.0 * kMaxOdds)) return false;
  if ((t.doubts >> kDoubts) != 0) return false;
  if (!(t.exchanged >= 0.0 && t.exchanged <= 1.0)) return false;
  if (t.seen_by_count > kMaxVisibilities) return false;
  if (static_cast<int>(t.motion.told) >= kAircraftClasses ||
      static_cast<int>(t.motion.used) >= kAircraftClasses) {
    return false;
  }
  for (const Visibility& seen : t.seen_by) {
    if (!(seen.covered >= 0.0 && seen.covered <= 1.0) || !base::is_reckonable(seen.last_hit) ||
        !base::is_reckonable(seen.accounted_until)) {
      return false;
    }
  }
  return true;
}

}  // namespace

template <class Archive>
void visit_fields(Archive& archive, Visibility& v) {
  archive(v.sensor, v.covered, v.last_hit, v.accounted_until);
}

template <class Archive>
void visit_fields(Archive& archive, TrackRecord& t) {
  geo::Geodetic origin = t.frame.origin();
  archive(
      t.number, t.status, t.home, t.time, t.first_plot_time, t.last_plot_time, t.existence_time);
  archive(origin.latitude, origin.longitude, origin.height);
  archive(t.imm,
          t.vertical,
          t.height_effect.d,
          t.navigation.per_sd,
          t.odds,
          t.hits,
          t.refusals,
          t.breaks,
          t.doubts);
  archive(t.icao_address,
          t.uas.hash,
          t.mode_3a,
          t.mode_3a_candidate,
          t.call_sign,
          t.mover,
          t.seen_by,
          t.seen_by_count,
          t.motion.told,
          t.motion.used,
          t.motion.cruises,
          t.group,
          t.exchanged,
          t.cell);
  t.frame = geo::TangentFrame(origin);
}

TrackStore::TrackStore()
    : by_address_(1024), cell_heads_(std::size_t{1} << kCellBucketBits, kNoSlot) {}

std::uint32_t TrackStore::allocate() {
  std::uint32_t slot;
  if (free_.empty()) {
    slot = slot_count();
    tracks_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
    tracks_[slot] = TrackRecord{};
  }
  tracks_[slot].active = true;
  tracks_[slot].cell = kNotIndexed;
  ++active_count_;
  return slot;
}

void TrackStore::release(std::uint32_t slot) {
  CHECK(tracks_[slot].active);
  unindex_address(slot);
  unindex_place(slot);
  tracks_[slot].active = false;
  free_.push_back(slot);
  --active_count_;
}

std::size_t TrackStore::address_hash(base::IcaoAddress address) const {
  return (address.bits() * 0x9E3779B1u >> 7) & (by_address_.size() - 1);
}

void TrackStore::grow_address_index() {
  std::vector<AddressEntry> old(by_address_.size() * 2);
  old.swap(by_address_);
  for (const AddressEntry& entry : old) {
    if (entry.slot == kNoSlot) continue;
    std::size_t i = address_hash(base::IcaoAddress(entry.address));
    while (by_address_[i].slot != kNoSlot) i = (i + 1) & (by_address_.size() - 1);
    by_address_[i] = entry;
  }
}

void TrackStore::index_address(std::uint32_t slot, base::IcaoAddress address) {
  unindex_address(slot);
  if (2 * (address_entries_ + 1) > by_address_.size()) grow_address_index();
  std::size_t i = address_hash(address);
  while (by_address_[i].slot != kNoSlot) i = (i + 1) & (by_address_.size() - 1);
  by_address_[i] = {address.bits(), slot};
  ++address_entries_;
  tracks_[slot].icao_address = address;
}

void TrackStore::unindex_address(std::uint32_t slot) {
  if (!tracks_[slot].icao_address) return;
  const std::size_t mask = by_address_.size() - 1;
  std::size_t hole = address_hash(*tracks_[slot].icao_address);
  while (by_address_[hole].slot != slot) {
    CHECK(by_address_[hole].slot != kNoSlot);
    hole = (hole + 1) & mask;
  }
  // Close the hole: move back every later entry of the run that may stand there [Knuth98, §6.4,
  // algorithm R].
  for (std::size_t i = (hole + 1) & mask; by_address_[i].slot != kNoSlot; i = (i + 1) & mask) {
    const std::size_t wants = address_hash(base::IcaoAddress(by_address_[i].address));
    if (((i - wants) & mask) >= ((i - hole) & mask)) {
      by_address_[hole] = by_address_[i];
      hole = i;
    }
  }
  by_address_[hole] = {};
  --address_entries_;
  tracks_[slot].icao_address.reset();
}

std::uint64_t TrackStore::cell_key(std::int32_t row, std::int32_t column) {
  const std::int32_t wrapped = ((column % kColumns) + kColumns) % kColumns;
  return static_cast<std::uint64_t>(row + 1000) << 32 | static_cast<std::uint32_t>(wrapped);
}

std::size_t TrackStore::cell_hash(std::uint64_t cell) {
  return (cell * 0x9E3779B97F4A7C15u) >> (64 - kCellBucketBits);
}

TrackStore::CellBox TrackStore::cells_around(base::Angle latitude,
                                             base::Angle longitude,
                                             base::Length radius) {
  const double reach_deg = radius.metres() / geo::kMeanRadiusM / base::kRadiansPerDegree;
  const double cos_lat = std::fmax(0.02, base::cos(latitude.radians()));
  const double lat = latitude.degrees();
  const double lon = longitude.degrees();
  const std::int32_t first = cell_index(lon - reach_deg / cos_lat);
  const std::int32_t last = cell_index(lon + reach_deg / cos_lat);
  return {cell_index(lat - reach_deg),
          cell_index(lat + reach_deg),
          first,
          std::min(kColumns, last - first + 1)};
}

void TrackStore::index_place(std::uint32_t slot, base::Angle latitude, base::Angle longitude) {
  const std::uint64_t cell =
      cell_key(cell_index(latitude.degrees()), cell_index(longitude.degrees()));
  TrackRecord& t = tracks_[slot];
  if (t.cell == cell) return;
  unindex_place(slot);
  std::uint32_t& head = cell_heads_[cell_hash(cell)];
  t.cell = cell;
  t.next_in_cell = head;
  t.previous_in_cell = kNoSlot;
  if (head != kNoSlot) tracks_[head].previous_in_cell = slot;
  head = slot;
}

void TrackStore::unindex_place(std::uint32_t slot) {
  TrackRecord& t = tracks_[slot];
  if (t.cell == kNotIndexed) return;
  if (t.previous_in_cell != kNoSlot) {
    tracks_[t.previous_in_cell].next_in_cell = t.next_in_cell;
  } else {
    cell_heads_[cell_hash(t.cell)] = t.next_in_cell;
  }
  if (t.next_in_cell != kNoSlot) tracks_[t.next_in_cell].previous_in_cell = t.previous_in_cell;
  t.cell = kNotIndexed;
}

void TrackStore::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(slot_count(), free_);
  for (const TrackRecord& t : tracks_) {
    if (t.active) saver(t);
  }
}

std::optional<TrackStore> TrackStore::load(base::ByteReader& in) {
  TrackStore store;
  base::Loader loader(in);
  std::uint32_t count = 0;
  loader(count, store.free_);
  if (!in.ok() || count > kMaxTracks || store.free_.size() > count) return std::nullopt;
  constexpr std::size_t kLeastTrackBytes = 100;
  if (count - store.free_.size() > in.remaining() / kLeastTrackBytes) return std::nullopt;
  store.tracks_.resize(count);
  for (TrackRecord& t : store.tracks_) t.active = true;
  for (const std::uint32_t slot : store.free_) {
    if (slot >= count || !store.tracks_[slot].active) return std::nullopt;
    store.tracks_[slot].active = false;
  }
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    TrackRecord& t = store.tracks_[slot];
    if (!t.active) continue;
    loader(t);
    if (!in.ok() || !is_usable(t)) return std::nullopt;
    ++store.active_count_;
    if (const auto address = t.icao_address) {
      t.icao_address.reset();
      store.index_address(slot, *address);
    }
    if (t.cell == kNotIndexed) continue;
    std::uint32_t& head = store.cell_heads_[cell_hash(t.cell)];
    t.next_in_cell = head;
    if (head != kNoSlot) store.tracks_[head].previous_in_cell = slot;
    head = slot;
  }
  return store;
}

}  // namespace liptako::track
