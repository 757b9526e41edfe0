// A folder of small secrets as Storage (base/seams.hpp): files of mode 0600 in folders of mode
// 0700, read and written whole. What is replaced or removed is written over first, and what a
// killed process left half written is removed at opening, so that a secret that was destroyed is
// in no file of its folder. On disks that write elsewhere than they read (SSD, copy on write) its
// bytes may outlive that until the disk reuses them: nothing a program can help.
//
// A crash while a secret is being written over leaves neither the old one nor the new.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/seams.hpp"

namespace liptako::io {

class SecretFolder final : public base::Storage {
 public:
  static constexpr std::size_t kMaxFile = 64u << 10;

  // Made with its first file. Folders directly in it, no deeper. What was left half written is
  // removed from `folder` alone: the rest of the root is others'.
  [[nodiscard]] static base::Result<std::unique_ptr<SecretFolder>> open(
      const std::filesystem::path& root, std::string_view folder);
  // Beside a process that may be writing: nothing is removed.
  [[nodiscard]] static std::unique_ptr<SecretFolder> open_beside(const std::filesystem::path& root);

  [[nodiscard]] base::Result<base::Bytes> read(std::string_view path,
                                               std::uint64_t offset,
                                               std::size_t length) override;
  [[nodiscard]] base::Result<std::uint64_t> size(std::string_view path) override;
  [[nodiscard]] base::Result<void> replace(std::string_view path, base::ByteView content) override;
  [[nodiscard]] base::Result<void> remove(std::string_view path) override;
  [[nodiscard]] base::Result<std::vector<std::string>> list(std::string_view folder) override;
  // Not for secrets: refused.
  [[nodiscard]] base::Result<std::unique_ptr<base::AppendFile>> open_append(
      std::string_view path) override;
  [[nodiscard]] base::Result<void> truncate(std::string_view path, std::uint64_t size) override;

 private:
  explicit SecretFolder(std::filesystem::path root) : root_(std::move(root)) {}
  [[nodiscard]] base::Result<std::filesystem::path> full(std::string_view path) const;

  std::filesystem::path root_;
};

}  // namespace liptako::io
