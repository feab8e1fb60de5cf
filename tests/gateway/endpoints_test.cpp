// The endpoints on a venue in memory.
#include "desk.hpp"

#include "plimsoll/base/random.hpp"
#include "plimsoll/text/json.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace plimsoll::gateway {
namespace {

using service::member;
using ::testing::HasSubstr;

const std::string order = R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"buy","size":"0.5","limit":"60000"})";

TEST(SVC_002, what_cannot_be_read_is_400_and_names_the_place) {
    Desk desk;
    desk.begin();
    const std::pair<std::string, std::string> cases[] = {
        {"", "the document is empty"},
        {"{", "body:1:2"},
        {"[]", "body:1:1"},
        {R"({"command":"place-odrer"})", "did you mean 'place-order'?"},
        {R"({"command":"deposit","account":"0","asset":"USDT","amount":1.5e3})", "body"},
        {R"({"command":"deposit","account":"0","asset":"USDT","amount":"1","amuont":"2"})", "did you mean 'amount'?"},
        {R"({"command":"deposit","account":"0","asset":"USDT","amount":"0.000000001"})", "body"},
        {R"({"id":"12","command":"tick"})", "32 hexadecimal digits"},
        {R"({"command":"tick","command":"tick"})", "twice"},
        {std::string(200'000, '['), "body"},
        {"\xff\xfe", "body"},
    };
    for (const auto& [body, says] : cases) {
        const std::uint64_t seq = desk.venue->engine().seq();
        const Answer answer = desk.post("/v1/commands", body);
        EXPECT_EQ(answer.status, 400) << body.substr(0, 80);
        EXPECT_EQ(answer.type, "application/problem+json");
        EXPECT_EQ(code_of(answer), "MALFORMED");
        EXPECT_THAT(answer.body, HasSubstr(says));
        EXPECT_TRUE(text::parse_json(answer.body, "answer")) << answer.body;
        EXPECT_EQ(desk.venue->engine().seq(), seq);
    }
}

TEST(SVC_002, every_reject_is_a_problem_with_its_whole_reply) {
    Desk desk;
    desk.begin();
    const Answer refused =
        desk.post("/v1/commands", R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"buy","size":"50","limit":"60000"})");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(code_of(refused), "MARGIN_INSUFFICIENT");
    for (const char* field : {"required", "available", "shortfall", "binding", "largest_size", "cheapest", "set_version", "price"})
        EXPECT_THAT(refused.body, HasSubstr('"' + std::string(field) + '"'));
    EXPECT_EQ(desk.post("/v1/commands", R"({"command":"withdraw","account":"7","asset":"USDT","amount":"1"})").status, 404);
    EXPECT_EQ(code_of(desk.post("/v1/commands", R"({"command":"withdraw","account":"7","asset":"USDT","amount":"1"})")), "ACCOUNT_UNKNOWN");
    EXPECT_EQ(desk.post("/v1/commands", R"({"command":"withdraw","account":"0","asset":"USDT","amount":"1001"})").status, 422);
}

TEST(SVC_002, paths_methods_and_queries_are_told_apart) {
    Desk desk;
    desk.begin();
    EXPECT_EQ(desk.get("/v1/nothing").status, 404);
    EXPECT_EQ(desk.get("/v1/accounts/").status, 404);
    EXPECT_EQ(desk.get("/v1/accounts/0/").status, 404);
    EXPECT_EQ(desk.get("//v1/venue").status, 404);
    EXPECT_EQ(desk.get("").status, 404);
    EXPECT_EQ(code_of(desk.get("/v1/accounts/99")), "ACCOUNT_UNKNOWN");
    EXPECT_EQ(code_of(desk.get("/v1/accounts/18446744073709551616")), "ACCOUNT_UNKNOWN");
    EXPECT_EQ(code_of(desk.get("/v1/markets/XYZ")), "MARKET_UNKNOWN");
    EXPECT_EQ(desk.get("/v1/commands").status, 405);
    EXPECT_EQ(desk.ask({"DELETE", "/v1/venue", "", "", {}}).status, 405);
    EXPECT_EQ(desk.ask({"HEAD", "/v1/venue", "", "", {}}).status, 200);
    EXPECT_EQ(desk.get("/v1/venue?").status, 200);
    EXPECT_EQ(desk.get("/v1/venue?min_seq=1").status, 200);
    EXPECT_EQ(code_of(desk.get("/v1/venue?min_seq=1000")), "SEQ_CONFLICT");
    for (const char* query : {"min_seq=x", "min_seq=-1", "min_seq=", "color=red", "min_seq=1&min_seq=1", "min_seq=%3", "min_seq=%zz"})
        EXPECT_EQ(desk.get("/v1/venue?" + std::string(query)).status, 400) << query;
    EXPECT_EQ(desk.get("/v1/venue?min%5Fseq=1").status, 400) << "names are not escaped";
    EXPECT_EQ(desk.get("/v1/venue?min_seq=%31").status, 200);
}

TEST(SVC_002, reads_say_what_the_venue_is) {
    Desk desk;
    EXPECT_EQ(desk.get("/readyz").status, 503);
    EXPECT_EQ(desk.get("/v1/set").status, 404);
    EXPECT_EQ(desk.get("/v1/markets").body, R"({"seq":0,"markets":[]})");
    desk.begin();
    EXPECT_EQ(desk.get("/readyz").status, 200);
    EXPECT_EQ(desk.lane, node::Lane::urgent);
    for (const char* path : {"/v1/venue", "/v1/markets", "/v1/markets/BTCUSDT", "/v1/accounts/0", "/v1/accounts/0/margin",
                             "/v1/events?from_seq=1", "/openapi.json", "/v1/export/leverage-tiers?format=ccxt"}) {
        const Answer answer = desk.get(path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_TRUE(text::parse_json(answer.body, path)) << answer.body;
    }
    const Answer set = desk.get("/v1/set");
    const auto back = formats::read_parameter_set(set.body, "set");
    ASSERT_TRUE(back);
    EXPECT_EQ(canonical_bytes(*back), canonical_bytes(desk.venue->engine().state().active->params()));
    EXPECT_EQ(desk.post("/v1/commands", order).status, 200);
    EXPECT_THAT(desk.get("/v1/accounts/0").body,
                HasSubstr(R"("market":"BTCUSDT","side":"buy","kind":"ordinary","size":"0.5","limit":"60000")"));
    EXPECT_THAT(desk.get("/v1/accounts/0/margin").body, HasSubstr(R"("initial":"30000 at 0.8 %")"));
    EXPECT_EQ(member(desk.get("/v1/markets/BTCUSDT").body, "credit_price"), "60000");
}

TEST(SVC_002, events_are_told_in_order_and_forgotten_ones_are_gone) {
    Desk desk;
    desk.begin();
    const Answer two = desk.get("/v1/events?from_seq=3&limit=2");
    EXPECT_EQ(member(two.body, "next_seq"), "5");
    EXPECT_THAT(two.body, HasSubstr(R"("event":"account-opened","account":"1")"));
    EXPECT_EQ(member(desk.get("/v1/events?from_seq=8").body, "next_seq"), "8") << "nothing yet, and no error";
    EXPECT_EQ(desk.get("/v1/events?from_seq=0").status, 400);
    EXPECT_EQ(desk.get("/v1/events?from_seq=1&limit=1001").status, 400);
    for (std::size_t i = 0; i < node::Feed::commands_most; ++i) ASSERT_TRUE(desk.venue->execute({{}, desk.now, command::Tick{}}));
    const Answer gone = desk.get("/v1/events?from_seq=7");
    EXPECT_EQ(gone.status, 410);
    EXPECT_EQ(member(gone.body, "first_seq"), "8");
    EXPECT_EQ(desk.get("/v1/events?from_seq=8&limit=1").status, 200);
}

TEST(SVC_003, a_check_has_no_effect_and_comes_true) {
    Desk desk;
    desk.begin();
    const Hash128 chain = desk.venue->engine().chain();
    for (const char* size : {"0.001", "0.5", "1.666", "1.667", "50", "-1", "0.0005"}) {
        const std::string body = R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"buy","size":")" + std::string(size) +
                                 R"(","limit":"60000"})";
        const Answer checked = desk.post("/v1/orders:check", body);
        EXPECT_EQ(desk.venue->engine().chain(), chain);
        Desk other;
        other.begin();
        const Answer placed = other.post("/v1/commands", body);
        EXPECT_EQ(placed.status, checked.status) << size;
        EXPECT_EQ(code_of(placed), code_of(checked)) << size;
        for (const char* field : {"required", "available", "shortfall", "largest_size"})
            EXPECT_EQ(member(placed.body, field), member(checked.body, field));
    }
    EXPECT_EQ(desk.post("/v1/orders:check", R"({"command":"tick"})").status, 400);
}

TEST(SVC_003, a_batch_of_checks_says_of_each_what_a_check_says) {
    Desk desk;
    desk.begin();
    const std::string orders[] = {order,
                                  R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"sell","size":"9","limit":"60000"})",
                                  R"({"command":"tick"})", R"({"command":"place-order"})"};
    std::string all;
    for (const std::string& one : orders) all += (all.empty() ? "" : ",") + one;
    const Hash128 chain = desk.venue->engine().chain();
    const Answer batch = desk.post("/v1/orders:check", R"({"orders":[)" + all + "]}");
    EXPECT_EQ(batch.status, 422);
    const auto results = text::parse_json(batch.body, "answer")->find("results")->items;
    ASSERT_EQ(results.size(), 4u);
    for (std::size_t i = 0; i < 3; ++i) {
        const Answer alone = desk.post("/v1/orders:check", orders[i]);
        EXPECT_EQ(results[i].find("status")->text, std::to_string(alone.status));
        EXPECT_TRUE(text::same(*results[i].find("body"), *text::parse_json(alone.body, "alone")));
    }
    EXPECT_EQ(results[3].find("status")->text, "400");
    EXPECT_EQ(desk.venue->engine().chain(), chain);
    EXPECT_EQ(desk.post("/v1/orders:check", R"({"orders":[]})").status, 400);
}

/// More of them than are read together, in every order of good ones, refused ones and what is no order.
TEST(SVC_003, a_long_batch_of_checks_says_of_each_what_a_check_says) {
    Desk desk;
    desk.begin();
    Random random(5);
    const auto drawn = [&]() -> std::string {
        switch (random.between(0, 9)) {
            case 0: return R"({"command":"tick"})";
            case 1: return R"({"command":"place-order","account":"0"})";
            case 2: return R"({"id":"000000000000000000000000000000)" + std::to_string(random.between(10, 99)) + R"(","command":"tock"})";
            default:
                return R"({"command":"place-order","account":")" + std::to_string(random.between(0, 3)) +
                       R"(","market":"BTCUSDT","side":")" + (random.between(0, 1) == 0 ? "buy" : "sell") + R"(","size":"0.)" +
                       std::to_string(random.between(1, 9)) + R"(","limit":"6)" + std::to_string(random.between(0, 1)) + R"(000"})";
        }
    };
    for (const std::size_t count : {1u, 63u, 64u, 65u, 128u, 300u}) {
        std::vector<std::string> orders;
        std::string all;
        for (std::size_t i = 0; i < count; ++i) {
            orders.push_back(drawn());
            all += (i == 0 ? "" : ",") + orders.back();
        }
        const auto batch = text::parse_json(desk.post("/v1/orders:check", R"({"orders":[)" + all + "]}").body, "answer");
        const auto& results = batch->find("results")->items;
        ASSERT_EQ(results.size(), count);
        for (std::size_t i = 0; i < count; ++i) {
            const Answer alone = desk.post("/v1/orders:check", orders[i]);
            EXPECT_EQ(results[i].find("status")->text, std::to_string(alone.status)) << orders[i];
            // Where a fault stands differs.
            if (alone.status == 400) continue;
            EXPECT_TRUE(text::same(*results[i].find("body"), *text::parse_json(alone.body, "alone"))) << orders[i];
        }
    }
}

/// One escape makes a body no longer plain, so it is read by way of a tree. Blanks keep the places the same.
TEST(SVC_003, a_body_that_is_read_where_it_stands_is_answered_as_one_that_is_not) {
    const std::string orders[] = {
        order, R"({"command":"tick"})", R"({"command":"place-order"})",
        R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"sell","size":"9","limit":"60000"})",
        R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"up","size":"9","limit":"60000.001"})"};
    std::string plain = "{\"orders\":[";
    for (const std::string& one : orders) plain += (plain.back() == '[' ? "" : ",") + one;
    plain += "]}";
    std::string other = plain;
    other.replace(other.find("\"buy\""), 5, R"("bu\u0079")");
    plain.replace(plain.find("\"buy\""), 5, R"(     "buy")");
    Desk first, second;
    for (Desk* desk : {&first, &second}) desk->begin();
    const auto same = [&](const std::string& path, const std::string& a, const std::string& b) {
        const Answer one = first.post(path, a);
        const Answer two = second.post(path, b);
        EXPECT_EQ(one.status, two.status) << path;
        EXPECT_EQ(one.body, two.body) << path;
    };
    same("/v1/orders:check", plain, other);
    same("/v1/orders:check", plain.substr(11, orders[0].size() + 5), other.substr(11, orders[0].size() + 5));
    plain.replace(2, 6, "commands");
    other.replace(2, 6, "commands");
    same("/v1/commands", plain, other);
    EXPECT_EQ(first.venue->engine().chain(), second.venue->engine().chain());
    // Places are those of the body, whoever read it.
    EXPECT_NE(first.post("/v1/orders:check", "{\"orders\":[" + order + ",\n{\"command\":\"tock\"}]}").body.find("body:2:12"),
              std::string::npos);
}

/// Its sender's clock would become everybody's, for good.
TEST(SVC_002, a_command_of_the_future_is_refused_and_changes_nothing) {
    Desk desk;
    desk.begin();
    const Hash128 chain = desk.venue->engine().chain();
    const auto tick = [](std::uint64_t time) { return R"({"command":"tick","time_ms":)" + std::to_string(time) + "}"; };
    for (const std::uint64_t time : {desk.now + 1'001, desk.now + 5'000'000, std::uint64_t{99'999'999'999'999}}) {
        const Answer refused = desk.post("/v1/commands", tick(time));
        EXPECT_EQ(refused.status, 400);
        EXPECT_THAT(refused.body, HasSubstr("leave time_ms out"));
        EXPECT_EQ(desk.post("/v1/commands", R"({"commands":[)" + tick(time) + "]}").status, 422);
        EXPECT_EQ(desk.venue->engine().chain(), chain);
    }
    const std::uint64_t soon = desk.now + 1'000;
    EXPECT_EQ(desk.post("/v1/commands", tick(soon)).status, 200) << "clocks differ a little";
    EXPECT_EQ(desk.post("/v1/commands", tick(soon + 1'000)).status, 400) << "and one step ahead is no leave for the next";
    desk.now -= 10'000;
    EXPECT_EQ(desk.post("/v1/commands", tick(soon)).status, 200) << "where the venue is ahead, its own time is no future";
    EXPECT_EQ(desk.post("/v1/commands", R"({"command":"tick"})").status, 200);
}

TEST(SVC_004, a_key_of_idempotency_is_its_senders_own) {
    Desk desk;
    desk.begin();
    const std::string body = R"({"command":"deposit","account":"0","asset":"USDT","amount":"1"})";
    const auto sent_by = [&](const std::string& who) {
        Request request{"POST", "/v1/commands", body, "1", {}};
        request.signature.key = who;
        return desk.ask(request);
    };
    for (const char* who : {"a", "b"}) {
        EXPECT_EQ(member(sent_by(who).body, "repeated"), "false") << who;
        EXPECT_EQ(member(sent_by(who).body, "repeated"), "true") << who;
    }
    const std::uint64_t seq = desk.venue->engine().seq();
    const Answer both = desk.post("/v1/commands", R"({"id":"00000000000000000000000000000001","command":"tick"})", "1");
    EXPECT_EQ(both.status, 400) << "which of the two names it has is not guessed";
    EXPECT_EQ(desk.venue->engine().seq(), seq);
}

TEST(SVC_002, names_in_paths_may_be_escaped) {
    Desk desk;
    desk.begin();
    EXPECT_EQ(desk.get("/v1/markets/BTC%55SDT").body, desk.get("/v1/markets/BTCUSDT").body);
    EXPECT_EQ(desk.get("/v1/markets/BTCUSDT").status, 200);
    for (const char* path : {"/v1/markets/BTC%2FUSDT", "/v1/markets/BTC%5", "/v1/markets/%zz", "/v1/markets/"})
        EXPECT_EQ(desk.get(path).status, 404) << path;
}

TEST(SVC_005, a_list_of_checks_is_short_enough_to_be_waited_for) {
    Desk desk;
    desk.begin();
    const auto list = [](std::size_t count) {
        std::string all;
        for (std::size_t i = 0; i < count; ++i) all += (i == 0 ? "" : ",") + order;
        return R"({"orders":[)" + all + "]}";
    };
    EXPECT_EQ(desk.post("/v1/orders:check", list(1'024)).status, 200);
    const Answer refused = desk.post("/v1/orders:check", list(1'025));
    EXPECT_EQ(refused.status, 413);
    EXPECT_THAT(refused.body, HasSubstr("at most 1024"));
}

TEST(SVC_003, the_largest_size_passes_and_one_lot_more_does_not) {
    Desk desk;
    desk.begin();
    const auto sized = [](const std::string& size) {
        return R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"sell","size":")" + size + R"(","limit":"60000"})";
    };
    EXPECT_EQ(member(desk.post("/v1/solve/max-size", sized("1")).body, "max_size"), "1.666");
    EXPECT_EQ(desk.post("/v1/orders:check", sized("1.666")).status, 200);
    EXPECT_EQ(code_of(desk.post("/v1/orders:check", sized("1.667"))), "MARGIN_INSUFFICIENT");
    EXPECT_EQ(member(desk.post("/v1/solve/max-withdrawal", R"({"account":"0","asset":"USDT"})").body, "max_withdrawal"), "1000");
    EXPECT_EQ(desk.post("/v1/commands", sized("1.666")).status, 200);
    const std::string left = member(desk.post("/v1/solve/max-withdrawal", R"({"account":"0","asset":"USDT"})").body, "max_withdrawal");
    EXPECT_EQ(desk.post("/v1/simulate", R"({"commands":[{"command":"withdraw","account":"0","asset":"USDT","amount":")" + left + R"("}]})")
                  .status,
              200);
    EXPECT_EQ(member(desk.post("/v1/solve/deposit-needed", R"({"account":"0","asset":"USDT"})").body, "deposit_needed"), "0");
    EXPECT_EQ(desk.post("/v1/solve/deposit-needed", R"({"account":"9","asset":"USD"})").status, 400);
}

TEST(SVC_003, a_simulation_is_what_then_happens) {
    Desk desk;
    desk.begin();
    const Hash128 chain = desk.venue->engine().chain();
    const std::vector<std::string> commands = {
        order, R"({"command":"place-order","account":"1","market":"BTCUSDT","side":"sell","size":"0.5","limit":"60000"})",
        R"({"command":"fill","price":"60000","size":"0.5","buy":"4294967296","sell":"4294967297","buy_fee":"0","sell_fee":"0"})",
        R"({"command":"mark-prices","markets":[{"market":"BTCUSDT","price":"57000"}]})"};
    std::string all;
    for (const std::string& command : commands) all += (all.empty() ? "" : ",") + command;
    const Answer simulated = desk.post("/v1/simulate", R"({"commands":[)" + all + R"(],"accounts":["0","1"]})");
    ASSERT_EQ(simulated.status, 200) << simulated.body;
    EXPECT_EQ(desk.venue->engine().chain(), chain);
    for (const std::string& command : commands) {
        const Answer done = desk.post("/v1/commands", command);
        EXPECT_THAT(simulated.body, HasSubstr(done.body)) << command;
    }
    for (const char* account : {"0", "1"}) EXPECT_THAT(simulated.body, HasSubstr(desk.get("/v1/accounts/" + std::string(account)).body));
    EXPECT_THAT(simulated.body, HasSubstr("liquidation-started"));
    EXPECT_EQ(desk.post("/v1/simulate", R"({"commands":[{"command":"tock"}]})").status, 400);
    EXPECT_EQ(desk.post("/v1/simulate", R"({"commands":[],"accounts":["55"]})").status, 404);
}

TEST(SVC_004, the_same_command_is_told_again_and_another_one_refused) {
    Desk desk;
    desk.begin();
    const std::string deposit = R"({"command":"deposit","account":"0","asset":"USDT","amount":"5"})";
    const Answer first = desk.post("/v1/commands", deposit, "key-1");
    desk.now += 5000;
    const Answer again = desk.post("/v1/commands", deposit, "key-1");
    EXPECT_EQ(member(first.body, "repeated"), "false");
    EXPECT_EQ(member(again.body, "repeated"), "true");
    EXPECT_EQ(member(again.body, "seq"), member(first.body, "seq"));
    const Answer other = desk.post("/v1/commands", R"({"command":"deposit","account":"0","asset":"USDT","amount":"6"})", "key-1");
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(code_of(other), "ID_REUSED");
    EXPECT_EQ(member(desk.get("/v1/accounts/0").body, "amount"), "1005");
    EXPECT_EQ(desk.post("/v1/commands", deposit, std::string(201, 'k')).status, 400);
    EXPECT_EQ(desk.post("/v1/commands", R"({"commands":[)" + deposit + "]}", "key-2").status, 400);
}

TEST(SVC_004, a_batch_is_decided_in_order_and_says_of_each_what_became_of_it) {
    Desk desk;
    desk.begin();
    const Answer mixed = desk.post(
        "/v1/commands",
        R"({"commands":[{"command":"tick"},{"command":"withdraw","account":"0","asset":"USDT","amount":"99999"},{"command":"tock"},{"command":"tick"}]})");
    EXPECT_EQ(mixed.status, 422);
    EXPECT_EQ(member(mixed.body, "all_accepted"), "false");
    const auto document = text::parse_json(mixed.body, "answer");
    ASSERT_TRUE(document);
    std::vector<std::string> statuses;
    for (const text::Value& result : document->find("results")->items) statuses.push_back(result.find("status")->text);
    EXPECT_EQ(statuses, (std::vector<std::string>{"200", "422", "400", "200"}));
    EXPECT_EQ(desk.post("/v1/commands", R"({"commands":[]})").status, 400);
    desk.rules.commands_most = 2;
    EXPECT_EQ(desk.post("/v1/commands", R"({"commands":[{"command":"tick"},{"command":"tick"},{"command":"tick"}]})").status, 413);
}

TEST(SVC_005, what_lowers_risk_takes_the_urgent_lane) {
    Desk desk;
    desk.begin();
    const auto lane_of = [&](const std::string& body) {
        desk.post("/v1/commands", body);
        return desk.lane;
    };
    EXPECT_EQ(lane_of(order), node::Lane::ordinary);
    EXPECT_EQ(
        lane_of(
            R"({"command":"place-order","account":"0","market":"BTCUSDT","side":"sell","size":"0.5","limit":"60000","reduce_only":true})"),
        node::Lane::urgent);
    EXPECT_EQ(lane_of(R"({"command":"cancel-order","order":"4294967296"})"), node::Lane::urgent);
    EXPECT_EQ(lane_of(R"({"command":"tick"})"), node::Lane::urgent);
    EXPECT_EQ(lane_of(R"({"commands":[{"command":"tick"},{"command":"open-account"}]})"), node::Lane::ordinary);
    EXPECT_EQ(lane_of(R"({"commands":[{"command":"tick"},{"command":"tick"}]})"), node::Lane::urgent);
}

TEST(SVC_009, the_page_and_the_document_come_from_the_list) {
    const std::string path = PLIM_SOURCE_DIR "/docs/reference/http.md";
    if (std::getenv("PLIM_REWRITE") != nullptr) std::ofstream(path) << http_page();
    const auto page = text::read_file(path);
    ASSERT_TRUE(page);
    EXPECT_EQ(*page, http_page()) << "run with PLIM_REWRITE=1 and read the difference";
    const auto document = text::parse_json(openapi_json(), "openapi.json");
    ASSERT_TRUE(document);
    std::size_t operations = 0;
    for (const text::Member& path_item : document->find("paths")->members) operations += path_item.value.members.size();
    EXPECT_EQ(operations, endpoints().size());
}

TEST(SVC_009, every_operation_is_answered_as_it_says) {
    Desk desk;
    desk.begin();
    const auto document = *text::parse_json(openapi_json(), "openapi.json");
    for (const text::Member& path : document.find("paths")->members) {
        for (const text::Member& operation : path.value.members) {
            std::string target = path.key;
            std::string query;
            for (const text::Value& parameter : operation.value.find("parameters")->items) {
                const std::string name = parameter.find("name")->text;
                const auto hole = target.find('{' + name + '}');
                if (hole != std::string::npos) target.replace(hole, name.size() + 2, name == "account" ? "0" : "BTCUSDT");
                else if (parameter.find("required")->truth()) query += name + '=' + (name == "format" ? "ccxt" : "1");
            }
            const text::Value* body = operation.value.find("requestBody");
            const text::Value* example = body != nullptr ? body->find("content")->find("application/json")->find("example") : nullptr;
            std::string method = operation.key == "get" ? "GET" : "POST";
            const Answer answer = desk.ask({method,
                                            target + (query.empty() ? "" : "?" + query),
                                            example != nullptr ? text::dump_json(*example, text::Layout::compact) : "",
                                            "",
                                            {}});
            EXPECT_EQ(answer.status, 200) << method << " " << target << ": " << answer.body;
            const text::Value* content = operation.value.find("responses")->find("200")->find("content");
            const std::string type = answer.type.substr(0, answer.type.find(';'));
            EXPECT_NE(content->find(type), nullptr) << target << " answered " << type;
        }
    }
}

/// The venue of a desk, out of what its disk holds.
void restart(Desk& desk) {
    desk.venue.reset();
    auto again = node::Venue::open(desk.disk, "venue", {});
    ASSERT_TRUE(again) << to_string(again.error());
    desk.venue.emplace(std::move(*again));
}

TEST(SVC_016, the_schedules_of_an_earlier_time_are_told_also_after_a_restart) {
    Desk desk;
    EXPECT_EQ(code_of(desk.get("/v1/schedules")), "NO_ACTIVE_SET");
    EXPECT_EQ(code_of(desk.get("/v1/schedules?as_of=5")), "NO_SET_THEN");
    desk.begin();
    const std::uint64_t first_at = desk.now;
    auto set = std::make_shared<ParameterSet>(desk.venue->engine().state().active->params());
    set->version = 2;
    set->schedules[0].version = 9;
    const Digest second = digest_of(canonical_bytes(*set));
    desk.now += 1000;
    ASSERT_TRUE(desk.venue->execute({{}, desk.now, command::DefineSet{set}})->accepted());
    const Answer proposals = desk.get("/v1/proposals");
    EXPECT_THAT(proposals.body, HasSubstr(R"("proposals":[{"name":"binance-style","version":2,"hash":"sha256:)"));
    const std::string hash = member(proposals.body, "hash");
    EXPECT_EQ(member(desk.get("/v1/schedules").body, "version"), "1") << "defined is not in force";
    EXPECT_FALSE(desk.venue->execute({{}, desk.now, command::ActivateSet{Digest{1}}})->accepted());
    EXPECT_EQ(desk.post("/v1/commands", R"({"command":"activate-set","hash":")" + hash + "\"}").status, 200);
    const std::uint64_t second_at = desk.now;
    desk.now += 1000;
    EXPECT_THAT(desk.get("/v1/proposals").body, HasSubstr(R"("version":1)")) << "the first could be put in force again";
    for (int start = 0; start < 3; ++start) {
        const auto version_at = [&](std::uint64_t time) {
            return member(desk.get("/v1/schedules?as_of=" + std::to_string(time)).body, "version");
        };
        EXPECT_EQ(code_of(desk.get("/v1/schedules?as_of=" + std::to_string(first_at - 1))), "NO_SET_THEN");
        EXPECT_EQ(version_at(first_at), "1");
        EXPECT_EQ(version_at(second_at - 1), "1");
        EXPECT_EQ(version_at(second_at), "2");
        EXPECT_EQ(version_at(std::uint64_t{1} << 62), "2");
        EXPECT_EQ(member(desk.get("/v1/schedules").body, "since_ms"), std::to_string(second_at));
        EXPECT_EQ(desk.venue->history().all().back().hash, second);
        // From the whole journal, then from a snapshot.
        if (start == 1) {
            ASSERT_FALSE(desk.venue->snapshot());
        }
        if (start < 2) restart(desk);
        EXPECT_EQ(desk.venue->from_snapshot() != 0, start >= 1);
    }
    const Answer now = desk.get("/v1/schedules");
    EXPECT_TRUE(text::parse_json(now.body, "answer")) << now.body;
    EXPECT_THAT(now.body, HasSubstr(R"({"from":"50000","leverage":"100"})"));
    EXPECT_THAT(now.body, HasSubstr(R"({"market":"BTCUSDT","schedule":"btcusdt"})"));
    for (const char* bad : {"as_of=", "as_of=-1", "as_of=yesterday", "as_of=1&as_of=2"})
        EXPECT_EQ(desk.get("/v1/schedules?" + std::string(bad)).status, 400) << bad;
}

}  // namespace
}  // namespace plimsoll::gateway
