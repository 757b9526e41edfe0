// What names of fields a C++ source writes or reads: the keys of JSON and TOML in it, and the
// members of its field lists for snapshots. By the text alone, so that whatever is written in the
// ways this project writes is found without anybody listing it.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace liptako::schema {

// Keys: "name" in json.key("name"), "{\"name\":1}", t.text("name", …), allow_only({"name"}),
// object["name"]; members: name of archive(x.name_), saver(name_); in a source that names a
// document's first line ("liptako/act/v1"), what its lines begin with: "name {}\n".
[[nodiscard]] std::set<std::string> keys_of(std::string_view source);

// Whether a function is declared in it that turns bytes or text from outside into values, or values
// into them.
[[nodiscard]] bool declares_a_codec(std::string_view header);

// Whether the canonical bytes of base/bytes.hpp are written or read in it.
[[nodiscard]] bool writes_bytes(std::string_view source);

}  // namespace liptako::schema
