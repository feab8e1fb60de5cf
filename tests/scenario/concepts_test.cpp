// The stories inside docs/concepts/*.md and README.md, executed as they stand there.
#include "scenario/replay.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace plimsoll::scenario {
namespace {

constexpr std::string_view fence = "```scenario\n";

/// The page with each block as its story prints it now.
std::string played(const std::string& shown, const std::string& page, std::size_t& blocks) {
    std::string now;
    std::size_t at = 0;
    for (;;) {
        const std::size_t open = page.find(fence, at);
        if (open == std::string::npos) return now + page.substr(at);
        const std::size_t from = open + fence.size();
        const std::size_t close = page.find("```", from);
        if (close == std::string::npos) {
            ADD_FAILURE() << shown << ": a block is not closed";
            return page;
        }
        const Replay replayed = replay(shown, page.substr(from, close - from));
        for (const std::string& mistake : replayed.mistakes) ADD_FAILURE() << mistake << " (lines counted from the block's first)";
        now += page.substr(at, from - at) + replayed.text;
        at = close;
        ++blocks;
    }
}

TEST(ENG_020, every_concept_has_a_worked_number_that_comes_out) {
    std::size_t pages = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(PLIM_SOURCE_DIR) + "/docs/concepts")) {
        if (entry.path().extension() != ".md" || entry.path().stem() == "README") continue;
        ++pages;
        const std::string shown = "docs/concepts/" + entry.path().filename().string();
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string kept{std::istreambuf_iterator<char>(in), {}};
        std::size_t blocks = 0;
        const std::string now = played(shown, kept, blocks);
        EXPECT_GT(blocks, 0u) << shown << " has no story";
        if (const char* rewrite = std::getenv("PLIM_REWRITE"); rewrite != nullptr && std::string_view(rewrite) == "1") {
            if (now != kept) std::ofstream(entry.path(), std::ios::binary) << now;
            continue;
        }
        const std::string differs = difference(shown, kept, now);
        EXPECT_TRUE(differs.empty()) << differs;
    }
    EXPECT_EQ(pages, 7u);
}

}  // namespace
}  // namespace plimsoll::scenario
