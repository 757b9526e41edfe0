#include "app/words.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace liptako::app {
namespace {

TEST(Words, AnErrorIsToldInTheReadersLanguageWithItsDetailBehind) {
  const std::string detail = "input/00000001.seg: cannot write: No space left on device";
  const base::Error full{base::ErrorKind::world, detail};
  const base::Error odd{base::ErrorKind::bad_input, "nothing anybody ever said"};
  setenv("LIPTAKO_LANG", "fr", 1);
  EXPECT_EQ(explain(full), "le disque est plein : " + detail);
  EXPECT_EQ(explain(odd), "ce qui a été donné n'est pas utilisable : " + odd.message);
  EXPECT_EQ(explain(detail), explain(full));
  setenv("LIPTAKO_LANG", "en", 1);
  EXPECT_EQ(explain(full), detail);
  EXPECT_EQ(explain_in_french(detail), "le disque est plein : " + detail);
}

}  // namespace
}  // namespace liptako::app
