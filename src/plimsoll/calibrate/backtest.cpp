#include "plimsoll/calibrate/backtest.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

namespace plimsoll::calibrate {

namespace {

constexpr std::int64_t day_s = 86'400;

/// n ln p, where nothing times anything is nothing.
double times_log(std::size_t n, double p) { return n == 0 ? 0 : static_cast<double>(n) * std::log(p); }

LikelihoodTest chi_squared(double statistic, double degrees) {
    const double held = std::max(0.0, statistic);
    return {held, boost::math::cdf(boost::math::complement(boost::math::chi_squared(degrees), held))};
}

double share(std::size_t part, std::size_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }

}  // namespace

LikelihoodTest kupiec(std::size_t n, std::size_t x, double p) {
    if (n == 0) return {};
    const double seen = share(x, n);
    const double expected = times_log(x, p) + times_log(n - x, 1 - p);
    const double likeliest = times_log(x, seen) + times_log(n - x, 1 - seen);
    return chi_squared(-2 * (expected - likeliest), 1);
}

Transitions transitions(std::span<const char> exceptions) {
    Transitions counts;
    for (std::size_t i = 1; i < exceptions.size(); ++i) {
        const bool before = exceptions[i - 1] != 0;
        const bool now = exceptions[i] != 0;
        ++(before ? (now ? counts.n11 : counts.n10) : (now ? counts.n01 : counts.n00));
    }
    return counts;
}

LikelihoodTest christoffersen(const Transitions& c) {
    const std::size_t all = c.n00 + c.n01 + c.n10 + c.n11;
    if (all == 0) return {};
    const double after_none = share(c.n01, c.n00 + c.n01);
    const double after_one = share(c.n11, c.n10 + c.n11);
    const double any = share(c.n01 + c.n11, all);
    const double one_rate = times_log(c.n00 + c.n10, 1 - any) + times_log(c.n01 + c.n11, any);
    const double two_rates =
        times_log(c.n00, 1 - after_none) + times_log(c.n01, after_none) + times_log(c.n10, 1 - after_one) + times_log(c.n11, after_one);
    return chi_squared(-2 * (one_rate - two_rates), 1);
}

LikelihoodTest joint(const LikelihoodTest& coverage, const LikelihoodTest& independence) {
    return chi_squared(coverage.statistic + independence.statistic, 2);
}

double binomial_at_most(std::size_t n, std::size_t x, double p) {
    return boost::math::cdf(boost::math::binomial(static_cast<double>(n), p), static_cast<double>(x));
}

Band accepted(std::size_t n, double p, double level) {
    Band band{n, 0};
    for (std::size_t x = 0; x <= n; ++x) {
        const bool passes = kupiec(n, x, p).passes(level);
        if (passes) band = {std::min(band.least, x), x};
        else if (static_cast<double>(x) > p * static_cast<double>(n)) break;
    }
    return band;
}

Light traffic_light(std::size_t n, std::size_t x, double p) {
    const double chance = binomial_at_most(n, x, p);
    return chance < 0.95 ? Light::green : chance < 0.9999 ? Light::yellow : Light::red;
}

std::string_view to_string(Light light) {
    static constexpr std::string_view words[] = {"green", "yellow", "red"};
    return words[static_cast<std::size_t>(light)];
}

namespace {

void judge_shortfalls(Verdict& verdict, std::vector<Window> exceptions) {
    if (exceptions.empty()) return;
    const auto short_by = [](const Window& window) { return window.loss() - window.margin; };
    std::sort(exceptions.begin(), exceptions.end(), [&](const Window& a, const Window& b) { return short_by(a) > short_by(b); });
    const std::size_t quarter = std::max<std::size_t>(1, exceptions.size() / 4);
    double sum = 0;
    for (std::size_t i = 0; i < exceptions.size(); ++i) {
        sum += short_by(exceptions[i]);
        if (i + 1 == quarter) verdict.shortfall_es = sum / static_cast<double>(quarter);
    }
    verdict.shortfall_mean = sum / static_cast<double>(exceptions.size());
    verdict.shortfall_most = short_by(exceptions.front());
    exceptions.resize(std::min<std::size_t>(exceptions.size(), 20));
    verdict.worst = std::move(exceptions);
}

/// How much the margin itself moved, day by day.
void judge_margins(Verdict& verdict, const std::vector<Window>& windows) {
    std::vector<double> margins;
    std::int64_t day = -1;
    double sum = 0;
    for (const Window& window : windows) {
        sum += window.margin;
        if (window.ts / day_s != day) margins.push_back(window.margin);
        day = window.ts / day_s;
    }
    const auto [low, high] = std::minmax_element(margins.begin(), margins.end());
    const auto rise = [&](std::size_t i, std::size_t over) { return i >= over ? margins[i] / margins[i - over] - 1 : 0.0; };
    double logs = 0;
    double squares = 0;
    for (std::size_t i = 0; i < margins.size(); ++i) {
        const double log = std::log(margins[i]);
        logs += log;
        squares += log * log;
        verdict.rise_1 = std::max(verdict.rise_1, rise(i, 1));
        verdict.rise_5 = std::max(verdict.rise_5, rise(i, 5));
        verdict.rise_20 = std::max(verdict.rise_20, rise(i, 20));
    }
    const auto n = static_cast<double>(margins.size());
    verdict.margin_mean = sum / static_cast<double>(windows.size());
    verdict.peak_to_trough = *low > 0 ? *high / *low : 1;
    verdict.log_deviation = std::sqrt(std::max(0.0, squares / n - logs / n * (logs / n)));
}

}  // namespace

Verdict judge(const std::vector<Window>& windows, double expected) {
    Verdict verdict;
    verdict.windows = windows.size();
    verdict.expected = expected;
    if (windows.empty()) return verdict;
    std::vector<char> exceptions;
    std::vector<Window> which;
    for (const Window& window : windows) {
        exceptions.push_back(window.loss() > window.margin ? 1 : 0);
        if (exceptions.back() != 0) which.push_back(window);
    }
    verdict.exceptions = which.size();
    verdict.coverage = kupiec(verdict.windows, verdict.exceptions, expected);
    verdict.independence = christoffersen(transitions(exceptions));
    verdict.both = joint(verdict.coverage, verdict.independence);
    verdict.band = accepted(verdict.windows, expected);
    verdict.light = traffic_light(verdict.windows, verdict.exceptions, expected);
    judge_shortfalls(verdict, std::move(which));
    judge_margins(verdict, windows);
    return verdict;
}

namespace {

/// Each day as of its beginning; absent: its past is too short.
std::vector<std::optional<Measured>> measure_days(const Prices& prices, std::int64_t from, std::size_t days, const Appetite& appetite,
                                                  const CurveInputs& inputs, const std::function<void(std::size_t, std::size_t)>& progress,
                                                  unsigned threads) {
    std::vector<std::optional<Measured>> all(days);
    if (days == 0) return all;
    // The first question about windows fills a table that all later ones read: it is asked before there are several threads.
    prices.worst_window(prices.all(), prices.bars_in(appetite.horizon_s));
    std::atomic<std::size_t> next{0};
    const auto take_part = [&](bool tells) {
        for (std::size_t i = next++; i < days; i = next++) {
            if (tells && progress) progress(i, days);
            if (auto measured = measure(prices, from + static_cast<std::int64_t>(i) * day_s, appetite, inputs))
                all[i] = std::move(*measured);
        }
    };
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < (threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency())); ++i)
        others.emplace_back(take_part, false);
    take_part(true);
    return all;
}

/// What followed a day, looked at only to judge.
void judge_day(const Prices& prices, std::int64_t day, std::int64_t horizon_s, double margin, std::vector<Window>& windows) {
    for (std::int64_t ts = day; ts + horizon_s <= day + day_s; ts += horizon_s) {
        const std::size_t known = prices.as_of(ts).bars().size();
        const auto later = prices.as_of(ts + horizon_s).bars();
        if (known == 0 || later.size() <= known) continue;
        Window window{ts, margin, 0, 0};
        const double entry = later[known - 1].close;
        for (const Bar& bar : later.subspan(known)) {
            window.loss_down = std::max(window.loss_down, 1 - bar.close / entry);
            window.loss_up = std::max(window.loss_up, bar.close / entry - 1);
        }
        windows.push_back(window);
    }
}

}  // namespace

std::vector<Window> roll(const Prices& prices, std::int64_t from, std::int64_t to, const Appetite& appetite, const CurveInputs& inputs,
                         const std::function<double(const Measured&)>& margin_of,
                         const std::function<void(std::size_t done, std::size_t of)>& progress, unsigned threads) {
    std::vector<Window> windows;
    const auto days = static_cast<std::size_t>(std::max<std::int64_t>(0, (to - from) / day_s));
    const auto measured = measure_days(prices, from, days, appetite, inputs, progress, threads);
    for (std::size_t i = 0; i < days; ++i)
        if (measured[i])
            judge_day(prices, from + static_cast<std::int64_t>(i) * day_s, appetite.horizon_s, margin_of(*measured[i]), windows);
    return windows;
}

}  // namespace plimsoll::calibrate
