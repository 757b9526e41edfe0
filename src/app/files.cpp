#include "app/files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace liptako::app {

base::Result<std::string> read_file(const std::string& path, std::size_t max_size) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::world_failed(fmt::format("{}: {}", path, std::strerror(errno)));
  std::string content(max_size + 1, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(in.gcount()));
  if (content.size() > max_size) {
    return base::bad_input(fmt::format("{}: larger than {} bytes", path, max_size));
  }
  return content;
}

}  // namespace liptako::app
