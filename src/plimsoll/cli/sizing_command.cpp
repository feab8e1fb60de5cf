#include "plimsoll/cli/sizing_command.hpp"

#include "plimsoll/cli/question.hpp"
#include "plimsoll/cli/set_file.hpp"
#include "plimsoll/plot/terminal.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace plimsoll::cli {

namespace {

using text::Value;

double number(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

/// Asks the exact questions of one account in one market.
class Asker {
public:
    Asker(const SizeOptions& o, const ParameterSet& set, Oracle oracle)
        : o_(o), numeraire_(set.asset(set.numeraire).name), oracle_(std::move(oracle)) {}

    Result<Value, std::vector<Error>> ask(std::string_view what, const std::string& size) {
        text::JsonWriter json;
        json.begin_object().key("ask").string(what);
        if (what != "margin") json.key("market").string(o_.market);
        json.key("markets").begin_object().key(o_.market).begin_object().key("mark").string(o_.price).end_object().end_object();
        json.key("account").begin_object().key("balances").begin_object().key(numeraire_).string(o_.equity).end_object();
        if (!size.empty()) {
            json.key("positions").begin_array().begin_object().key("market").string(o_.market);
            json.key("size").string((o_.side == "sell" ? "-" : "") + size).end_object().end_array();
        }
        json.end_object();
        if (what == "max-size") json.key("side").string(o_.side);
        const auto document = text::parse_json(json.end_object().take(), "flags");
        if (!document) return fail(std::vector{document.error()});
        auto question = oracle_.read(*document, "flags");
        if (!question) return fail(question.error());
        return *text::parse_json(answer_json(oracle_.context(), *question), "answer");
    }

private:
    const SizeOptions& o_;
    std::string numeraire_;
    Oracle oracle_;
};

/// One way of sizing, and what it comes to.
struct Sized {
    std::string name;
    double wanted = 0;  // notional
    std::string size;
    bool limited = false;
    std::string margin;
    std::string liquidation;
};

std::vector<Sized> ways_of(const SizeOptions& o) {
    const double equity = number(o.equity);
    const double yearly = o.daily_volatility * std::sqrt(365.0);
    std::vector<Sized> ways;
    if (o.target > 0 && yearly > 0) ways.push_back({"volatility target", equity * o.target / yearly, {}, false, {}, {}});
    if (o.risk > 0 && o.stop > 0) ways.push_back({"fixed fraction", equity * o.risk / o.stop, {}, false, {}, {}});
    if (o.edge > 0 && yearly > 0) ways.push_back({"Kelly, capped", equity * o.kelly_share * o.edge / (yearly * yearly), {}, false, {}, {}});
    return ways;
}

/// What is wanted in whole lots, downwards, at most what the schedule lets pass.
std::string lots_of(const Instrument& instrument, double wanted, const std::string& largest, bool& limited) {
    const double unit = std::pow(10.0, instrument.size_digits);
    const double most = number(largest);
    limited = wanted > most;
    if (limited) return largest;
    const auto raw = static_cast<std::int64_t>(std::floor(wanted * unit + 1e-9));
    return format_decimal_short(raw / instrument.lot.raw() * instrument.lot.raw(), instrument.size_digits);
}

void print_sizes(const std::vector<Sized>& ways, const SizeOptions& o, const std::string& largest, const Console& console) {
    if (console.json) {
        text::JsonWriter json;
        json.begin_object().key("market").string(o.market).key("max_size").string(largest).key("ways").begin_array();
        for (const Sized& way : ways) {
            json.begin_object().key("way").string(way.name).key("size").string(way.size).key("limited_by_schedule").boolean(way.limited);
            json.key("margin").string(way.margin).key("liquidation_price").string(way.liquidation).end_object();
        }
        console.print(json.end_array().end_object().take() + "\n");
        return;
    }
    Table table({false, true, true, true, true, true, true, false});
    table.row({"way", "wanted", "size", "leverage", "margin", "liquidation at", "distance", ""});
    table.rule();
    const double price = number(o.price);
    for (const Sized& way : ways) {
        char leverage[32];
        std::snprintf(leverage, sizeof leverage, "%.2f", number(way.size) * price / number(o.equity));
        table.row({way.name, human(way.wanted), way.size, leverage, way.margin, way.liquidation.empty() ? "never" : way.liquidation,
                   way.liquidation.empty() ? "" : percent(std::abs(number(way.liquidation) / price - 1)),
                   way.limited ? "as much as the schedule lets pass" : ""});
    }
    console.print(table.text());
    console.print("The schedule lets " + largest + " pass.\n");
}

std::string text_of(const Value& value, const char* key) {
    const Value* found = value.find(key);
    return found != nullptr && found->is(text::Kind::string) ? found->text : std::string();
}

}  // namespace

Exit size_command(const SizeOptions& o, const Console& console) {
    auto ways = ways_of(o);
    if (ways.empty()) {
        console.complain(Error{"plimsoll size", "no way of sizing has its figures",
                               "give --daily-volatility with --target or --edge, or --risk with --stop"});
        return Exit::usage;
    }
    auto market = read_listed(o.params, o.market);
    if (!market) return refused(console, market.error());
    auto context = RiskContext::make(market->set);
    if (!context) {
        console.complain(to_string(context.error().front()));
        return Exit::bad_input;
    }
    Asker asker(o, market->set, Oracle(std::move(*context), Ask::margin));
    const auto most = asker.ask("max-size", {});
    if (!most) return refused(console, most.error());
    const std::string largest = text_of(*most, "max_size");
    if (largest.empty() || number(largest) == 0) {
        console.complain(Error{o.market, "the schedule lets no position pass", "more equity is needed"});
        return Exit::no;
    }
    for (Sized& way : ways) {
        way.size = lots_of(market->set.market(market->market).instrument, way.wanted / number(o.price), largest, way.limited);
        if (number(way.size) == 0) continue;
        const auto margin = asker.ask("margin", way.size);
        const auto liquidation = asker.ask("liquidation-price", way.size);
        if (!margin) return refused(console, margin.error());
        if (!liquidation) return refused(console, liquidation.error());
        way.margin = text_of(*margin->find("initial"), "requirement");
        way.liquidation = text_of(*liquidation, "liquidation_price");
    }
    print_sizes(ways, o, largest, console);
    return Exit::ok;
}

}  // namespace plimsoll::cli
