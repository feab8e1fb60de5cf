#include "plimsoll/market/instrument.hpp"

#include "plimsoll/money/mul_div.hpp"

namespace plimsoll {

namespace {

constexpr UWide u(Wide value) { return static_cast<UWide>(value); }

/// size * multiplier / price = size_raw * multiplier_raw * 10^(nd + pd - sd - md) / price_raw, clipped.
Wide inverse_notional(const Instrument& i, Size size, Price price, Round round) {
    if (size.raw() == 0) return 0;
    if (price.raw() == 0) return inverse_notional_max;
    const UWide contracts = magnitude(size.raw()) * u(i.multiplier.raw);
    const int shift = notional_digits(i) + i.price_digits - i.size_digits - i.multiplier.digits;
    const Toward toward = round == Round::ceil || round == Round::away_from_zero ? Toward::up : Toward::down;
    const auto value = shift >= 0 ? mul_div(contracts, u(pow10(shift)), u(price.raw()), toward, u(inverse_notional_max))
                                  : mul_div(contracts, 1, u(Wide{price.raw()} * pow10(-shift)), toward, u(inverse_notional_max));
    return static_cast<Wide>(value);
}

}  // namespace

Wide notional(const Instrument& instrument, Size size, Price price, Round round) {
    PLIM_ASSERT(price.raw() >= 0);
    if (instrument.kind == ContractKind::inverse) return inverse_notional(instrument, size, price, round);
    const UWide product = magnitude(size.raw()) * u(price.raw());
    const auto multiplier = static_cast<std::uint64_t>(instrument.multiplier.raw);
    // Two halves, because a size beyond size_max may bring the product above 128 bits.
    const UWide low = UWide{static_cast<std::uint64_t>(product)} * multiplier;
    const UWide high = (product >> 64) * multiplier + (low >> 64);
    if (high > u(notional_max) >> 64) return notional_max;
    return static_cast<Wide>(high << 64 | static_cast<std::uint64_t>(low));
}

std::string domain_fault(const Instrument& i) {
    const auto in = [](int digits) { return digits >= 0 && digits <= digits_max; };
    if (!in(i.price_digits) || !in(i.size_digits) || !in(i.settle_digits)) return "digits must lie between 0 and 18";
    if (i.multiplier.raw <= 0 || !in(i.multiplier.digits)) return "the multiplier must be above 0";
    if (i.price_max.raw() <= 0 || i.size_max.raw() <= 0) return "price_max and size_max must be above 0";
    if (i.tick.raw() <= 0 || i.lot.raw() <= 0) return "tick and lot must be above 0";
    const int digits = notional_digits(i);
    if (digits > 27 || digits + rate_digits < i.settle_digits)
        return "the digits of price, size and multiplier together must not exceed 27";
    if (i.kind == ContractKind::inverse) {
        const Natural256 contracts = multiply(u(i.size_max.raw()), u(i.multiplier.raw));
        if (!contracts.fits_uwide()) return "size_max times the multiplier is beyond 128 bits; lower size_max";
        const int shift = digits + i.price_digits - i.size_digits - i.multiplier.digits;
        if (shift > wide_digits_max || shift < -18) return "the digits of price, size, multiplier and settle asset are too far apart";
        return {};
    }
    const Natural256 largest = Natural256(u(i.size_max.raw())) * u(i.price_max.raw()) * u(i.multiplier.raw);
    if (largest > Natural256(u(notional_max)))
        return "size_max at price_max is beyond the declared domain (2^90 last places of notional); lower price_max or size_max, or use "
               "fewer digits";
    const Natural256 amount =
        digits >= i.settle_digits ? largest.divided_up_by_pow10(digits - i.settle_digits) : largest * u(pow10(i.settle_digits - digits));
    if (amount * u(10) > Natural256(u(amount_max.raw())))
        return "1000 % of size_max at price_max does not fit an amount of the settle asset; lower price_max or size_max, or use fewer "
               "digits";
    return {};
}

}  // namespace plimsoll
