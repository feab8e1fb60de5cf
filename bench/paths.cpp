#include "paths.hpp"

#include "plimsoll/risk/admission.hpp"
#include "plimsoll/risk/price_solve.hpp"
#include "plimsoll/schedule/explain.hpp"

#include <algorithm>

namespace plimsoll::bench {

namespace {

std::uint64_t mixed(std::uint64_t sum, Wide value) {
    return (sum ^ static_cast<std::uint64_t>(value)) * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(value >> 64);
}

std::uint64_t checksum(std::span<const Amount> amounts) {
    std::uint64_t sum = 1;
    for (const Amount amount : amounts) sum = mixed(sum, amount.raw());
    return sum;
}

std::uint64_t checksum(std::span<const Health> healths) {
    std::uint64_t sum = 1;
    for (const Health& h : healths) sum = mixed(mixed(mixed(sum, h.collateral), h.requirement), h.order_loss);
    return sum;
}

constexpr std::size_t questions_count = 4'096;

struct ScheduleBench {
    CompiledSchedule schedule = make_twelve_tiers();
    std::vector<Question> questions = make_questions(schedule, questions_count);
    FloorSchedule floor{schedule, questions};
    std::vector<Amount> out = std::vector<Amount>(questions_count);
};

struct VenueBench {
    VenueBench(std::size_t count, std::size_t per_account) : accounts(make_accounts(venue, count, per_account)), out(count) {}
    RiskContext venue = make_venue();
    Accounts accounts;
    std::vector<Health> out;
};

Path schedule_path(const std::string& name) {
    const auto bench = std::make_shared<ScheduleBench>();
    Path path{name, questions_count, {}, [bench] { return checksum(bench->out); }};
    if (name == "requirement-floor") path.run = [bench] { bench->floor.answer(bench->questions, bench->out); };
    if (name == "requirement")
        path.run = [bench] {
            for (std::size_t i = 0; i < bench->questions.size(); ++i)
                bench->out[i] = requirement(bench->schedule, Level::initial, bench->questions[i].exposure, bench->questions[i].figures);
        };
    if (name == "requirement-general")
        path.run = [bench] {
            for (std::size_t i = 0; i < bench->questions.size(); ++i) {
                const Question& q = bench->questions[i];
                bench->out[i] = requirement_general(bench->schedule, Level::initial, q.exposure, q.figures, {});
            }
        };
    if (name == "explanation")
        path.run = [bench] {
            for (std::size_t i = 0; i < bench->questions.size(); ++i) {
                Exposure next = bench->questions[i].exposure;
                next.notional += 100;
                next.group_notional += 100;
                next.size += 1;
                bench->out[i] =
                    explain(bench->schedule, Level::initial, bench->questions[i].exposure, next, bench->questions[i].figures).margin;
            }
        };
    return path;
}

Path venue_path(const std::string& name, std::size_t accounts) {
    const std::size_t per_account = name.find("-8") != std::string::npos ? 8 : 4;
    const auto bench = std::make_shared<VenueBench>(accounts, per_account);
    Path path{name, accounts, {}, [bench] { return checksum(bench->out); }};
    if (name.ends_with("-floor")) {
        const auto floor = std::make_shared<FloorVenue>(bench->venue, bench->accounts.views);
        path.run = [bench, floor] { floor->answer(bench->accounts.views, bench->out); };
    } else if (name.ends_with("-single")) {
        path.run = [bench] {
            for (std::size_t i = 0; i < bench->out.size(); ++i)
                bench->out[i] = health(bench->venue, bench->accounts.views[i], Purpose::open);
        };
    } else {
        const Purpose purpose = name.ends_with("-maintenance") ? Purpose::maintenance : Purpose::open;
        path.run = [bench, purpose] { health_batch(bench->venue, bench->accounts.views, purpose, bench->out); };
    }
    return path;
}

OrderRequest order_for(const AccountView& account, Side side) {
    OrderRequest order;
    order.market = account.positions.front().market;
    order.side = side;
    return order;
}

}  // namespace

std::vector<std::string> path_names() {
    return {"requirement",    "requirement-floor", "requirement-general",  "explanation", "health-4",
            "health-4-floor", "health-4-single",   "health-4-maintenance", "health-8",    "health-8-floor"};
}

Path make_path(const std::string& name, std::size_t accounts) {
    const std::vector<std::string> names = path_names();
    if (std::find(names.begin(), names.end(), name) == names.end()) return {name, 1, {}, {}};
    return name.starts_with("health") ? venue_path(name, accounts) : schedule_path(name);
}

SolveCost solve_cost(std::size_t accounts) {
    const VenueBench bench(accounts, 4);
    SolveCost cost;
    std::size_t sizes = 0, prices = 0;
    for (const AccountView& account : bench.accounts.views) {
        for (const Side side : {Side::buy, Side::sell}) {
            OrderRequest order = order_for(account, side);
            order.limit = bench.venue.market(order.market).state.mark;
            if (const auto most = max_size(bench.venue, account, order)) {
                cost.size_most = std::max(cost.size_most, most->evaluations);
                cost.size_mean += most->evaluations;
                ++sizes;
            }
        }
        if (const auto price = liquidation_price(bench.venue, account, 0)) {
            cost.price_most = std::max(cost.price_most, price->evaluations);
            cost.price_mean += price->evaluations;
            ++prices;
        }
    }
    cost.size_mean /= static_cast<double>(std::max<std::size_t>(sizes, 1));
    cost.price_mean /= static_cast<double>(std::max<std::size_t>(prices, 1));
    return cost;
}

}  // namespace plimsoll::bench
