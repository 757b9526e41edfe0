#include "app/decode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <ostream>

#include "app/recordings.hpp"
#include "app/words.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/asterix/edition.hpp"
#include "codec/asterix/json.hpp"
#include "codec/capture/recording_reader.hpp"
#include "codec/modes/avr.hpp"
#include "codec/modes/beast.hpp"
#include "codec/modes/json.hpp"
#include "feeds/plausible.hpp"
#include "feeds/source_format.hpp"
#include "io/packed_file.hpp"

namespace liptako::app {
namespace {

using namespace codec::asterix;
namespace modes = codec::modes;
namespace capture = codec::capture;

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

// Liptako follows no people: of such a record no more than its place is told.
bool tells_of_a_person(const Record& record) {
  switch (record.info.category) {
    case 21:
      if (is_cat021_ed023(record)) {
        return to_cat021_ed023(record).emitter_category == feeds::kParachutist;
      }
      return to_cat021(record).emitter_category == feeds::kParachutist;
    case 62: {
      const Cat062Track track = to_cat062(record);
      return track.aircraft_derived &&
             track.aircraft_derived->emitter_category == feeds::kParachutist;
    }
    default:
      return false;
  }
}

// Prints what the walker finds, and counts it.
class Printer {
 public:
  Printer(std::string head, std::ostream& out) : head_(std::move(head)), out_(out) {}

  void on_record(const Record& record) {
    if (tells_of_a_person(record)) {
      lines_ += fmt::format("{{{}\"category\":{},\"decoded\":false,\"offset\":{},\"length\":{}}}\n",
                            head_,
                            record.info.category,
                            record.info.offset,
                            record.info.bytes.size());
      ++persons_;
    } else {
      append_json(record, head_, lines_);
      ++records_[record.info.category];
    }
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
  [[nodiscard]] bool found_nothing() const {
    return records_.empty() && others_.empty() && persons_ == 0;
  }
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
    if (persons_ != 0) text += fmt::format(", {} records of people left out", persons_);
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
  std::uint64_t persons_ = 0;
};

// Prints the replies of a Mode S receiver, and counts them.
class ReplyPrinter {
 public:
  ReplyPrinter(std::string head, std::ostream& out) : head_(std::move(head)), out_(out) {}

  void on_piece(const modes::Piece& piece) {
    switch (piece.kind) {
      case modes::Piece::Kind::reception:
        modes::append_json(piece.reception, offset_, piece.length, head_, lines_);
        ++(piece.reception.frame.size() == modes::kModeAcSize ? mode_ac_ : mode_s_);
        break;
      case modes::Piece::Kind::unknown:
        ++status_;
        break;
      case modes::Piece::Kind::garbage:
        on_gap(piece.length);
        break;
      case modes::Piece::Kind::incomplete:
        break;
    }
    offset_ += piece.length;
    if (lines_.size() >= 64 * 1024) flush();
  }
  void on_gap(std::size_t length) {
    modes::append_gap_json(offset_, length, head_, lines_);
    ++gaps_;
  }
  void flush() {
    out_.write(lines_.data(), static_cast<std::streamsize>(lines_.size()));
    lines_.clear();
  }

  [[nodiscard]] bool at_fault() const { return gaps_ != 0 || mode_s_ + mode_ac_ == 0; }
  // "13954 replies (Mode S 8928, Mode A/C 5026), 0 errors"
  [[nodiscard]] std::string summary() const {
    std::string text = fmt::format("{} replies (Mode S {}, Mode A/C {}), {} errors",
                                   mode_s_ + mode_ac_,
                                   mode_s_,
                                   mode_ac_,
                                   gaps_);
    if (status_ != 0) text += fmt::format(", {} status messages", status_);
    return text;
  }

 private:
  std::string head_;
  std::ostream& out_;
  std::string lines_;
  std::uint64_t offset_ = 0;
  std::uint64_t mode_s_ = 0;
  std::uint64_t mode_ac_ = 0;
  std::uint64_t status_ = 0;
  std::uint64_t gaps_ = 0;
};

// The bytes of a file that are at hand.
class Window {
 public:
  explicit Window(io::PackedFile& file) : file_(file) { fill(); }

  [[nodiscard]] base::ByteView rest() const {
    return base::ByteView(bytes_).subspan(begin_, end_ - begin_);
  }
  // Whether the file goes on behind them; they are then kWindow or more.
  [[nodiscard]] bool more() const { return more_; }
  void take(std::size_t count) {
    begin_ += count;
    if (more_ && end_ - begin_ < kWindow) fill();
  }
  // Why the rest could not be read.
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }

 private:
  static constexpr std::size_t kWindow = capture::RecordingReader::kWindow;
  static_assert(kWindow >= BlockWalker::kPiece);

  void fill() {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    while (more_ && end_ < bytes_.size()) {
      const auto count = file_.read(std::span(bytes_).subspan(end_));
      if (!count) error_ = count.error();
      more_ = count.value_or(0) > 0;
      end_ += count.value_or(0);
    }
  }

  io::PackedFile& file_;
  base::Bytes bytes_ = base::Bytes(2 * kWindow);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool more_ = true;
  std::optional<base::Error> error_;
};

// A plain file, piece by piece; the walker says how far it came, and the rest leads the next piece.
void decode_stream(Window& window, const std::optional<Editions>& given, Printer& printer) {
  const Editions editions =
      given ? *given : weigh_editions(window.rest()).verdict().value_or(Editions{});
  std::uint64_t base = 0;
  while (!window.rest().empty()) {
    BlockWalker walker(window.rest(), base, window.more(), editions);
    for_each_record(walker, printer);
    base += walker.consumed();
    window.take(walker.consumed());
    if (walker.consumed() == 0) break;
  }
}

void decode_replies(Window& window, feeds::SourceFormat format, ReplyPrinter& printer) {
  while (!window.rest().empty()) {
    const modes::Piece piece = format == feeds::SourceFormat::beast
                                   ? modes::next_beast(window.rest())
                                   : modes::next_avr(window.rest());
    if (piece.kind == modes::Piece::Kind::incomplete) {
      // A last line's end is no gap.
      const bool blank =
          std::ranges::all_of(window.rest(), [](std::uint8_t c) { return c == '\n' || c == '\r'; });
      if (!blank) printer.on_gap(window.rest().size());
      return;
    }
    printer.on_piece(piece);
    window.take(piece.length);
  }
}

// Each datagram by itself. Offsets count the datagrams' octets alone, so that a capture prints what
// the same blocks in a plain file print.
void decode_datagrams(Window& window,
                      capture::RecordingReader& reader,
                      const std::optional<Editions>& given,
                      Printer& printer) {
  std::uint64_t base = 0;
  Editions editions = given.value_or(Editions{});
  while (true) {
    const auto step = reader.step(window.rest(), window.more());
    if (step.datagram) {
      // As the last datagram that told.
      if (!given) editions = weigh_editions(step.datagram->bytes).verdict().value_or(editions);
      BlockWalker walker(step.datagram->bytes, base, false, editions);
      for_each_record(walker, printer);
      base += step.datagram->bytes.size();
    }
    if (step.consumed == 0) return;
    window.take(step.consumed);
  }
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
    auto file = io::PackedFile::open(path);
    if (!file) {
      err << file.error().message << '\n';
      code = 3;
      continue;
    }
    const std::string head =
        paths.size() > 1 ? fmt::format("\"file\":{},", json_string(path)) : std::string();
    Printer printer(head, out);
    Window window(*file);
    const capture::Container container =
        capture::recognise(window.rest().first(std::min(window.rest().size(), capture::kHead)));
    const auto format = options.format ? options.format
                        : container == capture::Container::stream
                            ? feeds::recognise(window.rest()).value_or(feeds::SourceFormat::asterix)
                            : feeds::SourceFormat::asterix;
    const bool replies = *format != feeds::SourceFormat::asterix;
    ReplyPrinter reply_printer(head, out);
    std::optional<capture::RecordingReader> reader;
    if (replies) {
      decode_replies(window, *format, reply_printer);
    } else if (container == capture::Container::stream) {
      decode_stream(window, options.editions, printer);
    } else {
      decode_datagrams(window, reader.emplace(container), options.editions, printer);
    }
    printer.flush();
    reply_printer.flush();
    bool at_fault =
        replies ? reply_printer.at_fault() : printer.errors() != 0 || printer.found_nothing();
    if (window.error()) {
      err << window.error()->message << '\n';
      at_fault = true;
      if (window.error()->kind == base::ErrorKind::world) code = 3;
    }
    if (!out) {
      err << "cannot write the output\n";
      return 3;
    }
    err << path << ": " << (replies ? reply_printer.summary() : printer.summary()) << '\n';
    if (reader) {
      tell_of_capture(path, reader->skips(), reader->fault(), err);
      at_fault = at_fault || reader->fault();
    }
    if (code == 0 && at_fault) code = 1;
  }
  out.flush();
  return code;
}

}  // namespace liptako::app
