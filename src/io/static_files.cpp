#include "io/static_files.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace liptako::io {
namespace fs = std::filesystem;
namespace {

// FNV-1a, 64 bits: tells versions of a file apart; it protects nothing.
std::uint64_t fingerprint(std::string_view content) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
  return hash;
}

base::Result<std::string> read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), {}};
  if (!in) return base::world_failed(fmt::format("cannot read {}", path.string()));
  return content;
}

}  // namespace

std::string_view content_type_of(std::string_view file_name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kTypes = {{
      {".css", "text/css; charset=utf-8"},
      {".html", "text/html; charset=utf-8"},
      {".ico", "image/x-icon"},
      {".js", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".png", "image/png"},
      {".svg", "image/svg+xml"},
      {".txt", "text/plain; charset=utf-8"},
      {".wasm", "application/wasm"},
      {".webmanifest", "application/manifest+json"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
  }};
  for (const auto& [suffix, type] : kTypes) {
    if (file_name.ends_with(suffix)) return type;
  }
  return "application/octet-stream";
}

base::Result<StaticFiles> StaticFiles::load(const std::vector<Mount>& mounts) {
  StaticFiles out;
  std::size_t total = 0;
  for (const Mount& mount : mounts) {
    if (!mount.prefix.starts_with('/') || !mount.prefix.ends_with('/')) {
      return base::bad_input(fmt::format("prefix '{}' must begin and end with '/'", mount.prefix));
    }
    std::error_code error;
    fs::recursive_directory_iterator walk(mount.folder, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
      if (walk->symlink_status().type() != fs::file_type::regular) continue;
      const fs::path& path = walk->path();
      auto content = read_whole(path);
      if (!content) return std::unexpected(content.error());
      total += content->size();
      if (total > kMaxTotalBytes) {
        return base::bad_input(
            fmt::format("{} holds more than {} bytes", mount.folder, kMaxTotalBytes));
      }
      out.add(mount.prefix + path.lexically_relative(mount.folder).generic_string(),
              std::move(*content));
    }
    if (error)
      return base::world_failed(fmt::format("cannot read {}: {}", mount.folder, error.message()));
  }
  // A compressed variant without its plain file is not served.
  std::erase_if(out.files_, [](const auto& entry) { return entry.second.etag.empty(); });
  return out;
}

void StaticFiles::add(std::string_view path, std::string content) {
  std::string_view plain_path = path;
  const bool is_gzip = plain_path.ends_with(".gz");
  const bool is_brotli = plain_path.ends_with(".br");
  if (is_gzip || is_brotli) plain_path.remove_suffix(3);
  StaticFile& file = files_[std::string(plain_path)];
  if (is_gzip) {
    file.gzip = std::move(content);
  } else if (is_brotli) {
    file.brotli = std::move(content);
  } else {
    file.content_type = content_type_of(path);
    file.etag = fmt::format("\"{:016x}\"", fingerprint(content));
    file.identity = std::move(content);
  }
}

const StaticFile* StaticFiles::find(std::string_view path) const {
  std::string index;
  if (path.ends_with('/')) path = index = std::string(path) + "index.html";
  const auto at = files_.find(path);
  return at == files_.end() ? nullptr : &at->second;
}

}  // namespace liptako::io
