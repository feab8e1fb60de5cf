// Which translator takes which kind of vector.
#pragma once

#include "plimsoll/conformance/translation.hpp"

#include <span>
#include <string_view>

namespace plimsoll::conformance {

using Translator = void (*)(Translation&);

/// An empty venue takes every venue that names the kind.
struct KindEntry {
    std::string_view venue;
    std::string_view kind;
    Translator translate;
};

/// A kind that is known and that no margin schedule answers.
struct OutsideEntry {
    std::string_view venue;
    std::string_view kind;
    std::string_view why;
};

std::span<const OutsideEntry> outside_kinds();
/// nullptr when nobody knows the kind.
Translator translator_for(std::string_view venue, std::string_view kind);
const OutsideEntry* outside_for(std::string_view venue, std::string_view kind);

std::span<const KindEntry> tier_kinds();      // tier tables of centralised exchanges
std::span<const KindEntry> exchange_kinds();  // what is particular to one centralised exchange
std::span<const KindEntry> price_kinds();     // liquidation prices of centralised exchanges
std::span<const KindEntry> collateral_kinds();
std::span<const KindEntry> dydx_kinds();
std::span<const KindEntry> drift_kinds();
std::span<const KindEntry> dex_kinds();  // GMX, Synthetix, Mango, Derive
std::span<const KindEntry> vega_kinds();
std::span<const KindEntry> simm_kinds();

}  // namespace plimsoll::conformance
