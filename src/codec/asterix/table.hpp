// The language in which spec/asterix/ states the facts of an ASTERIX category, and the form those
// facts take for the decoder, the encoder and the JSON writer. A category is one flat list of rows:
// items in UAP order, each followed by its fields from the most significant bit on. compile() turns
// it into tables during compilation and refuses a list whose bits do not add up, so a mistake in
// the facts is a build error.
//
// Item structures and their names: [EUROCONTROL-SPEC-0149, Part 1, ch. 5].
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace liptako::codec::asterix {

enum class Shape : std::uint8_t {
  fixed,            // always the same number of octets
  extended,         // octets that each end in an FX bit: 1 means another one follows
  repetitive,       // a count octet, then that many elements
  repetitive_fx,    // elements whose last bit each is an FX bit
  compound,         // presence octets (FX-chained), then the sub-items they name
  explicit_length,  // a length octet that counts itself, then octets kept as they are
  unused,           // a UAP position or presence bit without a meaning
};

// How a field's bits are to be read, and shown.
enum class Form : std::uint8_t {
  number,         // unsigned, times scale
  signed_number,  // two's complement, times scale
  flag,           // one bit
  code,           // an enumeration, see Field::codes
  octal,          // Mode A, 1, 2 codes
  address,        // 24-bit aircraft address
  text6,          // eight characters of six bits [Annex 10 Vol. IV, 3.1.2.9.1.2]
  text8,          // ASCII characters, padded with spaces
  hex,            // bits kept as they are
  spare,          // shall be zero; kept when it is not
};

// One unit of the raw number is num/den of the unit that ends the field's name.
struct Scale {
  std::int64_t num = 1;
  std::int64_t den = 1;
};

// Names of the values of a code, by value; "" where the standard defines none.
using Codes = std::span<const std::string_view>;

struct Row {
  enum class Kind : std::uint8_t { item, sub, field, fx } kind{};
  Shape shape{};
  Form form{};
  std::uint16_t bits = 0;
  Scale scale{};
  std::string_view code{};  // as the standard spells it: "040", "RHO"
  std::string_view name{};  // what JSON and people see: snake_case, the unit last
  std::string_view title{};
  Codes codes{};
};

// The words of the language.
namespace table {
using Name = std::string_view;
constexpr Row item(Shape shape, Name code, Name name, Name title) {
  return {.kind = Row::Kind::item, .shape = shape, .code = code, .name = name, .title = title};
}
constexpr Row fixed(Name c, Name n, Name t) { return item(Shape::fixed, c, n, t); }
constexpr Row extended(Name c, Name n, Name t) { return item(Shape::extended, c, n, t); }
constexpr Row repetitive(Name c, Name n, Name t) { return item(Shape::repetitive, c, n, t); }
constexpr Row repetitive_fx(Name c, Name n, Name t) { return item(Shape::repetitive_fx, c, n, t); }
constexpr Row compound(Name c, Name n, Name t) { return item(Shape::compound, c, n, t); }
constexpr Row explicit_length(Name c, Name n, Name t) {
  return item(Shape::explicit_length, c, n, t);
}
constexpr Row unused() { return item(Shape::unused, "", "", ""); }

constexpr Row sub(Shape shape, Name code, Name name) {
  return {.kind = Row::Kind::sub, .shape = shape, .code = code, .name = name};
}
constexpr Row sub_fixed(Name c, Name n) { return sub(Shape::fixed, c, n); }
constexpr Row sub_extended(Name c, Name n) { return sub(Shape::extended, c, n); }
constexpr Row sub_repetitive(Name c, Name n) { return sub(Shape::repetitive, c, n); }
constexpr Row sub_unused() { return sub(Shape::unused, "", ""); }

constexpr Row field(Form form, Name code, Name name, std::uint16_t bits, Scale scale = {}) {
  return {.kind = Row::Kind::field,
          .form = form,
          .bits = bits,
          .scale = scale,
          .code = code,
          .name = name};
}
constexpr Row u(Name c, Name n, std::uint16_t bits, Scale k = {}) {
  return field(Form::number, c, n, bits, k);
}
constexpr Row s(Name c, Name n, std::uint16_t bits, Scale k = {}) {
  return field(Form::signed_number, c, n, bits, k);
}
constexpr Row flag(Name c, Name n) { return field(Form::flag, c, n, 1); }
constexpr Row code(Name c, Name n, std::uint16_t bits, Codes codes) {
  Row row = field(Form::code, c, n, bits);
  row.codes = codes;
  return row;
}
constexpr Row octal(Name c, Name n, std::uint16_t bits) { return field(Form::octal, c, n, bits); }
constexpr Row address(Name c, Name n) { return field(Form::address, c, n, 24); }
constexpr Row text6(Name c, Name n) { return field(Form::text6, c, n, 48); }
constexpr Row text8(Name c, Name n, std::uint16_t characters) {
  return field(Form::text8, c, n, static_cast<std::uint16_t>(8 * characters));
}
constexpr Row hex(Name c, Name n, std::uint16_t bits) { return field(Form::hex, c, n, bits); }
constexpr Row spare(std::uint16_t bits) { return field(Form::spare, "", "", bits); }
inline constexpr Row fx{.kind = Row::Kind::fx, .bits = 1};
}  // namespace table

struct Field {
  std::uint16_t offset = 0;  // of its first bit, from the start of the octets that hold the fields
  std::uint8_t bits = 0;
  Form form{};
  Scale scale{};
  Codes codes{};
  std::string_view code{};
  std::string_view name{};
};

// An item, or a sub-item of a compound one.
struct Part {
  Shape shape{};
  std::uint16_t length =
      0;  // octets: of a fixed one, of an element, of all defined octets of an extended one
  std::uint16_t first_field = 0;
  std::uint16_t field_count = 0;
  std::uint16_t value_count = 0;  // fields that are not spare
  std::uint16_t first_sub = 0;
  std::uint16_t sub_count = 0;
  std::uint8_t sub_length = 0;  // if all sub-items are fixed and equally long: that; else 0
  std::string_view code{};
  std::string_view name{};
  std::string_view title{};
};

struct Category {
  std::uint8_t number = 0;
  std::string_view edition{};
  std::string_view title{};
  std::span<const Part> items{};  // by field reference number - 1
  std::span<const Part> subs{};
  std::span<const Field> fields{};

  [[nodiscard]] constexpr std::span<const Field> fields_of(const Part& part) const {
    return fields.subspan(part.first_field, part.field_count);
  }
  [[nodiscard]] constexpr std::span<const Part> subs_of(const Part& part) const {
    return subs.subspan(part.first_sub, part.sub_count);
  }
};

// What compile() makes of N rows; sized by the caller's rows, so that it is a constant.
template <std::size_t N>
struct Compiled {
  std::array<Part, N> items{};
  std::array<Part, N> subs{};
  std::array<Field, N> fields{};
  std::size_t item_count = 0;
  std::size_t sub_count = 0;
  std::size_t field_count = 0;

  [[nodiscard]] constexpr Category category(std::uint8_t number,
                                            std::string_view edition,
                                            std::string_view title) const {
    return {.number = number,
            .edition = edition,
            .title = title,
            .items = std::span(items).first(item_count),
            .subs = std::span(subs).first(sub_count),
            .fields = std::span(fields).first(field_count)};
  }
};

namespace table {
// Reached only while compiling a wrong table: the call is not constant, and the compiler shows it
// with its reason.
void table_is_wrong(const char* reason);

constexpr void close(Part& part, unsigned bits) {
  switch (part.shape) {
    case Shape::fixed:
    case Shape::repetitive:
      if (bits == 0 || bits % 8 != 0) table_is_wrong("bits do not fill octets");
      break;
    case Shape::extended:
      if (bits == 0 || bits % 8 != 0) table_is_wrong("an extended item must end with fx");
      break;
    case Shape::repetitive_fx:
      if (bits == 0 || bits % 8 != 0) table_is_wrong("an FX-repeated element must end with fx");
      break;
    case Shape::compound:
    case Shape::explicit_length:
    case Shape::unused:
      if (bits != 0) table_is_wrong("no fields belong here");
      break;
  }
  part.length = static_cast<std::uint16_t>(bits / 8);
}

template <std::size_t N>
consteval Compiled<N> compile(const Row (&rows)[N]) {
  Compiled<N> out;
  Part* item = nullptr;
  Part* part = nullptr;  // the item or sub-item whose fields are being read
  unsigned bits = 0;
  bool ended = false;  // the part has an fx
  for (const Row& row : rows) {
    if (row.kind == Row::Kind::item || row.kind == Row::Kind::sub) {
      if (part != nullptr) close(*part, bits);
      bits = 0;
      ended = false;
      if (row.kind == Row::Kind::item) {
        item = part = &out.items[out.item_count++];
        part->first_sub = static_cast<std::uint16_t>(out.sub_count);
      } else {
        if (item == nullptr || item->shape != Shape::compound) {
          table_is_wrong("a sub-item needs a compound item");
        }
        part = &out.subs[out.sub_count++];
        ++item->sub_count;
      }
      part->shape = row.shape;
      part->first_field = static_cast<std::uint16_t>(out.field_count);
      part->code = row.code;
      part->name = row.name;
      part->title = row.title;
    } else if (row.kind == Row::Kind::fx) {
      ++bits;
      ended = true;
      const bool chained = part->shape == Shape::extended || part->shape == Shape::repetitive_fx;
      if (!chained || bits % 8 != 0) table_is_wrong("fx is the last bit of an octet");
    } else {
      if (part == nullptr || row.bits == 0 || row.bits > 64) table_is_wrong("field width");
      if (bits % 8 + row.bits > 64) table_is_wrong("a field spans more than eight octets");
      if (row.form == Form::code && row.codes.size() > (std::size_t{1} << row.bits)) {
        table_is_wrong("more codes than values");
      }
      if (part->shape == Shape::extended && bits % 8 + row.bits > 7) {
        table_is_wrong("a field crosses an fx bit");
      }
      if (part->shape == Shape::repetitive_fx && ended) table_is_wrong("fx ends an element");
      out.fields[out.field_count++] = {.offset = static_cast<std::uint16_t>(bits),
                                       .bits = static_cast<std::uint8_t>(row.bits),
                                       .form = row.form,
                                       .scale = row.scale,
                                       .codes = row.codes,
                                       .code = row.code,
                                       .name = row.name};
      ++part->field_count;
      if (row.form != Form::spare) ++part->value_count;
      bits += row.bits;
    }
  }
  if (part != nullptr) close(*part, bits);
  for (std::size_t i = 0; i < out.item_count; ++i) {
    if (out.items[i].shape == Shape::compound && out.items[i].sub_count == 0) {
      table_is_wrong("a compound item has sub-items");
    }
    Part& compound = out.items[i];
    for (std::size_t j = compound.first_sub;
         j < std::size_t{compound.first_sub} + compound.sub_count;
         ++j) {
      const Part& sub = out.subs[j];
      const bool alike = sub.shape == Shape::fixed && sub.length < 256 &&
                         sub.length == out.subs[compound.first_sub].length;
      compound.sub_length = alike ? static_cast<std::uint8_t>(sub.length) : 0;
      if (!alike) break;
    }
  }
  if (out.item_count > 63) table_is_wrong("more than nine FSPEC octets");
  return out;
}
}  // namespace table

// A path as the standard writes it: "040/RHO", "130/SRL/SRL", or "140" for an item of one field.
template <std::size_t N>
struct Path {
  char text[N]{};
  // NOLINTNEXTLINE(google-explicit-constructor): a string literal is a path.
  consteval Path(const char (&literal)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

// Position of the item in the UAP, from 0. Only for paths known while compiling.
consteval std::size_t item_index(const Category& category, std::string_view path) {
  const std::string_view code = path.substr(0, path.find('/'));
  for (std::size_t i = 0; i < category.items.size(); ++i) {
    if (category.items[i].code == code) return i;
  }
  table::table_is_wrong("no such item");
  return 0;
}

// The field a path names; for a compound item the path has three steps.
consteval Field find_field(const Category& category, std::string_view path) {
  const Part* part = &category.items[item_index(category, path)];
  std::size_t slash = path.find('/');
  path = slash == path.npos ? std::string_view{} : path.substr(slash + 1);
  if (part->shape == Shape::compound) {
    slash = path.find('/');
    const std::string_view code = path.substr(0, slash);
    const Part* found = nullptr;
    for (const Part& sub : category.subs_of(*part)) {
      if (sub.code == code) found = &sub;
    }
    if (found == nullptr) table::table_is_wrong("no such sub-item");
    part = found;
    path = slash == path.npos ? std::string_view{} : path.substr(slash + 1);
  }
  for (const Field& field : category.fields_of(*part)) {
    if (field.code == path && field.form != Form::spare) return field;
  }
  table::table_is_wrong("no such field");
  return {};
}

// Position of a sub-item among its compound's, from 0.
consteval std::size_t sub_index(const Category& category, std::string_view path) {
  const Part& part = category.items[item_index(category, path)];
  const std::string_view code = path.substr(path.find('/') + 1);
  std::size_t i = 0;
  for (const Part& sub : category.subs_of(part)) {
    if (sub.code == code) return i;
    ++i;
  }
  table::table_is_wrong("no such sub-item");
  return 0;
}

}  // namespace liptako::codec::asterix
