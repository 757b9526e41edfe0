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

// How much traffic: some 60, 500 or 4,000 aircraft at once.
enum class Tier : std::uint8_t { nominal, surge, benchmark };

struct DemoOptions {
  std::optional<double> seconds;  // wall time; until stopped otherwise
  bool json = false;
  std::uint16_t port = 8080;  // of the first nation's console; the others' follow
  std::string record;         // folder for one record per node; a temporary one otherwise
  Tier tier = Tier::nominal;
  std::string scenario;  // file; the tier's otherwise
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

// A node on two machines; `config` is the configuration's file.
int run_standby_key(const std::string& config);
int run_standby_take_over(const std::string& config);
// `backup`: of either machine's record, to begin with; may be empty.
int run_standby_rejoin(const std::string& config, const std::string& backup);

struct ReplayOptions {
  std::string record;
  bool hash = false;
  bool json = false;
  bool verify = false;  // against the record's own log, first
  std::string keys;     // for that: file of verifier keys
};
int run_replay(const ReplayOptions& options);

struct RecordVerifyOptions {
  std::string record;
  std::string keys;  // file of verifier keys, one a line; empty: no signature is checked
  bool json = false;
  bool quiet = false;  // faults only, on stderr
};
int run_record_verify(const RecordVerifyOptions& options);

struct RecordProveOptions {
  std::string record;
  std::uint64_t entry = 0;
  std::string output = "-";
};
int run_record_prove(const RecordProveOptions& options);

struct RecordConsistencyOptions {
  std::string record;
  std::uint64_t older = 0;
  std::uint64_t newer = 0;
};
int run_record_consistency(const RecordConsistencyOptions& options);

struct HistoryOptions {
  std::string record;
  std::string box;   // LATMIN,LONMIN,LATMAX,LONMAX; empty: everywhere
  std::string from;  // RFC 3339; empty: from the beginning
  std::string to;
  std::optional<std::uint32_t> track;
  bool csv = false;  // JSON Lines otherwise
};
int run_history(const HistoryOptions& options);
int run_history_rebuild(const std::string& record);
int run_history_prune(const std::string& record, const std::string& before);

struct TrackOptions {
  // A benchmark set (docs/TRACKER.md) instead of files; then `data`.
  std::string set;
  std::string data;
  std::string runs;  // "A-B" or "A"; empty: all
  bool research = false;
  std::string exchange;     // of s2: plots (also if empty), tracks, none
  bool covariance = false;  // of positions, in three more columns
  std::vector<std::string> files;
  std::string sensors;
  std::string date;
  std::optional<double> smooth_s;  // lag of a fixed-lag smoother; absent: tracks as they were
  std::string output = "-";
  std::string doubts;        // file for what was found doubtful; empty: none
  std::string registration;  // file for what is learnt of sensors' biases; empty: none
  bool no_registration = false;
};
int run_track(const TrackOptions& options);
int run_track_set(const TrackOptions& options);

struct SchemaOptions {
  std::string type;  // one type, or all below a name; empty for all
  bool json = false;
};
int run_schema(const SchemaOptions& options);

struct ScoreOptions {
  // A benchmark set (docs/SCORING.md) instead of truth and tracks; then `data` and `estimates`.
  std::string set;
  std::string data;
  std::string estimates;
  std::string runs;  // "A-B" or "A"; empty: those that have estimates
  std::string truth;
  std::string tracks;
  // What is doubted against what is wrong (docs/DOUBTS.md), instead of truth and tracks.
  std::string labels;
  std::string doubts;
  std::string member;
  bool json = false;
  double cutoff_m = 4630.0;
  std::optional<double> gamma_m;  // of trajectory GOSPA; a tenth of c otherwise
  int order = 2;
  double update_interval_s = 8.0;
  double coast_s = 60.0;
  std::string from;  // RFC 3339
  std::string to;
};
int run_score(const ScoreOptions& options);
int run_score_set(const ScoreOptions& options);

struct SimOptions {
  std::string scenario;
  std::uint64_t seed = 1;
  std::string output;
  double minutes = 10.0;
  // Of no particular day; one o'clock is where shipped scenarios of a day begin.
  std::string start = "2026-01-15T13:00:00Z";
  bool json = false;
};
int run_sim(const SimOptions& options);

struct PersonalOptions {
  std::string folder;  // of keys
  std::string record;  // whose erasures are obeyed first; empty: none
  bool json = false;
};
int run_personal(const PersonalOptions& options);

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
