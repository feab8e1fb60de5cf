// The floor kernels: what an answer cannot do without. They load the bytes and do the multiplications (of notionals, of rates, of
// the lift, and of the reciprocals that stand for divisions). They are told beforehand, outside the clock, which row of a
// table holds each exposure, that everything is in its domain, and that no special case applies; so they decide nothing, and
// still give the same answer to the last unit, which shows that no multiplication was left out.
#pragma once

#include "workload.hpp"

#include "plimsoll/money/limb_line.hpp"
#include "plimsoll/money/limb_reciprocal.hpp"
#include "plimsoll/money/reciprocal.hpp"

#include <span>
#include <vector>

namespace plimsoll::bench {

struct FloorRow {
    UWide saved = 0;
    std::uint64_t rate = 0;
};

/// One requirement of the twelve-tier schedule.
class FloorSchedule {
public:
    FloorSchedule(const CompiledSchedule& schedule, std::span<const Question> questions);
    void answer(std::span<const Question> questions, std::span<Amount> out) const;

private:
    std::vector<FloorRow> rows_;
    std::vector<std::uint8_t> row_of_;  // by question
    std::int64_t start_ = 0;
    Reciprocal span_;
    Reciprocal64 grid_;
};

/// Initial health of accounts with resting orders on both sides.
class FloorVenue {
public:
    FloorVenue(const RiskContext& venue, std::span<const AccountView> accounts);
    void answer(std::span<const AccountView> accounts, std::span<Health> out) const;

private:
    struct Market {
        std::int64_t mark;
        LimbScale grid;       // guard grid to settle asset
        Reciprocal63 settle;  // notional to settle asset
        std::int64_t widen;   // the same when the settle asset is finer
        std::array<LimbLine, venue_brackets> rows;
    };
    struct Known {  // of one position: the rows of either fill
        std::uint8_t row_buys, row_sells;
    };
    Health account(const AccountView& account, const Known* known) const;

    std::vector<Market> markets_;
    std::vector<Known> known_;  // in the order of the views
    LimbSlope profit_;
    LimbScale coin_scale_;
    LimbSlope coin_;
};

}  // namespace plimsoll::bench
