// Everything that can be asked of the engine. A command carries its time and an id chosen by its sender; what it may do is decided
// from the state alone.
#pragma once

#include "plimsoll/account/position.hpp"
#include "plimsoll/engine/fields.hpp"
#include "plimsoll/params/canonical.hpp"
#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/risk/admission.hpp"

#include <memory>
#include <variant>
#include <vector>

namespace plimsoll {

/// Chosen by the sender; the same id is the same command. All zero: none, and nothing is remembered of it.
struct CommandId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend constexpr auto operator<=>(CommandId, CommandId) = default;
};

/// No group: the account is a group of its own.
inline constexpr GroupId no_group{0xFFFFFFFFu};
/// In place of a market, where a command may speak of all of them.
inline constexpr MarketId every_market{0xFFFFFFFFu};

namespace command {

// ---- parameters ----------------------------------------------------------------------------------------------------

struct DefineSet {
    static constexpr std::string_view name = "define-set";
    static constexpr std::string_view meaning = "brings a parameter set, validated and held ready under its hash";
    std::shared_ptr<const ParameterSet> set;
    static constexpr auto fields() { return std::tuple{field("set", &DefineSet::set, "the parameter set")}; }
};
struct ActivateSet {
    static constexpr std::string_view name = "activate-set";
    static constexpr std::string_view meaning = "puts a defined set in force; its effect on every account is reported first";
    Digest hash{};
    static constexpr auto fields() { return std::tuple{field("hash", &ActivateSet::hash, "of the defined set")}; }
};

// ---- accounts ------------------------------------------------------------------------------------------------------

struct OpenAccount {
    static constexpr std::string_view name = "open-account";
    static constexpr std::string_view meaning = "opens an account; ids are given in order, from 0";
    GroupId group = no_group;
    static constexpr auto fields() { return std::tuple{field("group", &OpenAccount::group, "owner's group, or none")}; }
};
struct SetGroup {
    static constexpr std::string_view name = "set-group";
    static constexpr std::string_view meaning = "moves an account to an owner's group";
    AccountId account;
    GroupId group = no_group;
    static constexpr auto fields() {
        return std::tuple{field("account", &SetGroup::account, "which"), field("group", &SetGroup::group, "owner's group, or none")};
    }
};
enum class PositionMode : std::uint8_t { one_way, hedge };
struct SetMode {
    static constexpr std::string_view name = "set-mode";
    static constexpr std::string_view meaning =
        "how an account holds a market: cross or isolated, one-way or hedge; only while it holds and orders nothing there";
    AccountId account;
    MarketId market;
    MarginMode margin = MarginMode::cross;
    PositionMode position = PositionMode::one_way;
    static constexpr auto fields() {
        return std::tuple{field("account", &SetMode::account, "which"), field("market", &SetMode::market, "where"),
                          field("margin", &SetMode::margin, "cross or isolated"),
                          field("position", &SetMode::position, "one-way or hedge")};
    }
};
struct SetLeverage {
    static constexpr std::string_view name = "set-leverage";
    static constexpr std::string_view meaning = "chooses a leverage in a market: the initial rate is at least 1 / leverage there";
    AccountId account;
    MarketId market;
    std::uint32_t leverage_hundredths = 0;
    static constexpr auto fields() {
        return std::tuple{field("account", &SetLeverage::account, "which"), field("market", &SetLeverage::market, "where"),
                          field("leverage_hundredths", &SetLeverage::leverage_hundredths, "times 100; 0 takes the choice back")};
    }
};
struct SetOverride {
    static constexpr std::string_view name = "set-override";
    static constexpr std::string_view meaning = "the venue raises what one account must keep, in one market or in all";
    AccountId account;
    MarketId market = every_market;
    Rate multiplier;
    Rate initial_floor;
    static constexpr auto fields() {
        return std::tuple{field("account", &SetOverride::account, "which"), field("market", &SetOverride::market, "where, or every market"),
                          field("multiplier", &SetOverride::multiplier, "of every requirement, from 1; 0 names none", Unit::rate),
                          field("initial_floor", &SetOverride::initial_floor, "least initial rate; 0 names none", Unit::rate)};
    }
};

// ---- money ---------------------------------------------------------------------------------------------------------

struct Deposit {
    static constexpr std::string_view name = "deposit";
    static constexpr std::string_view meaning = "money seen on its way in; pending until the asset's confirmations, then credited";
    AccountId account;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("account", &Deposit::account, "who receives"), field("asset", &Deposit::asset, "what"),
                          field("amount", &Deposit::amount, "how much", Unit::amount)};
    }
};
struct ConfirmDeposit {
    static constexpr std::string_view name = "confirm-deposit";
    static constexpr std::string_view meaning = "how many confirmations a pending deposit has; it is credited when they suffice";
    DepositId deposit;
    std::uint32_t confirmations = 0;
    static constexpr auto fields() {
        return std::tuple{field("deposit", &ConfirmDeposit::deposit, "which"),
                          field("confirmations", &ConfirmDeposit::confirmations, "so far, in all")};
    }
};
struct DropDeposit {
    static constexpr std::string_view name = "drop-deposit";
    static constexpr std::string_view meaning = "a pending deposit that will not come";
    DepositId deposit;
    static constexpr auto fields() { return std::tuple{field("deposit", &DropDeposit::deposit, "which")}; }
};
struct Withdraw {
    static constexpr std::string_view name = "withdraw";
    static constexpr std::string_view meaning = "money out; gated by the scaled initial requirement";
    AccountId account;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("account", &Withdraw::account, "whose"), field("asset", &Withdraw::asset, "what"),
                          field("amount", &Withdraw::amount, "how much", Unit::amount)};
    }
};
struct Transfer {
    static constexpr std::string_view name = "transfer";
    static constexpr std::string_view meaning = "money from one account to another; gated like a withdrawal";
    AccountId from;
    AccountId to;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("from", &Transfer::from, "whose"), field("to", &Transfer::to, "who receives"),
                          field("asset", &Transfer::asset, "what"), field("amount", &Transfer::amount, "how much", Unit::amount)};
    }
};
struct MoveMargin {
    static constexpr std::string_view name = "move-margin";
    static constexpr std::string_view meaning =
        "collateral between an account and its isolated position; taking it out is gated by the scaled initial requirement";
    AccountId account;
    MarketId market;
    Leg leg = Leg::net;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("account", &MoveMargin::account, "whose"), field("market", &MoveMargin::market, "where"),
                          field("leg", &MoveMargin::leg, "net, or the leg of hedge mode"),
                          field("amount", &MoveMargin::amount, "above 0 to the position, below 0 from it", Unit::settle)};
    }
};

// ---- orders and trades ---------------------------------------------------------------------------------------------

struct PlaceOrder {
    static constexpr std::string_view name = "place-order";
    static constexpr std::string_view meaning = "asks for margin for an order; the matching engine may show it once it is placed";
    AccountId account;
    MarketId market;
    Side side = Side::buy;
    Leg leg = Leg::net;
    Size size;
    Price limit;
    bool reduce_only = false;
    static constexpr auto fields() {
        return std::tuple{field("account", &PlaceOrder::account, "whose"),
                          field("market", &PlaceOrder::market, "where"),
                          field("side", &PlaceOrder::side, "buy or sell"),
                          field("leg", &PlaceOrder::leg, "net, or the leg of hedge mode"),
                          field("size", &PlaceOrder::size, "how much", Unit::size),
                          field("limit", &PlaceOrder::limit, "worst price at which it may fill", Unit::price),
                          field("reduce_only", &PlaceOrder::reduce_only, "checked here and at every fill")};
    }
};
struct AmendOrder {
    static constexpr std::string_view name = "amend-order";
    static constexpr std::string_view meaning = "replaces what is left of an order; checked as if it were taken away and placed anew";
    AccountId account;
    OrderId order;
    Size size;
    Price limit;
    static constexpr auto fields() {
        return std::tuple{field("account", &AmendOrder::account, "whose"), field("order", &AmendOrder::order, "which"),
                          field("size", &AmendOrder::size, "still to fill", Unit::size),
                          field("limit", &AmendOrder::limit, "worst price at which it may fill", Unit::price)};
    }
};
struct CancelOrder {
    static constexpr std::string_view name = "cancel-order";
    static constexpr std::string_view meaning = "takes an order away";
    AccountId account;
    OrderId order;
    static constexpr auto fields() {
        return std::tuple{field("account", &CancelOrder::account, "whose"), field("order", &CancelOrder::order, "which")};
    }
};
struct Fill {
    static constexpr std::string_view name = "fill";
    static constexpr std::string_view meaning = "a match: one order buys what another sells; both sides are checked on the state after it";
    OrderId buy;
    OrderId sell;
    Size size;
    Price price;
    Amount buy_fee;
    Amount sell_fee;
    static constexpr auto fields() {
        return std::tuple{field("buy", &Fill::buy, "the buying order"),
                          field("sell", &Fill::sell, "the selling order"),
                          field("size", &Fill::size, "how much", Unit::size),
                          field("price", &Fill::price, "at which price", Unit::price),
                          field("buy_fee", &Fill::buy_fee, "at most the market's fee_max of the notional", Unit::settle),
                          field("sell_fee", &Fill::sell_fee, "likewise; none for a liquidation order", Unit::settle)};
    }
};
struct CloseAll {
    static constexpr std::string_view name = "close-all";
    static constexpr std::string_view meaning =
        "cancels an account's orders and places reduce-only orders that close its positions at any price";
    AccountId account;
    static constexpr auto fields() { return std::tuple{field("account", &CloseAll::account, "whose")}; }
};

// ---- prices and measurements ---------------------------------------------------------------------------------------

struct MarketMark {
    MarketId market;
    Price price;
    static constexpr auto fields() {
        return std::tuple{field("market", &MarketMark::market, "which"), field("price", &MarketMark::price, "its mark", Unit::price)};
    }
    friend bool operator==(const MarketMark&, const MarketMark&) = default;
};
struct AssetMark {
    AssetId asset;
    Price price;
    static constexpr auto fields() {
        return std::tuple{field("asset", &AssetMark::asset, "which"),
                          field("price", &AssetMark::price, "its price in the numeraire", Unit::asset_price)};
    }
    friend bool operator==(const AssetMark&, const AssetMark&) = default;
};
struct MarkPrices {
    static constexpr std::string_view name = "mark-prices";
    static constexpr std::string_view meaning = "marks of markets and prices of assets, as one step";
    std::vector<MarketMark> markets;
    std::vector<AssetMark> assets;
    static constexpr auto fields() {
        return std::tuple{field("markets", &MarkPrices::markets, "marks"), field("assets", &MarkPrices::assets, "prices of assets")};
    }
};
struct IndexSource {
    std::uint32_t source = 0;
    Price price;
    std::uint64_t time_ms = 0;
    static constexpr auto fields() {
        return std::tuple{field("source", &IndexSource::source, "named at the edge"),
                          field("price", &IndexSource::price, "what it says", Unit::price),
                          field("time_ms", &IndexSource::time_ms, "when it said so")};
    }
    friend bool operator==(const IndexSource&, const IndexSource&) = default;
};
struct IndexPrices {
    static constexpr std::string_view name = "index-prices";
    static constexpr std::string_view meaning = "what the sources of a market's index say now; all of them at once";
    MarketId market;
    std::vector<IndexSource> sources;
    static constexpr auto fields() {
        return std::tuple{field("market", &IndexPrices::market, "which"), field("sources", &IndexPrices::sources, "at most 16")};
    }
};
struct MarketRisk {
    static constexpr std::string_view name = "market-risk";
    static constexpr std::string_view meaning =
        "measured depth, volume, volatility and capitalisation; taken over as far as the slew limits let them";
    MarketId market;
    Amount depth;
    Amount daily_volume;
    Rate volatility;
    Amount market_cap;
    static constexpr auto fields() {
        return std::tuple{field("market", &MarketRisk::market, "which"),
                          field("depth", &MarketRisk::depth, "of one side near the price", Unit::settle),
                          field("daily_volume", &MarketRisk::daily_volume, "traded in a day", Unit::settle),
                          field("volatility", &MarketRisk::volatility, "the venue's own measure", Unit::rate),
                          field("market_cap", &MarketRisk::market_cap, "capitalisation of the asset", Unit::settle)};
    }
};
struct Funding {
    static constexpr std::string_view name = "funding";
    static constexpr std::string_view meaning =
        "one funding payment: longs pay shorts the rate of their notional at the mark, or receive it when the rate is negative";
    MarketId market;
    Rate rate;
    static constexpr auto fields() {
        return std::tuple{field("market", &Funding::market, "which"),
                          field("rate", &Funding::rate, "of the notional, -1 to 1", Unit::rate)};
    }
};
struct Halt {
    static constexpr std::string_view name = "halt";
    static constexpr std::string_view meaning = "halts a market or lets it go on; what a halt forbids is in the market's table";
    MarketId market;
    bool halted = true;
    static constexpr auto fields() {
        return std::tuple{field("market", &Halt::market, "which"), field("halted", &Halt::halted, "true halts")};
    }
};
struct Tick {
    static constexpr std::string_view name = "tick";
    static constexpr std::string_view meaning = "only time passes: guards age, liquidations go on";
    static constexpr auto fields() { return std::tuple{}; }
};

// ---- the venue -----------------------------------------------------------------------------------------------------

struct MoveFund {
    static constexpr std::string_view name = "move-fund";
    static constexpr std::string_view meaning = "money into the insurance fund from outside, or out of it";
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("asset", &MoveFund::asset, "what"),
                          field("amount", &MoveFund::amount, "above 0 in, below 0 out", Unit::amount)};
    }
};
struct TakeFees {
    static constexpr std::string_view name = "take-fees";
    static constexpr std::string_view meaning = "the venue takes fees it has earned out";
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("asset", &TakeFees::asset, "what"), field("amount", &TakeFees::amount, "how much", Unit::amount)};
    }
};
struct SetBackstop {
    static constexpr std::string_view name = "set-backstop";
    static constexpr std::string_view meaning = "names the account that takes positions over when the market does not, and its budget";
    AccountId account;
    Amount budget;
    static constexpr auto fields() {
        return std::tuple{field("account", &SetBackstop::account, "which"),
                          field("budget", &SetBackstop::budget, "stressed loss it may still take on; 0 ends its duty", Unit::numeraire)};
    }
};
struct Deleverage {
    static constexpr std::string_view name = "deleverage";
    static constexpr std::string_view meaning = "ends a liquidation at once by the waterfall";
    LiquidationId liquidation;
    static constexpr auto fields() { return std::tuple{field("liquidation", &Deleverage::liquidation, "which")}; }
};
struct Delist {
    static constexpr std::string_view name = "delist";
    static constexpr std::string_view meaning = "a market in which nothing is opened any more; its opening orders are cancelled";
    MarketId market;
    static constexpr auto fields() { return std::tuple{field("market", &Delist::market, "which")}; }
};
struct Settle {
    static constexpr std::string_view name = "settle";
    static constexpr std::string_view meaning = "closes every position of a delisted market at one price";
    MarketId market;
    Price price;
    static constexpr auto fields() {
        return std::tuple{field("market", &Settle::market, "which"),
                          field("price", &Settle::price, "at which everything is closed", Unit::price)};
    }
};

}  // namespace command

using CommandBody =
    std::variant<command::DefineSet, command::ActivateSet, command::OpenAccount, command::SetGroup, command::SetMode, command::SetLeverage,
                 command::SetOverride, command::Deposit, command::ConfirmDeposit, command::DropDeposit, command::Withdraw,
                 command::Transfer, command::MoveMargin, command::PlaceOrder, command::AmendOrder, command::CancelOrder, command::Fill,
                 command::CloseAll, command::MarkPrices, command::IndexPrices, command::MarketRisk, command::Funding, command::Halt,
                 command::Tick, command::MoveFund, command::TakeFees, command::SetBackstop, command::Deleverage, command::Delist,
                 command::Settle>;

/// A command with its stamp. Times never go backwards.
struct Command {
    CommandId id;
    std::uint64_t time_ms = 0;
    CommandBody body;
};

}  // namespace plimsoll
