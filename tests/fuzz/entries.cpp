#include "fuzz/entries.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/formats/tiers.hpp"
#include "plimsoll/formats/tiers_exact.hpp"
#include "plimsoll/money/text.hpp"
#include "plimsoll/params/canonical.hpp"
#include "plimsoll/params/diff.hpp"
#include "plimsoll/schedule/validate.hpp"
#include "plimsoll/text/json.hpp"
#include "plimsoll/text/toml.hpp"

namespace plimsoll::fuzz {

namespace {

constexpr std::string_view file = "fuzz";

/// A refusal names the document and says what to do; none of its text can move a terminal's cursor.
void check_refusal(const Error& error) {
    PLIM_ASSERT(error.where.starts_with(file));
    PLIM_ASSERT(!error.what.empty());
    PLIM_ASSERT(!error.cure.empty());
    for (const char c : to_string(error)) PLIM_ASSERT(static_cast<unsigned char>(c) >= ' ' && c != '\x7F');
}

void check_written_back(const text::Value& value) {
    for (const text::Layout layout : {text::Layout::compact, text::Layout::pretty}) {
        const auto again = text::parse_json(text::dump_json(value, layout), file);
        PLIM_ASSERT(again.has_value());
        PLIM_ASSERT(text::same(*again, value));
    }
}

std::size_t first_byte(std::string_view& input) {
    if (input.empty()) return 0;
    const auto byte = static_cast<unsigned char>(input[0]);
    input.remove_prefix(1);
    return byte;
}

void check_decimal_free(std::string_view input, int digits) {
    const auto decimal = parse_decimal_free(input, digits);
    if (!decimal) return;
    PLIM_ASSERT(decimal->digits >= 0 && decimal->digits <= digits);
    const std::string shortest = formats::to_text(*decimal);
    PLIM_ASSERT(parse_decimal_free(shortest, digits) == *decimal);
    PLIM_ASSERT(formats::equal(*decimal, *parse_decimal_free(shortest)));
}

}  // namespace

void feed_json(std::string_view input) {
    const auto value = text::parse_json(input, file);
    if (value) check_written_back(*value);
    else check_refusal(value.error());
    const auto all = text::parse_json_sequence(input, file);
    PLIM_ASSERT(!value || (all && all->size() == 1));
}

void feed_toml(std::string_view input) {
    const auto value = text::parse_toml(input, file);
    if (value) check_written_back(*value);
    else check_refusal(value.error());
}

void feed_params(std::string_view input) {
    if (const auto schedules = formats::read_schedules(input, file); !schedules) {
        PLIM_ASSERT(!schedules.error().empty());
        for (const Error& error : schedules.error()) check_refusal(error);
    } else {
        const auto again = formats::read_schedules(formats::write_schedules(*schedules), file);
        PLIM_ASSERT(again && *again == *schedules);
        for (const Schedule& schedule : *schedules) validate(schedule, formats::scales_without_market);
    }
    const auto set = formats::read_parameter_set(input, file);
    if (!set) {
        PLIM_ASSERT(!set.error().empty());
        for (const Error& error : set.error()) check_refusal(error);
        return;
    }
    validate(*set);
    const auto again = formats::read_parameter_set(formats::write_parameter_set(*set), file);
    PLIM_ASSERT(again && *again == *set);
    PLIM_ASSERT(hash_of(*again) == hash_of(*set));
    PLIM_ASSERT(diff(*set, *again).empty());
}

void feed_decimal(std::string_view input) {
    const int digits = static_cast<int>(first_byte(input) % (digits_max + 1));
    check_decimal_free(input, digits);
    const auto plain = formats::without_exponent(input);
    if (plain) PLIM_ASSERT(text::is_json_number(*plain));
    const auto wide = parse_decimal_wide(input, digits);
    if (wide) PLIM_ASSERT(parse_decimal_wide(format_decimal(*wide, digits), digits) == *wide);
    const auto raw = parse_decimal(input, digits);
    if (!raw) {
        PLIM_ASSERT(raw.error().at <= input.size());
        PLIM_ASSERT(!describe(raw.error(), input, digits).what.empty());
        return;
    }
    PLIM_ASSERT(wide == Wide{*raw});
    PLIM_ASSERT(text::is_json_number(input));
    PLIM_ASSERT(parse_decimal(format_decimal_short(*raw, digits), digits) == *raw);
}

void feed_tiers(std::string_view input) {
    constexpr std::size_t formats_count = 8;
    const std::size_t choice = first_byte(input);
    const auto format = static_cast<formats::Format>(choice % formats_count);
    const auto other = static_cast<formats::Format>(choice / formats_count % formats_count);
    const formats::Import import = formats::import_tiers(format, input, file);
    for (const formats::Finding& finding : import.report.findings()) PLIM_ASSERT(!formats::to_string(finding).empty());
    if (!import.ok()) {
        PLIM_ASSERT(import.set.tables.empty() && import.set.liquidity_tiers.empty());
        return;
    }
    formats::export_tiers(other, import.set);
    const formats::Export once = formats::export_tiers(format, import.set);
    if (!once.ok()) return;
    const formats::Import again = formats::import_tiers(format, once.text, "once");
    PLIM_ASSERT(again.ok());
    PLIM_ASSERT(formats::export_tiers(format, again.set).text == once.text);
}

}  // namespace plimsoll::fuzz
