// Who pays, against rationals and the obvious loops.
#include "plimsoll/liquidation/waterfall.hpp"
#include "support/cases.hpp"
#include "support/reference.hpp"

#include <numeric>

namespace plimsoll::testing {
namespace {

Amount amount_below_pow2(Random& random, int bits) { return Amount::from_raw(static_cast<std::int64_t>(natural_below_pow2(random, bits))); }

TEST(LIQ_006, a_fee_is_split_to_the_unit_and_what_the_floors_leave_is_the_venues) {
    for_cases([](Random& random) -> std::string {
        const Amount fee = amount_below_pow2(random, 63);
        const std::int64_t fund = random.between(0, rate_one);
        const std::int64_t liquidator = random.next() % 4 == 0 ? rate_one - fund : random.between(0, rate_one - fund);
        const FeeSplit split = split_fee(fee, Rate::from_raw(fund), Rate::from_raw(liquidator));
        const auto down = [&](std::int64_t share) { return floor_of(Rational(fee.raw()) * Rational(share, rate_one)); };
        if (down(fund) != split.fund.raw() || down(liquidator) != split.liquidator.raw()) return "a share is not the floor of its part";
        if (Integer(split.fund.raw()) + split.liquidator.raw() + split.venue.raw() != fee.raw()) return "the parts are not the fee";
        if (split.venue.raw() < 0) return "the venue pays";
        return {};
    });
}

/// Winners that are often alike: figures of few sizes, so that equal ranks occur, and of all magnitudes up to 2^100.
Winner any_winner(Random& random, bool alike) {
    const auto figure = [&](Wide least) {
        const auto value = static_cast<Wide>(alike ? natural_below_pow2(random, 2) : natural_below_pow2(random, 100));
        return std::max(least, value);
    };
    Winner w;
    w.account = {static_cast<std::uint32_t>(random.between(0, 20))};
    w.position = static_cast<std::uint32_t>(random.between(0, 3));
    w.size = Size::from_raw(random.between(1, 1000));
    w.profit = random.next() % 3 == 0 ? -figure(0) : figure(0);
    w.cost = figure(1);
    w.notional = figure(0);
    w.equity = figure(1);
    return w;
}

/// True: a stands before b, by rationals that are divided out.
bool stands_before(const Winner& a, const Winner& b) {
    const auto leverage = [](const Winner& w) { return Rational(exact(w.notional), exact(w.equity)); };
    const auto score = [&](const Winner& w) { return Rational(Rational(exact(w.profit), exact(w.cost)) * leverage(w)); };
    if ((a.profit > 0) != (b.profit > 0)) return a.profit > 0;
    const Rational of_a = a.profit > 0 ? score(a) : leverage(a);
    const Rational of_b = b.profit > 0 ? score(b) : leverage(b);
    if (of_a != of_b) return of_a > of_b;
    return std::pair(a.account.index, a.position) < std::pair(b.account.index, b.position);
}

TEST(LIQ_007, winners_stand_in_the_order_of_their_exact_scores) {
    std::int64_t ties = 0;
    for_cases([&](Random& random) -> std::string {
        std::vector<Winner> winners;
        const bool alike = random.next() % 2 == 0;
        for (std::int64_t i = random.between(0, 12); i > 0; --i) {
            Winner w = any_winner(random, alike);
            // Twice the figures are the same fractions.
            if (!winners.empty() && random.next() % 4 == 0) {
                const Winner& other = winners.back();
                if (std::max({other.profit, other.cost, other.notional, other.equity}) < Wide{1} << 99 && other.profit > 0) {
                    w.profit = 2 * other.profit;
                    w.cost = 2 * other.cost;
                    w.notional = 2 * other.notional;
                    w.equity = 2 * other.equity;
                }
            }
            winners.push_back(w);
        }
        std::vector<Winner> ranked = winners;
        rank_winners(ranked);
        for (std::size_t i = 1; i < ranked.size(); ++i) {
            if (stands_before(ranked[i], ranked[i - 1])) return "place " + std::to_string(i) + " belongs before the one above it";
            Winner moved = ranked[i - 1];
            moved.account = ranked[i].account;
            moved.position = ranked[i].position;
            ties += !stands_before(moved, ranked[i]) && !stands_before(ranked[i], moved) ? 1 : 0;
        }
        const auto key = [](const Winner& a, const Winner& b) {
            return std::tuple(a.account, a.position, a.size, a.profit, a.cost, a.notional, a.equity) <
                   std::tuple(b.account, b.position, b.size, b.profit, b.cost, b.notional, b.equity);
        };
        std::sort(winners.begin(), winners.end(), key);
        std::sort(ranked.begin(), ranked.end(), key);
        return winners == ranked ? "" : "somebody was lost or invented";
    });
    EXPECT_GE(ties, cases() / 20) << "equal scores were hardly met";
}

/// The obvious way: each floor in rationals, then unit by unit from the front.
std::vector<Integer> shared_plainly(const Integer& loss, const std::vector<Amount>& bearable) {
    Integer together = 0;
    for (const Amount most : bearable) together += most.raw();
    const Integer shared = std::min(loss, together);
    std::vector<Integer> charges;
    Integer missing = shared;
    for (const Amount most : bearable) {
        charges.push_back(together == 0 ? Integer(0) : floor_of(Rational(shared * most.raw(), together)));
        missing -= charges.back();
    }
    for (std::size_t i = 0; missing > 0; i = (i + 1) % charges.size())
        if (charges[i] < bearable[i].raw()) {
            charges[i] += 1;
            missing -= 1;
        }
    return charges;
}

TEST(LIQ_008, a_loss_is_shared_in_proportion_to_the_unit_and_nobody_bears_more_than_he_can) {
    for_cases([](Random& random) -> std::string {
        const int bits = static_cast<int>(random.between(1, 63));
        std::vector<Amount> bearable;
        for (std::int64_t i = random.between(0, 12); i > 0; --i)
            bearable.push_back(random.next() % 5 == 0 ? Amount{} : amount_below_pow2(random, bits));
        const Amount loss = amount_below_pow2(random, random.next() % 2 == 0 ? bits : 63);
        std::vector<Amount> charges(bearable.size(), Amount::from_raw(-7));
        share_loss(loss, bearable, charges);
        const std::vector<Integer> expected = shared_plainly(loss.raw(), bearable);
        Integer sum = 0;
        Integer together = 0;
        for (std::size_t i = 0; i < charges.size(); ++i) {
            if (expected[i] != charges[i].raw()) return "charge " + std::to_string(i) + " is " + std::to_string(charges[i].raw());
            if (charges[i] > bearable[i] || charges[i].raw() < 0) return "more than can be borne";
            sum += charges[i].raw();
            together += bearable[i].raw();
        }
        return sum == std::min<Integer>(loss.raw(), together) ? "" : "the charges are not the loss";
    });
}

}  // namespace
}  // namespace plimsoll::testing
