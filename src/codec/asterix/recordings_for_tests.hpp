// The kept recordings of real sensors, for tests. They are not part of the repository: a test that
// needs one is skipped, with the reason, where they are absent.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace liptako::codec::asterix {

// Folder of the recordings: $LIPTAKO_SHARED_DATA, or ../shared/data beside the source tree.
inline std::filesystem::path surveillance_data() {
  const char* given = std::getenv("LIPTAKO_SHARED_DATA");
  const std::filesystem::path root =
      given != nullptr ? given : std::filesystem::path(LIPTAKO_SOURCE_DIR) / "../shared/data";
  return root / "surveillance" / "asterix";
}

// Content of a file of that folder; ".xz" is unpacked with the xz program.
inline std::optional<base::Bytes> read_surveillance(const std::string& name) {
  const std::filesystem::path path = surveillance_data() / name;
  if (!std::filesystem::exists(path)) return std::nullopt;
  const bool packed = path.extension() == ".xz";
  std::FILE* in = packed ? ::popen(("xz -dc '" + path.string() + "'").c_str(), "r")
                         : std::fopen(path.c_str(), "rb");
  if (in == nullptr) return std::nullopt;
  base::Bytes bytes;
  std::array<std::uint8_t, 65536> piece;
  while (const std::size_t n = std::fread(piece.data(), 1, piece.size(), in)) {
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + n);
  }
  const int status = packed ? ::pclose(in) : std::fclose(in);
  if (status != 0 || bytes.empty()) return std::nullopt;
  return bytes;
}

inline constexpr std::array<const char*, 3> kRecordings = {
    "cat048_034_jahorina", "cat048_bcn_2023", "cat021_v2x_alicante"};

}  // namespace liptako::codec::asterix

#define LIPTAKO_NEED_RECORDING(variable, name)                                          \
  const auto variable##_read = ::liptako::codec::asterix::read_surveillance(name);      \
  if (!variable##_read) {                                                               \
    GTEST_SKIP() << "recording " << (name) << " not found in "                          \
                 << ::liptako::codec::asterix::surveillance_data()                      \
                 << "; set LIPTAKO_SHARED_DATA to the folder that holds surveillance/"; \
  }                                                                                     \
  /* NOLINTNEXTLINE(bugprone-macro-parentheses): `variable` is declared here */         \
  const ::liptako::base::Bytes& variable = *variable##_read
