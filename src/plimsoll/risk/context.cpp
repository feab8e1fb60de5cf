#include "plimsoll/risk/context.hpp"

#include "plimsoll/money/natural.hpp"
#include "plimsoll/params/rules.hpp"
#include "plimsoll/risk/domain.hpp"
#include "plimsoll/risk/overrides.hpp"

#include <algorithm>

namespace plimsoll {

namespace {

bool looks_at_open_interest(const CompiledSchedule& schedule) {
    const bool modulated = std::any_of(schedule.modulators.begin(), schedule.modulators.end(), [](const CompiledModulator& m) {
        return m.input == ModulatorInput::open_interest || m.input == ModulatorInput::side_open_interest || m.input == ModulatorInput::skew;
    });
    return modulated || std::any_of(schedule.terms.begin(), schedule.terms.end(), [](const CompiledTerm& t) {
               return t.axis.subject == Subject::side_open_interest || t.axis.per == Per::side_open_interest;
           });
}

/// An amount of the settle asset as a notional, clipped to the domain.
Wide as_notional(const Instrument& instrument, Amount amount) {
    const int shift = notional_digits(instrument) - instrument.settle_digits;
    if (shift < 0) return amount.raw() / pow10(-shift);
    return std::min<Wide>(notional_max, amount.raw() <= notional_max / pow10(shift) ? amount.raw() * pow10(shift) : notional_max);
}

MarketFigures figures_of(const Instrument& instrument, const MarketState& state) {
    MarketFigures figures;
    figures.open_interest_long = std::min(notional_max, notional(instrument, state.open_interest_long, state.mark));
    figures.open_interest_short = std::min(notional_max, notional(instrument, state.open_interest_short, state.mark));
    figures.depth = as_notional(instrument, state.depth);
    figures.daily_volume = as_notional(instrument, state.daily_volume);
    figures.market_cap = as_notional(instrument, state.market_cap);
    figures.volatility = state.volatility;
    figures.reserve_ratio = state.reserve_ratio;
    return figures;
}

bool has_caps(const CompiledSchedule& schedule) {
    return schedule.position_cap != notional_max || schedule.group_cap != notional_max || schedule.open_interest_cap != notional_max ||
           schedule.market_cap_share.numerator != 0;
}

/// Bounds for quick_position.hpp: worth_most * widen <= 2^61 keeps a profit's magnitude (two worths apart) within 2^62 once it is
/// widened, and twice size_most is still worth less than what each table answers.
QuickMarket quick_of(const MarketView& view) {
    QuickMarket quick;
    const MarketParams& params = *view.params;
    const Instrument& instrument = params.instrument;
    const Wide unit = Wide{view.state.mark.raw()} * instrument.multiplier.raw;
    const int shift = notional_digits(instrument) - instrument.settle_digits;
    const bool ordinary = instrument.kind != ContractKind::inverse && params.multiplier == hundred_percent &&
                          params.hedge == HedgeRule::sum_of_legs && params.open_orders == OpenOrderPolicy::worst_side &&
                          !view.uses_open_interest;
    if (!ordinary || unit <= 0 || !fits_int64(unit) || shift < -3 || shift > digits_max) return quick;
    quick.unit = narrow64(unit);
    quick.widen = pow10_64(std::max(0, -shift));
    quick.settle = Reciprocal63(static_cast<std::uint64_t>(pow10_64(std::max(0, shift))));
    const auto below = [](Wide bound) {
        return (std::int64_t{1} << (bit_width(static_cast<UWide>(bound)) - 1)) - 1;
    };  // 2^k - 1, 2^k <= bound
    quick.worth_most = below((Wide{1} << 61) / quick.widen);
    Wide notional_most = quick.worth_most;
    for (const Level level : {Level::initial, Level::maintenance, Level::closeout}) {
        const PlainTable& table = view.schedule->plain_table(level);
        if (table.limit() == 0 || table.is_lifted()) continue;
        quick.tables[static_cast<std::size_t>(level)] = &table;
        notional_most = std::min<Wide>(notional_most, table.limit() - 1);
    }
    if (notional_most / 2 < unit) return {};  // not even one last place of size
    quick.size_most = below(notional_most / 2 / unit);
    quick.size_beyond = ~static_cast<std::uint64_t>(quick.size_most);
    quick.worth_beyond = ~static_cast<std::uint64_t>(quick.worth_most);
    return quick;
}

/// amount * price * weight / 10^shift, where that is all there is to it. Amounts are bounded so that the value is below 2^62.
QuickAsset quick_of(const AssetView& asset, const WeightCurve& curve) {
    QuickAsset quick;
    const int shift = asset.scales.asset_digits + asset.scales.price_digits + rate_digits - asset.scales.numeraire_digits;
    const Wide rate = Wide{asset.price.low().raw()} * curve.weight.raw();
    const bool plain = curve.tiers.empty() && !curve.root && !curve.linear && !curve.venue_scale_start;
    if (!plain || !asset.params->collateral || shift < 0 || shift > digits_max || rate >= Wide{1} << 62) return quick;
    const auto divisor = static_cast<std::uint64_t>(pow10_64(shift));
    quick.scale = LimbScale::of(divisor, static_cast<std::uint64_t>(rate));
    quick.line = LimbSlope::of(quick.scale, static_cast<std::uint64_t>(rate));
    const Wide below = Wide{1} << (62 - quick.scale.finer);  // amount * 2^finer < 2^62, and so the value, rate < divisor * 2^finer
    quick.amount_most = static_cast<std::int64_t>(std::min<Wide>(asset.params->amount_max.raw(), below - 1));
    return quick;
}

void set_quick(AssetView& asset) {
    asset.quick_initial = quick_of(asset, asset.params->weight_initial);
    asset.quick_maintenance = quick_of(asset, asset.params->weight_maintenance);
}

}  // namespace

Result<RiskContext, Findings> RiskContext::make(ParameterSet set) {
    RiskContext context;
    context.set_ = std::move(set);
    const ParameterSet& p = context.set_;
    Findings errors;
    const auto error = [&](const char* code, const std::string& where, const std::string& what) {
        errors.push_back({Severity::error, code, where, what, ""});
    };
    if (p.numeraire.index >= p.assets.size()) {
        error("numeraire-missing", p.name, "the numeraire is not among the assets");
        return fail(std::move(errors));
    }
    if (p.assets.size() > assets_max) error("too-many-assets", p.name, "more assets than the engine holds; merge or drop some");
    if (p.markets.size() > markets_max) error("too-many-markets", p.name, "more markets than the engine holds; merge or drop some");
    for (const Asset& asset : p.assets)
        if (const std::string fault = asset_fault(p, asset); !fault.empty()) error("asset-out-of-domain", asset.name, fault);
    for (const Rate weight : {p.profit.initial, p.profit.withdrawal, p.profit.maintenance})
        if (weight.raw() < 0 || weight > hundred_percent)
            error("profit-weight-out-of-domain", p.name, "a profit weight lies between 0 and 1");
    if (p.profit.initial_cap && p.profit.initial_cap->raw < 0)
        error("profit-cap-out-of-domain", p.name, "the largest usable profit is below 0");
    for (Finding& fault : rule_faults(p)) errors.push_back(std::move(fault));
    if (const std::string fault = override_fault(p); !fault.empty()) error("override-out-of-domain", p.name, fault);
    for (const MarketParams& market : p.markets) {
        if (const std::string fault = market_fault(p, market); !fault.empty()) {
            error("market-out-of-domain", market.name, fault);
            continue;
        }
        auto compiled = compile(p.schedules[market.schedule.index], scales_of(p, market));
        if (compiled) context.schedules_.push_back(std::move(*compiled));
        else errors.insert(errors.end(), compiled.error().begin(), compiled.error().end());
    }
    if (!errors.empty()) return fail(std::move(errors));

    for (std::size_t i = 0; i < p.markets.size(); ++i)
        context.markets_.push_back({&p.markets[i],
                                    &context.schedules_[i],
                                    {},
                                    {},
                                    looks_at_open_interest(context.schedules_[i]),
                                    p.markets[i].settle,
                                    p.asset(p.markets[i].settle).liability_weight_initial,
                                    {},
                                    false,
                                    has_caps(context.schedules_[i]),
                                    false});
    const Asset& numeraire = p.asset(p.numeraire);
    for (std::size_t i = 0; i < p.assets.size(); ++i) {
        const Asset& asset = p.assets[i];
        // Until a price is set, an asset counts for nothing and costs the most.
        AssetView view{&asset, {Price{}, asset.price_max}, 0, {asset.digits, asset.price_digits, numeraire.digits}, false, {}, {}};
        const Price one = Price::from_raw(pow10_64(asset.price_digits));
        if (i == p.numeraire.index) {
            view.price = {one, one};
            const WeightCurve full{hundred_percent, {}, {}, {}, {}};
            view.is_unit = asset.collateral && asset.weight_initial == full && asset.weight_maintenance == full &&
                           asset.liability_weight_initial == hundred_percent && asset.liability_weight_maintenance == hundred_percent;
        }
        set_quick(view);
        context.assets_.push_back(view);
    }
    for (MarketView& market : context.markets_) market.settles_in_unit = context.asset(market.settle).is_unit;
    context.profit_ = {QuickProfit(p.profit.initial), QuickProfit(p.profit.withdrawal), QuickProfit(p.profit.maintenance)};
    return context;
}

std::string RiskContext::state_fault(MarketId id, const MarketState& state) const {
    const Instrument& instrument = markets_[id.index].params->instrument;
    if (state.mark.raw() < 0 || state.mark > instrument.price_max) return "the mark is outside 0 and price_max";
    const bool inverse = instrument.kind == ContractKind::inverse;
    const Wide most = inverse ? inverse_notional_max : notional_max;
    if (inverse && notional(instrument, instrument.size_max, state.mark) >= most)
        return "the mark is so low that size_max is worth more than an amount holds";
    const auto side_fits = [&](Size side) { return side.raw() >= 0 && notional(instrument, side, state.mark) < most; };
    if (!side_fits(state.open_interest_long) || !side_fits(state.open_interest_short))
        return "the open interest is outside the declared domain";
    if (state.depth.raw() < 0 || state.daily_volume.raw() < 0 || state.market_cap.raw() < 0)
        return "depth, volume and capitalisation cannot be below 0";
    if (state.volatility.raw() < 0 || state.reserve_ratio.raw() < 0) return "volatility and reserve ratio cannot be below 0";
    return {};
}

std::string RiskContext::set_market(MarketId id, const MarketState& state) {
    if (std::string fault = state_fault(id, state); !fault.empty()) return fault;
    markets_[id.index] = at_state(id, state);
    return {};
}

std::string RiskContext::set_asset(AssetId id, const AssetPrice& price, Wide venue_total) {
    AssetView& view = assets_[id.index];
    if (price.low().raw() < 0 || price.high() > view.params->price_max) return "the price is outside 0 and price_max";
    const Price one = Price::from_raw(pow10_64(view.params->price_digits));
    if (id == set_.numeraire && (price.mark != one || price.smoothed != one)) return "the numeraire is worth 1 of itself";
    if (venue_total < 0 || venue_total > total_max ||
        multiply(static_cast<UWide>(venue_total), static_cast<UWide>(view.params->price_max.raw())) >
            Natural256(static_cast<UWide>(wide_max)))
        return "the venue's total, or its value at price_max, is outside the declared domain";
    view.price = price;
    view.venue_total = venue_total;
    set_quick(view);
    return {};
}

MarketView RiskContext::at_price(MarketId id, Price mark) const {
    MarketState state = markets_[id.index].state;
    state.mark = mark;
    return at_state(id, state);
}

MarketView RiskContext::at_state(MarketId id, const MarketState& state) const {
    MarketView view = markets_[id.index];
    view.state = state;
    view.figures = figures_of(view.params->instrument, view.state);
    view.quick = quick_of(view);
    return view;
}

}  // namespace plimsoll
