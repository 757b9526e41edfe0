// Recordings: the same from the same seed, what the sources received, and a manifest that holds.
#include "sim/recorder.hpp"

#include <gtest/gtest.h>

#include <map>

#include "codec/capture/recording_reader.hpp"
#include "seal/sha256.hpp"
#include "sim/scenarios_for_test.hpp"
#include "sim/world.hpp"

namespace liptako::sim {
namespace {

using Folder = std::map<std::string, base::Bytes>;

const base::Timestamp kStart = base::parse_rfc3339("2026-11-22T13:00:00Z").value();

RecordingSummary recorded(const Scenario& scenario, std::uint64_t seed, Folder& folder) {
  const auto summary = record(scenario,
                              {seed, kStart, std::chrono::seconds(45)},
                              [&](const std::string& path, base::ByteView bytes) {
                                base::Bytes& file = folder[path];
                                file.insert(file.end(), bytes.begin(), bytes.end());
                                return base::Result<void>();
                              });
  EXPECT_TRUE(summary.has_value());
  return summary.value_or(RecordingSummary());
}

TEST(Recorder, TheSameSeedGivesTheSameFilesAndAnotherOneOthers) {
  const Scenario scenario = shipped_scenario("sahel24.toml");
  Folder first, second, other;
  const RecordingSummary summary = recorded(scenario, 3, first);
  (void)recorded(scenario, 3, second);
  (void)recorded(scenario, 4, other);
  EXPECT_EQ(first, second);
  EXPECT_NE(first["truth.jsonl"], other["truth.jsonl"]);
  EXPECT_EQ(first.size(), summary.files.size() + 1);
  for (const RecordedFile& file : summary.files) {
    ASSERT_TRUE(first.contains(file.path)) << file.path;
    EXPECT_EQ(first[file.path].size(), file.size) << file.path;
    EXPECT_EQ(seal::to_hex(seal::sha256(first[file.path])), file.sha256) << file.path;
    EXPECT_NE(summary.manifest.find(file.sha256), std::string::npos);
  }
}

TEST(Recorder, FilesHoldWhatTheSourcesReceived) {
  const Scenario scenario = shipped_scenario("sahel24.toml");
  Folder folder;
  (void)recorded(scenario, 5, folder);
  std::map<std::string, std::vector<std::pair<base::Timestamp, base::Bytes>>> captures;
  Folder streams;
  World world(scenario, 5, kStart);
  world.advance(kStart + std::chrono::seconds(45), [&](const Emission& e) {
    const SourceInfo& source = world.sources()[e.source];
    const std::string stem = source.node + "/" + source.name;
    base::Bytes& stream = streams[stem + ".beast"];
    if (source.beast) {
      stream.insert(stream.end(), e.datagram.begin(), e.datagram.end());
    } else {
      captures[stem + ".pcap"].emplace_back(e.emitted_at,
                                            base::Bytes(e.datagram.begin(), e.datagram.end()));
    }
  });
  ASSERT_EQ(captures.size(), 21u);
  for (const auto& [path, datagrams] : captures) {
    const base::Bytes& file = folder[path];
    codec::capture::RecordingReader reader(codec::capture::Container::pcap);
    std::size_t at = 0;
    std::size_t read = 0;
    while (true) {
      const auto step = reader.step(base::ByteView(file).subspan(at), false);
      if (step.consumed == 0) break;
      at += step.consumed;
      if (!step.datagram) continue;
      ASSERT_LT(read, datagrams.size());
      EXPECT_EQ(step.datagram->time, datagrams[read].first);
      EXPECT_EQ(base::Bytes(step.datagram->bytes.begin(), step.datagram->bytes.end()),
                datagrams[read].second);
      ++read;
    }
    EXPECT_EQ(read, datagrams.size()) << path;
  }
  int beast = 0;
  for (const auto& [path, bytes] : streams) {
    if (!folder.contains(path)) continue;
    EXPECT_EQ(folder[path], bytes) << path;
    ++beast;
  }
  EXPECT_EQ(beast, 4);
}

TEST(Recorder, WhatCannotBeWrittenEndsIt) {
  int calls = 0;
  const auto summary = record(shipped_scenario("sahel24.toml"),
                              {1, kStart, std::chrono::seconds(2)},
                              [&](const std::string&, base::ByteView) -> base::Result<void> {
                                if (++calls < 3) return {};
                                return base::world_failed("disk full");
                              });
  ASSERT_FALSE(summary.has_value());
  EXPECT_EQ(summary.error().message, "disk full");
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace liptako::sim
