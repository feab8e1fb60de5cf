// JSON: what is read is what was written, to the last digit, and what is refused is named with its place.
#include "plimsoll/text/json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plimsoll::text {
namespace {

std::string refusal(std::string_view source) {
    const auto value = parse_json(source, "t.json");
    return value ? "accepted" : to_string(value.error());
}

TEST(BAD_001, numbers_keep_every_digit_they_were_written_with) {
    const auto value = parse_json(R"([0.1, 1e400, -0, 123456789012345678901234567890.10])", "t.json");
    ASSERT_TRUE(value);
    ASSERT_EQ(value->items.size(), 4U);
    EXPECT_EQ(value->items[0].text, "0.1");
    EXPECT_EQ(value->items[1].text, "1e400");
    EXPECT_EQ(value->items[2].text, "-0");
    EXPECT_EQ(value->items[3].text, "123456789012345678901234567890.10");
}

TEST(BAD_001, every_node_and_key_knows_its_line_and_column) {
    const auto value = parse_json("{\n  \"ä\\\"[\": [true, null],\n  \"b\": {\"c\": \"d\"}}", "t.json");
    ASSERT_TRUE(value);
    EXPECT_EQ(value->place, (Place{1, 1}));
    EXPECT_EQ(value->members[0].place, (Place{2, 3}));
    EXPECT_EQ(value->members[0].key, "ä\"[");
    EXPECT_EQ(value->members[0].value.place, (Place{2, 11}));
    EXPECT_EQ(value->members[0].value.items[1].place, (Place{2, 18}));
    EXPECT_EQ(value->find("b")->find("c")->place, (Place{3, 14}));
    EXPECT_EQ(value->find("b")->find("c")->text, "d");
}

TEST(BAD_002, a_document_that_is_no_json_is_refused_with_its_place) {
    EXPECT_EQ(refusal("{\"a\": 1,}"), "t.json:1:9: unexpected '}'; JSON has no comments, trailing commas, single quotes or NaN");
    EXPECT_EQ(refusal("[1, NaN]"), "t.json:1:5: unexpected 'N'; JSON has no comments, trailing commas, single quotes or NaN");
    EXPECT_EQ(refusal("[1,\n 2"), "t.json:2:3: the document ends in the middle of a value; is it cut off? close what is open");
    EXPECT_EQ(refusal(""), "t.json: the document is empty; write a JSON value");
    EXPECT_EQ(refusal(" \n"), "t.json: the document is empty; write a JSON value");
    EXPECT_EQ(refusal("{}\n{}"), "t.json:2:1: text goes on after the document's end; keep at most 1 JSON value here");
    EXPECT_EQ(refusal("[\"\\ud800\\u0041\"]"), "t.json:1:11: half of a UTF-16 pair stands alone; write the character itself, as UTF-8");
}

TEST(BAD_001, documents_that_follow_each_other_are_read_with_places_of_the_whole_source) {
    const auto all = parse_json_sequence("{\"a\": 1}\n {\"b\": [2]} 3 ", "t.json");
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ((*all)[1].find("b")->items[0].place, (Place{2, 9}));
    EXPECT_EQ((*all)[2].text, "3");
    EXPECT_EQ(to_string(parse_json_sequence("{}\n{]", "t.json").error()).substr(0, 25), "t.json:2:2: unexpected ']");
}

TEST(BAD_002, duplicate_keys_are_refused_where_the_second_stands) {
    EXPECT_EQ(refusal("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}"), "t.json:3:2: key 'a' is given twice, first on line 1; keep one of them");
}

TEST(BAD_003, what_is_not_utf8_text_is_refused) {
    EXPECT_EQ(refusal("\xEF\xBB\xBF{}"), "t.json:1:1: the document starts with a byte order mark; save it as UTF-8 without one");
    EXPECT_EQ(refusal("[\"a\xC0\xAF\"]"), "t.json:1:4: the document is not UTF-8; save it as UTF-8");
    EXPECT_EQ(refusal("[\"a\xED\xA0\x80\"]"), "t.json:1:4: the document is not UTF-8; save it as UTF-8");
    EXPECT_EQ(refusal(std::string_view("[1]\0", 4)), "t.json:1:4: the document holds a NUL byte; remove it; a text document has none");
    EXPECT_EQ(refusal("[\"a\\u0000\"]"), "t.json:1:2: the string holds an escaped NUL; remove \\u0000");
    EXPECT_EQ(refusal("\xFF\xFE[\0"), "t.json:1:1: the document is UTF-16; save it as UTF-8");
}

TEST(BAD_004, a_deep_or_long_document_is_refused_before_it_costs_memory) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse_json(nested(depth_max), "t.json"));
    EXPECT_EQ(refusal(nested(depth_max + 1)), "t.json:1:65: values are nested deeper than 64; flatten the document");
    EXPECT_EQ(refusal(std::string(source_bytes_max + 1, ' ')),
              "t.json: the document has 67108865 bytes; split it: at most 67108864 bytes are read");
    std::string wide = "[";
    for (std::size_t i = 0; i < nodes_max; ++i) wide += "0,";
    EXPECT_EQ(refusal(wide + "0]"), "t.json:1:4000000: the document has more than 2000000 values; split it");
}

TEST(BAD_005, the_writer_escapes_and_indents) {
    JsonWriter writer(Layout::pretty);
    writer.begin_object()
        .key("a\n")
        .begin_array()
        .number("0.10")
        .string("\"\\\x01ä")
        .end_array()
        .key("e")
        .begin_array()
        .end_array()
        .end_object();
    EXPECT_EQ(writer.take(), "{\n  \"a\\n\": [\n    0.10,\n    \"\\\"\\\\\\u0001ä\"\n  ],\n  \"e\": []\n}\n");
    JsonWriter compact;
    compact.begin_object().key("a").null().key("b").boolean(true).key("c").number(-5).end_object();
    EXPECT_EQ(compact.take(), R"({"a":null,"b":true,"c":-5})");
}

rc::Gen<Value> gen_value(int depth) {
    const auto kind = *rc::gen::inRange(0, depth > 0 ? 6 : 4);
    if (kind == 0) return rc::gen::just(Value{});
    if (kind == 1) return rc::gen::just(Value::of_bool(*rc::gen::arbitrary<bool>()));
    if (kind == 2) return rc::gen::just(Value::of_number(*rc::gen::arbitrary<std::int64_t>()));
    if (kind == 3) return rc::gen::just(Value::of_string(*rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127))));
    Value value = kind == 4 ? Value::of_array() : Value::of_object();
    const int size = *rc::gen::inRange(0, 5);
    for (int i = 0; i < size; ++i) {
        if (kind == 4) value.push(*gen_value(depth - 1));
        else value.set("k\"" + std::to_string(i), *gen_value(depth - 1));
    }
    return rc::gen::just(std::move(value));
}

RC_GTEST_PROP(BAD_005, what_the_writer_wrote_the_parser_reads_back, ()) {
    const Value value = *gen_value(4);
    for (const Layout layout : {Layout::compact, Layout::pretty}) {
        const auto read = parse_json(dump_json(value, layout), "t.json");
        RC_ASSERT(read.has_value());
        RC_ASSERT(same(*read, value));
    }
}

RC_GTEST_PROP(BAD_002, arbitrary_bytes_are_answered_and_a_place_is_named, (const std::string& bytes)) {
    const auto value = parse_json(bytes, "t.json");
    // What holds nothing has no line to name.
    const bool empty = bytes.find_first_not_of(" \t\r\n") == std::string::npos;
    if (!value) RC_ASSERT((empty ? value.error().where == "t.json" : value.error().where.starts_with("t.json:")));
}

}  // namespace
}  // namespace plimsoll::text
