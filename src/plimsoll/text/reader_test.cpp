// The schema reader: all findings in one walk, each with its place and the nearest known key.
#include "plimsoll/text/reader.hpp"
#include "plimsoll/text/toml.hpp"

#include <gtest/gtest.h>

namespace plimsoll::text {
namespace {

std::vector<std::string> lines(const Issues& issues) {
    std::vector<std::string> all;
    for (const Error& error : issues.errors()) all.push_back(to_string(error));
    return all;
}

TEST(BAD_007, an_unknown_key_is_named_with_its_line_and_the_nearest_known_one) {
    const auto value = parse_toml("initial = \"0.05\"\nmaintenence = \"0.03\"\nzzz = 1\n", "p.toml");
    ASSERT_TRUE(value);
    Issues issues("p.toml");
    ObjectReader reader(*value, "", issues);
    EXPECT_EQ(reader.decimal("initial"), (Decimal{5, 2}));
    EXPECT_EQ(reader.decimal("maintenance", Need::optional), std::nullopt);
    reader.finish();
    EXPECT_EQ(lines(issues), (std::vector<std::string>{"p.toml:2:1: unknown key 'maintenence'; did you mean 'maintenance'?",
                                                       "p.toml:3:1: unknown key 'zzz'; remove it"}));
}

TEST(BAD_007, all_findings_of_an_object_are_collected) {
    const auto value =
        parse_toml("[[m]]\nsymbol = 5\nrate = \"1e5\"\nkind = \"linea\"\nleverage = 200\nlist = 1\n[m.sub]\nflag = \"true\"\n", "p.toml");
    ASSERT_TRUE(value);
    Issues issues("p.toml");
    ObjectReader reader(value->find("m")->items[0], "m[0]", issues);
    EXPECT_FALSE(reader.string("symbol"));
    EXPECT_FALSE(reader.count<Rate>("rate", rate_digits));
    EXPECT_FALSE(reader.one_of("kind", {"linear", "inverse"}));
    EXPECT_FALSE(reader.integer("leverage", 1, 125));
    EXPECT_TRUE(reader.array("list").empty());
    EXPECT_FALSE(reader.decimal("cap"));
    auto sub = reader.object("sub");
    ASSERT_TRUE(sub);
    EXPECT_FALSE(sub->boolean("flag"));
    sub->finish();
    reader.finish();
    EXPECT_EQ(lines(issues),
              (std::vector<std::string>{
                  "p.toml:2:10: m[0].symbol: a string is expected, a number is given; put it in quotes",
                  "p.toml:3:8: m[0].rate: '1e5' is in exponent form (character 2); write the digits out",
                  "p.toml:4:8: m[0].kind: 'linea' is not known here; did you mean 'linear'? known are 'linear', 'inverse'",
                  "p.toml:5:12: m[0].leverage: 200 is not a whole number from 1 to 125; write one of these",
                  "p.toml:6:8: m[0].list: an array is expected, a number is given; put it in [ and ]",
                  "p.toml:1:1: m[0]: key 'cap' is missing; add it",
                  "p.toml:8:8: m[0].sub.flag: true or false is expected, a string is given; write true or false without quotes"}));
}

TEST(BAD_007, a_value_that_is_no_object_makes_one_finding_only) {
    Issues issues("p.toml");
    const Value number = Value::of_number(5);
    ObjectReader reader(number, "m", issues);
    EXPECT_FALSE(reader.string("a"));
    EXPECT_FALSE(reader.decimal("b"));
    reader.finish();
    EXPECT_EQ(lines(issues),
              (std::vector<std::string>{"p.toml: m: an object is expected, a number is given; give it as a table of keys and values"}));
}

TEST(BAD_007, a_key_of_hostile_length_costs_no_time_and_is_cut_in_the_message) {
    EXPECT_EQ(nearest(std::string(1'000'000, 'a'), {"aa"}), "");
    EXPECT_EQ(shown(std::string(100, 'a') + "\n"), std::string(40, 'a') + "...");
    EXPECT_EQ(shown("a\x1b[31m"), "a?[31m");
}

}  // namespace
}  // namespace plimsoll::text
