// docs/calibration-study.md: fitted schedules against public brackets on real prices, each day out of what was known that morning.
//   calibration_study DATA [KEPT]   DATA holds perp_1h/ and tiers/; the page goes to standard output; finished days go to KEPT.SYMBOL.APPETITE, from which a study that
//                                   was broken off goes on
#include "plimsoll/calibrate/proposal.hpp"
#include "plimsoll/calibrate/report.hpp"
#include "study_kept.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

namespace {

using namespace plimsoll;
using namespace plimsoll::calibrate;

constexpr std::int64_t day_s = 86'400;
constexpr std::array<const char*, 5> symbols = {"BTC", "ETH", "DOGE", "TIA", "AR"};
constexpr std::array<double, 4> sizes = {1e4, 1e5, 1e6, 1e7};
constexpr std::array<const char*, 4> size_words = {"10k", "100k", "1M", "10M"};
constexpr std::int64_t crash = 20'371;  // 2025-10-10, in days
constexpr std::int64_t first_day = crash - 431;  // 2024-08-05
constexpr std::int64_t last_day = 20'453;  // 2025-12-31, not looked at itself
constexpr std::size_t stress_most = 8;

constexpr const char* conclusions =
    "- At equal mean margin the balanced schedules leave less than a tenth of what brackets leave by hourly closes; the aim was a half. "
    "What does it is the gap floor with the fund in it: a position has to cover "
    "the worst window on record but for what the fund may lose on it (100,000 here, for any market), so size pays for itself and small "
    "positions stay cheap. Without that floor the same schedules left 0.71, and with "
    "50,000 or 200,000 for the fund 0.02 or 0.19.\n"
    "- By wicks it is better than the brackets and far from a half: no schedule by size covers a wick of 40 to 74 % within the hour. A "
    "bounded mark, paced liquidations and a fund have to.\n"
    "- Where it is worse: positions of 100k in thin markets, which the brackets charge more and the fund is meant to bear here, and TIA at "
    "1M on the day of the crash, whose fall was larger than any on record "
    "before.\n"
    "- Filtered historical simulation alone has as many exceptions as its coverage says on all five markets, inside the acceptance band. "
    "The curve uses the larger of two estimators, which has fewer, on the safe side: it "
    "does not forget a crash as soon as prices are calm.\n"
    "- By turnover alone the fitted schedules do not know how thin a book is; with depth (`plimsoll calibrate --depth`, `--l2`) it would "
    "bind first. AR at 1M and TIA at 10M are not allowed at all.\n";

[[noreturn]] void give_up(const Error& error) {
    std::fprintf(stderr, "calibration_study: %s\n", to_string(error).c_str());
    std::exit(1);
}

struct Bracket {
    double from = 0;
    double to = 0;
    double initial = 0;
};

/// Initial margin by the leverage of the bracket in which a position ends; all of it where no bracket has it.
double bracket_rate(const std::vector<Bracket>& brackets, double notional) {
    for (const Bracket& b : brackets)
        if (notional > b.from && notional <= b.to) return b.initial;
    return 1;
}

std::map<std::string, std::vector<Bracket>> read_brackets(const std::string& folder) {
    auto csv =
        series::Csv::open(folder + "/tiers/binance_usdm_leverage_tiers.csv.gz", {"pair", "min_notional", "max_notional", "max_leverage"});
    if (!csv) give_up(csv.error());
    std::map<std::string, std::vector<Bracket>> all;
    while (true) {
        const auto got = csv->next();
        if (!got) give_up(got.error());
        if (!*got) return all;
        all[std::string(csv->text(0))].push_back({csv->number(1).value(), csv->number(2).value(), 1 / csv->number(3).value()});
    }
}

std::string prices_file(const std::string& folder, const std::string& symbol) { return folder + "/perp_1h/" + symbol + "USDT.csv.gz"; }

Prices read_prices(const std::string& folder, const std::string& symbol) {
    std::vector<Bar> bars;
    const auto found = series::read_bars(prices_file(folder, symbol), {}, [&](const Bar& bar) { bars.push_back(bar); });
    if (!found) give_up(found.error());
    return Prices(std::move(bars), found->step);
}

/// One market on one day.
struct DayOf {
    std::int64_t day = 0;
    std::array<double, sizes.size()> fitted{};  // initial margin
    double loss = 0;  // the largest of its hours, by closes, either side
    double wick = 0;  // by highs and lows
};

struct MarketStudy {
    std::string symbol;
    std::vector<DayOf> days;
    std::array<double, sizes.size()> brackets{};
    Verdict historical;  // of one estimator alone
    Verdict filtered;
    Verdict pure;  // of the larger of the two
    Verdict whole;  // of the initial margin at the smallest size
};

DayOf study_day(const Prices& prices, std::int64_t day, const Appetite& appetite, study::Pieces& pieces) {
    DayOf result;
    result.day = day;
    const std::vector<double> fitted = pieces.at(static_cast<std::uint64_t>(day), [&] {
        const auto proposal = propose(prices, day * day_s, appetite, {}, {{"X", "USDT"}, 8, "study", 1});
        std::vector<double> rates;
        rates.reserve(sizes.size());
        for (const double size : sizes) rates.push_back(proposal && size <= proposal->cap ? proposal->initial.effective(size) : 1);
        return rates;
    });
    std::copy(fitted.begin(), fitted.end(), result.fitted.begin());
    const std::size_t known = prices.as_of(day * day_s).bars().size();
    const auto later = prices.as_of((day + 1) * day_s).bars();
    for (std::size_t i = std::max<std::size_t>(known, 1); i < later.size(); ++i) {
        const double entry = later[i - 1].close;
        result.loss = std::max(result.loss, std::abs(later[i].close / entry - 1));
        result.wick = std::max({result.wick, 1 - later[i].low / entry, later[i].high / entry - 1});
    }
    return result;
}

/// Of a verdict what the page tells.
std::vector<double> figures_of(const Verdict& v) {
    return {static_cast<double>(v.windows),
            static_cast<double>(v.exceptions),
            static_cast<double>(v.band.least),
            static_cast<double>(v.band.most),
            static_cast<double>(v.light),
            v.shortfall_most,
            v.margin_mean};
}
Verdict verdict_of(const std::vector<double>& figures) {
    Verdict v;
    v.windows = static_cast<std::size_t>(figures[0]);
    v.exceptions = static_cast<std::size_t>(figures[1]);
    v.band = {static_cast<std::size_t>(figures[2]), static_cast<std::size_t>(figures[3])};
    v.light = static_cast<Light>(figures[4]);
    v.shortfall_most = figures[5];
    v.margin_mean = figures[6];
    v.notional = sizes.front();
    return v;
}

MarketStudy study_market(const std::string& folder, const std::string& symbol, const std::vector<Bracket>& brackets,
                         const Appetite& appetite, const std::string& kept) {
    const std::string file = kept.empty() ? kept : kept + "." + symbol + "." + std::string(appetite.name);
    study::Pieces pieces;
    if (const auto opened = pieces.open(file, {prices_file(folder, symbol)}); !opened) give_up(opened.error());
    const Prices prices = read_prices(folder, symbol);
    MarketStudy study;
    study.symbol = symbol;
    for (std::size_t i = 0; i < sizes.size(); ++i) study.brackets[i] = bracket_rate(brackets, sizes[i]);
    for (std::int64_t day = first_day; day < last_day; ++day) study.days.push_back(study_day(prices, day, appetite, pieces));
    const CurveInputs inputs;
    std::uint64_t piece = 0;
    const auto judged = [&](const std::function<double(const Measured&)>& margin) {
        return verdict_of(pieces.at(piece++, [&] {
            return figures_of(
                judge(roll(prices, (crash - 364) * day_s, (crash + 1) * day_s, appetite, inputs, margin), 2 * (1 - appetite.coverage)));
        }));
    };
    study.historical = judged([](const Measured& m) { return m.historical.worst(); });
    study.filtered = judged([](const Measured& m) { return m.filtered.worst(); });
    study.pure = judged([](const Measured& m) { return std::max({m.historical.worst(), m.filtered.worst()}); });
    study.whole = judged([&](const Measured& m) { return MarginCurve(m, appetite, inputs).initial(sizes.front()); });
    return study;
}

/// Means over the year that ends with the crash, all markets and sizes alike.
struct Means {
    double fitted = 0;
    double brackets = 0;
    double scale() const { return fitted / brackets; }
};
Means means_of(const std::vector<MarketStudy>& all) {
    Means means;
    double count = 0;
    for (const MarketStudy& market : all)
        for (const DayOf& day : market.days)
            for (std::size_t i = 0; day.day >= crash - 364 && day.day <= crash && i < sizes.size(); ++i) {
                means.fitted += day.fitted[i];
                means.brackets += market.brackets[i];
                ++count;
            }
    means.fitted /= count;
    means.brackets /= count;
    return means;
}

/// The factor on brackets, each held to 100 %, at which their mean is that of the fitted schedules.
double equal_mean_factor(const std::vector<MarketStudy>& all, const Means& means) {
    double low = 0.01;
    double high = 1'000;
    for (int i = 0; i < 200; ++i) {
        const double factor = std::sqrt(low * high);
        double sum = 0;
        for (const MarketStudy& market : all)
            for (const double rate : market.brackets) sum += std::min(1.0, factor * rate);
        (sum / static_cast<double>(all.size() * sizes.size()) < means.fitted ? low : high) = factor;
    }
    return low;
}

/// The days with the largest losses summed over markets, and the crash.
std::vector<std::int64_t> stress_days_of(const std::vector<MarketStudy>& all) {
    std::map<std::int64_t, double> losses;
    for (const MarketStudy& market : all)
        for (const DayOf& day : market.days) losses[day.day] += day.loss;
    std::vector<std::pair<double, std::int64_t>> sorted;
    for (const auto& [day, loss] : losses) sorted.emplace_back(loss, day);
    std::sort(sorted.rbegin(), sorted.rend());
    std::vector<std::int64_t> days;
    for (const auto& [loss, day] : sorted)
        if (days.size() < stress_most) days.push_back(day);
    if (std::find(days.begin(), days.end(), crash) == days.end()) days.back() = crash;
    std::sort(days.begin(), days.end());
    return days;
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f %%", 100 * share);
    return text;
}
std::string money(double amount) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", amount);
    return text;
}
std::string date(std::int64_t day) { return time_text(day * day_s).substr(0, 10); }
const DayOf& at(const MarketStudy& market, std::int64_t day) { return market.days[static_cast<std::size_t>(day - first_day)]; }

void print_margins(const std::vector<MarketStudy>& all, double factor) {
    std::printf("\n## Initial margins on the morning of 2025-10-10\n\n| market | size | fitted | brackets | brackets x %.2f |\n| --- | --- "
                "| --- | --- | --- |\n",
                factor);
    for (const MarketStudy& market : all)
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            const double fitted = at(market, crash).fitted[i];
            std::printf("| %s | %s | %s | %s | %s |\n", market.symbol.c_str(), size_words[i],
                        fitted >= 1 ? "not allowed" : percent(fitted).c_str(),
                        market.brackets[i] >= 1 ? "all of it, or not allowed" : percent(market.brackets[i]).c_str(),
                        percent(std::min(1.0, factor * market.brackets[i])).c_str());
        }
}

/// Sums of what was uncovered, fitted and brackets.
struct Uncovered {
    double fitted = 0;
    double brackets = 0;
    double scaled = 0;
    double ratio() const { return scaled > 0 ? fitted / scaled : fitted > 0 ? INFINITY : 1; }
};
Uncovered uncovered(const MarketStudy& market, const DayOf& day, std::size_t size, double factor, bool wicks) {
    const double loss = wicks ? day.wick : day.loss;
    const auto beyond = [&](double margin) { return std::max(0.0, loss - std::min(1.0, margin)) * sizes[size]; };
    return {beyond(day.fitted[size]), beyond(market.brackets[size]), beyond(factor * market.brackets[size])};
}

Uncovered print_day(const std::vector<MarketStudy>& all, std::int64_t day, double factor, bool wicks) {
    Uncovered sum;
    std::printf("| %s |", date(day).c_str());
    for (const std::size_t size : {std::size_t{2}, std::size_t{3}}) {
        Uncovered of_size;
        for (const MarketStudy& market : all) {
            const Uncovered one = uncovered(market, at(market, day), size, factor, wicks);
            of_size.fitted += one.fitted;
            of_size.brackets += one.brackets;
            of_size.scaled += one.scaled;
        }
        std::printf(" %s | %s | %s |", money(of_size.fitted).c_str(), money(of_size.brackets).c_str(), money(of_size.scaled).c_str());
        sum.fitted += of_size.fitted;
        sum.brackets += of_size.brackets;
        sum.scaled += of_size.scaled;
    }
    std::printf("\n");
    return sum;
}

void print_uncovered(const std::vector<MarketStudy>& all, const std::vector<std::int64_t>& days, double factor, bool wicks) {
    std::printf("\n## Uncovered loss on the stress days, %s\n\nOne position of the size in each of the five markets, on the losing side of "
                "the day's worst hour. USDT.\n\n"
                "| day | 1M: fitted | brackets | brackets x %.2f | 10M: fitted | brackets | brackets x %.2f |\n| --- | --- | --- | --- | "
                "--- | --- | --- |\n",
                wicks ? "by wicks" : "by hourly closes", factor, factor);
    Uncovered sum;
    for (const std::int64_t day : days) {
        const Uncovered one = print_day(all, day, factor, wicks);
        sum.fitted += one.fitted;
        sum.brackets += one.brackets;
        sum.scaled += one.scaled;
    }
    std::printf(
        "\nTogether: fitted %s, brackets %s, brackets at equal mean margin %s; fitted over the last **%.2f** (aim: at most 0.50).\n",
        money(sum.fitted).c_str(), money(sum.brackets).c_str(), money(sum.scaled).c_str(), sum.ratio());
}

/// What each appetite costs, and what it leaves uncovered on the stress days against brackets that cost as much.
void print_frontier(const std::string& folder, const std::map<std::string, std::vector<Bracket>>& brackets, const std::string& kept) {
    std::printf("\n## The frontier: what coverage costs\n\n| appetite | mean initial margin | brackets times | uncovered by closes, 1M and "
                "10M, fitted | brackets at equal mean | ratio |\n"
                "| --- | --- | --- | --- | --- | --- |\n");
    for (const Appetite& appetite : appetites()) {
        std::vector<MarketStudy> all;
        for (const char* symbol : symbols)
            all.push_back(study_market(folder, symbol, brackets.at(std::string(symbol) + "/USDT:USDT"), appetite, kept));
        const Means means = means_of(all);
        const double factor = equal_mean_factor(all, means);
        Uncovered sum;
        for (const std::int64_t day : stress_days_of(all))
            for (const MarketStudy& market : all)
                for (const std::size_t size : {std::size_t{2}, std::size_t{3}}) {
                    const Uncovered one = uncovered(market, at(market, day), size, factor, false);
                    sum.fitted += one.fitted;
                    sum.scaled += one.scaled;
                }
        std::printf("| %s | %s | %.2f | %s | %s | %.2f |\n", std::string(appetite.name).c_str(), percent(means.fitted).c_str(), factor,
                    money(sum.fitted).c_str(), money(sum.scaled).c_str(), sum.ratio());
    }
}

void print_worse(const std::vector<MarketStudy>& all, const std::vector<std::int64_t>& days, double factor) {
    std::printf("\n## Where the fitted schedule is worse than brackets at equal mean margin\n\n| market | size | day | fitted short by | "
                "brackets short by |\n| --- | --- | --- | --- | --- |\n");
    for (const MarketStudy& market : all)
        for (std::size_t i = 0; i < sizes.size(); ++i)
            for (const std::int64_t day : days) {
                const Uncovered one = uncovered(market, at(market, day), i, factor, false);
                if (one.fitted > one.scaled + 1e-6)
                    std::printf("| %s | %s | %s | %s | %s |\n", market.symbol.c_str(), size_words[i], date(day).c_str(),
                                percent(one.fitted / sizes[i]).c_str(), percent(one.scaled / sizes[i]).c_str());
            }
}

void print_coverage(const std::vector<MarketStudy>& all) {
    std::printf("\n## Coverage over the year to 2025-10-10, hour by hour\n\nA margin each morning, judged against the 24 hours that "
                "followed; 1 %% of windows are expected, both sides together. "
                "The pure quantile is the larger of historical and filtered simulation; the initial margin has buffer, worst window, costs "
                "and fee on top.\n\n"
                "| market | windows | accepted at 5 %% | exceptions, historical alone | filtered alone | the larger of both | light | "
                "initial margin | largest "
                "shortfall, initial | of 10,000 USDT | mean initial |\n"
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (const MarketStudy& m : all)
        std::printf("| %s | %zu | %zu to %zu | %zu | %zu | %zu | %s | %zu | %s | %s USDT | %s |\n", m.symbol.c_str(), m.pure.windows,
                    m.pure.band.least, m.pure.band.most, m.historical.exceptions, m.filtered.exceptions, m.pure.exceptions,
                    std::string(to_string(m.pure.light)).c_str(), m.whole.exceptions, percent(m.whole.shortfall_most).c_str(),
                    money(m.whole.in_currency(m.whole.shortfall_most)).c_str(), percent(m.whole.margin_mean).c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        std::fprintf(stderr, "usage: calibration_study DATA [KEPT] > docs/calibration-study.md\n");
        return 2;
    }
    const std::string folder = argv[1], kept = argc == 3 ? argv[2] : "";
    const auto brackets = read_brackets(folder);
    const Appetite appetite = *find_appetite("balanced");
    std::vector<MarketStudy> all;
    for (const char* symbol : symbols) {
        std::fprintf(stderr, "calibration_study: %s\n", symbol);
        all.push_back(study_market(folder, symbol, brackets.at(std::string(symbol) + "/USDT:USDT"), appetite, kept));
    }
    const Means means = means_of(all);
    const double factor = equal_mean_factor(all, means);
    const auto days = stress_days_of(all);
    std::printf("<!-- written by ./dev study; it needs the public data -->\n\n# Fitted schedules against public brackets\n\n"
                "Hourly bars of five perpetuals, August 2024 to December 2025. Each morning a schedule is fitted with the balanced "
                "appetite from what was known then (eight marginal "
                "tiers; no depth history of these markets is public, so size enters by turnover alone). The brackets are one venue's of "
                "2024-10-24, initial margin by the leverage of "
                "the bracket in which a position ends. Where a schedule does not allow a size, no position and no loss is counted, and a "
                "margin of 100 %% in the means.\n\n"
                "Mean initial margin over the year to the crash, all markets and sizes alike: fitted %s, brackets %s. To compare at equal "
                "cost the brackets are multiplied by %.2f, "
                "each held to 100 %%.\n",
                percent(means.fitted).c_str(), percent(means.brackets).c_str(), factor);
    print_margins(all, factor);
    print_uncovered(all, days, factor, false);
    print_uncovered(all, days, factor, true);
    print_worse(all, days, factor);
    print_coverage(all);
    print_frontier(folder, brackets, kept);
    std::printf("\n## What to make of it\n\n");
    std::fputs(conclusions, stdout);
    return 0;
}
