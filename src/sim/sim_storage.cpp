#include "sim/sim_storage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace liptako::sim {

namespace {

constexpr std::size_t kSector = 512;

std::unexpected<base::Error> no_such_file(std::string_view path) {
  return base::world_failed(fmt::format("{}: no such file", path));
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace

class SimStorage::OpenFile final : public base::AppendFile {
 public:
  OpenFile(SimStorage& disk, std::string path)
      : disk_(&disk), path_(std::move(path)), life_(disk.life_) {}

  base::Result<void> append(base::ByteView bytes) override {
    auto file = mine();
    if (!file) return std::unexpected(file.error());
    if (disk_->last_change()) {
      const std::size_t part = disk_->prng_.below(bytes.size() + 1);
      (void)disk_->write(**file, bytes.first(part));
      return disk_->alive();
    }
    return disk_->write(**file, bytes);
  }
  base::Result<void> sync() override {
    auto file = mine();
    if (!file) return std::unexpected(file.error());
    File& f = **file;
    const bool last = disk_->last_change();
    if (last && disk_->prng_.chance(0.5)) return disk_->alive();
    if (disk_->prng_.chance(disk_->sync_failure_)) {
      if (f.content.size() > f.synced) {
        f.doomed_begin = f.doomed_end == 0 ? f.synced : std::min(f.doomed_begin, f.synced);
        f.doomed_end = f.content.size();
      }
      return base::world_failed(fmt::format("{}: cannot sync", path_));
    }
    f.synced = f.content.size();
    f.ever_synced = true;
    f.before.reset();
    if (last) return disk_->alive();
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

bool SimStorage::last_change() {
  ++changes_;
  if (!changes_until_death_) return false;
  if ((*changes_until_death_)-- > 0) return false;
  changes_until_death_.reset();
  dead_ = true;
  return true;
}

base::Result<void> SimStorage::write(File& file, base::ByteView bytes) {
  const std::uint64_t room = capacity_ > used_ ? capacity_ - used_ : 0;
  const auto fits = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), room));
  const bool dies = bytes_until_death_ && *bytes_until_death_ < fits;
  const auto count = dies ? static_cast<std::size_t>(*bytes_until_death_) : fits;
  file.content.insert(
      file.content.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  used_ += count;
  if (dies) {
    dead_ = true;
    return alive();
  }
  if (bytes_until_death_) *bytes_until_death_ -= fits;
  if (fits < bytes.size()) {
    return base::world_failed(fmt::format("disk full: wrote {} of {} bytes", fits, bytes.size()));
  }
  return {};
}

void SimStorage::restart_after_kill() {
  dead_ = false;
  bytes_until_death_.reset();
  changes_until_death_.reset();
  for (auto& [path, file] : files_) file.doomed_begin = file.doomed_end = 0;
  ++life_;
}

void SimStorage::spoil(File& file, std::size_t begin, std::size_t end) {
  end = std::min(end, file.content.size());
  for (std::size_t sector = begin / kSector * kSector; sector < end; sector += kSector) {
    const std::uint64_t fate = prng_.below(4);
    for (std::size_t i = std::max(sector, begin); i < std::min(sector + kSector, end); ++i) {
      if (fate == 0) file.content[i] = 0;
      if (fate == 1) file.content[i] = static_cast<std::uint8_t>(prng_.below(256));
    }
  }
}

void SimStorage::lose_power(File& file) {
  if (file.before && prng_.chance(0.5)) {
    file.content = std::move(*file.before);
  } else {
    spoil(file, file.doomed_begin, std::min(file.doomed_end, file.synced));
    const std::size_t same = file.synced;
    if (same < file.content.size()) {
      // How much of what is not synced got to the disk: nothing, all, or some; and whether each
      // sector did.
      const std::size_t unsynced = file.content.size() - same;
      const std::uint64_t extent = prng_.below(4);
      const bool spoilt = prng_.chance(0.5);
      const std::size_t kept = extent == 0 ? 0 : extent == 1 ? unsynced : prng_.below(unsynced + 1);
      file.content.resize(same + kept);
      if (spoilt) spoil(file, same, file.content.size());
    }
  }
  file.synced = file.content.size();
  file.before.reset();
  file.doomed_begin = file.doomed_end = 0;
}

void SimStorage::restart_after_power_loss() {
  for (auto it = files_.begin(); it != files_.end();) {
    lose_power(it->second);
    const bool absent = !it->second.ever_synced && prng_.chance(0.25);
    it->second.ever_synced = true;
    it = absent ? files_.erase(it) : std::next(it);
  }
  for (auto& [path, content] : removed_) {
    if (files_.contains(path) || !prng_.chance(0.5)) continue;
    File back;
    back.content = std::move(content);
    back.synced = back.content.size();
    back.ever_synced = true;
    files_.emplace(path, std::move(back));
  }
  removed_.clear();
  used_ = 0;
  for (const auto& [path, file] : files_) used_ += file.content.size();
  restart_after_kill();
}

void SimStorage::corrupt(const std::string& path, std::uint64_t offset, std::uint8_t mask) {
  const auto file = files_.find(path);
  CHECK(file != files_.end() && offset < file->second.content.size());
  file->second.content[static_cast<std::size_t>(offset)] ^= mask;
}

void SimStorage::sync_folder_of(std::string_view path) {
  const std::string_view folder = folder_of(path);
  std::erase_if(removed_, [&](const auto& gone) { return folder_of(gone.first) == folder; });
}

base::Result<std::unique_ptr<base::AppendFile>> SimStorage::open_append(std::string_view path) {
  if (const auto living = alive(); !living) return std::unexpected(living.error());
  if (!files_.contains(path)) {
    const bool last = last_change();
    if (!last && used_ >= capacity_)
      return base::world_failed(fmt::format("disk full: {}: cannot create", path));
    if (!last || prng_.chance(0.5)) files_.try_emplace(std::string(path));
    if (last) return std::unexpected(alive().error());
    sync_folder_of(path);
  }
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

void SimStorage::cut(File& file, std::size_t size) {
  if (size < file.synced) {
    if (!file.before) {
      const auto end = file.content.begin() + static_cast<std::ptrdiff_t>(file.synced);
      file.before = base::Bytes(file.content.begin(), end);
    }
    file.synced = size;
  }
  file.doomed_end = std::min(file.doomed_end, size);
  if (file.doomed_begin >= file.doomed_end) file.doomed_begin = file.doomed_end = 0;
  used_ -= std::min<std::uint64_t>(used_, file.content.size());
  file.content.resize(size);
  used_ += size;
}

base::Result<void> SimStorage::truncate(std::string_view path, std::uint64_t size) {
  if (const auto living = alive(); !living) return living;
  const auto file = files_.find(path);
  if (file == files_.end()) return no_such_file(path);
  const bool last = last_change();
  if (!last || prng_.chance(0.5)) cut(file->second, static_cast<std::size_t>(size));
  return alive();
}

void SimStorage::put_in_place(std::string_view path, base::ByteView content) {
  File& file = files_[std::string(path)];
  used_ = used_ - file.content.size() + content.size();
  file = File{};
  file.content.assign(content.begin(), content.end());
  file.synced = content.size();
  file.ever_synced = true;
  sync_folder_of(path);
}

base::Result<void> SimStorage::replace(std::string_view path, base::ByteView content) {
  if (const auto living = alive(); !living) return living;
  if (last_change()) {
    if (prng_.chance(0.5)) put_in_place(path, content);
    return alive();
  }
  // The new content takes room beside the old until it is complete, and is gone if it never is.
  File temporary;
  const auto written = write(temporary, content);
  used_ -= temporary.content.size();
  if (!written) return written;
  if (prng_.chance(sync_failure_)) {
    if (prng_.chance(0.5)) {  // the temporary file's own sync succeeded, the folder's did not
      const auto old = files_.find(path);
      const bool existed = old != files_.end() && old->second.ever_synced;
      base::Bytes before;
      if (existed) before.assign(old->second.content.begin(), old->second.content.end());
      put_in_place(path, content);
      File& file = files_.find(path)->second;
      file.ever_synced = existed;
      if (existed) file.before = std::move(before);
    }
    return base::world_failed(fmt::format("{}: cannot sync", path));
  }
  put_in_place(path, content);
  return {};
}

base::Result<void> SimStorage::overwrite(std::string_view path, base::ByteView content) {
  File& file = files_[std::string(path)];
  if (file.ever_synced && !file.before) {
    const auto end = file.content.begin() + static_cast<std::ptrdiff_t>(file.synced);
    file.before = base::Bytes(file.content.begin(), end);
  }
  used_ -= file.content.size();
  file.content.clear();
  file.synced = 0;
  return write(file, content);
}

base::Result<void> SimStorage::write_files(std::span<const base::FileContent> files) {
  if (const auto living = alive(); !living) return living;
  for (const base::FileContent& file : files) {
    if (last_change()) {
      const std::size_t part = prng_.below(file.content.size() + 1);
      (void)overwrite(file.path, base::ByteView(file.content).first(part));
      return alive();
    }
    if (const auto written = overwrite(file.path, file.content); !written) return written;
  }
  const bool last = last_change();
  if (last && prng_.chance(0.5)) return alive();
  if (prng_.chance(sync_failure_)) return base::world_failed("cannot sync");
  for (const base::FileContent& written : files) {
    File& file = files_.find(written.path)->second;
    file.synced = file.content.size();
    file.ever_synced = true;
    file.before.reset();
    sync_folder_of(written.path);
  }
  return alive();
}

void SimStorage::erase(std::string_view path) {
  const auto file = files_.find(path);
  used_ -= file->second.content.size();
  if (file->second.ever_synced) {
    base::Bytes content = std::move(file->second.content);
    content.resize(file->second.synced);
    removed_.insert_or_assign(std::string(path), std::move(content));
  }
  files_.erase(file);
}

base::Result<void> SimStorage::remove(std::string_view path) {
  if (const auto living = alive(); !living) return living;
  if (!files_.contains(path)) return no_such_file(path);
  const bool last = last_change();
  if (!last || prng_.chance(0.5)) erase(path);
  return alive();
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
