// The tamper-evident log on a simulated disk: what it writes verifies, it goes on after any crash
// without ever contradicting a checkpoint it signed, and it signs nothing once its past is not what
// it was.
#include "record/log.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

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

// A writer and its log, as a node has them. The key's memory dies with the disk it is on.
struct Recorder {
  explicit Recorder(sim::SimStorage& storage) : Recorder(storage, storage) {}
  Recorder(sim::SimStorage& storage, sim::SimStorage& keys)
      : disk(&storage), writer(Writer::open(storage, kCommitting).value()), log(open_log(keys)) {}
  [[nodiscard]] Log open_log(sim::SimStorage& keys) {
    LogOptions remembering = options();
    remembering.memory = &keys;
    return Log::open(*disk, remembering, {writer.opened().first_sequence, writer.next_sequence()});
  }
  void add(std::uint64_t entries) {
    for (std::uint64_t i = 0; i < entries; ++i) EXPECT_TRUE(append_next(writer));
    EXPECT_TRUE(writer.flush() && writer.sync());
    log.append(writer.take_commitments());
  }
  // Entries that another history has in these places.
  void add_others(std::uint64_t entries) {
    for (std::uint64_t i = 0; i < entries; ++i) {
      const std::uint64_t other = writer.next_sequence() + 1'000'000;
      const base::Bytes payload = payload_of(other);
      EXPECT_TRUE(writer.append(entry_of(other, payload)));
    }
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

std::string text_in(base::Storage& disk, std::string_view path) {
  const auto bytes = disk.read(path, 0, 100'000).value_or(base::Bytes{});
  return {bytes.begin(), bytes.end()};
}

// A key that has signed 350 entries, over a record put back to the first 300 of them.
TEST(Log, ARestoredRecordIsNotGoneOnWith) {
  sim::SimStorage keys(9);
  sim::SimStorage disk(1);
  std::optional<sim::SimStorage> backup;
  {
    Recorder recorder(disk, keys);
    recorder.add(300);
    ASSERT_TRUE(recorder.checkpoint());
    backup = disk;
    recorder.add(50);
    ASSERT_TRUE(recorder.checkpoint());
  }
  const std::string remembered = text_in(keys, kLogMemoryPath);
  EXPECT_EQ(parse_log_memory(remembered).value().newest.size, 350u);
  EXPECT_EQ(parse_log_memory(remembered).value().key_id, log_key().id());
  // At once, once it has grown beyond what was signed, and ever after.
  for (int start = 0; start < 4; ++start) {
    SCOPED_TRACE(start);
    Recorder recorder(*backup, keys);
    ASSERT_TRUE(recorder.log.trouble());
    const bool is_shorter = recorder.writer.next_sequence() < 350;
    EXPECT_NE(recorder.log.trouble()->find(is_shorter ? "this record holds 3" : "holds others"),
              std::string::npos)
        << *recorder.log.trouble();
    const std::string before = text_in(*backup, kCheckpointPath);
    recorder.add_others(40);
    EXPECT_FALSE(recorder.log.take_all(base::timestamp_from_ns(0), kEvery));
    EXPECT_EQ(text_in(*backup, kCheckpointPath), before);
    EXPECT_EQ(text_in(keys, kLogMemoryPath), remembered);
  }
  // The record that was signed goes on.
  Recorder recorder(disk, keys);
  EXPECT_FALSE(recorder.log.trouble());
  recorder.add(7);
  EXPECT_TRUE(recorder.checkpoint());
  EXPECT_EQ(parse_log_memory(text_in(keys, kLogMemoryPath)).value().newest.size, 357u);
}

TEST(Log, ALostRecordIsNotBegunAnewUnderTheSameKey) {
  sim::SimStorage keys(9);
  {
    sim::SimStorage disk(1);
    Recorder recorder(disk, keys);
    recorder.add(20);
    ASSERT_TRUE(recorder.checkpoint());
  }
  sim::SimStorage disk(2);
  {
    Recorder recorder(disk, keys);
    ASSERT_TRUE(recorder.log.trouble());
    recorder.add_others(30);
    EXPECT_TRUE(recorder.checkpoint());  // nothing is due
  }
  Recorder recorder(disk, keys);
  EXPECT_TRUE(recorder.log.trouble());
  EXPECT_FALSE(disk.size(kCheckpointPath));
}

TEST(Log, AMemoryThatIsSpoiltIsTrouble) {
  sim::SimStorage disk = disk_with_log();
  const std::string good = text_in(disk, kLogMemoryPath);
  for (std::size_t at = 0; at < good.size(); ++at) {
    SCOPED_TRACE(at);
    sim::SimStorage spoilt = disk;
    spoilt.corrupt(std::string(kLogMemoryPath), at, 1);
    const Recorder recorder(spoilt);
    // Another origin is another log's memory, and what key signed it is for people to know.
    const bool is_judged = at > options().origin.size() && at < good.size() - 10;
    if (is_judged) {
      EXPECT_TRUE(recorder.log.trouble());
    }
  }
  EXPECT_TRUE(disk.truncate(kLogMemoryPath, 30));
  EXPECT_TRUE(Recorder(disk).log.trouble());
  // None at all, as older folders have it: the checkpoint is remembered from now on.
  EXPECT_TRUE(disk.remove(kLogMemoryPath));
  EXPECT_FALSE(Recorder(disk).log.trouble());
  EXPECT_EQ(text_in(disk, kLogMemoryPath), good);
}

// The process dies in any change between the first tile and the end of the history, the disk with
// the keys in none: what was remembered before the checkpoint was in place comes out of the
// entries.
TEST(Log, AKillBetweenMemoryAndCheckpointIsNoTrouble) {
  int ahead = 0;
  for (std::uint64_t change = 0; change < 40; ++change) {
    SCOPED_TRACE(change);
    sim::SimStorage keys(9);
    sim::SimStorage disk(change);
    {
      Recorder recorder(disk, keys);
      recorder.add(270);
      if (change % 2 == 1) {
        ASSERT_TRUE(recorder.checkpoint());
      }
      recorder.add(300);
      disk.die_at_change(change / 2);
      (void)recorder.checkpoint();
    }
    if (change % 4 < 2) {
      disk.restart_after_power_loss();
    } else {
      disk.restart_after_kill();
    }
    const auto memory = read_log_memory(keys, kLogMemoryPath).value();
    Recorder recorder(disk, keys);
    ASSERT_FALSE(recorder.log.trouble()) << *recorder.log.trouble();
    if (memory && memory->newest.size > recorder.log.checkpoint_size()) ++ahead;
    recorder.add(1);
    ASSERT_TRUE(recorder.checkpoint());
    expect_sound(disk);
  }
  EXPECT_GT(ahead, 1);
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

// All files of a record with its log, by path.
std::map<std::string, base::Bytes> files_of(sim::SimStorage& disk) {
  std::map<std::string, base::Bytes> files;
  for (const std::string folder : {"input",
                                   "checkpoints",
                                   "tile/0",
                                   "tile/0/066.p",
                                   "tile/1/000.p",
                                   "tile/entries",
                                   "tile/entries/066.p"}) {
    const auto names = disk.list(folder).value();
    for (const std::string& name : names) {
      const std::string path = folder + "/" + name;
      files[path] = disk.read(path, 0, 1u << 24).value();
    }
  }
  files["checkpoint"] = disk.read("checkpoint", 0, 1u << 16).value();
  return files;
}

TEST(Log, WhatTheEntriesContradictStaysAsItWasFound) {
  sim::SimStorage disk(1);
  {
    Recorder recorder(disk);
    recorder.add(66 * 256 + 5);  // more tiles than are kept waiting for a checkpoint
    ASSERT_TRUE(recorder.checkpoint());
  }
  ASSERT_TRUE(disk.remove("tile/0/066.p/5"));
  ASSERT_TRUE(disk.remove("tile/0/002"));
  {  // sound entries: what is missing is made anew
    sim::SimStorage copy = disk;
    const Recorder recorder(copy);
    EXPECT_FALSE(recorder.log.trouble());
    EXPECT_EQ(recorder.log.checkpoint_size(), 66 * 256 + 5u);
    expect_sound(copy);
  }
  {  // a tile that is wrong stays, and is named
    sim::SimStorage copy = disk;
    copy.corrupt("tile/0/001", 700, 1);
    auto before = files_of(copy);
    const Recorder recorder(copy);
    EXPECT_FALSE(recorder.log.trouble());
    ASSERT_EQ(recorder.log.remarks().size(), 2u);
    EXPECT_EQ(recorder.log.remarks()[1],
              "tile/0/001 is not what the entries give; it stays as it is");
    auto after = files_of(copy);
    EXPECT_EQ(after.erase("tile/0/066.p/5") + after.erase("tile/0/002"), 2u);
    EXPECT_EQ(before, after);
  }
  auto cursor = Cursor::open(disk, Stream::input, 300).value();
  const auto frame = cursor.next_frame().value();
  disk.corrupt(segment_path(Stream::input, frame->segment), frame->offset + kFrameHeaderSize, 1);
  const auto before = files_of(disk);
  Recorder recorder(disk);
  EXPECT_TRUE(recorder.log.trouble());
  EXPECT_TRUE(recorder.log.remarks().empty());
  EXPECT_TRUE(recorder.checkpoint());  // nothing is due
  EXPECT_EQ(before, files_of(disk)) << "the evidence was changed";
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
