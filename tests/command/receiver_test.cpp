// A node and two Mode S receivers: one that it connects to, one that connects to it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "codec/modes/beast.hpp"
#include "codec/modes/squitter.hpp"
#include "process.hpp"

namespace liptako::command {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
namespace modes = codec::modes;

constexpr int kPositions = 40;

// An aircraft's positions, even and odd in turn, as a receiver sends them: within 40 ms, so that it
// does not matter how the stream is cut.
std::string flight(std::uint32_t address, double latitude) {
  base::Bytes out;
  for (int i = 0; i < kPositions; ++i) {
    modes::AirbornePositionMessage m;
    m.address = base::IcaoAddress(address);
    m.latitude = base::Angle::from_degrees(latitude + i * 0.0001);
    m.longitude = base::Angle::from_degrees(0.2);
    m.pressure_altitude = base::Length::from_feet(33'000);
    m.odd = i % 2 == 1;
    modes::encode_beast(
        {modes::encode(m), static_cast<std::uint64_t>(i + 1) * 12'000, std::uint8_t{26}}, out);
  }
  return {out.begin(), out.end()};
}

TEST(Receiver, BeastOverTcpComesInEitherWay) {
  std::string name = (std::filesystem::temp_directory_path() / "liptako-test-XXXXXX").string();
  const std::string folder = mkdtemp(name.data());
  TcpServer receiver;
  std::ofstream(folder + "/node.toml")
      << "[node]\nname = \"gao\"\nrecord = \"" << folder << "/record\"\n"
      << "[[sensor]]\nname = \"mast\"\nsac = 50\nsic = 7\nkind = \"adsb\"\n"
      << "lat_deg = 16.25\nlon_deg = 0.0\n"
      << "[[source]]\nname = \"called\"\nkind = \"tcp\"\naddress = \"127.0.0.1:" << receiver.port()
      << "\"\nformat = \"beast\"\nsensor = \"mast\"\n"
      << "[[source]]\nname = \"calling\"\nkind = \"tcp_listen\"\naddress = \"127.0.0.1:0\"\n"
      << "format = \"beast\"\nsensor = \"mast\"\n";
  {
    Process node(folder, "node", {"node", "--config", folder + "/node.toml", "--port", "0"});
    int port = 0;
    ASSERT_TRUE(eventually(milliseconds(10'000), [&] {
      return (port = port_in(node.output())) != 0;
    })) << node.errors();
    const auto get = [&](const std::string& what) {
      const json parsed = json::parse(http(port, "GET", "/api/v1/" + what).body, nullptr, false);
      return parsed.is_discarded() ? json::object() : parsed;
    };
    const auto plots = [&](std::size_t source) {
      const json status = get("status");
      if (!status.contains("sources")) return 0;
      return status["sources"][source].value("plots", 0);
    };

    // Noise, then frames in two pieces, the cut within one of them.
    const std::string first = flight(0x0d1111, 16.5);
    ASSERT_TRUE(receiver.accept());
    ASSERT_TRUE(receiver.send("noise" + first.substr(0, 70)));
    ASSERT_TRUE(receiver.send(first.substr(70)));
    EXPECT_TRUE(eventually(milliseconds(10'000), [&] { return plots(0) == kPositions - 1; }))
        << get("status");

    int listen = 0;  // the kernel chose it
    ASSERT_TRUE(eventually(milliseconds(10'000), [&] {
      const json status = get("status");
      if (status.contains("sources")) {
        listen = bound_port(status["sources"][1].value("detail", ""));
      }
      return listen != 0;
    })) << get("status");
    const TcpPeer caller(listen);
    ASSERT_TRUE(caller.connected());
    ASSERT_TRUE(caller.send(flight(0x0d2222, 16.8)));
    EXPECT_TRUE(eventually(milliseconds(10'000), [&] { return plots(1) == kPositions - 1; }))
        << get("status");

    const json rejected = get("status")["sources"][0]["rejected"];
    ASSERT_EQ(rejected.size(), 2u) << rejected;
    EXPECT_EQ(rejected[0]["reason"], "not_a_frame");
    EXPECT_EQ(rejected[0]["last"], "5 bytes");
    EXPECT_EQ(rejected[1]["reason"], "position_incomplete");
    std::set<std::string> addresses;
    EXPECT_TRUE(eventually(milliseconds(10'000), [&] {
      for (const json& t : get("tracks").value("tracks", json::array())) {
        if (t.at("icao_address").is_string()) addresses.insert(t["icao_address"]);
      }
      return addresses.size() == 2;
    }));
    EXPECT_EQ(addresses, (std::set<std::string>{"0d1111", "0d2222"}));
    node.terminate();
    EXPECT_EQ(node.wait(), 0);
  }
  const Finished once = run(folder, {"replay", folder + "/record", "--hash"});
  EXPECT_EQ(once.code, 0) << once.errors;
  std::filesystem::remove_all(folder + "/record/snapshot");
  EXPECT_EQ(run(folder, {"replay", folder + "/record", "--hash"}).output, once.output);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace liptako::command
