#include "track/cluster/names.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace liptako::track {
namespace {

double sum(std::span<const double> row) { return std::accumulate(row.begin(), row.end(), 0.0); }

// Whatever labels the other table has, no second is lost: those of labels gone are kept as such.
TEST(NameTable, KeepsEverySecondFromTableToTable) {
  NameTable from;
  from.labels = {2, 5, 9};
  const std::uint32_t row = from.add_row();
  for (const std::uint32_t label : {2U, 5U, 9U}) from.row(row)[from.column(label)] = 10.0 * label;
  NameTable to;
  to.labels = {5, 7};
  (void)to.add_row();
  const std::uint32_t into = to.add_row();
  to.add_to(into, from, row, 0.5);
  EXPECT_DOUBLE_EQ(sum(to.row(into)), 0.5 * sum(from.row(row)));
  EXPECT_DOUBLE_EQ(to.row(into)[to.column(5)], 25.0);
  EXPECT_DOUBLE_EQ(to.row(into)[to.column(7)], 0.0);
  EXPECT_DOUBLE_EQ(to.row(into)[to.column(2)], 55.0);  // gone
  EXPECT_DOUBLE_EQ(sum(to.row(0)), 0.0);
}

TEST(NameTable, IsNotSoundWithLabelsOutOfOrderOrBrokenRows) {
  NameTable t;
  t.labels = {1, 3};
  (void)t.add_row();
  EXPECT_TRUE(t.is_sound());
  t.seconds.push_back(0.0);
  EXPECT_FALSE(t.is_sound());
  t.seconds.pop_back();
  t.seconds[0] = -1.0;
  EXPECT_FALSE(t.is_sound());
  t.seconds[0] = 1.0;
  t.labels = {3, 1};
  EXPECT_FALSE(t.is_sound());
}

}  // namespace
}  // namespace liptako::track
