#include "sim/sim_storage.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.hpp"

namespace liptako::sim {

namespace {

constexpr std::size_t kSector = 512;

std::unexpected<base::Error> no_such_file(std::string_view path) {
  return base::world_failed(fmt::format("{}: no such file", path));
}

}  // namespace

class SimStorage::OpenFile final : public base::AppendFile {
 public:
  OpenFile(SimStorage& disk, std::string path)
      : disk_(&disk), path_(std::move(path)), life_(disk.life_) {}

  base::Result<void> append(base::ByteView bytes) override {
    auto file = mine();
    if (!file) return std::unexpected(file.error());
    return disk_->write(**file, bytes);
  }
  base::Result<void> sync() override {
    auto file = mine();
    if (!file) return std::unexpected(file.error());
    if (disk_->prng_.chance(disk_->sync_failure_))
      return base::world_failed(fmt::format("{}: cannot sync", path_));
    (*file)->synced = (*file)->content.size();
    (*file)->ever_synced = true;
    (*file)->before_cut.reset();
    return {};
  }
  std::uint64_t size() const override {
    const auto file = disk_->files_.find(path_);
    return file == disk_->files_.end() ? 0 : file->second.content.size();
  }

 private:
  base::Result<File*> mine() {
    if (life_ != disk_->life_)
      return base::world_failed(fmt::format("{}: opened by a dead process", path_));
    if (const auto alive = disk_->alive(); !alive) return std::unexpected(alive.error());
    const auto file = disk_->files_.find(path_);
    if (file == disk_->files_.end()) return no_such_file(path_);
    return &file->second;
  }

  SimStorage* disk_;
  std::string path_;
  std::uint64_t life_;
};

SimStorage::SimStorage(std::uint64_t seed) : prng_(seed) {}

base::Result<void> SimStorage::alive() const {
  if (dead_) return base::world_failed("the process is dead");
  return {};
}

std::uint64_t SimStorage::bytes_used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, file] : files_) sum += file.content.size();
  return sum;
}

base::Result<void> SimStorage::write(File& file, base::ByteView bytes) {
  const std::uint64_t used = bytes_used();
  const std::uint64_t room = capacity_ > used ? capacity_ - used : 0;
  const auto fits = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), room));
  if (bytes_until_death_ && *bytes_until_death_ < fits) {
    const auto last = static_cast<std::ptrdiff_t>(*bytes_until_death_);
    file.content.insert(file.content.end(), bytes.begin(), bytes.begin() + last);
    dead_ = true;
    return alive();
  }
  if (bytes_until_death_) *bytes_until_death_ -= fits;
  file.content.insert(
      file.content.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(fits));
  if (fits < bytes.size()) {
    return base::world_failed(fmt::format("disk full: wrote {} of {} bytes", fits, bytes.size()));
  }
  return {};
}

void SimStorage::restart_after_kill() {
  dead_ = false;
  bytes_until_death_.reset();
  ++life_;
}

void SimStorage::restart_after_power_loss() {
  for (auto it = files_.begin(); it != files_.end();) {
    File& file = it->second;
    base::Bytes& content = file.content;
    const std::size_t same = file.synced;
    if (same == content.size()) {
      if (file.before_cut && prng_.chance(0.5)) content = std::move(*file.before_cut);
    } else {
      // How much of what is not synced got to the disk: nothing, all, or some; and whether each
      // sector did.
      const std::size_t unsynced = content.size() - same;
      const std::uint64_t extent = prng_.below(4);
      const bool spoilt = prng_.chance(0.5);
      const std::size_t kept = extent == 0 ? 0 : extent == 1 ? unsynced : prng_.below(unsynced + 1);
      content.resize(same + kept);
      for (std::size_t sector = same / kSector * kSector; spoilt && sector < content.size();
           sector += kSector) {
        const std::uint64_t fate = prng_.below(4);
        const std::size_t end = std::min(sector + kSector, content.size());
        for (std::size_t i = std::max(sector, same); i < end; ++i) {
          if (fate == 0) content[i] = 0;
          if (fate == 1) content[i] = static_cast<std::uint8_t>(prng_.below(256));
        }
      }
    }
    const bool absent = !file.ever_synced && prng_.chance(0.25);
    file.synced = content.size();
    file.ever_synced = true;
    file.before_cut.reset();
    it = absent ? files_.erase(it) : std::next(it);
  }
  restart_after_kill();
}

void SimStorage::corrupt(const std::string& path, std::uint64_t offset, std::uint8_t mask) {
  const auto file = files_.find(path);
  CHECK(file != files_.end() && offset < file->second.content.size());
  file->second.content[static_cast<std::size_t>(offset)] ^= mask;
}

base::Result<std::unique_ptr<base::AppendFile>> SimStorage::open_append(std::string_view path) {
  if (const auto living = alive(); !living) return std::unexpected(living.error());
  files_.try_emplace(std::string(path));
  return std::make_unique<OpenFile>(*this, std::string(path));
}

base::Result<base::Bytes> SimStorage::read(std::string_view path,
                                           std::uint64_t offset,
                                           std::size_t length) {
  if (const auto living = alive(); !living) return std::unexpected(living.error());
  const auto file = files_.find(path);
  if (file == files_.end()) return no_such_file(path);
  const base::ByteView content(file->second.content);
  if (offset >= content.size()) return base::Bytes{};
  const auto begin = static_cast<std::size_t>(offset);
  const base::ByteView part = content.subspan(begin, std::min(length, content.size() - begin));
  return base::Bytes(part.begin(), part.end());
}

base::Result<std::uint64_t> SimStorage::size(std::string_view path) {
  if (const auto living = alive(); !living) return std::unexpected(living.error());
  const auto file = files_.find(path);
  if (file == files_.end()) return no_such_file(path);
  return file->second.content.size();
}

base::Result<void> SimStorage::truncate(std::string_view path, std::uint64_t size) {
  if (const auto living = alive(); !living) return living;
  const auto file = files_.find(path);
  if (file == files_.end()) return no_such_file(path);
  File& cut = file->second;
  if (size < cut.synced) {
    if (!cut.before_cut) {
      const auto end = cut.content.begin() + static_cast<std::ptrdiff_t>(cut.synced);
      cut.before_cut = base::Bytes(cut.content.begin(), end);
    }
    cut.synced = static_cast<std::size_t>(size);
  }
  cut.content.resize(static_cast<std::size_t>(size));
  return {};
}

base::Result<void> SimStorage::replace(std::string_view path, base::ByteView content) {
  if (const auto living = alive(); !living) return living;
  File
      temporary;  // takes room beside the old file until it is complete, and is gone if it never is
  if (const auto written = write(temporary, content); !written) return written;
  temporary.synced = temporary.content.size();
  temporary.ever_synced = true;
  files_.insert_or_assign(std::string(path), std::move(temporary));
  return {};
}

base::Result<void> SimStorage::remove(std::string_view path) {
  if (const auto living = alive(); !living) return living;
  const auto file = files_.find(path);
  if (file == files_.end()) return no_such_file(path);
  files_.erase(file);
  return {};
}

base::Result<std::vector<std::string>> SimStorage::list(std::string_view folder) {
  if (const auto living = alive(); !living) return std::unexpected(living.error());
  std::vector<std::string> names;
  const std::string prefix = std::string(folder) + '/';
  for (auto it = files_.lower_bound(prefix); it != files_.end() && it->first.starts_with(prefix);
       ++it) {
    const std::string name = it->first.substr(prefix.size());
    if (name.find('/') == std::string::npos) names.push_back(name);
  }
  return names;
}

}  // namespace liptako::sim
