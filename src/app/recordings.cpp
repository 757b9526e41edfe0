#include "app/recordings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "app/words.hpp"
#include "feeds/chunk_reader.hpp"

namespace liptako::app {
namespace {

namespace capture = codec::capture;

static_assert(io::kFileWindow >= feeds::ChunkReader::kWindow);

std::string_view reason_text(capture::Skip skip) {
  using enum capture::Skip;
  switch (skip) {
    case link_type_not_read:
      return say("liaison non lue (Wi-Fi, Bluetooth…)", "link not read (Wi-Fi, Bluetooth…)");
    case frame_cut_short:
      return say("paquet tronqué à la capture", "packet cut short by the capture");
    case not_ip:
      return say("autre chose qu'IP", "not IP");
    case ip_malformed:
      return say("en-tête IP incohérent", "IP header contradicts itself");
    case tcp_not_followed:
      return say("TCP n'est pas suivi", "TCP is not followed");
    case not_udp:
      return say("ni UDP ni TCP", "neither UDP nor TCP");
    case udp_malformed:
      return say("en-tête UDP incohérent", "UDP header contradicts itself");
    case udp_empty:
      return say("datagramme vide", "empty datagram");
    case fragment_incomplete:
      return say("datagramme fragmenté incomplet", "fragmented datagram incomplete");
    case packet_too_large:
      return say("paquet trop grand", "packet too large");
    case packet_malformed:
      return say("bloc de paquet incohérent", "packet block contradicts itself");
  }
  return "";
}

}  // namespace

io::FileReader recording_reader() {
  // The reader is chosen by the first bytes, which come with the first call.
  return [reader = std::shared_ptr<feeds::ChunkReader>()](base::ByteView rest, bool more) mutable {
    if (!reader) {
      reader = std::make_shared<feeds::ChunkReader>(
          rest.first(std::min(rest.size(), feeds::ChunkReader::kHead)));
    }
    io::FileStep out;
    const auto step = reader->step(rest, more);
    out.consumed = step.consumed;
    if (step.chunk) {
      out.payload = step.chunk->bytes;
      out.time = step.chunk->time;
    }
    if (step.consumed > 0) return out;
    if (const auto fault = reader->fault()) {
      out.rejected = fmt::format("{} at byte {}", to_string(fault->fault), fault->offset);
    } else if (reader->gaps() > 0) {
      out.rejected = fmt::format("{} gaps, the last {}", reader->gaps(), reader->last_gap());
    }
    out.passed_over = reader->skips().to_string();
    return out;
  };
}

std::string skips_text(const capture::SkipCounts& skips) {
  std::string reasons;
  for (std::size_t i = 0; i < capture::kSkips; ++i) {
    const auto skip = static_cast<capture::Skip>(i);
    if (skips.of(skip) == 0) continue;
    reasons +=
        fmt::format("{}{} {}", reasons.empty() ? "" : ", ", reason_text(skip), skips.of(skip));
  }
  if (reasons.empty()) return reasons;
  return fmt::format(fmt::runtime(say("{} paquets écartés ({})", "{} packets passed over ({})")),
                     skips.total(),
                     reasons);
}

std::string fault_text(const capture::ReadFault& fault) {
  const auto what = [&] {
    switch (fault.fault) {
      case capture::Fault::truncated:
        return say("s'interrompt au milieu d'un paquet", "breaks off in the middle of a packet");
      case capture::Fault::version_not_known:
        return say("version de format inconnue", "unknown version of the format");
      case capture::Fault::byte_order_unknown:
        return say("ordre des octets inconnu", "unknown byte order");
      case capture::Fault::length_invalid:
        return say("longueur impossible", "impossible length");
      case capture::Fault::frame_end_missing:
        return say("fin de trame absente", "end of the frame missing");
    }
    return std::string_view();
  }();
  return fmt::format(fmt::runtime(say("{}, octet {} du contenu", "{}, byte {} of the content")),
                     what,
                     fault.offset);
}

void tell_of_capture(const std::string& path,
                     const capture::SkipCounts& skips,
                     const std::optional<capture::ReadFault>& fault,
                     std::ostream& err) {
  if (const std::string text = skips_text(skips); !text.empty())
    err << path << ": " << text << '\n';
  if (fault) err << path << ": " << fault_text(*fault) << '\n';
}

}  // namespace liptako::app
