// A small venue of one vector: parameters, market state and one account, all at scales on which its figures are exact.
#include "plimsoll/conformance/kit.hpp"

#include <algorithm>

namespace plimsoll::conformance {

MarketId Desk::add_market(MarketSetup setup) {
    Instrument instrument;
    fit(setup, instrument);
    MarketParams market;
    market.name = "market" + std::to_string(markets_.size());
    market.settle = setup.settle;
    market.schedule = ScheduleId{static_cast<std::uint32_t>(set_.schedules.size())};
    market.instrument = instrument;
    market.open_orders = setup.open_orders;
    market.hedge = setup.hedge;
    set_.schedules.push_back(setup.schedule);
    set_.markets.push_back(market);
    markets_.push_back(std::move(setup));
    return MarketId{static_cast<std::uint32_t>(set_.markets.size() - 1)};
}

/// Price and settle digits as fine as the declared domain lets them be.
void Desk::fit(MarketSetup& setup, Instrument& instrument) {
    if (t_.stopped()) return;
    if (setup.price_max.zero()) setup.price_max = setup.mark.moved(1);
    if (setup.size_digits < 0) setup.size_digits = setup.size_max.decimals();
    instrument.kind = setup.kind;
    instrument.multiplier = t_.decimal(setup.multiplier);
    instrument.size_digits = setup.size_digits;
    const int price_least = setup.mark.decimals();
    const bool in_numeraire = setup.settle == AssetId{0};
    const int finest = in_numeraire ? settle_digits_ : assets_[setup.settle.index - 1].digits;
    const int coarsest = in_numeraire ? 0 : finest;
    for (int digits = setup.price_digits; digits >= price_least; --digits) {
        const auto price_max = setup.price_max.raw_cut(digits);
        const auto size_max = setup.size_max.raw_cut(setup.size_digits);
        if (!price_max || !size_max || !fits_int64(*price_max) || !fits_int64(*size_max)) continue;
        instrument.price_digits = digits;
        instrument.price_max = Price::from_raw(narrow64(*price_max));
        instrument.size_max = Size::from_raw(narrow64(*size_max));
        for (instrument.settle_digits = finest; instrument.settle_digits >= coarsest; --instrument.settle_digits) {
            if (!domain_fault(instrument).empty()) continue;
            if (in_numeraire) settle_digits_ = instrument.settle_digits;
            return;
        }
    }
    t_.not_expressible("beyond the declared domain: a size of " + setup.size_max.text() + " at a price of " + setup.price_max.text());
}

AssetId Desk::add_asset(AssetSetup setup) {
    assets_.push_back(std::move(setup));
    return AssetId{static_cast<std::uint32_t>(assets_.size())};
}

/// The set at a number of digits of the numeraire.
void Desk::assemble(int settle_digits) {
    set_.name = t_.vector().id;
    set_.assets.clear();
    const auto asset = [&](const AssetSetup& setup, std::string name, int digits, int price_digits) {
        Asset a;
        a.name = std::move(name);
        a.digits = digits;
        a.price_digits = price_digits;
        a.weight_initial = setup.initial;
        a.weight_maintenance = setup.maintenance;
        a.liability_weight_initial = setup.liability_initial;
        a.liability_weight_maintenance = setup.liability_maintenance;
        return a;
    };
    Asset settle = asset(numeraire_, "settle", settle_digits, 0);
    settle.price_max = Price::from_raw(1);
    settle.amount_max = amount_max;
    set_.assets.push_back(settle);
    for (const AssetSetup& setup : assets_) {
        const int price_digits = setup.price_digits >= 0 ? setup.price_digits : std::max(setup.price.decimals(), setup.smoothed.decimals());
        Asset a = asset(setup, "asset" + std::to_string(set_.assets.size()), setup.digits, price_digits);
        const Exact& dearest = setup.price < setup.smoothed ? setup.smoothed : setup.price;
        a.price_max = Price::from_raw(std::max<std::int64_t>(1, t_.raw64(dearest, price_digits)));
        a.amount_max = Amount::from_raw(std::max<std::int64_t>(1, t_.raw64(setup.amount_max.magnitude(), setup.digits)));
        set_.assets.push_back(a);
    }
    for (MarketParams& market : set_.markets)
        if (market.settle == AssetId{0}) market.instrument.settle_digits = settle_digits;
}

const RiskContext* Desk::open() {
    // Values are counted in the numeraire: it is held as finely as the domain of assets and of marks allows.
    for (int digits = settle_digits_; digits >= 0 && !t_.stopped(); --digits) {
        assemble(digits);
        if (t_.stopped()) return nullptr;
        auto made = RiskContext::make(set_);
        if (!made && (digits == 0 || made.error().front().code != "asset-out-of-domain")) {
            t_.refused(made.error());
            return nullptr;
        }
        if (!made) continue;
        settle_digits_ = digits;
        context_.emplace(std::move(*made));
        const std::string fault = set_state();
        if (fault.empty()) return t_.stopped() ? nullptr : &*context_;
        if (digits == 0) t_.not_expressible(fault);
    }
    return nullptr;
}

/// Market and asset prices as the set-ups give them; the first fault, or nothing.
std::string Desk::set_state() {
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        const MarketId id{static_cast<std::uint32_t>(i)};
        MarketState state;
        state.mark = price(id, markets_[i].mark);
        state.open_interest_long = size(id, markets_[i].open_interest_long);
        state.open_interest_short = size(id, markets_[i].open_interest_short);
        if (t_.stopped()) return {};
        if (std::string fault = context_->set_market(id, state); !fault.empty()) return fault;
    }
    for (std::size_t i = 0; i < assets_.size(); ++i) {
        const AssetId id{static_cast<std::uint32_t>(i + 1)};
        const int digits = set_.assets[i + 1].price_digits;
        const Price mark = Price::from_raw(t_.raw64(assets_[i].price, digits));
        const Price smoothed = assets_[i].smoothed.zero() ? mark : Price::from_raw(t_.raw64(assets_[i].smoothed, digits));
        const Wide total = t_.raw(assets_[i].venue_total, assets_[i].digits);
        if (t_.stopped()) return {};
        if (std::string fault = context_->set_asset(id, {mark, smoothed}, total); !fault.empty()) return fault;
    }
    return {};
}

Price Desk::price(MarketId id, const Exact& value) {
    const Price result = Price::from_raw(t_.raw64(value, instrument(id).price_digits));
    if (result.raw() >= 0 && result <= instrument(id).price_max) return result;
    t_.not_expressible("beyond the declared domain: a price of " + value.text());
    return {};
}

Amount Desk::amount(const Exact& value) {
    const auto raw = value.raw_cut(settle_digits_);
    if (raw && *raw <= amount_max.raw() && *raw >= -amount_max.raw()) return Amount::narrow(*raw);
    t_.not_expressible("beyond the declared domain: an amount of " + value.text() + " at " + std::to_string(settle_digits_) + " digits");
    return {};
}

void Desk::balance(AssetId asset, const Exact& value) {
    const Amount held = asset == AssetId{0} ? amount(value) : Amount::from_raw(t_.raw64(value, set_.assets[asset.index].digits));
    const auto found = std::find_if(account_.balances.begin(), account_.balances.end(), [&](const Balance& b) { return b.asset == asset; });
    const Wide together = Wide{held.raw()} + (found == account_.balances.end() ? 0 : found->amount.raw());
    if (abs(together) > amount_max.raw()) return t_.not_expressible("beyond the declared domain: an amount of " + value.text());
    if (found == account_.balances.end()) account_.balances.push_back({asset, held});
    else found->amount = Amount::narrow(together);
}

Position& Desk::position(MarketId market, const Exact& signed_size, const Exact& entry, const Exact& leverage) {
    Position p;
    p.market = market;
    p.size = size(market, signed_size);
    if (abs(p.size) > instrument(market).size_max) t_.not_expressible("beyond the declared domain: a size of " + signed_size.text());
    if (!t_.stopped()) {
        const Wide cost = notional(set_.markets[market.index].instrument, abs(p.size), price(market, entry), Round::half_away);
        p.cost = p.size.raw() < 0 ? -cost : cost;
    }
    if (!leverage.zero()) p.leverage_hundredths = static_cast<std::uint32_t>(t_.raw64(leverage, 2));
    account_.positions.push_back(p);
    return account_.positions.back();
}

void Desk::orders(Position& p, bool buys, const Exact& amount, const Exact& limit) {
    if (t_.stopped()) return;
    const Size fresh = size(p.market, amount);
    if (fresh.raw() < 0 || fresh > instrument(p.market).size_max)
        t_.not_expressible("beyond the declared domain: orders of " + amount.text());
    const Price at = price(p.market, limit);
    if (t_.stopped()) return;
    const Wide cost = notional(instrument(p.market), fresh, at, buys ? Round::ceil : Round::floor);
    (buys ? p.buys : p.sells) += fresh;
    (buys ? p.buy_cost : p.sell_cost) += cost;
}

Exact Desk::worth(MarketId id, const Exact& amount, const Exact& at) {
    if (t_.stopped()) return {};
    const Size held = size(id, amount);
    const Price price_at = price(id, at);
    if (t_.stopped()) return {};
    return Exact::of(notional(instrument(id), held, price_at), notional_digits(instrument(id)));
}

namespace {

Exact solved(Translation& t, Desk& desk, MarketId market, const std::optional<PriceAnswer>& answer) {
    if (!answer) {
        t.not_expressible("no price liquidates this account");
        return {};
    }
    return desk.exact(answer->last_safe, market);
}

}  // namespace

Exact liquidation(Translation& t, Desk& desk, MarketId market, std::size_t position) {
    if (t.stopped()) return {};
    return solved(t, desk, market, liquidation_price(desk.context(), desk.account().view(), position));
}

Exact bankruptcy(Translation& t, Desk& desk, MarketId market, std::size_t position) {
    if (t.stopped()) return {};
    return solved(t, desk, market, bankruptcy_price(desk.context(), desk.account().view(), position));
}

}  // namespace plimsoll::conformance
