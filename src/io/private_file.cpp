#include "io/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace liptako::io {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kOthers = 077;  // whatever group and world may do
constexpr mode_t kBeyondGroupReading = 037;

std::unexpected<base::Error> failed(const fs::path& path, std::string_view what) {
  const int error = errno;
  return base::world_failed(path.string() + ": " + std::string(what) + ": " + std::strerror(error));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(fd, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

// The new name in the folder survives a power cut too.
base::Result<void> sync_folder_of(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const Descriptor entry(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!entry.is_open() || ::fsync(entry.get()) != 0) return failed(folder, "cannot be synced");
  return {};
}

// Echo off for as long as this lives.
class Silence {
 public:
  explicit Silence(int fd) : fd_(fd) {
    on_ = ::tcgetattr(fd_, &before_) == 0;
    if (!on_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    on_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (on_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool is_on() const { return on_; }

 private:
  int fd_;
  bool on_ = false;
  termios before_{};
};

}  // namespace

base::Result<void> make_private_folder(const fs::path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) == 0) return {};
  if (errno != EEXIST) return failed(folder, "cannot be made");
  struct stat found{};
  if (::stat(folder.c_str(), &found) != 0) return failed(folder, "cannot be looked at");
  if (!S_ISDIR(found.st_mode)) return base::world_failed(folder.string() + ": is not a folder");
  if ((found.st_mode & kOthers) != 0 || found.st_uid != ::geteuid()) {
    return base::world_failed(folder.string() +
                              ": holds keys and is open to others (chmod 700 closes it)");
  }
  return {};
}

base::Result<void> write_new_secret(const fs::path& path, std::string_view text) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return failed(path, "cannot be made");
  if (!write_all(file.get(), text) || ::fsync(file.get()) != 0) {
    auto why = failed(path, "cannot be written");
    ::unlink(path.c_str());  // half a key is none
    return why;
  }
  return sync_folder_of(path);
}

base::Result<void> write_private_file(const fs::path& path, std::string_view text) {
  const fs::path fresh = path.string() + ".new";
  ::unlink(fresh.c_str());
  if (auto written = write_new_secret(fresh, text); !written) return written;
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    auto why = failed(path, "cannot be written");
    ::unlink(fresh.c_str());
    return why;
  }
  return sync_folder_of(path);
}

base::Result<std::optional<std::string>> read_if_any(const fs::path& path,
                                                     std::size_t max_size,
                                                     Secrecy secrecy) {
  const int no_link = secrecy == Secrecy::own ? O_NOFOLLOW : 0;
  // Not blocking: a pipe that stands in its place is refused below, not waited for.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | no_link));
  if (!file.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    return failed(path, "cannot be opened");
  }
  struct stat found{};
  if (::fstat(file.get(), &found) != 0) return failed(path, "cannot be looked at");
  if (!S_ISREG(found.st_mode)) return base::world_failed(path.string() + ": is not a file");
  if (secrecy != Secrecy::open) {
    if (found.st_uid != ::geteuid() && found.st_uid != 0)
      return base::world_failed(path.string() + ": is secret and belongs to somebody else");
    // What the system's administrator gives to a service is root's and its group may read it.
    const bool is_given = secrecy == Secrecy::given && found.st_uid == 0 && ::geteuid() != 0;
    if ((found.st_mode & (is_given ? kBeyondGroupReading : kOthers)) != 0) {
      return base::world_failed(path.string() +
                                ": is secret and open to others (chmod 600 closes it)");
    }
  }
  std::string text(max_size + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "cannot be read");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > max_size) return base::bad_input(path.string() + ": too large");
  text.resize(size);
  return text;
}

base::Result<std::string> read_secret(const fs::path& path, std::size_t max_size, Secrecy secrecy) {
  auto text = read_if_any(path, max_size, secrecy);
  if (!text) return std::unexpected(text.error());
  if (!*text) return base::world_failed(path.string() + ": there is no such file");
  return std::move(**text);
}

base::Result<std::string> read_private_file(const fs::path& path, std::size_t max_size) {
  auto text = read_if_any(path, max_size);
  if (!text) return std::unexpected(text.error());
  return std::move(*text).value_or("");
}

base::Result<std::string> ask_passphrase(std::string_view question) {
  constexpr std::size_t kMaxLine = 2048;
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.is_open()) return base::world_failed("no terminal to ask a passphrase on");
  const Silence silence(terminal.get());
  if (!silence.is_on()) return base::world_failed("the terminal's echo cannot be turned off");
  if (!write_all(terminal.get(), question)) return base::world_failed("the terminal is gone");
  std::string line;
  while (line.size() < kMaxLine) {
    char c = '\0';
    const ssize_t got = ::read(terminal.get(), &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return base::world_failed("the terminal is gone");
    if (c == '\n') return line;
    line += c;
  }
  return base::bad_input("a passphrase as long as this is refused");
}

}  // namespace liptako::io
