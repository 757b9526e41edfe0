// Every field of a record in the order of its octets, for whoever needs them all: the JSON writer,
// the value list.
//
//   struct Sink {
//     void begin_item(const Part& item, ByteView octets);
//     void end_item();
//     void begin_sub(const Part& sub, ByteView octets);  // of a compound item
//     void end_sub();
//     void begin_element();                              // of a repeated one
//     void end_element();
//     void field(const Field& field, std::uint64_t raw);  // spares too
//     void extra(ByteView octets);   // of an extended item, beyond the extents the table knows
//     void opaque(ByteView octets);  // of an item of explicit length, without its length octet
//   };
#pragma once

#include <algorithm>

#include "codec/asterix/bits.hpp"
#include "codec/asterix/record.hpp"

namespace liptako::codec::asterix {

// The fields of a part that is not compound. `octets` must be the part's, as read_record() found
// them.
template <class Sink>
void walk_part(const Category& category, const Part& part, ByteView octets, Sink&& sink) {
  const auto fields = category.fields_of(part);
  switch (part.shape) {
    case Shape::fixed:
      for (const Field& f : fields) sink.field(f, get_bits(octets.data(), f.offset, f.bits));
      break;
    case Shape::extended: {
      const std::size_t known = std::min<std::size_t>(octets.size(), part.length);
      for (const Field& f : fields) {
        if (f.offset >= known * 8) break;
        sink.field(f, get_bits(octets.data(), f.offset, f.bits));
      }
      if (octets.size() > known) sink.extra(octets.subspan(known));
      break;
    }
    case Shape::repetitive:
      for (std::size_t at = 1; at < octets.size(); at += part.length) {
        sink.begin_element();
        for (const Field& f : fields) {
          sink.field(f, get_bits(octets.data() + at, f.offset, f.bits));
        }
        sink.end_element();
      }
      break;
    case Shape::repetitive_fx:
      for (std::size_t at = 0; at < octets.size(); at += part.length) {
        sink.begin_element();
        for (const Field& f : fields) {
          sink.field(f, get_bits(octets.data() + at, f.offset, f.bits));
        }
        sink.end_element();
      }
      break;
    case Shape::explicit_length:
      sink.opaque(octets.subspan(1));
      break;
    case Shape::compound:
    case Shape::unused:
      break;
  }
}

template <class Sink>
void walk(const Record& record, Sink&& sink) {
  const Category& category = record.category();
  for (std::size_t i = 0; i < category.items.size(); ++i) {
    if (!record.has(i)) continue;
    const Part& item = category.items[i];
    const ByteView octets = record.item(i);
    sink.begin_item(item, octets);
    if (item.shape == Shape::compound) {
      const SubItems subs = split_compound(category, item, octets);
      const auto parts = category.subs_of(item);
      for (std::size_t j = 0; j < parts.size(); ++j) {
        if (subs[j].empty()) continue;
        sink.begin_sub(parts[j], subs[j]);
        walk_part(category, parts[j], subs[j], sink);
        sink.end_sub();
      }
    } else {
      walk_part(category, item, octets, sink);
    }
    sink.end_item();
  }
}

}  // namespace liptako::codec::asterix
