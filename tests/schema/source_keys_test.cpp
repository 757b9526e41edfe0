#include "tests/schema/source_keys.hpp"

#include <gtest/gtest.h>

namespace liptako::schema {
namespace {

using Keys = std::set<std::string>;

TEST(SourceKeys, FindsTheKeysOfAWriter) {
  EXPECT_EQ(keys_of(R"cc(json.key("age_s").number(1, 2);
                         put_member(out, "offset", 3);
                         w.whole("format", m.format);
                         write_altitude(w, p.a, "height_ft");)cc"),
            (Keys{"age_s", "offset", "format", "height_ft"}));
}

TEST(SourceKeys, FindsKeysInTextAcrossLiteralsAndInRawText) {
  EXPECT_EQ(keys_of("f(\"{\\\"found_\"\n   \"share\\\":{},\\\"x\\\": 1\");"),
            (Keys{"found_share", "x"}));
  EXPECT_EQ(keys_of("g(R\"q({\"accepted\":true})q\");"), Keys{"accepted"});
}

TEST(SourceKeys, FindsTheKeysThatAReaderAllows) {
  EXPECT_EQ(keys_of(R"cc(t.allow_only({"name", "sac"});
                         t.text("path", s, true);
                         word(fields, "kind", kKinds);
                         tables(root, "radar", f);
                         table["site"];
                         fields.number("pd", {0, 1});)cc"),
            (Keys{"name", "sac", "path", "kind", "radar", "site", "pd"}));
}

TEST(SourceKeys, FindsTheMembersOfAFieldList) {
  EXPECT_EQ(keys_of("archive(t.number, t.imm.x, h.cpr.odd); base::Saver{out}(time_, offset_);"
                    "saver(static_cast<int>(n), counters_);"),
            (Keys{"number", "x", "odd", "time", "offset", "counters"}));
}

TEST(SourceKeys, FindsTheFieldsOfATextDocument) {
  const std::string writer = "format(\"{}\\nnode {}\\nbody sha256:{}\\n\", kFirstLine);";
  EXPECT_EQ(keys_of("kFirstLine = \"liptako/thing/v1\";" + writer), (Keys{"node", "body"}));
  EXPECT_EQ(keys_of(writer), Keys{}) << "a message";
}

TEST(SourceKeys, CommentsCharactersAndOtherTextsAreNoKeys) {
  EXPECT_EQ(keys_of("// json.key(\"a\")\n/* \"b\": */ log(\"c: \"); const char d = '\"'; "
                    "int e = 1'000; f(\"no key here\");"),
            Keys{});
}

TEST(SourceKeys, TellsWhatDeclaresACodec) {
  EXPECT_TRUE(declares_a_codec("Result<Frame> decode_frame(base::ByteView bytes);"));
  EXPECT_TRUE(declares_a_codec("Result<Roster> parse_roster(std::string_view text,\n int n);"));
  EXPECT_FALSE(declares_a_codec("// decode_frame(base::ByteView bytes)\nint size(ByteView b);"));
  EXPECT_TRUE(writes_bytes("base::ByteWriter out(bytes);"));
  EXPECT_FALSE(writes_bytes("// a ByteWriter\nint x;"));
}

}  // namespace
}  // namespace liptako::schema
