#include "history/chunker.hpp"

#include <gtest/gtest.h>

#include "history/chunk.hpp"
#include "history/states_for_test.hpp"

namespace liptako::history {
namespace {

constexpr base::TrackNumber kTrack{7};

// Confirmed, every five seconds, due east from a longitude.
std::vector<State> straight(std::size_t count, double longitude_deg) {
  std::vector<State> states(count);
  for (std::size_t i = 0; i < count; ++i) {
    states[i].time = base::timestamp_from_ns(1'790'000'000'000'000'000) +
                     std::chrono::seconds(5) * static_cast<std::int64_t>(i);
    states[i].last_plot_time = states[i].time;
    states[i].latitude = base::Angle::from_degrees(13.5);
    double longitude = longitude_deg + 0.01 * static_cast<double>(i);
    if (longitude >= 180.0) longitude -= 360.0;
    states[i].longitude = base::Angle::from_degrees(longitude);
    states[i].status = Status::confirmed;
    states[i].existence = 1.0;
    states[i].covariance = {100.0, 0.0, 100.0};
  }
  return states;
}

std::size_t states_in(const std::vector<Chunk>& chunks) {
  std::size_t count = 0;
  for (const Chunk& chunk : chunks) {
    const auto states = decode_chunk(chunk.data);
    EXPECT_TRUE(states && states->size() == chunk.states);
    count += chunk.states;
  }
  return count;
}

TEST(Chunker, CutsByNumberAndLosesNothing) {
  Chunker chunker({.max_states = 50, .max_span = std::chrono::hours(1)});
  for (const State& state : straight(120, 2.0)) chunker.take(kTrack, state);
  auto chunks = chunker.take_finished();
  EXPECT_EQ(chunks.size(), 2u);
  chunker.finish_all();
  for (Chunk& chunk : chunker.take_finished()) chunks.push_back(std::move(chunk));
  EXPECT_EQ(states_in(chunks), 120u);
  EXPECT_EQ(chunker.open_tracks(), 0u);
}

TEST(Chunker, CutsByTime) {
  Chunker chunker({.max_states = 1000, .max_span = std::chrono::seconds(60)});
  for (const State& state : straight(40, 2.0)) chunker.take(kTrack, state);
  chunker.finish_all();
  const auto chunks = chunker.take_finished();
  EXPECT_EQ(states_in(chunks), 40u);
  for (const Chunk& chunk : chunks) EXPECT_LE(chunk.to - chunk.from, std::chrono::seconds(60));
}

TEST(Chunker, AChunksBoxHoldsItsStates) {
  Chunker chunker;
  for (const State& state : flight_for_test(3, 400, 4.0)) chunker.take(kTrack, state);
  chunker.finish_all();
  for (const Chunk& chunk : chunker.take_finished()) {
    const auto decoded = decode_chunk(chunk.data).value();
    for (const State& state : decoded) {
      EXPECT_LE(chunk.from, state.time);
      EXPECT_GE(chunk.to, state.time);
      EXPECT_LE(chunk.box.south_e6, state.latitude.degrees() * 1e6 + 0.01);
      EXPECT_GE(chunk.box.north_e6, state.latitude.degrees() * 1e6 - 0.01);
      EXPECT_LE(chunk.box.west_e6, state.longitude.degrees() * 1e6 + 0.01);
      EXPECT_GE(chunk.box.east_e6, state.longitude.degrees() * 1e6 - 0.01);
    }
  }
}

TEST(Chunker, NoChunkCrossesThe180thMeridian) {
  Chunker chunker;
  for (const State& state : straight(40, 179.8)) chunker.take(kTrack, state);
  chunker.finish_all();
  const auto chunks = chunker.take_finished();
  ASSERT_EQ(chunks.size(), 2u);
  EXPECT_GT(chunks[0].box.west_e6, 0);
  EXPECT_LT(chunks[1].box.east_e6, 0);
}

TEST(Chunker, ATrackThatWasNeverConfirmedLeavesNothing) {
  Chunker chunker;
  for (State state : straight(30, 2.0)) {
    state.status = Status::tentative;
    chunker.take(kTrack, state);
  }
  State last = straight(31, 2.0).back();
  last.status = Status::dropped;
  EXPECT_TRUE(chunker.take_open().empty());
  chunker.take(kTrack, last);
  chunker.finish_all();
  EXPECT_TRUE(chunker.take_finished().empty());
}

TEST(Chunker, AConfirmedTrackKeepsItsDoubtfulBeginningAndEnd) {
  Chunker chunker;
  auto states = straight(10, 2.0);
  states[0].status = states[1].status = Status::tentative;
  states[9].status = Status::dropped;
  for (const State& state : states) chunker.take(kTrack, state);
  EXPECT_EQ(chunker.open_tracks(), 0u);
  EXPECT_EQ(states_in(chunker.take_finished()), 10u);
}

TEST(Chunker, AnOpenChunkIsToldWhenItHasGrown) {
  Chunker chunker;
  const auto states = straight(10, 2.0);
  for (std::size_t i = 0; i < 4; ++i) chunker.take(kTrack, states[i]);
  const auto open = chunker.take_open();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_TRUE(open.front().open);
  EXPECT_TRUE(chunker.take_open().empty());

  // Another run of the node goes on with it.
  Chunker next;
  next.resume(kTrack, decode_chunk(open.front().data).value(), true);
  EXPECT_TRUE(next.take_open().empty());
  for (std::size_t i = 4; i < states.size(); ++i) next.take(kTrack, states[i]);
  next.finish_all();
  const auto whole = next.take_finished();
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_EQ(states_in(whole), 10u);
}

TEST(Chunker, WhatCannotBeKeptIsCounted) {
  Chunker chunker;
  State state = straight(1, 2.0).front();
  state.existence = std::nan("");
  chunker.take(kTrack, state);
  EXPECT_EQ(chunker.refused(), 1u);
  EXPECT_EQ(chunker.open_tracks(), 0u);
}

}  // namespace
}  // namespace liptako::history
