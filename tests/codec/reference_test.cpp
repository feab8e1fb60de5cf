// The reference pages are those that the code would write.
#include "plimsoll/codec/reference.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace plimsoll::codec {
namespace {

void expect_page(const std::string& name, const std::string& text) {
    const std::string path = std::string(PLIM_SOURCE_DIR) + "/docs/reference/" + name;
    if (const char* rewrite = std::getenv("PLIM_REWRITE"); rewrite != nullptr && std::string_view(rewrite) == "1") {
        std::ofstream(path, std::ios::binary) << text;
        return;
    }
    std::ifstream in(path, std::ios::binary);
    const std::string kept{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(kept, text) << "docs/reference/" << name << " is not what the code says; ./dev docs writes it";
}

TEST(COD_004, the_pages_of_commands_events_and_rejects_are_what_the_code_says) {
    expect_page("commands.md", commands_page());
    expect_page("events.md", events_page());
    expect_page("rejects.md", rejects_page());
}

}  // namespace
}  // namespace plimsoll::codec
