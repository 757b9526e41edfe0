// What a source's bytes are, and how to tell from the bytes alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace liptako::feeds {

enum class SourceFormat : std::uint8_t { asterix, beast, avr };
[[nodiscard]] std::string_view name_of(SourceFormat format);

// Of the beginning of a stream or file; nothing if it could be neither Beast nor AVR nor ASTERIX. A
// few kilobytes are enough.
[[nodiscard]] std::optional<SourceFormat> recognise(base::ByteView beginning);

// How many bytes of `rest` hold nothing but whole frames and what is no frame: where a Beast or AVR
// stream can be cut without loss. 0: more are needed.
[[nodiscard]] std::size_t whole_frames(SourceFormat format, base::ByteView rest);

}  // namespace liptako::feeds
