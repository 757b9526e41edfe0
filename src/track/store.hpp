// The tracks in memory and the two ways to find them: by 24-bit address and by place. No allocation
// once the tables have grown to the traffic; nothing that is read out depends on the order in which
// tracks were put in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "track/aircraft_class.hpp"
#include "track/existence.hpp"
#include "track/height_effect.hpp"
#include "track/imm.hpp"
#include "track/navigation_effect.hpp"
#include "track/track_view.hpp"
#include "track/vertical_filter.hpp"

namespace liptako::track {

inline constexpr std::uint32_t kNoSlot = 0xFFFFFFFF;
inline constexpr std::uint16_t kPlacedHome = 0xFFFF;
inline constexpr std::size_t kMaxVisibilities = 6;

// A local track as the tracker keeps it.
struct TrackRecord {
  bool active = false;
  base::TrackNumber number;
  TrackStatus status = TrackStatus::tentative;
  // kPlacedHome, or the index of the only sensor it belongs to because that sensor's site is
  // unknown.
  std::uint16_t home = kPlacedHome;

  base::Timestamp time;  // of the filter state
  base::Timestamp first_plot_time;
  base::Timestamp last_plot_time;
  base::Timestamp existence_time;
  geo::TangentFrame frame;
  PackedImm imm;
  VerticalFilter vertical;
  HeightEffect height_effect;
  NavigationEffect navigation;
  double odds = 1.0;  // of existence
  std::uint32_t hits = 0;
  std::uint32_t refusals = 0;  // plots of its address in a row that lay outside the gate
  std::uint32_t breaks = 0;
  std::uint16_t doubts = 0;  // DoubtMask

  std::optional<base::IcaoAddress> icao_address;
  base::UasId uas;
  std::optional<base::ModeACode> mode_3a;
  std::optional<base::ModeACode> mode_3a_candidate;  // a new code waits for a second sighting
  base::CallSign call_sign;
  Mover mover = Mover::unknown;
  std::array<Visibility, kMaxVisibilities> seen_by{};
  std::uint8_t seen_by_count = 0;
  Motion motion;

  // The group that it is in, by index, and the probability that its number is a neighbour's by now,
  // since somebody told who is who.
  std::uint32_t group = kNoSlot;
  double exchanged = 0.0;

  // Place index; rebuilt on load.
  std::uint64_t cell = 0;
  std::uint32_t next_in_cell = kNoSlot;
  std::uint32_t previous_in_cell = kNoSlot;
};

class TrackStore {
 public:
  TrackStore();

  [[nodiscard]] std::uint32_t allocate();
  void release(std::uint32_t slot);
  [[nodiscard]] TrackRecord& at(std::uint32_t slot) { return tracks_[slot]; }
  [[nodiscard]] const TrackRecord& at(std::uint32_t slot) const { return tracks_[slot]; }
  [[nodiscard]] std::uint32_t slot_count() const {
    return static_cast<std::uint32_t>(tracks_.size());
  }
  [[nodiscard]] std::uint32_t active_count() const { return active_count_; }

  // Enters or moves the track in the indices after its address or position changed.
  void index_address(std::uint32_t slot, base::IcaoAddress address);
  void index_place(std::uint32_t slot, base::Angle latitude, base::Angle longitude);

  [[nodiscard]] bool has_address(base::IcaoAddress address) const {
    bool has = false;
    for_each_with_address(address, [&](std::uint32_t) { has = true; });
    return has;
  }

  // Calls visit(slot) for every active track with this address. `visit` must not change the store.
  template <class Visit>
  void for_each_with_address(base::IcaoAddress address, Visit&& visit) const {
    for (std::size_t i = address_hash(address);; i = (i + 1) & (by_address_.size() - 1)) {
      const AddressEntry& entry = by_address_[i];
      if (entry.slot == kNoSlot) return;
      if (entry.address == address.bits()) visit(entry.slot);
    }
  }

  // Calls visit(slot) for every active track whose indexed place is within `radius`; others nearby
  // may come too.
  template <class Visit>
  void for_each_near(base::Angle latitude,
                     base::Angle longitude,
                     base::Length radius,
                     Visit&& visit) const {
    const CellBox box = cells_around(latitude, longitude, radius);
    for (std::int32_t row = box.first_row; row <= box.last_row; ++row) {
      for (std::int32_t k = 0; k < box.column_count; ++k) {
        const std::uint64_t cell = cell_key(row, box.first_column + k);
        for (std::uint32_t slot = cell_heads_[cell_hash(cell)]; slot != kNoSlot;
             slot = tracks_[slot].next_in_cell) {
          if (tracks_[slot].cell == cell) visit(slot);
        }
      }
    }
  }

  void save(base::ByteWriter& out) const;
  [[nodiscard]] static std::optional<TrackStore> load(base::ByteReader& in);

 private:
  struct AddressEntry {
    std::uint32_t address = 0;
    std::uint32_t slot = kNoSlot;
  };
  struct CellBox {
    std::int32_t first_row, last_row, first_column, column_count;
  };

  [[nodiscard]] std::size_t address_hash(base::IcaoAddress address) const;
  void grow_address_index();
  void unindex_address(std::uint32_t slot);
  void unindex_place(std::uint32_t slot);
  [[nodiscard]] static CellBox cells_around(base::Angle latitude,
                                            base::Angle longitude,
                                            base::Length radius);
  [[nodiscard]] static std::uint64_t cell_key(std::int32_t row, std::int32_t column);
  [[nodiscard]] static std::size_t cell_hash(std::uint64_t cell);

  std::vector<TrackRecord> tracks_;
  std::vector<std::uint32_t> free_;  // last one is taken first
  std::uint32_t active_count_ = 0;
  std::vector<AddressEntry> by_address_;  // open addressing, linear probing; size a power of two
  std::size_t address_entries_ = 0;
  std::vector<std::uint32_t> cell_heads_;
};

}  // namespace liptako::track
