// Samples in the shapes of the venues, with figures of our own: what is found in each, and that the way out and in again
// changes nothing.
#include "formats/files.hpp"
#include "plimsoll/text/json.hpp"

namespace plimsoll::formats {
namespace {

TEST(FMT_002, the_findings_of_each_sample_are_the_written_ones) {
    for (const auto& path : files(here / "samples", ".json")) {
        const Import import = import_tiers(format_of(path), content(path), path.filename().string());
        EXPECT_TRUE(import.ok()) << path << "\n" << lines(import.report);
        expect_golden(std::filesystem::path(path).replace_extension(".findings"), lines(import.report));
    }
}

TEST(FMT_003, export_after_import_is_byte_equal_on_the_second_round) {
    for (const auto& path : files(here / "samples", ".json")) {
        const Format format = format_of(path);
        const Import first = import_tiers(format, content(path), "first");
        const Export once = export_tiers(format, first.set);
        ASSERT_TRUE(once.ok()) << path << "\n" << lines(once.report);
        const Import second = import_tiers(format, once.text, "second");
        ASSERT_TRUE(second.ok()) << path << "\n" << lines(second.report) << once.text;
        const Export twice = export_tiers(format, second.set);
        EXPECT_EQ(once.text, twice.text) << path;
    }
}

TEST(FMT_003, nothing_of_a_sample_is_lost_on_the_way_out) {
    for (const auto& path : files(here / "samples", ".json")) {
        const Format format = format_of(path);
        const Import import = import_tiers(format, content(path), "first");
        expect_golden(std::filesystem::path(path).replace_extension(".exported"), export_tiers(format, import.set).text);
    }
}

}  // namespace
}  // namespace plimsoll::formats
