#include "plimsoll/conformance/tiers.hpp"

#include <algorithm>
#include <sstream>

namespace plimsoll::conformance {

namespace {

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    return cells;
}

/// Reads the columns that a tier table may have by the names in its first line.
class Columns {
public:
    explicit Columns(const std::string& header) : names_(cells_of(header)) {}

    std::string cell(const std::vector<std::string>& cells, std::string_view name) const {
        const auto found = std::find(names_.begin(), names_.end(), name);
        const auto index = static_cast<std::size_t>(found - names_.begin());
        return found == names_.end() || index >= cells.size() ? std::string() : cells[index];
    }

    /// "ETH-USD-SWAP 2022-09-09 after", or the symbol alone.
    std::string key(const std::vector<std::string>& cells) const {
        std::string key = cell(cells, "symbol");
        if (!key.empty()) return key;
        return cell(cells, "instrument") + " " + cell(cells, "effective") + " " + cell(cells, "state");
    }

    Tier tier(const std::vector<std::string>& cells, const Exact& last_cap) const {
        const auto number = [&](std::string_view name) { return Exact::parse(cell(cells, name)).value_or(Exact()); };
        Tier tier{number("floor"), number("cap"), number("mmr"), number("max_leverage"), number("imr_min"), number("cum"), false};
        tier.tail = cell(cells, "tier") == "step";
        if (cell(cells, "cap").empty()) tier.cap = number("max_contracts");
        if (cell(cells, "floor").empty()) tier.floor = last_cap;
        return tier;
    }

private:
    std::vector<std::string> names_;
};

}  // namespace

std::vector<Tier> referred_tiers(Translation& t, const Inputs& in) {
    const std::string reference = in.word("schedule_ref");
    const std::size_t hash = reference.find('#');
    if (hash == std::string::npos) {
        in.fault("schedule_ref", "names no symbol; write \"path#symbol\"");
        return {};
    }
    const auto content = t.referred(reference.substr(0, hash));
    if (!content) return {};
    std::stringstream stream(*content);
    std::string line;
    std::getline(stream, line);
    const Columns columns(line);
    const std::string symbol = reference.substr(hash + 1);
    std::vector<Tier> tiers;
    while (std::getline(stream, line)) {
        const auto cells = cells_of(line);
        if (columns.key(cells) == symbol) tiers.push_back(columns.tier(cells, tiers.empty() ? Exact() : tiers.back().cap));
    }
    if (tiers.empty()) t.stop(Stop::needs_data, "the table " + reference.substr(0, hash) + " has no rows of " + symbol);
    return tiers;
}

std::vector<Tier> inline_tiers(Translation& t, const Inputs& in, std::string_view key) {
    std::vector<Tier> tiers;
    for (const Inputs& row : in.list(key)) {
        Tier tier;
        const std::string_view cap = row.has("cap") ? "cap" : row.has("upto") ? "upto" : "max";
        tier.cap = row.number_or(cap, "0");
        tier.floor = row.has("floor")   ? row.number("floor")
                     : row.has("lower") ? row.number("lower")
                     : tiers.empty()    ? Exact()
                                        : tiers.back().cap;
        tier.maintenance = row.number_or(row.has("mm") ? "mm" : row.has("rate") ? "rate" : "mmr", "0");
        tier.initial = row.number_or(row.has("im") ? "im" : "imr", "0");
        tier.leverage = row.number_or("max_leverage", "0");
        tiers.push_back(tier);
    }
    if (tiers.empty()) in.fault(key, "has no rows");
    static_cast<void>(t);
    return tiers;
}

std::vector<Row> rates_of(Translation& t, const std::vector<Tier>& tiers) {
    std::vector<Row> rows;
    for (const Tier& tier : tiers) rows.push_back({t.decimal(tier.floor), t.fraction(tier.maintenance)});
    return rows;
}

std::vector<Row> leverages_of(Translation& t, const std::vector<Tier>& tiers) {
    std::vector<Row> rows;
    for (const Tier& tier : tiers) rows.push_back({t.decimal(tier.floor), t.one_over(tier.leverage)});
    return rows;
}

Schedule tier_schedule(Translation& t, const std::vector<Tier>& tiers, Application maintenance) {
    Schedule schedule =
        schedule_of(max_of({brackets(leverages_of(t, tiers), Application::whole)}), max_of({brackets(rates_of(t, tiers), maintenance)}));
    if (!tiers.empty()) schedule.caps.position = t.decimal(tiers.back().cap);
    schedule.caps.leverage_caps_size = true;
    return schedule;
}

}  // namespace plimsoll::conformance
