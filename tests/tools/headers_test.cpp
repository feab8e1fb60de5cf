// The build compiles every header alone; here is held that it compiled all there are.
#include "tools/source_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::tools {
namespace {

TEST(ARCH_004, the_build_compiled_every_header_of_the_tree_alone) {
    std::vector<std::string> expected;
    for (const SourceFile& file : read_tree(PLIM_SOURCE_DIR "/src/plimsoll", {".hpp"})) expected.push_back("plimsoll/" + file.path);
    const std::string compiled = read_text(PLIM_BINARY_DIR "/headers.txt");
    EXPECT_GT(expected.size(), 5u);
    EXPECT_THAT(lines_of(compiled), testing::UnorderedElementsAreArray(expected));
}

TEST(ARCH_004, every_header_is_guarded_by_pragma_once) {
    for (const SourceFile& file : read_tree(PLIM_SOURCE_DIR "/src/plimsoll", {".hpp"}))
        EXPECT_THAT(file.text, testing::HasSubstr("\n#pragma once\n")) << file.path;
}

}  // namespace
}  // namespace plimsoll::tools
