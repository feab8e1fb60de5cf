#include "plimsoll/series/events.hpp"

#include "plimsoll/base/assert.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace plimsoll::series {

namespace {

constexpr std::string_view left_out = "the row is left out";
constexpr double jump_most = 5;

/// What the rows of all these files have in common: a time that does not go back, and numbers in columns.
class Rows {
public:
    Rows(Csv& csv, EventsFound& found, std::optional<double> before = {}) : csv_(csv), found_(found), before_(before) {}

    /// Calls `take` with the numbers of the first N columns of each row in order, the first being its time; what it returns ends the reading.
    template <std::size_t N, class Take>
    Result<void> each(Take&& take) {
        std::array<double, N> values{};
        while (true) {
            const auto got = next(values);
            if (!got) return fail(got.error());
            if (!*got) return {};
            if (std::optional<Error> error = take(values)) return fail(std::move(*error));
        }
    }
    template <class What>
    void drop(std::string_view kind, std::string_view column, What&& what) {
        found_.defects.add(kind, csv_.row(), column, left_out, what);
    }
    template <class What>
    void keep(std::string_view kind, std::string_view column, What&& what) {
        found_.defects.add(kind, csv_.row(), column, "kept", what);
    }
    void taken(double ts) {
        if (found_.events++ == 0) found_.first = ts;
        found_.last = ts;
    }
    std::uint64_t row() const { return csv_.row(); }
    /// Whether price and size can be; says it when not.
    bool possible(double price, double size) {
        if (price <= 0) drop("impossible price", "price", [&] { return shown(price); });
        else if (size <= 0) drop("impossible size", "qty", [&] { return shown(size); });
        else return true;
        return false;
    }

private:
    Result<bool> next(std::span<double> values) {
        while (true) {
            const auto got = csv_.next();
            if (!got) return fail(got.error());
            if (!*got) return false;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto value = i == 0 ? csv_.time(i) : csv_.number(i);
                if (!value) return fail(value.error());
                values[i] = *value;
            }
            const double ts = values[0];
            if (before_ && ts >= *before_) {
                drop("later", "ts", [&] { return later_words(ts, *before_); });
                continue;
            }
            if (found_.events == 0 || ts >= found_.last) return true;
            drop("unordered", "ts", [&] { return shown(ts) + " after " + shown(found_.last); });
        }
    }

    Csv& csv_;
    EventsFound& found_;
    std::optional<double> before_;
};

Result<EventsFound> none_is_an_error(EventsFound found, const std::string& path, const char* what) {
    if (found.events > 0) return found;
    if (found.defects.count("later") > 0)
        return fail(Error{path, std::string("every ") + what + " lies after the time asked for", "give rows from before --as-of"});
    return fail(Error{path, std::string("it holds no ") + what, "see the defects of its rows"});
}

/// Absent: it is no side.
std::optional<bool> buys(std::string_view side) {
    if (side == "b" || side == "B" || side == "buy" || side == "BUY" || side == "Buy") return true;
    if (side == "s" || side == "S" || side == "sell" || side == "SELL" || side == "Sell") return false;
    return std::nullopt;
}
Error no_side(const Csv& csv, std::size_t column) {
    return csv.error(column, "'" + std::string(csv.text(column).substr(0, 20)) + "' is no side", "write buy or sell");
}

}  // namespace

Result<EventsFound> read_trades(const std::string& path, const std::function<void(const Trade&)>& take, const Beside* beside) {
    auto csv = Csv::open(path, {"ts", "price", "qty", "side"});
    const bool sided = csv.has_value();
    if (!csv) csv = Csv::open(path, {"ts", "price", "qty"});
    if (!csv) return fail(csv.error());
    EventsFound found;
    Rows rows(*csv, found);
    std::optional<TradesBeside> compared;
    if (beside != nullptr) compared.emplace(*beside);
    Trade last;
    const auto read = rows.each<3>([&](const std::array<double, 3>& values) -> std::optional<Error> {
        const auto side = sided ? buys(csv->text(3)) : std::optional(false);
        if (!side) return no_side(*csv, 3);
        const Trade trade{values[0], values[1], values[2], *side};
        if (!rows.possible(trade.price, trade.size)) return std::nullopt;
        if (found.events > 0 && trade.t == last.t && trade.price == last.price && trade.size == last.size)
            rows.keep("duplicate", "", [&] { return "the row before a second time"; });
        if (found.events > 0 && (trade.price > jump_most * last.price || trade.price * jump_most < last.price))
            rows.keep("jump", "price",
                      [&] { return "from " + shown(last.price) + " to " + shown(trade.price) + ": a redenomination, or another token"; });
        rows.taken(trade.t);
        if (compared) compared->add(found.defects, rows.row(), trade.t, trade.price, trade.size);
        last = trade;
        take(trade);
        return std::nullopt;
    });
    if (!read) return fail(read.error());
    if (compared)
        if (const auto same_unit = compared->verdict(path); !same_unit) return fail(same_unit.error());
    return none_is_an_error(std::move(found), path, "trade");
}

Result<EventsFound> read_marks(const std::string& path, const std::function<void(const MarkPrice&)>& take, const Beside* beside) {
    auto csv = Csv::open(path, {"ts", "close"});
    if (!csv) return fail(csv.error());
    EventsFound found;
    Rows rows(*csv, found);
    Agreement prices("close", "the mark", "the bar of its time");
    const auto read = rows.each<2>([&](const std::array<double, 2>& values) -> std::optional<Error> {
        if (values[1] <= 0) {
            rows.drop("impossible price", "close", [&] { return shown(values[1]); });
            return std::nullopt;
        }
        rows.taken(values[0]);
        const auto times = beside != nullptr ? beside->price_times(values[0], values[1]) : std::nullopt;
        if (times) prices.look(found.defects, rows.row(), *times);
        take({values[0], values[1]});
        return std::nullopt;
    });
    if (!read) return fail(read.error());
    if (const auto same_unit = prices.verdict(path); !same_unit) return fail(same_unit.error());
    return none_is_an_error(std::move(found), path, "mark price");
}

void BarMaker::add(const Trade& trade) {
    const std::int64_t ts = static_cast<std::int64_t>(std::floor(trade.t)) / step_ * step_;
    PLIM_ASSERT(!open_ || ts >= bar_.ts);
    if (open_ && ts != bar_.ts) finish();
    if (!open_) bar_ = {ts, trade.price, trade.price, trade.price, trade.price, 0};
    open_ = true;
    bar_.high = std::max(bar_.high, trade.price);
    bar_.low = std::min(bar_.low, trade.price);
    bar_.close = trade.price;
    bar_.volume += trade.size;
}

void BarMaker::finish() {
    if (open_) take_(bar_);
    open_ = false;
}

namespace {

/// Whether rates are shares of the notional. The usual payment, a hundredth of a per cent each eight hours, is 11 % a year, so that per
/// cents for shares would be 1,100 % as a rule; between the two lies what no market has paid in most of its hours.
class YearlyRates {
public:
    void look(double rate, double apart, std::uint64_t row) {
        constexpr double year_s = 365 * 86'400.0, most = 3;
        if (apart <= 0) return;
        ++looked_;
        if (std::abs(rate) * year_s / apart <= most) return;
        if (high_++ == 0) first_ = {row, rate};
    }
    void say(Defects& defects) const {
        if (2 * high_ > looked_)
            defects.add("wrong unit", first_.first, "rate", "kept", [&] {
                return shown(first_.second) +
                       " and most others are above 300 % a year: they may be per cents or hundredths of them, and shares are meant";
            });
    }

private:
    std::uint64_t looked_ = 0;
    std::uint64_t high_ = 0;
    std::pair<std::uint64_t, double> first_;  // row and rate
};

}  // namespace

Result<EventsFound> read_funding(const std::string& path, const std::function<void(const FundingRate&)>& take,
                                 std::optional<double> before) {
    auto csv = Csv::open(path, {"ts", "rate"});
    if (!csv) return fail(csv.error());
    EventsFound found;
    Rows rows(*csv, found, before);
    YearlyRates yearly;
    double step = 0;
    const auto read = rows.each<2>([&](const std::array<double, 2>& values) -> std::optional<Error> {
        const double ts = values[0], rate = values[1];
        if (std::abs(rate) >= 1) {
            rows.drop("impossible rate", "rate", [&] { return shown(rate) + ": rates are shares, 0.0001 is one hundredth of a per cent"; });
            return std::nullopt;
        }
        const double apart = ts - found.last;
        if (found.events > 0 && apart == 0) {
            rows.drop("duplicate", "ts", [&] { return shown(ts) + " a second time"; });
            return std::nullopt;
        }
        if (found.events > 0) {
            if (step == 0) step = apart;
            // Venues stamp a payment when it is made, some seconds late.
            const double slack = std::min(60.0, step / 10);
            const auto distance = [&] { return shown(apart) + " s after the one before, not " + shown(step); };
            if (apart > step + slack) rows.keep("gap", "ts", distance);
            else if (apart < step - slack)
                rows.keep("off the grid", "ts", [&] { return distance() + ": the interval changed, or the clock"; });
            // After a gap a payment is still for its usual interval.
            yearly.look(rate, std::min(apart, step), rows.row());
        }
        rows.taken(ts);
        take({ts, rate});
        return std::nullopt;
    });
    if (!read) return fail(read.error());
    yearly.say(found.defects);
    return none_is_an_error(std::move(found), path, "funding payment");
}

namespace {

/// Liquidations beside bars: what a bar's time saw liquidated is part of what it saw traded.
class LiquidationsBeside {
public:
    explicit LiquidationsBeside(const Beside& bars) : bars_(bars) {}

    void add(Defects& defects, std::uint64_t row, const LiquidationEvent& one) {
        if (const auto times = bars_.price_times(one.ts, one.price)) prices_.look(defects, row, *times);
        const Bar* bar = bars_.at(one.ts);
        if (bar != bar_) {
            finish(defects);
            bar_ = bar;
            row_ = row;
            sold_ = 0;
        }
        sold_ += one.size;
    }
    void finish(Defects& defects) {
        if (bar_ != nullptr && bar_->volume > 0) sizes_.look(defects, row_, std::max(1.0, sold_ / bar_->volume));
        bar_ = nullptr;
    }
    Result<void> verdict(const std::string& path) const {
        if (auto prices = prices_.verdict(path); !prices) return prices;
        return sizes_.verdict(path);
    }

private:
    const Beside& bars_;
    Agreement prices_{"price", "the price", "the bar of its time"};
    Agreement sizes_{"qty", "what was liquidated in a bar's time", "the bar of all that was traded"};
    const Bar* bar_ = nullptr;
    std::uint64_t row_ = 0;
    double sold_ = 0;
};

}  // namespace

Result<EventsFound> read_liquidations(const std::string& path, const std::function<void(const LiquidationEvent&)>& take,
                                      std::optional<double> before, const Beside* beside) {
    auto csv = Csv::open(path, {"ts", "price", "qty", "side"});
    if (!csv) return fail(csv.error());
    EventsFound found;
    Rows rows(*csv, found, before);
    std::optional<LiquidationsBeside> compared;
    if (beside != nullptr) compared.emplace(*beside);
    const auto read = rows.each<3>([&](const std::array<double, 3>& values) -> std::optional<Error> {
        const auto side = buys(csv->text(3));
        if (!side) return no_side(*csv, 3);
        if (!rows.possible(values[1], values[2])) return std::nullopt;
        const LiquidationEvent one{values[0], values[1], values[2], !*side};
        rows.taken(one.ts);
        if (compared) compared->add(found.defects, rows.row(), one);
        take(one);
        return std::nullopt;
    });
    if (!read) return fail(read.error());
    if (compared) {
        compared->finish(found.defects);
        if (const auto same_unit = compared->verdict(path); !same_unit) return fail(same_unit.error());
    }
    return none_is_an_error(std::move(found), path, "liquidation");
}

}  // namespace plimsoll::series
