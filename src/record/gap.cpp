#include "record/gap.hpp"

#include <algorithm>

namespace liptako::record {

std::string_view name_of(GapCause cause) {
  switch (cause) {
    case GapCause::stop:
      return "stop";
    case GapCause::kill:
      return "kill";
    case GapCause::power:
      return "power";
    case GapCause::disk:
      return "disk";
    case GapCause::overflow:
      return "overflow";
    case GapCause::takeover:
      return "takeover";
  }
  return "";
}

void encode_gap(const Gap& gap, base::Bytes& out) {
  base::ByteWriter writer(out);
  writer.put(gap.cause);
  writer.put(base::to_ns(gap.from));
  writer.put(base::to_ns(gap.to));
  writer.put(gap.lost);
  const std::string_view words = std::string_view(gap.words).substr(0, kMaxGapWords);
  writer.put_raw({reinterpret_cast<const std::uint8_t*>(words.data()), words.size()});
}

std::optional<Gap> decode_gap(base::ByteView payload) {
  base::ByteReader in(payload);
  Gap gap;
  const auto cause = in.get<std::uint8_t>();
  gap.from = base::timestamp_from_ns(in.get<std::int64_t>());
  gap.to = base::timestamp_from_ns(in.get<std::int64_t>());
  gap.lost = in.get<std::uint64_t>();
  if (!in.ok() || in.remaining() > kMaxGapWords) return std::nullopt;
  if (cause < static_cast<std::uint8_t>(GapCause::stop) ||
      cause > static_cast<std::uint8_t>(kLastGapCause)) {
    return std::nullopt;
  }
  gap.cause = static_cast<GapCause>(cause);
  const base::ByteView words = in.get_raw(in.remaining());
  gap.words.assign(words.begin(), words.end());
  return gap;
}

}  // namespace liptako::record
