#include "codec/asterix/json.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <iterator>

#include "codec/asterix/text6.hpp"
#include "codec/asterix/walk.hpp"
#include "spec/asterix/cat010.hpp"
#include "spec/asterix/cat019.hpp"
#include "spec/asterix/cat020.hpp"
#include "spec/asterix/cat021.hpp"
#include "spec/asterix/cat021_ed023.hpp"
#include "spec/asterix/cat034.hpp"
#include "spec/asterix/cat048.hpp"
#include "spec/asterix/cat062.hpp"

namespace liptako::codec::asterix {
namespace {

template <class T>
void put_number(std::string& out, T value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

// The item that names the sensor: two numbers, shown as one text.
constexpr std::string_view kSourceName = "sac_sic";

// Lower-case digits of the value, most significant first.
void put_digits(std::string& out, std::uint64_t value, unsigned count, unsigned bits_per_digit) {
  for (unsigned i = count; i-- > 0;) {
    out += "0123456789abcdef"[value >> (i * bits_per_digit) & ((1u << bits_per_digit) - 1)];
  }
}

void put_hex(std::string& out, ByteView octets) {
  out += '"';
  for (const std::uint8_t octet : octets) put_digits(out, octet, 2, 4);
  out += '"';
}

// The one string field that can hold characters the alphabet does not have. True if the text alone
// tells the bits.
bool put_text6(std::string& out, std::uint64_t raw) {
  const auto chars = text6_chars(raw);
  std::string_view text(chars.data(), chars.size());
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  out += '"';
  out += text;
  out += '"';
  return text6_from(text) == raw;
}

// ASCII text, trailing spaces dropped; what is not printable or would need escaping becomes '?'.
// True if the text alone tells the bits.
bool put_text8(std::string& out, std::uint64_t raw, unsigned characters) {
  unsigned last = characters;  // how many are left when trailing spaces are dropped
  while (last != 0 && (raw >> (8 * (characters - last)) & 0xFF) == ' ') --last;
  bool exact = true;
  out += '"';
  for (unsigned i = 0; i < last; ++i) {
    const auto c = static_cast<char>(raw >> (8 * (characters - 1 - i)) & 0xFF);
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    exact = exact && plain;
    out += plain ? c : '?';
  }
  out += '"';
  return exact;
}

bool is_list(const Part& part) {
  return part.shape == Shape::repetitive || part.shape == Shape::repetitive_fx;
}
bool has_one_value(const Part& part) { return part.value_count == 1; }

std::size_t shortest_chain(std::uint64_t present) {
  return static_cast<std::size_t>(63 - std::countr_zero(present)) / 7 + 1;
}

// Writes the items of one record; what canonical octets would not have goes into `oddities`.
class Writer {
 public:
  Writer(const Category& category, std::string& out) : category_(category), out_(out) {}

  void begin_item(const Part& item, ByteView octets) {
    item_ = &item;
    sub_ = nullptr;
    elements_ = 0;
    if (item.shape == Shape::compound) {
      key(item.name);
      open('{');
      check_presence(octets);
    } else {
      begin(item);
    }
  }
  void end_item() {
    if (item_->shape == Shape::compound) {
      close('}');
    } else {
      end(*item_);
    }
  }
  void begin_sub(const Part& sub, ByteView) {
    sub_ = &sub;
    elements_ = 0;
    begin(sub);
  }
  void end_sub() {
    end(*sub_);
    sub_ = nullptr;
  }
  void begin_element() {
    comma();
    first_ = true;
    ++elements_;
    if (!in_list_of_values()) out_ += '{';
  }
  void end_element() {
    if (!in_list_of_values()) out_ += '}';
    first_ = false;
  }
  void field(const Field& field, std::uint64_t raw) {
    if (field.form == Form::spare) {
      if (raw != 0) {
        oddity(fmt::format(" spare@{}", field.offset));
        put_number(oddities_, raw);
      }
      return;
    }
    if (item_->name == kSourceName) {
      // "20/129", as people write it.
      if (field.offset == 0) key(kSourceName);
      out_ += field.offset == 0 ? '"' : '/';
      put_number(out_, raw);
      if (field.offset != 0) out_ += '"';
      return;
    }
    if (!in_list_of_values()) key(field.name);
    value(field, raw);
    first_ = false;
  }
  void extra(ByteView octets) {
    oddity(" extra");
    put_hex(oddities_, octets);
  }
  void opaque(ByteView octets) {
    put_hex(out_, octets);
    first_ = false;
  }

  void finish(const Record& record) {
    if (record.fspec_length() != shortest_chain(record.present())) {
      item_ = nullptr;
      oddity("fspec_octets");
      put_number(oddities_, unsigned{record.fspec_length()});
    }
    if (!oddities_.empty()) {
      out_ += ",\"oddities\":{";
      out_ += oddities_;
      out_ += '}';
    }
  }

 private:
  [[nodiscard]] const Part& part() const { return sub_ != nullptr ? *sub_ : *item_; }
  [[nodiscard]] bool in_list_of_values() const { return is_list(part()) && has_one_value(part()); }
  // A part of one value is written as that value; the field's name has its unit.
  [[nodiscard]] static bool is_value(const Part& part) {
    return part.shape == Shape::fixed && has_one_value(part);
  }
  void begin(const Part& part) {
    switch (part.shape) {
      case Shape::fixed:
      case Shape::extended:
        if (is_value(part) || part.name == kSourceName) return;
        key(part.name);
        open('{');
        break;
      case Shape::repetitive:
      case Shape::repetitive_fx:
        key(part.name);
        open('[');
        break;
      case Shape::explicit_length:
        key(part.name);
        break;
      case Shape::compound:
      case Shape::unused:
        break;
    }
  }
  void end(const Part& part) {
    if (is_list(part)) close(']');
    if (part.name == kSourceName) return;
    if (part.shape == Shape::extended || (part.shape == Shape::fixed && !is_value(part)))
      close('}');
  }
  void comma() {
    if (!first_) out_ += ',';
  }
  void key(std::string_view name) {
    comma();
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void open(char bracket) {
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }

  void value(const Field& field, std::uint64_t raw) {
    switch (field.form) {
      case Form::flag:
        out_ += raw != 0 ? "true" : "false";
        break;
      case Form::number:
      case Form::signed_number:
        if (field.scale.den != 1) {
          put_number(out_, scaled(field, raw));
        } else if (field.form == Form::number) {
          put_number(out_, raw * static_cast<std::uint64_t>(field.scale.num));
        } else {
          put_number(out_, sign_extend(raw, field.bits) * field.scale.num);
        }
        break;
      case Form::code:
        if (raw < field.codes.size() && !field.codes[raw].empty()) {
          out_ += '"';
          out_ += field.codes[raw];
          out_ += '"';
        } else {
          put_number(out_, raw);
        }
        break;
      case Form::octal:
        out_ += '"';
        put_digits(out_, raw, (field.bits + 2u) / 3, 3);
        out_ += '"';
        break;
      case Form::address:
      case Form::hex:
        out_ += '"';
        put_digits(out_, raw, (field.bits + 3u) / 4, 4);
        out_ += '"';
        break;
      case Form::text6:
        if (!put_text6(out_, raw)) put_raw(field, raw);
        break;
      case Form::text8:
        if (!put_text8(out_, raw, field.bits / 8u)) put_raw(field, raw);
        break;
      case Form::spare:
        break;
    }
  }

  // The bits of a text that does not tell them.
  void put_raw(const Field& field, std::uint64_t raw) {
    oddity(" raw");
    oddities_ += '"';
    put_digits(oddities_, raw, field.bits / 4u, 4);
    oddities_ += '"';
  }

  void check_presence(ByteView octets) {
    std::uint64_t present = 0;
    std::size_t length = 0;
    do {
      if (length < 9) present |= std::uint64_t{octets[length]} >> 1 << (57 - 7 * length);
    } while ((octets[length++] & 1) != 0);
    const std::size_t shortest = present == 0 ? 1 : shortest_chain(present);
    if (length != shortest) {
      oddity(" presence_octets");
      put_number(oddities_, length);
    }
  }
  void oddity(std::string_view what) {
    if (!oddities_.empty()) oddities_ += ',';
    oddities_ += '"';
    if (item_ != nullptr) {
      fmt::format_to(std::back_inserter(oddities_), "I{:03}/{}", category_.number, item_->code);
    }
    if (sub_ != nullptr) fmt::format_to(std::back_inserter(oddities_), "/{}", sub_->code);
    if (elements_ != 0) fmt::format_to(std::back_inserter(oddities_), "[{}]", elements_ - 1);
    oddities_ += what;
    oddities_ += "\":";
  }

  const Category& category_;
  std::string& out_;
  std::string oddities_;
  const Part* item_ = nullptr;
  const Part* sub_ = nullptr;
  std::size_t elements_ = 0;  // of the repeated part, begun so far
  bool first_ = false;
};

void put_member(std::string& out, std::string_view key, std::uint64_t value) {
  out += ",\"";
  out += key;
  out += "\":";
  put_number(out, value);
}

}  // namespace

void append_json(const Record& record, std::string_view head, std::string& out) {
  const Category& category = record.category();
  out += '{';
  out += head;
  out += "\"category\":";
  put_number(out, unsigned{category.number});
  out += ",\"edition\":\"";
  out += category.edition;
  out += '"';
  put_member(out, "offset", record.info.offset);
  put_member(out, "length", record.info.bytes.size());
  Writer writer(category, out);
  walk(record, writer);
  writer.finish(record);
  out += "}\n";
}

void append_json(const RecordError& error, std::string_view head, std::string& out) {
  out += '{';
  out += head;
  out += "\"error\":\"";
  out += to_string(error);  // made of our own words and numbers: nothing in it needs escaping
  out += "\",\"reason\":\"";
  out += to_string(error.fault);
  out += '"';
  put_member(out, "category", error.category);
  put_member(out, "record", error.record_number);
  put_member(out, "offset", error.record_offset);
  put_member(out, "at", error.offset);
  if (!error.item.empty()) {
    fmt::format_to(std::back_inserter(out), ",\"item\":\"I{:03}/{}\"", error.category, error.item);
  }
  out += "}\n";
}

void append_json(const Block& block, std::string_view head, std::string& out) {
  out += '{';
  out += head;
  out += "\"category\":";
  put_number(out, unsigned{block.category});
  out += ",\"decoded\":false";
  put_member(out, "offset", block.offset);
  put_member(out, "length", block.content.size() + kBlockHeader);
  out += "}\n";
}

// --- what the fields are ---

namespace {

std::string meaning(const Field& field) {
  const auto unit = [&](std::string_view sign) {
    if (field.scale.num == 1 && field.scale.den == 1) return std::string(sign);
    return fmt::format("{}, unit {}/{}", sign, field.scale.num, field.scale.den);
  };
  switch (field.form) {
    case Form::number:
      return unit("number");
    case Form::signed_number:
      return unit("signed number");
    case Form::flag:
      return "true or false";
    case Form::octal:
      return "octal digits";
    case Form::address:
      return "six hexadecimal digits";
    case Form::text6:
      return "text, trailing spaces dropped";
    case Form::text8:
      return fmt::format("text of up to {} characters, trailing spaces dropped", field.bits / 8);
    case Form::hex:
      return "hexadecimal digits";
    case Form::code: {
      std::string text;
      for (std::size_t i = 0; i < field.codes.size(); ++i) {
        if (field.codes[i].empty()) continue;
        text += fmt::format("{}{} `{}`", text.empty() ? "" : ", ", i, field.codes[i]);
      }
      return text;
    }
    case Form::spare:
      break;
  }
  return {};
}

void describe(const Category& category,
              const Part& part,
              const std::string& item,
              const std::string& path,
              std::string& out) {
  const bool list = is_list(part);
  const bool value = (part.shape == Shape::fixed || list) && has_one_value(part);
  const std::string place =
      value ? path.substr(0, path.rfind('.') + 1) : path + (list ? "[]." : ".");
  if (part.name == kSourceName) {
    out += fmt::format(
        "| {} | `{}` | 16 | system area and identification code: `\"20/129\"` |\n", item, path);
    return;
  }
  if (part.shape == Shape::explicit_length) {
    out += fmt::format("| {} | `{}` | | hexadecimal digits, kept as they are |\n", item, path);
  }
  for (const Field& field : category.fields_of(part)) {
    if (field.form == Form::spare) continue;
    const std::string code = field.code.empty() ? "" : "/" + std::string(field.code);
    out += fmt::format("| {}{} | `{}{}{}` | {} | {} |\n",
                       item,
                       code,
                       place,
                       field.name,
                       list && value ? "[]" : "",
                       field.bits,
                       meaning(field));
  }
}

}  // namespace

std::string field_reference() {
  std::string out;
  for (const Category* category :
       {&kCat010, &kCat019, &kCat020, &kCat021, &kCat021Ed023, &kCat034, &kCat048, &kCat062}) {
    if (!out.empty()) out += '\n';
    std::size_t items = 0;
    std::size_t fields = 0;
    for (const Part& item : category->items) items += item.shape != Shape::unused;
    for (const Field& field : category->fields) fields += field.form != Form::spare;
    out += fmt::format(
        "### CAT{:03} {}, edition {}\n\n{} items, {} fields.\n\n| item | name | bits | value "
        "|\n|---|---|---|---|\n",
        category->number,
        category->title,
        category->edition,
        items,
        fields);
    for (const Part& item : category->items) {
      if (item.shape == Shape::unused) continue;
      const std::string code = fmt::format("I{:03}/{}", category->number, item.code);
      if (item.shape != Shape::compound) {
        describe(*category, item, code, std::string(item.name), out);
        continue;
      }
      for (const Part& sub : category->subs_of(item)) {
        if (sub.shape == Shape::unused) continue;
        describe(*category,
                 sub,
                 fmt::format("{}/{}", code, sub.code),
                 fmt::format("{}.{}", item.name, sub.name),
                 out);
      }
    }
  }
  return out;
}

}  // namespace liptako::codec::asterix
