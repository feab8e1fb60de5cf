// The schemas of commands, events and replies against what is written and what is read.
#include "plimsoll/codec/schema.hpp"
#include "codec/streams.hpp"
#include "plimsoll/codec/json.hpp"
#include "support/json_schema.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace plimsoll::codec {
namespace {

text::Value all_schemas() {
    text::JsonWriter json;
    json.begin_object();
    put_schemas(json);
    json.end_object();
    return *text::parse_json(json.take(), "schemas");
}

/// As for_stream(), over as many streams as every kind of command comes in.
template <class Visit, class Decided>
void for_streams(Visit&& visit, Decided&& decided) {
    for (std::uint64_t seed = 1; seed <= 8 && !::testing::Test::HasFailure(); ++seed) for_stream(seed, 700, visit, decided);
}

TEST(COD_009, what_is_written_fits_its_schema) {
    const text::Value all = all_schemas();
    const testing::JsonSchemas schemas(all);
    std::set<std::string> seen;
    for_streams(
        [&](const Engine& engine, const Names& names, const Command& command) {
            const auto written = *text::parse_json(command_json(engine.state(), names, command), "command");
            const std::string name = written.find("command")->text;
            if (name == "define-set" && written.find("set")->is(text::Kind::null)) return;  // cannot be read either
            seen.insert(name);
            EXPECT_EQ(schemas.misfit(written, schemas.at("command." + name)), "") << text::dump_json(written, text::Layout::compact);
        },
        [&](const Engine& engine, const Names& names, const Command&, const Reply& reply) {
            EXPECT_EQ(schemas.misfit(*text::parse_json(reply_json(engine.state(), names, reply), "reply"), schemas.at("Reply")), "");
            if (!reply.accepted() || reply.repeated) return;
            for (const Event& event : engine.events()) {
                const auto written = *text::parse_json(event_json(engine.state(), names, event), "event");
                seen.insert(written.find("event")->text);
                EXPECT_EQ(schemas.misfit(written, schemas.at("event." + written.find("event")->text)), "")
                    << text::dump_json(written, text::Layout::compact);
            }
        });
    EXPECT_GT(seen.size(), 60u);
}

TEST(COD_009, a_command_lacks_what_its_schema_requires_exactly_when_it_cannot_be_read) {
    const text::Value all = all_schemas();
    const testing::JsonSchemas schemas(all);
    std::map<std::string, int> tried;
    for_streams(
        [&](const Engine& engine, const Names& names, const Command& command) {
            const auto written = *text::parse_json(command_json(engine.state(), names, command), "command");
            const std::string name = written.find("command")->text;
            if (tried[name] == 3 || !read_command(engine.state(), names, written, "command", 0)) return;
            ++tried[name];
            for (const text::Member& left_out : written.members) {
                text::Value less = text::Value::of_object();
                for (const text::Member& member : written.members)
                    if (member.key != left_out.key) less.set(member.key, member.value);
                const bool fits = schemas.misfit(less, schemas.at("command." + name)).empty();
                EXPECT_EQ(fits, read_command(engine.state(), names, less, "command", 0).has_value()) << name << " without " << left_out.key;
            }
        },
        [](const auto&...) {});
    EXPECT_EQ(tried.size(), std::variant_size_v<CommandBody>);
}

TEST(COD_009, any_of_them_is_exactly_one_of_them) {
    const text::Value all = all_schemas();
    const testing::JsonSchemas schemas(all);
    int tried = 0;
    for_streams(
        [&](const Engine& engine, const Names& names, const Command& command) {
            if (tried++ % 50 != 0 || std::holds_alternative<command::DefineSet>(command.body)) return;
            const auto written = *text::parse_json(command_json(engine.state(), names, command), "command");
            EXPECT_EQ(schemas.misfit(written, schemas.at("Command")), "");
        },
        [](const auto&...) {});
}

}  // namespace
}  // namespace plimsoll::codec
