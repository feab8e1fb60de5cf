// What nobody should feed the tool, and somebody will.
#include "cli/tool.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace plimsoll {
namespace {

const std::string set = " -p docs/reference/example.toml ";

struct Feed {
    const char* name;
    std::string content;
};

std::vector<Feed> feeds() {
    return {
        {"empty", ""},
        {"blank", " \n\n"},
        {"nul", std::string("{\"a\":\0}", 7)},
        {"not-utf8", "{\"a\":\"\xff\"}"},
        {"utf16", std::string("\xff\xfe{\0}\0", 6)},
        {"deep-arrays", std::string(100'000, '[')},
        {"deep-objects",
         [] {
             std::string text;
             for (int i = 0; i < 5000; ++i) text += "{\"a\":";
             return text;
         }()},
        {"deep-toml", "a = " + std::string(5000, '[')},
        {"long-line", "{\"a\":\"" + std::string(3'000'000, 'x') + "\"}"},
        {"many-keys",
         [] {
             std::string text = "{\"k\":1";
             for (int i = 0; i < 20'000; ++i) text += ",\"k" + std::to_string(i) + "\":1";
             return text + "}";
         }()},
        {"truncated", R"({"ask": "margin", "account": {"balances": {"USD": )"},
        {"wrong-type", R"([1, "two", null])"},
        {"toml", "[set]\nname = 1\n[[market]]\n"},
        {"escapes", "{\"\x1b[31m\": \"\x1b]0;title\x07\"}"},
    };
}

/// Refused with a sentence, in good order: no signal, no "internal", nothing that moves a terminal's cursor.
void expect_refused(const std::string& line) {
    const tool::Ran ran = tool::sh("timeout 120 " + line);
    EXPECT_EQ(ran.code, 3) << line << "\n" << ran.err.substr(0, 500);
    EXPECT_FALSE(ran.err.empty()) << line;
    EXPECT_EQ(ran.err.find("internal"), std::string::npos) << line << "\n" << ran.err.substr(0, 500);
    EXPECT_EQ(ran.err.find('\x1b'), std::string::npos) << line;
    EXPECT_EQ(ran.out.find('\x1b'), std::string::npos) << line;
}

TEST(CLI_010, every_reader_refuses_what_is_no_input) {
    const std::string folder = tool::scratch("hostile");
    for (const Feed& feed : feeds()) {
        const std::string file = folder + "/" + feed.name;
        tool::write(file, feed.content);
        expect_refused("plimsoll schedule check " + file);
        expect_refused("plimsoll margin" + set + "--question " + file);
        expect_refused("plimsoll margin --market X -p " + file);
        expect_refused("plimsoll incident run - <" + file);
        expect_refused("plimsoll import -f binance " + file);
        expect_refused("plimsoll export -f binance " + file);
        expect_refused("plimsoll conformance run " + file);
        expect_refused("plimsoll schedule diff docs/reference/example.toml " + file);
    }
}

TEST(CLI_010, a_batch_survives_what_is_no_question) {
    const std::string folder = tool::scratch("hostile");
    for (const Feed& feed : feeds()) {
        const std::string file = folder + "/" + feed.name;
        tool::write(file, feed.content);
        const tool::Ran ran = tool::sh("timeout 120 plimsoll margin" + set + "--batch " + file);
        const bool asks_nothing = feed.content.find_first_not_of(" \n") == std::string::npos;
        EXPECT_EQ(ran.code, asks_nothing ? 0 : 3) << feed.name << ran.err;
        EXPECT_EQ(ran.out.empty(), asks_nothing) << feed.name;
    }
}

TEST(CLI_010, a_line_longer_than_a_document_is_answered_and_passed_over) {
    const std::string line =
        "{ head -c 70000000 /dev/zero | tr '\\0' x; echo; echo '{\"id\":2,\"account\":{}}'; } | plimsoll margin" + set + "--batch -";
    const tool::Ran ran = tool::sh(line);
    EXPECT_EQ(ran.code, 3);
    const auto lines = tool::lines_of(ran.out);
    ASSERT_EQ(lines.size(), 2U) << ran.err;
    EXPECT_NE(lines[0].find("the line is longer than"), std::string::npos) << lines[0].substr(0, 300);
    EXPECT_NE(lines[1].find("\"id\":2"), std::string::npos);
}

TEST(CLI_010, a_folder_is_no_file) {
    for (const char* line : {"plimsoll schedule check docs", "plimsoll margin -p docs --market X", "plimsoll import -f binance docs",
                             "plimsoll export -f binance docs", "plimsoll margin -p docs/reference/example.toml --batch docs",
                             "plimsoll margin -p docs/reference/example.toml --question docs"}) {
        const tool::Ran ran = tool::sh(line);
        EXPECT_EQ(ran.code, 4) << line;
        EXPECT_NE(ran.err.find("docs"), std::string::npos) << ran.err;
    }
}

/// Questions whose figures contradict each other or leave the declared domain.
TEST(CLI_010, a_question_out_of_domain_is_refused_not_asserted) {
    const std::string market = R"("markets":{"BTC-PERP":{"mark":"50000"}})";
    const auto positions = [&](const std::string& list) { return "{" + market + R"(,"account":{"positions":[)" + list + "]}}"; };
    const std::string questions[] = {
        R"({"markets":{"BTC-PERP":{"mark":"-1"}},"account":{}})",
        R"({"markets":{"BTC-PERP":{"mark":"1000000.1"}},"account":{}})",
        R"({"markets":{"BTC-PERP":{"mark":"1","open_interest":"-1"}},"account":{}})",
        R"({"markets":{"BTC-PERP":{"mark":"1","volatility":"9999999999"}},"account":{}})",
        R"({"account":{"balances":{"USD":"99999999999999"}}})",
        R"({"account":{"balances":{"BTC":"1"}}})",
        R"({"assets":{"BTC":{"price":"-5"}},"account":{"balances":{"BTC":"1"}}})",
        R"({"account":{"multiplier":"0.5"}})",
        R"({"account":{"initial_floor":"11"}})",
        positions(R"({"market":"BTC-PERP","size":"10001"})"),
        positions(R"({"market":"BTC-PERP","size":"1","leverage":"0.5"})"),
        positions(R"({"market":"BTC-PERP","size":"1"},{"market":"BTC-PERP","size":"1"})"),
        positions(R"({"market":"BTC-PERP","size":"-1","leg":"long"})"),
        positions(R"({"market":"BTC-PERP","size":"1","leg":"short"})"),
        positions(R"({"market":"BTC-PERP","size":"1","leg":"short"},{"market":"BTC-PERP","size":"1","leg":"long"})"),
        positions(
            R"({"market":"BTC-PERP","size":"1","leg":"long","multiplier":"2"},{"market":"BTC-PERP","size":"-1","leg":"short","multiplier":"3"})"),
        positions(R"({"market":"BTC-PERP","size":"1","entry":"1000001"})"),
        positions(R"({"market":"BTC-PERP","size":"1","buys":[{"size":"10000","price":"1"},{"size":"1","price":"1"}]})"),
        positions(R"({"market":"BTC-PERP","size":"5000","buys":[{"size":"6000","price":"1"}]})"),
        positions(R"({"market":"BTC-PERP","size":"1","buys":[{"size":"1","price":"0"}]})"),
        R"({"ask":"liquidation-price","market":"BTC-PERP",)" + market + R"(,"account":{}})",
        "{" + market + R"(,"account":{"group":{"BTC-PERP":{"long":"-1"}}}})",
    };
    const std::string file = tool::scratch("domain") + "/questions.nd";
    std::string all;
    for (const std::string& question : questions) all += question + "\n";
    tool::write(file, all);
    const tool::Ran ran = tool::sh("plimsoll margin" + set + "--batch " + file);
    EXPECT_EQ(ran.code, 3) << ran.err;
    const auto lines = tool::lines_of(ran.out);
    ASSERT_EQ(lines.size(), std::size(questions)) << ran.err;
    for (std::size_t i = 0; i < lines.size(); ++i)
        EXPECT_NE(lines[i].find("\"errors\":[\""), std::string::npos) << questions[i] << "\n" << lines[i];
}

TEST(CLI_010, the_smallest_and_the_largest_question_are_answered) {
    const std::string most =
        R"({"markets":{"BTC-PERP":{"mark":"1000000","open_interest":"10000"},"ALT-PERP":{"mark":"1000"}},"assets":{"BTC":{"price":"1000000","venue_total":"1000000"}},"account":{"balances":{"USD":"-10000000000","BTC":"1000000"},)"
        R"("positions":[{"market":"BTC-PERP","size":"10000","entry":"0"},{"market":"ALT-PERP","size":"-10000000","entry":"0"}],"group":{"BTC-PERP":{"long":"10000","short":"10000"}}},"explain":true)";
    std::string all = "{\"account\":{}}\n";
    for (const char* ask :
         {R"("ask":"margin")", R"("ask":"max-size","market":"BTC-PERP","side":"sell")", R"("ask":"liquidation-price","market":"BTC-PERP")",
          R"("ask":"max-withdrawal")", R"("ask":"deposit-needed")", R"("ask":"order","market":"ALT-PERP","side":"buy","size":"10000000")"})
        all += most + "," + std::string(ask) + "}\n";
    const std::string file = tool::scratch("domain") + "/questions.nd";
    tool::write(file, all);
    const tool::Ran ran = tool::sh("plimsoll margin" + set + "--batch " + file);
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_EQ(tool::lines_of(ran.out).size(), 7U);
}

}  // namespace
}  // namespace plimsoll
