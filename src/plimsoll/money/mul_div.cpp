#include "plimsoll/money/mul_div.hpp"

namespace plimsoll {

namespace {

/// Schoolbook division by a divisor above 64 bits, one quotient bit at a time: such divisors are rare (market figures),
/// and the loop is short enough to be judged at one look.
Natural256 divide_long(const Natural256& numerator, UWide divisor, UWide& remainder) {
    Natural256 quotient;
    remainder = 0;
    for (int bit = 255; bit >= 0; --bit) {
        const bool carry = (remainder >> 127) != 0;
        remainder = (remainder << 1) | numerator.bit(bit);
        if (carry || remainder >= divisor) {
            remainder -= divisor;
            quotient.set_bit(bit);
        }
    }
    return quotient;
}

}  // namespace

Natural256 divide(const Natural256& numerator, UWide divisor, Toward toward) {
    PLIM_ASSERT(divisor > 0);
    Natural256 quotient = numerator;
    UWide remainder = 0;
    if (numerator.fits_uwide()) {
        const UWide value = numerator.to_uwide();
        quotient = Natural256(value / divisor);
        remainder = value % divisor;
    } else if (divisor >> 64 == 0) {
        remainder = quotient.divide_by(static_cast<std::uint64_t>(divisor));
    } else {
        quotient = divide_long(numerator, divisor, remainder);
    }
    return toward == Toward::up && remainder != 0 ? quotient + Natural256(UWide{1}) : quotient;
}

UWide mul_div(UWide a, UWide b, UWide divisor, Toward toward, UWide ceiling) {
    const Natural256 quotient = divide(multiply(a, b), divisor, toward);
    return quotient > Natural256(ceiling) ? ceiling : quotient.to_uwide();
}

}  // namespace plimsoll
