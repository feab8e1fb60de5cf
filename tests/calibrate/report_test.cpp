// The page for a risk committee: no figure on it stands without its formula and its inputs.
#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/text/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

namespace plimsoll::calibrate {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t start = 1'600'000'000 / 86'400 * 86'400;

std::vector<Bar> walk_of(std::size_t count, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<Bar> bars;
    double price = 100;
    for (std::size_t i = 0; i < count; ++i) {
        double step = 0.003 * (static_cast<double>(random() % 2'001) - 1'000) / 1'000;
        if (random() % 300 == 0) step *= 8;
        const double next = price * (1 + step);
        bars.push_back({start + static_cast<std::int64_t>(i) * 3'600, price, std::max(price, next), std::min(price, next), next, 1e6});
        price = next;
    }
    return bars;
}

/// Parts of a text between two marks, in their order, without the marks.
std::vector<std::string> between(const std::string& text, const std::string& open, const std::string& close) {
    std::vector<std::string> parts;
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
        const std::size_t begin = at + open.size(), end = text.find(close, begin);
        if (end == std::string::npos) break;
        parts.push_back(text.substr(begin, end - begin));
        at = end;
    }
    return parts;
}
std::string without(std::string text, const std::string& open, const std::string& close) {
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open)) {
        const std::size_t end = text.find(close, at);
        text.erase(at, end == std::string::npos ? std::string::npos : end + close.size() - at);
    }
    return text;
}

/// Walks a page; what is wrong with it, empty when nothing is.
std::string fault_of(const std::string& page) {
    const std::string body = page.substr(page.find("<body>"));
    for (const std::string& figure : between(body, "<figure ", "</figure>")) {
        std::set<std::string> said;
        const auto names = between(figure, "<dt>", "</dt>"), hows = between(figure, "<dd>", "</dd>");
        if (names.size() != hows.size()) return "names and formulas are not as many";
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (hows[i].size() < 3) return "nothing is said of " + names[i];
            said.insert(names[i]);
        }
        std::vector<std::string> wanted;
        const std::string drawn = figure.substr(0, figure.find("<details>"));
        if (figure.starts_with("data-named=\"columns\"")) {
            wanted = between(drawn, "<th>", "</th>");
            for (const std::string& head : between(drawn, "<th class=\"words\">", "</th>")) wanted.push_back(head);
        } else if (figure.starts_with("data-named=\"rows\"")) {
            wanted = between(drawn, "<td class=\"words\">", "</td>");
        } else if (figure.starts_with("data-named=\"series\"")) {
            for (const std::string& line : between(drawn, "<polyline", "</polyline>"))
                wanted.push_back(between(line, "<title>", "</title>").at(0));
        } else {
            return "a figure that does not say what it names";
        }
        if (wanted.empty()) return "a figure of nothing: " + drawn.substr(0, 200);
        for (const std::string& name : wanted)
            if (!name.empty() && !said.contains(name)) return "no formula for '" + name + "'";
    }
    // What stands outside of figures and heads holds neither tables nor charts nor digits.
    std::string rest = without(without(without(body, "<figure ", "</figure>"), "<h1>", "</h1>"), "<h2>", "</h2>");
    for (const char* drawn : {"<table", "<svg"})
        if (rest.find(drawn) != std::string::npos) return std::string("outside of a figure: ") + drawn;
    rest = without(rest, "<", ">");
    const std::size_t digit = rest.find_first_of("0123456789");
    return digit == std::string::npos ? "" : "a figure outside of a figure: " + rest.substr(digit > 40 ? digit - 40 : 0, 80);
}

/// A page with every part that there is.
std::string whole_page(std::string* json = nullptr) {
    const Prices prices(walk_of(9'000, 4), 3'600);
    const std::int64_t as_of = start + 8'500 * 3'600;
    const Appetite appetite = *find_appetite("balanced");
    DepthHistory depth;
    for (int i = 0; i < 50; ++i) depth.add({start + i, {{0.01, 4e6}, {0.05, 3e7}}, {{0.01, 4e6}, {0.05, 3e7}}});
    CurveInputs inputs;
    inputs.depth = &depth;
    inputs.estimators = {true, true};
    inputs.volatility_floor = 0.02;
    const auto first = propose(prices, as_of - 86'400 * 20, appetite, inputs, {{"X&Y", "USD"}, 8, "a test", 1});
    EXPECT_TRUE(first);
    ProposalAsked asked{{"X&Y", "USD"}, 8, "a test", 1, CollateralAsked{"X", {5e6, 6, 0, 0.5}}};
    asked.pace = PaceAsked{
        "live <set>", std::make_shared<const AskedSchedule>(*AskedSchedule::make(first->set, MarketId{0}, {})), true, 0.25, 0.1, 2};
    const auto proposal = propose(prices, as_of, appetite, inputs, asked);
    EXPECT_TRUE(proposal) << to_string(proposal.error());
    Evidence e{*proposal,
               {},
               {},
               {},
               stress_days(prices, appetite, 5),
               {},
               {"bars.csv", "<depth>.csv"},
               {{"gap", "bars.csv: 2 h", "kept", 17, "ts", 3}},
               9'000,
               4,
               50,
               {{"Class B, decided by 3 venues.", "the worst of what is known"}}};
    e.backtest =
        roll(prices, start + 200 * 86'400, start + 330 * 86'400, appetite, {}, [&](const Measured& m) { return m.normal.worst() / 2; });
    e.verdict = judge(e.backtest, 0.01, 25'000);
    for (const Appetite& each : appetites()) e.profiles.push_back(*propose(prices, as_of, each, inputs, {{"X", "USD"}, 8, "", 1}));
    e.others.push_back({"another & more", *AskedSchedule::make(proposal->set, MarketId{0}, {})});
    e.backtest_how = ", rising by at most 10 % a day";
    e.estimators = inputs.estimators;
    e.floor = VolatilityFloor{0.02, 7.5, start, 60'000, 3'600, 0};
    e.floor_from = "long.csv";
    e.fund = FundSize{1e5, 2e5, 7e5, 10, 0.01, 5e7, {{start, 3e5, 1e5, 2e5, 4e6}}, {"1000 owners", "an even book"}};
    if (json != nullptr) *json = report_json(e);
    return report_html(e);
}

TEST(CAL_018, no_figure_of_the_report_stands_without_its_formula) {
    const std::string page = whole_page();
    EXPECT_EQ(fault_of(page), "");
    for (const char* part : {"<h2>Tiers</h2>", "<h2>Pace</h2>", "<h2>As collateral</h2>", "<h2>Volatility</h2>", "<h2>Depth</h2>",
                             "<h2>Backtest</h2>", "How large a fund", "gap, row 17"})
        EXPECT_THAT(page, HasSubstr(part));
    EXPECT_GE(between(page, "<figure ", "</figure>").size(), 20u);
    for (const char* bad : {">nan", " nan", "-nan", ">inf", " inf "}) EXPECT_EQ(page.find(bad), std::string::npos) << bad;
}

/// The walk sees what it is for: any formula taken away, any figure put outside.
TEST(CAL_018, a_formula_that_is_taken_away_is_missed) {
    const std::string page = whole_page();
    std::size_t taken = 0;
    for (std::size_t at = page.find("<dt>"); at != std::string::npos; at = page.find("<dt>", at + 1)) {
        std::string less = page;
        const std::size_t end = less.find("</dd>", at);
        const std::string name = less.substr(at + 4, less.find("</dt>", at) - at - 4);
        less.erase(at, end + 5 - at);
        EXPECT_NE(fault_of(less), "") << name;
        ++taken;
    }
    EXPECT_GT(taken, 100u);
    EXPECT_NE(fault_of(page + "<p>It costs 5 %.</p>"), "");
    EXPECT_NE(fault_of(page + plot::Rows({"a", "b"}).html()), "");
}

TEST(CAL_018, a_backtest_has_a_page_of_the_same_kind) {
    std::vector<Window> windows;
    for (int i = 0; i < 200; ++i) windows.push_back({start + i * 3'600, 0.01, i % 50 == 7 ? 0.05 : 0.001, 0.002});
    const Verdict verdict = judge(windows, 0.01, 2e6);
    const std::string page = backtest_html("Backtest of <x>", {windows, verdict, "USDC", ""});
    EXPECT_EQ(fault_of(page), "");
    EXPECT_THAT(page, HasSubstr("short by, USDC"));
    EXPECT_THAT(page, HasSubstr("<td>80k</td>")) << "4 % of 2 million";
    EXPECT_EQ(fault_of(backtest_html("none", {{}, judge({}, 0.01), "USDC", ""})), "");
}

TEST(CAL_018, programs_read_the_same_figures) {
    std::string text;
    whole_page(&text);
    const auto json = text::parse_json(text, "report");
    ASSERT_TRUE(json) << to_string(json.error());
    const auto figure = [&](std::initializer_list<const char*> path) {
        const text::Value* at = &*json;
        for (const char* key : path) at = at == nullptr ? nullptr : at->find(key);
        return at == nullptr ? std::string("absent") : at->text;
    };
    EXPECT_EQ(figure({"fund", "cover_2"}), "200000.00");
    EXPECT_EQ(figure({"fund", "unit"}), "USD");
    EXPECT_EQ(figure({"volatility_floor", "years"}), "7.500");
    EXPECT_EQ(figure({"pace", "live"}), "live <set>");
    EXPECT_EQ(figure({"backtest", "in_currency", "notional"}), "25000.00");
    EXPECT_NEAR(std::stod(figure({"backtest", "in_currency", "shortfall_most"})),
                25'000 * std::stod(figure({"backtest", "shortfall_most"})), 0.01);
}

}  // namespace
}  // namespace plimsoll::calibrate
