// Reading rows: exact numbers from strings or numbers, old names, sentinels, and what was never asked for.
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/formats/tiers_formats.hpp"

#include <algorithm>

namespace plimsoll::formats {

using text::Kind;
using text::Value;

namespace {

std::string quoted(std::string_view key) { return "'" + text::shown(key) + "'"; }

/// At or above the largest 64-bit integer, in any spelling.
bool is_sentinel(std::string_view number) {
    const auto plain = without_exponent(number);
    const auto value = parse_decimal_wide(plain ? *plain : number, digits_max);
    constexpr Wide largest = std::numeric_limits<std::int64_t>::max();
    return value && *value >= largest * pow10(digits_max);
}

}  // namespace

Row::Row(const Value& value, std::string name, Report& report) : value_(value), name_(std::move(name)), report_(report) {
    if (!is_object()) error("an object is expected, " + std::string(text::describe(value.kind)) + " is given", "one object a row");
}

void Row::find(Severity severity, const Value* at, std::string message, std::string cure) {
    report_.add(severity, at == nullptr ? value_.place : at->place, name_, std::move(message), std::move(cure));
}

const Value* Row::get(std::string_view key) {
    if (!was_asked(key)) asked_.push_back(key);
    const Value* value = value_.find(key);
    return value == nullptr || value->is(Kind::null) ? nullptr : value;
}

bool Row::has(std::string_view key) const { return value_.find(key) != nullptr; }

void Row::missing(std::string_view key) {
    if (!is_object()) return;
    const bool null = value_.find(key) != nullptr;
    error("field " + quoted(key) + (null ? " is null" : " is missing"), "give it");
}

const Value* Row::first_of(Names names) {
    const Value* found = nullptr;
    for (const std::string_view name : names) {
        const Value* value = get(name);
        if (value == nullptr || found != nullptr) continue;
        found = value;
        if (name != *names.begin())
            find(Severity::repair, value, "the old name " + quoted(name) + " is read as " + quoted(*names.begin()), "write the new one");
    }
    return found;
}

std::optional<Decimal> Row::decimal(std::string_view key, const Value& value) {
    if (!value.is(Kind::number) && !value.is(Kind::string)) {
        find(Severity::error, &value, quoted(key) + " should be a number, " + std::string(text::describe(value.kind)) + " is given",
             "give a number");
        return std::nullopt;
    }
    const auto plain = without_exponent(value.text);
    const std::string_view digits = plain ? std::string_view(*plain) : std::string_view(value.text);
    const auto read = parse_decimal_free(digits);
    if (!read) {
        Error described = describe(read.error(), digits, digits_max);
        find(Severity::error, &value, quoted(key) + ": " + described.what, described.cure);
        return std::nullopt;
    }
    if (plain) find(Severity::repair, &value, quoted(key) + ": " + value.text + " is read as " + *plain, "write the digits out");
    return *read;
}

std::optional<Decimal> Row::number(Names names) {
    const Value* value = first_of(names);
    return value == nullptr ? std::nullopt : decimal(*names.begin(), *value);
}

std::optional<Decimal> Row::number_or_missing(Names names) {
    const Value* value = first_of(names);
    if (value != nullptr) return decimal(*names.begin(), *value);
    missing(*names.begin());
    return std::nullopt;
}

Row::Bound Row::bound(Names names) {
    const Value* value = first_of(names);
    if (value == nullptr) return {};
    if ((value->is(Kind::number) || value->is(Kind::string)) && is_sentinel(value->text)) {
        find(Severity::repair, value,
             quoted(*names.begin()) + ": " + text::shown(value->text) + " is a sentinel and read as no upper bound", "");
        return {true, true, std::nullopt};
    }
    const auto read = decimal(*names.begin(), *value);
    return {true, read.has_value(), read};
}

std::optional<std::int64_t> Row::integer(std::string_view key) {
    const Value* value = get(key);
    if (value == nullptr) return std::nullopt;
    const auto read = decimal(key, *value);
    if (read && read->digits == 0) return read->raw;
    if (read) find(Severity::error, value, quoted(key) + ": " + text::shown(value->text) + " is not a whole number", "give a whole number");
    return std::nullopt;
}

std::optional<std::int64_t> Row::integer_or_missing(std::string_view key) {
    if (get(key) == nullptr) missing(key);
    return integer(key);
}

std::optional<std::string> Row::string(std::string_view key) {
    const Value* value = get(key);
    if (value == nullptr) return std::nullopt;
    if (value->is(Kind::string)) return value->text;
    find(Severity::error, value, quoted(key) + " should be a string, " + std::string(text::describe(value->kind)) + " is given",
         "put it in quotes");
    return std::nullopt;
}

const Value* Row::array_or_missing(std::string_view key) {
    const Value* value = get(key);
    if (value == nullptr) {
        missing(key);
        return nullptr;
    }
    if (value->is(Kind::array)) return value;
    find(Severity::error, value, quoted(key) + " should be an array, " + std::string(text::describe(value->kind)) + " is given",
         "put it in [ and ]");
    return nullptr;
}

bool Row::was_asked(std::string_view key) const { return std::find(asked_.begin(), asked_.end(), key) != asked_.end(); }

void Row::drop_rest(Names expected) {
    for (const text::Member& member : value_.members) {
        if (was_asked(member.key) || std::find(expected.begin(), expected.end(), member.key) != expected.end()) continue;
        report_.add(Severity::note, member.place, name_, "field " + quoted(member.key) + " is no part of the tiers and is not kept", "");
    }
}

std::vector<text::Member> Row::rest(Names expected, std::set<std::string>& noted) {
    std::vector<text::Member> left;
    for (const text::Member& member : value_.members) {
        if (was_asked(member.key)) continue;
        left.push_back(member);
        if (std::find(expected.begin(), expected.end(), member.key) != expected.end() || !noted.insert(member.key).second) continue;
        std::vector<std::string_view> absent;
        for (const std::string_view key : asked_)
            if (!has(key)) absent.push_back(key);
        const std::string_view near = text::nearest(member.key, absent);
        report_.add(Severity::note, member.place, name_, "field " + quoted(member.key) + " has no meaning here and is kept as it is",
                    near.empty() ? "" : "did you mean " + quoted(near) + "?");
    }
    return left;
}

TierTable& Grouped::table(const std::string& symbol, text::Place place) {
    const auto [found, fresh] = index_.try_emplace(symbol, set_.tables.size());
    if (fresh) {
        TierTable& table = set_.tables.emplace_back();
        table.symbol = symbol;
        table.place = place;
    }
    return set_.tables[found->second];
}

void Grouped::check(Report& report) const {
    for (const TierTable& table : set_.tables)
        if (!spoilt_.contains(table.symbol)) check_table(table, report);
}

void append_touching(TierTable& table, Tier tier) {
    if (!table.tiers.empty() && table.tiers.back().to) tier.from = *table.tiers.back().to;
    table.tiers.push_back(std::move(tier));
}

namespace {

/// One unit of the last decimal that any bound of the table has.
Decimal unit_of(const TierTable& table) {
    int digits = 0;
    for (const Tier& tier : table.tiers) digits = std::max({digits, tier.from.digits, tier.to ? tier.to->digits : 0});
    return {1, digits};
}

}  // namespace

void close_gaps(TierTable& table, Report& report) {
    if (table.tiers.empty()) return;
    const Decimal unit = unit_of(table);
    const auto apart = [&](std::size_t i) {
        const auto& to = table.tiers[i - 1].to;
        const auto gap = to ? subtract(table.tiers[i].from, *to) : std::nullopt;
        return gap && equal(*gap, unit);
    };
    std::vector<std::size_t> gaps;
    for (std::size_t i = 1; i < table.tiers.size(); ++i)
        if (apart(i)) gaps.push_back(i);
    const bool starts_apart = equal(table.tiers[0].from, unit);
    if (gaps.empty() && !(starts_apart && table.tiers.size() == 1)) return;  // what does not touch is found by the checks

    table.boundary = Boundary::gapped;
    table.gap = unit;
    table.first = table.tiers[0].from;
    if (starts_apart) table.tiers[0].from = {};
    report.add(Severity::repair, table.place, text::shown(table.symbol),
               "tiers stand " + to_text(unit) + " apart; the upper bounds are taken, and a size on one belongs to the lower tier", "");
    for (std::size_t i = 1; i < table.tiers.size(); ++i) {
        Tier& tier = table.tiers[i];
        const auto& to = table.tiers[i - 1].to;
        if (std::find(gaps.begin(), gaps.end(), i) == gaps.end() && to && equal(tier.from, *to))
            report.add(Severity::error, tier.place, row_name(table, tier),
                       "touches the tier before it, while others stand " + to_text(unit) + " apart", "give one kind of bounds");
    }
    for (const std::size_t i : gaps) table.tiers[i].from = *table.tiers[i - 1].to;
}

Decimal source_from(const TierTable& table, std::size_t index) {
    if (table.boundary != Boundary::gapped) return table.tiers[index].from;
    if (index == 0) return table.first;
    return add(table.tiers[index].from, table.gap).value_or(table.tiers[index].from);
}

}  // namespace plimsoll::formats
