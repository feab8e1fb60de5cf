#include "plimsoll/liquidation/waterfall.hpp"

#include "plimsoll/money/mul_div.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) {
    PLIM_ASSERT(value >= 0);
    return static_cast<UWide>(value);
}

/// a * b * c * d. Four figures of 127 bits fit 512.
Natural512 product(Wide a, Wide b, Wide c, Wide d) { return Natural512(u(a)) * u(b) * u(c) * u(d); }

void assert_winner(const Winner& w) {
    PLIM_ASSERT(w.size.raw() > 0);
    PLIM_ASSERT(w.notional >= 0 && w.equity >= 1);
    PLIM_ASSERT(w.profit <= 0 || w.cost > 0);
}

/// How a stands to b by what they are ranked by, the account and the place apart.
std::strong_ordering compare(const Winner& a, const Winner& b) {
    if ((a.profit > 0) != (b.profit > 0)) return a.profit > 0 ? std::strong_ordering::greater : std::strong_ordering::less;
    if (a.profit > 0) return product(a.profit, a.notional, b.cost, b.equity) <=> product(b.profit, b.notional, a.cost, a.equity);
    return multiply(u(a.notional), u(b.equity)) <=> multiply(u(b.notional), u(a.equity));
}

}  // namespace

bool ranks_before(const Winner& a, const Winner& b) {
    const std::strong_ordering order = compare(a, b);
    if (order != 0) return order > 0;
    return a.account != b.account ? a.account < b.account : a.position < b.position;
}

FeeSplit split_fee(Amount fee, Rate fund_share, Rate liquidator_share) {
    PLIM_ASSERT(fee.raw() >= 0);
    PLIM_ASSERT(fund_share.raw() >= 0 && liquidator_share.raw() >= 0);
    PLIM_ASSERT(Wide{fund_share.raw()} + liquidator_share.raw() <= rate_one);
    const auto share = [&](Rate of) { return Amount::narrow(divide(Wide{fee.raw()} * of.raw(), rate_one, Round::floor)); };
    const Amount fund = share(fund_share);
    const Amount liquidator = share(liquidator_share);
    return {fund, liquidator, fee - fund - liquidator};
}

void rank_winners(std::span<Winner> winners) {
    for (const Winner& w : winners) assert_winner(w);
    std::sort(winners.begin(), winners.end(), ranks_before);
}

void share_loss(Amount loss, std::span<const Amount> bearable, std::span<Amount> charges) {
    PLIM_ASSERT(loss.raw() >= 0 && bearable.size() == charges.size());
    Wide together = 0;
    for (const Amount most : bearable) {
        PLIM_ASSERT(most.raw() >= 0);
        together += most.raw();
    }
    const Wide shared = std::min<Wide>(loss.raw(), together);
    Wide missing = shared;
    for (std::size_t i = 0; i < charges.size(); ++i) {
        charges[i] = together == 0 ? Amount{} : Amount::narrow(divide(shared * bearable[i].raw(), together, Round::floor));
        missing -= charges[i].raw();
    }
    // What the floors left over is less than a unit for each that lost a fraction, and each of those can bear one more.
    for (std::size_t i = 0; i < charges.size() && missing > 0; ++i) {
        if (charges[i] == bearable[i]) continue;
        charges[i] += Amount::from_raw(1);
        --missing;
    }
    PLIM_ASSERT(missing == 0);
}

}  // namespace plimsoll
