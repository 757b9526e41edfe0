#include "core_rules.hpp"

#include <array>

namespace liptako::lint {
namespace {

// Where a rule holds. The core is every folder of src/ but io and app.
enum class Where { core, core_without_tests, outside_io };

struct Ban {
  std::string_view token;
  Where where;
  std::string_view reason;
};

constexpr std::string_view kClock = "only src/io reads a clock; the core sees recorded times";
constexpr std::string_view kThread = "threads and locks live in src/io only";
constexpr std::string_view kChance = "the core draws from base::Prng only";
constexpr std::string_view kWorld =
    "the core reaches files and environment through base/seams.hpp only";
constexpr std::string_view kThrow = "the core throws nothing: return base::Result";
constexpr std::string_view kShared = "the core holds values and ids, no shared ownership";

constexpr std::array kBans = {
    Ban{"::now(", Where::outside_io, kClock},
    Ban{"high_resolution_clock", Where::outside_io, kClock},
    Ban{"steady_clock", Where::outside_io, kClock},
    Ban{"system_clock", Where::outside_io, kClock},
    Ban{"clock_gettime", Where::outside_io, kClock},
    Ban{"gettimeofday", Where::outside_io, kClock},
    Ban{"std::time", Where::outside_io, kClock},
    Ban{"std::async", Where::outside_io, kThread},
    Ban{"std::condition_variable", Where::outside_io, kThread},
    Ban{"std::jthread", Where::outside_io, kThread},
    Ban{"std::mutex", Where::outside_io, kThread},
    Ban{"std::shared_mutex", Where::outside_io, kThread},
    Ban{"std::thread", Where::outside_io, kThread},
    Ban{"thread_local", Where::outside_io, kThread},
    Ban{"std::mt19937", Where::core, kChance},
    Ban{"std::mt19937_64", Where::core, kChance},
    Ban{"std::rand", Where::core, kChance},
    Ban{"std::random_device", Where::core, kChance},
    Ban{"std::normal_distribution", Where::core, kChance},
    Ban{"std::uniform_int_distribution", Where::core, kChance},
    Ban{"std::uniform_real_distribution", Where::core, kChance},
    Ban{"getenv", Where::core_without_tests, kWorld},
    Ban{"std::fopen", Where::core_without_tests, kWorld},
    Ban{"std::fstream", Where::core_without_tests, kWorld},
    Ban{"std::ifstream", Where::core_without_tests, kWorld},
    Ban{"std::ofstream", Where::core_without_tests, kWorld},
    Ban{"std::shared_ptr", Where::core_without_tests, kShared},
    Ban{"throw", Where::core_without_tests, kThrow},
};

// Elementary functions whose libm bits depend on the CPU. sqrt, fabs, floor, fmod and their like
// are exact.
constexpr std::array<std::string_view, 24> kElementary = {
    "acos",   "acosh", "asin",  "asinh", "atan", "atan2", "atanh", "cbrt",
    "cos",    "cosh",  "erf",   "erfc",  "exp",  "exp2",  "expm1", "hypot",
    "lgamma", "log",   "log10", "log1p", "log2", "pow",   "sin",   "tan",
};

bool applies(Where where, std::string_view path) {
  const std::string_view folder = source_folder(path);
  if (folder.empty()) return false;
  if (where == Where::outside_io) return folder != "io";
  if (folder == "io" || folder == "app") return false;
  return where == Where::core || !is_test(path);
}

// A token may begin or end with punctuation; only its word ends need a boundary.
bool stands_at(std::string_view line, std::size_t at, std::string_view token) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  if (is_word(token.front()) && at > 0 && is_word(line[at - 1])) return false;
  const std::size_t end = at + token.size();
  return !is_word(token.back()) || end >= line.size() || !is_word(line[end]);
}

void check_bans(const std::string& path, std::string_view code, std::vector<Finding>& findings) {
  std::size_t number = 0;
  for (const std::string_view line : lines_of(code)) {
    ++number;
    for (const Ban& ban : kBans) {
      if (!applies(ban.where, path)) continue;
      for (std::size_t at = line.find(ban.token); at != std::string_view::npos;
           at = line.find(ban.token, at + 1)) {
        if (!stands_at(line, at, ban.token)) continue;
        // "Stamp Node::now() {" defines a function of ours; it is the body that counts.
        const std::string_view after = line.substr(at + ban.token.size());
        if (after.starts_with(") {") || after.starts_with(") const")) continue;
        findings.push_back({path, number, std::string(ban.token) + ": " + std::string(ban.reason)});
        break;
      }
    }
  }
}

// std::sin(x), ::sin(x) and, outside base where the deterministic ones live, a bare sin(x).
void check_elementary(const std::string& path,
                      std::string_view code,
                      std::vector<Finding>& findings) {
  if (!applies(Where::core_without_tests, path) || path.starts_with("src/base/math.")) return;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(code)) {
    ++number;
    for (const std::string_view name : kElementary) {
      for (std::size_t at = line.find(name); at != std::string_view::npos;
           at = line.find(name, at + 1)) {
        std::size_t end = at + name.size();
        if (end < line.size() && (line[end] == 'f' || line[end] == 'l')) ++end;
        if (!is_whole_word(line, at, end - at) || end >= line.size() || line[end] != '(') continue;
        const std::string_view before = line.substr(0, at);
        const bool of_std = before.ends_with("std::");
        const bool global =
            before.ends_with("::") &&
            (before.size() == 2 ||
             (std::isalnum(static_cast<unsigned char>(before[before.size() - 3])) == 0 &&
              before[before.size() - 3] != '_'));
        const bool bare = !before.ends_with("::") && !before.ends_with('.') &&
                          !before.ends_with("->") && source_folder(path) != "base";
        if (of_std || global || bare) {
          findings.push_back(
              {path,
               number,
               std::string(name) + "(): libm's bits depend on the CPU; use base/math.hpp"});
        }
      }
    }
  }
}

// Hash containers are allowed where a comment on the line, or on the one above, says why order
// cannot leak.
void check_hash_order(const std::string& path, const Parts& parts, std::vector<Finding>& findings) {
  if (!applies(Where::core_without_tests, path)) return;
  const auto code = lines_of(parts.code);
  const auto comments = lines_of(parts.comments);
  constexpr std::string_view kExcuse = "order never observed";
  for (std::size_t i = 0; i < code.size(); ++i) {
    const std::size_t at = code[i].find("unordered_");
    if (at == std::string_view::npos || code[i].starts_with("#include")) continue;
    const bool excused = comments[i].find(kExcuse) != std::string_view::npos ||
                         (i > 0 && comments[i - 1].find(kExcuse) != std::string_view::npos);
    if (!excused) {
      findings.push_back(
          {path,
           i + 1,
           "hash containers leak their order; if not here, say \"order never observed\""});
    }
  }
}

}  // namespace

std::vector<Finding> check_core(const Repository& repository) {
  std::vector<Finding> findings;
  for (const auto& [path, text] : repository) {
    if (source_folder(path).empty() || !is_cpp(path)) continue;
    const Parts parts = take_apart(text);
    check_bans(path, parts.code, findings);
    check_elementary(path, parts.code, findings);
    check_hash_order(path, parts, findings);
  }
  return findings;
}

}  // namespace liptako::lint
