#include "io/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace liptako::io {
namespace {

std::unexpected<base::Error> failed(const std::string& path, std::string_view what) {
  return base::world_failed(fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return fsync(file) == 0;
}

// The new name in the folder survives a power cut too.
void sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int handle =
      open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  (void)fsync(handle);
  (void)close(handle);
}

}  // namespace

base::Result<void> make_private_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed(path, "cannot be made");
  return {};
}

base::Result<void> write_private_file(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  (void)unlink(fresh.c_str());
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return failed(path, "cannot be made");
  const bool written = write_all(file, text);
  if (close(file) != 0 || !written || rename(fresh.c_str(), path.c_str()) != 0) {
    auto refusal = failed(path, "cannot be written");
    (void)unlink(fresh.c_str());
    return refusal;
  }
  sync_folder_of(path);
  return {};
}

base::Result<std::string> read_private_file(const std::string& path, std::size_t max_bytes) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return "";
    return failed(path, "cannot be read");
  }
  std::string text(max_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = read(file, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      auto refusal = failed(path, "cannot be read");
      (void)close(file);
      return refusal;
    }
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  (void)close(file);
  if (size > max_bytes)
    return base::bad_input(fmt::format("{}: larger than {} bytes", path, max_bytes));
  text.resize(size);
  return text;
}

}  // namespace liptako::io
