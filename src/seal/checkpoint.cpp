#include "seal/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "seal/base64.hpp"

namespace liptako::seal {

std::optional<std::uint64_t> parse_tree_size(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end != text.data() + text.size() || size > kMaxTreeSize) {
    return std::nullopt;
  }
  return size;
}

std::optional<Digest> parse_base64_hash(std::string_view text) {
  const auto bytes = bytes_from_base64(text);
  Digest digest;
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  CHECK(!checkpoint.origin.empty() && checkpoint.origin.find('\n') == std::string::npos);
  CHECK(checkpoint.size <= kMaxTreeSize);
  return fmt::format(
      "{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, to_base64(checkpoint.root));
}

base::Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto origin = take_line(text);
  const auto size_line = take_line(text);
  const auto root_line = take_line(text);
  if (!root_line) return base::bad_input("checkpoint: fewer than three lines");
  if (origin->empty()) return base::bad_input("checkpoint: no origin");
  const auto size = parse_tree_size(*size_line);
  if (!size) return base::bad_input("checkpoint: line 2 is not a tree size");
  const auto root = parse_base64_hash(*root_line);
  if (!root) return base::bad_input("checkpoint: line 3 is not a hash in base64");
  while (!text.empty()) {
    const auto extension = take_line(text);
    if (!extension || extension->empty()) {
      return base::bad_input("checkpoint: an extension line is empty or cut off");
    }
  }
  return Checkpoint{std::string(*origin), *size, *root};
}

}  // namespace liptako::seal
