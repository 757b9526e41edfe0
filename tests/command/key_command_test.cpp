// The key ceremony as officers walk through it: keys, a roster signed by too few and by enough, a
// rotation, a revocation, an act of two persons.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace liptako::command {
namespace {

using nlohmann::json;

class KeyCommand : public testing::Test {
 protected:
  KeyCommand() {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    write("passphrase", "sable et vent\n");
  }
  ~KeyCommand() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] Finished liptako(const std::vector<std::string>& arguments) const {
    return run(folder_, arguments);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  // Makes a key and gives what is printed of it.
  json make(const std::string& role, const std::string& name, const std::string& file) const {
    const Finished made = liptako({"key",
                                   "new",
                                   "--role",
                                   role,
                                   "--name",
                                   name,
                                   "-o",
                                   path(file),
                                   "--passphrase-file",
                                   path("passphrase"),
                                   "--json"});
    EXPECT_EQ(made.code, 0) << made.errors;
    return json::parse(made.output);
  }
  // Two of three root keys, a log and two operators, in draft "r1".
  void draft() const {
    for (const std::string i : {"1", "2", "3"}) make("root", "ml.example/root/" + i, "root" + i);
    make("log", "ml.example/log", "log");
    make("operator", "ml.example/operator/duty", "duty");
    make("operator", "ml.example/operator/law", "law");
    const Finished drafted = liptako({"roster",       "new",
                                      "--federation", "aes.example",
                                      "--member",     "ml=Mali",
                                      "--key",        "ml:root=" + path("root1"),
                                      "--key",        "ml:root=" + path("root2"),
                                      "--key",        "ml:root=" + path("root3"),
                                      "--key",        "ml:log=" + path("log"),
                                      "--operator",   "ml:duty_authority=" + path("duty"),
                                      "--operator",   "ml:legal_adviser=" + path("law"),
                                      "-o",           path("r1")});
    ASSERT_EQ(drafted.code, 0) << drafted.errors;
  }
  void sign(const std::string& roster, const std::string& root) const {
    const Finished done = liptako({"roster",
                                   "sign",
                                   path(roster),
                                   "--key",
                                   path(root),
                                   "--passphrase-file",
                                   path("passphrase")});
    ASSERT_EQ(done.code, 0) << done.errors;
  }
  json check(const std::string& roster, const std::string& after, int code) const {
    std::vector<std::string> arguments{"roster", "check", path(roster), "--json"};
    if (!after.empty()) arguments.insert(arguments.end(), {"--after", path(after)});
    const Finished done = liptako(arguments);
    EXPECT_EQ(done.code, code) << done.output << done.errors;
    return json::parse(done.output);
  }

  std::string folder_;
};

TEST_F(KeyCommand, ARosterTakesForceWhenEnoughSignedAndItsSuccessorToo) {
  draft();
  EXPECT_EQ(check("r1", "", 1).at("verdict"), "too_few_of_itself");
  sign("r1", "root1");
  EXPECT_EQ(check("r1", "", 1).at("verdict"), "too_few_of_itself");
  sign("r1", "root3");
  const json first = check("r1", "", 0);
  EXPECT_EQ(first.at("verdict"), "takes_force");
  EXPECT_EQ(first.at("signed_by"), json({"ml.example/root/1", "ml.example/root/3"}));

  const Finished rotated = liptako({"key",
                                    "rotate",
                                    path("log"),
                                    "--new",
                                    path("log2"),
                                    "--roster",
                                    path("r1"),
                                    "-o",
                                    path("r2")});
  ASSERT_EQ(rotated.code, 0) << rotated.errors;
  sign("r2", "root2");
  EXPECT_EQ(check("r2", "r1", 1).at("verdict"), "too_few_of_current");
  sign("r2", "root1");
  EXPECT_EQ(check("r2", "r1", 0).at("version"), 2);
  EXPECT_EQ(check("r1", "r2", 1).at("verdict"), "not_newer");

  const Finished revoked = liptako({"key",
                                    "revoke",
                                    path("root1"),
                                    "--roster",
                                    path("r2"),
                                    "--reason",
                                    "perdue",
                                    "-o",
                                    path("r3")});
  ASSERT_EQ(revoked.code, 0) << revoked.errors;
  sign("r3", "root1");  // the lost key does not count
  sign("r3", "root2");
  EXPECT_EQ(check("r3", "r2", 1).at("verdict"), "too_few_of_current");
  sign("r3", "root3");
  EXPECT_EQ(check("r3", "r2", 0).at("verdict"), "takes_force");
  const Finished shown = liptako({"roster", "show", path("r3"), "--json"});
  EXPECT_EQ(json::parse(shown.output).at("revoked").size(), 2u);
}

TEST_F(KeyCommand, TwoPersonsSignOneActAndItsBody) {
  make("operator", "ml.example/operator/duty", "duty");
  make("operator", "ml.example/operator/law", "law");
  const std::string body = "hold-7\nd\u00e9j\u00e0 \\ \x1b[2J \u202e";
  write("body", body);
  write("other", "hold-8\n");
  const std::vector<std::string> with{"--passphrase-file", path("passphrase")};
  std::vector<std::string> arguments{"act",
                                     "new",
                                     "--node",
                                     "bamako",
                                     "--act",
                                     "hold_lift",
                                     "--body",
                                     path("body"),
                                     "--key",
                                     path("duty"),
                                     "-o",
                                     path("act")};
  arguments.insert(arguments.end(), with.begin(), with.end());
  ASSERT_EQ(liptako(arguments).code, 0);
  arguments = {"act", "sign", path("act"), "--body", path("other"), "--key", path("law")};
  arguments.insert(arguments.end(), with.begin(), with.end());
  EXPECT_EQ(liptako(arguments).code, 1);
  arguments = {"act",
               "sign",
               path("act"),
               "--body",
               path("body"),
               "--key",
               path("law"),
               "--json",
               "-o",
               "-"};
  arguments.insert(arguments.end(), with.begin(), with.end());
  const Finished done = liptako(arguments);
  ASSERT_EQ(done.code, 0) << done.errors;
  const json command = json::parse(done.output);
  EXPECT_EQ(command.at("body"), body);
  // The second sees all of what the hash stands for, and it cannot steer their terminal.
  EXPECT_NE(done.errors.find("  | hold-7\n  | d\u00e9j\u00e0 \\\\ \\x1b[2J \\xe2\\x80\\xae\n"),
            std::string::npos)
      << done.errors;
  const std::string note = command.at("note");
  EXPECT_NE(note.find("\n\u2014 ml.example/operator/duty "), note.npos);
  EXPECT_NE(note.find("\n\u2014 ml.example/operator/law "), note.npos);
}

TEST_F(KeyCommand, AnOperatorShowsThatTheKeyIsTheirs) {
  const std::string key = make("operator", "ml.example/operator/oq-1", "oq-1").at("key");
  make("log", "ml.example/log", "log");
  const auto enrol = [&](const std::string& file, const std::string& challenge) {
    return liptako({"key",
                    "enrol",
                    path(file),
                    "--node",
                    "bamako",
                    "--account",
                    "oq-1",
                    "--challenge",
                    challenge,
                    "--passphrase-file",
                    path("passphrase")});
  };
  const Finished proof = enrol("oq-1", "0123456789abcdef");
  EXPECT_EQ(proof.code, 0) << proof.errors;
  const std::string text = "liptako/enrolment/v1\nnode bamako\naccount oq-1\nkey " + key +
                           "\nchallenge 0123456789abcdef\n\n\u2014 ml.example/operator/oq-1 ";
  EXPECT_EQ(proof.output.substr(0, text.size()), text);
  EXPECT_EQ(enrol("oq-1", "not a challenge").code, 2);
  EXPECT_EQ(enrol("log", "0123456789abcdef").code, 1) << "a log's key is nobody's";
}

TEST_F(KeyCommand, MistakesAreToldApart) {
  draft();
  const auto code = [&](const std::vector<std::string>& arguments) {
    return liptako(arguments).code;
  };
  // An existing key is not overwritten; roles and names are checked; a log's key signs no roster.
  EXPECT_EQ(code({"key", "new", "--role", "log", "--name", "a", "-o", path("log")}), 3);
  EXPECT_EQ(code({"key", "new", "--role", "king", "--name", "a", "-o", path("x")}), 2);
  EXPECT_EQ(code({"key", "new", "--role", "log", "--name", "a b", "-o", path("x")}), 2);
  write("short", "sable chaud\n");
  EXPECT_EQ(code({"key",
                  "new",
                  "--role",
                  "operator",
                  "--name",
                  "a",
                  "-o",
                  path("x"),
                  "--passphrase-file",
                  path("short")}),
            1)
      << "eleven characters";
  EXPECT_EQ(code({"key", "show", path("passphrase")}), 1);
  EXPECT_EQ(code({"key", "show", path("absent")}), 3);
  EXPECT_EQ(code({"key"}), 2);
  EXPECT_EQ(code({"roster", "sign", path("r1"), "--key", path("log")}), 1);
  write("wrong", "sable\n");
  EXPECT_EQ(code({"roster",
                  "sign",
                  path("r1"),
                  "--key",
                  path("root1"),
                  "--passphrase-file",
                  path("wrong")}),
            1);
  // A plain key that others can read is not used.
  std::filesystem::permissions(
      path("log"), std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  EXPECT_EQ(code({"roster", "sign", path("r1"), "--key", path("log")}), 3);
}

}  // namespace
}  // namespace liptako::command
