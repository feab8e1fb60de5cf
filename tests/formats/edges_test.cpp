// Which tier a size on a bound belongs to, venue by venue, and what the model says of each source.
#include "formats/files.hpp"
#include "plimsoll/formats/tiers_exact.hpp"

namespace plimsoll::formats {
namespace {

/// The number of the tier that holds a size, by the rule that the model states.
std::int64_t tier_of(const TierTable& table, const Decimal& size) {
    for (const Tier& tier : table.tiers) {
        if (!tier.to || less(size, *tier.to)) return tier.number;
        if (table.boundary != Boundary::lower_belongs && equal(size, *tier.to)) return tier.number;
    }
    return 0;
}

std::vector<std::int64_t> around(std::string_view sample, const Decimal& edge, const Decimal& unit) {
    const auto path = here / "samples" / sample;
    const Import import = import_tiers(format_of(path), content(path), std::string(sample));
    EXPECT_TRUE(import.ok()) << lines(import.report);
    const TierTable& table = import.set.tables.at(0);
    return {tier_of(table, subtract(edge, unit).value()), tier_of(table, edge), tier_of(table, add(edge, unit).value())};
}

using Tiers = std::vector<std::int64_t>;

TEST(FMT_007, one_unit_around_an_edge_is_the_tier_that_the_venue_means) {
    const Decimal unit{1, 6};
    EXPECT_EQ(around("binance-list.json", {12000, 0}, unit), (Tiers{1, 1, 2}));
    EXPECT_EQ(around("bybit-linear.json", {250000, 0}, unit), (Tiers{11, 11, 12}));
    EXPECT_EQ(around("gate-contract.json", {30000, 0}, unit), (Tiers{1, 1, 2}));
    EXPECT_EQ(around("ccxt-map.json", {15000, 0}, unit), (Tiers{1, 1, 2}));
    EXPECT_EQ(around("freqtrade-file.json", {6000, 0}, unit), (Tiers{1, 1, 2}));
    EXPECT_EQ(around("hyperliquid-table.json", {40000000, 0}, unit), (Tiers{1, 2, 2}));
    EXPECT_EQ(around("okx-swap.json", {700, 0}, {1, 0}), (Tiers{1, 1, 2}));
}

TEST(FMT_007, the_model_touches_where_the_source_has_gaps) {
    const Import import = import_tiers(Format::okx, content(here / "samples" / "okx-bare.json"), "o.json");
    const TierTable& table = import.set.tables.at(0);
    EXPECT_EQ(table.boundary, Boundary::gapped);
    EXPECT_EQ(table.basis, Basis::contracts);
    EXPECT_EQ(table.gap, (Decimal{1, 1}));
    EXPECT_EQ(table.tiers[0].from, (Decimal{0, 0}));
    EXPECT_EQ(table.tiers[1].from, (Decimal{80, 0}));
}

TEST(FMT_008, hyperliquid_maintains_at_half_the_initial_rate) {
    const Import import = import_tiers(Format::hyperliquid, content(here / "samples" / "hyperliquid-meta.json"), "h.json");
    ASSERT_EQ(import.set.tables.size(), 5U);  // two margin tables, three markets
    const TierTable& market = import.set.tables[2];
    EXPECT_EQ(market.symbol, "ABC");
    EXPECT_EQ(market.tiers[0].maintenance_divisor, (Decimal{60, 0}));
    EXPECT_EQ(market.tiers[0].maintenance_rate, (Decimal{16666667, 9}));
    EXPECT_EQ(initial_rate(market.tiers[0]), (Decimal{33333334, 9}));
    EXPECT_EQ(market.tiers[1].from, (Decimal{9000000, 0}));
    const TierTable& flat = import.set.tables[3];  // an id below 50 is the leverage itself
    ASSERT_EQ(flat.tiers.size(), 1U);
    EXPECT_EQ(flat.tiers[0].leverage, (Decimal{3, 0}));
    EXPECT_FALSE(flat.tiers[0].to);
}

TEST(FMT_009, dydx_rates_are_millionths_and_caps_are_quote_quantums) {
    const Import import = import_tiers(Format::dydx, content(here / "samples" / "dydx-list.json"), "d.json");
    ASSERT_EQ(import.set.liquidity_tiers.size(), 2U);
    const LiquidityTier& off = import.set.liquidity_tiers[0];
    EXPECT_EQ(off.initial_rate, (Decimal{25, 3}));
    EXPECT_EQ(off.maintenance_fraction, (Decimal{6, 1}));
    EXPECT_FALSE(off.open_interest_upper);
    const LiquidityTier& on = import.set.liquidity_tiers[1];
    EXPECT_EQ(on.impact_notional, (Decimal{4000, 0}));
    EXPECT_EQ(on.open_interest_lower, (Decimal{30000000, 0}));
    EXPECT_EQ(on.open_interest_upper, (Decimal{75000000, 0}));
}

TEST(FMT_010, bybit_percent_is_told_by_the_leverage) {
    const Import import = import_tiers(Format::bybit, content(here / "samples" / "bybit-percent.json"), "b.json");
    const TierTable& table = import.set.tables.at(0);
    EXPECT_EQ(table.basis, Basis::base_coin);
    EXPECT_EQ(table.tiers[1].initial_rate, (Decimal{25, 3}));
    EXPECT_EQ(table.tiers[1].maintenance_rate, (Decimal{125, 4}));
    EXPECT_EQ(table.tiers[1].from, (Decimal{120, 0}));
}

TEST(BAD_011, a_hostile_file_costs_a_bounded_number_of_findings) {
    std::string rows = "[";
    for (int i = 0; i < 5000; ++i) rows += "1,";
    const Import import = import_tiers(Format::gate, rows + "1]", "g.json");
    EXPECT_EQ(import.report.findings().size(), findings_max);
    EXPECT_EQ(import.report.left_off(), 5001U - findings_max);
    EXPECT_EQ(import.report.count(Severity::error), 5001U);
}

}  // namespace
}  // namespace plimsoll::formats
