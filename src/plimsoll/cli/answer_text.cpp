// Answers for a person. Every figure is taken from the JSON answer, so the two forms cannot disagree.
#include "plimsoll/cli/explanation.hpp"
#include "plimsoll/cli/question.hpp"

namespace plimsoll::cli {

namespace {

using text::Value;

class Text {
public:
    Text(const RiskContext& context, const Question& question, const Value& answer, const Console& console)
        : context_(context), question_(question), answer_(answer), console_(console) {}

    std::string margin() const {
        const std::string& unit = raw("numeraire");
        Table levels({false, true, true, true, true});
        levels.row({"in " + unit, "collateral", "requirement", "order loss", "health"});
        for (const char* level : {"initial", "withdrawal", "maintenance", "closeout"}) {
            const Value& row = *answer_.find(level);
            levels.row({level, of(row, "collateral"), of(row, "requirement"), of(row, "order_loss"), judged(of(row, "health"))});
        }
        std::string text = levels.text() + "equity " + figure("equity") + " " + unit + "\n";
        const std::vector<Value>& positions = answer_.find("positions")->items;
        if (positions.empty()) return text + "no positions\n";
        Table table({false, true, true, true, true, true, true, false});
        table.row({"position", "size", "pnl", "initial", "order loss", "maintenance", "closeout", "settle"});
        for (const Value& p : positions)
            table.row({of(p, "market"), of(p, "size"), of(p, "pnl"), of(p, "initial"), of(p, "order_loss"), of(p, "maintenance"),
                       of(p, "closeout"), of(p, "settle")});
        return text + "\n" + table.text() + explanations();
    }

    std::string order() const {
        std::string text =
            answer_.find("admitted")->truth() ? console_.green("admitted") : console_.red("refused") + ": " + words(raw("refusal"));
        if (answer_.find("reducing") != nullptr) text += " (it can only reduce the requirement)";
        text += "\nrequires " + figure("required") + ", available " + figure("available");
        if (raw("shortfall") != "0") text += ", short by " + figure("shortfall");
        text += "\n";
        if (answer_.find("max_passing_size") != nullptr) text += "the largest that passes: " + figure("max_passing_size") + "\n";
        return text;
    }

    std::string largest() const {
        const std::string side = question_.order.side == Side::buy ? "buy" : "sell";
        return "max size " + console_.bold(figure("max_size")) + " (" + side + " " + market_name() + ")\n" +
               proof("max_size", "no order passes");
    }

    std::string liquidation() const {
        const std::string& state = raw("state");
        if (state == "none")
            return "no liquidation price: at no mark of " + market_name() + " alone does liquidation start\n" + bankruptcy();
        if (state == "breached") return console_.red("in liquidation already") + ": maintenance is not met at the mark\n" + bankruptcy();
        std::string text =
            "liquidation price " + console_.bold(figure("liquidation_price")) + " (" + market_name() + ", everything else held)\n";
        if (!none("last_safe_price"))
            text += "proof: at " + figure("last_safe_price") + " maintenance is met, at " + figure("liquidation_price") + " it is not\n";
        return text + bankruptcy();
    }

    std::string withdrawal() const {
        return "max withdrawal " + console_.bold(figure("max_withdrawal")) + " " + raw("asset") + "\n" +
               proof("max_withdrawal", "nothing may leave");
    }

    std::string deposit() const {
        const std::string& state = raw("state");
        if (state == "none-needed") return "no deposit is needed\n";
        if (state == "beyond-reach") return "no deposit of " + raw("asset") + " within its amount_max is enough\n";
        return "deposit needed " + console_.bold(figure("deposit_needed")) + " " + raw("asset") +
               "\nproof: one last place less leaves a health of " + figure("one_less_health") + "\n";
    }

private:
    const std::string& raw(const char* key) const { return answer_.find(key)->text; }
    bool none(const char* key) const { return answer_.find(key)->is(text::Kind::null); }
    std::string figure(const char* key) const { return of(answer_, key); }
    static std::string of(const Value& object, const char* key) {
        const Value& value = *object.find(key);
        return parse_decimal_free(value.text) ? grouped(value.text) : value.text;
    }
    std::string judged(const std::string& health) const { return health.starts_with('-') ? console_.red(health) : health; }
    const std::string& market_name() const { return context_.market(question_.order.market).params->name; }

    static std::string words(std::string code) {
        for (char& c : code)
            if (c == '_') c = ' ';
        return code;
    }

    std::string proof(const char* key, const char* nothing) const {
        if (answer_.find("bound") != nullptr) return "bounded by the declared domain of the set: everything up to it passes\n";
        const std::string refused = figure("next") + " is refused, " + words(raw("next_refused")) + "\n";
        return raw(key) == "0" ? std::string(nothing) + ": " + refused : "proof: " + figure(key) + " passes, " + refused;
    }

    std::string bankruptcy() const {
        return none("bankruptcy_price") ? "no bankruptcy price\n" : "bankruptcy price " + figure("bankruptcy_price") + "\n";
    }

    std::string explanations() const {
        if (!question_.explain) return {};
        std::string text;
        const AccountView view = question_.view();
        for (std::size_t i = 0; i < view.positions.size(); ++i) {
            const MarketView& market = context_.market(view.positions[i].market);
            for (const MarginAnswer& why : explain_position(context_, view, i))
                text += "\n" + market.params->name + " " + explanation_text(why, market.schedule->scales, console_);
        }
        return text;
    }

    const RiskContext& context_;
    const Question& question_;
    const Value& answer_;
    const Console& console_;
};

}  // namespace

std::string answer_text(const RiskContext& context, const Question& question, const Value& answer, const Console& console) {
    const Text text(context, question, answer, console);
    switch (question.ask) {
        case Ask::margin: return text.margin();
        case Ask::order: return text.order();
        case Ask::max_size: return text.largest();
        case Ask::liquidation_price: return text.liquidation();
        case Ask::max_withdrawal: return text.withdrawal();
        case Ask::deposit_needed: return text.deposit();
    }
    return {};
}

}  // namespace plimsoll::cli
