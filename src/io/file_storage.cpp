#include "io/file_storage.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace liptako::io {

namespace {

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] bool ok() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::unexpected<base::Error> failed(std::string_view what, std::string_view path, int error) {
  const std::string_view why = error == ENOSPC || error == EDQUOT ? "disk full: " : "";
  return base::world_failed(fmt::format("{}{}: {}: {}", why, path, what, std::strerror(error)));
}

// How a file is opened. What lies in a folder may have been put there by somebody: a link is not
// followed, and a pipe is not waited for.
constexpr int kSafely = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

std::unexpected<base::Error> no_file(std::string_view path) {
  return base::bad_input(fmt::format("{}: not a file", path));
}

base::Result<void> write_all(int fd, base::ByteView bytes, std::string_view path) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (count < 0) {
      if (errno == EINTR) continue;
      return failed(fmt::format("wrote {} of {} bytes", done, bytes.size()), path, errno);
    }
    done += static_cast<std::size_t>(count);
  }
  return {};
}

base::Result<void> sync_descriptor(int fd, std::string_view path) {
  while (::fsync(fd) != 0) {
    if (errno != EINTR) return failed("cannot sync", path, errno);
  }
  return {};
}

// Makes the names in a folder durable.
base::Result<void> sync_folder(const std::filesystem::path& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) return failed("cannot open", folder.native(), errno);
  return sync_descriptor(fd.get(), folder.native());
}

class FileAppend final : public base::AppendFile {
 public:
  FileAppend(Descriptor fd, std::string path, std::uint64_t size)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size) {}

  base::Result<void> append(base::ByteView bytes) override {
    const auto written = write_all(fd_.get(), bytes, path_);
    if (written) {
      size_ += bytes.size();
      return {};
    }
    struct stat status{};
    if (::fstat(fd_.get(), &status) == 0) size_ = static_cast<std::uint64_t>(status.st_size);
    return written;
  }
  // Touches nothing that append() changes: the two may run on different threads.
  base::Result<void> sync() override { return sync_descriptor(fd_.get(), path_); }
  std::uint64_t size() const override { return size_; }

 private:
  const Descriptor fd_;
  const std::string path_;
  std::uint64_t size_;
};

// Inside the folder, or an error: relative, no "..", no empty or "." component, no NUL.
base::Result<void> check_path(std::string_view path) {
  const auto bad = [&] {
    return base::bad_input(fmt::format("'{}' is not a path inside the folder", path));
  };
  if (path.empty() || path.find('\0') != std::string_view::npos) return bad();
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return bad();
    begin = end + 1;
  }
  return {};
}

base::Result<void> read_only(std::string_view path) {
  return base::world_failed(fmt::format("{}: the folder was opened for reading only", path));
}

// Creates the folder and those above it, down from `root`, each name durable in its parent.
base::Result<void> make_folders(const std::filesystem::path& root,
                                const std::filesystem::path& folder) {
  if (folder == root || folder.empty()) return {};
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  if (const auto above = make_folders(root, folder.parent_path()); !above) return above;
  if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) {
    return failed("cannot make the folder", folder.native(), errno);
  }
  return sync_folder(folder.parent_path());
}

constexpr std::string_view kTemporary = ".tmp";
constexpr std::string_view kPartial = ".p";  // ends the names of folders of partial tiles

// What is in a folder, in no order; what the system fails to list is left out.
std::vector<std::filesystem::directory_entry> entries_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::directory_entry> entries;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    entries.push_back(*at);
  }
  return entries;
}

// Removes what a replace() in `root` or a folder of it left when its process was killed before the
// rename. A leftover that cannot be removed only takes room.
void sweep(const std::filesystem::path& root, int levels) {
  std::error_code ignored;
  for (const auto& entry : entries_of(root)) {
    if (entry.path().extension() == kTemporary) {
      std::filesystem::remove(entry.path(), ignored);
    } else if (levels > 0 && entry.is_directory(ignored)) {
      sweep(entry.path(), levels - 1);
    }
  }
}

}  // namespace

base::Result<std::unique_ptr<FileStorage>> FileStorage::open(const std::filesystem::path& root) {
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (error) return failed("cannot make the folder", root.native(), error.value());
  const std::filesystem::path path = root / "lock";
  Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!lock.ok()) return failed("cannot open", path.native(), errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("cannot lock", path.native(), errno);
    return base::world_failed(
        fmt::format("{}: in use by another process, which holds {}", root.native(), path.native()));
  }
  sweep(root, 1);
  return std::unique_ptr<FileStorage>(new FileStorage(root, lock.release()));
}

base::Result<std::unique_ptr<FileStorage>> FileStorage::open_read_only(
    const std::filesystem::path& root) {
  std::error_code error;
  if (!std::filesystem::is_directory(root, error)) {
    return base::bad_input(fmt::format("{}: no such folder", root.native()));
  }
  return std::unique_ptr<FileStorage>(new FileStorage(root, -1));
}

base::Result<std::unique_ptr<FileStorage>> FileStorage::open_beside(
    const std::filesystem::path& root) {
  Descriptor folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok()) return base::bad_input(fmt::format("{}: no such folder", root.native()));
  return std::unique_ptr<FileStorage>(new FileStorage(root, folder.release()));
}

FileStorage::~FileStorage() {
  if (lock_ >= 0) ::close(lock_);
}

base::Result<std::unique_ptr<base::AppendFile>> FileStorage::open_append(std::string_view path) {
  if (const auto valid = check_path(path); !valid) return std::unexpected(valid.error());
  if (!writable()) return std::unexpected(read_only(path).error());
  const std::filesystem::path full = root_ / path;
  if (const auto made = make_folders(root_, full.parent_path()); !made)
    return std::unexpected(made.error());
  constexpr int kFlags = O_WRONLY | O_APPEND | kSafely;
  Descriptor fd(::open(full.c_str(), kFlags));
  if (!fd.ok() && errno == ENOENT) {
    Descriptor made(::open(full.c_str(), kFlags | O_CREAT | O_EXCL, 0640));
    if (!made.ok()) return failed("cannot create", path, errno);
    if (const auto synced = sync_folder(full.parent_path()); !synced)
      return std::unexpected(synced.error());
    return std::make_unique<FileAppend>(std::move(made), std::string(path), 0);
  }
  if (!fd.ok()) return failed("cannot open", path, errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failed("cannot read its size", path, errno);
  return std::make_unique<FileAppend>(
      std::move(fd), std::string(path), static_cast<std::uint64_t>(status.st_size));
}

base::Result<base::Bytes> FileStorage::read(std::string_view path,
                                            std::uint64_t offset,
                                            std::size_t length) {
  if (const auto valid = check_path(path); !valid) return std::unexpected(valid.error());
  const Descriptor fd(::open((root_ / path).c_str(), O_RDONLY | kSafely));
  if (!fd.ok()) return failed("cannot open", path, errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failed("cannot read its size", path, errno);
  if (!S_ISREG(status.st_mode)) return no_file(path);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  base::Bytes bytes(offset >= size
                        ? 0
                        : static_cast<std::size_t>(std::min<std::uint64_t>(length, size - offset)));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::pread(
        fd.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count < 0) {
      if (errno == EINTR) continue;
      return failed("cannot read", path, errno);
    }
    if (count == 0) break;  // cut while it was read
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

base::Result<std::uint64_t> FileStorage::size(std::string_view path) {
  if (const auto valid = check_path(path); !valid) return std::unexpected(valid.error());
  struct stat status{};
  if (::lstat((root_ / path).c_str(), &status) != 0)
    return failed("cannot read its size", path, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

base::Result<void> FileStorage::truncate(std::string_view path, std::uint64_t size) {
  if (const auto valid = check_path(path); !valid) return valid;
  if (!writable()) return read_only(path);
  if (::truncate((root_ / path).c_str(), static_cast<off_t>(size)) != 0)
    return failed("cannot truncate", path, errno);
  return {};
}

base::Result<void> FileStorage::replace(std::string_view path, base::ByteView content) {
  if (const auto valid = check_path(path); !valid) return valid;
  if (!writable()) return read_only(path);
  const std::filesystem::path full = root_ / path;
  if (const auto made = make_folders(root_, full.parent_path()); !made) return made;
  const std::string temporary = full.native() + std::string(kTemporary);
  const auto write = [&]() -> base::Result<void> {
    const Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | kSafely, 0640));
    if (!fd.ok()) return failed("cannot create", temporary, errno);
    if (const auto written = write_all(fd.get(), content, path); !written) return written;
    if (const auto synced = sync_descriptor(fd.get(), path); !synced) return synced;
    if (::rename(temporary.c_str(), full.c_str()) != 0)
      return failed("cannot rename into place", path, errno);
    return {};
  };
  if (const auto written = write(); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_folder(full.parent_path());
}

base::Result<void> FileStorage::write_files(std::span<const base::FileContent> files) {
  if (!writable()) return read_only(files.empty() ? "" : files.front().path);
  // An fsync waits for the disk two or three times a file; from some number on one syncfs is
  // cheaper, though it writes what others have waiting too.
  constexpr std::size_t kMany = 16;
  const bool together = files.size() > kMany;
  // Neighbours mostly lie in one folder, which is looked up once.
  std::string_view open_path;
  Descriptor open_folder(-1);
  for (const base::FileContent& file : files) {
    if (const auto valid = check_path(file.path); !valid) return valid;
    const std::size_t slash = file.path.rfind('/');
    const bool in_root = slash == std::string::npos;
    const std::string_view path = in_root ? "" : std::string_view(file.path).substr(0, slash);
    if (!open_folder.ok() || path != open_path) {
      const std::filesystem::path folder = in_root ? root_ : root_ / path;
      if (const auto there = make_folders(root_, folder); !there) return there;
      Descriptor found(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!found.ok()) return failed("cannot open", path, errno);
      open_folder = std::move(found);
      open_path = path;
    }
    const char* name = file.path.c_str() + (in_root ? 0 : slash + 1);
    const Descriptor fd(
        ::openat(open_folder.get(), name, O_WRONLY | O_CREAT | O_TRUNC | kSafely, 0640));
    if (!fd.ok()) return failed("cannot create", file.path, errno);
    if (const auto done = write_all(fd.get(), file.content, file.path); !done) return done;
    if (together) continue;
    if (const auto synced = sync_descriptor(fd.get(), file.path); !synced) return synced;
    if (const auto synced = sync_descriptor(open_folder.get(), path); !synced) return synced;
  }
  if (!together) return {};
  if (::syncfs(lock_) != 0) return failed("cannot sync", root_.native(), errno);
  return {};
}

base::Result<void> FileStorage::remove(std::string_view path) {
  if (const auto valid = check_path(path); !valid) return valid;
  if (!writable()) return read_only(path);
  const std::filesystem::path full = root_ / path;
  if (::unlink(full.c_str()) != 0) return failed("cannot remove", path, errno);
  // The folder of a tile that was not full yet is of no use without it, and there is one for every
  // 256 entries. Others stay: somebody may be about to write there.
  if (const std::filesystem::path folder = full.parent_path(); folder.extension() == kPartial)
    (void)::rmdir(folder.c_str());  // refused while there is anything in it
  return {};
}

base::Result<std::vector<std::string>> FileStorage::list(std::string_view folder) {
  if (const auto valid = check_path(folder); !valid) return std::unexpected(valid.error());
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entries(root_ / folder, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  while (!error && entries != std::filesystem::directory_iterator()) {
    std::error_code unreadable;  // one that vanished meanwhile is not a file
    if (entries->is_regular_file(unreadable)) names.push_back(entries->path().filename().native());
    entries.increment(error);
  }
  if (error) return failed("cannot list", folder, error.value());
  std::ranges::sort(names);
  return names;
}

}  // namespace liptako::io
