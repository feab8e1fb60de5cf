// What every plan keeps, on random venues and accounts; closing itself against rationals.
#include "support/cases.hpp"
#include "support/liquidation_reference.hpp"

namespace plimsoll::testing {
namespace {

Size most_of(const RiskCase& c, std::size_t position, const Closing& closing) {
    const Position& p = c.owner.account.positions[position];
    const std::int64_t lot = c.context.market(p.market).params->instrument.lot.raw();
    return closing.size_most >= abs(p.size) ? abs(p.size) : Size::from_raw(closing.size_most.raw() / lot * lot);
}

Wide closeout_value(const RiskCase& c, std::optional<std::size_t> isolated) {
    return isolated ? isolated_health(c.context, c.view(), *isolated, Purpose::closeout).value()
                    : health(c.context, c.view(), Purpose::closeout).value();
}

std::vector<Closing> closings_for(RiskGenerator& generator, const RiskCase& c, bool paced) {
    std::vector<Closing> closings;
    for (const Position& p : c.owner.account.positions) {
        Closing closing{closing_fee(generator), Size::max()};
        if (paced && generator.draw().chance(2)) {
            const Instrument& i = c.context.market(p.market).params->instrument;
            closing.size_most = Size::from_raw(generator.random().between(0, abs(p.size).raw() / i.lot.raw()) * i.lot.raw());
        }
        closings.push_back(closing);
    }
    return closings;
}

std::string shown_plan(const std::vector<Reduction>& plan) {
    std::string text = " plan:";
    for (const Reduction& r : plan) text += " " + std::to_string(r.position) + "x" + std::to_string(r.size.raw());
    return text;
}

/// The shape of a reduction: once per position, of the positions that are asked, in lots or whole, and at most what may be.
std::string shape_fault(const RiskCase& c, const std::vector<Closing>& closings, const std::vector<Reduction>& plan,
                        std::optional<std::size_t> isolated) {
    std::vector<bool> seen(closings.size());
    for (const Reduction& r : plan) {
        if (r.position >= seen.size() || seen[r.position]) return "a position twice, or none";
        seen[r.position] = true;
        const Position& p = c.owner.account.positions[r.position];
        if (isolated ? r.position != *isolated : p.mode != MarginMode::cross) return "a position that was not asked";
        if (r.size.raw() <= 0 || r.size > abs(p.size)) return "a size beyond the position";
        if (r.size > closings[r.position].size_most) return "more than may be closed now";
        const std::int64_t lot = c.context.market(p.market).params->instrument.lot.raw();
        if (r.size.raw() % lot != 0 && r.size != abs(p.size)) return "a size off the lot";
    }
    return {};
}

/// The plan carried out: it suffices and does not with one lot less, or everything that may be closed is closed.
std::string outcome_fault(RiskCase c, const std::vector<Closing>& closings, const std::vector<Reduction>& plan,
                          std::optional<std::size_t> isolated) {
    std::vector<Size> most;
    for (std::size_t i = 0; i < closings.size(); ++i) most.push_back(most_of(c, i, closings[i]));
    for (std::size_t i = 0; i + 1 < plan.size(); ++i) close_plainly(c, plan[i].position, plan[i].size, closings[plan[i].position].fee);
    if (!plan.empty() && closeout_value(c, isolated) >= 0) return "the last reduction was not needed";
    const auto after_last = [&](Size size) {
        RiskCase after{c.venue, c.owner, context_of(c.venue), c.group};
        if (size.raw() != 0) close_plainly(after, plan.back().position, size, closings[plan.back().position].fee);
        return closeout_value(after, isolated);
    };
    if (!plan.empty() && after_last(plan.back().size) >= 0) {
        const std::int64_t lot = c.context.market(c.owner.account.positions[plan.back().position].market).params->instrument.lot.raw();
        const Size less = Size::from_raw((plan.back().size.raw() - 1) / lot * lot);
        return after_last(less) >= 0 ? "one lot less suffices too" : "";
    }
    for (std::size_t i = 0; i < closings.size(); ++i) {
        const bool asked = isolated ? i == *isolated : c.owner.account.positions[i].mode == MarginMode::cross;
        const auto found = std::find_if(plan.begin(), plan.end(), [&](const Reduction& r) { return r.position == i; });
        const Size closed = found == plan.end() ? Size{} : found->size;
        if (asked && closed != most[i]) return "it does not suffice and position " + std::to_string(i) + " may be closed further";
    }
    return {};
}

RiskCase copy_of(const RiskCase& c) { return {c.venue, c.owner, context_of(c.venue), c.group}; }

std::string plan_fault(const RiskCase& c, const std::vector<Closing>& closings, PlanRoom& room, std::optional<std::size_t> isolated) {
    std::vector<Reduction> plan{{77, Size::from_raw(1)}};
    if (isolated) plan_isolated(c.context, c.view(), *isolated, closings[*isolated], room, plan);
    else plan_cross(c.context, c.view(), closings, room, plan);
    if (closeout_value(c, isolated) >= 0) return plan.empty() ? "" : "a healthy account is reduced";
    std::string fault = shape_fault(c, closings, plan, isolated);
    if (fault.empty()) fault = outcome_fault(copy_of(c), closings, plan, isolated);
    return fault.empty() ? "" : fault + shown_plan(plan);
}

/// What a property has met, so that it cannot pass by meeting nothing.
struct Met {
    std::int64_t short_of_closeout = 0;
    std::int64_t sufficing = 0;
    std::int64_t several = 0;

    void note(const RiskCase& c, const std::vector<Closing>& closings, PlanRoom& room, std::optional<std::size_t> isolated) {
        std::vector<Reduction> plan;
        if (isolated) plan_isolated(c.context, c.view(), *isolated, closings[*isolated], room, plan);
        else plan_cross(c.context, c.view(), closings, room, plan);
        ++short_of_closeout;
        several += plan.size() > 1 ? 1 : 0;
        RiskCase after = copy_of(c);
        for (const Reduction& r : plan) close_plainly(after, r.position, r.size, closings[r.position].fee);
        sufficing += closeout_value(after, isolated) >= 0 ? 1 : 0;
    }
};

void plans_keep_the_law(bool paced) {
    PlanRoom room;
    Met met;
    for_cases(
        [&](Random& random) -> std::string {
            RiskGenerator generator(random);
            RiskCase c = gen_with_lots(generator, generator.draw().chance(3) ? 0 : random.between(1, 200));
            if (!bring_short(c, random)) return {};
            const std::vector<Closing> closings = closings_for(generator, c, paced);
            met.note(c, closings, room, {});
            return plan_fault(c, closings, room, {});
        },
        2);
    EXPECT_GE(met.short_of_closeout, cases() / 2 / 2) << "too few accounts are short of the close-out level";
    EXPECT_GE(met.sufficing, cases() / 2 / 4) << "too few can be brought back to it";
    EXPECT_GE(met.several, cases() / 2 / 20) << "too few plans have more than one reduction";
}

TEST(LIQ_002, a_plan_suffices_and_not_with_one_lot_less_or_closes_everything) { plans_keep_the_law(false); }

TEST(LIQ_003, a_plan_closes_no_more_than_may_be_closed_now) { plans_keep_the_law(true); }

TEST(LIQ_002, an_isolated_plan_keeps_the_same_law_on_its_own_collateral) {
    PlanRoom room;
    Met met;
    for_cases([&](Random& random) -> std::string {
        RiskGenerator generator(random);
        RiskCase c = gen_with_lots(generator, generator.draw().chance(3) ? 0 : random.between(1, 200));
        const std::vector<Closing> closings = closings_for(generator, c, generator.draw().chance(3));
        for (std::size_t i = 0; i < closings.size(); ++i) {
            Position& p = c.owner.account.positions[i];
            if (p.mode != MarginMode::isolated) continue;
            const IsolatedHealth h = isolated_health(c.context, c.view(), i, Purpose::closeout);
            if (h.requirement <= 0) continue;
            const auto short_by = static_cast<Wide>(random.next() % static_cast<std::uint64_t>(h.requirement)) + 1;
            const Wide wanted = p.isolated_collateral.raw() - h.value() - short_by;
            if (abs(wanted) > amount_max.raw()) continue;
            p.isolated_collateral = Amount::narrow(wanted);
            met.note(c, closings, room, i);
            if (std::string fault = plan_fault(c, closings, room, i); !fault.empty()) return fault;
        }
        return {};
    });
    EXPECT_GE(met.sufficing, cases() / 5) << "too few positions can be brought back to the close-out level";
}

/// What a few last places of the settle asset and of the numeraire may weigh: closing rounds the profit, the fee and the requirement,
/// so health is not monotone to the last unit.
Wide roundings(const RiskCase& c, MarketId market) {
    const AssetView& asset = c.context.asset(c.context.market(market).settle);
    constexpr Wide units = 4;
    return units +
           (asset.is_unit ? units : liability_value(asset.params->liability_weight_maintenance, asset.scales, units, asset.price.high()));
}

/// A fee from a fifth to twice of what the position requires: where rates fall with size it takes more than the last lots relieve.
Rate fee_near_the_rate(const RiskCase& c, std::size_t position, Random& random) {
    const MarketView& market = c.context.market(c.owner.account.positions[position].market);
    const Wide need = position_risk(market, c.view(), position, Purpose::closeout).requirement.raw();
    const Rational worth = worth_of(market.params->instrument, abs(c.owner.account.positions[position].size), market.state.mark);
    if (worth == 0) return {};
    const Integer rate = floor_of(Rational(exact(need)) / worth * Rational(random.between(200'000'000, 2'000'000'000)));
    return Rate::from_raw(static_cast<std::int64_t>(std::min<Integer>(rate, rate_one)));
}

/// Health after closing each number of lots of one position, and of the whole at last.
std::vector<Wide> values_by_lots(const RiskCase& c, std::size_t position, Rate fee) {
    const Position& p = c.owner.account.positions[position];
    const std::int64_t lot = c.context.market(p.market).params->instrument.lot.raw();
    std::vector<Wide> values;
    RiskCase after = copy_of(c);
    for (std::int64_t closed = 0; closed < abs(p.size).raw();) {
        closed = std::min(closed + lot, abs(p.size).raw());
        after.owner = c.owner;
        after.group = c.group;
        close_plainly(after, position, Size::from_raw(closed), fee);
        values.push_back(closeout_value(after, {}));
    }
    return values;
}

/// One position may be closed, in at most 200 lots: every number of them is tried.
TEST(LIQ_002, of_one_position_no_smaller_size_suffices_by_more_than_the_roundings) {
    PlanRoom room;
    std::int64_t inside = 0;
    for_cases(
        [&](Random& random) -> std::string {
            RiskGenerator generator(random);
            RiskCase c = gen_with_lots(generator, random.between(2, 200));
            if (!bring_short(c, random)) return {};
            std::vector<Closing> closings = closings_for(generator, c, false);
            const auto only = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(closings.size()) - 1));
            const Position& p = c.owner.account.positions[only];
            if (p.mode != MarginMode::cross || p.size.raw() == 0) return {};
            for (std::size_t i = 0; i < closings.size(); ++i)
                if (i != only) closings[i].size_most = {};
            if (random.next() % 2 == 0) closings[only].fee = fee_near_the_rate(c, only, random);
            std::vector<Reduction> plan;
            plan_cross(c.context, c.view(), closings, room, plan);
            if (plan.size() != 1) return "not one reduction" + shown_plan(plan);
            const std::vector<Wide> values = values_by_lots(c, only, closings[only].fee);
            const std::int64_t lot = c.context.market(p.market).params->instrument.lot.raw();
            const auto planned = static_cast<std::size_t>((plan[0].size.raw() - 1) / lot);
            inside += values.back() < 0 && values[planned] >= 0 ? 1 : 0;
            for (std::size_t i = 0; i < planned; ++i)
                if (values[i] >= roundings(c, p.market))
                    return std::to_string(i + 1) + " lots of " + std::to_string(values.size()) + " suffice with " + exact(values[i]).str() +
                           shown_plan(plan);
            return {};
        },
        4);
    EXPECT_GE(inside, cases() / 4 / 1000) << "never did a part suffice where the whole does not";
}

/// A pair of which the larger leg is charged, both with the same fee: every pair of numbers of lots is tried.
TEST(LIQ_002, of_a_pair_no_fewer_lots_together_suffice) {
    PlanRoom room;
    std::int64_t both = 0;
    for_cases([&](Random& random) -> std::string {
        RiskGenerator generator(random);
        generator.plain_schedules = true;
        RiskCase c = gen_with_lots(generator, random.between(2, 12));
        const auto& positions = c.owner.account.positions;
        std::size_t at = 0;
        const auto is_pair = [&](std::size_t i) {
            return positions[i].mode == MarginMode::cross && positions[i].market == positions[i + 1].market &&
                   positions[i].size.raw() != 0 && positions[i + 1].size.raw() != 0 &&
                   c.context.market(positions[i].market).params->hedge == HedgeRule::larger_leg;
        };
        while (at + 1 < positions.size() && !is_pair(at)) ++at;
        if (at + 1 >= positions.size() || c.venue.set.profit.maintenance != hundred_percent || !bring_short(c, random)) return {};
        std::vector<Closing> closings(positions.size(), Closing{closing_fee(generator), Size{}});
        closings[at].size_most = closings[at + 1].size_most = Size::max();
        std::vector<Reduction> plan;
        plan_cross(c.context, c.view(), closings, room, plan);
        const std::int64_t lot = c.context.market(positions[at].market).params->instrument.lot.raw();
        const auto lots_of = [&](Size size) { return (size.raw() + lot - 1) / lot; };
        std::int64_t planned = 0;
        for (const Reduction& r : plan) planned += lots_of(r.size);
        both += plan.size() == 2 ? 1 : 0;
        for (std::int64_t a = 0; a <= lots_of(abs(positions[at].size)); ++a)
            for (std::int64_t b = 0; a + b + 1 < planned && b <= lots_of(abs(positions[at + 1].size)); ++b) {
                RiskCase after = copy_of(c);
                const auto close = [&](std::size_t i, std::int64_t lots) {
                    const Size size = Size::from_raw(std::min(lots * lot, abs(positions[i].size).raw()));
                    if (lots != 0) close_plainly(after, i, size, closings[i].fee);
                };
                close(at, a);
                close(at + 1, b);
                if (closeout_value(after, {}) >= 2 * roundings(c, positions[at].market))
                    return std::to_string(a) + " and " + std::to_string(b) + " lots suffice, sizes " +
                           std::to_string(positions[at].size.raw()) + " " + std::to_string(positions[at + 1].size.raw()) + " lot " +
                           std::to_string(lot) + shown_plan(plan);
            }
        return {};
    });
    EXPECT_GE(both, cases() / 200) << "too few plans closed both legs";
}

/// Balances and what positions have gained, before and after: the difference is the fee and less than two units of rounding, one of
/// the profit and one of the fee, neither in the account's favour.
TEST(LIQ_001, closing_at_the_mark_conserves_money_to_the_unit_and_never_in_the_accounts_favour) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        const RiskCase c = gen_risk(generator);
        for (std::size_t i = 0; i < c.owner.account.positions.size(); ++i) {
            const Position before = c.owner.account.positions[i];
            if (before.size.raw() == 0) continue;
            const MarketView& market = c.context.market(before.market);
            const Instrument& instrument = market.params->instrument;
            const Size by = random.next() % 4 == 0 ? abs(before.size) : Size::from_raw(random.between(1, abs(before.size).raw()));
            const Rate fee = closing_fee(generator);
            Account after = c.owner.account;
            close_at_mark(c.context, after.positions, after.balances, i, by, fee);
            const Position& p = after.positions[i];
            const auto held = [&](const Account& account) {
                Integer sum = account.positions[i].isolated_collateral.raw();
                for (const Balance& b : account.balances)
                    if (b.asset == market.settle) sum += b.amount.raw();
                return sum;
            };
            const Rational gained =
                gain_of(instrument, before.size, before.cost, market.state.mark) - gain_of(instrument, p.size, p.cost, market.state.mark);
            const Rational charged = worth_of(instrument, by, market.state.mark) * Rational(fee.raw(), rate_one);
            const Rational kept = gained - charged - Rational(held(after) - held(c.owner.account));
            // The fee of an inverse contract is on a notional that is itself rounded up on its finer grid.
            const Rational grid = in_settle(instrument, 1) * Rational(fee.raw(), rate_one);
            if (kept < 0) return "in the account's favour by " + kept.str();
            if (kept >= 2 + grid) return "more than the roundings is lost: " + kept.str();
            if (fee.raw() == 0 && kept >= 1) return "a unit is lost without a fee: " + kept.str();
            Position expected = before;
            close_plainly(instrument, expected, by, market.state.mark, fee);
            expected.isolated_collateral = p.isolated_collateral;
            if (p != expected) return "something else of the position has changed";
            if (by == abs(before.size) && p.cost != 0) return "a closed position keeps a cost";
            for (std::size_t other = 0; other < after.positions.size(); ++other)
                if (other != i && after.positions[other] != c.owner.account.positions[other]) return "another position has changed";
        }
        return {};
    });
}

}  // namespace
}  // namespace plimsoll::testing
