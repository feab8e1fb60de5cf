#include "plimsoll/money/root.hpp"

namespace plimsoll {

namespace {

/// The largest value in [low, high) for which `holds` (true at low, monotone).
template <class Predicate>
UWide last_that_holds(UWide low, UWide high, Predicate holds) {
    while (high - low > 1) {
        const UWide middle = low + (high - low) / 2;
        (holds(middle) ? low : high) = middle;
    }
    return low;
}

UWide isqrt_down(UWide value) {
    if (value < 2) return value;
    // Newton from above: the start is a power of two not below the root, and each step stays not below it.
    UWide root = UWide{1} << ((bit_width(value) + 1) / 2);
    for (;;) {
        const UWide next = (root + value / root) / 2;
        if (next >= root) return root;
        root = next;
    }
}

}  // namespace

UWide square_root(UWide value, Toward toward) {
    const UWide root = isqrt_down(value);
    return toward == Toward::up && root * root != value ? root + 1 : root;
}

UWide power_four_fifths(UWide value, Toward toward) {
    PLIM_ASSERT(bit_width(value) <= 96);
    if (value < 2) return value;
    const Natural512 square = Natural512(value) * value;
    const Natural512 fourth = square * square;
    const auto fifth = [](UWide r) {
        const Natural512 r2 = Natural512(r) * r;
        return r2 * r2 * r;
    };
    const int bits = bit_width(value) * 4 / 5 + 2;
    const UWide root = last_that_holds(1, UWide{1} << bits, [&](UWide r) { return fifth(r) <= fourth; });
    return toward == Toward::up && fifth(root) != fourth ? root + 1 : root;
}

}  // namespace plimsoll
