// Lines and slopes by a kept ratio, against the division itself.
#include "plimsoll/money/limb_line.hpp"

#include "plimsoll/money/text.hpp"
#include "support/cases.hpp"

#include <string>

namespace plimsoll {
namespace {

using namespace plimsoll::testing;

/// Any bit length is as likely as any other, and so are numbers of all ones and powers of two and ten.
std::uint64_t bits(Random& random, int most) { return static_cast<std::uint64_t>(natural_below_pow2(random, most)); }

std::string dec(UWide value) { return format_decimal_short(static_cast<Wide>(value), 0); }

struct Drawn {
    LimbScale scale;
    std::uint64_t rate = 0;
    std::uint64_t n_most = 0;
};

/// A scale for the largest of several rates, one of them, and the largest n that it answers with a quotient below 2^62.
Drawn drawn(Random& random) {
    const std::uint64_t divisor = std::max<std::uint64_t>(1, bits(random, 61));
    const std::uint64_t rate_most = bits(random, 61);
    const LimbScale scale = LimbScale::of(divisor, rate_most);
    const std::uint64_t rate = random.next() % 2 == 0 ? rate_most : rate_most - std::min(rate_most, bits(random, 61));
    const UWide by_quotient = rate == 0 ? ~UWide{0} : (((UWide{1} << 62) - 1) * divisor) / rate;
    return {scale, rate, static_cast<std::uint64_t>(std::min({by_quotient, scale.limit() - 1, UWide{~std::uint64_t{0}}}))};
}

/// n near zero, near the end, on a multiple of the divisor and one beside it, and anywhere.
std::uint64_t drawn_n(Random& random, const Drawn& d) {
    switch (random.between(0, 3)) {
        case 0: return std::min<std::uint64_t>(d.n_most, static_cast<std::uint64_t>(random.between(0, 3)));
        case 1: return d.n_most - std::min<std::uint64_t>(d.n_most, static_cast<std::uint64_t>(random.between(0, 3)));
        case 2: {
            const UWide multiple = d.rate == 0 ? 0 : UWide{bits(random, 62)} * d.scale.divisor / d.rate;
            return static_cast<std::uint64_t>(std::min<UWide>(d.n_most, multiple + random.next() % 2));
        }
        default: return std::min(d.n_most, bits(random, 64));
    }
}

TEST(NUM_007, a_slope_gives_the_quotient_of_the_division_rounded_down) {
    for_cases([](Random& random) -> std::string {
        const Drawn d = drawn(random);
        const LimbSlope slope = LimbSlope::of(d.scale, d.rate);
        for (int i = 0; i < 4; ++i) {
            const std::uint64_t n = drawn_n(random, d);
            const UWide want = UWide{n} * d.rate / d.scale.divisor;
            if (slope.down(d.scale, n) != want) return dec(n) + " * " + dec(d.rate) + " / " + dec(d.scale.divisor);
        }
        return {};
    });
}

TEST(NUM_007, a_line_gives_the_quotient_of_the_division_rounded_up) {
    for_cases([](Random& random) -> std::string {
        const Drawn d = drawn(random);
        const std::uint64_t at = drawn_n(random, d);
        // Never more is saved than the least n that is asked comes to, as in a table of brackets.
        const UWide most = UWide{at} * d.rate;
        const UWide saved = random.next() % 4 == 0 ? most : most == 0 ? 0 : natural_below_pow2(random, 126) % most;
        const LimbLine line = LimbLine::of(d.scale, d.rate, saved);
        for (int i = 0; i < 4; ++i) {
            const std::uint64_t n = i == 0 ? at : std::max(at, drawn_n(random, d));
            const UWide exact = UWide{n} * d.rate - saved;
            const UWide want = exact / d.scale.divisor + (exact % d.scale.divisor != 0 ? 1 : 0);
            if (line.up(d.scale, n) != want) return "(" + dec(n) + " * " + dec(d.rate) + " - " + dec(saved) + ") / " + dec(d.scale.divisor);
        }
        return line.saved(d.scale) == saved && line.rate() == d.rate ? "" : "a line does not hold what it was made of";
    });
}

TEST(NUM_007, sixty_three_bits_by_a_known_divisor_give_the_quotient_of_the_division) {
    for_cases([](Random& random) -> std::string {
        const std::uint64_t divisor = std::max<std::uint64_t>(1, bits(random, 62));
        const Reciprocal63 reciprocal(divisor);
        const std::uint64_t end = (std::uint64_t{1} << 63) - 1;
        const std::uint64_t multiple = bits(random, 63) / divisor * divisor;
        for (const std::uint64_t n :
             {multiple, std::min(end, multiple + divisor - 1), multiple - (multiple > 0 ? 1 : 0), end, bits(random, 63)})
            if (reciprocal.divide_down(n) != n / divisor) return dec(n) + " / " + dec(divisor);
        return reciprocal.divisor() == divisor ? "" : "divisor " + dec(divisor);
    });
}

}  // namespace
}  // namespace plimsoll
