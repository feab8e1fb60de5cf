// The commonest schedule, asked the fastest way: one rate or one table of brackets over the position's own notional, marginal or whole, by
// rates or by leverages, or a level that is a part of such a one; and at most one lift over the open interest. The answer is the general
// evaluation's to the last unit; what does not fit here (a figure too large, a clamp that can bind, a part of leverages that is
// rounded twice) is left to it.
#pragma once

#include "plimsoll/money/count.hpp"
#include "plimsoll/money/limb_line.hpp"
#include "plimsoll/money/limb_reciprocal.hpp"
#include "plimsoll/schedule/schedule.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace plimsoll {

class CompiledSchedule;

/// Straight-line arithmetic. notional < 2^62 and rate <= 10 * 10^9 < 2^34, so a product stays below 2^96; and the limit on
/// notionals is so low that the margin, after its division by the guard grid, is below 2^62.
class PlainTable {
public:
    PlainTable() = default;  // answers nothing

    /// The level of a compiled schedule; a table that answers nothing when the level is no plain table.
    static PlainTable of(const CompiledSchedule& schedule, Level level);

    /// Whether margin() may be asked about this notional.
    bool answers(UWide notional) const { return notional >> 64 == 0 && static_cast<std::uint64_t>(notional) < limit_; }
    std::uint64_t limit() const { return limit_; }  // 0: it answers nothing
    /// Of the rows from the second on: the least notional that belongs to the row.
    std::span<const std::uint64_t> thresholds() const { return {thresholds_.data(), rows_.empty() ? 0 : rows_.size() - 1}; }
    bool is_lifted() const { return lift_.span != 0; }
    ModulatorInput lifted_by() const { return lift_.input; }

    /// The margin of a position worth `notional`: the guard grid rounded up once, as requirement().
    ///
    /// Shape   never decreases in the notional: rates do not fall from row to row.
    /// Errors  the caller has answers(notional), and a table that is not lifted.
    Amount margin(std::uint64_t notional) const { return at_least_minimum(rows_[row_of(notional)].up(grid_, notional), notional); }
    /// The same under an open interest, which lifts the rate of every unit toward 100 % by its share of the ramp. With
    /// N = 10^9 * notional and V what the rows ask, the general evaluation's ceil((V + ceil((N - V) * share / span)) / grid) is
    ///     ceil((V * (span - share) + N * share) / (span * grid)),
    /// because rounding up twice in a row, by whole divisors, is rounding up once. The numerator has three limbs:
    /// notional < 2^62, both rates < 2^34 and span < 2^63 keep it below 2^160.
    Amount margin(std::uint64_t notional, Wide open_interest) const {
        const LimbLine& row = rows_[row_of(notional)];
        const std::uint64_t share = lift_.share(open_interest);
        const std::uint64_t rest = lift_.span - share;
        const UWide rate = UWide{row.rate()} * rest + UWide{static_cast<std::uint64_t>(rate_one)} * share;
        return at_least_minimum(lift_.by_span_and_grid.divide_up(Limbs3::product(rate, notional) - Limbs3::product(row.saved(grid_), rest)),
                                notional);
    }

private:
    void index_rows();

    /// Open interests are counted finer than they come, so that span's top bit is bit 62 whatever the ramp.
    struct Lift {
        ModulatorInput input = ModulatorInput::open_interest;
        int finer = 0;  // bits
        std::int64_t start = 0;
        std::uint64_t span = 0;  // 0: there is no lift
        Reciprocal128 by_span_and_grid;

        std::uint64_t share(Wide open_interest) const {
            const Wide along = open_interest - start;
            const auto most = static_cast<std::int64_t>(span >> finer);
            return static_cast<std::uint64_t>(along <= 0 ? 0 : along >= most ? most : along) << finer;
        }
    };

    /// The row that holds the notional. Its power of two gives the first row that can, and edges mostly grow by factors, so few
    /// are left to compare. Comparing them all costs less than one branch guessed wrong.
    std::size_t row_of(std::uint64_t notional) const {
        const std::size_t first = first_row_[static_cast<unsigned>(__builtin_clzll(notional | 1)) ^ 63u];
        const std::uint64_t* at = thresholds_.data() + first;
        std::size_t row = first + std::size_t{notional >= *at};
        for (std::uint32_t i = 1; i < rows_per_octave_; ++i) row += std::size_t{notional >= at[i]};
        return row;
    }

    /// The minimum is a whole amount, so taking the larger before or after the rounding is the same.
    Amount at_least_minimum(std::uint64_t rounded, std::uint64_t notional) const {
        const auto margin = static_cast<std::int64_t>(rounded);
        if (minimum_ == 0) return Amount::from_raw(margin);  // the same every time, so foreseen
        const std::int64_t least = notional != 0 ? minimum_ : 0;
        return Amount::from_raw(margin > least ? margin : least);
    }

    std::uint64_t limit_ = 0;  // notionals below it are answered
    LimbScale grid_;           // guard grid to the settle asset's last place
    std::int64_t minimum_ = 0;
    std::uint32_t rows_per_octave_ = 1;      // at most so many rows begin between a power of two and the next
    std::array<std::uint8_t, 64> first_row_{};  // by power of two: the row that holds it
    std::vector<std::uint64_t> thresholds_;  // of the rows from the second on: the least notional that belongs to the row
    std::vector<LimbLine> rows_;  // `saved` as CompiledRow::carry, 0 for whole application
    Lift lift_;
};

}  // namespace plimsoll
