#include "seal/checkpoint.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/prng.hpp"
#include "seal/base64.hpp"

namespace liptako::seal {
namespace {

// The example of the specification.
constexpr std::string_view kExample =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

TEST(Checkpoint, TheSpecificationsExampleReads) {
  const auto checkpoint = parse_checkpoint(kExample);
  ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, 20852163U);
  EXPECT_EQ(to_base64(checkpoint->root), "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
  EXPECT_EQ(checkpoint_text(*checkpoint), kExample);
}

TEST(Checkpoint, TextReadsBack) {
  base::Prng prng(1);
  for (int round = 0; round < 200; ++round) {
    Checkpoint checkpoint{"niger.liptako.internal/log", prng.next() >> (1 + prng.below(63)), {}};
    for (auto& byte : checkpoint.root) byte = static_cast<std::uint8_t>(prng.below(256));
    EXPECT_EQ(parse_checkpoint(checkpoint_text(checkpoint)), checkpoint);
  }
  EXPECT_EQ(parse_checkpoint(checkpoint_text({"a", 0, empty_root()}))->head(), TreeHead{});
}

TEST(Checkpoint, ExtensionLinesAreCarriedPast) {
  const auto checkpoint = parse_checkpoint(std::string(kExample) + "more\nand more\n");
  ASSERT_TRUE(checkpoint.has_value());
  EXPECT_EQ(checkpoint->size, 20852163U);
}

TEST(Checkpoint, AnythingElseIsRefused) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  const std::vector<std::string> bad{
      "",
      "a\n",
      "a\n1\n",
      "a\n1\n" + root.substr(0, root.size() - 1),  // the last newline is missing
      "\n1\n" + root,
      "a\n\n" + root,
      "a\n01\n" + root,
      "a\n00\n" + root,
      "a\n-1\n" + root,
      "a\n+1\n" + root,
      "a\n 1\n" + root,
      "a\n1 \n" + root,
      "a\n0x1\n" + root,
      "a\n9223372036854775808\n" + root,
      "a\n99999999999999999999999\n" + root,
      "a\n1\nCsUY\n",
      "a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
      "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
      "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",  // bits beyond the hash
      "a\n1\n" + root + "\n",
      "a\n1\n" + root + "extension cut off"};
  for (const std::string& text : bad) {
    EXPECT_FALSE(parse_checkpoint(text).has_value()) << text;
  }
  EXPECT_EQ(parse_checkpoint("a\n9223372036854775807\n" + root)->size, kMaxTreeSize);
}

}  // namespace
}  // namespace liptako::seal
