// TOML: the same tree as JSON, with places, and no number that was rounded in silence.
#include "plimsoll/text/toml.hpp"
#include "plimsoll/text/json.hpp"

#include <gtest/gtest.h>

namespace plimsoll::text {
namespace {

std::string refusal(std::string_view source) {
    const auto value = parse_toml(source, "t.toml");
    return value ? "accepted" : to_string(value.error());
}

TEST(BAD_006, tables_come_in_the_order_of_the_source) {
    const auto value = parse_toml("z = 1\na = \"0.05\"\n[market.y]\nb = true\n[[row]]\nn = 1_000\n[[row]]\nn = 2\n", "t.toml");
    ASSERT_TRUE(value);
    EXPECT_EQ(dump_json(*value, Layout::compact), R"({"z":1,"a":"0.05","market":{"y":{"b":true}},"row":[{"n":1000},{"n":2}]})");
    EXPECT_EQ(value->find("a")->place, (Place{2, 5}));
    EXPECT_EQ(value->members[1].place, (Place{2, 1}));
    EXPECT_EQ(value->find("row")->items[1].find("n")->place, (Place{8, 5}));
}

TEST(BAD_006, floats_and_dates_are_refused_with_a_cure) {
    EXPECT_EQ(refusal("[a]\nrate = 0.05\n"),
              "t.toml:2:8: a floating-point number cannot be read exactly; write it as a string, such as \"0.05\"");
    EXPECT_EQ(refusal("rate = inf\n"),
              "t.toml:1:8: a floating-point number cannot be read exactly; write it as a string, such as \"0.05\"");
    EXPECT_EQ(refusal("day = 2024-01-01\n"), "t.toml:1:7: dates and times are not used here; write it as a string");
}

TEST(BAD_006, a_document_that_is_no_toml_is_refused_with_its_place) {
    EXPECT_EQ(refusal("a = 1\na = 2\n"), "t.toml:2:5: cannot redefine existing integer 'a'; keep one of them");
    EXPECT_EQ(refusal("a = \n"), "t.toml:1:5: expected value, saw '\\n'; write it as TOML 1.0 asks");
    EXPECT_EQ(refusal("a = f\n"), "t.toml:1:6: expected 'false', saw 'f?'; write it as TOML 1.0 asks");
    EXPECT_EQ(refusal("a = \"\\u0000\"\n"), "t.toml:1:5: the string holds an escaped NUL; remove \\u0000");
    EXPECT_EQ(refusal("a = 99999999999999999999\n"),
              "t.toml:1:25: '99999999999999999999' is not representable in 64 bits; write it as TOML 1.0 asks");
}

TEST(BAD_006, a_document_that_breaks_the_library_is_refused_with_its_line) {
    EXPECT_EQ(refusal("x = { y = { z =ä* } }"),
              "t.toml:1:16: a character outside ASCII stands in no string and no comment; put it in quotes");
    EXPECT_EQ(refusal("# ä\n'ä' = \"ä\" # ä\n"), "accepted");
    EXPECT_EQ(refusal("ok = 1\n[\n[a]a]\nlater = 2\n"), "t.toml:2:1: the line is no TOML; write it as TOML 1.0 asks");
}

TEST(BAD_004, deep_toml_is_refused_however_the_depth_is_written) {
    const auto repeat = [](std::string_view piece, int times) {
        std::string text;
        for (int i = 0; i < times; ++i) text += piece;
        return text;
    };
    const std::string deep = ": values are nested deeper than 64; flatten the document";
    EXPECT_EQ(refusal("a = " + repeat("[", 100'000)), "t.toml:1:69" + deep);
    EXPECT_EQ(refusal(repeat("a.", 100'000) + "a = 1"), "t.toml:1:130" + deep);
    EXPECT_EQ(refusal("[" + repeat("a.", 100'000) + "a]"), "t.toml:1:129" + deep);
    EXPECT_EQ(refusal("x = " + repeat("{ a.a.a.a.a = ", 60) + "1" + repeat("}", 60)), "t.toml:1:182" + deep);
    EXPECT_EQ(refusal("[" + repeat("a.", 60) + "a]\n" + repeat("b.", 60) + "b = 1\n"), "t.toml:2:7" + deep);
    EXPECT_EQ(
        refusal("# " + repeat(".", 200) + "\ns = '''\n" + repeat("...", 100) + "'''\nt = \"" + repeat(".", 99) + "\\\"\" # \"\nu = 1\n"),
        "accepted");
}

}  // namespace
}  // namespace plimsoll::text
