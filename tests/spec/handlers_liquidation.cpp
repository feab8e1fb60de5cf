// The verbs of spec/12-liquidation.md: plans and losses of the account that a block describes (handlers_accounts.cpp), and who pays.
#include "documents.hpp"
#include "table.hpp"

#include "plimsoll/liquidation/plan.hpp"
#include "plimsoll/liquidation/waterfall.hpp"

#include <optional>

namespace plimsoll::spec {

namespace {

/// The account of the block, and what the venue knows.
struct Described {
    std::shared_ptr<cli::Oracle> oracle;
    cli::Question question;

    const RiskContext& context() const { return oracle->context(); }
    const Instrument& instrument(std::size_t position) const {
        return context().market(question.account.positions[position].market).params->instrument;
    }
    std::string numeraire(Wide amount) const {
        const ParameterSet& set = context().set();
        return format_decimal_short(amount, set.asset(set.numeraire).digits);
    }
};

Result<Described, std::string> described(const Call& call) {
    const auto table = table_of(call.context);
    if (!table) return fail(table.error());
    auto question = (*table)->oracle->read(question_of(**table, "margin", text::Value::of_object()), "account");
    if (!question) return fail(joined(question.error()));
    return Described{(*table)->oracle, std::move(*question)};
}

template <class Count>
std::optional<Count> figure(const std::string& word, int digits) {
    const auto value = parse_count<Count>(word, digits);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::size_t> place(const std::string& word, const Described& account) {
    const auto number = small(word);
    if (!number || *number < 1 || static_cast<std::size_t>(*number) > account.question.account.positions.size()) return std::nullopt;
    return static_cast<std::size_t>(*number) - 1;
}

/// plan fee RATE [of N] [most SIZE]: `most` is of every position, at its market's digits; `of` asks an isolated one.
struct PlanAsk {
    std::vector<Closing> closings;
    std::optional<std::size_t> isolated;
};
std::optional<PlanAsk> plan_ask(const std::vector<std::string>& words, const Described& account) {
    PlanAsk ask;
    const auto fee = words.size() >= 3 && words[1] == "fee" ? figure<Rate>(words[2], rate_digits) : std::nullopt;
    if (!fee || words.size() % 2 == 0) return std::nullopt;
    ask.closings.assign(account.question.account.positions.size(), Closing{*fee, Size::max()});
    for (std::size_t i = 3; i + 1 < words.size(); i += 2) {
        if (words[i] == "of") {
            ask.isolated = place(words[i + 1], account);
            if (!ask.isolated) return std::nullopt;
            continue;
        }
        for (std::size_t p = 0; p < ask.closings.size(); ++p) {
            const auto most = figure<Size>(words[i + 1], account.instrument(p).size_digits);
            if (words[i] != "most" || !most) return std::nullopt;
            ask.closings[p].size_most = *most;
        }
    }
    return ask;
}

std::vector<Reduction> planned(const Described& account, const PlanAsk& ask) {
    PlanRoom room;
    std::vector<Reduction> plan;
    const AccountView view = account.question.view();
    if (ask.isolated) plan_isolated(account.context(), view, *ask.isolated, ask.closings[*ask.isolated], room, plan);
    else plan_cross(account.context(), view, ask.closings, room, plan);
    return plan;
}

/// What a plan leaves of the close-out headroom; `one_lot_less` leaves a lot of the last reduction out.
std::string left_by(Described account, const PlanAsk& ask, bool one_lot_less) {
    std::vector<Reduction> plan = planned(account, ask);
    if (one_lot_less && !plan.empty()) plan.back().size -= account.instrument(plan.back().position).lot;
    Account& held = account.question.account;
    for (const Reduction& r : plan)
        if (r.size.raw() > 0)
            close_at_mark(account.context(), held.positions, held.balances, r.position, r.size, ask.closings[r.position].fee);
    const AccountView view = account.question.view();
    if (!ask.isolated) return account.numeraire(health(account.context(), view, Purpose::closeout).value());
    return format_decimal_short(isolated_health(account.context(), view, *ask.isolated, Purpose::closeout).value(),
                                account.instrument(*ask.isolated).settle_digits);
}

template <class Say>
Handler of_plan(Say say) {
    return [say](const Call& call) -> Answer {
        const auto account = described(call);
        if (!account) return senseless(account.error());
        const auto ask = plan_ask(call.words, *account);
        return ask ? answer(say(*account, *ask)) : senseless(call.words[0] + " fee RATE [of N] [most SIZE]");
    };
}

/// plan: SIZE of N for each reduction, in their order.
const Verb plan_registered("plan", of_plan([](const Described& account, const PlanAsk& ask) {
                               std::vector<std::string> texts;
                               for (const Reduction& r : planned(account, ask))
                                   texts.push_back(format_decimal_short(r.size.raw(), account.instrument(r.position).size_digits) + " of " +
                                                   std::to_string(r.position + 1));
                               return texts.empty() ? std::string("nothing") : joined(texts, ", ");
                           }));
const Verb left_registered("plan-leaves",
                           of_plan([](const Described& account, const PlanAsk& ask) { return left_by(account, ask, false); }));
const Verb less_registered("one-lot-less-leaves",
                           of_plan([](const Described& account, const PlanAsk& ask) { return left_by(account, ask, true); }));

/// closed N SIZE fee RATE: what is booked, and the cost that stays.
const Verb closed_registered("closed", [](const Call& call) -> Answer {
    const auto account = described(call);
    const auto& words = call.words;
    if (!account) return senseless(account.error());
    const auto position = words.size() == 5 && words[3] == "fee" ? place(words[1], *account) : std::nullopt;
    if (!position) return senseless("closed N SIZE fee RATE");
    const Instrument& instrument = account->instrument(*position);
    const auto size = figure<Size>(words[2], instrument.size_digits);
    const auto fee = figure<Rate>(words[4], rate_digits);
    Account held = account->question.account;
    held.balances.clear();
    if (!size || !fee || size->raw() <= 0 || *size > abs(held.positions[*position].size)) return senseless("closed N SIZE fee RATE");
    const Amount own = held.positions[*position].isolated_collateral;
    close_at_mark(account->context(), held.positions, held.balances, *position, *size, *fee);
    const Position& p = held.positions[*position];
    const Amount booked = p.mode == MarginMode::isolated ? p.isolated_collateral - own : held.balances.front().amount;
    return answer("books " + format_decimal_short(booked.raw(), instrument.settle_digits) + ", cost " +
                  format_decimal_short(p.cost, notional_digits(instrument)) + " stays");
});

/// stressed RATE, or stressed RATE of N for an isolated position.
const Verb stressed_registered("stressed", [](const Call& call) -> Answer {
    const auto account = described(call);
    const auto& words = call.words;
    if (!account) return senseless(account.error());
    const auto stress = words.size() >= 2 ? figure<Rate>(words[1], rate_digits) : std::nullopt;
    if (!stress) return senseless("stressed RATE [of N]");
    const AccountView view = account->question.view();
    if (words.size() == 2) return answer(account->numeraire(stressed_loss(account->context(), view, *stress)));
    const auto position = words.size() == 4 && words[2] == "of" ? place(words[3], *account) : std::nullopt;
    if (!position) return senseless("stressed RATE [of N]");
    return answer(format_decimal_short(stressed_loss_isolated(account->context(), view, *position, *stress),
                                       account->instrument(*position).settle_digits));
});

/// paced N share RATE: how much of the Nth position's market may be liquidated in one interval.
const Verb paced_registered("paced", [](const Call& call) -> Answer {
    const auto account = described(call);
    if (!account) return senseless(account.error());
    const auto position = call.words.size() == 4 ? place(call.words[1], *account) : std::nullopt;
    const auto share = position ? figure<Rate>(call.words[3], rate_digits) : std::nullopt;
    if (!share) return senseless("paced N share RATE");
    const MarketView& market = account->context().market(account->question.account.positions[*position].market);
    return answer(format_decimal_short(paced_size(market, *share).raw(), market.params->instrument.size_digits));
});

/// fee-split FEE fund RATE liquidator RATE: whole last places.
const Verb split_registered("fee-split", [](const Call& call) -> Answer {
    const auto& words = call.words;
    if (words.size() != 6) return senseless("fee-split FEE fund RATE liquidator RATE");
    const auto fee = figure<Amount>(words[1], 0);
    const auto fund = figure<Rate>(words[3], rate_digits);
    const auto liquidator = figure<Rate>(words[5], rate_digits);
    if (!fee || !fund || !liquidator) return senseless("fee-split FEE fund RATE liquidator RATE");
    const FeeSplit s = split_fee(*fee, *fund, *liquidator);
    return answer("fund " + std::to_string(s.fund.raw()) + ", liquidator " + std::to_string(s.liquidator.raw()) + ", venue " +
                  std::to_string(s.venue.raw()));
});

/// share LOSS over BEARABLE BEARABLE ...: whole last places.
const Verb share_registered("share", [](const Call& call) -> Answer {
    const auto& words = call.words;
    const auto loss = words.size() > 3 && words[2] == "over" ? figure<Amount>(words[1], 0) : std::nullopt;
    if (!loss) return senseless("share LOSS over BEARABLE ...");
    std::vector<Amount> bearable;
    for (std::size_t i = 3; i < words.size(); ++i) {
        const auto amount = figure<Amount>(words[i], 0);
        if (!amount) return senseless("'" + words[i] + "' is no amount");
        bearable.push_back(*amount);
    }
    std::vector<Amount> charges(bearable.size());
    share_loss(*loss, bearable, charges);
    std::string text;
    for (const Amount charge : charges) text += (text.empty() ? "" : " ") + std::to_string(charge.raw());
    return answer(text);
});

struct Winners {
    std::vector<Winner> all;
};

/// winner ACCOUNT profit P cost C notional N equity E: whole numbers.
const Verb winner_registered("winner", [](const Call& call) -> Answer {
    const auto& words = call.words;
    if (words.size() != 10) return senseless("winner ACCOUNT profit P cost C notional N equity E");
    const auto account = small(words[1]);
    const auto profit = whole(words[3]);
    const auto cost = whole(words[5]);
    const auto notional = whole(words[7]);
    const auto equity = whole(words[9]);
    if (!account || !profit || !cost || !notional || !equity) return senseless("winner ACCOUNT profit P cost C notional N equity E");
    std::any& kept = call.context.kept["winners"];
    if (!kept.has_value()) kept = Winners{};
    std::any_cast<Winners&>(kept).all.push_back(
        {{static_cast<std::uint32_t>(*account)}, 0, Size::from_raw(1), *profit, *cost, *notional, *equity});
    return answer("");
});

/// deleveraged: the accounts in the order in which they are deleveraged.
const Verb ranked_registered("deleveraged", [](const Call& call) -> Answer {
    const auto found = call.context.kept.find("winners");
    if (found == call.context.kept.end()) return senseless("say 'winner' first");
    std::vector<Winner> winners = std::any_cast<Winners&>(found->second).all;
    rank_winners(winners);
    std::string text;
    for (const Winner& w : winners) text += (text.empty() ? "" : " ") + std::to_string(w.account.index);
    return answer(text);
});

}  // namespace

}  // namespace plimsoll::spec
