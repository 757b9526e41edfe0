// The wiring between inbox, node and sources: commands one after the other, sources that stay open
// through a change of configuration, and a close that opens nothing.
#include "app/live_node.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>

#include "app/terminal.hpp"
#include "app/words.hpp"
#include "charter/roster_draft.hpp"
#include "codec/asterix/encode.hpp"
#include "io/private_file.hpp"
#include "io/tls_material.hpp"
#include "seal/merkle.hpp"
#include "seal/password.hpp"
#include "seal/witness.hpp"
#include "serve/accounts.hpp"

namespace liptako::app {
namespace {

using Replies = std::vector<std::pair<int, std::string>>;

class LiveNodes : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-live-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::ofstream file(folder_ / "radar.ast", std::ios::binary);
    for (int second = 0; second < 20; ++second) {
      codec::asterix::Cat048Report r;
      r.source = {1, 2};
      r.time_of_day = codec::asterix::TimeOfDay::from(std::chrono::seconds(40'000 + second));
      base::Bytes bytes;
      codec::asterix::BlockWriter block(48, bytes);
      block.add(r);
      block.finish();
      file.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    }
  }
  void TearDown() override {
    live_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::string config(std::string_view name, std::string_view more = "") const {
    return "[node]\nname = \"" + std::string(name) + "\"\nrecord = \"" +
           (folder_ / "record").string() +
           "\"\nlisten = \"127.0.0.1:0\"\n[keys]\nauthority = \"test.internal\"\n" +
           std::string(more);
  }
  [[nodiscard]] std::string file_source(std::string_view more = "") const {
    return "[[source]]\nname = \"file\"\nkind = \"file\"\npath = \"" +
           (folder_ / "radar.ast").string() + "\"\nspeed = 0\n" + std::string(more);
  }

  void start(const std::string& text) {
    LiveNodeOptions options;
    options.config_text = text;
    options.config_name = "test";
    options.build = "test";
    auto started = LiveNode::start(options);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    live_ = std::move(*started);
  }

  void ask(std::string name, std::string body, std::function<void()> then = [] {}) {
    io::Command command{std::move(name),
                        std::move(body),
                        [this, then = std::move(then)](int status, std::string text) {
                          replies_.emplace_back(status, std::move(text));
                          then();
                        }};
    ASSERT_TRUE(live_->inbox().push_command(command));
  }

  // The owner's loop until everything asked so far is answered.
  void run() {
    std::atomic<bool> stop = false;
    io::Command last{"config_text", "", [&](int, const std::string&) { stop = true; }};
    ASSERT_TRUE(live_->inbox().push_command(last));
    live_->run(stop);
  }

  bool run_until(const std::function<bool()>& reached) {
    for (int i = 0; i < 500 && !reached(); ++i) {
      run();
      io::pause_for(std::chrono::milliseconds(10));
    }
    return reached();
  }

  [[nodiscard]] static std::string hash() {
    return seal::hash_password("a long passphrase", {}, {.passes = 1, .memory_kib = 8}).value();
  }
  [[nodiscard]] node::SourceLife life() const { return live_->node().core().conditions()[0].life; }
  [[nodiscard]] std::uint64_t datagrams() const {
    return live_->node().core().feeds()[0].counters().datagrams;
  }

  std::filesystem::path folder_;
  Replies replies_;
  std::unique_ptr<LiveNode> live_;
};

TEST_F(LiveNodes, ConfigurationsThatWaitAreObeyedInTheirOrder) {
  start(config("one"));
  // A change of configuration empties the inbox; the change that it finds there comes after it.
  ask("config_text", "", [this] { ask("config", config("three")); });
  ask("config", config("two"));
  run();
  run();
  ASSERT_EQ(replies_.size(), 3u);
  for (const auto& [status, text] : replies_) EXPECT_EQ(status, 200) << text;
  EXPECT_EQ(live_->node().core().config().name, "three");
}

TEST_F(LiveNodes, ASourceThatAChangeLeavesAloneIsNotPlayedAgain) {
  start(config("a", file_source()));
  ASSERT_TRUE(run_until([&] { return life() == node::SourceLife::ended; }));
  EXPECT_EQ(datagrams(), 20u);
  const std::string sensor = "[[sensor]]\nname = \"s\"\nsac = 1\nsic = 2\nkind = \"adsb\"\n";
  ask("config", config("b", file_source("stall_after_s = 5\n") + sensor));
  for (int i = 0; i < 20; ++i) {
    run();
    io::pause_for(std::chrono::milliseconds(10));
  }
  ASSERT_EQ(replies_.size(), 1u);
  EXPECT_EQ(replies_[0].first, 200) << replies_[0].second;
  EXPECT_EQ(datagrams(), 20u);
  EXPECT_EQ(life(), node::SourceLife::ended);
  // One of its own settings: now it is opened anew.
  ask("config", config("c", file_source("interface = \"x\"\n") + sensor));
  EXPECT_TRUE(run_until([&] { return datagrams() == 40; }));
}

TEST_F(LiveNodes, WhatCannotChangeLiveIsRefusedBeforeASourceCloses) {
  start(config("a", file_source()));
  ASSERT_TRUE(run_until([&] { return life() == node::SourceLife::ended; }));
  std::string moved = config("a");
  moved.replace(moved.find("127.0.0.1:0"), 11, "127.0.0.1:9");
  ask("config", moved);
  run();
  ASSERT_EQ(replies_.size(), 1u);
  EXPECT_EQ(replies_[0].first, 400);
  EXPECT_NE(replies_[0].second.find("node.listen"), std::string::npos);
  EXPECT_EQ(datagrams(), 20u);
}

TEST_F(LiveNodes, AConfigurationThatCouldNotBeServedIsRefusedBeforeItIsRecorded) {
  start(config("a"));
  std::ofstream(folder_ / "bad.pem") << "-----BEGIN CERTIFICATE-----\nnone\n";
  const auto server = [](const std::string& file) {
    return "[server]\ncertificate = \"" + file + "\"\nkey = \"" + file + "\"\n";
  };
  ask("config", config("b", server("/nonexistent")));
  ask("config", config("b", server((folder_ / "bad.pem").string())));
  ask("config", config("b", "roster = \"/nonexistent\"\n"));
  ask("config", config("b", "roster = \"" + (folder_ / "bad.pem").string() + "\"\n"));
  const std::uint64_t entries = live_->node().status(live_->read_clock()).entries;
  run();
  ASSERT_EQ(replies_.size(), 4u);
  for (const auto& [status, text] : replies_) EXPECT_EQ(status, 400) << text;
  EXPECT_EQ(live_->node().core().config().name, "a");
  EXPECT_EQ(live_->node().core().config().server.certificate, "");
  EXPECT_LE(live_->node().status(live_->read_clock()).entries, entries + 1) << "a tick at most";
}

TEST_F(LiveNodes, ABadCertificateTakesTheNodeFromTheNetworkAndNotThePicture) {
  serve::Accounts accounts;
  ASSERT_TRUE(accounts.put({.id = "awa", .roles = {charter::Role::sysadmin}, .password = hash()})
                  .has_value());
  const std::filesystem::path keys = folder_ / "record.keys";
  ASSERT_TRUE(io::make_private_folder(keys).has_value());
  ASSERT_TRUE(io::write_private_file(keys / "accounts", accounts.to_string()).has_value());
  std::string open = config("a",
                            "[server]\ncertificate = \"/nonexistent\"\nkey = \"/nonexistent\"\n"
                            "names = [\"node.example\"]\n");
  open.replace(open.find("127.0.0.1:0"), 11, "0.0.0.0:0");
  testing::internal::CaptureStderr();
  start(open);
  const std::string told = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(live_);
  EXPECT_NE(told.find("ATTENTION : le certificat du serveur"), std::string::npos) << told;
  EXPECT_NE(told.find("WARNING: the server's certificate"), std::string::npos) << told;
  // By a certificate of its own, and to this machine alone.
  EXPECT_EQ(live_->address(), "https://127.0.0.1:" + std::to_string(live_->port()) + "/");
  EXPECT_TRUE(std::filesystem::exists(keys / "ca.crt"));
  run();
  live_->close();
  live_.reset();
  // Not even that one: in the clear.
  std::ofstream(keys / "ca.key") << "damaged";
  start(open);
  ASSERT_TRUE(live_);
  EXPECT_EQ(live_->address(), "http://127.0.0.1:" + std::to_string(live_->port()) + "/");
  run();
}

TEST_F(LiveNodes, ACertificateThatIsGivenAnewServesWithoutARestart) {
  serve::Accounts accounts;
  ASSERT_TRUE(accounts.put({.id = "awa", .roles = {charter::Role::sysadmin}, .password = hash()})
                  .has_value());
  const std::filesystem::path keys = folder_ / "record.keys";
  ASSERT_TRUE(io::make_private_folder(keys).has_value());
  ASSERT_TRUE(io::write_private_file(keys / "accounts", accounts.to_string()).has_value());
  io::SystemClock clock;
  const auto give = [&](base::Duration age) {
    const std::string from = (folder_ / "made").string();
    std::filesystem::remove_all(from);
    ASSERT_TRUE(io::own_certificate(from, {}, clock.utc_now() - age).has_value());
    for (const char* name : {"tls.crt", "tls.key"}) {
      std::filesystem::copy_file(folder_ / "made" / name,
                                 folder_ / name,
                                 std::filesystem::copy_options::overwrite_existing);
    }
  };
  const auto certificate = [&] { return live_->status().certificate.value(); };
  give(400 * base::kDay);
  LiveNodeOptions options;
  options.config_text = config("a",
                               "[server]\ncertificate = \"" + (folder_ / "tls.crt").string() +
                                   "\"\nkey = \"" + (folder_ / "tls.key").string() + "\"\n");
  options.config_name = "test";
  options.build = "test";
  options.certificate_every = base::Duration::zero();
  testing::internal::CaptureStderr();
  auto started = LiveNode::start(options);
  ASSERT_TRUE(started.has_value()) << started.error().message;
  live_ = std::move(*started);
  EXPECT_EQ(certificate().state, "ended");
  give(380 * base::kDay);
  EXPECT_TRUE(run_until([&] { return certificate().state == "ending"; }));
  give(base::Duration::zero());
  EXPECT_TRUE(run_until([&] { return certificate().state == "good"; }));
  const base::Timestamp ends = certificate().ends;
  std::ofstream(folder_ / "tls.crt") << "half of a";
  for (int i = 0; i < 20; ++i) {
    run();
    io::pause_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(certificate().ends, ends) << "the one before goes on";
  const std::string told = testing::internal::GetCapturedStderr();
  const auto count = [&](std::string_view what) {
    std::size_t found = 0;
    for (auto at = told.find(what); at != std::string::npos; at = told.find(what, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("WARNING: the server's certificate has expired"), 1u) << told;
  EXPECT_EQ(count("WARNING: the server's certificate ends soon"), 1u) << told;
  EXPECT_EQ(count("the one before still serves"), 1u) << told;
}

TEST_F(LiveNodes, WhoseLogsAreWitnessedChangesLive) {
  std::array<std::uint8_t, 32> seed{};
  const auto key = seal::SigningKey::from_seed(seed);
  const std::string origin = "gao.example/log";
  const seal::VerifierKey verifier{origin, seal::KeyType::ed25519, key.public_key()};
  const std::uint8_t entry = 1;
  seal::Note note{seal::checkpoint_text({origin, 1, seal::leaf_hash({&entry, 1})}), {}};
  note.signatures.push_back(seal::sign(note.text, origin, key));
  const auto ask_witness = [&] {
    std::promise<int> status;
    io::HttpRequest request;
    request.method = "POST";
    request.body = seal::to_string(seal::WitnessRequest{0, {}, seal::to_string(note)});
    live_->cosign(request, [&](const io::HttpResponse& r) { status.set_value(r.status); });
    return status.get_future().get();
  };
  const std::string witnesses = "witnesses = [\"" + verifier.text() + "\"]\n";
  start(config("a"));
  EXPECT_EQ(ask_witness(), 404);
  ask("config", config("a", witnesses));
  run();
  EXPECT_EQ(ask_witness(), 200);
  ask("config", config("a"));
  run();
  EXPECT_EQ(ask_witness(), 404);
  live_->close();
  live_.reset();

  // A roster that revokes the log's key outweighs the configuration.
  charter::Roster roster;
  roster.federation = "aes.example";
  roster.valid_from = base::parse_rfc3339("2026-01-01").value();
  roster.valid_to = base::parse_rfc3339("2100-01-01").value();
  roster.members = {{{1}, "ml", "Mali"}};
  roster.keys = {{"ml", seal::KeyRole::root, {}, {"ml/root", seal::KeyType::ed25519, {}}}};
  seed.fill(7);
  const auto root = seal::SigningKey::from_seed(seed);
  roster.keys[0].key.key = root.public_key();
  roster.revoked = {{verifier, roster.valid_from, "stolen"}};
  const auto usual = charter::with_usual_quorum(roster, 0, 0);
  ASSERT_TRUE(usual.has_value()) << usual.error().message;
  seal::Note signed_roster{usual->text(), {}};
  signed_roster.signatures.push_back(seal::sign(signed_roster.text, "ml/root", root));
  std::ofstream(folder_ / "roster.note") << seal::to_string(signed_roster);
  start(config("b", witnesses + "roster = \"" + (folder_ / "roster.note").string() + "\"\n"));
  EXPECT_EQ(live_->node().core().roster().in_force->roster.version, 1u);
  EXPECT_EQ(ask_witness(), 404);
}

TEST_F(LiveNodes, ABadRosterFileDoesNotStopTheNode) {
  std::ofstream(folder_ / "cut.note") << "liptako/ros";
  for (const std::string& path : {std::string("/nonexistent"), (folder_ / "cut.note").string()}) {
    testing::internal::CaptureStderr();
    start(config("a", "roster = \"" + path + "\"\n"));
    const std::string told = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(live_) << path;
    EXPECT_NE(told.find("WARNING: the roster cannot be used"), std::string::npos) << told;
    EXPECT_NE(told.find(path), std::string::npos) << told;
    run();
    live_->close();
    live_.reset();
  }
}

TEST_F(LiveNodes, ACommandThatComesWithTheEndIsRefused) {
  start(config("a"));
  run();
  ask("config", config("late"));
  live_->close();
  ASSERT_EQ(replies_.size(), 1u);
  EXPECT_EQ(replies_[0].first, 503);
  EXPECT_EQ(live_->node().core().config().name, "a");
  EXPECT_FALSE(live_->failed_to_record());
}

TEST_F(LiveNodes, ADiskThatTakesNoMoreIsToldOnceAndShown) {
  start(config("a", "[[source]]\nname = \"s\"\nkind = \"internal\"\n"));
  run();
  // A limit on the size of files fails writes as a full disk does.
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit full = before;
  full.rlim_cur = 4096;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  ::testing::internal::CaptureStderr();
  const base::Bytes datagram(3000, 7);
  for (std::size_t size = 2990; size < 3000; ++size) {
    live_->inbox().push_datagram(base::SourceId{0}, base::ByteView(datagram).first(size));
    run();
    live_->inbox().push_datagram(base::SourceId{0}, base::ByteView(datagram).first(20));
    run();
  }
  const std::string told = ::testing::internal::GetCapturedStderr();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  // Once each: the record, and the history if its thread came to write meanwhile.
  const auto times = [&](std::string_view what) {
    std::size_t count = 0;
    for (auto at = told.find(what); at != told.npos; at = told.find(what, at + 1)) ++count;
    return count;
  };
  EXPECT_EQ(times("input/"), 1u) << told;
  EXPECT_LE(times("history/"), 1u) << told;
  EXPECT_LE(std::count(told.begin(), told.end(), '\n'), 2) << told;
  EXPECT_TRUE(live_->failed_to_record());
  const serve::NodeStatus status = live_->node().status(live_->read_clock());
  EXPECT_EQ(status.record.lost_arrivals + datagrams(), 20u);
}

TEST(Terminal, AFullDiskBehindStandardErrorEndsNothing) {
  std::fflush(stderr);
  const int kept = dup(STDERR_FILENO);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  ASSERT_GE(dup2(full, STDERR_FILENO), 0);
  for (int i = 0; i < 3; ++i) print_error("nobody hears {}\n", i);
  ASSERT_GE(dup2(kept, STDERR_FILENO), 0);
  close(full);
  close(kept);
  ::testing::internal::CaptureStderr();
  print_error("heard again\n");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "heard again\n");
}

TEST(Words, ANameWithQuotesIsStillJson) { EXPECT_EQ(in_json("a\"b\\\n"), R"("a\"b\\\n")"); }

}  // namespace
}  // namespace liptako::app
