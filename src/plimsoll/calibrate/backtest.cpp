#include "plimsoll/calibrate/backtest.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/base/hash.hpp"
#include "plimsoll/calibrate/kept.hpp"
#include "plimsoll/text/hex.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <mutex>
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

Verdict judge(const std::vector<Window>& windows, double expected, double notional) {
    PLIM_ASSERT(notional >= 0);
    Verdict verdict;
    verdict.notional = notional;
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

/// The figures of a measure as a row keeps them, each with its place. Depth is left out: a backtest has none.
template <class M, class Use>
void each_figure(M& m, const Use& use) {
    for (auto* sides : {&m.historical, &m.filtered, &m.normal, &m.shortfall}) {
        use(sides->down);
        use(sides->up);
    }
    for (auto* value : {&m.worst.down, &m.worst.up, &m.exponent, &m.daily_sigma, &m.daily_turnover, &m.volatility_floor, &m.volatility,
                        &m.maintenance_volatility, &m.impact, &m.spread})
        use(*value);
}

/// "-": its past is too short.
std::string row_of(const std::optional<Measured>& measured) {
    if (!measured) return "-";
    std::string row;
    const auto put = [&](double value) {
        char text[40];
        std::snprintf(text, sizeof text, "%.17g ", value);
        row += text;
    };
    each_figure(*measured, put);
    put(measured->tail ? 1 : 0);
    put(measured->tail ? measured->tail->down : 0);
    put(measured->tail ? measured->tail->up : 0);
    return row;
}

/// False: it is no row.
bool read_row(const std::string& row, std::int64_t as_of, std::optional<Measured>& measured) {
    if (row == "-") return true;
    const char* at = row.c_str();
    bool sound = true;
    const auto get = [&](double& value) {
        char* end = nullptr;
        value = std::strtod(at, &end);
        sound = sound && end != at;
        at = end;
    };
    Measured m;
    m.as_of = as_of;
    each_figure(m, get);
    double has_tail = 0;
    Sides tail;
    for (double* value : {&has_tail, &tail.down, &tail.up}) get(*value);
    if (!sound) return false;
    if (has_tail != 0) m.tail = tail;
    else m.tail_fault = "not kept";
    measured = std::move(m);
    return true;
}

/// All that a day's measure hangs on.
std::string question_of(const Prices& prices, std::int64_t from, std::size_t days, const Appetite& appetite, const CurveInputs& inputs) {
    const auto bars = prices.as_of(from + static_cast<std::int64_t>(days) * day_s).bars();
    std::vector<double> figures;
    figures.reserve(bars.size() * 6);
    for (const Bar& bar : bars)
        figures.insert(figures.end(), {static_cast<double>(bar.ts), bar.open, bar.high, bar.low, bar.close, bar.volume});
    const Hash128 hash = hash_bytes(figures.data(), figures.size() * sizeof(double));
    std::string text;
    const auto add = [&](const char* name, auto value) {
        char digits[40];  // the shortest that reads back as the same
        const auto [end, fault] = std::to_chars(digits, digits + sizeof digits, value);
        text += std::string(name) + "=" + std::string(digits, end) + " ";
    };
    add("coverage", appetite.coverage);
    add("horizon_s", appetite.horizon_s);
    add("maintenance_s", appetite.maintenance_s);
    add("stress_weight", appetite.stress_weight);
    add("impact", appetite.impact);
    add("shortfall", static_cast<int>(inputs.estimators.shortfall));
    add("garch", static_cast<int>(inputs.estimators.garch));
    add("floor", inputs.volatility_floor);
    add("from", from);
    add("days", days);
    add("step", prices.step());
    return text + "bars=" + text::hex(hash.high, hash.low);
}

/// Days to measure, each as of its beginning; absent: its past is too short.
class Days {
public:
    Days(const Prices& prices, std::int64_t from, std::size_t days, const Appetite& appetite, const CurveInputs& inputs)
        : prices_(prices), from_(from), appetite_(appetite), inputs_(inputs), all_(days), done_(days) {}

    std::int64_t at(std::size_t i) const { return from_ + static_cast<std::int64_t>(i) * day_s; }
    const std::optional<Measured>& operator[](std::size_t i) const { return all_[i]; }

    Result<void> keep(const std::string& file) {
        PLIM_ASSERT(file.empty() || (inputs_.depth == nullptr && inputs_.book == nullptr));
        if (file.empty()) return {};
        return kept_.open(file, "backtest days", question_of(prices_, from_, all_.size(), appetite_, inputs_),
                          [&](std::uint64_t i, const std::string& row) {
                              if (i >= all_.size() || !read_row(row, at(i), all_[i])) return false;
                              done_[i] = true;
                              return true;
                          });
    }

    void measure_all(const std::function<void(std::size_t, std::size_t)>& progress, unsigned threads) {
        if (all_.empty()) return;
        // The first question about windows fills a table that all later ones read: it is asked before there are several threads.
        prices_.worst_window(prices_.all(), prices_.bars_in(appetite_.horizon_s));
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < (threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency())); ++i)
            others.emplace_back([this] { take_part({}); });
        take_part(progress);
    }

private:
    void take_part(const std::function<void(std::size_t, std::size_t)>& progress) {
        for (std::size_t i = next_++; i < all_.size(); i = next_++) {
            if (progress) progress(i, all_.size());
            if (done_[i]) continue;
            if (auto measured = measure(prices_, at(i), appetite_, inputs_)) all_[i] = std::move(*measured);
            const std::lock_guard lock(mutex_);
            kept_.add(i, row_of(all_[i]));
        }
    }

    const Prices& prices_;
    std::int64_t from_;
    const Appetite& appetite_;
    const CurveInputs& inputs_;
    std::vector<std::optional<Measured>> all_;
    std::vector<bool> done_;  // as it was when the file was read
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    Kept kept_;
};

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

Result<std::vector<Window>> roll_kept(const std::string& file, const Prices& prices, std::int64_t from, std::int64_t to,
                                      const Appetite& appetite, const CurveInputs& inputs,
                                      const std::function<double(const Measured&)>& margin_of,
                                      const std::function<void(std::size_t done, std::size_t of)>& progress, unsigned threads) {
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(0, (to - from) / day_s));
    Days days(prices, from, count, appetite, inputs);
    if (const auto opened = days.keep(file); !opened) return fail(opened.error());
    days.measure_all(progress, threads);
    std::vector<Window> windows;
    for (std::size_t i = 0; i < count; ++i)
        if (days[i]) judge_day(prices, days.at(i), appetite.horizon_s, margin_of(*days[i]), windows);
    return windows;
}

std::vector<Window> roll(const Prices& prices, std::int64_t from, std::int64_t to, const Appetite& appetite, const CurveInputs& inputs,
                         const std::function<double(const Measured&)>& margin_of,
                         const std::function<void(std::size_t done, std::size_t of)>& progress, unsigned threads) {
    return *roll_kept({}, prices, from, to, appetite, inputs, margin_of, progress, threads);
}

}  // namespace plimsoll::calibrate
