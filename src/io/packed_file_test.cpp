#include "io/packed_file.hpp"

#include <gtest/gtest.h>
#include <lzma.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "base/prng.hpp"

namespace liptako::io {
namespace {

using base::Bytes;

Bytes xz(const Bytes& content, std::uint32_t preset = 0) {
  Bytes out(lzma_stream_buffer_bound(content.size()));
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(preset,
                                    LZMA_CHECK_CRC64,
                                    nullptr,
                                    content.data(),
                                    content.size(),
                                    out.data(),
                                    &size,
                                    out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

Bytes gzip(Bytes content) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(deflateBound(&stream, content.size()) + 32);
  stream.next_in = content.data();
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Half of it compresses, half does not.
Bytes content_of(std::size_t size, std::uint64_t seed = 1) {
  base::Prng prng(seed);
  Bytes content(size);
  for (std::size_t i = 0; i < size; ++i)
    content[i] = i % 512 < 256 ? static_cast<std::uint8_t>(prng.next()) : 0x30;
  return content;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class PackedFileTest : public testing::Test {
 protected:
  PackedFileTest()
      : path_(std::filesystem::path(testing::TempDir()) /
              ("liptako_packed_" + std::to_string(getpid()))) {}
  ~PackedFileTest() override { std::filesystem::remove(path_); }

  void write(const Bytes& bytes) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  struct Read {
    Bytes bytes;
    std::string error;  // without the file's name
  };
  // In reads of `step` bytes.
  Read read(const PackedFileOptions& options = {}, std::size_t step = 10'000) {
    Read out;
    auto file = PackedFile::open(path_.string(), options);
    for (bool more = file.has_value(); more;) {
      Bytes piece(step);
      const auto count = file->read(piece);
      if (!count) {
        out.error = without_name(count.error().message);
        EXPECT_FALSE(file->read(piece)) << "an error is not forgotten";
      }
      more = count && *count > 0;
      if (more)
        out.bytes.insert(
            out.bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(*count));
    }
    if (!file) out.error = without_name(file.error().message);
    return out;
  }
  [[nodiscard]] std::string without_name(const std::string& message) const {
    EXPECT_TRUE(message.starts_with(path_.string() + ": ")) << message;
    return message.substr(path_.string().size() + 2);
  }
  void expect_content(const Bytes& packed, const Bytes& content) {
    write(packed);
    for (const std::size_t step : {std::size_t{1} << 20, std::size_t{777}}) {
      const Read got = read({}, step);
      EXPECT_EQ(got.error, "");
      EXPECT_TRUE(got.bytes == content) << got.bytes.size() << " of " << content.size();
    }
    const auto whole = WholeFile::open(path_.string());
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_TRUE(std::ranges::equal(whole->bytes(), content));
  }

  std::filesystem::path path_;
};

TEST_F(PackedFileTest, ReadsPlainXzAndGzipByTheirContent) {
  for (const std::size_t size : {0, 1, 5, 6, 70'000, 300'000}) {
    const Bytes content = content_of(size);
    expect_content(content, content);
    expect_content(xz(content), content);
    expect_content(gzip(content), content);
  }
}

TEST_F(PackedFileTest, StreamsOneAfterTheOtherAreOneFile) {
  const Bytes a = content_of(100'000, 1);
  const Bytes b = content_of(5, 2);
  expect_content(xz(a) + xz(b) + xz(a), a + b + a);
  expect_content(gzip(a) + gzip(b) + gzip({}) + gzip(a), a + b + a);
  // Padding that the formats allow: multiples of four zeros in xz, zeros at the end in gzip.
  expect_content(xz(a) + Bytes(8) + xz(b), a + b);
  expect_content(gzip(a) + Bytes(70'000), a);
}

TEST_F(PackedFileTest, AMemberThatBeginsAtTheEndOfWhatWasReadIsSeen) {
  const Bytes b = content_of(9, 2);
  for (std::size_t from_end = 0; from_end < 6; ++from_end) {
    // The file is read in pieces of 65,536 bytes; the first member is made to end near that.
    Bytes name(65'536 - from_end - gzip({}).size() - 1, 'n');
    Bytes first = gzip({});
    first[3] = 8;  // a file name follows the header [RFC 1952, §2.3.1]
    name.push_back(0);
    first.insert(first.begin() + 10, name.begin(), name.end());
    ASSERT_EQ(first.size(), 65'536 - from_end);
    expect_content(first + gzip(b), b);
  }
}

TEST_F(PackedFileTest, WhatFollowsAStreamIsNotPassedOver) {
  const Bytes content = content_of(1000);
  write(xz(content) + Bytes(16, 0x41));
  Read got = read();
  EXPECT_TRUE(got.bytes == content);
  EXPECT_TRUE(got.error.starts_with("damaged at byte ")) << got.error;
  const Bytes packed_gzip = gzip(content);
  write(packed_gzip + Bytes(4) + Bytes(16, 0x41));
  got = read();
  EXPECT_TRUE(got.bytes == content);
  EXPECT_EQ(got.error,
            "is followed by what is not gzip at byte " + std::to_string(packed_gzip.size() + 4) +
                " of the gzip file");
}

TEST_F(PackedFileTest, BreakingOffAtAnyByteIsAnErrorThatNamesTheByte) {
  const Bytes content = content_of(1000);
  for (const Bytes& packed : {xz(content), gzip(content)}) {
    for (std::size_t size = 6; size < packed.size(); ++size) {
      Bytes cut = packed;
      cut.resize(size);
      write(cut);
      const Read got = read();
      EXPECT_TRUE(got.error.starts_with("breaks off at byte " + std::to_string(size) + " of the "))
          << got.error;
      ASSERT_LE(got.bytes.size(), content.size());
      EXPECT_TRUE(std::equal(got.bytes.begin(), got.bytes.end(), content.begin()));
      EXPECT_FALSE(WholeFile::open(path_.string()));
    }
  }
}

TEST_F(PackedFileTest, DamageIsFound) {
  const Bytes content = content_of(1000);
  base::Prng prng(3);
  for (const Bytes& packed : {xz(content), gzip(content)}) {
    int found = 0;
    for (int i = 0; i < 100; ++i) {
      Bytes damaged = packed;
      auto& octet = damaged[6 + prng.below(damaged.size() - 6)];
      octet = static_cast<std::uint8_t>(octet ^ 1u << prng.below(8));
      write(damaged);
      const Read got = read();
      found += !got.error.empty();
      // gzip's header holds a time and other things that nobody checks.
      if (got.error.empty()) {
        EXPECT_TRUE(got.bytes == content);
      }
    }
    EXPECT_GT(found, 90);
  }
  Bytes damaged = xz(content);
  damaged[damaged.size() / 2] ^= 1;
  write(damaged);
  const Read got = read();
  EXPECT_TRUE(got.error.starts_with("damaged at byte ")) << got.error;
  EXPECT_TRUE(got.error.ends_with(" of the xz file")) << got.error;
}

TEST_F(PackedFileTest, ABombIsRefused) {
  const Bytes zeros(8 << 20);
  for (const Bytes& packed : {xz(zeros), gzip(zeros)}) {
    ASSERT_LT(packed.size(), 16'000u);
    write(packed);
    const Read got = read({.max_unpacked = 1'000'000});
    EXPECT_EQ(got.bytes.size(), 1'000'000u);
    EXPECT_TRUE(got.error.starts_with("unpacks to more than 1000000 bytes: refused at byte "))
        << got.error;
    EXPECT_FALSE(WholeFile::open(path_.string(), 1'000'000));
    // As much as is allowed is allowed.
    const Read whole = read({.max_unpacked = zeros.size()});
    EXPECT_EQ(whole.error, "");
    EXPECT_TRUE(whole.bytes == zeros);
  }
}

TEST_F(PackedFileTest, AskingForTooMuchMemoryIsRefused) {
  write(xz(content_of(1000), 9));
  const Read got = read({.max_memory = 1 << 20});
  EXPECT_TRUE(got.bytes.empty());
  EXPECT_TRUE(got.error.starts_with("needs ")) << got.error;
  EXPECT_NE(got.error.find(" bytes of memory to unpack, more than 1048576: refused at byte "),
            std::string::npos)
      << got.error;
  EXPECT_EQ(read().error, "");
}

TEST_F(PackedFileTest, AFileThatCannotBeReadIsTheWorldsFault) {
  const auto absent = PackedFile::open("/nonexistent/a.xz");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, base::ErrorKind::world);
  EXPECT_EQ(absent.error().message, "/nonexistent/a.xz: No such file or directory");
  std::filesystem::create_directory(path_);
  const auto folder = PackedFile::open(path_.string());
  ASSERT_FALSE(folder);
  EXPECT_EQ(without_name(folder.error().message), "Is a directory");
}

}  // namespace
}  // namespace liptako::io
