#include "app/decode.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <ostream>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/json.hpp"

namespace liptako::app {
namespace {

using namespace codec::asterix;

// A JSON string with quotes. What is not UTF-8 in a file's name becomes U+FFFD.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
      ++i;
    } else if (c < 0x20) {
      out += fmt::format("\\u{:04x}", c);
      ++i;
    } else if (c < 0x80) {
      out += static_cast<char>(c);
      ++i;
    } else {
      const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 0;
      bool whole = length != 0 && c < 0xF5 && i + length <= text.size();
      std::uint32_t code = whole ? c & (0xFFu >> (length + 1)) : 0;
      for (std::size_t k = 1; whole && k < length; ++k) {
        const auto next = static_cast<unsigned char>(text[i + k]);
        whole = (next & 0xC0) == 0x80;
        code = code << 6 | (next & 0x3Fu);
      }
      const std::uint32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
      if (!whole || code < least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        out += "\\ufffd";
        ++i;
      } else {
        out += text.substr(i, length);
        i += length;
      }
    }
  }
  return out += '"';
}

// Prints what the walker finds, and counts it.
class Printer {
 public:
  Printer(std::string head, std::ostream& out) : head_(std::move(head)), out_(out) {}

  void on_record(const Record& record) {
    append_json(record, head_, lines_);
    ++records_[record.info.category];
    flush_if_full();
  }
  void on_error(const RecordError& error) {
    append_json(error, head_, lines_);
    ++errors_;
    ++faults_[error.fault];
    flush_if_full();
  }
  void on_other(const Block& block) {
    append_json(block, head_, lines_);
    ++others_[block.category];
    flush_if_full();
  }
  void flush() {
    out_.write(lines_.data(), static_cast<std::streamsize>(lines_.size()));
    lines_.clear();
  }

  [[nodiscard]] std::uint64_t errors() const { return errors_; }
  [[nodiscard]] bool found_nothing() const { return records_.empty() && others_.empty(); }
  // "44085 records (CAT048 44085), 2 errors (item_truncated 2), 12 blocks not decoded (CAT062 12)"
  [[nodiscard]] std::string summary() const {
    std::uint64_t records = 0;
    std::uint64_t others = 0;
    std::string by_category;
    std::string by_fault;
    std::string by_other;
    const auto list = [](std::string& to, const std::string& name, std::uint64_t n) {
      to += fmt::format("{}{} {}", to.empty() ? "" : ", ", name, n);
    };
    for (const auto& [category, n] : records_) {
      records += n;
      list(by_category, fmt::format("CAT{:03}", category), n);
    }
    for (const auto& [fault, n] : faults_) list(by_fault, std::string(to_string(fault)), n);
    for (const auto& [category, n] : others_) {
      others += n;
      list(by_other, fmt::format("CAT{:03}", category), n);
    }
    const auto counted = [](std::uint64_t n, std::string_view what, const std::string& of) {
      return of.empty() ? fmt::format("{} {}", n, what) : fmt::format("{} {} ({})", n, what, of);
    };
    std::string text = counted(records, "records", by_category);
    text += ", " + counted(errors_, "errors", by_fault);
    if (others != 0) text += ", " + counted(others, "blocks not decoded", by_other);
    return text;
  }

 private:
  void flush_if_full() {
    if (lines_.size() >= 64 * 1024) flush();
  }
  std::string head_;
  std::ostream& out_;
  std::string lines_;
  std::map<unsigned, std::uint64_t> records_;
  std::map<unsigned, std::uint64_t> others_;
  std::map<Fault, std::uint64_t> faults_;
  std::uint64_t errors_ = 0;
};

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

// Decodes a stream piece by piece; the walker says how far it came, and the rest leads the next
// piece. False, with errno, if reading failed.
bool decode_stream(std::FILE* in, Printer& printer) {
  base::Bytes piece(2 * BlockWalker::kPiece);
  std::size_t filled = 0;
  std::uint64_t base = 0;
  for (bool more = true; more;) {
    const std::size_t n = std::fread(piece.data() + filled, 1, piece.size() - filled, in);
    filled += n;
    more = filled == piece.size();
    if (!more && std::ferror(in) != 0) return false;
    BlockWalker walker(base::ByteView(piece).first(filled), base, more);
    for_each_record(walker, printer);
    const std::size_t consumed = walker.consumed();
    std::memmove(piece.data(), piece.data() + consumed, filled - consumed);
    filled -= consumed;
    base += consumed;
  }
  return true;
}

}  // namespace

int run_decode(const std::vector<std::string>& paths,
               const DecodeOptions& options,
               std::ostream& out,
               std::ostream& err) {
  if (options.fields) {
    out << field_reference();
    return 0;
  }
  int code = 0;
  for (const std::string& path : paths) {
    std::unique_ptr<std::FILE, CloseFile> file(path == "-" ? stdin
                                                           : std::fopen(path.c_str(), "rb"));
    if (file == nullptr) {
      err << path << ": " << std::strerror(errno) << '\n';
      code = 3;
      continue;
    }
    const std::string head =
        paths.size() > 1 ? fmt::format("\"file\":{},", json_string(path)) : std::string();
    Printer printer(head, out);
    const bool read = decode_stream(file.get(), printer);
    const int reason = errno;
    printer.flush();
    if (!read) {
      err << path << ": " << std::strerror(reason) << '\n';
      code = 3;
    }
    if (!out) {
      err << "cannot write the output\n";
      return 3;
    }
    err << path << ": " << printer.summary() << '\n';
    if (code == 0 && (printer.errors() != 0 || printer.found_nothing())) code = 1;
  }
  out.flush();
  return code;
}

}  // namespace liptako::app
