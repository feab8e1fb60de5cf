#include "plimsoll/risk/health.hpp"

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

Wide value_of(const AssetView& asset, Wide credit, bool initial) {
    if (asset.is_unit) return credit;
    if (credit < 0) return -liability_value(liability_weight(asset, initial), asset.scales, -credit, asset.price.high());
    if (!asset.params->collateral) return 0;
    const Amount counted = Amount::narrow(std::min<Wide>(credit, asset.params->amount_max.raw()));
    const WeightCurve& curve = initial ? asset.params->weight_initial : asset.params->weight_maintenance;
    return collateral_value(curve, asset.scales, counted, asset.price.low(), asset.venue_total);
}

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

void add_positions(const RiskContext& context, const AccountView& account, Purpose purpose, const Replacement* replaced, AssetSums& sums) {
    const ProfitWeights& weights = context.set().profit;
    const bool initial = level_of(purpose) == Level::initial;
    const QuickAsk ask{level_of(purpose), initial, static_cast<std::uint64_t>(profit_weight(weights, purpose).raw())};
    const bool ordinary =
        account.group.empty() && account.terms.empty() && account.everywhere == PositionTerms{} && !(initial && weights.initial_cap);
    AssetId settle{assets_max};  // of the position before: mostly the same, so its sums are at hand
    AssetSums::Sum* sum = nullptr;
    for (std::size_t i = 0; i < account.positions.size(); ++i) {
        const Position& position = account.positions[i];
        if (position.mode == MarginMode::isolated) continue;
        const MarketView& market = view_of(context, position.market, replaced);
        if (market.settle != settle) {
            settle = market.settle;
            sum = &sums.at(settle);
        }
        if (QuickRisk quick; ordinary && quick_position_risk(market, position, ask, quick)) {
            sum->credit += quick.credit;
            sum->requirement += quick.requirement.raw();
            sum->order_loss += quick.order_loss.raw();
            continue;
        }
        const int digits = market.params->instrument.settle_digits;
        const Rate loss_weight = liability_weight(context.asset(market.params->settle), level_of(purpose) == Level::initial);
        PositionRisk risk = position_risk(market, account, i, purpose, loss_weight);
        sum->credit += credit_of(risk.pnl, weights, purpose, digits);
        if (market.params->hedge == HedgeRule::larger_leg && is_pair(account, i)) {
            const PositionRisk other = position_risk(market, account, ++i, purpose, loss_weight);
            sum->credit += credit_of(other.pnl, weights, purpose, digits);
            // The margin of one leg does not cover what filling the other's orders loses.
            risk.requirement = std::max(risk.requirement_most, other.requirement_most);
            risk.order_loss = risk.order_loss_most + other.order_loss_most;
        }
        sum->requirement += risk.requirement.raw();
        sum->order_loss += risk.order_loss.raw();
    }
}

}  // namespace

Health health(const RiskContext& context, const AccountView& account, Purpose purpose, const Replacement* replaced) {
    AssetSums sums;
    for (const Balance& balance : account.balances) sums.at(balance.asset).credit += balance.amount.raw();
    add_positions(context, account, purpose, replaced, sums);

    const bool initial = level_of(purpose) == Level::initial;
    Health result;
    sums.each([&](AssetId id, const AssetSums::Sum& sum) {
        const AssetView& asset = context.asset(id);
        result.collateral += value_of(asset, sum.credit, initial);
        result.requirement += need_of(asset, sum.requirement, hundred_percent);
        result.order_loss += need_of(asset, sum.order_loss, liability_weight(asset, initial));
    });
    return result;
}

namespace {

void prefetch(const AccountView& account) {
    constexpr std::size_t line = 64;
    const auto* positions = reinterpret_cast<const char*>(account.positions.data());
    for (std::size_t at = 0; at <= account.positions.size_bytes(); at += line) __builtin_prefetch(positions + at);
    __builtin_prefetch(account.balances.data());
}

}  // namespace

void health_batch(const RiskContext& context, std::span<const AccountView> accounts, Purpose purpose, std::span<Health> out) {
    PLIM_ASSERT(accounts.size() == out.size());
    // Far enough ahead that memory answers in time, near enough that what was fetched is still there.
    constexpr std::size_t ahead = 6;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (i + ahead < accounts.size()) prefetch(accounts[i + ahead]);
        out[i] = health(context, accounts[i], purpose);
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
