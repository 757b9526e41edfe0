#include "sim/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "codec/capture/pcap_writer.hpp"
#include "seal/sha256.hpp"
#include "sim/configuration.hpp"
#include "sim/world.hpp"

namespace liptako::sim {
namespace {

using base::Bytes;
using base::ByteView;

constexpr std::size_t kAppendAtOnce = std::size_t{1} << 18;

// Where a capture's packets come from and go to: addresses that documentation may use [RFC 5737],
// a port for each source.
constexpr codec::capture::Endpoint kSensors{{192, 0, 2, 1}, 8600};
constexpr std::array<std::uint8_t, 4> kNode{198, 51, 100, 1};
constexpr std::uint16_t kFirstPort = 8600;

// One file under way.
struct Output {
  std::string path;
  Bytes pending;
  std::uint64_t size = 0;
  seal::Sha256 hash;
};

class Outputs {
 public:
  explicit Outputs(const Append& append) : append_(&append) {}

  // The index of a new file.
  std::size_t open(std::string path) {
    files_.push_back({std::move(path), {}, 0, {}});
    return files_.size() - 1;
  }
  // To put bytes at the end of.
  [[nodiscard]] Bytes& pending(std::size_t file) { return files_[file].pending; }
  void put(std::size_t file, std::string_view text) {
    Bytes& to = files_[file].pending;
    to.insert(to.end(), text.begin(), text.end());
  }
  // Hands over what is pending once it is worth it, or in any case.
  [[nodiscard]] base::Result<void> hand_over(std::size_t at_least) {
    for (Output& file : files_) {
      if (file.pending.size() < at_least) continue;
      file.size += file.pending.size();
      file.hash.update(file.pending);
      if (auto done = (*append_)(file.path, file.pending); !done) return done;
      file.pending.clear();
    }
    return {};
  }
  [[nodiscard]] std::vector<RecordedFile> finish() {
    std::vector<RecordedFile> out;
    for (Output& file : files_)
      out.push_back({file.path, file.size, seal::to_hex(file.hash.finish())});
    std::ranges::sort(out, {}, &RecordedFile::path);
    return out;
  }

 private:
  const Append* append_;
  std::vector<Output> files_;
};

std::string path_of(const SourceInfo& source) {
  return fmt::format("{}/{}.{}", source.node, source.name, source.beast ? "beast" : "pcap");
}

// Text within quotes; scenarios are named by people.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string manifest_of(const Scenario& scenario,
                        const RecordingOptions& options,
                        const std::vector<RecordedFile>& files) {
  std::string out = fmt::format(
      "{{\n  \"scenario\": {},\n  \"seed\": {},\n  \"start\": \"{}\",\n  \"seconds\": {},\n"
      "  \"files\": [\n",
      quoted(scenario.name),
      options.seed,
      base::to_rfc3339(options.start),
      options.length / std::chrono::seconds(1));
  for (std::size_t i = 0; i < files.size(); ++i) {
    out += fmt::format("    {{\"path\": {}, \"bytes\": {}, \"sha256\": \"{}\"}}{}\n",
                       quoted(files[i].path),
                       files[i].size,
                       files[i].sha256,
                       i + 1 < files.size() ? "," : "");
  }
  return out + "  ]\n}\n";
}

}  // namespace

base::Result<RecordingSummary> record(const Scenario& scenario,
                                      const RecordingOptions& options,
                                      const Append& append) {
  CHECK(options.length > base::Duration::zero() &&
        options.length % std::chrono::seconds(1) == base::Duration::zero());
  World world(scenario, options.seed, options.start);
  Outputs outputs(append);
  RecordingSummary summary;
  for (const SourceInfo& source : world.sources()) {
    const std::size_t file = outputs.open(path_of(source));
    CHECK(file == source.index);
    if (!source.beast) codec::capture::append_pcap_header(outputs.pending(file));
  }
  for (const std::string& member : world.scenario().members) {
    outputs.put(outputs.open(member + "/node.toml"), configuration_for(world, member, path_of));
  }
  const std::size_t truth = outputs.open("truth.jsonl");
  const std::size_t labels = outputs.open("labels.jsonl");

  while (world.now() < options.start + options.length) {
    world.advance(world.now() + std::chrono::seconds(1), [&](const Emission& e) {
      const SourceInfo& source = world.sources()[e.source];
      Bytes& file = outputs.pending(e.source);
      if (source.beast) {
        file.insert(file.end(), e.datagram.begin(), e.datagram.end());
      } else {
        const codec::capture::Endpoint to{
            kNode, static_cast<std::uint16_t>(kFirstPort + source.index_at_node)};
        codec::capture::append_pcap_datagram(e.emitted_at, kSensors, to, e.datagram, file);
      }
      ++summary.datagrams;
    });
    const std::vector<TruthState> states = world.truth(world.now());
    for (const TruthState& state : states) outputs.put(truth, to_json_line(state) + '\n');
    const bool last = world.now() >= options.start + options.length;
    for (const Label& label : world.take_labels(last))
      outputs.put(labels, to_json_line(label) + '\n');
    summary.most_aircraft = std::max(summary.most_aircraft, states.size());
    if (auto done = outputs.hand_over(kAppendAtOnce); !done) return std::unexpected(done.error());
  }
  // All of them: a source that received nothing is an empty file.
  if (auto done = outputs.hand_over(0); !done) return std::unexpected(done.error());
  summary.files = outputs.finish();
  summary.manifest = manifest_of(scenario, options, summary.files);
  const auto* text = reinterpret_cast<const std::uint8_t*>(summary.manifest.data());
  if (auto done = append("manifest.json", ByteView(text, summary.manifest.size())); !done)
    return std::unexpected(done.error());
  return summary;
}

}  // namespace liptako::sim
