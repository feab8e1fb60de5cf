#include "plimsoll/cli/set_file.hpp"

#include "plimsoll/cli/console.hpp"
#include "plimsoll/formats/params_toml.hpp"

namespace plimsoll::cli {

Result<Listed, std::vector<Error>> read_listed(const std::string& path, const std::string& market) {
    const auto source = read_file(path);
    if (!source) return fail(std::vector{source.error()});
    auto set = formats::read_parameter_set(*source, display_name(path));
    if (!set) return fail(set.error());
    std::vector<Error> errors;
    for (const Finding& finding : validate(*set))
        if (finding.severity == Severity::error)
            errors.push_back({display_name(path) + ": " + finding.where, finding.message, finding.cure});
    if (!errors.empty()) return fail(errors);
    const auto id = set->market_id(market);
    if (!id) return fail(std::vector{Error{display_name(path), "there is no market '" + market + "'", "name one that the set has"}});
    return Listed{std::move(*set), *id};
}

}  // namespace plimsoll::cli
