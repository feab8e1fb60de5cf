// Where a test keeps its files. Every test has a folder of its own, because many run side by side in one build folder: a name shared by
// two of them once let one read what the other had half written.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace plimsoll::testing {

/// A path of the running test alone; its folder is there, the path itself is not.
inline std::string scratch(const std::string& name) {
    const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
    const std::filesystem::path folder =
        std::filesystem::path(PLIM_BINARY_DIR) / "scratch" / (std::string(test.test_suite_name()) + "." + test.name());
    std::filesystem::create_directories(folder);
    const std::filesystem::path path = folder / name;
    std::filesystem::remove_all(path);
    return path.string();
}

}  // namespace plimsoll::testing
