#include "app/unfinished_acts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "io/private_file.hpp"
#include "record/entry.hpp"

namespace liptako::app {

namespace {

namespace fs = std::filesystem;

std::string prefix_of(charter::ActKind kind) {
  return lane_of(kind) == ActLane::accounts ? "accounts-" : "others-";
}

std::string name_of(const charter::Act& act) {
  return fmt::format("{}{:02x}", prefix_of(act.kind), fmt::join(act.nonce, ""));
}

std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder, absent)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

}  // namespace

ActLane lane_of(charter::ActKind kind) {
  using charter::ActKind;
  const bool is_on_accounts = kind == ActKind::account_add || kind == ActKind::account_remove ||
                              kind == ActKind::account_role || kind == ActKind::erase_personal;
  return is_on_accounts ? ActLane::accounts : ActLane::others;
}

base::Result<void> UnfinishedActs::begin(const charter::Act& act, std::string_view payload) const {
  if (auto made = io::make_private_folder(folder_); !made) return made;
  for (const fs::path& path : files_in(folder_)) {
    if (!path.filename().string().starts_with(prefix_of(act.kind))) continue;
    std::error_code error;
    fs::remove(path, error);
    if (error) return base::world_failed(fmt::format("{}: {}", path.string(), error.message()));
  }
  return io::write_private_file(folder_ + "/" + name_of(act), payload);
}

void UnfinishedActs::end(const charter::Act& act) const {
  std::error_code ignored;  // begin() tries again
  fs::remove(folder_ + "/" + name_of(act), ignored);
}

void UnfinishedActs::clear() const {
  std::error_code ignored;  // begin() tries again
  for (const fs::path& path : files_in(folder_)) fs::remove(path, ignored);
}

std::vector<std::string> UnfinishedActs::left() const {
  std::vector<std::string> payloads;
  for (const fs::path& path : files_in(folder_)) {
    // One that was being written when the node stopped was not recorded yet.
    if (path.extension() == ".new") continue;
    if (auto text = io::read_if_any(path, record::kMaxPayload); text && *text)
      payloads.push_back(std::move(**text));
  }
  return payloads;
}

}  // namespace liptako::app
