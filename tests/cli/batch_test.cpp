// The oracle: many questions in, as many answers out, in order.
#include "cli/tool.hpp"
#include "plimsoll/text/json.hpp"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

const std::string margin_batch = "plimsoll margin -p docs/reference/example.toml --batch ";

std::string question(int id, const std::string& size) {
    return R"({"id":)" + std::to_string(id) +
           R"(,"markets":{"BTC-PERP":{"mark":"50000"}},"account":{"balances":{"USD":"100000"},"positions":[{"market":"BTC-PERP","size":")" +
           size + R"("}]}})" + "\n";
}

text::Value parsed(const std::string& line) {
    const auto value = text::parse_json(line, "answer");
    EXPECT_TRUE(value) << line;
    return value ? *value : text::Value();
}

const std::string& field(const text::Value& object, const char* key) {
    static const std::string none = "(none)";
    const text::Value* value = object.find(key);
    return value == nullptr ? none : value->text;
}

TEST(CLI_004, answers_come_in_the_order_of_the_questions) {
    const std::string file = tool::scratch("batch") + "/questions.nd";
    std::string questions;
    for (int i = 0; i < 3000; ++i) questions += question(i, std::to_string(i % 37) + "." + std::to_string(i % 10));
    tool::write(file, questions);
    const tool::Ran ran = tool::sh(margin_batch + file);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.err, "");
    const auto lines = tool::lines_of(ran.out);
    ASSERT_EQ(lines.size(), 3000U);
    for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(field(parsed(lines[i]), "id"), std::to_string(i));
}

TEST(CLI_004, a_malformed_question_is_answered_with_its_errors_and_the_rest_go_on) {
    const std::string file = tool::scratch("batch") + "/questions.nd";
    tool::write(file, question(1, "1") + "{\"id\":2\n" + "\n" + question(3, "x") + "[]\n" + "{\"id\":5,\"acount\":{}}\r\n" + "\xff\n" +
                          question(6, "2"));
    const tool::Ran ran = tool::sh(margin_batch + file);
    EXPECT_EQ(ran.code, 3);
    EXPECT_NE(ran.err.find("5 of 7 questions"), std::string::npos) << ran.err;
    const auto lines = tool::lines_of(ran.out);
    ASSERT_EQ(lines.size(), 7U) << "a blank line asks nothing, every other line is answered";
    const std::pair<std::size_t, const char*> bad[] = {{1, "2"}, {2, "4"}, {3, "5"}, {4, "6"}, {5, "7"}};
    for (const auto& [at, line] : bad) {
        const text::Value answer = parsed(lines[at]);
        EXPECT_EQ(field(answer, "line"), line);
        ASSERT_NE(answer.find("errors"), nullptr) << lines[at];
        ASSERT_FALSE(answer.find("errors")->items.empty());
        for (const text::Value& error : answer.find("errors")->items)
            EXPECT_NE(error.text.find("questions.nd:" + std::string(line) + ":"), std::string::npos) << error.text;
    }
    EXPECT_EQ(field(parsed(lines[2]), "id"), "3");
    EXPECT_NE(lines[4].find("did you mean 'account'"), std::string::npos) << lines[4];
    EXPECT_EQ(field(parsed(lines[0]), "id"), "1");
    EXPECT_EQ(field(parsed(lines[6]), "id"), "6");
}

TEST(CLI_004, nothing_is_remembered_from_one_question_to_the_next) {
    const std::string file = tool::scratch("batch") + "/questions.nd";
    tool::write(file, question(1, "1") + R"({"id":2,"account":{"positions":[{"market":"BTC-PERP","size":"1"}]}})" + "\n");
    const tool::Ran ran = tool::sh(margin_batch + file);
    EXPECT_EQ(ran.code, 3);
    EXPECT_NE(ran.out.find("'BTC-PERP' has no mark"), std::string::npos) << ran.out;
}

TEST(CLI_004, an_answer_is_out_before_the_tool_waits_for_the_next_question) {
    // The second question is only written after the answer to the first was read: a tool that held answers back would
    // wait forever, so a watchdog ends it.
    const std::string folder = tool::scratch("talk");
    tool::write(folder + "/one", question(1, "1"));
    tool::write(folder + "/two", question(2, "2"));
    const std::string line = "mkfifo " + folder + "/in " + folder +
                             "/out && { timeout 60 plimsoll margin -p docs/reference/example.toml --batch - <" + folder + "/in >" + folder +
                             "/out & exec 3>" + folder + "/in 4<" + folder + "/out; cat " + folder + "/one >&3; read -r a <&4; cat " +
                             folder + "/two >&3; read -r b <&4; exec 3>&-; wait; " + "printf '%s\\n' \"$a\" \"$b\"; }";
    const tool::Ran ran = tool::sh(line);
    const auto lines = tool::lines_of(ran.out);
    ASSERT_EQ(lines.size(), 2U) << ran.err;
    EXPECT_EQ(field(parsed(lines[0]), "id"), "1");
    EXPECT_EQ(field(parsed(lines[1]), "id"), "2");
}

std::string about_btc(const std::string& ask, const std::string& more) {
    return "{\"ask\":\"" + ask + "\",\"market\":\"BTC-PERP\"" + more +
           R"(,"markets":{"BTC-PERP":{"mark":"50000","open_interest":"900"}},"assets":{"BTC":{"price":"50000"}},)" +
           R"("account":{"balances":{"USD":"40000","BTC":"1"},"positions":[{"market":"BTC-PERP","size":"-20","entry":"50500"}]}})" + "\n";
}

text::Value asked(const std::string& line) {
    const std::string file = tool::scratch("ask") + "/question.json";
    tool::write(file, line);
    return parsed(tool::sh("plimsoll margin --json -p docs/reference/example.toml --question " + file).out);
}

TEST(CLI_009, the_largest_size_is_admitted_and_the_next_is_refused) {
    for (const char* side : {"buy", "sell"}) {
        const text::Value most = asked(about_btc("max-size", std::string(R"(,"side":")") + side + "\""));
        const std::string order = std::string(R"(,"side":")") + side + R"(","size":")";
        ASSERT_NE(field(most, "max_size"), "0");
        EXPECT_EQ(field(asked(about_btc("order", order + field(most, "max_size") + "\"")), "admitted"), "true") << side;
        const text::Value next = asked(about_btc("order", order + field(most, "next") + "\""));
        EXPECT_EQ(field(next, "admitted"), "false") << side;
        EXPECT_EQ(field(next, "refusal"), field(most, "next_refused"));
        EXPECT_EQ(field(next, "max_passing_size"), field(most, "max_size"));
    }
}

TEST(CLI_009, the_liquidation_price_is_the_first_that_breaches) {
    const text::Value price = asked(about_btc("liquidation-price", ""));
    ASSERT_EQ(field(price, "state"), "at-risk");
    const auto health_at = [](const std::string& mark) {
        const text::Value answer =
            asked(R"({"markets":{"BTC-PERP":{"mark":")" + mark + R"(","open_interest":"900"}},"assets":{"BTC":{"price":"50000"}},)" +
                  R"("account":{"balances":{"USD":"40000","BTC":"1"},"positions":[{"market":"BTC-PERP","size":"-20","entry":"50500"}]}})");
        return field(*answer.find("maintenance"), "health");
    };
    EXPECT_EQ(health_at(field(price, "liquidation_price"))[0], '-');
    EXPECT_NE(health_at(field(price, "last_safe_price"))[0], '-');
}

TEST(CLI_009, after_the_deposit_that_is_needed_none_is) {
    const auto with = [](const std::string& usd) {
        return R"({"ask":"deposit-needed","purpose":"open","markets":{"ALT-PERP":{"mark":"2"}},"account":{"balances":{"USD":")" + usd +
               R"("},"positions":[{"market":"ALT-PERP","size":"200000"}]}})";
    };
    const text::Value needed = asked(with("0"));
    ASSERT_EQ(field(needed, "state"), "needed");
    EXPECT_EQ(field(needed, "one_less_health"), "-0.000001");
    EXPECT_EQ(field(asked(with(field(needed, "deposit_needed"))), "state"), "none-needed");
}

}  // namespace
}  // namespace plimsoll
