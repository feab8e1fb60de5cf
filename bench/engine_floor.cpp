#include "engine_floor.hpp"

#include <cstring>

namespace plimsoll::bench {

namespace {

constexpr LimbScale profit_scale = LimbScale::of(static_cast<std::uint64_t>(rate_one), static_cast<std::uint64_t>(rate_one));
constexpr std::uint32_t table_mask = 262'143;
constexpr std::size_t window = 65'536;

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }
inline std::uint64_t distance(std::int64_t value) { return static_cast<std::uint64_t>(value < 0 ? -value : value); }

std::uint8_t row_holding(const CompiledSchedule& schedule, const CompiledTerm& term, Wide notional) {
    std::uint8_t row = 0;
    for (std::uint32_t i = 1; i < term.rows; ++i)
        if (schedule.edges[term.first_row + i] < notional) row = static_cast<std::uint8_t>(i);
    return row;
}

}  // namespace

CheckFloor::CheckFloor(const EngineVenue& venue, std::span<const command::PlaceOrder> orders)
    : orders_(orders.begin(), orders.end()), answers_(orders.size()), slots_(64), sums_(64), table_(table_mask + 1), ring_(window) {
    const State& state = venue.engine->state();
    const RiskContext& context = state.active->credit;
    for (std::uint32_t i = 0; i < context.market_count(); ++i) {
        const MarketView& market = context.market({i});
        const CompiledSchedule& schedule = *market.schedule;
        const CompiledTerm& term = schedule.terms[schedule.level(Level::initial).first_term];
        const int shift = schedule.scales.notional_digits - schedule.scales.amount_digits;
        const CompiledRow& last = schedule.rows[term.first_row + term.rows - 1];
        const LimbScale grid =
            LimbScale::of(static_cast<std::uint64_t>(pow10_64(schedule.guard_digits())), static_cast<std::uint64_t>(last.numerator));
        Market m{market.state.mark.raw(),
                 grid,
                 Reciprocal63(static_cast<std::uint64_t>(pow10_64(std::max(shift, 0)))),
                 pow10_64(std::max(-shift, 0)),
                 {}};
        for (std::uint32_t row = 0; row < term.rows; ++row) {
            const CompiledRow& r = schedule.rows[term.first_row + row];
            m.rows[row] = LimbLine::of(grid, static_cast<std::uint64_t>(r.numerator), u(r.carry));
        }
        markets_.push_back(m);
    }
    profit_ = LimbSlope::of(profit_scale, static_cast<std::uint64_t>(context.set().profit.initial.raw()));
    for (std::uint32_t a = 0; a < venue.accounts; ++a) {
        Account account{};
        account.record = state.accounts[a];
        const auto positions = state.positions.of(account.record.positions);
        std::copy(positions.begin(), positions.end(), account.positions);
        account.balances[0] = state.balances.of(account.record.balances)[0];
        accounts_.push_back(account);
    }
    for (const command::PlaceOrder& order : orders_) {
        const Account& account = accounts_[order.account.index];
        Known known{};
        for (std::uint8_t i = 0; i < 4; ++i) {
            const HeldPosition& p = account.positions[i];
            const MarketView& market = context.market({p.market});
            const CompiledTerm& term = market.schedule->terms[market.schedule->level(Level::initial).first_term];
            known.rows[i] = row_holding(*market.schedule, term, abs(Wide{p.size.raw()} * market.state.mark.raw()));
            if (p.market != order.market.index) continue;
            const Size filled = order.side == plimsoll::Side::buy ? p.size + order.size : p.size - order.size;
            known.place = i;
            known.with_order = row_holding(*market.schedule, term, abs(Wide{filled.raw()} * market.state.mark.raw()));
        }
        known_.push_back(known);
    }
}

inline CheckAnswer CheckFloor::check(const Account& account, const command::PlaceOrder& order, const Known& known) const {
    std::int64_t available = account.balances[0].amount.raw();
    std::int64_t required = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const HeldPosition& p = account.positions[i];
        const Market& m = markets_[p.market];
        const std::int64_t worth = m.mark * p.size.raw();
        const std::int64_t pnl = worth - static_cast<std::int64_t>(p.cost_low);
        const auto sign = static_cast<std::uint64_t>(pnl >> 63);
        const std::uint64_t settled =
            m.settle.divide_down(distance(pnl) * static_cast<std::uint64_t>(m.widen) + (sign & (m.settle.divisor() - 1)));
        const std::uint64_t weighted = profit_.down(profit_scale, settled);
        available += static_cast<std::int64_t>((((settled & sign) | (weighted & ~sign)) ^ sign) - sign);
        std::uint64_t margin = m.rows[known.rows[i]].up(m.grid, distance(worth));
        if (i == known.place) {
            const std::int64_t added = m.mark * (order.side == plimsoll::Side::buy ? order.size.raw() : -order.size.raw());
            margin = std::max(margin, m.rows[known.with_order].up(m.grid, distance(worth + added)));
            const std::int64_t cost = order.limit.raw() * order.size.raw();
            const std::int64_t loss = std::max<std::int64_t>(0, order.side == plimsoll::Side::buy ? cost - added : -added - cost);
            required +=
                static_cast<std::int64_t>(m.settle.divide_down(static_cast<std::uint64_t>(loss * m.widen) + m.settle.divisor() - 1));
        }
        required += static_cast<std::int64_t>(margin);
    }
    return {required, available};
}

inline void CheckFloor::look_up(std::uint64_t id, Hash128 body, std::uint64_t made) {
    const std::size_t place = ids_ % window;
    const std::size_t at = (id * 0x9E3779B97F4A7C15u >> 40) & table_mask;
    // Not there: a new command. The one that leaves the window goes from the table.
    if (ring_[table_[at] % window].id[0] == id) return;
    table_[(ring_[place].id[0] * 0x9E3779B97F4A7C15u >> 40) & table_mask] = 0;
    ring_[place] = {{id, 0}, body, ids_, made, chain_};
    table_[at] = static_cast<std::uint32_t>(place);
    ++ids_;
}

inline Hash128 CheckFloor::hash_of(const void* bytes, std::size_t size) { return hash_bytes(bytes, size); }

void CheckFloor::run() {
    constexpr std::size_t ahead = 6;
    // The bytes of a command and of its event with the stamp, as the engine's records have them.
    struct {
        Hash128 chain;
        std::uint64_t seq, time;
        command::PlaceOrder body;
        std::int64_t required, available;
        std::uint64_t order, fee;
        std::uint8_t rest[32];
    } record{};
    for (std::size_t i = 0; i < orders_.size(); ++i) {
        if (i + ahead < orders_.size()) {
            const char* next = reinterpret_cast<const char*>(&accounts_[orders_[i + ahead].account.index]);
            for (std::size_t line = 0; line < sizeof(Account); line += 64) __builtin_prefetch(next + line);
        }
        const command::PlaceOrder& order = orders_[i];
        Account& account = accounts_[order.account.index];
        answers_[i] = check(account, order, known_[i]);
        record.body = order;
        const Hash128 body = hash_of(&record.body, 28);
        Order& slot = slots_[i % 64];
        OrderSums& sums = sums_[i % 64];
        slot = {order.account,
                order.market,
                order.side,
                order.leg,
                OrderKind::ordinary,
                false,
                order.size,
                order.limit,
                {},
                account.record.last_order,
                {}};
        sums.buys += order.size;
        sums.buy_cost += order.limit.raw() * order.size.raw();
        sums.count += 1;
        account.record.orders += 1;
        account.positions[known_[i].place].orders = static_cast<std::uint32_t>(i % 64);
        record.required = answers_[i].required;
        record.available = answers_[i].available;
        record.chain = chain_;
        record.seq = ids_;
        chain_ = hash_of(&record, 109);
        look_up(2 * ids_ + 1, body, i);
        const Hash128 cancel = hash_of(&record.body, 13);
        sums.buys -= order.size;
        sums.buy_cost -= order.limit.raw() * order.size.raw();
        sums.count -= 1;
        account.record.orders -= 1;
        account.positions[known_[i].place].orders = no_place;
        record.chain = chain_;
        chain_ = hash_of(&record, 58);
        look_up(2 * ids_ + 1, cancel, 0);
    }
}

}  // namespace plimsoll::bench
