#include "track/identity_memory.hpp"

#include <algorithm>

#include "base/archive.hpp"
#include "geo/frames.hpp"

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
  if (dropped_.size() >= kCapacity && !dropped_.contains(address)) {
    const auto oldest =
        std::min_element(dropped_.begin(), dropped_.end(), [](const auto& a, const auto& b) {
          return a.second.last_plot_time < b.second.last_plot_time;
        });
    dropped_.erase(oldest);
  }
  dropped_[address] = dropped;
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
  const double reach_m = kFastestMps * base::to_seconds(silence) + kSlackM;
  if (geo::rough_distance(dropped.position, position).metres() > reach_m) return std::nullopt;
  dropped_.erase(found);
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
  const std::uint32_t count = in.get_count(1);
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    base::IcaoAddress address;
    DroppedTrack dropped;
    loader(address, dropped);
    if (in.ok()) dropped_[address] = dropped;
  }
}

}  // namespace liptako::track
