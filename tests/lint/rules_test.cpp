// Each lint rule finds what is planted for it and leaves the clean neighbour alone. Violations are
// planted in memory: on disk the gates themselves would find them.
#include <gtest/gtest.h>

#include "arrows.hpp"
#include "core_rules.hpp"
#include "repository.hpp"
#include "tidy_rules.hpp"

namespace liptako::lint {
namespace {

// "path:line" of each finding.
std::vector<std::string> places(const std::vector<Finding>& findings) {
  std::vector<std::string> places;
  for (const Finding& finding : findings) {
    places.push_back(finding.path + ":" + std::to_string(finding.line));
  }
  return places;
}

using Places = std::vector<std::string>;

Repository with_table(Repository repository) {
  repository["tools/arrows.txt"] = "base:\ngeo: base\ntrack: geo\nio: base\n";
  repository["docs/ARCHITECTURE.md"] =
      "src/base  units -> nothing\nsrc/geo  frames -> base\n"
      "src/track  tracks -> geo\nsrc/io  world -> base\n";
  return repository;
}

TEST(Arrows, AllowWhatTheTableNamesDirectlyOrThroughOthers) {
  EXPECT_EQ(
      places(check_arrows(with_table({
          {"src/track/a.cpp",
           "#include \"track/a.hpp\"\n#include \"base/units.hpp\"\n#include <vector>\n"},
          {"src/track/CMakeLists.txt", "liptako_library(track\n  SOURCES a.cpp\n  DEPENDS geo)\n"},
      }))),
      Places{});
}

TEST(Arrows, FindIncludesAgainstAnArrow) {
  EXPECT_EQ(places(check_arrows(with_table({
                {"src/base/a.hpp", "#include \"geo/frames.hpp\"\n"},
                {"src/track/sensors/a.cpp", "\n#include \"io/clock.hpp\"\n"},
            }))),
            (Places{"src/base/a.hpp:1", "src/track/sensors/a.cpp:2"}));
}

TEST(Arrows, FindIncludesNotRelativeToSrc) {
  EXPECT_EQ(places(check_arrows(with_table(
                {{"src/geo/a.cpp", "#include \"frames.hpp\"\n#include \"../base/a.hpp\"\n"}}))),
            (Places{"src/geo/a.cpp:1", "src/geo/a.cpp:2"}));
}

TEST(Arrows, TakeTheFormatTablesAsPartOfTheCodec) {
  Repository repository = with_table({{"src/geo/a.cpp", "#include \"spec/a.hpp\"\n"},
                                      {"src/codec/a.cpp", "#include \"spec/a.hpp\"\n"},
                                      {"spec/a.hpp", "#include \"codec/b.hpp\"\n"},
                                      {"spec/b.hpp", "#include \"geo/b.hpp\"\n"}});
  repository["tools/arrows.txt"] += "codec: base\n";
  repository["docs/ARCHITECTURE.md"] += "src/codec  bytes -> base\n";
  EXPECT_EQ(places(check_arrows(repository)), (Places{"spec/b.hpp:1", "src/geo/a.cpp:1"}));
}

TEST(Arrows, FindAFolderWithoutALine) {
  EXPECT_EQ(places(check_arrows(with_table({{"src/misc/a.cpp", ""}}))), Places{"src/misc/a.cpp:0"});
}

TEST(Arrows, FindDependsOfCMakeAgainstAnArrow) {
  EXPECT_EQ(places(check_arrows(with_table({
                {"src/geo/CMakeLists.txt",
                 "liptako_library(geo\n  SOURCES track.cpp\n  DEPENDS base track)\n"},
            }))),
            Places{"src/geo/CMakeLists.txt:3"});
}

TEST(Arrows, FindACircle) {
  Repository repository = with_table({});
  repository["tools/arrows.txt"] = "base:\ngeo: base io\ntrack: geo\nio: geo\n";
  EXPECT_EQ(check_arrows(repository).front().message, "arrows run in a circle through geo");
}

TEST(Arrows, FindADocumentThatTellsAnotherStory) {
  Repository repository = with_table({});
  repository["docs/ARCHITECTURE.md"] =
      "src/base  units -> nothing\nsrc/geo  frames -> io\nsrc/track  t -> geo\n";
  EXPECT_EQ(places(check_arrows(repository)),
            (Places{"docs/ARCHITECTURE.md:2", "docs/ARCHITECTURE.md:0"}));
}

TEST(Core, FindsEveryBannedCall) {
  const std::vector<std::string> planted = {
      "auto t = Clock::now();",
      "std::chrono::steady_clock::time_point t;",
      "std::mutex m;",
      "std::thread t;",
      "thread_local int n;",
      "int n = std::rand();",
      "std::random_device device;",
      "std::mt19937 generator;",
      "const char* home = getenv(\"HOME\");",
      "std::ifstream file;",
      "std::shared_ptr<int> p;",
      "throw 1;",
      "double y = std::sin(x);",
      "double y = std::atan2(a, b);",
      "double y = ::exp(x);",
      "double y = hypot(a, b);",
      "float y = powf(a, b);",
      "std::unordered_map<int, int> m;",
  };
  for (const std::string& line : planted) {
    EXPECT_EQ(places(check_core({{"src/track/a.cpp", "\n" + line + "\n"}})),
              Places{"src/track/a.cpp:2"})
        << line;
  }
}

TEST(Core, LeavesTheAllowedAlone) {
  EXPECT_EQ(
      places(check_core({
          {"src/io/clock.cpp", "auto t = std::chrono::system_clock::now();\nstd::thread t;\n"},
          {"src/base/math.cpp", "double y = ::sin(x);\n"},
          {"src/base/units.hpp", "double y = sin(x);\n"},
          {"src/app/main.cpp", "throw 1;\nStamp Node::now() { return clock_.read(); }\n"},
          {"src/track/a.cpp",
           "double y = base::sin(x) + std::sqrt(x) + model.exp(x);\n"
           "// std::rand() would do; throw nothing\n"
           "const char* text = \"std::thread\";\n"
           "// order never observed: only looked up\n"
           "std::unordered_set<int> seen;\n"
           "int throwing = 1, now = 2;\n"},
          {"src/track/a_test.cpp", "EXPECT_NEAR(base::sin(x), std::sin(x), 1e-15);\n"},
          {"tools/a.cpp", "std::ifstream file;\n"},
      })),
      Places{});
}

TEST(Core, KeepsClocksAndThreadsOutOfAppAndOfTestsToo) {
  EXPECT_EQ(places(check_core({{"src/app/a.cpp", "auto t = C::now();\n"},
                               {"src/geo/a_test.cpp", "std::thread t;\n"}})),
            (Places{"src/app/a.cpp:1", "src/geo/a_test.cpp:1"}));
}

TEST(Parts, SurviveQuotesEscapesRawTextAndDigitSeparators) {
  const Parts parts =
      take_apart("f('\\'', 1'000, \"a\\\"//b\", R\"x(// \")x\"); // end\n/* two\nlines */ g();");
  EXPECT_EQ(parts.comments.find("//b"), std::string::npos);
  EXPECT_NE(parts.comments.find("end"), std::string::npos);
  EXPECT_NE(parts.comments.find("lines"), std::string::npos);
  EXPECT_NE(parts.code.find("1'000"), std::string::npos);
  EXPECT_NE(parts.code.find("g();"), std::string::npos);
  EXPECT_NE(parts.literals.find("// \""), std::string::npos);
}

TEST(Width, CountsColumnsNotBytesAndSparesTablesAndLinks) {
  const std::string wide(101, 'x');
  const std::string wider(121, 'x');
  std::string accents;
  for (int i = 0; i < 120; ++i) accents += "é";
  EXPECT_EQ(
      places(check_width({
          {"src/base/a.hpp", "//\n// " + wide + "\n"},
          {"docs/a.md",
           accents + "\n| " + wider + " |\n```\n" + wider + "\n```\nsee https://" + wider + "\n"},
          {"docs/b.md", wider + "\n"},
      })),
      (Places{"docs/b.md:1", "src/base/a.hpp:2"}));
}

TEST(Notes, NeedAnIssueNumber) {
  const std::string note =
      "TO"
      "DO";
  EXPECT_EQ(places(check_notes({
                {"src/base/a.cpp",
                 "// " + note + ": later\n// " + note + "(#12): later\nint " + note + "S;\n"},
                {"run",
                 "# FIX"
                 "ME\n"},
            })),
            (Places{"run:1", "src/base/a.cpp:1"}));
}

TEST(MachinePaths, AreFoundUnlessRelativeOrPartOfAnother) {
  const std::string home =
      "/ho"
      "me/";
  EXPECT_EQ(places(check_machine_paths({
                {"a.txt", "cd " + home + "someone\n"},
                {"b.txt", "var" + home + "x ." + home + "x https://example.org" + home + "x\n"},
            })),
            Places{"a.txt:1"});
}

TEST(Hosts, MustBeListed) {
  EXPECT_EQ(places(check_hosts({
                {"tools/lint/hosts.txt", "# allowed\nexample.org\n"},
                {"a.ts",
                 "'https://example.org/x' 'http://localhost:1' "
                 "'udp://HOST:PORT'\n'https:"
                 "//elsewhere.net/'\n"},
            })),
            Places{"a.ts:2"});
}

TEST(Vocabulary, IsFoundInWordsAndIdentifiersUnlessAllowed) {
  EXPECT_EQ(places(check_vocabulary({
                {"tools/lint/vocabulary.txt", "deny cannon\nallow cannon docs/refusal.md\n"},
                {"docs/refusal.md", "no cannon\n"},
                {"src/a.cpp",
                 "int cannon_state;\nint canonical;\nstruct MyCannon {};\nint cannonball;\n"},
            })),
            (Places{"src/a.cpp:1", "src/a.cpp:3"}));
}

TEST(Vocabulary, DoesNotAllowFilesThatAreGone) {
  EXPECT_EQ(
      places(check_vocabulary({{"tools/lint/vocabulary.txt", "allow cannon docs/gone.md\n"}})),
      Places{"tools/lint/vocabulary.txt:0"});
}

TEST(Documents, HaveOneTitleAndAreLinked) {
  EXPECT_EQ(
      places(check_documents({
          {"README.md",
           "# Project\n[a](docs/a.md) [b](docs/b.md#part) [f](docs/sub)\n```\n# not a "
           "title\n```\n"},
          {"docs/a.md", "# A\ntext\n# Again\n[gone](c.md)\n"},
          {"docs/b.md", "# A\n"},
          {"docs/lost.md", "no title\n"},
          {"docs/sub/README.md", "# Sub\n"},
      })),
      (Places{"docs/a.md:3", "docs/a.md:4", "docs/b.md:1", "docs/lost.md:0", "docs/lost.md:0"}));
}

TEST(Citations, AreInTheBibliography) {
  EXPECT_EQ(places(check_citations({
                {"docs/BIBLIOGRAPHY.md", "| Gade10 | x |\n| RFC 768 | x |\n| CAT048 | x |\n"},
                {"src/a.cpp",
                 "// [Gade10, §2] [RFC 768] [CAT048 ed. 1.32, I048/040] x[12] [0, 1) [see below]\n"
                 "// [Nobody99]\n// [RFC 7, §1]\n// [CAT001]\n\"[Nobody99]\";\n"},
            })),
            (Places{"src/a.cpp:2", "src/a.cpp:3", "src/a.cpp:4"}));
}

TEST(DeadFiles, AreThoseNobodyNames) {
  EXPECT_EQ(places(check_dead_files({
                {"src/base/CMakeLists.txt",
                 "liptako_library(base\n  SOURCES\n    a.cpp\n    sub/b.cpp)\n"},
                {"src/base/a.cpp", "#include \"base/a.hpp\"\n"},
                {"src/base/a.hpp", ""},
                {"src/base/dead.cpp", ""},
                {"src/base/dead.hpp", ""},
                {"src/base/sub/b.cpp", ""},
                {"tools/dead.sh", ""},
            })),
            (Places{"src/base/dead.cpp:0", "src/base/dead.hpp:0", "tools/dead.sh:0"}));
}

TEST(SortedLists, FindAnEntryOutOfOrder) {
  EXPECT_EQ(places(check_sorted_lists({
                {"src/a/CMakeLists.txt",
                 "liptako_library(a\n  SOURCES\n    a.cpp\n    c.cpp\n    b.cpp\n  DEPENDS\n    "
                 "aa\n    bb)\n"},
            })),
            Places{"src/a/CMakeLists.txt:5"});
}

}  // namespace
}  // namespace liptako::lint
