// A simulated world as files: what each member's sources would have received, the truth beside it,
// a configuration for each member, and a manifest that says how to make the same again. Writes
// nothing itself: gives out names and bytes.
//
//   bamako/mssr-bamako.pcap   ASTERIX as UDP datagrams, with the times of their arrival
//   bamako/adsb-2.beast       Beast as a plain stream; its frames carry the receiver's stamps
//   bamako/node.toml          sensors, and these files as sources; paths from the top folder
//   truth.jsonl               every aircraft once a second
//   labels.jsonl              what is wrong with whom, from when to when
//   manifest.json             scenario, seed, start, length; size and SHA-256 of every other file
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "sim/scenario.hpp"

namespace liptako::sim {

struct RecordingOptions {
  std::uint64_t seed = 1;
  base::Timestamp start;
  base::Duration length{};  // whole seconds; more than none
};

struct RecordedFile {
  std::string path;
  std::uint64_t size = 0;
  std::string sha256;  // hexadecimal
};

struct RecordingSummary {
  std::vector<RecordedFile> files;  // by path, without the manifest
  std::string manifest;             // its text
  std::uint64_t datagrams = 0;
  std::size_t most_aircraft = 0;  // at one instant
};

// Appends to the file of that name, which does not exist before the first call. What it refuses
// ends the recording with its error.
using Append = std::function<base::Result<void>(const std::string& path, base::ByteView bytes)>;

[[nodiscard]] base::Result<RecordingSummary> record(const Scenario& scenario,
                                                    const RecordingOptions& options,
                                                    const Append& append);

}  // namespace liptako::sim
