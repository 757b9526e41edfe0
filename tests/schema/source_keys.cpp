#include "tests/schema/source_keys.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <vector>

namespace liptako::schema {
namespace {

// A source without comments, in which each run of adjacent literals is a mark: \x01 number \x02.
struct Code {
  std::string text;
  std::vector<std::string> literals;  // unescaped
};

class Lexer {
 public:
  explicit Lexer(std::string_view in) : in_(in) {}

  Code lex() {
    while (at_ < in_.size()) {
      if (begins("//")) {
        at_ = std::min(in_.find('\n', at_), in_.size());
      } else if (begins("/*")) {
        const std::size_t end = in_.find("*/", at_ + 2);
        at_ = end == in_.npos ? in_.size() : end + 2;
      } else if (begins("R\"") && !after_name()) {
        raw_literal();
      } else if (in_[at_] == '"') {
        literal();
      } else if (in_[at_] == '\'' && !after_name()) {
        character();
      } else {
        const char c = in_[at_++];
        if (c != ' ' && c != '\n' && c != '\t') adjacent_ = false;
        code_.text += c;
      }
    }
    return std::move(code_);
  }

 private:
  [[nodiscard]] bool begins(std::string_view what) const {
    return in_.substr(at_, what.size()) == what;
  }
  // 1'000 and identifiers that end in R.
  [[nodiscard]] bool after_name() const {
    return at_ > 0 &&
           (std::isalnum(static_cast<unsigned char>(in_[at_ - 1])) != 0 || in_[at_ - 1] == '_');
  }
  void put(const std::string& literal) {
    if (adjacent_) {
      code_.literals.back() += literal;
      return;
    }
    code_.text += '\x01' + std::to_string(code_.literals.size()) + '\x02';
    code_.literals.push_back(literal);
    adjacent_ = true;
  }
  void literal() {
    std::string value;
    for (++at_; at_ < in_.size() && in_[at_] != '"'; ++at_) {
      if (in_[at_] == '\\' && at_ + 1 < in_.size()) {
        ++at_;
        value += in_[at_] == 'n' ? '\n' : in_[at_];
      } else {
        value += in_[at_];
      }
    }
    ++at_;
    put(value);
  }
  void raw_literal() {
    const std::size_t open = in_.find('(', at_);
    if (open == in_.npos) {
      at_ = in_.size();
      return;
    }
    const std::string end = ')' + std::string(in_.substr(at_ + 2, open - at_ - 2)) + '"';
    const std::size_t close = std::min(in_.find(end, open), in_.size());
    put(std::string(in_.substr(open + 1, close - open - 1)));
    at_ = std::min(close + end.size(), in_.size());
  }
  void character() {
    for (++at_; at_ < in_.size() && in_[at_] != '\''; ++at_) {
      if (in_[at_] == '\\') ++at_;
    }
    ++at_;
    adjacent_ = false;
    code_.text += "' '";
  }

  std::string_view in_;
  std::size_t at_ = 0;
  bool adjacent_ = false;  // nothing but blanks since the last literal
  Code code_;
};

bool is_key(const std::string& text) {
  static const std::regex kKey("[A-Za-z_<][A-Za-z0-9_>-]*");
  return std::regex_match(text, kKey);
}

template <class F>
void each_match(const std::string& text, const std::regex& pattern, F&& f) {
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) f(*at);
}

// Calls f with each argument of the calls that `head` finds up to their parenthesis.
template <class F>
void each_argument(const std::string& text, const std::regex& head, F&& f) {
  each_match(text, head, [&](const std::smatch& match) {
    std::size_t at = static_cast<std::size_t>(match.position() + match.length());
    std::string argument;
    for (int depth = 1; at < text.size() && depth > 0; ++at) {
      const char c = text[at];
      depth += (c == '(' || c == '{' || c == '[') - (c == ')' || c == '}' || c == ']');
      if ((c == ',' && depth == 1) || depth == 0) {
        f(argument);
        argument.clear();
      } else if (c != ' ' && c != '\n') {
        argument += c;
      }
    }
  });
}

}  // namespace

std::set<std::string> keys_of(std::string_view source) {
  Code code = Lexer(source).lex();
  static const std::regex kDeclaration("\\bSaver\\s+saver\\(\\w+\\)");
  code.text = std::regex_replace(code.text, kDeclaration, "");
  std::set<std::string> keys;
  const auto take = [&](const std::smatch& match) {
    const std::string& literal = code.literals[std::stoul(match[1])];
    if (is_key(literal)) keys.insert(literal);
  };
  // A key is the first argument of the readers' and writers' functions, …
  static const std::regex kFirst(
      "\\b(?:key|escaped_key|text|texts|text_or|whole|number|number_or_none|flag|boolean|integer|"
      "count|choice|has|node|optional_node|each|bytes)\\(\\s*\x01(\\d+)\x02");
  each_match(code.text, kFirst, take);
  // … the one after a reader or writer, …
  static const std::regex kLater(
      "\\b(?:put_member|word|plain_name|tables|each|write_altitude|read_address)\\((?:\\s*[^,()"
      "\x01;]+,){1,2}\\s*\x01(\\d+)\x02");
  each_match(code.text, kLater, take);
  // … or an index.
  static const std::regex kIndex("\\[\\s*\x01(\\d+)\x02\\s*\\]");
  each_match(code.text, kIndex, take);
  static const std::regex kAllowed("\\ballow_only\\(\\{");
  each_argument(code.text, kAllowed, [&](const std::string& argument) {
    if (argument.size() < 3 || argument.front() != '\x01') return;
    const std::string& literal = code.literals[std::stoul(argument.substr(1))];
    if (is_key(literal)) keys.insert(literal);
  });
  static const std::regex kInText("\"([A-Za-z_][A-Za-z0-9_]*)\"\\s*:");
  for (const std::string& literal : code.literals)
    each_match(literal, kInText, [&](const std::smatch& match) { keys.insert(match[1]); });
  // A text document of ours: its lines begin with their fields' names.
  static const std::regex kFirstLine("liptako/[a-z-]+/v\\d+");
  const bool is_document = std::ranges::any_of(code.literals, [](const std::string& literal) {
    return std::regex_search(literal, kFirstLine);
  });
  static const std::regex kLine("(?:^|\\n)([a-z][a-z0-9_-]*) (?:\\{|sha256:\\{)");
  if (is_document) {
    for (const std::string& literal : code.literals) {
      // Without a line's end it is the beginning of a message.
      if (literal.find('\n') == literal.npos) continue;
      each_match(literal, kLine, [&](const std::smatch& match) { keys.insert(match[1]); });
    }
  }
  static const std::regex kLists(
      "\\b(?:archive|(?:base::)?Saver\\s*[{(]\\w+[)}]|saver)\\((?!\\s*[A-Z])");
  static const std::regex kMember("(?:\\w+\\.)*?([A-Za-z0-9_]+?)_?");
  each_argument(code.text, kLists, [&](const std::string& argument) {
    std::smatch match;
    const bool path = std::regex_match(argument, match, kMember);
    // A lone letter is a whole thing that has a list of its own.
    if (path && (match[1].length() > 1 || argument.find('.') != argument.npos))
      keys.insert(match[1]);
  });
  return keys;
}

bool declares_a_codec(std::string_view header) {
  static const std::regex kCodec(
      "\\b(?:encode|decode|parse|to_json|from_json)_?\\w*\\([^;{]*(?:ByteView|Bytes|string_"
      "view|std::string|json)");
  return std::regex_search(Lexer(header).lex().text, kCodec);
}

bool writes_bytes(std::string_view source) {
  static const std::regex kBytes("\\b(?:ByteWriter|ByteReader|Saver|Loader|JsonWriter)\\b");
  return std::regex_search(Lexer(source).lex().text, kBytes);
}

}  // namespace liptako::schema
