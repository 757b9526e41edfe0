// A witness of other nodes' logs [C2SP tlog-witness v1.0.0]: it signs that a checkpoint extends
// what it saw before of the log, and never signs two that do not go together. Transport-neutral: a
// request and its answer are texts, carried by HTTP, by our own link or on a stick. One process
// asks one Witness, one request at a time; comparing with the last checkpoint and keeping the new
// one are thereby one act.
//
// A request:   old <size of the last checkpoint the witness signed>
//              <consistency proof, a hash in base64 per line>
//              <blank line>
//              <the new checkpoint, a signed note>
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "seal/checkpoint.hpp"
#include "seal/note.hpp"

namespace liptako::seal {

inline constexpr std::size_t kMaxWitnessRequest = 64 * 1024;

struct WitnessRequest {
  std::uint64_t old_size = 0;
  Proof proof;
  std::string checkpoint;  // the signed note as it came
  friend bool operator==(const WitnessRequest&, const WitnessRequest&) = default;
};
[[nodiscard]] std::string to_string(const WitnessRequest& request);
// Total.
[[nodiscard]] base::Result<WitnessRequest> parse_witness_request(std::string_view body);

// How a request ended, with the status that HTTP gives it.
enum class WitnessVerdict : std::uint16_t {
  cosigned = 200,
  malformed = 400,
  not_signed = 403,    // no good signature by a key of the log
  unknown_log = 404,   // the origin is none of ours
  other_size = 409,    // the witness is elsewhere; the body tells its size
  inconsistent = 422,  // the proof does not hold
  failed = 500,        // the witness could not read or keep its state: nothing was signed
};

// What a checkpoint that was refused says about the log that signed it.
enum class ForkSign : std::uint8_t {
  none,
  // The signature is good, the proof is not. Anyone can send a good checkpoint with a bad proof, so
  // this asks for an explanation, convicts nobody, and leaves nothing worth keeping.
  suspected,
  // Two signed checkpoints of one size have different roots, or the proof hashes up to the new
  // root by way of another old one: the log lied to somebody, which the evidence proves to anyone
  // who has its key.
  proved,
};

struct WitnessAnswer {
  WitnessVerdict verdict = WitnessVerdict::malformed;
  std::string body;    // signature lines, a size, or why not; as HTTP sends it
  std::string origin;  // the log it is about, once its signature was good

  ForkSign fork = ForkSign::none;
  // Evidence to keep and to show, if a fork is proved.
  std::string held;   // the checkpoint last cosigned, a signed note
  std::string shown;  // the request

  [[nodiscard]] int status() const { return static_cast<int>(verdict); }
  [[nodiscard]] std::string_view content_type() const {
    return verdict == WitnessVerdict::other_size ? "text/x.tlog.size" : "text/plain; charset=utf-8";
  }
};

class Witness {
 public:
  // Keeps the newest checkpoint of each log as the file `folder`/<SHA-256 of the origin in hex>: a
  // line "sha256 <of the rest>", then the note.
  // `storage` outlives the witness.
  Witness(std::string key_name, const SigningKey& key, base::Storage& storage, std::string folder);

  // The keys of the logs to witness; a log's name is its key's, and may have several. Replaces
  // those before. What was seen of a log that goes stays kept.
  void set_logs(std::vector<VerifierKey> logs);
  [[nodiscard]] const std::vector<VerifierKey>& logs() const { return logs_; }
  // To be told to those who trust this witness.
  [[nodiscard]] VerifierKey verifier_key() const;

  // The add-checkpoint call. The new checkpoint is durable before its cosignature is in the answer.
  [[nodiscard]] WitnessAnswer add_checkpoint(std::string_view request, std::uint64_t unix_time_s);

  // The newest checkpoint cosigned of a log, a note with the log's signatures and ours, or nothing
  // if there never was one.
  [[nodiscard]] base::Result<std::optional<std::string>> latest(std::string_view origin) const;

 private:
  [[nodiscard]] std::string state_path(std::string_view origin) const;
  std::string key_name_;
  SigningKey key_;
  base::Storage* storage_;
  std::string folder_;
  std::vector<VerifierKey> logs_;
};

// The log's side.

// The request that takes a witness which last signed `old_size` leaves to the signed checkpoint.
// Refuses a witness that is ahead.
[[nodiscard]] base::Result<std::string> witness_request(const HashReader& hashes,
                                                        std::uint64_t old_size,
                                                        std::string_view checkpoint);
// Takes the cosignatures of known witnesses out of a 200 answer into the checkpoint's note and
// says how many there were; lines of others are dropped. An error, and the note as it was, if the
// body is not signature lines or a known witness' signature is bad.
[[nodiscard]] base::Result<std::size_t> take_cosignatures(Note& checkpoint,
                                                          std::string_view body,
                                                          std::span<const VerifierKey> witnesses);
// The witness' size out of a 409 answer.
[[nodiscard]] std::optional<std::uint64_t> size_of_conflict(std::string_view body);

}  // namespace liptako::seal
