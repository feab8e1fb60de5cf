#include "plimsoll/cli/stress_paths.hpp"

#include "plimsoll/calibrate/report.hpp"
#include "plimsoll/cli/depth_input.hpp"
#include "plimsoll/cli/series_file.hpp"
#include "plimsoll/plot/page.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace plimsoll::cli {

namespace {

using namespace stress;

constexpr std::size_t piece = 60;  // mean length of the pieces that days are put together from

/// The bars of a file between --from and --to.
struct Window {
    std::vector<series::Bar> bars;
    std::int64_t step = 1;
    std::string words;
};

Result<Window> read_window(const StressOptions& o, const std::string& name, const std::string& column, const Console& console) {
    auto file = read_bars_file(name, column, console);
    if (!file) return fail(file.error());
    std::int64_t from = file->found.first, to = file->found.last + file->step;
    for (auto [flag, text, place] : {std::tuple{"--from", &o.from, &from}, {"--to", &o.to, &to}}) {
        if (text->empty()) continue;
        const auto time = read_time(flag, *text);
        if (!time) return fail(time.error());
        *place = *time;
    }
    Window window;
    window.step = file->step;
    for (const series::Bar& bar : file->bars)
        if (bar.ts >= from && bar.ts < to) window.bars.push_back(bar);
    if (window.bars.size() < 2)
        return fail(
            Error{name, "fewer than two bars lie between " + calibrate::time_text(from) + " and " + calibrate::time_text(to),
                  "the file goes from " + calibrate::time_text(file->found.first) + " to " + calibrate::time_text(file->found.last)});
    window.words = calibrate::time_text(window.bars.front().ts) + " to " + calibrate::time_text(window.bars.back().ts) + " UTC, " +
                   name.substr(name.rfind('/') + 1) + (column.empty() ? "" : ", " + column);
    return window;
}

/// Returns of closes, and those of the collateral and of further markets from the same times: only bars that all files have.
struct Returns {
    std::vector<double> market;
    std::vector<double> pledged;
    std::vector<std::vector<double>> also;
};
using Closes = std::map<std::int64_t, double>;
Closes closes_of(const Window& window) {
    Closes closes;
    for (const series::Bar& bar : window.bars) closes[bar.ts] = bar.close;
    return closes;
}

Returns returns_of(const Window& market, const std::optional<Window>& pledged, const std::vector<Window>& also) {
    std::vector<Closes> others;
    for (const Window& window : also) others.push_back(closes_of(window));
    if (pledged) others.push_back(closes_of(*pledged));
    std::vector<std::vector<double>> beside(others.size());
    Returns returns;
    const series::Bar* before = nullptr;
    for (const series::Bar& bar : market.bars) {
        if (!std::all_of(others.begin(), others.end(), [&](const Closes& closes) { return closes.contains(bar.ts); })) continue;
        if (before != nullptr) {
            returns.market.push_back(std::log(bar.close / before->close));
            for (std::size_t i = 0; i < others.size(); ++i) beside[i].push_back(std::log(others[i][bar.ts] / others[i][before->ts]));
        }
        before = &bar;
    }
    if (pledged) {
        returns.pledged = std::move(beside.back());
        beside.pop_back();
    }
    returns.also = std::move(beside);
    return returns;
}

/// What is pledged: NAME:SHARE, and the price at which it begins.
Result<void> read_pledge(const StressOptions& o, bool price_known, StressPaths& paths) {
    if (o.pledge.empty()) {
        if (!o.pledge_bars.empty())
            return fail(Error{"--collateral-bars", "it is not said what is pledged", "give --collateral NAME:SHARE"});
        return {};
    }
    const std::size_t colon = o.pledge.rfind(':');
    const auto share = read_numbers("--collateral", colon == std::string::npos ? "" : o.pledge.substr(colon + 1), 1, 1, "NAME:SHARE");
    if (!share) return fail(share.error());
    if (!((*share)[0] > 0 && (*share)[0] <= 1))
        return fail(Error{"--collateral", "a share of " + plot::fixed((*share)[0], 4) + " is out of range", "above 0, and at most 1"});
    if (!price_known && !(o.pledge_price > 0))
        return fail(Error{"--collateral", "its price is not known", "give --collateral-price, or --collateral-bars"});
    paths.pledged = o.pledge.substr(0, colon);
    paths.pledge = Pledge{(*share)[0], o.pledge_price > 0 ? o.pledge_price : 1};
    paths.assumptions.push_back("owners hold " + percent(paths.pledge->share) + " of their capital in " + paths.pledged);
    return {};
}

Leaving leaving_of(const StressOptions& o) { return {o.depth_left, o.leaves_at, 900'000}; }

/// Collateral that goes along with drawn days, and with bars that have none of their own.
void go_along(const StressOptions& o, StressPaths& paths) {
    if (!paths.pledge) return;
    paths.assumptions.push_back("its price moves with the market's, by the power of " + plot::fixed(o.pledge_beta, 2));
    paths.path = [beta = o.pledge_beta, drawn = paths.path](std::uint64_t index) {
        Path path = drawn(index);
        pledge_along(path, beta);
        return path;
    };
}

/// Every index the same path.
void play_once(const StressOptions& o, Path path, StressPaths& paths) {
    apply_leaving(path, leaving_of(o));
    const double scale = o.price > 0 ? o.price / path.front().price : 1;
    for (PathPoint& point : path) point.price *= scale;
    paths.price = path.front().price;
    paths.path = [path = std::move(path)](std::uint64_t) { return path; };
}

DrawnDay day_of(const StressOptions& o) {
    DrawnDay day;
    day.price = o.price > 0 ? o.price : 100;
    day.daily_sigma = o.daily_volatility;
    day.jump_chance = o.jump_chance;
    day.jump_least = o.jump_least;
    return day;
}

std::uint64_t seed_of(const StressOptions& o) { return o.seed * 1'000'003; }

Result<void> draw_days(const StressOptions& o, StressPaths& paths) {
    if (const auto read = read_pledge(o, false, paths); !read) return read;
    const DrawnDay day = day_of(o);
    paths.price = day.price;
    paths.several = true;
    paths.from = std::to_string(o.paths) + (o.paths == 1 ? " drawn day" : " drawn days") + " of one-minute steps, daily volatility " +
                 percent(o.daily_volatility) + ", a jump of " + percent(o.jump_least) + " or more on " + percent(o.jump_chance) +
                 " of them";
    paths.path = [day, seed = seed_of(o), leaving = leaving_of(o)](std::uint64_t index) {
        Path path = drawn_day(day, seed + index);
        apply_leaving(path, leaving);
        return path;
    };
    go_along(o, paths);
    return {};
}

/// Days put together from pieces of what was.
Result<void> resample(const StressOptions& o, const Window& market, const std::optional<Window>& pledged, const std::vector<Window>& also,
                      StressPaths& paths) {
    Returns returns = returns_of(market, pledged, also);
    if (returns.market.empty())
        return fail(Error{o.bars, "it has no two times in common with the other bars", "give bars of the same times and step"});
    DrawnDay day = day_of(o);
    day.price = paths.price = o.price > 0 ? o.price : market.bars.front().close;
    day.step_ms = market.step * 1000;
    paths.several = true;
    paths.from = std::to_string(o.paths) + " days put together from pieces of " + market.words;
    paths.path = [day, returns = std::move(returns), seed = seed_of(o), leaving = leaving_of(o)](std::uint64_t index) {
        Path path = resampled_day(returns.market, day, piece, seed + index, returns.pledged, returns.also);
        apply_leaving(path, leaving);
        return path;
    };
    return {};
}

/// The path of other bars on the clock of the market's.
Path beside_of(const Window& market, const Window& other, bool wicks) {
    Path path = path_of(other.bars, other.step, wicks);
    for (PathPoint& point : path) point.ms += (other.bars.front().ts - market.bars.front().ts) * 1000;
    return path;
}

/// Bars of the collateral; absent: it has none.
Result<std::optional<Window>> read_pledged_bars(const StressOptions& o, StressPaths& paths, const Console& console) {
    if (const auto read = read_pledge(o, !o.pledge_bars.empty(), paths); !read) return fail(read.error());
    if (o.pledge_bars.empty()) return std::optional<Window>();
    auto read = read_window(o, o.pledge_bars, o.pledge_column, console);
    if (!read) return fail(read.error());
    if (!(o.pledge_price > 0)) paths.pledge->price = read->bars.front().open;
    paths.assumptions.push_back("its price goes as in " + read->words);
    return std::optional(std::move(*read));
}

/// Bars of further markets: MARKET=FILE or MARKET=FILE@COLUMN.
Result<std::vector<Window>> read_also(const StressOptions& o, StressPaths& paths, const Console& console) {
    std::vector<Window> also;
    for (const std::string& text : o.also) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail(Error{"--also", "'" + text + "' is not of the form MARKET=FILE", "write ETHUSDT=eth.csv"});
        const std::string file = text.substr(equals + 1);
        const std::size_t at = file.rfind('@');
        const bool has_column = at != std::string::npos;
        auto window = read_window(o, file.substr(0, at), has_column ? file.substr(at + 1) : "", console);
        if (!window) return fail(window.error());
        paths.also.push_back({text.substr(0, equals), window->bars.front().open});
        paths.assumptions.push_back("owners hold " + paths.also.back().market + " beside it on one margin, " +
                                    plot::fixed(o.also_weight, 2) + " of what they want in the first, " + percent(o.same_side) +
                                    " on the same side, in books like the first's; " + window->words);
        also.push_back(std::move(*window));
    }
    return also;
}

Result<void> take_bars(const StressOptions& o, StressPaths& paths, const Console& console) {
    const auto market = read_window(o, o.bars, o.column, console);
    if (!market) return fail(market.error());
    const auto pledged = read_pledged_bars(o, paths, console);
    if (!pledged) return fail(pledged.error());
    const auto also = read_also(o, paths, console);
    if (!also) return fail(also.error());
    if (o.resample) {
        if (const auto drawn = resample(o, *market, *pledged, *also, paths); !drawn) return drawn;
    } else {
        Path path = path_of(market->bars, market->step, !o.closes);
        if (*pledged) path = with_pledged(path, beside_of(*market, **pledged, !o.closes));
        for (const Window& window : *also) path = with_beside(path, beside_of(*market, window, !o.closes));
        paths.from = market->words + (o.closes ? ", closes" : ", with wicks");
        play_once(o, std::move(path), paths);
    }
    if (!*pledged) go_along(o, paths);
    return {};
}

Result<void> take_incident(const StressOptions& o, const IncidentScene& scene, StressPaths& paths) {
    if (const auto read = read_pledge(o, false, paths); !read) return read;
    if (scene.pledged && !paths.pledge)
        return fail(Error{"--incident", "collateral fell in " + o.incident, "give --collateral NAME:SHARE and --collateral-price"});
    paths.from = "the incident " + o.incident + " over " + std::to_string(o.over_minutes) + " minutes";
    play_once(o, path_of(scene, o.price > 0 ? o.price : 100, o.over_minutes), paths);
    paths.assumptions.insert(paths.assumptions.end(), scene.assumptions.begin(), scene.assumptions.end());
    if (!scene.pledged) go_along(o, paths);
    return {};
}

}  // namespace

Result<StressPaths> read_stress_paths(const StressOptions& o, const IncidentScene* incident, const Console& console) {
    StressPaths paths;
    const auto read = incident != nullptr ? take_incident(o, *incident, paths)
                      : o.bars.empty()    ? draw_days(o, paths)
                                          : take_bars(o, paths, console);
    if (!read) return fail(read.error());
    return paths;
}

}  // namespace plimsoll::cli
