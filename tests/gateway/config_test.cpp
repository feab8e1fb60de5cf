// Settings from a file, the environment and flags.
#include "plimsoll/gateway/config.hpp"

#include "plimsoll/text/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace plimsoll::gateway {
namespace {

using ::testing::HasSubstr;

std::string first_of(const std::vector<Error>& errors) { return errors.empty() ? "none" : to_string(errors.front()); }

TEST(SVC_015, a_flag_counts_before_a_variable_and_that_before_the_file) {
    Configuration configuration;
    EXPECT_EQ(configuration.config().server.port, 8471);
    EXPECT_TRUE(configuration.read_file("port = 1\ndata = \"a\"\nkeys = \"k\"\nbatch = 7\n", "f.toml").empty());
    EXPECT_TRUE(configuration.read_environment({"PATH=/bin", "PLIMSOLLD_PORT=2", "PLIMSOLLD_DATA=b", "PLIMSOLLD_CONFIG=f.toml"}).empty());
    EXPECT_FALSE(configuration.read_flag("port", "3"));
    const Config& config = configuration.config();
    EXPECT_EQ(config.server.port, 3);
    EXPECT_EQ(config.data, "b");
    EXPECT_EQ(config.keys, "k");
    EXPECT_EQ(config.core.batch_most, 7u);
    EXPECT_EQ(configuration.show(false), "data = \"b\"                                # PLIMSOLLD_DATA\n"
                                         "port = 3                                  # --port\n"
                                         "keys = \"k\"                                # f.toml:3:8\n"
                                         "batch = 7                                 # f.toml:4:9\n");
}

TEST(SVC_015, what_is_shown_gives_the_same_again) {
    Configuration first;
    for (const Setting& setting : settings()) {
        const std::string value = setting.type.empty()                              ? "true"
                                  : setting.type == "FILE" || setting.type == "DIR" ? "/a \"b\"/\\ü"
                                  : setting.type == "S"                             ? "4"
                                                                                    : "4096";
        EXPECT_TRUE(first.read_environment({variable_of(setting) + "=" + value}).empty()) << setting.name;
    }
    Configuration second;
    const auto errors = second.read_file(first.show(true), "shown");
    EXPECT_TRUE(errors.empty()) << first_of(errors) << first.show(true);
    Configuration third;
    EXPECT_TRUE(third.read_file(second.show(true), "shown").empty());
    EXPECT_EQ(second.show(true), third.show(true));
    EXPECT_EQ(second.config().params, "/a \"b\"/\\ü");
    EXPECT_EQ(second.config().venue.journal.segment_bytes, 4096u);
    EXPECT_TRUE(second.config().ordinary_threads);
}

TEST(SVC_015, what_is_no_setting_or_no_value_is_refused_with_its_place) {
    const std::pair<const char*, const char*> files[] = {
        {"prot = 1", "f.toml:1:1: unknown key 'prot'; did you mean 'port'?"},
        {"port = \"1\"", "f.toml:1:8"},
        {"port = 65536", "a whole number from 0 to 65535"},
        {"port = -1", "a whole number from 0 to 65535"},
        {"port = 1.5", "f.toml:1:8"},
        {"\nidle_seconds = 0", "f.toml:2:16"},
        {"allow_commands = 1", "allow_commands: a number; give a boolean"},
        {"data = [1]", "an array"},
        {"port = 1\nport = 2", "f.toml:2"},
        {"port = ", "f.toml:1"},
        {"\xff", "f.toml"},
        {"[server]\nport = 1", "unknown key 'server'"},
    };
    for (const auto& [source, says] : files) {
        Configuration configuration;
        const std::string before = configuration.show(true);
        EXPECT_THAT(first_of(configuration.read_file(source, "f.toml")), HasSubstr(says)) << source;
        EXPECT_EQ(configuration.show(true), before);
    }
    Configuration configuration;
    EXPECT_THAT(first_of(configuration.read_environment({"PLIMSOLLD_PROT=1"})),
                HasSubstr("PLIMSOLLD_PROT: this variable is no setting; is it PLIMSOLLD_PORT?"));
    EXPECT_THAT(first_of(configuration.read_environment({"PLIMSOLLD_PORT=x"})), HasSubstr("PLIMSOLLD_PORT: 'x' is no value of port"));
    EXPECT_THAT(first_of(configuration.read_environment({"PLIMSOLLD_PORT"})), HasSubstr("PLIMSOLLD_PORT: '' is no value of port"));
    EXPECT_THAT(first_of(configuration.read_environment({"PLIMSOLLD_ALLOW_COMMANDS=yes"})), HasSubstr("true or false"));
    EXPECT_EQ(to_string(*configuration.read_flag("batch", "0")), "--batch: '0' is no value of batch; give a whole number from 1 to 65536");
}

TEST(SVC_015, the_page_lists_every_setting) {
    const std::string path = PLIM_SOURCE_DIR "/docs/reference/config.md";
    if (std::getenv("PLIM_REWRITE") != nullptr) std::ofstream(path) << config_page();
    const auto page = text::read_file(path);
    ASSERT_TRUE(page);
    EXPECT_EQ(*page, config_page()) << "run with PLIM_REWRITE=1 and read the difference";
}

}  // namespace
}  // namespace plimsoll::gateway
