// Storage on real files (base/seams.hpp): append is write() on an O_APPEND descriptor, sync is
// fsync(), replace is a temporary file, fsync, rename and fsync of the folder.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/seams.hpp"

namespace liptako::io {

class FileStorage final : public base::Storage {
 public:
  // For the node that owns the folder: created if absent, and locked (flock on `lock` in it) until
  // destruction, so that no second process writes the same record. A folder locked by another is a
  // `world` error that says so.
  [[nodiscard]] static base::Result<std::unique_ptr<FileStorage>> open(
      const std::filesystem::path& root);
  // For replay and inspection, beside a running node or not: no lock, and every change is refused.
  // The folder must exist.
  [[nodiscard]] static base::Result<std::unique_ptr<FileStorage>> open_read_only(
      const std::filesystem::path& root);
  // For small files that are put beside what a running node writes (a legal hold): changes are
  // allowed and nothing is locked. The folder must exist.
  [[nodiscard]] static base::Result<std::unique_ptr<FileStorage>> open_beside(
      const std::filesystem::path& root);
  ~FileStorage() override;

  // The files it returns may be sync()ed from one thread while another appends. They may outlive a
  // truncate() of their path only if reopened.
  [[nodiscard]] base::Result<std::unique_ptr<base::AppendFile>> open_append(
      std::string_view path) override;
  [[nodiscard]] base::Result<base::Bytes> read(std::string_view path,
                                               std::uint64_t offset,
                                               std::size_t length) override;
  [[nodiscard]] base::Result<std::uint64_t> size(std::string_view path) override;
  [[nodiscard]] base::Result<void> truncate(std::string_view path, std::uint64_t size) override;
  [[nodiscard]] base::Result<void> replace(std::string_view path, base::ByteView content) override;
  // Made durable by one syncfs() if they are many.
  [[nodiscard]] base::Result<void> write_files(std::span<const base::FileContent> files) override;
  [[nodiscard]] base::Result<void> remove(std::string_view path) override;
  [[nodiscard]] base::Result<std::vector<std::string>> list(std::string_view folder) override;

 private:
  FileStorage(std::filesystem::path root, int lock) : root_(std::move(root)), lock_(lock) {}
  [[nodiscard]] bool writable() const { return lock_ >= 0; }

  std::filesystem::path root_;
  int lock_;  // descriptor of the locked file, or of the folder beside a node; -1 if read-only
};

}  // namespace liptako::io
