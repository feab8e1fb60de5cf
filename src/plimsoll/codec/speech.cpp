#include "plimsoll/codec/speech.hpp"

#include "plimsoll/money/mul_div.hpp"

namespace plimsoll::codec {

std::string Speech::of(MarketId id) const {
    if (id == every_market) return "every market";
    if (!state_.active || id.index >= state_.markets.size()) return "market " + std::to_string(id.index);
    return params(id).name;
}
std::string Speech::of(AssetId id) const {
    if (!state_.active || id.index >= state_.assets.size()) return "asset " + std::to_string(id.index);
    return state_.active->params().asset(id).name;
}
std::string Speech::of(GroupId id) const { return id == no_group ? "no group" : "group " + std::to_string(id.index); }

std::string Speech::of(const LiquidationSubject& subject) const {
    std::string text = of(subject.account);
    if (subject.cross()) return text;
    text += "'s isolated " + of(subject.market);
    if (subject.leg != Leg::net) text += ' ' + std::string(word(subject.leg)) + " leg";
    return text;
}

std::string Speech::price(MarketId market, Price price) const {
    return format_decimal_short(price.raw(), params(market).instrument.price_digits);
}
std::string Speech::size(MarketId market, Size size) const {
    return format_decimal_short(size.raw(), params(market).instrument.size_digits);
}
std::string Speech::money(AssetId asset, Amount amount) const {
    return format_decimal_short(amount.raw(), state_.active->params().asset(asset).digits) + ' ' + of(asset);
}
std::string Speech::health(Wide amount, const LiquidationSubject& subject) const {
    const ParameterSet& set = state_.active->params();
    const AssetId asset = subject.cross() ? set.numeraire : settle_of(subject.market);
    std::string text = format_decimal_short(amount, set.asset(asset).digits);
    return asset == set.numeraire ? text : text + ' ' + of(asset);
}
std::string Speech::asset_price(AssetId asset, Price price) const {
    return format_decimal_short(price.raw(), state_.active->params().asset(asset).price_digits);
}

std::string Speech::entry(MarketId market, Size size, Wide cost) const {
    const Instrument& instrument = params(market).instrument;
    if (size.raw() == 0) return "-";
    const UWide unit = static_cast<UWide>(abs(Wide{size.raw()}) * instrument.multiplier.raw);
    const UWide worth = static_cast<UWide>(abs(cost));
    const int digits = notional_digits(instrument);
    const int unit_digits = instrument.size_digits + instrument.multiplier.digits;
    if (instrument.kind == ContractKind::inverse) {
        if (worth == 0) return "-";
        // price = size * multiplier / cost
        const int shift = instrument.price_digits + digits - unit_digits;
        return format_decimal_short(static_cast<Wide>(mul_div(unit, static_cast<UWide>(pow10(shift)), worth, Toward::down)),
                                    instrument.price_digits);
    }
    // Linear and quanto notionals have the digits of all their factors, so nothing is left to shift.
    return format_decimal_short(divide(static_cast<Wide>(worth), static_cast<Wide>(unit), Round::half_away), digits - unit_digits);
}

std::string Speech::seconds(std::uint64_t ms) { return format_decimal_short(static_cast<Wide>(ms), 3) + " s"; }

std::string_view word(Side side) { return side == Side::buy ? "buy" : "sell"; }
std::string_view word(Leg leg) { return leg == Leg::net ? "net" : leg == Leg::long_leg ? "long" : "short"; }
std::string_view word(MarginMode mode) { return mode == MarginMode::cross ? "cross" : "isolated"; }
std::string_view word(command::PositionMode mode) { return mode == command::PositionMode::one_way ? "one-way" : "hedge"; }
std::string_view word(OrderKind kind) { return kind == OrderKind::ordinary ? "ordinary" : "liquidation"; }

std::string_view word(Cause cause) {
    constexpr std::string_view words[] = {"fill", "liquidation", "backstop", "deleverage", "settlement"};
    return words[static_cast<std::size_t>(cause)];
}
std::string_view word(CancelReason reason) {
    constexpr std::string_view words[] = {"asked", "close-all", "liquidation", "would-increase", "delisted"};
    return words[static_cast<std::size_t>(reason)];
}
std::string_view word(Outcome outcome) {
    constexpr std::string_view words[] = {"solvent", "closed", "resolved"};
    return words[static_cast<std::size_t>(outcome)];
}
std::string_view word(Binding binding) {
    constexpr std::string_view words[] = {"nothing", "term", "leverage", "account-floor", "floor", "cap", "minimum"};
    return words[static_cast<std::size_t>(binding)];
}
std::string_view word(Cure cure) {
    constexpr std::string_view words[] = {"none", "cancel-order", "smaller-size", "deposit"};
    return words[static_cast<std::size_t>(cure)];
}

}  // namespace plimsoll::codec
