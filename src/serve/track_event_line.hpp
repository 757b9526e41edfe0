// A line of tracks.jsonl as `liptako track` writes it, an update of a track: what the API says of a
// track, and what a judge of the tracker needs beside it.
#pragma once

#include <span>
#include <string>

#include "track/tracker.hpp"

namespace liptako::serve {

// append_track_json()'s fields, then semi_major_m, semi_minor_m, ellipse_angle_deg (the 95 %
// ellipse of the position, null for a track that is not placed), nis and nis_source (normalised
// innovation squared of the plot, two degrees of freedom, and its sensor; null for what is no
// update by a plot, and for a first plot, which has nothing to be held against). Without line end.
void append_track_event_json(const track::TrackEvent& event,
                             std::span<const std::string> sensor_names,
                             std::string& out);

}  // namespace liptako::serve
