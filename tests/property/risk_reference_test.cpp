// Health of random accounts on random venues against unbounded rational arithmetic.
#include "plimsoll/risk/health.hpp"
#include "support/cases.hpp"
#include "support/gen_risk.hpp"

namespace plimsoll::testing {
namespace {

constexpr std::array purposes{Purpose::open, Purpose::withdraw, Purpose::maintenance, Purpose::closeout};

std::string differs(const char* what, std::size_t purpose, const Integer& got, const Integer& low, const Integer& high) {
    if (low <= got && got <= high) return {};
    return std::string(what) + " for purpose " + std::to_string(purpose) + ": got " + got.str() + ", expected " + high.str() +
           (low == high ? "" : " or down to " + low.str());
}

std::string compare(std::size_t purpose, const ReferenceHealth& expected, Wide collateral, Wide requirement, Wide order_loss) {
    std::string wrong = differs("collateral", purpose, exact(collateral), expected.collateral - expected.slack, expected.collateral);
    if (wrong.empty()) wrong = differs("requirement", purpose, exact(requirement), expected.requirement, expected.requirement);
    if (wrong.empty()) wrong = differs("order loss", purpose, exact(order_loss), expected.order_loss, expected.order_loss);
    return wrong;
}

TEST(RISK_001, health_for_every_purpose_equals_rational_arithmetic_to_the_unit) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        const RiskCase c = gen_risk(generator);
        const ReferenceRisk reference(c.venue, c.owner);
        for (std::size_t i = 0; i < purposes.size(); ++i) {
            const Health h = health(c.context, c.view(), purposes[i]);
            const std::string wrong = compare(i, reference.health(purposes[i]), h.collateral, h.requirement, h.order_loss);
            if (!wrong.empty()) return wrong;
        }
        return {};
    });
}

TEST(ACCT_003, an_isolated_position_equals_rational_arithmetic_to_the_unit) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        const RiskCase c = gen_risk(generator);
        const ReferenceRisk reference(c.venue, c.owner);
        for (std::size_t p = 0; p < c.owner.account.positions.size(); ++p) {
            const Position& position = c.owner.account.positions[p];
            if (position.mode != MarginMode::isolated) continue;
            for (std::size_t i = 0; i < purposes.size(); ++i) {
                const IsolatedHealth h = isolated_health(c.context, c.view(), p, purposes[i]);
                const std::string wrong = compare(i, reference.isolated(position, purposes[i]), h.collateral, h.requirement, h.order_loss);
                if (!wrong.empty()) return wrong;
            }
        }
        return {};
    });
}

TEST(RISK_009, equity_at_marks_equals_rational_arithmetic_to_the_unit) {
    for_cases([](Random& random) -> std::string {
        RiskGenerator generator(random);
        const RiskCase c = gen_risk(generator);
        const Integer expected = ReferenceRisk(c.venue, c.owner).equity();
        return differs("equity", 0, exact(equity(c.context, c.view())), expected, expected);
    });
}

}  // namespace
}  // namespace plimsoll::testing
