// One-limb quotients by multiplication, against the division itself.
#include "plimsoll/money/limb_reciprocal.hpp"

#include "plimsoll/money/mul_div.hpp"
#include "support/cases.hpp"

#include <string>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

/// Any bit length is as likely as any other, and so are numbers of all ones and powers of two.
UWide bits(Random& random, int most) {
    const int length = static_cast<int>(random.between(1, most));
    const UWide ones = length == 128 ? ~UWide{0} : (UWide{1} << length) - 1;
    switch (random.between(0, 3)) {
        case 0: return ones;
        case 1: return (ones >> 1) + 1;
        default: return (((UWide{random.next()} << 64) | random.next()) & ones) | ((ones >> 1) + 1);
    }
}

std::string hex(UWide value) {
    std::string text;
    for (int shift = 124; shift >= 0; shift -= 4) text += "0123456789abcdef"[static_cast<int>((value >> shift) & 15)];
    return text;
}

TEST(NUM_007, a_quotient_of_one_limb_is_the_one_the_division_gives) {
    for_cases([](Random& random) -> std::string {
        const auto divisor = static_cast<std::uint64_t>(bits(random, 63));
        const Reciprocal64 reciprocal(divisor);
        const std::uint64_t quotient = random.between(0, 3) == 0 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(bits(random, 64));
        // On a multiple, one before and one after it, and anywhere between two.
        const UWide multiple = UWide{divisor} * quotient;
        for (const UWide n : {multiple, multiple - (multiple > 0), multiple + (divisor - 1), multiple + random.next() % divisor}) {
            const UWide up = n / divisor + (n % divisor != 0);
            if (reciprocal.divide_down(n) != static_cast<std::uint64_t>(n / divisor)) return hex(n) + " / " + hex(divisor) + " down";
            if (up >> 64 == 0 && reciprocal.divide_up(n) != static_cast<std::uint64_t>(up)) return hex(n) + " / " + hex(divisor) + " up";
        }
        if (reciprocal.divisor() != divisor) return "divisor " + hex(divisor);
        return {};
    });
}

Natural256 as_natural(Limbs3 n) { return multiply(n.high, UWide{1} << 64) + Natural256(UWide{n.low}); }

TEST(NUM_007, three_limbs_by_two_give_the_quotient_of_the_division) {
    for_cases([](Random& random) -> std::string {
        UWide divisor = bits(random, 127);
        if (divisor >> 64 == 0) divisor |= UWide{1} << (64 + random.between(0, 61));
        divisor += divisor == UWide{1} << 64;
        const Reciprocal128 reciprocal(divisor);
        const auto quotient = static_cast<std::uint64_t>(bits(random, 64)) - 1;
        Limbs3 n = Limbs3::product(divisor, quotient);
        for (int i = 0; i < 3; ++i) {
            const Natural256 expected = divide(as_natural(n), divisor, Toward::up);
            if (Natural256(UWide{reciprocal.divide_up(n)}) != expected) return hex(n.high) + ":" + hex(n.low) + " / " + hex(divisor);
            const UWide more =
                i == 0 ? UWide{1} : bits(random, bit_width(divisor) - 1);  // one beyond a multiple, then anywhere before the next
            const Limbs3 start = Limbs3::product(divisor, quotient);
            n = {start.high + (more >> 64), start.low + static_cast<std::uint64_t>(more)};
            if (n.low < start.low) n.high += 1;
        }
        const Limbs3 left = Limbs3::product(divisor, quotient) - Limbs3::product(divisor, quotient / 2);
        if (left.high != Limbs3::product(divisor, quotient - quotient / 2).high) return "difference of products of " + hex(divisor);
        return reciprocal.divisor() == divisor ? "" : "divisor " + hex(divisor);
    });
}

}  // namespace
}  // namespace plimsoll
