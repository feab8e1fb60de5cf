// The shipped sets load, and validate() says of each exactly what the set's own first comment says.
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/params/canonical.hpp"
#include "plimsoll/text/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace plimsoll::formats {

namespace {

std::vector<std::filesystem::path> venue_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(PLIM_SOURCE_DIR "/params/venues")) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// "a, b" of the line "# findings: a, b"; empty for "none".
std::string documented(const std::string& source) {
    const std::string key = "# findings: ";
    const std::size_t at = source.find(key);
    if (at == std::string::npos) return "the comment is missing";
    const std::string said = source.substr(at + key.size(), source.find('\n', at) - at - key.size());
    return said == "none" ? "" : said;
}

/// The codes of warnings and errors in order; notes, such as the jumps of a whole-position table, are for the reader of a report.
std::string found(const ParameterSet& set) {
    std::string codes;
    for (const Finding& finding : validate(set))
        if (finding.severity != Severity::note) codes += (codes.empty() ? "" : ", ") + finding.code;
    return codes;
}

}  // namespace

TEST(PARAM_011, each_shipped_set_loads_with_the_findings_that_it_documents) {
    const auto files = venue_files();
    EXPECT_EQ(files.size(), 19u);
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename().string());
        const auto source = text::read_file(file.string());
        ASSERT_TRUE(source);
        const auto set = read_parameter_set(*source, file.filename().string());
        if (!set) {
            for (const Error& error : set.error()) ADD_FAILURE() << to_string(error);
            continue;
        }
        EXPECT_EQ(set->name, file.stem().string() + "-style");
        EXPECT_FALSE(set->markets.empty());
        EXPECT_EQ(found(*set), documented(*source));
        for (const Finding& finding : validate(*set))
            if (finding.severity == Severity::error) ADD_FAILURE() << to_string(finding);
    }
}

TEST(PARAM_011, each_shipped_set_is_written_back_as_itself) {
    for (const auto& file : venue_files()) {
        const auto source = text::read_file(file.string());
        ASSERT_TRUE(source);
        const auto set = read_parameter_set(*source, file.string());
        ASSERT_TRUE(set) << file;
        const auto back = read_parameter_set(write_parameter_set(*set), "written");
        ASSERT_TRUE(back) << file;
        EXPECT_EQ(hash_of(*set), hash_of(*back)) << file;
    }
}

}  // namespace plimsoll::formats
