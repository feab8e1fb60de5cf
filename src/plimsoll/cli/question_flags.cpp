#include "plimsoll/cli/question_flags.hpp"

#include "plimsoll/text/source.hpp"

#include <algorithm>

namespace plimsoll::cli {

namespace {

using text::Value;

template <class Items>
Error unknown(const char* flag, const char* what, const std::string& name, const Items& items) {
    std::vector<std::string_view> names;
    std::string all;
    for (const auto& item : items) {
        names.push_back(item.name);
        all += (all.empty() ? "" : ", ") + item.name;
    }
    const std::string_view near = text::nearest(name, names);
    return {flag, std::string("there is no ") + what + " '" + name + "' in the set",
            near.empty() ? "it has " + all : "did you mean '" + std::string(near) + "'? it has " + all};
}

class FromFlags {
public:
    FromFlags(const QuestionOptions& options, const ParameterSet& set) : o_(options), set_(set) {}

    Result<FlagQuestion> run() {
        const bool about_market = o_.ask == "max-size" || o_.ask == "liquidation-price";
        if (about_market && o_.market.empty()) return fail(Error{"--market", "is missing", "name the market that is asked about"});
        if (o_.market.empty() && o_.balances.empty())
            return fail(Error{"", "nothing is asked", "give --market and --balance, --question FILE, or --batch -"});
        if (o_.ask == "liquidation-price" && o_.size.empty())
            return fail(Error{"--size", "is missing", "state the position held, negative for a short"});
        if (o_.market.empty() && !o_.size.empty()) return fail(Error{"--market", "is missing", "name the market of the position"});
        out_.document = Value::of_object();
        out_.document.set("ask", Value::of_string(o_.ask));
        Value account = Value::of_object();
        auto balances = pairs("--balance", o_.balances, "question.account.balances.");
        if (!balances) return fail(balances.error());
        account.set("balances", std::move(*balances));
        if (auto added = assets(); !added) return fail(added.error());
        if (auto added = market(account); !added) return fail(added.error());
        put(account, "name", "question.account.name", "--account", o_.account);
        out_.document.set("account", std::move(account));
        target();
        return std::move(out_);
    }

private:
    void put(Value& object, const char* key, const std::string& path, const char* flag, const std::string& text) {
        if (text.empty()) return;
        object.set(key, Value::of_string(text));
        out_.flags.emplace_back(path, flag);
    }

    /// NAME=FIGURE of assets.
    Result<Value> pairs(const char* flag, const std::vector<std::string>& given, const std::string& path) {
        Value object = Value::of_object();
        for (const std::string& pair : given) {
            const std::size_t equals = pair.find('=');
            if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
                return fail(Error{flag, "'" + pair + "' is not NAME=FIGURE", std::string("write ") + flag + " USDT=10000"});
            const std::string name = pair.substr(0, equals);
            if (!set_.asset_id(name)) return fail(unknown(flag, "asset", name, set_.assets));
            if (object.find(name) != nullptr) return fail(Error{flag, "names " + name + " twice", "add them up"});
            object.set(name, Value::of_string(pair.substr(equals + 1)));
            out_.flags.emplace_back(path + name, flag);
        }
        return object;
    }

    Result<void> assets() {
        auto prices = pairs("--price", o_.prices, "question.assets.");
        if (!prices) return fail(prices.error());
        for (const std::string& balance : o_.balances) {
            const std::string name = balance.substr(0, balance.find('='));
            if (prices->find(name) == nullptr && set_.asset_id(name) != set_.numeraire)
                return fail(
                    Error{"--price", "is missing for " + name, "give --price " + name + "=PRICE in " + set_.asset(set_.numeraire).name});
        }
        if (prices->members.empty()) return {};
        Value states = Value::of_object();
        for (const text::Member& member : prices->members) {
            states.set(member.key, Value::of_object().set("price", member.value));
            out_.flags.emplace_back("question.assets." + member.key + ".price", "--price");
        }
        out_.document.set("assets", std::move(states));
        return {};
    }

    Result<void> market(Value& account) {
        if (o_.market.empty()) return {};
        if (!set_.market_id(o_.market)) return fail(unknown("--market", "market", o_.market, set_.markets));
        const auto& [flag, mark] = !o_.mark.empty()    ? std::pair("--mark", o_.mark)
                                   : !o_.entry.empty() ? std::pair("--entry", o_.entry)
                                                       : std::pair("--limit", o_.limit);
        if (mark.empty()) return fail(Error{"--mark", "is missing", o_.ask == "max-size" ? "give it, or --limit" : "give it, or --entry"});
        const std::string path = "question.markets." + o_.market + ".";
        Value state = Value::of_object();
        put(state, "mark", path + "mark", flag, mark);
        put(state, "open_interest", path + "open_interest", "--open-interest", o_.open_interest);
        put(state, "depth", path + "depth", "--depth", o_.depth);
        out_.document.set("markets", Value::of_object().set(o_.market, std::move(state)));
        if (o_.size.empty()) return {};
        Value position = Value::of_object();
        position.set("market", Value::of_string(o_.market));
        const std::string held = "question.account.positions[0].";
        put(position, "size", held + "size", "--size", o_.size);
        put(position, "entry", held + "entry", "--entry", o_.entry);
        put(position, "leverage", held + "leverage", "--leverage", o_.leverage);
        account.set("positions", Value::of_array());
        account.members.back().value.push(std::move(position));
        return {};
    }

    void target() {
        Value& q = out_.document;
        if (o_.ask == "max-size" || o_.ask == "liquidation-price") put(q, "market", "question.market", "--market", o_.market);
        if (o_.ask == "max-size") {
            put(q, "side", "question.side", "--side", o_.side.empty() ? "buy" : o_.side);
            put(q, "price", "question.price", "--limit", o_.limit);
            put(q, "leverage", "question.leverage", "--leverage", o_.leverage);
        }
        if (o_.ask == "max-withdrawal" || o_.ask == "deposit-needed") put(q, "asset", "question.asset", "--asset", o_.asset);
        if (o_.ask == "deposit-needed") put(q, "purpose", "question.purpose", "--purpose", o_.purpose);
        if (o_.explain) q.set("explain", Value::of_bool(true));
    }

    const QuestionOptions& o_;
    const ParameterSet& set_;
    FlagQuestion out_;
};

}  // namespace

Result<FlagQuestion> question_from_flags(const QuestionOptions& options, const ParameterSet& set) { return FromFlags(options, set).run(); }

std::vector<Error> in_flags(const std::vector<Error>& errors, const FlagQuestion& question) {
    std::vector<Error> out;
    for (const Error& error : errors) {
        Error renamed{"command line", error.what, error.cure};
        for (const auto& [path, flag] : question.flags)
            if (error.what.starts_with(path + ": ")) renamed = {flag, error.what.substr(path.size() + 2), error.cure};
        if (std::find(out.begin(), out.end(), renamed) == out.end()) out.push_back(std::move(renamed));
    }
    return out;
}

}  // namespace plimsoll::cli
