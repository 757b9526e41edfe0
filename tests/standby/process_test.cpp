// Two processes on loopback: one is killed, the other takes over; the first learns of it.
#include "../command/process.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "io/udp_sender.hpp"

namespace liptako::command {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

class Standby : public testing::Test {
 protected:
  Standby() {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Standby() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  // The configuration of machine "a" or "b".
  [[nodiscard]] std::string write(const std::string& machine, const std::string& standby) const {
    std::string text = "[node]\nname = \"bamako\"\nrecord = \"" + path(machine) +
                       "\"\nlisten = \"127.0.0.1:0\"\n[keys]\nauthority = \"" + machine +
                       ".example\"\n[[source]]\nname = \"radar\"\nkind = \"udp\"\naddress = "
                       "\"127.0.0.1:0\"\n";
    if (!standby.empty()) text += "[standby]\n" + standby;
    std::ofstream(path(machine + ".toml")) << text;
    return path(machine + ".toml");
  }
  [[nodiscard]] std::string key_of(const std::string& config) const {
    const Finished key = run(folder_, {"standby", "key", "--config", config});
    EXPECT_EQ(key.code, 0) << key.errors;
    return key.output.substr(0, key.output.find('\n'));
  }

  std::string folder_;
};

json status_of(const Process& process) {
  const Answer answer = http(port_in(process.output()), "GET", "/api/v1/status");
  return answer.status == 200 ? json::parse(answer.body) : json::object();
}

bool is(const Process& process, const char* role, const char* state) {
  const json standby = status_of(process).value("standby", json::object());
  return standby.value("role", "") == role && standby.value("state", "") == state;
}

// The port in the line "... 127.0.0.1:40123", behind the word.
int port_behind(const std::string& output, const std::string& word) {
  const std::size_t at = output.find(word);
  const std::size_t colon = at == std::string::npos ? at : output.find(':', at + word.size());
  return colon == std::string::npos ? 0 : std::atoi(output.c_str() + colon + 1);
}

TEST_F(Standby, TakesOverWhenTheOtherIsKilledAndTheOtherStepsDown) {
  const std::string a_key = key_of(write("a", ""));
  const std::string b_key = key_of(write("b", ""));
  const std::string a_toml = write("a", "listen = \"127.0.0.1:0\"\npeer = \"" + b_key + "\"\n");
  std::optional<Process> a;
  a.emplace(folder_, "a", std::vector<std::string>{"node", "--config", a_toml});
  const std::string word = "machine:";
  ASSERT_TRUE(eventually(milliseconds(20'000), [&] { return port_behind(a->output(), word) != 0; }))
      << a->output() << a->errors();
  const std::string port = std::to_string(port_behind(a->output(), word));
  const std::string b_toml = write(
      "b", "follow = \"127.0.0.1:" + port + "\"\npeer = \"" + a_key + "\"\ntakeover_after_s = 2\n");
  Process b(folder_, "b", {"node", "--config", b_toml});
  ASSERT_TRUE(
      eventually(milliseconds(20'000),
                 [&] { return is(*a, "primary", "following") && is(b, "standby", "following"); }))
      << status_of(*a) << status_of(b) << b.errors();
  EXPECT_EQ(status_of(b).at("standby").at("of"), "a.example");
  EXPECT_EQ(http(port_in(b.output()), "POST", "/api/v1/config", "[node]").status, 409);

  const auto killed = std::chrono::steady_clock::now();
  a->kill();
  (void)a->wait();
  const auto source_of = [&] { return status_of(b).value("sources", json::array()).at(0); };
  ASSERT_TRUE(eventually(milliseconds(10'000),
                         [&] {
                           const json standby = status_of(b).value("standby", json::object());
                           if (standby.value("role", "") != "primary") return false;
                           const int source = bound_port(source_of().value("detail", ""));
                           if (source == 0) return false;
                           auto sender =
                               io::UdpSender::open("127.0.0.1", static_cast<std::uint16_t>(source));
                           if (!sender || !sender->send(base::Bytes{0x30, 0x00, 0x04, 0x00}))
                             return false;
                           return source_of().at("datagrams").get<int>() > 0;
                         }))
      << status_of(b) << b.errors();
  EXPECT_LT(std::chrono::steady_clock::now() - killed, std::chrono::seconds(10));
  EXPECT_EQ(status_of(b).at("standby").at("term"), 2);

  // It starts again, where the other finds it.
  (void)write("a", "listen = \"127.0.0.1:" + port + "\"\npeer = \"" + b_key + "\"\n");
  a.emplace(folder_, "a-again", std::vector<std::string>{"node", "--config", a_toml});
  ASSERT_TRUE(eventually(milliseconds(20'000), [&] { return is(*a, "former", "stepped_down"); }))
      << status_of(*a) << a->errors();
  EXPECT_NE(a->errors().find("took over"), std::string::npos) << a->errors();
  a->terminate();
  EXPECT_EQ(a->wait(), 0);
  EXPECT_EQ(run(folder_, {"record", "verify", path("a")}).code, 0);

  // A person makes it the standby: it copies all of it.
  const Finished rejoined = run(folder_, {"standby", "rejoin", "--config", a_toml});
  ASSERT_EQ(rejoined.code, 0) << rejoined.errors;
  EXPECT_TRUE(std::filesystem::exists(path("a.former-1/input")));
  a.emplace(folder_, "a-third", std::vector<std::string>{"node", "--config", a_toml});
  ASSERT_TRUE(
      eventually(milliseconds(20'000),
                 [&] { return is(*a, "standby", "following") && is(b, "primary", "following"); }))
      << status_of(*a) << status_of(b) << a->errors();
  b.terminate();
  EXPECT_EQ(b.wait(), 0);
  a->terminate();
  EXPECT_EQ(a->wait(), 0);
  for (const char* machine : {"a", "b"}) {
    const Finished verified = run(folder_, {"record", "verify", path(machine)});
    EXPECT_EQ(verified.code, 0) << verified.output << verified.errors;
  }
  EXPECT_EQ(run(folder_, {"replay", path("a"), "--hash"}).output,
            run(folder_, {"replay", path("b"), "--hash"}).output)
      << "all of what the primary had synced went over";
  EXPECT_NE(run(folder_, {"record", "retire", path("a")}).code, 0)
      << "only the machine in charge writes into the record";

  // Or begins with a backup, as it must once the first entries are retired.
  ASSERT_EQ(run(folder_, {"backup", path("b"), path("copy")}).code, 0);
  const Finished begun =
      run(folder_, {"standby", "rejoin", "--config", a_toml, "--backup", path("copy")});
  ASSERT_EQ(begun.code, 0) << begun.errors;
  Process b_again(folder_, "b-again", {"node", "--config", b_toml});
  a.emplace(folder_, "a-fourth", std::vector<std::string>{"node", "--config", a_toml});
  ASSERT_TRUE(eventually(
      milliseconds(20'000),
      [&] { return is(*a, "standby", "following") && is(b_again, "primary", "following"); }))
      << status_of(*a) << status_of(b_again) << a->errors();
  EXPECT_EQ(a->errors().find("log:"), std::string::npos) << a->errors();
  b_again.terminate();
  EXPECT_EQ(b_again.wait(), 0);
  a->terminate();
  EXPECT_EQ(a->wait(), 0);
  const Finished verified = run(folder_, {"record", "verify", path("a")});
  EXPECT_EQ(verified.code, 0) << verified.output << verified.errors;

  // Told to stand by it does so, though the backup is of the time when it was in charge itself.
  ASSERT_EQ(run(folder_, {"standby", "rejoin", "--config", b_toml, "--backup", path("copy")}).code,
            0);
  Process b_alone(folder_, "b-alone", {"node", "--config", b_toml});
  ASSERT_TRUE(eventually(milliseconds(20'000), [&] { return is(b_alone, "standby", "lost"); }))
      << status_of(b_alone) << b_alone.errors();
  b_alone.terminate();
  EXPECT_EQ(b_alone.wait(), 0);
}

}  // namespace
}  // namespace liptako::command
