#include "plimsoll/cli/calibrate_fund.hpp"

#include "plimsoll/plot/page.hpp"
#include "plimsoll/stress/ensemble.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::cli {

namespace {

using namespace calibrate;

constexpr std::int64_t day_s = 86'400;

/// Both sides of the own book: the measured bands before anybody has left, or even depth that costs at one per cent of notional what the
/// root law says.
stress::Source own_book(const CalibrateInputs& in, const Measured& measured, std::string& words) {
    constexpr std::int64_t half_life_ms = 60'000;
    if (in.looks().looks() > 0) {
        const DepthCurve curve = in.looks().at(in.appetite.depth_quantile);
        words = "the own book has the " + percent(in.appetite.depth_quantile) + " quantile over " + std::to_string(in.looks().looks()) +
                " looks at depth";
        return {"own book",
                stress::Profile::bands(stress::BookSide::bids, curve.bands()),
                stress::Profile::bands(stress::BookSide::asks, curve.bands()),
                0,
                0,
                half_life_ms};
    }
    // Even depth is taken at half of its last distance on average: what the root law sells at a mean cost of 1 % reaches as far as 2 %.
    const double at = measured.impact * measured.daily_sigma > 0 ? 0.01 / (measured.impact * measured.daily_sigma) : 1;
    const double per_percent = std::max(1.0, measured.daily_turnover * at * at / 2);
    const double most = per_percent * 100 * std::log(1'000);
    words = "no depth was given: the own book has " + human(per_percent) + " for each per cent of price, by the root law at a cost of 1 %";
    return {"own book",
            stress::Profile::even(stress::BookSide::bids, per_percent, most),
            stress::Profile::even(stress::BookSide::asks, per_percent, most),
            0,
            0,
            half_life_ms};
}

/// Owners with money by a Pareto law who want, longs together, as much as the open interest may be.
stress::CrowdShape crowd_for(double open_interest) {
    stress::CrowdShape crowd;
    const double mean_capital = crowd.capital_tail / (crowd.capital_tail - 1);  // over the least
    const double mean_leverage = (crowd.leverage_most - crowd.leverage_least) / std::log(crowd.leverage_most / crowd.leverage_least);
    crowd.capital_least = std::max(1.0, open_interest / (crowd.owners * crowd.long_share * mean_capital * mean_leverage));
    crowd.capital_most = std::max(crowd.capital_least, 1e5 * crowd.capital_least);
    return crowd;
}

/// Each day with the hours before it in which its worst window may begin, at the price at which the crowd holds what it holds.
std::vector<stress::Path> paths_of(const CalibrateInputs& in, const std::vector<StressDay>& days, double price) {
    constexpr double depth_left = 0.2, leaves_at = 0.1;  // as in stress run
    std::vector<stress::Path> paths;
    for (const StressDay& day : days) {
        std::vector<series::Bar> bars;
        for (const series::Bar& bar : in.prices->bars())
            if (bar.ts >= day.ts - in.appetite.horizon_s && bar.ts < day.ts + day_s) bars.push_back(bar);
        stress::Path path = stress::path_of(bars, in.prices->step(), true);
        stress::apply_leaving(path, {depth_left, leaves_at, 900'000});
        const double scale = price / path.front().price;
        for (stress::PathPoint& point : path) point.price *= scale;
        paths.push_back(std::move(path));
    }
    return paths;
}

std::vector<std::string> assumptions_of(const stress::CrowdShape& crowd, const std::string& book, double open_interest) {
    return {std::to_string(crowd.owners) + " owners with capital from " + human(crowd.capital_least) +
                " on by a Pareto law, who want leverage of 2 to 50; " + percent(crowd.long_share) + " of them go long, and want " +
                human(open_interest) + " together; " + percent(crowd.stop_share) + " leave when they have lost " +
                percent(crowd.stop_loss) + " of their capital",
            book + "; half of what is taken is there again after a minute; a move of 10 % within 15 minutes leaves 20 % of it",
            "the day with its highs and lows, and the horizon before it",
            "liquidations sell down to 50 % below the reference; who takes the other side has means without end; there is no fund yet"};
}

}  // namespace

Result<FundSize> fund_of(const CalibrateOptions& o, const CalibrateInputs& in, const Proposal& p, const Console& console) {
    constexpr std::size_t days_most = 10;
    // Of whole days that were over: which days are the worst must not hang on what came later.
    const auto known = in.prices->as_of(in.as_of / day_s * day_s).bars();
    const std::vector<StressDay> days = stress_days(Prices({known.begin(), known.end()}, in.prices->step()), in.appetite, days_most);
    if (days.empty()) return fail(Error{"the fund", "no whole day lies before the time asked for", "give more bars, or --fund-days 0"});
    auto alone = stress::market_alone(p.set, MarketId{0});
    if (!alone) return fail(alone.error());
    FundSize fund;
    std::string book;
    stress::Scene scene;
    scene.set = std::move(*alone);
    scene.crowd = crowd_for(p.open_interest_cap);
    scene.sources = {own_book(in, p.measured, book)};
    scene.reach = std::log(2);
    scene.daily_volume = p.measured.daily_turnover;
    fund.assumptions = assumptions_of(scene.crowd, book, p.open_interest_cap);
    const double price = in.prices->as_of(in.as_of).last().close;
    const auto crash = stress::Crash::make(std::move(scene), price);
    if (!crash) return fail(crash.error());
    const std::vector<stress::Path> paths = paths_of(in, days, price);
    stress::Ensemble ensemble;
    ensemble.paths = paths.size();
    ensemble.path = [&](std::uint64_t index) { return paths[index]; };
    ensemble.threads = o.threads;
    Progress progress(console, "plimsoll: stress days");
    ensemble.progress = [&](std::uint64_t done) { progress.at(done, paths.size()); };
    const auto outcomes = stress::run_all(*crash, ensemble);
    if (!outcomes) return fail(outcomes.error());
    for (std::size_t i = 0; i < days.size(); ++i) {
        const stress::Outcome& one = (*outcomes)[i];
        fund.days.push_back({days[i].ts, one.shortfall, one.largest, one.two_largest, one.deleveraged});
    }
    const stress::Summary summary = stress::summary_of(*outcomes);
    fund.cover_1 = summary.cover_1;
    fund.cover_2 = summary.cover_2;
    fund.drawn_days = o.fund_days;
    fund.ruin = o.ruin;
    fund.bootstrap = stress::fund_for(*outcomes, o.fund_days, o.ruin, 1);
    fund.open_interest = crash->opened().notional;
    return fund;
}

}  // namespace plimsoll::cli
