// The test files of this folder: which there are, what they hold, and how a golden one is rewritten.
#pragma once

#include "plimsoll/formats/tiers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace plimsoll::formats {

inline const std::filesystem::path here = std::filesystem::path(PLIM_SOURCE_DIR) / "tests" / "formats";

inline std::string content(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The files of a folder with one ending, by name.
inline std::vector<std::filesystem::path> files(const std::filesystem::path& folder, const std::string& ending) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.is_regular_file() && (ending.empty() || entry.path().extension() == ending)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

/// "tests are run with PLIM_REWRITE=1 to refresh what is expected; the difference is then reviewed like code"
inline void expect_golden(const std::filesystem::path& path, const std::string& got) {
    if (const char* rewrite = std::getenv("PLIM_REWRITE"); rewrite != nullptr && std::string(rewrite) == "1")
        std::ofstream(path, std::ios::binary) << got;
    EXPECT_EQ(content(path), got) << path.filename();
}

inline std::string lines(const Report& report) {
    std::string all;
    for (const Finding& finding : report.findings()) all += to_string(finding) + "\n";
    return all;
}

/// "bybit-linear.json" is of the format bybit; a malformed file "07-okx-gap.json" names it behind its number.
inline Format format_of(const std::filesystem::path& path) {
    std::string name = path.filename().string();
    if (name[0] >= '0' && name[0] <= '9') name = name.substr(name.find('-') + 1);
    const auto format = format_from_name(name.substr(0, name.find_first_of("-.")));
    EXPECT_TRUE(format) << path;
    return format.value_or(Format::ccxt);
}

}  // namespace plimsoll::formats
