// A disk that has no room for a further segment of the journal.
#include "desk.hpp"

#include "plimsoll/engine/hash.hpp"
#include "plimsoll/gateway/frames.hpp"

#include <gmock/gmock.h>

namespace plimsoll::gateway {
namespace {

using ::testing::HasSubstr;

const std::string withdrawal = R"({"command":"withdraw","account":"1","asset":"USDT","amount":"0.000001"})";
const std::string tick = R"({"command":"tick"})";

void fill_disk(Desk& desk) {
    desk.disk.plan.failing = journal::Call::allocate;
    desk.disk.plan.fail_at = desk.disk.counts[journal::Call::allocate];
    desk.disk.plan.fail_ever_after = true;
    desk.disk.plan.with = ENOSPC;
}

/// Sends until it is turned away; how often it was taken.
int until_full(Desk& desk, const std::string& command, Answer& last) {
    for (int taken = 0; taken < 100'000; ++taken) {
        last = desk.post("/v1/commands", command);
        if (last.status != 200) return taken;
    }
    return -1;
}

TEST(SVC_018, ordinary_commands_stop_first_and_questions_go_on) {
    Desk desk;
    desk.begin();
    fill_disk(desk);
    Answer refused;
    const int withdrawals = until_full(desk, withdrawal, refused);
    EXPECT_GT(withdrawals, 1'000);
    EXPECT_EQ(refused.status, 507) << refused.body;
    EXPECT_EQ(code_of(refused), "NO_ROOM");
    EXPECT_THAT(refused.body, HasSubstr("No space left on device"));
    EXPECT_EQ(desk.get("/v1/accounts/0").status, 200);
    EXPECT_EQ(desk.post("/v1/orders:check",
                        R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"buy","size":"0.001","limit":"60000"})")
                  .status,
              200);
    EXPECT_EQ(desk.post("/v1/commands", "{\"commands\":[" + withdrawal + "]}").status, 507);
    ByteSink frames;
    write_frame(7, FrameOp::decide, {{}, 0, command::Withdraw{{1}, {0}, Amount::from_raw(1)}}, frames);
    // A frame is shorter than the text of the same command, so a few may still fit.
    std::optional<FrameAnswer> answer;
    std::uint64_t before_it = 0;
    for (int i = 0; i < 50 && (!answer || answer->end == FrameEnd::accepted); ++i) {
        before_it = desk.venue->engine().seq();
        const auto framed = std::get<Planned>(plan_frames(auth::every_scope, frames.bytes(), desk.rules)).run(*desk.venue);
        const auto answers = read_frame_answers({reinterpret_cast<const std::uint8_t*>(framed->body.data()), framed->body.size()});
        ASSERT_TRUE(answers.has_value());
        answer = answers->front();
    }
    EXPECT_EQ(answer->end, FrameEnd::busy);
    EXPECT_THAT(answer->text, HasSubstr("no room"));
    EXPECT_EQ(desk.venue->engine().seq(), before_it) << "nothing was done";

    // What lowers risk, moves prices or lets time pass has the rest.
    const int ticks = until_full(desk, tick, refused);
    EXPECT_GE(ticks, (1 << 20) / 4 / static_cast<int>(journal::sector_bytes))
        << "a quarter of the segment, a sector for each that is synced alone";
    EXPECT_EQ(refused.status, 507);
    EXPECT_EQ(desk.get("/v1/venue").status, 200);
    const Hash128 before = state_hash(desk.venue->engine().state());

    // Room is found without a restart, and all that was answered is there after one.
    desk.disk.plan = {};
    EXPECT_EQ(desk.post("/v1/commands", withdrawal).status, 200);
    EXPECT_NE(state_hash(desk.venue->engine().state()), before);
    const Hash128 after = state_hash(desk.venue->engine().state());
    const std::uint64_t last = desk.venue->engine().seq();
    desk.venue.reset();
    node::VenueOptions options;
    options.journal.segment_bytes = 1 << 20;
    const auto again = node::Venue::open(desk.disk, "venue", options);
    ASSERT_TRUE(again.has_value()) << to_string(again.error());
    EXPECT_EQ(again->engine().seq(), last);
    EXPECT_EQ(state_hash(again->engine().state()), after);
}

TEST(SVC_018, a_full_disk_and_a_loss_of_power_lose_nothing_that_was_answered) {
    Desk desk;
    desk.begin();
    fill_disk(desk);
    Answer refused;
    until_full(desk, withdrawal, refused);
    until_full(desk, tick, refused);
    const Hash128 told = state_hash(desk.venue->engine().state());
    const std::uint64_t seq = desk.venue->engine().seq();
    desk.venue.reset();
    desk.disk.plan = {};
    auto again = node::Venue::open(desk.disk, "venue", {});
    ASSERT_TRUE(again.has_value()) << to_string(again.error());
    EXPECT_EQ(again->engine().seq(), seq);
    EXPECT_EQ(state_hash(again->engine().state()), told);
    for (int i = 0; i < 5'000; ++i) {
        ASSERT_FALSE(again->no_room_for(record_bound(200), false).has_value());
        ASSERT_TRUE(again->execute({{}, desk.now, command::Deposit{{0}, {0}, Amount::from_raw(1)}})->accepted());
    }
    EXPECT_TRUE(again->commit().has_value());
}

TEST(SVC_018, a_record_is_never_larger_than_what_room_was_asked_for) {
    Desk desk;
    desk.begin();
    // The smallest text for what is written down, and a large one.
    for (const std::string& body :
         {tick, withdrawal, std::string(R"({"command":"open-account"})"), "{\"commands\":[" + tick + "," + tick + "," + tick + "]}"}) {
        std::string many = "{\"commands\":[" + tick;
        for (int i = 0; i < 2'000; ++i) many += "," + tick;
        many += "]}";
        for (const std::string& text : {body, many}) {
            const std::uint64_t before = desk.venue->journal().bytes_appended();
            EXPECT_EQ(desk.post("/v1/commands", text).status, 200) << text.substr(0, 80);
            EXPECT_LE(desk.venue->journal().bytes_appended() - before, record_bound(text.size()));
        }
    }
}

}  // namespace
}  // namespace plimsoll::gateway
