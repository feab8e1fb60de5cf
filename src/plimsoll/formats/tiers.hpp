// Tier tables of venues and tools: one exact model, eight formats in and out, and a finding for each repair or refusal.
//
// The model is what a venue publishes, not what a schedule computes with; turning a table into a schedule is left to
// others. No rate, size or deduction passes through floating point.
#pragma once

#include "plimsoll/money/text.hpp"
#include "plimsoll/text/value.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::formats {

enum class Format : std::uint8_t { ccxt, binance, bybit, okx, dydx, hyperliquid, gate, freqtrade };

/// "ccxt", "binance", ...: the names of the command line.
std::string_view to_string(Format format);
std::optional<Format> format_from_name(std::string_view name);
/// All names, for help and completion.
std::vector<std::string_view> format_names();

enum class Severity : std::uint8_t {
    note,    // nothing was changed, but a reader should know
    repair,  // the table means something else than its letters, and the meaning was taken
    error,   // refused
};

/// One thing met while reading or writing.
struct Finding {
    Severity severity = Severity::note;
    std::string where;    // "file:line:column"
    std::string row;      // "BTCUSDT tier 2"; empty for the document
    std::string message;
    std::string cure;
    friend bool operator==(const Finding&, const Finding&) = default;
};

/// "file:4:7: error: BTCUSDT tier 2: cum 75, recursion gives 50; correct cum or the rates"
std::string to_string(const Finding& finding);

inline constexpr std::size_t findings_max = 1000;  // of one report; the rest is counted

class Report {
public:
    explicit Report(std::string file) : file_(std::move(file)) {}

    void add(Severity severity, text::Place place, std::string row, std::string message, std::string cure);
    void add(const Error& error);

    const std::vector<Finding>& findings() const { return findings_; }
    std::size_t left_off() const { return left_off_; }
    std::size_t count(Severity severity) const { return counts_[static_cast<std::size_t>(severity)]; }
    bool ok() const { return count(Severity::error) == 0; }

private:
    std::string file_;
    std::vector<Finding> findings_;
    std::size_t left_off_ = 0;
    std::size_t counts_[3] = {};
};

/// What the bounds of a table count.
enum class Basis : std::uint8_t { notional_quote, base_coin, contracts };

/// Which tier a size on a bound belongs to. The model's bounds always touch: [from, to) or (from, to].
enum class Boundary : std::uint8_t {
    lower_belongs,  // a size equal to `from` is in the tier: Hyperliquid
    upper_belongs,  // a size equal to `to` is in the tier: Binance, Bybit, Gate and the unified forms
    gapped,         // as upper_belongs, but the source starts the next tier one unit higher: OKX, Poloniex
};

struct Tier {
    std::int64_t number = 0;               // as the source numbers it
    Decimal from;
    std::optional<Decimal> to;             // nothing: no upper bound
    std::optional<Decimal> leverage;       // the highest that the tier allows
    std::optional<Decimal> initial_rate;   // when the source gives one of its own
    Decimal maintenance_rate;              // rounded up to 9 decimals when maintenance_divisor says it better
    std::optional<Decimal> maintenance_divisor;  // the rate is exactly 1 / this: Hyperliquid's 1 / (2 leverage)
    std::optional<Decimal> cum;            // what is deducted from size * maintenance_rate
    std::vector<text::Member> extra;       // other members of the source's row, kept for the way back
    text::Place place;
};

struct TierTable {
    std::string symbol;
    std::string currency;  // empty when the source does not say
    std::string id;        // of the table, where the source has one apart from the symbol
    Basis basis = Basis::notional_quote;
    Boundary boundary = Boundary::upper_belongs;
    Decimal gap;           // gapped: by how much the source's tiers stand apart
    Decimal first;         // where the source lets the first tier start: 0, or the gap
    std::vector<Tier> tiers;
    std::vector<text::Member> extra;
    text::Place place;
};

/// dYdX v4 scales by open interest, not by the size of a position.
struct LiquidityTier {
    std::int64_t id = 0;
    std::string name;
    Decimal initial_rate;
    Decimal maintenance_fraction;              // of the initial rate
    std::optional<Decimal> impact_notional;    // quote
    Decimal open_interest_lower;               // quote: scaling starts here
    std::optional<Decimal> open_interest_upper;  // quote: the rate is 1 from here on; nothing: no scaling
    std::vector<text::Member> extra;
    text::Place place;
};

/// How the source wraps its tables.
enum class Envelope : std::uint8_t { standard, bare };

/// Everything that one file holds.
struct TierSet {
    std::vector<TierTable> tables;
    std::vector<LiquidityTier> liquidity_tiers;
    Envelope envelope = Envelope::standard;  // bare: a list or object without the wrapping that the venue puts around it
    std::string category;                    // Bybit's "linear" or "inverse"
};

struct Import {
    TierSet set;  // empty when the report has an error: nothing is taken in halves
    Report report;
    bool ok() const { return report.ok(); }
};

/// Reads one file of a format.
///
/// Shape   every table is checked: order, gaps, overlaps, rates and leverage monotone, maintenance below initial, the
///         deduction's recursion exact, units plausible, no symbol twice, no list cut short.
/// Errors  as findings; never a partial set.
Import import_tiers(Format format, std::string_view source, std::string_view file);

struct Export {
    std::string text;  // empty when the report has an error
    Report report;
    bool ok() const { return report.ok(); }
};

/// Writes a set in a format. What the format asks for and the set lacks is computed where that is exact or one-sided
/// (each time a finding), and refused where it is not.
///
/// Shape  export(import(export(import(x)))) == export(import(x)), byte for byte.
Export export_tiers(Format format, const TierSet& set);

/// The checks of one table that import_tiers makes, for tables that come from elsewhere.
void check_table(const TierTable& table, Report& report);

/// "BTCUSDT tier 2": how a finding speaks of a row.
std::string row_name(const TierTable& table, const Tier& tier);

/// The initial rate: the tier's own, else 1 / leverage, rounded up to 9 decimals. Nothing when it has neither.
std::optional<Decimal> initial_rate(const Tier& tier);

}  // namespace plimsoll::formats
