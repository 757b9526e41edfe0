// Any bytes as a recording: pcap, pcapng or final format, read whole and in the smallest windows
// that are allowed. What must hold: both give the same datagrams, which together are no longer than
// the file, and a file cut short gives a beginning of them.
#include <algorithm>
#include <vector>

#include "base/check.hpp"
#include "codec/capture/recording_reader.hpp"

namespace {

using namespace liptako;
using namespace liptako::codec::capture;

std::vector<base::Bytes> read(Container container, ByteView file, std::size_t window) {
  RecordingReader reader(container);
  std::vector<base::Bytes> datagrams;
  for (std::size_t at = 0;;) {
    const std::size_t size = std::min(file.size() - at, window);
    const auto step = reader.step(file.subspan(at, size), at + size < file.size());
    CHECK(step.consumed <= size);
    if (step.datagram) {
      const ByteView bytes = step.datagram->bytes;
      CHECK(!bytes.empty());
      datagrams.emplace_back(bytes.begin(), bytes.end());
    }
    if (step.consumed == 0) {
      CHECK(reader.fault() || at == file.size());
      return datagrams;
    }
    at += step.consumed;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(data, size);
  const Container container = recognise(file.first(std::min(size, kHead)));
  if (container == Container::stream) return 0;
  const auto whole = read(container, file, size);
  CHECK(read(container, file, RecordingReader::kWindow) == whole);
  std::size_t octets = 0;
  for (const base::Bytes& datagram : whole) octets += datagram.size();
  CHECK(octets <= size);
  const auto half = read(container, file.first(size / 2), size);
  CHECK(half.size() <= whole.size() && std::equal(half.begin(), half.end(), whole.begin()));
  return 0;
}
