// The tamper-evident log on a simulated disk: what it writes verifies, it goes on after any crash
// without ever contradicting a checkpoint it signed, and it signs nothing once its past is not what
// it was.
#include "record/log.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "record/input_body.hpp"
#include "seal/witness.hpp"
#include "sim/sim_storage.hpp"
#include "written.hpp"

namespace liptako::record {
namespace {

constexpr WriterOptions kCommitting{
    .segment_limit = 64u << 10, .buffer_limit = 4u << 10, .salt = 77, .commit = true};
constexpr base::Duration kEvery = std::chrono::seconds(10);

seal::SigningKey key_of(std::uint8_t first) {
  std::array<std::uint8_t, seal::SigningKey::kSeedSize> seed{};
  seed[0] = first;
  return seal::SigningKey::from_seed(seed);
}

LogOptions options() {
  return {
      .origin = "node.test/log", .key = key_of(1), .former_keys = {}, .checkpoint_every = kEvery};
}

seal::VerifierKey log_key() {
  return {"node.test/log", seal::KeyType::ed25519, key_of(1).public_key()};
}

// A writer and its log, as a node has them.
struct Recorder {
  explicit Recorder(sim::SimStorage& storage)
      : disk(&storage), writer(Writer::open(storage, kCommitting).value()), log(open_log()) {}
  [[nodiscard]] Log open_log() {
    return Log::open(*disk, options(), {writer.opened().first_sequence, writer.next_sequence()});
  }
  void add(std::uint64_t entries) {
    for (std::uint64_t i = 0; i < entries; ++i) EXPECT_TRUE(append_next(writer));
    EXPECT_TRUE(writer.flush() && writer.sync());
    log.append(writer.take_commitments());
  }
  // All that is due, with a checkpoint.
  [[nodiscard]] base::Result<void> checkpoint() {
    now += kEvery;
    auto work = log.take_all(base::timestamp_from_ns(now.count()), now);
    if (!work) return {};
    auto done = Log::write(*disk, *work);
    log.finish(std::move(*work), done);
    return done;
  }
  sim::SimStorage* disk;
  Writer writer;
  Log log;
  base::Duration now{};
};

void finish(Recorder& recorder, LogWork work) {
  const auto done = Log::write(*recorder.disk, work);
  recorder.log.finish(std::move(work), done);
}

// The commitments of the input stream as it is on the disk.
std::vector<seal::Digest> commitments(base::Storage& disk) {
  std::vector<seal::Digest> all;
  auto cursor = Cursor::open(disk, Stream::input).value();
  while (const auto entry = cursor.next().value()) {
    all.resize(entry->sequence);  // zeros for those that are not there
    all.push_back(entry->damaged ? kLostCommitment : commitment_of(entry->body));
  }
  return all;
}

seal::Digest root_over(std::vector<seal::Digest> commitments, std::uint64_t size) {
  commitments.resize(size);
  for (seal::Digest& one : commitments) one = seal::leaf_hash(one);
  return seal::root_of_leaves(commitments);
}

// The checkpoint in place is signed, gives the root of the entries, and its tiles are all there.
void expect_sound(base::Storage& disk) {
  const auto read = read_checkpoint(disk).value();
  ASSERT_TRUE(read);
  const std::vector<seal::VerifierKey> keys{log_key()};
  EXPECT_EQ(seal::check_note(read->note, keys).value().size(), 1u);
  const auto all = commitments(disk);
  ASSERT_GE(all.size(), read->checkpoint.size);
  EXPECT_EQ(read->checkpoint.root, root_over(all, read->checkpoint.size));
  const auto audit = seal::audit_tiles(tile_reader(disk), read->checkpoint.head());
  EXPECT_TRUE(audit) << audit.error().message;
}

TEST(Log, WhatItWritesVerifies) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    Recorder recorder(disk);
    for (int turn = 0; turn < 8; ++turn) {
      recorder.add(1 + prng.below(300));
      if (!prng.chance(0.7)) continue;
      ASSERT_TRUE(recorder.checkpoint());
      expect_sound(disk);
    }
    ASSERT_TRUE(recorder.checkpoint());
    EXPECT_EQ(recorder.log.checkpoint_size(), recorder.writer.next_sequence());
    EXPECT_FALSE(recorder.log.trouble());
    const auto all = commitments(disk);
    const std::vector<seal::VerifierKey> keys{log_key()};
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t index = prng.below(all.size());
      const auto file = prove_entry(disk, index).value();
      EXPECT_TRUE(seal::check_proof_file(file, seal::leaf_hash(all[index]), keys)) << index;
      const std::uint64_t newer = prng.below(all.size() + 1);
      const std::uint64_t older = prng.below(newer + 1);
      const auto consistency = prove_consistency(disk, older, newer).value();
      EXPECT_EQ(consistency.newer.root, root_over(all, newer));
      EXPECT_TRUE(seal::consistency_holds(consistency.older, consistency.newer, consistency.proof));
    }
  }
}

TEST(Log, SignsOnlyEntriesThatAreSynced) {
  sim::SimStorage disk(1);
  Recorder recorder(disk);
  recorder.add(10);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(append_next(recorder.writer));
  ASSERT_TRUE(recorder.writer.flush());
  EXPECT_TRUE(recorder.writer.take_commitments().empty());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(append_next(recorder.writer));
  EXPECT_EQ(recorder.writer.drop_waiting(), 5u);
  ASSERT_TRUE(append_next(recorder.writer) && recorder.writer.flush() && recorder.writer.sync());
  EXPECT_EQ(recorder.writer.commitments_begin(), 10u);
  const auto fresh = recorder.writer.take_commitments();
  const auto all = commitments(disk);
  EXPECT_EQ(fresh, std::vector<seal::Digest>(all.begin() + 10, all.end()));
}

TEST(Log, NoCheckpointComesBeforeItIsDue) {
  sim::SimStorage disk(1);
  Recorder recorder(disk);
  recorder.add(3);
  const auto due = [&](int seconds) {
    auto work = recorder.log.take_due(base::timestamp_from_ns(0), std::chrono::seconds(seconds));
    if (work) finish(recorder, std::move(*work));
    return work.has_value();
  };
  EXPECT_TRUE(due(100));
  recorder.add(3);
  EXPECT_FALSE(due(109));
  EXPECT_TRUE(due(110));
  EXPECT_FALSE(due(130)) << "nothing came since";
}

// What a life leaves is taken up by the next, and no two checkpoints ever contradict each other.
TEST(Log, GoesOnAfterAnyCrash) {
  int crashes_in_log = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    sim::SimStorage disk(seed);
    std::vector<seal::TreeHead> signed_heads;  // of all that were ever handed out
    for (int life = 0; life < 4; ++life) {
      {
        auto writer = Writer::open(disk, kCommitting);
        ASSERT_TRUE(writer) << writer.error().message;
      }
      Recorder recorder(disk);
      ASSERT_FALSE(recorder.log.trouble()) << *recorder.log.trouble();
      ASSERT_EQ(recorder.log.size(), recorder.writer.next_sequence());
      disk.die_at_change(prng.below(120));
      while (!disk.dead()) {
        const std::uint64_t count = prng.below(200);
        bool good = true;
        for (std::uint64_t i = 0; i < count && good; ++i)
          good = append_next(recorder.writer).has_value();
        good = good && recorder.writer.flush() && recorder.writer.sync();
        if (!good) break;
        recorder.log.append(recorder.writer.take_commitments());
        if (!prng.chance(0.5)) continue;
        const bool was_alive = !disk.dead();
        (void)recorder.checkpoint();
        crashes_in_log += was_alive && disk.dead() ? 1 : 0;
        if (const auto text = recorder.log.checkpoint(); !text.empty()) {
          const auto note = seal::parse_note(text).value();
          signed_heads.push_back(seal::parse_checkpoint(note.text).value().head());
        }
      }
      if (prng.chance(0.5)) {
        disk.restart_after_power_loss();
      } else {
        disk.restart_after_kill();
      }
    }
    Recorder recorder(disk);
    ASSERT_FALSE(recorder.log.trouble()) << *recorder.log.trouble();
    recorder.add(1);
    ASSERT_TRUE(recorder.checkpoint());
    expect_sound(disk);
    const auto all = commitments(disk);
    for (const seal::TreeHead& head : signed_heads) {
      ASSERT_LE(head.size, all.size());
      EXPECT_EQ(head.root, root_over(all, head.size));
    }
  }
  EXPECT_GT(crashes_in_log, 50);
}

// A record of 700 entries with a checkpoint over all.
sim::SimStorage disk_with_log() {
  sim::SimStorage disk(1);
  Recorder recorder(disk);
  for (int turn = 0; turn < 7; ++turn) {
    recorder.add(100);
    EXPECT_TRUE(recorder.checkpoint());
  }
  return disk;
}

TEST(Log, NamesWhatIsWrongWithThePast) {
  const auto trouble_after = [](const std::function<void(sim::SimStorage&)>& change) {
    sim::SimStorage disk = disk_with_log();
    change(disk);
    const auto before = disk.read("checkpoint", 0, 10'000);
    Recorder recorder(disk);
    recorder.add(5);
    EXPECT_TRUE(recorder.checkpoint());  // nothing is due
    const auto after = disk.read("checkpoint", 0, 10'000);
    EXPECT_EQ(before.value_or(base::Bytes{}), after.value_or(base::Bytes{}));
    return recorder.log.trouble().value_or("");
  };
  EXPECT_EQ(trouble_after([](sim::SimStorage& disk) { EXPECT_TRUE(disk.remove("checkpoint")); }),
            "checkpoint is missing, though checkpoints holds signed ones");
  EXPECT_NE(trouble_after([](sim::SimStorage& disk) { disk.corrupt("checkpoint", 20, 1); }), "");
  EXPECT_EQ(trouble_after([](sim::SimStorage& disk) {
              const std::string path = segment_path(Stream::input, 0);
              const auto all = disk.list("input").value();
              for (const std::string& name : all) {
                if ("input/" + name != path) (void)disk.remove("input/" + name);
              }
              EXPECT_TRUE(disk.truncate(path, disk.size(path).value() / 2));
            }).substr(0, 55),
            "the checkpoint covers 700 entries, but the record ends ");
  // Another payload in the last entries, its checksums made right again.
  EXPECT_EQ(trouble_after([](sim::SimStorage& disk) {
              const std::string path = "input/" + disk.list("input").value().back();
              std::uint64_t at = 0;
              base::Bytes body;
              std::uint64_t sequence = 0;
              auto cursor = Cursor::open(disk, Stream::input, 690).value();
              while (const auto frame = cursor.next_frame().value()) {
                if (frame->body.size() < 100) continue;
                at = frame->offset;
                sequence = frame->sequence;
                body.assign(frame->body.begin(), frame->body.end());
                break;
              }
              body.back() ^= 1;
              base::Bytes frame;
              encode_frame(77, sequence, body, frame);
              base::Bytes file = disk.read(path, 0, 1u << 20).value();
              std::ranges::copy(frame, file.begin() + static_cast<std::ptrdiff_t>(at));
              EXPECT_TRUE(disk.replace(path, file));
            }).substr(0, 8),
            "entry 69");
}

TEST(Log, MissingTilesAreMadeAnewWhileAllEntriesAreThere) {
  sim::SimStorage disk = disk_with_log();
  ASSERT_TRUE(disk.remove("tile/1/000.p/2"));
  {
    Recorder recorder(disk);
    EXPECT_FALSE(recorder.log.trouble());
    ASSERT_EQ(recorder.log.remarks().size(), 1u);
    recorder.add(5);
    ASSERT_TRUE(recorder.checkpoint());
    expect_sound(disk);
  }
  ASSERT_TRUE(disk.remove("tile/1/000.p/2"));
  ASSERT_TRUE(disk.remove("input/00000000.seg"));
  const Recorder recorder(disk);
  EXPECT_TRUE(recorder.log.trouble());
}

TEST(Log, AFullDiskIsTroubleUntilThereIsRoom) {
  sim::SimStorage disk(1);
  Recorder recorder(disk);
  recorder.add(600);
  disk.set_capacity(disk.bytes_used() + 9'000);
  EXPECT_FALSE(recorder.checkpoint());
  EXPECT_TRUE(recorder.log.trouble());
  EXPECT_EQ(recorder.log.checkpoint_size(), 0u);
  disk.set_capacity(1u << 30);
  recorder.add(20);
  EXPECT_TRUE(recorder.checkpoint());
  EXPECT_FALSE(recorder.log.trouble());
  expect_sound(disk);
}

TEST(Log, CosignaturesStandBesideTheCheckpoint) {
  sim::SimStorage disk(1);
  sim::SimStorage witness_disk(2);
  Recorder recorder(disk);
  seal::Witness witness("other.test/witness", key_of(2), witness_disk, "witness");
  witness.set_logs({log_key()});
  const std::vector<seal::VerifierKey> known{witness.verifier_key()};
  std::uint64_t seen = 0;
  for (int turn = 0; turn < 3; ++turn) {
    recorder.add(300);
    ASSERT_TRUE(recorder.checkpoint());
    const std::uint64_t size = recorder.log.checkpoint_size();
    const auto answer = witness.add_checkpoint(make_witness_request(disk, seen).value(), 1'000);
    ASSERT_EQ(answer.status(), 200) << answer.body;
    if (turn == 1) {  // it comes late: there is a newer checkpoint already
      recorder.add(1);
      ASSERT_TRUE(recorder.checkpoint());
    }
    EXPECT_EQ(recorder.log.add_cosignatures(size, answer.body, known).value(), 1u);
    auto work = recorder.log.take_due(base::timestamp_from_ns(0), recorder.now);
    ASSERT_TRUE(work);
    finish(recorder, std::move(*work));
    seen = size;
    const auto kept = disk.read(checkpoint_history_path(size), 0, 10'000).value();
    const auto note = seal::parse_note(std::string(kept.begin(), kept.end())).value();
    EXPECT_EQ(seal::check_note(note, known).value().size(), 1u);
    const auto current = read_checkpoint(disk).value().value();
    EXPECT_EQ(seal::check_note(current.note, known).value().size(), turn == 1 ? 0u : 1u);
    EXPECT_EQ(recorder.log.cosigned(),
              (std::vector<Cosigned>{
                  {"other.test/witness", base::timestamp_from_ns(1'000'000'000'000), size}}));
  }
  EXPECT_FALSE(recorder.log.add_cosignatures(12'345, "", known));
}

}  // namespace
}  // namespace liptako::record
