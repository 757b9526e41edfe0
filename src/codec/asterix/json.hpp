// Records as JSON Lines: what `liptako decode` prints. The names are those of the tables in
// spec/asterix, described in docs/DECODE.md. A line holds everything the record said, oddities
// included; it is valid JSON whatever the bytes.
#pragma once

#include <string>

#include "codec/asterix/record.hpp"

namespace liptako::codec::asterix {

// Each appends one line with its newline. `head` goes in front of the other members: empty, or
// complete members with a comma after the last ("\"file\":\"a.ast\",").
void append_json(const Record& record, std::string_view head, std::string& out);
void append_json(const RecordError& error, std::string_view head, std::string& out);
// A block of a category without a table: its place and length only.
void append_json(const Block& block, std::string_view head, std::string& out);

// The fields of all categories as a Markdown table: what docs/DECODE.md holds between its markers.
[[nodiscard]] std::string field_reference();

}  // namespace liptako::codec::asterix
