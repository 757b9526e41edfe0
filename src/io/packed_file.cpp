#include "io/packed_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace liptako::io {
namespace {

constexpr std::size_t kInput = 1u << 16;
constexpr std::size_t kUnpackStep = 1u << 20;

constexpr std::array<std::uint8_t, 6> kXzMagic = {0xFD, '7', 'z', 'X', 'Z', 0x00};
// ID1, ID2 and the one compression method there is [RFC 1952, §2.3.1].
constexpr std::array<std::uint8_t, 3> kGzipMagic = {0x1F, 0x8B, 0x08};

template <std::size_t Size>
bool starts_with(base::ByteView bytes, const std::array<std::uint8_t, Size>& magic) {
  return bytes.size() >= Size && std::equal(magic.begin(), magic.end(), bytes.begin());
}

}  // namespace

std::string_view to_string(Packing packing) {
  switch (packing) {
    case Packing::none:
      return "plain";
    case Packing::xz:
      return "xz";
    case Packing::gzip:
      return "gzip";
  }
  return "";
}

class PackedFile::Unpacker {
 public:
  Unpacker(std::string path, int file, const PackedFileOptions& options)
      : path_(std::move(path)), file_(file), options_(options) {}
  ~Unpacker() {
    if (packing_ == Packing::xz) lzma_end(&lzma_);
    if (packing_ == Packing::gzip) inflateEnd(&zlib_);
    if (file_ != STDIN_FILENO) ::close(file_);
  }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  // Reads the first bytes and chooses what unpacks them.
  base::Result<void> begin() {
    while (filled_ < kXzMagic.size() && !at_end_) {
      if (!fill()) return std::unexpected(*error_);
    }
    if (starts_with(pending(), kXzMagic)) {
      if (lzma_stream_decoder(&lzma_, options_.max_memory, LZMA_CONCATENATED) != LZMA_OK)
        return base::world_failed(path_ + ": no memory to unpack");
      packing_ = Packing::xz;
    } else if (starts_with(pending(), kGzipMagic)) {
      // 15: the largest window; + 16: gzip headers and check sums, no others.
      if (inflateInit2(&zlib_, 15 + 16) != Z_OK)
        return base::world_failed(path_ + ": no memory to unpack");
      packing_ = Packing::gzip;
    }
    return {};
  }

  base::Result<std::size_t> read(std::span<std::uint8_t> into) {
    std::size_t count = 0;
    while (count < into.size() && !error_ && !done_) count += some(into.subspan(count));
    if (count == 0 && error_ && !into.empty()) return std::unexpected(*error_);
    return count;
  }

  [[nodiscard]] Packing packing() const { return packing_; }

 private:
  [[nodiscard]] base::ByteView pending() const {
    return base::ByteView(input_).subspan(at_, filled_ - at_);
  }

  // More of the file after what is pending; false after an error.
  bool fill() {
    if (at_ == filled_) at_ = filled_ = 0;
    if (filled_ == input_.size()) return true;
    ssize_t n = 0;
    do {
      n = ::read(file_, input_.data() + filled_, input_.size() - filled_);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
      error_ = {base::ErrorKind::world, fmt::format("{}: {}", path_, std::strerror(errno))};
      return false;
    }
    at_end_ = n == 0;
    filled_ += static_cast<std::size_t>(n);
    return true;
  }

  void take(std::size_t count) {
    at_ += count;
    consumed_ += count;
  }

  void fail(const std::string& what) {
    error_ = {base::ErrorKind::bad_input,
              fmt::format(
                  "{}: {} at byte {} of the {} file", path_, what, consumed_, to_string(packing_))};
  }

  std::size_t some(std::span<std::uint8_t> into) {
    if (pending().empty() && !at_end_ && !fill()) return 0;
    if (packing_ == Packing::none) {
      const std::size_t n = std::min(into.size(), pending().size());
      std::copy_n(pending().begin(), n, into.begin());
      take(n);
      done_ = n == 0 && at_end_;
      return n;
    }
    // One byte more than is allowed tells that there is more.
    const std::uint64_t allowed = options_.max_unpacked - unpacked_;
    std::array<std::uint8_t, 1> beyond{};
    const bool full = allowed == 0;
    const auto room =
        full ? std::span<std::uint8_t>(beyond)
             : into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), allowed)));
    const std::size_t n = packing_ == Packing::xz ? unxz(room) : gunzip(room);
    if (full) {
      if (n > 0) fail(fmt::format("unpacks to more than {} bytes: refused", options_.max_unpacked));
      return 0;
    }
    unpacked_ += n;
    return n;
  }

  std::size_t unxz(std::span<std::uint8_t> into) {
    const base::ByteView in = pending();
    lzma_.next_in = in.data();
    lzma_.avail_in = in.size();
    lzma_.next_out = into.data();
    lzma_.avail_out = into.size();
    const lzma_ret result = lzma_code(&lzma_, at_end_ ? LZMA_FINISH : LZMA_RUN);
    take(in.size() - lzma_.avail_in);
    const std::size_t n = into.size() - lzma_.avail_out;
    switch (result) {
      case LZMA_OK:
        break;
      case LZMA_STREAM_END:
        done_ = true;
        break;
      case LZMA_BUF_ERROR:
        // No progress was possible: without room for output it only needs to be called again.
        if (at_end_ && n == 0) fail("breaks off");
        break;
      case LZMA_MEMLIMIT_ERROR:
        fail(fmt::format("needs {} bytes of memory to unpack, more than {}: refused",
                         lzma_memusage(&lzma_),
                         options_.max_memory));
        break;
      case LZMA_MEM_ERROR:
        error_ = {base::ErrorKind::world, path_ + ": no memory to unpack"};
        break;
      default:
        fail("damaged");
    }
    return n;
  }

  std::size_t gunzip(std::span<std::uint8_t> into) {
    if (between_members_ && !next_member()) return 0;
    const base::ByteView in = pending();
    if (in.empty() && at_end_) {
      fail("breaks off");
      return 0;
    }
    zlib_.next_in = const_cast<std::uint8_t*>(in.data());  // zlib only reads it
    zlib_.avail_in = static_cast<uInt>(in.size());
    zlib_.next_out = into.data();
    zlib_.avail_out = static_cast<uInt>(std::min(into.size(), kUnpackStep));
    const std::size_t room = zlib_.avail_out;
    const int result = inflate(&zlib_, Z_NO_FLUSH);
    take(in.size() - zlib_.avail_in);
    if (result == Z_STREAM_END) {
      between_members_ = true;
    } else if (result == Z_MEM_ERROR) {
      error_ = {base::ErrorKind::world, path_ + ": no memory to unpack"};
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      fail("damaged");
    }
    return room - zlib_.avail_out;
  }

  // Another member, the end, or zeros up to the end, as tapes leave them. False if nothing is to be
  // unpacked now.
  bool next_member() {
    while (true) {
      const base::ByteView in = pending();
      const auto octet = std::ranges::find_if(in, [](std::uint8_t b) { return b != 0; });
      const auto zeros = static_cast<std::size_t>(octet - in.begin());
      padded_ = padded_ || zeros > 0;
      take(zeros);
      if (octet != in.end()) break;
      if (at_end_) {
        done_ = true;
        return false;
      }
      if (!fill()) return false;
    }
    while (pending().size() < kGzipMagic.size() && !at_end_) {
      // A member's first bytes may lie on both sides of what was read at once.
      const base::ByteView in = pending();
      std::copy(in.begin(), in.end(), input_.begin());
      filled_ = in.size();
      at_ = 0;
      if (!fill()) return false;
    }
    if (padded_ || !starts_with(pending(), kGzipMagic)) {
      fail("is followed by what is not gzip");
      return false;
    }
    between_members_ = false;
    if (inflateReset(&zlib_) != Z_OK) {
      fail("damaged");
      return false;
    }
    return true;
  }

  std::string path_;
  int file_;
  PackedFileOptions options_;
  Packing packing_ = Packing::none;
  lzma_stream lzma_ = LZMA_STREAM_INIT;
  z_stream zlib_{};
  bool between_members_ = false;
  bool padded_ = false;
  base::Bytes input_ = base::Bytes(kInput);
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool at_end_ = false;         // of the file
  bool done_ = false;           // nothing more comes out
  std::uint64_t consumed_ = 0;  // bytes of the file
  std::uint64_t unpacked_ = 0;
  std::optional<base::Error> error_;
};

PackedFile::PackedFile(std::unique_ptr<Unpacker> unpacker) : unpacker_(std::move(unpacker)) {}
PackedFile::PackedFile(PackedFile&& other) noexcept = default;
PackedFile& PackedFile::operator=(PackedFile&& other) noexcept = default;
PackedFile::~PackedFile() = default;

base::Result<PackedFile> PackedFile::open(const std::string& path,
                                          const PackedFileOptions& options) {
  if (path == "-" && options.regular_only)
    return base::bad_input("-: standard input is no recording's file");
  // Opening a pipe waits for its writer, unless told not to.
  const int flags = O_RDONLY | O_CLOEXEC | (options.regular_only ? O_NONBLOCK : 0);
  const int file = path == "-" ? STDIN_FILENO : ::open(path.c_str(), flags);
  if (file < 0) return base::world_failed(fmt::format("{}: {}", path, std::strerror(errno)));
  struct stat about{};
  if (options.regular_only && (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode))) {
    ::close(file);
    return base::bad_input(path + ": not a regular file");
  }
  auto unpacker = std::make_unique<Unpacker>(path, file, options);
  if (auto begun = unpacker->begin(); !begun) return std::unexpected(begun.error());
  return PackedFile(std::move(unpacker));
}

base::Result<std::size_t> PackedFile::read(std::span<std::uint8_t> into) {
  return unpacker_->read(into);
}

Packing PackedFile::packing() const { return unpacker_->packing(); }

base::Result<WholeFile> WholeFile::open(const std::string& path, std::uint64_t max_unpacked) {
  auto packed = PackedFile::open(path, {.max_unpacked = max_unpacked});
  if (!packed) return std::unexpected(packed.error());
  WholeFile file;
  if (packed->packing() == Packing::none && path != "-") {
    auto mapped = MappedFile::open(path);
    if (!mapped) return std::unexpected(mapped.error());
    file.mapped_ = std::move(*mapped);
    return file;
  }
  while (true) {
    const std::size_t kept = file.unpacked_.size();
    file.unpacked_.resize(kept + kUnpackStep);
    const auto count = packed->read(std::span(file.unpacked_).subspan(kept));
    if (!count) return std::unexpected(count.error());
    file.unpacked_.resize(kept + *count);
    if (*count == 0) return file;
    if (file.unpacked_.size() > max_unpacked)
      return base::bad_input(fmt::format("{}: more than {} bytes: refused", path, max_unpacked));
  }
}

}  // namespace liptako::io
