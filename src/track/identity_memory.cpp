#include "track/identity_memory.hpp"

#include <algorithm>

#include "base/archive.hpp"
#include "geo/frames.hpp"
#include "track/stored.hpp"

namespace liptako::track {
namespace {

constexpr double kFastestMps = 400.0;  // over ground, with a jet stream
constexpr double kSlackM = 5000.0;     // position errors of both ends

}  // namespace

template <class Archive>
void visit_fields(Archive& archive, DroppedTrack& d) {
  archive(d.number,
          d.breaks,
          d.last_plot_time,
          d.position.latitude,
          d.position.longitude,
          d.position.height,
          d.home,
          d.established,
          d.hits);
}

void IdentityMemory::remember(base::IcaoAddress address, const DroppedTrack& dropped) {
  const auto known = dropped_.find(address);
  if (known != dropped_.end() && known->second.established && !dropped.established &&
      dropped.last_plot_time - known->second.last_plot_time < kRemember) {
    return;
  }
  forget(address);
  if (dropped_.size() >= kCapacity) forget(by_time_.begin()->second);
  dropped_[address] = dropped;
  by_time_.insert({dropped.last_plot_time, address});
}

void IdentityMemory::forget(base::IcaoAddress address) {
  const auto known = dropped_.find(address);
  if (known == dropped_.end()) return;
  by_time_.erase({known->second.last_plot_time, address});
  dropped_.erase(known);
}

bool IdentityMemory::could_fly(const geo::Geodetic& from,
                               const geo::Geodetic& to,
                               base::Duration silence) {
  const double reach_m = kFastestMps * base::to_seconds(silence) + kSlackM;
  return geo::rough_distance(from, to).metres() <= reach_m;
}

void IdentityMemory::remap_homes(const std::vector<std::uint16_t>& new_index,
                                 const std::vector<bool>& gone) {
  std::vector<base::IcaoAddress> lost;
  for (auto& [address, dropped] : dropped_) {
    if (dropped.home >= new_index.size()) continue;
    if (gone[dropped.home]) lost.push_back(address);
    dropped.home = new_index[dropped.home];
  }
  for (const base::IcaoAddress address : lost) forget(address);
}

std::optional<DroppedTrack> IdentityMemory::resume(base::IcaoAddress address,
                                                   const geo::Geodetic& position,
                                                   base::Timestamp time,
                                                   std::uint16_t home) {
  const auto found = dropped_.find(address);
  if (found == dropped_.end()) return std::nullopt;
  const DroppedTrack dropped = found->second;
  const base::Duration silence = time - dropped.last_plot_time;
  if (silence < base::Duration::zero() || silence > kRemember || dropped.home != home)
    return std::nullopt;
  if (!could_fly(dropped.position, position, silence)) return std::nullopt;
  forget(address);
  return dropped;
}

void IdentityMemory::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(static_cast<std::uint32_t>(dropped_.size()));
  for (const auto& [address, dropped] : dropped_) saver(address, dropped);
}

void IdentityMemory::load(base::ByteReader& in) {
  base::Loader loader(in);
  dropped_.clear();
  by_time_.clear();
  const std::uint32_t count = in.get_count(1);
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    base::IcaoAddress address;
    DroppedTrack dropped;
    loader(address, dropped);
    if (!base::is_reckonable(dropped.last_plot_time) || !is_on_earth(dropped.position)) {
      in.fail();
    }
    if (!in.ok()) break;
    forget(address);
    dropped_[address] = dropped;
    by_time_.insert({dropped.last_plot_time, address});
  }
}

}  // namespace liptako::track
