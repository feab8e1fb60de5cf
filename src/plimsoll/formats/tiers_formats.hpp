// What the eight formats share inside this folder: reading a row, grouping rows by symbol, building the way back.
#pragma once

#include "plimsoll/formats/tiers.hpp"

#include <initializer_list>
#include <map>
#include <set>
#include <span>

namespace plimsoll::formats {

using Reader = void (*)(std::span<const text::Value> documents, Import& import);
using Writer = text::Value (*)(const TierSet& set, Report& report);

void read_ccxt(std::span<const text::Value> documents, Import& import);
void read_binance(std::span<const text::Value> documents, Import& import);
void read_bybit(std::span<const text::Value> documents, Import& import);
void read_okx(std::span<const text::Value> documents, Import& import);
void read_dydx(std::span<const text::Value> documents, Import& import);
void read_hyperliquid(std::span<const text::Value> documents, Import& import);
void read_gate(std::span<const text::Value> documents, Import& import);
void read_freqtrade(std::span<const text::Value> documents, Import& import);

text::Value write_ccxt(const TierSet& set, Report& report);
text::Value write_binance(const TierSet& set, Report& report);
text::Value write_bybit(const TierSet& set, Report& report);
text::Value write_okx(const TierSet& set, Report& report);
text::Value write_dydx(const TierSet& set, Report& report);
text::Value write_hyperliquid(const TierSet& set, Report& report);
text::Value write_gate(const TierSet& set, Report& report);
text::Value write_freqtrade(const TierSet& set, Report& report);

using Names = std::initializer_list<std::string_view>;

/// Sizes from here on are a venue's way to say "no limit": the largest 64-bit integer, and what a double makes of it.
inline constexpr std::string_view unbounded_text = "9223372036854775807";

/// One object of a document. Questions answer nothing for what is absent, null or refused; a refusal is a finding.
class Row {
public:
    Row(const text::Value& value, std::string name, Report& report);

    bool is_object() const { return value_.is(text::Kind::object); }
    bool has(std::string_view key) const;
    text::Place place() const { return value_.place; }
    const std::string& name() const { return name_; }
    void rename(std::string name) { name_ = std::move(name); }

    /// The first name is today's; the others are older ones, and meeting one is a repair.
    std::optional<Decimal> number(Names names);
    std::optional<Decimal> number_or_missing(Names names);  // absent is a finding
    /// An upper bound: as number, but a sentinel is no bound and null or absence is `unbounded` too.
    struct Bound {
        bool given = false;  // false: absent or null
        bool valid = true;
        std::optional<Decimal> value;
    };
    Bound bound(Names names);
    std::optional<std::int64_t> integer(std::string_view key);
    std::optional<std::int64_t> integer_or_missing(std::string_view key);
    std::optional<std::string> string(std::string_view key);
    const text::Value* array_or_missing(std::string_view key);
    const text::Value* get(std::string_view key);

    void note(std::string message, std::string cure) { find(Severity::note, {}, std::move(message), std::move(cure)); }
    void repair(std::string message, std::string cure) { find(Severity::repair, {}, std::move(message), std::move(cure)); }
    void error(std::string message, std::string cure) { find(Severity::error, {}, std::move(message), std::move(cure)); }
    void missing(std::string_view key);

    /// The members that were never asked for, in order; `expected` ones need no note.
    std::vector<text::Member> rest(Names expected, std::set<std::string>& noted);
    /// For the wrapping around the rows: what was never asked for is not kept, and said so unless it is `expected`.
    void drop_rest(Names expected);

private:
    void find(Severity severity, const text::Value* at, std::string message, std::string cure);
    const text::Value* first_of(Names names);
    bool was_asked(std::string_view key) const;
    std::optional<Decimal> decimal(std::string_view key, const text::Value& value);

    const text::Value& value_;
    std::string name_;
    Report& report_;
    std::vector<std::string_view> asked_;
};

/// Tables built from a flat list of rows, in the order in which their symbols appear.
class Grouped {
public:
    explicit Grouped(TierSet& set) : set_(set) {}
    TierTable& table(const std::string& symbol, text::Place place);
    /// A row of the table was refused: its checks would only repeat that.
    void spoil(const std::string& symbol) { spoilt_.insert(symbol); }
    /// Checks every table that was not spoilt.
    void check(Report& report) const;

private:
    TierSet& set_;
    std::map<std::string, std::size_t> index_;
    std::set<std::string> spoilt_;
};

/// Appends a row whose lower bound is the upper bound of the one before.
void append_touching(TierTable& table, Tier tier);

/// Takes the source's own lower bounds, closes gaps of exactly one unit and reports the others.
/// `from` of each tier must hold what the source says.
void close_gaps(TierTable& table, Report& report);
/// The lower bound as the source wrote it.
Decimal source_from(const TierTable& table, std::size_t index);

/// A list of tiers in the unified form that ccxt defined and freqtrade stores.
void read_unified(const text::Value& list, const std::string& symbol, Import& import, std::set<std::string>& noted);
/// What the two differ in on the way out.
enum class Unified : std::uint8_t { ccxt, freqtrade };
text::Value write_unified(const TierTable& table, Unified form, Report& report);

// Building documents.
text::Value number(const Decimal& value);
text::Value string(const Decimal& value);
text::Value bound_number(const std::optional<Decimal>& to);
text::Value bound_string(const std::optional<Decimal>& to);
/// Appends members that are not there yet.
void append(text::Value& object, const std::vector<text::Member>& extra);
bool holds(const std::vector<text::Member>& extra, std::string_view key);

/// What a format needs and the tier may not have; nothing with a finding when it cannot be had.
std::optional<Decimal> leverage_for(const TierTable& table, const Tier& tier, Report& report);
std::optional<Decimal> initial_for(const TierTable& table, const Tier& tier, Report& report);
/// The deduction of tier `index`, by the recursion where the source gave none. `carried` is the one of the tier before.
std::optional<Decimal> cum_for(const TierTable& table, std::size_t index, const std::optional<Decimal>& carried, Report& report);
/// Refuses a table whose bounds count something that the format cannot say.
bool basis_is(const TierTable& table, std::initializer_list<Basis> allowed, std::string_view format, Report& report);

/// c_i = c_{i-1} + from_i * (m_i - m_{i-1}); nothing when 18 digits cannot hold it.
std::optional<Decimal> next_cum(const Decimal& cum, const Tier& before, const Tier& tier);

}  // namespace plimsoll::formats
