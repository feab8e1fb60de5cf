#include "plimsoll/codec/event_text.hpp"

#include "plimsoll/codec/speech.hpp"
#include "plimsoll/params/words.hpp"

namespace plimsoll::codec {

namespace {

std::string arrow(std::uint32_t before, std::uint32_t after) { return std::to_string(before) + " -> " + std::to_string(after); }
std::string rate_text(Rate rate) { return format_percent(rate); }

/// One sentence for each event.
class Teller {
public:
    Teller(const State& state, const Names& names) : state_(state), say_(state, names) {}

    std::string operator()(const event::SetDefined& e) { return "set version " + std::to_string(e.version) + " is held ready"; }
    std::string operator()(const event::SetActivated& e) {
        const auto amount = [&](Wide value) { return say_.health(value, {}); };
        return "set version " + std::to_string(e.version) + " is in force: below initial " +
               arrow(e.below_initial_before, e.below_initial_after) + ", below maintenance " +
               arrow(e.below_maintenance_before, e.below_maintenance_after) + ", initial requirement " + amount(e.requirement_before) +
               " -> " + amount(e.requirement_after);
    }
    std::string operator()(const event::AccountOpened& e) {
        return say_.of(e.account) + " opened" + (e.group == no_group ? "" : " in " + say_.of(e.group));
    }
    std::string operator()(const event::GroupSet& e) { return say_.of(e.account) + " is in " + say_.of(e.group); }
    std::string operator()(const event::ModeSet& e) {
        return say_.of(e.account) + " holds " + say_.of(e.market) + ' ' + std::string(word(e.margin)) + ", " +
               std::string(word(e.position));
    }
    std::string operator()(const event::LeverageSet& e) {
        const std::string leverage =
            e.leverage_hundredths == 0 ? "no leverage" : "leverage " + format_decimal_short(e.leverage_hundredths, 2);
        return say_.of(e.account) + " chose " + leverage + " in " + say_.of(e.market);
    }
    std::string operator()(const event::OverrideSet& e) {
        std::string text = say_.of(e.account) + " in " + say_.of(e.market) + " must keep:";
        if (e.multiplier.raw() != 0) text += " every requirement times " + format_decimal_short(e.multiplier.raw(), rate_digits);
        if (e.initial_floor.raw() != 0)
            text += std::string(e.multiplier.raw() != 0 ? "," : "") + " at least " + rate_text(e.initial_floor) + " initially";
        return e.multiplier.raw() == 0 && e.initial_floor.raw() == 0 ? text + " what everyone must" : text;
    }

    std::string operator()(const event::DepositPending& e) {
        return "deposit " + say_.of(e.deposit) + " of " + say_.money(e.asset, e.amount) + " waits";
    }
    std::string operator()(const event::DepositConfirmed& e) {
        return "deposit " + say_.of(e.deposit) + " has " + std::to_string(e.confirmations) +
               (e.confirmations == 1 ? " confirmation" : " confirmations");
    }
    std::string operator()(const event::DepositDropped& e) { return "deposit " + say_.of(e.deposit) + " will not come"; }
    std::string operator()(const event::Credited& e) {
        return say_.of(e.account) + " received " + say_.money(e.asset, e.amount) +
               (e.deposit.value == 0 ? "" : ", deposit " + say_.of(e.deposit));
    }
    std::string operator()(const event::Withdrawn& e) { return say_.of(e.account) + " withdrew " + say_.money(e.asset, e.amount); }
    std::string operator()(const event::Transferred& e) {
        return say_.of(e.from) + " gave " + say_.of(e.to) + ' ' + say_.money(e.asset, e.amount);
    }
    std::string operator()(const event::MarginMoved& e) {
        const bool in = e.amount.raw() > 0;
        return say_.of(e.account) + (in ? " put " : " took ") + say_.settle(e.market, abs(e.amount)) + (in ? " into " : " out of ") +
               say_.of(e.market) + leg_text(e.leg);
    }

    std::string operator()(const event::OrderPlaced& e) {
        const bool any_price = e.kind == OrderKind::liquidation;
        std::string text = any_price ? "liquidation order " : "order ";
        text += say_.of(e.order) + ": " + std::string(word(e.side)) + ' ' + say_.size(e.market, e.size) + ' ' + say_.of(e.market) +
                leg_text(e.leg) + (any_price ? " at any price" : " @ " + say_.price(e.market, e.limit));
        if (e.reduce_only && !any_price) text += ", reduce-only";
        if (e.fee_reserved.raw() != 0) text += ", fee of up to " + say_.settle(e.market, e.fee_reserved) + " held";
        if (e.required == 0 && e.available == 0) return text;
        const LiquidationSubject subject = holder_of(e.account, e.market, e.leg);
        text += "; required " + say_.health(e.required, subject) + " of " + say_.health(e.available, subject);
        const auto place = find_position(state_, e.account, e.market, e.leg);
        const std::string why = place ? margin_text(state_, e.account, *place, Purpose::open, alone(e, *place)) : "";
        if (why.empty()) return text;
        const bool one_of_several = subject.cross() && state_.account(e.account).positions.count > 1;
        return text + " (" + (one_of_several ? "here " : "") + why + ')';
    }
    std::string operator()(const event::OrderAmended& e) {
        return "order " + say_.of(e.order) + " is now " + say_.size(e.market, e.size) + ' ' + say_.of(e.market) + " @ " +
               say_.price(e.market, e.limit);
    }
    std::string operator()(const event::OrderCancelled& e) {
        return "order " + say_.of(e.order) + " is cancelled (" + std::string(word(e.reason)) + "), " + say_.size(e.market, e.size) + ' ' +
               say_.of(e.market) + " unfilled";
    }
    std::string operator()(const event::PositionChanged& e) {
        std::string text = say_.of(e.account) + (e.side == Side::buy ? " bought " : " sold ") + say_.size(e.market, e.size) + ' ' +
                           say_.of(e.market) + leg_text(e.leg) + " @ " + say_.price(e.market, e.price);
        if (e.cause != Cause::fill) text += " (" + std::string(word(e.cause)) + ')';
        if (e.realised.raw() != 0)
            text += std::string(e.realised.raw() > 0 ? ", profit " : ", loss ") + say_.settle(e.market, abs(e.realised));
        if (e.fee.raw() != 0) text += ", fee " + say_.settle(e.market, e.fee);
        if (e.size_after.raw() == 0) return text + "; holds none";
        return text + "; holds " + say_.size(e.market, e.size_after) + ", entry " + say_.entry(e.market, e.size_after, e.cost_after);
    }

    std::string operator()(const event::Marked& e) {
        const auto price = [&](std::int64_t raw) { return say_.price(e.market, Price::from_raw(raw)); };
        const Guard& g = e.guard;
        std::string text = say_.of(e.market) + " marked " + (g.reported_set ? price(g.reported.raw()) : "not yet") + ": " +
                           std::string(words::of(g.state));
        if (g.index.raw() != 0) text += ", index " + price(g.index.raw());
        if (g.credit.value != g.reported.raw()) text += ", credit price " + price(g.credit.value);
        if (g.liquidation.value != g.reported.raw()) text += ", liquidation price " + price(g.liquidation.value);
        return text;
    }
    std::string operator()(const event::AssetMarked& e) {
        return say_.of(e.asset) + " is worth " + say_.asset_price(e.asset, e.price) +
               (e.smoothed == e.price ? "" : ", smoothed " + say_.asset_price(e.asset, e.smoothed));
    }
    std::string operator()(const event::RiskMeasured& e) {
        const auto money = [&](std::int64_t raw) { return say_.settle(e.market, Amount::from_raw(raw)); };
        return say_.of(e.market) + " measured: depth " + money(e.guard.depth.value) + ", daily volume " +
               money(e.guard.daily_volume.value) + ", volatility " + format_decimal_short(e.guard.volatility.value, rate_digits) +
               ", capitalisation " + money(e.market_cap.raw());
    }
    std::string operator()(const event::FundingPaid& e) {
        return say_.of(e.account) + (e.amount.raw() < 0 ? " pays " : " receives ") + say_.settle(e.market, abs(e.amount)) +
               " of funding in " + say_.of(e.market) + leg_text(e.leg);
    }
    std::string operator()(const event::FundingSettled& e) {
        return "funding of " + rate_text(e.rate) + " in " + say_.of(e.market) +
               (e.rounding.raw() == 0 ? "" : ", rounding " + say_.settle(e.market, e.rounding));
    }
    std::string operator()(const event::FundMoved& e) {
        return std::string("the fund ") + (e.amount.raw() > 0 ? "received " : "gave back ") + say_.money(e.asset, abs(e.amount));
    }
    std::string operator()(const event::FeesTaken& e) { return "the venue took " + say_.money(e.asset, e.amount) + " of fees out"; }
    std::string operator()(const event::BackstopSet& e) {
        return say_.of(e.account) + " is the backstop, budget " + say_.health(e.budget.raw(), {});
    }
    std::string operator()(const event::MarketDelisted& e) { return say_.of(e.market) + " is delisted"; }
    std::string operator()(const event::MarketSettled& e) { return say_.of(e.market) + " is settled at " + say_.price(e.market, e.price); }
    std::string operator()(const event::ReserveMeasured& e) {
        return "reserve ratio " + rate_text(e.ratio) + ": fund " + say_.health(e.fund, {}) + ", stressed loss " +
               say_.health(e.stressed, {});
    }

    std::string operator()(const event::BreachSeen& e) {
        return say_.of(e.subject) + " is below maintenance by " + say_.health(-e.health, e.subject);
    }
    std::string operator()(const event::BreachCleared& e) { return say_.of(e.subject) + " is above maintenance again"; }
    std::string operator()(const event::LiquidationStarted& e) {
        return "liquidation " + say_.of(e.liquidation) + " of " + say_.of(e.subject) + " begins: equity " +
               say_.health(e.equity, e.subject) + ", maintenance " + say_.health(e.requirement, e.subject) + waited(e.breach_ms);
    }
    std::string operator()(const event::LiquidationStep& e) {
        return "liquidation " + say_.of(e.liquidation) + ", step " + std::to_string(e.interval) + ": equity " +
               say_.health(e.equity, e.subject) + ", close-out " + say_.health(e.requirement, e.subject);
    }
    std::string operator()(const event::LiquidationFee& e) {
        const Amount sum = e.fund_part + e.liquidator_part + e.venue_part;
        return say_.of(e.subject) + " pays a liquidation fee of " + say_.settle(e.market, sum) + ": fund " +
               say_.settle(e.market, e.fund_part) + ", " + say_.of(e.liquidator) + ' ' + say_.settle(e.market, e.liquidator_part) +
               ", venue " + say_.settle(e.market, e.venue_part);
    }
    std::string operator()(const event::FundPaid& e) {
        return "the fund pays " + say_.money(e.asset, e.amount) + " for " + say_.of(e.subject);
    }
    std::string operator()(const event::CollateralTaken& e) {
        return "the fund buys " + say_.money(e.asset, e.amount) + " of " + say_.of(e.subject) + " for " + say_.money(e.paid_asset, e.paid);
    }
    std::string operator()(const event::BackstopCharged& e) {
        return "the backstop used " + say_.health(e.used.raw(), {}) + " of its budget, " + say_.health(e.left.raw(), {}) + " left";
    }
    std::string operator()(const event::LossShared& e) {
        const std::string who = e.market == every_market ? say_.of(e.account) : say_.of(LiquidationSubject{e.account, e.market, e.leg});
        return who + " bears " + say_.money(e.asset, e.amount) + " of the loss of " + say_.of(e.subject) +
               (e.from_profit ? ", out of the profit just paid" : "");
    }
    std::string operator()(const event::LossBooked& e) {
        return "nobody bears " + say_.money(e.asset, e.amount) + " of the loss of " + say_.of(e.subject) + ": bad debt";
    }
    std::string operator()(const event::LiquidationEnded& e) {
        return "liquidation " + say_.of(e.liquidation) + " of " + say_.of(e.subject) + " ends " + std::string(word(e.outcome)) + " after " +
               std::to_string(e.intervals) + (e.intervals == 1 ? " step" : " steps");
    }

private:
    /// What an order that is weighed without the others would leave, where orders are.
    std::optional<Size> alone(const event::OrderPlaced& e, std::uint32_t place) const {
        if (say_.params(e.market).open_orders != OpenOrderPolicy::each_alone) return std::nullopt;
        const Size held = state_.positions.of(state_.account(e.account).positions)[place].size;
        return e.side == Side::buy ? held + e.size : held - e.size;
    }
    static std::string leg_text(Leg leg) { return leg == Leg::net ? "" : ' ' + std::string(word(leg)); }

    /// The subject that an order's margin is asked of.
    LiquidationSubject holder_of(AccountId account, MarketId market, Leg leg) const {
        const auto place = find_position(state_, account, market, leg);
        const bool isolated = place && state_.positions.of(state_.account(account).positions)[*place].mode == MarginMode::isolated;
        return isolated ? LiquidationSubject{account, market, leg} : LiquidationSubject{account};
    }
    std::string waited(std::uint64_t breach_ms) const {
        return breach_ms == state_.time_ms ? "" : ", " + Speech::seconds(state_.time_ms - breach_ms) + " after the breach was seen";
    }

    const State& state_;
    Speech say_;
};

/// Whether a market's figures decided it: a withdrawal names none.
bool has_market(const Reject& r) { return r.price.raw() != 0; }

void add_health(const Speech& say, const Reject& r, const Where& where, std::vector<std::string>& lines) {
    if (r.required == 0 && r.available == 0) return;
    const LiquidationSubject subject =
        where.isolated && where.market ? LiquidationSubject{r.account, *where.market} : LiquidationSubject{r.account};
    lines.push_back("  required " + say.health(r.required, subject) + ", available " + say.health(r.available, subject) + ", short of " +
                    say.health(r.shortfall, subject));
}

void add_inputs(const Speech& say, const Reject& r, std::vector<std::string>& lines) {
    if (!has_market(r)) return;
    std::string text = "  " + say.of(r.market) + " @ " + say.price(r.market, r.price) + ", open interest " +
                       say.size(r.market, r.open_interest_long) + " long " + say.size(r.market, r.open_interest_short) + " short, depth " +
                       say.settle(r.market, r.depth) + ", schedule version " + std::to_string(r.schedule_version);
    if (r.binding != Binding::nothing) text += ", decided by " + std::string(word(r.binding));
    if (r.binding == Binding::term) text += ' ' + std::to_string(r.binding_term);
    if (r.binding_row != 0) text += ", row " + std::to_string(r.binding_row);
    lines.push_back(text);
}

/// What would pass, and the cheapest of it.
void add_cures(const Speech& say, const Reject& r, const Where& where, std::vector<std::string>& lines) {
    std::string text = "  ";
    if (r.size_passes && has_market(r)) text += "largest size " + say.size(r.market, r.largest_size) + "; ";
    if (r.size_passes && !has_market(r) && where.asset) text += "largest amount " + say.money(*where.asset, r.largest_amount) + "; ";
    if (r.deposit.raw() != 0) text += "least deposit " + say.money(r.deposit_asset, r.deposit) + "; ";
    switch (r.cheapest) {
        case Cure::none: return;
        case Cure::cancel_order: text += "cheapest: cancel order " + say.of(r.cancel); break;
        case Cure::smaller_size: text += has_market(r) ? "cheapest: a smaller size" : "cheapest: ask for less"; break;
        case Cure::deposit: text += "cheapest: a deposit"; break;
    }
    lines.push_back(text);
}

}  // namespace

std::string event_text(const State& state, const Names& names, const Event& event) { return std::visit(Teller(state, names), event); }

std::vector<std::string> reject_text(const State& state, const Names& names, const Reject& reject, const Where& command_where) {
    const auto texts = reject_texts();
    const auto found = std::find_if(texts.begin(), texts.end(), [&](const RejectText& t) { return t.code == reject.code; });
    PLIM_ASSERT(found != texts.end());
    std::vector<std::string> lines{"refused: " + std::string(found->name) + " (" + std::to_string(static_cast<int>(reject.code)) + "), " +
                                   std::string(found->meaning)};
    if (!state.active || reject.code < RejectCode::position_cap) return lines;
    const Speech say(state, names);
    const Where where = where_of(state, reject, command_where);
    add_health(say, reject, where, lines);
    add_inputs(say, reject, lines);
    add_cures(say, reject, where, lines);
    return lines;
}

}  // namespace plimsoll::codec
