#include "seal/witness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "seal/base64.hpp"

namespace liptako::seal {

namespace {

constexpr std::string_view kOld = "old ";
// Bounds of a cosignature's time [C2SP tlog-cosignature, Format]; zero says that there is none.
constexpr std::uint64_t kMaxUnixTime = (std::uint64_t{1} << 63) - 1;

base::ByteView view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Before the note in its file. A damaged file must not pass for another tree, whatever keys have
// come and gone since.
std::string checksum_line(std::string_view note) {
  return fmt::format("sha256 {}\n", to_hex(sha256(view_of(note))));
}

WitnessAnswer refusal(WitnessVerdict verdict, std::string why) {
  WitnessAnswer answer;
  answer.verdict = verdict;
  answer.body = std::move(why) + '\n';
  return answer;
}

}  // namespace

std::string to_string(const WitnessRequest& request) {
  CHECK(request.old_size <= kMaxTreeSize && request.proof.size() <= kMaxProofHashes);
  std::string text = fmt::format("{}{}\n", kOld, request.old_size);
  for (const Digest& hash : request.proof) text += to_base64(hash) + '\n';
  text += '\n';
  text += request.checkpoint;
  return text;
}

base::Result<WitnessRequest> parse_witness_request(std::string_view body) {
  if (body.size() > kMaxWitnessRequest) return base::bad_input("request: too long");
  const auto old_line = take_line(body);
  if (!old_line || !old_line->starts_with(kOld)) {
    return base::bad_input("request: the first line is not 'old <size>'");
  }
  const auto old_size = parse_tree_size(old_line->substr(kOld.size()));
  if (!old_size) return base::bad_input("request: the old size is not a number");
  WitnessRequest request;
  request.old_size = *old_size;
  while (true) {
    const auto line = take_line(body);
    if (!line) return base::bad_input("request: no empty line before the checkpoint");
    if (line->empty()) break;
    if (request.proof.size() == kMaxProofHashes) {
      return base::bad_input("request: more hashes than a proof has");
    }
    const auto hash = parse_base64_hash(*line);
    if (!hash) {
      return base::bad_input(fmt::format("request: line {} of the proof is not a hash in base64",
                                         request.proof.size() + 1));
    }
    request.proof.push_back(*hash);
  }
  if (auto note = parse_note(body); !note) return std::unexpected(std::move(note.error()));
  request.checkpoint = body;
  return request;
}

Witness::Witness(std::string key_name,
                 const SigningKey& key,
                 base::Storage& storage,
                 std::string folder)
    : key_name_(std::move(key_name)), key_(key), storage_(&storage), folder_(std::move(folder)) {}

void Witness::set_logs(std::vector<VerifierKey> logs) {
  logs_ = std::move(logs);
  std::ranges::sort(logs_);
  logs_.erase(std::unique(logs_.begin(), logs_.end()), logs_.end());
}

VerifierKey Witness::verifier_key() const {
  return {key_name_, KeyType::cosignature, key_.public_key()};
}

std::string Witness::state_path(std::string_view origin) const {
  return fmt::format("{}/{}", folder_, to_hex(sha256(view_of(origin))));
}

base::Result<std::optional<std::string>> Witness::latest(std::string_view origin) const {
  // A file that cannot be read is not a log never seen: forgetting it would sign a fork.
  const std::string path = state_path(origin);
  const auto names = storage_->list(folder_);
  if (!names) return std::unexpected(names.error());
  if (!std::ranges::binary_search(*names, path.substr(folder_.size() + 1))) return std::nullopt;
  const auto content = storage_->read(path, 0, 2 * kMaxWitnessRequest);
  if (!content) return std::unexpected(content.error());
  std::string_view text(reinterpret_cast<const char*>(content->data()), content->size());
  const std::string_view whole = text;
  if (!take_line(text) || whole != checksum_line(text) + std::string(text)) {
    return base::world_failed(path + ": what the witness last signed is damaged");
  }
  return std::string(text);
}

WitnessAnswer Witness::add_checkpoint(std::string_view request_body, std::uint64_t unix_time_s) {
  const auto request = parse_witness_request(request_body);
  if (!request) return refusal(WitnessVerdict::malformed, request.error().message);
  auto note = parse_note(request->checkpoint);
  if (!note) return refusal(WitnessVerdict::malformed, note.error().message);
  const auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) return refusal(WitnessVerdict::malformed, checkpoint.error().message);

  std::vector<VerifierKey> keys;
  std::ranges::copy_if(logs_, std::back_inserter(keys), [&](const VerifierKey& key) {
    return key.name == checkpoint->origin && key.type == KeyType::ed25519;
  });
  if (keys.empty()) return refusal(WitnessVerdict::unknown_log, "unknown log");
  const auto signatures = check_note(*note, keys);
  if (!signatures) return refusal(WitnessVerdict::not_signed, signatures.error().message);
  if (signatures->empty()) {
    return refusal(WitnessVerdict::not_signed, "no signature by a known key of the log");
  }

  // From here on the log itself speaks, whoever carries it.
  auto answer = [&](WitnessVerdict verdict, std::string why) {
    WitnessAnswer made = refusal(verdict, std::move(why));
    made.origin = checkpoint->origin;
    return made;
  };
  if (request->old_size > checkpoint->size) {
    return answer(WitnessVerdict::malformed, "the old size is larger than the checkpoint's");
  }
  if (checkpoint->size == 0 && checkpoint->root != empty_root()) {
    return answer(WitnessVerdict::inconsistent, "an empty tree with a root of its own");
  }
  const auto kept = latest(checkpoint->origin);
  if (!kept) return answer(WitnessVerdict::failed, kept.error().message);
  Checkpoint held{checkpoint->origin, 0, empty_root()};
  if (*kept) {
    const auto held_note = parse_note(**kept);
    const auto held_checkpoint = held_note
                                     ? parse_checkpoint(held_note->text)
                                     : base::Result<Checkpoint>(std::unexpected(held_note.error()));
    if (!held_checkpoint || held_checkpoint->origin != checkpoint->origin) {
      return answer(WitnessVerdict::failed, "what the witness last signed is damaged");
    }
    held = *held_checkpoint;
  }

  // First of all: whoever does not know where the witness is has nothing looked at, and asks again.
  if (request->old_size != held.size)
    return answer(WitnessVerdict::other_size, fmt::format("{}", held.size));

  ForkSign fork = ForkSign::none;
  if (*kept && held.size == checkpoint->size) {
    if (held.root != checkpoint->root) fork = ForkSign::proved;
  } else if (const auto root = root_at(held.size, checkpoint->head(), request->proof)) {
    if (*root != held.root) fork = ForkSign::proved;
  }
  if (!consistency_holds(held.head(), checkpoint->head(), request->proof)) {
    // Superfluous hashes where none are needed say nothing about the log.
    if (fork == ForkSign::none && held.size > 0 && held.size < checkpoint->size) {
      fork = ForkSign::suspected;
    }
    WitnessAnswer made =
        answer(WitnessVerdict::inconsistent, "the checkpoint is not shown to extend the last one");
    made.fork = fork;
    if (fork == ForkSign::proved) {
      made.held = kept->value_or("");
      made.shown = request_body;
    }
    return made;
  }

  const NoteSignature cosignature =
      cosign(note->text, key_name_, key_, std::clamp<std::uint64_t>(unix_time_s, 1, kMaxUnixTime));
  // Kept with the log's signatures that were checked, and nobody else's.
  Note to_keep{note->text, {}};
  for (const NoteSignature& line : note->signatures) {
    if (std::ranges::any_of(keys, [&](const VerifierKey& key) {
          return key.name == line.key_name && key.id() == line.key_id;
        })) {
      to_keep.signatures.push_back(line);
    }
  }
  to_keep.signatures.push_back(cosignature);
  const std::string kept_note = to_string(to_keep);
  const std::string content = checksum_line(kept_note) + kept_note;
  if (!storage_->replace(state_path(checkpoint->origin), view_of(content))) {
    return answer(WitnessVerdict::failed, "the witness cannot keep the checkpoint");
  }
  WitnessAnswer made = answer(WitnessVerdict::cosigned, "");
  made.body = to_string(cosignature);
  return made;
}

base::Result<std::string> witness_request(const HashReader& hashes,
                                          std::uint64_t old_size,
                                          std::string_view checkpoint) {
  const auto note = parse_note(checkpoint);
  if (!note) return std::unexpected(note.error());
  const auto parsed = parse_checkpoint(note->text);
  if (!parsed) return std::unexpected(parsed.error());
  auto proof = consistency_proof(hashes, old_size, parsed->size);
  if (!proof) return std::unexpected(std::move(proof.error()));
  return to_string(WitnessRequest{old_size, std::move(*proof), std::string(checkpoint)});
}

base::Result<std::size_t> take_cosignatures(Note& checkpoint,
                                            std::string_view body,
                                            std::span<const VerifierKey> witnesses) {
  Note answered{checkpoint.text, {}};
  while (!body.empty()) {
    const auto line = take_line(body);
    if (!line) return base::bad_input("cosignatures: the last line is cut off");
    if (answered.signatures.size() == kMaxNoteSignatures) {
      return base::bad_input("cosignatures: too many lines");
    }
    auto signature = parse_signature_line(*line);
    if (!signature) return std::unexpected(std::move(signature.error()));
    answered.signatures.push_back(std::move(*signature));
  }
  if (answered.signatures.empty()) return base::bad_input("cosignatures: none");
  const auto known = check_note(answered, witnesses);
  if (!known) return std::unexpected(known.error());
  std::erase_if(answered.signatures, [&](const NoteSignature& line) {
    return std::ranges::none_of(witnesses, [&](const VerifierKey& key) {
      return key.type == KeyType::cosignature && key.name == line.key_name &&
             key.id() == line.key_id;
    });
  });
  // A witness asked twice has signed twice; its newer line stands for both.
  std::erase_if(checkpoint.signatures, [&](const NoteSignature& old) {
    return std::ranges::any_of(answered.signatures, [&](const NoteSignature& line) {
      return line.key_name == old.key_name && line.key_id == old.key_id;
    });
  });
  add_signatures(checkpoint, answered.signatures);
  return answered.signatures.size();
}

std::optional<std::uint64_t> size_of_conflict(std::string_view body) {
  const auto line = take_line(body);
  if (!line || !body.empty()) return std::nullopt;
  return parse_tree_size(*line);
}

}  // namespace liptako::seal
