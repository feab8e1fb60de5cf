// What rests on one side of a market at which distance, and what taking it brings: the piece that books, depth bands and pools have in common.
#pragma once

#include "plimsoll/series/depth.hpp"

#include <span>
#include <string>
#include <vector>

namespace plimsoll::stress {

enum class BookSide : std::uint8_t { bids, asks };

/// One side of a book or a pool. Units  amounts: base units times the reference price, so quote currency; x: distance from the reference price as |ln(price /
/// reference)|. What the side does not hold is not executable: nothing is made up beyond its end.
class Profile {
public:
    /// Nothing rests there.
    explicit Profile(BookSide side) : side_(side) {}
    /// Even by the logarithm of the price: `per_percent` for each hundredth of x, up to `most` in all.
    static Profile even(BookSide side, double per_percent, double most);
    /// The same in quote currency: `per_percent` of notional for each hundredth of x, as far as `reach`. What the reference bounds assume.
    static Profile even_notional(BookSide side, double per_percent, double reach);
    /// Cumulative notional by growing distance, each band evenly filled. Errors  asserted: none shrinks, and distances of bids are below 1.
    static Profile bands(BookSide side, std::span<const series::Band> bands);
    /// Levels, best first; a level is taken at its own price. Errors  asserted: mid and prices above 0.
    static Profile levels(BookSide side, std::span<const series::Level> levels, double mid);
    /// A constant-product pool with `reserve` of the quote currency, which gives liquidity as far as a distance of `reach`; concentrated in a
    /// range when that is short: the same reserve then moves the price by less.
    static Profile pool(BookSide side, double reserve, double reach);

    /// Both side by side, as who pushes the price through a book and a pool finds them: at each distance what either holds, the other's
    /// further out by its fee (|ln|). Errors  asserted: they are of one side, and the fee is not below 0.
    Profile beside(const Profile& other, double fee = 0) const;

    BookSide side() const { return side_; }
    /// All of it in short: two profiles that differ have another one.
    std::string fingerprint() const;
    double most() const { return knots_.empty() ? 0 : knots_.back().amount; }
    /// Amount that rests within a distance.
    double within(double x) const;
    /// Distance of the last unit when so much is taken; that of the end when there is less.
    double reach(double amount) const;
    /// Quote currency paid or received for the first `amount`, at a reference price of 1 for each unit of amount; for all there is when there is less.
    double worth(double amount) const;

private:
    struct Knot {
        double amount = 0;  // cumulative
        double x = 0;
        double worth = 0;  // cumulative
    };
    void add(double amount, double x);
    double nearer_than(double x) const;
    double worth_between(double amount, double x0, double x1) const;

    BookSide side_;
    std::vector<Knot> knots_;  // by growing amount; x never falls and may jump
};

}  // namespace plimsoll::stress
