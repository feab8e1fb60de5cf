// docs/stress-study.md: the same crowd through real days under public brackets, flat rates and schedules fitted to what was known the day before.
//   stress_study DATA [KEPT]   finished crowds go to KEPT.0, KEPT.1, ..., from which a study that was broken off goes on; DATA holds spot_1h/, spot_1h_early/, perp_1h/, perp_15m/, stress/ and tiers/; the page goes to standard output
#include "plimsoll/calibrate/proposal.hpp"
#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/plot/chart.hpp"
#include "plimsoll/plot/page.hpp"
#include "plimsoll/stress/ensemble.hpp"
#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/stress/venue_desk.hpp"
#include "study_kept.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

namespace {

using namespace plimsoll;
using namespace plimsoll::stress;

using plot::percent;
using plot::short_number;

/// A day: prices of the path, and those that the schedule is fitted to.
struct Day {
    const char* name;
    const char* pair;  // of the brackets
    const char* history;  // file
    const char* path;  // file
    const char* column;  // in it; empty: it holds one market
    std::int64_t from;
    std::int64_t to;
};

constexpr std::uint64_t crowds = 10;  // drawn under different seeds; figures are means over them

constexpr std::int64_t hour = 3'600, day_s = 86'400;

constexpr Day days[] = {
    {"2020-03-12, ETH", "ETH/USDT:USDT", "spot_1h_early/ETHUSDT", "spot_1h_early/ETHUSDT", "", 1'583'971'200, 1'583'971'200 + 2 * day_s},
    {"2021-05-19, DOGE", "DOGE/USDT:USDT", "spot_1h/DOGEUSDT", "spot_1h/DOGEUSDT", "", 1'621'382'400, 1'621'382'400 + day_s},
    {"2022-05-09 to 12, LUNA", "DOGE/USDT:USDT", "spot_1h_early/LUNAUSDT", "spot_1h_early/LUNAUSDT", "", 1'652'054'400,
     1'652'054'400 + 4 * day_s},
    {"2022-11-08, SOL by minutes", "SOL/USDT:USDT", "spot_1h/SOLUSDT", "stress/ftx_20221108_spot_1m", "SOLUSDT", 1'667'946'600,
     1'667'946'600 + day_s},
    {"2024-08-05, ETH by 15 minutes", "ETH/USDT:USDT", "perp_1h/ETHUSDT", "perp_15m/ETHUSDT", "", 1'722'816'000, 1'722'816'000 + day_s},
    {"2025-10-10, ATOM by seconds, where it fell most", "ATOM/USDT:USDT", "perp_1h/ATOMUSDT", "stress/crash_20251010_1s",
     "binance-delivery:ATOMUSD_PERP", 1'760'129'400, 1'760'129'400 + 3 * hour},
    {"2025-10-10, DOGE by seconds, another venue", "DOGE/USDT:USDT", "perp_1h/DOGEUSDT", "stress/crash_20251010_1s", "coinbase:DOGE-USD",
     1'760'129'400, 1'760'129'400 + 3 * hour},
};

constexpr const char* conclusions =
    R"(- Scaling does what it is for: against a flat rate of the same mean the Herfindahl index of holdings is lower by 38 to 65 % under fitted schedules, and by nothing (2020, a market smaller than the first brackets) to 88 % under brackets; less is deleveraged on every day (brackets in 2020: the same).
- It does not by itself lower what accounts cannot pay. Where the price jumps by more than the margin of small positions between two marks (hourly bars), a schedule that asks little of small positions loses more on them than a flat rate that takes the same money from everybody; the whales it keeps out would have been closed at the mark against their winners, which costs winners and not the fund.
- What the fund has to bear hangs on the level first: fitted schedules leave less beyond the fund than brackets on three of the four days on which brackets left much (not on LUNA, which went to nothing in steps of hours), and lock up two to six times as much for it.
- By seconds next to nothing is left unpaid, even in a fall of 73 %: liquidations come in time and what they cannot sell goes to the waterfall, which closes winners. The price of a thin book is deleveraging: a quarter to a half of the notional on every one of these days.
)";

[[noreturn]] void give_up(const Error& error) {
    std::fprintf(stderr, "stress_study: %s\n", to_string(error).c_str());
    std::exit(1);
}

struct Bars {
    std::vector<series::Bar> bars;
    std::int64_t step = 1;
};
std::string file_of(const std::string& folder, const std::string& file) { return folder + "/" + file + ".csv.gz"; }
std::string tiers_of(const std::string& folder) { return file_of(folder, "tiers/binance_usdm_leverage_tiers"); }

Bars read(const std::string& folder, const std::string& file, const std::string& column, std::int64_t from, std::int64_t to) {
    Bars all;
    const auto found = series::read_bars(file_of(folder, file), {column, 0}, [&](const series::Bar& bar) {
        if (bar.ts >= from && bar.ts < to) all.bars.push_back(bar);
    });
    if (!found) give_up(found.error());
    if (all.bars.size() < 2) give_up({file, "it holds nothing of that day", "check the data"});
    all.step = found->step;
    return all;
}

std::map<std::string, std::vector<TableRow>> read_brackets(const std::string& folder) {
    auto csv = series::Csv::open(tiers_of(folder), {"pair", "min_notional", "max_notional", "mmr", "max_leverage", "cum"});
    if (!csv) give_up(csv.error());
    std::map<std::string, std::vector<TableRow>> all;
    // A last bracket without an end is written as 9.2e18.
    const auto decimal = [&](std::size_t column, int digits) {
        const auto value = csv->number(column);
        if (!value) give_up(value.error());
        return Decimal{std::llround(std::min(*value, 1e12) * std::pow(10.0, digits)), digits};
    };
    while (true) {
        const auto got = csv->next();
        if (!got) give_up(got.error());
        if (!*got) return all;
        all[std::string(csv->text(0))].push_back({decimal(1, 0), decimal(2, 0), decimal(3, 6), decimal(4, 0), decimal(5, 2)});
    }
}

/// The figures of a venue that all schedules share: only the schedule differs.
ParameterSet venue_of(const Schedule& schedule, double price) {
    const double price_most = 50 * price;
    ParameterSet set = bare_venue(schedule.id, schedule, Price::from_raw(static_cast<std::int64_t>(price_most * 1e7)),
                                  Size::from_raw(static_cast<std::int64_t>(5e12 / price_most * 1e4)));
    set.profit = {};
    set.liquidation.intervals_max = 10;
    return set;
}

struct Asked {
    Scene scene;
    Path path;
    double turnover = 0;
};

Asked scene_of(const Bars& bars, double turnover) {
    Asked asked;
    asked.turnover = turnover;
    asked.path = path_of(bars.bars, bars.step, true);
    apply_leaving(asked.path, {0.15, 0.1, 900'000});
    Scene& scene = asked.scene;
    scene.crowd.owners = 2'000;
    scene.crowd.capital_least = 1;
    scene.crowd.capital_most = 1e4;
    double wanted = 0;
    for (const Agent& agent : make_crowd(scene.crowd, scene.seed)) wanted += agent.capital * agent.leverage;
    scene.crowd.capital_least = 0.3 * turnover / wanted;
    scene.crowd.capital_most = 1e4 * scene.crowd.capital_least;
    scene.crowd.whales = 3;
    scene.crowd.whale_capital = 0.002 * turnover;
    const double depth = 0.005 * turnover, most = depth * 100 * std::log(1'000);
    scene.sources = {{"own", Profile::even(BookSide::bids, depth, most), Profile::even(BookSide::asks, depth, most), 0, 0, 120'000},
                     {"elsewhere", Profile::even(BookSide::bids, 2 * depth, 2 * most), Profile::even(BookSide::asks, 2 * depth, 2 * most),
                      0.0005, 5'000, 120'000}};
    scene.fund = 0.0005 * turnover;
    scene.feed.own_weight = 0.2;
    scene.reach = 0.7;
    return asked;
}

/// What one crowd came to, sums and means over all of them.
struct Means {
    Opened opened;
    stress::Outcome outcome;
    double herfindahl = 0;
    double top_10 = 0;
    double accounts = 0;
};

/// The figures that are kept of a crowd, in one order.
template <class M, class Use>
void each_figure(M& m, const Use& use) {
    for (auto* value : {&m.opened.wanted, &m.opened.notional, &m.opened.margin, &m.opened.maintenance, &m.herfindahl, &m.top_10,
                        &m.outcome.shortfall, &m.outcome.shared, &m.outcome.liquidated, &m.outcome.deleveraged, &m.accounts})
        use(*value);
}

std::vector<double> play_crowd(const Asked& asked, const Schedule& schedule, std::uint64_t seed) {
    Scene scene = asked.scene;
    scene.seed = seed;
    scene.set = venue_of(schedule, asked.path.front().price);
    const auto crash = Crash::make(scene, asked.path.front().price);
    if (!crash) give_up(crash.error());
    Means one;
    one.opened = crash->opened();
    one.outcome = crash->run(asked.path);
    one.outcome.shared += one.outcome.booked;
    one.herfindahl = one.opened.concentration.herfindahl / crowds;
    one.top_10 = one.opened.concentration.top_10 / crowds;
    one.accounts = static_cast<double>(crash->accounts());
    std::vector<double> figures;
    each_figure(one, [&](double value) { figures.push_back(value); });
    figures.push_back(one.outcome.accounts_liquidated);
    return figures;
}

Means means_of(const Asked& asked, const Schedule& schedule, study::Pieces& pieces, std::uint64_t variant) {
    Means means;
    for (std::uint64_t seed = 1; seed <= crowds; ++seed) {
        const std::vector<double> figures = pieces.at(variant * 1'000 + seed, [&] { return play_crowd(asked, schedule, seed); });
        std::size_t at = 0;
        each_figure(means, [&](double& value) { value += figures[at++]; });
        means.outcome.accounts_liquidated += static_cast<std::uint32_t>(figures[at]);
    }
    return means;
}

/// One line of a day's table; what was opened.
Opened print_variant(const std::string& name, const Asked& asked, const Schedule& schedule, study::Pieces& pieces, std::uint64_t variant) {
    const Means m = means_of(asked, schedule, pieces, variant);
    const double notional = m.opened.notional;
    std::printf("| %s | %s | %s | %.4f | %s | %s | %s | %s | %s | %s |\n", name.c_str(), percent(notional / m.opened.wanted, 0).c_str(),
                percent(m.opened.margin / notional).c_str(), m.herfindahl, percent(m.top_10, 0).c_str(),
                percent(m.outcome.shortfall / notional, 3).c_str(), percent(m.outcome.shared / notional, 3).c_str(),
                percent(m.outcome.liquidated / notional, 1).c_str(), percent(m.outcome.deleveraged / notional, 1).c_str(),
                percent(m.outcome.accounts_liquidated / m.accounts, 1).c_str());
    return m.opened;
}

void print_day(const std::string& folder, const Day& day, const std::vector<TableRow>& brackets, const std::string& kept) {
    study::Pieces pieces;
    if (const auto opened = pieces.open(kept, {file_of(folder, day.history), file_of(folder, day.path), tiers_of(folder)}); !opened)
        give_up(opened.error());
    std::uint64_t variant = 0;
    const Bars history = read(folder, day.history, "", 0, day.from / day_s * day_s);
    const calibrate::Prices prices(history.bars, history.step);
    const auto proposal =
        calibrate::propose(prices, day.from / day_s * day_s, *calibrate::find_appetite("balanced"), {}, {{"M", "USDT"}, 8, "study", 1});
    if (!proposal) give_up(proposal.error());
    const Bars bars = read(folder, day.path, day.column, day.from, day.to);
    const Asked asked = scene_of(bars, proposal->measured.daily_turnover);
    std::printf("\n## %s\n\nThe price falls by %s. A day's turnover of the month before: %s; depth, crowd and fund are in proportion.\n\n"
                "| schedule | opened, of what was wanted | mean margin | Herfindahl | ten largest | not paid | beyond the fund | sold | "
                "deleveraged | accounts liquidated |\n"
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
                day.name, percent(fall_of(asked.path), 1).c_str(), short_number(asked.turnover).c_str());
    Schedule fitted = proposal->set.schedules.front();
    fitted.id = "fitted";
    const Opened scaled = print_variant("fitted", asked, fitted, pieces, variant++);
    const auto flat = [](double initial, double maintenance) {
        return with_flat_rate(venue_of(flat_scheme({1, 0}), 1), initial, maintenance).schedules.front();
    };
    const auto mean = [&](const Opened& opened) { return flat(opened.margin / opened.notional, opened.maintenance / opened.notional); };
    print_variant("flat, the fitted one's first rate", asked, flat(proposal->points.front().initial, proposal->points.front().maintenance),
                  pieces, variant++);
    print_variant("flat, the fitted one's mean", asked, mean(scaled), pieces, variant++);
    const Opened public_ones =
        print_variant("public brackets", asked, table_scheme(brackets, Application::whole, Subject::own_notional), pieces, variant++);
    print_variant("flat, the brackets' mean", asked, mean(public_ones), pieces, variant++);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        std::fprintf(stderr, "usage: stress_study DATA [KEPT] > docs/stress-study.md\n");
        return 2;
    }
    const auto brackets = read_brackets(argv[1]);
    std::printf(
        "<!-- written by ./dev study; it needs the public data -->\n\n# The same crowd through real days\n\n"
        "Each day is played through the real engine: 2,000 owners with capital by a Pareto law, who want 2 to 50 times what they have "
        "(together 30 %% of a day's "
        "turnover), six in ten long, one in four with a stop; and three whales who want 4 %% of the turnover each. Depth of the own book "
        "is 0.5 %% of the turnover for "
        "each per cent of price and twice that elsewhere, five seconds away; a move of 10 %% within 15 minutes leaves 15 %% of it. The own "
        "book makes a fifth of the mark, and there is no guard "
        "and no limit to how fast the mark falls. The fund holds 0.05 %% of the turnover. These proportions are assumed; only the prices "
        "are real. The fitted schedule knows prices "
        "up to the midnight before; brackets are one venue's of 2024-10-24, of a coin of a like kind where its own did not exist.\n\n"
        "Ten crowds are drawn; figures are their means. not paid, beyond the fund, sold (by liquidations), deleveraged: of the notional "
        "opened.\n");
    for (const Day& day : days) {
        std::fprintf(stderr, "stress_study: %s\n", day.name);
        print_day(argv[1], day, brackets.at(day.pair),
                  argc == 3 ? std::string(argv[2]) + "." + std::to_string(&day - std::begin(days)) : "");
    }
    std::printf("\n## What to make of it\n\n%s", conclusions);
    return 0;
}
