// A file's bytes as a stream, unpacked on the way if it is packed: xz and gzip, recognised by their
// content, not by name. Several streams or members one after the other are one file, as xz and gzip
// themselves read them.
//
// What unpacks to more than it may, or asks for more memory than it may, is refused: a file of a
// few kilobytes can unpack to terabytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "io/mapped_file.hpp"

namespace liptako::io {

enum class Packing : std::uint8_t { none, xz, gzip };
[[nodiscard]] std::string_view to_string(Packing packing);

struct PackedFileOptions {
  // Of the unpacked bytes; what is not packed may have any size.
  std::uint64_t max_unpacked = std::uint64_t{64} << 30;
  // For unpacking. `xz -9` needs 65 MiB; only files made by hand with a larger dictionary need
  // more.
  std::uint64_t max_memory = std::uint64_t{128} << 20;
  // Refuses whatever reading may wait for: pipes, devices, and standard input.
  bool regular_only = false;
};

class PackedFile {
 public:
  // "-" is standard input, unless regular_only.
  [[nodiscard]] static base::Result<PackedFile> open(const std::string& path,
                                                     const PackedFileOptions& options = {});
  PackedFile(PackedFile&& other) noexcept;
  PackedFile& operator=(PackedFile&& other) noexcept;
  PackedFile(const PackedFile&) = delete;
  PackedFile& operator=(const PackedFile&) = delete;
  ~PackedFile();

  // Fills `into` as far as there are bytes; less only at the end of the file. What was unpacked
  // before an error is given first. An error names the file, the packing, and the byte of the file
  // at which it arose; the same error is given again from then on.
  [[nodiscard]] base::Result<std::size_t> read(std::span<std::uint8_t> into);
  [[nodiscard]] Packing packing() const;

 private:
  class Unpacker;
  explicit PackedFile(std::unique_ptr<Unpacker> unpacker);
  std::unique_ptr<Unpacker> unpacker_;
};

// A whole file's bytes: mapped if it is plain, in memory if it is packed or standard input ("-").
class WholeFile {
 public:
  // What is not mapped may take at most this much memory.
  static constexpr std::uint64_t kMaxUnpacked = std::uint64_t{2} << 30;

  [[nodiscard]] static base::Result<WholeFile> open(const std::string& path,
                                                    std::uint64_t max_unpacked = kMaxUnpacked);
  [[nodiscard]] base::ByteView bytes() const { return mapped_ ? mapped_->bytes() : unpacked_; }

 private:
  std::optional<MappedFile> mapped_;
  base::Bytes unpacked_;
};

}  // namespace liptako::io
