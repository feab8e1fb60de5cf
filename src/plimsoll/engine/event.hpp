// What happened. Events are the only output: each carries what a view needs to follow the state without computing anything, and
// `apply` is nothing but writing them down.
#pragma once

#include "plimsoll/engine/command.hpp"
#include "plimsoll/engine/reject.hpp"

#include <type_traits>
#include <variant>
#include <vector>

namespace plimsoll {

/// Why a position changed other than by an order of its own.
enum class Cause : std::uint8_t { fill, liquidation, backstop, deleverage, settlement };
/// Why an order went away.
enum class CancelReason : std::uint8_t {
    asked,
    close_all,
    liquidation,     // its account is being liquidated, or the interval of a liquidation order is over
    would_increase,  // what it was to reduce has become smaller
    delisted,
};
enum class OrderKind : std::uint8_t { ordinary, liquidation };
/// What is being liquidated: the cross part of an account, or one isolated position.
struct LiquidationSubject {
    AccountId account;
    MarketId market = every_market;  // every_market: the cross part
    Leg leg = Leg::net;
    bool cross() const { return market == every_market; }
    friend constexpr auto operator<=>(const LiquidationSubject&, const LiquidationSubject&) = default;
};
enum class Outcome : std::uint8_t {
    solvent,   // health is back at the close-out level
    closed,    // nothing is left to reduce, and nothing is owed
    resolved,  // by the waterfall
};

namespace event {

#define PLIM_RECORD(type, word, text)                 \
    static constexpr std::string_view name = word;    \
    static constexpr std::string_view meaning = text; \
    friend bool operator==(const type&, const type&) = default

struct SetDefined {
    PLIM_RECORD(SetDefined, "set-defined", "a parameter set is held ready");
    std::shared_ptr<const ParameterSet> set;
    Digest hash{};
    std::uint32_t version = 0;
    static constexpr auto fields() {
        return std::tuple{field("hash", &SetDefined::hash, "of its canonical bytes"), field("version", &SetDefined::version, "its own")};
    }
};
struct SetActivated {
    PLIM_RECORD(SetActivated, "set-activated", "a parameter set is in force; with its effect on the accounts as they stood");
    Digest hash{};
    std::uint32_t version = 0;
    std::uint32_t below_initial_before = 0;
    std::uint32_t below_initial_after = 0;
    std::uint32_t below_maintenance_before = 0;
    std::uint32_t below_maintenance_after = 0;
    Wide requirement_before = 0;
    Wide requirement_after = 0;
    static constexpr auto fields() {
        return std::tuple{
            field("hash", &SetActivated::hash, "of its canonical bytes"),
            field("version", &SetActivated::version, "its own"),
            field("below_initial_before", &SetActivated::below_initial_before, "accounts below their initial requirement before"),
            field("below_initial_after", &SetActivated::below_initial_after, "and after"),
            field("below_maintenance_before", &SetActivated::below_maintenance_before, "accounts below maintenance before"),
            field("below_maintenance_after", &SetActivated::below_maintenance_after, "and after; they are liquidated"),
            field("requirement_before", &SetActivated::requirement_before, "initial requirement of all accounts before", Unit::numeraire),
            field("requirement_after", &SetActivated::requirement_after, "and after", Unit::numeraire)};
    }
};
struct AccountOpened {
    PLIM_RECORD(AccountOpened, "account-opened", "a new account");
    AccountId account;
    GroupId group = no_group;
    static constexpr auto fields() {
        return std::tuple{field("account", &AccountOpened::account, "its id"),
                          field("group", &AccountOpened::group, "owner's group, or none")};
    }
};
struct GroupSet {
    PLIM_RECORD(GroupSet, "group-set", "an account changed its group");
    AccountId account;
    GroupId group = no_group;
    static constexpr auto fields() {
        return std::tuple{field("account", &GroupSet::account, "which"), field("group", &GroupSet::group, "owner's group, or none")};
    }
};
struct ModeSet {
    PLIM_RECORD(ModeSet, "mode-set", "how an account holds a market");
    AccountId account;
    MarketId market;
    MarginMode margin = MarginMode::cross;
    command::PositionMode position = command::PositionMode::one_way;
    static constexpr auto fields() {
        return std::tuple{field("account", &ModeSet::account, "which"), field("market", &ModeSet::market, "where"),
                          field("margin", &ModeSet::margin, "cross or isolated"),
                          field("position", &ModeSet::position, "one-way or hedge")};
    }
};
struct LeverageSet {
    PLIM_RECORD(LeverageSet, "leverage-set", "the leverage chosen in a market");
    AccountId account;
    MarketId market;
    std::uint32_t leverage_hundredths = 0;
    static constexpr auto fields() {
        return std::tuple{field("account", &LeverageSet::account, "which"), field("market", &LeverageSet::market, "where"),
                          field("leverage_hundredths", &LeverageSet::leverage_hundredths, "times 100; 0: none")};
    }
};
struct OverrideSet {
    PLIM_RECORD(OverrideSet, "override-set", "what one account must keep beyond the others");
    AccountId account;
    MarketId market = every_market;
    Rate multiplier;
    Rate initial_floor;
    static constexpr auto fields() {
        return std::tuple{field("account", &OverrideSet::account, "which"), field("market", &OverrideSet::market, "where, or every market"),
                          field("multiplier", &OverrideSet::multiplier, "0 names none", Unit::rate),
                          field("initial_floor", &OverrideSet::initial_floor, "0 names none", Unit::rate)};
    }
};

struct DepositPending {
    PLIM_RECORD(DepositPending, "deposit-pending", "a deposit waits for its confirmations");
    DepositId deposit;
    AccountId account;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("deposit", &DepositPending::deposit, "its id"), field("account", &DepositPending::account, "who receives"),
                          field("asset", &DepositPending::asset, "what"),
                          field("amount", &DepositPending::amount, "how much", Unit::amount)};
    }
};
struct DepositConfirmed {
    PLIM_RECORD(DepositConfirmed, "deposit-confirmed", "a pending deposit has more confirmations, not yet enough");
    DepositId deposit;
    std::uint32_t confirmations = 0;
    static constexpr auto fields() {
        return std::tuple{field("deposit", &DepositConfirmed::deposit, "which"),
                          field("confirmations", &DepositConfirmed::confirmations, "so far, in all")};
    }
};
struct DepositDropped {
    PLIM_RECORD(DepositDropped, "deposit-dropped", "a pending deposit will not come");
    DepositId deposit;
    AccountId account;
    static constexpr auto fields() {
        return std::tuple{field("deposit", &DepositDropped::deposit, "which"), field("account", &DepositDropped::account, "whose")};
    }
};
struct Credited {
    PLIM_RECORD(Credited, "credited", "money came in");
    DepositId deposit;
    AccountId account;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("deposit", &Credited::deposit, "the pending deposit it was, or 0"),
                          field("account", &Credited::account, "who received"), field("asset", &Credited::asset, "what"),
                          field("amount", &Credited::amount, "how much", Unit::amount)};
    }
};
struct Withdrawn {
    PLIM_RECORD(Withdrawn, "withdrawn", "money went out");
    AccountId account;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("account", &Withdrawn::account, "whose"), field("asset", &Withdrawn::asset, "what"),
                          field("amount", &Withdrawn::amount, "how much", Unit::amount)};
    }
};
struct Transferred {
    PLIM_RECORD(Transferred, "transferred", "money went from one account to another");
    AccountId from;
    AccountId to;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("from", &Transferred::from, "whose"), field("to", &Transferred::to, "who received"),
                          field("asset", &Transferred::asset, "what"), field("amount", &Transferred::amount, "how much", Unit::amount)};
    }
};
struct MarginMoved {
    PLIM_RECORD(MarginMoved, "margin-moved", "collateral went to an isolated position, or came from it");
    AccountId account;
    MarketId market;
    Leg leg = Leg::net;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("account", &MarginMoved::account, "whose"), field("market", &MarginMoved::market, "where"),
                          field("leg", &MarginMoved::leg, "net, or the leg of hedge mode"),
                          field("amount", &MarginMoved::amount, "above 0 to the position", Unit::settle)};
    }
};

struct OrderPlaced {
    PLIM_RECORD(OrderPlaced, "order-placed", "an order rests and reserves margin");
    OrderId order;
    AccountId account;
    MarketId market;
    Side side = Side::buy;
    Leg leg = Leg::net;
    OrderKind kind = OrderKind::ordinary;
    bool reduce_only = false;
    Size size;
    Price limit;
    Amount fee_reserved;
    Wide required = 0;
    Wide available = 0;
    static constexpr auto fields() {
        return std::tuple{field("order", &OrderPlaced::order, "its id"),
                          field("account", &OrderPlaced::account, "whose"),
                          field("market", &OrderPlaced::market, "where"),
                          field("side", &OrderPlaced::side, "buy or sell"),
                          field("leg", &OrderPlaced::leg, "net, or the leg of hedge mode"),
                          field("kind", &OrderPlaced::kind, "ordinary or liquidation"),
                          field("reduce_only", &OrderPlaced::reduce_only, "checked at every fill"),
                          field("size", &OrderPlaced::size, "how much", Unit::size),
                          field("limit", &OrderPlaced::limit, "worst price; 0 for a liquidation order: any", Unit::price),
                          field("fee_reserved", &OrderPlaced::fee_reserved, "the most its fills may be charged", Unit::settle),
                          field("required", &OrderPlaced::required, "initial margin and order loss after the worst fill", Unit::numeraire),
                          field("available", &OrderPlaced::available, "weighted collateral", Unit::numeraire)};
    }
};
struct OrderAmended {
    PLIM_RECORD(OrderAmended, "order-amended", "what is left of an order was replaced");
    OrderId order;
    AccountId account;
    MarketId market;
    Size size;
    Price limit;
    Amount fee_reserved;
    static constexpr auto fields() {
        return std::tuple{field("order", &OrderAmended::order, "which"),
                          field("account", &OrderAmended::account, "whose"),
                          field("market", &OrderAmended::market, "where"),
                          field("size", &OrderAmended::size, "still to fill", Unit::size),
                          field("limit", &OrderAmended::limit, "worst price", Unit::price),
                          field("fee_reserved", &OrderAmended::fee_reserved, "the most its fills may be charged", Unit::settle)};
    }
};
struct OrderCancelled {
    PLIM_RECORD(OrderCancelled, "order-cancelled", "an order went away");
    OrderId order;
    AccountId account;
    MarketId market;
    Size size;
    CancelReason reason = CancelReason::asked;
    static constexpr auto fields() {
        return std::tuple{field("order", &OrderCancelled::order, "which"), field("account", &OrderCancelled::account, "whose"),
                          field("market", &OrderCancelled::market, "where"),
                          field("size", &OrderCancelled::size, "what was left", Unit::size),
                          field("reason", &OrderCancelled::reason, "why")};
    }
};
struct PositionChanged {
    PLIM_RECORD(PositionChanged, "position-changed", "a position was traded or moved; profit or loss of what was closed is paid");
    AccountId account;
    MarketId market;
    Leg leg = Leg::net;
    Side side = Side::buy;
    Cause cause = Cause::fill;
    OrderId order;
    Size size;
    Price price;
    Amount fee;
    Amount realised;
    Wide remainder = 0;
    Size size_after;
    Wide cost_after = 0;
    static constexpr auto fields() {
        return std::tuple{field("account", &PositionChanged::account, "whose"),
                          field("market", &PositionChanged::market, "where"),
                          field("leg", &PositionChanged::leg, "net, or the leg of hedge mode"),
                          field("side", &PositionChanged::side, "bought or sold"),
                          field("cause", &PositionChanged::cause, "why"),
                          field("order", &PositionChanged::order, "the order that filled, or 0"),
                          field("size", &PositionChanged::size, "how much", Unit::size),
                          field("price", &PositionChanged::price, "at which price", Unit::price),
                          field("fee", &PositionChanged::fee, "paid to the venue", Unit::settle),
                          field("realised", &PositionChanged::realised, "profit or loss paid, rounded down", Unit::settle),
                          field("remainder", &PositionChanged::remainder, "what that rounding left to the venue", Unit::exact),
                          field("size_after", &PositionChanged::size_after, "of the position", Unit::size),
                          field("cost_after", &PositionChanged::cost_after, "of the position", Unit::exact)};
    }
};

struct Marked {
    PLIM_RECORD(Marked, "marked", "the prices of a market after its guard");
    MarketId market;
    Guard guard;
    static constexpr auto fields() {
        return std::tuple{field("market", &Marked::market, "which"),
                          field("guard", &Marked::guard, "reported mark, index, guarded prices, state")};
    }
};
struct AssetMarked {
    PLIM_RECORD(AssetMarked, "asset-marked", "the price of an asset in the numeraire");
    AssetId asset;
    Price price;
    Price smoothed;
    static constexpr auto fields() {
        return std::tuple{field("asset", &AssetMarked::asset, "which"), field("price", &AssetMarked::price, "mark", Unit::asset_price),
                          field("smoothed", &AssetMarked::smoothed, "and its smoothed value", Unit::asset_price)};
    }
};
struct RiskMeasured {
    PLIM_RECORD(RiskMeasured, "risk-measured", "measured figures of a market, as far as they were let in");
    MarketId market;
    Guard guard;
    Amount market_cap;
    static constexpr auto fields() {
        return std::tuple{field("market", &RiskMeasured::market, "which"),
                          field("guard", &RiskMeasured::guard, "depth, volume and volatility as let in"),
                          field("market_cap", &RiskMeasured::market_cap, "capitalisation", Unit::settle)};
    }
};
struct FundingPaid {
    PLIM_RECORD(FundingPaid, "funding-paid", "one position's part of a funding payment");
    AccountId account;
    MarketId market;
    Leg leg = Leg::net;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("account", &FundingPaid::account, "whose"), field("market", &FundingPaid::market, "where"),
                          field("leg", &FundingPaid::leg, "net, or the leg of hedge mode"),
                          field("amount", &FundingPaid::amount, "received; below 0: paid", Unit::settle)};
    }
};
struct FundingSettled {
    PLIM_RECORD(FundingSettled, "funding-settled", "a funding payment is complete");
    MarketId market;
    Rate rate;
    Amount rounding;
    static constexpr auto fields() {
        return std::tuple{field("market", &FundingSettled::market, "which"),
                          field("rate", &FundingSettled::rate, "of the notional", Unit::rate),
                          field("rounding", &FundingSettled::rounding, "what rounding left to the venue", Unit::settle)};
    }
};
struct FundMoved {
    PLIM_RECORD(FundMoved, "fund-moved", "money came into the insurance fund from outside, or left it");
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("asset", &FundMoved::asset, "what"), field("amount", &FundMoved::amount, "above 0 in", Unit::amount)};
    }
};
struct FeesTaken {
    PLIM_RECORD(FeesTaken, "fees-taken", "the venue took earned fees out");
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("asset", &FeesTaken::asset, "what"), field("amount", &FeesTaken::amount, "how much", Unit::amount)};
    }
};
struct BackstopSet {
    PLIM_RECORD(BackstopSet, "backstop-set", "which account takes positions over, and its budget");
    AccountId account;
    Amount budget;
    static constexpr auto fields() {
        return std::tuple{field("account", &BackstopSet::account, "which"),
                          field("budget", &BackstopSet::budget, "stressed loss it may still take on; 0: its duty ends", Unit::numeraire)};
    }
};
struct MarketDelisted {
    PLIM_RECORD(MarketDelisted, "market-delisted", "nothing is opened there any more");
    MarketId market;
    static constexpr auto fields() { return std::tuple{field("market", &MarketDelisted::market, "which")}; }
};
struct MarketSettled {
    PLIM_RECORD(MarketSettled, "market-settled", "every position of the market is closed");
    MarketId market;
    Price price;
    static constexpr auto fields() {
        return std::tuple{field("market", &MarketSettled::market, "which"),
                          field("price", &MarketSettled::price, "at which price", Unit::price)};
    }
};
struct ReserveMeasured {
    PLIM_RECORD(ReserveMeasured, "reserve-measured", "the insurance fund against the stressed loss of the largest accounts");
    Wide fund = 0;
    Wide stressed = 0;
    Rate ratio;
    static constexpr auto fields() {
        return std::tuple{field("fund", &ReserveMeasured::fund, "worth of the fund", Unit::numeraire),
                          field("stressed", &ReserveMeasured::stressed, "stressed loss", Unit::numeraire),
                          field("ratio", &ReserveMeasured::ratio, "fund / loss, at most 10", Unit::rate)};
    }
};

// ---- liquidation: each of these is also a line of the liquidation's receipt ------------------------------------------

struct BreachSeen {
    PLIM_RECORD(BreachSeen, "breach-seen", "maintenance health fell below zero; the threshold runs");
    LiquidationSubject subject;
    Wide health = 0;
    static constexpr auto fields() {
        return std::tuple{field("subject", &BreachSeen::subject, "whose"),
                          field("health", &BreachSeen::health, "below 0; settle asset for an isolated position", Unit::numeraire)};
    }
};
struct BreachCleared {
    PLIM_RECORD(BreachCleared, "breach-cleared", "maintenance health is back before the threshold passed");
    LiquidationSubject subject;
    static constexpr auto fields() { return std::tuple{field("subject", &BreachCleared::subject, "whose")}; }
};
struct LiquidationStarted {
    PLIM_RECORD(LiquidationStarted, "liquidation-started", "the threshold passed");
    LiquidationId liquidation;
    LiquidationSubject subject;
    std::uint64_t breach_ms = 0;
    Wide equity = 0;
    Wide requirement = 0;
    static constexpr auto fields() {
        return std::tuple{field("liquidation", &LiquidationStarted::liquidation, "its id"),
                          field("subject", &LiquidationStarted::subject, "whose"),
                          field("breach_ms", &LiquidationStarted::breach_ms, "when the breach was first seen"),
                          field("equity", &LiquidationStarted::equity, "at the liquidation price", Unit::numeraire),
                          field("requirement", &LiquidationStarted::requirement, "maintenance margin", Unit::numeraire)};
    }
};
struct LiquidationStep {
    PLIM_RECORD(LiquidationStep, "liquidation-step", "one interval of a liquidation begins");
    LiquidationId liquidation;
    LiquidationSubject subject;
    std::uint32_t interval = 0;
    Wide equity = 0;
    Wide requirement = 0;
    static constexpr auto fields() {
        return std::tuple{field("liquidation", &LiquidationStep::liquidation, "which"),
                          field("subject", &LiquidationStep::subject, "whose"), field("interval", &LiquidationStep::interval, "from 1"),
                          field("equity", &LiquidationStep::equity, "at the liquidation price", Unit::numeraire),
                          field("requirement", &LiquidationStep::requirement, "close-out margin", Unit::numeraire)};
    }
};
struct LiquidationFee {
    PLIM_RECORD(LiquidationFee, "liquidation-fee", "the fee of one liquidation fill and who received it");
    LiquidationId liquidation;
    LiquidationSubject subject;
    MarketId market;
    AccountId liquidator;
    Amount fund_part;
    Amount liquidator_part;
    Amount venue_part;
    static constexpr auto fields() {
        return std::tuple{field("liquidation", &LiquidationFee::liquidation, "which"),
                          field("subject", &LiquidationFee::subject, "who paid"),
                          field("market", &LiquidationFee::market, "where"),
                          field("liquidator", &LiquidationFee::liquidator, "who filled it"),
                          field("fund_part", &LiquidationFee::fund_part, "to the insurance fund", Unit::settle),
                          field("liquidator_part", &LiquidationFee::liquidator_part, "to who filled it", Unit::settle),
                          field("venue_part", &LiquidationFee::venue_part, "to the venue", Unit::settle)};
    }
};
struct FundPaid {
    PLIM_RECORD(FundPaid, "fund-paid", "the insurance fund paid a loss");
    LiquidationId liquidation;
    LiquidationSubject subject;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("liquidation", &FundPaid::liquidation, "which"), field("subject", &FundPaid::subject, "whose loss"),
                          field("asset", &FundPaid::asset, "what"), field("amount", &FundPaid::amount, "how much", Unit::amount)};
    }
};
struct CollateralTaken {
    PLIM_RECORD(CollateralTaken, "collateral-taken", "the fund bought collateral of a bankrupt account and paid its debt with the price");
    LiquidationId liquidation;
    LiquidationSubject subject;
    AssetId asset;
    Amount amount;
    AssetId paid_asset;
    Amount paid;
    static constexpr auto fields() {
        return std::tuple{field("liquidation", &CollateralTaken::liquidation, "which"),
                          field("subject", &CollateralTaken::subject, "whose"),
                          field("asset", &CollateralTaken::asset, "what was taken"),
                          field("amount", &CollateralTaken::amount, "how much of it", Unit::amount),
                          field("paid_asset", &CollateralTaken::paid_asset, "in which the debt was"),
                          field("paid", &CollateralTaken::paid, "how much of it was paid", Unit::paid_amount)};
    }
};
struct BackstopCharged {
    PLIM_RECORD(BackstopCharged, "backstop-charged", "the backstop took a position over and used up budget");
    LiquidationId liquidation;
    Amount used;
    Amount left;
    static constexpr auto fields() {
        return std::tuple{field("liquidation", &BackstopCharged::liquidation, "which"),
                          field("used", &BackstopCharged::used, "stressed loss of what it took", Unit::numeraire),
                          field("left", &BackstopCharged::left, "budget left", Unit::numeraire)};
    }
};
struct LossShared {
    PLIM_RECORD(LossShared, "loss-shared", "an account bore a part of a loss that nobody else paid");
    LiquidationId liquidation;
    LiquidationSubject subject;
    AccountId account;
    MarketId market = every_market;
    Leg leg = Leg::net;
    AssetId asset;
    Amount amount;
    bool from_profit = false;
    static constexpr auto fields() {
        return std::tuple{
            field("liquidation", &LossShared::liquidation, "which"),
            field("subject", &LossShared::subject, "whose loss"),
            field("account", &LossShared::account, "who bore it"),
            field("market", &LossShared::market, "of the isolated position that bore it, or none"),
            field("leg", &LossShared::leg, "of that position"),
            field("asset", &LossShared::asset, "what"),
            field("amount", &LossShared::amount, "how much", Unit::amount),
            field("from_profit", &LossShared::from_profit, "out of the profit it was just deleveraged with, or else of its balance")};
    }
};
struct LossBooked {
    PLIM_RECORD(LossBooked, "loss-booked", "a loss that nobody could bear is booked as the venue's bad debt");
    LiquidationId liquidation;
    LiquidationSubject subject;
    AssetId asset;
    Amount amount;
    static constexpr auto fields() {
        return std::tuple{field("liquidation", &LossBooked::liquidation, "which"), field("subject", &LossBooked::subject, "whose loss"),
                          field("asset", &LossBooked::asset, "what"), field("amount", &LossBooked::amount, "how much", Unit::amount)};
    }
};
struct LiquidationEnded {
    PLIM_RECORD(LiquidationEnded, "liquidation-ended", "a liquidation is over; its receipt is complete");
    LiquidationId liquidation;
    LiquidationSubject subject;
    Outcome outcome = Outcome::solvent;
    std::uint32_t intervals = 0;
    std::uint64_t receipt_high = 0;
    std::uint64_t receipt_low = 0;
    static constexpr auto fields() {
        return std::tuple{field("liquidation", &LiquidationEnded::liquidation, "which"),
                          field("subject", &LiquidationEnded::subject, "whose"),
                          field("outcome", &LiquidationEnded::outcome, "solvent, closed or resolved"),
                          field("intervals", &LiquidationEnded::intervals, "how many it took"),
                          field("receipt_high", &LiquidationEnded::receipt_high, "hash over its lines, upper half"),
                          field("receipt_low", &LiquidationEnded::receipt_low, "and lower half")};
    }
};

}  // namespace event

using Event = std::variant<event::SetDefined, event::SetActivated, event::AccountOpened, event::GroupSet, event::ModeSet,
                           event::LeverageSet, event::OverrideSet, event::DepositPending, event::DepositConfirmed, event::DepositDropped,
                           event::Credited, event::Withdrawn, event::Transferred, event::MarginMoved, event::OrderPlaced,
                           event::OrderAmended, event::OrderCancelled, event::PositionChanged, event::Marked, event::AssetMarked,
                           event::RiskMeasured, event::FundingPaid, event::FundingSettled, event::FundMoved, event::FeesTaken,
                           event::BackstopSet, event::MarketDelisted, event::MarketSettled, event::ReserveMeasured, event::BreachSeen,
                           event::BreachCleared, event::LiquidationStarted, event::LiquidationStep, event::LiquidationFee, event::FundPaid,
                           event::CollateralTaken, event::BackstopCharged, event::LossShared, event::LossBooked, event::LiquidationEnded>;

using Events = std::vector<Event>;

}  // namespace plimsoll
