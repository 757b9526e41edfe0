// `liptako decode FILE...`: recordings to JSON Lines. See docs/DECODE.md.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "codec/asterix/record.hpp"
#include "feeds/source_format.hpp"

namespace liptako::app {

struct DecodeOptions {
  // Print the table of field names instead of decoding.
  bool fields = false;
  // What the files hold; absent: each is recognised by its content.
  std::optional<feeds::SourceFormat> format = std::nullopt;
  // Which editions they are written in; absent: as their records tell.
  std::optional<codec::asterix::Editions> editions = std::nullopt;
};

// Decodes recordings ("-": standard input) in pieces, whatever their size: plain ASTERIX, captures
// and the final format, Beast and AVR, packed or not. Records and replies go to `out`, one line
// each; a summary line per file, what of a capture was passed over, and files that cannot be read,
// to `err`. Returns the exit code: 0; 1 if any file had errors, broke off or held none; 3 if a file
// could not be opened or
// read, or `out` could not be written.
[[nodiscard]] int run_decode(const std::vector<std::string>& paths,
                             const DecodeOptions& options,
                             std::ostream& out,
                             std::ostream& err);

}  // namespace liptako::app
