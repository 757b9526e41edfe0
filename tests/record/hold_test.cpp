#include "record/hold.hpp"

#include <gtest/gtest.h>

#include "sim/sim_storage.hpp"

namespace liptako::record {
namespace {

const base::Timestamp kTime = *base::parse_rfc3339("2026-11-22T10:00:00Z");
const HoldAct kSet{kTime, "Tribunal de Mopti, ordonnance 114", "collision du 20 novembre"};
const HoldAct kLift{kTime + base::kDay, "Tribunal de Mopti", "affaire close"};

TEST(Hold, IsSetListedAndLiftedAndStaysSaid) {
  sim::SimStorage disk(1);
  ASSERT_TRUE(set_hold(disk, "mopti-114", kSet));
  auto holds = list_holds(disk);
  ASSERT_TRUE(holds && holds->size() == 1);
  EXPECT_TRUE(holds->front().stands());
  EXPECT_EQ(holds->front().set.reason, kSet.reason);
  ASSERT_TRUE(lift_hold(disk, "mopti-114", kLift));
  holds = list_holds(disk);
  ASSERT_TRUE(holds && holds->size() == 1);
  EXPECT_FALSE(holds->front().stands());
  EXPECT_EQ(holds->front().set.by, kSet.by);
  EXPECT_EQ(holds->front().lifted->time, kLift.time);
  EXPECT_FALSE(lift_hold(disk, "mopti-114", kLift)) << "it does not stand";
  EXPECT_FALSE(set_hold(disk, "mopti-114", kSet)) << "the name is taken for ever";
  EXPECT_FALSE(lift_hold(disk, "gao-1", kLift));
}

TEST(Hold, RefusesNamesThatAreNoFilesOfTheFolderAndTextsOfSeveralLines) {
  sim::SimStorage disk(1);
  for (const char* id : {"", "A", "a/b", "..", "a b", "é"}) EXPECT_FALSE(set_hold(disk, id, kSet));
  EXPECT_FALSE(set_hold(disk, std::string(kMaxHoldId + 1, 'a'), kSet));
  EXPECT_FALSE(set_hold(disk, "a", {kTime, "x\nlifted 2026-01-01T00:00:00Z", "y"}));
  EXPECT_FALSE(set_hold(disk, "a", {kTime, "x", ""}));
  EXPECT_FALSE(set_hold(disk, "a", {kTime, "x", std::string(kMaxHoldText + 1, 'y')}));
  EXPECT_TRUE(list_holds(disk)->empty());
}

TEST(Hold, WhatIsNoHoldByItsFormStandsAllTheSame) {
  Hold hold{"a", kSet, kLift, true};
  const std::string sound = to_string(hold);
  ASSERT_FALSE(parse_hold("a", sound).stands());
  // Cut anywhere but between the two acts, or with one byte altered to a control character.
  const std::size_t first_act = to_string(Hold{"a", kSet, std::nullopt, true}).size();
  for (std::size_t size = 0; size < sound.size(); ++size) {
    const Hold cut = parse_hold("a", sound.substr(0, size));
    EXPECT_TRUE(cut.stands()) << size;
    EXPECT_EQ(cut.readable, size == first_act) << size;
    std::string altered = sound;
    altered[size] = '\x01';
    EXPECT_TRUE(parse_hold("a", altered).stands()) << size;
    EXPECT_FALSE(parse_hold("a", altered).readable) << size;
  }
  sim::SimStorage disk(1);
  ASSERT_TRUE(disk.replace("hold/note", base::Bytes{1, 2, 3}));
  EXPECT_TRUE(list_holds(disk)->front().stands());
  EXPECT_FALSE(lift_hold(disk, "note", kLift)) << "a person has to look at it";
}

}  // namespace
}  // namespace liptako::record
