// The verbs of spec/01-numbers.md.
#include "handlers.hpp"

#include "plimsoll/money/natural.hpp"
#include "plimsoll/money/reciprocal.hpp"
#include "plimsoll/money/root.hpp"
#include "plimsoll/money/round.hpp"

#include <array>

namespace plimsoll::spec {

namespace {

struct Direction {
    const char* name;
    Round round;
};
constexpr std::array directions{Direction{"floor", Round::floor}, Direction{"ceil", Round::ceil},
                                Direction{"toward_zero", Round::toward_zero}, Direction{"away_from_zero", Round::away_from_zero},
                                Direction{"half_away", Round::half_away}};

std::string text_of(Wide value) { return format_decimal(value, 0); }

/// divide NUMERATOR / DENOMINATOR DIRECTION, and reciprocal in the same shape: `quotient` is how it is computed.
template <class Quotient>
Answer divided(const Call& call, Quotient quotient) {
    if (call.words.size() != 5 || call.words[2] != "/") return senseless(call.words[0] + " NUMERATOR / DENOMINATOR DIRECTION");
    const auto numerator = whole(call.words[1]);
    const auto denominator = whole(call.words[3]);
    if (!numerator) return senseless(numerator.error());
    if (!denominator || *denominator <= 0) return senseless("a denominator is a whole number above zero");
    for (const Direction& direction : directions)
        if (call.words[4] == direction.name) return answer(text_of(quotient(*numerator, *denominator, direction.round)));
    return senseless("'" + call.words[4] + "' is no direction");
}
const Verb divide_registered("divide", [](const Call& call) {
    return divided(call, [](Wide numerator, Wide denominator, Round round) { return divide(numerator, denominator, round); });
});
const Verb reciprocal_registered("reciprocal", [](const Call& call) {
    return divided(call, [](Wide numerator, Wide denominator, Round round) {
        return divide(numerator, Reciprocal(static_cast<UWide>(denominator)), round);
    });
});

/// multiple VALUE of STEP
Answer multiple_verb(const Call& call) {
    if (call.words.size() != 4 || call.words[2] != "of") return senseless("multiple VALUE of STEP");
    const auto value = whole(call.words[1]);
    const auto step = whole(call.words[3]);
    if (!value || !step || *value < 0 || *step <= 0) return senseless("a value from zero and a step above zero");
    return answer(text_of(round_up_to_multiple(*value, *step)));
}
const Verb multiple_registered("multiple", multiple_verb);

/// read TEXT at DIGITS: the count that the text is, or the refusal. read '' at 2 reads an empty text.
Answer read_verb(const Call& call) {
    if (call.words.size() != 4 || call.words[2] != "at") return senseless("read TEXT at DIGITS");
    const auto digits = small(call.words[3]);
    if (!digits || *digits < 0) return senseless("the digits are a number from zero");
    const std::string text = call.words[1] == "''" ? std::string() : call.words[1];
    const auto count = parse_decimal(text, *digits);
    return answer(count ? text_of(*count) : "refused: " + to_string(describe(count.error(), text, *digits)));
}
const Verb read_registered("read", read_verb);

/// read-free TEXT: "COUNT at DIGITS", the fewest digits that hold what was written.
Answer read_free_verb(const Call& call) {
    if (call.words.size() != 2) return senseless("read-free TEXT");
    const auto decimal = parse_decimal_free(call.words[1]);
    if (!decimal) return answer("refused: " + to_string(describe(decimal.error(), call.words[1], digits_max)));
    return answer(text_of(decimal->raw) + " at " + std::to_string(decimal->digits));
}
const Verb read_free_registered("read-free", read_free_verb);

/// write COUNT at DIGITS [short]
Answer write_verb(const Call& call) {
    const bool shortened = call.words.size() == 5 && call.words[4] == "short";
    if ((call.words.size() != 4 && !shortened) || call.words[2] != "at") return senseless("write COUNT at DIGITS [short]");
    const auto count = whole(call.words[1]);
    const auto digits = small(call.words[3]);
    if (!count || !digits || *digits < 0) return senseless("a whole count and digits from zero");
    return answer(shortened ? format_decimal_short(*count, *digits) : format_decimal(*count, *digits));
}
const Verb write_registered("write", write_verb);

/// percent RATE: a rate as a person reads it.
Answer percent_verb(const Call& call) {
    if (call.words.size() != 2) return senseless("percent RATE");
    const auto rate = parse_count<Rate>(call.words[1], rate_digits);
    if (!rate) return senseless(to_string(describe(rate.error(), call.words[1], rate_digits)));
    return answer(format_percent(*rate));
}
const Verb percent_registered("percent", percent_verb);

/// root VALUE down|up and power-4/5 VALUE down|up
template <class Function>
Answer rooted(const Call& call, Wide value_max, Function function) {
    if (call.words.size() != 3 || (call.words[2] != "down" && call.words[2] != "up")) return senseless(call.words[0] + " VALUE down|up");
    const auto value = whole(call.words[1]);
    if (!value || *value < 0 || *value > value_max) return senseless("a whole number from zero up to " + text_of(value_max));
    const UWide result = function(static_cast<UWide>(*value), call.words[2] == "up" ? Toward::up : Toward::down);
    return answer(text_of(static_cast<Wide>(result)));
}
const Verb root_registered("root", [](const Call& call) { return rooted(call, wide_max, square_root); });
const Verb power_registered("power-4/5", [](const Call& call) { return rooted(call, (Wide{1} << 96) - 1, power_four_fifths); });

/// scale A * B / 10^DIGITS down|up: a product of up to 256 bits, divided and rounded once.
Answer scale_verb(const Call& call) {
    const auto& words = call.words;
    const bool shaped =
        words.size() == 7 && words[2] == "*" && words[4] == "/" && words[5].starts_with("10^") && (words[6] == "down" || words[6] == "up");
    if (!shaped) return senseless("scale A * B / 10^DIGITS down|up");
    const auto a = whole(words[1]);
    const auto b = whole(words[3]);
    const auto digits = small(words[5].substr(3));
    if (!a || !b || !digits || *a < 0 || *b < 0 || *digits < 0) return senseless("numbers from zero");
    const Natural256 product = multiply(static_cast<UWide>(*a), static_cast<UWide>(*b));
    const Natural256 result = words[6] == "up" ? product.divided_up_by_pow10(*digits) : product.divided_down_by_pow10(*digits);
    if (!result.fits_uwide() || result.to_uwide() > static_cast<UWide>(wide_max)) return senseless("the result leaves 127 bits");
    return answer(text_of(static_cast<Wide>(result.to_uwide())));
}
const Verb scale_registered("scale", scale_verb);

}  // namespace

}  // namespace plimsoll::spec
