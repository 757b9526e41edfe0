// What strangers can make the witness write and how often it listens to them.
#include "app/witness_desk.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "io/private_file.hpp"
#include "seal/key_file.hpp"
#include "seal/merkle.hpp"

namespace liptako::app {
namespace {

const std::string kOrigin = "mali.example/log";

class StandingClock : public base::Clock {
 public:
  base::Timestamp utc_now() override { return base::timestamp_from_ns(1'700'000'000'000'000'000); }
  base::Duration monotonic_now() override { return std::chrono::hours(1); }
};

seal::SigningKey key_of(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return seal::SigningKey::from_seed(seed);
}

seal::Digest leaf(std::uint8_t number) { return seal::leaf_hash({&number, 1}); }

// The log's first entry, or another that it told somebody else: trees of one size, or, with a
// second leaf, of two.
std::string request_of(std::uint64_t old_size,
                       const std::vector<seal::Digest>& leaves,
                       seal::Proof proof = {}) {
  seal::Note note{seal::checkpoint_text({kOrigin, leaves.size(), seal::root_of_leaves(leaves)}),
                  {}};
  note.signatures.push_back(seal::sign(note.text, kOrigin, key_of(1)));
  return seal::to_string(seal::WitnessRequest{old_size, std::move(proof), seal::to_string(note)});
}

class WitnessDesks : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "liptako-desk-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    const seal::PrivateKey key{seal::KeyRole::witness, "niger.example/witness", key_of(2)};
    ASSERT_TRUE(io::write_private_file(folder_ / "witness.key", seal::plain_key_file(key)));
    desk_ = std::make_unique<WitnessDesk>(
        folder_, clock_, [this](const WitnessDesk::Alarm& alarm) { alarms_.push_back(alarm); });
    desk_->set_logs({{kOrigin, seal::KeyType::ed25519, key_of(1).public_key()}});
  }
  void TearDown() override {
    desk_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  io::HttpResponse ask(std::string body, std::string address = "") {
    std::promise<io::HttpResponse> promise;
    io::HttpRequest request;
    request.method = "POST";
    request.body = std::move(body);
    request.address = std::move(address);
    desk_->take(request,
                [&](io::HttpResponse response) { promise.set_value(std::move(response)); });
    return promise.get_future().get();
  }
  [[nodiscard]] std::size_t evidence() const {
    std::size_t files = 0;
    std::error_code absent;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_ / "witness" / "forks", absent))
      files += entry.is_regular_file() ? 1 : 0;
    return files;
  }

  StandingClock clock_;
  std::filesystem::path folder_;
  std::vector<WitnessDesk::Alarm> alarms_;
  std::unique_ptr<WitnessDesk> desk_;
};

TEST_F(WitnessDesks, WhichLogsAreWitnessedChangesWithTheNextRequest) {
  ASSERT_EQ(ask(request_of(0, {leaf(0)})).status, 200);
  desk_->set_logs({{"other.example/log", seal::KeyType::ed25519, key_of(3).public_key()}});
  EXPECT_EQ(ask(request_of(1, {leaf(0), leaf(1)}, {leaf(1)})).status, 404) << "no log of ours";
  desk_->set_logs({});
  EXPECT_EQ(ask(request_of(1, {leaf(0), leaf(1)}, {leaf(1)})).status, 404);
  // A rotated key of the same log: what the old one signed counts no more.
  desk_->set_logs({{kOrigin, seal::KeyType::ed25519, key_of(3).public_key()}});
  EXPECT_EQ(ask(request_of(1, {leaf(0), leaf(1)}, {leaf(1)})).status, 403);
  desk_->set_logs({{kOrigin, seal::KeyType::ed25519, key_of(1).public_key()}});
  EXPECT_EQ(ask(request_of(1, {leaf(0), leaf(1)}, {leaf(1)})).status, 200)
      << "it remembers what it cosigned";
}

TEST_F(WitnessDesks, ASuspicionIsNotEvidence) {
  ASSERT_EQ(ask(request_of(0, {leaf(0)})).status, 200);
  for (std::uint8_t i = 2; i < 100; ++i)
    EXPECT_EQ(ask(request_of(1, {leaf(0), leaf(1)}, {leaf(i)})).status, 422);
  EXPECT_EQ(evidence(), 0u);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "witness" / "forks"));
  ASSERT_EQ(alarms_.size(), 4u);
  EXPECT_FALSE(alarms_[0].is_proved);
}

TEST_F(WitnessDesks, AForkIsKeptOnceHoweverItIsShown) {
  ASSERT_EQ(ask(request_of(0, {leaf(0)})).status, 200);
  const std::string fork = request_of(1, {leaf(1)});
  for (std::uint8_t i = 0; i < 10; ++i) {
    const seal::NoteSignature line = seal::sign("x\n", "stranger.example", key_of(i));
    EXPECT_EQ(ask(fork + seal::to_string(line)).status, 422);
  }
  EXPECT_EQ(evidence(), 1u);
  ASSERT_EQ(alarms_.size(), 4u);
  EXPECT_TRUE(alarms_[0].is_proved);
  EXPECT_EQ(alarms_[0].origin, kOrigin);
}

TEST_F(WitnessDesks, ALogThatLiesWithoutEndFillsNoDisk) {
  ASSERT_EQ(ask(request_of(0, {leaf(0)})).status, 200);
  for (std::uint8_t i = 1; i < 100; ++i) EXPECT_EQ(ask(request_of(1, {leaf(i)})).status, 422);
  EXPECT_EQ(evidence(), 16u);
  EXPECT_EQ(alarms_.size(), 4u);
}

TEST_F(WitnessDesks, AnAddressThatAsksTooOftenWaitsAndOnlyThatOne) {
  const std::string request = request_of(0, {leaf(0)});
  ASSERT_EQ(ask(request, "192.0.2.1").status, 200);
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    const io::HttpResponse answer = ask(request, "192.0.2.1");
    if (answer.status == 429) {
      ++refused;
      EXPECT_EQ(answer.retry_after_s, 1);
    } else {
      EXPECT_EQ(answer.status, 409);
    }
  }
  EXPECT_EQ(refused, 81);
  EXPECT_EQ(ask(request, "192.0.2.2").status, 409);
  // Whoever has one address of IPv6 has all that begin as it does.
  int answered = 0;
  for (int i = 0; i < 100; ++i)
    answered += ask(request, "2001:db8::" + std::to_string(i + 1)).status == 409 ? 1 : 0;
  EXPECT_EQ(answered, 20);
  EXPECT_EQ(ask(request).status, 409);
}

}  // namespace
}  // namespace liptako::app
