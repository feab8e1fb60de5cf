// What the readers of parameter files share: fractions, leverages, words, and one schedule from its table.
#pragma once

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

/// One of a table of words; nothing when absent, or when a finding was made.
template <class Enum>
std::optional<Enum> read_word(text::ObjectReader& table, std::string_view key, words::Table words, text::Need need) {
    const auto word = table.string(key, need);
    if (!word) return std::nullopt;
    std::string all;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == *word) return static_cast<Enum>(i);
        all += (all.empty() ? "'" : ", '") + std::string(words[i]) + "'";
    }
    const std::string_view near = text::nearest(*word, {words.begin(), words.end()});
    table.issue(key, "'" + text::shown(*word) + "' is not known here",
                near.empty() ? "write one of " + all : "did you mean '" + std::string(near) + "'? known are " + all);
    return std::nullopt;
}

/// One [[schedule]] table. `number` counts from 1 and names a schedule that has no id.
Schedule read_schedule(const text::Value& value, std::size_t number, text::Issues& issues);

/// "market BTC-PERP", or "market 3" when it has no name: how a message speaks of a table.
std::string table_path(std::string_view kind, const text::Value& value, std::string_view name_key, std::size_t number);

/// The items of an optional array of tables. A single table is taken for a slip ([asset] for [[asset]]) and named so.
std::span<const text::Value> read_tables(text::ObjectReader& parent, std::string_view key, text::Issues& issues);

}  // namespace plimsoll::formats
