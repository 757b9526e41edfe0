// The command as a user meets it: demonstration, node, replay, tracking and playing of recordings,
// and what it says of mistakes. Sensor bytes come from the simulator.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <set>

#include "codec/capture/pcap_writer.hpp"
#include "io/clock.hpp"
#include "io/udp_sender.hpp"
#include "process.hpp"
#include "sim/configuration.hpp"

namespace liptako::command {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

class Command : public testing::Test {
 protected:
  Command() {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Command() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }

  std::string folder_;
};

sim::World world(base::Timestamp start) {
  std::ifstream in(std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/demo.toml");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return sim::World(sim::load_scenario(text, "demo.toml").value(), 11, start);
}

// One sensor's bytes of some simulated minutes, as a recording.
std::string recording(std::size_t source, base::Duration length) {
  const base::Timestamp start = *base::parse_rfc3339("2026-11-22T10:00:00Z");
  sim::World simulated = world(start);
  std::string bytes;
  simulated.advance(start + length, [&](const sim::Emission& e) {
    if (e.source == source)
      bytes.append(reinterpret_cast<const char*>(e.datagram.data()), e.datagram.size());
  });
  return bytes;
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

TEST_F(Command, DemoEndsByItselfAndItsRecordReplaysToTheSameHash) {
  const Finished demo =
      run(folder_, {"demo", "--seconds", "6", "--port", "0", "--json", "--record", path("record")});
  ASSERT_EQ(demo.code, 0) << demo.errors;
  EXPECT_NE(port_in(demo.output), 0) << demo.output;
  const json result = json::parse(last_line(demo.output));
  EXPECT_NEAR(result.at("seconds").get<double>(), 6.0, 1.5);
  ASSERT_EQ(result.at("nodes").size(), 3u);
  for (const json& node : result["nodes"]) {
    EXPECT_GT(node.at("plots").get<int>(), 50);
    EXPECT_GT(node.at("tracks").get<int>(), 10);
    EXPECT_GE(node.at("sources").get<int>(), 6);
    EXPECT_GT(node.at("bytes_in").get<int>(), 1000);
    const json& latency = node.at("latency_ms");
    EXPECT_GT(latency.at("p50").get<double>(), 0.0);
    EXPECT_GE(latency.at("p99").get<double>(), latency["p50"].get<double>());
    // Links are up and nothing is under way: all hold the same.
    EXPECT_GT(node.at("common_tracks").get<int>(), 10);
    const std::string common = node.at("common_hash");
    EXPECT_EQ(common, result["nodes"][0]["common_hash"].get<std::string>());
    const std::string hash = node.at("hash");
    EXPECT_EQ(hash.size(), 64u);
    EXPECT_NE(hash, common);

    const std::string record = path("record/") + node.at("name").get<std::string>();
    EXPECT_EQ(run(folder_, {"replay", record, "--hash"}).output, hash + "\n");
    const Finished verified =
        run(folder_, {"record", "verify", record, "--keys", path("record/members.pub"), "--json"});
    EXPECT_EQ(verified.code, 0) << verified.errors;
    const json verdict = json::parse(last_line(verified.output));
    const json& signatures = verdict.at("signatures");
    EXPECT_EQ(std::count_if(signatures.begin(),
                            signatures.end(),
                            [](const json& s) { return s.at("cosignature").get<bool>(); }),
              2)
        << "by the other members";
    EXPECT_EQ(verdict.at("uncovered").get<int>(), 0) << "all of it is sealed";
    std::filesystem::remove_all(record + "/derived");
    std::filesystem::remove_all(record + "/snapshot");
    EXPECT_EQ(run(folder_, {"replay", record, "--hash"}).output, hash + "\n")
        << "from input entries only";
  }
}

TEST_F(Command, DemoTellsOfItsOwnTimeWhenItsRecordGoesOn) {
  const auto demo = [&](const char* seconds) {
    const Finished done =
        run(folder_,
            {"demo", "--seconds", seconds, "--port", "0", "--json", "--record", path("record")});
    EXPECT_EQ(done.code, 0) << done.errors;
    return json::parse(last_line(done.output));
  };
  const json first = demo("2");
  const json second = demo("1");
  ASSERT_EQ(second.at("nodes").size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const json &before = first.at("nodes")[i], &after = second.at("nodes")[i];
    const std::string name = after.at("name");
    const json whole =
        json::parse(run(folder_, {"replay", path("record/") + name, "--json"}).output);
    const int plots = after.at("plots");
    EXPECT_GT(before.at("plots").get<int>(), 0);
    EXPECT_EQ(before.at("plots").get<int>() + plots, whole.at("plots").get<int>()) << name;
    EXPECT_NEAR(after.at("plots_per_s").get<double>() * second.at("seconds").get<double>(),
                plots,
                0.1 * plots + 1)
        << name;
    EXPECT_LT(after.at("bytes_in").get<int>(), 2 * before.at("bytes_in").get<int>()) << name;
  }
}

// A node with one UDP source; its port is asked of the node itself.
struct LiveNode {
  explicit LiveNode(const std::string& folder, const std::string& name, const std::string& config)
      : process(folder, name, {"node", "--config", config, "--port", "0"}) {
    EXPECT_TRUE(eventually(milliseconds(10'000), [&] {
      return (port = port_in(process.output())) != 0;
    })) << process.errors();
  }
  [[nodiscard]] json get(const std::string& what) const {
    const json parsed = json::parse(http(port, "GET", "/api/v1/" + what).body, nullptr, false);
    return parsed.is_discarded() ? json::object() : parsed;
  }
  // Where the source listens that was left to choose; 0 if it does not.
  [[nodiscard]] int port_of(std::size_t source) const {
    const json status = get("status");
    if (!status.contains("sources")) return 0;
    return bound_port(status["sources"][source].value("detail", ""));
  }
  // Opens a sender to each source.
  void open_senders(std::size_t count, std::vector<io::UdpSender>& senders) const {
    senders.clear();
    for (std::size_t i = 0; i < count; ++i) {
      int to = 0;
      ASSERT_TRUE(eventually(milliseconds(10'000), [&] { return (to = port_of(i)) != 0; }))
          << get("status");
      senders.push_back(io::UdpSender::open("127.0.0.1", static_cast<std::uint16_t>(to)).value());
    }
  }
  // Number, address and position by number, of tracks that are confirmed.
  [[nodiscard]] std::map<int, json> tracks() const {
    std::map<int, json> out;
    const json all = get("tracks");
    for (const json& t : all.value("tracks", json::array())) {
      if (t.at("state") != "tentative") out[t.at("track").get<int>()] = t;
    }
    return out;
  }
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  Process process;
  int port = 0;
};

// Every source by UDP, at a port that the kernel chooses; gives how many they are.
std::size_t all_by_udp(std::string& config) {
  std::size_t count = 0;
  for (std::size_t at; (at = config.find("kind = \"internal\"")) != std::string::npos; ++count) {
    config.replace(at, 17, "kind = \"udp\"\naddress = \"127.0.0.1:0\"");
  }
  return count;
}

// Metres between a track as it was and as it is now, beyond what its own speed explains: the old
// position is moved on to the time of the new one. On a sphere, for some seconds of flight.
double unexplained_m(const json& was, const json& is) {
  constexpr double kDegreeM = 111'195.0;
  constexpr double kRadians = std::numbers::pi / 180.0;
  const auto time = [](const json& track) {
    return *base::parse_rfc3339(track.at("time").get<std::string>());
  };
  const double moved_m = was.at("ground_speed_kt").get<double>() * (1852.0 / 3600.0) *
                         base::to_seconds(time(is) - time(was));
  const double angle = was.at("track_angle_deg").get<double>() * kRadians;
  const double latitude = was.at("lat_deg").get<double>();
  const double north =
      (is.at("lat_deg").get<double>() - latitude) * kDegreeM - moved_m * std::cos(angle);
  const double east = (is.at("lon_deg").get<double>() - was.at("lon_deg").get<double>()) *
                          kDegreeM * std::cos(latitude * kRadians) -
                      moved_m * std::sin(angle);
  return std::hypot(north, east);
}

TEST_F(Command, ANodeKilledAtAnyMomentShowsTheSamePictureWithinTwoSeconds) {
  io::SystemClock clock;
  const base::Timestamp start = clock.utc_now();
  sim::World simulated = world(start);
  std::string config = sim::configuration_for(simulated, "bamako");
  config.replace(config.find("record = \"record\""), 17, "record = \"" + path("record") + "\"");
  const std::size_t sources = all_by_udp(config);
  write("node.toml", config);
  std::vector<io::UdpSender> senders;
  const auto feed = [&] {
    simulated.advance(std::max(simulated.now(), clock.utc_now()),
                      [&](const sim::Emission& e) { senders[e.source].send(e.datagram); });
  };

  for (int round = 0; round < 3; ++round) {
    std::map<int, json> before;
    long acknowledged = 0;
    {
      LiveNode node(folder_, "before" + std::to_string(round), path("node.toml"));
      ASSERT_NO_FATAL_FAILURE(node.open_senders(sources, senders));
      const auto begin = clock.monotonic_now();
      // Killed at different distances from the snapshots, which come every ten seconds.
      ASSERT_TRUE(eventually(milliseconds(30'000), [&] {
        feed();
        return clock.monotonic_now() - begin > std::chrono::seconds(6 + 5 * round) &&
               node.tracks().size() >= 10;
      }));
      acknowledged = node.get("status").at("entries");
      before = node.tracks();
      node.process.kill();
    }
    const json kept = json::parse(run(folder_, {"replay", path("record"), "--json"}).output);
    EXPECT_GE(kept.at("entries").get<long>(), acknowledged) << "nothing acknowledged is lost";

    LiveNode node(folder_, "after" + std::to_string(round), path("node.toml"));
    std::map<int, json> after;
    const auto picture_is_back = [&] {
      after = node.tracks();
      return std::all_of(before.begin(), before.end(), [&](const auto& track) {
        return after.contains(track.first) &&
               after[track.first].at("icao_address") == track.second.at("icao_address");
      });
    };
    EXPECT_TRUE(eventually(milliseconds(10'000), picture_is_back)) << "round " << round;
    const auto took =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - node.started);
    EXPECT_LT(took, milliseconds(2'000)) << "from the start of the process, round " << round;
    RecordProperty("ms_to_picture_round_" + std::to_string(round), static_cast<int>(took.count()));
    double furthest = 0.0;
    for (const auto& [number, was] : before) {
      if (!after.contains(number)) continue;
      const double metres = unexplained_m(was, after[number]);
      furthest = std::max(furthest, metres);
      // Plots that were under way may have moved it within its 95 % ellipse, or a little more.
      EXPECT_LT(metres, 200.0 + 2.0 * was.at("semi_major_m").get<double>()) << was << "\nis now\n"
                                                                            << after[number];
    }
    RecordProperty("furthest_m_round_" + std::to_string(round), static_cast<int>(furthest));
    EXPECT_GT(node.get("status").at("entries").get<long>(), kept["entries"].get<long>())
        << "and it goes on";
    node.process.terminate();
    EXPECT_EQ(node.process.wait(), 0) << node.process.errors();
  }
  const Finished replayed = run(folder_, {"replay", path("record"), "--json"});
  EXPECT_EQ(replayed.code, 0) << replayed.errors;
  EXPECT_EQ(json::parse(replayed.output).at("damaged"), 0);
}

TEST_F(Command, BadBytesOnASourceAreCountedWithTheirReasonAndOthersGoOn) {
  io::SystemClock clock;
  sim::World simulated = world(clock.utc_now());
  std::string config = sim::configuration_for(simulated, "bamako");
  config.replace(config.find("record = \"record\""), 17, "record = \"" + path("record") + "\"");
  const std::size_t sources = all_by_udp(config);
  write("node.toml", config);
  LiveNode node(folder_, "node", path("node.toml"));
  std::vector<io::UdpSender> senders;
  ASSERT_NO_FATAL_FAILURE(node.open_senders(sources, senders));
  const base::Bytes truncated{48, 0, 60, 0xFD, 0xD2};
  const base::Bytes hostile{21, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  const auto rejected = [&](std::size_t source) {
    const json status = node.get("status");
    if (!status.contains("sources")) return 0;
    int count = 0;
    for (const json& r : status["sources"][source].at("rejected"))
      count += r.at("count").get<int>();
    return count;
  };
  ASSERT_TRUE(eventually(milliseconds(20'000), [&] {
    senders[0].send(truncated);
    senders[0].send(hostile);
    simulated.advance(std::max(simulated.now(), clock.utc_now()), [&](const sim::Emission& e) {
      if (e.source != 0) senders[e.source].send(e.datagram);
    });
    return rejected(0) >= 20 && node.tracks().size() >= 5;
  }));
  const json source = node.get("status").at("sources")[0];
  EXPECT_EQ(source.at("plots"), 0);
  EXPECT_FALSE(source.at("rejected")[0].at("reason").get<std::string>().empty());
  EXPECT_NE(source.at("rejected")[0].at("last").get<std::string>().find("byte"), std::string::npos);
}

TEST_F(Command, BadBytesOnAStreamAreCountedWithTheirReasonAndTheNextPeerIsHeard) {
  std::string config = sim::configuration_for(world(io::SystemClock().utc_now()), "bamako");
  config.replace(config.find("record = \"record\""), 17, "record = \"" + path("record") + "\"");
  config.replace(config.find("kind = \"internal\""),
                 17,
                 "kind = \"tcp_listen\"\ntime = \"rebase\"\naddress = \"127.0.0.1:0\"");
  write("node.toml", config);
  LiveNode node(folder_, "node", path("node.toml"));
  const auto source = [&] {
    const json status = node.get("status");
    return status.contains("sources") ? status["sources"][0] : json::object();
  };
  const auto count = [&](const std::string& reason) {
    const json now = source();
    for (const json& r : now.value("rejected", json::array())) {
      if (r.at("reason") == reason) return r.at("count").get<int>();
    }
    return 0;
  };
  int port = 0;
  ASSERT_TRUE(eventually(milliseconds(10'000), [&] { return (port = node.port_of(0)) != 0; }));

  const std::string unknown_category{"\xC8\x00\x04\x80", 4};
  const std::string cut_short{"\x30\x00\x05\xFD\xD2", 5};  // its items are announced, not there
  const std::string no_length{"\x30\x00\x01", 3};
  std::optional<TcpPeer> bad;
  ASSERT_TRUE(eventually(milliseconds(10'000), [&] { return bad.emplace(port).connected(); }));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(bad->send(unknown_category + cut_short));
  ASSERT_TRUE(bad->send(no_length + unknown_category));  // behind no_length nothing has a meaning
  EXPECT_TRUE(eventually(milliseconds(10'000), [&] { return count("not_a_data_block") == 1; }))
      << source();
  EXPECT_TRUE(bad->closed_by_peer());
  EXPECT_EQ(count("category_not_decoded"), 5) << source();
  EXPECT_EQ(count("item_truncated"), 5) << source();
  EXPECT_EQ(source().at("plots"), 0);

  std::optional<TcpPeer> good;  // accepted once the first peer is gone
  ASSERT_TRUE(eventually(milliseconds(10'000), [&] { return good.emplace(port).connected(); }));
  ASSERT_TRUE(good->send(recording(0, std::chrono::seconds(20))));
  EXPECT_TRUE(eventually(milliseconds(10'000), [&] { return source().value("plots", 0) > 20; }))
      << source();
  EXPECT_EQ(count("not_a_data_block"), 1);
}

TEST_F(Command, ASourceThatStallsDiesOrEndsIsShownAsSuch) {
  write("radar.ast", recording(0, std::chrono::minutes(1)));
  const std::string radar = recording(0, std::chrono::seconds(20));
  write("node.toml",
        "[node]\nname = \"a\"\nrecord = \"" + path("record") +
            "\"\n[[source]]\nname = \"udp\"\nkind = \"udp\"\naddress = \"127.0.0.1:0\"\n"
            "time = \"rebase\"\nstall_after_s = 1\n"
            "[[source]]\nname = \"tcp\"\nkind = \"tcp\"\naddress = \"127.0.0.1:1\"\n"
            "[[source]]\nname = \"file\"\nkind = \"file\"\npath = \"" +
            path("radar.ast") + "\"\nspeed = 0\n");
  LiveNode node(folder_, "node", path("node.toml"));
  std::vector<io::UdpSender> senders;
  ASSERT_NO_FATAL_FAILURE(node.open_senders(1, senders));
  const auto state = [&](std::size_t i) {
    const json status = node.get("status");
    return status.contains("sources") ? status["sources"][i].at("state").get<std::string>() : "";
  };
  EXPECT_TRUE(eventually(milliseconds(5'000), [&] { return state(0) == "waiting"; }));
  EXPECT_TRUE(eventually(milliseconds(5'000), [&] {
    senders[0].send({reinterpret_cast<const std::uint8_t*>(radar.data()), 12});
    return state(0) == "live";
  }));
  EXPECT_TRUE(eventually(milliseconds(5'000), [&] { return state(0) == "stalled"; }));
  EXPECT_TRUE(eventually(milliseconds(5'000), [&] { return state(1) == "dead"; }));
  EXPECT_FALSE(node.get("status").at("sources")[1].at("detail").get<std::string>().empty());
  EXPECT_TRUE(eventually(milliseconds(5'000), [&] { return state(2) == "ended"; }));
}

TEST_F(Command, ALiveChangeOfConfigurationIsCheckedRecordedAndInForce) {
  // Without it the keys are named after the node, whose name then cannot change while it runs.
  const std::string keys = "[keys]\nauthority = \"a.example\"\n";
  write("node.toml", "[node]\nname = \"a\"\nrecord = \"" + path("record") + "\"\n" + keys);
  LiveNode node(folder_, "node", path("node.toml"));
  const Answer wrong = http(node.port, "POST", "/api/v1/config", "[node]\nname = 3\n");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find("configuration:2: node.name"), std::string::npos) << wrong.body;
  const std::string good = "[node]\nname = \"b\"\nrecord = \"" + path("record") +
                           "\"\n[[sensor]]\nname = \"r\"\nsac = 1\nsic = 2\nkind = \"adsb\"\n" +
                           keys;
  const Answer accepted = http(node.port, "POST", "/api/v1/config", good);
  EXPECT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_EQ(http(node.port, "GET", "/api/v1/config").body, good);
  EXPECT_TRUE(
      eventually(milliseconds(3'000), [&] { return node.get("status").value("node", "") == "b"; }));
  node.process.terminate();
  EXPECT_EQ(node.process.wait(), 0);
  const json replayed = json::parse(run(folder_, {"replay", path("record"), "--json"}).output);
  EXPECT_EQ(replayed.at("node"), "b");
}

TEST_F(Command, TrackWritesTheFixedFieldsForEveryUpdate) {
  write("adsb.ast", recording(2, std::chrono::minutes(3)));
  write("radar.ast", recording(0, std::chrono::minutes(3)));
  const Finished done = run(folder_,
                            {"track",
                             path("adsb.ast"),
                             path("radar.ast"),
                             "--date",
                             "2026-11-22",
                             "-o",
                             path("tracks.jsonl")});
  ASSERT_EQ(done.code, 0) << done.errors;
  std::ifstream in(path("tracks.jsonl"));
  int lines = 0;
  std::set<std::string> states;
  const std::set<std::string> fields{"time",
                                     "track",
                                     "icao_address",
                                     "callsign",
                                     "doubts",
                                     "mode_3a",
                                     "lat_deg",
                                     "lon_deg",
                                     "altitude_ft",
                                     "ground_speed_kt",
                                     "track_angle_deg",
                                     "position_sd_m",
                                     "existence",
                                     "state",
                                     "sources",
                                     "semi_major_m",
                                     "semi_minor_m",
                                     "ellipse_angle_deg",
                                     "nis",
                                     "nis_source"};
  for (std::string line; std::getline(in, line); ++lines) {
    const json update = json::parse(line);
    std::set<std::string> got;
    for (const auto& [key, value] : update.items()) got.insert(key);
    ASSERT_EQ(got, fields);
    EXPECT_EQ(update["time"].get<std::string>().substr(0, 11), "2026-11-22T");
    states.insert(update["state"]);
  }
  EXPECT_GT(lines, 500);
  EXPECT_TRUE(states.contains("tentative") && states.contains("confirmed"));
}

TEST_F(Command, DecodePrintsOneLinePerRecord) {
  const std::string bytes = recording(0, std::chrono::seconds(30));
  write("radar.ast", bytes);
  const Finished done = run(folder_, {"decode", path("radar.ast")});
  EXPECT_EQ(done.code, 0) << done.errors;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < done.output.size(); ++lines) {
    const std::size_t end = done.output.find('\n', at);
    ASSERT_FALSE(json::parse(done.output.substr(at, end - at), nullptr, false).is_discarded());
    at = end + 1;
  }
  EXPECT_GT(lines, 20u);
}

// The same datagrams as a plain file, as a capture, and both packed.
TEST_F(Command, DecodeAndTrackReadWhatIsPackedLikeWhatIsNot) {
  const base::Timestamp start = *base::parse_rfc3339("2026-11-22T10:00:00Z");
  sim::World simulated = world(start);
  base::Bytes plain;
  base::Bytes captured;
  codec::capture::append_pcap_header(captured);
  simulated.advance(start + std::chrono::seconds(60), [&](const sim::Emission& e) {
    if (e.source != 0) return;
    plain.insert(plain.end(), e.datagram.begin(), e.datagram.end());
    const codec::capture::Endpoint sensor{{10, 0, 0, 1}, 8600};
    codec::capture::append_pcap_datagram(start, sensor, sensor, e.datagram, captured);
  });
  const auto pack = [&](const std::string& name, const base::Bytes& bytes, const char* mode) {
    const gzFile out = gzopen(path(name).c_str(), mode);
    EXPECT_EQ(gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size())),
              static_cast<int>(bytes.size()));
    EXPECT_EQ(gzclose(out), Z_OK);
  };
  // "T" writes without packing.
  pack("radar.ast", plain, "wbT");
  pack("radar.pcap", captured, "wbT");
  pack("radar.ast.gz", plain, "wb");
  pack("radar.pcap.gz", captured, "wb");
  const Finished decoded = run(folder_, {"decode", path("radar.ast")});
  const Finished tracked = run(folder_, {"track", path("radar.ast"), "--date", "2026-11-22"});
  EXPECT_GT(std::ranges::count(decoded.output, '\n'), 20);
  EXPECT_GT(std::ranges::count(tracked.output, '\n'), 20);
  for (const char* name : {"radar.pcap", "radar.ast.gz", "radar.pcap.gz"}) {
    const Finished again = run(folder_, {"decode", path(name)});
    EXPECT_EQ(again.code, 0) << again.errors;
    EXPECT_TRUE(again.output == decoded.output) << name;
    const Finished track = run(folder_, {"track", path(name), "--date", "2026-11-22"});
    EXPECT_EQ(track.code, 0) << track.errors;
    EXPECT_TRUE(track.output == tracked.output) << name;
  }
}

TEST_F(Command, MistakesAreNamedAndTellTheirKindByExitCode) {
  EXPECT_EQ(run(folder_, {}).code, 2);
  EXPECT_EQ(run(folder_, {"fly"}).code, 2);
  EXPECT_EQ(run(folder_, {"demo", "--seconds", "-1"}).code, 2);
  // Three consoles' ports follow each other.
  const Finished past_the_last = run(folder_, {"demo", "--seconds", "0.1", "--port", "65534"});
  EXPECT_EQ(past_the_last.code, 2);
  EXPECT_NE(past_the_last.errors.find("--port"), std::string::npos) << past_the_last.errors;
  EXPECT_EQ(run(folder_, {"node", "--config", path("absent.toml")}).code, 3);
  write("bad.toml",
        "[node]\nname = \"a\"\nrecord = \"r\"\n\n[[source]]\nname = \"s\"\nkind = \"udp\"\naddress "
        "= \"127.0.0.1:99999\"\n");
  const Finished bad = run(folder_, {"node", "--config", path("bad.toml")});
  EXPECT_EQ(bad.code, 1);
  EXPECT_NE(bad.errors.find(path("bad.toml") + ":8: source[0].address"), std::string::npos)
      << bad.errors;
  EXPECT_EQ(run(folder_, {"replay", path("nowhere"), "--hash"}).code, 1);
  write("noise.ast", std::string(1000, '\xee'));
  EXPECT_EQ(run(folder_, {"track", path("noise.ast"), "-o", path("out")}).code, 1);
}

TEST_F(Command, ANodeLeavesNoCoreFileWithItsKeys) {
  write("node.toml", "[node]\nname = \"a\"\nrecord = \"" + path("record") + "\"\n");
  LiveNode node(folder_, "node", path("node.toml"));
  std::ifstream limits("/proc/" + std::to_string(node.process.id()) + "/limits");
  std::string line;
  while (std::getline(limits, line) && !line.starts_with("Max core file size")) {
  }
  std::istringstream words(line.substr(std::min<std::size_t>(line.size(), 18)));
  std::string soft;
  std::string hard;
  words >> soft >> hard;
  EXPECT_EQ(soft, "0") << line;
  EXPECT_EQ(hard, "0") << line;
}

TEST_F(Command, TwoNodesCannotWriteOneRecord) {
  write("node.toml", "[node]\nname = \"a\"\nrecord = \"" + path("record") + "\"\n");
  LiveNode node(folder_, "node", path("node.toml"));
  const Finished second =
      run(folder_, {"node", "--config", path("node.toml"), "--port", "0", "--seconds", "5"});
  EXPECT_EQ(second.code, 3);
  EXPECT_FALSE(second.errors.empty());
}

}  // namespace
}  // namespace liptako::command
