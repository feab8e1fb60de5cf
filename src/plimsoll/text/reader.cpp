#include "plimsoll/text/reader.hpp"

#include <algorithm>

namespace plimsoll::text {

namespace {

std::string at_path(std::string_view path) { return path.empty() ? "" : std::string(path) + ": "; }

std::string expected(std::string_view path, std::string_view wanted, const Value& got) {
    return at_path(path) + std::string(wanted) + " is expected, " + std::string(describe(got.kind)) + " is given";
}

void refuse_decimal(const Value& value, std::string_view path, const DecimalError& error, int digits, Issues& issues) {
    Error described = describe(error, value.text, digits);
    issues.add(value.place, at_path(path) + described.what, std::move(described.cure));
}

bool holds_decimal(const Value& value, std::string_view path, Issues& issues) {
    if (value.is(Kind::string) || value.is(Kind::number)) return true;
    issues.add(value.place, expected(path, "a decimal", value), "write it as a string, such as \"0.05\"");
    return false;
}

}  // namespace

std::optional<Decimal> read_decimal(const Value& value, std::string_view path, int digits, Issues& issues) {
    if (!holds_decimal(value, path, issues)) return std::nullopt;
    const auto decimal = parse_decimal_free(value.text, digits);
    if (decimal) return *decimal;
    refuse_decimal(value, path, decimal.error(), digits, issues);
    return std::nullopt;
}

std::optional<std::int64_t> read_count(const Value& value, std::string_view path, int digits, Issues& issues) {
    if (!holds_decimal(value, path, issues)) return std::nullopt;
    const auto raw = parse_decimal(value.text, digits);
    if (raw) return *raw;
    refuse_decimal(value, path, raw.error(), digits, issues);
    return std::nullopt;
}

std::optional<std::int64_t> read_integer(const Value& value, std::string_view path, std::int64_t min, std::int64_t max, Issues& issues) {
    const auto number = value.is(Kind::number) ? parse_decimal(value.text, 0) : Result<std::int64_t, DecimalError>(fail(DecimalError{}));
    if (!value.is(Kind::number)) {
        issues.add(value.place, expected(path, "a whole number", value), "write it without quotes");
    } else if (!number || *number < min || *number > max) {
        issues.add(value.place,
                   at_path(path) + shown(value.text) + " is not a whole number from " + std::to_string(min) + " to " + std::to_string(max),
                   "write one of these");
    } else {
        return *number;
    }
    return std::nullopt;
}

std::optional<std::string> read_string(const Value& value, std::string_view path, Issues& issues) {
    if (value.is(Kind::string)) return value.text;
    issues.add(value.place, expected(path, "a string", value), "put it in quotes");
    return std::nullopt;
}

std::optional<bool> read_bool(const Value& value, std::string_view path, Issues& issues) {
    if (value.is(Kind::boolean)) return value.truth();
    issues.add(value.place, expected(path, "true or false", value), "write true or false without quotes");
    return std::nullopt;
}

ObjectReader::ObjectReader(const Value& value, std::string path, Issues& issues) : value_(value), path_(std::move(path)), issues_(issues) {
    if (!is_object()) issues_.add(value_.place, expected(path_, "an object", value_), "give it as a table of keys and values");
}

std::string ObjectReader::path_of(std::string_view key) const { return path_.empty() ? std::string(key) : path_ + "." + std::string(key); }

std::optional<std::int64_t> ObjectReader::plain_count(const Value& value, int digits) {
    if (!value.is(Kind::string) && !value.is(Kind::number)) return std::nullopt;
    const auto raw = parse_decimal(value.text, digits);
    return raw ? std::optional(*raw) : std::nullopt;
}

bool ObjectReader::has(std::string_view key) { return get(key, Need::optional) != nullptr; }

const Value* ObjectReader::get(std::string_view key, Need need) {
    if (known_.empty()) known_.reserve(16);
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    const Value* value = value_.find(key);
    if (value != nullptr && !value->is(Kind::null)) return value;
    if (need == Need::required && is_object())
        issues_.add(value_.place, at_path(path_) + "key '" + std::string(key) + "' is missing", "add it");
    return nullptr;
}

std::optional<std::string> ObjectReader::string(std::string_view key, Need need) {
    const Value* value = get(key, need);
    if (value == nullptr) return std::nullopt;
    return value->is(Kind::string) ? std::optional(value->text) : read_string(*value, path_of(key), issues_);
}

std::optional<bool> ObjectReader::boolean(std::string_view key, Need need) {
    const Value* value = get(key, need);
    if (value == nullptr) return std::nullopt;
    return value->is(Kind::boolean) ? std::optional(value->truth()) : read_bool(*value, path_of(key), issues_);
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key, std::int64_t min, std::int64_t max, Need need) {
    const Value* value = get(key, need);
    return value == nullptr ? std::nullopt : read_integer(*value, path_of(key), min, max, issues_);
}

std::optional<Decimal> ObjectReader::decimal(std::string_view key, Need need, int digits) {
    const Value* value = get(key, need);
    return value == nullptr ? std::nullopt : read_decimal(*value, path_of(key), digits, issues_);
}

std::optional<std::size_t> ObjectReader::one_of(std::string_view key, std::initializer_list<std::string_view> names, Need need) {
    const auto word = string(key, need);
    if (!word) return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), *word);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string all;
    for (const std::string_view name : names) all += (all.empty() ? "'" : ", '") + std::string(name) + "'";
    const std::string_view near = nearest(*word, names);
    issues_.add(value_.find(key)->place, at_path(path_of(key)) + "'" + shown(*word) + "' is not known here",
                near.empty() ? "write one of " + all : "did you mean '" + std::string(near) + "'? known are " + all);
    return std::nullopt;
}

std::optional<ObjectReader> ObjectReader::object(std::string_view key, Need need) {
    const Value* value = get(key, need);
    if (value == nullptr) return std::nullopt;
    return ObjectReader(*value, path_of(key), issues_);
}

std::span<const Value> ObjectReader::array(std::string_view key, Need need) {
    const Value* value = get(key, need);
    if (value == nullptr) return {};
    if (value->is(Kind::array)) return value->items;
    issues_.add(value->place, expected(path_of(key), "an array", *value), "put it in [ and ]");
    return {};
}

const std::vector<Member>& ObjectReader::members() {
    all_known_ = true;
    return value_.members;
}

void ObjectReader::issue(std::string_view key, std::string what, std::string cure) {
    const Value* value = value_.find(key);
    issues_.add(value == nullptr ? value_.place : value->place, at_path(path_of(key)) + std::move(what), std::move(cure));
}

void ObjectReader::finish() {
    if (all_known_) return;
    const auto is_known = [&](const Member& member) { return std::find(known_.begin(), known_.end(), member.key) != known_.end(); };
    if (std::all_of(value_.members.begin(), value_.members.end(), is_known)) return;
    const std::vector<std::string_view> known(known_.begin(), known_.end());
    for (const Member& member : value_.members) {
        if (is_known(member)) continue;
        const std::string_view near = nearest(member.key, known);
        issues_.add(member.place, at_path(path_) + "unknown key '" + shown(member.key) + "'",
                    near.empty() ? "remove it" : "did you mean '" + std::string(near) + "'?");
    }
}

}  // namespace plimsoll::text
