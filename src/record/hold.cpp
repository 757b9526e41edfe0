#include "record/hold.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace liptako::record {

namespace {

constexpr std::string_view kFolder = "hold";
constexpr std::string_view kFirstLine = "liptako/hold/v1";
constexpr std::size_t kMaxFile = 4'096;  // six lines of kMaxHoldText and their names fit

bool is_line(std::string_view text) {
  return !text.empty() && text.size() <= kMaxHoldText && std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

base::Result<void> check(const HoldAct& act) {
  if (!is_line(act.by)) {
    return base::bad_input(
        fmt::format("who holds is one line of 1 to {} bytes: '{}'", kMaxHoldText, act.by));
  }
  if (!is_line(act.reason)) {
    return base::bad_input(
        fmt::format("the reason is one line of 1 to {} bytes: '{}'", kMaxHoldText, act.reason));
  }
  return {};
}

// Takes "<name> <value>\n" from the front of the text.
std::optional<std::string> take_line(std::string_view& text, std::string_view name) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ')
    return std::nullopt;
  line.remove_prefix(name.size() + 1);
  if (!is_line(line)) return std::nullopt;
  text.remove_prefix(end + 1);
  return std::string(line);
}

// The names of an act's lines: when, who, why.
using ActNames = std::array<std::string_view, 3>;
constexpr ActNames kSet{"since", "by", "reason"};
constexpr ActNames kLifted{"lifted", "lifted-by", "lifted-reason"};

std::optional<HoldAct> take_act(std::string_view& text, const ActNames& names) {
  const auto time = take_line(text, names[0]);
  const auto by = time ? take_line(text, names[1]) : std::nullopt;
  const auto reason = by ? take_line(text, names[2]) : std::nullopt;
  if (!reason) return std::nullopt;
  const auto at = base::parse_rfc3339(*time);
  if (!at) return std::nullopt;
  return HoldAct{*at, *by, *reason};
}

std::string lines_of(const HoldAct& act, const ActNames& names) {
  return fmt::format("{} {}\n{} {}\n{} {}\n",
                     names[0],
                     base::to_rfc3339(act.time),
                     names[1],
                     act.by,
                     names[2],
                     act.reason);
}

base::Result<void> write(base::Storage& storage, const Hold& hold) {
  const std::string text = to_string(hold);
  return storage.replace(hold_path(hold.id),
                         {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

std::string hold_path(std::string_view id) { return fmt::format("{}/{}", kFolder, id); }

bool is_hold_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxHoldId && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Hold parse_hold(std::string_view id, std::string_view text) {
  Hold hold;
  hold.id = id;
  hold.readable = false;
  if (!text.starts_with(kFirstLine) || text.substr(kFirstLine.size(), 1) != "\n") return hold;
  text.remove_prefix(kFirstLine.size() + 1);
  auto set = take_act(text, kSet);
  if (!set) return hold;
  hold.set = std::move(*set);
  if (!text.empty()) {
    auto lifted = take_act(text, kLifted);
    if (!lifted || !text.empty()) return hold;
    hold.lifted = std::move(*lifted);
  }
  hold.readable = true;
  return hold;
}

std::string to_string(const Hold& hold) {
  std::string text = fmt::format("{}\n{}", kFirstLine, lines_of(hold.set, kSet));
  if (hold.lifted) text += lines_of(*hold.lifted, kLifted);
  return text;
}

base::Result<std::vector<Hold>> list_holds(base::Storage& storage) {
  const auto names = storage.list(kFolder);
  if (!names) return std::unexpected(names.error());
  std::vector<Hold> holds;
  for (const std::string& name : *names) {
    if (name.ends_with(".tmp")) continue;  // of a replace() that was interrupted
    const auto bytes = storage.read(hold_path(name), 0, kMaxFile);
    if (!bytes) return std::unexpected(bytes.error());
    holds.push_back(
        parse_hold(name, {reinterpret_cast<const char*>(bytes->data()), bytes->size()}));
  }
  return holds;
}

base::Result<void> set_hold(base::Storage& storage, std::string_view id, const HoldAct& act) {
  if (!is_hold_id(id)) {
    return base::bad_input(fmt::format(
        "'{}': a hold's name is 1 to {} lower-case letters, digits and hyphens", id, kMaxHoldId));
  }
  if (const auto sound = check(act); !sound) return sound;
  const auto holds = list_holds(storage);
  if (!holds) return std::unexpected(holds.error());
  for (const Hold& hold : *holds) {
    if (hold.id == id)
      return base::bad_input(fmt::format("hold '{}': the name was used before", id));
  }
  return write(storage, {std::string(id), act, std::nullopt, true});
}

base::Result<void> lift_hold(base::Storage& storage, std::string_view id, const HoldAct& act) {
  if (const auto sound = check(act); !sound) return sound;
  auto holds = list_holds(storage);
  if (!holds) return std::unexpected(holds.error());
  for (Hold& hold : *holds) {
    if (hold.id != id) continue;
    if (!hold.readable)
      return base::bad_input(fmt::format("{}: not a hold by its form; look at it", hold_path(id)));
    if (!hold.stands()) return base::bad_input(fmt::format("hold '{}' is lifted already", id));
    hold.lifted = act;
    return write(storage, hold);
  }
  return base::bad_input(fmt::format("there is no hold '{}'", id));
}

}  // namespace liptako::record
