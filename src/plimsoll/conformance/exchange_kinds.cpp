// What is particular to one centralised exchange.
#include "plimsoll/conformance/kinds.hpp"
#include "plimsoll/conformance/kit.hpp"

namespace plimsoll::conformance {

std::span<const KindEntry> exchange_kinds() { return {}; }
std::span<const KindEntry> collateral_kinds() { return {}; }

}  // namespace plimsoll::conformance
