// Liquidation and bankruptcy price against a walk over every price of a small grid.
#include "plimsoll/risk/price_solve.hpp"
#include "support/cases.hpp"
#include "support/gen_risk.hpp"

namespace plimsoll::testing {
namespace {

constexpr std::int64_t price_max = 400;

Wide maintenance_value(const RiskCase& c, std::size_t position, Price price) {
    const MarketId market = c.owner.account.positions[position].market;
    const Replacement at{market, c.context.at_price(market, price)};
    if (c.owner.account.positions[position].mode == MarginMode::isolated)
        return isolated_health(c.context, c.view(), position, Purpose::maintenance, &at).value();
    return health(c.context, c.view(), Purpose::maintenance, &at).value();
}
Wide equity_value(const RiskCase& c, std::size_t position, Price price) {
    const MarketId market = c.owner.account.positions[position].market;
    const Replacement at{market, c.context.at_price(market, price)};
    if (c.owner.account.positions[position].mode == MarginMode::isolated) return isolated_equity(c.context, c.view(), position, &at);
    return equity(c.context, c.view(), &at);
}

/// A unit of every position and asset, brought to the numeraire: by as much as health may jitter between two prices.
Wide jitter(const RiskCase& c) {
    Wide units = static_cast<Wide>(c.venue.set.assets.size()) * 3;
    for (const Position& p : c.owner.account.positions) {
        const AssetView& asset = c.context.asset(c.context.market(p.market).params->settle);
        units += asset.is_unit ? 3 : liability_value(rate_max, asset.scales, 3, asset.price.high());
    }
    return units;
}

/// What a walk from the mark finds wrong with an answer. `value(price)` is what the answer is about.
template <class Value>
std::string walk(const RiskCase& c, std::size_t position, bool down, const std::optional<PriceAnswer>& answer, Value value) {
    const Wide slack = jitter(c);
    const MarketView& market = c.context.market(c.owner.account.positions[position].market);
    const Price mark = market.state.mark;
    const auto shown_at = [&](Price p) {
        return " at " + std::to_string(p.raw()) + " (" + exact(value(p)).str() + "), mark " + std::to_string(mark.raw());
    };
    if (value(mark) < 0)
        return answer && answer->breached_now && answer->last_safe == mark ? "" : "it fails at the mark and the answer does not say so";
    if (answer && answer->breached_now) return "it passes at the mark and the answer denies it";
    if (answer && value(answer->last_safe) < 0) return "the last safe price fails" + shown_at(answer->last_safe);
    if (answer && value(answer->first_breach) >= 0) return "the first breach passes" + shown_at(answer->first_breach);
    if (answer && answer->first_breach.raw() != answer->last_safe.raw() + (down ? -1 : 1)) return "the two are not neighbours";
    const bool inverse = market.params->instrument.kind == ContractKind::inverse;
    const std::int64_t end = answer ? answer->last_safe.raw() : !down ? price_max : inverse ? 1 : 0;
    for (std::int64_t p = mark.raw(); down ? p >= end : p <= end; p += down ? -1 : 1)
        if (value(Price::from_raw(p)) < -slack)
            return std::string(answer ? "an earlier breach" : "a breach and the answer is none") + shown_at(Price::from_raw(p));
    return {};
}

RiskCase small_grid(RiskGenerator& generator) {
    generator.price_max = price_max;
    generator.odd_weights = false;
    return gen_risk(generator);
}

TEST(RISK_005, no_price_between_the_mark_and_the_answer_breaches) {
    std::int64_t answers = 0;
    std::int64_t none = 0;
    int evaluations = 0;
    for_cases([&](Random& random) -> std::string {
        if (random.next() % 8 != 0) return {};
        RiskGenerator generator(random);
        const RiskCase c = small_grid(generator);
        for (std::size_t i = 0; i < c.owner.account.positions.size(); ++i) {
            for (const PriceMove move : {PriceMove::down, PriceMove::up}) {
                const auto answer = liquidation_price(c.context, c.view(), i, move);
                const std::string wrong = walk(c, i, move == PriceMove::down, answer, [&](Price p) { return maintenance_value(c, i, p); });
                if (!wrong.empty()) return (move == PriceMove::down ? "down: " : "up: ") + wrong;
                if (!answer) ++none;
                else if (!answer->breached_now) ++answers;
                if (answer) evaluations = std::max(evaluations, answer->evaluations);
            }
        }
        return {};
    });
    EXPECT_LE(evaluations, 64);
    EXPECT_GT(answers, cases() / 80);
    EXPECT_GT(none, cases() / 80);
}

TEST(RISK_009, the_bankruptcy_price_is_the_first_without_equity) {
    for_cases([&](Random& random) -> std::string {
        if (random.next() % 8 != 0) return {};
        RiskGenerator generator(random);
        const RiskCase c = small_grid(generator);
        for (std::size_t i = 0; i < c.owner.account.positions.size(); ++i) {
            const MarketId market = c.owner.account.positions[i].market;
            Wide net = 0;
            for (const Position& p : c.owner.account.positions)
                if (p.market == market)
                    net +=
                        c.owner.account.positions[i].mode == MarginMode::isolated && &p != &c.owner.account.positions[i] ? 0 : p.size.raw();
            const auto answer = bankruptcy_price(c.context, c.view(), i);
            const std::string wrong = walk(c, i, net > 0, answer, [&](Price p) { return equity_value(c, i, p); });
            if (!wrong.empty()) return wrong;
        }
        return {};
    });
}

}  // namespace
}  // namespace plimsoll::testing
