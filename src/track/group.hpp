// Tracks without an address that a plot could not tell apart, and the plots that wait to be shared
// out among them. While a track is in a group, the group's cluster filter is what is known of it;
// its record holds the likeliest of that, for whoever looks.
#pragma once

#include <vector>

#include "track/cluster/pmbm.hpp"
#include "track/store.hpp"

namespace liptako::track {

struct WaitingPlot {
  Plot plot;
  double rivals = 0.0;  // density at the plot of plots from aircraft with an address
};

struct Group {
  struct Member {
    std::uint32_t label = 0;  // in the filter
    std::uint32_t slot = kNoSlot;
    double exchanged = 0.0;  // probability, before it came
  };

  using Filter = PmbmFilter<AircraftMotion>;
  static constexpr std::size_t kUsual = 8;  // members, or plots of a look; for more, memory grows

  Group(const PmbmOptions& options, const AircraftMotion& motion, Filter::WorkArea& work)
      : filter(options, motion, work) {
    members.reserve(kUsual);
    waiting.reserve(kUsual);
  }

  bool active = false;
  std::uint16_t home = kPlacedHome;
  geo::TangentFrame frame;
  base::Timestamp time;  // of the filter
  Filter filter;
  std::vector<Member> members;  // by label
  std::vector<WaitingPlot> waiting;

  // A sensor looked for this track and saw nothing.
  void miss(std::uint32_t slot, double detection_probability) {
    for (const Member& m : members) {
      if (m.slot == slot) filter.miss(m.label, detection_probability);
    }
  }
};

template <class Archive>
void visit_fields(Archive& archive, WaitingPlot& w) {
  archive(w.plot, w.rivals);
}

template <class Archive>
void visit_fields(Archive& archive, Group::Member& m) {
  archive(m.label, m.slot, m.exchanged);
}

// A sensor has begun to look at a group: its plots wait until it has passed.
struct OpenLook {
  std::uint32_t group = 0;
  std::uint16_t sensor = 0;
  base::Timestamp first;  // plot
  base::Duration lasts = {};
};

template <class Archive>
void visit_fields(Archive& archive, OpenLook& o) {
  archive(o.group, o.sensor, o.first, o.lasts);
}

}  // namespace liptako::track
