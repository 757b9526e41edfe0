// Files served to the console: read whole into memory at start, looked up by exact path. A request
// therefore never touches the file system, and no spelling of a path can leave the folder.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace liptako::io {

struct StaticFile {
  std::string content_type;
  std::string etag;  // quoted
  std::string identity;
  std::string gzip;    // empty if there is no pre-compressed variant (NAME.gz beside NAME)
  std::string brotli;  // likewise NAME.br
};

struct Mount {
  std::string prefix;  // "/" or "/map/"
  std::string folder;
};

class StaticFiles {
 public:
  static constexpr std::size_t kMaxTotalBytes = 256u << 20;

  // Regular files only: symbolic links are left out. index.html also answers for its folder.
  [[nodiscard]] static base::Result<StaticFiles> load(const std::vector<Mount>& mounts);

  // Null if there is none. `path` is decoded and without query.
  [[nodiscard]] const StaticFile* find(std::string_view path) const;
  [[nodiscard]] std::size_t size() const { return files_.size(); }

 private:
  void add(std::string_view path, std::string content);

  std::map<std::string, StaticFile, std::less<>> files_;
};

[[nodiscard]] std::string_view content_type_of(std::string_view file_name);

}  // namespace liptako::io
