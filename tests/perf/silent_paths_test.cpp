// The paths that are asked millions of times a second take nothing from the system: no memory, no call.
#include "plimsoll/risk/admission.hpp"
#include "plimsoll/risk/price_solve.hpp"

#include "perf/counting_allocator.hpp"

#include <gtest/gtest.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <stdexcept>

namespace plimsoll {
namespace {

using testing::allocations;

Fraction percent(std::int64_t whole) { return Fraction::from_rate(Rate::from_raw(whole * (rate_one / 100))); }

constexpr std::uint32_t markets = 4;

/// One market on brackets, one on brackets lifted by open interest, one on a root with a chosen leverage, one where each order is
/// weighed alone: the fast way and the general one. Names are longer than what a string holds without memory.
RiskContext venue() {
    ParameterSet set;
    set.name = "test";
    Asset usd{"USD", 6, 0, Price::from_raw(10), amount_max, true, {}, {}};
    usd.weight_initial.weight = usd.weight_maintenance.weight = hundred_percent;
    Asset coin{"COIN", 8, 2, Price::from_raw(100'000'000), Amount::from_raw(1'000'000'000'000), true, {}, {}};
    coin.weight_initial.weight = coin.weight_maintenance.weight = Rate::from_raw(900'000'000);
    coin.weight_initial.tiers = {{{0, 0}, Rate::from_raw(900'000'000)}, {{100'000, 0}, Rate::from_raw(500'000'000)}};
    set.assets = {usd, coin};
    Schedule s;
    s.id = "brackets";
    Term term;
    term.curve.kind = CurveKind::brackets;
    term.curve.rows = {{{0, 0}, percent(2)}, {{50'000, 0}, percent(5)}, {{1'000'000, 0}, percent(20)}};
    s.initial.terms = {term};
    s.maintenance.of_initial = percent(50);
    set.schedules.push_back(s);
    s.id = "lifted";
    s.initial.terms.front().modulators = {
        {ModulatorInput::open_interest, ModulatorEffect::lift, {1'000'000, 0}, {5'000'000, 0}, hundred_percent}};
    set.schedules.push_back(s);
    s.id = "root";
    s.initial.terms.front().modulators.clear();
    s.initial.terms.front().application = Application::whole;
    s.initial.terms.front().curve = {};
    s.initial.terms.front().curve.kind = CurveKind::root;
    s.initial.terms.front().curve.factor = {1, 4};
    set.schedules.push_back(s);
    for (std::uint32_t i = 0; i < markets; ++i) {
        MarketParams m;
        m.name = "a market with a long name, number " + std::to_string(i);
        m.schedule = {i % 3};
        if (i == 3) m.open_orders = OpenOrderPolicy::each_alone;
        m.instrument = {ContractKind::linear, 2, 3, 6, {1, 0}, Price::from_raw(10'000'000), Size::from_raw(10'000'000), Price::from_raw(1),
                        Size::from_raw(1)};
        set.markets.push_back(m);
    }
    auto made = RiskContext::make(std::move(set));
    if (!made) throw std::runtime_error(to_string(made.error().front()));
    for (std::uint32_t i = 0; i < markets; ++i) {
        MarketState state;
        state.mark = Price::from_raw(2'000'000);
        state.open_interest_long = state.open_interest_short = Size::from_raw(100'000);
        if (const std::string fault = made->set_market({i}, state); !fault.empty()) throw std::runtime_error(fault);
    }
    if (!made->set_asset({1}, {Price::from_raw(5'000'000), Price::from_raw(4'900'000)}).empty()) throw std::runtime_error("price");
    return std::move(*made);
}

Account account() {
    Account a;
    a.balances = {{{0}, Amount::from_raw(50'000'000'000)}, {{1}, Amount::from_raw(300'000'000)}};
    for (std::uint32_t i = 0; i < 3; ++i) {  // of the last market it holds nothing: a position that an order would open
        Position p;
        p.market = {i};
        p.size = Size::from_raw(i == 1 ? -2'000 : 2'000);
        p.cost = Wide{p.size.raw()} * 2'000'000;
        p.buys = p.sells = Size::from_raw(1'500);
        p.buy_cost = Wide{1'500} * 1'990'000;
        p.sell_cost = Wide{1'500} * 2'010'000;
        if (i == 2) p.leverage_hundredths = 700;
        a.positions.push_back(p);
    }
    return a;
}

/// Everything that is asked of an account while it trades.
struct Asked {
    RiskContext context = venue();
    Account held = account();
    AccountView view = held.view();
    std::array<AccountView, 8> views{view, view, view, view, view, view, view, view};
    std::array<Health, 8> out{};

    void requirement_and_health() {
        for (const Purpose purpose : {Purpose::open, Purpose::withdraw, Purpose::maintenance, Purpose::closeout})
            health_batch(context, views, purpose, out);
        for (std::size_t i = 0; i < view.positions.size(); ++i)
            position_risk(context.market(view.positions[i].market), view, i, Purpose::open);
        equity(context, view);
    }
    void price_solves() {
        for (std::size_t i = 0; i < view.positions.size(); ++i) {
            liquidation_price(context, view, i);
            bankruptcy_price(context, view, i);
        }
    }

    /// What every question of the gate answers, in the room given or in rooms of their own.
    template <class... Room>
    std::array<Wide, 32> at_the_gate(Room&... room) const {
        std::array<Wide, 32> answers{};
        std::size_t count = 0;
        const auto solved = [&](const std::optional<Solution>& s) { answers[count++] = s ? s->value : -1; };
        for (std::uint32_t i = 0; i < markets; ++i)
            for (const Side side : {Side::buy, Side::sell}) {
                OrderRequest order;
                order.market = {i};
                order.side = side;
                order.size = Size::from_raw(900);
                order.limit = context.market(order.market).state.mark;
                const WithOrder placed(context, view, order, room...);
                answers[count++] = static_cast<Wide>(placed.view().positions.size());
                const Admission admission = admit(context, view, order, room...);
                answers[count++] = admission.admitted() ? admission.required : -1;
                solved(max_size(context, view, order, room...));
            }
        for (const AssetId asset : {AssetId{0}, AssetId{1}}) {
            answers[count++] = admit_withdrawal(context, view, asset, Amount::from_raw(1'000), room...).required;
            solved(max_withdrawal(context, view, asset, room...));
            solved(deposit_needed(context, poor(), asset, Purpose::open, room...));
        }
        return answers;
    }

    /// The same positions on nothing: it needs a deposit, in an asset of which it holds none.
    AccountView poor() const {
        AccountView without = view;
        without.balances = {};
        return without;
    }

    Wide removal() const {
        Position alone = view.positions.front();
        alone.mode = MarginMode::isolated;
        alone.isolated_collateral = Amount::from_raw(40'000'000'000);
        AccountView account = view;
        account.positions = {&alone, 1};
        return admit_removal(context, account, 0, Amount::from_raw(1'000)).required;
    }
};

TEST(PERF_001, requirements_and_price_solves_allocate_nothing) {
    Asked asked;
    const std::size_t before = allocations();
    asked.requirement_and_health();
    EXPECT_EQ(allocations(), before);
    asked.price_solves();
    EXPECT_EQ(allocations(), before);
    EXPECT_NE(asked.out[0].requirement, 0);
    const Account another = account();
    EXPECT_GT(allocations(), before) << "the allocator does not count";
}

TEST(PERF_001, the_gate_allocates_nothing_once_its_room_has_grown) {
    const Asked asked;
    AdmissionRoom room;
    const std::array<Wide, 32> expected = asked.at_the_gate();
    const std::array<Wide, 32> first = asked.at_the_gate(room);
    const std::size_t before = allocations();
    const std::array<Wide, 32> again = asked.at_the_gate(room);
    const Wide removal = asked.removal();
    EXPECT_EQ(allocations(), before);
    EXPECT_TRUE(first == expected && again == expected) << "a room that was used before answers differently";
    EXPECT_TRUE(removal > 0 && std::count(expected.begin(), expected.end(), Wide{-1}) == 0 && expected[29] != 0) << "asked too little";
    asked.at_the_gate();
    EXPECT_GT(allocations(), before) << "rooms of their own take memory, and the allocator counts it";
}

/// Runs `work` in a process that is ended at its first system call other than its exit, and gives its wait status.
int status_of_silent(const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
        sock_filter only_exit[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        };
        const sock_fprog program{4, only_exit};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) _exit(77);
        work();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

TEST(PERF_001, requirements_and_price_solves_make_no_system_call) {
    Asked asked;
    const int caught = status_of_silent([] { static_cast<void>(getppid()); });
    if (WIFEXITED(caught) && WEXITSTATUS(caught) == 77) GTEST_SKIP() << "this system lets nobody filter system calls";
    EXPECT_TRUE(WIFSIGNALED(caught)) << "the filter does not catch a system call";
    AdmissionRoom room;
    asked.at_the_gate(room);
    const int silent = status_of_silent([&] {
        asked.requirement_and_health();
        asked.price_solves();
        asked.at_the_gate(room);
        asked.removal();
    });
    EXPECT_TRUE(WIFEXITED(silent) && WEXITSTATUS(silent) == 0) << "wait status " << silent;
}

TEST(PERF_003, solves_ask_at_most_64_times) {
    const Asked asked;
    for (std::size_t i = 0; i < asked.view.positions.size(); ++i) {
        OrderRequest order;
        order.market = asked.view.positions[i].market;
        order.limit = asked.context.market(order.market).state.mark;
        for (const Side side : {Side::buy, Side::sell}) {
            order.side = side;
            const auto most = max_size(asked.context, asked.view, order);
            ASSERT_TRUE(most);
            EXPECT_LE(most->evaluations, 64);
        }
        const auto price = liquidation_price(asked.context, asked.view, i);
        EXPECT_LE(price ? price->evaluations : 0, 64);
    }
}

}  // namespace
}  // namespace plimsoll
