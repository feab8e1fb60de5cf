// The engine a second time, written from docs/reference/engine-rules.md for obviousness: a command is tried on the state itself, and when
// it turns out to be refused, the copy from before is put back. Health, equity, admission, plans and guards are asked of risk/,
// liquidation/ and market/, which have slow references of their own; everything else is computed here, in unbounded integers and rationals.
#pragma once

#include "plimsoll/engine/engine.hpp"
#include "reference_engine/arithmetic.hpp"

#include <set>

namespace plimsoll::reference {

/// A set in force, at the prices that grant credit and at those that liquidate.
struct Contexts {
    RiskContext credit;
    RiskContext liquidation;
    const ParameterSet& params() const { return credit.set(); }
};

/// An account in the shape in which risk/ is asked; owns what its view shows.
struct Shown {
    std::vector<Balance> balances;
    std::vector<Position> positions;
    std::vector<GroupSize> group;
    std::vector<PositionTerms> terms;
    PositionTerms everywhere;
    AccountView view() const { return {balances, positions, group, terms, everywhere}; }
};

struct Answer {
    Reject reject;
    std::uint64_t made = 0;
    bool repeated = false;
};

/// Requirement and orders' losses against collateral.
struct Standing {
    Wide required = 0;
    Wide available = 0;
    Wide health() const { return available - required; }
};

/// Numbers of one subject at the liquidation price.
struct SubjectFigures {
    Wide health = 0;
    Wide equity = 0;
    Wide requirement = 0;
};

class Engine {
public:
    explicit Engine(const Limits& limits);

    Answer execute(const Command& command);
    const Events& events() const { return events_; }
    const Known& known() const { return s; }

    // ---- what is added up anew for every question (read.cpp) ----
    const ParameterSet& params() const { return contexts_->params(); }
    Integer open_interest(MarketId market, bool shorts) const;
    Integer cost_of(MarketId market) const;
    Integer held(AssetId asset) const;
    Integer balance(AccountId account, AssetId asset) const;
    const Holding* find(AccountId account, MarketId market, Leg leg) const;
    OrderSums sums(AccountId account, MarketId market, Leg leg) const;
    Amount fee_reserved(const RestingOrder& order) const;
    std::uint64_t find_short(const LiquidationSubject& subject) const;
    Shown shown(AccountId account, Reading reading) const;
    bool has_set() const { return s.active.has_value(); }

private:
    struct Refused {
        Reject reject;
    };
    [[noreturn]] static void refuse(RejectCode code);
    static void refuse_if(bool wrong, RejectCode code) {
        if (wrong) refuse(code);
    }

    // ---- commands ----
    void run(const command::DefineSet& c);
    void run(const command::ActivateSet& c);
    void run(const command::OpenAccount& c);
    void run(const command::SetGroup& c);
    void run(const command::SetMode& c);
    void run(const command::SetLeverage& c);
    void run(const command::SetOverride& c);
    void run(const command::Deposit& c);
    void run(const command::ConfirmDeposit& c);
    void run(const command::DropDeposit& c);
    void run(const command::Withdraw& c);
    void run(const command::Transfer& c);
    void run(const command::MoveMargin& c);
    void run(const command::PlaceOrder& c);
    void run(const command::AmendOrder& c);
    void run(const command::CancelOrder& c);
    void run(const command::Fill& c);
    void run(const command::CloseAll& c);
    void run(const command::MarkPrices& c);
    void run(const command::IndexPrices& c);
    void run(const command::MarketRisk& c);
    void run(const command::Funding& c);
    void run(const command::Halt& c);
    void run(const command::Tick& c);
    void run(const command::MoveFund& c);
    void run(const command::TakeFees& c);
    void run(const command::SetBackstop& c);
    void run(const command::Deleverage& c);
    void run(const command::Delist& c);
    void run(const command::Settle& c);

    // ---- naming checks ----
    void need_set() const { refuse_if(!has_set(), RejectCode::no_active_set); }
    void need_account(AccountId id) const { refuse_if(id.index >= s.owners.size(), RejectCode::account_unknown); }
    void need_asset(AssetId id) const { refuse_if(id.index >= s.assets.size(), RejectCode::asset_unknown); }
    void need_market(MarketId id) const { refuse_if(id.index >= s.markets.size(), RejectCode::market_unknown); }

    // ---- reading (read.cpp) ----
    const RiskContext& credit() const;
    const RiskContext& liquidation() const;
    void refresh() const;
    std::size_t place_of(AccountId account, MarketId market, Leg leg) const;
    MarginMode mode_of(AccountId account, MarketId market) const;
    const Instrument& instrument(MarketId market) const { return params().market(market).instrument; }
    const MarketParams& market_params(MarketId market) const { return params().market(market); }
    AssetId settle_of(MarketId market) const { return params().market(market).settle; }
    Standing standing(AccountId account, MarketId market, Leg leg, MarginMode mode, Purpose purpose, Reading reading) const;
    SubjectFigures figures(const LiquidationSubject& subject, Purpose purpose) const;
    Wide equity_of(AccountId account, MarketId market, Leg leg) const;  // of the part that the position belongs to, as held
    Wide stressed(const LiquidationSubject& subject) const;  // numeraire
    bool in_liquidation(AccountId account) const;
    bool in_liquidation(AccountId account, MarketId market, Leg leg) const;
    bool allows(MarketId market, GuardedAction action) const;
    void check_rationally(AccountId account, const Shown& account_shown, Purpose purpose, const RiskContext& context) const;
    std::vector<std::size_t> holdings_of(const LiquidationSubject& subject) const;  // with a size, by place

    // ---- writing (write.cpp) ----
    void emit(Event event) { events_.push_back(std::move(event)); }
    Holding& holding(AccountId account, MarketId market, Leg leg);
    void forget_empty(AccountId account, MarketId market);
    void pay(AccountId account, MarketId market, Leg leg, const Integer& amount);
    void change_position(AccountId account, MarketId market, Leg leg, Side side, const Integer& amount, Price price, Cause cause,
                         std::uint64_t order, const Integer& fee, std::optional<Integer> worth = {});
    Trade trade_of(AccountId account, MarketId market, Leg leg, Side side, const Integer& amount, Price price,
                   std::optional<Integer> worth = {}) const;
    std::uint64_t place(const RestingOrder& order, Wide required, Wide available);
    void remove_order(std::uint64_t id);
    void cancel(std::uint64_t id, CancelReason reason);
    void round_off(MarketId market);

    // ---- orders (orders.cpp) ----
    struct Weighed {
        RejectCode code = RejectCode::none;
        Standing standing;
    };
    Weighed weigh(const RestingOrder& order, bool amended) const;
    RejectCode own_checks(const RestingOrder& order, bool amended) const;
    [[noreturn]] void refuse_order(const RestingOrder& order, bool amended, const Weighed& weighed);
    Reject explained(const RestingOrder& order, const Weighed& weighed) const;
    bool only_reduces(const RestingOrder& order) const;

    // ---- withdrawals (money.cpp) ----
    void may_leave(AccountId account, bool for_own_position) const;  // guards and liquidations
    void need_debts_covered(AccountId account) const;
    void leave(AccountId account, AssetId asset, const Integer& amount);  // balance and margin of money that leaves a cross part
    void enter_venue(AssetId asset, const Integer& amount);
    void enter_balance(AccountId account, AssetId asset, const Integer& amount);

    // ---- fills (fill.cpp) ----
    struct FillSide {
        std::uint64_t id = 0;
        RestingOrder order;
        Integer fee;
        Trade traded;
        Standing before;
        Wide equity_before = 0;
    };
    void check_match(const command::Fill& c) const;
    RejectCode check_side(const FillSide& side) const;
    void check_after(const FillSide& side) const;
    void check_owing(const FillSide& side, Price price) const;
    void charge_liquidation(const FillSide& side, AccountId liquidator, const Integer& size, Price price);

    // ---- prices (prices.cpp) ----
    void advance_market(MarketId market, std::optional<Price> mark, bool always);
    void mark_asset(const command::AssetMark& mark);

    // ---- consequences (consequences.cpp) ----
    void follow(const Command& command);
    std::set<AccountId> named_accounts() const;
    void trim(AccountId account, MarketId market, Leg leg);
    void trim_changed(std::size_t from_event);
    void examine(AccountId account);
    void examine(const LiquidationSubject& subject);
    void cancel_orders_of(const LiquidationSubject& subject, bool only_liquidation);
    void take_steps();
    void step(std::uint64_t liquidation);
    void end(std::uint64_t liquidation, Outcome outcome);
    void close_at_any_price(AccountId account);
    void measure_reserve();
    Integer fund_worth() const;  // numeraire

    // ---- the waterfall (waterfall.cpp) ----
    struct Paid {  // profit just paid in deleveraging
        AccountId account;
        MarketId market;
        Leg leg;
        Integer amount;
        AssetId asset;
    };
    void waterfall(std::uint64_t liquidation);
    void fund_first(std::uint64_t liquidation);
    void close_everything(std::uint64_t liquidation, std::vector<Paid>& paid);
    bool close_with_backstop(std::uint64_t liquidation, const Holding& h);
    void deleverage(std::uint64_t liquidation, MarketId market, Leg leg, std::vector<Paid>& paid);
    void sell_collateral(std::uint64_t liquidation);
    void share_debts(std::uint64_t liquidation, std::vector<Paid>& paid);
    Integer own_money(const LiquidationSubject& subject, AssetId asset) const;
    void add_own_money(const LiquidationSubject& subject, AssetId asset, const Integer& amount);
    void pay_from_fund(std::uint64_t liquidation, AssetId asset, Integer most);
    AssetPrice price_of(AssetId asset) const;
    Integer worth_held(AssetId asset, const Integer& amount) const;  // numeraire, rounded down at the lower price
    Integer worth_owed(AssetId asset, const Integer& amount) const;  // numeraire, rounded up at the higher price
    Integer numeraire_notional(const Holding& h) const;
    void hand_over(std::uint64_t liquidation, AssetId debt, const Integer& charged,
                   const std::vector<std::pair<AccountId, Integer>>& borne);

    Known s;
    Events events_;
    std::shared_ptr<Contexts> contexts_;
    mutable bool figures_old_ = true;
    std::optional<std::vector<Integer>> held_before_;  // venue totals that count during a match
    mutable std::uint64_t questions_ = 0;
    std::uint64_t made_ = 0;
    struct Remembered {
        CommandId id;
        std::vector<std::uint8_t> body;
        Answer answer;
    };
    std::vector<Remembered> remembered_;
};

}  // namespace plimsoll::reference
