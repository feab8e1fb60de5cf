// Whether figures are in the unit that is meant: what two files, or two columns, say of the same thing must not differ by a factor.
#pragma once

#include "plimsoll/series/bars.hpp"
#include "plimsoll/series/depth.hpp"

#include <optional>

namespace plimsoll::series {

/// Prices of one market at one time never differ by so much, nor do sizes that were counted twice: what is missing or traded elsewhere
/// leaves less. Other units differ by ten times and more: a symbol of a thousand, cents, contracts, the quote currency for the base.
inline constexpr double unit_factor = 5;

/// What a market's bars say of a time. Holds no bars of its own.
class Beside {
public:
    /// Bars in the order of time, `step` seconds each.
    Beside(std::span<const Bar> bars, std::int64_t step);

    /// The bar that holds a time; null: there is none.
    const Bar* at(double t) const;
    /// How many times the bar's prices a price is, 1 from its low to its high; the last bar of the day before will do. Absent: there is
    /// none.
    std::optional<double> price_times(double t, double price) const;
    /// The close that was known at a time, of the day before at most.
    std::optional<double> close_at(double t) const;
    /// Of a day, mean over all bars, quote currency; 0: nothing was traded.
    double daily_turnover() const { return daily_turnover_; }
    std::int64_t step() const { return step_; }

private:
    const Bar* latest(double t) const;

    std::span<const Bar> bars_;
    std::int64_t step_;
    double daily_turnover_ = 0;
};

/// Figures of a column beside figures that say the same. One that is off is a defect of its row; where most are, the column is in another
/// unit, and is refused.
class Agreement {
public:
    /// `what`: "the price", `beside`: "the bar of its time".
    Agreement(std::string column, std::string what, std::string beside, double factor = unit_factor)
        : column_(std::move(column)), what_(std::move(what)), beside_(std::move(beside)), factor_(factor) {}

    /// `times`: how many times the other figure it is.
    void look(Defects& defects, std::uint64_t row, double times);
    /// Errors  more than half of the figures are off: path, the row of the first and the column, how many times they are what they should
    /// be, and what that may be.
    Result<void> verdict(const std::string& path) const;

private:
    std::string column_;
    std::string what_;
    std::string beside_;
    double factor_;
    std::uint64_t looked_ = 0;
    std::uint64_t off_ = 0;
    std::uint64_t first_row_ = 0;
    double log_sum_ = 0;  // of the figures that are off
};

/// Trades beside bars: prices one by one, sizes by the bars that trades cover from end to end.
class TradesBeside {
public:
    explicit TradesBeside(const Beside& bars);
    /// Times must not go back.
    void add(Defects& defects, std::uint64_t row, double t, double price, double size);
    /// Errors  as Agreement::verdict().
    Result<void> verdict(const std::string& path) const;

private:
    const Beside& bars_;
    Agreement prices_;
    Agreement sizes_;
    const Bar* bar_ = nullptr;  // that the latest trade lies in
    bool whole_ = false;  // trades were there before it began
    std::uint64_t row_ = 0;  // of its first trade
    double traded_ = 0;
};

/// A book beside the bars of its market at a time: its mid, and whether a side holds more than ten days' turnover that the same figures as
/// quote currency would not.
///
/// Errors  a mid that is in another unit than the bars, with the row of the best bid. Left to the defects: sizes that may be in the quote
/// currency.
Result<void> book_beside(const std::string& path, const Book& book, double t, const Beside& bars, Defects& defects);

}  // namespace plimsoll::series
