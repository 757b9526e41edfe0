// What is remembered of dropped tracks, so that an aircraft that falls silent for minutes comes
// back under its number. The address only proposes: the number resumes if the aircraft could have
// flown from where it was last seen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "geo/geodetic.hpp"

namespace liptako::track {

struct DroppedTrack {
  base::TrackNumber number;
  std::uint32_t breaks = 0;
  base::Timestamp last_plot_time;
  geo::Geodetic position;
  std::uint16_t home = 0;
  bool established = false;  // it had been confirmed
  std::uint32_t hits = 0;  // plots it had used: they count towards confirming it when it comes back
};

class IdentityMemory {
 public:
  static constexpr std::size_t kCapacity = 16'384;
  static constexpr base::Duration kRemember = std::chrono::hours(2);

  // The newest drop of an address replaces the older, but a track that was never confirmed (a
  // reflection, say) does not replace one that was. When full, the oldest drop is forgotten.
  void remember(base::IcaoAddress address, const DroppedTrack& dropped);

  // Takes the entry out if the aircraft could be at `position` at `time`.
  [[nodiscard]] std::optional<DroppedTrack> resume(base::IcaoAddress address,
                                                   const geo::Geodetic& position,
                                                   base::Timestamp time,
                                                   std::uint16_t home);

  // Whether an aircraft could be in both places, so far apart in time.
  [[nodiscard]] static bool could_fly(const geo::Geodetic& from,
                                      const geo::Geodetic& to,
                                      base::Duration silence);

  // The sensors were renumbered: homes follow, and what belonged to a sensor that is gone or has
  // moved is forgotten. Homes beyond the tables stay.
  void remap_homes(const std::vector<std::uint16_t>& new_index, const std::vector<bool>& gone);

  [[nodiscard]] std::size_t size() const { return dropped_.size(); }
  void save(base::ByteWriter& out) const;
  void load(base::ByteReader& in);

 private:
  void forget(base::IcaoAddress address);
  std::map<base::IcaoAddress, DroppedTrack> dropped_;
  std::set<std::pair<base::Timestamp, base::IcaoAddress>> by_time_;  // the same, oldest first
};

}  // namespace liptako::track
