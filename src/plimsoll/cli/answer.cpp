#include "plimsoll/cli/explanation.hpp"
#include "plimsoll/cli/question.hpp"

#include "plimsoll/risk/price_solve.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>

namespace plimsoll::cli {

namespace {

using text::JsonWriter;

/// Writes figures at the scales of the set.
class Answer {
public:
    Answer(const RiskContext& context, const Question& question) : context_(context), question_(question), view_(question.view()) {
        numeraire_digits_ = context.set().asset(context.set().numeraire).digits;
        out_.begin_object();
        if (!question.id.is(text::Kind::null)) out_.key("id").value(question.id);
    }

    std::string take() {
        out_.end_object();
        return out_.take();
    }

    void margin() {
        out_.key("numeraire").string(context_.set().asset(context_.set().numeraire).name);
        health("initial", Purpose::open);
        health("withdrawal", Purpose::withdraw);
        health("maintenance", Purpose::maintenance);
        health("closeout", Purpose::closeout);
        figure("equity", equity(context_, view_), numeraire_digits_);
        out_.key("positions").begin_array();
        for (std::size_t i = 0; i < view_.positions.size(); ++i) position(i);
        out_.end_array();
    }

    void order() {
        const Admission admission = admit(context_, view_, question_.order);
        const int digits = order_digits();
        out_.key("admitted").boolean(admission.admitted());
        if (!admission.admitted()) out_.key("refusal").string(to_string(admission.refusal));
        if (admission.reducing) out_.key("reducing").boolean(true);
        figure("required", admission.required, digits);
        figure("available", admission.available, digits);
        figure("shortfall", admission.shortfall, digits);
        if (admission.admitted()) return;
        const auto most = max_size(context_, view_, question_.order);
        figure("max_passing_size", most ? most->value : 0, instrument().size_digits);
    }

    void largest() {
        const auto most = max_size(context_, view_, question_.order);
        figure("max_size", most ? most->value : 0, instrument().size_digits);
        OrderRequest order = question_.order;
        order.size = Size::from_raw((most ? most->value : 0) + instrument().lot.raw());
        proof(most, order.size.raw(), instrument().size_digits, [&] { return admit(context_, view_, order); });
    }

    void liquidation() {
        const auto index = position_of(question_.order);
        out_.key("market").string(context_.market(question_.order.market).params->name);
        const auto answer = index ? liquidation_price(context_, view_, *index) : std::nullopt;
        out_.key("state").string(!answer ? "none" : answer->breached_now ? "breached" : "at-risk");
        price("liquidation_price", answer ? std::optional(answer->first_breach) : std::nullopt);
        price("last_safe_price", answer ? std::optional(answer->last_safe) : std::nullopt);
        const auto bankrupt = index ? bankruptcy_price(context_, view_, *index) : std::nullopt;
        price("bankruptcy_price", bankrupt ? std::optional(bankrupt->last_safe) : std::nullopt);
        out_.key("evaluations").number(std::int64_t{answer ? answer->evaluations : 0});
    }

    void withdrawal() {
        const Asset& asset = context_.set().asset(question_.asset);
        const auto most = max_withdrawal(context_, view_, question_.asset);
        out_.key("asset").string(asset.name);
        figure("max_withdrawal", most ? most->value : 0, asset.digits);
        const Amount next = Amount::from_raw((most ? most->value : 0) + 1);
        proof(most, next.raw(), asset.digits, [&] { return admit_withdrawal(context_, view_, question_.asset, next); });
    }

    void deposit() {
        const Asset& asset = context_.set().asset(question_.asset);
        const auto needed = deposit_needed(context_, view_, question_.asset, question_.purpose);
        out_.key("asset").string(asset.name).key("state").string(!needed ? "beyond-reach" : needed->value == 0 ? "none-needed" : "needed");
        if (needed) figure("deposit_needed", needed->value, asset.digits);
        else out_.key("deposit_needed").null();
        out_.key("evaluations").number(std::int64_t{needed ? needed->evaluations : 0});
        if (needed && needed->value > 0) figure("one_less_health", health_after(needed->value - 1), numeraire_digits_);
    }

private:
    const Instrument& instrument() const { return context_.market(question_.order.market).params->instrument; }
    int order_digits() const { return question_.order.mode == MarginMode::isolated ? instrument().settle_digits : numeraire_digits_; }

    void figure(std::string_view key, Wide raw, int digits) { out_.key(key).string(format_decimal_short(raw, digits)); }
    void price(std::string_view key, std::optional<Price> value) {
        out_.key(key);
        if (value) out_.string(format_decimal_short(value->raw(), instrument().price_digits));
        else out_.null();
    }

    /// Why one more would not pass: the reply proves itself.
    template <class Refuse>
    void proof(const std::optional<Solution>& solution, Wide next, int digits, Refuse refuse) {
        out_.key("evaluations").number(std::int64_t{solution ? solution->evaluations : 1});
        if (solution && solution->at_bound) {
            out_.key("bound").string("domain");
            return;
        }
        figure("next", next, digits);
        out_.key("next_refused").string(to_string(refuse().refusal));
    }

    /// Health for the purpose asked about when `deposit` of the asset has come in.
    Wide health_after(std::int64_t deposit) const {
        Account account = question_.account;
        const auto held =
            std::find_if(account.balances.begin(), account.balances.end(), [&](const Balance& b) { return b.asset == question_.asset; });
        if (held != account.balances.end()) held->amount = Amount::narrow(Wide{held->amount.raw()} + deposit);
        else account.balances.push_back({question_.asset, Amount::from_raw(deposit)});
        AccountView view = account.view();
        view.group = question_.group;
        return plimsoll::health(context_, view, question_.purpose).value();
    }

    std::optional<std::size_t> position_of(const OrderRequest& order) const {
        for (std::size_t i = 0; i < view_.positions.size(); ++i) {
            const Position& p = view_.positions[i];
            if (p.market == order.market && p.leg == order.leg && p.mode == order.mode) return i;
        }
        return std::nullopt;
    }

    void health(std::string_view key, Purpose purpose) {
        const Health h = plimsoll::health(context_, view_, purpose);
        out_.key(key).begin_object();
        figure("collateral", h.collateral, numeraire_digits_);
        figure("requirement", h.requirement, numeraire_digits_);
        figure("order_loss", h.order_loss, numeraire_digits_);
        figure("health", h.value(), numeraire_digits_);
        out_.end_object();
    }

    void position(std::size_t index) {
        const Position& p = view_.positions[index];
        const MarketView& market = context_.market(p.market);
        const int digits = market.params->instrument.settle_digits;
        const PositionRisk initial = position_risk(market, view_, index, Purpose::open);
        out_.begin_object()
            .key("market")
            .string(market.params->name)
            .key("settle")
            .string(context_.set().asset(market.params->settle).name);
        figure("size", p.size.raw(), market.params->instrument.size_digits);
        figure("pnl", initial.pnl, digits);
        figure("initial", initial.requirement.raw(), digits);
        figure("order_loss", initial.order_loss.raw(), digits);
        figure("maintenance", position_risk(market, view_, index, Purpose::maintenance).requirement.raw(), digits);
        figure("closeout", position_risk(market, view_, index, Purpose::closeout).requirement.raw(), digits);
        if (p.mode == MarginMode::isolated) {
            figure("isolated_initial_health", isolated_health(context_, view_, index, Purpose::open).value(), digits);
            figure("isolated_maintenance_health", isolated_health(context_, view_, index, Purpose::maintenance).value(), digits);
        }
        if (question_.explain) {
            out_.key("explanations").begin_array();
            for (const MarginAnswer& why : explain_position(context_, view_, index)) write_explanation(out_, why, market.schedule->scales);
            out_.end_array();
        }
        out_.end_object();
    }

    const RiskContext& context_;
    const Question& question_;
    AccountView view_;
    JsonWriter out_;
    int numeraire_digits_ = 0;
};

}  // namespace

std::vector<MarginAnswer> explain_position(const RiskContext& context, const AccountView& account, std::size_t index) {
    const Position& p = account.positions[index];
    const MarketView& market = context.market(p.market);
    const GroupSize* group = account.group.empty() ? nullptr : &account.group[p.market.index];
    const Size one = Size::from_raw(p.size.raw() < 0 ? -1 : 1);
    const FilledExposure now = exposure_of(market, group, p.size, p.size);
    const FilledExposure next = exposure_of(market, group, p.size, p.size + one);
    std::vector<MarginAnswer> answers;
    for (const Level level : {Level::initial, Level::maintenance, Level::closeout})
        answers.push_back(explain(*market.schedule, level, now.exposure, next.exposure, now.figures, terms_of(market, account, index)));
    return answers;
}

std::string answer_json(const RiskContext& context, const Question& question) {
    Answer answer(context, question);
    switch (question.ask) {
        case Ask::margin: answer.margin(); break;
        case Ask::order: answer.order(); break;
        case Ask::max_size: answer.largest(); break;
        case Ask::liquidation_price: answer.liquidation(); break;
        case Ask::max_withdrawal: answer.withdrawal(); break;
        case Ask::deposit_needed: answer.deposit(); break;
    }
    return answer.take();
}

}  // namespace plimsoll::cli
