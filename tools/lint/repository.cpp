#include "repository.hpp"

#include <fstream>
#include <iterator>
#include <set>

namespace liptako::lint {
namespace {

namespace fs = std::filesystem;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_skipped_folder(const std::string& name) {
  static const std::set<std::string> kSkipped = {".cache", ".git", "build", "node_modules"};
  return kSkipped.contains(name);
}

}  // namespace

Repository load(const fs::path& root) {
  Repository repository;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
       ++it) {
    if (it->is_directory()) {
      if (is_skipped_folder(it->path().filename().string())) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file()) continue;
    std::ifstream file(it->path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (text.find('\0') != std::string::npos) text.clear();
    repository.emplace(fs::relative(it->path(), root).generic_string(), std::move(text));
  }
  return repository;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool is_cpp(std::string_view path) { return path.ends_with(".cpp") || path.ends_with(".hpp"); }

bool is_test(std::string_view path) {
  return path.ends_with("_test.cpp") || path.ends_with("_for_test.hpp") ||
         path.ends_with("_for_tests.hpp") || path.ends_with("_for_test.cpp") ||
         path.ends_with("_for_tests.cpp");
}

std::string_view source_folder(std::string_view path) {
  if (!path.starts_with("src/")) return {};
  path.remove_prefix(4);
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

bool is_whole_word(std::string_view text, std::size_t at, std::size_t length) {
  if (at > 0 && is_word(text[at - 1])) return false;
  return at + length >= text.size() || !is_word(text[at + length]);
}

Parts take_apart(std::string_view text) {
  std::string blank(text);
  for (char& c : blank) {
    if (c != '\n') c = ' ';
  }
  Parts parts{blank, blank, blank};
  enum class In { code, line_comment, block_comment, literal, raw } in = In::code;
  char quote = '"';
  std::string raw_end;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    switch (in) {
      case In::code: {
        const bool digit_separator = c == '\'' && i > 0 && is_word(text[i - 1]);
        if (c == '/' && (next == '/' || next == '*')) {
          in = next == '/' ? In::line_comment : In::block_comment;
          ++i;
        } else if (c == '"' && i > 0 && text[i - 1] == 'R') {
          const std::size_t open = text.find('(', i);
          if (open == std::string_view::npos) return parts;
          raw_end = ")" + std::string(text.substr(i + 1, open - i - 1)) + "\"";
          i = open;
          in = In::raw;
        } else if (c == '"' || c == '`' || (c == '\'' && !digit_separator)) {
          quote = c;
          parts.code[i] = c;
          in = In::literal;
        } else {
          parts.code[i] = c;
        }
        break;
      }
      case In::line_comment:
        if (c == '\n')
          in = In::code;
        else
          parts.comments[i] = c;
        break;
      case In::block_comment:
        if (c == '*' && next == '/') {
          in = In::code;
          ++i;
        } else if (c != '\n') {
          parts.comments[i] = c;
        }
        break;
      case In::literal:
        if (c == '\\') {
          ++i;
        } else if (c == quote || (c == '\n' && quote != '`')) {
          if (c == quote) parts.code[i] = c;
          in = In::code;
        } else if (c != '\n') {
          parts.literals[i] = c;
        }
        break;
      case In::raw:
        if (text.substr(i).starts_with(raw_end)) {
          i += raw_end.size() - 1;
          in = In::code;
        } else if (c != '\n') {
          parts.literals[i] = c;
        }
        break;
    }
  }
  return parts;
}

}  // namespace liptako::lint
