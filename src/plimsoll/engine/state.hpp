// The whole state of a venue in one struct. Nothing outside it decides anything, and only apply() changes it.
#pragma once

#include "plimsoll/engine/bytes.hpp"
#include "plimsoll/engine/event.hpp"
#include "plimsoll/engine/limits.hpp"
#include "plimsoll/engine/pool.hpp"
#include "plimsoll/risk/context.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace plimsoll {

/// What risk/ calls a Position, in less than half the room: what only some positions have lies elsewhere.
struct HeldPosition {
    Size size;
    std::uint64_t cost_low = 0;
    std::int32_t cost_high = 0;         // with cost_low 96 bits: a cost is a notional, and those have notional_bits
    std::uint32_t leverage_hundredths = 0;
    std::uint32_t orders = no_place;    // in State::order_sums
    std::uint32_t isolated = no_place;  // in State::isolated
    std::uint32_t account = 0;
    std::uint16_t market = 0;
    Leg leg = Leg::net;
    MarginMode mode = MarginMode::cross;

    Wide cost() const { return static_cast<Wide>(UWide{static_cast<std::uint64_t>(std::int64_t{cost_high})} << 64 | cost_low); }
    void set_cost(Wide cost) {
        static_assert(notional_bits + 1 <= 96);
        PLIM_ASSERT(abs(cost) <= notional_max);
        cost_low = static_cast<std::uint64_t>(static_cast<UWide>(cost));
        cost_high = static_cast<std::int32_t>(cost >> 64);
    }
};
static_assert(sizeof(HeldPosition) == 40);

/// Whether a net position without size and orders says nothing and is forgotten: it is as one that was never there.
inline bool says_nothing(MarginMode mode, std::uint32_t leverage_hundredths) {
    return mode == MarginMode::cross && leverage_hundredths == 0;
}

static_assert(markets_max <= std::size_t{1} << 16);

/// Open orders of one position, as sums. fees: what their fills may be charged, settle asset.
struct OrderSums {
    Size buys;
    Size sells;
    Wide buy_cost = 0;
    Wide sell_cost = 0;
    Amount fees;
    std::uint32_t count = 0;
};

struct Order {
    AccountId account;
    MarketId market;
    Side side = Side::buy;
    Leg leg = Leg::net;
    OrderKind kind = OrderKind::ordinary;
    bool reduce_only = false;
    Size size;   // still to fill
    Price limit; // 0: any price
    Amount fee_reserved;
    OrderId before;  // of the same account, in the order in which they were placed
    OrderId after;
};

struct AccountRecord {
    Run positions;
    Run balances;
    GroupId group = no_group;
    std::uint32_t terms = no_place;  // in State::terms
    OrderId first_order;
    OrderId last_order;
    std::uint32_t orders = 0;
    std::uint32_t breaches = 0;  // subjects of this account below maintenance or in liquidation
    std::uint32_t first_breach = no_place;  // of them, in State::breaches
    std::uint32_t pending = 0;   // deposits that wait
};

struct PendingDeposit {
    AccountId account;
    AssetId asset;
    Amount amount;
    std::uint32_t confirmations = 0;
};

/// Overrides of one account.
struct AccountTermsRecord {
    PositionTerms everywhere;
    std::vector<PositionTerms> markets;  // by market index
};

/// A subject below maintenance: waiting for its threshold, or being liquidated.
struct Breach {
    LiquidationSubject subject;
    std::uint64_t seen_ms = 0;
    std::uint64_t seen_marks = 0;  // State::marks when it was seen
    bool active = false;           // liquidation has started
    std::uint32_t intervals = 0;   // steps taken
    std::uint64_t next_ms = 0;     // when the next step is due
    std::uint64_t receipt_high = 0;
    std::uint64_t receipt_low = 0;
    std::uint32_t next = no_place;  // of the same account
};

struct MarketRecord {
    Guard guard;
    Size open_interest_long;
    Size open_interest_short;
    Amount market_cap;
    Wide cost = 0;       // sum over all positions, notional units
    Wide rounding = 0;   // what realising left over, notional units, less than one last place of the settle asset
    Size paced;          // size of liquidation orders placed in the venue's present liquidation interval
    bool delisted = false;
    bool settled = false;
};

struct AssetRecord {
    Price price;
    Price smoothed;
    std::uint64_t marked_ms = 0;
    bool marked = false;
    Wide deposits = 0;     // all that came in, fund included
    Wide withdrawals = 0;  // all that went out
    Wide held = 0;         // sum of positive balances of accounts (what the venue-wide weight looks at)
    Amount fund;           // insurance fund, >= 0
    Amount fees;           // earned by the venue
    Amount rounding;       // what rounding left over
    Amount bad_debt;       // losses that nobody could bear
};

/// A parameter set in force: compiled twice, at the prices that grant credit and at those that liquidate.
struct ActiveSet {
    RiskContext credit;
    RiskContext liquidation;
    Digest hash{};
    std::vector<MarketId> ageing;  // markets whose guard can change by time alone
    const ParameterSet& params() const { return credit.set(); }
};

struct ReadySet {
    std::shared_ptr<const ParameterSet> set;
    Digest hash{};
};

/// What a group holds in each market.
struct GroupRecord {
    std::vector<GroupSize> markets;
};

struct State {
    explicit State(const Limits& limits);

    Limits limits;
    std::uint64_t time_ms = 0;
    std::uint64_t marks = 0;  // mark-prices commands so far

    std::vector<ReadySet> ready;
    std::unique_ptr<ActiveSet> active;  // null: none yet

    std::vector<AccountRecord> accounts;
    RunPool<HeldPosition> positions;
    RunPool<Balance> balances;
    SlotPool<OrderSums, OrderId> order_sums;       // by place only
    SlotPool<Amount, OrderId> isolated;            // collateral of isolated positions; by place only
    SlotPool<AccountTermsRecord, OrderId> terms;   // by place only
    SlotPool<Order, OrderId> orders;
    SlotPool<PendingDeposit, DepositId> deposits;
    SlotPool<Breach, LiquidationId> breaches;
    std::vector<GroupRecord> groups;

    std::vector<MarketRecord> markets;
    std::vector<AssetRecord> assets;

    std::optional<AccountId> backstop;
    Amount backstop_budget;
    std::uint64_t interval_ms = 0;    // when the venue's present liquidation interval began
    std::uint32_t interval_used = 0;  // steps taken in it
    std::uint64_t reserve_ms = 0;     // when the reserve was last measured
    Rate reserve_ratio = hundred_percent;

    ByteSink bytes;  // room in which receipts are hashed; says nothing

    const AccountRecord& account(AccountId id) const { return accounts[id.index]; }
    AccountRecord& account(AccountId id) { return accounts[id.index]; }
    const MarketParams& market_params(MarketId id) const { return active->params().market(id); }
};

/// The held position of an account, by its place among the account's positions.
inline std::optional<std::uint32_t> find_position(const State& state, AccountId account, MarketId market, Leg leg) {
    const std::span<const HeldPosition> held = state.positions.of(state.account(account).positions);
    for (std::uint32_t i = 0; i < held.size(); ++i)
        if (held[i].market == market.index && held[i].leg == leg) return i;
    return std::nullopt;
}
Amount balance_of(const State& state, AccountId account, AssetId asset);
/// The breach that stands for a subject; 0 when none does.
LiquidationId find_breach(const State& state, const LiquidationSubject& subject);
/// Calls visit(id, breach) for each breach of an account. It may change the breach, and none may come or go.
template <class Visit>
void each_breach(const State& state, AccountId account, Visit&& visit) {
    for (std::uint32_t place = state.account(account).first_breach; place != no_place;) {
        const LiquidationId id = state.breaches.id_at(place);
        const Breach& breach = state.breaches.at(id);
        place = breach.next;
        visit(id, breach);
    }
}

}  // namespace plimsoll
