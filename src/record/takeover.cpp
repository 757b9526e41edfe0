#include "record/takeover.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "seal/base64.hpp"

namespace liptako::record {

namespace {

// The rest of the next line after `key`, cut off the text with the line.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view key) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(key)) return std::nullopt;
  const std::string_view value = text.substr(key.size(), end - key.size());
  text.remove_prefix(end + 1);
  return value;
}

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end) return std::nullopt;
  return value;
}

std::optional<seal::TreeHead> tree_from(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto size = number_from(text.substr(0, space));
  const auto root = seal::bytes_from_base64(text.substr(space + 1));
  seal::TreeHead head;
  if (!size || !root || root->size() != head.root.size()) return std::nullopt;
  head.size = *size;
  std::ranges::copy(*root, head.root.begin());
  return head;
}

}  // namespace

std::string_view name_of(TakeoverCause cause) {
  return cause == TakeoverCause::command ? "command" : "silence";
}

std::string takeover_text(const Takeover& takeover) {
  return fmt::format("{}\nnode {}\nterm {}\nby {}\nfrom {}\ntree {} {}\ntime {}\nwhy {}\n",
                     kTakeoverFirstLine,
                     takeover.node,
                     takeover.term,
                     takeover.by,
                     takeover.from,
                     takeover.tree.size,
                     seal::to_base64(takeover.tree.root),
                     base::to_rfc3339(takeover.time),
                     name_of(takeover.cause));
}

base::Result<Takeover> parse_takeover(std::string_view text) {
  const auto refused = [] { return base::bad_input("not a takeover"); };
  std::string_view rest = text;
  if (const auto first = take_line(rest, kTakeoverFirstLine); !first || !first->empty())
    return refused();
  const auto node = take_line(rest, "node ");
  const auto term = take_line(rest, "term ");
  const auto by = take_line(rest, "by ");
  const auto from = take_line(rest, "from ");
  const auto tree = take_line(rest, "tree ");
  const auto time = take_line(rest, "time ");
  const auto why = take_line(rest, "why ");
  if (!node || !term || !by || !from || !tree || !time || !why || by->empty()) return refused();
  const auto term_number = number_from(*term);
  const auto head = tree_from(*tree);
  const auto stamp = base::parse_rfc3339(*time);
  if (!term_number || *term_number <= kFirstTerm || *term_number > kLastTerm || !head || !stamp)
    return refused();
  Takeover takeover{std::string(*node),
                    *term_number,
                    std::string(*by),
                    std::string(*from),
                    *head,
                    *stamp,
                    *why == "command" ? TakeoverCause::command : TakeoverCause::silence};
  // One spelling: a text that reads as this one and differs from it would be another evidence.
  if (takeover_text(takeover) != text) return refused();
  return takeover;
}

}  // namespace liptako::record
