#include "codec/asterix/values.hpp"

#include "base/check.hpp"
#include "codec/asterix/chain.hpp"
#include "codec/asterix/walk.hpp"

namespace liptako::codec::asterix {
namespace {

struct Collector {
  RecordValues out;

  void begin_item(const Part& part, ByteView octets) { begin(part, octets, false); }
  void begin_sub(const Part& part, ByteView octets) { begin(part, octets, true); }
  void begin(const Part& part, ByteView octets, bool is_sub) {
    std::uint32_t count = 0;
    switch (part.shape) {
      case Shape::fixed:
      case Shape::unused:
        break;
      case Shape::extended:
        count = static_cast<std::uint32_t>(octets.size());
        break;
      case Shape::repetitive_fx:
        count = static_cast<std::uint32_t>(octets.size() / part.length);
        break;
      case Shape::repetitive:
        count = octets[0];
        break;
      case Shape::explicit_length:
        count = static_cast<std::uint32_t>(octets.size() - 1);
        break;
      case Shape::compound:
        while ((octets[count++] & 1) != 0) {
        }
        break;
    }
    out.groups.push_back({.part = &part,
                          .is_sub = is_sub,
                          .count = count,
                          .first_value = static_cast<std::uint32_t>(out.values.size()),
                          .first_octet = static_cast<std::uint32_t>(out.octets.size())});
  }
  void end_item() {}
  void end_sub() {}
  void begin_element() {}
  void end_element() {}
  void field(const Field&, std::uint64_t raw) { out.values.push_back(raw); }
  void extra(ByteView octets) { out.octets.insert(out.octets.end(), octets.begin(), octets.end()); }
  void opaque(ByteView octets) { extra(octets); }
};

// Sets the FX bits of a chain of octets: 1 in all but the last.
void set_fx(std::uint8_t* octets, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    octets[i] = static_cast<std::uint8_t>((octets[i] & 0xFE) | (i + 1 < count ? 1 : 0));
  }
}

void append_part(const RecordValues& record, const RecordValues::Group& group, base::Bytes& out) {
  const Part& part = *group.part;
  const auto fields = record.category->fields_of(part);
  const std::uint64_t* value = record.values.data() + group.first_value;
  const std::size_t start = out.size();
  switch (part.shape) {
    case Shape::fixed:
      out.resize(start + part.length);
      for (const Field& f : fields) put_bits(out.data() + start, f.offset, f.bits, *value++);
      break;
    case Shape::extended: {
      const std::size_t known = std::min<std::size_t>(group.count, part.length);
      out.resize(start + known);
      for (const Field& f : fields) {
        if (f.offset >= known * 8) break;
        put_bits(out.data() + start, f.offset, f.bits, *value++);
      }
      const std::uint8_t* extra = record.octets.data() + group.first_octet;
      out.insert(out.end(), extra, extra + (group.count - known));
      set_fx(out.data() + start, group.count);
      break;
    }
    case Shape::repetitive: {
      CHECK(group.count <= 255);
      out.push_back(static_cast<std::uint8_t>(group.count));
      for (std::uint32_t element = 0; element < group.count; ++element) {
        const std::size_t at = out.size();
        out.resize(at + part.length);
        for (const Field& f : fields) put_bits(out.data() + at, f.offset, f.bits, *value++);
      }
      break;
    }
    case Shape::repetitive_fx:
      for (std::uint32_t element = 0; element < group.count; ++element) {
        const std::size_t at = out.size();
        out.resize(at + part.length);
        for (const Field& f : fields) put_bits(out.data() + at, f.offset, f.bits, *value++);
        out.back() |= element + 1 < group.count ? 1 : 0;
      }
      break;
    case Shape::explicit_length: {
      CHECK(group.count <= 254);
      out.push_back(static_cast<std::uint8_t>(group.count + 1));
      const std::uint8_t* content = record.octets.data() + group.first_octet;
      out.insert(out.end(), content, content + group.count);
      break;
    }
    case Shape::compound:
    case Shape::unused:
      CHECK(false);
  }
}

}  // namespace

RecordValues values_of(const Record& record) {
  Collector collector;
  collector.out.category = &record.category();
  collector.out.fspec_length = record.fspec_length();
  walk(record, collector);
  return std::move(collector.out);
}

void append_values(const RecordValues& record, base::Bytes& out) {
  const Category& category = *record.category;
  const std::size_t start = out.size();
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < record.groups.size();) {
    const RecordValues::Group& group = record.groups[i++];
    present |= chain_bit(static_cast<std::size_t>(group.part - category.items.data()));
    if (group.part->shape != Shape::compound) {
      append_part(record, group, out);
      continue;
    }
    const std::size_t item_start = out.size();
    const Part* first_sub = category.subs_of(*group.part).data();
    std::uint64_t subs = 0;
    for (; i < record.groups.size() && record.groups[i].is_sub; ++i) {
      subs |= chain_bit(static_cast<std::size_t>(record.groups[i].part - first_sub));
      append_part(record, record.groups[i], out);
    }
    insert_chain(out, item_start, subs, group.count);
  }
  insert_chain(out, start, present, record.fspec_length);
}

}  // namespace liptako::codec::asterix
