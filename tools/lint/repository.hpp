// The text of the repository as the lint rules see it, and what they report. Rules are pure
// functions from a Repository to findings, so that tests plant violations in memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace liptako::lint {

struct Finding {
  std::string path;
  std::size_t line = 0;  // from 1; 0 when the finding concerns the whole file
  std::string message;
  friend auto operator<=>(const Finding&, const Finding&) = default;
};

// Path relative to the root, '/'-separated -> content.
using Repository = std::map<std::string, std::string>;

// Every file under the root except build trees, installed packages, version control and files that
// are not text (those are kept with empty content, so that links to them resolve).
[[nodiscard]] Repository load(const std::filesystem::path& root);

// Lines without their ends.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

[[nodiscard]] bool is_cpp(std::string_view path);
// Tests, and what is there for tests only (foo_for_test.hpp).
[[nodiscard]] bool is_test(std::string_view path);
// Folder of src/ a path lies in ("track" for "src/track/sensors/a.hpp"); empty outside src/.
[[nodiscard]] std::string_view source_folder(std::string_view path);

// True if `word` stands in `text` at `at` without a letter, digit or underscore on either side.
[[nodiscard]] bool is_whole_word(std::string_view text, std::size_t at, std::size_t length);

// C++ or TypeScript text taken apart: each view has the length and line breaks of the original,
// with everything that is not of its kind blanked.
struct Parts {
  std::string code;  // without comments and without the contents of literals
  std::string comments;
  std::string literals;
};
[[nodiscard]] Parts take_apart(std::string_view text);

}  // namespace liptako::lint
