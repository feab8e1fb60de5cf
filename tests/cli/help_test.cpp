// Help, completions, and what is said to a slip of the finger.
#include "cli/tool.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace plimsoll {
namespace {

TEST(CLI_008, the_reference_page_is_the_help) {
    const std::string path = std::string(PLIM_SOURCE_DIR) + "/docs/reference/cli.md";
    const std::string now = tool::sh("plimsoll completions markdown").out;
    if (std::getenv("PLIM_REWRITE") != nullptr) tool::write(path, now);
    EXPECT_EQ(tool::content_of(path), now) << "run with PLIM_REWRITE=1 and read the difference";
}

TEST(CLI_008, every_command_has_an_example_that_its_own_parser_understands) {
    const std::string page = tool::sh("plimsoll completions markdown").out;
    std::size_t commands = 0;
    std::size_t examples = 0;
    const auto lines = tool::lines_of(page);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        commands += lines[i].starts_with("## plimsoll") ? 1 : 0;
        if (!lines[i].starts_with("Example:")) continue;
        ++examples;
        ASSERT_LT(i + 1, lines.size());
        std::string example = lines[i + 1].substr(2);
        if (example.starts_with("source")) continue;  // completions in the shell that asks
        const tool::Ran ran =
            tool::sh("cd " + tool::scratch("example") +
                     " && ln -s " PLIM_SOURCE_DIR "/params " PLIM_SOURCE_DIR "/incidents " PLIM_SOURCE_DIR "/tests . && " + example);
        EXPECT_TRUE(ran.code == 0 || ran.code == 4) << example << ": only a file of the reader's own may be missing\n" << ran.err;
    }
    EXPECT_GE(commands, 15U);
    EXPECT_EQ(examples, commands);
}

TEST(CLI_008, a_slip_is_answered_with_what_was_meant) {
    const std::pair<const char*, const char*> cases[] = {
        {"plimsoll schedul", "did you mean 'schedule'?"},
        {"plimsoll schedule explian x", "did you mean 'explain'?"},
        {"plimsoll margin --markt X", "did you mean '--market'?"},
        {"plimsoll incident run --al", "did you mean '--all'?"},
        {"plimsoll margin -p docs/reference/example.toml --market BTC-PREP --size 1 --mark 1", "did you mean 'BTC-PERP'?"},
        {"plimsoll schedule", "check, explain, plot, diff"},
        {"plimsoll completions tcsh", "bash"},
    };
    for (const auto& [line, answer] : cases) {
        const tool::Ran ran = tool::sh(line);
        EXPECT_EQ(ran.code, 2) << line;
        EXPECT_NE(ran.err.find(answer), std::string::npos) << line << "\n" << ran.err;
    }
}

TEST(CLI_008, bash_completes_commands_and_options) {
    const std::string folder = tool::scratch("completions");
    const auto completed = [&](const std::string& words) {
        tool::write(folder + "/ask", "source <(plimsoll completions bash)\nCOMP_WORDS=(" + words +
                                         ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_plimsoll\nprintf '%s ' \"${COMPREPLY[@]}\"\n");
        const tool::Ran ran = tool::sh("bash " + folder + "/ask");
        EXPECT_EQ(ran.err, "");
        return ran.out;
    };
    EXPECT_EQ(completed("plimsoll sch"), "schedule ");
    EXPECT_EQ(completed("plimsoll --json schedule e"), "explain ");
    EXPECT_EQ(completed("plimsoll solve max-size --bal"), "--balance ");
    EXPECT_EQ(completed("plimsoll incident run --js"), "--json ");
    EXPECT_EQ(tool::sh("plimsoll completions bash >" + folder + "/b && bash -n " + folder + "/b").code, 0);
    EXPECT_NE(tool::sh("plimsoll completions fish")
                  .out.find("complete -c plimsoll -n '__fish_seen_subcommand_from schedule; and not __fish_seen_subcommand_from check "
                            "explain plot diff' -f -a check"),
              std::string::npos);
    EXPECT_TRUE(tool::sh("plimsoll completions zsh").out.starts_with("#compdef plimsoll\n"));
}

}  // namespace
}  // namespace plimsoll
