// How figures and ids are said to a person: decimals without trailing zeros, names, rates in per cent.
#pragma once

#include "plimsoll/codec/names.hpp"
#include "plimsoll/codec/scale.hpp"

#include <string>

namespace plimsoll::codec {

class Speech {
public:
    Speech(const State& state, const Names& names) : state_(state), names_(names) {}

    std::string of(AccountId id) const { return names_.of(id); }
    std::string of(OrderId id) const { return names_.of(id); }
    std::string of(DepositId id) const { return names_.of(id); }
    std::string of(LiquidationId id) const { return names_.of(id); }
    std::string of(MarketId id) const;
    std::string of(AssetId id) const;
    std::string of(GroupId id) const;
    /// "alice", "alice's isolated BTC", "alice's isolated BTC short leg".
    std::string of(const LiquidationSubject& subject) const;

    std::string price(MarketId market, Price price) const;
    std::string size(MarketId market, Size size) const;
    /// With the name of the asset.
    std::string money(AssetId asset, Amount amount) const;
    std::string settle(MarketId market, Amount amount) const { return money(settle_of(market), amount); }
    /// A figure of health: bare in the numeraire, with the name of the settle asset for an isolated position that has another.
    std::string health(Wide amount, const LiquidationSubject& subject) const;
    std::string asset_price(AssetId asset, Price price) const;
    /// Cost per unit of a position, rounded to the price's digits for reading (linear and quanto: nearest; inverse: likewise).
    std::string entry(MarketId market, Size size, Wide cost) const;
    /// Seconds since the epoch of the commands: "12.5 s".
    static std::string seconds(std::uint64_t ms);

    const MarketParams& params(MarketId market) const { return state_.market_params(market); }
    const State& state() const { return state_; }

private:
    AssetId settle_of(MarketId market) const { return params(market).settle; }

    const State& state_;
    const Names& names_;
};

std::string_view word(Side side);
std::string_view word(Leg leg);
std::string_view word(MarginMode mode);
std::string_view word(command::PositionMode mode);
std::string_view word(Cause cause);
std::string_view word(CancelReason reason);
std::string_view word(OrderKind kind);
std::string_view word(Outcome outcome);
std::string_view word(Binding binding);
std::string_view word(Cure cure);

}  // namespace plimsoll::codec
