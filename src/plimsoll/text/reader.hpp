// Walking a document by its schema: every finding is collected with its place, and unknown keys are findings.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/money/text.hpp"
#include "plimsoll/text/value.hpp"

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::text {

/// The findings of one document. A reader goes on after a finding, so that one run shows them all.
class Issues {
public:
    explicit Issues(std::string file) : file_(std::move(file)) {}

    void add(Place place, std::string what, std::string cure) {
        errors_.push_back({to_string(file_, place), std::move(what), std::move(cure)});
    }
    const std::string& file() const { return file_; }
    const std::vector<Error>& errors() const { return errors_; }
    bool empty() const { return errors_.empty(); }

private:
    std::string file_;
    std::vector<Error> errors_;
};

enum class Need : std::uint8_t { required, optional };

/// A decimal from a string or a number node; a finding and nothing when it is neither, or not exact in `digits`.
std::optional<Decimal> read_decimal(const Value& value, std::string_view path, int digits, Issues& issues);
/// The same as a count of 10^-digits.
std::optional<std::int64_t> read_count(const Value& value, std::string_view path, int digits, Issues& issues);
/// A whole number between two bounds, both allowed.
std::optional<std::int64_t> read_integer(const Value& value, std::string_view path, std::int64_t min, std::int64_t max, Issues& issues);
std::optional<std::string> read_string(const Value& value, std::string_view path, Issues& issues);
std::optional<bool> read_bool(const Value& value, std::string_view path, Issues& issues);

/// Reads the members of one object. Ask for each key that the schema has, then call finish(): what was never asked for
/// is unknown. An empty answer means absent (optional), or a finding was already made; `null` counts as absent.
///
///     ObjectReader market(value, "markets[2]", issues);
///     const auto symbol = market.string("symbol");
///     const auto rate = market.count<Rate>("maintenance", rate_digits, Need::optional);
///     market.finish();
class ObjectReader {
public:
    /// When `value` is no object a finding is made, and every question below answers "absent" without a further one.
    ObjectReader(const Value& value, std::string path, Issues& issues);
    /// A reader looks at the value for as long as it lives: a temporary would be gone.
    ObjectReader(const Value&& value, std::string path, Issues& issues) = delete;

    const std::string& path() const { return path_; }
    Place place() const { return value_.place; }
    /// "markets[2].symbol"
    std::string path_of(std::string_view key) const;
    bool is_object() const { return value_.is(Kind::object); }
    bool has(std::string_view key);

    const Value* get(std::string_view key, Need need = Need::required);
    std::optional<std::string> string(std::string_view key, Need need = Need::required);
    std::optional<bool> boolean(std::string_view key, Need need = Need::required);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max, Need need = Need::required);
    std::optional<Decimal> decimal(std::string_view key, Need need = Need::required, int digits = digits_max);

    template <class CountType>
    std::optional<CountType> count(std::string_view key, int digits, Need need = Need::required) {
        const Value* value = get(key, need);
        if (value == nullptr) return std::nullopt;
        if (const auto plain = plain_count(*value, digits)) return CountType::from_raw(*plain);
        const auto raw = read_count(*value, path_of(key), digits, issues_);
        return raw ? std::optional(CountType::from_raw(*raw)) : std::nullopt;
    }

    /// The index in `names` of the word that the key holds.
    std::optional<std::size_t> one_of(std::string_view key, std::initializer_list<std::string_view> names, Need need = Need::required);
    std::optional<ObjectReader> object(std::string_view key, Need need = Need::required);
    /// The items of an array; empty when absent or refused.
    std::span<const Value> array(std::string_view key, Need need = Need::required);

    /// Every member of an object whose keys are names chosen by the user; marks all of them as known.
    const std::vector<Member>& members();

    /// A finding at the place of a key's value, or of the object when the key is absent.
    void issue(std::string_view key, std::string what, std::string cure);
    /// Findings for the keys that nobody asked for, each with the nearest one that was.
    void finish();

private:
    /// The count of a decimal that is in order; then no path needs to be made for a finding.
    static std::optional<std::int64_t> plain_count(const Value& value, int digits);

    const Value& value_;
    std::string path_;
    Issues& issues_;
    std::vector<std::string> known_;
    bool all_known_ = false;
};

}  // namespace plimsoll::text
