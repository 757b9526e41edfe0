// What a witness needs of a disk, for its tests and its fuzz target.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/seams.hpp"

namespace liptako::seal {

// Files in memory, and a disk that fails when it is told to.
class MemoryStorage : public base::Storage {
 public:
  enum class Fault { none, before_writing, after_writing };
  Fault fault = Fault::none;
  bool unreadable = false;
  std::map<std::string, base::Bytes, std::less<>> files;

  base::Result<std::unique_ptr<base::AppendFile>> open_append(std::string_view) override {
    return base::world_failed("not here");
  }
  base::Result<base::Bytes> read(std::string_view path,
                                 std::uint64_t offset,
                                 std::size_t length) override {
    const auto file = files.find(path);
    if (unreadable || file == files.end()) return base::world_failed("cannot read");
    const auto whole = base::ByteView(file->second);
    const auto from = whole.subspan(std::min<std::size_t>(offset, whole.size()));
    const auto part = from.first(std::min(length, from.size()));
    return base::Bytes(part.begin(), part.end());
  }
  base::Result<std::uint64_t> size(std::string_view) override {
    return base::world_failed("not here");
  }
  base::Result<void> truncate(std::string_view, std::uint64_t) override {
    return base::world_failed("not here");
  }
  base::Result<void> replace(std::string_view path, base::ByteView content) override {
    if (fault == Fault::before_writing) return base::world_failed("disk full");
    files[std::string(path)] = base::Bytes(content.begin(), content.end());
    if (fault == Fault::after_writing) return base::world_failed("fsync failed");
    return {};
  }
  base::Result<void> remove(std::string_view) override { return base::world_failed("not here"); }
  base::Result<std::vector<std::string>> list(std::string_view folder) override {
    std::vector<std::string> names;
    for (const auto& [path, content] : files) {
      if (path.starts_with(std::string(folder) + "/"))
        names.push_back(path.substr(folder.size() + 1));
    }
    return names;
  }
};

}  // namespace liptako::seal
