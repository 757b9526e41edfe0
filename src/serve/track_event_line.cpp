#include "serve/track_event_line.hpp"

#include "serve/documents.hpp"
#include "serve/frames.hpp"
#include "serve/json_writer.hpp"

namespace liptako::serve {

void append_track_event_json(const track::TrackEvent& event,
                             std::span<const std::string> sensor_names,
                             std::string& out) {
  using track::TrackEventKind;
  const track::TrackView& track = event.view;
  append_track_json(track, sensor_names, out);
  std::string more;
  JsonWriter json(more);
  json.begin_object();
  const Ellipse ellipse = ellipse_95(track.cov_ee_m2, track.cov_en_m2, track.cov_nn_m2);
  json.key("semi_major_m");
  track.placed ? json.number(ellipse.semi_major.metres(), 2) : json.null();
  json.key("semi_minor_m");
  track.placed ? json.number(ellipse.semi_minor.metres(), 2) : json.null();
  json.key("ellipse_angle_deg");
  track.placed ? json.number(ellipse.direction.degrees(), 1) : json.null();
  const bool updated =
      event.kind == TrackEventKind::updated || event.kind == TrackEventKind::resumed;
  const bool tells = updated && event.trace.sensor < sensor_names.size();
  json.key("nis");
  tells ? json.number(event.trace.nis, 3) : json.null();
  json.key("nis_source");
  tells ? json.string(sensor_names[event.trace.sensor]) : json.null();
  json.end_object();
  // One object of the two.
  out.back() = ',';
  out.append(more, 1);
}

}  // namespace liptako::serve
