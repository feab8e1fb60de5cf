// Parameter sets through their text form, over random sets.
#include "support/cases.hpp"
#include "support/params_gen.hpp"

#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/schedule/validate.hpp"

namespace plimsoll::testing {

namespace {

std::string first_error(const std::vector<Error>& errors) { return errors.empty() ? "no error" : to_string(errors.front()); }

}  // namespace

TEST(PARAM_004, a_set_that_is_written_reads_back_the_same) {
    for_cases(
        [](Random& random) -> std::string {
            const ParameterSet set = SetGenerator(random).set();
            const std::string text = formats::write_parameter_set(set);
            const auto back = formats::read_parameter_set(text, "set.toml");
            if (!back) return first_error(back.error()) + "\n" + text;
            if (!(*back == set)) return "another set came back:\n" + text + "\n---- written again:\n" + formats::write_parameter_set(*back);
            return formats::write_parameter_set(*back) == text ? "" : "the second writing differs:\n" + text;
        },
        20);
}

TEST(PARAM_004, schedules_that_are_written_read_back_the_same) {
    for_cases(
        [](Random& random) -> std::string {
            SetGenerator generator(random);
            const std::vector<Schedule> schedules{generator.schedule("one"), generator.schedule("two")};
            const std::string text = formats::write_schedules(schedules);
            const auto back = formats::read_schedules(text, "schedules.toml");
            if (!back) return first_error(back.error()) + "\n" + text;
            return *back == schedules ? "" : "other schedules came back:\n" + text;
        },
        20);
}

TEST(PARAM_004, the_random_schedules_are_structurally_sound) {
    for_cases([](Random& random) -> std::string {
        const Schedule schedule = SetGenerator(random).schedule("one");
        for (const Finding& finding : check_structure(schedule))
            if (finding.severity == Severity::error) return to_string(finding);
        return "";
    });
}

}  // namespace plimsoll::testing
