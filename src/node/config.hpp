// A node's configuration: what it is called, which bytes it listens to, which sensors speak in
// them. TOML; described field by field in docs/CONFIGURATION.md. The text itself is a recorded
// input, so replay parses what the node parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/asterix/record.hpp"
#include "feeds/source_format.hpp"
#include "seal/note.hpp"
#include "track/plot.hpp"

namespace liptako::node {

enum class SourceKind : std::uint8_t { udp, multicast, tcp, tcp_listen, file, internal };
[[nodiscard]] std::string_view name_of(SourceKind kind);

// What a source's time of day is measured against.
enum class SourceTime : std::uint8_t {
  utc,     // it tells UTC; a source far from the node's clock is shown as doubtful
  rebase,  // a recording: its first plot is taken to be of now, and the rest keep their distance
};

struct SourceConfig {
  std::string name;
  SourceKind kind = SourceKind::udp;
  std::string address;     // udp, multicast, tcp: IP address
  std::uint16_t port = 0;  // udp and tcp_listen: 0 takes a free one
  std::string interface;   // multicast: name or address to join on; empty: the system's choice
  std::string path;        // file
  feeds::SourceFormat format = feeds::SourceFormat::asterix;
  base::SacSic sensor;  // beast, avr: of the sensor of kind ads_b that the receiver is
  codec::asterix::Editions editions;  // asterix
  double speed = 1.0;  // file: times as fast as recorded, from 0.001; 0: as fast as possible
  SourceTime time = SourceTime::utc;
  base::Duration stall_after = std::chrono::seconds(20);  // silent for longer: shown as stalled
};

// A recording with a time of its own, at another pace than the clock's. Such sources take the
// picture's time with them, so that a node that has one has no others.
[[nodiscard]] bool runs_ahead(const SourceConfig& source);
// Whether both name the same stream of bytes: then what is open may stay open.
[[nodiscard]] bool same_stream(const SourceConfig& a, const SourceConfig& b);

struct FederationMember {
  base::MemberId id;
  std::string code;     // upper-case letters and digits: "ML", as in the common number ML-1042
  std::string name;     // of its node
  std::string console;  // address of its console, if it may be shown; "http://127.0.0.1:8081/"
  friend bool operator==(const FederationMember&, const FederationMember&) = default;
};

// Whose common picture this node takes part in. No members: in none.
struct FederationConfig {
  std::string name;
  base::MemberId self;
  std::vector<FederationMember> members;  // by ascending id, this node among them
  friend bool operator==(const FederationConfig&, const FederationConfig&) = default;
};

// How the console is served once the node is set up (docs/SERVER.md).
struct ServerConfig {
  std::vector<std::string> names;  // DNS names and IP addresses it is asked by, beside its own
  std::string certificate;  // PEM files of a given certificate; empty: the node makes its own
  std::string key;
  friend bool operator==(const ServerConfig&, const ServerConfig&) = default;
};

// Which keys this node holds and whose it believes (docs/KEYS.md).
struct KeysConfig {
  std::string folder;         // empty: beside the record, key_folder_of()
  std::string authority;      // what its keys' names begin with; empty: authority_of()
  std::string roster;         // path of the roster note to begin with; empty: none
  std::string roster_sha256;  // of that roster's text, 64 digits; empty: as the file says
  // Logs of other nodes that this one witnesses (plain keys), and the keys whose cosignatures of
  // its own log it keeps (cosignature keys).
  std::vector<seal::VerifierKey> witnesses;
  friend bool operator==(const KeysConfig&, const KeysConfig&) = default;
};

// This machine as one of the two that a node runs on (docs/STANDBY.md). Which of them is in charge
// the record tells; before anything happened it is the one that listens.
struct StandbyConfig {
  bool listens = false;  // where the other comes to; else where it is
  std::string address;
  std::uint16_t port = 0;
  seal::VerifierKey peer;  // of the other machine's link
  // Silence after which the standby takes over by itself; none: only by hand.
  std::optional<base::Duration> takeover_after = std::chrono::seconds(5);
  friend bool operator==(const StandbyConfig&, const StandbyConfig&) = default;
};

// As NodeConfig::terrain.
inline constexpr std::string_view kNoTerrain = "none";

struct NodeConfig {
  std::string name;
  std::string record;  // folder of the record
  std::string listen_address = "127.0.0.1";
  std::uint16_t listen_port = 8080;         // 0 takes a free one
  base::Duration retain = 90 * base::kDay;  // raw data is kept so long (record/retention.hpp)
  ServerConfig server;
  std::vector<track::SensorDescription> sensors;
  std::vector<SourceConfig> sources;
  FederationConfig federation;
  KeysConfig keys;
  std::optional<StandbyConfig> standby;
  bool registration = true;  // sensors' biases are learnt and taken away
  // File of the ground's heights (geo/terrain_grid.hpp); empty: the one that comes with the
  // program; kNoTerrain: none.
  std::string terrain;
};

// Where the node's keys lie: as configured, or the record folder's path with ".keys", so that a
// copy of the record holds no secret. `record` is the record's path as used.
[[nodiscard]] std::string key_folder_of(const NodeConfig& config, std::string_view record);
// What the names of the node's keys begin with: as configured, or `<name>.liptako.internal` with
// the node's name in lower case and '-' for what is neither a letter nor a digit.
[[nodiscard]] std::string authority_of(const NodeConfig& config);

// Whether a change from one to the other is for two persons to sign (charter::ActWeight): what is
// kept gets shorter, or partners, keys, the server or the standby change.
[[nodiscard]] bool weighs_heavily(const NodeConfig& now, const NodeConfig& next);

// `file` is used in messages only: "node.toml:12: source[0].port: 70000 is not in 0..65535".
[[nodiscard]] base::Result<NodeConfig> parse_config(std::string_view text, std::string_view file);

// The [[sensor]] tables alone, as `liptako track --sensors` takes them.
[[nodiscard]] base::Result<std::vector<track::SensorDescription>> parse_sensors(
    std::string_view text, std::string_view file);
// NodeConfig::terrain of such a text.
[[nodiscard]] base::Result<std::string> parse_terrain(std::string_view text, std::string_view file);

}  // namespace liptako::node
