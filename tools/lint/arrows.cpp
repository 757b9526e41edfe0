#include "arrows.hpp"

#include <set>
#include <sstream>

namespace liptako::lint {
namespace {

constexpr std::string_view kTable = "tools/arrows.txt";
constexpr std::string_view kDocument = "docs/ARCHITECTURE.md";

using Table = std::map<std::string, std::set<std::string>, std::less<>>;

std::set<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::set<std::string> words;
  for (std::string word; stream >> word;) words.insert(word);
  return words;
}

// A folder of src/; the tables of facts in spec/ belong to the codec.
std::string folder_of(std::string_view path) {
  return path.starts_with("spec/") ? "codec" : std::string(source_folder(path));
}

bool is_keyword(std::string_view word) {
  return !word.empty() &&
         word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string_view::npos;
}

// "track: geo" a line; '#' opens a comment.
Table parse_table(std::string_view text, std::vector<Finding>& findings) {
  Table table;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      findings.push_back({std::string(kTable), number, "no colon after the folder"});
      continue;
    }
    table[std::string(line.substr(0, colon))] = words_of(line.substr(colon + 1));
  }
  return table;
}

// Everything reachable from each folder.
Table close(Table table, std::vector<Finding>& findings) {
  for (bool grown = true; grown;) {
    grown = false;
    for (auto& [folder, reached] : table) {
      const std::set<std::string> before = reached;
      for (const std::string& through : before) {
        const auto next = table.find(through);
        if (next == table.end()) continue;
        for (const std::string& further : next->second) grown |= reached.insert(further).second;
      }
    }
  }
  for (const auto& [folder, reached] : table) {
    if (reached.contains(folder)) {
      findings.push_back({std::string(kTable), 0, "arrows run in a circle through " + folder});
    }
    for (const std::string& other : reached) {
      if (!table.contains(other)) {
        findings.push_back({std::string(kTable), 0, folder + " names unknown folder " + other});
      }
    }
  }
  return table;
}

void check_includes(const Repository& repository,
                    const Table& allowed,
                    std::vector<Finding>& findings) {
  for (const auto& [path, text] : repository) {
    const std::string folder = folder_of(path);
    if (folder.empty() || !is_cpp(path)) continue;
    const auto row = allowed.find(folder);
    if (row == allowed.end()) {
      findings.push_back({path, 0, "folder " + folder + " has no line in tools/arrows.txt"});
      continue;
    }
    std::size_t number = 0;
    for (std::string_view line : lines_of(text)) {
      ++number;
      if (!line.starts_with("#include \"")) continue;
      line.remove_prefix(10);
      const std::string_view included = line.substr(0, line.find('"'));
      const std::string other{
          included.starts_with("spec/") ? "codec" : included.substr(0, included.find('/'))};
      if (included.find('/') == std::string_view::npos || included.starts_with("..")) {
        findings.push_back(
            {path, number, "include relative to src/, not \"" + std::string(included) + '"'});
      } else if (other != folder && !row->second.contains(other)) {
        findings.push_back({path, number, folder + " must not include " + std::string(included)});
      }
    }
  }
}

// DEPENDS of liptako_library() in src/<folder>/CMakeLists.txt.
void check_cmake(const Repository& repository,
                 const Table& allowed,
                 std::vector<Finding>& findings) {
  for (const auto& [folder, reachable] : allowed) {
    const auto file = repository.find("src/" + folder + "/CMakeLists.txt");
    if (file == repository.end()) continue;
    bool inside = false;  // among the words of DEPENDS
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file->second)) {
      ++number;
      std::istringstream words{std::string(line.substr(0, line.find('#')))};
      for (std::string word; words >> word;) {
        const bool last = word.ends_with(')');
        if (last) word.pop_back();
        if (inside && allowed.contains(word) && !reachable.contains(word)) {
          findings.push_back({file->first, number, folder + " must not depend on " + word});
        }
        if (is_keyword(word)) inside = word == "DEPENDS";
        if (last) inside = false;
      }
    }
  }
}

// Rows of the form "src/track   what it is   -> geo" say the same as the table.
void check_document(const Repository& repository,
                    const Table& direct,
                    std::vector<Finding>& findings) {
  const auto document = repository.find(std::string(kDocument));
  if (document == repository.end()) {
    findings.push_back({std::string(kDocument), 0, "missing: it shows the table of folders"});
    return;
  }
  std::set<std::string> shown;
  std::size_t number = 0;
  for (std::string_view line : lines_of(document->second)) {
    ++number;
    const std::size_t arrow = line.rfind("-> ");
    if (!line.starts_with("src/") || arrow == std::string_view::npos) continue;
    const std::string folder{source_folder(std::string(line.substr(0, line.find(' '))) + "/")};
    shown.insert(folder);
    std::set<std::string> written = words_of(line.substr(arrow + 3));
    if (written == std::set<std::string>{"nothing"}) written.clear();
    const auto row = direct.find(folder);
    if (row == direct.end() || row->second != written) {
      findings.push_back(
          {std::string(kDocument), number, "row of " + folder + " differs from tools/arrows.txt"});
    }
  }
  for (const auto& [folder, unused] : direct) {
    if (!shown.contains(folder)) {
      findings.push_back({std::string(kDocument), 0, "no row for " + folder});
    }
  }
}

}  // namespace

std::vector<Finding> check_arrows(const Repository& repository) {
  std::vector<Finding> findings;
  const auto file = repository.find(std::string(kTable));
  if (file == repository.end()) return {{std::string(kTable), 0, "missing"}};
  const Table direct = parse_table(file->second, findings);
  const Table allowed = close(direct, findings);
  check_includes(repository, allowed, findings);
  check_cmake(repository, allowed, findings);
  check_document(repository, direct, findings);
  return findings;
}

}  // namespace liptako::lint
