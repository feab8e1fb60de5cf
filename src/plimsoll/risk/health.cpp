#include "plimsoll/risk/health.hpp"

#include "plimsoll/base/prefetch.hpp"
#include "plimsoll/money/mul_div.hpp"
#include "plimsoll/risk/quick_position.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace plimsoll {

namespace {

/// Sums per settle asset; only what an account touches is ever written or read.
class AssetSums {
public:
    struct Sum {
        Wide credit;       // balance, profit and loss
        Wide requirement;
        Wide order_loss;

        void add(const Sum& other) {
            credit += other.credit;
            requirement += other.requirement;
            order_loss += other.order_loss;
        }
    };

    Sum& at(AssetId asset) {
        const std::uint64_t bit = std::uint64_t{1} << asset.index;
        if ((touched_ & bit) == 0) {
            touched_ |= bit;
            sums_[asset.index] = {};
        }
        return sums_[asset.index];
    }

    template <class Visit>
    void each(Visit visit) const {
        for (std::uint64_t left = touched_; left != 0; left &= left - 1) {
            const auto index = static_cast<std::uint32_t>(std::countr_zero(left));
            visit(AssetId{index}, sums_[index]);
        }
    }

private:
    std::uint64_t touched_ = 0;
    std::array<Sum, assets_max> sums_;
};

const MarketView& view_of(const RiskContext& context, MarketId id, const Replacement* replaced) {
    return replaced != nullptr && replaced->market == id ? replaced->view : context.market(id);
}

Rate profit_weight(const ProfitWeights& weights, Purpose purpose) {
    return purpose == Purpose::open ? weights.initial : purpose == Purpose::withdraw ? weights.withdrawal : weights.maintenance;
}

/// Profit weighted, losses in full.
Wide credit_of(Wide pnl, const ProfitWeights& weights, Purpose purpose, int settle_digits) {
    if (pnl <= 0) return pnl;
    const bool opening = purpose == Purpose::open || purpose == Purpose::withdraw;
    if (opening && weights.initial_cap) {
        const Decimal& cap = *weights.initial_cap;
        const Wide raw =
            cap.digits <= settle_digits ? cap.raw * pow10(settle_digits - cap.digits) : cap.raw / pow10(cap.digits - settle_digits);
        pnl = std::min(pnl, raw);
    }
    const Rate weight = profit_weight(weights, purpose);
    if (weight == hundred_percent) return pnl;
    return static_cast<Wide>(mul_div(static_cast<UWide>(pnl), static_cast<UWide>(weight.raw()), rate_one, Toward::down));
}

Rate liability_weight(const AssetView& asset, bool initial) {
    return initial ? asset.params->liability_weight_initial : asset.params->liability_weight_maintenance;
}

}  // namespace

Wide balance_value(const AssetView& asset, Wide balance, bool initial) {
    if (asset.is_unit) return balance;
    if (balance < 0) return -liability_value(liability_weight(asset, initial), asset.scales, -balance, asset.price.high());
    if (!asset.params->collateral) return 0;
    const QuickAsset& quick = initial ? asset.quick_initial : asset.quick_maintenance;
    if (balance <= quick.amount_most) return quick.value(static_cast<std::uint64_t>(balance));
    const Amount counted = Amount::narrow(std::min<Wide>(balance, asset.params->amount_max.raw()));
    const WeightCurve& curve = initial ? asset.params->weight_initial : asset.params->weight_maintenance;
    return collateral_value(curve, asset.scales, counted, asset.price.low(), asset.venue_total);
}

namespace {

/// A requirement in the settle asset brought to the numeraire at the higher price, rounded up. A loss is weighted like the
/// liability it may become.
Wide need_of(const AssetView& asset, Wide amount, Rate weight) {
    return asset.is_unit || amount == 0 ? amount : liability_value(weight, asset.scales, amount, asset.price.high());
}

bool is_pair(const AccountView& account, std::size_t index) {
    if (index + 1 >= account.positions.size()) return false;
    const Position& a = account.positions[index];
    const Position& b = account.positions[index + 1];
    return a.market == b.market && a.leg == Leg::long_leg && b.leg == Leg::short_leg && a.mode == b.mode;
}

/// The positions from `from` on for as long as they are ordinary and settle in the same asset, and the place of the first that is
/// not. Apart from the general way, so that what it works on stays in registers.
struct OrdinaryRun {
    std::size_t next = 0;
    AssetId settle;
    AssetSums::Sum sum{};
};
template <Level level, bool is_replaced>
[[gnu::noinline]] OrdinaryRun ordinary_run(const RiskContext& context, std::span<const Position> positions, std::size_t from,
                                           const QuickProfit& profit, const Replacement* replaced) {
    const QuickAsk ask{level, level == Level::initial, &profit};
    const auto view = [&](MarketId id) -> const MarketView& {
        if constexpr (is_replaced) return view_of(context, id, replaced);
        else return context.market(id);
    };
    const AssetId settle = view(positions[from].market).settle;
    Wide credit = 0, requirement = 0, order_loss = 0;
    std::size_t i = from;
    for (; i < positions.size(); ++i) {
        const Position& position = positions[i];
        const MarketView& market = view(position.market);
        QuickRisk risk;
        if (market.settle != settle || position.mode == MarginMode::isolated || !quick_position_risk(market, position, ask, risk)) break;
        credit += risk.credit;
        requirement += risk.requirement.raw();
        order_loss += risk.order_loss.raw();
    }
    return {i, settle, {credit, requirement, order_loss}};
}

/// Adds one position of whatever kind, or both legs of a pair, and gives the place of the next.
std::size_t add_any(const RiskContext& context, const AccountView& account, std::size_t i, Purpose purpose, const Replacement* replaced,
                    AssetSums& sums) {
    const Position& position = account.positions[i];
    if (position.mode == MarginMode::isolated) return i + 1;
    const ProfitWeights& weights = context.set().profit;
    const MarketView& market = view_of(context, position.market, replaced);
    const int digits = market.params->instrument.settle_digits;
    const Rate loss_weight = liability_weight(context.asset(market.params->settle), level_of(purpose) == Level::initial);
    PositionRisk risk = position_risk(market, account, i, purpose, loss_weight);
    Wide credit = credit_of(risk.pnl, weights, purpose, digits);
    if (market.params->hedge == HedgeRule::larger_leg && is_pair(account, i)) {
        const PositionRisk other = position_risk(market, account, ++i, purpose, loss_weight);
        credit += credit_of(other.pnl, weights, purpose, digits);
        // The margin of one leg does not cover what filling the other's orders loses.
        risk.requirement = std::max(risk.requirement_most, other.requirement_most);
        risk.order_loss = risk.order_loss_most + other.order_loss_most;
    }
    sums.at(market.settle).add({credit, risk.requirement.raw(), risk.order_loss.raw()});
    return i + 1;
}

/// What is asked of every account alike.
struct Asked {
    Purpose purpose;
    Level level;
    const QuickProfit* profit;
    bool ordinary;  // whether any position can be

    Asked(const RiskContext& context, Purpose why) : purpose(why), level(level_of(why)) {
        const ProfitShares& shares = context.profit_shares();
        profit = why == Purpose::open ? &shares.initial : why == Purpose::withdraw ? &shares.withdrawal : &shares.maintenance;
        ordinary = !(initial() && context.set().profit.initial_cap);
    }
    bool initial() const { return level == Level::initial; }

    OrdinaryRun run(const RiskContext& context, const AccountView& account, std::size_t from, const Replacement* replaced) const {
        const bool plain = account.group.empty() && account.terms.empty() && account.everywhere == PositionTerms{};
        if (!ordinary || !plain || from == account.positions.size()) return {from, {}, {}};
        return replaced == nullptr ? run_of<false>(context, account, from, nullptr) : run_of<true>(context, account, from, replaced);
    }

private:
    template <bool is_replaced>
    OrdinaryRun run_of(const RiskContext& context, const AccountView& account, std::size_t from, const Replacement* replaced) const {
        switch (level) {
            case Level::initial: return ordinary_run<Level::initial, is_replaced>(context, account.positions, from, *profit, replaced);
            case Level::maintenance:
                return ordinary_run<Level::maintenance, is_replaced>(context, account.positions, from, *profit, replaced);
            case Level::closeout: return ordinary_run<Level::closeout, is_replaced>(context, account.positions, from, *profit, replaced);
        }
        assertion_failed("a level outside the enumeration", __FILE__, __LINE__);
    }
};

/// What one asset comes to, in the numeraire.
Health health_in(const AssetView& asset, const AssetSums::Sum& sum, bool initial) {
    if (asset.is_unit) return {sum.credit, sum.requirement, sum.order_loss};
    return {balance_value(asset, sum.credit, initial), need_of(asset, sum.requirement, hundred_percent),
            need_of(asset, sum.order_loss, liability_weight(asset, initial))};
}

/// Health of whatever account; `run` is its first ordinary run.
[[gnu::noinline]] Health health_any(const RiskContext& context, const AccountView& account, const Asked& asked, const Replacement* replaced,
                                    OrdinaryRun run) {
    AssetSums sums;
    for (const Balance& balance : account.balances) sums.at(balance.asset).credit += balance.amount.raw();
    for (std::size_t i = 0; i < account.positions.size();) {
        if (i > 0) run = asked.run(context, account, i, replaced);
        if (run.next > i) {
            sums.at(run.settle).add(run.sum);
            i = run.next;
        } else {
            i = add_any(context, account, i, asked.purpose, replaced, sums);
        }
    }
    Health result;
    sums.each([&](AssetId id, const AssetSums::Sum& sum) {
        const Health part = health_in(context.asset(id), sum, asked.initial());
        result.collateral += part.collateral;
        result.requirement += part.requirement;
        result.order_loss += part.order_loss;
    });
    return result;
}

[[gnu::always_inline]] inline Health health_of(const RiskContext& context, const AccountView& account, const Asked& asked,
                                               const Replacement* replaced) {
    OrdinaryRun run = asked.run(context, account, 0, replaced);
    if (run.next < account.positions.size()) return health_any(context, account, asked, replaced, run);
    // Every position is ordinary and settles in one asset: the other balances stand for themselves.
    const std::uint32_t settle = account.positions.empty() ? assets_max : run.settle.index;
    Wide elsewhere = 0;
    std::uint64_t seen = 0;
    for (const Balance& balance : account.balances) {
        const std::uint64_t bit = std::uint64_t{1} << balance.asset.index;
        if ((seen & bit) != 0) return health_any(context, account, asked, replaced, run);  // two balances of it count as one
        seen |= bit;
        if (balance.asset.index == settle) run.sum.credit += balance.amount.raw();
        else elsewhere += balance_value(context.asset(balance.asset), balance.amount.raw(), asked.initial());
    }
    if (settle == assets_max) return {elsewhere, 0, 0};
    Health result = health_in(context.asset(run.settle), run.sum, asked.initial());
    result.collateral += elsewhere;
    return result;
}

}  // namespace

Health health(const RiskContext& context, const AccountView& account, Purpose purpose, const Replacement* replaced) {
    return health_of(context, account, Asked(context, purpose), replaced);
}

namespace {

void prefetch(const AccountView& account) {
    constexpr std::size_t line = 64;
    const auto* positions = reinterpret_cast<const char*>(account.positions.data());
    for (std::size_t at = 0; at <= account.positions.size_bytes(); at += line) prefetch_line(positions + at);
    prefetch_line(account.balances.data());
}

}  // namespace

void health_batch(const RiskContext& context, std::span<const AccountView> accounts, Purpose purpose, std::span<Health> out) {
    PLIM_ASSERT(accounts.size() == out.size());
    // Far enough ahead that memory answers in time, near enough that what was fetched is still there.
    constexpr std::size_t ahead = 6;
    const Asked asked(context, purpose);
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (i + ahead < accounts.size()) prefetch(accounts[i + ahead]);
        out[i] = health_of(context, accounts[i], asked, nullptr);
    }
}

IsolatedHealth isolated_health(const RiskContext& context, const AccountView& account, std::size_t index, Purpose purpose,
                               const Replacement* replaced) {
    const Position& position = account.positions[index];
    PLIM_ASSERT(position.mode == MarginMode::isolated);
    const MarketView& market = view_of(context, position.market, replaced);
    const PositionRisk risk = position_risk(market, account, index, purpose);
    const Wide credit = credit_of(risk.pnl, context.set().profit, purpose, market.params->instrument.settle_digits);
    return {position.isolated_collateral.raw() + credit, risk.requirement.raw(), risk.order_loss.raw()};
}

Wide isolated_equity(const RiskContext& context, const AccountView& account, std::size_t index, const Replacement* replaced) {
    const Position& position = account.positions[index];
    PLIM_ASSERT(position.mode == MarginMode::isolated);
    return position.isolated_collateral.raw() +
           position_risk(view_of(context, position.market, replaced), account, index, Purpose::maintenance).pnl;
}

Wide equity(const RiskContext& context, const AccountView& account, const Replacement* replaced) {
    AssetSums sums;
    for (const Balance& balance : account.balances) sums.at(balance.asset).credit += balance.amount.raw();
    for (std::size_t i = 0; i < account.positions.size(); ++i) {
        const Position& position = account.positions[i];
        if (position.mode == MarginMode::isolated) continue;
        const MarketView& market = view_of(context, position.market, replaced);
        sums.at(market.params->settle).credit += position_risk(market, account, i, Purpose::maintenance).pnl;
    }
    static const WeightCurve full{hundred_percent, {}, {}, {}, {}};
    Wide total = 0;
    sums.each([&](AssetId id, const AssetSums::Sum& sum) {
        const AssetView& asset = context.asset(id);
        if (asset.is_unit) total += sum.credit;
        else if (sum.credit > 0 && !asset.params->collateral) return;
        else if (sum.credit < 0) total -= liability_value(hundred_percent, asset.scales, -sum.credit, asset.price.mark);
        else
            total += collateral_value(full, asset.scales, Amount::narrow(std::min<Wide>(sum.credit, asset.params->amount_max.raw())),
                                      asset.price.mark, 0);
    });
    return total;
}

}  // namespace plimsoll
