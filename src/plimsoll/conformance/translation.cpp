#include "plimsoll/conformance/translation.hpp"

#include "plimsoll/money/limits.hpp"
#include "plimsoll/text/source.hpp"

#include <filesystem>

namespace plimsoll::conformance {

namespace {

const text::Value& nothing() {
    static const text::Value value = text::Value::of_object();
    return value;
}

bool present(const text::Value* value) { return value != nullptr && !value->is(text::Kind::null); }

}  // namespace

const text::Value* Inputs::find(std::string_view key) const {
    const text::Value* found = value_->find(key);
    if (present(found)) return found;
    fault(key, "is missing");
    return nullptr;
}

bool Inputs::has(std::string_view key) const { return present(value_->find(key)); }

void Inputs::fault(std::string_view key, std::string what) const {
    const text::Value* at = value_->find(key);
    const text::Place place = at != nullptr ? at->place : value_->place;
    translation_->stop(Stop::malformed, text::to_string(translation_->vector().file, place) + ": " + path_of(key) + " " + what);
}

Exact Inputs::number(std::string_view key) const {
    const text::Value* found = find(key);
    if (found == nullptr) return {};
    if (const auto number = number_of(*found)) return *number;
    fault(key, "is " + std::string(text::describe(found->kind)) + " '" + text::shown(found->text) + "' and no decimal");
    return {};
}

Exact Inputs::number_or(std::string_view key, std::string_view fallback) const {
    return has(key) ? number(key) : Exact::parse(fallback).value_or(Exact());
}

std::string Inputs::word(std::string_view key) const {
    const text::Value* found = find(key);
    if (found == nullptr) return {};
    if (found->is(text::Kind::string)) return found->text;
    fault(key, "is " + std::string(text::describe(found->kind)) + " and no text");
    return {};
}

std::string Inputs::word_or(std::string_view key, std::string_view fallback) const { return has(key) ? word(key) : std::string(fallback); }

bool Inputs::truth(std::string_view key, bool fallback) const {
    if (!has(key)) return fallback;
    const text::Value* found = value_->find(key);
    if (!found->is(text::Kind::boolean)) fault(key, "is " + std::string(text::describe(found->kind)) + " and neither true nor false");
    return found->truth();
}

Inputs Inputs::object(std::string_view key) const {
    const text::Value* found = find(key);
    if (found != nullptr && !found->is(text::Kind::object)) {
        fault(key, "is " + std::string(text::describe(found->kind)) + " and no object");
        found = nullptr;
    }
    return Inputs(*translation_, found == nullptr ? nothing() : *found, path_of(key));
}

std::vector<Inputs> Inputs::list(std::string_view key) const {
    std::vector<Inputs> items;
    if (!has(key)) return items;
    const text::Value* found = value_->find(key);
    if (!found->is(text::Kind::array)) {
        fault(key, "is " + std::string(text::describe(found->kind)) + " and no list");
        return items;
    }
    for (std::size_t i = 0; i < found->items.size(); ++i) {
        const std::string path = path_of(key) + "[" + std::to_string(i) + "]";
        if (!found->items[i].is(text::Kind::object)) {
            fault(key, "item " + std::to_string(i) + " is " + std::string(text::describe(found->items[i].kind)) + " and no object");
            return {};
        }
        items.emplace_back(*translation_, found->items[i], path);
    }
    return items;
}

std::vector<std::pair<std::string, Inputs>> Inputs::members() const {
    std::vector<std::pair<std::string, Inputs>> result;
    for (const text::Member& member : value_->members) {
        if (member.value.is(text::Kind::object)) result.emplace_back(member.key, Inputs(*translation_, member.value, path_of(member.key)));
        else fault(member.key, "is " + std::string(text::describe(member.value.kind)) + " and no object");
    }
    return result;
}

void Translation::answer(std::string name, const Exact& got, Exact unit) {
    if (stopped() || !expects(name.substr(0, name.find('.')))) return;
    answers_.push_back({std::move(name), got.text(), got, std::move(unit)});
}

void Translation::answer_word(std::string name, std::string got) {
    if (stopped() || !expects(name.substr(0, name.find('.')))) return;
    answers_.push_back({std::move(name), std::move(got), {}, {}});
}

void Translation::leave_out(std::string name, std::string reason) {
    if (!stopped() && expects(name)) left_out_.push_back({std::move(name), std::move(reason)});
}

void Translation::stop(Stop why, std::string reason) {
    if (stopped()) return;
    stop_ = why;
    reason_ = std::move(reason);
}

void Translation::refused(const Findings& findings) {
    for (const Finding& finding : findings) {
        if (finding.severity != Severity::error) continue;
        return not_expressible("refused at load: " + finding.code + ": " + finding.message);
    }
    not_expressible("refused at load");
}

Wide Translation::raw(const Exact& value, int digits) {
    if (const auto raw = value.raw(digits)) return *raw;
    not_expressible("beyond the declared domain: " + value.text() + " at " + std::to_string(digits) + " digits");
    return 0;
}

std::int64_t Translation::raw64(const Exact& value, int digits) {
    const Wide wide = raw(value, digits);
    if (fits_int64(wide)) return static_cast<std::int64_t>(wide);
    not_expressible("beyond the declared domain: " + value.text() + " at " + std::to_string(digits) + " digits does not fit 64 bits");
    return 0;
}

Decimal Translation::decimal(const Exact& value) {
    const int digits = value.decimals();
    if (digits <= digits_max) return {raw64(value, digits), digits};
    not_expressible("beyond the declared domain: " + value.text() + " has more than 18 decimals");
    return {};
}

int Translation::power_of_ten(const Exact& places) {
    const auto raw = places.raw(0);
    if (raw && *raw >= -digits_max && *raw <= digits_max) return static_cast<int>(*raw);
    not_expressible("beyond the declared domain: " + places.text() + " decimal places");
    return 0;
}

Exact Translation::per_unit(const Exact& a, const Exact& b, int decimals) {
    if (!b.zero()) return quotient(a, b, decimals);
    not_expressible("an amount per unit of nothing");
    return {};
}

Rate Translation::rate(const Exact& value) { return Rate::from_raw(raw64(value, rate_digits)); }

Rate Translation::rate_up(const Exact& value) {
    const auto cut = value.raw_cut(rate_digits);
    if (!cut || !fits_int64(*cut) || value.negative()) return rate(value);
    const bool finer = Exact::of(*cut, rate_digits) < value;
    return Rate::from_raw(narrow64(*cut) + (finer ? 1 : 0));
}

Fraction Translation::one_over(const Exact& leverage) {
    const std::int64_t hundredths = raw64(leverage, 2);
    if (!stopped() && hundredths > 0 && hundredths <= rate_one) return {100 * rate_one, hundredths};
    not_expressible("a leverage of " + leverage.text() + " is outside the declared domain");
    return {0, 1};
}

std::optional<std::string> Translation::referred(std::string_view path) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const auto try_in = [&](const fs::path& folder) -> std::optional<std::string> {
        const fs::path candidate = folder / path;
        if (!fs::is_regular_file(candidate, ignored)) return std::nullopt;
        auto content = text::read_file(candidate.string());
        return content ? std::optional(std::move(*content)) : std::nullopt;
    };
    if (!data_root_.empty())
        if (auto content = try_in(data_root_)) return content;
    fs::path folder = fs::absolute(vector_.file, ignored).parent_path();
    for (int up = 0; up < 4 && !folder.empty(); ++up) {
        if (auto content = try_in(folder)) return content;
        if (folder == folder.parent_path()) break;
        folder = folder.parent_path();
    }
    stop(Stop::needs_data, "refers to " + std::string(path) + ", which is not at hand");
    return std::nullopt;
}

}  // namespace plimsoll::conformance
