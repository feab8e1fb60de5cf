#include "plimsoll/money/root.hpp"

namespace plimsoll {

namespace {

/// The root, rounded down, of a `Bits`-bit value whose top two bits are not both zero.
///
/// With b = Bits/2 and s the root of the upper half, start = (s+1) * 2^(b/2) lies above sqrt(value) by at most 2^(b/2), and
/// start >= 2^(b-1). One Newton step gives (start + value/start) / 2, which exceeds sqrt(value) by
/// (start - sqrt(value))^2 / (2*start) <= 2^b / 2^b = 1 and never falls short of it; so its floor is the root or one more.
/// A start cut to b bits lies no further from sqrt(value), and the step asks no more of it.
template <int Bits>
UWide root_of_normalised(UWide value) {
    if constexpr (Bits == 8) {
        UWide root = 0;
        for (UWide bit = 8; bit != 0; bit >>= 1)
            if ((root + bit) * (root + bit) <= value) root += bit;
        return root;
    } else {
        constexpr int b = Bits / 2;
        const UWide above = (root_of_normalised<b>(value >> b) + 1) << (b / 2);
        const UWide start = above >> b == 0 ? above : (UWide{1} << b) - 1;
        UWide ratio = 0;  // a 64-bit division where it does
        if constexpr (Bits <= 64) ratio = static_cast<std::uint64_t>(value) / static_cast<std::uint64_t>(start);
        else ratio = value / start;
        const UWide root = (start + ratio) / 2;
        const bool over = root >> b != 0 || root * root > value;  // 2^b squared would not fit
        return over ? root - 1 : root;
    }
}

UWide root_down(UWide value) {
    if (value == 0) return 0;
    const int spare = (128 - bit_width(value)) & ~1;  // an even shift of the value is a whole shift of its root
    if (spare >= 64) return root_of_normalised<64>(value << (spare - 64)) >> (spare - 64) / 2;
    return root_of_normalised<128>(value << spare) >> spare / 2;
}

/// A positive number from below: mantissa * 2^exponent with the top bit of the mantissa set. Each product drops less than
/// one part in 2^126 of the number, so after the four that a fifth power takes, the number itself lies less than 2^-123
/// above, which is 32 units of the mantissa.
struct Scaled {
    UWide mantissa;
    int exponent;
};
constexpr UWide scaled_slack = 32;

Scaled scaled(UWide value) {
    const int spare = 128 - bit_width(value);
    return {value << spare, -spare};
}

Scaled operator*(const Scaled& a, const Scaled& b) {
    const UWide high = multiply_high(a.mantissa, b.mantissa);
    const int spare = 128 - bit_width(high);  // 0 or 1
    return {high << spare, a.exponent + b.exponent + 128 - spare};
}

/// Whether a > b is certain from below, however much of b was dropped.
bool certainly_above(const Scaled& a, const Scaled& b) {
    if (b.mantissa > ~UWide{0} - scaled_slack) return false;
    return a.exponent != b.exponent ? a.exponent > b.exponent : a.mantissa > b.mantissa + scaled_slack;
}

/// r^5 against v^4: a glance at their leading 128 bits decides, except within 2^-120 of equality.
class FourthPower {
public:
    explicit FourthPower(UWide v) : v_(v), glance_(fourth(scaled(v))) {}

    bool is_at_least_fifth_of(UWide r) const {
        const Scaled root = scaled(r);
        const Scaled fifth = fourth(root) * root;
        if (certainly_above(fifth, glance_)) return false;
        if (certainly_above(glance_, fifth)) return true;
        return exact_fifth(r) <= exact_fourth(v_);
    }
    bool is_fifth_of(UWide r) const { return exact_fifth(r) == exact_fourth(v_); }

private:
    static Scaled fourth(const Scaled& a) {
        const Scaled square = a * a;
        return square * square;
    }
    static Natural512 exact_fourth(UWide a) {
        const Natural512 square = Natural512(a) * a;
        return square * square;
    }
    static Natural512 exact_fifth(UWide a) { return exact_fourth(a) * a; }

    UWide v_;
    Scaled glance_;
};

}  // namespace

UWide square_root(UWide value, Toward toward) {
    const UWide root = root_down(value);
    return toward == Toward::up && root * root != value ? root + 1 : root;
}

UWide power_four_fifths(UWide value, Toward toward) {
    PLIM_ASSERT(bit_width(value) <= 96);
    if (value < 2) return value;
    const FourthPower fourth(value);
    const int bits = bit_width(value) - 1;  // 2^bits <= value < 2^(bits+1)
    UWide low = UWide{1} << (bits * 4 / 5);
    UWide high = UWide{1} << ((bits + 1) * 4 / 5 + 1);
    while (high - low > 1) {  // low^5 <= value^4 < high^5
        const UWide middle = low + (high - low) / 2;
        (fourth.is_at_least_fifth_of(middle) ? low : high) = middle;
    }
    return toward == Toward::up && !fourth.is_fifth_of(low) ? low + 1 : low;
}

}  // namespace plimsoll
