// The compact framing, on a venue in memory and against the same commands by HTTP.
#include "desk.hpp"

#include "plimsoll/codec/command_bytes.hpp"
#include "plimsoll/codec/json.hpp"
#include "plimsoll/gateway/frames.hpp"
#include "plimsoll/text/json.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <random>

namespace plimsoll::gateway {
namespace {

using ::testing::HasSubstr;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::vector<FrameAnswer> send(Desk& desk, std::span<const std::uint8_t> message, std::uint8_t scopes = auth::every_scope) {
    auto planned = plan_frames(scopes, message, desk.rules);
    if (auto* work = std::get_if<Planned>(&planned)) {
        desk.lane = work->lane;
        auto answer = work->run(*desk.venue);
        EXPECT_TRUE(answer) << "only the journal may fail";
        EXPECT_TRUE(desk.venue->commit());
        planned = *answer;
    }
    const Answer& answer = std::get<Answer>(planned);
    EXPECT_EQ(answer.status, 200);
    auto read = read_frame_answers(bytes_of(answer.body));
    EXPECT_TRUE(read) << to_string(read.error());
    return *read;
}
FrameAnswer send_one(Desk& desk, FrameOp op, const Command& command, std::uint8_t scopes = auth::every_scope) {
    ByteSink sink;
    write_frame(42, op, command, sink);
    const auto answers = send(desk, sink.bytes(), scopes);
    EXPECT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].tag, 42u);
    return answers[0];
}

Command order_of(std::uint32_t account, std::int64_t size, std::int64_t limit) {
    command::PlaceOrder order;
    order.account = {account};
    order.size = Size::from_raw(size);
    order.limit = Price::from_raw(limit);
    return {{}, 0, order};
}

TEST(SVC_014, frames_and_requests_have_the_same_replies) {
    Desk by_frames;
    Desk by_requests;
    by_frames.begin();
    by_requests.begin();
    std::mt19937_64 random(7);
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < 400; ++i) {
        Command command = order_of(static_cast<std::uint32_t>(random() % 3), static_cast<std::int64_t>(random() % 60 * 1000),
                                   static_cast<std::int64_t>(5'900'000 + random() % 9 * 10));
        if (random() % 4 == 0) command.body = command::Tick{};
        if (random() % 5 == 0)
            command.body = command::Withdraw{{static_cast<std::uint32_t>(random() % 3)}, {0}, Amount::from_raw(1'000'000)};
        if (random() % 6 == 0) command.body = command::CancelOrder{{0}, OrderId{1 + random() % 20}};
        command.id = {random() % 2, random() % 30};  // some are repeated, with the same body or another one
        const bool check = std::holds_alternative<command::PlaceOrder>(command.body) && random() % 2 == 0;
        const FrameAnswer framed = send_one(by_frames, check ? FrameOp::check : FrameOp::decide, command);
        command.time_ms = by_requests.now;
        const std::string body = codec::command_json(by_requests.venue->engine().state(), by_requests.venue->names(), command);
        const Answer asked = by_requests.post(check ? "/v1/orders:check" : "/v1/commands", body);
        ASSERT_NE(asked.status, 400) << asked.body;
        EXPECT_EQ(framed.end == FrameEnd::accepted, asked.status == 200) << body;
        EXPECT_EQ(told(*by_frames.venue, framed.reply).body, asked.body) << body;
        ++(framed.end == FrameEnd::accepted ? accepted : refused);
    }
    EXPECT_GT(accepted, 50);
    EXPECT_GT(refused, 50);
    EXPECT_EQ(by_frames.venue->engine().chain(), by_requests.venue->engine().chain());
}

TEST(SVC_014, each_frame_is_answered_in_its_order_whatever_becomes_of_the_others) {
    Desk desk;
    desk.begin();
    const std::uint64_t seq = desk.venue->engine().seq();
    ByteSink sink;
    write_frame(1, FrameOp::decide, {{}, 0, command::Tick{}}, sink);
    write_frame(2, FrameOp::decide, {{}, 0, command::Halt{}}, sink);  // needs the scope admin
    write_frame(3, FrameOp::check, {{}, 0, command::Tick{}}, sink);
    write_frame(4, FrameOp::decide, order_of(0, 500'000, 6'000'000), sink);
    write_frame(5, FrameOp::check, order_of(0, 100, 6'000'000), sink);
    std::vector<std::uint8_t> message(sink.bytes().begin(), sink.bytes().end());
    // A sixth of an op that does not exist, and a seventh whose command ends early.
    ByteSink more;
    write_frame(6, FrameOp::decide, {{}, 0, command::Tick{}}, more);
    std::vector<std::uint8_t> odd(more.bytes().begin(), more.bytes().end());
    odd[12] = 9;
    message.insert(message.end(), odd.begin(), odd.end());
    more.clear();
    write_frame(7, FrameOp::decide, order_of(0, 100, 6'000'000), more);
    std::vector<std::uint8_t> cut(more.bytes().begin(), more.bytes().end() - 5);
    cut[0] = static_cast<std::uint8_t>(cut[0] - 5);
    message.insert(message.end(), cut.begin(), cut.end());

    const std::uint8_t scopes =
        1 << static_cast<int>(auth::Scope::read) | 1 << static_cast<int>(auth::Scope::trade) | 1 << static_cast<int>(auth::Scope::operate);
    const auto answers = send(desk, message, scopes);
    ASSERT_EQ(answers.size(), 7u);
    const FrameEnd ends[] = {FrameEnd::accepted, FrameEnd::not_allowed, FrameEnd::unreadable, FrameEnd::rejected,
                             FrameEnd::accepted, FrameEnd::unreadable,  FrameEnd::unreadable};
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ(answers[i].tag, i + 1);
        EXPECT_EQ(answers[i].end, ends[i]) << i << answers[i].text;
    }
    EXPECT_EQ(answers[1].text, "this needs the scope admin");
    EXPECT_THAT(answers[2].text, HasSubstr("only orders can be checked"));
    EXPECT_THAT(answers[5].text, HasSubstr("there is no op 9"));
    EXPECT_THAT(answers[6].text, HasSubstr("the bytes end"));
    EXPECT_EQ(answers[3].reply.reject.code, RejectCode::margin_insufficient);
    EXPECT_TRUE(answers[3].reply.reject.size_passes);
    EXPECT_EQ(desk.venue->engine().seq(), seq + 2) << "the tick and the rejected order";
    EXPECT_EQ(desk.lane, node::Lane::ordinary);
    send_one(desk, FrameOp::decide, {{}, 0, command::Tick{}});
    EXPECT_EQ(desk.lane, node::Lane::urgent);
}

TEST(SVC_014, a_message_that_is_not_made_of_whole_frames_is_refused_whole) {
    Desk desk;
    desk.begin();
    desk.rules.commands_most = 3;
    const std::uint64_t seq = desk.venue->engine().seq();
    ByteSink sink;
    for (int i = 0; i < 3; ++i) write_frame(5, FrameOp::decide, {{}, 0, command::Tick{}}, sink);
    const auto whole = sink.bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        if (size % (whole.size() / 3) == 0 && size != 0) continue;  // whole frames, only fewer
        const auto answers = send(desk, whole.first(size));
        ASSERT_EQ(answers.size(), 1u);
        EXPECT_EQ(answers[0].tag, 0u);
        EXPECT_EQ(answers[0].end, FrameEnd::unreadable);
        EXPECT_THAT(answers[0].text, HasSubstr("message"));
    }
    write_frame(5, FrameOp::decide, {{}, 0, command::Tick{}}, sink);
    EXPECT_THAT(send(desk, sink.bytes())[0].text, HasSubstr("too many frames in one message; at most 3")) << "four";
    for (const std::uint32_t length : {0u, 8u, 0xFFFFFFFFu, 0x80000000u}) {
        ByteSink bad;
        bad.put(length);
        bad.put(std::uint64_t{1});
        bad.put(std::uint8_t{0});
        EXPECT_EQ(send(desk, bad.bytes())[0].end, FrameEnd::unreadable) << length;
    }
    EXPECT_EQ(desk.venue->engine().seq(), seq);
}

TEST(SVC_014, what_the_scopes_do_not_cover_is_not_even_read) {
    Desk desk;
    desk.begin();
    const std::uint64_t seq = desk.venue->engine().seq();
    const std::uint8_t reads = 1 << static_cast<int>(auth::Scope::read);
    for (std::size_t kind = 0; kind < std::variant_size_v<CommandBody>; ++kind) {
        ByteSink body;
        body.put(std::uint64_t{3});
        body.put(FrameOp::decide);
        for (int i = 0; i < 24; ++i) body.put(std::uint8_t{0});
        body.put(static_cast<std::uint8_t>(kind));
        ByteSink frame;
        frame.put(static_cast<std::uint32_t>(body.bytes().size()));
        frame.put_bytes(body.bytes());
        EXPECT_EQ(send(desk, frame.bytes(), reads)[0].end, FrameEnd::not_allowed) << kind;
    }
    EXPECT_EQ(send_one(desk, FrameOp::check, order_of(0, 100, 6'000'000), reads).end, FrameEnd::accepted);
    EXPECT_EQ(send_one(desk, FrameOp::check, order_of(0, 100, 6'000'000), 0).end, FrameEnd::not_allowed);
    EXPECT_EQ(desk.venue->engine().seq(), seq);
}

TEST(SVC_014, a_frame_of_the_future_is_refused) {
    Desk desk;
    desk.begin();
    const Hash128 chain = desk.venue->engine().chain();
    const FrameAnswer refused = send_one(desk, FrameOp::decide, {{}, desk.now + 1'001, command::Tick{}});
    EXPECT_EQ(refused.end, FrameEnd::unreadable);
    EXPECT_NE(refused.text.find("leave time_ms out"), std::string::npos) << refused.text;
    EXPECT_EQ(desk.venue->engine().chain(), chain);
    EXPECT_EQ(send_one(desk, FrameOp::decide, {{}, desk.now + 1'000, command::Tick{}}).end, FrameEnd::accepted);
}

TEST(SVC_014, who_is_turned_away_is_told_so_under_each_tag) {
    ByteSink sink;
    for (std::uint64_t tag : {7u, 8u}) write_frame(tag, FrameOp::decide, {{}, 0, command::Tick{}}, sink);
    const auto answers = read_frame_answers(bytes_of(frames_busy(sink.bytes()).body));
    ASSERT_TRUE(answers);
    ASSERT_EQ(answers->size(), 2u);
    EXPECT_EQ((*answers)[0].tag, 7u);
    EXPECT_EQ((*answers)[1].tag, 8u);
    EXPECT_EQ((*answers)[1].end, FrameEnd::busy);
}

/// The bytes of the lines of a page that begin with four spaces and hexadecimal pairs, by the heading they stand under.
std::string hex_under(const std::string& page, const std::string& heading) {
    std::string bytes;
    std::size_t at = page.find("## " + heading);
    EXPECT_NE(at, std::string::npos) << heading;
    std::istringstream lines(page.substr(at));
    std::string line;
    std::getline(lines, line);
    for (; std::getline(lines, line) && !line.starts_with("## ");) {
        if (!line.starts_with("    ")) continue;
        for (std::size_t i = 4; i + 1 < line.size() && line[i] != ' ';
             i += 2 + (line.size() > i + 2 && line[i + 2] == ' ' && line[i + 3] != ' '))
            bytes += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

TEST(SVC_014, the_example_of_the_page_is_true_to_the_byte) {
    std::ifstream file(PLIM_SOURCE_DIR "/docs/reference/binary-protocol.md");
    const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    Desk desk;
    desk.begin();
    Command order = order_of(0, 500, 6'000'000);
    order.id = {0, 9};
    ByteSink sink;
    write_frame(1, FrameOp::check, order, sink);
    EXPECT_EQ(hex_under(page, "A check"), std::string(reinterpret_cast<const char*>(sink.bytes().data()), sink.bytes().size()));
    auto planned = plan_frames(auth::every_scope, sink.bytes(), desk.rules);
    const auto answer = std::get<Planned>(planned).run(*desk.venue);
    EXPECT_EQ(hex_under(page, "Its answer"), answer->body);
}

}  // namespace
}  // namespace plimsoll::gateway
