#include "app/pair_memory.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace liptako::app {

namespace {

using base::Result;

constexpr std::string_view kFolder = "pair";
constexpr std::string_view kMemory = "pair/memory";
constexpr std::string_view kOrder = "pair/order";
constexpr std::string_view kLooks = "pair/looks.jsonl";
constexpr std::string_view kFirstLine = "liptako/pair/v1";
constexpr std::size_t kMostMemory = 4 << 10;

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool is_there(base::Storage& keys, std::string_view path) {
  const auto names = keys.list(kFolder);
  const std::string_view name = path.substr(kFolder.size() + 1);
  return names && std::ranges::find(*names, name) != names->end();
}

std::optional<std::string_view> take_line(std::string_view& text, std::string_view key) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(key)) return std::nullopt;
  const std::string_view value = text.substr(key.size(), end - key.size());
  text.remove_prefix(end + 1);
  return value;
}

}  // namespace

std::string to_string(const PairMemory& memory) {
  return fmt::format("{}\nrole {}\nterm {}\nother {}\nwhole {}\nmet {}\n",
                     kFirstLine,
                     memory.role ? record::name_of(*memory.role) : "-",
                     memory.term,
                     memory.other.empty() ? "-" : memory.other,
                     memory.whole ? "yes" : "no",
                     memory.met ? "yes" : "no");
}

Result<PairMemory> parse_pair_memory(std::string_view text) {
  std::string_view rest = text;
  const auto first = take_line(rest, kFirstLine);
  const auto role = take_line(rest, "role ");
  const auto term = take_line(rest, "term ");
  const auto other = take_line(rest, "other ");
  const auto whole = take_line(rest, "whole ");
  const auto met = take_line(rest, "met ");
  PairMemory memory;
  if (first && role && term && other && whole && met) {
    if (*role == record::name_of(record::PairRole::former)) memory.role = record::PairRole::former;
    if (*role == record::name_of(record::PairRole::standby))
      memory.role = record::PairRole::standby;
    (void)std::from_chars(term->data(), term->data() + term->size(), memory.term);
    if (*other != "-") memory.other = *other;
    memory.whole = *whole == "yes";
    memory.met = *met == "yes";
  }
  if (to_string(memory) != text || memory.term > record::kLastTerm)
    return base::bad_input("not what a machine of a pair remembers");
  return memory;
}

Result<PairMemory> read_pair_memory(base::Storage& keys) {
  if (!is_there(keys, kMemory)) return PairMemory{};
  const auto bytes = keys.read(kMemory, 0, kMostMemory);
  if (!bytes) return std::unexpected(bytes.error());
  auto memory = parse_pair_memory({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!memory)
    return base::bad_input(
        fmt::format("{} of the key folder: {}", kMemory, memory.error().message));
  return memory;
}

Result<void> write_pair_memory(base::Storage& keys, const PairMemory& memory) {
  return keys.replace(kMemory, bytes_of(to_string(memory)));
}

Result<void> give_order(base::Storage& keys) {
  return keys.replace(kOrder, bytes_of(kTakeOverOrder));
}

bool has_order(base::Storage& keys) { return is_there(keys, kOrder); }

bool take_order(base::Storage& keys) {
  if (!has_order(keys)) return false;
  const auto bytes = keys.read(kOrder, 0, kTakeOverOrder.size() + 1);
  const bool removed = keys.remove(kOrder).has_value();
  return removed && bytes && std::ranges::equal(*bytes, bytes_of(kTakeOverOrder));
}

Result<void> note_look(base::Storage& keys, std::string_view line, std::uint64_t most) {
  auto file = keys.open_append(kLooks);
  if (!file) return std::unexpected(file.error());
  if ((*file)->size() + line.size() > most)
    return base::world_failed(fmt::format("{} of the key folder is full", kLooks));
  return (*file)->append(bytes_of(line));
}

}  // namespace liptako::app
