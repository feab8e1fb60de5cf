// freqtrade's file: unified tiers per pair, with Binance's row under `info`, where the deduction is read from.
#include "plimsoll/formats/tiers_formats.hpp"

namespace plimsoll::formats {

using text::Kind;
using text::Value;

void read_freqtrade(std::span<const Value> documents, Import& import) {
    const Value& document = documents[0];
    std::set<std::string> noted;
    if (!document.is(Kind::object) || document.members.empty()) {
        import.report.add(Severity::error, document.place, "", "a map of pairs to tiers is expected",
                          "give freqtrade's leverage tier file");
        return;
    }
    for (const text::Member& member : document.members) read_unified(member.value, member.key, import, noted);
}

Value write_freqtrade(const TierSet& set, Report& report) {
    Value map = Value::of_object();
    for (const TierTable& table : set.tables) {
        const bool twice = map.find(table.symbol) != nullptr;
        if (twice || table.symbol.empty())
            report.add(Severity::error, {}, text::shown(table.symbol), twice ? "two tables have this symbol" : "a table has no symbol",
                       "name each table once");
        else if (basis_is(table, {Basis::notional_quote}, "freqtrade", report))
            map.set(table.symbol, write_unified(table, Unified::freqtrade, report));
    }
    return map;
}

}  // namespace plimsoll::formats
