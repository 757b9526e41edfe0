// A receiver's stream into its feed: messages with sound parity and hostile content, raw bytes, and
// reception times of every kind. Whatever comes, plots are on the earth, within the receiver's
// range and near the clock, no more than messages, and the state saves and loads to the same bytes.
#include <cmath>

#include "codec/modes/beast.hpp"
#include "codec/modes/mode_s.hpp"
#include "feeds/feed.hpp"
#include "geo/frames.hpp"
#include "hostile.hpp"

namespace {

using namespace liptako;
namespace modes = codec::modes;

base::Bytes state_of(const feeds::ModeSFeed& feed) {
  base::Bytes out;
  base::ByteWriter writer(out);
  feed.save(writer);
  return out;
}

// Any content of any format, with the parity that makes it count.
modes::Frame sound_frame(fuzzing::Choices& choices) {
  base::Bytes octets(choices.below(2) == 1 ? modes::kLongSize : modes::kShortSize);
  const base::ByteView content = choices.take(octets.size() - 3);
  std::copy(content.begin(), content.end(), octets.begin());
  constexpr std::uint8_t kFormats[] = {17, 17, 17, 18, 11, 5, 21, 20};
  octets[0] = static_cast<std::uint8_t>(kFormats[choices.below(8)] << 3 | (octets[0] & 7));
  octets[1] = octets[2] = 0;  // few addresses
  octets[3] &= 7;
  const std::size_t body = octets.size() - 3;
  std::uint32_t parity = modes::parity_of(base::ByteView(octets).first(body));
  const unsigned format = octets[0] >> 3;
  if (format != 17 && format != 18 && format != 11) parity ^= octets[3];
  for (std::size_t i = 0; i < 3; ++i) {
    octets[body + i] = static_cast<std::uint8_t>(parity >> (16 - 8 * i));
  }
  return modes::Frame(octets);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzzing::Choices choices({data, size});
  const auto time_base = static_cast<feeds::TimeBase>(choices.below(4));
  base::Timestamp now = fuzzing::kMorning;
  feeds::ModeSFeed feed(feeds::SourceFormat::beast, fuzzing::kStation, time_base, now);
  track::SensorDescription station;
  station.kind = track::SensorKind::ads_b;
  station.sac_sic = fuzzing::kStation;
  station.site = {base::Angle::from_degrees(13), base::Angle::from_degrees(0.1), {}};
  station.placed = choices.below(2) == 1;
  feeds::SensorDirectory sensors;
  sensors.configure({&station, 1});

  feeds::FeedOutput output;
  base::Bytes piece;
  std::uint64_t stamp = choices.any<std::uint64_t>();
  while (!choices.empty()) {
    const auto what = choices.any<std::uint8_t>();
    now +=
        std::chrono::milliseconds((what & 7) == 0 ? choices.any<std::int32_t>() : 10 * (what >> 3));
    piece.clear();
    for (std::uint32_t n = choices.below(8); n > 0; --n) {
      stamp += (what & 7) == 1 ? choices.any<std::uint64_t>() : choices.any<std::uint32_t>();
      modes::encode_beast({sound_frame(choices), stamp & modes::kStampMask, std::uint8_t{1}},
                          piece);
    }
    if ((what & 7) == 2) {
      const base::ByteView raw = choices.take(choices.any<std::uint8_t>());
      piece.insert(piece.end(), raw.begin(), raw.end());
    }
    output.clear();
    feed.take(piece, now, sensors, output);
    for (const track::Plot& p : output.plots) {
      CHECK(std::fabs(p.latitude.degrees()) <= 90 && std::fabs(p.longitude.degrees()) <= 180);
      CHECK(p.position_sd.metres() > 0 && std::isfinite(p.velocity_east.mps()));
      const geo::Geodetic at{p.latitude, p.longitude, {}};
      CHECK(!station.placed || geo::rough_distance(at, station.site) <= station.range_max);
      if (time_base == feeds::TimeBase::utc) {
        CHECK(p.time - now <= std::chrono::seconds(5) && now - p.time <= std::chrono::seconds(60));
      }
    }
    CHECK(feed.counters().plots <= feed.counters().records);
  }
  const base::Bytes state = state_of(feed);
  base::ByteReader reader(state);
  feeds::ModeSFeed again;
  again.load(reader);
  CHECK(reader.ok() && reader.at_end() && state_of(again) == state);
  return 0;
}
