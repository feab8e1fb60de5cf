// The public tier tables, when a copy lies in the folder that PLIM_SHARED_DATA names; they are not part of this tree.
#include "formats/files.hpp"

#include <map>

namespace plimsoll::formats {
namespace {

using Row = std::vector<std::string>;

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, at);) parts.push_back(part);
    return parts;
}

/// from, to, rate, leverage and deduction of one tier as freqtrade's file has them.
std::string tier_text(std::size_t number, const Row& row) {
    return R"({"tier": )" + std::to_string(number) + R"(, "minNotional": )" + row[0] + R"(, "maxNotional": )" + row[1] +
           R"(, "maintenanceMarginRate": )" + row[2] + R"(, "maxLeverage": )" + row[3] + R"(, "info": {"cum": ")" + row[4] + R"("}})";
}

using Tables = std::map<std::string, std::vector<Row>>;

std::string document(const Tables& tables) {
    std::string text = "{";
    for (const auto& [symbol, rows] : tables) {
        text += (text.size() > 1 ? ",\n" : "\n") + ("\"" + symbol + "\": [");
        for (std::size_t i = 0; i < rows.size(); ++i) text += (i == 0 ? "" : ",\n ") + tier_text(i + 1, rows[i]);
        text += "]";
    }
    return text + "}\n";
}

std::string data(const std::string& name) {
    const char* folder = std::getenv("PLIM_SHARED_DATA");
    return folder == nullptr ? "" : content(std::filesystem::path(folder) / name);
}

/// symbol,tier,floor,cap,mmr,max_leverage,cum
Tables flat_tables(const std::string& csv) {
    Tables tables;
    for (const std::string& line : split(csv, '\n')) {
        const Row cells = split(line, ',');
        if (cells.size() >= 7 && cells[0] != "symbol") tables[cells[0]].push_back({cells.begin() + 2, cells.end()});
    }
    return tables;
}

void expect_round_trips(const TierSet& set) {
    for (const Format format : {Format::freqtrade, Format::ccxt, Format::binance, Format::bybit, Format::gate}) {
        const Export once = export_tiers(format, set);
        ASSERT_TRUE(once.ok()) << to_string(format) << "\n" << lines(once.report);
        const Import again = import_tiers(format, once.text, "once");
        ASSERT_TRUE(again.ok()) << to_string(format) << "\n" << lines(again.report);
        EXPECT_EQ(again.set.tables.size(), set.tables.size());
        EXPECT_EQ(export_tiers(format, again.set).text, once.text) << to_string(format);
    }
}

#define NEED_DATA(csv) \
    if ((csv).empty()) GTEST_SKIP() << "set PLIM_SHARED_DATA to a folder that holds the public tier tables"

TEST(FMT_003, the_public_binance_table_goes_through_five_formats_and_back) {
    const std::string csv = data("binance_tiers_2024.csv");
    NEED_DATA(csv);
    const Tables tables = flat_tables(csv);
    const Import import = import_tiers(Format::freqtrade, document(tables), "binance_tiers_2024");
    ASSERT_TRUE(import.ok()) << lines(import.report);
    EXPECT_EQ(import.set.tables.size(), tables.size());
    EXPECT_EQ(import.report.count(Severity::note), 0U);
    for (const Finding& finding : import.report.findings())
        EXPECT_NE(finding.message.find("sentinel"), std::string::npos) << to_string(finding);
    expect_round_trips(import.set);
}

TEST(FMT_005, every_revision_of_the_public_binance_table_is_free_of_errors) {
    const std::string csv = data("binance_tiers_history_2022_2024.csv");
    NEED_DATA(csv);
    std::map<std::string, Tables> revisions;
    for (const std::string& line : split(csv, '\n')) {
        const Row cells = split(line, ',');
        if (cells.size() != 3 || cells[0] == "date") continue;
        for (const std::string& tier : split(cells[2], '|')) revisions[cells[0]][cells[1]].push_back(split(tier, ':'));
    }
    EXPECT_GT(revisions.size(), 10U);
    for (const auto& [date, tables] : revisions) {
        const Import import = import_tiers(Format::freqtrade, document(tables), date);
        EXPECT_TRUE(import.ok()) << lines(import.report).substr(0, 2000);
    }
}

TEST(FMT_005, the_hand_edited_table_of_a_public_test_suite_is_refused) {
    const std::string csv = data("freqtrade_fixture_tiers_2022.csv");
    NEED_DATA(csv);
    const Import import = import_tiers(Format::freqtrade, document(flat_tables(csv)), "fixture");
    EXPECT_FALSE(import.ok());
    std::size_t recursions = 0, gaps = 0;
    for (const Finding& finding : import.report.findings()) {
        if (finding.severity != Severity::error) continue;
        EXPECT_EQ(finding.row.substr(0, 4), "AAVE") << to_string(finding);
        recursions += finding.message.find("recursion gives") != std::string::npos ? 1 : 0;
        gaps += finding.message.find("a gap") != std::string::npos ? 1 : 0;
    }
    EXPECT_GE(recursions, 3U);
    EXPECT_EQ(gaps, 1U);
}

}  // namespace
}  // namespace plimsoll::formats
