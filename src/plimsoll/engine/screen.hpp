// A quick look that lets an account pass when it is certainly above maintenance. It reads only what an ordinary position needs, rounds
// everything against the account and multiplies in place of dividing; whoever does not pass is examined exactly. So it decides nothing.
#pragma once

#include "plimsoll/engine/state.hpp"

#include <array>
#include <vector>

namespace plimsoll {

class Screen {
public:
    /// Brings prices up to the state's. After a parameter set came into force it is told by forget().
    void refresh(const State& state);
    void forget() { markets_.clear(); }

    /// Whether the account is certainly healthy at maintenance, cross and isolated, at the prices of the last refresh(). False says
    /// nothing. It has no breach then.
    bool passes(const State& state, AccountId account) const;
    /// Adds those of all accounts that do not pass, in ascending order.
    void sift(const State& state, std::vector<AccountId>& out) const;

private:
    /// An upper bound of the maintenance margin between a power of two of the notional and the next: notional * slope / 2^64 + base. The base also
    /// holds what a profit may be rounded down by.
    struct Line {
        std::uint64_t slope = 0;
        std::uint64_t base = unanswered;
    };
    using Lines = std::array<Line, 64>;  // by leading zeros of the notional
    static constexpr std::uint64_t unanswered = std::uint64_t{1} << 63;
    /// Notionals are counted `widen` times finer than the instrument's, so that ten or more of them are one last place of the settle
    /// asset and what one counts for is a part of 2^64.
    struct alignas(64) Market {
        std::int64_t unit = 0;  // worth of one last place of size, widened
        std::int64_t widen = 1;
        std::uint64_t size_beyond = ~std::uint64_t{0};  // a size with one of these bits is not answered
        std::uint64_t cost_beyond = ~std::uint64_t{0};
        std::int64_t gain = 0;  // what a profit counts for and a loss costs
        std::int64_t loss = 0;
        const Line* lines = nullptr;
    };

    bool look(const State& state, AccountId account) const;
    static void fill_lines(const PlainTable& table, std::int64_t widen, Lines& lines);
    void fill_market(const RiskContext& context, MarketId id);

    std::vector<Market> markets_;
    std::vector<Lines> lines_;
    std::uint32_t unit_asset_ = 0;
};

}  // namespace plimsoll
