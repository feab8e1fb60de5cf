#include "plimsoll/series/units.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::series {

namespace {

enum Column : std::size_t { ts_column, open_column, high_column, low_column, close_column, volume_column, market_column };

constexpr double jump_most = 5;
// All foreign exchange together turns over 7.5e12 US dollars a day (BIS, 2022): no market has a turnover of more, and a volume that says so
// counts something else.
constexpr double daily_turnover_most = 1e13;
// The mean price of a bar's trades lies from its low to its high; half more is left for figures of few digits.
constexpr double mean_price_slack = 1.5;

constexpr std::string_view left_out = "the row is left out";

Result<std::int64_t> time_of(Csv& csv) {
    const auto ts = csv.time(ts_column);
    if (!ts) return fail(ts.error());
    if (*ts != std::floor(*ts)) return fail(csv.error(ts_column, shown(*ts) + " is no time in whole seconds", "give seconds since 1970"));
    return static_cast<std::int64_t>(*ts);
}

Result<Bar> bar_of(Csv& csv) {
    const auto ts = time_of(csv);
    if (!ts) return fail(ts.error());
    Bar bar;
    bar.ts = *ts;
    double* const places[] = {&bar.open, &bar.high, &bar.low, &bar.close, &bar.volume};
    for (std::size_t i = 0; i < std::size(places); ++i) {
        const auto value = csv.number(open_column + i);
        if (!value) return fail(value.error());
        *places[i] = *value;
    }
    return bar;
}

/// Judges one bar after another.
class Judge {
public:
    explicit Judge(BarsFound& found) : found_(found) {}

    bool takes(const Bar& bar, std::uint64_t row) {
        if (!possible(bar, row) || !in_order(bar, row)) return false;
        look_between(bar, row);
        if (bar.volume == 0)
            found_.defects.add("no volume", row, "volume", "kept",
                               [&] { return "a bar without trades at " + shown(static_cast<double>(bar.ts)); });
        look_at_turnover(bar, row);
        last_ = bar;
        ++found_.bars;
        return true;
    }

private:
    bool possible(const Bar& bar, std::uint64_t row) {
        const double least = std::min({bar.open, bar.high, bar.low, bar.close});
        if (least <= 0) {
            found_.defects.add("impossible price", row, "", left_out, [&] { return "a price of " + shown(least); });
            return false;
        }
        if (bar.volume < 0) {
            found_.defects.add("impossible volume", row, "volume", left_out, [&] { return shown(bar.volume); });
            return false;
        }
        if (bar.high < std::max({bar.open, bar.close, bar.low}) || bar.low > std::min(bar.open, bar.close)) {
            found_.defects.add("impossible bar", row, "", left_out,
                               [&] { return "high " + shown(bar.high) + ", low " + shown(bar.low) + " do not hold open and close"; });
            return false;
        }
        return true;
    }
    bool in_order(const Bar& bar, std::uint64_t row) {
        if (found_.bars == 0) return true;
        if (bar.ts == last_.ts) {
            found_.defects.add("duplicate", row, "ts", left_out, [&] { return std::to_string(bar.ts) + " a second time"; });
            return false;
        }
        if (bar.ts > last_.ts) return true;
        found_.defects.add("unordered", row, "ts", left_out, [&] { return std::to_string(bar.ts) + " after " + std::to_string(last_.ts); });
        return false;
    }
    void look_between(const Bar& bar, std::uint64_t row) {
        if (found_.bars == 0) {
            found_.first = bar.ts;
        } else {
            const std::int64_t apart = bar.ts - last_.ts;
            if (found_.step == 0) found_.step = apart;
            if (apart != found_.step) {
                const std::int64_t missing = apart / found_.step - 1;
                found_.missing += static_cast<std::uint64_t>(std::max<std::int64_t>(missing, 0));
                found_.defects.add(missing > 0 ? "gap" : "uneven step", row, "ts", "kept",
                                   [&] { return std::to_string(apart) + " s after the bar before, not " + std::to_string(found_.step); });
            }
            const double ratio = bar.open / last_.close;
            if (ratio > jump_most || ratio < 1 / jump_most)
                found_.defects.add("jump", row, "open", "kept", [&] {
                    return "from " + shown(last_.close) + " to " + shown(bar.open) +
                           " between two bars: a redenomination, or another token under the name";
                });
        }
        found_.last = bar.ts;
    }

    void look_at_turnover(const Bar& bar, std::uint64_t row) {
        if (found_.step == 0) return;
        const double a_day = bar.volume * bar.close * 86'400 / static_cast<double>(found_.step);
        if (a_day > daily_turnover_most)
            found_.defects.add("wrong unit", row, "volume", "kept", [&] {
                return shown(bar.volume) + " at " + shown(bar.close) + " is a turnover of " + shown(a_day) +
                       " a day, more than all foreign exchange: it may count contracts or the quote currency, and the base is meant";
            });
    }

    BarsFound& found_;
    Bar last_;
};

/// Volume times price beside a column that says what was turned over.
class Turnover {
public:
    void look(BarsFound& found, std::uint64_t row, const Bar& bar, double quote) {
        if (bar.volume <= 0 || quote <= 0) return;
        const double mean = quote / bar.volume;
        agreement_.look(found.defects, row, mean > bar.high ? bar.high / mean : mean < bar.low ? bar.low / mean : 1);
    }
    Result<void> verdict(const std::string& path) const { return agreement_.verdict(path); }

private:
    Agreement agreement_{"volume", "volume times price", "quote_volume", mean_price_slack};
};

}  // namespace

Result<BarsFound> read_bars(const std::string& path, const BarsWanted& wanted, const std::function<void(const Bar&)>& take) {
    auto csv = wanted.market.empty() ? Csv::open(path, {"ts", "open", "high", "low", "close", "volume"}, {"quote_volume"})
                                     : Csv::open(path, {"ts", "open", "high", "low", "close", "volume", "market"}, {"quote_volume"});
    // The other name that such a column goes by.
    if (!csv && !wanted.market.empty())
        if (auto other = Csv::open(path, {"ts", "open", "high", "low", "close", "volume", "symbol"}, {"quote_volume"}))
            csv = std::move(other);
    if (!csv) return fail(csv.error());
    const std::size_t quote_column = wanted.market.empty() ? market_column : market_column + 1;
    Turnover turnover;
    BarsFound found;
    found.step = wanted.step;
    Judge judge(found);
    while (true) {
        const auto got = csv->next();
        if (!got) return fail(got.error());
        if (!*got) break;
        if (!wanted.market.empty() && csv->text(market_column) != wanted.market) continue;
        const auto bar = bar_of(*csv);
        if (!bar) return fail(bar.error());
        if (!judge.takes(*bar, csv->row())) continue;
        if (csv->has(quote_column)) {
            const auto quote = csv->number(quote_column);
            if (!quote) return fail(quote.error());
            turnover.look(found, csv->row(), *bar, *quote);
        }
        take(*bar);
    }
    if (const auto same_unit = turnover.verdict(path); !same_unit) return fail(same_unit.error());
    if (found.bars == 0)
        return fail(Error{path, wanted.market.empty() ? "it holds no bar" : "it holds no bar of '" + wanted.market + "'",
                          "see the defects of its rows, or name another market"});
    return found;
}

namespace {

/// Adds a bar to the coarse one it lies in, if that is the last of so many; else it begins the next.
void merge_into(std::vector<Bar>& bars, std::size_t& count, Bar bar, std::int64_t step) {
    bar.ts = bar.ts / step * step;
    if (count > 0 && bars[count - 1].ts == bar.ts) {
        Bar& last = bars[count - 1];
        last.high = std::max(last.high, bar.high);
        last.low = std::min(last.low, bar.low);
        last.close = bar.close;
        last.volume += bar.volume;
        return;
    }
    if (count == bars.size()) bars.push_back(bar);
    else bars[count] = bar;
    ++count;
}

}  // namespace

void BarKeeper::coarsen() {
    step_ = step_ == 0 ? 300 : 3'600;
    // In place: there are never more coarse bars than fine ones before them.
    std::size_t count = 0;
    for (std::size_t i = 0; i < bars_.size(); ++i) merge_into(bars_, count, bars_[i], step_);
    bars_.resize(count);
}

void BarKeeper::add(const Bar& bar) {
    if (bars_.size() >= most_ && step_ < 3'600) coarsen();
    std::size_t count = bars_.size();
    if (step_ > 0) merge_into(bars_, count, bar, step_);
    else bars_.push_back(bar);
}

}  // namespace plimsoll::series
