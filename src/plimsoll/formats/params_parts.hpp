// What the readers of parameter files share: fractions, leverages, words, and one schedule from its table.
#pragma once

#include "plimsoll/params/parameter_set.hpp"
#include "plimsoll/params/words.hpp"
#include "plimsoll/schedule/schedule.hpp"
#include "plimsoll/text/reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::formats {

/// "0.05" or "2/3", exact.
std::optional<Fraction> read_fraction(const text::Value& value, std::string_view path, text::Issues& issues);
std::optional<Fraction> read_fraction(text::ObjectReader& table, std::string_view key, text::Need need, text::Issues& issues);

/// A leverage with at most two decimals, above 0, times 100.
std::optional<std::int64_t> read_leverage_hundredths(const text::Value& value, std::string_view path, text::Issues& issues);

/// A rate given as `rate = "0.05"` or as `leverage = "20"`; one of the two, not both.
std::optional<Fraction> read_rate(text::ObjectReader& table, text::Issues& issues);

/// A decimal key that stands for a rate at nine digits.
std::optional<Rate> read_plain_rate(text::ObjectReader& table, std::string_view key, text::Need need);

/// A whole count that may be left out, such as a time in milliseconds.
std::optional<std::uint64_t> read_natural(text::ObjectReader& table, std::string_view key, std::uint64_t most, text::Need need);

/// The index of a word in its table; nothing when a finding was made.
std::optional<std::size_t> read_word_index(const text::Value& value, std::string_view path, words::Table words, text::Issues& issues);

/// One of a table of words; nothing when absent, or when a finding was made.
template <class Enum>
std::optional<Enum> read_word(text::ObjectReader& table, std::string_view key, words::Table words, text::Need need, text::Issues& issues) {
    const text::Value* value = table.get(key, need);
    const auto index = value == nullptr ? std::nullopt : read_word_index(*value, table.path_of(key), words, issues);
    return index ? std::optional(static_cast<Enum>(*index)) : std::nullopt;
}

/// [market.guard]. `settle_digits` are those in which depth and volume are counted.
GuardParams read_guard(text::ObjectReader& market, int settle_digits, text::Issues& issues);
/// [liquidation]
LiquidationRules read_liquidation(text::ObjectReader& root);

/// One [[schedule]] table. `number` counts from 1 and names a schedule that has no id.
Schedule read_schedule(const text::Value& value, std::size_t number, text::Issues& issues);

/// "market BTC-PERP", or "market 3" when it has no name: how a message speaks of a table.
std::string table_path(std::string_view kind, const text::Value& value, std::string_view name_key, std::size_t number);

/// The items of an optional array of tables. A single table is taken for a slip ([asset] for [[asset]]) and named so.
std::span<const text::Value> read_tables(text::ObjectReader& parent, std::string_view key, text::Issues& issues);

}  // namespace plimsoll::formats
