#include "plimsoll/stress/profile.hpp"

#include "plimsoll/base/assert.hpp"
#include "plimsoll/base/hash.hpp"
#include "plimsoll/text/hex.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::stress {

namespace {

constexpr double percents = 100;

double factor(BookSide side, double x) { return side == BookSide::bids ? std::exp(-x) : std::exp(x); }

}  // namespace

/// Amounts spread evenly over [x0, x1]: their mean price is that of the interval.
double Profile::worth_between(double amount, double x0, double x1) const {
    const double width = x1 - x0;
    // Below this the difference of two exponentials has fewer good digits than its first terms.
    if (width < 1e-7) return amount * factor(side_, (x0 + x1) / 2);
    return amount * std::abs(factor(side_, x1) - factor(side_, x0)) / width;
}

void Profile::add(double amount, double x) {
    if (knots_.empty()) knots_.push_back({});
    const Knot last = knots_.back();
    knots_.push_back({last.amount + amount, x, last.worth + worth_between(amount, last.x, x)});
}

Profile Profile::even(BookSide side, double per_percent, double most) {
    Profile profile(side);
    if (per_percent > 0 && most > 0) profile.add(most, most / (percents * per_percent));
    return profile;
}

Profile Profile::even_notional(BookSide side, double per_percent, double reach) {
    constexpr int pieces = 2'000;
    Profile profile(side);
    if (per_percent <= 0 || reach <= 0) return profile;
    for (int i = 1; i <= pieces; ++i) {
        const double from = reach * (i - 1) / pieces;
        const double to = reach * i / pieces;
        profile.add(percents * per_percent * (to - from) / profile.worth_between(1, from, to), to);
    }
    return profile;
}

Profile Profile::bands(BookSide side, std::span<const series::Band> bands) {
    Profile profile(side);
    double notional = 0;
    double x = 0;
    for (const series::Band& band : bands) {
        const double to = side == BookSide::bids ? -std::log1p(-band.within) : std::log1p(band.within);
        PLIM_ASSERT(band.notional >= notional && to >= x && std::isfinite(to));
        profile.add((band.notional - notional) / profile.worth_between(1, x, to), to);
        notional = band.notional;
        x = to;
    }
    return profile;
}

Profile Profile::levels(BookSide side, std::span<const series::Level> levels, double mid) {
    Profile profile(side);
    for (const series::Level& level : levels) {
        PLIM_ASSERT(mid > 0 && level.price > 0 && level.size >= 0);
        const double x = std::max(0.0, side == BookSide::bids ? std::log(mid / level.price) : std::log(level.price / mid));
        profile.add(0, x);  // the way to the level holds nothing
        profile.add(level.size * mid, x);
    }
    return profile;
}

Profile Profile::pool(BookSide side, double reserve, double reach) {
    // In a pool x * y = k the price is y / x. Selling base until the price is e^-x of what it was puts in base (e^(x/2) - 1) of the base
    // reserve, which is worth the quote reserve; buying until e^x takes out 1 - e^(-x/2) of it. Concentrated to [e^-r, e^r], a real reserve
    // acts as one that is 1 / (1 - e^(-r/2)) times as large.
    constexpr int pieces = 2'000;
    Profile profile(side);
    if (reserve <= 0 || reach <= 0) return profile;
    const double acts_as = reserve / -std::expm1(-reach / 2);
    const auto amount = [&](double x) { return acts_as * (side == BookSide::bids ? std::expm1(x / 2) : -std::expm1(-x / 2)); };
    for (int i = 1; i <= pieces; ++i) {
        const double from = reach * (i - 1) / pieces;
        const double to = reach * i / pieces;
        profile.add(amount(to) - amount(from), to);
    }
    return profile;
}

Profile Profile::beside(const Profile& other, double fee) const {
    PLIM_ASSERT(side_ == other.side_ && fee >= 0);
    Profile further(side_);
    for (const Knot& knot : other.knots_) further.add(knot.amount - further.most(), knot.x + fee);
    std::vector<double> distances;
    for (const Profile* one : std::initializer_list<const Profile*>{this, &further})
        for (const Knot& knot : one->knots_) distances.push_back(knot.x);
    std::sort(distances.begin(), distances.end());
    Profile both(side_);
    // Up to each distance, then what rests at it: a level.
    for (const double x : distances)
        for (const double amount : {nearer_than(x) + further.nearer_than(x), within(x) + further.within(x)})
            both.add(std::max(0.0, amount - both.most()), x);
    return both;
}

/// Amount that rests at less than a distance.
double Profile::nearer_than(double x) const {
    const auto at = std::lower_bound(knots_.begin(), knots_.end(), x, [](const Knot& knot, double distance) { return knot.x < distance; });
    if (at == knots_.begin()) return 0;
    const Knot& low = *(at - 1);
    return at == knots_.end() ? low.amount : low.amount + (at->amount - low.amount) * (x - low.x) / (at->x - low.x);
}

double Profile::within(double x) const {
    // The last knot at or before x, and the part of the next piece.
    const auto after = std::upper_bound(knots_.begin(), knots_.end(), x, [](double at, const Knot& knot) { return at < knot.x; });
    if (after == knots_.begin()) return 0;
    const Knot& low = *(after - 1);
    if (after == knots_.end()) return low.amount;
    const double width = after->x - low.x;
    return width > 0 ? low.amount + (after->amount - low.amount) * (x - low.x) / width : after->amount;
}

double Profile::reach(double amount) const {
    if (knots_.empty() || amount <= 0) return 0;
    const auto at = std::lower_bound(knots_.begin(), knots_.end(), amount, [](const Knot& knot, double a) { return knot.amount < a; });
    if (at == knots_.end()) return knots_.back().x;
    const Knot& low = *(at - 1);
    return low.x + (at->x - low.x) * (amount - low.amount) / (at->amount - low.amount);
}

double Profile::worth(double amount) const {
    if (knots_.empty() || amount <= 0) return 0;
    const auto at = std::lower_bound(knots_.begin(), knots_.end(), amount, [](const Knot& knot, double a) { return knot.amount < a; });
    if (at == knots_.end()) return knots_.back().worth;
    const Knot& low = *(at - 1);
    return low.worth + worth_between(amount - low.amount, low.x, reach(amount));
}

std::string Profile::fingerprint() const {
    const Hash128 hash = hash_bytes(reinterpret_cast<const std::uint8_t*>(knots_.data()), knots_.size() * sizeof(Knot));
    return text::hex(hash.high, hash.low);
}

}  // namespace plimsoll::stress
