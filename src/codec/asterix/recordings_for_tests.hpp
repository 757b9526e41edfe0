// The kept recordings of real sensors, for tests. They are not part of the repository: a test that
// needs one is skipped, with the reason, where they are absent.
#pragma once

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "codec/asterix/record.hpp"
#include "codec/capture/recording_reader.hpp"

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

inline constexpr std::array<const char*, 8> kRecordings = {"cat010_lebl_mlat_2016.ast.xz",
                                                           "cat010_lebl_smr_2016.ast.xz",
                                                           "cat048_034_jahorina.ast.xz",
                                                           "cat048_bcn_2023.ast.xz",
                                                           "cat021_v023_lebl_2016.ast.xz",
                                                           "cat021_v2x_alicante.ast.xz",
                                                           "cat020_019_lebl_mlat_2016.ast.xz",
                                                           "cat062_063_065_30min.ff.xz"};
// What their names say.
inline Editions editions_of(std::string_view name) {
  return {.cat021_ed023 = name.starts_with("cat021_v023")};
}

// Data blocks of a recording and where in its file they begin.
struct Piece {
  base::ByteView blocks;
  std::uint64_t offset = 0;
};
// Of a file that is data blocks, or frames around them. The frames may be read wrong: a fault ends
// the list.
inline std::vector<Piece> pieces_of(base::ByteView file) {
  const capture::Container container =
      capture::recognise(file.first(std::min(file.size(), capture::kHead)));
  if (container == capture::Container::stream) return {{.blocks = file}};
  std::vector<Piece> pieces;
  capture::RecordingReader reader(container);
  for (std::size_t at = 0;;) {
    const auto step = reader.step(file.subspan(at), false);
    if (step.datagram) {
      const base::ByteView payload = step.datagram->bytes;
      pieces.push_back(
          {.blocks = payload, .offset = static_cast<std::uint64_t>(payload.data() - file.data())});
    }
    if (step.consumed == 0) return pieces;
    at += step.consumed;
  }
}
inline base::Bytes unframed(base::ByteView file) {
  base::Bytes out;
  for (const Piece& piece : pieces_of(file)) {
    out.insert(out.end(), piece.blocks.begin(), piece.blocks.end());
  }
  return out;
}

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
