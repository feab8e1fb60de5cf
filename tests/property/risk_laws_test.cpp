// What must hold for every account: reducing and cancelling never hurt, what was admitted stands after its fills, and the
// inverse questions prove themselves.
#include "plimsoll/risk/admission.hpp"
#include "plimsoll/risk/price_solve.hpp"
#include "support/cases.hpp"
#include "support/fill.hpp"
#include "support/gen_risk.hpp"

namespace plimsoll::testing {
namespace {

constexpr std::array purposes{Purpose::open, Purpose::withdraw, Purpose::maintenance, Purpose::closeout};

/// What `units` last places of a market's settle asset are worth at most, and as many of the numeraire.
Wide worth_units(const RiskCase& c, MarketId market, Wide units) {
    const AssetView& asset = c.context.asset(c.context.market(market).params->settle);
    const Rate weight = std::max(asset.params->liability_weight_initial, asset.params->liability_weight_maintenance);
    return units + (asset.is_unit ? units : liability_value(weight, asset.scales, units, asset.price.high()));
}

std::string fell(const char* what, Wide before, Wide after) {
    return std::string(what) + ": health fell from " + exact(before).str() + " to " + exact(after).str();
}

OrderRequest random_order(RiskGenerator& generator, const RiskCase& c) {
    Random& random = generator.random();
    OrderRequest order;
    order.market = {static_cast<std::uint32_t>(random.between(0, static_cast<std::int64_t>(c.venue.set.markets.size()) - 1))};
    const Instrument& i = c.venue.set.market(order.market).instrument;
    order.side = generator.draw().chance(2) ? Side::buy : Side::sell;
    const std::int64_t lots = std::max<std::int64_t>(1, std::min(i.size_max.raw(), generator.draw().magnitude(8)) / i.lot.raw());
    order.size = Size::from_raw(lots * i.lot.raw());
    const std::int64_t mark = c.context.market(order.market).state.mark.raw();
    const std::int64_t price = std::clamp<std::int64_t>(mark + random.between(-mark / 5, mark / 5), i.tick.raw(), i.price_max.raw());
    order.limit = Price::from_raw(price / i.tick.raw() * i.tick.raw());
    if (generator.draw().chance(8))
        order.limit = Price::from_raw(std::max(i.tick.raw(), generator.price_in(i).raw() / i.tick.raw() * i.tick.raw()));
    for (const Position& p : c.owner.account.positions)
        if (p.market == order.market && generator.draw().chance(2)) {
            order.leg = p.leg;
            order.mode = p.mode;
        }
    return order;
}

/// The open interest of the venue and the group's size once `before` has become `after`; false when the venue refuses it.
bool settle_growth(RiskCase& c, const Account& before, const Account& after, MarketId market) {
    MarketState state = c.context.market(market).state;
    const auto own = [&](const Account& account, bool shorts) {
        std::int64_t sum = 0;
        for (const Position& p : account.positions)
            if (p.market == market) sum += std::max<std::int64_t>(0, shorts ? -p.size.raw() : p.size.raw());
        return sum;
    };
    const auto settled = [&](Size interest, bool shorts) {
        return Size::from_raw(std::max<std::int64_t>(0, interest.raw() - own(before, shorts)) + own(after, shorts));
    };
    state.open_interest_long = settled(state.open_interest_long, false);
    state.open_interest_short = settled(state.open_interest_short, true);
    if (!c.context.set_market(market, state).empty()) return false;
    if (c.group.empty()) return true;
    c.group[market.index].long_size = settled(c.group[market.index].long_size, false);
    c.group[market.index].short_size = settled(c.group[market.index].short_size, true);
    return true;
}

/// The growth of one side also changes what the opposite leg of a pair is asked (spec/RISK-002, RISK-004).
bool held_in_pairs(const Account& account, MarketId market) {
    return std::count_if(account.positions.begin(), account.positions.end(), [&](const Position& p) { return p.market == market; }) > 1;
}

TEST(RISK_002, reducing_a_position_at_its_mark_never_lowers_health) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        RiskCase c = gen_risk(generator);
        for (std::size_t i = 0; i < c.owner.account.positions.size(); ++i) {
            const Position& p = c.owner.account.positions[i];
            if (p.size.raw() == 0) continue;
            if (held_in_pairs(c.owner.account, p.market) && c.context.market(p.market).uses_open_interest) continue;
            Account after = c.owner.account;
            const Size by = Size::from_raw(random.between(1, abs(p.size).raw()));
            reduce_at_mark(c.context, after, i, by);
            const auto value = [&](const Account& account, Purpose purpose) {
                return p.mode == MarginMode::isolated ? isolated_health(c.context, c.view(account), i, purpose).value()
                                                      : health(c.context, c.view(account), purpose).value();
            };
            std::array<Wide, purposes.size()> before{};
            for (std::size_t k = 0; k < purposes.size(); ++k) before[k] = value(c.owner.account, purposes[k]);
            const MarketState as_it_was = c.context.market(p.market).state;
            const std::vector<GroupSize> group_as_it_was = c.group;
            if (!settle_growth(c, c.owner.account, after, p.market)) continue;
            for (std::size_t k = 0; k < purposes.size(); ++k)
                if (const Wide now = value(after, purposes[k]); now < before[k] - worth_units(c, p.market, 3))
                    return fell("reduced", before[k], now);
            c.context.set_market(p.market, as_it_was);
            c.group = group_as_it_was;
        }
        return {};
    });
}

TEST(RISK_002, cancelling_the_orders_of_a_side_never_lowers_health) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        const RiskCase c = gen_risk(generator);
        for (std::size_t i = 0; i < c.owner.account.positions.size(); ++i) {
            const Position& p = c.owner.account.positions[i];
            Account after = c.owner.account;
            Position& changed = after.positions[i];
            if (random.next() % 2 == 0) {
                changed.buys = Size{};
                changed.buy_cost = 0;
            } else {
                changed.sells = Size{};
                changed.sell_cost = 0;
            }
            for (const Purpose purpose : purposes) {
                const bool alone = p.mode == MarginMode::isolated;
                const Wide before_value =
                    alone ? isolated_health(c.context, c.view(), i, purpose).value() : health(c.context, c.view(), purpose).value();
                const Wide after_value = alone ? isolated_health(c.context, c.view(after), i, purpose).value()
                                               : health(c.context, c.view(after), purpose).value();
                // Margin and loss are brought to the numeraire apart, each rounded up.
                if (after_value < before_value - 1) return fell("cancelled", before_value, after_value);
            }
        }
        return {};
    });
}

TEST(RISK_004, an_order_that_only_reduces_is_never_refused) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        generator.caps = true;
        const RiskCase c = gen_risk(generator);
        for (const Position& p : c.owner.account.positions) {
            OrderRequest order = random_order(generator, c);
            const Instrument& i = c.venue.set.market(p.market).instrument;
            order.market = p.market;
            order.leg = p.leg;
            order.mode = p.mode;
            order.side = p.size.raw() > 0 ? Side::sell : Side::buy;
            order.limit = Price::from_raw(i.tick.raw() * random.between(1, i.price_max.raw() / i.tick.raw()));
            const Size resting = order.side == Side::buy ? p.buys : p.sells;
            const std::int64_t lots = (abs(p.size).raw() - resting.raw()) / i.lot.raw();
            if (lots < 1) continue;
            order.size = Size::from_raw(i.lot.raw() * random.between(1, lots));
            order.reduce_only = random.next() % 2 == 0;
            const Admission admission = admit(c.context, c.view(), order);
            if (!admission.admitted()) return std::string("refused: ") + to_string(admission.refusal);
        }
        return {};
    });
}

/// What the part of a fill that closes the position loses against the mark, in the settle asset.
Wide closing_loss(const RiskCase& c, const Position& held, const OrderRequest& order, Size fill) {
    const bool buys = order.side == Side::buy;
    if (buys ? held.size.raw() >= 0 : held.size.raw() <= 0) return 0;
    const MarketView& market = c.context.market(order.market);
    const Instrument& i = market.params->instrument;
    const Size closing = std::min(fill, abs(held.size));
    const Wide paid = notional(i, closing, order.limit);
    const Wide worth = notional(i, closing, market.state.mark);
    const bool over = buys == (i.kind != ContractKind::inverse);
    return std::max<Wide>(0, -Wide{to_settle_down(i, over ? worth - paid : paid - worth).raw()});
}

TEST(RISK_004, what_was_admitted_is_healthy_after_any_fill_of_the_order_and_its_side) {
    std::int64_t admitted = 0;
    for_cases([&](Random& random) -> std::string {
        RiskGenerator generator(random);
        RiskCase c = gen_risk(generator);
        OrderRequest order = random_order(generator, c);
        // Richer accounts are admitted more often.
        if (generator.draw().chance(2))
            if (const auto most = max_size(c.context, c.view(), order)) order.size = Size::from_raw(most->value);
        const Admission admission = admit(c.context, c.view(), order);
        if (!admission.admitted() || admission.reducing) return {};
        ++admitted;
        const WithOrder placed(c.context, c.view(), order);
        Account account = c.owner.account;
        account.positions.assign(placed.view().positions.begin(), placed.view().positions.end());
        const std::size_t at = placed.position();
        Position& resting = account.positions[at];
        const Size fill = random.next() % 3 == 0 ? order.size : Size::from_raw(random.between(1, order.size.raw()));
        const Account before = account;
        fill_candidate(c.context, resting, account, order, fill);
        if (held_in_pairs(account, order.market) && c.context.market(order.market).uses_open_interest) return {};
        if (!settle_growth(c, before, account, order.market)) return {};
        const bool alone = order.mode == MarginMode::isolated;
        const Wide value = alone ? isolated_health(c.context, c.view(account), at, Purpose::open).value()
                                 : health(c.context, c.view(account), Purpose::open).value();
        // What closing loses may stand beside a margin that does not shrink with the position (spec/RISK-004).
        const Wide allowed =
            worth_units(c, order.market, 4) + worth_units(c, order.market, closing_loss(c, before.positions[at], order, fill));
        if (value < -allowed)
            return "after the fill of " + std::to_string(fill.raw()) + " of " + std::to_string(order.size.raw()) + " health is " +
                   exact(value).str();
        return {};
    });
    EXPECT_GE(admitted, cases() / 20) << "too few orders were admitted for the law to mean anything";
}

TEST(RISK_004, the_largest_size_passes_and_one_lot_more_fails) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        generator.caps = generator.draw().chance(2);
        const RiskCase c = gen_risk(generator);
        OrderRequest order = random_order(generator, c);
        const auto most = max_size(c.context, c.view(), order);
        const Instrument& i = c.venue.set.market(order.market).instrument;
        const auto passes = [&](std::int64_t size) {
            order.size = Size::from_raw(size);
            return admit(c.context, c.view(), order).admitted();
        };
        if (!most) return passes(i.lot.raw()) ? "one lot passes although no size was found" : "";
        if (most->evaluations > 64) return std::to_string(most->evaluations) + " evaluations";
        if (!passes(most->value)) return "the largest size fails";
        if (most->at_bound ? most->value + i.lot.raw() <= i.size_max.raw() : passes(most->value + i.lot.raw()))
            return "one lot more passes";
        for (int k = 0; k < 8; ++k) {
            order.size = Size::from_raw(i.lot.raw() * random.between(1, most->value / i.lot.raw()));
            const Admission smaller = admit(c.context, c.view(), order);
            // An inverse worth is rounded, and so is its share of another: a smaller size may ask a last unit more.
            const bool rounding = smaller.refusal == Refusal::margin_insufficient && smaller.shortfall <= worth_units(c, order.market, 1);
            if (!smaller.admitted() && !rounding) return "a smaller size fails";
        }
        return {};
    });
}

TEST(RISK_006, the_largest_withdrawal_passes_and_one_unit_more_fails) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        const RiskCase c = gen_risk(generator);
        for (const Balance& b : c.owner.account.balances) {
            const auto most = max_withdrawal(c.context, c.view(), b.asset);
            const auto passes = [&](std::int64_t amount) {
                return admit_withdrawal(c.context, c.view(), b.asset, Amount::from_raw(amount)).admitted();
            };
            if (!most && passes(1)) return "one unit passes although nothing was found";
            if (!most) continue;
            if (most->evaluations > 64) return std::to_string(most->evaluations) + " evaluations";
            if (!passes(most->value)) return "the largest withdrawal fails";
            if (passes(most->value + 1)) return "one unit more passes";
        }
        return {};
    });
}

TEST(RISK_007, the_deposit_needed_heals_and_one_unit_less_does_not) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        const RiskCase c = gen_risk(generator);
        const AssetId asset{static_cast<std::uint32_t>(random.between(0, static_cast<std::int64_t>(c.venue.set.assets.size()) - 1))};
        const Purpose purpose = purposes[static_cast<std::size_t>(random.between(0, 3))];
        const auto needed = deposit_needed(c.context, c.view(), asset, purpose);
        const auto heals = [&](std::int64_t amount) {
            Account after = c.owner.account;
            auto found = std::find_if(after.balances.begin(), after.balances.end(), [&](const Balance& b) { return b.asset == asset; });
            if (found == after.balances.end()) found = after.balances.insert(after.balances.end(), {asset, Amount{}});
            found->amount = found->amount + Amount::from_raw(amount);
            return health(c.context, c.view(after), purpose).healthy();
        };
        if (!needed) return heals(0) ? "healthy, yet no deposit would do" : "";
        if (needed->evaluations > 64) return std::to_string(needed->evaluations) + " evaluations";
        if (!heals(needed->value)) return "the deposit does not heal";
        if (needed->value > 0 && heals(needed->value - 1)) return "one unit less heals";
        return {};
    });
}

}  // namespace
}  // namespace plimsoll::testing
