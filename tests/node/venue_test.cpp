// A venue that loses its power in the middle of trading.
#include "plimsoll/node/venue.hpp"
#include "journal/memory_files.hpp"
#include "plimsoll/engine/hash.hpp"
#include "plimsoll/engine/image.hpp"
#include "plimsoll/journal/snapshot.hpp"
#include "plimsoll/node/snapshot.hpp"
#include "reference_engine/gen_commands.hpp"
#include "reference_engine/gen_venue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::node {
namespace {

using journal::MemoryFiles;
using ::testing::HasSubstr;

const std::string folder = "venue";

std::vector<std::uint8_t> bytes_of(const ByteSink& sink) { return {sink.bytes().begin(), sink.bytes().end()}; }

/// Commands of a random venue, and what an engine without a journal says to them. Fewer than were asked for where the venue's first set is one
/// that its file cannot express, so that no set ever comes into force.
struct Story {
    Limits limits;
    std::vector<Command> commands;
    std::vector<Hash128> chains;  // after each
    Hash128 state{};
};

Story story(std::uint64_t seed, int commands) {
    Random random(seed);
    Story told;
    told.limits = reference::VenueGenerator(random).limits();
    reference::Engine naive(told.limits);
    reference::CommandGenerator generator(random, naive);
    Engine engine(told.limits);
    for (int tries = 0; static_cast<int>(told.commands.size()) < commands && tries < 4 * commands; ++tries) {
        if (tries > 8 && !naive.has_set()) break;
        Command command = generator.next();
        if (std::holds_alternative<command::DefineSet>(command.body)) {
            ByteSink sink;
            codec::write_command(command, sink);
            command = *codec::read_command_bytes(sink.bytes());
        }
        const std::uint64_t before = engine.seq();
        naive.execute(command);
        engine.execute(command);
        if (engine.seq() == before) continue;  // said before: nothing is written down
        told.commands.push_back(command);
        told.chains.push_back(engine.chain());
    }
    told.state = state_hash(engine.state());
    return told;
}

struct Trading {
    const Story& told;
    std::size_t batch = 16;
    std::uint64_t acknowledged = 0;  // commands
    std::uint64_t snapshot_every = 0;  // records; 0: never

    /// Goes on with the story where the journal ends.
    void go(MemoryFiles& disk) {
        VenueOptions options;
        options.limits = told.limits;
        options.journal.segment_bytes = 1 << 16;
        auto venue = Venue::open(disk, folder, options);
        ASSERT_TRUE(venue) << to_string(venue.error());
        std::uint64_t at = venue->engine().seq();
        ASSERT_GE(at, acknowledged) << "an acknowledged command is gone";
        acknowledged = at;
        if (at > 0) {
            EXPECT_EQ(venue->engine().chain(), told.chains[static_cast<std::size_t>(at) - 1]);
        }
        while (at < told.commands.size()) {
            for (std::size_t i = 0; i < batch && at < told.commands.size(); ++i) {
                const auto reply = venue->execute(told.commands[static_cast<std::size_t>(at)]);
                ASSERT_TRUE(reply) << to_string(reply.error());
                ++at;
            }
            const auto done = venue->commit();
            ASSERT_TRUE(done) << to_string(done.error());
            ASSERT_EQ(*done, at + 1) << "one record a command, and the limits";
            acknowledged = at;
            if (snapshot_every != 0 && venue->since_snapshot() >= snapshot_every) {
                const auto error = venue->snapshot();
                ASSERT_FALSE(error) << to_string(*error);
            }
        }
        EXPECT_EQ(state_hash(venue->engine().state()), told.state);
    }
};

/// Power goes at every call of a story in turn, and the venue goes on afterwards as if it had not.
void lose_power_everywhere(const Trading& trading, std::uint64_t calls_least) {
    Trading whole = trading;
    MemoryFiles dry;
    whole.go(dry);
    ASSERT_FALSE(::testing::Test::HasFatalFailure());
    const std::uint64_t calls = dry.calls;
    ASSERT_GT(calls, calls_least);
    Random random(2);
    for (std::uint64_t at = 0; at < calls; ++at) {
        MemoryFiles disk;
        Trading run = trading;
        disk.plan.power_at = at;
        EXPECT_THROW(run.go(disk), journal::PowerLost);
        if (at % 2 == 0) disk.come_back(random);
        else disk.killed();
        run.go(disk);
        ASSERT_FALSE(::testing::Test::HasFailure()) << "power lost at call " << at;
    }
}

TEST(JRN_010, a_venue_comes_back_with_the_same_hashes_after_power_was_lost_at_any_call) {
    const Story told = story(41, 2'000);
    lose_power_everywhere({told}, 300);
}

TEST(JRN_012, power_lost_while_snapshots_are_written_costs_nothing) {
    const Story told = story(43, 600);
    lose_power_everywhere({told, 16, 0, 100}, 150);
}

/// A copy that was taken in the middle of a story answers the rest of it as `whole` did, and remembers the same at its end.
void expect_same_course(const Engine& whole, Engine& copy, const Story& told, std::size_t from) {
    for (std::size_t i = from; i < told.commands.size(); ++i)
        ASSERT_EQ(copy.execute(told.commands[i]).chain, told.chains[i]) << "command " << i << ", image after " << from;
    ByteSink left;
    ByteSink right;
    write_image(whole, left);
    write_image(copy, right);
    EXPECT_TRUE(bytes_of(left) == bytes_of(right));
}

TEST(JRN_012, an_engine_out_of_its_image_goes_on_as_the_first_one) {
    int images = 0;
    int with_breaches = 0;
    int with_orders = 0;
    for (std::uint64_t seed = 100; seed < 150; ++seed) {
        const Story told = story(seed, 400);
        if (told.commands.size() < 400) continue;
        Engine engine(told.limits);
        Random random(seed);
        std::vector<std::pair<std::size_t, std::unique_ptr<Engine>>> copies;
        for (std::size_t i = 0; i < 400; ++i) {
            engine.execute(told.commands[i]);
            if (random.between(1, 30) != 1) continue;
            with_breaches += engine.state().breaches.size() > 0;
            with_orders += engine.state().orders.size() > 0;
            ByteSink sink;
            write_engine(engine, sink);
            auto again = read_engine(sink.bytes());
            ASSERT_TRUE(again) << to_string(again.error());
            copies.emplace_back(i + 1, std::move(*again));
        }
        for (auto& [cut, copy] : copies) {
            ++images;
            // What was remembered before it is remembered after it.
            for (std::size_t past = cut > 20 ? cut - 20 : 0; past < cut; ++past) {
                if (told.commands[past].id == CommandId{} || told.limits.replies < 20) continue;
                const Reply reply = copy->execute(told.commands[past]);
                EXPECT_TRUE(reply.repeated);
                EXPECT_EQ(reply.chain, told.chains[past]);
            }
            expect_same_course(engine, *copy, told, cut);
            ASSERT_FALSE(HasFailure()) << "seed " << seed << ", image after " << cut;
        }
    }
    EXPECT_GT(images, 300);
    EXPECT_GT(with_breaches, 10);
    EXPECT_GT(with_orders, 100);
}

TEST(JRN_012, an_image_that_ends_early_is_refused) {
    const Story told = story(7, 200);
    Engine engine(told.limits);
    for (const Command& command : told.commands) engine.execute(command);
    ByteSink sink;
    write_engine(engine, sink);
    const auto whole = sink.bytes();
    for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 500) EXPECT_FALSE(read_engine(whole.first(size))) << size;
    auto longer = bytes_of(sink);
    longer.push_back(0);
    EXPECT_FALSE(read_engine(longer));
    auto hash = bytes_of(sink);
    hash.back() ^= 1;
    EXPECT_THAT(to_string(read_engine(hash).error()), HasSubstr("the state has another hash"));
}

TEST(JRN_012, a_snapshot_spares_the_commands_before_it_and_a_bad_one_is_passed_over) {
    const Story told = story(44, 500);
    MemoryFiles disk;
    Trading run{told, 16, 0, 200};
    run.go(disk);
    VenueOptions options;
    options.limits = told.limits;
    std::vector<std::string> notices;
    options.notice = [&](const Error& error) { notices.push_back(to_string(error)); };
    const auto numbers = journal::list_snapshots(disk, folder).value();
    ASSERT_EQ(numbers.size(), 2u);
    const auto opened = [&] {
        const auto venue = Venue::open(disk, folder, options);
        EXPECT_TRUE(venue) << to_string(venue.error());
        EXPECT_EQ(state_hash(venue->engine().state()), told.state);
        return std::pair(venue->from_snapshot(), venue->recovered());
    };
    EXPECT_EQ(opened(), std::pair(numbers[0], 501 - numbers[0]));
    disk.bytes(folder + "/" + journal::snapshot_name(numbers[0]))[1000] ^= 4;
    EXPECT_EQ(opened(), std::pair(numbers[1], 501 - numbers[1]));
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_THAT(notices[0], HasSubstr(journal::snapshot_name(numbers[0]) + ": a byte is not as it was written"));
    disk.bytes(folder + "/" + journal::snapshot_name(numbers[1])).resize(47);
    EXPECT_EQ(opened(), std::pair(std::uint64_t{0}, std::uint64_t{500}));
    EXPECT_THAT(notices.back(), HasSubstr("it is cut short"));
}

TEST(JRN_012, a_snapshot_of_another_journal_or_ahead_of_this_one_is_named) {
    const Story told = story(45, 300);
    MemoryFiles disk;
    Trading run{told, 16, 0, 250};
    run.go(disk);
    const std::uint64_t number = journal::list_snapshots(disk, folder).value().at(0);
    const std::string name = folder + "/" + journal::snapshot_name(number);
    const auto bytes = disk.bytes(name);
    const auto said = [&](const Story& other, int commands) {
        MemoryFiles second;
        Story shorter = other;
        shorter.commands.resize(static_cast<std::size_t>(commands));
        Engine engine(other.limits);
        for (const Command& command : shorter.commands) engine.execute(command);
        shorter.state = state_hash(engine.state());
        Trading{shorter}.go(second);
        second.put(name, bytes);
        const auto venue = Venue::open(second, folder, {});
        return venue ? "nothing" : to_string(venue.error());
    };
    EXPECT_THAT(said(story(46, 300), 300), HasSubstr("is not that of the snapshot"));
    EXPECT_THAT(said(told, 100), HasSubstr("the journal ends with record 101, before this snapshot"));
    EXPECT_EQ(said(told, 300), "nothing");
}

TEST(JRN_012, commands_given_up_take_their_snapshots_with_them) {
    const Story told = story(47, 300);
    MemoryFiles disk;
    Trading run{told, 16, 0, 100};
    run.go(disk);
    const auto before = journal::list_snapshots(disk, folder).value();
    const std::uint64_t at = before[1] + 1;
    ASSERT_TRUE(journal::truncate_journal(disk, folder, at, false));
    EXPECT_EQ(journal::list_snapshots(disk, folder).value(), std::vector{before[1]});
    EXPECT_TRUE(disk.has(folder + "/" + journal::snapshot_name(before[0]) + ".cut"));
    const auto venue = Venue::open(disk, folder, {});
    ASSERT_TRUE(venue) << to_string(venue.error());
    EXPECT_EQ(venue->recovered(), 0u);
    EXPECT_EQ(venue->engine().chain(), told.chains[before[1] - 2]);
}

TEST(JRN_010, what_was_decided_keeps_its_reply_across_a_start) {
    MemoryFiles disk;
    VenueOptions options;
    Reply first;
    const Command open{{7, 9}, 1000, command::OpenAccount{}};
    {
        auto venue = Venue::open(disk, folder, options);
        ASSERT_TRUE(venue);
        first = venue->execute(open).value();
        ASSERT_TRUE(venue->commit());
        const Reply again = venue->execute(open).value();
        EXPECT_TRUE(again.repeated);
    }
    auto venue = Venue::open(disk, folder, options);
    ASSERT_TRUE(venue);
    EXPECT_EQ(venue->recovered(), 1u);
    const Reply again = venue->execute(open).value();
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.chain, first.chain);
    EXPECT_EQ(venue->execute({{7, 9}, 1000, command::Tick{}}).value().reject.code, RejectCode::id_reused);
    EXPECT_EQ(venue->commit().value(), 2u) << "neither was written down";
}

TEST(JRN_010, an_old_journal_keeps_the_limits_it_began_with) {
    MemoryFiles disk;
    VenueOptions options;
    options.limits.accounts = 5;
    ASSERT_TRUE(Venue::open(disk, folder, options));
    options.limits.accounts = 500;
    EXPECT_EQ(Venue::open(disk, folder, options)->engine().state().limits.accounts, 5u);
}

/// A journal whose records are whole but not what a venue writes.
std::string said_of(const std::vector<std::vector<std::uint8_t>>& records) {
    MemoryFiles disk;
    {
        auto journal = journal::Journal::open(disk, folder, {4096}, [](const journal::Record&) { return std::nullopt; });
        for (const auto& record : records) EXPECT_TRUE(journal->append(record));
        EXPECT_TRUE(journal->commit());
    }
    const auto venue = Venue::open(disk, folder, {});
    return venue ? "nothing" : to_string(venue.error());
}

TEST(JRN_011, a_replay_stops_at_the_record_that_differs) {
    ByteSink genesis;
    write_entry(Genesis{}, genesis);
    Engine engine{Limits{}};
    const Command tick{{}, 5, command::Tick{}};
    engine.execute(tick);
    ByteSink good;
    write_entry(Decided{engine.chain(), tick}, good);
    ByteSink other;
    write_entry(Decided{{1, 2}, tick}, other);
    EXPECT_EQ(said_of({bytes_of(genesis), bytes_of(good)}), "nothing");
    EXPECT_THAT(said_of({bytes_of(genesis), bytes_of(other)}),
                HasSubstr("byte 672: record 2 gives " + hash_text(engine.chain()) + ", and gave 00000000000000010000000000000002"));
    EXPECT_THAT(said_of({bytes_of(good)}), HasSubstr("does not begin with the limits"));
    EXPECT_THAT(said_of({bytes_of(genesis), bytes_of(genesis)}), HasSubstr("in the middle of a journal"));
    EXPECT_THAT(said_of({bytes_of(genesis), {}}), HasSubstr("record 2: it is empty"));
    EXPECT_THAT(said_of({bytes_of(genesis), {9, 9}}), HasSubstr("of a kind this program does not know"));
    auto cut = bytes_of(good);
    cut.pop_back();
    EXPECT_THAT(said_of({bytes_of(genesis), cut}), HasSubstr("the bytes end"));
}

TEST(COD_007, commands_are_read_back_from_their_bytes) {
    const Story told = story(12, 4'000);
    std::set<std::size_t> kinds;
    for (const Command& command : told.commands) {
        ByteSink sink;
        codec::write_command(command, sink);
        const auto read = codec::read_command_bytes(sink.bytes());
        ASSERT_TRUE(read) << to_string(read.error());
        ByteSink again;
        codec::write_command(*read, again);
        EXPECT_EQ(bytes_of(again), bytes_of(sink));
        kinds.insert(command.body.index());
    }
    EXPECT_GT(kinds.size(), 26u);
}

TEST(COD_007, bytes_that_are_no_command_are_refused_and_never_more) {
    const Story told = story(13, 300);
    Random random(4);
    int refused = 0;
    for (const Command& command : told.commands) {
        ByteSink sink;
        codec::write_command(command, sink);
        const auto good = bytes_of(sink);
        for (std::size_t size = 0; size < good.size(); size += 1 + good.size() / 40)
            EXPECT_FALSE(codec::read_command_bytes(std::span(good).first(size)));
        for (int i = 0; i < 40; ++i) {
            auto bad = good;
            bad[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(bad.size()) - 1))] =
                static_cast<std::uint8_t>(random.between(0, 255));
            const auto read = codec::read_command_bytes(bad);
            if (!read) {
                ++refused;
                EXPECT_THAT(read.error().where, HasSubstr("command, byte"));
                continue;
            }
            if (std::holds_alternative<command::DefineSet>(read->body)) continue;  // its text may be spelt in other ways
            ByteSink again;
            codec::write_command(*read, again);
            EXPECT_EQ(bytes_of(again), bad) << "one command, one sequence of bytes";
        }
    }
    EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace plimsoll::node
