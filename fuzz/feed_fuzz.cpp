// Datagrams through a feed into the tracker, with reception times of every kind: what a hostile
// network or a broken clock can do to a picture. Whatever comes, views are finite, tracks are no
// more than plots, and the tracker's state saves and loads to the same bytes.
#include "base/archive.hpp"
#include "feeds/asterix_feed.hpp"
#include "hostile.hpp"
#include "node/config.hpp"

namespace {

using namespace liptako;

base::Bytes state_of(const track::Tracker& tracker) {
  base::Bytes out;
  base::ByteWriter writer(out);
  tracker.save(writer);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const node::NodeConfig config = *node::parse_config(fuzzing::kConfiguration, "");
  fuzzing::Choices choices({data, size});
  const auto setting = choices.any<std::uint8_t>();
  const auto time_base = static_cast<feeds::TimeBase>(setting % 4);
  base::Timestamp now = fuzzing::kMorning + std::chrono::hours(setting >> 2 & 31);
  feeds::AsterixFeed feed(time_base, now);
  feeds::SensorDirectory sensors((setting & 0x80) != 0);
  track::Tracker tracker;
  sensors.configure(config.sensors);
  tracker.set_sensors(sensors.sensors());
  std::uint64_t revision = sensors.revision();

  feeds::FeedOutput output;
  std::vector<track::TrackEvent> events;
  base::Bytes datagram;
  while (!choices.empty()) {
    const auto what = choices.any<std::uint8_t>();
    switch (what & 7) {
      case 0:  // the clock steps, either way
        now += std::chrono::milliseconds(choices.any<std::int32_t>());
        break;
      case 1:
        now += std::chrono::seconds(choices.any<std::int8_t>());
        break;
      default:
        now += std::chrono::milliseconds(10 * (what >> 3));
    }
    datagram.clear();
    if ((what & 7) == 2) {
      const base::ByteView raw = choices.take(choices.any<std::uint8_t>());
      datagram.assign(raw.begin(), raw.end());
    } else {
      fuzzing::append_datagram(choices, now, datagram);
    }
    output.clear();
    feed.take(datagram, now, sensors, output);
    if (revision != sensors.revision()) {
      revision = sensors.revision();
      tracker.set_sensors(sensors.sensors());
    }
    for (const track::Plot& plot : output.plots) tracker.take(plot, events);
    for (const feeds::SensorLook& look : output.looks)
      tracker.note_sensor_time(look.sensor, look.time);
    if ((what & 7) == 3) tracker.advance(now, events);
    CHECK(tracker.track_count() <= tracker.counters().plots);
    events.clear();
  }
  fuzzing::check_views(tracker, now);
  fuzzing::check_views(tracker, now + std::chrono::seconds(30));

  const base::Bytes state = state_of(tracker);
  base::ByteReader reader(state);
  const auto again = track::Tracker::load({}, reader);
  CHECK(again.has_value() && state_of(*again) == state);
  return 0;
}
