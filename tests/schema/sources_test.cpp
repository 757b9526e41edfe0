// The sources, held against the schema: a key that is written or read, a member that a snapshot
// keeps, a file that reads or writes bytes of outside: each needs its declaration.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "schema/schema.hpp"
#include "tests/schema/source_keys.hpp"

namespace liptako::schema {
namespace {

namespace fs = std::filesystem;

const std::string kRoot = LIPTAKO_SOURCE_DIR;
constexpr std::string_view kWhatToDo =
    " Declare it in spec/schema (docs/SCHEMA.md, \"Adding a field\").";

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Path from the root -> text, of what ships.
std::map<std::string, std::string> sources() {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot + "/src")) {
    const std::string path = entry.path().lexically_relative(kRoot).generic_string();
    const bool cpp = path.ends_with(".cpp") || path.ends_with(".hpp");
    if (!cpp || path.find("_test.") != path.npos || path.find("for_test") != path.npos) continue;
    out[path] = text_of(entry.path());
  }
  return out;
}

// Names that types declare, by source file: the last part of each path.
std::map<std::string, std::set<std::string>> names_by_file(const std::vector<Type>& types) {
  std::map<std::string, std::set<std::string>> out;
  for (const Type& type : types) {
    for (const std::string& file : type.defined_in) {
      for (const Field& field : type.fields)
        out[file].insert(field.path.substr(field.path.rfind('.') + 1));
    }
  }
  return out;
}

// spec/schema/untyped.txt: lines "FILE REASON", or "FILE KEY REASON" with the key in quotes.
struct Untyped {
  std::map<std::string, std::string> files;
  std::set<std::pair<std::string, std::string>> keys;
};
Untyped untyped() {
  Untyped out;
  std::ifstream file(kRoot + "/spec/schema/untyped.txt");
  EXPECT_TRUE(file);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t blank = line.find(' ');
    const std::string path = line.substr(0, blank);
    std::string reason = blank == line.npos ? "" : line.substr(blank + 1);
    if (reason.starts_with('"')) {
      const std::size_t end = reason.find('"', 1);
      out.keys.emplace(path, reason.substr(1, end - 1));
      reason = reason.substr(std::min(end + 1, reason.size()));
    } else {
      out.files[path] = reason;
    }
    EXPECT_GT(reason.size(), 4u) << path << " needs a reason";
  }
  return out;
}

TEST(Sources, EveryKeyIsAFieldOfATypeOfItsFile) {
  const auto declared = names_by_file(all_types());
  const Untyped excepted = untyped();
  std::set<std::pair<std::string, std::string>> used;
  for (const auto& [path, text] : sources()) {
    const auto names = declared.find(path);
    for (const std::string& key : keys_of(text)) {
      if (names != declared.end() && names->second.contains(key)) continue;
      if (excepted.keys.contains({path, key})) {
        used.emplace(path, key);
        continue;
      }
      if (excepted.files.contains(path)) continue;
      ADD_FAILURE() << path << " writes or reads \"" << key
                    << "\", which no type that names this file has." << kWhatToDo;
    }
  }
  for (const auto& [path, key] : excepted.keys) {
    EXPECT_TRUE(used.contains({path, key}))
        << "spec/schema/untyped.txt: " << path << " has no undeclared \"" << key << "\" any more";
  }
}

TEST(Sources, EveryFileThatReadsOrWritesBytesOfOutsideHasATypeOrAReason) {
  const auto declared = names_by_file(all_types());
  const Untyped excepted = untyped();
  const auto files = sources();
  std::set<std::string> used;
  for (const auto& [path, text] : files) {
    const bool codec = path.ends_with(".hpp") ? declares_a_codec(text) : writes_bytes(text);
    const std::string stem = path.substr(0, path.rfind('.'));
    const bool typed = declared.contains(stem + ".cpp") || declared.contains(stem + ".hpp");
    const bool reasoned = excepted.files.contains(path);
    if (reasoned && (codec || !keys_of(text).empty())) used.insert(path);
    if (!codec || typed || reasoned) continue;
    ADD_FAILURE() << path
                  << " turns bytes or text into values, or values into them, and no type of "
                     "`liptako schema` is defined there, nor does spec/schema/untyped.txt say why "
                     "it needs none."
                  << kWhatToDo;
  }
  for (const auto& [path, reason] : excepted.files) {
    EXPECT_TRUE(used.contains(path)) << "spec/schema/untyped.txt: " << path << " needs no line";
  }
}

TEST(Sources, EveryFileThatATypeNamesIsThere) {
  for (const auto& [path, names] : names_by_file(all_types()))
    EXPECT_TRUE(fs::is_regular_file(kRoot + "/" + path)) << path;
}

bool is_json_or_toml(const Type& type) {
  if (type.plane == Plane::record || type.plane == Plane::wire) return type.name == "wire.mode_s";
  for (const Field& field : type.fields) {
    if (field.type.size() < 4 && field.type.find_first_of("0123456789") != std::string::npos)
      return false;  // u8, i64: bytes
  }
  return type.name.find("note") == std::string::npos;
}

// What is declared is still written: a line that nobody needs is as wrong as one that is missing.
TEST(Sources, EveryDeclaredKeyIsInItsSources) {
  const auto files = sources();
  for (const Type& type : all_types()) {
    const bool snapshot = type.name.starts_with("snapshot.");
    if (!snapshot && !is_json_or_toml(type)) continue;
    std::string text;
    for (const std::string& file : type.defined_in) {
      const auto at = files.find(file);
      if (at == files.end()) continue;
      text += at->second;
      // Those that stand in two literals.
      for (const std::string& key : keys_of(at->second)) text += ' ' + key;
    }
    for (const Field& field : type.fields) {
      const std::string name = field.path.substr(field.path.rfind('.') + 1);
      if (name.starts_with('<')) continue;
      EXPECT_NE(text.find(name), std::string::npos)
          << type.full_name(field) << " is declared, but its source does not know it";
    }
  }
}

// Each reader of base/archive.hpp's field lists restores what the list of that file's types says;
// a new member of a list fails in EveryKeyIsAFieldOfATypeOfItsFile, as planted here.
TEST(Sources, APlantedKeyIsFound) {
  const auto declared = names_by_file(all_types());
  auto files = sources();
  std::string& documents = files.at("src/serve/documents.cpp");
  documents += "void planted(JsonWriter& json) { json.key(\"weather_cell\").null(); }\n";
  const std::set<std::string> keys = keys_of(documents);
  EXPECT_TRUE(keys.contains("weather_cell"));
  EXPECT_FALSE(declared.at("src/serve/documents.cpp").contains("weather_cell"));
}

}  // namespace
}  // namespace liptako::schema
