#include "plimsoll/cli/stress_flags.hpp"

namespace plimsoll::cli {

namespace {

/// An option with a range, a default that is shown, and a word for what it takes.
template <class Value>
CLI::Option* number(CLI::App& verb, const std::string& name, Value& place, const std::string& what, Value least, Value most,
                    const std::string& type) {
    return verb.add_option(name, place, what)->check(CLI::Range(least, most))->type_name(type)->capture_default_str();
}

void add_set(CLI::App& verb, std::string& params, std::string& market) {
    verb.add_option("-p,--params", params, "parameter set (TOML)")->required()->type_name("FILE");
    verb.add_option("--market", market, "which")->required()->type_name("NAME");
}

void add_depth(CLI::App& verb, DepthOptions& depth) {
    verb.add_option("--depth-per-percent", depth.per_percent, "notional that the book holds for each 1 % of price")
        ->check(CLI::Range(1.0, 1e12))
        ->type_name("NOTIONAL");
    verb.add_option("--depth", depth.bands, "depth bands over time (CSV: ts, pct, notional)")->type_name("FILE");
    verb.add_option("--book", depth.book, "a snapshot of the book (CSV: side, price, qty)")->type_name("FILE");
    number(verb, "--depth-quantile", depth.quantile, "of each band over time", 0.0, 1.0, "SHARE");
}

CLI::Option* add_pools(CLI::App& verb, std::vector<std::string>& pools) {
    return verb.add_option("--pool", pools, "a constant-product pool, concentrated within a reach of the price; may be repeated")
        ->type_name("RESERVE[:REACH]");
}

void add_path_flags(CLI::App& verb, StressOptions& o) {
    verb.option_defaults()->group("The path");
    verb.add_option("--bars", o.bars, "the path: price bars (CSV: ts, open, high, low, close, volume); without it days are drawn")
        ->type_name("FILE");
    verb.add_option("--column", o.column, "value of the column 'market', of files that hold several")->type_name("NAME");
    verb.add_option("--from", o.from, "of the path: 2025-10-10 20:50 (UTC) or seconds")->type_name("TIME");
    verb.add_option("--to", o.to, "end of the path, not included")->type_name("TIME");
    verb.add_flag("--closes", o.closes, "closes alone, without wicks");
    verb.add_flag("--resample", o.resample, "draw days from pieces of the returns of the bars");
    verb.add_option("--incident", o.incident,
                    "the path of a public disaster: id, part of an id, or file; with its position and depth where it has them")
        ->excludes("--bars")
        ->excludes("--from")
        ->excludes("--to")
        ->excludes("--closes")
        ->excludes("--resample")
        ->type_name("NAME|FILE");
    verb.add_option("--incidents", o.incidents, "folder with the incident files and reference/")->type_name("DIR");
    number(verb, "--over", o.over_minutes, "minutes that an incident takes", std::int64_t{1}, std::int64_t{100'000}, "MINUTES");
    number(verb, "--paths", o.paths, "days that are drawn", std::uint64_t{1}, std::uint64_t{10'000'000}, "N");
    number(verb, "--daily-volatility", o.daily_volatility, "of drawn days", 0.0, 5.0, "SHARE");
    number(verb, "--jump", o.jump_least, "smallest jump of drawn days", 0.0001, 5.0, "SHARE");
    number(verb, "--jump-chance", o.jump_chance, "share of drawn days with one", 0.0, 1.0, "SHARE");
    verb.add_option("--price", o.price,
                    "at which the path begins, everything else in proportion (default: where the bars do; drawn days at 100)")
        ->check(CLI::Range(1e-9, 1e12))
        ->type_name("PRICE");
    number(verb, "--seed", o.seed, "of crowd and paths", std::uint64_t{0}, std::uint64_t{1'000'000'000'000}, "N");
}

void add_liquidity_flags(CLI::App& verb, StressOptions& o) {
    verb.option_defaults()->group("Liquidity");
    add_depth(verb, o.depth);
    number(verb, "--depth-left", o.depth_left, "share of all depth that stays when the price has moved by --leaves-at", 0.0, 1.0, "SHARE");
    number(verb, "--leaves-at", o.leaves_at, "move within 15 minutes at which no more of it leaves", 0.0001, 10.0, "SHARE");
    number(verb, "--recovery", o.recovery_s, "seconds in which half of what was taken is there again", 0.001, 1e9, "SECONDS");
    verb.add_option("--elsewhere", o.elsewhere, "depth elsewhere, each per cent, and how long an order is on its way; may be repeated")
        ->type_name("NOTIONAL@SECONDS");
    add_pools(verb, o.pools);
}

void add_crowd_flags(CLI::App& verb, StressOptions& o) {
    verb.option_defaults()->group("The crowd");
    number(verb, "--owners", o.owners, "who trade", 1u, 1'000'000u, "N");
    number(verb, "--capital", o.capital, "least capital of an owner; Pareto above it", 1e-6, 1e15, "AMOUNT");
    verb.add_option("--leverage", o.leverage, "what owners want, even by its logarithm")->type_name("LEAST:MOST")->capture_default_str();
    number(verb, "--long-share", o.long_share, "of the owners", 0.0, 1.0, "SHARE");
    verb.add_option("--stops", o.stops, "share of owners with a stop, and the loss of their capital at which it is")
        ->type_name("SHARE:LOSS")
        ->capture_default_str();
    verb.add_option("--whales", o.whales, "owners beyond those, who all go long")->type_name("N:CAPITAL:LEVERAGE");
    number(verb, "--accounts-each", o.accounts_each, "over which every owner spreads", 1u, 10'000u, "N");
    verb.add_flag("--grouped", o.grouped, "the venue knows which accounts are one owner's");
}

void add_collateral_flags(CLI::App& verb, StressOptions& o) {
    verb.option_defaults()->group("Collateral beside money");
    CLI::Option* pledge =
        verb.add_option("--collateral", o.pledge, "an asset of the set, and the share of their capital that owners hold in it");
    pledge->type_name("NAME:SHARE");
    verb.add_option("--collateral-bars", o.pledge_bars, "its price (CSV as --bars); without it the price moves with the market's")
        ->needs(pledge)
        ->type_name("FILE");
    verb.add_option("--collateral-column", o.pledge_column, "value of the column 'market' there")->type_name("NAME");
    number(verb, "--collateral-beta", o.pledge_beta, "power of the market's move that it makes; 1: falls as much", -10.0, 10.0, "BETA");
    verb.add_option("--collateral-price", o.pledge_price, "at which it begins (default: where its bars do)")
        ->check(CLI::Range(1e-9, 1e12))
        ->type_name("PRICE");
}

void add_market_flags(CLI::App& verb, StressOptions& o) {
    verb.option_defaults()->group("Further markets on the same margin");
    CLI::Option* also = verb.add_option("--also", o.also, "another market of the set that owners hold, and its bars; may be repeated");
    also->needs("--bars")->type_name("MARKET=FILE[@COLUMN]");
    number(verb, "--also-weight", o.also_weight, "of what owners want in each of them, against 1 in --market", 0.0, 1'000.0, "WEIGHT");
    number(verb, "--same-side", o.same_side, "chance that an account holds one on the side of its first", 0.0, 1.0, "SHARE");
}

void add_venue_flags(CLI::App& verb, StressOptions& o) {
    verb.option_defaults()->group("The venue");
    number(verb, "--fund", o.fund, "insurance fund", 0.0, 1e15, "AMOUNT");
    number(verb, "--makers", o.makers,
           "what makers have beyond the margin of what they hold at the start, all together; 0: means without end", 0.0, 1e15, "AMOUNT");
    number(verb, "--own-weight", o.own_weight, "of the venue's own book in the mark", 0.0, 1.0, "SHARE");
    verb.add_option("--frozen", o.frozen, "minutes of the path in which the feed tells nothing")->type_name("FROM:TO");
    verb.add_option("--lie", o.lie, "times the price that the feed tells, and the minutes in which it does")->type_name("TIMES:FROM:TO");
    verb.add_flag("--index-lies", o.index_lies, "the sources of the index lie too");
    number(verb, "--confirm", o.confirm_s, "seconds between a liquidation's order and its earliest fill", 0.0, 86'400.0, "SECONDS");
    number(verb, "--fills", o.fills_most, "of liquidations in one interval; 0: any number", 0u, 1'000'000u, "N");
    number(verb, "--reach", o.reach, "liquidations do not sell further below the reference", 0.0001, 0.9999, "SHARE");
    number(verb, "--daily-volume", o.daily_volume, "measured, for schedules that look at it", 0.0, 1e15, "NOTIONAL");
}

}  // namespace

void add_run_flags(CLI::App& verb, StressOptions& o) {
    add_set(verb, o.params, o.market);
    add_path_flags(verb, o);
    add_liquidity_flags(verb, o);
    add_crowd_flags(verb, o);
    add_market_flags(verb, o);
    add_collateral_flags(verb, o);
    add_venue_flags(verb, o);
    verb.option_defaults()->group("Against what, and what comes out");
    verb.add_flag("--no-flat", o.no_flat, "do not compare with flat rates");
    verb.add_option("--compare", o.compare, "another set for the same crowd and paths; may be repeated")->type_name("FILE[=MARKET]");
    number(verb, "--fund-days", o.fund_days, "propose a fund for so many days like these; 0: none", std::size_t{0}, std::size_t{10'000},
           "N");
    number(verb, "--ruin", o.ruin, "chance that such a fund is too small", 0.0001, 0.9999, "SHARE");
    number(verb, "--threads", o.threads, "0: as many as there are cores", 0u, 1'024u, "N");
    verb.add_option("--keep", o.kept, "add each finished path to FILE.0, FILE.1, ... and go on from there when asked again")
        ->type_name("FILE");
    verb.add_option("--report", o.report, "write a self-contained HTML report")->type_name("FILE");
}

void add_extract_flags(CLI::App& verb, ExtractOptions& o) {
    add_set(verb, o.params, o.market);
    add_depth(verb, o.depth);
    CLI::Option* pools = add_pools(verb, o.pools);
    verb.add_option("--push", o.push_most, "times the price: how far it can be pushed; what bands around other sources leave")
        ->required()
        ->check(CLI::Range(1.0001, 1000.0))
        ->type_name("TIMES");
    verb.add_option("--profit-weight", o.profit_weight, "what a gain on paper counts for in a withdrawal; default: as the set has it")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("SHARE");
    number(verb, "--accounts", o.accounts, "over which a position may be split; 1 where owners are grouped", 1u, 1'000'000u, "N");
    verb.add_option("--leave", o.leaves, "how the gain is taken; may be repeated (default: withdraw)")
        ->check(CLI::IsMember({"withdraw", "close", "two-legs"}))
        ->type_name("HOW");
    number(verb, "--recovery", o.recovery_s, "seconds in which half of what was taken from the book is there again", 0.001, 1e15,
           "SECONDS");
    number(verb, "--resale", o.resale, "share of its worth that what was bought in pushing fetches afterwards", 0.0, 1.0, "SHARE");
    number(verb, "--step", o.step_s, "seconds between marks", 0.001, 86'400.0, "SECONDS");
    number(verb, "--window", o.window_s, "longest attack, from the first push to the leaving", 0.001, 1e7, "SECONDS");
    number(verb, "--outflow", o.outflow_per_hour, "most that the venue lets out in an hour; 0: any", 0.0, 1e15, "AMOUNT");
    number(verb, "--there", o.there, "what can be taken at all: deposits, fund, backstop; 0: any", 0.0, 1e15, "AMOUNT");
    verb.add_option("--open-interest", o.open_interest, "to ask about; ends with 1 when an attack pays there")
        ->check(CLI::Range(1.0, 1e12))
        ->type_name("NOTIONAL");
    CLI::Option* formula =
        verb.add_flag("--formula", o.formula, "the closed form of an even book, with the margin of the opening and nothing fetched")
            ->excludes(pools);
    verb.add_flag("--play", o.play, "let the engine play the attack, at --price");
    verb.add_option("--price", o.price, "before it is pushed; needed by --play and by schedules that look at sizes")
        ->check(CLI::Range(1e-9, 1e12))
        ->type_name("PRICE");
    number(verb, "--others", o.others, "open interest that others hold, each side, for schedules that look at it", 0.0, 1e12, "NOTIONAL");
    number(verb, "--daily-volume", o.daily_volume, "measured, for schedules that look at it", 0.0, 1e15, "NOTIONAL");
    verb.add_option("--svg", o.svg, "write the chart here")->type_name("FILE");
    verb.add_option("--out", o.out, "write the set here with the caps that are proposed, once no attack is found in it")
        ->excludes(formula)
        ->type_name("FILE");
}

}  // namespace plimsoll::cli
