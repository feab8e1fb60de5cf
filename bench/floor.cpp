#include "floor.hpp"

#include <algorithm>

namespace plimsoll::bench {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }

FloorRow floor_row(const CompiledSchedule& schedule, const CompiledTerm& term, std::uint32_t row) {
    const CompiledRow& r = schedule.rows[term.first_row + row];
    return {u(r.carry), static_cast<std::uint64_t>(r.numerator)};
}

std::uint8_t row_holding(const CompiledSchedule& schedule, const CompiledTerm& term, Wide notional) {
    std::uint8_t row = 0;
    for (std::uint32_t i = 1; i < term.rows; ++i)
        if (schedule.edges[term.first_row + i] < notional) row = static_cast<std::uint8_t>(i);
    return row;
}

/// What the brackets ask on the guard grid.
inline UWide area(const FloorRow& row, std::uint64_t notional) { return UWide{notional} * row.rate - row.saved; }

inline std::uint64_t distance(std::int64_t value) { return static_cast<std::uint64_t>(value < 0 ? -value : value); }

}  // namespace

FloorSchedule::FloorSchedule(const CompiledSchedule& schedule, std::span<const Question> questions)
    : span_(u(schedule.modulators.front().span)), grid_(static_cast<std::uint64_t>(pow10(schedule.guard_digits()))) {
    const CompiledTerm& term = schedule.terms.front();
    for (std::uint32_t i = 0; i < term.rows; ++i) rows_.push_back(floor_row(schedule, term, i));
    for (const Question& q : questions) row_of_.push_back(row_holding(schedule, term, q.exposure.notional));
    start_ = narrow64(schedule.modulators.front().start);
}

void FloorSchedule::answer(std::span<const Question> questions, std::span<Amount> out) const {
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Question& q = questions[i];
        const auto notional = static_cast<std::uint64_t>(q.exposure.notional);
        const UWide value = area(rows_[row_of_[i]], notional);
        const auto open_interest = static_cast<std::int64_t>(std::max(q.figures.open_interest_long, q.figures.open_interest_short));
        const UWide room = UWide{notional} * static_cast<std::uint64_t>(rate_one) - value;
        const UWide added = span_.divide_up(room * static_cast<std::uint64_t>(open_interest - start_));
        out[i] = Amount::from_raw(static_cast<std::int64_t>(grid_.divide_up(value + added)));
    }
}

constexpr LimbScale profit_scale = LimbScale::of(static_cast<std::uint64_t>(rate_one), static_cast<std::uint64_t>(rate_one));

FloorVenue::FloorVenue(const RiskContext& venue, std::span<const AccountView> accounts) {
    for (std::uint32_t i = 0; i < venue.market_count(); ++i) {
        const MarketView& market = venue.market({i});
        const CompiledSchedule& schedule = *market.schedule;
        const CompiledTerm& term = schedule.terms[schedule.level(Level::initial).first_term];
        const int shift = schedule.scales.notional_digits - schedule.scales.amount_digits;
        const FloorRow last = floor_row(schedule, term, term.rows - 1);
        const LimbScale grid = LimbScale::of(static_cast<std::uint64_t>(pow10_64(schedule.guard_digits())), last.rate);
        Market m{market.state.mark.raw(),
                 grid,
                 Reciprocal63(static_cast<std::uint64_t>(pow10_64(std::max(shift, 0)))),
                 pow10_64(std::max(-shift, 0)),
                 {}};
        for (std::uint32_t row = 0; row < term.rows; ++row) {
            const FloorRow r = floor_row(schedule, term, row);
            m.rows[row] = LimbLine::of(grid, r.rate, r.saved);
        }
        markets_.push_back(m);
    }
    for (const AccountView& account : accounts) {
        for (const Position& p : account.positions) {
            const MarketView& market = venue.market(p.market);
            const CompiledTerm& term = market.schedule->terms[market.schedule->level(Level::initial).first_term];
            const auto held_after = [&](Size size) {
                return row_holding(*market.schedule, term, abs(Wide{size.raw()} * market.state.mark.raw()));
            };
            known_.push_back({held_after(p.size + p.buys), held_after(p.size - p.sells)});
        }
    }
    profit_ = LimbSlope::of(profit_scale, static_cast<std::uint64_t>(venue.set().profit.initial.raw()));
    const AssetView& coin = venue.asset({1});
    const int shift = coin.scales.asset_digits + coin.scales.price_digits + rate_digits - coin.scales.numeraire_digits;
    const auto rate = static_cast<std::uint64_t>(coin.price.low().raw() * coin.params->weight_initial.weight.raw());
    coin_scale_ = LimbScale::of(static_cast<std::uint64_t>(pow10_64(shift)), rate);
    coin_ = LimbSlope::of(coin_scale_, rate);
}

inline Health FloorVenue::account(const AccountView& view, const Known* known) const {
    std::int64_t dollars = view.balances[0].amount.raw();
    std::int64_t requirement = 0, order_loss = 0;
    for (std::size_t i = 0; i < view.positions.size(); ++i) {
        const Position& p = view.positions[i];
        const Market& m = markets_[p.market.index];
        const std::int64_t worth = m.mark * p.size.raw();
        const std::int64_t buys = m.mark * p.buys.raw();
        const std::int64_t sells = m.mark * p.sells.raw();

        const std::int64_t pnl = worth - static_cast<std::int64_t>(p.cost);
        const auto sign = static_cast<std::uint64_t>(pnl >> 63);
        const std::uint64_t settled =
            m.settle.divide_down(distance(pnl) * static_cast<std::uint64_t>(m.widen) + (sign & (m.settle.divisor() - 1)));
        const std::uint64_t weighted = profit_.down(profit_scale, settled);
        dollars += static_cast<std::int64_t>((((settled & sign) | (weighted & ~sign)) ^ sign) - sign);

        // Rates do not fall, so the margin of the larger exposure is the larger: one is multiplied out.
        const std::uint64_t with_buys = distance(worth + buys), with_sells = distance(worth - sells);
        const bool buys_larger = with_buys > with_sells;
        const auto need = static_cast<std::int64_t>(
            m.rows[buys_larger ? known[i].row_buys : known[i].row_sells].up(m.grid, buys_larger ? with_buys : with_sells));
        const std::int64_t loss_buys = std::max<std::int64_t>(0, static_cast<std::int64_t>(p.buy_cost) - buys);
        const std::int64_t loss_sells = std::max<std::int64_t>(0, sells - static_cast<std::int64_t>(p.sell_cost));
        std::int64_t lost = 0;
        if ((loss_buys | loss_sells) != 0) {
            const auto up = [&](std::int64_t loss) {
                return static_cast<std::int64_t>(m.settle.divide_down(static_cast<std::uint64_t>(loss * m.widen) + m.settle.divisor() - 1));
            };
            lost = up(loss_buys) + up(loss_sells);
        }
        requirement += need;
        order_loss += lost;
    }
    const auto coins = static_cast<std::uint64_t>(view.balances[1].amount.raw());
    return {dollars + static_cast<std::int64_t>(coin_.down(coin_scale_, coins)), requirement, order_loss};
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
