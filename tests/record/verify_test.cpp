// Verification of a record finds every change of what the log covers, and says where it is.
#include "record/verify.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "record/input_body.hpp"
#include "record/log.hpp"
#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

constexpr std::uint64_t kSalt = 77;
constexpr std::uint64_t kEntries = 270;  // a full tile and more

seal::SigningKey key_of(std::uint8_t first) {
  std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{};
  seed[0] = first;
  return seal::SigningKey::from_seed(seed);
}

std::vector<seal::VerifierKey> keys() {
  return {{"node.test/log", seal::KeyType::ed25519, key_of(1).public_key()}};
}

// A record with a log; one checkpoint over 100 entries is kept, the newest covers all.
sim::SimStorage sealed() {
  sim::SimStorage disk(1);
  WriterOptions writing{.segment_limit = 8u << 10, .buffer_limit = 4u << 10, .salt = kSalt};
  writing.commit = true;
  auto writer = Writer::open(disk, writing).value();
  auto log = Log::open(disk, {"node.test/log", key_of(1), {}, std::chrono::seconds(10)}, {0, 0});
  base::Prng prng(5);
  base::Bytes gap;
  encode_gap({GapCause::disk, base::timestamp_from_ns(1), base::timestamp_from_ns(2), 3, "x"}, gap);
  while (writer.next_sequence() < kEntries) {
    const std::uint64_t due = writer.next_sequence();
    const base::Bytes payload = payload_of(due);
    std::vector<std::uint16_t> cuts;
    if (payload.size() > 20 && due % 3 == 0) cuts = {3, 17};
    if (due == 50) {
      EXPECT_TRUE(writer.append({.kind = EntryKind::gap, .payload = gap}));
    } else {
      EXPECT_TRUE(writer.append(entry_of(due, payload), cuts));
    }
    if (due != 99 && due != kEntries - 1) continue;
    EXPECT_TRUE(writer.flush() && writer.sync());
    log.append(writer.take_commitments());
    auto work = log.take_all(base::timestamp_from_ns(0), base::Duration(0)).value();
    EXPECT_TRUE(Log::write(disk, work));
    log.finish(std::move(work), {});
  }
  return disk;
}

Verification verified(base::Storage& disk) { return verify_record(disk, keys()).value(); }

std::string faults_of(const Verification& found) {
  std::string all;
  for (const Fault& fault : found.faults) all += to_string(fault) + "\n";
  return all;
}

bool blames(const Verification& found, std::uint64_t entry) {
  return std::ranges::any_of(found.faults, [&](const Fault& f) { return f.entry == entry; });
}

// Every file that the log covers or is.
std::vector<std::string> covered_files(base::Storage& disk) {
  std::vector<std::string> files{"checkpoint"};
  for (const std::string folder : {"checkpoints",
                                   "input",
                                   "tile/0",
                                   "tile/0/001.p",
                                   "tile/1/000.p",
                                   "tile/entries",
                                   "tile/entries/001.p"}) {
    const auto names = disk.list(folder).value();
    EXPECT_FALSE(names.empty()) << folder;
    for (const std::string& name : names) files.push_back(folder + "/" + name);
  }
  return files;
}

struct Place {
  std::string path;
  std::uint64_t offset = 0;
  base::Bytes body;
};

std::vector<Place> places(base::Storage& disk) {
  std::vector<Place> all;
  auto cursor = Cursor::open(disk, Stream::input).value();
  while (const auto frame = cursor.next_frame().value()) {
    all.push_back({segment_path(Stream::input, frame->segment),
                   frame->offset,
                   base::Bytes(frame->body.begin(), frame->body.end())});
  }
  return all;
}

// What someone does who can write the disk and knows the format.
void forge_entry(base::Storage& disk, std::uint64_t entry) {
  Place place = places(disk)[entry];
  place.body.back() ^= 0x01;
  base::Bytes frame;
  encode_frame(kSalt, entry, place.body, frame);
  base::Bytes file = disk.read(place.path, 0, 1u << 20).value();
  std::ranges::copy(frame, file.begin() + static_cast<std::ptrdiff_t>(place.offset));
  ASSERT_TRUE(disk.replace(place.path, file));
}

TEST(Verify, ASoundRecordIsProvedWhole) {
  sim::SimStorage disk = sealed();
  const Verification found = verified(disk);
  EXPECT_TRUE(found.sound()) << faults_of(found);
  EXPECT_EQ(found.proved, kEntries);
  EXPECT_EQ(found.uncovered, 0u);
  EXPECT_EQ(found.checkpoints_kept, 1u);
  ASSERT_EQ(found.signatures.size(), 1u);
  EXPECT_EQ(found.signatures[0].key, "node.test/log");
  ASSERT_EQ(found.gaps.size(), 1u);
  EXPECT_EQ(found.gaps[0].entry, 50u);
  EXPECT_EQ(found.gaps[0].gap.lost, 3u);
}

TEST(Verify, AFlippedPayloadWithRightChecksumsIsFoundAtItsEntry) {
  sim::SimStorage disk = sealed();
  for (const std::uint64_t entry : {0u, 100u, 255u, 256u, 269u}) {
    sim::SimStorage forged = disk;
    forge_entry(forged, entry);
    const Verification found = verified(forged);
    ASSERT_EQ(found.fault_count, 1u) << faults_of(found);
    EXPECT_EQ(found.faults[0].part, Fault::Part::entry);
    EXPECT_EQ(found.faults[0].entry, entry);
    EXPECT_EQ(found.proved, kEntries - 1);
  }
}

TEST(Verify, AnyMissingFileIsNoticed) {
  sim::SimStorage disk = sealed();
  for (const std::string& path : covered_files(disk)) {
    if (path.starts_with("checkpoints/")) continue;  // what else was signed is not owed to anybody
    sim::SimStorage without = disk;
    ASSERT_TRUE(without.remove(path));
    EXPECT_FALSE(verified(without).sound()) << path;
  }
}

TEST(Verify, AnyChangedByteIsFoundWhereItIs) {
  sim::SimStorage disk = sealed();
  const std::vector<std::string> files = covered_files(disk);
  const std::vector<Place> frames = places(disk);
  std::vector<std::uint64_t> sizes;
  for (const std::string& path : files) sizes.push_back(disk.size(path).value());
  base::Prng prng(11);
  for (int round = 0; round < 10'000; ++round) {
    const std::size_t i = prng.below(files.size());
    const std::uint64_t offset = prng.below(sizes[i]);
    const auto mask = static_cast<std::uint8_t>(1 + prng.below(255));
    disk.corrupt(files[i], offset, mask);
    const Verification found = verified(disk);
    disk.corrupt(files[i], offset, mask);
    ASSERT_FALSE(found.sound()) << files[i] << " at " << offset << " mask " << int{mask};
    std::optional<std::uint64_t> concerned;
    if (files[i] == "tile/0/000") concerned = offset / 32;
    if (files[i].starts_with("tile/0/001")) concerned = 256 + offset / 32;
    for (std::size_t n = 0; n < frames.size(); ++n) {
      const std::uint64_t end = frames[n].offset + kFrameHeaderSize + frames[n].body.size();
      if (frames[n].path == files[i] && frames[n].offset <= offset && offset < end) concerned = n;
    }
    if (concerned) {
      ASSERT_TRUE(blames(found, *concerned)) << files[i] << " at " << offset << "\n"
                                             << faults_of(found);
    } else {
      const std::string stem = files[i].substr(0, files[i].find('.'));
      ASSERT_NE(faults_of(found).find(stem), std::string::npos)
          << files[i] << " at " << offset << "\n"
          << faults_of(found);
    }
  }
}

TEST(Verify, AnotherKeyOrAnotherHistoryIsAFault) {
  sim::SimStorage disk = sealed();
  const std::vector<seal::VerifierKey> others{
      {"node.test/log", seal::KeyType::ed25519, key_of(2).public_key()}};
  EXPECT_FALSE(verify_record(disk, others)->sound());
  EXPECT_TRUE(verify_record(disk, {})->sound());
  EXPECT_FALSE(verify_record(disk, {})->keys_given);

  // A checkpoint over other entries, signed by the same key: the log told two histories.
  const std::string text =
      seal::checkpoint_text({"node.test/log", 60, seal::sha256(base::Bytes{1})});
  seal::Note note{text, {seal::sign(text, "node.test/log", key_of(1))}};
  const std::string bytes = seal::to_string(note);
  ASSERT_TRUE(disk.replace(checkpoint_history_path(60), base::Bytes(bytes.begin(), bytes.end())));
  const Verification found = verified(disk);
  ASSERT_EQ(found.fault_count, 1u) << faults_of(found);
  EXPECT_EQ(found.faults[0].where, checkpoint_history_path(60));
}

TEST(Verify, ASizeThatSomebodyWroteDoesNotDecideHowLongItTakes) {
  sim::SimStorage disk = sealed();
  const std::uint64_t size = 9'000'000'000'000'000;
  const std::string text =
      seal::checkpoint_text({"node.test/log", size, seal::sha256(base::Bytes{1})});
  const std::string note =
      seal::to_string(seal::Note{text, {seal::sign(text, "node.test/log", key_of(1))}});
  ASSERT_TRUE(disk.replace("checkpoint", base::Bytes(note.begin(), note.end())));
  const Verification behind = verified(disk);
  EXPECT_EQ(behind.fault_count, behind.faults.size());
  EXPECT_TRUE(blames(behind, kEntries)) << faults_of(behind);
  const auto names = disk.list("input").value();
  for (const std::string& name : names) {
    if (name != names.back()) {
      ASSERT_TRUE(disk.remove("input/" + name));
    }
  }
  EXPECT_FALSE(verified(disk).sound());
}

TEST(Verify, ReadsKeysOneALine) {
  const std::string one = keys()[0].text();
  EXPECT_EQ(parse_verifier_keys("# members\n\n" + one + "\n").value(), keys());
  EXPECT_FALSE(parse_verifier_keys(one + "x\n"));
}

}  // namespace
}  // namespace liptako::record
