// ccxt's unified leverage tiers: fetchLeverageTiers maps symbol -> list, fetchMarketLeverageTiers gives one bare list.
#include "plimsoll/formats/tiers_formats.hpp"

namespace plimsoll::formats {

using text::Kind;
using text::Value;

void read_ccxt(std::span<const Value> documents, Import& import) {
    const Value& document = documents[0];
    std::set<std::string> noted;
    if (document.is(Kind::array) && !document.items.empty()) {
        import.set.envelope = Envelope::bare;
        read_unified(document, "", import, noted);
        if (import.set.tables[0].symbol.empty())
            import.report.add(Severity::note, document.place, "", "no row names its symbol", "name it when the table is used");
        return;
    }
    if (!document.is(Kind::object) || document.members.empty()) {
        import.report.add(Severity::error, document.place, "", "a map of symbols to tiers, or one list of tiers, is expected",
                          "give the answer of fetchLeverageTiers");
        return;
    }
    for (const text::Member& member : document.members) read_unified(member.value, member.key, import, noted);
}

Value write_ccxt(const TierSet& set, Report& report) {
    Value map = Value::of_object();
    for (const TierTable& table : set.tables) {
        if (map.find(table.symbol) != nullptr) {
            report.add(Severity::error, {}, text::shown(table.symbol), "two tables have this symbol", "rename one");
            continue;
        }
        map.set(table.symbol, write_unified(table, Unified::ccxt, report));
    }
    if (set.envelope == Envelope::bare && map.members.size() == 1) return std::move(map.members[0].value);
    return map;
}

}  // namespace plimsoll::formats
