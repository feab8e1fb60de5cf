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
    Rows(Csv& csv, EventsFound& found) : csv_(csv), found_(found) {}

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
                const auto value = csv_.number(i);
                if (!value) return fail(value.error());
                values[i] = *value;
            }
            const double ts = values[0];
            if (ts < 0 || ts >= 1e11) return fail(csv_.error(0, shown(ts) + " is no time in seconds", "divide milliseconds by 1000"));
            if (found_.events == 0 || ts >= found_.last) return true;
            drop("unordered", "ts", [&] { return shown(ts) + " after " + shown(found_.last); });
        }
    }

    Csv& csv_;
    EventsFound& found_;
};

Result<EventsFound> none_is_an_error(EventsFound found, const std::string& path, const char* what) {
    if (found.events == 0) return fail(Error{path, std::string("it holds no ") + what, "see the defects of its rows"});
    return found;
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

Result<EventsFound> read_trades(const std::string& path, const std::function<void(const Trade&)>& take) {
    auto csv = Csv::open(path, {"ts", "price", "qty", "side"});
    const bool sided = csv.has_value();
    if (!csv) csv = Csv::open(path, {"ts", "price", "qty"});
    if (!csv) return fail(csv.error());
    EventsFound found;
    Rows rows(*csv, found);
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
        last = trade;
        take(trade);
        return std::nullopt;
    });
    if (!read) return fail(read.error());
    return none_is_an_error(std::move(found), path, "trade");
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

Result<EventsFound> read_funding(const std::string& path, const std::function<void(const FundingRate&)>& take) {
    auto csv = Csv::open(path, {"ts", "rate"});
    if (!csv) return fail(csv.error());
    EventsFound found;
    Rows rows(*csv, found);
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
        }
        rows.taken(ts);
        take({ts, rate});
        return std::nullopt;
    });
    if (!read) return fail(read.error());
    return none_is_an_error(std::move(found), path, "funding payment");
}

Result<EventsFound> read_liquidations(const std::string& path, const std::function<void(const LiquidationEvent&)>& take) {
    auto csv = Csv::open(path, {"ts", "price", "qty", "side"});
    if (!csv) return fail(csv.error());
    EventsFound found;
    Rows rows(*csv, found);
    const auto read = rows.each<3>([&](const std::array<double, 3>& values) -> std::optional<Error> {
        const auto side = buys(csv->text(3));
        if (!side) return no_side(*csv, 3);
        if (!rows.possible(values[1], values[2])) return std::nullopt;
        rows.taken(values[0]);
        take({values[0], values[1], values[2], !*side});
        return std::nullopt;
    });
    if (!read) return fail(read.error());
    return none_is_an_error(std::move(found), path, "liquidation");
}

}  // namespace plimsoll::series
