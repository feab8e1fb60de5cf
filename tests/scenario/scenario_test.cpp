// The stories of tests/scenario/*.txt, one test for each file.
#include "scenario/replay.hpp"
#include "scenario/session.hpp"
#include "scenario/setup.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace plimsoll::scenario {
namespace {

std::string content_of(const std::string& path) {
    std::ifstream in(std::string(PLIM_SOURCE_DIR) + '/' + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(ENG_001, orders_and_margin) { expect_scenarios("orders-and-margin.txt"); }
TEST(ENG_002, withdrawals) { expect_scenarios("withdrawals.txt"); }
TEST(ENG_003, guards) { expect_scenarios("guards.txt"); }
TEST(ENG_004, open_order_policies) { expect_scenarios("open-order-policies.txt"); }
TEST(ENG_005, profit_weight) { expect_scenarios("profit-weight.txt"); }
TEST(ENG_006, caps_and_groups) { expect_scenarios("caps-and-groups.txt"); }
TEST(ENG_007, isolated) { expect_scenarios("isolated.txt"); }
TEST(ENG_008, hedge) { expect_scenarios("hedge.txt"); }
TEST(ENG_009, deposits) { expect_scenarios("deposits.txt"); }
TEST(ENG_010, funding) { expect_scenarios("funding.txt"); }
TEST(ENG_011, liquidation) { expect_scenarios("liquidation.txt"); }
TEST(ENG_012, waterfall) { expect_scenarios("waterfall.txt"); }
TEST(ENG_013, recipes) { expect_scenarios("recipes.txt"); }
TEST(ENG_014, parameters) { expect_scenarios("parameters.txt"); }

TEST(ENG_018, the_page_of_the_language_has_every_word_of_it) {
    const std::string page = content_of("docs/reference/scenarios.md");
    for (const std::string_view verb : Session::verb_names())
        EXPECT_NE(page.find('`' + std::string(verb)), std::string::npos) << "docs/reference/scenarios.md says nothing of the verb " << verb;
    for (const std::string_view key : setup_keys())
        EXPECT_NE(page.find(std::string(key)), std::string::npos) << "docs/reference/scenarios.md says nothing of the key " << key;
}

TEST(ENG_018, there_are_stories_enough_to_lean_on) {
    std::size_t stories = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(PLIM_SOURCE_DIR) + "/tests/scenario")) {
        if (entry.path().extension() != ".txt") continue;
        std::istringstream text(content_of("tests/scenario/" + entry.path().filename().string()));
        for (std::string line; std::getline(text, line);) stories += line.starts_with("== ") ? 1 : 0;
    }
    EXPECT_GE(stories, 120u);
}

}  // namespace
}  // namespace plimsoll::scenario
