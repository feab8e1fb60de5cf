// What happens beside prices: trades, funding payments, liquidations.
#pragma once

#include "plimsoll/series/bars.hpp"
#include "plimsoll/series/feed.hpp"
#include "plimsoll/series/units.hpp"

namespace plimsoll::series {

struct EventsFound {
    std::uint64_t events = 0;
    double first = 0;
    double last = 0;
    Defects defects;
};

/// Reads trades. Columns  ts (seconds, decimals allowed), price, qty, and side of the taker if there is one: buy or sell, b or s.
///
/// Left out and said: rows out of order, prices and sizes that are none. Kept and said: the same row twice in a row; a jump of more than
/// five times; where `beside` has bars of the market: what is not theirs (TradesBeside). Errors  as read_bars(); prices or sizes in another
/// unit than those bars.
Result<EventsFound> read_trades(const std::string& path, const std::function<void(const Trade&)>& take, const Beside* beside = nullptr);

/// Bars out of trades, a bar for each step in which something was traded. Errors  asserted: step > 0, trades in the order of time.
class BarMaker {
public:
    BarMaker(std::int64_t step, std::function<void(const Bar&)> take) : step_(step), take_(std::move(take)) {}
    void add(const Trade& trade);
    /// Hands out the bar that is not full yet.
    void finish();

private:
    std::int64_t step_;
    std::function<void(const Bar&)> take_;
    Bar bar_;
    bool open_ = false;
};

/// Units  ts: seconds; price: quote currency.
struct MarkPrice {
    double ts = 0;
    double price = 0;
};
/// Reads mark prices. Columns  ts, close. Left out and said: rows out of order, prices that are none. Kept and said, where `beside` has
/// bars of the market: one that is not theirs.
/// Errors  as read_bars(); prices in another unit than those bars.
Result<EventsFound> read_marks(const std::string& path, const std::function<void(const MarkPrice&)>& take, const Beside* beside = nullptr);

/// Units  ts: seconds; rate: of the notional, longs pay when above 0.
struct FundingRate {
    double ts = 0;
    double rate = 0;
};
/// Reads funding payments. Columns  ts, rate. Left out and said: rows at or after `before`, out of order or twice, rates of 100 % or more.
/// Kept and said: gaps against the distance of the first two; stamps that lie off that grid, as those of a clock in another time zone do;
/// rates that are above 300 % a year in most rows, which are per cents or hundredths of them.
/// Errors  as read_bars(); every row is later.
Result<EventsFound> read_funding(const std::string& path, const std::function<void(const FundingRate&)>& take,
                                 std::optional<double> before = {});

struct LiquidationEvent {
    double ts = 0;
    double price = 0;
    double size = 0;
    bool of_long = false;  // it sold
};
/// Reads liquidations. Columns  ts, side (of the order: sell closes a long), price, qty. Left out and said as with trades, and rows at or
/// after `before`. Kept and said, where `beside` has bars of the market: prices that are not theirs, and a bar's time in which more was
/// liquidated than traded.
/// Errors  as read_bars(); every row is later; prices or sizes in another unit than those bars.
Result<EventsFound> read_liquidations(const std::string& path, const std::function<void(const LiquidationEvent&)>& take,
                                      std::optional<double> before = {}, const Beside* beside = nullptr);

}  // namespace plimsoll::series
