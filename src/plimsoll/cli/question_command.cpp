#include "plimsoll/cli/question_command.hpp"

#include "plimsoll/cli/question.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/text/json.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace plimsoll::cli {

namespace {

using text::Value;

/// A question as the flags state it.
Result<Value, std::string> from_flags(const QuestionOptions& o, const ParameterSet& set) {
    Value question = Value::of_object();
    question.set("ask", Value::of_string(o.ask));
    Value account = Value::of_object();
    Value balances = Value::of_object();
    for (const std::string& balance : o.balances) {
        const std::size_t equals = balance.find('=');
        if (equals == std::string::npos || equals == 0) return fail("--balance wants NAME=AMOUNT, not '" + balance + "'");
        if (balances.find(balance.substr(0, equals)) != nullptr) return fail("--balance names " + balance.substr(0, equals) + " twice");
        balances.set(balance.substr(0, equals), Value::of_string(balance.substr(equals + 1)));
    }
    account.set("balances", std::move(balances));
    const auto put = [](Value& object, const char* key, const std::string& text) {
        if (!text.empty()) object.set(key, Value::of_string(text));
    };
    if (!o.market.empty()) {
        Value state = Value::of_object();
        put(state, "mark", o.mark.empty() ? (o.entry.empty() ? o.limit : o.entry) : o.mark);
        put(state, "open_interest", o.open_interest);
        put(state, "depth", o.depth);
        question.set("markets", Value::of_object().set(o.market, std::move(state)));
        if (!o.size.empty()) {
            Value position = Value::of_object();
            position.set("market", Value::of_string(o.market)).set("size", Value::of_string(o.size));
            put(position, "entry", o.entry);
            put(position, "leverage", o.leverage);
            account.set("positions", Value::of_array());
            account.members.back().value.push(std::move(position));
        }
        if (o.ask != "margin" && o.ask != "max-withdrawal" && o.ask != "deposit-needed") put(question, "market", o.market);
    } else if (set.markets.empty() || o.ask == "max-size" || o.ask == "liquidation-price") {
        return fail(std::string("--market is missing"));
    }
    question.set("account", std::move(account));
    if (o.ask == "max-size") {
        put(question, "side", o.side.empty() ? "buy" : o.side);
        put(question, "price", o.limit);
        put(question, "leverage", o.leverage);
    }
    if (o.ask == "max-withdrawal" || o.ask == "deposit-needed") put(question, "asset", o.asset);
    if (o.ask == "deposit-needed") put(question, "purpose", o.purpose);
    if (o.explain) question.set("explain", Value::of_bool(true));
    return question;
}

/// An answer as indented lines: nested figures under their heading.
void show(const Value& value, std::string& out, std::size_t indent) {
    for (const text::Member& member : value.members) {
        std::string name = member.key;
        for (char& c : name)
            if (c == '_') c = ' ';
        out += std::string(indent, ' ') + name;
        const Value& v = member.value;
        if (v.is(text::Kind::object)) {
            out += "\n";
            show(v, out, indent + 2);
        } else if (v.is(text::Kind::array)) {
            out += v.items.empty() ? ": none\n" : "\n";
            for (const Value& item : v.items) {
                show(item, out, indent + 2);
                if (&item != &v.items.back()) out += std::string(indent + 2, ' ') + "-\n";
            }
        } else {
            const bool figure = parse_decimal_free(v.text).has_value();
            out += ": " + (v.is(text::Kind::null) ? "none" : figure ? grouped(v.text) : v.text) + "\n";
        }
    }
}

bool says_no(const Value& answer) {
    const Value* admitted = answer.find("admitted");
    return admitted != nullptr && !admitted->truth();
}

Exit answer_one(Oracle& oracle, const Value& question, const std::string& file, const Console& console) {
    const auto answer = oracle.answer(question, file);
    if (!answer) {
        console.complain(answer.error());
        return Exit::bad_input;
    }
    const auto parsed = text::parse_json(*answer, "answer");
    if (console.json) console.print(*answer + "\n");
    else {
        std::string shown;
        show(*parsed, shown, 0);
        console.print(shown);
    }
    return says_no(*parsed) ? Exit::no : Exit::ok;
}

/// An error of a batch is an answer too: the line number, the id if it could be read, and every finding.
std::string error_line(std::size_t line, const Value* id, const std::vector<Error>& errors) {
    text::JsonWriter out;
    out.begin_object();
    if (id != nullptr) out.key("id").value(*id);
    out.key("line").number(static_cast<std::int64_t>(line)).key("errors").begin_array();
    for (const Error& error : errors) out.string(to_string(error));
    out.end_array().end_object();
    return out.take();
}

struct Closer {
    void operator()(std::FILE* file) const {
        if (file != stdin) std::fclose(file);
    }
};

Exit answer_batch(Oracle& oracle, const std::string& path, const Console& console) {
    const std::unique_ptr<std::FILE, Closer> file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
    if (!file) {
        console.complain(Error{path, std::string("cannot be read: ") + std::strerror(errno), "check the path"});
        return Exit::io;
    }
    const std::string name = path == "-" ? "stdin" : path;
    char* buffer = nullptr;
    std::size_t capacity = 0;
    std::size_t line = 0;
    std::size_t refused = 0;
    for (ssize_t got = 0; (got = getline(&buffer, &capacity, file.get())) >= 0;) {
        ++line;
        std::string_view text(buffer, static_cast<std::size_t>(got));
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
        if (text.empty()) continue;
        const std::string place = name + " line " + std::to_string(line);
        const auto question = text::parse_json(text, place);
        const auto answer = question ? oracle.answer(*question, place) : Result<std::string, std::vector<Error>>(fail(std::vector<Error>{question.error()}));
        if (!answer) ++refused;
        console.print((answer ? *answer : error_line(line, question ? question->find("id") : nullptr, answer.error())) + "\n");
    }
    std::free(buffer);
    if (refused > 0) console.complain(std::to_string(refused) + " of " + std::to_string(line) + " questions were refused");
    return refused > 0 ? Exit::bad_input : Exit::ok;
}

}  // namespace

Exit ask_question(const QuestionOptions& options, const Console& console) {
    const auto source = read_file(options.params);
    if (!source) {
        console.complain(source.error());
        return Exit::io;
    }
    auto set = formats::read_parameter_set(*source, options.params);
    if (!set) {
        console.complain(set.error());
        return Exit::bad_input;
    }
    auto context = RiskContext::make(std::move(*set));
    if (!context) {
        for (const Finding& finding : context.error()) console.complain(to_string(finding));
        return Exit::bad_input;
    }
    Oracle oracle(std::move(*context));
    if (!options.batch.empty()) return answer_batch(oracle, options.batch, console);
    if (!options.question.empty()) {
        const auto document = read_file(options.question);
        if (!document) {
            console.complain(document.error());
            return Exit::io;
        }
        const auto question = text::parse_json(*document, options.question);
        if (!question) {
            console.complain(question.error());
            return Exit::bad_input;
        }
        return answer_one(oracle, *question, options.question, console);
    }
    const auto question = from_flags(options, oracle.context().set());
    if (!question) {
        console.complain(question.error());
        return Exit::usage;
    }
    return answer_one(oracle, *question, "command line", console);
}

}  // namespace plimsoll::cli
