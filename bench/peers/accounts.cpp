// bench_peers dump: the venue and its accounts with their answers as JSON lines, every figure an integer in a string.
// bench_peers serve: measures health_batch() over the same accounts whenever a line arrives, and answers ns per account.
#include "harness.hpp"
#include "workload.hpp"

#include <time.h>
#include <cstdio>
#include <iostream>
#include <string>

namespace plimsoll::bench {
namespace {

constexpr std::size_t accounts_count = 2'000;
constexpr std::size_t per_account = 4;

std::string text(Wide value) { return "\"" + format_decimal_short(value, 0) + "\""; }

void dump_market(const MarketView& market, bool last) {
    const Instrument& instrument = market.params->instrument;
    const CompiledSchedule& schedule = *market.schedule;
    const CompiledTerm& term = schedule.terms[schedule.level(Level::initial).first_term];
    std::printf("{\"mark\":%s,\"price_digits\":%d,\"size_digits\":%d,\"rows\":[", text(market.state.mark.raw()).c_str(),
                instrument.price_digits, instrument.size_digits);
    for (std::uint32_t i = 0; i < term.rows; ++i) {
        const CompiledRow& row = schedule.rows[term.first_row + i];
        std::printf("%s[%s,%s,%s]", i == 0 ? "" : ",", text(schedule.edges[term.first_row + i]).c_str(), text(row.numerator).c_str(),
                    text(row.carry).c_str());
    }
    std::printf("]}%s", last ? "" : ",");
}

void dump(const RiskContext& venue, const Accounts& accounts) {
    std::printf("{\"markets\":[");
    for (std::uint32_t i = 0; i < venue.market_count(); ++i) dump_market(venue.market({i}), i + 1 == venue.market_count());
    const AssetView& coin = venue.asset({1});
    std::printf("],\"settle_digits\":6,\"profit\":%s,\"coin\":{\"digits\":%d,\"price_digits\":%d,\"price\":%s,\"weight\":%s}}\n",
                text(venue.set().profit.initial.raw()).c_str(), coin.scales.asset_digits, coin.scales.price_digits,
                text(coin.price.low().raw()).c_str(), text(coin.params->weight_initial.weight.raw()).c_str());
    for (const AccountView& account : accounts.views) {
        const Health h = health(venue, account, Purpose::open);
        std::printf("{\"balances\":[%s,%s],\"positions\":[", text(account.balances[0].amount.raw()).c_str(),
                    text(account.balances[1].amount.raw()).c_str());
        for (std::size_t i = 0; i < account.positions.size(); ++i) {
            const Position& p = account.positions[i];
            std::printf("%s[%u,%s,%s,%s,%s,%s,%s]", i == 0 ? "" : ",", p.market.index, text(p.size.raw()).c_str(), text(p.cost).c_str(),
                        text(p.buys.raw()).c_str(), text(p.sells.raw()).c_str(), text(p.buy_cost).c_str(), text(p.sell_cost).c_str());
        }
        std::printf("],\"answer\":[%s,%s,%s]}\n", text(h.collateral).c_str(), text(h.requirement).c_str(), text(h.order_loss).c_str());
    }
}

double thread_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

void serve(const RiskContext& venue, const Accounts& accounts) {
    std::vector<Health> out(accounts.views.size());
    for (std::string line; std::getline(std::cin, line);) {
        constexpr int passes = 100;
        const double begin = thread_ns();
        for (int i = 0; i < passes; ++i) health_batch(venue, accounts.views, Purpose::open, out);
        std::printf("%.3f\n", (thread_ns() - begin) / passes / static_cast<double>(out.size()));
        std::fflush(stdout);
    }
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
    using namespace plimsoll::bench;
    const plimsoll::RiskContext venue = make_venue();
    const Accounts accounts = make_accounts(venue, accounts_count, per_account);
    if (argc == 2 && std::string(argv[1]) == "dump") dump(venue, accounts);
    else if (argc == 2 && std::string(argv[1]) == "serve") serve(venue, accounts);
    else return 2;
}
