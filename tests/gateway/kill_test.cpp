// The real service, killed under load two hundred times.
#include "client.hpp"

#include "plimsoll/base/random.hpp"
#include "plimsoll/engine/hash.hpp"
#include "plimsoll/node/venue.hpp"
#include "support/scratch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

namespace plimsoll::service {
namespace {

constexpr int rounds = 200;
constexpr int clients = 3;

std::string id_text(std::uint64_t number) {
    char text[33];
    std::snprintf(text, sizeof text, "%032llx", static_cast<unsigned long long>(number));
    return text;
}

/// Deposits of one unit each, every one under an id of its own, to one account.
class Depositors {
public:
    std::map<std::uint64_t, std::uint64_t> acknowledged;  // id to the seq that was told
    std::atomic<std::uint64_t> sent{0};

    void run(std::uint16_t port) {
        std::vector<std::thread> threads;
        for (int i = 0; i < clients; ++i) threads.emplace_back([this, port] { deposit(port); });
        for (std::thread& thread : threads) thread.join();
    }

private:
    /// Until the service is gone.
    void deposit(std::uint16_t port) {
        Client client(port);
        while (client.open()) {
            const std::uint64_t id = ++sent;
            const Said said = client.ask(
                "POST", "/v1/commands", R"({"id":")" + id_text(id) + R"(","command":"deposit","account":"0","asset":"USDT","amount":"1"})");
            if (said.status == 0) return;
            ASSERT_EQ(said.status, 200) << said.body;
            const std::lock_guard lock(mutex_);
            acknowledged[id] = std::stoull(member(said.body, "seq"));
        }
    }
    std::mutex mutex_;
};

/// Each of the acknowledged commands is remembered with the number it was told.
void expect_remembered(std::uint16_t port, const std::map<std::uint64_t, std::uint64_t>& acknowledged, std::uint64_t from) {
    Client client(port);
    for (auto it = acknowledged.lower_bound(from); it != acknowledged.end(); ++it) {
        const Said said =
            client.ask("POST", "/v1/commands",
                       R"({"id":")" + id_text(it->first) + R"(","command":"deposit","account":"0","asset":"USDT","amount":"1"})");
        ASSERT_EQ(member(said.body, "repeated"), "true") << "an acknowledged command is gone: " << said.body;
        ASSERT_EQ(member(said.body, "seq"), std::to_string(it->second));
    }
}

struct Replayed {
    Hash128 state;
    Hash128 chain;
    std::map<std::uint64_t, int> deposits;  // by id, how often each is there
};

Replayed replay(const std::string& path) {
    Replayed result;
    node::Replay whole([&](std::uint64_t, const Command& command, const Reply& reply) {
        if (std::holds_alternative<command::Deposit>(command.body) && reply.accepted()) ++result.deposits[command.id.low];
    });
    const auto found =
        journal::read_journal(journal::real_files(), path, [&](const journal::Record& record) { return whole.take(record); });
    EXPECT_TRUE(found) << to_string(found.error());
    result.state = state_hash(whole.engine().state());
    result.chain = whole.engine().chain();
    return result;
}

TEST(SVC_001, what_was_acknowledged_outlives_two_hundred_kills_under_load) {
    const std::string path = testing::scratch("venue");
    const std::vector<std::string> arguments = {"--data",
                                                path,
                                                "--params",
                                                PLIM_SOURCE_DIR "/params/venues/binance.toml",
                                                "--allow-commands",
                                                "--accounts",
                                                "100",
                                                "--orders",
                                                "100",
                                                "--segment-bytes",
                                                "262144",
                                                "--snapshot-every",
                                                "2000"};
    Depositors depositors;
    Random random(1);
    std::uint64_t before = 0;
    for (int round = 0; round < rounds; ++round) {
        Process service(arguments);
        ASSERT_NE(service.port(), 0) << service.log();
        if (round == 0) {
            ASSERT_EQ(Client(service.port()).ask("POST", "/v1/commands", R"({"command":"open-account"})").status, 200);
        }
        expect_remembered(service.port(), depositors.acknowledged, before);
        ASSERT_FALSE(::testing::Test::HasFatalFailure()) << "after kill " << round << "\n" << service.log();
        before = depositors.sent + 1;
        std::thread killer([&, wait = random.between(1, 40)] {
            std::this_thread::sleep_for(std::chrono::milliseconds(wait));
            service.send(SIGKILL);
        });
        depositors.run(service.port());
        killer.join();
        EXPECT_EQ(service.wait(), 128 + SIGKILL);
    }
    ASSERT_GT(depositors.acknowledged.size(), static_cast<std::size_t>(rounds));
    {
        Process last(arguments);
        expect_remembered(last.port(), depositors.acknowledged, before);
        last.send(SIGTERM);
        EXPECT_EQ(last.wait(), 0);
    }
    const Replayed whole = replay(path);
    for (const auto& [id, seq] : depositors.acknowledged) ASSERT_EQ(whole.deposits.count(id), 1u) << "acknowledged deposit " << id;
    for (const auto& [id, times] : whole.deposits) ASSERT_EQ(times, 1) << "deposit " << id << " is there more than once";
    // From the snapshot and from the first record on: the same state, and the money of every deposit once.
    const auto venue = node::Venue::open(journal::real_files(), path, {});
    ASSERT_TRUE(venue) << to_string(venue.error());
    EXPECT_GT(venue->from_snapshot(), 0u);
    EXPECT_EQ(state_hash(venue->engine().state()), whole.state);
    EXPECT_EQ(venue->engine().chain(), whole.chain);
    const State& state = venue->engine().state();
    EXPECT_EQ(balance_of(state, {0}, {0}).raw(),
              static_cast<std::int64_t>(whole.deposits.size()) * pow10_64(state.active->params().assets[0].digits));
    std::printf("%zu acknowledged, %zu there, %d kills\n", depositors.acknowledged.size(), whole.deposits.size(), rounds);
}

}  // namespace
}  // namespace plimsoll::service
