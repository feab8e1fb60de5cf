#include "floor.hpp"

#include <algorithm>

namespace plimsoll::bench {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }

FloorRow floor_row(const CompiledSchedule& schedule, const CompiledTerm& term, std::uint32_t row) {
    const CompiledRow& r = schedule.rows[term.first_row + row];
    return {narrow64(schedule.edges[term.first_row + row]), r.numerator, r.carry};
}

std::uint8_t row_holding(const FloorRow* rows, std::size_t count, Wide notional) {
    std::uint8_t row = 0;
    for (std::size_t i = 1; i < count; ++i)
        if (rows[i].edge < notional) row = static_cast<std::uint8_t>(i);
    return row;
}

/// What the brackets ask on the guard grid.
inline Wide area(const FloorRow& row, std::int64_t notional) { return Wide{notional} * row.rate - row.saved; }

}  // namespace

FloorSchedule::FloorSchedule(const CompiledSchedule& schedule, std::span<const Question> questions)
    : span_(u(schedule.modulators.front().span)), grid_(u(pow10(schedule.guard_digits()))) {
    const CompiledTerm& term = schedule.terms.front();
    for (std::uint32_t i = 0; i < term.rows; ++i) rows_.push_back(floor_row(schedule, term, i));
    for (const Question& q : questions) row_of_.push_back(row_holding(rows_.data(), rows_.size(), q.exposure.notional));
    start_ = narrow64(schedule.modulators.front().start);
}

void FloorSchedule::answer(std::span<const Question> questions, std::span<Amount> out) const {
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Question& q = questions[i];
        const auto notional = static_cast<std::int64_t>(q.exposure.notional);
        const Wide value = area(rows_[row_of_[i]], notional);
        const auto open_interest = static_cast<std::int64_t>(std::max(q.figures.open_interest_long, q.figures.open_interest_short));
        const UWide room = u(Wide{notional} * rate_one - value);
        const UWide added = span_.divide_up(room * static_cast<std::uint64_t>(open_interest - start_));
        out[i] = Amount::from_raw(grid_.divide_up_64(u(value) + added));
    }
}

FloorVenue::FloorVenue(const RiskContext& venue, std::span<const AccountView> accounts) : coin_(1) {
    for (std::uint32_t i = 0; i < venue.market_count(); ++i) {
        const MarketView& market = venue.market({i});
        const CompiledSchedule& schedule = *market.schedule;
        const CompiledTerm& term = schedule.terms[schedule.level(Level::initial).first_term];
        const int shift = schedule.scales.notional_digits - schedule.scales.amount_digits;
        Market m{market.state.mark.raw(), Reciprocal(u(pow10(schedule.guard_digits()))), Reciprocal(u(pow10(std::max(shift, 0)))), pow10_64(std::max(-shift, 0)), {}};
        for (std::uint32_t row = 0; row < term.rows; ++row) m.rows[row] = floor_row(schedule, term, row);
        markets_.push_back(m);
    }
    for (const AccountView& account : accounts) {
        for (const Position& p : account.positions) {
            const Market& m = markets_[p.market.index];
            const auto held_after = [&](Size size) { return row_holding(m.rows.data(), m.rows.size(), abs(Wide{size.raw()} * m.mark)); };
            known_.push_back({held_after(p.size + p.buys), held_after(p.size - p.sells)});
        }
    }
    profit_weight_ = venue.set().profit.initial.raw();
    const AssetView& coin = venue.asset({1});
    coin_price_ = coin.price.low().raw();
    coin_weight_ = coin.params->weight_initial.weight.raw();
    coin_ = Reciprocal(u(pow10(coin.scales.asset_digits + coin.scales.price_digits + rate_digits - coin.scales.numeraire_digits)));
}

inline Health FloorVenue::account(const AccountView& view, const Known* known) const {
    constexpr const Reciprocal& per_rate = pow10_reciprocal(rate_digits);
    Health health;
    Wide dollars = view.balances[0].amount.raw();
    for (std::size_t i = 0; i < view.positions.size(); ++i) {
        const Position& p = view.positions[i];
        const Market& m = markets_[p.market.index];
        const Wide worth = Wide{m.mark} * p.size.raw();
        const Wide buys = Wide{m.mark} * p.buys.raw();
        const Wide sells = Wide{m.mark} * p.sells.raw();

        const Wide exact = worth - p.cost;
        const bool loses = exact < 0;
        const UWide size = u(loses ? -exact : exact) * static_cast<std::uint64_t>(m.widen);
        const std::int64_t settled = m.settle.divide_down_64(size + (loses ? m.settle.divisor() - 1 : 0));
        const std::int64_t weighted = per_rate.divide_down_64(u(Wide{settled} * profit_weight_));
        dollars += loses ? -settled : weighted;

        const auto notional_of = [](Wide signed_worth) { return static_cast<std::int64_t>(signed_worth < 0 ? -signed_worth : signed_worth); };
        const std::int64_t with_buys = m.grid.divide_up_64(u(area(m.rows[known[i].row_buys], notional_of(worth + buys))));
        const std::int64_t with_sells = m.grid.divide_up_64(u(area(m.rows[known[i].row_sells], notional_of(worth - sells))));
        std::int64_t loss_buys = 0;
        std::int64_t loss_sells = 0;
        if (p.buy_cost > buys) loss_buys = m.settle.divide_up_64(u(p.buy_cost - buys) * static_cast<std::uint64_t>(m.widen));
        if (sells > p.sell_cost) loss_sells = m.settle.divide_up_64(u(sells - p.sell_cost) * static_cast<std::uint64_t>(m.widen));
        const bool sells_worse = with_sells + loss_sells > with_buys + loss_buys;
        health.requirement += sells_worse ? with_sells : with_buys;
        health.order_loss += sells_worse ? loss_sells : loss_buys;
    }
    const UWide coins = u(Wide{view.balances[1].amount.raw()} * coin_price_) * static_cast<std::uint64_t>(coin_weight_);
    health.collateral = dollars + coin_.divide_down_64(coins);
    return health;
}

void FloorVenue::answer(std::span<const AccountView> accounts, std::span<Health> out) const {
    constexpr std::size_t ahead = 6;
    const Known* known = known_.data();
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (i + ahead < accounts.size()) {
            const AccountView& next = accounts[i + ahead];
            const auto* bytes = reinterpret_cast<const char*>(next.positions.data());
            for (std::size_t line = 0; line <= next.positions.size_bytes(); line += 64) __builtin_prefetch(bytes + line);
            __builtin_prefetch(next.balances.data());
        }
        out[i] = account(accounts[i], known);
        known += accounts[i].positions.size();
    }
}

}  // namespace plimsoll::bench
