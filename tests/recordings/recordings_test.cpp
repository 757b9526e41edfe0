// Real sensors through feeds and tracker: every 24-bit address that is really heard is one track at
// a time, through silences of up to 30 s, and keeps its number through longer ones with each break
// counted. The truth about who was heard when comes from the records themselves, read here without
// feeds or tracker.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "feeds/time_of_day.hpp"
#include "node/offline.hpp"

namespace liptako::node {
namespace {

namespace asterix = codec::asterix;
using base::Timestamp;
using Times = std::map<base::IcaoAddress, std::set<Timestamp>>;

constexpr base::Duration kSilence = std::chrono::seconds(30);

struct Heard {
  Times times;      // of the positions
  Times reception;  // by the station, where it tells it apart
  std::size_t records = 0;
  std::size_t errors = 0;
  Timestamp guide{base::kDay / 2};

  void note(const std::optional<base::IcaoAddress>& address,
            const std::optional<asterix::TimeOfDay>& t) {
    ++records;
    if (!t) return;
    guide = feeds::unwrap(*t, guide);
    if (address) times[*address].insert(guide);
  }
  void on_report(const asterix::Cat048Report& r) { note(r.aircraft_address, r.time_of_day); }
  void on_report(const asterix::Cat021Report& r) {
    note(r.aircraft_address, r.position_time);
    if (r.aircraft_address && r.position_received_time) {
      reception[*r.aircraft_address].insert(feeds::unwrap(*r.position_received_time, guide));
    }
  }
  void on_report(const asterix::Cat034Message&) { ++records; }
  void on_error(const asterix::RecordError&) { ++errors; }
  void on_other(const asterix::Block&) {}
};

struct Tracked {
  struct Update {
    Timestamp time;
    std::uint32_t number;
    std::uint32_t breaks;
    track::TrackStatus status;
    track::TrackEventKind kind;
  };
  std::map<base::IcaoAddress, std::vector<Update>> updates;
  OfflineSummary summary;
};

Tracked track_all(base::ByteView recording, std::vector<track::SensorDescription> sensors = {}) {
  Tracked out;
  OfflineOptions options;
  options.sensors = std::move(sensors);
  out.summary = track_recordings({&recording, 1}, options, [&](const track::TrackEvent& e, auto) {
    if (!e.view.icao_address) return;
    out.updates[*e.view.icao_address].push_back(
        {e.view.time, e.view.number.value, e.view.breaks, e.view.status, e.kind});
  });
  return out;
}

// The rule of the file's head for one address, against the times it was heard.
void expect_one_track(base::IcaoAddress address,
                      const std::set<Timestamp>& heard,
                      const std::vector<Tracked::Update>& updates) {
  std::set<std::uint32_t> numbers;
  std::set<std::uint32_t> alive;  // confirmed and not yet dropped
  std::uint32_t breaks = 0;
  for (const Tracked::Update& u : updates) {
    if (u.status == track::TrackStatus::dropped) {
      alive.erase(u.number);
      continue;
    }
    if (u.status == track::TrackStatus::tentative) continue;
    numbers.insert(u.number);
    alive.insert(u.number);
    EXPECT_EQ(alive.size(), 1u) << address.to_string() << " is two tracks at "
                                << base::to_rfc3339(u.time);
    breaks = std::max(breaks, u.breaks);
  }
  EXPECT_EQ(numbers.size(), 1u) << address.to_string() << ": confirmed under this many numbers";
  std::uint32_t long_silences = 0;
  for (auto a = heard.begin(), b = std::next(a); b != heard.end(); ++a, ++b)
    long_silences += *b - *a > kSilence;
  EXPECT_EQ(breaks, long_silences) << address.to_string();
}

TEST(Recordings, AlicanteEveryAddressHeardForThirtySecondsIsOneTrack) {
  LIPTAKO_NEED_RECORDING(bytes, "cat021_v2x_alicante.ast.xz");
  Heard heard;
  asterix::decode_datagram(bytes, heard);
  EXPECT_EQ(heard.records, 20'090u);
  EXPECT_EQ(heard.errors, 0u);
  const Tracked tracked = track_all(bytes);
  EXPECT_EQ(tracked.summary.plots, 20'090u);
  int addresses = 0;
  for (const auto& [address, times] : heard.times) {
    const std::set<Timestamp>& received = heard.reception[address];
    if (*received.rbegin() - *received.begin() <= kSilence) continue;
    ++addresses;
    ASSERT_TRUE(tracked.updates.contains(address)) << address.to_string();
    expect_one_track(address, times, tracked.updates.at(address));
  }
  EXPECT_EQ(addresses, 70);
}

TEST(Recordings, JahorinaEveryAddressSeenOnFiveScansIsOneTrack) {
  LIPTAKO_NEED_RECORDING(bytes, "cat048_034_jahorina.ast.xz");
  Heard heard;
  asterix::decode_datagram(bytes, heard);
  EXPECT_EQ(heard.records, 2119u);
  EXPECT_EQ(heard.errors, 0u);
  const Tracked tracked = track_all(bytes);
  int addresses = 0;
  for (const auto& [address, times] : heard.times) {
    // Plots of one antenna turn (5 s) are one scan; the recording repeats some of its seconds.
    int scans = 0;
    std::optional<Timestamp> last;
    for (const Timestamp t : times) {
      if (!last || t - *last > std::chrono::milliseconds(2500)) ++scans;
      last = t;
    }
    if (scans < 5) continue;
    ++addresses;
    ASSERT_TRUE(tracked.updates.contains(address)) << address.to_string();
    expect_one_track(address, times, tracked.updates.at(address));
  }
  EXPECT_GT(addresses, 90);
}

TEST(Recordings, TheWholeRunIsTheSameTwice) {
  LIPTAKO_NEED_RECORDING(bytes, "cat048_034_jahorina.ast.xz");
  const Tracked a = track_all(bytes), b = track_all(bytes);
  ASSERT_EQ(a.updates.size(), b.updates.size());
  for (const auto& [address, updates] : a.updates) {
    ASSERT_EQ(updates.size(), b.updates.at(address).size());
    for (std::size_t i = 0; i < updates.size(); ++i) {
      EXPECT_EQ(updates[i].time, b.updates.at(address)[i].time);
      EXPECT_EQ(updates[i].number, b.updates.at(address)[i].number);
    }
  }
}

}  // namespace
}  // namespace liptako::node
