#include "feeds/feed.hpp"

namespace liptako::feeds {

SourceFormat Feed::format() const {
  const auto* mode_s = std::get_if<ModeSFeed>(&feed_);
  return mode_s != nullptr ? mode_s->format() : SourceFormat::asterix;
}

void Feed::take(base::ByteView datagram,
                base::Timestamp reception,
                SensorDirectory& sensors,
                FeedOutput& out) {
  std::visit([&](auto& feed) { feed.take(datagram, reception, sensors, out); }, feed_);
}

const SourceCounters& Feed::counters() const {
  return std::visit([](const auto& feed) -> const SourceCounters& { return feed.counters(); },
                    feed_);
}

TimeBase Feed::time_base() const {
  return std::visit([](const auto& feed) { return feed.time_base(); }, feed_);
}

void Feed::set_time_base(TimeBase time_base) {
  std::visit([&](auto& feed) { feed.set_time_base(time_base); }, feed_);
}

void Feed::set_sensor(base::SacSic sensor) {
  if (auto* mode_s = std::get_if<ModeSFeed>(&feed_)) mode_s->set_sensor(sensor);
}

void Feed::set_editions(codec::asterix::Editions editions) {
  if (auto* asterix = std::get_if<AsterixFeed>(&feed_)) asterix->set_editions(editions);
}

base::Duration Feed::lead() const {
  return std::visit([](const auto& feed) { return feed.lead(); }, feed_);
}

void Feed::note_rejected(std::string_view reason, std::string last, std::uint64_t count) {
  std::visit([&](auto& feed) { feed.note_rejected(reason, std::move(last), count); }, feed_);
}

void Feed::save(base::ByteWriter& out) const {
  std::visit([&](const auto& feed) { feed.save(out); }, feed_);
}

void Feed::load(base::ByteReader& in) {
  const SourceFormat expected = format();
  std::visit([&](auto& feed) { feed.load(in); }, feed_);
  if (format() != expected) in.fail();
}

}  // namespace liptako::feeds
