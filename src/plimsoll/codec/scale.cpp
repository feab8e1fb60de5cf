#include "plimsoll/codec/scale.hpp"

namespace plimsoll::codec {

std::optional<AssetId> asset_of(const State& state, Unit unit, const Where& where) {
    if (!state.active) return std::nullopt;
    const ParameterSet& set = state.active->params();
    const auto settle = [&]() -> std::optional<AssetId> {
        if (!where.market) return std::nullopt;
        return set.market(*where.market).settle;
    };
    switch (unit) {
        case Unit::settle: return settle();
        case Unit::amount: return where.asset;
        case Unit::paid_amount: return where.paid_asset ? where.paid_asset : where.asset;
        case Unit::numeraire: return where.isolated && where.market ? settle() : std::optional(set.numeraire);
        case Unit::none:
        case Unit::price:
        case Unit::size:
        case Unit::exact:
        case Unit::rate:
        case Unit::asset_price: return std::nullopt;
    }
    return std::nullopt;
}

std::optional<int> digits_of(const State& state, Unit unit, const Where& where) {
    if (unit == Unit::rate) return rate_digits;
    if (unit == Unit::none) return 0;
    if (!state.active) return std::nullopt;
    const ParameterSet& set = state.active->params();
    if (unit == Unit::asset_price) return where.asset ? std::optional(set.asset(*where.asset).price_digits) : std::nullopt;
    if (unit == Unit::price || unit == Unit::size || unit == Unit::exact) {
        if (!where.market) return std::nullopt;
        const Instrument& instrument = set.market(*where.market).instrument;
        return unit == Unit::price ? instrument.price_digits : unit == Unit::size ? instrument.size_digits : notional_digits(instrument);
    }
    const auto asset = asset_of(state, unit, where);
    return asset ? std::optional(set.asset(*asset).digits) : std::nullopt;
}

void Gatherer::note_isolated() {
    if (!account_ || !where_.market || account_->index >= state_.accounts.size()) return;
    where_.isolated = false;
    for (const HeldPosition& p : state_.positions.of(state_.account(*account_).positions))
        if (p.market == where_.market->index) where_.isolated = p.mode == MarginMode::isolated;
}

}  // namespace plimsoll::codec
