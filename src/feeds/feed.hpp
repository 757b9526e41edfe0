// A source's feed, of whatever format its bytes are: what the core of a node holds of each source.
#pragma once

#include <variant>

#include "feeds/asterix_feed.hpp"
#include "feeds/mode_s_feed.hpp"
#include "feeds/source_format.hpp"

namespace liptako::feeds {

class Feed {
 public:
  Feed() = default;
  explicit Feed(AsterixFeed feed) : feed_(std::move(feed)) {}
  explicit Feed(ModeSFeed feed) : feed_(std::move(feed)) {}

  [[nodiscard]] SourceFormat format() const;

  // What each kind of feed documents.
  void take(base::ByteView datagram,
            base::Timestamp reception,
            SensorDirectory& sensors,
            FeedOutput& out);
  [[nodiscard]] const SourceCounters& counters() const;
  [[nodiscard]] TimeBase time_base() const;
  void set_time_base(TimeBase time_base);
  // The sensor that a Mode S receiver is; of no meaning for ASTERIX, whose records name theirs.
  void set_sensor(base::SacSic sensor);
  // Of no meaning for a Mode S receiver.
  void set_editions(codec::asterix::Editions editions);
  [[nodiscard]] base::Duration lead() const;
  void note_rejected(std::string_view reason, std::string last, std::uint64_t count = 1);

  // load() restores a feed of the same format.
  void save(base::ByteWriter& out) const;
  void load(base::ByteReader& in);

 private:
  std::variant<AsterixFeed, ModeSFeed> feed_;
};

}  // namespace liptako::feeds
