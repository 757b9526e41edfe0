#include "tidy_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <sstream>

namespace liptako::lint {
namespace {

constexpr std::size_t kCppColumns = 100;  // as .clang-format
constexpr std::size_t kOtherColumns = 120;
constexpr std::string_view kHosts = "tools/lint/hosts.txt";
constexpr std::string_view kVocabulary = "tools/lint/vocabulary.txt";

bool is_document(std::string_view path) { return path.ends_with(".md"); }

bool is_cmake(std::string_view path) {
  return path.ends_with("CMakeLists.txt") || path.ends_with(".cmake");
}

bool is_script(std::string_view path) {
  return path.ends_with(".ts") || path.ends_with(".mjs") || path.ends_with(".js");
}

bool is_shell(std::string_view path) {
  return path.ends_with(".sh") || path == "run" || path == ".ci/run";
}

// What people of this project write by hand.
bool is_written(std::string_view path) {
  return is_cpp(path) || is_document(path) || is_cmake(path) || is_script(path) || is_shell(path) ||
         path.ends_with(".css");
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

// For each line of a document: is it inside a fenced block?
std::vector<bool> fenced_lines(const std::vector<std::string_view>& lines) {
  std::vector<bool> fenced;
  bool inside = false;
  for (const std::string_view line : lines) {
    const bool fence = line.starts_with("```");
    fenced.push_back(inside || fence);
    if (fence) inside = !inside;
  }
  return fenced;
}

std::vector<std::string> table_of(const Repository& repository, std::string_view path) {
  std::vector<std::string> rows;
  const auto file = repository.find(std::string(path));
  if (file == repository.end()) return rows;
  for (const std::string_view line : lines_of(file->second)) {
    if (!line.empty() && !line.starts_with('#')) rows.emplace_back(line);
  }
  return rows;
}

// Whole word, or a part of snake_case or CamelCase: "plot" in "old_plot" and "PlotState", not in
// "plotter".
bool names_word(std::string_view line, std::string_view lowered, std::string_view word) {
  for (std::size_t at = lowered.find(word); at != std::string_view::npos;
       at = lowered.find(word, at + 1)) {
    const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
    const auto is_upper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_letter(line[at - 1]) || is_upper(line[at]);
    const bool ends = end >= line.size() || !is_letter(line[end]) ||
                      (is_upper(line[end]) && !is_upper(line[end - 1]));
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace

std::vector<Finding> check_width(const Repository& repository) {
  std::vector<Finding> findings;
  for (const auto& [path, text] : repository) {
    if (!is_written(path)) continue;
    const auto lines = lines_of(text);
    const auto fenced = is_document(path) ? fenced_lines(lines) : std::vector<bool>(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool table = is_document(path) && (lines[i].starts_with('|') || fenced[i]);
      const bool link = lines[i].find("://") != std::string_view::npos;
      const std::size_t limit = is_cpp(path) ? kCppColumns : kOtherColumns;
      if (table || link || columns_of(lines[i]) <= limit) continue;
      findings.push_back({path, i + 1, "wider than " + std::to_string(limit) + " columns"});
    }
  }
  return findings;
}

std::vector<Finding> check_notes(const Repository& repository) {
  // Put together so that this file does not contain what it looks for.
  static const std::array<std::string, 4> kNotes = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X",
      "HA"
      "CK"};
  std::vector<Finding> findings;
  for (const auto& [path, text] : repository) {
    if (!is_written(path)) continue;
    const std::string searched = is_cpp(path) || is_script(path) ? take_apart(text).comments : text;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(searched)) {
      ++number;
      for (const std::string& note : kNotes) {
        const std::size_t at = line.find(note);
        if (at == std::string_view::npos || !is_whole_word(line, at, note.size())) continue;
        const std::string_view after = line.substr(at + note.size());
        if (after.size() > 2 && after.starts_with("(#") &&
            std::isdigit(static_cast<unsigned char>(after[2])) != 0) {
          continue;
        }
        findings.push_back(
            {path, number, note + " without an issue number, as in " + note + "(#12)"});
      }
    }
  }
  return findings;
}

std::vector<Finding> check_machine_paths(const Repository& repository) {
  static const std::array<std::string_view, 6> kRoots = {
      "home", "root", "work", "Users", "mnt", "tmp"};
  std::vector<Finding> findings;
  for (const auto& [path, text] : repository) {
    std::size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
      ++number;
      for (const std::string_view root : kRoots) {
        const std::string start = "/" + std::string(root) + "/";
        const std::size_t at = line.find(start);
        if (at == std::string_view::npos) continue;
        // Part of a longer path, of a URL or of a pattern: not absolute.
        const char before = at == 0 ? ' ' : line[at - 1];
        if (std::isalnum(static_cast<unsigned char>(before)) != 0 ||
            std::string_view("./_-}$)*").find(before) != std::string_view::npos) {
          continue;
        }
        const char after = at + start.size() < line.size() ? line[at + start.size()] : ' ';
        if (std::isalnum(static_cast<unsigned char>(after)) == 0) continue;
        findings.push_back({path, number, "absolute path of a machine: " + start + "…"});
      }
    }
  }
  return findings;
}

std::vector<Finding> check_hosts(const Repository& repository) {
  const auto rows = table_of(repository, kHosts);
  const std::set<std::string> allowed(rows.begin(), rows.end());
  std::vector<Finding> findings;
  for (const auto& [path, text] : repository) {
    if (path == "LICENSE") continue;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
      ++number;
      for (std::size_t at = line.find("://"); at != std::string_view::npos;
           at = line.find("://", at + 3)) {
        const std::string_view rest = line.substr(at + 3);
        const std::size_t end = rest.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
        const std::string host{rest.substr(0, end)};
        // No dot: a placeholder or this machine. Names reserved for examples lead nowhere
        // [RFC 2606].
        const bool nowhere = host.find('.') == std::string::npos || host.ends_with(".example") ||
                             host.ends_with(".invalid") || host.ends_with(".test");
        if (nowhere || allowed.contains(host)) continue;
        findings.push_back({path, number, "host " + host + " is not in " + std::string(kHosts)});
      }
    }
  }
  return findings;
}

std::vector<Finding> check_vocabulary(const Repository& repository) {
  std::vector<std::string> denied;
  std::set<std::pair<std::string, std::string>> allowed;
  std::vector<Finding> findings;
  for (const std::string& row : table_of(repository, kVocabulary)) {
    const auto words = words_of(row);
    if (words.size() == 2 && words[0] == "deny") {
      denied.push_back(words[1]);
    } else if (words.size() == 3 && words[0] == "allow") {
      allowed.emplace(words[1], words[2]);
      if (!repository.contains(words[2])) {
        findings.push_back(
            {std::string(kVocabulary), 0, "allows " + words[2] + ", which is not there"});
      }
    } else {
      findings.push_back({std::string(kVocabulary), 0, "not understood: " + row});
    }
  }
  for (const auto& [path, text] : repository) {
    if (path == kVocabulary || path == "LICENSE") continue;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
      ++number;
      const std::string lowered = lower(line);
      for (const std::string& word : denied) {
        if (allowed.contains({word, path}) || !names_word(line, lowered, word)) continue;
        findings.push_back({path, number, "\"" + word + "\" is not a word of this project"});
      }
    }
  }
  return findings;
}

std::vector<Finding> check_documents(const Repository& repository) {
  std::vector<Finding> findings;
  std::map<std::string, std::string> titles;
  std::set<std::string> linked;
  for (const auto& [path, text] : repository) {
    if (!is_document(path)) continue;
    const auto lines = lines_of(text);
    const auto fenced = fenced_lines(lines);
    std::size_t count = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (fenced[i]) continue;
      if (lines[i].starts_with("# ")) {
        ++count;
        if (count > 1) findings.push_back({path, i + 1, "a second title"});
        const auto [other, added] = titles.emplace(lines[i], path);
        if (!added && count == 1)
          findings.push_back({path, i + 1, "same title as " + other->second});
      }
      for (std::size_t at = lines[i].find("]("); at != std::string_view::npos;
           at = lines[i].find("](", at + 2)) {
        std::string_view link = lines[i].substr(at + 2);
        link = link.substr(0, link.find_first_of(")# "));
        if (link.empty() || link.find("://") != std::string_view::npos) continue;
        std::string to =
            (std::filesystem::path(folder_of(path)) / link).lexically_normal().generic_string();
        if (to.ends_with('/')) to.pop_back();
        const auto target = repository.lower_bound(to);
        const bool file = target != repository.end() && target->first == to;
        const bool folder = target != repository.end() && target->first.starts_with(to + "/");
        if (!file && !folder)
          findings.push_back({path, i + 1, "link to " + to + ", which is not there"});
        if (to != path) linked.insert(to);
      }
    }
    if (count == 0) findings.push_back({path, 0, "no title"});
  }
  for (const auto& [path, text] : repository) {
    if (!is_document(path) || path == "README.md" || linked.contains(path)) continue;
    // A folder's own README is reached by the link to its folder.
    if (name_of(path) == "README.md" && linked.contains(std::string(folder_of(path)))) continue;
    findings.push_back({path, 0, "no other document links to it"});
  }
  return findings;
}

std::vector<Finding> check_citations(const Repository& repository) {
  std::vector<Finding> findings;
  const auto bibliography = repository.find("docs/BIBLIOGRAPHY.md");
  const std::string known = bibliography == repository.end() ? "" : bibliography->second;
  // "Gade10" and "CAT048" are keys as they stand; of "RFC 3720, §12.1" the key is "RFC 3720".
  const auto key_of = [](std::string_view cited) -> std::string {
    const std::size_t letters = cited.find_first_of("0123456789");
    if (letters == std::string_view::npos || letters == 0) return {};
    const std::size_t end = std::min(cited.find_first_not_of("0123456789", letters), cited.size());
    const std::string_view name = cited.substr(0, letters);
    const bool author = std::isupper(static_cast<unsigned char>(name[0])) != 0 && name.size() > 1 &&
                        std::islower(static_cast<unsigned char>(name.back())) != 0 &&
                        end - letters == 2;
    const bool numbered = name == "RFC " || name == "CAT";
    return author || numbered ? std::string(cited.substr(0, end)) : std::string{};
  };
  for (const auto& [path, text] : repository) {
    if (!is_cpp(path) && !is_script(path)) continue;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(take_apart(text).comments)) {
      ++number;
      for (std::size_t at = line.find('['); at != std::string_view::npos;
           at = line.find('[', at + 1)) {
        const std::string key = key_of(line.substr(at + 1));
        if (key.empty() || known.find("| " + key + " |") != std::string::npos) continue;
        findings.push_back({path, number, "[" + key + "] is not in docs/BIBLIOGRAPHY.md"});
      }
    }
  }
  return findings;
}

std::vector<Finding> check_dead_files(const Repository& repository) {
  std::vector<Finding> findings;
  const auto named_elsewhere = [&](const std::string& path, std::string_view name) {
    return std::ranges::any_of(repository, [&](const auto& file) {
      return file.first != path && file.second.find(name) != std::string::npos;
    });
  };
  for (const auto& [path, text] : repository) {
    if (path.ends_with(".cpp")) {
      bool listed = false;
      std::string_view folder = path;
      while (!listed && !folder.empty()) {
        folder = folder_of(folder);
        const auto list =
            repository.find(std::string(folder) + (folder.empty() ? "" : "/") + "CMakeLists.txt");
        if (list == repository.end()) continue;
        const std::string name = path.substr(folder.empty() ? 0 : folder.size() + 1);
        listed = std::ranges::any_of(words_of(list->second), [&](std::string_view word) {
          while (word.ends_with(')')) word.remove_suffix(1);
          return word == name || word.ends_with("/" + name);
        });
      }
      if (!listed) findings.push_back({path, 0, "in no CMakeLists.txt of its folders: dead file"});
    } else if (path.ends_with(".hpp")) {
      const std::string_view name =
          path.starts_with("src/") ? std::string_view(path).substr(4) : name_of(path);
      if (!named_elsewhere(path, name))
        findings.push_back({path, 0, "included by nobody: dead file"});
    } else if (path.ends_with(".sh") ||
               (is_script(path) && path.find("/test/") == std::string::npos)) {
      std::string_view name = name_of(path);
      // A module is imported under its name without an ending, or with the ending of what it
      // compiles to.
      if (is_script(path)) name = name.substr(0, name.find('.'));
      if (!named_elsewhere(path, name))
        findings.push_back({path, 0, "named by no other file: dead file"});
    }
  }
  return findings;
}

std::vector<Finding> check_sorted_lists(const Repository& repository) {
  std::vector<Finding> findings;
  for (const auto& [path, text] : repository) {
    if (!is_cmake(path)) continue;
    std::string previous;
    bool inside = false;  // below a line that holds one keyword and nothing else
    std::size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
      ++number;
      auto words = words_of(line.substr(0, line.find('#')));
      if (words.empty()) continue;
      const bool keyword =
          words.front().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
      if (keyword || words.size() != 1) {
        inside = keyword && words.size() == 1;
        previous.clear();
        continue;
      }
      if (!inside) continue;
      std::string entry = words.front();
      const bool last = entry.ends_with(')');
      while (entry.ends_with(')')) entry.pop_back();
      if (!entry.empty()) {
        if (!previous.empty() && entry < previous) {
          findings.push_back({path, number, entry + " comes before " + previous});
        }
        previous = entry;
      }
      if (last) inside = false;
    }
  }
  return findings;
}

}  // namespace liptako::lint
