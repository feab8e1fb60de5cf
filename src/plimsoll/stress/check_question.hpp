// A reference check as the rules read it: its figures by name, and the answers they give.
#pragma once

#include "plimsoll/stress/incident.hpp"
#include "plimsoll/stress/price_source.hpp"
#include "plimsoll/stress/schemes.hpp"
#include "plimsoll/text/json.hpp"

#include <algorithm>
#include <map>

namespace plimsoll::stress {

using text::Value;

// What a file may state: within these no rule leaves 128 bits, nor a schedule its domain.
inline constexpr std::int64_t accounts_limit = 1'000'000;

/// A computed answer: a figure with the direction in which its last printed place is rounded, a yes or no, or words.
struct Answer {
    Wide raw = 0;
    int digits = 0;
    Round round = Round::ceil;
    std::string words;  // not empty: compared as they are

    static Answer amount(Wide raw, Round round = Round::ceil) { return {raw, figure_digits, round, {}}; }
    static Answer yes_no(bool value) { return {0, 0, Round::ceil, value ? "true" : "false"}; }
};
/// value >= whole, without leaving 128 bits.
inline bool at_least(const Decimal& value, std::int64_t whole) { return Wide{value.raw} >= Wide{whole} * pow10(value.digits); }
/// whole >= value.
inline bool at_least(const Decimal& whole, const Decimal& value) { return Wide{whole.raw} * pow10(value.digits) >= Wide{value.raw}; }

using Answers = std::map<std::string, Answer>;

/// What a rule reads. A figure that is missing or no decimal makes the check unreadable, not zero.
class Question {
public:
    Question(const ReferenceCheck& asked, const Incident& of, const Reference& given) : check(asked), incident(of), reference(given) {}

    const ReferenceCheck& check;
    const Incident& incident;
    const Reference& reference;
    std::string fault;

    bool has(const char* key) const { return find(key) != nullptr; }
    Decimal decimal(const char* key, int digits = digits_max) {
        const Value* value = find(key);
        if (value != nullptr && (value->is(text::Kind::string) || value->is(text::Kind::number)))
            if (const auto parsed = parse_decimal_free(value->text, digits)) return *parsed;
        if (fault.empty()) fault = std::string("'") + key + "' is missing or no decimal of at most " + std::to_string(digits) + " decimals";
        return {1, 0};
    }
    /// A figure between two bounds, both allowed; the least of them when it is not, so that the rule can go on safely.
    Decimal between(const char* key, int digits, std::int64_t least, std::int64_t most) {
        const Decimal value = decimal(key, digits);
        if (at_least(value, least) && at_least({most, 0}, value)) return value;
        if (fault.empty()) fault = std::string("'") + key + "' lies outside " + std::to_string(least) + " and " + std::to_string(most);
        return {least == 0 ? 0 : least, 0};
    }
    Decimal rate(const char* key) { return between(key, rate_digits, 0, 10); }
    /// A price, or how many times another price it is.
    Decimal price(const char* key, int digits) {
        const Decimal value = between(key, digits, 0, price_limit);
        if (value.raw > 0) return value;
        if (fault.empty()) fault = std::string("'") + key + "' is not above 0";
        return {1, 0};
    }
    Wide money(const char* key) { return figure(between(key, figure_digits, 0, figure_limit)); }
    Wide money_above_zero(const char* key) {
        const Wide value = money(key);
        if (value > 0) return value;
        if (fault.empty()) fault = std::string("'") + key + "' is not above 0";
        return 1;
    }
    /// A schedule of stated figures: when they make none, the check cannot be read.
    CompiledSchedule schedule(const Schedule& stated) {
        auto made = compile(stated, figure_scales);
        if (made) return std::move(*made);
        if (fault.empty()) fault = "the figures make no schedule: " + made.error().front().message;
        return compiled(flat_scheme({1, 0}));
    }
    std::string words(const char* key) {
        const Value* value = find(key);
        return value != nullptr ? value->text : std::string();
    }
    const Value* find(const char* key) const {
        const Value* value = check.inputs.find(key);
        return value != nullptr ? value : check.params.find(key);
    }
    /// The prices among the inputs, by name; what is none is left out.
    PriceSources sources() const {
        PriceSources found;
        for (const text::Member& member : check.inputs.members)
            if (const auto price = parse_decimal_free(member.value.text, 6)) found[member.key] = *price;
        return found;
    }
    const std::vector<TableRow>* table() {
        const auto found = reference.tables.find(words("table"));
        if (found != reference.tables.end() && !found->second.empty()) return &found->second;
        fault = "there is no bracket table '" + words("table") + "'";
        return nullptr;
    }
};

using Rule = Answers (*)(Question&);

/// The rules that are answered by the real engine, by name.
const std::map<std::string, Rule>& engine_rules();

}  // namespace plimsoll::stress
