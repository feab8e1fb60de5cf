// Tables made up at random: whatever a format can hold survives the way out and in again, byte for byte.
#include "formats/files.hpp"
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace plimsoll::formats {
namespace {

constexpr Format all[] = {Format::ccxt, Format::binance,     Format::bybit, Format::okx,
                          Format::dydx, Format::hyperliquid, Format::gate,  Format::freqtrade};

Decimal decimal(std::int64_t raw, int digits) { return multiply({raw, 0}, {1, digits}).value(); }

/// Leverages whose inverse and half inverse are exact decimals, so that a format asking for rates loses nothing.
constexpr int leverages[] = {125, 100, 80, 50, 40, 25, 20, 16, 10, 8, 5, 4, 2, 1};

TierTable gen_table(Format format, const std::string& symbol) {
    TierTable table;
    table.symbol = symbol;
    const bool unified = format == Format::ccxt || format == Format::freqtrade;
    if (unified) table.currency = *rc::gen::element<std::string>("USDT", "USDC", "ÄÖ\"");
    if (format == Format::okx) {
        table.basis = Basis::contracts;
        table.boundary = Boundary::gapped;
        table.gap = {1, 0};
        table.first = *rc::gen::element(Decimal{0, 0}, Decimal{1, 0});
    }
    const bool unbounded = format == Format::hyperliquid || *rc::gen::arbitrary<bool>();  // its last tier has no end
    const int first = *rc::gen::inRange(0, 13);
    std::int64_t bound = 0;  // grows by at least 2: a gapped tier of one contract would be empty
    for (int i = first; i < 14; ++i) {
        Tier tier;
        tier.number = i - first + 1;
        tier.from = decimal(bound, format == Format::okx ? 0 : 1);
        bound += *rc::gen::inRange<std::int64_t>(2, 1'000'000'000);
        tier.to = decimal(bound, format == Format::okx ? 0 : 1);
        tier.leverage = Decimal{leverages[i], 0};
        tier.maintenance_rate = reciprocal(Decimal{2 * leverages[i], 0}, digits_max, Round::ceil).value();
        if (i > first && *rc::gen::inRange(0, 4) == 0) break;
        table.tiers.push_back(std::move(tier));
    }
    if (unbounded) table.tiers.back().to.reset();
    return table;
}

TierSet gen_set(Format format) {
    TierSet set;
    const int size = *rc::gen::inRange(1, 5);
    for (int i = 0; i < size; ++i) {
        if (format != Format::dydx) {
            set.tables.push_back(gen_table(format, "M" + std::to_string(i) + *rc::gen::element<std::string>("USDT", "/USD:USD", "é")));
            continue;
        }
        LiquidityTier tier;
        tier.id = i;
        tier.name = "L" + std::to_string(i);
        tier.initial_rate = decimal(*rc::gen::inRange(1, 1'000'001), 6);
        tier.maintenance_fraction = decimal(*rc::gen::inRange(1, 1'000'001), 6);
        tier.open_interest_lower = decimal(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000), 6);
        tier.open_interest_upper = add(tier.open_interest_lower, decimal(*rc::gen::inRange<std::int64_t>(1, 1'000'000'000), 6));
        set.liquidity_tiers.push_back(std::move(tier));
    }
    return set;
}

std::string figures(const TierTable& table) {
    std::string text = table.symbol;
    for (const Tier& tier : table.tiers)
        text += "|" + to_text(tier.from) + ".." + (tier.to ? to_text(*tier.to) : "") + " " + to_text(*tier.leverage) + "x " +
                to_text(tier.maintenance_rate);
    return text;
}

RC_GTEST_PROP(FMT_003, generated_tables_keep_their_figures_and_the_second_round_is_byte_equal, ()) {
    const Format format = *rc::gen::elementOf(std::vector<Format>(std::begin(all), std::end(all)));
    RC_TAG(std::string(to_string(format)));
    const TierSet set = gen_set(format);
    const Export once = export_tiers(format, set);
    RC_ASSERT(lines(once.report).find("error") == std::string::npos);
    const Import import = import_tiers(format, once.text, "once");
    RC_ASSERT(lines(import.report).find("error") == std::string::npos);
    const Export twice = export_tiers(format, import.set);
    RC_ASSERT(once.text == twice.text);
    // Hyperliquid's margin tables stand beside the markets that use them.
    std::vector<std::string> before, after;
    for (const TierTable& table : set.tables) before.push_back(figures(table));
    for (const TierTable& table : import.set.tables)
        if (!table.symbol.empty()) after.push_back(figures(table));
    RC_ASSERT(before == after);
    RC_ASSERT(import.set.liquidity_tiers.size() == set.liquidity_tiers.size());
}

RC_GTEST_PROP(FMT_005, a_deduction_that_is_off_by_any_amount_is_found, ()) {
    TierSet set;
    set.tables.push_back(gen_table(Format::binance, "MUSDT"));
    TierTable& table = set.tables[0];
    Decimal cum;
    table.tiers[0].cum = cum;
    for (std::size_t i = 1; i < table.tiers.size(); ++i) {
        cum = next_cum(cum, table.tiers[i - 1], table.tiers[i]).value();
        table.tiers[i].cum = cum;
    }
    Report right("");
    check_table(table, right);
    RC_ASSERT(right.ok());
    const auto row = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(table.tiers.size())));
    const Decimal off = *rc::gen::element(Decimal{1, 6}, Decimal{-1, 6}, Decimal{25, 0});
    table.tiers[row].cum = add(*table.tiers[row].cum, off);
    Report wrong("");
    check_table(table, wrong);
    RC_ASSERT(!wrong.ok());
    RC_ASSERT(wrong.findings()[0].row == row_name(table, table.tiers[row]));
}

RC_GTEST_PROP(FMT_004, an_exponent_is_written_out_exactly_or_not_at_all, ()) {
    const auto raw = *rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000);
    const int power = *rc::gen::inRange(-9, 10);
    const auto plain = without_exponent(std::to_string(raw) + (*rc::gen::arbitrary<bool>() ? "e" : "E") + std::to_string(power));
    RC_ASSERT(plain.has_value());
    const Decimal expected = power < 0 ? decimal(raw, -power) : multiply({raw, 0}, {pow10_64(power), 0}).value();
    RC_ASSERT(equal(parse_decimal_free(*plain).value(), expected));
}

TEST(FMT_004, exponents_are_read_where_they_are_exact) {
    EXPECT_EQ(without_exponent("9.223372036854776e+18"), "9223372036854776000");
    EXPECT_EQ(without_exponent("1e-05"), "0.00001");
    EXPECT_EQ(without_exponent("-2.50E2"), "-250");
    EXPECT_EQ(without_exponent("0e0"), "0");
    EXPECT_EQ(without_exponent("1e007"), "10000000");
    EXPECT_EQ(without_exponent("1e100"), std::nullopt);
    EXPECT_EQ(without_exponent("1.5"), std::nullopt);
    EXPECT_EQ(without_exponent("1e"), std::nullopt);
    EXPECT_EQ(without_exponent("x1e5"), std::nullopt);
}

TEST(FMT_006, what_a_format_lacks_is_computed_with_a_finding_or_refused) {
    const Import binance = import_tiers(Format::binance, content(here / "samples" / "binance-single.json"), "b.json");
    const Export bybit = export_tiers(Format::bybit, binance.set);
    ASSERT_TRUE(bybit.ok());
    EXPECT_EQ(lines(bybit.report), "note: ABCUSDT tier 1: initial rate 0.025 is computed from leverage 40\n"
                                   "note: ABCUSDT tier 2: initial rate 0.1 is computed from leverage 10\n");
    EXPECT_EQ(
        lines(export_tiers(Format::okx, binance.set).report),
        "error: ABCUSDT: its bounds count notional, which okx cannot say; convert the bounds with a price and a contract size first\n");
    EXPECT_EQ(lines(export_tiers(Format::dydx, binance.set).report),
              "error: dydx cannot hold these tables: it scales by open interest; choose a format of the same kind\n");
    const Import gate = import_tiers(Format::gate, content(here / "samples" / "gate-all.json"), "g.json");
    EXPECT_EQ(lines(export_tiers(Format::binance, gate.set).report), "note: ABC_USDT tier 2: cum 300 is computed by the recursion\n");
    EXPECT_THAT(lines(export_tiers(Format::hyperliquid, gate.set).report),
                testing::StartsWith(
                    "repair: ABC_USDT tier 2: its upper bound 12000 is lost: a margin table has none; cap the position by another rule\n"
                    "error: ABC_USDT tier 1: its maintenance rate is not half of 1/10; hyperliquid knows no other\n"));
}

TEST(FMT_001, every_format_is_known_by_its_name) {
    for (const Format format : all) EXPECT_EQ(format_from_name(to_string(format)), format);
    EXPECT_EQ(format_from_name("kraken"), std::nullopt);
    EXPECT_EQ(format_names().size(), std::size(all));
}

}  // namespace
}  // namespace plimsoll::formats
