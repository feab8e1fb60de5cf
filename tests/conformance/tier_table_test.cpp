// A whole table of tiers against a computation that shares nothing with ours: big rationals and the published formulas.
#include "plimsoll/schedule/evaluate.hpp"

#include <gtest/gtest.h>
#include <boost/multiprecision/cpp_int.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace plimsoll {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

constexpr int notional_places = 2;  // one unit is 0.01
constexpr int amount_places = 8;

struct TableRow {
    std::string floor, cap, rate, leverage, deduction;
};
using Table = std::map<std::string, std::vector<TableRow>>;

Table read_table(std::istream& stream) {
    Table table;
    std::string line;
    std::getline(stream, line);
    EXPECT_EQ(line, "symbol,tier,floor,cap,mmr,max_leverage,cum");
    while (std::getline(stream, line)) {
        std::stringstream cells(line);
        std::string symbol, tier;
        TableRow row;
        std::getline(cells, symbol, ',');
        std::getline(cells, tier, ',');
        for (std::string* cell : {&row.floor, &row.cap, &row.rate, &row.leverage, &row.deduction}) std::getline(cells, *cell, ',');
        table[symbol].push_back(row);
    }
    return table;
}

cpp_rational rational(const std::string& text) {
    const std::size_t point = text.find('.');
    std::string digits = text.substr(0, point);
    cpp_int scale = 1;
    if (point != std::string::npos) {
        for (std::size_t i = point + 1; i < text.size(); ++i) scale *= 10;
        digits += text.substr(point + 1);
        digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    }
    return cpp_rational(cpp_int(digits), scale);
}

/// ceil(value * 10^8)
cpp_int rounded_up(const cpp_rational& value) {
    const cpp_rational scaled = value * 100'000'000;
    const cpp_int whole = numerator(scaled) / denominator(scaled);
    return cpp_rational(whole) == scaled ? whole : whole + 1;
}

/// floor < N <= cap; beyond the last cap the last row holds on.
const TableRow& row_at(const std::vector<TableRow>& rows, const cpp_rational& notional) {
    for (const TableRow& row : rows)
        if (notional <= rational(row.cap)) return row;
    return rows.back();
}

Decimal decimal(const std::string& text) { return *parse_decimal_free(text); }

CompiledSchedule compiled(const std::string& symbol, const std::vector<TableRow>& rows) {
    Schedule schedule;
    schedule.id = symbol;
    Term initial, maintenance;
    initial.application = Application::whole;
    initial.curve.kind = maintenance.curve.kind = CurveKind::brackets;
    for (const TableRow& row : rows) {
        initial.curve.rows.push_back({decimal(row.floor), {rate_one, decimal(row.leverage).raw}});
        maintenance.curve.rows.push_back({decimal(row.floor), Fraction::from_rate(Rate::from_raw(*parse_decimal(row.rate, rate_digits)))});
    }
    schedule.initial.terms = {initial};
    schedule.maintenance.terms = {maintenance};
    auto made = compile(schedule, {notional_places, 0, amount_places});
    EXPECT_TRUE(made) << to_string(made.error().front());
    return *made;
}

/// Compares every edge less one unit, the edge, and one unit above it; gives how many points that were.
int compare_at_every_edge(const std::string& symbol, const std::vector<TableRow>& rows) {
    const CompiledSchedule schedule = compiled(symbol, rows);
    int points = 0;
    for (const TableRow& row : rows) {
        const Wide edge = *parse_decimal_wide(row.cap, notional_places);
        if (edge > notional_max / 2) continue;  // a sentinel for "no end"
        for (const Wide notional : {edge - 1, edge, edge + 1}) {
            // An amount of 64 bits at eight places ends at 9.2e10.
            if (notional > Wide{90'000'000'000} * 100) continue;
            Exposure exposure;
            exposure.notional = notional;
            const cpp_rational n(cpp_int(static_cast<long long>(notional)), 100);
            const TableRow& at = row_at(rows, n);
            const auto initial = requirement(schedule, Level::initial, exposure, {});
            const auto maintenance = requirement(schedule, Level::maintenance, exposure, {});
            EXPECT_EQ(cpp_int(initial.raw()), rounded_up(n / rational(at.leverage))) << symbol << " initial at " << n;
            EXPECT_EQ(cpp_int(maintenance.raw()), rounded_up(n * rational(at.rate) - rational(at.deduction)))
                << symbol << " maintenance at " << n;
            ++points;
        }
    }
    return points;
}

TEST(CONF_005, a_table_of_three_rows_agrees_at_every_edge) {
    std::stringstream table("symbol,tier,floor,cap,mmr,max_leverage,cum\n"
                            "A,1,0,5000.01,0.004,75,0\nA,2,5000.01,30000,0.015,30,55.00011\nA,3,30000,1000000,0.5,1,14605.00011\n");
    for (const auto& [symbol, rows] : read_table(table)) EXPECT_EQ(compare_at_every_edge(symbol, rows), 9);
}

TEST(CONF_005, every_symbol_of_the_public_table_agrees_at_every_edge) {
    const char* root = std::getenv("PLIM_SHARED_DATA");
    if (root == nullptr)
        GTEST_SKIP() << "set PLIM_SHARED_DATA to the folder that holds binance_tiers_2024.csv to run the whole public table";
    std::ifstream file(std::string(root) + "/binance_tiers_2024.csv");
    ASSERT_TRUE(file) << root << " holds no binance_tiers_2024.csv";
    const Table table = read_table(file);
    int points = 0;
    for (const auto& [symbol, rows] : table) points += compare_at_every_edge(symbol, rows);
    EXPECT_GE(table.size(), 250u);
    EXPECT_GE(points, 6'000);
    RecordProperty("symbols", static_cast<int>(table.size()));
    RecordProperty("points", points);
}

}  // namespace
}  // namespace plimsoll
