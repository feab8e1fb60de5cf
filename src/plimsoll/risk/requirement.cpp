#include "plimsoll/risk/requirement.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

Rate first_named(Rate a, Rate b, Rate c) { return a.raw() != 0 ? a : b.raw() != 0 ? b : c; }

/// Notional to settle asset's last place.
Wide to_amount(const Instrument& instrument, Wide exact, Round round) {
    const int shift = notional_digits(instrument) - instrument.settle_digits;
    return shift >= 0 ? divide(exact, pow10(shift), round) : exact * pow10(-shift);
}

/// A side's open interest after the trade: what others hold there and what this account then holds.
Size side_after(Size open_interest, Size held, Size size) {
    const std::int64_t others = std::max<std::int64_t>(0, open_interest.raw() - std::max<std::int64_t>(0, held.raw()));
    return Size::narrow(std::min<Wide>(Wide{others} + std::max<std::int64_t>(0, size.raw()), Size::max().raw()));
}

/// The loss of filling orders at their limit prices against the mark: buys above it, sells below it.
Wide fill_loss(const MarketView& market, Size orders, Wide cost, bool buys) {
    if (orders.raw() == 0) return 0;
    const Instrument& instrument = market.params->instrument;
    const bool inverse = instrument.kind == ContractKind::inverse;
    const Wide worth = notional(instrument, orders, market.state.mark, buys != inverse ? Round::floor : Round::ceil);
    // A buyer of a linear contract loses what he pays above the mark; of an inverse one, what he gets below it.
    const Wide loss = buys != inverse ? cost - worth : worth - cost;
    return std::max<Wide>(0, loss);
}

Amount requirement_of(const MarketView& market, const GroupSize* group, const Position& position, Size size, Level level,
                      const AccountTerms& terms) {
    const FilledExposure filled = exposure_of(market, group, position.size, size);
    return requirement(*market.schedule, level, filled.exposure, filled.figures, terms);
}

}  // namespace

AccountTerms terms_of(const MarketView& market, const AccountView& account, std::size_t position) {
    const PositionTerms here = account.terms.empty() ? PositionTerms{} : account.terms[account.positions[position].market.index];
    AccountTerms terms;
    terms.multiplier = first_named(here.multiplier, account.everywhere.multiplier, market.params->multiplier);
    terms.initial_floor = first_named(here.initial_floor, account.everywhere.initial_floor, Rate{});
    if (const std::uint32_t leverage = account.positions[position].leverage_hundredths; leverage != 0)
        terms.leverage_rate = {100 * rate_one, leverage};
    return terms;
}

FilledExposure exposure_of(const MarketView& market, const GroupSize* group, Size held, Size size) {
    const Instrument& instrument = market.params->instrument;
    FilledExposure filled{{}, market.figures};
    Exposure& exposure = filled.exposure;
    exposure.is_short = size.raw() < 0;
    exposure.size = static_cast<Wide>(magnitude(size.raw()));
    exposure.notional = notional(instrument, size, market.state.mark);
    exposure.group_notional = exposure.notional;
    if (group != nullptr) {
        // Others of the group on the same side; what this account holds now is inside the group's figure.
        const Size side = exposure.is_short ? group->short_size : group->long_size;
        const Size own = exposure.is_short ? -held : held;
        const Wide others = std::max<Wide>(0, Wide{side.raw()} - std::max<std::int64_t>(0, own.raw()));
        const Wide together = std::min<Wide>(others + exposure.size, std::numeric_limits<std::int64_t>::max());
        exposure.group_notional = notional(instrument, Size::narrow(together), market.state.mark);
    }
    if (!market.uses_open_interest && market.schedule->open_interest_cap == notional_max &&
        market.schedule->market_cap_share.numerator == 0)
        return filled;
    const auto after = [&](Size open_interest, Size from, Size to, Wide now) {
        const Size side = side_after(open_interest, from, to);
        return side == open_interest ? now : notional(instrument, side, market.state.mark);
    };
    filled.figures.open_interest_long = after(market.state.open_interest_long, held, size, market.figures.open_interest_long);
    filled.figures.open_interest_short = after(market.state.open_interest_short, -held, -size, market.figures.open_interest_short);
    Wide& own_side = exposure.is_short ? filled.figures.open_interest_short : filled.figures.open_interest_long;
    own_side = std::max(own_side, exposure.group_notional);
    return filled;
}

Wide pnl_exact(const Instrument& instrument, Size size, Wide cost, Price mark) {
    const bool is_short = size.raw() < 0;
    if (instrument.kind == ContractKind::inverse) {
        // A long paid cost = Q/entry coins' worth and is worth Q/mark: it gains when Q/mark falls. Rounded down.
        const Wide worth = notional(instrument, size, mark, is_short ? Round::floor : Round::ceil);
        return is_short ? worth + cost : cost - worth;
    }
    const Wide worth = notional(instrument, size, mark);
    return (is_short ? -worth : worth) - cost;
}

WorstFills worst_fills(OpenOrderPolicy policy, const Position& position) {
    switch (policy) {
        case OpenOrderPolicy::worst_side: return {position.size + position.buys, position.size - position.sells};
        case OpenOrderPolicy::gross_per_side: {
            const Size zero;
            return {std::max(position.size, zero) + position.buys, std::min(position.size, zero) - position.sells};
        }
        case OpenOrderPolicy::each_alone: return {position.size, position.size};
    }
    assertion_failed("an open-order policy outside the enumeration", __FILE__, __LINE__);
}

PositionRisk position_risk(const MarketView& market, const AccountView& account, std::size_t index, Purpose purpose, Rate loss_weight) {
    const Position& position = account.positions[index];
    const Instrument& instrument = market.params->instrument;
    const GroupSize* group = account.group.empty() ? nullptr : &account.group[position.market.index];
    const AccountTerms terms = terms_of(market, account, index);
    const Level level = level_of(purpose);

    PositionRisk risk;
    risk.pnl = to_amount(instrument, pnl_exact(instrument, position.size, position.cost, market.state.mark), Round::floor);
    risk.requirement = requirement_of(market, group, position, position.size, level, terms);
    risk.requirement_most = risk.requirement;
    const OpenOrderPolicy policy = market.open_orders();
    const bool orders_count = level == Level::initial && policy != OpenOrderPolicy::each_alone;
    if (!orders_count) return risk;

    const auto consider = [&](Amount need, Amount loss) {
        risk.requirement_most = std::max(risk.requirement_most, need);
        risk.order_loss_most = std::max(risk.order_loss_most, loss);
        if (risk_weighed(need, loss, loss_weight) > risk_weighed(risk.requirement, risk.order_loss, loss_weight)) {
            risk.requirement = need;
            risk.order_loss = loss;
        }
    };
    const auto need_at = [&](Size size) { return requirement_of(market, group, position, size, level, terms); };
    const WorstFills fills = worst_fills(policy, position);
    const bool buys = position.buys.raw() != 0;
    const bool sells = position.sells.raw() != 0;
    const Amount buy_loss = Amount::narrow(to_amount(instrument, fill_loss(market, position.buys, position.buy_cost, true), Round::ceil));
    const Amount sell_loss =
        Amount::narrow(to_amount(instrument, fill_loss(market, position.sells, position.sell_cost, false), Round::ceil));
    if (buys) consider(need_at(fills.with_buys), buy_loss);
    if (sells) consider(need_at(fills.with_sells), sell_loss);
    // Those orders that lose may be filled alone, of either side: what is left then nets nothing for certain, and both losses are real.
    if (buys && sells && (buy_loss + sell_loss).raw() != 0) consider(risk.requirement_most, buy_loss + sell_loss);
    return risk;
}

}  // namespace plimsoll
