// The main job through the tool.
#include "cli/tool.hpp"
#include "plimsoll/text/json.hpp"

#include <gtest/gtest.h>

#include <map>

namespace plimsoll {
namespace {

TEST(CLI_006, sixteen_incidents_with_forty_five_checks) {
    const tool::Ran ran = tool::sh("plimsoll incident run --all --json");
    EXPECT_EQ(ran.code, 0) << ran.err;
    const auto lines = tool::lines_of(ran.out);
    EXPECT_EQ(lines.size(), 16U);
    std::map<std::string, int> statuses;
    for (const std::string& line : lines) {
        const auto value = text::parse_json(line, "line");
        ASSERT_TRUE(value) << line;
        for (const text::Value& check : value->find("checks")->items) {
            ++statuses[check.find("status")->text];
            EXPECT_TRUE(check.find("status")->text != "not_covered" || !check.find("reason")->text.empty()) << line;
        }
    }
    EXPECT_EQ(statuses, (std::map<std::string, int>{{"passed", 45}}));
}

TEST(CLI_006, the_table_has_a_row_for_each_and_the_report_is_one_file) {
    const std::string report = tool::scratch("report") + "/report.html";
    const tool::Ran ran = tool::sh("plimsoll incident run --all --report " + report);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("16 incidents; reference checks: 45 as given, 0 different, 0 not covered yet"), std::string::npos) << ran.out;
    for (const std::string& line : tool::lines_of(tool::sh("plimsoll incident list --json").out)) {
        const auto value = text::parse_json(line, "line");
        ASSERT_TRUE(value);
        EXPECT_NE(ran.out.find("\n" + value->find("id")->text + " "), std::string::npos) << value->find("id")->text;
    }
    const std::string page = tool::content_of(report);
    EXPECT_NE(page.find("</html>"), std::string::npos);
    for (const char* outside : {"href=\"http", "src=", "@import", "url(", "<script", "<link"})
        EXPECT_EQ(page.find(outside), std::string::npos) << outside;
}

TEST(CLI_006, any_file_of_the_schema_is_run) {
    const std::string folder = tool::scratch("own");
    tool::write(folder + "/own.json",
                R"({"schema":"plimsoll-incident/1","id":"our-drill","title":"A drill","date":"2026-01-01","venue":"ours","kind":["drill"],
        "facts":{"position":{"value":"1000","source":"made up","confidence":"stated"}},"derived":{},"would_scaling_have_stopped_it":"a drill","required_controls":["none"],
        "reference_checks":[{"schedule":"FLAT","params":{"r":"0.1"},"inputs":{"N":"1000"},"expect":{"im":"100"}},
                            {"schedule":"FLAT","params":{"r":"0.1"},"inputs":{"N":"1000"},"expect":{"im":"101"}}]})");
    const tool::Ran ran = tool::sh("plimsoll incident run " + folder + "/own.json");
    EXPECT_EQ(ran.code, 1) << ran.err << ran.out;
    EXPECT_NE(ran.out.find("1 as given, 1 different"), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("im=100 (expected 101)"), std::string::npos) << ran.out;
    EXPECT_EQ(tool::sh("plimsoll incident run - <" + folder + "/own.json").out, ran.out);
}

}  // namespace
}  // namespace plimsoll
