#include "seal/base64.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/prng.hpp"

namespace liptako::seal {
namespace {

TEST(Base64, PublishedExamples) {  // [RFC 4648, §10]
  constexpr std::array<std::array<std::string_view, 2>, 7> kExamples{{{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}}};
  for (const auto& [plain, coded] : kExamples) {
    const base::Bytes bytes(plain.begin(), plain.end());
    EXPECT_EQ(to_base64(bytes), coded);
    EXPECT_EQ(bytes_from_base64(coded), bytes);
  }
}

TEST(Base64, EveryOtherTextIsRefused) {
  // Missing or stray padding, bits that no byte takes, other alphabets, spaces, cut groups.
  for (const std::string_view text :
       {"Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm-_", "Zm 9", "Zm9v\n", "Z"}) {
    EXPECT_EQ(bytes_from_base64(text), std::nullopt) << text;
  }
}

TEST(Base64, WhatDecodesEncodesBackToItself) {
  base::Prng prng(1);
  constexpr std::string_view kSome = "AQgwZz09+/=";
  int decoded = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text(4 * prng.below(3), ' ');
    for (char& c : text) c = kSome[prng.below(kSome.size())];
    if (const auto bytes = bytes_from_base64(text)) {
      ++decoded;
      EXPECT_EQ(to_base64(*bytes), text);
    }
  }
  EXPECT_GT(decoded, 1000);
}

}  // namespace
}  // namespace liptako::seal
