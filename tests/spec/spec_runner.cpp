// Reads every file of spec/ and makes one test of the examples of each requirement.
#include "handlers.hpp"

#include "tools/spec_file.hpp"

#include <gtest/gtest.h>

namespace plimsoll::spec {

namespace {

std::multimap<std::string, Handler>& registry() {
    static std::multimap<std::string, Handler> verbs;
    return verbs;
}

std::string run_line(const tools::ExampleLine& line, Context& context) {
    const std::string& name = line.words.empty() ? std::string() : line.words.front();
    const auto [first, last] = verbs().equal_range(name);
    if (first == last) return "no handler knows the verb '" + name + "'";
    if (std::next(first) != last) return "two handlers claim the verb '" + name + "'";
    const Answer got = first->second(Call{line.words, context});
    if (!got) return "makes no sense: " + got.error();
    if (!line.asks && !got->empty()) return "expects nothing and got '" + *got + "'; write ' = ' and what it gives";
    if (line.asks && *got != line.expected) return "expected '" + line.expected + "', got '" + *got + "'";
    return {};
}

class Examples : public testing::Test {
public:
    explicit Examples(const tools::Requirement& requirement) : requirement_(requirement) {}

    void TestBody() override {
        for (const tools::Example& example : requirement_.examples) {
            Context context{requirement_.documents, {}};
            for (const tools::ExampleLine& line : example.lines) {
                const std::string wrong = run_line(line, context);
                if (!wrong.empty()) ADD_FAILURE_AT(requirement_.path.c_str(), static_cast<int>(line.line)) << wrong;
            }
        }
    }

private:
    const tools::Requirement& requirement_;
};

void register_examples(const tools::Spec& spec) {
    for (const tools::Requirement& requirement : spec.requirements) {
        if (requirement.examples.empty()) continue;
        testing::RegisterTest(tools::suite_of(requirement.code).c_str(), "the_examples_of_the_spec_hold", nullptr, nullptr,
                              requirement.path.c_str(), static_cast<int>(requirement.line),
                              [&requirement]() -> Examples* { return new Examples(requirement); });
    }
}

}  // namespace

Verb::Verb(const char* name, Handler handler) { registry().emplace(name, std::move(handler)); }

const std::multimap<std::string, Handler>& verbs() { return registry(); }

Result<Wide, std::string> whole(const std::string& word) {
    const auto value = parse_decimal_wide(word, 0);
    if (!value) return tl::unexpected<std::string>(to_string(describe(value.error(), word, 0)));
    return *value;
}

Result<int, std::string> small(const std::string& word) {
    const auto value = whole(word);
    if (!value) return tl::unexpected<std::string>(value.error());
    if (*value < -1000 || *value > 1000) return tl::unexpected<std::string>("'" + word + "' is no small number");
    return static_cast<int>(*value);
}

TEST(ARCH_006, a_line_that_is_wrong_is_told_apart_from_one_that_holds) {
    const std::map<std::string, std::string> none;
    Context context{none, {}};
    const auto wrong = [&](std::vector<std::string> words, bool asks, std::string expected) {
        return run_line({1, std::move(words), asks, std::move(expected)}, context);
    };
    EXPECT_EQ(wrong({"divide", "7", "/", "2", "floor"}, true, "3"), "");
    EXPECT_EQ(wrong({"divide", "7", "/", "2", "floor"}, true, "4"), "expected '4', got '3'");
    EXPECT_EQ(wrong({"divide", "7", "/", "2", "floor"}, false, ""), "expects nothing and got '3'; write ' = ' and what it gives");
    EXPECT_EQ(wrong({"divide", "7"}, true, "3"), "makes no sense: divide NUMERATOR / DENOMINATOR DIRECTION");
    EXPECT_EQ(wrong({"multiply-by-hope", "7"}, true, "3"), "no handler knows the verb 'multiply-by-hope'");
}

}  // namespace plimsoll::spec

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    static const plimsoll::tools::Spec spec = plimsoll::tools::read_spec_folder(PLIM_SOURCE_DIR "/spec");
    for (const std::string& finding : spec.findings) std::fprintf(stderr, "%s\n", finding.c_str());
    if (!spec.findings.empty()) return 1;
    plimsoll::spec::register_examples(spec);
    return RUN_ALL_TESTS();
}
