// House rules on the text itself: width, left-over notes, machine paths, foreign hosts, vocabulary,
// documents, files nothing uses, order of lists in CMake.
#pragma once

#include "repository.hpp"

namespace liptako::lint {

// Lines of at most 100 columns in C++, 120 elsewhere; tables, blocks and links of documents
// excepted.
[[nodiscard]] std::vector<Finding> check_width(const Repository& repository);
// Notes of unfinished work carry an issue number.
[[nodiscard]] std::vector<Finding> check_notes(const Repository& repository);
// No absolute path of somebody's machine.
[[nodiscard]] std::vector<Finding> check_machine_paths(const Repository& repository);
// URLs only to the hosts of tools/lint/hosts.txt: nothing fetches behind the user's back.
[[nodiscard]] std::vector<Finding> check_hosts(const Repository& repository);
// Words that name what Liptako refuses to be, listed in tools/lint/vocabulary.txt with the files
// that may say them.
[[nodiscard]] std::vector<Finding> check_vocabulary(const Repository& repository);
// One title per document, each title once, relative links that resolve, every document linked from
// another.
[[nodiscard]] std::vector<Finding> check_documents(const Repository& repository);
// What a comment cites, [Gade10] or [CAT048 …], is in docs/BIBLIOGRAPHY.md.
[[nodiscard]] std::vector<Finding> check_citations(const Repository& repository);
// Every .cpp is in a CMake list; every header, script and module is named by another file.
[[nodiscard]] std::vector<Finding> check_dead_files(const Repository& repository);
// Lists after SOURCES, DEPENDS and the like, one entry a line, are sorted.
[[nodiscard]] std::vector<Finding> check_sorted_lists(const Repository& repository);

}  // namespace liptako::lint
