// The runner itself: it can fail, it names what it cannot read, and it compares as stated.
#include "plimsoll/conformance/runner.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace plimsoll::conformance {
namespace {

std::string vector_text(const std::string& expected, const std::string& more = "") {
    return R"([{"id": "one", "source": "a test", "venue": "dydx-v4", "kind": "initial_margin_quote",
 "inputs": {"initial_margin_ppm": "200000", "oi_notional": "0", "notional": "500000"},
 "expected": )" +
           expected + more + R"(, "note": ""}])";
}

VectorResult run_text(const std::string& text) {
    const VectorFile file = read_vectors(text, "one.json");
    EXPECT_TRUE(file.errors.empty()) << (file.errors.empty() ? "" : to_string(file.errors.front()));
    EXPECT_EQ(file.vectors.size(), 1u);
    return file.vectors.empty() ? VectorResult{} : run_vector(file.vectors.front());
}

std::vector<Error> errors_of(const std::string& text) { return read_vectors(text, "one.json").errors; }

TEST(CONF_003, a_changed_figure_is_off_and_the_exit_code_is_1) {
    const VectorResult good = run_text(vector_text(R"({"initial_margin": "100000"})"));
    EXPECT_EQ(good.outcome, Outcome::exact) << line_of(good);
    const VectorResult bad = run_text(vector_text(R"({"initial_margin": "100002"})"));
    EXPECT_EQ(bad.outcome, Outcome::off);
    EXPECT_EQ(bad.fields.at(0).difference, "-2");
    EXPECT_EQ(exit_code({good, bad}), 1);
    EXPECT_EQ(exit_code({good, good}), 0);
    EXPECT_EQ(line_of(bad), "OFF           dydx-v4/one  initial_margin expected 100002 got 100000 difference -2");
}

TEST(CONF_003, a_holding_too_large_for_the_venues_last_place_is_named_and_never_answered_at_another_scale) {
    const auto with_base = [](const std::string& base, const std::string& requirement) {
        return R"([{"id": "one", "source": "a test", "venue": "drift", "kind": "perp_position", "inputs": {"base": ")" + base +
               R"(", "quote": "-)" + base + R"(", "price": "1000000000000", "margin_ratio_initial": "1000",
 "margin_ratio_maintenance": "500", "upnl_initial_weight": "0", "upnl_maintenance_weight": "0", "category": "Initial"},
 "expected": {"requirement": ")" +
               requirement + R"("}, "note": ""}])";
    };
    const VectorResult held = run_text(with_base("1000000000000", "100000000000000"));
    EXPECT_EQ(held.outcome, Outcome::exact) << line_of(held);
    const VectorResult large = run_text(with_base("1000000000000000", "100000000000000000"));
    EXPECT_EQ(large.outcome, Outcome::not_expressible) << line_of(large);
    EXPECT_NE(large.reason.find("beyond the declared domain"), std::string::npos) << large.reason;
}

TEST(CONF_003, figures_finer_than_an_amount_holds_are_named_and_never_cut_off) {
    const auto with_collateral = [](const std::string& collateral) {
        return R"([{"id": "one", "source": "a test", "venue": "synthetix", "kind": "snx_account", "inputs": {"collateral": ")" +
               collateral +
               R"(", "positions": [{"name": "A", "size": "1000000000000000000", "price": "2000000000000000000000",
 "entry_price": "2000000000000000000000", "skew_scale": "10000000000000000000000", "initial_margin_fraction": "20000000000000000",
 "minimum_initial_margin_ratio": "10000000000000000"}]}, "expected": {"available_margin": ")" +
               collateral + R"("}, "note": ""}])";
    };
    const VectorResult held = run_text(with_collateral("100000000000000000000"));
    EXPECT_EQ(held.outcome, Outcome::exact) << line_of(held);
    const VectorResult fine = run_text(with_collateral("100000000000000000001"));
    EXPECT_EQ(fine.outcome, Outcome::not_expressible) << line_of(fine);
}

/// Every committed figure that is met exactly is changed in its first digit; the run must notice each.
TEST(CONF_003, every_exact_figure_is_noticed_when_its_first_digit_changes) {
    std::size_t changed = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(PLIM_SOURCE_DIR) + "/tests/conformance/vectors")) {
        if (entry.path().extension() != ".json" || entry.path().filename() == "parameters.json") continue;
        std::ifstream stream(entry.path());
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        for (Vector vector : read_vectors(text, entry.path().string()).vectors) {
            const VectorResult honest = run_vector(vector);
            if (honest.outcome != Outcome::exact || !vector.tolerance.relative.zero() || vector.tolerance.truncate) continue;
            text::Value& figure = vector.expected.members.front().value;
            const bool judged = honest.fields.front().name == vector.expected.members.front().key && honest.fields.front().left_out.empty();
            if (!judged || honest.fields.front().difference.empty()) continue;
            const auto number = number_of(figure);
            figure = text::Value::of_string((*number + *number + Exact::of(1000, 0)).text());
            EXPECT_EQ(run_vector(vector).outcome, Outcome::off) << vector.id;
            ++changed;
        }
    }
    EXPECT_GT(changed, 150u);
}

TEST(CONF_004, a_malformed_file_is_named_with_its_place) {
    const auto only = [](const std::vector<Error>& errors) { return errors.empty() ? std::string("none") : to_string(errors.front()); };
    EXPECT_EQ(only(errors_of("{}")),
              "one.json:1:1: a vector file is a list of vectors, and this is an object without one; write [ {\"id\": ..., \"source\": ..., "
              "\"venue\": ..., \"kind\": ..., \"inputs\": {...}, \"expected\": {...}} ]");
    EXPECT_EQ(only(errors_of(vector_text("{}"))),
              "one.json:3:14: vectors[0].expected: nothing is expected, so nothing is tested; name at least one figure");
    EXPECT_EQ(only(errors_of(vector_text(R"({"a": "1"})", R"(, "tolerance": "-1")"))).substr(0, 13), "one.json:3:39");
    EXPECT_EQ(only(errors_of(vector_text(R"({"a": "1"})", R"(, "tolerance": {"mode": "truncate", "unit": "0"})"))).find("one.json:3:"), 0u);
    EXPECT_EQ(only(errors_of("[{")).find("one.json:1:3"), 0u) << only(errors_of("[{"));
}

TEST(CONF_004, a_fault_in_the_inputs_is_named_with_its_place_and_hides_no_other_vector) {
    std::string text = vector_text(R"({"initial_margin": "100000"})");
    text.replace(text.find("\"500000\""), 8, "\"5oo000\"");
    const VectorResult result = run_text(text);
    EXPECT_EQ(result.outcome, Outcome::malformed);
    EXPECT_EQ(result.reason, "one.json:2:77: inputs.notional is a string '5oo000' and no decimal");
    text.insert(text.size() - 1, "," + vector_text(R"({"initial_margin": "100000"})").substr(1, std::string::npos));
    text.pop_back();
    const VectorFile both = read_vectors(text, "two.json");
    ASSERT_EQ(both.vectors.size(), 2u) << to_string(both.errors.at(0));
    EXPECT_EQ(run_vector(both.vectors[1]).outcome, Outcome::exact);
}

void collect_leaves(text::Value& value, std::vector<text::Value*>& leaves) {
    for (text::Value& item : value.items) collect_leaves(item, leaves);
    for (text::Member& member : value.members) collect_leaves(member.value, leaves);
    if (value.items.empty() && value.members.empty()) leaves.push_back(&value);
}

/// The first vector of each kind, every figure of its inputs replaced by one that makes no sense: an outcome, never an end.
TEST(CONF_004, no_figure_of_the_inputs_can_end_the_run) {
    std::map<std::string, int> seen;
    int runs = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(PLIM_SOURCE_DIR) + "/tests/conformance/vectors")) {
        if (entry.path().extension() != ".json" || entry.path().filename() == "parameters.json") continue;
        std::ifstream stream(entry.path());
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        for (Vector vector : read_vectors(text, entry.path().string()).vectors) {
            if (++seen[vector.venue + vector.kind] > 1) continue;
            std::vector<text::Value*> leaves;
            collect_leaves(vector.inputs, leaves);
            for (text::Value* leaf : leaves) {
                const text::Value kept = *leaf;
                for (const char* strange : {"0", "-7.5", "1e18", "1e30", "word"}) {
                    *leaf = text::Value::of_string(strange);
                    EXPECT_FALSE(line_of(run_vector(vector)).empty());
                    ++runs;
                }
                *leaf = text::Value::of_array();
                EXPECT_FALSE(line_of(run_vector(vector)).empty());
                *leaf = kept;
            }
        }
    }
    EXPECT_GT(runs, 1'000);
}

TEST(CONF_004, a_path_that_is_not_there_is_malformed_and_not_passed_over) {
    const auto results = run_paths({"no/such/folder"});
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results.front().outcome, Outcome::malformed);
    EXPECT_EQ(exit_code(results), 3);
}

TEST(CONF_006, a_kind_that_nobody_knows_is_counted) {
    std::string text = vector_text(R"({"initial_margin": "100000"})");
    text.replace(text.find("initial_margin_quote"), 20, "something_else");
    const VectorResult result = run_text(text);
    EXPECT_EQ(result.outcome, Outcome::not_covered);
    EXPECT_EQ(count_by_venue({result}).at("dydx-v4").of(Outcome::not_covered), 1u);
}

TEST(CONF_006, a_figure_that_nobody_answers_is_not_passed_over) {
    const VectorResult result = run_text(vector_text(R"({"initial_margin": "100000", "colour": "blue"})"));
    EXPECT_EQ(result.outcome, Outcome::not_covered);
}

TEST(CONF_006, the_allowance_is_the_tolerance_or_one_unit_whichever_is_larger) {
    const auto outcome = [](const std::string& expected, const std::string& more = "") {
        return run_text(vector_text("{\"initial_margin\": \"" + expected + "\"}", more)).outcome;
    };
    EXPECT_EQ(outcome("100001"), Outcome::within_unit);
    EXPECT_EQ(outcome("100001.1"), Outcome::off);
    EXPECT_EQ(outcome("100005", R"(, "tolerance": "5")"), Outcome::within_unit);
    EXPECT_EQ(outcome("100006", R"(, "tolerance": "5")"), Outcome::off);
    EXPECT_EQ(outcome("100100", R"(, "tolerance": {"abs": "0", "rel": "0.001"})"), Outcome::within_unit);
    EXPECT_EQ(outcome("100200", R"(, "tolerance": {"abs": "0", "rel": "0.001"})"), Outcome::off);
    EXPECT_EQ(outcome("99900", R"(, "tolerance": {"mode": "truncate", "unit": "300"})"), Outcome::exact);
}

TEST(CONF_006, decimals_of_any_length_are_subtracted_exactly) {
    const auto of = [](std::string_view text) { return *Exact::parse(text); };
    EXPECT_EQ((of("5.59016994374947424102293417182819058860154589902881431067725") - of("5")).text(),
              "0.59016994374947424102293417182819058860154589902881431067725");
    EXPECT_EQ((of("0.1") - of("0.10000000000000000000000000001")).text(), "-0.00000000000000000000000000001");
    EXPECT_EQ(of("1e-12").text(), "0.000000000001");
    EXPECT_EQ(of("-0.00").text(), "0");
    EXPECT_EQ(of("0099.50").text(), "99.5");
    EXPECT_EQ(of("-1.239").truncated_to(of("0.01")).text(), "-1.23");
    EXPECT_EQ(of("12.5").moved(3).text(), "12500");
    EXPECT_EQ(of("12.5").moved(-3).text(), "0.0125");
    for (const char* text : {"", "-", ".5", "5.", "1e", "0x10", "1e9999", "nan", "1 "}) EXPECT_FALSE(Exact::parse(text)) << text;
}

}  // namespace
}  // namespace plimsoll::conformance
