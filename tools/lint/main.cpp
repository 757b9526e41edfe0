// liptako_lint GATE ROOT: runs the rules of one gate over the repository at ROOT and prints what it
// finds as path:line: message. Exit code 0 nothing found, 1 findings, 2 usage.

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "arrows.hpp"
#include "core_rules.hpp"
#include "repository.hpp"
#include "tidy_rules.hpp"

namespace {

using liptako::lint::Finding;
using liptako::lint::Repository;

struct Rule {
  std::string_view gate;
  std::vector<Finding> (*check)(const Repository&);
};

constexpr std::array kRules = {
    Rule{"arrows", liptako::lint::check_arrows},
    Rule{"core", liptako::lint::check_core},
    Rule{"tidy", liptako::lint::check_citations},
    Rule{"tidy", liptako::lint::check_dead_files},
    Rule{"tidy", liptako::lint::check_documents},
    Rule{"tidy", liptako::lint::check_hosts},
    Rule{"tidy", liptako::lint::check_machine_paths},
    Rule{"tidy", liptako::lint::check_notes},
    Rule{"tidy", liptako::lint::check_sorted_lists},
    Rule{"tidy", liptako::lint::check_vocabulary},
    Rule{"tidy", liptako::lint::check_width},
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view gate = argc == 3 ? argv[1] : "";
  if (std::ranges::none_of(kRules, [&](const Rule& rule) { return rule.gate == gate; })) {
    std::fputs("usage: liptako_lint arrows|core|tidy ROOT\n", stderr);
    return 2;
  }
  const Repository repository = liptako::lint::load(argv[2]);
  std::vector<Finding> findings;
  for (const Rule& rule : kRules) {
    if (rule.gate == gate) std::ranges::copy(rule.check(repository), std::back_inserter(findings));
  }
  std::ranges::sort(findings);
  for (const Finding& finding : findings) {
    std::printf("%s:%zu: %s\n", finding.path.c_str(), finding.line, finding.message.c_str());
  }
  std::printf("%zu files, %zu findings\n", repository.size(), findings.size());
  return findings.empty() ? 0 : 1;
}
