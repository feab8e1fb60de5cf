// Malformed tier files, each with the exact words that a user reads.
#include "formats/files.hpp"

namespace plimsoll::formats {
namespace {

TEST(BAD_010, each_malformed_file_gives_its_exact_message) {
    const auto all = files(here / "malformed", ".json");
    EXPECT_GE(all.size(), 25U);
    for (const auto& path : all) {
        const Import import = import_tiers(format_of(path), content(path), path.filename().string());
        EXPECT_FALSE(import.ok()) << path << " was accepted";
        EXPECT_TRUE(import.set.tables.empty() && import.set.liquidity_tiers.empty()) << path << " left a part of a set";
        expect_golden(std::filesystem::path(path).replace_extension(".expected"), lines(import.report));
    }
}

}  // namespace
}  // namespace plimsoll::formats
