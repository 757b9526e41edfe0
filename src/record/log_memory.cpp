#include "record/log_memory.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/check.hpp"

namespace liptako::record {

namespace {

constexpr std::size_t kMostMemory = 4 << 10;

}  // namespace

std::string log_memory_text(const LogMemory& memory) {
  return fmt::format("{}{:08x}\n", seal::checkpoint_text(memory.newest), memory.key_id);
}

base::Result<LogMemory> parse_log_memory(std::string_view text) {
  const auto newest = seal::parse_checkpoint(text);
  if (!newest) return std::unexpected(newest.error());
  LogMemory memory{*newest, 0};
  constexpr std::size_t kIdLine = 9;
  if (text.size() >= kIdLine) {
    const std::string_view id = text.substr(text.size() - kIdLine, kIdLine - 1);
    (void)std::from_chars(id.data(), id.data() + id.size(), memory.key_id, 16);
  }
  if (log_memory_text(memory) != text) return base::bad_input("not a log's memory");
  return memory;
}

base::Result<std::optional<LogMemory>> read_log_memory(base::Storage& storage,
                                                       std::string_view path) {
  const std::size_t slash = path.rfind('/');
  CHECK(slash != std::string_view::npos);
  const auto names = storage.list(path.substr(0, slash));
  if (!names) return std::unexpected(names.error());
  if (std::ranges::find(*names, path.substr(slash + 1)) == names->end()) return std::nullopt;
  const auto bytes = storage.read(path, 0, kMostMemory + 1);
  if (!bytes) return std::unexpected(bytes.error());
  auto memory = parse_log_memory(std::string(bytes->begin(), bytes->end()));
  if (!memory) {
    return base::bad_input(fmt::format(
        "{}, which says what the log key signed last: {}", path, memory.error().message));
  }
  return *memory;
}

}  // namespace liptako::record
