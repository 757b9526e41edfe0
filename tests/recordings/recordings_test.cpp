// Real sensors through feeds and tracker: every 24-bit address that is really heard is one track at
// a time, through silences of up to 30 s, and keeps its number through longer ones with each break
// counted. The truth about who was heard when comes from the records themselves, read here without
// feeds or tracker.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "feeds/time_of_day.hpp"
#include "node/offline.hpp"
#include "track/sensors/models.hpp"

namespace liptako::node {
namespace {

namespace asterix = codec::asterix;
using base::Timestamp;
using Times = std::map<base::IcaoAddress, std::set<Timestamp>>;

constexpr base::Duration kSilence = std::chrono::seconds(30);

struct Heard {
  Times times;      // of the positions
  Times reception;  // by the station, where it tells it apart
  std::map<base::IcaoAddress, std::set<std::uint16_t>> tracks;  // of another system, their numbers
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
  void on_report(const asterix::Cat019Message&) { ++records; }
  void on_report(const asterix::Cat020Report& r) {
    if (r.descriptor && r.descriptor->field_monitor) {
      ++records;
      return;
    }
    note(r.aircraft_address, r.time_of_day);
  }
  void on_report(const asterix::Cat062Track& r) {
    if (r.status && r.status->coasting) {
      ++records;
      return;
    }
    note(r.aircraft_derived ? r.aircraft_derived->aircraft_address : std::nullopt, r.time_of_track);
    if (r.aircraft_derived && r.aircraft_derived->aircraft_address && r.track_number)
      tracks[*r.aircraft_derived->aircraft_address].insert(*r.track_number);
  }
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

// The rule of the file's head for one address, against the times it was heard. `slack`: by how many
// the breaks may differ from the silences: where an aircraft turns or lands in a silence of nearly
// 30 s, or reports start wrong, the odds may end a track a little earlier or later.
void expect_one_track(base::IcaoAddress address,
                      const std::set<Timestamp>& heard,
                      const std::vector<Tracked::Update>& updates,
                      std::uint32_t slack = 0) {
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
  EXPECT_LE(breaks, long_silences + slack) << address.to_string();
  EXPECT_GE(breaks + slack, long_silences) << address.to_string();
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

track::SensorDescription described(track::SensorKind kind,
                                   base::SacSic sac_sic,
                                   double latitude_deg,
                                   double longitude_deg) {
  track::SensorDescription s = track::described(kind);
  s.name = "recorded";
  s.sac_sic = sac_sic;
  s.placed = true;
  s.site = {base::Angle::from_degrees(latitude_deg),
            base::Angle::from_degrees(longitude_deg),
            base::Length()};
  return s;
}

// The aerodrome's aircraft, on the ground and near it, over midnight. Positions come on the
// system's plane alone; its origin is the aerodrome's reference point. Six more addresses are its
// own fixed transponders.
TEST(Recordings, BarcelonaEveryAddressMultilateratedFiveTimesIsOneTrack) {
  LIPTAKO_NEED_RECORDING(bytes, "cat020_019_lebl_mlat_2016.ast.xz");
  Heard heard;
  asterix::decode_datagram(bytes, heard);
  EXPECT_EQ(heard.records, 77'314u);
  EXPECT_EQ(heard.errors, 0u);
  track::SensorDescription mlat = described(track::SensorKind::mlat, {0, 107}, 41.2972, 2.0785);
  const Tracked tracked = track_all(bytes, {mlat});
  EXPECT_EQ(tracked.summary.plots, 28'385u);
  EXPECT_GT(static_cast<double>(tracked.summary.tracker.used), 0.99 * 28'385);
  int addresses = 0;
  for (const auto& [address, times] : heard.times) {
    if (times.size() < 5) continue;
    ++addresses;
    ASSERT_TRUE(tracked.updates.contains(address)) << address.to_string();
    expect_one_track(address, times, tracked.updates.at(address), 1);
  }
  EXPECT_EQ(addresses, 31);
}

// A foreign server's picture of half an hour, with the datagrams the recorder lost. Where the
// server itself had one track of an address, so have we.
TEST(Recordings, AForeignServersTracksAreOneTrackEach) {
  LIPTAKO_NEED_RECORDING(bytes, "cat062_063_065_30min.ff.xz");
  track::SensorDescription server =
      described(track::SensorKind::tracker, {33, 18}, 41.8003, 12.2397);
  server.plane_velocity = true;
  const Tracked tracked = track_all(bytes, {server});
  EXPECT_EQ(tracked.summary.plots, 21'862u);  // 22,396 less 534 that it extrapolated
  Heard heard;
  const feeds::RecordingIndex index =
      feeds::index_recordings(std::array{base::ByteView(bytes)}, {}, feeds::Pace::told);
  for (const feeds::DueBlock& due : index.blocks) asterix::decode_datagram(due.block, heard);
  EXPECT_EQ(heard.records, 22'396u);
  int addresses = 0;
  for (const auto& [address, times] : heard.times) {
    if (times.size() < 5 || heard.tracks[address].size() != 1) continue;
    ++addresses;
    ASSERT_TRUE(tracked.updates.contains(address)) << address.to_string();
    expect_one_track(address, times, tracked.updates.at(address), 2);
  }
  EXPECT_GT(addresses, 100);
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
