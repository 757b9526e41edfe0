#include "schema/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace liptako::schema {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lowered(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// Calls f(first word, the rest, line number) for each line that says something.
template <class F>
void each_line(std::string_view text, F&& f) {
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::size_t blank = std::min(line.find(' '), line.size());
    f(line.substr(0, blank), trimmed(line.substr(blank)), number);
  }
}

}  // namespace

base::Result<Vocabulary> parse_vocabulary(const VocabularyTexts& texts) {
  Vocabulary out;
  std::string wrong;
  const auto pairs = [&](std::string_view text, std::string_view what, auto& to) {
    each_line(text, [&](std::string_view key, std::string_view rest, std::size_t line) {
      if (!wrong.empty()) return;
      if (rest.empty()) {
        wrong = fmt::format("{}: line {}: {} has no meaning beside it", what, line, key);
      } else if (!to.emplace(key, rest).second) {
        wrong = fmt::format("{}: line {}: {} is there twice", what, line, key);
      }
    });
  };
  pairs(texts.words, "vocabulary", out.words);
  pairs(texts.exceptions, "exceptions", out.exceptions);
  each_line(texts.banned, [&](std::string_view stem, std::string_view, std::size_t) {
    out.banned.emplace_back(stem);
  });
  if (!wrong.empty()) return base::bad_input(wrong);
  return out;
}

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!std::ranges::all_of(word, is_digit)) words.push_back(word);
    word.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_upper(c) && !is_lower(c) && !is_digit(c)) {
      end_word();
      continue;
    }
    if (is_upper(c) && i > 0) {
      const bool after_small = is_lower(name[i - 1]) || is_digit(name[i - 1]);
      const bool before_small = i + 1 < name.size() && is_lower(name[i + 1]);
      if (after_small || before_small) end_word();
    }
    word += lowered(c);
  }
  end_word();
  return words;
}

std::string_view banned_stem(std::span<const std::string> words,
                             std::span<const std::string> banned) {
  for (const std::string& stem : banned) {
    const std::vector<std::string> run = words_of(stem);
    // The words of a run need not be neighbours: operator_home_lat says where an operator is too.
    std::size_t met = 0;
    for (const std::string& word : words) {
      if (met < run.size() && word.starts_with(run[met])) ++met;
    }
    if (!run.empty() && met == run.size()) return stem;
  }
  return {};
}

std::vector<std::string> violations(std::span<const Type> types, const Vocabulary& vocabulary) {
  std::vector<std::string> out;
  std::set<std::string> used;
  std::set<std::string> excepted;
  const auto hold = [&](const std::string& name, std::span<const std::string> words) {
    const std::string_view stem = banned_stem(words, vocabulary.banned);
    if (stem.empty()) return;
    if (vocabulary.exceptions.contains(name)) {
      excepted.insert(name);
      return;
    }
    out.push_back(
        fmt::format("{}: says \"{}\", which Liptako refuses to hold "
                    "(spec/vocabulary/banned.txt). Take the field away; only if the word means "
                    "something else there, add a line to spec/vocabulary/exceptions.txt with the "
                    "reason, for review",
                    name,
                    stem));
  };
  for (const Type& type : types) {
    for (const Field& field : type.fields) {
      const std::string name = type.full_name(field);
      const std::vector<std::string> words = words_of(name);
      hold(name, words);
      for (const std::string& word : words) {
        // Once is enough for a word that many fields have.
        const bool first = used.insert(word).second;
        if (!first || vocabulary.words.contains(word)) continue;
        out.push_back(
            fmt::format("{}: the word \"{}\" is not in spec/vocabulary/words.txt. Use a word that "
                        "is, or add it there with its meaning (docs/SCHEMA.md)",
                        name,
                        word));
      }
      std::string_view rest = field.values;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const std::string value(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        hold(name + '=' + value, words_of(value));
      }
    }
  }
  for (const auto& [word, meaning] : vocabulary.words) {
    if (!used.contains(word))
      out.push_back(fmt::format("spec/vocabulary/words.txt: no field says \"{}\" any more", word));
  }
  for (const auto& [name, reason] : vocabulary.exceptions) {
    if (!excepted.contains(name))
      out.push_back(fmt::format("spec/vocabulary/exceptions.txt: {} needs no exception", name));
  }
  return out;
}

}  // namespace liptako::schema
