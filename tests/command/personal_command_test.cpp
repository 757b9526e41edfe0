// What a copy of a key folder can still open, and what a record's erasures do to it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <span>

#include "charter/act.hpp"
#include "io/file_storage.hpp"
#include "process.hpp"
#include "record/keeping.hpp"
#include "record/writer.hpp"

namespace liptako::command {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKey =
    "liptako/personal-key/v1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

class PersonalCommand : public testing::Test {
 protected:
  PersonalCommand() {
    std::string name = (fs::temp_directory_path() / "liptako-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    fs::create_directories(folder_ + "/keys/personal");
    for (const char* part : {"/keys", "/keys/personal"})
      fs::permissions(folder_ + part, fs::perms::owner_all);
    for (const char* subject : {"p-1", "p-2"}) put(subject, kKey);
  }
  ~PersonalCommand() override { fs::remove_all(folder_); }

  void put(const std::string& subject, std::string_view text) const {
    const std::string path = folder_ + "/keys/personal/" + subject;
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
  [[nodiscard]] std::string content(const std::string& subject) const {
    std::ifstream file(folder_ + "/keys/personal/" + subject);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // A record whose one act erases the subject.
  void record_erasure(std::string_view subject) const {
    const std::string body = "{\"subject\":\"" + std::string(subject) + "\"}";
    const base::ByteView bytes(reinterpret_cast<const std::uint8_t*>(body.data()), body.size());
    const charter::Act act{.node = "bamako",
                           .kind = charter::ActKind::erase_personal,
                           .body = seal::sha256(bytes),
                           .time = base::timestamp_from_ns(1'795'000'000'000'000'000)};
    const std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{};
    const auto key = seal::SigningKey::from_seed(seed);
    const std::string text = charter::to_string(act);
    const seal::Note note{text, {seal::sign(text, "bamako/operator/a", key)}};
    const base::Bytes payload = charter::act_payload(seal::to_string(note), bytes);
    write(record::EntryKind::act, {&payload, 1});
  }
  // A record whose oldest segments are gone, that act with them.
  void record_carried(const std::vector<std::string>& subjects) const {
    record::CarriedState state;
    for (const std::string& subject : subjects)
      state.push_back({"erased_subject", {subject.begin(), subject.end()}});
    write(record::EntryKind::document, record::carried_payloads(state));
  }
  void write(record::EntryKind kind, std::span<const base::Bytes> payloads) const {
    auto storage = io::FileStorage::open(folder_ + "/record");
    ASSERT_TRUE(storage.has_value());
    auto writer = record::Writer::open(**storage, {});
    ASSERT_TRUE(writer.has_value());
    const auto time = base::timestamp_from_ns(1'795'000'000'000'000'000);
    for (const base::Bytes& payload : payloads)
      ASSERT_TRUE(writer->append({kind, record::kNoSource, time, {}, payload}).has_value());
    ASSERT_TRUE(writer->flush().has_value());
    ASSERT_TRUE(writer->sync().has_value());
  }

  std::string folder_;
};

TEST_F(PersonalCommand, TellsSubjectsByNumberAndErasesWhatTheRecordSays) {
  const Finished before = run(folder_, {"personal", folder_ + "/keys", "--json"});
  EXPECT_EQ(before.code, 0) << before.errors;
  EXPECT_EQ(before.output,
            "{\"subject\":\"p-1\",\"state\":\"kept\"}\n{\"subject\":\"p-2\",\"state\":\"kept\"}\n");
  record_erasure("p-2");
  const Finished erased =
      run(folder_, {"personal", folder_ + "/keys", "--record", folder_ + "/record", "--json"});
  EXPECT_EQ(erased.code, 0) << erased.errors;
  EXPECT_EQ(
      erased.output,
      "{\"subject\":\"p-1\",\"state\":\"kept\"}\n{\"subject\":\"p-2\",\"state\":\"erased\"}\n");
  EXPECT_EQ(content("p-1"), kKey);
  EXPECT_EQ(content("p-2"), "liptako/erased-key/v1\n");
  put("p-1", "damaged");
  const Finished told = run(folder_, {"personal", folder_ + "/keys"});
  EXPECT_NE(told.output.find("p-2 "), std::string::npos) << told.output;
  EXPECT_NE(told.output.find("p-1 "), std::string::npos) << told.output;
  EXPECT_EQ(run(folder_, {"personal", folder_ + "/nothing"}).code, 1);
}

TEST_F(PersonalCommand, AnErasureOutlivesTheSegmentThatHeldIt) {
  // The first is none that could be destroyed, and keeps no other.
  record_carried({"../p-1", "p-2"});
  const Finished erased =
      run(folder_, {"personal", folder_ + "/keys", "--record", folder_ + "/record"});
  EXPECT_EQ(erased.code, 1) << erased.errors;
  EXPECT_EQ(content("p-1"), kKey);
  EXPECT_EQ(content("p-2"), "liptako/erased-key/v1\n");
}

}  // namespace
}  // namespace liptako::command
