// The thread that owns a venue: who goes first, who is turned away, and what happens when the disk fails.
#include "desk.hpp"

#include "plimsoll/journal/snapshot.hpp"
#include "plimsoll/node/snapshot.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace plimsoll::node {
namespace {

using gateway::Desk;

/// Whoever arrives waits here until he is let go. Nothing is timed: where nobody comes, the test run's own limit ends the test.
class Gate {
public:
    void arrive() {
        std::unique_lock lock(mutex_);
        ++arrived_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void wait_for_one() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return arrived_ > 0; });
    }
    int arrived() {
        const std::lock_guard lock(mutex_);
        return arrived_;
    }
    void let_go() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int arrived_ = 0;
    bool open_ = false;
};

/// Holds the core in its first piece of work until it is let go, so that what comes meanwhile waits.
class Held {
public:
    explicit Held(Core& core) {
        core.submit(Lane::ordinary, {[this](Venue&) -> Result<Answer> {
                                         gate_.arrive();
                                         return Answer{};
                                     },
                                     [](const Answer&) {}});
        gate_.wait_for_one();
    }
    void let_go() { gate_.let_go(); }

private:
    Gate gate_;
};

Work work_of(int number, std::vector<int>& order) {
    return {[number, &order](Venue&) -> Result<Answer> {
                order.push_back(number);
                return Answer{};
            },
            [](const Answer&) {}};
}

TEST(SVC_005, a_full_lane_turns_away_and_the_urgent_one_goes_first) {
    Desk desk;
    std::vector<int> order;
    CoreOptions options;
    options.queue_most = 3;
    Core core(std::move(*desk.venue), options, {[](const Error&) { FAIL(); }, {}, {}, {}});
    Held held(core);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(core.submit(Lane::ordinary, work_of(100 + i, order)));
    EXPECT_FALSE(core.submit(Lane::ordinary, work_of(103, order))) << "three wait already";
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(core.submit(Lane::urgent, work_of(i, order)));
    EXPECT_FALSE(core.submit(Lane::urgent, work_of(3, order)));
    EXPECT_EQ(core.waiting(), 6u);
    held.let_go();
    core.stop();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 100, 101, 102}));
    EXPECT_FALSE(core.submit(Lane::urgent, work_of(9, order))) << "it has stopped";
}

/// However many ordinary ones were taken in one go.
TEST(SVC_005, what_is_urgent_waits_for_one_piece_of_the_crowd_and_no_more) {
    Desk desk;
    std::vector<int> order;
    std::atomic<int> told{0};
    Core core(std::move(*desk.venue), {}, {[](const Error&) { FAIL(); }, {}, {}, {}});
    Held held(core);
    for (int i = 0; i < 4; ++i)
        core.submit(Lane::ordinary, {[&, i](Venue&) -> Result<Answer> {
                                         order.push_back(100 + i);
                                         if (i < 2) core.submit(Lane::urgent, work_of(i, order));
                                         return Answer{};
                                     },
                                     [&](const Answer&) { ++told; }});
    held.let_go();
    while (told < 4) std::this_thread::yield();  // who stops takes nothing more
    core.stop();
    EXPECT_EQ(order, (std::vector<int>{100, 0, 101, 1, 102, 103}));
}

TEST(SVC_005, what_waits_together_shares_a_sync_and_is_told_after_it) {
    Desk desk;
    int told_before_sync = 0;
    std::uint64_t synced = 0;
    int told = 0;
    std::vector<std::uint64_t> decided;
    CoreEvents events;
    events.fault = [](const Error& error) { FAIL() << to_string(error); };
    events.synced = [&](double, std::uint64_t commands) { synced += commands; };
    events.decided = [&](const Venue&, std::uint64_t from, std::uint64_t to) {
        decided.push_back(from);
        decided.push_back(to);
    };
    Core core(std::move(*desk.venue), {}, events);
    {
        Held held(core);
        for (int i = 0; i < 40; ++i)
            EXPECT_TRUE(core.submit(Lane::ordinary, {[](Venue& venue) -> Result<Answer> {
                                                         const auto reply = venue.execute({{}, 1000, command::Tick{}});
                                                         return reply ? Result<Answer>(Answer{}) : fail(reply.error());
                                                     },
                                                     [&](const Answer&) {
                                                         told_before_sync += synced == 0;
                                                         ++told;
                                                     }}));
        held.let_go();
        core.stop();
    }
    EXPECT_EQ(told, 40);
    EXPECT_EQ(told_before_sync, 0);
    EXPECT_EQ(core.commands(), 40u);
    EXPECT_EQ(core.syncs(), 1u);
    EXPECT_EQ(decided, (std::vector<std::uint64_t>{1, 40}));
}

TEST(JRN_012, a_breach_is_seen_at_the_first_mark_after_a_recovery) {
    Desk desk;
    desk.begin();
    for (const char* body :
         {R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"buy","size":"0.5","limit":"60000"})",
          R"({"command":"place-order","account":"1","market":"BTCUSDT","side":"sell","size":"0.5","limit":"60000"})",
          R"({"command":"fill","price":"60000","size":"0.5","buy":"4294967296","sell":"4294967297","buy_fee":"0","sell_fee":"0"})"})
        ASSERT_EQ(desk.post("/v1/commands", body).status, 200);
    ByteSink image;
    write_engine(desk.venue->engine(), image);
    const auto recovered = read_engine(image.bytes());
    ASSERT_TRUE(recovered);
    // Time in which the new engine looks at its accounts, and the mark that ruins one of them.
    for (const CommandBody& body : {CommandBody(command::Tick{}), CommandBody(command::Tick{}),
                                    CommandBody(command::MarkPrices{{{MarketId{0}, Price::from_raw(5'700'000)}}, {}})}) {
        const Command command{{}, desk.now, body};
        EXPECT_EQ((*recovered)->execute(command).chain, desk.venue->execute(command)->chain);
    }
    EXPECT_GT((*recovered)->events().size(), 2u) << "it is liquidated";
}

TEST(SVC_005, a_disk_that_fails_ends_it_and_nobody_is_told) {
    for (const journal::Call call : {journal::Call::write, journal::Call::sync}) {
        Desk desk;
        desk.disk.plan.failing = call;
        desk.disk.plan.fail_at = desk.disk.counts[call];
        desk.disk.plan.with = ENOSPC;
        int told = 0;
        std::vector<std::string> faults;
        CoreEvents events;
        events.fault = [&](const Error& error) { faults.push_back(to_string(error)); };
        Core core(std::move(*desk.venue), {}, events);
        Held held(core);
        for (int i = 0; i < 5; ++i)
            core.submit(Lane::ordinary, {[](Venue& venue) -> Result<Answer> {
                                             const auto reply = venue.execute({{}, 1000, command::Tick{}});
                                             return reply ? Result<Answer>(Answer{}) : fail(reply.error());
                                         },
                                         [&](const Answer&) { ++told; }});
        held.let_go();
        core.stop();
        EXPECT_EQ(told, 0);
        ASSERT_EQ(faults.size(), 1u);
        EXPECT_NE(faults[0].find("No space left on device"), std::string::npos) << faults[0];
    }
}

Work tick(std::vector<std::uint64_t>& decided, std::vector<std::uint64_t>& told) {
    const auto seq = std::make_shared<std::uint64_t>(0);
    return {[&decided, seq](Venue& venue) -> Result<Answer> {
                const auto reply = venue.execute({{}, 1000, command::Tick{}});
                if (!reply) return fail(reply.error());
                *seq = reply->seq;
                decided.push_back(reply->seq);
                return Answer{};
            },
            [&told, seq](const Answer&) { told.push_back(*seq); }};
}

TEST(SVC_017, the_next_is_decided_while_the_disk_is_waited_for_and_nobody_sees_it) {
    Desk desk;
    std::vector<std::uint64_t> decided, told;
    std::mutex mutex;
    std::condition_variable changed;
    bool disk_is_done = false;
    std::size_t decided_meanwhile = 0;
    CoreOptions options;
    options.batch_most = 1;
    journal::MemoryFiles& disk = desk.disk;
    Core core(std::move(*desk.venue), options, {[](const Error& error) { FAIL() << to_string(error); }, {}, {}, {}});
    Held held(core);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(core.submit(Lane::ordinary, tick(decided, told)));
    core.submit(Lane::ordinary, {[&](Venue&) -> Result<Answer> {
                                     const std::lock_guard lock(mutex);
                                     return Answer{};
                                 },
                                 [&](const Answer&) { told.push_back(0); }});
    disk.during_sync = [&] {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return disk_is_done; });
    };
    held.let_go();
    // The second command is decided although the disk has not spoken on the first.
    while (decided_meanwhile < 2) {
        EXPECT_FALSE(core.ask_now([](Venue&) -> Result<Answer> { return Answer{}; })) << "a question would see what is not on the disk";
        std::this_thread::yield();
        decided_meanwhile = core.waiting() <= 2 ? 2 : 0;
    }
    {
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(told.empty());
        disk_is_done = true;
    }
    changed.notify_all();
    core.stop();
    EXPECT_EQ(decided, (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(told, (std::vector<std::uint64_t>{1, 2, 3, 0})) << "in their order, and what only looked after what it saw";
    EXPECT_EQ(core.syncs(), 3u);
}

TEST(SVC_017, a_sync_that_fails_meanwhile_leaves_everything_after_it_untold) {
    for (std::uint64_t good = 0; good < 6; ++good) {
        Desk desk;
        std::vector<std::uint64_t> decided, told;
        std::vector<std::string> faults;
        CoreOptions options;
        options.batch_most = 1;
        desk.disk.plan.failing = journal::Call::sync;
        desk.disk.plan.fail_at = desk.disk.counts[journal::Call::sync] + good;
        CoreEvents events;
        events.fault = [&](const Error& error) { faults.push_back(to_string(error)); };
        {
            Core core(std::move(*desk.venue), options, events);
            Held held(core);
            for (int i = 0; i < 6; ++i) core.submit(Lane::ordinary, tick(decided, told));
            held.let_go();
            core.stop();
        }
        EXPECT_EQ(told.size(), good);
        EXPECT_EQ(faults.size(), 1u);
    }
}

TEST(SVC_017, a_crowd_of_senders_is_told_each_its_own) {
    Desk desk;
    CoreOptions options;
    options.batch_most = 3;
    options.snapshot_every = 50;
    std::atomic<std::uint64_t> told{0};
    std::vector<std::thread> senders;
    std::uint64_t last = 0;
    {
        Core core(std::move(*desk.venue), options, {[](const Error& error) { FAIL() << to_string(error); }, {}, {}, {}});
        for (int sender = 0; sender < 4; ++sender)
            senders.emplace_back([&] {
                for (int i = 0; i < 200; ++i) {
                    const bool reads = i % 3 == 0;
                    Work work{[reads](Venue& venue) -> Result<Answer> {
                                  if (reads) return Answer{};
                                  const auto reply = venue.execute({{}, 1000, command::Tick{}});
                                  return reply ? Result<Answer>(Answer{}) : fail(reply.error());
                              },
                              [&told](const Answer&) { ++told; }};
                    EXPECT_TRUE(core.submit(i % 2 == 0 ? Lane::ordinary : Lane::urgent, std::move(work)));
                    if (i % 7 == 0)
                        (void)core.ask_now(
                            [](Venue& venue) -> Result<Answer> { return Answer{static_cast<int>(venue.engine().seq() % 2), {}, {}}; });
                }
            });
        for (std::thread& sender : senders) sender.join();
        core.stop();
        last = core.commands();
    }
    EXPECT_EQ(told, 800u);
    EXPECT_EQ(last, 4u * 133u);
    VenueOptions again;
    again.limits.accounts = 100;
    again.limits.orders = 100;
    const auto venue = Venue::open(desk.disk, "venue", again);
    ASSERT_TRUE(venue) << to_string(venue.error());
    EXPECT_EQ(venue->engine().seq(), 4u * 133u);
}

Work tick_counted(std::atomic<int>& told) {
    return {[](Venue& venue) -> Result<Answer> {
                const auto reply = venue.execute({{}, 1000, command::Tick{}});
                return reply ? Result<Answer>(Answer{}) : fail(reply.error());
            },
            [&told](const Answer&) {
                ++told;
                told.notify_all();
            }};
}

void wait_until(const std::atomic<int>& value, int least) {
    for (int now = value; now < least; now = value) value.wait(now);
}

TEST(SVC_019, commands_are_answered_while_a_snapshot_is_on_its_way_to_the_disk) {
    Desk desk;
    desk.begin();
    Gate snapshot;
    desk.disk.on_create = [&snapshot](const std::string& path) {
        if (path.ends_with(".plim.new")) snapshot.arrive();
    };
    std::atomic<int> told{0};
    CoreOptions options;
    options.snapshot_every = 5;
    const std::uint64_t before = desk.venue->journal().last();
    {
        Core core(std::move(*desk.venue), options, {[](const Error& error) { FAIL() << to_string(error); }, {}, {}, {}});
        EXPECT_TRUE(core.submit(Lane::ordinary, tick_counted(told)));
        snapshot.wait_for_one();
        for (int i = 0; i < 50; ++i) EXPECT_TRUE(core.submit(Lane::ordinary, tick_counted(told)));
        wait_until(told, 51);  // the venue does not wait for the snapshot, or this would never end
        EXPECT_TRUE(core.ask_now([](Venue&) -> Result<Answer> { return Answer{}; }).has_value());
        EXPECT_EQ(snapshot.arrived(), 1) << "one at a time";
        snapshot.let_go();
        core.stop();
    }
    EXPECT_EQ(journal::list_snapshots(desk.disk, "venue").value(), (std::vector<std::uint64_t>{before + 51, before + 1}));
    VenueOptions again;
    const auto venue = Venue::open(desk.disk, "venue", again);
    ASSERT_TRUE(venue) << to_string(venue.error());
    EXPECT_EQ(venue->from_snapshot(), before + 51);
}

TEST(SVC_019, one_that_fails_is_told_and_tried_again_after_as_many_records) {
    Desk desk;
    desk.begin();
    std::atomic<int> notices{0};
    std::atomic<int> told{0};
    desk.disk.plan.failing = journal::Call::rename;
    desk.disk.plan.fail_at = desk.disk.counts[journal::Call::rename];
    desk.disk.plan.fail_ever_after = true;
    desk.disk.plan.with = ENOSPC;
    CoreOptions options;
    options.snapshot_every = 5;  // more records than that are there already
    CoreEvents events;
    events.fault = [](const Error& error) { FAIL() << to_string(error); };
    events.notice = [&](const Error& error) {
        EXPECT_NE(error.what.find("No space left on device"), std::string::npos) << to_string(error);
        ++notices;
        notices.notify_all();
    };
    Core core(std::move(*desk.venue), options, events);
    for (int i = 1; i <= 25; ++i) {
        EXPECT_TRUE(core.submit(Lane::ordinary, tick_counted(told)));
        wait_until(told, i);
        const int expected = 1 + (i - 1) / 5;
        wait_until(notices, expected);
        EXPECT_EQ(notices, expected) << i;
    }
    core.stop();
    EXPECT_EQ(notices, 6) << "and once more when it stops";
    EXPECT_TRUE(journal::list_snapshots(desk.disk, "venue").value().empty());
}

}  // namespace
}  // namespace plimsoll::node
