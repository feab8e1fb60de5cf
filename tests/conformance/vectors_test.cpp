// Every committed vector, and the page that says how they came out.
#include "plimsoll/conformance/runner.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace plimsoll::conformance {
namespace {

const std::string vectors_folder = std::string(PLIM_SOURCE_DIR) + "/tests/conformance/vectors";
const std::string page_file = std::string(PLIM_SOURCE_DIR) + "/docs/conformance.md";

const std::vector<VectorResult>& results() {
    static const std::vector<VectorResult> all = run_paths({vectors_folder});
    return all;
}

// How the vectors that wait for a public table come out once it is at hand: pinned here, shown on the page.
constexpr std::size_t exact_with_tables = 607;
constexpr std::size_t within_with_tables = 143;

std::string note() {
    return "With the public tables at hand (`PLIM_SHARED_DATA=... ctest -R CONF`), " + std::to_string(exact_with_tables) +
           " vectors are exact, " + std::to_string(within_with_tables) + " within one unit and none is off.";
}

VenueCount total(const std::vector<VectorResult>& all) {
    VenueCount sum;
    for (const auto& [venue, count] : count_by_venue(all)) {
        sum.vectors += count.vectors;
        for (std::size_t i = 0; i < std::size(count.by_outcome); ++i) sum.by_outcome[i] += count.by_outcome[i];
    }
    return sum;
}

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(CONF_001, every_committed_vector_is_met_or_named_with_its_reason) {
    ASSERT_GT(results().size(), 0u);
    for (const VectorResult& result : results()) {
        const bool named =
            result.outcome == Outcome::not_expressible || result.outcome == Outcome::outside_scope || result.outcome == Outcome::needs_data;
        EXPECT_TRUE(result.outcome == Outcome::exact || result.outcome == Outcome::within_unit || (named && !result.reason.empty()))
            << line_of(result);
    }
    EXPECT_EQ(exit_code(results()), 0);
}

TEST(CONF_001, no_identifier_is_held_twice) {
    std::map<std::string, int> seen;
    for (const VectorResult& result : results()) EXPECT_EQ(++seen[result.id], 1) << result.id;
}

/// With the public tables at hand, nothing is left waiting for one, and every figure is met.
TEST(CONF_001, vectors_that_refer_to_a_public_table_are_met_when_it_is_at_hand) {
    const char* root = std::getenv("PLIM_SHARED_DATA");
    if (root == nullptr) GTEST_SKIP() << "set PLIM_SHARED_DATA to the folder that holds binance_tiers_2024.csv to run these";
    // Vectors name their tables "data/<file>".
    const auto all = run_paths({vectors_folder}, {std::filesystem::path(root).parent_path().string()});
    const VenueCount sum = total(all);
    EXPECT_EQ(sum.of(Outcome::needs_data), 0u) << summary_of(all);
    EXPECT_EQ(sum.of(Outcome::off) + sum.of(Outcome::malformed) + sum.of(Outcome::not_covered), 0u) << summary_of(all);
    EXPECT_EQ(sum.of(Outcome::exact), exact_with_tables);
    EXPECT_EQ(sum.of(Outcome::within_unit), within_with_tables);
}

TEST(CONF_002, the_page_is_what_the_run_gave) {
    const std::string page = conformance_markdown(results(), note());
    if (std::getenv("PLIM_REWRITE") != nullptr) std::ofstream(page_file) << page;
    EXPECT_EQ(content_of(page_file), page) << "run the test with PLIM_REWRITE=1 and review the difference";
}

}  // namespace
}  // namespace plimsoll::conformance
