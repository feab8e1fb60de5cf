// Commands through JSON and back, on streams that reach every kind, and what is said of text that is none.
#include "plimsoll/codec/json.hpp"
#include "codec/streams.hpp"
#include "plimsoll/engine/hash.hpp"
#include "plimsoll/text/hex.hpp"
#include "plimsoll/text/json.hpp"
#include "reference_engine/compare.hpp"
#include "support/engine_desk.hpp"

#include <gtest/gtest.h>

#include <set>

namespace plimsoll::codec {
namespace {

std::vector<std::uint8_t> bytes_of(const Command& command) {
    ByteSink sink;
    sink.put(command.id.high);
    sink.put(command.id.low);
    sink.put(command.time_ms);
    sink.put(command.body);
    return {sink.bytes().begin(), sink.bytes().end()};
}

TEST(COD_001, what_was_written_is_read_back) {
    std::set<std::string_view> seen;
    for (std::uint64_t seed = 1; seed <= 8 && !HasFailure(); ++seed)
        for_stream(seed, 700, [&](const Engine& engine, const Names& names, const Command& command) {
            const std::string written = command_json(engine.state(), names, command);
            const auto read = read_command(engine.state(), names, written, "stream");
            if (!read) {
                // A parameter set that breaks the rules of its own file cannot be read back, nor one that is not there.
                EXPECT_TRUE(std::holds_alternative<command::DefineSet>(command.body)) << to_string(read.error().front()) << '\n' << written;
                return;
            }
            std::visit([&](const auto& body) { seen.insert(body.name); }, command.body);
            EXPECT_EQ(bytes_of(*read), bytes_of(command)) << written;
            EXPECT_EQ(command_json(engine.state(), names, *read), written);
        });
    EXPECT_EQ(seen.size(), std::variant_size_v<CommandBody>);
}

TEST(COD_001, a_stream_that_went_through_text_gives_the_same_hashes) {
    std::unique_ptr<Engine> again;
    std::unique_ptr<Names> again_names;
    Hash128 chain;
    for_stream(77, 900, [&](const Engine& engine, const Names& names, const Command& command) {
        if (!again) {
            again = std::make_unique<Engine>(engine.state().limits);
            again_names = std::make_unique<Names>(engine.state().limits);
        }
        chain = engine.chain();
        if (again->chain() != chain) return;
        auto read = read_command(again->state(), *again_names, command_json(engine.state(), names, command), "stream");
        const Command sent = read ? *read : command;
        const Reply reply = again->execute(sent);
        if (reply.accepted() && !reply.repeated)
            for (const Event& event : again->events()) again_names->follow(event);
    });
    EXPECT_GT(again->seq(), 800u) << "the second engine fell behind: its events differed";
}

TEST(COD_002, events_and_replies_are_json_with_the_fields_of_their_description) {
    std::set<std::string> seen;
    const auto nothing = [](const auto&...) {};
    for (std::uint64_t seed = 1; seed <= 6 && !HasFailure(); ++seed)
        for_stream(seed, 700, nothing, [&](const Engine& engine, const Names& names, const Command&, const Reply& reply) {
            const auto written = text::parse_json(reply_json(engine.state(), names, reply), "reply");
            ASSERT_TRUE(written.has_value());
            EXPECT_EQ(written->find("reject") != nullptr, !reply.accepted());
            if (!reply.accepted() || reply.repeated) return;
            for (const Event& event : engine.events()) {
                const auto value = text::parse_json(event_json(engine.state(), names, event), "event");
                ASSERT_TRUE(value.has_value());
                std::visit(
                    [&](const auto& record) {
                        seen.insert(std::string(record.name));
                        EXPECT_EQ(value->find("event")->text, record.name);
                        std::size_t fields = 1;
                        each_field(record, [&](const auto& field, const auto&) {
                            ++fields;
                            EXPECT_NE(value->find(field.name), nullptr) << record.name << '.' << field.name;
                        });
                        EXPECT_EQ(value->members.size(), fields) << record.name;
                    },
                    event);
            }
        });
    EXPECT_GT(seen.size(), 30u);
}

/// A venue with one account called alice and one order, to read commands against.
class Reading : public ::testing::Test {
protected:
    Reading() : desk_(testing::small_venue()), names_(desk_.engine.state().limits) {
        desk_.send(command::OpenAccount{});
        names_.name_account({0}, "alice");
    }
    std::string errors(std::string_view source) const {
        const auto read = read_command(desk_.engine.state(), names_, source, "in");
        std::string text;
        if (read) return "read";
        for (const Error& error : read.error()) text += (text.empty() ? "" : " | ") + to_string(error);
        return text;
    }
    testing::Desk desk_;
    Names names_;
};

using COD_003 = Reading;

TEST_F(COD_003, what_cannot_be_read_is_said_with_its_place_and_a_cure) {
    const std::pair<const char*, const char*> table[] = {
#include "codec/malformed.inc"
    };
    for (const auto& [source, said] : table) EXPECT_EQ(errors(source), said) << source;
    EXPECT_GE(std::size(table), 30u);
}

// ---- plain objects ---------------------------------------------------------------------------------------------------

/// A text with something done to it that a sender may get wrong.
std::string altered(std::string text, Random& random) {
    static constexpr std::string_view pieces[] = {"\"",  "\\",   ",",    ":",  "{", "}",    " ",    "0",  "-",
                                                  "1e9", "null", "true", ".5", "x", "\x7f", "\xc3", "[]", "\n"};
    const auto at = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(text.size()) - 1));
    switch (random.between(0, 3)) {
        case 0: text.erase(at, static_cast<std::size_t>(random.between(1, 3))); break;
        case 1: text.insert(at, pieces[random.between(0, std::ssize(pieces) - 1)]); break;
        case 2: text[at] = static_cast<char>(random.between(1, 127)); break;
        default: text.insert(at, text.substr(static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(at))), 12));
    }
    return text;
}

/// Whether it was read without a tree; then it is what the tree says.
bool read_as_the_tree_is(const Engine& engine, const Names& names, const std::string& text) {
    const auto plain = text::read_plain_object(text);
    if (!plain) return false;
    const auto tree = text::parse_json(text, "in");
    EXPECT_TRUE(tree) << text;
    if (!tree) return false;
    const text::PlainObject object = plain->object(0);
    EXPECT_EQ(object.size(), tree->members.size()) << text;
    for (std::size_t i = 0; i < object.size(); ++i)
        EXPECT_TRUE(object.key(i) == tree->members[i].key && object.kind(i) == tree->members[i].value.kind &&
                    object.text(i) == tree->members[i].value.text)
            << text;
    const auto read = read_command(engine.state(), names, *tree, "in", 5);
    static Command quick;  // one after the other in the same place, as of a list: nothing is left of the one before
    const bool good = read_plain_command(engine.state(), names, object, 5, quick);
    EXPECT_TRUE(!good || read) << text << '\n' << (read ? "" : to_string(read.error().front()));
    if (!good || !read) return false;
    EXPECT_EQ(bytes_of(quick), bytes_of(*read)) << text;
    return true;
}

TEST(COD_008, a_command_that_is_read_without_a_tree_is_the_one_in_the_tree) {
    Random random(19);
    int whole = 0, altered_ones = 0, all = 0;
    for (std::uint64_t seed = 1; seed <= 6 && !HasFailure(); ++seed)
        for_stream(seed, 500, [&](const Engine& engine, const Names& names, const Command& command) {
            const std::string written = command_json(engine.state(), names, command);
            ++all;
            whole += read_as_the_tree_is(engine, names, written);
            for (int i = 0; i < 30 && !HasFailure(); ++i) altered_ones += read_as_the_tree_is(engine, names, altered(written, random));
        });
    EXPECT_GT(whole, all / 2);
    EXPECT_GT(altered_ones, all);
}

/// Each character, at each place.
TEST(COD_008, a_string_is_plain_when_all_its_characters_are_printable) {
    for (std::size_t length = 0; length < 20; ++length)
        for (std::size_t at = 0; at < length; ++at)
            for (int c = 0; c < 256; ++c) {
                std::string content(length, 'a');
                content[at] = static_cast<char>(c);
                const std::string source = "{\"key\":\"" + content + "\"}";
                const auto plain = text::read_plain_object(source);
                const bool printable = c >= ' ' && c < 0x7F && c != '"' && c != '\\';
                ASSERT_EQ(plain.has_value(), printable) << length << ' ' << at << ' ' << c;
                ASSERT_TRUE(!plain || plain->object(0).text(0) == content);
            }
}

TEST(COD_008, keys_are_equal_when_their_texts_are) {
    Random random(7);
    std::vector<std::string> texts;
    for (int i = 0; i < 1500; ++i) {
        std::string text;
        for (std::int64_t size = random.between(0, 20); size > 0; --size) text += random.between(0, 9) == 0 ? 'b' : 'a';
        texts.push_back(text);
    }
    int equal = 0;
    for (const std::string& a : texts)
        for (const std::string& b : texts) {
            ASSERT_EQ(text::Key(a) == text::Key(b), a == b) << a << ' ' << b;
            ASSERT_TRUE(a != b || text::Key(a).tag() == text::Key(b).tag());
            equal += a == b;
        }
    EXPECT_GT(equal, static_cast<int>(texts.size()));
}

TEST(COD_008, sixty_four_bits_are_sixteen_hexadecimal_digits) {
    Random random(3);
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t bits = random.next() >> random.between(0, 63);
        std::array<char, 17> want{}, got{};
        std::snprintf(want.data(), want.size(), "%016llx", static_cast<unsigned long long>(bits));
        EXPECT_EQ(text::put_hex(got.data(), bits), got.data() + 16);
        EXPECT_EQ(want, got);
    }
}

TEST(COD_008, a_list_is_plain_when_its_objects_are_and_nothing_stands_beside_it) {
    const auto size = [](std::string_view text) {
        const auto list = text::read_plain_list(text, "orders");
        return list ? static_cast<int>(list->size()) : -1;
    };
    EXPECT_EQ(size(R"({"orders":[]})"), 0);
    EXPECT_EQ(size(" { \"orders\" : [ {\"a\":\"b\"} ,\n{\"c\" : -1.5 , \"d\":true} , {} ] } \r\n"), 3);
    for (const char* text : {"",
                             "{}",
                             "[]",
                             R"({"order":[]})",
                             R"({"orders":[],"more":1})",
                             R"({"orders":[{"a":1}])",
                             R"({"orders":[{"a":1},]})",
                             R"({"orders":[{"a":1} {"a":1}]})",
                             R"({"orders":[{"a":1,}]})",
                             R"({"orders":[{"a":1}]}x)",
                             R"({"orders":[1]})",
                             R"({"orders":[{"a":[]}]})",
                             R"({"orders":[{"a":{}}]})",
                             R"({"orders":[{"a":null}]})",
                             R"({"orders":[{"a":01}]})",
                             R"({"orders":[{"a":1e3}]})",
                             R"({"orders":[{"a":1,"a":2}]})",
                             R"({"orders":[{"a":"\n"}]})",
                             R"({"orders":[{"a":"é"}]})",
                             R"({"orders":[{"a":tru}]})",
                             R"({"orders":[{"a":"b}]})",
                             "{\"orders\":[{\"a\":\"5}\n]}",
                             R"({"orders":[{"a":"5,"b":1}]})",
                             R"({"orders":[{"abcdefgh1ijklmnopq":1,"abcdefgh1ijklmnopq":2}]})",
                             R"({"orders":[{"a" 1}]})",
                             R"({"orders":[{a:1}]})"})
        EXPECT_EQ(size(text), -1) << text;
}

}  // namespace
}  // namespace plimsoll::codec
