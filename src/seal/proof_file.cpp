#include "seal/proof_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "seal/base64.hpp"

namespace liptako::seal {

namespace {
constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
}  // namespace

std::string to_string(const ProofFile& file) {
  CHECK(file.index <= kMaxTreeSize && file.proof.size() <= kMaxProofHashes);
  std::string text = fmt::format("{}\n", kFirstLine);
  if (!file.extra.empty()) text += fmt::format("{}{}\n", kExtra, to_base64(file.extra));
  text += fmt::format("{}{}\n", kIndex, file.index);
  for (const Digest& hash : file.proof) text += to_base64(hash) + '\n';
  text += '\n';
  text += file.checkpoint;
  return text;
}

base::Result<ProofFile> parse_proof_file(std::string_view text) {
  if (text.size() > 2 * kMaxNoteSize) return base::bad_input("proof file: too long");
  if (take_line(text) != kFirstLine) {
    return base::bad_input(fmt::format("proof file: the first line is not '{}'", kFirstLine));
  }
  ProofFile file;
  auto line = take_line(text);
  if (line && line->starts_with(kExtra)) {
    auto extra = bytes_from_base64(line->substr(kExtra.size()));
    if (!extra || extra->empty()) {
      return base::bad_input("proof file: the extra data are not base64");
    }
    file.extra = std::move(*extra);
    line = take_line(text);
  }
  if (!line || !line->starts_with(kIndex)) return base::bad_input("proof file: no index line");
  const auto index = parse_tree_size(line->substr(kIndex.size()));
  if (!index) return base::bad_input("proof file: the index is not a number");
  file.index = *index;
  while (true) {
    line = take_line(text);
    if (!line) return base::bad_input("proof file: no empty line before the checkpoint");
    if (line->empty()) break;
    if (file.proof.size() == kMaxProofHashes) {
      return base::bad_input("proof file: more hashes than a proof has");
    }
    const auto hash = parse_base64_hash(*line);
    if (!hash) {
      return base::bad_input(fmt::format("proof file: line {} of the proof is not a hash in base64",
                                         file.proof.size() + 1));
    }
    file.proof.push_back(*hash);
  }
  if (auto note = parse_note(text); !note) return std::unexpected(std::move(note.error()));
  file.checkpoint = text;
  return file;
}

base::Result<ProvedEntry> check_proof_file(const ProofFile& file,
                                           const Digest& leaf,
                                           std::span<const VerifierKey> known) {
  const auto note = parse_note(file.checkpoint);
  if (!note) return std::unexpected(note.error());
  auto signatures = check_note(*note, known);
  if (!signatures) return std::unexpected(std::move(signatures.error()));
  auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) return std::unexpected(std::move(checkpoint.error()));
  const bool by_its_log = std::ranges::any_of(*signatures, [&](const KnownSignature& signature) {
    const VerifierKey& key = known[signature.key];
    return key.type == KeyType::ed25519 && key.name == checkpoint->origin;
  });
  if (!by_its_log) {
    return base::bad_input(
        fmt::format("checkpoint: not signed by a known key of '{}'", checkpoint->origin));
  }
  if (!inclusion_holds(leaf, file.index, checkpoint->head(), file.proof)) {
    return base::bad_input(
        fmt::format("the proof does not show that this is entry {} of '{}' of {} entries",
                    file.index,
                    checkpoint->origin,
                    checkpoint->size));
  }
  return ProvedEntry{std::move(*checkpoint), std::move(*signatures)};
}

}  // namespace liptako::seal
