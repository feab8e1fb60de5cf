// Public disasters as data (`plimsoll-incident/1`, see incidents/README.md): what they held, at which price they came to be
// closed, and the figures that any margin engine must reproduce.
#pragma once

#include "plimsoll/base/result.hpp"
#include "plimsoll/money/text.hpp"
#include "plimsoll/money/wide.hpp"
#include "plimsoll/text/value.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace plimsoll::stress {

/// Decimals of all figures of an incident: notionals and amounts of up to 10^14 quote units to a hundredth of a cent.
inline constexpr int figure_digits = 4;

inline constexpr std::int64_t figure_limit = 100'000'000'000'000;  // 10^14: what is larger is refused
inline constexpr std::int64_t price_limit = 1'000'000'000;

/// Whether an amount lies between 0 and the limit.
inline bool in_figures(const Decimal& value) { return value.raw >= 0 && Wide{value.raw} <= Wide{figure_limit} * pow10(value.digits); }

struct ReferenceCheck {
    std::string schedule;
    text::Value params;
    text::Value inputs;
    text::Value expect;
    text::Place place;
};

/// The row of the table: what stood open, on what, and what came. Absent figures have a reason in `why`.
struct Replay {
    std::optional<Decimal> position_notional;
    std::optional<std::int64_t> accounts;
    std::optional<Decimal> collateral;
    std::optional<Decimal> open_interest;  // of the side, the position included
    std::optional<Decimal> flat_rate;
    std::optional<std::string> bracket_table;
    std::optional<std::string> oi_set;
    std::optional<Decimal> depth_1pct;
    std::optional<bool> is_short;
    std::optional<Decimal> price_from;
    std::optional<Decimal> price_to;
    std::optional<Decimal> loss_reported;
    std::string verdict;
    std::string verdict_why;
    std::vector<std::string> assumptions;
    std::vector<std::pair<std::string, std::string>> why;  // figure -> why it is absent
};

struct Fact {
    std::string name;
    std::string value;
    std::string source;
    std::string confidence;
};

struct Incident {
    std::string file;
    std::string id;
    std::string title;
    std::string date;
    std::string venue;
    std::vector<Fact> facts;
    std::vector<ReferenceCheck> checks;
    std::optional<Replay> replay;  // our own addition to the schema: other people's files may lack it
    std::string stopped_by_scaling;
    std::vector<std::string> required_controls;
};

/// A row of a leverage table as these files state it; minNotional < N <= maxNotional.
struct TableRow {
    Decimal from;
    Decimal to;
    Decimal maintenance;
    Decimal leverage;
    Decimal cum;
};

struct OpenInterestSet {
    Decimal base;
    Decimal lower;
    Decimal upper;  // 0: no scaling
};

/// What a check needs of the product: "schedule", "collateral", "cap" are computed; "engine", "guard" and "search" wait.
struct Reference {
    std::map<std::string, std::string> needs;  // schedule name -> need
    std::map<std::string, std::vector<TableRow>> tables;
    std::map<std::string, OpenInterestSet> oi_sets;
};

Result<Incident, std::vector<Error>> read_incident(const text::Value& document, const std::string& file);
Result<Reference, std::vector<Error>> read_reference(const text::Value& document, const std::string& file);

}  // namespace plimsoll::stress
