// The order of reductions, the pace and the stressed losses against rationals.
#include "support/cases.hpp"
#include "support/liquidation_reference.hpp"

namespace plimsoll::testing {
namespace {

/// Notional as the venue counts it, on its grid, in last places of the settle asset.
Rational counted_worth(const Instrument& i, Size size, Price mark) {
    const Rational grid = in_settle(i, 1);
    return Rational(ceil_of(worth_of(i, abs(size), mark) / grid)) * grid;
}

/// An amount of an asset in the numeraire at its mark, rounded up.
Integer in_numeraire_up(const RiskCase& c, AssetId id, const Integer& amount) {
    if (c.context.asset(id).is_unit) return amount;
    const Asset& a = c.venue.set.asset(id);
    const int shift = c.venue.set.asset(c.venue.set.numeraire).digits - a.digits - a.price_digits;
    Rational value = Rational(amount) * c.venue.prices.at(id.index).mark.raw();
    const Rational scale(power(10, static_cast<unsigned>(shift < 0 ? -shift : shift)));
    value = shift < 0 ? Rational(value / scale) : Rational(value * scale);
    return ceil_of(value);
}

/// What the order of closing looks at, as fractions.
struct Rank {
    std::size_t position;
    bool free;
    Rational relief;  // effective rate over fee rate
    Integer worth;

    bool operator<(const Rank& other) const {
        if (free != other.free) return free;
        if (!free && relief != other.relief) return relief > other.relief;
        return worth != other.worth ? worth > other.worth : position < other.position;
    }
};

std::vector<Rank> ranked(const RiskCase& c, const std::vector<Closing>& closings) {
    std::vector<Rank> ranks;
    for (std::size_t i = 0; i < closings.size(); ++i) {
        const Position& p = c.owner.account.positions[i];
        if (p.mode != MarginMode::cross || p.size.raw() == 0) continue;
        const MarketView& market = c.context.market(p.market);
        const Rational worth = counted_worth(market.params->instrument, p.size, market.state.mark);
        const Rational need = position_risk(market, c.view(), i, Purpose::closeout).requirement.raw();
        const bool free = closings[i].fee.raw() == 0;
        const Rational relief = free || worth == 0 ? Rational(0) : Rational(need / worth / Rational(closings[i].fee.raw(), rate_one));
        ranks.push_back({i, free, relief, in_numeraire_up(c, market.settle, ceil_of(worth))});
    }
    std::sort(ranks.begin(), ranks.end());
    return ranks;
}

Wide closeout_value(const RiskCase& c) { return health(c.context, c.view(), Purpose::closeout).value(); }

/// Walks the plan along the ranks: each is the next, or closing it wholly would have brought nothing and it comes at the end.
std::string order_fault(RiskCase c, const std::vector<Closing>& closings, const std::vector<Reduction>& plan) {
    std::size_t next = 0;
    std::vector<std::size_t> waiting;
    for (const Rank& rank : ranked(c, closings)) {
        if (next == plan.size()) return {};
        const bool is_next = plan[next].position == rank.position;
        RiskCase after{c.venue, c.owner, context_of(c.venue), c.group};
        close_plainly(after, rank.position, abs(c.owner.account.positions[rank.position].size), closings[rank.position].fee);
        const bool relieves = closeout_value(after) > closeout_value(c);
        if (is_next && (relieves || next + 1 == plan.size())) {
            close_plainly(c, rank.position, plan[next].size, closings[rank.position].fee);
            ++next;
            continue;
        }
        if (relieves) return "position " + std::to_string(rank.position) + " was passed over";
        waiting.push_back(rank.position);
    }
    for (const std::size_t position : waiting) {
        if (next == plan.size()) return {};
        if (plan[next++].position != position) return "those that wait do not keep their order";
    }
    return next == plan.size() ? "" : "the plan goes on";
}

TEST(LIQ_004, reductions_stand_in_the_order_of_relief_per_fee) {
    PlanRoom room;
    std::int64_t several = 0;
    for_cases(
        [&](Random& random) -> std::string {
            RiskGenerator generator(random);
            RiskCase c = gen_with_lots(generator, 100);
            // Legs that come down together are not closed one by one; that is another law.
            for (MarketParams& m : c.venue.set.markets) m.hedge = HedgeRule::sum_of_legs;
            c.context = context_of(c.venue);
            if (!bring_short(c, random)) return {};
            std::vector<Closing> closings;
            const Rate same = closing_fee(generator);
            for (std::size_t i = 0; i < c.owner.account.positions.size(); ++i)
                closings.push_back({random.next() % 2 == 0 ? same : closing_fee(generator), Size::max()});
            std::vector<Reduction> plan;
            plan_cross(c.context, c.view(), closings, room, plan);
            several += plan.size() > 1 ? 1 : 0;
            return order_fault({c.venue, c.owner, context_of(c.venue), c.group}, closings, plan);
        },
        4);
    EXPECT_GE(several, cases() / 4 / 20) << "too few plans have more than one reduction";
}

TEST(LIQ_003, the_pace_is_the_largest_size_in_lots_that_the_share_of_depth_holds) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        RiskCase c = gen_risk(generator);
        for (std::uint32_t m = 0; m < c.venue.set.markets.size(); ++m) {
            Instrument& i = c.venue.set.markets[m].instrument;
            i.lot = Size::from_raw(std::min(i.size_max.raw(), generator.draw().magnitude(4)));
            c.context = context_of(c.venue);
            const MarketView& market = c.context.market({m});
            const Rate share = Rate::from_raw(random.between(0, rate_one));
            const Size size = paced_size(market, share);
            if (paced_size(market, {}) != i.size_max) return "no share is not everything";
            if (market.state.depth.raw() == 0) {
                if (size != i.size_max) return "an unmeasured market is not everything";
                continue;
            }
            const Rational budget = Rational(market.state.depth.raw()) * Rational(share.raw(), rate_one);
            const auto fits = [&](Size s) { return counted_worth(i, s, market.state.mark) <= budget; };
            if (size.raw() % i.lot.raw() != 0 || size < i.lot || size > i.size_max) return "not in lots: " + std::to_string(size.raw());
            if (size != i.lot && !fits(size)) return "more than the share";
            const Size more = size + i.lot;
            if (more <= i.size_max && fits(more)) return "one lot more fits";
        }
        return {};
    });
}

TEST(LIQ_005, a_stressed_loss_is_what_the_notionals_lose_beyond_equity) {
    std::int64_t owing = 0;
    for_cases([&](Random& random) -> std::string {
        RiskGenerator generator(random);
        const RiskCase c = gen_risk(generator);
        const Rate stress = Rate::from_raw(random.next() % 2 == 0 ? random.between(0, rate_one) : generator.draw().magnitude(10));
        const auto lost = [&](const Position& p) {
            const MarketView& market = c.context.market(p.market);
            return ceil_of(counted_worth(market.params->instrument, p.size, market.state.mark) * Rational(stress.raw(), rate_one));
        };
        Integer sum = 0;
        const ReferenceRisk reference(c.venue, c.owner);
        for (std::size_t i = 0; i < c.owner.account.positions.size(); ++i) {
            const Position& p = c.owner.account.positions[i];
            if (p.mode == MarginMode::cross) {
                sum += in_numeraire_up(c, c.context.market(p.market).settle, lost(p));
                continue;
            }
            const Integer alone = lost(p) - exact(isolated_equity(c.context, c.view(), i));
            const Integer said = exact(stressed_loss_isolated(c.context, c.view(), i, stress));
            if (said != std::max<Integer>(0, alone)) return "isolated: " + said.str() + " instead of " + alone.str();
        }
        const Integer said = exact(stressed_loss(c.context, c.view(), stress));
        const Integer expected = std::max<Integer>(0, sum - reference.equity());
        owing += said > 0 ? 1 : 0;
        return said == expected ? "" : said.str() + " instead of " + expected.str();
    });
    EXPECT_GE(owing, cases() / 10) << "too few accounts would owe anything";
}

}  // namespace
}  // namespace plimsoll::testing
