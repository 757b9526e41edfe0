// The seams between the deterministic core and the world. Each has a real implementation in src/io
// and a simulated one in src/sim; nothing else in the core is virtual for the sake of the outside.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace liptako::base {

class Clock {
 public:
  virtual ~Clock() = default;
  // UTC as this machine believes it; may step.
  [[nodiscard]] virtual Timestamp utc_now() = 0;
  // Never steps; its origin is arbitrary (boot).
  [[nodiscard]] virtual Duration monotonic_now() = 0;
};

// An append-only file. append() is write(): after it returns, a killed process loses nothing;
// sync() is fsync(): after it returns, a power cut loses nothing.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  [[nodiscard]] virtual Result<void> append(ByteView bytes) = 0;
  [[nodiscard]] virtual Result<void> sync() = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

// A file and all that is to be in it.
struct FileContent {
  std::string path;
  Bytes content;
};

// A folder tree. Paths are relative, '/'-separated, without "..".
class Storage {
 public:
  virtual ~Storage() = default;
  // Opens for append, creating file and folders as needed; existing content is kept.
  [[nodiscard]] virtual Result<std::unique_ptr<AppendFile>> open_append(std::string_view path) = 0;
  // Bytes [offset, offset + length), shorter at the end of the file.
  [[nodiscard]] virtual Result<Bytes> read(std::string_view path,
                                           std::uint64_t offset,
                                           std::size_t length) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> size(std::string_view path) = 0;
  [[nodiscard]] virtual Result<void> truncate(std::string_view path, std::uint64_t size) = 0;
  // Replaces the file whole, atomically and durably (temporary file, fsync, rename, fsync of the
  // folder).
  [[nodiscard]] virtual Result<void> replace(std::string_view path, ByteView content) = 0;
  // Writes many files, each whole, making or overwriting them; once it has returned all are
  // durable. Not atomic, and so cheaper than replace(): if it fails or is cut short, each may be
  // old, new, absent or torn. Nobody may rest on them before it has returned.
  [[nodiscard]] virtual Result<void> write_files(std::span<const FileContent> files) {
    for (const FileContent& file : files) {
      if (auto done = replace(file.path, file.content); !done) return done;
    }
    return {};
  }
  [[nodiscard]] virtual Result<void> remove(std::string_view path) = 0;
  // Names of the files directly in the folder, sorted by byte value; empty if there is no such
  // folder.
  [[nodiscard]] virtual Result<std::vector<std::string>> list(std::string_view folder) = 0;
};

}  // namespace liptako::base
