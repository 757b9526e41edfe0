#include "io/secret_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "io/private_file.hpp"

namespace liptako::io {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".new";  // write_private_file()'s

std::unexpected<base::Error> failed(const fs::path& path, std::string_view what) {
  const int error = errno;
  return base::world_failed(fmt::format("{}: {}: {}", path.string(), what, std::strerror(error)));
}

// Writes zeros over the file's bytes where they lie, and waits until they have. Nothing to do if
// there is no file.
base::Result<void> write_over(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0) return failed(path, "cannot be written over");
  struct stat found{};
  bool done = ::fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
  constexpr std::array<char, 4096> kZeros{};
  off_t at = 0;
  while (done && at < found.st_size) {
    const auto size = std::min<off_t>(found.st_size - at, kZeros.size());
    const ssize_t written = ::pwrite(fd, kZeros.data(), static_cast<std::size_t>(size), at);
    if (written < 0 && errno == EINTR) continue;
    done = written > 0;
    at += std::max<ssize_t>(written, 0);
  }
  done = done && ::fsync(fd) == 0;
  base::Result<void> result;
  if (!done) result = failed(path, "cannot be written over");
  ::close(fd);
  return result;
}

base::Result<void> sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed(folder, "cannot be opened");
  base::Result<void> result;
  if (::fsync(fd) != 0) result = failed(folder, "cannot be synced");
  ::close(fd);
  return result;
}

std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
  std::vector<fs::directory_entry> entries;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) entries.push_back(*at);
  return entries;
}

base::Result<void> destroy(const fs::path& path) {
  if (auto over = write_over(path); !over) return over;
  if (::unlink(path.c_str()) != 0) return failed(path, "cannot be removed");
  return sync_folder(path.parent_path());
}

}  // namespace

base::Result<std::unique_ptr<SecretFolder>> SecretFolder::open(const fs::path& root,
                                                               std::string_view folder) {
  for (const auto& file : entries_of(root / folder)) {
    if (file.path().extension() != kUnfinished) continue;
    if (auto gone = destroy(file.path()); !gone) return std::unexpected(gone.error());
  }
  return open_beside(root);
}

std::unique_ptr<SecretFolder> SecretFolder::open_beside(const fs::path& root) {
  return std::unique_ptr<SecretFolder>(new SecretFolder(root));
}

base::Result<fs::path> SecretFolder::full(std::string_view path) const {
  const auto slash = path.find('/');
  const auto is_plain = [](std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
           name.find('\0') == name.npos;
  };
  if (slash == path.npos || !is_plain(path.substr(0, slash)) || !is_plain(path.substr(slash + 1)))
    return base::bad_input(fmt::format("{}: no place for a secret", path));
  return root_ / path;
}

base::Result<base::Bytes> SecretFolder::read(std::string_view path,
                                             std::uint64_t offset,
                                             std::size_t length) {
  auto place = full(path);
  if (!place) return std::unexpected(place.error());
  auto text = read_secret(*place, kMaxFile);
  if (!text) return std::unexpected(text.error());
  const auto from = std::min<std::uint64_t>(offset, text->size());
  const auto size = std::min<std::uint64_t>(length, text->size() - from);
  const auto begin = text->begin() + static_cast<std::ptrdiff_t>(from);
  base::Bytes bytes(begin, begin + static_cast<std::ptrdiff_t>(size));
  std::ranges::fill(*text, '\0');
  return bytes;
}

base::Result<std::uint64_t> SecretFolder::size(std::string_view path) {
  auto bytes = read(path, 0, kMaxFile);
  if (!bytes) return std::unexpected(bytes.error());
  return bytes->size();
}

base::Result<void> SecretFolder::replace(std::string_view path, base::ByteView content) {
  auto place = full(path);
  if (!place) return std::unexpected(place.error());
  if (content.size() > kMaxFile) return base::bad_input("too large for a secret");
  for (const fs::path& folder : {root_, place->parent_path()}) {
    if (auto made = make_private_folder(folder); !made) return made;
  }
  if (auto over = write_over(*place); !over) return over;
  return write_private_file(*place,
                            {reinterpret_cast<const char*>(content.data()), content.size()});
}

base::Result<void> SecretFolder::remove(std::string_view path) {
  auto place = full(path);
  if (!place) return std::unexpected(place.error());
  return destroy(*place);
}

base::Result<std::vector<std::string>> SecretFolder::list(std::string_view folder) {
  std::vector<std::string> names;
  for (const auto& entry : entries_of(root_ / folder)) {
    std::error_code error;
    if (entry.path().extension() != kUnfinished && fs::is_regular_file(entry.symlink_status(error)))
      names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

base::Result<std::unique_ptr<base::AppendFile>> SecretFolder::open_append(std::string_view) {
  return base::bad_input("a secret is written whole");
}

base::Result<void> SecretFolder::truncate(std::string_view, std::uint64_t) {
  return base::bad_input("a secret is written whole");
}

}  // namespace liptako::io
