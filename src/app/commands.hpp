// The commands of `liptako`, each with its options, each returning the process's exit code:
// 0 done, 1 the input is at fault, 2 usage, 3 the world failed.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace liptako::app {

inline constexpr int kDone = 0;
inline constexpr int kInputAtFault = 1;
inline constexpr int kUsage = 2;
inline constexpr int kWorldFailed = 3;

// Prints "liptako: MESSAGE" on stderr.
int report(const base::Error& error);

struct DemoOptions {
  std::optional<double> seconds;  // wall time; until stopped otherwise
  bool json = false;
  std::uint16_t port = 8080;
  std::string record;    // folder for one record per node; a temporary one otherwise
  std::string scenario;  // file; the shipped one otherwise
  std::uint64_t seed = 1;
  std::string console;  // folder of the built console; found beside the command otherwise
};
int run_demo(const DemoOptions& options, const std::atomic<bool>& stop);

struct NodeOptions {
  std::string config;
  std::optional<std::uint16_t> port;
  std::optional<double> seconds;
  std::string console;
};
int run_node(const NodeOptions& options, const std::atomic<bool>& stop);

struct ReplayOptions {
  std::string record;
  bool hash = false;
  bool json = false;
};
int run_replay(const ReplayOptions& options);

struct TrackOptions {
  std::vector<std::string> files;
  std::string sensors;
  std::string date;
  std::string output = "-";
};
int run_track(const TrackOptions& options);

struct ScoreOptions {
  std::string truth;
  std::string tracks;
  bool json = false;
  double cutoff_m = 4630.0;
  int order = 2;
  double update_interval_s = 8.0;
  double coast_s = 60.0;
  std::string from;  // RFC 3339
  std::string to;
};
int run_score(const ScoreOptions& options);

struct PlayOptions {
  std::vector<std::string> files;
  std::string to = "127.0.0.1:8600";  // each file to its own port, counting up from this one
  double speed = 1.0;                 // times as fast as recorded
  std::optional<double> seconds;
};
int run_play(const PlayOptions& options, const std::atomic<bool>& stop);

// A file shipped with the command ("scenarios/demo.toml", "web"): beside the executable's tree, or
// installed. Empty if it is nowhere.
[[nodiscard]] std::string find_shipped(const std::string& relative);

}  // namespace liptako::app
